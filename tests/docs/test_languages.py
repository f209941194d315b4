"""Pages of a language: what stands around them is in it, and begins with it."""

from types import SimpleNamespace

import pytest

from tests.docs.extensions import extension


@pytest.mark.parametrize(
    ("path", "language", "first"),
    [
        ("lessons/ja/05-derivative.md", "ja", "日本語"),
        ("zh/index.md", "zh", "中文"),
        ("lessons/en/05-derivative.md", "en", "Overview"),
    ],
)
def test_the_navigation_begins_with_the_language_of_the_page(path, language, first):
    titles = ["Overview", "Lessons", "日本語", "中文", "Guide"]
    nav = SimpleNamespace(items=[SimpleNamespace(title=title) for title in titles])
    page = SimpleNamespace(file=SimpleNamespace(src_uri=path))
    context = {"nav": nav}
    config = SimpleNamespace(theme={})
    lessons = extension("lessons", "mkdocs")
    context = lessons.on_page_context(context, page=page, config=config, nav=nav)
    found = [item.title for item in context["nav"].items]
    assert found == sorted(titles, key=lambda title: title != first)
    assert [item.title for item in nav.items] == titles
    assert config.theme["language"] == language
