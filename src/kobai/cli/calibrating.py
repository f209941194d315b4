"""Rows held out from training, and what they say: a threshold, or an interval."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kobai.cli.leaving import complain
from kobai.cli.settings import Options, SettingError

if TYPE_CHECKING:
    import numpy as np

    from kobai.data import Dataset
    from kobai.formats import Calibration
    from kobai.networks import Network

HELD_OUT = 0.2


@dataclass(frozen=True)
class Held:
    """A run's data without the rows held out, and these, if there are any."""

    learned: "Dataset"
    rows: "tuple[np.ndarray, np.ndarray] | None" = None


def hold_out(settings: Options, data: "Dataset") -> Held:
    """Hold rows out where a threshold or an interval is asked for and needs them.

    Raises `SettingError` for an option that does not go with the data.
    """
    _check(settings, data)
    wants_rows = settings.interval is not None or _is_found(settings.threshold)
    if not wants_rows:
        return Held(data)
    from kobai.data.splits import Last
    from kobai.judging import parted
    from kobai.judging.calibration import least_rows

    is_in_time = settings.test_last is not None
    size = Last(HELD_OUT) if is_in_time else HELD_OUT
    learned, rows = parted(data, size, settings.seed)
    count = len(rows[0])
    share = settings.interval
    if share is not None and count < least_rows(share):
        raise SettingError(
            f"--interval: {share:g} of all cases needs {least_rows(share)} rows held "
            f"out, and a fifth of {len(data.x_train)} training rows is {count}: give "
            "more rows, or a lower share"
        )
    return Held(learned, rows)


def _is_found(threshold: str | None) -> bool:
    """Tell whether a threshold is to be found on rows, and not just given."""
    from kobai.judging import wanted_threshold

    return threshold is not None and wanted_threshold(threshold)[0] != "at"


def _check(settings: Options, data: "Dataset") -> None:
    rows = len(data.x_train) + len(data.x_test) * (not settings.test)
    if settings.folds is not None and settings.folds > rows // 2:
        raise SettingError(
            f"--folds: got {settings.folds}, and {data.name} has {rows:,} rows; need 2 "
            f"rows in each, so {rows // 2} or fewer"
        )
    has = f"{len(data.classes)} classes" if data.classes else "numbers as targets"
    if settings.threshold is not None and len(data.classes) != 2:
        raise SettingError(
            f"--threshold: goes with two classes, and {data.name} has {has}"
        )
    if settings.interval is not None and data.classes:
        raise SettingError(
            f"--interval: goes with numbers as targets, and {data.name} has {has}"
        )


def calibrated(
    settings: Options, data: "Dataset", network: "Network", held: Held
) -> "Calibration | None":
    """Return what the rows held out say of the network, if that was asked for."""
    from kobai.formats import Calibration
    from kobai.judging import find_reaches, wanted_threshold

    if settings.interval is not None and data.columns and held.rows:
        return find_reaches(network, data.columns, *held.rows, settings.interval)
    if settings.threshold is None:
        return None
    if held.rows is None:
        return Calibration(threshold=wanted_threshold(settings.threshold)[1])
    return _found(settings.threshold, network, *held.rows)


def _found(
    wanted: str, network: "Network", x: "np.ndarray", t: "np.ndarray"
) -> "Calibration | None":
    from kobai.formats import Calibration
    from kobai.judging import find_threshold

    try:
        found = find_threshold(network.predict(x)[:, -1], t, wanted)
    except ValueError as error:
        # The training is done, and worth keeping.
        why = str(error).partition(": ")[2]
        complain(f"note: --threshold {wanted}: {why}, on the rows held out; it is 0.5")
        return None
    return Calibration(threshold=found.value)


def tested(
    calibration: "Calibration", network: "Network", data: "Dataset"
) -> dict[str, Any]:
    """Return what a calibration does on test rows, as plain JSON."""
    from kobai.functions import threshold_at
    from kobai.judging import coverage

    x, t = data.x_test, data.t_test
    if data.columns and calibration.level is not None:
        shares = coverage(network, data.columns, x, t, calibration)
        names = data.columns.target.names
        ends = zip(names, calibration.reaches, shares, strict=True)
        of_targets = [{"name": n, "reach": r, "coverage": c} for n, r, c in ends]
        return {"interval": {"level": calibration.level, "targets": of_targets}}
    if calibration.threshold is None:
        return {}
    found = threshold_at(network.predict(x)[:, -1], t, calibration.threshold)
    return {"threshold": {**found._asdict(), "f1": found.f1, "class": data.classes[1]}}


def in_words(results: dict[str, Any]) -> list[str]:
    """Return lines that say what `tested` found."""
    from kobai.cli.judged import in_units

    lines = []
    if "threshold" in results:
        found = results["threshold"]
        lines.append(
            f'"{found["class"]}" from a probability of {found["value"]:.3g} on: '
            f"precision {found['precision']:.3f}, recall {found['recall']:.3f}, "
            f"F₁ {found['f1']:.3f} on the test rows"
        )
    for each in results.get("interval", {}).get("targets", ()):
        lines.append(
            f"{each['name']}: ± {in_units(each['reach'])} is to hold "
            f"{results['interval']['level']:.0%} of all cases; of the test rows it "
            f"holds {each['coverage']:.1%}"
        )
    return lines
