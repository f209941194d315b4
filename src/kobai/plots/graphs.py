"""Boxes and arrows drawn: a graph in rows, its values flowing downwards."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kobai.plots.fonts import letters
from kobai.plots.layers import Edge, Key, Layout, arrange
from kobai.plots.style import BLUE, GREEN, GREY, INK, ORANGE, VERMILION, Say, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Place = tuple[float, float]

HEIGHT, SMALL, ROW = 0.42, 0.26, 0.8
# The width of a letter, in inches, and what a box has beside its text.
LETTER, MARGIN = 0.082, 0.24
# Of a computation with its numbers: between the operations, for a name, of a circle.
COLUMN, LINE, ROUND = 1.8, 0.95, 0.24
ENDINGS = ("svg", "png", "pdf")


@dataclass(frozen=True)
class _Look:
    """How a kind of box is drawn."""

    fill: str
    edge: str
    height: float = HEIGHT


_LOOKS = {
    "input": _Look("#DCEBF5", BLUE),
    "constant": _Look("#F2F2F2", "#B5B5B5", SMALL),
    "operation": _Look("#FFF3DA", ORANGE),
    "update": _Look("#FBE3D6", VERMILION, SMALL + 0.06),
    "output": _Look("#D8F0E8", GREEN, SMALL + 0.06),
}


@dataclass(frozen=True)
class Box:
    """A box: its kind, one of "input", "constant", "operation", "update" and "output";
    what stands in it; and below that, smaller, a shape."""

    kind: str
    text: str
    shape: str = ""

    @property
    def width(self) -> float:
        """How wide it is, in inches."""
        wide = max(letters(self.text), 0.85 * len(self.shape))
        return max(wide * LETTER + MARGIN, HEIGHT if self.shape else 0.3)


def draw_boxes(
    boxes: Mapping[Key, Box],
    edges: Sequence[Edge],
    path: str | Path | None = None,
    language: str = "en",
) -> "Figure":
    """Draw boxes, and the arrows between them, each below all that lead to it.

    `edges` are pairs of the boxes' keys. With `path` the figure is written there as
    well, in the format that its ending names: .svg, .png or .pdf. Raises ValueError
    where the path ends in something else.

    >>> boxes = {"x": Box("input", "x", "(3,)"), "y": Box("operation", "sum")}
    >>> figure = draw_boxes(boxes, [("x", "y")])
    >>> texts = [text.get_text() for text in figure.axes[0].texts]
    >>> list(filter(None, texts))
    ['x', '(3,)', 'sum']
    """
    _check(path)
    layout = arrange({key: box.width for key, box in boxes.items()}, edges)
    left, right = _edges_of_all(boxes, layout)
    width, height = right - left + 0.4, ROW * max(layout.row.values()) + 0.8
    with sheet(language, width, height) as (figure, _, _):
        figure.set_layout_engine("none")
        ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        _draw_edges(ax, boxes, edges, layout)
        for key, box in boxes.items():
            _draw_box(ax, box, layout.x[key], -ROW * layout.row[key])
        ax.set_xlim(left - 0.2, left + width - 0.2)
        ax.set_ylim(0.4 - height, 0.4)
        ax.axis("off")
        if path is not None:
            figure.savefig(path)
    return figure


def computational_graph(
    names: Mapping[Key, str],
    edges: Mapping[Edge, tuple[float, float]],
    language: str = "en",
    *,
    title: str = "",
) -> "Figure":
    """Draw a computation from left to right, with the numbers that flow on its edges.

    `names` are what is given, the signs of the operations and what comes out, by any
    keys; `edges` map a pair of keys to the value v that flows from one to the other
    and the derivative ∂L/∂v of the result L, which flows back.

    >>> names = {"x": "x", "square": "²", "L": "L"}
    >>> edges = {("x", "square"): (3.0, 6.0), ("square", "L"): (9.0, 1.0)}
    >>> figure = computational_graph(names, edges)
    >>> texts = [text.get_text() for text in figure.axes[0].texts]
    >>> list(filter(None, texts))
    ['x', '²', 'L', '3', '← 6', '9', '← 1']

    Source: after K. Saito, "Deep Learning from Scratch", 2016, chapter 5.
    """
    layout = arrange(dict.fromkeys(names, LINE), list(edges))
    where = {k: (COLUMN * layout.row[k], -layout.x[k]) for k in names}
    starts, ends = ({edge[side] for edge in edges} for side in (0, 1))
    (left, right), (bottom, top) = _frame(names, where, starts, ends)
    with sheet(language, right - left + 0.4, top - bottom + 1.3) as (figure, say, _):
        ax = figure.subplots()
        for key, name in names.items():
            side = 0 if key in starts & ends else -1 if key in starts else 1
            _draw_name(ax, name, where[key], side)
        for (start, end), numbers in edges.items():
            bends = [(COLUMN * w[1], -layout.x[w]) for w in layout.paths[start, end]]
            _draw_flow(ax, [where[start], *bends, where[end]], numbers)
        ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
        ax.axis("off")
        _explain_flow(figure, say)
        figure.suptitle(title or say("computational_graph"))
    return figure


def _frame(
    names: Mapping[Key, str],
    where: Mapping[Key, Place],
    starts: Collection[Key],
    ends: Collection[Key],
) -> tuple[Place, Place]:
    """Return how far names and circles reach, from left to right and upwards."""
    long = {key: 1.25 * LETTER * letters(name) + ROUND for key, name in names.items()}
    left = min(x - long[k] * (k not in ends) for k, (x, _) in where.items())
    right = max(x + long[k] * (k not in starts) for k, (x, _) in where.items())
    heights = [y for _, y in where.values()]
    return (left, right), (min(heights) - LINE / 2, max(heights) + LINE / 2)


def _draw_name(ax: "Axes", name: str, where: Place, side: int) -> None:
    """Write a name left or right of a place, or an operation's sign in a circle."""
    from matplotlib.patches import Circle

    x, y = where
    if side:
        align = "right" if side < 0 else "left"
        x -= side * ROUND
        ax.text(x, y, name, ha=align, va="center", fontsize=11)
        return
    look = _LOOKS["operation"]
    ax.add_patch(Circle(where, ROUND, fc=look.fill, ec=look.edge, lw=1.6, zorder=2))
    ax.text(x, y, name, ha="center", va="center", fontsize=16, zorder=3)


