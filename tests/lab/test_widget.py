"""The lab in a notebook's cell: what the page and the kernel tell each other."""

import json
import math

import pytest

import kobai
from kobai.page.packed import as_script
from tests.lab.conftest import DIST, READY, until

MODEL = """async ([source, given]) => {
  const values = {given, settings: {}, params: {}, history: {}};
  const heard = new Map();
  window.model = {
    get: name => values[name],
    set(name, value) {
      values[name] = value;
      heard.get(`change:${name}`)?.();
    },
    save_changes() { window.saved = JSON.stringify(values); },
    on(event, act) { heard.set(event, act); },
    off(event, act) { if (heard.get(event) === act) heard.delete(event); },
  };
  window.listeners = () => [...heard.keys()];
  const file = new Blob([source], {type: 'text/javascript'});
  const {render} = await import(URL.createObjectURL(file));
  window.leave = await render({model, el: document.querySelector('#cell')});
}"""
"""What Jupyter does: a model that tells of every change, whoever made it."""


@pytest.fixture(scope="module")
def window(browser):
    # Without motion a page begins standing still.
    opened = browser.new_context(reduced_motion="reduce")
    yield opened
    opened.close()


@pytest.fixture
def cell(window):
    """A cell that shows the lab, of moons."""
    page = window.new_page()
    page.set_content("<div id=cell></div>")
    source = (DIST / "lab.js").read_text("utf-8")
    page.evaluate(MODEL, [source, as_script(kobai.lab("moons").given)])
    page.wait_for_selector("[data-ready=true]", timeout=READY, state="attached")
    until(page)
    yield page
    page.close()


def trained(page):
    """Train for a while, and return what the kernel is told then."""
    page.get_by_role("button", name="Train", exact=True).first.click()
    until(page, "d.step > 10")
    page.get_by_role("button", name="Pause", exact=True).first.click()
    until(page, "JSON.parse(window.saved ?? 'null')?.history.step.at(-1) == d.step")
    return json.loads(page.evaluate("window.saved"))


def set_by_python(page, **values):
    for name, value in values.items():
        page.evaluate("([name, value]) => model.set(name, value)", [name, value])


def test_what_it_was_given_is_shown_and_what_it_learned_told(cell):
    told = trained(cell)
    assert told["settings"]["data"]["name"] == "moons"
    step = int(cell.locator("[data-ready]").get_attribute("data-step"))
    assert told["history"]["step"][-1] == step
    widths = [2, *(layer["units"] for layer in told["settings"]["hidden"])]
    shapes = [(len(told["params"][f"W{i}"]), i) for i in range(1, len(widths) + 1)]
    assert shapes == [(width, i) for i, width in enumerate(widths, 1)]


def test_the_kernel_sets_settings_and_weights(cell):
    """A network without weights knows nothing: its loss is log 2, of two classes."""
    hidden = [{"units": 3, "activation": "tanh", "dropout": 0}]
    zeros = {
        "W1": [[0, 0, 0]] * 2,
        "b1": [0, 0, 0],
        "W2": [[0, 0]] * 3,
        "b2": [0, 0],
    }
    set_by_python(cell, settings={"hidden": hidden, "learningRate": 0.5}, params=zeros)
    # The page computes with numbers of single precision.
    until(cell, f"d.step === '0' && Math.abs(d.loss - {math.log(2)}) < 1e-6")
    told = trained(cell)
    assert told["settings"]["learningRate"] == 0.5
    assert told["settings"]["hidden"] == hidden
    assert len(told["params"]["b1"]) == 3


def test_a_cell_that_is_cleared_hears_nothing_more(cell):
    assert sorted(cell.evaluate("listeners()")) == ["change:params", "change:settings"]
    cell.evaluate("leave()")
    assert cell.evaluate("listeners()") == []
    assert cell.locator("#cell").inner_html() == ""


def test_the_names_are_those_of_the_widget():
    pytest.importorskip("anywidget", reason="needs the extra notebook")
    from kobai.page.widget import LabWidget

    ours = {"given", "settings", "params", "history"}
    assert ours <= set(LabWidget.class_traits(sync=True))
