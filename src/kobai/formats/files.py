"""Model files: safetensors for the numbers, JSON in its header for the rest."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kobai.data.dataset import Dataset
from kobai.data.ranges import InputRange
from kobai.data.tables.columns import Columns
from kobai.data.tables.text.writing import Writing
from kobai.errors import ModelFileError
from kobai.files import safetensors_bytes, write_atomically
from kobai.formats import description
from kobai.formats.calibration import Calibration
from kobai.formats.model import Model
from kobai.keywords import checked_keywords
from kobai.networks import Network, architecture
from kobai.networks.placing import number_shapes, place

Arrays = Mapping[str, np.ndarray]


@checked_keywords
def save_model(
    path: str | os.PathLike[str],
    network: Network,
    *,
    classes: Sequence[str] = (),
    image_shape: tuple[int, ...] | None = None,
    scale: float = 1.0,
    name: str = "",
    columns: Columns | None = None,
    input_range: InputRange | None = None,
    writing: Writing | None = None,
    calibration: Calibration | None = None,
    data: Dataset | None = None,
) -> None:
    """Write a trained network, and how raw data becomes its inputs, to a file.

    `data` is the data set that it was trained on: it says all the rest, as `Model` has
    it, so that the model then knows raw numbers from scaled ones.

    The file is a safetensors file, with the description as JSON and a checksum in its
    header. It replaces an older one at once or not at all. Raises ValueError where the
    parts do not fit together, OSError where the file cannot be written.

    >>> import tempfile
    >>> from kobai.networks import Dense, Softmax
    >>> network = Network(4, [Dense(2), Softmax()])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_model(f"{folder}/model.safetensors", network, name="tiny")
    ...     load_model(f"{folder}/model.safetensors").name
    'tiny'
    """
    model = Model(
        network,
        tuple(classes),
        image_shape,
        float(scale),
        name,
        columns,
        input_range,
        writing,
    )
    if data is not None:
        if model != Model(network):
            raise ValueError("save_model: got data and what data says; need one")
        model = Model.of(network, data)
    model = replace(model, calibration=calibration)
    arrays = {
        name: np.ascontiguousarray(array)
        for name, array in (network.params | network.statistics).items()
    }
    _check(arrays, network.architecture())
    text = description.write(model)
    header = {"kobai": text, "sha256": _checksum(text, arrays)}
    write_atomically(Path(path), safetensors_bytes(arrays, header))


@checked_keywords
def load_model(path: str | os.PathLike[str]) -> Model:
    """Return the model that `save_model` wrote; nothing in the file is executed.

    Its network is a plain `Network`, with the same outputs and losses, also where a
    `TwoLayerNet` was saved. Raises ModelFileError, in one line, for a file that is
    missing, damaged, foreign or of a newer version.
    """
    path = Path(path)
    try:
        text, checksum, arrays = _read(path)
        found = description.parse(text)
        network = rebuilt(found["architecture"], arrays)
        if checksum != _checksum(text, arrays):
            raise ValueError("its contents are damaged: the checksum does not match")
        return Model(network, **description.preprocessing(found))
    except ValueError as error:
        raise ModelFileError(f"{path}: not a usable model file: {error}") from None


def _read(path: Path) -> tuple[str, str, dict[str, np.ndarray]]:
    from safetensors import SafetensorError, safe_open

    try:
        _check_file(path)
        with safe_open(path, framework="np") as file:
            header = file.metadata() or {}
            if "kobai" not in header:
                raise ValueError("a safetensors file, but not one of Kobai's")
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except OSError as error:
        raise ValueError(f"it cannot be read ({error.strerror or error})") from None
    except (SafetensorError, TypeError, AttributeError) as error:
        raise ValueError(f"damaged or foreign ({error})") from None
    return header["kobai"], header.get("sha256", ""), arrays


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise ValueError("it is a folder; name the model file in it")
    if not path.exists():
        raise ValueError("there is no such file")
    if not path.is_file():
        raise ValueError("it is not a regular file")


def rebuilt(described: Mapping[str, Any], arrays: Arrays) -> Network:
    """Return the network of a description with its numbers; ValueError if unfit."""
    # Shapes are compared before anything is allocated: a damaged description may ask
    # for more memory than there is.
    _check(arrays, described)
    network = Network.from_architecture(described)
    network.params = {name: arrays[name] for name in network.params}
    network.statistics = {name: arrays[name] for name in network.statistics}
    return network


def _check(arrays: Arrays, described: Mapping[str, Any]) -> None:
    found = architecture.read(described)
    shapes = number_shapes(place(found.inputs, found.layers))
    dtype = found.dtype
    if found.members is not None:
        shapes = {name: (found.members, *shape) for name, shape in shapes.items()}
    for name in sorted(arrays.keys() ^ shapes.keys()):
        problem = "is missing" if name in shapes else "is not one of the network's"
        raise ValueError(f'"{name}" {problem}')
    for name, shape in shapes.items():
        array = arrays[name]
        if array.shape != shape or array.dtype != dtype:
            raise ValueError(
                f'"{name}" is {array.dtype} of shape {array.shape}; the network needs '
                f"{dtype} of shape {shape}"
            )


def _checksum(text: str, arrays: Arrays) -> str:
    digest = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(arrays[name]).data)
    return digest.hexdigest()
