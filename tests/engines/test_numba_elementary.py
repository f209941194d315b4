"""The polynomials for exp, log and tanh, against NumPy in double the precision."""

import numpy as np
import pytest

from kobai.engines.numba_engine.kernels import elementary

CASES = {
    "exp": (np.exp, [(-110, 90), (-1, 1), (-720, 709)]),
    "log": (np.log, [(1e-45, 1e-30), (1e-6, 2), (0.9, 1.1), (1, 1e38)]),
    "tanh": (np.tanh, [(-20, 20), (-1, 1), (-1e-4, 1e-4)]),
}
SPECIAL = [0.0, -0.0, 1.0, -1.0, 1000.0, -1000.0, np.inf, -np.inf, np.nan]


def points(ranges: list[tuple[float, float]], dtype: str) -> np.ndarray:
    parts = [np.linspace(a, b, 700) for a, b in ranges]
    with np.errstate(over="ignore"):
        return np.concatenate([*parts, SPECIAL]).astype(dtype)


def ulps(found: np.ndarray, wanted: np.ndarray, dtype: str) -> float:
    """The largest difference in units of the last place."""
    with np.errstate(over="ignore", under="ignore"):
        rounded = wanted.astype(dtype)
    ordinary = np.isfinite(rounded) & np.isfinite(found)
    np.testing.assert_array_equal(found[~ordinary], rounded[~ordinary])
    difference = np.abs(found[ordinary].astype(np.longdouble) - wanted[ordinary])
    return float(np.max(difference / np.spacing(np.abs(rounded[ordinary]))))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", CASES)
def test_close_to_numpy_over_the_whole_range(name: str, dtype: str) -> None:
    function, ranges = CASES[name]
    x = points(ranges, dtype)
    own = getattr(elementary, f"{name}_{dtype}")
    with np.errstate(all="ignore"):
        found = np.array([own(each) for each in x])
        wanted = function(x.astype(np.longdouble))
    assert found.dtype == dtype
    # A polynomial that is evaluated in the same precision rounds a few times.
    assert ulps(found, wanted, dtype) < 3.5


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_logaddexp_is_numpys(dtype: str) -> None:
    own = getattr(elementary, f"logaddexp_{dtype}")
    values = np.array([*SPECIAL, -30, -3.3, 0.1, 5.5, 40], dtype)
    with np.errstate(all="ignore"):
        found = np.array([[own(a, b) for b in values] for a in values])
        wanted = np.logaddexp.outer(values, values)
    # Where the result is near 0, what was cancelled to get there remains as error.
    eps = np.finfo(dtype).eps
    np.testing.assert_allclose(found, wanted, rtol=4 * eps, atol=4 * eps)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", CASES)
def test_compiled_and_vectorised_it_is_the_same(name: str, dtype: str) -> None:
    numba = pytest.importorskip("numba")
    from kobai.engines.numba_engine.kernels.tools import tools, vectorising

    function, ranges = CASES[name]
    x = points(ranges, dtype)
    own = getattr(tools, f"{name}_{dtype}")

    @numba.njit(error_model="numpy")
    def every(x, y):  # type: ignore[no-untyped-def]
        for i in range(len(x)):
            y[i] = own(x[i])

    found = np.empty_like(x)
    with vectorising():
        every(x, found)
    with np.errstate(all="ignore"):
        wanted = function(x.astype(np.longdouble))
    assert ulps(found, wanted, dtype) < 3.5


def test_vectors_are_as_wide_as_the_processor_has_them() -> None:
    pytest.importorskip("numba")
    from kobai.engines.numba_engine.kernels.tools import has_avx512
    from kobai.engines.numba_engine.native.translation import translated

    if not has_avx512():
        pytest.skip("this processor has no AVX-512")
    source = "def steps(x):\n    for i in range(x.size):\n        x[i] *= x[i]\n"
    made = translated("squares", source, ["float32[:]"])
    code = made.library.get_asm_str()
    assert "%zmm" in code
    assert "%ymm" not in code
    # Others' code is as it was.
    from numba.core.registry import cpu_target

    machine = cpu_target.target_context.codegen()._tm
    translated("squares_again", source, ["float64[:]"])
    assert cpu_target.target_context.codegen()._tm is machine