def _draw_flow(
    ax: "Axes", points: Sequence[Place], numbers: tuple[float, float]
) -> None:
    """Draw an arrow through points, its value above and the derivative below."""
    if points[1:-1]:
        ax.plot(*zip(*points[:-1], strict=True), color=GREY, lw=1.2, zorder=1)
    (x0, y0), (x1, y1) = points[-2:]
    gap = 72 * ROUND + 2
    shrink = {"shrinkA": gap if len(points) == 2 else 0, "shrinkB": gap}
    look = {"arrowstyle": "-|>", "color": GREY, "lw": 1.2}
    ax.annotate("", (x1, y1), (x0, y0), arrowprops={**look, **shrink})
    value, derivative = (f"{number:.4g}".replace("-", "−") for number in numbers)
    # Near its start, where arrows to one operation are far from each other.
    x, y = 0.58 * x0 + 0.42 * x1, 0.58 * y0 + 0.42 * y1
    # A slanting arrow needs more room to pass between the two.
    off = 0.03 + 0.2 * abs(y1 - y0) / (x1 - x0)
    words: dict[str, Any] = {"ha": "center", "fontsize": 11, "zorder": 3}
    ax.text(x, y + off, value, va="bottom", color=INK, **words)
    ax.text(x, y - off, f"← {derivative}", va="top", color=VERMILION, **words)


def _explain_flow(figure: "Figure", say: Say) -> None:
    from matplotlib.lines import Line2D

    forward = Line2D([], [], color=INK, marker="$→$", ms=12, ls="")
    back = Line2D([], [], color=VERMILION, marker="$←$", ms=12, ls="")
    names = [say("forward_value"), say("backward_value")]
    figure.legend([forward, back], names, loc="outside lower center", ncols=2)


def _check(path: str | Path | None) -> None:
    ending = "" if path is None else Path(path).suffix.lower().removeprefix(".")
    if path is not None and ending not in ENDINGS:
        raise ValueError(
            f'draw: got the path "{path}"; need one that ends in '
            f"{', '.join(f'.{name}' for name in ENDINGS)}"
        )


def _edges_of_all(boxes: Mapping[Key, Box], layout: Layout) -> tuple[float, float]:
    """Return how far boxes, and arrows that pass beside them, reach left and right."""
    halves = {key: box.width / 2 for key, box in boxes.items()}
    left = min(x - halves.get(key, 0.0) for key, x in layout.x.items())
    right = max(x + halves.get(key, 0.0) for key, x in layout.x.items())
    return left, right


def _draw_box(ax: "Axes", box: Box, x: float, y: float) -> None:
    from matplotlib.patches import FancyBboxPatch

    look = _LOOKS[box.kind]
    pad = 0.05
    corner = (x - box.width / 2 + pad, y - look.height / 2 + pad)
    size = (box.width - 2 * pad, look.height - 2 * pad)
    style = f"round,pad={pad},rounding_size=0.09"
    ax.add_patch(
        FancyBboxPatch(
            corner, *size, style, fc=look.fill, ec=look.edge, lw=1.1, zorder=2
        )
    )
    middle: dict[str, Any] = {"ha": "center", "va": "center_baseline", "zorder": 3}
    if box.shape:
        ax.text(x, y + 0.085, box.text, fontsize=9.5, color=INK, **middle)
        ax.text(x, y - 0.1, box.shape, fontsize=7.5, color="#666666", **middle)
    else:
        size_of_text = 9.5 if look.height == HEIGHT else 8.5
        ax.text(x, y, box.text, fontsize=size_of_text, color=INK, **middle)


def _draw_edges(
    ax: "Axes", boxes: Mapping[Key, Box], edges: Sequence[Edge], layout: Layout
) -> None:
    from matplotlib.patches import FancyArrowPatch

    for start, end in edges:
        points = [(layout.x[start], _edge_y(boxes, layout, start, -1))]
        for waypoint in layout.paths[start, end]:
            # Straight past the boxes of the row; edges bend between rows.
            middle = -ROW * waypoint[1]
            x = layout.x[waypoint]
            points += [(x, middle + HEIGHT / 2), (x, middle - HEIGHT / 2)]
        points.append((layout.x[end], _edge_y(boxes, layout, end, 1)))
        ax.add_patch(
            FancyArrowPatch(
                path=_curve(points),
                arrowstyle="-|>,head_length=4,head_width=2",
                color=GREY,
                lw=0.9,
                shrinkA=0,
                shrinkB=0,
                zorder=1,
                fill=True,
            )
        )


def _edge_y(boxes: Mapping[Key, Box], layout: Layout, key: Key, side: int) -> float:
    return -ROW * layout.row[key] + side * _LOOKS[boxes[key].kind].height / 2


def _curve(points: Sequence[tuple[float, float]]) -> Any:
    """Return a smooth path that leaves, passes and arrives vertically."""
    from matplotlib.path import Path as Curve

    vertices = [points[0]]
    codes = [Curve.MOVETO]
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (y0 + y1) / 2
        vertices += [(x0, middle), (x1, middle), (x1, y1)]
        codes += [Curve.CURVE4] * 3
    return Curve(vertices, codes)
