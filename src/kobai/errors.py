"""The errors that a user of Kobai can meet, and a hint at the word they meant."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from kobai.extras import install_extra

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
    return "".join(map(_visible_sign, text))


def _visible_sign(sign: str) -> str:
    if sign.isprintable() or sign in _SHOWN:
        return sign
    # A byte of a file's name that is no text.
    is_byte = "\udc80" <= sign <= "\udcff"
    return f"\\x{ord(sign) - 0xDC00:02x}" if is_byte else ascii(sign)[1:-1]


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


class NotCompilable(KobaiError, TypeError):  # noqa: N818 - it reads as what it says
    """A graph holds an operation that has no compiled form; NumPy still runs it."""


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
    tables: polars is not installed; ...pip install ...[table]...
    """
    # What is installed may refuse to be imported, too: with other versions beside it.
    why = f"{error.name} is not installed" if error.name else str(error)
    return MissingExtraError(f"{what}: {why}; {install_extra(extra)}")


SYNONYMS = (
    "learning_rate lr rate eta alpha learn_rate step_size",
    "batch_size bs batch minibatch mini_batch_size",
    "epochs epoch n_epochs num_epochs nb_epoch max_epochs max_iter n_iter",
    "steps iterations iters num_steps max_steps iters_num",
    "seed random_state random_seed rng",
    "hidden layers units n_hidden hidden_size hidden_layers hidden_layer_sizes",
    "optimizer optimiser opt solver",
    "weight_decay l2 decay reg regularization",
    "progress verbose quiet",
    "engine device backend gpu cuda",
    "target label labels",
    "test_size test_split validation_split val_split validation_size",
    "cross_entropy categorical_crossentropy sparse_categorical_crossentropy nll",
    "squared_error mse l2_loss",
    "out output",
    "evaluate test score eval",
    "train fit learn",
    "predict classify infer",
    "check gradcheck",
    "h eps epsilon delta dx",
)
"""Words that other books and libraries have for the same."""


def suggest(word: object, known: Iterable[str]) -> str:
    """Return a sentence naming the known word that is meant by `word`, or nothing.

    What is no word, a number say, means none.

    >>> suggest("one_hot_lable", ["normalize", "one_hot_label"])
    ' Did you mean "one_hot_label"?'
    """
    near = meant(word, list(known)) if isinstance(word, str) else ""
    return f' Did you mean "{near}"?' if near else ""


def meant(word: str, known: Sequence[str]) -> str:
    """Return the known word that is meant by another, or "".

    It is the same but for capitals and hyphens, has these initials, is called so
    elsewhere, begins so as the only one, or is spelt much like it.

    >>> meant("ReLU", ["relu", "leaky_relu"]), meant("lr", ["epochs", "learning_rate"])
    ('relu', 'learning_rate')
    >>> meant("mse", ["huber", "mean_squared_error"]), meant("rate", ["gradient"])
    ('mean_squared_error', '')
    """
    plain = _plain(word)
    for name in known:
        if plain and plain in (_plain(name), _initials(name)):
            return name
    for group in SYNONYMS:
        words = list(map(_plain, group.split()))
        for name in known:
            if plain in words and _plain(name) in words:
                return name
    longer = [name for name in known if _plain(name).startswith(plain)]
    if len(plain) > 2 and len(longer) == 1:
        return longer[0]
    # difflib takes 5 ms to import, and only a mistake needs it.
    from difflib import get_close_matches

    near = get_close_matches(word.lower(), list(known), n=1)
    return near[0] if near else ""


def _plain(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "")


def _initials(word: str) -> str:
    parts = word.replace("-", "_").split("_")
    return "".join(part[:1] for part in parts).lower() if len(parts) > 1 else ""
