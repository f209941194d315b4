"""`draw`: the door to the picture of a graph."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kobai.graph.graph import Graph


def draw(graph: "Graph", path: Any = None) -> Any:
    """Return a picture of a graph, with the shape of every value; write it to `path`.

    The ending of the path says how: `.svg`, `.png` or `.pdf`. The picture is a
    matplotlib Figure, which notebooks show. See `kobai.plots.draw_graph`.

    >>> import numpy as np
    >>> from kobai.graph import trace
    >>> figure = draw(trace(lambda x: np.sum(x * x), np.ones(3)))
    """
    # A face of the house, below this folder, opened only when it is asked for.
    from kobai.plots import draw_graph

    return draw_graph(graph, path)
