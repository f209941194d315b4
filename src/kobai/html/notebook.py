"""What a notebook is asked: whether it runs this, and what its cell has shown."""

import sys
from typing import Any
from weakref import WeakKeyDictionary

# What was shown while it came about, and under which cell.
_SHOWN: "WeakKeyDictionary[Any, int]" = WeakKeyDictionary()


def in_notebook() -> bool:
    """Tell whether a Jupyter kernel runs this."""
    return type(_shell()).__name__ == "ZMQInteractiveShell"


def note_shown(thing: object) -> None:
    """Keep in mind that the cell that is running has shown a thing already."""
    cell = _current_cell()
    if cell is not None:
        _SHOWN[thing] = cell


def was_shown(thing: object) -> bool:
    """Tell whether the cell that is running has shown a thing already.

    Where it is that cell's result, it need not be there twice.
    """
    cell = _current_cell()
    return cell is not None and _SHOWN.get(thing) == cell


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _current_cell() -> int | None:
    return getattr(_shell(), "execution_count", None)
