"""What the page opens with: data to learn from, or a run that has learned."""

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kobai.data import Dataset, toys
from kobai.errors import visible
from kobai.networks import Ensemble, Network
from kobai.page.given import data_given, is_pictures
from kobai.page.run import Params, Record, run_given
from kobai.page.settings import network_settings

TOYS = ("spiral", "circles", "gaussians", "moons", "xor", "sine")
OWN = (*TOYS, "digits")
"""Data that the page has or makes itself."""

PICTURES: Mapping[str, Any] = {
    "hidden": [{"units": 50, "activation": "relu", "dropout": 0.0}],
    "optimizer": "sgd",
    "learningRate": 0.1,
    "batchSize": 100,
}
DIGITS: Mapping[str, Any] = {**PICTURES, "learningRate": 0.3, "batchSize": 20}
TABLE: Mapping[str, Any] = {
    "hidden": [
        {"units": units, "activation": "relu", "dropout": 0.0} for units in (16, 8)
    ],
    "optimizer": "adam",
    "learningRate": 0.005,
    "batchSize": 32,
}
CLASSES = {"output": "softmax", "loss": "cross_entropy"}
NUMBERS = {"output": "identity", "loss": "mean_squared_error"}


def opening(data: str | Dataset | None = None) -> dict[str, Any]:
    """Return what the page is given of data: its own, by name, or a data set.

    >>> opening("moons")["settings"]["data"]["rows"]
    300
    """
    if data is None:
        return {"version": 1}
    if isinstance(data, str):
        return {"version": 1, "settings": _own(data)}
    if data.name == "digits":
        return opening("digits")
    given = data_given(data)
    suited = PICTURES if is_pictures(data) else TABLE
    settings = {**suited, **(CLASSES if data.classes else NUMBERS)}
    settings |= {"data": _named(data, given), "testSize": _test_share(data)}
    return {"version": 1, "settings": settings, **given}


def _own(name: str) -> dict[str, Any]:
    """Return the settings for data that the page makes as Kobai does."""
    if name == "digits":
        return {"data": {"kind": "digits"}, **DIGITS, **CLASSES}
    usual = {
        key: each.default
        for key, each in inspect.signature(getattr(toys, name)).parameters.items()
    }
    made = {"kind": "toy", "name": name, "rows": usual["n"], "noise": usual["noise"]}
    return {"data": made, **(NUMBERS if name == "sine" else CLASSES)}


def opening_of_run(
    name: str,
    data: Dataset,
    network: Network,
    training: Mapping[str, Any],
    keyframes: Iterable[tuple[int, Params]],
    records: Sequence[Record] = (),
) -> dict[str, Any]:
    """Return what the page is given of a network that has learned from data.

    `training` has what the page's settings say of that, `keyframes` are steps with the
    parameters there, `records` those of a `History`. Of an ensemble the page has the
    first member, and the records of all.
    """
    if isinstance(network, Ensemble):
        network, keyframes = network.networks[0], _of_first(keyframes)
    settings = {**network_settings(network), "testSize": _test_share(data), **training}
    given: dict[str, Any] = {}
    settings["data"] = {"kind": "digits"}
    if data.name != "digits":
        given = data_given(data, network)
        settings["data"] = _named(data, given)
    run = run_given(name, settings, keyframes, records)
    return {"version": 1, "settings": settings, "run": run, **given}


def _of_first(keyframes: Iterable[tuple[int, Params]]) -> Iterator[tuple[int, Params]]:
    """Yield the parameters of an ensemble's first member."""
    for step, params in keyframes:
        yield step, {name: members[0] for name, members in params.items()}


def _test_share(data: Dataset) -> float:
    """Return which share of the rows is test data, in whole percents if that is it."""
    test = len(data.x_test)
    count = len(data.x_train) + test
    percents = round(test / count, 2)
    return percents if round(percents * count) == test else test / count


def _named(data: Dataset, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the settings say of data that is given beside them."""
    if "images" in given:
        return {"kind": "mnist"}
    target = given["table"]["target"]
    return {"kind": "table", "name": visible(data.name), "target": target, "omit": []}
