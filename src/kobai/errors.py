"""The errors that a user of Kobai can meet, and a hint at the word they meant."""

from collections.abc import Iterable
from functools import partial
from typing import Any

# As they are part of words, or space that is not ASCII.
_SHOWN = frozenset("\n\u00a0\u200c\u200d\u202f\u3000")


def visible(text: str) -> str:
    r"""Return text in which nothing steers a terminal or hides: such signs as numbers.

    These are what `repr` shows by number: control characters but line feeds, the signs
    that turn the direction of text around, and halves of characters, as in names of
    files that are no text. What is visible already stays as it is.

    >>> print(visible("\x1b[2J price \u202e¥5"))
    \x1b[2J price \u202e¥5
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in _SHOWN else ascii(c)[1:-1] for c in text
    )


class KobaiError(Exception):
    """Anything that the user can put right; the message says how.

    Names of columns, classes and files in it are shown by `visible`.
    """

    def __str__(self) -> str:
        return visible(super().__str__())


class DataError(KobaiError, ValueError):
    """A data set is missing, damaged or not of the form that is needed."""


class ModelFileError(KobaiError, ValueError):
    """A model or checkpoint file is damaged, foreign or of a newer version."""


class GradientError(KobaiError, TypeError):
    """A function cannot be differentiated as written; the message has the remedy."""


class DivergenceError(KobaiError, ArithmeticError):
    """The loss stopped being finite: the learning rate is too large, most often."""

    def __init__(self, message: str, *, step: int, learning_rate: float) -> None:
        super().__init__(message)
        self.step = step
        self.learning_rate = learning_rate

    def __reduce__(self) -> Any:
        # Of keywords Python's own way knows nothing, so that another process, as of a
        # search in parallel, could not read the error.
        return partial(type(self), **vars(self)), self.args


class MissingExtraError(KobaiError, ImportError):
    """A package that only some uses need is not installed; the message names it."""


def missing_extra(what: str, error: ImportError, extra: str) -> MissingExtraError:
    """Return the error for a package that could not be imported, with the remedy.

    >>> print(missing_extra("tables", ImportError("", name="polars"), "table"))
    tables: polars is not installed; pip install 'kobai[table]'
    """
    return MissingExtraError(
        f"{what}: {error.name} is not installed; pip install 'kobai[{extra}]'"
    )


def suggest(word: str, known: Iterable[str]) -> str:
    """Return a sentence naming the known word nearest to `word`, or nothing.

    >>> suggest("one_hot_lable", ["normalize", "one_hot_label"])
    ' Did you mean "one_hot_label"?'
    """
    # difflib takes 5 ms to import, and only a mistake needs it.
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), n=1)
    return f' Did you mean "{near[0]}"?' if near else ""
