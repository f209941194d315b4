"""BLAS, which computes the matrix products: which there is, its kernels, its threads.

NumPy and SciPy each bring an OpenBLAS of their own. OpenBLAS chooses its kernels when
it is loaded, by the processor's model, and takes some new models for old ones: AMD's
Zen 5 (family 26) for a Haswell without AVX-512, at half the speed (OpenBLAS 0.3.31).
Its variable OPENBLAS_CORETYPE puts that right, if set before.

NumPy is not loaded from here, so that there is still time.
"""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

from kobai.engines.machine.processor import AMD, ZEN_5, Processor, read_processor

CORETYPE = "OPENBLAS_CORETYPE"
AVX512_KERNELS = "SkylakeX"
KERNELS_WITHOUT_AVX512 = ("Haswell", "Zen")

# A library's file name has one of these in it.
LIBRARIES = {
    "openblas": "OpenBLAS",
    "libmkl_rt": "Intel MKL",
    "libblis": "BLIS",
    "libflexiblas": "FlexiBLAS",
    "libblas": "reference BLAS",
}

# Multiply-adds of a training step from which on a second thread pays. It then saves
# a quarter of the time or more; with fewer, little, while waiting for a thread whose
# core another program has taken lasts many times as long as the step.
WORTH_THREADS = 30_000_000


@dataclass(frozen=True)
class BlasLibrary:
    """A BLAS library of this process; what it does not tell is empty or None."""

    name: str
    version: str = ""
    user: str = ""
    kernel: str = ""
    threads: int | None = None
    path: str = ""


def choose_kernels(processor: Processor | None = None) -> None:
    """Have OpenBLAS use AVX-512 on a processor that it does not know.

    To be called before NumPy is loaded; afterwards, and where the user has chosen, it
    does nothing.
    """
    if CORETYPE in os.environ or "numpy" in sys.modules:
        return
    if is_taken_for_older(processor or read_processor()):
        os.environ[CORETYPE] = AVX512_KERNELS


def is_taken_for_older(processor: Processor) -> bool:
    """Return whether OpenBLAS takes a processor for one without AVX-512."""
    new = processor.vendor == AMD and processor.family >= ZEN_5
    return new and processor.has_wide_avx512


def load_scipy_blas(processor: Processor | None = None) -> ModuleType:
    """Return `scipy.linalg.cython_blas`, its OpenBLAS with kernels for AVX-512.

    That is, where NumPy's has been loaded without and the processor has it; a choice
    of the user's stands, and the environment is left as it was. Raises
    `ModuleNotFoundError` without SciPy.
    """
    processor = processor or read_processor()
    is_open = CORETYPE not in os.environ
    wants_others = is_open and uses_slow_kernels(processor, blas_info())
    if wants_others:
        os.environ[CORETYPE] = AVX512_KERNELS
    try:
        return _cython_blas()
    finally:
        if wants_others:
            os.environ.pop(CORETYPE, None)
        _LIMITS.renew()


def _cython_blas() -> ModuleType:
    """Import the module alone: all of `scipy.linalg` takes ten times as long."""
    name = "scipy.linalg.cython_blas"
    folders = [os.path.join(path, "linalg") for path in import_module("scipy").__path__]
    spec = PathFinder.find_spec(name, folders)
    if name in sys.modules or spec is None or spec.loader is None:
        return import_module(name)
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ImportError:
        return import_module(name)
    # Whoever imports it later is to find it in its package.
    sys.modules.pop(name, None)
    # There is another library now.
    _libraries_to_limit.cache_clear()
    return module


def uses_slow_kernels(processor: Processor, libraries: list[BlasLibrary]) -> bool:
    """Return whether one of the libraries leaves the processor's AVX-512 unused."""
    kernels = {library.kernel for library in libraries}
    return processor.has_wide_avx512 and not kernels.isdisjoint(KERNELS_WITHOUT_AVX512)


def blas_info() -> list[BlasLibrary]:
    """Return the BLAS libraries that are loaded, with their kernels and threads.

    On Linux the process is asked; elsewhere NumPy says what it was built with.
    """
    found = [_describe(path) for path in _loaded_libraries()]
    return found or _built_with()


@contextmanager
def blas_threads(count: int | None) -> Iterator[None]:
    """Let BLAS use at most so many threads for a while; None: as many as it has.

    It only ever lowers the number, so that a limit that stands, such as joblib's in
    its worker processes, holds on. Several threads may do so at once: the lowest
    limit counts, and after the last one BLAS is as it was before the first. Without
    an OpenBLAS that can be found nothing happens.
    """
    if count is None:
        yield
        return
    _LIMITS.add(max(1, count))
    try:
        yield
    finally:
        _LIMITS.remove(max(1, count))


