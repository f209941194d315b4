"""A figure as SVG on a clear ground, once for light pages and once for dark ones."""

import re
from typing import Any
from zlib import crc32

from kobai.plots.inline import inline_svg

INK = "#222222"
# What is written on an image stays as it is: the image does not change, either.
INK_ON_IMAGES = "#222221"

# The theme's dark ground, on which lines of a grid are to be faint and blue is light.
DARK = {
    r"fill: #ffffff; opacity: 0\.\d+": "fill: #1e2129; opacity: 0.9",
    r"fill: #ffffff; stroke": "fill: #1e2129; stroke",
    r"stroke: #dddddd": "stroke: #4a4e5a",
    r"stroke: #e2e2e2": "stroke: #383c48",
    r"#0072b2": "#2f95d8",
    r"currentColor": "#dddddd",
}


def themed(figure: Any) -> dict[str, str]:
    """Return a figure's drawing for each theme, "light" and "dark"."""
    for ax in figure.axes:
        for text in ax.texts if ax.images else ():
            if text.get_color() == INK:
                text.set_color(INK_ON_IMAGES)
    svg = inline_svg(figure)
    dark = svg
    for light, other in DARK.items():
        dark = re.sub(light, other, dark)
    drawn = {"light": svg.replace("currentColor", INK), "dark": dark}
    return {theme: with_plain_names(each) for theme, each in drawn.items()}


def with_plain_names(svg: str) -> str:
    """Return a drawing whose parts have names of its own, the same in every build.

    matplotlib names some by lot, and others as it does in every drawing, so that two on
    one page would borrow each other's letters.
    """
    names = dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))
    numbers = {name: str(k) for k, name in enumerate(names)}
    own = crc32(_renamed(svg, numbers).encode())
    return _renamed(svg, {name: f"n{own:x}-{k}" for name, k in numbers.items()})


def _renamed(svg: str, names: dict[str, str]) -> str:
    return re.sub(
        r'(\bid="|href="#|url\(#)([^")]+)',
        lambda found: found[1] + names.get(found[2], found[2]),
        svg,
    )
