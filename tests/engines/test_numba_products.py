"""Products of matrices, by BLAS and by tiles, against NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

numba = pytest.importorskip("numba")
pytest.importorskip("scipy")

from kobai.engines.compiled.products import BLAS, TILES, register_tiles  # noqa: E402
from kobai.engines.compiled.toolbox import tools  # noqa: E402

sizes = st.integers(1, 40) | st.sampled_from([50, 64, 65, 100, 130])


@pytest.fixture(scope="module")
def run():  # type: ignore[no-untyped-def]
    product = tools.product
    register_tiles("float32")
    register_tiles("float64")

    @numba.njit
    def run(a, ta, b, tb, c, m, n, k, alpha, beta, way, spare):  # type: ignore[no-untyped-def]
        product(a, ta, b, tb, c, m, n, k, alpha, beta, way, spare)

    return run


@settings(max_examples=80, deadline=None)
@given(
    m=sizes, n=sizes, k=sizes,
    ta=st.booleans(), tb=st.booleans(),
    way=st.sampled_from([BLAS, TILES]),
    dtype=st.sampled_from(["float32", "float64"]),
    scale=st.sampled_from([(1.0, 0.0), (-0.5, 1.0), (2.0, 0.9)]),
)  # fmt: skip
def test_product_is_numpys(run, m, n, k, ta, tb, way, dtype, scale) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(m * 10007 + n * 101 + k)
    a = rng.normal(size=(k, m) if ta else (m, k)).astype(dtype)
    b = rng.normal(size=(n, k) if tb else (k, n)).astype(dtype)
    # With beta = 0 what was in C does not count, be it NaN.
    c = (
        rng.normal(size=(m, n)).astype(dtype)
        if scale[1]
        else np.full((m, n), np.nan, dtype)
    )
    exact = scale[0] * ((a.T if ta else a).astype("f8") @ (b.T if tb else b))
    exact += scale[1] * c if scale[1] else 0
    number = np.dtype(dtype).type
    shape = [np.uint64(s) for s in (m, n, k)]
    alpha, beta = map(number, scale)
    spare = np.empty(n * k, dtype)
    out = c.reshape(-1)
    run(a.ravel(), int(ta), b.ravel(), int(tb), out, *shape, alpha, beta, way, spare)
    # A sum of k products of numbers near 1 rounds k times, at random.
    limit = 20 * np.finfo(dtype).eps * np.sqrt(k)
    np.testing.assert_allclose(c, exact, rtol=limit, atol=limit)
