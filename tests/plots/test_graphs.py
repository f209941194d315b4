"""The picture of a graph is refused where it cannot be drawn or written."""

import numpy as np
import pytest

from kobai.graph import draw, trace


@pytest.mark.parametrize("name", ["graph.xyz", "graph", "graph.jpg"])
def test_an_unknown_ending_is_refused(tmp_path, name):
    graph = trace(lambda x: x * x, np.ones(3))
    with pytest.raises(ValueError, match=r"\.svg, \.png, \.pdf"):
        draw(graph, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_known_ending_may_be_in_capitals(tmp_path):
    draw(trace(lambda x: x * x, np.ones(3)), str(tmp_path / "graph.SVG"))
    assert b"<svg" in (tmp_path / "graph.SVG").read_bytes()


@pytest.mark.parametrize("thing", [np.sin, None, "x * x"])
def test_what_is_no_graph_is_refused(thing):
    with pytest.raises(TypeError, match="need a Graph"):
        draw(thing)
