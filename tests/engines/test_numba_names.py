"""Names in the generated code of the Numba engine, and the order of its arguments."""

import inspect
import re

import numpy as np
import pytest

pytest.importorskip("numba")

from kobai.engines.numba_engine import compile_numba
from kobai.engines.numba_engine.abi import GATHER, PRODUCT, STEPS, Job, Layout
from kobai.engines.numba_engine.kernels.rows import make_copy_rows
from kobai.engines.numba_engine.kernels.tiles import small_product_source
from kobai.engines.numba_engine.kernels.two_jobs import JOB
from kobai.engines.numba_engine.names import CALLED, DTYPES
from kobai.engines.numpy_engine.program import compile_numpy
from kobai.graph import trace

# What the code itself calls so, and what it makes of names; Python's words; names of
# values and of their parts.
TAKEN = [
    *["s", "i", "j", "n0", "c0", "constant_0", "np", "u8", "abs", "range", "tools"],
    *[*CALLED, *DTYPES.values(), *STEPS.fields],
    *["lambda", "in", "None", "product", "e", "minus", "terms", "chosen"],
    *["W_at", "b_rows", "e_ij", "total_row", "product_spare", "f", "steps"],
]


def f(tree):  # type: ignore[no-untyped-def]
    """Everything that gives values, rows of them, and products names."""
    first, second = tree.values()
    e = np.exp(-(first @ second))
    shifted = e - np.max(e, axis=1, keepdims=True)
    first -= 0.5 * abs(shifted @ second.T) * np.array([[1.0], [2.0], [5.0]])
    second *= 0.1
    return np.sum(np.minimum(shifted, 7.0)), e


@pytest.mark.parametrize("start", range(0, len(TAKEN) - 1, 2))
def test_inputs_may_be_called_whatever_the_code_calls_its_own(start: int) -> None:
    names = TAKEN[start : start + 2]
    rng = np.random.default_rng(start)
    arrays = rng.normal(size=(3, 4)), rng.normal(size=(4, 2))
    graph = trace(f, dict(zip(names, arrays, strict=True)))
    found, planned, wanted = ([a.copy() for a in arrays] for _ in range(3))
    outputs = compile_numba(graph)(*found), compile_numpy(graph)(*planned)
    results = f(dict(zip(names, wanted, strict=True)))
    for output in outputs:
        for each, right in zip(output, results, strict=True):
            np.testing.assert_allclose(each, right, rtol=1e-12)
    for each in found, planned:
        for array, right in zip(each, wanted, strict=True):
            # A few roundings of numbers near 1.
            np.testing.assert_allclose(array, right, rtol=1e-12, atol=1e-14)


def test_a_layout_takes_all_its_arguments_in_any_order_and_no_other() -> None:
    layout = Layout(first="int64", second="number", others="...")
    assert layout.in_order(others=[3, 4], second=2, first=1) == [1, 2, 3, 4]
    for given in ({"first": 1, "second": 2}, {n: [] for n in "abc"}):
        with pytest.raises(TypeError, match="need first, second, others"):
            layout.in_order(**given)


@pytest.mark.parametrize("is_c", [False, True])
def test_kinds_have_a_type_for_every_parameter(is_c: bool) -> None:
    made = dict(zip(PRODUCT.fields, PRODUCT.kinds("float32", is_c), strict=True))
    assert made["m"] == "uint64"
    assert made["alpha"] == "float32"
    assert made["b"] == ("float32*" if is_c else "float32[:]")
    assert made["everything"] == ("float32*" if is_c else "const float32[:]")
    assert made["indices"] == ("int64*" if is_c else "const int64[:]")


def test_jobs_fit_on_the_board_and_are_read_where_they_are_written() -> None:
    assert sorted(Job) == list(range(len(Job)))
    assert len(Job) <= JOB
    source = small_product_source(avx512=False, itemsize=4)
    read = dict(re.findall(r"(\w+) = .*job\[(\d+)\]", source))
    assert read == {field.name.lower(): str(field.value) for field in Job}


def test_kernels_have_the_parameters_that_are_called() -> None:
    kernel = inspect.signature(make_copy_rows().py_func)
    assert list(kernel.parameters) == GATHER.names()
