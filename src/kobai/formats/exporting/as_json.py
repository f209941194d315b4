"""A model as one JSON file: its architecture, its numbers, and what it computes.

The file is an object with these entries:

- `format` is "kobai-model" and `version` 2;
- `model` describes the model as the header of a model file does: the network's
  architecture, the names of the classes, the columns of the table;
- `takes` says in words which numbers the raw rows hold;
- `arrays` has, by name, the `shape` and the `values` (in C's order) of every array of
  the network: `W1` of shape (inputs, units), `b1`, …; of an ensemble those of each
  member, `W1_1`, `W1_2`, …;
- `constants` has, in the same form, other arrays that the graph reads;
- `graph` is the prediction step by step: `input` and `output` are the names of the raw
  rows (n, …) and of the result, `operations` a list of objects with a `name`, an
  `operation` and its `operands`: names of arrays and values, numbers, or "nan" for what
  is not a number;
- `sha256`, on a line of its own at the end, is that of the bytes of all lines above it:
  `head -n -2 FILE | sha256sum`.

Operations are NumPy's functions of these names; and `dense` (x @ W + b), `matmul`,
`softmax` (along the last axis), `sigmoid`, `softplus`, `concatenate` (along `axis`),
`max` (the largest number of each row, of `shape`),
`reshape` (each row to `shape`), `pick` (row entries at `places`, in C's order, then
reshaped) and `astype` (false and true to 0.0 and 1.0).
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.errors import ModelFileError
from kobai.formats import description
from kobai.formats.exporting.expressions import names_of
from kobai.formats.exporting.facts import json_text, taken
from kobai.formats.exporting.prediction import (
    MOVES,
    Prediction,
    moved,
    numbers_of,
    row_shape,
    row_size,
)
from kobai.formats.files import rebuilt
from kobai.formats.model import Model
from kobai.graph import Node, Operation
from kobai.version import __version__

FORMAT = "kobai-model"
VERSION = 2
UNCHECKED = 1
"""The version that has no checksum."""


def write_json(prediction: Prediction) -> str:
    """Return the JSON file, an entry to a line."""
    arrays = numbers_of(prediction.model.network)
    entries = {
        "format": FORMAT,
        "version": VERSION,
        "written_by": f"Kobai {__version__}",
        "takes": " ".join(taken(prediction, "gives NaN").split("\n")),
        "model": json.loads(description.write(prediction.model)),
        "arrays": {name: _array(array) for name, array in arrays.items()},
        "constants": _constants(prediction),
        "graph": _graph(prediction),
    }
    lines = (f'"{name}": {_text(value)},\n' for name, value in entries.items())
    text = "{\n" + "".join(lines)
    return f'{text}"sha256": "{_sha256(text.encode())}"\n}}\n'


def load_json(path: str | os.PathLike[str]) -> Model:
    """Return the model that `export` wrote as JSON.

    Raises ModelFileError, in one line, for any other file, and for one whose checksum
    does not match.
    """
    try:
        content = Path(path).read_bytes()
        found = json.loads(content.decode("utf-8"))
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise ValueError("not written by Kobai")
        if found.get("version") not in (UNCHECKED, VERSION):
            raise ValueError(f"it has version {found.get('version')}, not {VERSION}")
        if "sha256" in found or found["version"] != UNCHECKED:
            _check_sum(content, found)
        described = description.parse(_text(found.get("model")))
        dtype = described["architecture"].get("dtype")
        arrays = {
            name: np.array(each["values"], dtype).reshape(each["shape"])
            for name, each in found["arrays"].items()
        }
        members = described["architecture"].get("members")
        if members is not None:
            arrays = _together(arrays, members)
        network = rebuilt(described["architecture"], arrays)
        return Model(network, **description.preprocessing(described))
    except OSError as error:
        problem = error.strerror or str(error)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        problem = str(error)
    raise ModelFileError(f"{path}: not a usable JSON model: {problem}") from None


def _together(apart: Mapping[str, np.ndarray], members: int) -> dict[str, np.ndarray]:
    """Return the arrays of an ensemble from those of its members."""
    numbers = range(1, members + 1)
    names = [name[:-2] for name in apart if name.endswith("_1")]
    return {n: np.stack([apart[f"{n}_{number}"] for number in numbers]) for n in names}


def _check_sum(content: bytes, found: Mapping[str, Any]) -> None:
    # Git and others may have given the lines other ends.
    above = content.replace(b"\r\n", b"\n").rpartition(b'"sha256"')[0]
    if found.get("sha256") != _sha256(above):
        raise ValueError("its contents are damaged: the checksum does not match")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _text(value: object) -> str:
    return json_text(value)


def _array(array: np.ndarray) -> dict[str, Any]:
    # As few digits as give the same number again, float32 or float64.
    values = [float(str(number)) for number in array.ravel()]
    return {"shape": list(array.shape), "values": values}


def _constants(prediction: Prediction) -> dict[str, Any]:
    """Return the arrays of numbers that are not the network's, to the last digit."""
    own = numbers_of(prediction.model.network)
    found = {n: np.asarray(c.value) for n, c in prediction.arrays.items()}
    return {
        name: {"shape": list(array.shape), "values": array.ravel().tolist()}
        for name, array in found.items()
        if array.dtype.kind == "f" and name not in own
    }


def _graph(prediction: Prediction) -> dict[str, Any]:
    operations = prediction.graph.operations
    names = names_of(prediction, operations)
    return {
        "input": names[prediction.input],
        "output": names[prediction.output],
        "operations": [_operation(prediction, node, names) for node in operations],
    }


def _number(value: float) -> float | str:
    # JSON has no such number.
    return "nan" if np.isnan(value) else float(np.float32(value))


def _operation(
    prediction: Prediction, node: Operation, names: Mapping[Node, str]
) -> dict[str, Any]:
    written: dict[str, Any] = {"name": names[node], "operation": node.primitive.name}
    if node.primitive in MOVES:
        given, places = node.inputs[0], moved(prediction, node)
        written |= {"operation": "reshape", "operands": [names[given]]}
        if not np.array_equal(places, np.arange(row_size(given))):
            written |= {"operation": "pick", "places": places.tolist()}
        return {**written, "shape": row_shape(node)}
    written["operands"] = [
        names[n] if n in names else _number(n.value)  # type: ignore[attr-defined]
        for n in node.inputs
    ]
    if node.primitive is ops.MAX:
        written["shape"] = row_shape(node)
    if node.primitive is ops.CONCATENATE:
        written["axis"] = node.attributes["axis"]
    return written
