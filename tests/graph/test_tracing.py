"""What a trace sees, what it refuses, and that broken graphs are found."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy import array

import kobai
from kobai.autodiff import gradient
from kobai.engines.reference import interpret
from kobai.graph import Graph, TraceError, trace, verify
from kobai.graph.node import Builder, Operation

X = np.arange(6.0).reshape(2, 3)


def check(f, *values):
    """Compare a function's trace with the function itself."""
    graph = trace(f, *values)
    verify(graph)
    outputs, _ = interpret(graph)(*values)
    np.testing.assert_allclose(outputs[0], f(*values), rtol=1e-14)
    return graph


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x[1:, ::2],
        lambda x: x[[1, 0], [2, 2]],
        lambda x: np.where(x > 2, x, -x),
        lambda x: np.mean(x, axis=0) @ x.T,
        lambda x: np.concatenate([x, x * 2], axis=1),
        lambda x: np.einsum("ij,kj->ik", x, x),
        lambda x: gradient(lambda y: np.sum(np.tanh(y) ** 2), x),
        lambda x: np.argmax(x, axis=1) + np.argmin(x, axis=-1),
        lambda x: x[np.arange(2), np.argmax(x, axis=1)],
        lambda x: x + np.zeros_like(x) + len(x) + x.size,
    ],
)
def test_plain_numpy_code_is_traced(f):
    check(f, X)


@pytest.mark.parametrize(
    ("f", "remedy"),
    [
        (lambda x: x if np.sum(x) > 0 else -x, r"np\.where\(condition"),
        (lambda x: float(np.sum(x)), "NumPy's functions"),
        (lambda x: math.exp(np.sum(x)), "NumPy's functions"),
        (lambda x: array(x), "NumPy's functions"),
        (lambda x: x.value, "the array itself"),
        (lambda x: x[x > 2], r"np\.where\(mask"),
        (lambda x: np.nonzero(x), "outside of the compiled function"),
        (lambda x: np.unique(x), "outside of the compiled function"),
        (lambda x: [0] * int(x[0, 0]), "NumPy's functions"),
    ],
)
def test_what_depends_on_values_is_refused_with_a_remedy(f, remedy):
    with pytest.raises(TraceError, match=remedy):
        trace(f, X)


def test_a_value_that_escapes_its_trace_is_refused():
    escaped = []
    trace(escaped.append, X)
    with pytest.raises(TraceError, match="another trace"):
        trace(lambda x: x + escaped[0], X)


def test_a_derivative_may_not_look_at_a_value():
    def f(x):
        return gradient(lambda y: np.sum(y) if y[0, 0] > 0 else np.sum(-y), x)

    with pytest.raises(TraceError, match=r"np\.where"):
        trace(f, X)


def test_a_changed_argument_is_an_update():
    def step(params, g):
        params["W"] -= 0.5 * g
        params["b"][0] = 7

    params = {"W": np.ones(3), "b": np.zeros(2)}
    graph = trace(step, params, np.ones(3))
    verify(graph)
    assert [n.name for n in graph.updates] == ["params.W", "params.b"]
    assert graph.outputs == ()
    _, (w, b) = interpret(graph)(params["W"], params["b"], np.ones(3))
    np.testing.assert_array_equal(w, 0.5)
    np.testing.assert_array_equal(b, [7, 0])
    np.testing.assert_array_equal(params["W"], 1)


def test_a_mask_of_the_whole_array_may_be_assigned_to():
    def f(x):
        y = x * 1
        y[y > 2] = 0
        return y

    check(f, X)


def test_equal_computations_are_one_node():
    graph = trace(lambda x: np.exp(x) / (1 + np.exp(x)), X)
    assert [n.primitive.name for n in graph.operations] == ["exp", "add", "divide"]


def test_the_printed_graph_reads_like_code():
    rows = np.arange(2)

    def pick(x, t):
        return (np.exp(x) * 0.5)[rows, t] + np.ones(2)

    text = str(trace(pick, X, np.array([0, 1])))
    assert text.splitlines() == [
        "pick(x: float64[2, 3], t: int64[2])",
        "  v1: float64[2, 3] = exp(x)",
        "  v2: float64[2, 3] = multiply(v1, 0.5)",
        "  v3: float64[2] = v2[<0 ... 1>, t]",
        "  v4: float64[2] = add(v3, <float64[2] of 1>)",
        "  return v4",
    ]


def test_slices_are_printed_as_they_are_written():
    text = str(trace(lambda x: x[1:, ::-1][..., None], X))
    assert "x[1:, ::-1]" in text
    assert "[..., None]" in text


class TestBrokenGraphs:
    """verify() finds what a wrong rewrite would leave behind."""

    @pytest.fixture
    def graph(self):
        return trace(lambda x: np.exp(x) + 1, X)

    def test_a_wrong_shape(self, graph):
        (end,) = graph.outputs
        with pytest.raises(AssertionError, match="computes"):
            verify(replace(graph, outputs=(replace(end, shape=(3, 2)),)))

    def test_a_wrong_dtype(self, graph):
        (end,) = graph.outputs
        wrong = replace(end, dtype=np.dtype(np.float32))
        with pytest.raises(AssertionError, match="computes"):
            verify(replace(graph, outputs=(wrong,)))

    def test_an_input_of_another_graph(self, graph):
        other = trace(np.sin, X)
        with pytest.raises(AssertionError, match="not an input"):
            verify(replace(graph, outputs=other.outputs))

    def test_an_update_that_changes_the_shape(self, graph):
        (given,) = graph.inputs
        row = Builder().operation(graph.operations[0].primitive, given)
        assert isinstance(row, Operation)
        with pytest.raises(AssertionError, match="shape"):
            verify(replace(graph, updates={given: trace_of_a_row(given)}))

    def test_an_input_that_stands_twice(self, graph):
        with pytest.raises(AssertionError, match="twice"):
            verify(replace(graph, inputs=graph.inputs * 2))


def trace_of_a_row(given):
    from kobai.autodiff import operations as ops

    return Builder().operation(ops.SUM, given, axis=(0,), keepdims=False)


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match=r"\(2, 3\) @ \(2, 3\)"):
        trace(lambda x: x @ x, X)


def test_the_graph_of_nothing():
    graph = trace(lambda x: None, X)
    assert isinstance(graph, Graph)
    assert len(graph) == 0
    assert "return nothing" in str(graph)


def test_no_entries_have_no_negative_powers():
    def f(x):
        x[1:1] **= -1
        return x

    x = np.array([-1, -2])
    np.testing.assert_array_equal(kobai.compile(f)(x.copy()), f(x.copy()))
