"""The check of an exercise: how an answer is judged, and in which words."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kobai.errors import KobaiError, suggest
from kobai.languages import check_language, users_language
from kobai.learn.comparison import Slipped
from kobai.learn.exercises import EXERCISES
from kobai.learn.slips import RIGHT, SLIPS
from kobai.learn.verdict import Verdict

# The same answer hears the same each time.
SEED = 2016


def check(name: str, answer: Any, language: str | None = None) -> Verdict:
    """Judge an answer to an exercise, and say which slip it is where it is wrong.

    No right answer is stored: an answer is compared with the definition (the numerical
    derivative), with another way to the same number, with what must hold for it, or by
    how well the network learns. `language` is "en", "ja" or "zh"; left out, it is that
    of the user's environment. Raises `KobaiError` for an exercise or a language that
    does not exist; whatever the answer itself raises becomes part of the verdict.

    >>> check("central_difference", lambda f, x, h: (f(x + h) - f(x)) / h, "en").slip
    'forward_difference'
    """
    if name not in EXERCISES:
        raise KobaiError(
            f'check: unknown exercise "{name}"; need one of {", ".join(EXERCISES)}.'
            f"{suggest(name, EXERCISES)}"
        )
    spoken = users_language() if language is None else check_language(language)
    return _worded(name, _slip(EXERCISES[name], answer), spoken)


def _slip(exercise: Callable[..., None], answer: Any) -> Slipped | None:
    try:
        exercise(answer, np.random.default_rng(SEED))
    except Slipped as slipped:
        return slipped
    return None


def _worded(name: str, slipped: Slipped | None, language: str) -> Verdict:
    if slipped is None:
        return Verdict(name, "", RIGHT[language])
    message = SLIPS[slipped.slip][language].format(**slipped.values)
    return Verdict(name, slipped.slip, message, slipped.values)
