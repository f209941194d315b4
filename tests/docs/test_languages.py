"""Pages of a language: what stands around them is in it, and leads to the others."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.docs.extensions import extension

DOCS = Path(__file__).parents[2] / "docs"
TITLES = ["Overview", "Lessons", "日本語", "中文", "Guide"]


def at(path):
    return SimpleNamespace(file=SimpleNamespace(src_uri=path))


def around(path, previous=None, following=None):
    """Return what a page is written with: context, configuration, page."""
    nav = SimpleNamespace(items=[SimpleNamespace(title=title) for title in TITLES])
    page = at(path)
    page.previous_page, page.next_page = previous, following
    config = SimpleNamespace(theme={}, extra={}, docs_dir=str(DOCS))
    lessons = extension("lessons", "mkdocs")
    context = lessons.on_page_context({"nav": nav}, page=page, config=config, nav=nav)
    assert [item.title for item in nav.items] == TITLES
    return context, config, page


@pytest.mark.parametrize(
    ("path", "language", "titles"),
    [
        ("lessons/ja/05-derivative.md", "ja", ["日本語", "Overview", "Guide"]),
        ("zh/index.md", "zh", ["中文", "Overview", "Guide"]),
        ("lessons/en/05-derivative.md", "en", ["Overview", "Lessons", "Guide"]),
        ("guide/tables.md", "en", ["Overview", "Lessons", "Guide"]),
    ],
)
def test_the_navigation_is_that_of_the_pages_language(path, language, titles):
    context, config, _ = around(path)
    assert [item.title for item in context["nav"].items] == titles
    assert config.theme["language"] == language


@pytest.mark.parametrize(
    ("path", "links"),
    [
        (
            "lessons/ja/05-derivative.md",
            [f"lessons/{la}/05-derivative.html" for la in ("en", "ja", "zh")],
        ),
        ("ja/tables.md", ["guide/tables.html", "ja/tables.html", "zh/tables.html"]),
        ("zh/index.md", ["index.html", "ja/index.html", "zh/index.html"]),
        ("guide/lab.md", ["guide/lab.html", "ja/index.html", "zh/index.html"]),
    ],
)
def test_a_page_leads_to_itself_in_the_other_languages(path, links):
    _, config, _ = around(path)
    assert [each["link"] for each in config.extra["alternate"]] == links
    assert [each["name"] for each in config.extra["alternate"]] == [
        *("English", "日本語", "中文")
    ]


def test_the_next_page_is_in_the_same_language():
    last, first = at("lessons/en/14-digits.md"), at("ja/index.md")
    assert around("lessons/en/13-neuron.md", None, last)[2].next_page is last
    _, _, page = around("lessons/en/14-digits.md", last, first)
    assert (page.previous_page, page.next_page) == (last, None)
