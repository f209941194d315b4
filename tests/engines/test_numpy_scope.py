"""A generated module makes what its function uses, and nothing else."""

import ast
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kobai.engines.numpy_engine.program import compile_numpy
from kobai.graph import trace

RNG = np.random.default_rng(0)
WIDE, ROW, COLUMN = (RNG.normal(size=s) for s in ((40, 3), (1, 6), (40, 1)))
LABELS = np.arange(40) % 3
LARGE = RNG.normal(size=(600, 130))
TWICE = np.array([1, 1, 2, 2])

# Each asks for operands that some shorter way then does without.
SHORT_WAYS: dict[str, tuple[Any, ...]] = {
    "a full bound": (lambda x: np.minimum(np.exp(x), 3.0), WIDE),
    "a bound of one row": (lambda x: np.maximum(np.exp(x), 3.0), LARGE),
    "a large bound that is NaN": (lambda x: np.minimum(np.exp(x), np.nan), LARGE),
    "neighbouring columns": (lambda x: np.exp(x[:, TWICE]), WIDE),
    "a bound that is NaN": (lambda x: np.maximum(x, np.nan), WIDE),
    "bits times a mask": (lambda x: np.where(x > 1, np.exp(x), 0) * x, WIDE),
    "another branch": (lambda x: np.where(x > 1, np.exp(x), x), WIDE),
    "places of labels": (lambda x, t: np.exp(x[np.arange(40), t]), WIDE, LABELS),
    "the largest in a row": (lambda x: np.max(np.exp(x), axis=1), ROW),
    "in few columns": (lambda x: np.max(np.exp(x), axis=1, keepdims=True), WIDE),
    "in many columns": (lambda x: np.max(np.exp(x @ x.T), axis=1), WIDE),
    "numbers": (lambda x: np.sum(np.exp(x)) * 2.5 + 0.5, WIDE),
    "vectors": (lambda x: np.exp(x) * (1.5 + x), ROW),
    "a vector beside an input": (lambda x, y: x * np.exp(y), ROW, ROW[0]),
    "a column": (lambda x, y: (np.exp(x) - y) / 7.0, WIDE, COLUMN),
}


@pytest.mark.parametrize("case", SHORT_WAYS)
def test_what_is_made_is_used_and_what_is_used_is_made(case: str) -> None:
    f, *arrays = SHORT_WAYS[case]
    graph = trace(f, *arrays)
    run = compile_numpy(
        graph, valid_indices=[n for n in graph.inputs if n.dtype == int]
    )
    np.testing.assert_allclose(run(*arrays)[0], f(*arrays), rtol=1e-12)
    module = ast.parse(run.source)  # type: ignore[attr-defined]
    lines = [line for line in module.body if isinstance(line, ast.Assign)]
    targets = [target for line in lines for target in line.targets]
    names = [n for n in ast.walk(module) if isinstance(n, ast.Name)]
    used = {n.id for n in names if n not in targets}
    assert {target.id for target in targets} <= used  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "chosen",
    [
        *([0, 0, 1, 1, 2, 2], [2], [0, 1, 2], [1, 1, 2], [2, 2, 1, 1], [0, 0, 2, 2]),
        *([-2, -2, -1, -1], [0, 1, 1, 2, 2, 2], [1, 0, 2, 2], []),
    ],
)
def test_columns_are_those_that_are_chosen(chosen: list[int]) -> None:
    index = np.array(chosen, int)

    def f(x):  # type: ignore[no-untyped-def]
        return np.exp(x)[:, index], np.exp(x[:, index])

    for x in (WIDE, np.asfortranarray(WIDE), WIDE[::2]):
        for found, wanted in zip(compile_numpy(trace(f, x))(x), f(x), strict=True):
            np.testing.assert_array_equal(found, wanted)


def test_places_of_labels_are_computed_where_they_are_first_used() -> None:
    def f(a, b, x, y, t):  # type: ignore[no-untyped-def]
        rows = np.arange(40)
        return x[rows, t], np.exp(y[rows, t])

    arrays = np.zeros(40), np.zeros(40), WIDE, WIDE + 1, LABELS
    graph = trace(f, *arrays)
    # The first is picked straight into an input, for which no places are needed.
    updates = dict(zip(graph.inputs, graph.outputs, strict=False))
    graph = replace(graph, outputs=(), updates=updates, result=[])
    compile_numpy(graph, valid_indices=[graph.inputs[-1]])(*arrays)
    for found, wanted in zip(arrays, f(*arrays), strict=False):
        np.testing.assert_array_equal(found, wanted)
