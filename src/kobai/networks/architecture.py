"""A network's description as plain JSON, without its numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, NamedTuple

import numpy as np

from kobai.checks import whole
from kobai.errors import suggest
from kobai.networks.checks import sample_shape
from kobai.networks.layer import LAYERS, Layer, Shape

VERSION = 2
ALONE = 1
"""The version of networks that are no ensembles."""


class Described(NamedTuple):
    """What a description says of a network."""

    inputs: Shape
    layers: list[Layer]
    loss: str
    dtype: str
    members: int | None = None
    """How many networks an ensemble has; None for one network by itself."""


def describe(
    inputs: Shape, layers: Sequence[Layer], loss: str, dtype: np.dtype[Any]
) -> dict[str, Any]:
    """Return the description that `read` reads.

    >>> from kobai.networks import Softmax
    >>> describe((2,), [Softmax()], "cross_entropy", np.dtype("float32"))["inputs"]
    [2]

    Raises ValueError for a layer that `read` would not know.
    """
    if unknown := strangers(layers):
        raise ValueError(
            f"architecture: {unknown[0]} is a layer of your own, which no file can "
            f"name. Let it be known, class {unknown[0]}(Layer, known=True), and import "
            "it wherever the file is read"
        )
    return {
        "version": ALONE,
        "inputs": list(inputs),
        "layers": [{"kind": type(each).__name__, **asdict(each)} for each in layers],
        "loss": loss,
        "dtype": dtype.name,
    }


def strangers(layers: Sequence[Layer]) -> list[str]:
    """Return the kinds of layers that a description cannot name.

    It is no name of theirs that another layer goes by.

    >>> from kobai.networks import Dense
    >>> class Scale(Layer): ...
    >>> strangers([Dense(2), Scale()])
    ['Scale']
    """
    kinds = dict.fromkeys(map(type, layers))
    return [each.__name__ for each in kinds if LAYERS.get(each.__name__) is not each]


def read(description: Mapping[str, Any]) -> Described:
    """Return what a description says.

    Raises ValueError, in one line, for anything that is not such a description.

    >>> read({"version": 3})
    Traceback (most recent call last):
    ValueError: architecture: version 3 is newer than this Kobai reads (2); update Kobai
    """
    if not isinstance(description, Mapping):
        raise ValueError(f"architecture: need an object, got {_kind(description)}")
    _check_version(description.get("version"))
    inputs = _inputs(_entry(description, "inputs", list))
    layers = [_layer(each) for each in _entry(description, "layers", list)]
    loss = _entry(description, "loss", str)
    dtype = _entry(description, "dtype", str)
    return Described(inputs, layers, loss, dtype, _members(description))


def _members(description: Mapping[str, Any]) -> int | None:
    if "members" not in description:
        return None
    try:
        return whole("architecture", "members", description["members"])
    except TypeError as error:
        raise ValueError(str(error)) from None


def _inputs(sizes: list[Any]) -> Shape:
    try:
        return sample_shape(sizes)
    except TypeError as error:
        raise ValueError(f"architecture: {error}") from None


def _check_version(version: object) -> None:
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise ValueError(f"architecture: need a version, got {version!r}")
    if version > VERSION:
        raise ValueError(
            f"architecture: version {version} is newer than this Kobai reads "
            f"({VERSION}); update Kobai"
        )


def _entry(description: Mapping[str, Any], name: str, kind: type) -> Any:
    if not isinstance(description.get(name), kind):
        raise ValueError(
            f'architecture: "{name}" must be a {kind.__name__}, '
            f"got {_kind(description.get(name))}"
        )
    return description[name]


def _layer(entry: object) -> Layer:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("kind"), str):
        raise ValueError(f'architecture: a layer needs a "kind", got {_kind(entry)}')
    kind = entry["kind"]
    if kind not in LAYERS:
        raise ValueError(
            f'architecture: unknown layer "{kind}".{suggest(kind, LAYERS)}'
        )
    options = {name: value for name, value in entry.items() if name != "kind"}
    known = [each.name for each in fields(LAYERS[kind])]
    for name in options:
        if name not in known:
            raise ValueError(
                f'architecture: {kind} has no "{name}".{suggest(str(name), known)}'
            )
    try:
        return LAYERS[kind](**options)
    except TypeError as error:
        raise ValueError(f"architecture: {kind}: {error}") from None


def _kind(value: object) -> str:
    return "nothing" if value is None else type(value).__name__
