"""Generated modules on disk, so that Numba can keep what it made of them."""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-decorators, allow-untyped-calls

import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

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
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "kobai" / "compiled"


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
        module = _module(name, source, cache_folder())
        jit = numba.cfunc(signature, cache=True, error_model="numpy", nogil=True)
        with tools.vectorising():
            _LOADED[name] = jit(module.steps)
    address: int = _LOADED[name].address
    return address


_LOADED: dict[Any, Any] = {}

KERNELS = Path(__file__).parent / "kernels"


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

        module = _module(name, source, cache_folder())
        jit = numba.njit(
            signature,
            cache=True,
            error_model="numpy",
            fastmath=tools.FAST_MATH,
            nogil=True,
            **OUTER,
            **({} if is_shared else {"pipeline_class": apart()}),
        )
        with tools.vectorising():
            _LOADED[key] = jit(module.steps)
    return _LOADED[key]


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


def _module(name: str, source: str, folder: Path) -> ModuleType:
    """Return the module of a source, written to a file of its own."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = _written(folder / f"{name}.py", source)
    except OSError:
        # Nowhere to keep it: compile for this process alone.
        path = _written(Path(tempfile.mkdtemp(prefix="kobai-")) / f"{name}.py", source)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules[name] = module
    return module


def _written(path: Path, source: str) -> Path:
    # Numba drops what it has stored when the file's time changes.
    if not path.exists() or path.read_text(encoding="utf-8") != source:
        replace_text(path, source)
    return path


def replace_text(path: Path, text: str) -> None:
    """Write a file so that no one ever reads half of it."""
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(draft, path)


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
