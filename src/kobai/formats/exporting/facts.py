"""What exported files say of a model besides its numbers."""

import textwrap
from typing import Any

import numpy as np

from kobai.data.delimited import MISSING
from kobai.formats.exporting.expressions import number_text
from kobai.formats.exporting.prediction import Prediction
from kobai.formats.model import Model

# Arrays of more numbers than this are no longer written to be read.
LARGE = 5000
WIDTH = 88


def facts(prediction: Prediction) -> dict[str, Any]:
    """Return what a user of the file has to know, by the names of constants.

    INPUTS is the shape of one sample, CLASSES the names of the classes; of a table
    there are FEATURES, the words of each of them that has CATEGORIES, the words that
    stand for a MISSING number, and TARGETS.
    """
    model = prediction.model
    known: dict[str, Any] = {"INPUTS": prediction.input.shape[1:]}
    columns = model.columns
    if columns is not None:
        known["FEATURES"] = columns.names
        known["CATEGORIES"] = {
            feature.name: feature.categories
            for feature in columns.features
            if feature.kind == "category"
        }
        known["MISSING"] = MISSING
        known["TARGETS"] = columns.target.names
    if classes := classes_of(model):
        known["CLASSES"] = classes
    return known


def classes_of(model: Model) -> tuple[str, ...]:
    """Return the names of the classes, if there are any."""
    return model.classes or (model.columns.target.classes if model.columns else ())


def meaning(prediction: Prediction) -> str:
    """Return in words what a row of outputs is.

    >>> from kobai.formats import Model
    >>> from kobai.formats.exporting.prediction import prediction_of
    >>> from kobai.networks import Dense, Network, Sigmoid
    >>> meaning(prediction_of(Model(Network(4, [Dense(1), Sigmoid()]), ("no", "yes"))))
    'the probability of the second class'
    """
    model = prediction.model
    if prediction.output_name == "values":
        return "the numbers that the network computes"
    if model.network.outputs[-1] == 1:
        return "the probability of the second class"
    return "the probability of each class"


def nested(array: np.ndarray, opening: str = "[", closing: str = "]") -> str:
    """Return an array as rows of numbers between brackets, in lines of 88 characters.

    >>> print(nested(np.array([[1, 2], [3, 4.5]], np.float32)))
    [
        [1.0, 2.0],
        [3.0, 4.5],
    ]
    """
    if array.ndim > 1:
        rows = ",\n".join(nested(row, opening, closing) for row in array)
        return f"{opening}\n{textwrap.indent(rows, '    ')},\n{closing}"
    text = ", ".join(map(number_text, array))
    # What stands around them on the line is part of it.
    if len(text) <= WIDTH - 28:
        return f"{opening}{text}{closing}"
    lines = textwrap.fill(text, WIDTH - 8)
    return f"{opening}\n{textwrap.indent(lines, '    ')},\n{closing}"
