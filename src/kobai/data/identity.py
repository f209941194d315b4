"""By what the data of a run is known again."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.checksum import checksum_of, sampled_marks

if TYPE_CHECKING:
    from kobai.data.dataset import Dataset


def class_counts(data: "Dataset") -> tuple[int, ...]:
    """Return how many training rows each class has; nothing for a regression.

    Of several targets of which some are classes it is one number for each output: how
    many rows have the class, or have the number.

    >>> from kobai.data import load_digits
    >>> sum(class_counts(load_digits())) == len(load_digits().x_train)
    True
    """
    found: list[int] = []
    for part in data.columns.parts if data.columns else ():
        labels, k = part.of(data.t_train), len(part.classes)
        counts = np.bincount(labels, minlength=k).tolist() if k else [len(labels)]
        found += counts
    if found:
        return tuple(found)
    if not data.classes:
        return ()
    t = data.t_train if data.t_train.ndim == 1 else data.t_train.argmax(axis=1)
    return tuple(np.bincount(t, minlength=len(data.classes)).tolist())


def identity_of(data: "Dataset") -> dict[str, Any]:
    """Return as JSON how the test rows of a data set were drawn, and what it is.

    It is known again by a checksum, and some of the rows that were trained on by marks;
    of a table it says too what each column was taken for.
    """
    return {
        "training_rows": len(data.x_train),
        "test_rows": len(data.x_test),
        "class_counts": list(class_counts(data)),
        "drawn": data.drawn,
        "checksum": checksum_of(data),
        "trained_on": " ".join(sampled_marks(data.x_train, data.t_train)),
        "columns": [asdict(note) for note in data.told],
    }
