"""The rows that `kobai evaluate` measures on: which, and what is known of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kobai.cli.folder import RunFolder
from kobai.cli.leaving import complain
from kobai.cli.loading import load, load_data, size_of_test
from kobai.cli.models import settings_of
from kobai.cli.options import DATA_SETS
from kobai.cli.screen import short
from kobai.cli.settings import Options
from kobai.errors import DataError
from kobai.run_folder import RUN

if TYPE_CHECKING:
    import numpy as np

    from kobai.data import Columns, Dataset
    from kobai.formats import Model

NAME_OTHERS = "Name rows to test on, and all of them will be taken: --test FILE"


@dataclass(frozen=True)
class HeldOut:
    """Test rows of `data`, as the network takes them, and how they were `chosen`.

    `is_unchanged` tells whether the data is what the run was trained on, None where
    nobody knows; `trained_on` is the share of the rows trained on that are found again
    among these, as far as is known. `rows` are the numbers of the rows `(n,)` in the
    file, from 1, if it is a table.
    """

    data: "Dataset"
    chosen: str
    is_unchanged: bool | None = None
    trained_on: float | None = None
    rows: "np.ndarray | None" = None


def held_out(
    model: "Model",
    run: str,
    named: str | None,
    data_dir: str | None,
    encoding: str | None,
) -> HeldOut:
    """Return the run's own test rows, or all rows of the file that is named.

    Raises `DataError` where the data of the run has changed: its test rows would be
    drawn anew, and most of them be rows that the network was trained on.
    """
    settings = None if named and not _is_run(run) else settings_of(run)
    is_own_set = settings and named == settings.data and named in DATA_SETS
    if settings and (not named or is_own_set):
        folder = data_dir or settings.data_dir
        found = _own(model, run, replace(settings, data_dir=folder), encoding)
    else:
        found = _all_rows(model, run, named or "", data_dir, encoding)
    _check_shape(model, found.data)
    if not model.columns:
        x = _scaled(model, found.data)
        found = replace(found, data=replace(found.data, x_test=x))
    if found.is_unchanged is None and named:
        found = replace(found, trained_on=_trained_on(run, found.data))
    return found


def _is_run(run: str) -> bool:
    return (Path(run).expanduser() / RUN).is_file()


def _own(model: "Model", run: str, settings: Options, encoding: str | None) -> HeldOut:
    """Return the rows on which the run has been tested, or say that they are lost."""
    from kobai.data.checksum import checksum_of

    where = short(settings.test or settings.data)
    known, _ = RunFolder(Path(run).expanduser()).identity()
    with _as_it_was(where, run, settings):
        numbers: np.ndarray | None = None
        if model.columns and settings.is_table:
            found, rows, numbers = _own_table(
                model, model.columns, where, settings, encoding
            )
        else:
            found = load(settings, model if settings.warm_start else None)
            rows = len(found.x_train) + len(found.x_test)
    _check_columns(model, found, run)
    whole = f"all of {where}" if settings.test else "the test data of this set"
    chosen = f"of {rows:,}, {found.drawn}" if found.drawn else whole
    if not known:
        _note_unknown(model, found, run, settings)
        return HeldOut(found, chosen, rows=numbers)
    if known != checksum_of(found):
        raise _changed(where, run)
    chosen += ", not trained on" * bool(found.drawn)
    return HeldOut(found, chosen, True, 0.0, numbers)


@contextmanager
def _as_it_was(where: str, run: str, settings: Options) -> Iterator[None]:
    """Say of data that cannot be read any more that it was that of the run."""
    try:
        yield
    except (DataError, OSError) as error:
        if settings.data in DATA_SETS:
            raise
        if not Path(where).exists():
            raise DataError(
                f"{where}: there is no such file, and {run} was trained with it; put "
                f"it back. {NAME_OTHERS}"
            ) from None
        raise _changed(where, run, f" ({error})") from None


def _changed(where: str, run: str, why: str = "") -> DataError:
    return DataError(
        f"{where} is no longer as it was when {run} was trained{why}, so that "
        f"nobody knows which of its rows are new to the network. {NAME_OTHERS}"
    )


def _own_table(
    model: "Model",
    fitted: "Columns",
    where: str,
    settings: Options,
    encoding: str | None,
) -> tuple["Dataset", int, "np.ndarray"]:
    """Return a table's test rows as the run's columns take them, all rows, numbers."""
    from kobai.data.checksum import Checksum
    from kobai.data.more_rows import as_test_data
    from kobai.data.splits import how_chosen
    from kobai.data.tables.frames import open_table
    from kobai.data.tables.load import divided_rows, rows_of
    from kobai.formats.predictions import writes_of

    writes = replace(
        writes_of(model, encoding or settings.encoding),
        separator=settings.separator,
        header=settings.header,
    )
    table = open_table(where, writes, fitted.sources)
    if settings.test:
        total = Checksum()
        x, t, is_there = rows_of(table, fitted, checksum=total)
        numbers = is_there.nonzero()[0] + 1
        return as_test_data(fitted, where, x, t, str(total)), len(t), numbers
    size = size_of_test(settings)
    x, t, places, rows, checksum = divided_rows(table, fitted, size, settings.seed)
    found = as_test_data(fitted, where, x, t, checksum)
    return replace(found, drawn=how_chosen(size, settings.seed)), rows, places + 1


def _note_unknown(
    model: "Model", found: "Dataset", run: str, settings: Options
) -> None:
    """Say what nobody knows of a run without a checksum; refuse what is seen."""
    where = short(settings.data)
    if model.columns and not settings.test and load(settings).columns != model.columns:
        raise _changed(where, run)
    if found.drawn and settings.data not in DATA_SETS:
        complain(
            f"note: {run} was trained by an older Kobai, which kept no checksum of "
            f"{where}: had its rows been changed or put in another order since, some "
            "that were trained on would be among these"
        )


def _all_rows(
    model: "Model", run: str, named: str, data_dir: str | None, encoding: str | None
) -> HeldOut:
    """Return all rows of a file, or those that it calls its test data itself."""
    from kobai.data.tables.text.endings import is_table

    numbers: np.ndarray | None = None
    if model.columns:
        found, numbers = _whole_table(model, model.columns, named, encoding)
    elif is_table(named) and Path(named).exists():
        raise DataError(
            f"{named}: is a table, and {run} was not trained on one; name an .npz "
            "file, a folder of IDX files, or a data set"
        )
    else:
        found = load_data(named, data_dir, 0, test_size=None)
    _check_columns(model, found, run)
    is_part = len(found.x_train) > 0
    part = "the test data in it" if not found.drawn else found.drawn
    return HeldOut(found, part if is_part else "all rows", rows=numbers)


def _trained_on(run: str, data: "Dataset") -> float | None:
    """Return which share of the rows trained on is in the data, and say so if any."""
    from kobai.data.checksum import share_of

    _, marks = (
        RunFolder(Path(run).expanduser()).identity() if _is_run(run) else ("", [])
    )
    if not marks:
        return None
    share = share_of(marks, data.x_test, data.t_test)
    if share:
        complain(
            f"note: {data.name} has {share:.0%} of the rows that {run} was trained on, "
            "or such as are like them: on these a network does better than on new ones"
        )
    return share


def _whole_table(
    model: "Model", fitted: "Columns", named: str, encoding: str | None
) -> tuple["Dataset", "np.ndarray"]:
    """Return all rows of a table as test data, as the model takes them, and numbers."""
    from kobai.data.more_rows import rows_to_test
    from kobai.data.tables.frames import open_table
    from kobai.formats.predictions import writes_of

    table = open_table(short(named), writes_of(model, encoding), fitted.sources)
    found, is_there = rows_to_test(table, fitted)
    if lost := int((~is_there).sum()):
        complain(f"note: {lost:,} row{'s' * (lost > 1)} without a target left out")
    return found, is_there.nonzero()[0] + 1


def _check_columns(model: "Model", data: "Dataset", run: str) -> None:
    if bool(data.columns) == bool(model.columns):
        return
    raise DataError(
        f"{data.name}: is {'a' if data.columns else 'no'} table, and {run} was trained "
        f"on {'one' if model.columns else 'other data'}. {NAME_OTHERS}"
    )


def _check_shape(model: "Model", data: "Dataset") -> None:
    wanted, got = model.network.inputs, data.x_test.shape[1:]
    if wanted != got:
        raise DataError(
            f"{data.name} has samples of shape {got}, the network takes {wanted}; it "
            f"was trained on {model.name or 'other data'}. Name data of that shape."
        )


def _scaled(model: "Model", data: "Dataset") -> "np.ndarray":
    """Return the test data as the network takes them, however they were scaled."""
    import numpy as np

    known, x = data.input_range, data.x_test
    is_own = model.scale == data.scale and model.input_range in (None, known)
    if is_own or model.known_range is None:
        return x
    if known is not None and not known.is_full:
        x = x / data.scale
        x = np.rint(x).astype(np.int64) if known.is_whole else x
    try:
        return model.scaled(x)
    except ValueError as error:
        raise DataError(f"{data.name}: {error}") from None
