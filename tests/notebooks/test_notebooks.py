"""What a notebook shows: run by a kernel, read from what it was sent."""

import re
import xml.etree.ElementTree as ET

import pytest

PREPARE = """
import numpy as np, kobai
from kobai.networks import Dense, Network, Sigmoid, Softmax
rng = np.random.default_rng(0)
x = rng.standard_normal((400, 20)).astype(np.float32)
t = (x[:, 0] > 0).astype(int)
network = Network(20, [Dense(8), Sigmoid(), Dense(2), Softmax()])
"""


def shown(cell):
    """Return the HTML of the only output of a cell."""
    (output,) = cell.outputs
    assert output.output_type in ("execute_result", "display_data"), output
    assert output.data["text/plain"]
    return output.data["text/html"]


def parsed(html):
    """Return HTML as a tree: everything that is opened is closed."""
    return ET.fromstring(f"<page>{html}</page>")


def texts(tree):
    return [text.strip() for text in tree.itertext() if text.strip()]


@pytest.fixture
def cells(execute):
    return execute(
        PREPARE,
        "network",
        "history = kobai.train(network, (x, t), epochs=3, progress=False); history",
        "kobai.check_gradient(lambda w: np.sum(w**3), np.ones(2), np.array([3., 4.]))",
        "kobai.gradient_descent(lambda x: np.sum(x**2), [-3, 4], steps=50)",
        "from kobai.graph import trace\ntrace(lambda x: np.sum(x < 1), np.ones(3))",
    )


def test_everything_shows_itself(cells):
    network, history, report, descent, graph = (parsed(shown(c)) for c in cells[1:])
    words = texts(network)
    assert words[0] == "Network of 20 inputs, loss cross_entropy, float32"
    # 20 * 8 + 8 and 8 * 2 + 2.
    assert {"Dense(8)", "168", "18", "186"} <= set(words)
    words = texts(history)
    assert [words.count(name) for name in ("accuracy", "loss", "train acc")] == [
        1,
        1,
        1,
    ]
    assert len(list(history.iter("{http://www.w3.org/2000/svg}polyline"))) == 2
    # The derivative of w³ at 1 is 3, so that the second number is off by 1.
    assert {"[1]", "1.00e+00", "WRONG"} <= set(texts(report))
    assert "from x = [-3.  4.], f = 25" in " ".join(texts(descent))
    assert "2 operations" in texts(graph)
    assert any("less" in text for text in texts(graph))
    assert list(graph.iter("{http://www.w3.org/2000/svg}path"))


def brightness(color):
    """Return the relative luminance of #rrggbb, as WCAG 2 defines it."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_colour_stands_out_from_white_and_from_black(cells):
    for cell in cells[1:]:
        html = shown(cell)
        assert not re.search(r"[:\"] *(white|black)[;\"]", html)
        for color in set(re.findall(r"#[0-9a-fA-F]{6}\b", html)):
            light = brightness(color)
            # Lines and tints, not text, which has the page's own colour.
            assert min(1.05 / (light + 0.05), (light + 0.05) / 0.05) > 2, color


def test_training_leaves_one_output(execute):
    messages = []
    cells = execute(
        PREPARE,
        "import time\n"
        "class Slow:\n"
        "    def on_step_end(self, state):\n"
        "        time.sleep(0.01)\n"
        "began = time.perf_counter()\n"
        "history = kobai.train(network, (x, t), epochs=40, callbacks=[Slow()])\n"
        "seconds = time.perf_counter() - began",
        "print(seconds)",
        messages=messages,
    )
    final = parsed(shown(cells[1]))
    assert len(list(final.iter("{http://www.w3.org/2000/svg}svg"))) == 2
    assert "steps/s" not in " ".join(texts(final))
    assert "41 records" in texts(final)
    kinds = [message["msg_type"] for message in messages]
    assert kinds.count("display_data") == 1
    seconds = float(cells[2].outputs[0].text)
    updates = kinds.count("update_display_data")
    # The first is a display, and the last, at the end, is not the bar's.
    assert 2 <= updates <= 4 * seconds
    moving = messages[1]["content"]["data"]
    assert "steps/s" in moving["text/html"]
    assert "<svg" in moving["text/html"]


def test_a_picture_is_not_there_twice(execute):
    _, both, later = execute(
        PREPARE, "history = kobai.train(network, (x, t), epochs=2); history", "history"
    )
    picture, result = both.outputs
    assert picture.data["text/html"].count("<svg") == 2
    assert texts(parsed(result.data["text/html"])) == ["<History: 3 records, 8 steps>"]
    assert shown(later).count("<svg") == 2


def test_the_output_of_a_long_run_stays_small(execute):
    cells = execute(
        PREPARE, "history = kobai.train(network, (x, t), epochs=2000, batch_size=400)"
    )
    data = cells[1].outputs[0].data
    # 40 rows of the 2,001, and curves of at most 300 points.
    assert parsed(shown(cells[1])).tag == "page"
    assert len(data["text/html"]) < 50_000
    assert len(data["text/plain"].splitlines()) == 42


def test_a_run_that_fails_leaves_its_figure_and_its_error(execute):
    cells = execute(
        PREPARE,
        "try:\n"
        "    kobai.train(network, (x, t), epochs=3, steps=2)\n"
        "except ValueError as error:\n"
        "    print(error)",
    )
    (output,) = cells[1].outputs
    assert output.output_type == "stream"
    assert "epochs" in output.text
