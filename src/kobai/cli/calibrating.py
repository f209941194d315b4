"""Rows held out from training for a threshold or an interval, as options ask for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kobai.cli.leaving import complain
from kobai.cli.settings import Options, SettingError

if TYPE_CHECKING:
    from kobai.data import Dataset
    from kobai.formats import Calibration
    from kobai.judging.holding import Held
    from kobai.networks import Network


def hold_out(settings: Options, data: "Dataset") -> "Held":
    """Hold rows out where a threshold or an interval is asked for and needs them.

    Raises `SettingError` for an option that does not go with the data.
    """
    from kobai.judging import holding

    _check_folds(settings, data)
    with _as_options():
        return holding.hold_out(
            data,
            threshold=settings.threshold,
            interval=settings.interval,
            seed=settings.seed,
            last=settings.test_last is not None,
            validation=settings.validation or 0.0,
        )


@contextmanager
def _as_options() -> Iterator[None]:
    """Name the option in an error that names a keyword."""
    try:
        yield
    except ValueError as error:
        raise SettingError(f"--{error}") from None


def _check_folds(settings: Options, data: "Dataset") -> None:
    rows = len(data.x_train) + len(data.x_test) * (not settings.test)
    if settings.folds is not None and settings.folds > rows // 2:
        raise SettingError(
            f"--folds: got {settings.folds}, and {data.name} has {rows:,} rows; need 2 "
            f"rows in each, so {rows // 2} or fewer"
        )


def calibrated(
    settings: Options, data: "Dataset", network: "Network", held: "Held"
) -> "Calibration | None":
    """Return what the rows held out say of the network, if that was asked for."""
    from kobai.judging import holding

    return holding.calibrated(
        network,
        data,
        held,
        lambda text: complain(f"note: --{text}"),
        threshold=settings.threshold,
    )
