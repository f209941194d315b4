"""Compiled code on disk: what a source became is read there, or compiled and kept."""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-calls

import hashlib
import importlib
import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from threading import RLock

import numpy as np

from kobai.engines.machine import folder as folders
from kobai.engines.numba_engine.abi import REPEATED, STEPS, array_kind
from kobai.engines.numba_engine.module import Generated
from kobai.engines.numba_engine.native import code as native
from kobai.engines.numba_engine.native import translation
from kobai.engines.numba_engine.native.code import Code, Function, Symbol
from kobai.version import __version__

# Numba's own choices, of which the code depends on some; not on how many threads.
_CHOICES = "NUMBA_"
_NO_CHOICES = ("NUMBA_NUM_THREADS", "NUMBA_CACHE_DIR")

HERE = Path(__file__).parent

_LOADED: dict[str, Symbol] = {}

# Held while something is compiled or LLVM is called, maybe by the helper. A process
# forked in the middle of that would wait for ever for a lock, this one, Numba's or
# LLVM's, so forking waits. Numba imports logging, which has such a lock as well:
# registered before this one it is taken after it, by who forks as by who compiles.
importlib.import_module("logging")
LOCK = RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=LOCK.acquire,
        after_in_parent=LOCK.release,
        after_in_child=LOCK.release,
    )


def cache_folder() -> Path:
    """Return the folder for compiled code, in the user's cache.

    >>> cache_folder().name
    'compiled'
    """
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = _named_folder() or Path.home() / ".cache"
    return Path(base) / "kobai" / "compiled"


@lru_cache
def _named_folder() -> str:
    """Return the folder for caches that the user names, if any; say if it is none."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    if named and not os.path.isabs(named):
        warnings.warn(
            f"XDG_CACHE_HOME={named} is not used: need the whole path of a folder",
            RuntimeWarning,
            stacklevel=2,
        )
        return ""
    return named


def usable_folder() -> Path | None:
    """Return the folder for compiled code, or None where nothing can be kept there."""
    try:
        folder = cache_folder()
    except RuntimeError:
        # The user has no home.
        return None
    return folder if folders.is_usable(folder) else None


def load(generated: Generated) -> Function:
    """Return the compiled function of a source, from the disk if it is there."""
    return load_function("steps", generated.source, kinds_of(generated))


def kinds_of(generated: Generated) -> list[str]:
    """Return the types of the arguments of a graph's steps."""
    changed = generated.changed
    return STEPS.kinds(
        inputs=[array_kind(n.dtype, n not in changed) for n in generated.inputs],
        rows=[array_kind(n.dtype) for n in generated.rows],
        each=[array_kind(n.dtype) for n in generated.each],
        constants=[array_kind(n.dtype) for n in generated.constants],
        buffers=[array_kind(b.dtype, is_read_only=False) for b in generated.buffers],
    )


def load_measurement(source: str, dtype: str) -> Function:
    """Return the compiled function that repeats a product of one dtype."""
    return load_function("product", source, REPEATED.kinds(dtype))


def load_serve(source: str) -> Function:
    """Return the compiled function of a thread that helps; see `sharing`."""
    return load_function("serve", source, ["int64[:]"], is_shared=True)


def load_sweep(source: str, arrays: Sequence[np.ndarray]) -> Function:
    """Return the compiled function of a source for flat arrays like these."""
    kinds = [array_kind(array.dtype, is_read_only=False) for array in arrays]
    return load_function("sweep", source, kinds)


def load_function(
    what: str, source: str, kinds: Sequence[str], is_shared: bool = False
) -> Function:
    """Return the compiled function of a source; see `compile_source`."""
    with LOCK:
        name = _name(what, source, tuple(kinds))
        if name not in _LOADED:
            code = _code(name, source, kinds, is_shared)
            _LOADED[name] = Function(name, code, kinds)
        function = _LOADED[name]
    assert isinstance(function, Function)
    return function


def load_callback(source: str, kinds: Sequence[str]) -> int:
    """Return the address of a compiled function that others call by a symbol."""
    with LOCK:
        name = _name("symbol", source, tuple(kinds))
        if name not in _LOADED:
            _LOADED[name] = Symbol(name, _code(name, source, kinds))
        return _LOADED[name].address


def _code(
    name: str, source: str, kinds: Sequence[str], is_shared: bool = False
) -> Code:
    folder = usable_folder()
    path = folder and folder / f"{name}.code"
    code = _kept(path) if path else None
    if code is None:
        code = translation.compile_source(name, source, kinds, is_shared)
        if path:
            with suppress(OSError):
                if not path.is_file():
                    folders.remove(path)
                folders.replace(path, code.to_bytes())
    return code


def _kept(path: Path) -> Code | None:
    """Return the code in a file, if it is whole and nothing is missing for it."""
    try:
        # What was here instead of a file will be replaced; a pipe would never end.
        code = Code.from_bytes(path.read_bytes()) if path.is_file() else None
    except OSError:
        return None
    return code if code and native.has_all(code) else None


@lru_cache(maxsize=256)
def _name(what: str, source: str, kinds: tuple[str, ...]) -> str:
    """Return what a source is kept under, with all else that its code depends on."""
    parts = "\n".join([_versions(), " ".join(kinds), source])
    return f"kobai_{what}_{hashlib.sha256(parts.encode()).hexdigest()[:24]}"


@lru_cache
def _versions() -> str:
    """Return what compiled code depends on beside its source."""
    parts = [__version__, sys.version, native.host_name()]
    parts += [version(name) for name in ("numba", "llvmlite", "numpy")]
    parts += [
        f"{name}={value}"
        for name, value in sorted(os.environ.items())
        if name.startswith(_CHOICES) and name not in _NO_CHOICES
    ]
    made_by = [HERE / "abi.py", *(HERE / "native").glob("*.py")]
    for path in sorted([*made_by, *(HERE / "kernels").glob("*.py")]):
        parts.append(path.read_text("utf-8"))
    return "\n".join(parts)


@lru_cache
def versions_key() -> str:
    """Return a short name for all that compiled code depends on beside its source."""
    with LOCK:
        return hashlib.sha256(_versions().encode()).hexdigest()[:12]
