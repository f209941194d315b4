"""What exported files say of a model besides its numbers."""

import json
import textwrap
from typing import Any

import numpy as np

from kobai.data.tables.cells import LARGEST
from kobai.data.tables.columns import OTHER, Columns
from kobai.data.tables.reading.compounds import INCHES
from kobai.data.tables.reading.missing import AMONG_NUMBERS, MISSING, NAN
from kobai.data.tables.reading.reading import Reading
from kobai.data.tables.reading.singly import rule_of
from kobai.data.tables.reading.tidy import BLANKS, TOGETHER, UNUSUAL, USUAL
from kobai.data.tables.text.writing import Writing
from kobai.formats.exporting.expressions import number_text
from kobai.formats.exporting.prediction import Prediction, full_range
from kobai.formats.model import Model

# Arrays of more numbers than this are no longer written to be read.
LARGE = 5000
WIDTH = 88


def facts(prediction: Prediction) -> dict[str, Any]:
    """Return what a user of the file has to know, by the names of constants.

    INPUTS is the shape of one sample, PICTURE that of it as a picture, CLASSES the
    names of the classes; of a table there are FEATURES, the words of each of them that
    has CATEGORIES, the code of any OTHER word, the features that had GAPS in training:
    none or rare words, or no numbers; the SOURCES of those that are part of a date or a
    text, its column and which part; how columns are read, as READINGS, or else PLAIN;
    TARGETS, and where there are several of which some are classes the names of all
    OUTPUTS, such as "fur=long"; and the characters and words that readings know.
    """
    model = prediction.model
    known: dict[str, Any] = {"INPUTS": prediction.input.shape[1:]}
    if model.image_shape:
        known["PICTURE"] = model.image_shape
    columns = model.columns
    if columns is not None:
        known["FEATURES"] = columns.names
        known["CATEGORIES"] = {
            feature.name: feature.categories
            for feature in columns.features
            if feature.kind == "category"
        }
        known["OTHER"] = OTHER
        known["GAPS"] = tuple(
            f.name for f in columns.features if f.has_missing or f.has_other
        )
        known["SOURCES"] = {
            feature.name: (feature.column, feature.reading.part or "date")
            for feature in columns.features
            if feature.reading.part
        }
        known |= _readings(columns)
        known["TARGETS"] = columns.target.names
        if columns.target.heads:
            known["OUTPUTS"] = columns.target.outputs
    if classes := classes_of(model):
        known["CLASSES"] = classes
    return known


def _readings(columns: Columns) -> dict[str, Any]:
    """Return how cells are read, by the names of constants."""
    plain = Reading()
    return {
        "PLAIN": rule_of(plain),
        "READINGS": {
            feature.column: rule_of(feature.reading)
            for feature in columns.features
            if feature.kind != "category" and feature.reading != plain
        },
        "BLANKS": BLANKS,
        "UNUSUAL": UNUSUAL,
        "USUAL": USUAL,
        "TOGETHER": TOGETHER,
        "MISSING": MISSING,
        "AMONG_NUMBERS": AMONG_NUMBERS,
        "NAN": NAN,
        "LARGEST": LARGEST,
        "INCHES": INCHES,
    }


def written(prediction: Prediction) -> dict[str, Any]:
    """Return how the table was written that the model learned from, as constants."""
    writing = prediction.model.writing or Writing()
    return {
        "ENCODING": writing.encoding,
        "SEPARATOR": writing.separator,
        "HEADER": writing.header,
    }


def high_of(prediction: Prediction) -> str:
    """Return the largest raw number, where scaled ones are taken as well, or nothing.

    >>> from kobai.formats import Model
    >>> from kobai.formats.exporting.prediction import prediction_of
    >>> from kobai.networks import Dense, Network
    >>> high_of(prediction_of(Model(Network(4, [Dense(1)]), scale=1 / 255)))
    '255'
    """
    full = full_range(prediction.model)
    return "" if full is None else f"{full.high:g}"


def taken(prediction: Prediction, otherwise: str) -> str:
    """Return in words which numbers a row holds; `otherwise` is what others come to.

    >>> from kobai.formats import Model
    >>> from kobai.formats.exporting.prediction import prediction_of
    >>> from kobai.networks import Dense, Network
    >>> model = Model(Network(4, [Dense(1)]), scale=1 / 16)
    >>> print(taken(prediction_of(model), "gives NaN"))
    The numbers are those from 0 to 16, or the same divided by 16, from 0 to 1: a row
    whose largest number is at most 1 is taken as divided, one with a number above 2 as
    not divided; any other row gives NaN.
    """
    known = prediction.model.known_range
    text = ""
    if high := high_of(prediction):
        text = (
            f"The numbers are those from 0 to {high}, or the same divided by {high}, "
            "from 0 to 1: a row whose largest number is at most 1 is taken as divided, "
            f"one with a number above 2 as not divided; any other row {otherwise}."
        )
    elif prediction.model.columns is not None:
        text = "Numbers are as they are in the table, not standardised."
        if prediction.model.columns.texts:
            text += (
                " Features called COLUMN (text N) are numbers made of the words of a "
                "text; the exported Python and JavaScript make them, from records."
            )
    elif known is not None:
        text = (
            "The numbers are as in the data that it was trained on, where they went "
            f"from {known.low:g} to {known.high:g}."
        )
    return textwrap.fill(text, WIDTH - 4)


def json_text(value: object) -> str:
    """Return JSON that may stand in a script, a page or a terminal as it is.

    >>> print(json_text("</script>, \u2028, 日本"))
    "\\u003c/script>, \\u2028, 日本"
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    text = text.replace("<", "\\u003c")
    if text.isascii():
        return text
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


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
    known = model.calibration
    if prediction.output_name == "values":
        text = "the numbers that the network computes"
        if model.columns and model.columns.parts:
            text = (
                "the probability of each class of each target, and its number where it "
                "has no classes"
            )
        if known and known.reaches:
            far = " and ".join(f"{reach:.6g}" for reach in known.reaches)
            text += f"; in {known.level:.0%} of all cases the truth is within {far}"
        return text
    text = "the probability of each class"
    if model.network.outputs[-1] == 1:
        text = "the probability of the second class"
    if known and known.threshold is not None:
        text += f"; the second is predicted from {known.threshold:.6g} on"
    return text


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