def blas_limit() -> int | None:
    """Return how many threads BLAS may use now; None where that is not known."""
    counts = [lib.count() for lib in _libraries_to_limit("scipy.linalg" in sys.modules)]
    return min(counts, default=None)


def wanted_threads(multiply_adds: float) -> int | None:
    """Return how many BLAS threads a training step is worth: 1, or None for all.

    >>> wanted_threads(2 * 100 * 784 * 50)
    1
    """
    return None if multiply_adds >= WORTH_THREADS else 1


class _OpenBLAS:
    """The functions of a loaded OpenBLAS, whatever its builder has named them."""

    def __init__(self, path: str) -> None:
        self.path = path
        # It is not to be loaded now if it was not before.
        self._loaded = ctypes.CDLL(path, mode=os.RTLD_NOLOAD)
        self.count = self._find("get_num_threads")
        self.limit = self._find("set_num_threads")

    def text(self, name: str) -> str:
        """Call a function that returns text; without it the text is empty."""
        function = self._find(name)
        if function is None:
            return ""
        function.restype = ctypes.c_char_p
        return (function() or b"").decode(errors="replace")

    def _find(self, name: str) -> Any:
        for prefix in ("scipy_openblas_", "openblas_"):
            for suffix in ("64_", ""):
                function = getattr(self._loaded, prefix + name + suffix, None)
                if function is not None:
                    return function
        return None


class _Limits:
    """The limits on BLAS's threads that hold now, in whatever thread they were set."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.limits: list[int] = []
        self.before: list[tuple[_OpenBLAS, int]] = []

    def add(self, limit: int) -> None:
        with self.lock:
            if not self.limits:
                libraries = _libraries_to_limit("scipy.linalg" in sys.modules)
                self.before = [(each, each.count()) for each in libraries]
            self.limits.append(limit)
            self._apply()

    def remove(self, limit: int) -> None:
        with self.lock:
            self.limits.remove(limit)
            self._apply()

    def renew(self) -> None:
        """Have limits that stand hold for libraries that were loaded since, too."""
        with self.lock:
            if not self.limits:
                return
            here = {each.path for each, _ in self.before}
            for each in _libraries_to_limit("scipy.linalg" in sys.modules):
                if each.path not in here:
                    self.before.append((each, each.count()))
            self._apply()

    def _apply(self) -> None:
        for library, before in self.before:
            library.limit(min([before, *self.limits]))


_LIMITS = _Limits()


@cache
def _libraries_to_limit(with_scipy: bool) -> list[_OpenBLAS]:
    """Return them; looking takes milliseconds, and only SciPy brings another."""
    found = [_open(path) for path in _loaded_libraries()]
    return [each for each in found if each and each.count and each.limit]


def _open(path: str) -> _OpenBLAS | None:
    try:
        return _OpenBLAS(path)
    except OSError:
        return None


def _loaded_libraries() -> list[str]:
    """Return the paths of the BLAS libraries in this process's memory, on Linux."""
    try:
        lines = Path("/proc/self/maps").read_text(errors="replace").splitlines()
    except OSError:
        return []
    # address, permissions, offset, device, inode, path
    paths = {line.split(maxsplit=5)[-1] for line in lines if "/" in line}
    return sorted(path for path in paths if _kind(path))


def _kind(path: str) -> str:
    """Return the name of the library with that path, or "" if it is no BLAS.

    >>> _kind("/lib/libscipy_openblas64_-32a4b2a6.so"), _kind("/lib/_fblas.so")
    ('OpenBLAS', '')
    """
    name = Path(path).name
    is_library = name.startswith("lib") and ".so" in name
    return next((LIBRARIES[k] for k in LIBRARIES if is_library and k in name), "")


def _describe(path: str) -> BlasLibrary:
    users = {"numpy": "NumPy", "scipy": "SciPy"}
    folder = Path(path).parent.name.removesuffix(".libs")
    known = BlasLibrary(_kind(path), user=users.get(folder, ""), path=path)
    library = _open(path)
    if library is None:
        return known
    words = library.text("get_config").split()
    return replace(
        known,
        version=words[1] if words[:1] == ["OpenBLAS"] else "",
        kernel=library.text("get_corename"),
        threads=library.count() if library.count else None,
    )


def _built_with() -> list[BlasLibrary]:
    import numpy as np

    config: Any = np.show_config(mode="dicts")
    found = config.get("Build Dependencies", {}).get("blas", {})
    if not found.get("found"):
        return []
    return [BlasLibrary(found.get("name", ""), found.get("version", ""), "NumPy")]
