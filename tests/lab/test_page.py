"""The page in a browser, from a file: each thing that one can do in it."""

import csv
import json
import re
import subprocess
import sys

import numpy as np
import pytest

from kobai.formats import load_model
from tests.lab.conftest import WEB

CALM = {"reduced_motion": "reduce"}
"""With it a page begins standing still."""
LANGUAGES = ["en", "ja", "zh"]
SIZES = ["wide", "phone"]


@pytest.fixture
def lab(opened):
    """The page standing still at step 0 of a spiral."""
    return opened(**CALM)


def test_it_trains_at_once_and_asks_nothing_of_any_network(opened):
    page = opened()
    page.until("d.step > 20")
    assert all(re.match(r"(file|blob|data):", url) for url in page.requests)
    assert page.problems == []


def test_it_stands_still_for_those_who_want_no_motion(lab):
    assert lab.step == 0
    assert lab.root.get_attribute("data-playing") == "false"


@pytest.mark.parametrize("how", ["mouse", "keyboard", "touch"])
def test_play_and_pause(opened, how):
    page = opened(size="phone" if how == "touch" else "wide", **CALM)

    def press(name):
        if how == "keyboard":
            page.page.keyboard.press(" ")
        elif how == "touch":
            page.button(name).tap()
        else:
            page.button(name).click()

    press("Train")
    page.until("d.playing == 'true' && d.step > 10")
    press("Pause")
    page.until("d.playing == 'false'")
    step = page.step
    page.page.wait_for_timeout(150)
    assert page.step == step


def test_steps_and_epochs_and_the_same_weights_again(lab):
    first = lab.loss
    lab.button("One step").click()
    lab.until("d.step == 1")
    lab.page.keyboard.press(".")
    lab.until("d.step == 2")
    lab.page.keyboard.press("e")
    # Of 225 training samples 20 are in a batch, so 12 steps are an epoch.
    lab.until("d.step == 12")
    assert lab.loss != first
    lab.button("Back to the start").click()
    lab.until("d.step == 0")
    assert lab.loss == first


def test_until_the_loss_is_low_enough(lab):
    field = lab.page.get_by_label("Until the loss is below")
    field.fill("0.5")
    field.press("Enter")
    lab.button("Train").click()
    lab.until("d.step > 0 && d.playing == 'false'")
    assert lab.loss < 0.5


def summary(lab):
    text = lab.page.get_by_text(re.compile(r"^Network 2–")).first.inner_text()
    return text.split(" ")[1].rstrip(",")


def test_layers_and_units_come_and_go(lab):
    assert summary(lab) == "2–8–8–2"
    lab.button("Add a neuron").click()
    lab.page.wait_for_function("() => document.body.innerText.includes('2–9–8–2')")
    lab.button("Remove a neuron").click()
    lab.page.wait_for_function("() => document.body.innerText.includes('2–8–8–2')")
    lab.page.get_by_role("button", name="Add a layer (1)").click()
    lab.page.wait_for_function("() => /2–\\d+–8–8–2/.test(document.body.innerText)")
    lab.page.get_by_role("button", name="Remove the layer: Hidden layer 1").click()
    lab.page.wait_for_function("() => document.body.innerText.includes('2–8–8–2')")
    lab.button("Undo").click()
    lab.page.wait_for_function("() => /2–\\d+–8–8–2/.test(document.body.innerText)")


def test_what_is_changed_while_it_trains_does_not_begin_anew(opened):
    page = opened()
    page.until("d.step > 20")
    page.page.get_by_label("Activation function").first.select_option("relu")
    page.page.get_by_label("Optimizer").select_option("sgd")
    step = page.step
    assert step > 20
    page.until(f"d.step > {step + 20}")
    assert page.problems == []


def test_the_curve_leads_back_and_a_change_there_is_a_branch(lab):
    lab.button("One epoch").click()
    lab.until("d.step == 12")
    loss = lab.loss
    slider = lab.page.get_by_role("slider", name="Step shown: Loss")
    slider.focus()
    slider.press("Home")
    lab.until("d.step == 0")
    lab.page.get_by_label("Optimizer").select_option("sgd")
    lab.button("One epoch").click()
    lab.until("d.step == 12")
    assert lab.loss != loss
    assert lab.page.locator(".branches li").count() == 2


