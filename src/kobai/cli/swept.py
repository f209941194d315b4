"""The options of `kobai train` as `kobai sweep` takes them: each several times."""

import copy
import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args

from kobai.cli.settings import SettingError, hidden_sizes
from kobai.cli.train import train
from kobai.errors import KobaiError

NOT_SWEPT = (
    *("data", "run", "resume", "warm_start", "language", "quiet"),
    *("folds", "seeds", "header", "processes", "hosts"),
)
"""What a sweep has of its own, or what has no values to choose among."""
SAMPLERS = ("random", "grid", "tpe")
METRICS = ("accuracy", "loss")
LOGARITHMIC = ("lr", "weight_decay", "batch_size", "hidden")
RANGE = ".."


def swept_options() -> dict[str, Any]:
    """Return the options of `kobai train` that can be swept, by their names."""
    parameters = inspect.signature(train).parameters
    return {
        name: each.annotation
        for name, each in parameters.items()
        if name not in NOT_SWEPT
    }


def with_swept_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command with `**swept` the options that can be swept."""
    signature = inspect.signature(command)
    own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    first, others = own[:1], own[1:]
    swept = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=_several(annotation),
        )
        for name, annotation in swept_options().items()
    ]
    every = [*first, *swept, *others]
    parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in every]
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command


def _several(annotation: Any) -> Any:
    """Return the annotation of an option that may be given several times, as text."""
    option = copy.copy(get_args(annotation)[1])
    option.parser = None
    return Annotated[list[str] | None, option]


def reader(name: str) -> Callable[[str], Any]:
    """Return what makes of an option's text what `kobai train` would.

    >>> reader("lr")("1e-2"), reader("hidden")("100,50")
    (0.01, '100,50')
    """
    parser = get_args(swept_options()[name])[1].parser
    read: Callable[[str], Any] = parser or str
    return read


def read_swept(given: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the parameter that each option stands for: a choice, or a range.

    Raises `SpaceError` for a range that makes no sense, `KobaiError` for a value that
    `kobai train` would refuse.

    >>> read_swept({"lr": ["1e-4..1"], "hidden": ["10", "100,50"]})
    {'lr': Range(low=0.0001, high=1.0, is_log=True, points=None, is_whole=False),
     'hidden': Choice(among=('10', '100,50'))}
    """
    return {name: _parameter(name, texts) for name, texts in given.items()}


def _parameter(name: str, texts: list[str]) -> Any:
    from kobai.sweeps.space import Choice, SpaceError

    option = f"--{name.replace('_', '-')}"
    try:
        ranges = [_range(name, text) for text in texts]
        found = [each for each in ranges if each is not None]
        if found and len(texts) > 1:
            raise SettingError(
                f"got {' and '.join(texts)}; give one range, or values alone"
            )
        if found:
            return found[0]
        return Choice(tuple(dict.fromkeys(_value(name, text) for text in texts)))
    except (SpaceError, SettingError) as error:
        words = str(error).removeprefix(f"{option}: ")
        raise SettingError(f"{option}: {words}") from None


def _value(name: str, text: str) -> Any:
    """Return the value of a text; of those that mean the same, the same."""
    if name == "hidden":
        return ",".join(map(str, hidden_sizes(text))) or "none"
    try:
        return reader(name)(text)
    except KobaiError as error:
        if "," not in text:
            raise
        option = f"--{name.replace('_', '-')}"
        each = " ".join(f"{option} {part.strip()}" for part in text.split(","))
        raise SettingError(f"{error}. To try several: {each}") from None


def _range(name: str, text: str) -> Any:
    """Return the range of a text, if it is one of an option that takes numbers."""
    from kobai.sweeps.space import parse_range

    read = reader(name)
    if RANGE not in text or (read is str and name != "hidden"):
        return None
    try:
        number = int if name == "hidden" else read
        return parse_range(text, number, is_log=name in LOGARITHMIC)
    except KobaiError:
        raise
    except ValueError:
        raise SettingError(
            f'got "{text}"; a range of hidden units is of one layer, such as 10..100; '
            "give networks of several layers one by one"
        ) from None
