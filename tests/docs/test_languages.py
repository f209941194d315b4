"""Pages of a language: the navigation beside them begins with it."""

from types import SimpleNamespace

import pytest

from tests.docs.extensions import extension


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("lessons/ja/05-derivative.md", "日本語"),
        ("zh/index.md", "中文"),
        ("lessons/en/05-derivative.md", "Overview"),
    ],
)
def test_the_navigation_begins_with_the_language_of_the_page(path, first):
    titles = ["Overview", "Lessons", "日本語", "中文", "Guide"]
    nav = SimpleNamespace(items=[SimpleNamespace(title=title) for title in titles])
    page = SimpleNamespace(file=SimpleNamespace(src_uri=path))
    context = {"nav": nav}
    lessons = extension("lessons", "mkdocs")
    context = lessons.on_page_context(context, page=page, nav=nav)
    found = [item.title for item in context["nav"].items]
    assert found == sorted(titles, key=lambda title: title != first)
    assert [item.title for item in nav.items] == titles
