"""How well a network does on test data, in numbers."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.functions import (
    accuracy,
    balanced_accuracy,
    confusion,
    decided,
    log_loss,
    roc_auc,
)

if TYPE_CHECKING:
    from kobai.cli.held_out import HeldOut
    from kobai.data import Columns
    from kobai.formats import Model
    from kobai.networks import Network


def as_named(model: "Model", outputs: np.ndarray) -> np.ndarray:
    """Return outputs that name the class which the model's threshold names."""
    known = model.calibration
    return decided(outputs, known.threshold if known else None)


def of_classes(
    y: np.ndarray, t: np.ndarray, named: np.ndarray | None = None
) -> dict[str, float]:
    """Return what `run.json` keeps of probabilities `(n, k)` for labels `(n,)`.

    `named` are outputs that name the classes, the probabilities themselves if None.
    """
    return {
        "balanced_accuracy": balanced_accuracy(y if named is None else named, t),
        "log_loss": log_loss(y, t),
        "roc_auc": roc_auc(y, t),
    }


def of_table(
    network: "Network", columns: "Columns", x: np.ndarray, t: np.ndarray
) -> dict[str, float]:
    """Return the measures of a network that was trained on a table."""
    # It loads networks, which the help of a command does without.
    from kobai.judging.details import of_numbers

    if columns.parts:
        # Its judgement has those of each target.
        return {}
    y = columns.decode(network.predict(x))
    if columns.target.classes:
        return of_classes(y, t)
    return of_numbers(y, columns.decode(t))


def class_names(model: "Model", found: "HeldOut") -> tuple[str, ...]:
    """Return a name for each class, or none for a regression."""
    if not found.data.classes:
        return ()
    count = max(2, model.network.outputs[-1])
    named = model.classes or found.data.classes
    return named if len(named) == count else tuple(map(str, range(count)))


def labels_of(t: np.ndarray) -> np.ndarray:
    """Return labels `(n,)`, of one-hot rows where they are."""
    return t if t.ndim == 1 else t.argmax(axis=1)


def measured(model: "Model", found: "HeldOut", outputs: np.ndarray) -> dict[str, Any]:
    """Return all that `kobai evaluate` measures, as its `--json` prints it."""
    # It loads networks, which the help of a command does without.
    from kobai.judging.details import each_class, each_target

    data = found.data
    measures = model.network.evaluate(data.x_test, data.t_test)
    results: dict[str, Any] = {"data": _described(found), "measures": measures}
    if names := class_names(model, found):
        labels, named = labels_of(data.t_test), as_named(model, outputs)
        measures |= of_classes(outputs, labels, named)
        if "accuracy" in measures and named is not outputs:
            measures["accuracy"] = accuracy(named, labels)
        results["classes"] = each_class(named, labels, names)
        results["confusion"] = confusion(named, labels).tolist()
    elif data.columns:
        results["targets"] = each_target(data.columns, outputs, data.t_test)
    if "accuracy" in measures and data.classes:
        results["right"] = round(measures["accuracy"] * len(data.x_test))
    if model.network.loss_name.endswith("entropy"):
        # It is the same number, under the name that it has for classifiers.
        measures["log_loss"] = measures["loss"]
    return results


def _described(found: "HeldOut") -> dict[str, Any]:
    return {
        "name": found.data.name,
        "samples": len(found.data.x_test),
        "chosen": found.chosen,
        "unchanged": found.is_unchanged,
        "trained_on": found.trained_on,
    }


def as_json(value: Any) -> Any:
    """Return results in which null stands for what is not finite, as JSON needs it.

    >>> as_json({"loss": math.inf, "classes": [1.5]})
    {'loss': None, 'classes': [1.5]}
    """
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    is_lost = isinstance(value, float) and not math.isfinite(value)
    return None if is_lost else value
