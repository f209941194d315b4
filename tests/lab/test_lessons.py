"""The figures of a lesson in a browser: kobai learn N --lab."""

import pytest

from kobai.learn import lessons
from tests.lab.conftest import DIST, READY


@pytest.fixture(scope="module")
def figures_file():
    if not (DIST / "figures.js").is_file():
        pytest.skip("the figures are not built: make page")


@pytest.mark.usefixtures("figures_file")
def test_every_lesson_has_its_figures(browser, kobai, tmp_path):
    page = browser.new_page()
    problems, requests = [], []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    page.on("request", lambda request: requests.append(request.url))
    for lesson in lessons():
        done = kobai("learn", lesson.number, "--lab", "--no-open", where=tmp_path)
        assert done.code == 0
        name = f"{lesson.number:02}_{lesson.name}_en.html"
        assert name in done.out.replace("\n", "")
        page.goto((tmp_path / "learn" / name).as_uri())
        drawn = page.locator("[data-kobai]:has(input, button):has(figcaption)")
        count = page.locator("[data-kobai]").count()
        drawn.nth(count - 1).wait_for(timeout=READY)
        assert drawn.count() == count > 0
        assert page.locator("h1").inner_text().endswith(lesson.title("en"))
    page.close()
    assert problems == []
    assert all(url.startswith("file:") for url in requests)


@pytest.mark.usefixtures("figures_file")
def test_the_figures_speak_the_readers_language(browser, kobai, tmp_path):
    options = ["--lab", "--no-open", "--language", "ja"]
    assert kobai("learn", 5, *options, where=tmp_path).code == 0
    page = browser.new_page()
    page.goto((tmp_path / "learn" / "05_derivative_ja.html").as_uri())
    figure = page.locator(".kobai-figure")
    figure.locator("svg").first.wait_for(timeout=READY)
    assert "微分" in page.locator("h1").inner_text()
    assert any("\u3040" <= letter <= "\u30ff" for letter in figure.inner_text())
    page.close()


@pytest.mark.usefixtures("figures_file")
def test_the_figures_are_dark_where_the_reader_is(browser, kobai, tmp_path):
    assert kobai("learn", 5, "--lab", "--no-open", where=tmp_path).code == 0
    for scheme, is_dark in (("dark", True), ("light", False)):
        page = browser.new_page(color_scheme=scheme)
        page.goto((tmp_path / "learn" / "05_derivative_en.html").as_uri())
        page.locator(".kobai-figure svg").first.wait_for(timeout=READY)
        for place in ("body", ".kobai-figure figure"):
            colour = page.locator(place).first.evaluate(
                "e => getComputedStyle(e).backgroundColor"
            )
            red = int(colour.removeprefix("rgb(").split(",")[0])
            assert (red < 60, red > 200) == (is_dark, not is_dark)
        page.close()


def test_without_figures_the_command_says_how_to_have_them(
    kobai, tmp_path, monkeypatch
):
    monkeypatch.setattr("kobai.learn.figures.FIGURES", "none.js")
    done = kobai("learn", 5, "--lab", where=tmp_path)
    assert done.code == 2
    assert "installed without the lab's page" in done.err
    assert not (tmp_path / "learn").exists()
