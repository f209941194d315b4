"""The figure that every drawing function returns."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from matplotlib import style
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure


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
            super().draw(renderer)

    def _repr_png_(self) -> bytes:
        file = BytesIO()
        self.savefig(file, format="png")
        return file.getvalue()
