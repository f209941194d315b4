"""A run kept: everything that is needed in order to go on as if never stopped.

It is kept in a file or, where it need not outlive the process, `InMemory`. The file is
safetensors: named arrays, and JSON that says how they hang together. Nothing in it can
be executed.

Version 2 has `choices`, by which ways the engine computes products of matrices. Version
1 is read as one without any: such a run goes on as this machine prefers, with results
that may differ in the last bits.
"""

import json
import os
import pickle
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kobai.autodiff.trees import Tree
from kobai.errors import ModelFileError
from kobai.files import (
    check_regular,
    remove_leftovers,
    safetensors_bytes,
    write_atomically,
)
from kobai.lock import HeldError, lock

FORMAT = "kobai-checkpoint"
VERSION = 2
ARRAY = "$array"


@dataclass(eq=False, repr=False)
class InMemory:
    """Where a run is kept that need not outlive this process."""

    data: bytes = b""

    def __str__(self) -> str:
        return "memory"


Kept = str | os.PathLike[str] | InMemory
"""Where a run is kept: in a file, or in memory."""


def save_checkpoint(path: Kept, content: Mapping[str, Any]) -> None:
    """Write nested dictionaries and lists of arrays, numbers and strings to a file.

    The file is replaced as a whole or not at all. Raises `ModelFileError` where it
    cannot be written.
    """
    if isinstance(path, InMemory):
        # A copy: what it is of goes on changing.
        path.data = pickle.dumps(content)
        return
    arrays: dict[str, np.ndarray] = {}
    tree = json.dumps(_pack(content, arrays, ""))
    head = {FORMAT: str(VERSION), "tree": tree, "checksum": _checksum(tree, arrays)}
    try:
        write_atomically(path, safetensors_bytes(arrays, head))
    except OSError as error:
        raise _unwritable(path, error) from error


@contextmanager
def held_alone(path: Kept | None) -> Iterator[None]:
    """Keep the file of a run from all others, which would write over it."""
    if path is None or isinstance(path, InMemory):
        yield
        return
    # One file has one lock, by whichever link it is named.
    file = Path(os.path.realpath(path))
    try:
        taken = lock(file.with_name(f".{file.name}.lock"))
    except HeldError as error:
        raise ModelFileError(
            f"the checkpoint {path} is being written by {error}. Wait for it, or "
            "name another file"
        ) from error
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        remove_leftovers(file)
        yield
    finally:
        taken.release()


def _unwritable(path: object, error: OSError) -> ModelFileError:
    reason = error.strerror or error
    return ModelFileError(f"cannot write the checkpoint {path}: {reason}")


def load_checkpoint(
    path: str | os.PathLike[str], data: bytes | None = None
) -> dict[str, Any]:
    """Return what `save_checkpoint` wrote; with `data`, the bytes of a file elsewhere.

    Raises `ModelFileError` for a file that is damaged, foreign or of a newer version.
    """
    head, arrays = _read(path) if data is None else _parsed(data)
    version = head.get(FORMAT, "")
    if not version:
        raise ModelFileError(f"{path}: a safetensors file, but not of a training run")
    if version not in map(str, range(1, VERSION + 1)):
        raise ModelFileError(
            f"{path}: written by a newer Kobai (format {version}; this one reads "
            f"up to {VERSION}); update Kobai"
        )
    tree = head.get("tree", "")
    if head.get("checksum") != _checksum(tree, arrays):
        raise ModelFileError(
            f"{path}: a damaged checkpoint (its checksum is wrong); train anew"
        )
    try:
        content: dict[str, Any] = _unpack(json.loads(tree), arrays)
        if version == "1":
            if "choices" in content:
                raise ValueError("format 1 knows no choices")
            content["choices"] = {}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelFileError(
            f"{path}: a damaged checkpoint ({error!r}); train anew"
        ) from None
    return content


