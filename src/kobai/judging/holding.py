"""Rows held out from training, and what they say: a threshold, or an interval."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai.data import Dataset
from kobai.data.splits import Last
from kobai.formats import Calibration
from kobai.functions import threshold_at
from kobai.judging.calibration import (
    coverage,
    find_reaches,
    find_threshold,
    least_rows,
    parted,
    reaches_of,
    wanted_threshold,
)
from kobai.networks import Ensemble, Network
from kobai.training.data import held_out

HELD_OUT = 0.2
USUAL_INTERVAL = 0.9


@dataclass(frozen=True)
class Held:
    """A table without the rows held out, and these, if there are any.

    `interval` is the share of all cases that an interval is to hold, or None for none.
    """

    learned: Dataset
    rows: tuple[np.ndarray, np.ndarray] | None = None
    interval: float | None = None
    # What training stops by is held out there, by this share and seed.
    validation: tuple[float, int] | None = None


def hold_out(
    data: Dataset,
    *,
    threshold: str | None = None,
    interval: float | None = None,
    seed: int = 0,
    last: bool = False,
    validation: float = 0.0,
) -> Held:
    """Hold rows out where a threshold or an interval is asked for and needs them.

    With `last` these are the last rows that would be learned from. An interval takes
    none from training where the share `validation` is held out by which training stops,
    and is one of 0.9 there if none is asked for; 0 is for none at all. Raises
    ValueError for what does not go with the data, and where there are too few rows.
    """
    _check(data, threshold, interval or None)
    is_in_time = last and interval is not None
    if _has_numbers(data) and validation and interval != 0 and not is_in_time:
        return _by_validation(data, interval, seed, validation)
    interval = interval or None
    if interval is None and not _is_found(threshold):
        return Held(data)
    learned, rows = parted(data, Last(HELD_OUT) if last else HELD_OUT, seed)
    count = len(rows[0])
    if interval is not None and count < least_rows(interval):
        raise _too_few(data, interval, count)
    return Held(learned, rows, interval)


def _by_validation(
    data: Dataset, interval: float | None, seed: int, validation: float
) -> Held:
    """Use the rows that training stops by: nothing else is learned from them."""
    is_held = held_out(data.t_train, validation, seed)
    share = USUAL_INTERVAL if interval is None else interval
    count = int(is_held.sum())
    if count >= least_rows(share):
        return Held(data, interval=share, validation=(validation, seed))
    if interval is not None:
        raise _too_few(data, share, count)
    return Held(data)


def _too_few(data: Dataset, interval: float, count: int) -> ValueError:
    return ValueError(
        f"interval: {interval:g} of all cases needs {least_rows(interval)} rows held "
        f"out, and of {len(data.x_train)} training rows there are {count}: give more "
        "rows, or a lower share"
    )


def _is_found(threshold: str | None) -> bool:
    """Tell whether a threshold is to be found on rows, and not just given."""
    return threshold is not None and wanted_threshold(threshold)[0] != "at"


def _has_numbers(data: Dataset) -> bool:
    """Tell whether a target of a table is a number."""
    return data.columns is not None and bool(data.columns.target.numbers)


def _check(data: Dataset, threshold: str | None, interval: float | None) -> None:
    has = f"{len(data.classes)} classes" if data.classes else "numbers as targets"
    has_numbers = not data.classes
    if data.columns is not None and data.columns.parts:
        has, has_numbers = data.columns.target.task, _has_numbers(data)
    if threshold is not None and len(data.classes) != 2:
        raise ValueError(f"threshold: goes with two classes, and {data.name} has {has}")
    if interval is not None and not has_numbers:
        raise ValueError(
            f"interval: goes with numbers as targets, and {data.name} has {has}"
        )


def calibrated(
    network: Network,
    data: Dataset,
    held: Held,
    note: Callable[[str], None],
    *,
    threshold: str | None = None,
) -> Calibration | None:
    """Return what the rows held out say of the network, if that was asked for.

    `note` is told why there is none where no threshold does what is wanted: the
    training is done, and worth keeping.
    """
    if held.interval is not None and data.columns and held.validation:
        y, t = unseen(network, held.learned, *held.validation)
        return reaches_of(data.columns, y, t, held.interval)
    if held.interval is not None and data.columns and held.rows:
        return find_reaches(network, data.columns, *held.rows, held.interval)
    if threshold is None:
        return None
    if held.rows is None:
        return Calibration(threshold=wanted_threshold(threshold)[1])
    x, t = held.rows
    try:
        found = find_threshold(network.predict(x)[:, -1], t, threshold)
    except ValueError as error:
        why = str(error).partition(": ")[2]
        note(f"threshold {threshold}: {why}, on the rows held out; it is 0.5")
        return None
    return Calibration(threshold=found.value)


def unseen(
    network: Network, data: Dataset, share: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return predictions of training rows by what was not trained on them, and targets.

    Of an ensemble each row is predicted by the mean of the members that it was held
    out from; rows that all members have seen are left out.
    """
    x, t = data.x_train, data.t_train
    members = network.networks if isinstance(network, Ensemble) else (network,)
    total, count = np.zeros((len(x), *network.outputs)), np.zeros(len(x))
    for number, member in enumerate(members):
        is_held = held_out(t, share, seed, number)
        total[is_held] += member.predict(x[is_held])
        count += is_held
    is_unseen = count > 0
    found = total[is_unseen] / count[is_unseen].reshape(-1, *(1,) * (total.ndim - 1))
    has_one = t.ndim == 1 and network.outputs == (1,)
    return found.reshape(-1) if has_one else found, t[is_unseen]


def tested(calibration: Calibration, network: Network, data: Dataset) -> dict[str, Any]:
    """Return what a calibration does on test rows, as plain JSON."""
    x, t = data.x_test, data.t_test
    if data.columns and calibration.level is not None:
        shares = coverage(network, data.columns, x, t, calibration)
        names = data.columns.target.numbers
        ends = zip(names, calibration.reaches, shares, strict=True)
        of_targets = [{"name": n, "reach": r, "coverage": c} for n, r, c in ends]
        return {"interval": {"level": calibration.level, "targets": of_targets}}
    if calibration.threshold is None:
        return {}
    found = threshold_at(network.predict(x)[:, -1], t, calibration.threshold)
    return {"threshold": {**found._asdict(), "f1": found.f1, "class": data.classes[1]}}
