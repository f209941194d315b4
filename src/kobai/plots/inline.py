"""A figure as part of a page: its ground clear, its ink the page's own colour."""

import re
from io import BytesIO
from typing import TYPE_CHECKING

from kobai.plots.style import BLUE, GREEN, GREY, INK, ORANGE, VERMILION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# The light grounds that text stands on become a breath of the colour around them,
# which is light on white and dark on black.
TINTS = {
    "#DCEBF5": BLUE,
    "#F2F2F2": GREY,
    "#FFF3DA": ORANGE,
    "#FBE3D6": VERMILION,
    "#D8F0E8": GREEN,
}
INKS = (INK, "#666666", "#555555")


def inline_svg(figure: "Figure") -> str:
    """Return a figure as an `<svg>` element that fits a light page and a dark one.

    >>> from kobai.plots import network_drawing
    >>> text = inline_svg(network_drawing())
    >>> text.startswith("<svg"), "currentColor" in text, "#222222" in text
    (True, True, False)
    """
    file = BytesIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(file, format="svg", transparent=True, metadata=nothing)
    svg = file.getvalue().decode()
    svg = svg[svg.index("<svg") :]
    for light, color in TINTS.items():
        tint = f"fill: {color}; fill-opacity: 0.22"
        svg = re.sub(f"fill: {light}", tint, svg, flags=re.IGNORECASE)
    for ink in INKS:
        svg = re.sub(ink, "currentColor", svg, flags=re.IGNORECASE)
    return svg.replace("<svg ", '<svg style="max-width:100%;height:auto" ', 1)
