"""The data of a run: a data set by its name, or a table with its options."""

import os
from typing import TYPE_CHECKING

from kobai.cli.options import DATA_SETS
from kobai.cli.screen import short
from kobai.cli.settings import TABLE_OPTIONS, Options, SettingError

if TYPE_CHECKING:
    from kobai.data import Dataset


def load(settings: Options) -> "Dataset":
    """Load the data of a run: a data set, or a table with its options."""
    if not settings.is_table:
        return load_data(settings.data, settings.data_dir, settings.seed)
    from kobai.data import load_table

    chosen = {
        name: getattr(settings, name)
        for name in TABLE_OPTIONS
        if getattr(settings, name) is not None
    }
    if "class_weight" in chosen:
        chosen["class_weight"] = class_weights(chosen["class_weight"])
    if "test" in chosen:
        chosen["test"] = short(chosen["test"])
    target = settings.target or ""
    return load_table(short(settings.data), target, seed=settings.seed, **chosen)


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
    # A folder called mnist is not the set of that name.
    path = name if brief in DATA_SETS else brief
    return load_dataset(path, data_dir, seed, test_size=test_size)


def typed(path: str) -> str:
    """Return a path that holds from any folder; what is not there stays as typed."""
    found = os.path.expanduser(path)
    return os.path.abspath(found) if os.path.exists(found) else path
