"""Stages that are alike: one function of the generated code, called for each."""

import sys
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

import kobai
from kobai.engines.numba_engine import cache
from kobai.engines.numba_engine.kernels import symbols
from kobai.engines.numba_engine.module import ENOUGH, generate
from kobai.engines.numba_engine.native.translation import translated
from kobai.engines.numpy_engine.program import simplify
from kobai.graph import trace

pytestmark = pytest.mark.usefixtures("compiled_folder")


def normal(*shape: int, dtype: str = "float64") -> Any:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(dtype)


def unrolled(steps: int) -> Any:
    def f(w: Any, x: Any) -> Any:
        h = x
        for _ in range(steps):
            h = np.tanh(h @ w + x)
        return h

    return f


def check(f: Any, *arguments: Any) -> str:
    """Return the code of f, after it has computed what f computes."""
    compiled = kobai.compile(f, engine="numba")
    found = compiled(*arguments)
    # Some roundings of numbers near 1.
    np.testing.assert_allclose(found, f(*arguments), rtol=1e-11, atol=1e-11)
    return compiled.source(*arguments)


def test_an_unrolled_loop_has_one_body() -> None:
    few, many = (check(unrolled(n), normal(3, 3), normal(5, 3)) for n in (8, 16))
    assert few.count("tanh_float64(") == many.count("tanh_float64(") == 1
    assert few.count("@compiled") == many.count("@compiled") == 2
    # A step more: the two calls, and its part of what `steps` takes and begins with.
    assert len(many.splitlines()) - len(few.splitlines()) <= 8 * 6


def test_fewer_stay_where_they_are() -> None:
    source = check(unrolled(ENOUGH - 1), normal(3, 3), normal(5, 3))
    assert "@compiled" not in source


@pytest.mark.parametrize("name", ["sum", "max", "part", "way_0", "spare", "compiled"])
def test_inputs_may_be_called_as_functions_are(name: str) -> None:
    def f(tree: dict[str, Any]) -> Any:
        x, y = tree[name], tree["other"]
        for _ in range(6):
            y = np.tanh(y @ x + y)
        return y

    check(f, {name: normal(3, 3), "other": normal(5, 3)})


def test_a_number_that_a_loop_leaves_is_known_to_the_next() -> None:
    def f(x: Any) -> Any:
        total = 0.0
        for _ in range(6):
            x = x * 0.5
            total = total + np.sum(np.tanh(x) ** 2)
        return total

    check(f, normal(7, 3))


def test_alike_loops_over_arrays_of_two_types() -> None:
    def f(*arrays: Any) -> Any:
        return [np.sum(np.exp(-(a * a)) * 0.5, axis=0) for a in arrays]

    arrays = [normal(n, 3, dtype=d) for n in (2, 4, 6) for d in ("float32", "float64")]
    compiled = kobai.compile(f, engine="numba")
    for found, right in zip(compiled(*arrays), f(*arrays), strict=True):
        assert found.dtype == right.dtype
        rounding = 1e-6 if found.dtype == np.float32 else 1e-15
        np.testing.assert_allclose(found, right, rtol=rounding)


def test_alike_loops_that_change_what_is_given() -> None:
    def f(params: list[Any], grads: list[Any]) -> None:
        for p, g in zip(params, grads, strict=True):
            p -= 0.5 * g

    params = [normal(n) for n in range(3, 9)]
    grads = [normal(n) + 1 for n in range(3, 9)]
    right = [p - 0.5 * g for p, g in zip(params, grads, strict=True)]
    compiled = kobai.compile(f, engine="numba")
    assert "@compiled" in compiled.source(params, grads)
    compiled(params, grads)
    for found, wanted in zip(params, right, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_products_of_a_size_share_the_memory_that_they_spare() -> None:
    graph = trace(
        lambda w, x: unrolled(6)(w, x) @ w[:, :20], normal(30, 30), normal(50, 30)
    )
    buffers = generate(simplify(graph)).buffers
    assert [b.name for b in buffers if "spare" in b.name] == ["spare", "spare_2"]


def test_a_function_is_compiled_once_for_all_its_calls() -> None:
    """Of what comes as a bare number, Numba makes a version for every number."""
    generated = generate(simplify(trace(unrolled(8), normal(3, 3), normal(5, 3))))
    symbols.register(["float64"])
    translated("versions", generated.source, cache.kinds_of(generated))
    functions = [vars(sys.modules["versions"])[name] for name in ("part", "part_2")]
    # The first product reads x, which nothing may change.
    assert [len(each.signatures) for each in functions] == [2, 1]
