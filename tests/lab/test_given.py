"""What the command put into the page, as a browser shows it."""

import csv

import pytest

from kobai.page import lab
from kobai.page.built import PLACE
from tests.lab.conftest import READY

CALM = {"reduced_motion": "reduce"}


@pytest.fixture
def shown(opened, tmp_path):
    """Open a page that Python has written."""

    def show(page):
        file = tmp_path / "lab.html"
        page.save(file)
        return opened(file=file, **CALM)

    return show


def test_data_and_language_are_those_given(shown):
    page = shown(lab("moons", language="ja"))
    assert page.root.get_attribute("lang") == "ja"
    page.page.keyboard.press(".")
    page.until("d.step == 1")
    assert page.problems == []


def test_a_run_is_scrubbed_through(kobai, opened, tmp_path):
    run = ["train", "digits", "--epochs", 3, "--run", "r", "-q"]
    assert kobai(*run, where=tmp_path).code == 0
    assert kobai("lab", "r", "--no-open", where=tmp_path).code == 0
    page = opened(file=tmp_path / "lab.html", **CALM)
    lines = (tmp_path / "r" / "history.csv").read_text().splitlines()
    rows = list(csv.DictReader(lines))
    last = int(rows[-1]["step"])
    page.until(f"d.step == {last}")
    assert page.loss == pytest.approx(float(rows[-1]["train_loss"]), rel=1e-3)
    slider = page.page.get_by_role("slider", name="Step shown: Loss")
    slider.focus()
    slider.press("Home")
    page.until("d.step == 0")
    assert page.problems == []


def test_a_page_with_damaged_data_opens_all_the_same(opened, page_file, tmp_path):
    text = page_file.read_text("utf-8")
    damaged = ["{", '{"table":{"x":"%%%"}}', '{"images":5}', '{"run":{"keyframes":1}}']
    for number, data in enumerate(damaged):
        file = tmp_path / f"{number}.html"
        file.write_text(text.replace(PLACE, PLACE.replace("null", data)), "utf-8")
        page = opened(file=file, **CALM)
        page.page.keyboard.press(".")
        page.until("d.step == 1")
        assert page.problems == []


def test_a_frame_in_a_notebook_runs_it(opened, page_file, tmp_path, browser):
    """A sandboxed srcdoc has no storage and no address of its own."""
    html = lab("xor")._repr_html_()
    file = tmp_path / "notebook.html"
    file.write_text(f"<!doctype html><meta charset=utf-8>{html}", "utf-8")
    window = browser.new_page()
    problems = []
    window.on("pageerror", lambda error: problems.append(str(error)))
    window.goto(file.as_uri())
    frame = window.frame_locator("iframe")
    frame.locator("[data-ready=true]").wait_for(state="attached", timeout=READY)
    window.close()
    assert problems == []
