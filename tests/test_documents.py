"""What the documents tell people to type is run, and what they link to is there."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from kobai.cli.app import app

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
MNIST = ROOT.parent / "shared" / "data" / "mnist"


def blocks(path, language):
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(), re.DOTALL)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_the_python_of_a_document_runs(path, tmp_path, monkeypatch, capsys):
    if path.name == "CONTRIBUTING.md":
        pytest.skip("its Python are entries of tables, not programs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KOBAI_DATA_DIR", str(MNIST))
    namespace = {}
    for block in blocks(path, "python"):
        if "load_mnist" in block and not MNIST.exists():
            continue
        exec(compile(block, path.name, "exec"), namespace)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_what_a_document_links_to_is_there(path):
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


def test_the_commands_of_the_readme_exist_with_their_options():
    commands = typer.main.get_command(app).commands
    lines = "".join(blocks(ROOT / "README.md", "console")).splitlines()
    typed = [
        shlex.split(line[2:], comments=True) for line in lines if "$ kobai" in line
    ]
    assert typed
    for _, name, *arguments in typed:
        known = {o for p in commands[name].params for o in p.opts}
        assert {a for a in arguments if a.startswith("--")} <= known, name
