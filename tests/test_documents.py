"""What the documents tell people to type is run, and what they link to is there."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image, ImageDraw

from kobai.cli.app import app

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
MNIST = ROOT.parent / "shared" / "data" / "mnist"
LANGUAGES = ("en", "ja", "zh")


def english(path):
    """Return the English document of which one in another language is the like."""
    if path.parent == ROOT:
        return ROOT / "README.md"
    docs = ROOT / "docs"
    return docs / path.name if path.name == "index.md" else docs / "guide" / path.name


TRANSLATED = {
    path: english(path)
    for language in LANGUAGES[1:]
    for path in (
        ROOT / f"README.{language}.md",
        *sorted(ROOT.glob(f"docs/{language}/*.md")),
    )
}


def blocks(path, language):
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(), re.DOTALL)


def name_of(path):
    return str(path.relative_to(ROOT))


def parts():
    """Give what is run by itself: a page of the guide, and a section of the README."""
    for path in DOCUMENTS:
        text = path.read_text()
        # Entries of tables, not programs; and what a notebook's reader has installed.
        # Blocks in other languages are those of the English document.
        if path.name == "CONTRIBUTING.md" or path in TRANSLATED:
            continue
        sections = (
            re.split(r"^## ", text, flags=re.M) if path.parent == ROOT else [text]
        )
        for section in sections:
            if re.search(r"^```(python|console)\n", section, re.M):
                title = section.split("\n")[0] if len(sections) > 1 else ""
                yield pytest.param(section, id=f"{name_of(path)} {title}".strip())


def installs(text):
    """Return the words of every `pip install` that a text names, but for comments."""
    found = re.findall(r"pip install ([^`\n]+)", text)
    return [word for line in found for word in shlex.split(line, comments=True)]


def programs(text):
    """Return the blocks of a text that run on this machine, each with its language."""
    found = re.findall(r"^```(python|console)\n(.*?)```", text, re.DOTALL | re.M)
    return [
        (language, block)
        for language, block in found
        if "$ make" not in block and ("mnist" not in block or MNIST.exists())
    ]


@pytest.mark.parametrize("text", list(parts()))
def test_a_document_runs_after_what_it_says_to_install(text, tmp_path):
    # What a reader has drawn, alone and in a folder.
    (tmp_path / "scans").mkdir()
    for name in ("seven.png", "my.png", "scans/a.png", "scans/b.png"):
        draw_a_seven(tmp_path / name)
    run_alone(programs(text), installs(text), tmp_path)


def run_alone(blocks, installed, folder):
    """Run blocks in a process of their own, with nothing but what is installed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", ROOT / "tests/only_named.py", *installed],
        input=json.dumps(blocks),
        cwd=folder,
        env=os.environ | {"KOBAI_DATA_DIR": str(MNIST)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", TRANSLATED, ids=name_of)
def test_a_document_in_another_language_has_the_blocks_of_the_english_one(path):
    fenced = re.compile(r"^```\w+\n.*?^```$", re.DOTALL | re.M)
    text, original = path.read_text(), TRANSLATED[path].read_text()
    found = fenced.findall(text)
    assert found
    assert set(found) <= set(fenced.findall(original))
    # What it says to install is enough for what is run where the English says so.
    assert set(installs(text)) <= set(installs(original))
    # Its first screenful is its own: prose in another script.
    assert re.search("[\u3040-\u9fff]", text[:300])


def test_every_language_has_the_same_documents():
    japanese, chinese = (
        {TRANSLATED[path] for path in TRANSLATED if f"{language}" in name_of(path)}
        for language in LANGUAGES[1:]
    )
    assert japanese == chinese
    assert len(japanese) > 4


def test_the_readmes_name_each_other():
    names = ["README.md", "README.ja.md", "README.zh.md"]
    for name in names:
        (line,) = re.findall(r"^.* · .* · .*$", (ROOT / name).read_text(), re.M)
        assert re.findall(r"\((README[^)]*)\)", line) == [n for n in names if n != name]


@pytest.mark.parametrize(
    ("command", "drawn", "picture"),
    [
        ("$ kobai train", "runs/digits-1/curves.png", "curves.png"),
        ("$ kobai descend", "descent.png", "descent.png"),
    ],
)
def test_a_command_draws_the_picture_below_it(command, drawn, picture, tmp_path):
    if "train" in command:
        line = "$ kobai train"
    else:
        (line,) = re.findall(rf"^{re.escape(command)}.*", readme(), re.MULTILINE)
        below = readme().split(line)[1]
        # Nothing is between them but the end of the block.
        assert re.match(rf"\n```\n\n!\[[^\]]+\]\(docs/images/{picture}\)", below)
    run_alone([("console", line)], [], tmp_path)
    kept = Image.open(ROOT / "docs" / "images" / picture)
    assert difference(kept, Image.open(tmp_path / drawn)) < ALIKE
    other = Image.open(ROOT / "docs" / "images" / "notebook.png")
    assert difference(other, Image.open(tmp_path / drawn)) > 2 * ALIKE


# Of 255, where a line may be a pixel off with another version of matplotlib.
ALIKE = 10


def difference(one, other):
    """Return by how much two pictures differ, each seen from afar."""
    small = [
        np.asarray(each.convert("L").resize((160, 70)), float) for each in (one, other)
    ]
    return np.abs(small[0] - small[1]).mean()


def readme():
    return (ROOT / "README.md").read_text()


def draw_a_seven(path):
    """Draw the figure that the README has its reader draw."""
    paper = Image.new("L", (200, 200), "white")
    ImageDraw.Draw(paper).line([(60, 40), (140, 40), (90, 160)], "black", width=18)
    paper.save(path)


@pytest.mark.parametrize(
    ("named", "block", "lack"),
    [
        ("Needs nothing.", "import polars", "polars"),
        ("`pip install .`", "from sklearn.datasets import load_iris", "sklearn"),
        ("`pip install '.[table]'`", "import onnx", "onnx"),
    ],
)
def test_what_is_not_named_is_missed(named, block, lack, tmp_path):
    text = f"{named}\n```python\n{block}\n```\n"
    with pytest.raises(AssertionError, match=f"No module named '{lack}'"):
        test_a_document_runs_after_what_it_says_to_install(text, tmp_path)


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