def test_the_curve_is_dragged_by_mouse(lab):
    for end in (12, 24):
        lab.button("One epoch").click()
        lab.until(f"d.step == {end}")
    box = lab.page.get_by_role("slider", name="Step shown: Loss").bounding_box()
    lab.page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 20)
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 20, steps=4)
    lab.page.mouse.up()
    lab.until("d.step >= 11 && d.step <= 13")


def numbers(text):
    """Return the numbers of a text as the page writes them."""
    plain = text.replace("−", "-").replace("\u2009", "").replace(",", "")
    return [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", plain)]


def test_a_neuron_is_explained_with_its_numbers(lab):
    formulas = lab.page.get_by_role("tabpanel").locator("math")
    formulas.nth(6).wait_for()
    of_the_first = formulas.nth(6).text_content()
    lab.page.get_by_role("button", name="Neuron 3 of hidden layer 1").focus()
    lab.page.keyboard.press("Enter")
    formulas.nth(6).filter(has_not_text=of_the_first).wait_for()
    _, _, *terms, total, output = formulas.all_text_contents()[:7]
    *products, (bias,) = map(numbers, terms)
    (z,) = numbers(total)
    # What is shown has four digits.
    assert z == pytest.approx(sum(w * x for w, x in products) + bias, abs=1e-3)
    assert numbers(output)[-1] == pytest.approx(np.tanh(z), abs=1e-3)


def test_a_weight_is_compared_with_the_central_difference(lab):
    panel = lab.page.get_by_role("tabpanel")
    panel.get_by_label("Weight from").select_option(label="x1")
    lab.page.wait_for_function(
        "() => document.body.textContent.includes('L(w+h)−L(w−h)')"
    )
    *_, exact, _, numerical = panel.locator(".formula").all_text_contents()
    delta, x, gradient = numbers(exact)[-3:]
    # What is shown has four digits.
    assert gradient == pytest.approx(delta * x, rel=2e-3)
    assert numbers(numerical)[-1] == pytest.approx(gradient, rel=2e-3)


def filled(panel):
    """Wait until the answer of the engine is there that a panel shows."""
    panel.filter(has_text=re.compile(r"\S")).wait_for()


@pytest.mark.parametrize(
    "tab",
    ["One step", "Layers", "Mistakes", "Loss surface", "Functions", "Draw a digit"],
)
def test_every_panel_opens_while_it_trains(opened, tab):
    page = opened()
    page.page.get_by_role("tab", name=tab).click()
    step = page.step
    page.until(f"d.step > {step + 5}")
    filled(page.page.get_by_role("tabpanel"))
    assert page.problems == []


@pytest.mark.parametrize("toy", ["Rings", "Clouds", "Moons", "XOR", "Sine"])
def test_each_toy_is_learned(lab, toy):
    lab.page.get_by_text(toy, exact=True).first.click()
    lab.until("d.step == 0")
    first = lab.loss
    lab.button("One epoch").click()
    lab.until("d.step > 0")
    assert lab.loss < first
    assert lab.problems == []


def digits(lab):
    lab.page.get_by_label("Kind of data").select_option("digits")
    lab.page.wait_for_function("() => /Network 64–/.test(document.body.innerText)")
    lab.until("d.step == 0")


@pytest.mark.parametrize("size", SIZES)
def test_a_drawn_digit_is_read_and_an_empty_pad_is_not(opened, size):
    page = opened(size=size, **CALM)
    digits(page)
    for _ in range(3):
        step = page.step
        page.button("One epoch").click()
        page.until(f"d.step > {step} && d.playing == 'false'")
    page.page.get_by_role("tab", name="Draw a digit").click()
    panel = page.page.get_by_role("tabpanel")
    panel.locator("canvas").first.scroll_into_view_if_needed()
    assert not re.search(r"\d\d? ?%", panel.inner_text())
    page.draw_a_one(panel)
    bars = panel.get_by_role("table").first.inner_text()
    chances = [float(n) for n in re.findall(r"([\d.]+) ?%", bars)]
    assert len(chances) == 10
    # Each of the ten is rounded to a whole per cent.
    assert sum(chances) == pytest.approx(100, abs=5)
    assert page.problems == []


def link_in(field, part="#"):
    """Return the link of a dialog once it is made, with this in it."""
    field.page.wait_for_function(
        "([field, part]) => field.value.includes(part)",
        arg=[field.element_handle(), part],
    )
    return field.input_value()


def copied_link(lab):
    lab.button("Share").click()
    dialog = lab.page.get_by_role("dialog")
    link = link_in(dialog.get_by_role("textbox").first)
    lab.page.keyboard.press("Escape")
    return link.partition("#")[2] or link


def test_a_link_carries_everything(lab, opened):
    lab.page.get_by_label("Optimizer").select_option("momentum")
    lab.button("One epoch").click()
    lab.until("d.step == 12")
    loss, link = lab.loss, copied_link(lab)
    other = opened(link, **CALM)
    other.until("d.step == 12")
    assert other.loss == loss


def test_a_link_carries_branches_and_numbers_put_by_hand(lab, opened):
    lab.button("One epoch").click()
    lab.until("d.step == 12")
    lab.page.get_by_label("Optimizer").select_option("sgd")
    lab.button("One epoch").click()
    lab.until("d.step == 24")
    slider = lab.page.get_by_role("slider", name="Step shown: Loss")
    slider.focus()
    slider.press("Home")
    lab.until("d.step == 0")
    before = lab.loss
    lab.page.get_by_role("button", name="Neuron 1 of hidden layer 1").click()
    lab.page.locator(".inspector .chip").nth(1).click()
    field = lab.page.locator(".inspector input").first
    field.fill("2.5")
    field.press("Enter")
    lab.until(f"+d.loss !== {before}")
    lab.button("One step").click()
    lab.until("d.step == 1")
    loss, link = lab.loss, copied_link(lab)
    assert "W1.0=2.5" in link
    other = opened(link, **CALM)
    other.until("d.step == 1")
    assert other.loss == loss
    branches = other.page.locator(".branches button")
    assert branches.count() == 2
    branches.first.click()
    other.until("d.step == 24")
    assert other.page.get_by_label("Optimizer").input_value() == "sgd"
    assert other.problems == []


DAMAGED = [
    "v=1&data=spiral&net=2-8:nonsense-2",
    "v=1&step=-5&opt=adam:1e999&seed=x",
    "v=99&data=spiral",
    "%%%&&&===",
    "v=1&net=2-99999999:tanh-2",
    "v=1&data=<script>alert(1)</script>",
    "v=1&points=AAAA////",
    "v=1&step=9&ways=4/W1.99999=1/W9.0=nan;9",
    "v=1&branch=7&step=2&ways=2/loss=hinge;9~0@1;1/W1.99999=1;9",
    "v=1&data=table",
    "x" * 20_000,
]


@pytest.mark.parametrize("link", DAMAGED, ids=lambda link: link[:20])
def test_a_damaged_link_does_no_harm(opened, link):
    page = opened(link, **CALM)
    page.button("One step").click()
    page.until("d.step > 0")
    assert page.problems == []


def test_a_teacher_hides_controls_and_sets_a_task(lab, opened):
    lab.button("For a class").click()
    dialog = lab.page.get_by_role("dialog")
    dialog.get_by_role("textbox").first.fill("Find the best learning rate </script>")
    dialog.get_by_label("Optimizer").check()
    link = link_in(dialog.get_by_role("textbox").last, "hide=optimizer")
    other = opened(link.partition("#")[2] or link, **CALM)
    assert other.page.get_by_text("Find the best learning rate </script>").count() == 1
    assert not other.page.get_by_label("Optimizer").first.is_visible()
    assert other.page.get_by_label("Batch size").first.is_visible()


def saved(lab, name, folder):
    with lab.page.expect_download() as waiting:
        lab.page.get_by_role("dialog").get_by_role("button", name=name).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_the_script_gives_the_curve_of_the_page_and_kobai_reads_the_weights(
    lab, tmp_path
):
    for end in (12, 24):
        lab.button("One epoch").click()
        lab.until(f"d.step == {end}")
    lab.button("Export").click()
    code = lab.page.get_by_role("dialog").locator("code").inner_text()
    curve = saved(lab, "Curve (.csv)", tmp_path)
    model = saved(lab, "Model (.safetensors)", tmp_path)
    check = (
        "\nimport json\n"
        "losses = {r['step']: r['train_loss'] for r in history.records}\n"
        "weights = {n: w.tolist() for n, w in network.params.items()}\n"
        "print(json.dumps([losses, weights]))\n"
    )
    (tmp_path / "script.py").write_text(code + check)
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    losses, weights = json.loads(done.stdout.splitlines()[-1])
    rows = {
        row["step"]: float(row["train_loss"])
        for row in csv.DictReader(curve.read_text().splitlines())
    }
    # Single precision, and sums in another order.
    for step in ("0", "12", "24"):
        assert rows[step] == pytest.approx(losses[step], rel=1e-4)
    params = load_model(model).network.params
    for name, values in weights.items():
        assert np.allclose(params[name], values, atol=1e-4)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_formula_is_wider_than_its_place(opened, language, size):
    page = opened(f"v=1&lang={language}", size=size, **CALM)
    page.page.keyboard.press("e")
    panel = page.page.locator(".explanation")
    # With one weight chosen the definition of its derivative stands there, too.
    panel.locator("select").last.select_option(index=1)
    page.page.locator("mfrac >> nth=2").wait_for()
    widths = page.page.evaluate(
        "[...document.querySelectorAll('.formula')].map(f =>"
        " [f.scrollWidth, f.clientWidth])"
    )
    assert len(widths) > 5
    assert all(needed <= there + 1 for needed, there in widths), widths


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_is_whole(opened, language, size):
    page = opened(f"v=1&lang={language}", size=size, **CALM)
    assert page.root.get_attribute("lang")[:2] == language
    titles = page.page.locator("h2").all_inner_texts()
    is_foreign = [bool(re.search(r"[\u3040-\u9fff]", title)) for title in titles]
    assert titles
    assert all(is_foreign) if language != "en" else not any(is_foreign)
    names = page.page.evaluate(
        "[...document.querySelectorAll('button')].filter(b => b.offsetParent)"
        ".map(b => b.ariaLabel || b.innerText)"
    )
    assert len(names) > 20
    assert all(name.strip() for name in names)
    assert page.problems == []


@pytest.mark.parametrize("size", SIZES)
def test_nothing_hangs_over_the_side(opened, size):
    page = opened(size=size, **CALM)
    wide, window = page.page.evaluate(
        "[document.documentElement.scrollWidth, innerWidth]"
    )
    assert wide <= window
    # Names that are wider than their tabs would lie on one another.
    tabs = page.page.get_by_role("tab")
    assert tabs.evaluate_all("all => all.every(t => t.scrollWidth <= t.clientWidth)")
    assert tabs.count() > 3


def test_a_finger_finds_what_it_is_to_press(opened):
    page = opened(size="phone", **CALM)
    for name in ("Train", "One step", "Back to the start"):
        box = page.button(name).bounding_box()
        assert min(box["width"], box["height"]) >= 44


AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_keeps_anybody_out(opened, size, scheme):
    """axe-core knows what screen readers and weak eyes need."""
    if not AXE.is_file():
        pytest.skip("axe-core is not there: make page CHECK=1")
    page = opened(size=size, color_scheme=scheme, **CALM)
    page.button("One epoch").click()
    page.until("d.step == 12")
    page.page.evaluate(AXE.read_text("utf-8"))
    # A tab changes nothing but its panel.
    places = ["document", *["'[role=tabpanel]'"] * 6]
    tabs = page.page.get_by_role("tab").all()
    assert len(tabs) == len(places)
    for tab, place in zip(tabs, places, strict=True):
        tab.click()
        filled(page.page.get_by_role("tabpanel"))
        found = page.page.evaluate(f"axe.run({place}, {{resultTypes: ['violations']}})")
        serious = [
            (each["id"], [node["html"][:120] for node in each["nodes"][:3]])
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]
        assert serious == []


def test_the_network_is_walked_through_by_keys(lab):
    lab.page.get_by_role("button", name="Neuron 1 of hidden layer 1").focus()
    lab.page.keyboard.press("ArrowDown")
    lab.page.keyboard.press("ArrowRight")
    name = lab.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert "hidden layer 2" in name
    lab.page.keyboard.press("?")
    lab.page.get_by_role("dialog").wait_for()
    lab.page.keyboard.press("Escape")
    lab.page.get_by_role("dialog").wait_for(state="hidden")


def test_no_key_is_taken_from_a_text_field(lab):
    field = lab.page.get_by_label("Until the loss is below")
    field.focus()
    lab.page.keyboard.type("0.1e ")
    lab.button("One step").click()
    # What those keys had begun would have come before it.
    lab.until("d.step > 0")
    assert lab.step == 1
    assert lab.root.get_attribute("data-playing") == "false"
