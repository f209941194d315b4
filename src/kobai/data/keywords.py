"""A misspelt keyword is answered with the near one."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import ParamSpec, TypeVar

from kobai.errors import suggest

P = ParamSpec("P")
R = TypeVar("R")


def checked_keywords(function: Callable[P, R]) -> Callable[P, R]:
    """Wrap `function` so that an unknown keyword is answered with the near one.

    The signature that `help` shows stays the function's own. Raises `TypeError`
    when called with a keyword that `function` does not have.

    >>> @checked_keywords
    ... def load(normalize=True, one_hot_label=False):
    ...     return one_hot_label
    >>> load(one_hot_lable=True)
    Traceback (most recent call last):
    ...
    TypeError: load() got an unknown keyword "one_hot_lable". Did you mean
    "one_hot_label"? It takes normalize, one_hot_label.
    """
    known = tuple(signature(function).parameters)

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        for word in kwargs:
            if word not in known:
                raise TypeError(
                    f'{function.__name__}() got an unknown keyword "{word}".'
                    f"{suggest(word, known)} It takes {', '.join(known)}."
                )
        return function(*args, **kwargs)

    return checked
