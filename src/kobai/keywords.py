"""Arguments that a function does not take are answered with those that were meant."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

from kobai.errors import meant, suggest

F = TypeVar("F", bound=Callable[..., Any])
LONGEST_VALUE = 40


def checked_keywords(function: F) -> F:
    """Wrap a function, or a class, so that an unknown keyword is answered.

    The answer names the one that was meant. The signature that `help` shows stays its
    own. Raises `TypeError` when called with a keyword that there is not.

    >>> @checked_keywords
    ... def load(normalize=True, one_hot_label=False):
    ...     return one_hot_label
    >>> load(one_hot_lable=True)
    Traceback (most recent call last):
    ...
    TypeError: load() got an unknown keyword "one_hot_lable". Did you mean
    "one_hot_label"? It takes normalize, one_hot_label.
    """
    if isinstance(function, type):
        # Of what it inherits each class has its own beginning.
        kind: Any = function
        kind.__init__ = _checked(kind.__init__, kind, {})
        return function
    return checked_with()(function)


def checked_with(**makers: Iterable[type]) -> Callable[[F], F]:
    """Wrap a function as `checked_keywords` does, whose arguments others make.

    `makers` says by parameters which classes that are: a keyword that one of those
    takes is answered with the whole argument.

    >>> from kobai.optimizers import SGD, Momentum
    >>> @checked_with(optimizer=[SGD, Momentum])
    ... def learn(optimizer=None):
    ...     return optimizer
    >>> learn(lr=0.1, momentum=0.9)
    Traceback (most recent call last):
    ...
    TypeError: learn() got an unknown keyword "lr". Write
    optimizer=kobai.optimizers.Momentum(0.1, momentum=0.9).
    """

    def wrapped(function: F) -> F:
        found: Any = _checked(function, function, makers)
        return cast(F, found)

    return wrapped


def _checked(
    call: Callable[..., Any],
    shown: Callable[..., Any],
    makers: Mapping[str, Iterable[type]],
) -> Callable[..., Any]:
    @wraps(call)
    def checked(*args: Any, **kwargs: Any) -> Any:
        # Looked at only where the call has failed, so that calls cost what they did.
        try:
            return call(*args, **kwargs)
        except TypeError:
            unknown = _unknown(call, kwargs)
            if unknown:
                message = _message(shown, unknown, makers)
            else:
                message = _of_places(call, shown.__name__, args)
            if not message:
                raise
        raise TypeError(message)

    return checked


def _unknown(function: Callable[..., Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    from inspect import Parameter, signature

    parameters = signature(function).parameters
    if any(each.kind == Parameter.VAR_KEYWORD for each in parameters.values()):
        return {}
    return {word: value for word, value in kwargs.items() if word not in parameters}


def _of_places(function: Callable[..., Any], name: str, args: Sequence[Any]) -> str:
    """Return what to say of more arguments than there are places for, or ""."""
    from inspect import Parameter, signature

    parameters = signature(function).parameters.values()
    named = [each.name for each in parameters if each.kind == Parameter.KEYWORD_ONLY]
    places = [each.name for each in parameters if each.name not in named]
    has_room = any(each.kind == Parameter.VAR_POSITIONAL for each in parameters)
    if has_room or len(args) <= len(places):
        return ""
    own = [word for word in places if word != "self"]
    got = len(args) - len(places) + len(own)
    message = f"{name}() takes {', '.join(own)} by place; got {got} arguments."
    if own and got == len(own) + 1 and all(hasattr(a, "shape") for a in args[-2:]):
        message += f" Give the last two as one: {own[-1]}=(x, t)."
    return message + (f" By name it takes {', '.join(named)}." if named else "")


def _message(
    function: Callable[..., Any],
    unknown: Mapping[str, Any],
    makers: Mapping[str, Iterable[type]],
) -> str:
    known = _parameters(function)
    word = next(iter(unknown))
    message = f'{function.__name__}() got an unknown keyword "{word}".'
    made = "" if meant(word, known) else _made(unknown, makers)
    if made:
        return f"{message} Write {made}."
    takes = f" It takes {', '.join(known)}." if known else " It takes none."
    return f"{message}{suggest(word, known)}{takes}"


def _parameters(function: Callable[..., Any]) -> list[str]:
    from inspect import signature

    return [name for name in signature(function).parameters if name != "self"]


def _made(given: Mapping[str, Any], makers: Mapping[str, Iterable[type]]) -> str:
    """Return the argument that takes all that was given, or ""."""
    for parameter, classes in makers.items():
        for maker in classes:
            if call := _call(maker, given):
                return f"{parameter}={f'[{call}]' if parameter.endswith('s') else call}"
    return ""


def _call(maker: type, given: Mapping[str, Any]) -> str:
    """Return how a class is called with all that was given, if it takes all of it."""
    known = _parameters(maker)
    found = {meant(word, known): value for word, value in given.items()}
    if "" in found:
        return ""
    words = []
    for name, value in found.items():
        text = repr(value) if len(repr(value)) <= LONGEST_VALUE else "..."
        words.append(text if name == known[0] else f"{name}={text}")
    home = ".".join(maker.__module__.split(".")[:2])
    return f"{home}.{maker.__name__}({', '.join(words)})"
