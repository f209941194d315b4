"""A run that goes on from the trained network of another, in a folder of its own."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kobai.cli.folder import RunFolder
from kobai.cli.loading import typed
from kobai.cli.models import find_model, settings_of
from kobai.cli.settings import Options, SettingError

if TYPE_CHECKING:
    from kobai.formats import Model

OF_NETWORK = ("hidden", "activation", "loss", "members", "dtype")
OF_COLUMNS = (
    *("target", "task", "drop", "keep", "category", "number", "text", "missing"),
    "date_order",
)
OF_DATA = (
    *(
        "data",
        "data_dir",
        "test",
        "test_size",
        "test_last",
        "encoding",
        "separator",
        "header",
    ),
)
OF_LENGTH = ("epochs", "steps", "batch_size", "folds", "seeds")


def warm_started(run: str, given: dict[str, Any]) -> tuple["Model", dict[str, Any]]:
    """Return the model of a run, and its settings with those that are given.

    Network and columns are its own, training and data are as they were where nothing
    else is said. Length and batches follow from the data again.
    """
    if Path(run).expanduser().is_file():
        raise SettingError(f"--warm-start: {run} is a file; name the run folder of it")
    for name in ("folds", "seeds"):
        if name in given:
            raise SettingError(
                f"--{name}: got --warm-start too, whose network has learned from rows "
                "already; train anew to compare"
            )
    model, before = find_model(run), settings_of(run)
    _refuse_others(run, given, before)
    kept = {k: v for k, v in before.as_json().items() if k not in OF_LENGTH}
    if "data" in given:
        kept = {k: v for k, v in kept.items() if k not in OF_DATA}
    if {"test", "test_size", "test_last"} & given.keys():
        kept |= {"test": None, "test_size": None, "test_last": None}
    if given.get("optimizer", before.optimizer) != before.optimizer:
        # A rate suits one optimizer, and momentum goes with some.
        kept |= {"lr": None, "momentum": None}
    return model, kept | given | {"warm_start": typed(run)}


def load_start(folder: RunFolder, settings: Options) -> "Model | None":
    """Return the model that the run of a folder went on from, if it was one."""
    from kobai.formats import load_model

    return load_model(folder.start) if settings.warm_start else None


def _refuse_others(run: str, given: dict[str, Any], before: Options) -> None:
    """Refuse what would make another network, or other columns."""
    for name in (*OF_NETWORK, *OF_COLUMNS):
        old = getattr(before, name)
        if name in given and given[name] != old:
            raise SettingError(
                f"--{name}: is {given[name]} now and was {old or 'not given'} in "
                f"{run}; a warm start goes on with the same network, which needs the "
                "same columns"
            )
    if before.is_table or not given.get("data"):
        return
    from kobai.data.tables.text.endings import is_table

    if is_table(Path(given["data"])):
        raise SettingError(
            f"{given['data']}: is a table, and {run} was trained on none"
        )
