"""What the generated code calls, translated by Numba when it is first asked for."""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-decorators, allow-untyped-calls

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

from kobai.engines import missing_for_numba, numba_is_disabled
from kobai.engines.numba_engine.kernels import (
    elementary,
    intrinsics,
    panels,
    products,
    rows,
    two_jobs,
)
from kobai.engines.numba_engine.kernels.intrinsics import INNER
from kobai.errors import missing_extra

# Rounding may change by these, NaN and inf are what they are without them.
FAST_MATH = {"reassoc", "contract", "nsz", "arcp"}

_LOCK = threading.RLock()


def need_extra() -> None:
    """Raise MissingExtraError, with the remedy, unless numba and scipy are there.

    Raises ValueError where Numba is told to compile nothing.
    """
    name = missing_for_numba()
    if name is not None:
        error = ModuleNotFoundError(f"No module named '{name}'", name=name)
        raise missing_extra("engine numba", error, "fast")
    if numba_is_disabled():
        raise ValueError(
            "engine numba: NUMBA_DISABLE_JIT is set, so that Numba compiles nothing; "
            'unset it, or use the engine "numpy"'
        )


@contextmanager
def vectorising() -> Iterator[None]:
    """Let LLVM vectorise loops as they are here, while something is compiled.

    With AVX-512 a loop over 10 columns is one masked vector instead of ten numbers.
    Without, masks are no part of an instruction: a masked store of AVX2 takes AMD's
    processors 20 cycles, so what is left over of a loop is done number by number, and
    two vectors are under way at once, since each of a long formula waits for itself.

    A loop that would first have to look where its arrays lie stays as it is: the
    version with vectors rounds in another way than the one without, and the results
    would depend on what memory the arrays happened to get. See `intrinsics.apart`.
    """
    from llvmlite import binding

    is_wide = has_avx512()
    wanted = _MASKED if is_wide else _TWO_AT_ONCE
    with _LOCK, _whole_vectors() if is_wide else nullcontext():
        for option in (wanted, _checks(0)):
            binding.set_option("kobai", option)
        try:
            yield
        finally:
            for option in (*_AS_LLVM_DOES, _checks(None)):
                binding.set_option("kobai", option)


@contextmanager
def _whole_vectors() -> Iterator[None]:
    """Let LLVM vectorise with vectors as wide as the processor has them.

    Of Intel's with AVX-512 it takes half, as the first ones ran slower for a while
    after a whole one. Here all products are made of whole ones.
    """
    from llvmlite import binding
    from numba.core.registry import cpu_target

    codegen = cpu_target.target_context.codegen()
    features = f"{binding.get_host_cpu_features().flatten()},-prefer-256-bit"
    wide = binding.Target.from_default_triple().create_target_machine(
        binding.get_host_cpu_name(), features, opt=3, codemodel="jitdefault", jit=True
    )
    usual = codegen._tm
    codegen._tm = wide
    try:
        yield
    finally:
        codegen._tm = usual


_MASKED = "-prefer-predicate-over-epilogue=predicate-else-scalar-epilogue"
_TWO_AT_ONCE = "-force-vector-interleave=2"
_AS_LLVM_DOES = (
    "-prefer-predicate-over-epilogue=scalar-epilogue",
    "-force-vector-interleave=0",
)


def has_avx512() -> bool:
    """Return whether LLVM takes this processor for one with AVX-512."""
    from llvmlite import binding

    return bool(binding.get_host_cpu_features().get("avx512f"))


def _checks(most: int | None) -> str:
    """Return LLVM's option for the checks of a loop; None for as many as it does."""
    from llvmlite import binding

    if binding.llvm_version_info[0] < 20:
        return f"-runtime-memory-check-threshold={8 if most is None else most}"
    return f"-vectorize-memory-check-threshold={128 if most is None else most}"


class _Tools:
    """The functions by name, each translated once."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        with _LOCK:
            made = _make(name)
            setattr(self, name, made)
        return made


tools = _Tools()


def _make(name: str) -> Any:
    if name in ("maximum", "minimum"):
        return intrinsics.extremum(name)
    if name in _MAKERS:
        return _MAKERS[name]()
    import numba

    # Without FAST_MATH: regrouped, the two parts of ln 2 would be one again. In place,
    # always: Numba tells LLVM that one call in a hundred fails and ends the steps, so
    # that a loop with calls hardly comes to its end. What follows a few is cold, where
    # LLVM leaves all but the smallest calls; and a loop that calls has no vectors.
    jit = numba.njit(
        error_model="numpy",
        fastmath={"contract"},
        nogil=True,
        forceinline=True,
        **INNER,
    )
    # The callees of an elementary function are compiled ones too.
    function = getattr(elementary, name)
    needed = {n for n in function.__code__.co_names if n in _CALLEES}
    if needed:
        namespace = {**vars(elementary), **{n: getattr(tools, n) for n in needed}}
        function = type(function)(function.__code__, namespace, name)
    return jit(function)


def _make_compiled() -> Any:
    """Return what makes of a part of the steps a function, compiled as these are."""
    import numba

    return numba.njit(
        error_model="numpy",
        fastmath=FAST_MATH,
        nogil=True,
        pipeline_class=intrinsics.apart(),
        **INNER,
    )


_MAKERS: dict[str, Callable[[], Any]] = {
    "add_to": products.make_add_to,
    "address": intrinsics.address,
    "by_blas": intrinsics.blas_product,
    "by_tiles": lambda: products.make_by_tiles(tools),
    "compiled": _make_compiled,
    "copy_rows": rows.make_copy_rows,
    "is_halved_sum": panels.make_is_halved_sum,
    "is_packed": panels.make_is_packed,
    "memory": panels.make_memory,
    "gather": partial(intrinsics.stored_call, "kobai_gather"),
    "product": partial(intrinsics.stored_call, "kobai_product"),
    "serve": lambda: two_jobs.make_serve(tools),
    "transpose": products.make_transpose,
    "work": two_jobs.make_work,
}

_CALLEES = frozenset(
    name
    for name, value in vars(elementary).items()
    if callable(value) and "_float" in name
)
