"""Which display suits where the output goes."""

import sys

from kobai.html.notebook import in_notebook
from kobai.training.display.lines import Display, Lines


def choose_display(progress: bool | str | Display) -> Display:
    """Return the display that suits where the output goes.

    False is silent. True and "auto" are a bar in a terminal, one in a notebook, and
    plain lines anywhere else; "rows" is the same without a word on how the run ended.
    A display is taken as it is. Raises `ValueError` for anything else.
    """
    if isinstance(progress, Display):
        return progress
    if progress not in (True, False, "auto", "rows"):
        raise ValueError(
            f'train: progress must be "auto", True or False, got {progress!r}'
        )
    if not progress or sys.stdout is None:
        return Display()
    display = _suited()
    display.tells_end = progress != "rows"
    return display


def _suited() -> Display:
    if in_notebook():
        from kobai.training.display.notebook import Notebook

        return Notebook()
    if sys.stdout.isatty():
        # Rich takes 50 ms to import, which only a terminal has use for.
        from kobai.training.display.terminal import Terminal

        return Terminal()
    return Lines()
