"""The text in a model file: the architecture and the preprocessing, as JSON."""

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from kobai.data.ranges import InputRange
from kobai.data.tables.columns import Columns
from kobai.data.tables.text.writing import Writing
from kobai.formats.calibration import Calibration
from kobai.formats.model import Model

VERSION = WITH_THRESHOLD = 3
WITH_COLUMNS = 2
WITHOUT_COLUMNS = 1


def write(model: Model) -> str:
    """Return the JSON that describes a model, all but its numbers.

    >>> from kobai.networks import Dense, Network
    >>> json.loads(write(Model(Network(2, [Dense(1)]))))["scale"]
    1.0
    """
    described: dict[str, Any] = {
        # An older Kobai would take a table's numbers as they are, and err silently.
        "version": WITH_COLUMNS if model.columns else WITHOUT_COLUMNS,
        "architecture": model.network.architecture(),
        "classes": list(model.classes),
        "image_shape": model.image_shape and list(model.image_shape),
        "scale": model.scale,
        "name": model.name,
    }
    if model.columns:
        described["columns"] = model.columns.as_json()
    if model.writing:
        described["writing"] = model.writing.as_json()
    if model.calibration:
        described["calibration"] = model.calibration.as_json()
        if model.calibration.threshold is not None:
            # An older Kobai would name classes by 0.5, and err silently.
            described["version"] = WITH_THRESHOLD
    if model.input_range:
        described["input_range"] = asdict(model.input_range)
    return json.dumps(described, ensure_ascii=False, allow_nan=False)


def parse(text: str) -> dict[str, Any]:
    """Return a description as `write` wrote it, its parts checked for their kind.

    Raises ValueError, in one line, for any other text.

    >>> parse("[]")
    Traceback (most recent call last):
    ValueError: its description is not a JSON object
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ValueError("its description is not a JSON object")
    _check_version(found.get("version"))
    for part, is_right in _PARTS.items():
        if part not in found or not is_right(found[part]):
            raise ValueError(f'its description has no valid "{part}"')
    if "writing" in found:
        found["writing"] = Writing.from_json(found["writing"])
    if "columns" in found:
        decimal = found["writing"].decimal if "writing" in found else "."
        found["columns"] = Columns.from_json(found["columns"], decimal)
    if "calibration" in found:
        found["calibration"] = Calibration.from_json(found["calibration"])
    if "input_range" in found:
        found["input_range"] = InputRange.from_json(found["input_range"])
    return found


def preprocessing(found: dict[str, Any]) -> dict[str, Any]:
    """Return a checked description's part beside the network, as Model takes it."""
    shape = found["image_shape"]
    return {
        "classes": tuple(found["classes"]),
        "image_shape": None if shape is None else tuple(shape),
        "scale": float(found["scale"]),
        "name": found["name"],
        "columns": found.get("columns"),
        "input_range": found.get("input_range"),
        "writing": found.get("writing"),
        "calibration": found.get("calibration"),
    }


def _check_version(version: object) -> None:
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ValueError("its description names no format version")
    if version > VERSION:
        raise ValueError(
            f"it has format version {version}, and this Kobai reads up to {VERSION}; "
            "update Kobai"
        )


def _is_shape(value: object) -> bool:
    if not isinstance(value, list):
        return value is None
    return bool(value) and all(type(size) is int and size > 0 for size in value)


def _is_scale(value: object) -> bool:
    # A whole number too large for a float would raise OverflowError later.
    return isinstance(value, float) and math.isfinite(value)


_PARTS: dict[str, Callable[[Any], bool]] = {
    "architecture": lambda value: isinstance(value, dict),
    "classes": lambda value: (
        isinstance(value, list) and all(isinstance(name, str) for name in value)
    ),
    "image_shape": _is_shape,
    "scale": _is_scale,
    "name": lambda value: isinstance(value, str),
}
