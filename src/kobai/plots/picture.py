"""The figure that every drawing function returns."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from matplotlib import style
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from kobai.plots import fonts


class Picture(Figure):
    """A matplotlib figure that keeps its style, and that a notebook shows by itself.

    `settings` are the style, as matplotlib's rcParams name it. matplotlib reads some
    of them only while it draws (ticks, the minus sign), so they are set then as well,
    and put back afterwards.
    """

    def __init__(self, settings: Mapping[str, Any], **options: Any) -> None:
        self._settings = dict(settings)
        super().__init__(**options)

    def draw(self, renderer: RendererBase) -> None:
        """Draw the figure in its own style, whatever the user's settings are."""
        with style.context(self._settings, after_reset=True):
            for text in self.findobj(Text):
                _make_readable(text)
            super().draw(renderer)

    def _repr_png_(self) -> bytes:
        return encoded(self, ".png")


def encoded(figure: Figure, name: str) -> bytes:
    """Return a figure as a file of a name, whose ending says the format."""
    file, ending = BytesIO(), name.rpartition(".")[-1].lower()
    before = figure.canvas
    try:
        if ending == "png":
            # `savefig` would draw it twice, first to find out how wide its texts are.
            FigureCanvasAgg(figure).print_png(file)  # type: ignore[no-untyped-call]
        else:
            figure.savefig(file, format=ending)
    finally:
        figure.set_canvas(before)
    return file.getvalue()


def _make_readable(text: Text) -> None:
    """Give a text a font that has all its characters, or take out what none has."""
    words, families = text.get_text(), text.get_fontfamily()
    enough = fonts.covering(words, families)
    if enough is None:
        lack = fonts.missing(words, families)
        text.set_text("".join("?" if c in lack else c for c in words))
        fonts.warn_of_words()
    elif len(enough) > len(families):
        text.set_fontfamily(enough)
