"""Random programs of NumPy calls: traced, rewritten and compiled, against NumPy."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from kobai.engines.numpy_engine.program import compile_numpy, simplify
from kobai.engines.reference import interpret
from kobai.errors import GradientError
from kobai.graph import trace, verify
from kobai.graph.identities.table import IDENTITIES
from kobai.graph.rewriting import rewrite

LABELS = np.array([2, 0, 3])

UNARY = [
    np.tanh,
    np.sin,
    np.negative,
    np.positive,
    np.copy,
    np.transpose,
    np.abs,
    lambda a: np.exp(np.tanh(a)),
    lambda a: np.square(np.tanh(a)),
    lambda a: np.sqrt(a * a + 1),
    lambda a: 1 / (1 + np.exp(np.minimum(-a, 80))),
    lambda a: np.where(a > 0, a, 0),
    lambda a: np.where(a > 0.3, 2, a),
    lambda a: np.sum(a),
    lambda a: np.mean(a, axis=0) if a.ndim else a,
    lambda a: np.reshape(a, (-1,)),
    lambda a: np.reshape(a, (1, -1)),
    lambda a: a[::-1] if a.ndim else a,
    lambda a: a[..., None],
    lambda a: a[0] if a.ndim else a,
    lambda a: a[[0, 0]] if a.ndim else a,
    lambda a: a + a[:, None] if a.ndim == 1 else a,
    lambda a: a - np.max(a, axis=-1, keepdims=True) if a.ndim else a,
    lambda a: a / np.sum(1 + a * a, axis=-1, keepdims=True) if a.ndim else a,
    lambda a: np.cumsum(np.tanh(a), axis=-1) if a.ndim else a,
    lambda a: a @ a.T if a.ndim == 2 else a,
    lambda a: np.min(a, axis=0) if a.ndim else a,
    lambda a: a[np.arange(3), LABELS] if a.shape == (3, 4) else a,
    lambda a: 0.5 * (3 * a),
    lambda a: a.astype(np.float32).astype(a.dtype),
]
BINARY = [
    np.add,
    np.subtract,
    np.multiply,
    np.maximum,
    np.minimum,
    np.hypot,
    lambda a, b: a / (1 + b * b),
    lambda a, b: np.where(a > b, a, b),
    lambda a, b: np.where(b > 0, a, 0),
    lambda a, b: -a * b,
    lambda a, b: a - -b,
]


def assign_row(a, b):
    if a.ndim == 2:
        a[0] = np.tanh(np.sum(b))


def assign_entries(a, b):
    if a.shape == (3, 4):
        a[np.arange(3), LABELS] += np.tanh(np.mean(b))


def add_in_place(a, b):
    if b.shape in ((), a.shape, a.shape[1:]):
        a += np.tanh(b)


def subtract_in_place(a, b):
    if b.shape in ((), a.shape, a.shape[1:]):
        a -= np.sin(b)


def take_value(a, b):
    if a.shape == b.shape:
        a[...] = b


IN_PLACE = [assign_row, assign_entries, add_in_place, subtract_in_place, take_value]

places = st.integers(0, 30)
lines = st.one_of(
    st.tuples(st.just("unary"), st.integers(0, len(UNARY) - 1), places, places),
    st.tuples(st.just("binary"), st.integers(0, len(BINARY) - 1), places, places),
    st.tuples(st.just("matmul"), st.just(0), places, places),
    st.tuples(st.just("change"), st.integers(0, len(IN_PLACE) - 1), places, places),
)


def broadcast(a, b):
    try:
        shape = np.broadcast_shapes(a.shape, b.shape)
    except ValueError:
        return False
    return len(shape) < 4 and np.prod(shape) < 400


def program(code, ends):
    """Return the function that a list of lines describes."""

    def f(w, x, b, s):
        given = [w, x, b]
        values = [*given, s]
        for kind, which, i, j in code:
            a, c = values[i % len(values)], values[j % len(values)]
            if kind == "unary" and a.ndim < 4:
                values.append(UNARY[which](a))
            elif kind == "binary" and broadcast(a, c):
                values.append(BINARY[which](a, c))
            elif kind == "matmul" and a.ndim == c.ndim == 2:
                if a.shape[1] == c.shape[0]:
                    values.append(np.tanh(a @ c))
            elif kind == "change":
                IN_PLACE[which](given[i % 3], c)
        return [values[k % len(values)] for k in ends]

    return f


def inputs(dtype, seed):
    rng = np.random.default_rng(seed)
    shapes = ((3, 4), (4, 4), (4,), ())
    return [np.asarray(rng.normal(size=shape).astype(dtype)) for shape in shapes]


def assert_close(found, expected, dtype):
    # A dozen operations, each within a few ulp of the largest entry, some of which
    # the next operation magnifies.
    scale = max([1.0, *(np.max(np.abs(e), initial=0) for e in expected)])
    for a, b in zip(found, expected, strict=True):
        assert np.shape(a) == np.shape(b)
        assert np.asarray(a).dtype == np.asarray(b).dtype
        np.testing.assert_allclose(a, b, atol=3e4 * np.finfo(dtype).eps * scale, rtol=0)


def as_interpreted(graph, values):
    outputs, updates = interpret(graph)(*values)
    changed = dict(zip(graph.updates, updates, strict=True))
    after = [changed.get(n, v) for n, v in zip(graph.inputs, values, strict=True)]
    return [np.array(v) for v in outputs], [np.array(v) for v in after]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    code=st.lists(lines, min_size=1, max_size=12),
    ends=st.lists(places, max_size=3),
    seed=st.integers(0, 100),
)
def test_every_engine_computes_what_numpy_computes(dtype, code, ends, seed):
    f = program(code, ends)
    values = inputs(dtype, seed)
    try:
        graph = trace(f, *values)
    except GradientError:
        # A view that is read after its array has changed is refused.
        reject()
    verify(graph)
    small = rewrite(graph, IDENTITIES, watch=verify)
    final = simplify(graph)
    verify(final)
    run = compile_numpy(graph)
    arguments = [v.copy() for v in values]
    for _ in range(2):
        before = [v.copy() for v in values]
        expected = [np.array(v) for v in f(*values)]
        for graph_form in (graph, small, final):
            outputs, after = as_interpreted(graph_form, before)
            assert_close(outputs, expected, dtype)
            assert_close(after, values, dtype)
        outputs = [np.array(v) for v in run(*arguments)]
        assert_close(outputs, expected, dtype)
        assert_close(arguments, values, dtype)
        arguments = [v.copy() for v in values]
