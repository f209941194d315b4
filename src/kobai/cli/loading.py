"""The data of a run: a data set by its name, or a table with its options."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kobai.cli.options import DATA_SETS
from kobai.cli.screen import short, to_resume
from kobai.cli.settings import TABLE_OPTIONS, Options, SettingError
from kobai.errors import DataError
from kobai.run_folder import RUN

if TYPE_CHECKING:
    from kobai.data import Dataset
    from kobai.data.splits import Fold
    from kobai.formats import Model

OF_COLUMNS = (
    *("drop", "keep", "category", "number", "text", "missing", "date_order", "task"),
)


DOWNLOADED = DATA_SETS[1:]


def size_of_test(settings: Options) -> "float | Fold":
    """Return which share of a table is for testing: drawn rows, or the last ones."""
    from kobai.data.splits import Last

    if settings.test_last is not None:
        return Last(settings.test_last)
    return 0.2 if settings.test_size is None else settings.test_size


def load(
    settings: Options, start: "Model | None" = None, fold: "Fold | None" = None
) -> "Dataset":
    """Load the data of a run: a data set, or a table with its options.

    With `start`, the model that a run goes on from, as that takes them. With `fold`,
    its rows are those to test on.
    """
    if not settings.is_table:
        data = load_data(settings.data, settings.data_dir, settings.seed)
        return _as_before(data, start) if start else data
    chosen = {
        name: getattr(settings, name)
        for name in TABLE_OPTIONS
        if getattr(settings, name) is not None
    }
    if "class_weight" in chosen:
        chosen["class_weight"] = class_weights(chosen["class_weight"])
    if "test" in chosen:
        chosen["test"] = short(chosen["test"])
    if "test" not in chosen or fold:
        chosen.pop("test", None)
        chosen["test_size"] = fold or size_of_test(settings)
    if start:
        return _more_rows(settings, start, chosen)
    from kobai.data import load_table

    target = settings.target or ""
    return load_table(short(settings.data), target, seed=settings.seed, **chosen)


def _more_rows(settings: Options, start: "Model", chosen: dict[str, Any]) -> "Dataset":
    """Load a table in the columns of a model; what chose those has been chosen."""
    from kobai.data import load_more_rows

    if start.columns is None:
        raise DataError(f"--warm-start: {settings.warm_start} was trained on no table")
    for name in OF_COLUMNS:
        chosen.pop(name, None)
    return load_more_rows(
        short(settings.data),
        start.columns,
        seed=settings.seed,
        writing=start.writing,
        **chosen,
    )


def _as_before(data: "Dataset", start: "Model") -> "Dataset":
    """Return data whose inputs and targets mean to the network what they did."""
    problem = _misfit(data, start)
    if problem:
        raise DataError(f"{data.name}: {problem}")
    return replace(
        data,
        classes=start.classes,
        image_shape=start.image_shape,
        input_range=start.input_range,
    )


def _misfit(data: "Dataset", start: "Model") -> str:
    """Say why a network cannot go on with data, if so."""
    network, classes = start.network, start.classes
    was = f"the network that it starts from was trained on {start.name or 'others'}"
    if start.columns:
        return f"is no table, and {was}, a table"
    inputs = data.x_train.shape[1:]
    if inputs != network.inputs:
        return f"has samples of shape {inputs}, the network takes {network.inputs}"
    is_same_task = bool(classes) == bool(data.classes)
    if not is_same_task or classes[: len(data.classes)] != data.classes:
        got, known = _classes(data.classes), _classes(classes)
        return f"has {got}; the network knows {known}"
    if data.t_train.ndim > 1 and data.t_train.shape[1:] != network.outputs:
        return f"has targets of shape {data.t_train.shape[1:]}, not {network.outputs}"
    if data.scale != start.scale:
        return (
            f"its raw numbers are multiplied by {data.scale:g}, and {was}, whose are "
            f"by {start.scale:g}; give raw numbers of the same kind"
        )
    return ""


def _classes(names: tuple[str, ...]) -> str:
    return f"the classes {', '.join(names)}" if names else "numbers as targets"


def class_weights(text: str) -> str | dict[str, float]:
    """Read the weights of classes.

    >>> class_weights("balanced"), class_weights("yes=10,no=1")
    ('balanced', {'yes': 10.0, 'no': 1.0})
    """
    if "=" not in text:
        return text
    found = {}
    for part in text.split(","):
        name, _, weight = part.rpartition("=")
        try:
            found[name.strip()] = float(weight)
        except ValueError:
            raise SettingError(
                f'--class-weight: got "{part}"; need a class and its weight, such as '
                "yes=10"
            ) from None
    return found


def load_data(
    name: str, data_dir: str | None, seed: int, test_size: float | None = 0.2
) -> "Dataset":
    """Load a data set, and name its file in messages as briefly as can be."""
    from kobai.data import load_dataset

    brief = short(name)
    if data_dir is not None and brief not in DOWNLOADED:
        raise SettingError(
            f"--data-dir: got {data_dir}, but {brief} is read from no such folder; it "
            f"goes with {', '.join(DOWNLOADED)}"
        )
    if brief not in DATA_SETS and (Path(name) / RUN).is_file():
        raise SettingError(
            f"{brief}: is a run folder, and no data; to go on with that run: "
            f"{to_resume('train', brief)}"
        )
    # A folder called mnist is not the set of that name.
    path = name if brief in DATA_SETS else brief
    return load_dataset(path, data_dir, seed, test_size=test_size)


def typed(path: str) -> str:
    """Return a path that holds from any folder; what is not there stays as typed."""
    found = os.path.expanduser(path)
    return os.path.abspath(found) if os.path.exists(found) else path
