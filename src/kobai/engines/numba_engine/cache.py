"""Generated modules on disk, so that Numba can keep what it made of them."""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-decorators, allow-untyped-calls

import hashlib
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from kobai.engines.machine.folder import Entry, is_usable, write_source
from kobai.engines.numba_engine import abi
from kobai.engines.numba_engine.abi import REPEATED, STEPS
from kobai.engines.numba_engine.kernels import tools
from kobai.engines.numba_engine.kernels.intrinsics import OUTER, apart
from kobai.engines.numba_engine.module import Generated
from kobai.version import __version__


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
    return folder if is_usable(folder) else None


def load(generated: Generated) -> Any:
    """Return the compiled function of a source, from the disk if it is there."""
    return _compiled("steps", generated.source, _signature(generated))


def load_measurement(source: str, dtype: Any) -> Any:
    """Return the compiled function that repeats a product of one dtype."""
    from numba.core import types
    from numba.np.numpy_support import from_dtype

    given = REPEATED.types(from_dtype(dtype))
    return _compiled("product", source, types.void(*given))


def load_serve(source: str) -> Any:
    """Return the compiled function of a thread that helps; see `sharing`."""
    from numba.core import types

    board = types.Array(types.int64, 1, "C")
    return _compiled("serve", source, types.void(board), is_shared=True)


def load_sweep(source: str, arrays: Sequence[np.ndarray]) -> Any:
    """Return the compiled function of a source for flat arrays like these."""
    from numba.core import types
    from numba.np.numpy_support import from_dtype

    given = [types.Array(from_dtype(array.dtype), 1, "C") for array in arrays]
    return _compiled("sweep", source, types.void(*given))


def load_callback(source: str, signature: Any) -> int:
    """Return the address of a compiled function that others call by a symbol."""
    import numba

    name = _name("symbol", source)
    if name not in _LOADED:
        jit = partial(numba.cfunc, signature, error_model="numpy", nogil=True)
        _LOADED[name] = _made(name, source, jit)
    address: int = _LOADED[name].address
    return address


_LOADED: dict[Any, Any] = {}

KERNELS = Path(__file__).parent / "kernels"


@lru_cache(maxsize=256)
def _name(kind: str, source: str) -> str:
    """Return what a source is kept under, with all else that its code depends on."""
    key = hashlib.sha256(f"{_versions()}\n{source}".encode()).hexdigest()[:24]
    return f"kobai_{kind}_{key}"


def _compiled(
    kind: str,
    source: str,
    signature: Any,
    is_shared: bool = False,
) -> Any:
    """Return a compiled function; `is_shared` if another thread has its array, too."""
    name = _name(kind, source)
    key = (name, signature)
    if key not in _LOADED:
        import numba

        jit = partial(
            numba.njit,
            signature,
            error_model="numpy",
            fastmath=tools.FAST_MATH,
            nogil=True,
            **OUTER,
            **({} if is_shared else {"pipeline_class": apart()}),
        )
        _LOADED[key] = _made(name, source, jit)
    return _LOADED[key]


def _made(name: str, source: str, jit: Callable[..., Any]) -> Any:
    """Return what `jit` makes of a source's steps, from the disk if it is there."""
    folder = usable_folder()
    if folder is not None:
        # Where it cannot be kept, Numba has an error of its own beside the system's.
        with suppress(OSError, RuntimeError), tools.vectorising():
            path, entry = folder / f"{name}.py", Entry(folder, name, _kept(folder))
            write_source(path, source)
            entry.check()
            made = jit(cache=True)(_steps(name, source, str(path)))
            entry.seal()
            return made
    with tools.vectorising():
        return jit(cache=False)(_steps(name, source, f"<{name}>"))


def _kept(folder: Path) -> Path:
    """Return where Numba keeps its code: beside the modules, or where it is told."""
    from numba.core import config

    named = config.CACHE_DIR  # type: ignore[attr-defined]
    return Path(named) if named else folder / "__pycache__"


def _steps(name: str, source: str, path: str) -> Any:
    """Return the function in a source, which Numba keeps beside the file at `path`."""
    # Not imported: Python would keep, and trust, code of its own beside the file.
    module = ModuleType(name)
    exec(compile(source, path, "exec"), vars(module))
    sys.modules[name] = module
    return module.steps


@lru_cache
def _versions() -> str:
    """Return what compiled code depends on beside its source."""
    import llvmlite
    import numba

    parts = [__version__, numba.__version__, llvmlite.__version__, sys.version]
    for path in (Path(abi.__file__), *sorted(KERNELS.glob("*.py"))):
        parts.append(path.read_text("utf-8"))
    return "\n".join(parts)


@lru_cache
def versions_key() -> str:
    """Return a short name for all that compiled code depends on beside its source."""
    return hashlib.sha256(_versions().encode()).hexdigest()[:12]


def _signature(generated: Generated) -> Any:
    from numba.core import types
    from numba.np.numpy_support import from_dtype

    def array(dtype: Any, writes: bool = False) -> Any:
        return types.Array(from_dtype(dtype), 1, "C", readonly=not writes)

    given = STEPS.types(
        inputs=[array(n.dtype, n in generated.changed) for n in generated.inputs],
        rows=[array(n.dtype) for n in generated.rows],
        each=[array(n.dtype) for n in generated.each],
        constants=[array(n.dtype) for n in generated.constants],
        buffers=[array(b.dtype, writes=True) for b in generated.buffers],
    )
    return types.int64(*given)
