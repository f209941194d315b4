"""A figure as SVG on a clear ground, once for light pages and once for dark ones."""

import re
from typing import Any

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
    svg = with_plain_names(inline_svg(figure))
    dark = svg
    for light, other in DARK.items():
        dark = re.sub(light, other, dark)
    return {"light": svg.replace("currentColor", INK), "dark": dark}


def with_plain_names(svg: str) -> str:
    """Return a drawing whose parts are numbered: matplotlib names some by lot."""
    names = dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))
    short = {name: f"n{k}" for k, name in enumerate(names)}
    return re.sub(
        r'(\bid="|href="#|url\(#)([^")]+)',
        lambda found: found[1] + short.get(found[2], found[2]),
        svg,
    )