def check_form(found: Tree, like: Tree, name: str = "model") -> None:
    """Raise TypeError unless nested dictionaries hold the same kinds of arrays.

    Compiled loops take addresses and sizes on trust, so a file that says otherwise must
    not come as far.
    """
    if isinstance(like, np.ndarray):
        is_alike = isinstance(found, np.ndarray) and (
            (found.dtype, found.shape) == (like.dtype, like.shape)
        )
    elif isinstance(like, Mapping):
        is_alike = isinstance(found, Mapping) and found.keys() == like.keys()
    else:
        is_alike = type(found) is type(like)
    if not is_alike:
        raise TypeError(f"{name} is not what this run needs")
    if isinstance(like, Mapping):
        for key in like:
            check_form(found[key], like[key], f"{name}.{key}")


def check_records(records: Tree, losses: Tree) -> None:
    """Raise TypeError unless these are the records and the losses of a history."""
    are_records = isinstance(records, list) and all(
        isinstance(r, dict) and type(r.get("step")) is int and "epoch" in r
        for r in records
    )
    is_right = isinstance(losses, np.ndarray) and losses.ndim == 1
    if not (are_records and records and is_right and losses.dtype.kind == "f"):
        raise TypeError("no history of a run")


def choices_of(content: Mapping[str, Any]) -> dict[str, int]:
    """Return how a run computes; raise TypeError unless these are numbers by name."""
    choices = content["choices"]
    if not isinstance(choices, dict) or any(
        type(n) is not int for n in choices.values()
    ):
        raise TypeError("choices must be whole numbers by name")
    return choices


def _read(path: str | os.PathLike[str]) -> tuple[dict[str, str], dict[str, np.ndarray]]:
    from safetensors import SafetensorError, safe_open

    try:
        check_regular(path)
        with safe_open(Path(path), framework="numpy") as file:
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return file.metadata() or {}, arrays
    except OSError as error:
        reason = error.strerror or error
        raise ModelFileError(f"cannot read the checkpoint {path}: {reason}") from None
    except (SafetensorError, ValueError, TypeError) as error:
        raise ModelFileError(
            f"{path}: not a checkpoint, or a damaged one ({error}); train anew"
        ) from None


def _parsed(data: bytes) -> tuple[dict[str, str], dict[str, np.ndarray]]:
    """Return the same of the bytes of a file, which was whole where it was read."""
    from safetensors.numpy import load

    end = 8 + int.from_bytes(data[:8], "little")
    return json.loads(data[8:end])["__metadata__"], load(data)


def _pack(tree: Tree, arrays: dict[str, np.ndarray], path: str) -> Tree:
    """Move the arrays of a tree into `arrays`, and leave their names in the tree."""
    if isinstance(tree, Mapping):
        return {str(k): _pack(v, arrays, f"{path}/{k}") for k, v in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [_pack(v, arrays, f"{path}/{i}") for i, v in enumerate(tree)]
    if isinstance(tree, np.ndarray):
        # Not ascontiguousarray, which would give a 0-d array an axis.
        arrays[path] = np.asarray(tree, order="C")
        return {ARRAY: path}
    return tree.item() if isinstance(tree, np.generic) else tree


def _unpack(tree: Tree, arrays: dict[str, np.ndarray]) -> Tree:
    if isinstance(tree, dict):
        if tree.keys() == {ARRAY}:
            return arrays[tree[ARRAY]]
        return {name: _unpack(value, arrays) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_unpack(value, arrays) for value in tree]
    return tree


def _checksum(tree: str, arrays: Mapping[str, np.ndarray]) -> str:
    """Return a CRC-32 of everything: safetensors itself notices no flipped bit."""
    total = zlib.crc32(tree.encode())
    for name, array in sorted(arrays.items()):
        total = zlib.crc32(f"{name} {array.dtype} {array.shape}".encode(), total)
        total = zlib.crc32(array.tobytes(), total)
    return f"{total:08x}"


def differences(
    before: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    """Yield the settings that differ: name, value before, value now."""
    # What has been through JSON has lists where there were tuples.
    before, now = (json.loads(json.dumps(each)) for each in (before, now))
    for name in dict.fromkeys([*before, *now]):
        if before.get(name) != now.get(name):
            yield name, before.get(name), now.get(name)
