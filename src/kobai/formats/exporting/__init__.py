"""Trained models as files for elsewhere: ONNX, NumPy, JavaScript, C, JSON, PyTorch."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kobai.errors import suggest
from kobai.files import write_together
from kobai.formats.exporting.as_c import write_c, write_header
from kobai.formats.exporting.as_javascript import write_javascript
from kobai.formats.exporting.as_json import load_json, write_json
from kobai.formats.exporting.as_numpy import write_numpy
from kobai.formats.exporting.as_onnx import write_onnx
from kobai.formats.exporting.prediction import ExportError, prediction_of
from kobai.formats.files import load_model
from kobai.formats.model import Model
from kobai.formats.pytorch import pytorch_bytes
from kobai.keywords import checked_keywords
from kobai.networks import Network

__all__ = ["FORMATS", "ExportError", "Format", "export", "format_of", "load_json"]


Write = Callable[[Model, str], bytes]


@dataclass(frozen=True)
class Format:
    """A kind of file: how its name ends, and what is in it, from a model and a name.

    `beside` is the same for files that belong to it, by the endings of their names.
    """

    endings: tuple[str, ...]
    write: Write
    beside: Mapping[str, Write] = field(default_factory=dict)


FORMATS = {
    "onnx": Format((".onnx",), lambda m, name: write_onnx(prediction_of(m), name)),
    "numpy": Format((".py",), lambda m, _: write_numpy(prediction_of(m)).encode()),
    "javascript": Format(
        (".mjs", ".js"), lambda m, _: write_javascript(prediction_of(m)).encode()
    ),
    "c": Format(
        (".c",),
        lambda m, name: write_c(prediction_of(m), name).encode(),
        {".h": lambda m, name: write_header(prediction_of(m), name).encode()},
    ),
    "json": Format((".json",), lambda m, _: write_json(prediction_of(m)).encode()),
    "pytorch": Format((".safetensors",), lambda m, _: pytorch_bytes(m.network)),
}


@checked_keywords
def export(
    model: Model | Network | str | os.PathLike[str],
    path: str | os.PathLike[str],
    format: str | None = None,
) -> Path:
    """Write a model, or the model in a file, for use without Kobai; return the path.

    What is written is the whole prediction in float32: from raw rows `(n, p)`, as
    `Model.predict` takes them, to what it returns; preprocessing is included. Its
    outputs are those of `predict` within 1e-5, where the raw numbers are float32 ones.
    `format` is one of FORMATS, and otherwise known by the path's ending:

    - `onnx` (.onnx): input `x`, output `probabilities` or `values`, any number of rows;
      the names of features and classes are metadata. Needs the extra `onnx`.
    - `numpy` (.py): a Python file that needs only NumPy, with `predict(x)`.
    - `javascript` (.mjs, .js): an ES module, with `predict(rows)`.
    - `c` (.c): a C99 file without malloc, with `NAME_predict(x, y)` for one row, NAME
      being that of the file; beside it its header, `NAME.h`.
    - `json` (.json): architecture and weights, for `load_json` and other programs.
    - `pytorch` (.safetensors): the weights alone, as `kobai.formats.pytorch` has them.

    An older file is replaced at once or not at all, with what is beside it. Raises
    ExportError for an unknown format and for a model that cannot be written so,
    MissingExtraError without onnx, OSError where the file cannot be written.

    >>> import tempfile
    >>> from kobai.networks import Dense, Network, Softmax
    >>> network = Network(4, [Dense(3), Softmax()])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     export(network, f"{folder}/model.py").name
    'model.py'
    """
    path = Path(path)
    chosen = FORMATS[format_of(path, format)]
    if path.is_dir():
        raise ExportError(
            f"export: {path} is a folder; name a file, such as "
            f"{path / ('model' + chosen.endings[0])}"
        )
    if not isinstance(model, Model):
        model = Model(model) if isinstance(model, Network) else load_model(model)
    beside = {path.with_suffix(e): write for e, write in chosen.beside.items()}
    if path in beside:
        raise ExportError(
            f"export: {path} is what the header is called; name the file otherwise"
        )
    files = {path: chosen.write, **beside}
    write_together({each: write(model, path.stem) for each, write in files.items()})
    return path


def _instead(path: Path, known: Mapping[str, str]) -> str:
    """Return what to write for an ending that is none of those known."""
    if path.suffix.lower() in (".pt", ".pth"):
        return f" PyTorch reads {path.with_suffix(FORMATS['pytorch'].endings[0])}."
    return suggest(path.suffix.lower(), known)


def format_of(path: Path, format: str | None) -> str:
    """Return the name of the format that is asked for, or that a path's ending names.

    >>> format_of(Path("model.mjs"), None)
    'javascript'
    """
    if format is not None and format not in FORMATS:
        raise ExportError(
            f'export: unknown format "{format}"; need one of {", ".join(FORMATS)}.'
            f"{suggest(format, FORMATS)}"
        )
    ending = path.suffix.lower()
    known = {e: name for name, each in FORMATS.items() for e in each.endings}
    if format is not None:
        if known.get(ending, format) != format:
            needed = FORMATS[format].endings[0]
            raise ExportError(
                f"export: {path} is named as {known[ending]}, and the format is "
                f"{format}; name it {path.with_suffix(needed)}, or leave the format out"
            )
        return format
    if ending not in known:
        raise ExportError(
            f"export: {path} ends in no known way; need one of {', '.join(known)}, or "
            f"name the format.{_instead(path, known)}"
        )
    return known[ending]
