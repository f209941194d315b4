"""What a block prints is put after it; what fails is not passed over."""

import re
import subprocess

import pytest

from tests.docs.extensions import extension

bars = extension("bars")
outputs = extension("outputs")
run_page = extension("run_page")


def answers(*blocks, html=False):
    return list(run_page.answers({"blocks": blocks, "html": html}))


def test_prints_come_before_the_value_of_the_last_line():
    (parts,) = answers(["python", "print('a')\n1 + 1"])
    assert parts == [("text", "a\n2")]


def test_blocks_share_their_names_and_say_nothing_without_a_value():
    assert answers(["python", "x = 3"], ["python", "x"]) == [[], [("text", "3")]]


def test_a_figure_is_drawn_for_both_themes():
    block = "from kobai.plots import network_drawing\nnetwork_drawing()"
    (((kind, shown),),) = answers(["python", block])
    assert kind == "html"
    assert 'class="only-light"><svg' in shown
    assert 'class="only-dark"><svg' in shown
    assert "currentColor" not in shown


def test_no_drawing_borrows_the_letters_of_another():
    block = "from kobai.gallery import FIGURES\nFIGURES['{}']()"
    named = ("network-drawing", "gradient-field", "network-drawing")
    pages = [answers(["python", block.format(name)])[0][0][1] for name in named]
    first, second, again = (set(re.findall(r'\bid="([^"]+)"', each)) for each in pages)
    assert first == again
    assert first.isdisjoint(second)
    light, dark = pages[0].split('<div class="only-dark">')
    for part in (light, dark):
        used = set(re.findall(r'href="#([^"]+)|url\(#([^)]+)', part))
        assert {a or b for a, b in used} <= set(re.findall(r'\bid="([^"]+)"', part))


def test_a_notebooks_value_is_its_html():
    block = "import kobai\nkobai.TwoLayerNet(2, 3, 2)"
    assert "<table" in answers(["python", block], html=True)[0][0][1]
    assert "<table" not in answers(["python", block])[0][0][1]


def test_commands_are_followed_by_their_output(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    block = "$ pip install .   # not run\n$ kobai figures --list\n"
    (parts,) = answers(["console", block])
    first, second, (kind, text) = parts
    assert first == ("command", "$ pip install .   # not run")
    assert second == ("command", "$ kobai figures --list")
    assert (kind, "learning-rates" in text) == ("text", True)


@pytest.mark.parametrize(
    "block",
    [
        ["python", "1 / 0"],
        ["python", "import warnings\nwarnings.warn('old')"],
        ["console", "$ kobai figures no-such-figure"],
    ],
)
def test_a_block_that_fails_ends_everything(block):
    with pytest.raises(subprocess.CalledProcessError):
        outputs.run([block])


ALIKE = [
    ["python", "from kobai.gallery import FIGURES\nFIGURES['step-losses']()"],
    ["python", "import kobai\nnetwork = kobai.TwoLayerNet(64, 3, 10)"],
    [
        "python",
        "history = kobai.train(network, kobai.load_digits(), epochs=2)\nhistory",
    ],
    ["python", "from kobai.graph import trace\ntrace(lambda x: x * x, 2.0)"],
    ["console", "$ kobai train --epochs 1"],
]


@pytest.mark.parametrize("html", [False, True])
def test_two_builds_of_a_page_are_alike(html):
    assert outputs.run(ALIKE, html) == outputs.run(ALIKE, html)


def test_times_are_left_out():
    table = "epoch  loss  seconds\n    0   2.5      0.1\n    1   0.5     12.3\nend"
    assert run_page.tidy(f"in 1.25 s, 3 steps\n{table}") == (
        "in … s, 3 steps\nepoch  loss\n    0   2.5\n    1   0.5\nend"
    )


def test_a_page_has_its_outputs_where_they_belong():
    page = "Text.\n\n```python\nprint(6 * 7)\n```\n\nMore.\n\n```console\n$ make\n```\n"
    parts = outputs.run(outputs.BLOCK.findall(page))
    found = iter(parts)
    shown = outputs.BLOCK.sub(lambda b: "".join(outputs.written(b, next(found))), page)
    assert shown == page.replace(
        "print(6 * 7)\n```\n", "print(6 * 7)\n```\n````{.text .output}\n42\n````\n"
    )


TABLE = """| per step | median | from – to | ratio |
| --- | ---: | ---: | ---: |
| **Kobai, numba** | **2 µs** | **1 – 3** | **0.50** |
| JAX | 4 µs | 3 – 5 | 1.00 |
| slow & old | 40 µs | 3 – 5 | 10.00 |
"""


def test_a_row_of_times_is_a_bar_as_long_as_its_ratio():
    page = bars.on_page_markdown(f"# Times\n\n{TABLE}\nand\n\n| a | b |\n|---|---|\n")
    assert page.endswith(f"{TABLE}\nand\n\n| a | b |\n|---|---|\n")
    assert page.count("<li") == 3
    assert '<li class="ours"><span>Kobai, numba</span><i style="width: 12.5%">' in page
    assert '<li class=""><span>JAX</span><i style="width: 25.0%">' in page
    assert (
        '<li class="cut"><span>slow &amp; old</span><i style="width: 100.0%">' in page
    )
