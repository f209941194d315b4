"""The documentation as a site: it builds without a warning, and its links hold."""

import importlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import kobai

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
FOLDERS = sorted(
    path.parent.name
    for path in Path(kobai.__file__).parent.glob("*/__init__.py")
    if path.parent.name not in ("cli", "html")
)


def extension(name):
    """Return a module of docs/extensions."""
    path = ROOT / "docs" / "extensions" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


links = extension("links")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("mkdocs", reason="needs the extra docs")
    pytest.importorskip("mkdocstrings", reason="needs the extra docs")
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    done = subprocess.run(
        [*build, "--site-dir", str(folder)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stderr
    return folder


def test_every_folder_has_its_page():
    for name in FOLDERS:
        assert f"::: kobai.{name}\n" in (REFERENCE / f"{name}.md").read_text()


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_public_name_is_in_the_reference(site, folder):
    places = links.Page(site / "reference" / f"{folder}.html").places
    module = importlib.import_module(f"kobai.{folder}")
    for name in module.__all__:
        value = getattr(module, name)
        # A constant or a second name has no docstring of its own.
        is_own = getattr(value, "__module__", "").startswith("kobai")
        if is_own and value.__name__ == name:
            assert f"kobai.{folder}.{name}" in places


def test_every_command_is_in_the_reference(site):
    text = (site / "reference" / "command.html").read_text()
    for name in ("train", "evaluate", "predict", "export", "check", "figures"):
        assert f'id="kobai-{name}"' in text
    assert "--target COLUMN" in text


def test_examples_are_code_and_not_quotations(site):
    for page in (site / "reference").glob("*.html"):
        assert "<blockquote" not in page.read_text()


PAGE = """<html><head><link rel="stylesheet" href="style.css"></head><body>
<h1 id="top">Here</h1>
<a href="other.html#there">one</a> <a href="#top">two</a> <a href="https://x.org">3</a>
{more}</body></html>"""


@pytest.fixture
def small_site(tmp_path):
    (tmp_path / "style.css").touch()
    (tmp_path / "other.html").write_text('<p id="there"></p>')

    def write(more=""):
        (tmp_path / "index.html").write_text(PAGE.format(more=more))
        return tmp_path

    return write


def test_a_sound_site_has_no_problems(small_site):
    assert list(links.problems(small_site())) == []


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('<a href="gone.html">x</a>', "index.html links to gone.html"),
        ('<a href="other.html#here">x</a>', "index.html links to other.html#here"),
        ('<a href="#nowhere">x</a>', "index.html links to #nowhere"),
        ('<img src="gone.png">', "index.html links to gone.png"),
        ('<script src="https://cdn.org/x.js"></script>', "loads https://cdn.org/x.js"),
        ('<link rel="stylesheet" href="//fonts.org/f">', "loads //fonts.org/f"),
    ],
)
def test_a_planted_mistake_is_found(small_site, more, problem):
    (found,) = links.problems(small_site(more))
    assert problem in found
