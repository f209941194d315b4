"""The documentation as a site: it builds without a warning, and its links hold."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from html import unescape
from itertools import product
from pathlib import Path

import numpy as np
import pytest

import kobai
from kobai.gallery import FIGURES
from tests.docs.extensions import extension

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
FOLDERS = sorted(
    path.parent.name
    for path in Path(kobai.__file__).parent.glob("*/__init__.py")
    if path.parent.name not in ("cli", "html")
)


links = extension("links")
outputs = extension("outputs")
THEMES = ("light", "dark")


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
    # What a folder has for the command alone is in its modules.
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        # A constant or a second name has no docstring of its own.
        is_own = getattr(value, "__module__", "").startswith("kobai")
        if is_own and value.__name__ == name:
            assert f"kobai.{folder}.{name}" in places


def test_every_figure_is_in_the_gallery_in_each_language_and_theme(site):
    page = links.Page(site / "gallery.html")
    text = (site / "gallery.html").read_text()
    for name, language, theme in product(FIGURES, ("en", "ja", "zh"), THEMES):
        picture = f"images/gallery/{name}-{language}-{theme}.svg"
        assert name in page.places
        assert f"{picture}#only-{theme}" in page.loaded
        assert ET.parse(site / picture).getroot().tag.endswith("svg")
    assert text.count("<details") == len(FIGURES)


def test_the_guide_shows_what_its_blocks_print(site):
    # The derivatives of (1/n) Σ (w x + b - y)² at w = b = 0, for y = 2 x + 1.
    x = np.arange(4.0)
    slopes = np.mean(-2 * (2 * x + 1) * x), np.mean(-2 * (2 * x + 1))
    shown = f"{{'W': array([[{slopes[0]:.0f}.]]), 'b': array([{slopes[1]:.0f}.])}}"
    assert shown in words(site / "guide" / "gradients.html")
    assert "<math" in (site / "guide" / "gradients.html").read_text()


def words(path):
    """Return the text of a page, without its tags."""
    return unescape(re.sub(r"<[^>]+>", "", path.read_text()))


def test_the_search_needs_no_server(site):
    page = links.Page(site / "guide" / "tables.html")
    assert "../scripts/iframe-worker.js" in page.loaded
    index = (site / "search" / "search_index.js").read_text()
    found = json.loads(index.removeprefix("var __index = "))["docs"]
    assert {"guide/tables.html", "gallery.html"} <= {each["location"] for each in found}


def test_a_browser_finds_a_word_in_files(site):
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("no Chromium on this machine")
    address = f"{(site / 'index.html').as_uri()}?q=dropout"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    done = subprocess.run(
        [chromium, *options, "--virtual-time-budget=20000", address],
        capture_output=True,
        text=True,
        check=True,
    )
    result = r'<a [^>]*reference/networks.html[^>]*class="md-search-result__link"'
    assert re.search(result, done.stdout)


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
