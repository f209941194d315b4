"""Pictures of graphs: everything is named, nothing lies on anything else."""

from itertools import pairwise

import numpy as np
import pytest

from kobai.autodiff import gradient
from kobai.engines.numpy_engine.program import simplify
from kobai.functions import sigmoid, softmax_cross_entropy
from kobai.graph import draw, trace
from kobai.plots.layers import arrange


def training_step(params, x, t, lr):
    def loss(p):
        h = sigmoid(x @ p["W1"] + p["b1"])
        return softmax_cross_entropy(h @ p["W2"] + p["b2"], t)

    for name, g in gradient(loss, params).items():
        params[name] -= lr * g


@pytest.fixture(scope="module")
def graph():
    shapes = {"W1": (7, 5), "b1": (5,), "W2": (5, 3), "b2": (3,)}
    params = {name: np.zeros(shape) for name, shape in shapes.items()}
    labels = np.zeros(4, np.int64)
    return simplify(
        trace(training_step, params, np.zeros((4, 7)), labels, np.float64())
    )


def boxes_of(figure):
    from matplotlib.patches import FancyBboxPatch

    figure.draw_without_rendering()
    found = [p for p in figure.axes[0].patches if isinstance(p, FancyBboxPatch)]
    return [p.get_window_extent() for p in found]


def test_no_box_lies_on_another_and_all_are_on_the_page(graph):
    figure = draw(graph)
    boxes = boxes_of(figure)
    assert len(boxes) > len(graph.operations)
    for i, a in enumerate(boxes):
        assert figure.bbox.x0 <= a.x0
        assert a.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= a.y0
        assert a.y1 <= figure.bbox.y1
        assert not any(a.overlaps(b) for b in boxes[i + 1 :])


def test_no_text_is_wider_than_its_box(graph):
    figure = draw(graph)
    boxes = boxes_of(figure)
    for text in figure.axes[0].texts:
        extent = text.get_window_extent()
        assert any(
            b.x0 <= extent.x0 and extent.x1 <= b.x1 and b.y0 <= extent.y0 <= b.y1
            for b in boxes
        ), text.get_text()


def test_inputs_shapes_constants_and_updates_are_named(graph):
    texts = [t.get_text() for t in draw(graph).axes[0].texts]
    assert {"W1", "b1", "W2", "b2", "x", "t", "lr"} <= set(texts)
    assert {"new W1", "new b1", "new W2", "new b2", "(4,7)", "709"} <= set(texts)


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_picture_is_written(tmp_path, ending):
    path = tmp_path / f"graph.{ending}"
    draw(trace(lambda x: np.sin(x) * 2, np.ones(3)), path)
    start = path.read_bytes()[:200]
    assert start.startswith(b"\x89PNG") if ending == "png" else b"<?xml" in start


def test_edges_lead_downwards_and_chains_are_straight():
    chain = list("abcdef")
    edges = list(pairwise(chain))
    layout = arrange(dict.fromkeys(chain, 1.0), edges)
    assert all(layout.row[a] < layout.row[b] for a, b in edges)
    np.testing.assert_allclose(list(layout.x.values()), layout.x["a"])


def test_crossed_edges_are_uncrossed():
    edges = [("a", "p"), ("b", "q"), ("a", "r"), ("b", "r"), ("c", "r")]
    layout = arrange(dict.fromkeys("bcaqpr", 1.0), edges)
    assert (layout.x["a"] < layout.x["b"]) == (layout.x["p"] < layout.x["q"])
