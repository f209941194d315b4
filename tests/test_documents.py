"""What the documents tell people to type is run, and what they link to is there."""

import re
import shlex
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from kobai.cli.app import app

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
MNIST = ROOT.parent / "shared" / "data" / "mnist"


def blocks(path, language):
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(), re.DOTALL)


def name_of(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_the_python_of_a_document_runs(path, tmp_path, monkeypatch, capsys):
    if path.name == "CONTRIBUTING.md":
        pytest.skip("its Python are entries of tables, not programs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KOBAI_DATA_DIR", str(MNIST))
    # What a page imports from the folder that it works in is its own.
    monkeypatch.setattr(sys, "path", sys.path.copy())
    namespace = {}
    for language, block in re.findall(
        r"```(python|console)\n(.*?)```", path.read_text(), re.DOTALL
    ):
        if "load_mnist" in block and not MNIST.exists():
            continue
        if language == "python":
            exec(compile(block, path.name, "exec"), namespace)
        elif path.parent.name == "guide":
            run_commands(block)


def run_commands(block):
    """Run the commands of a guide, one after the other; each must end well."""
    for line in block.splitlines():
        _, *words = shlex.split(line, comments=True)
        if words[0] == "kobai":
            done = CliRunner().invoke(app, words[1:], catch_exceptions=False)
            assert done.exit_code == 0, line


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_what_a_document_links_to_is_there(path):
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


SOURCE = ROOT / "src" / "kobai"
# What a path begins with that means a file of this project, and not of its user.
HERE = {p.name for folder in (ROOT, SOURCE) for p in folder.iterdir()}


def paths_named(text):
    """Return the words in backticks that are paths of this project."""
    words = " ".join(re.findall(r"`([^`\n]+)`", text)).split()
    paths = [word for word in words if re.fullmatch(r"[\w.-]+(/[\w.-]*)+", word)]
    return [path for path in paths if path.split("/")[0] in HERE]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_what_a_document_names_is_there(path):
    for named in paths_named(path.read_text()):
        there = (ROOT / named, SOURCE / named, SOURCE.parent / named)
        assert any(place.exists() for place in there), named


def test_paths_are_found_where_they_are_named():
    text = "`python examples/gone.py`, `engines/gone.py`, `runs/digits-1/`, `a/b`"
    assert paths_named(text) == ["examples/gone.py", "engines/gone.py"]


def test_every_folder_is_in_the_table():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    for folder in SOURCE.glob("*/__init__.py"):
        assert f"| `{folder.parent.name}/` |" in text


def test_readme_contributing_and_site_name_the_same_way_in():
    ways = []
    for name in ("README.md", "CONTRIBUTING.md", "docs/reading-the-code.md"):
        _, rest = (ROOT / name).read_text().split("# Read the code in this order\n")
        ways.append(paths_named(rest.split("\n#")[0]))
    assert ways[0] == ways[1] == ways[2]
    assert ways[0][0] == "examples/backpropagation_in_100_lines.py"


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
