"""Every identity of the tables: it fires, and leaves what is computed as it is."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kobai.autodiff import gradient
from kobai.engines.fusions import FUSIONS, NUMPY_FUSIONS
from kobai.engines.reference import interpret
from kobai.functions import (
    cross_entropy_error,
    relu,
    sigmoid,
    softmax,
)
from kobai.graph import trace, verify
from kobai.graph.identities.table import IDENTITIES
from kobai.graph.rewriting import rewrite


def bounded(x):
    """A sigmoid written out, with a bound on its exponent."""
    largest = 88.0 if x.dtype == np.float32 else 709.0
    return 1 / (1 + np.exp(np.minimum(-x, largest)))


T = np.array([2, 0, 3])
ROWS = np.arange(3)


def through_softmax(x, y, v, c):
    return gradient(lambda x: cross_entropy_error(softmax(x), T), x)


def bent(u, v):
    return np.sum(u[ROWS, T] * v) + np.sum(u * u)


def pull_back(pick):
    """Return a function whose gradient scatters values."""

    def f(x, y, v, c):
        return gradient(lambda x: np.sum(pick(x)[ROWS, T] * v), x)

    return f


def corrected(x, y, v, c):
    """Part of a step of Adam: the number of the step is 1 or more."""
    return x / (np.sqrt(y * y / (1 - 0.9 ** (1 + c * c))) + 0.1)


def momentum(x, y, v, c):
    g = x.T @ y
    mean = 0.9 * x[0, 0] + 0.1 * g
    return mean, 0.999 * mean + 0.001 * (g * g)


@pytest.mark.parametrize("slope", ["sigmoid", "relu"])
def test_a_learning_rate_is_taken_in_once_for_all_layers(slope):
    activate = {"sigmoid": sigmoid, "relu": relu}[slope]

    def step(first, bias, second, x, rate):
        def loss(params):
            first, bias, second = params
            z = activate(x @ first + bias) @ second
            return cross_entropy_error(softmax(z), T)

        grads = gradient(loss, (first, bias, second))
        return [p - rate * g for p, g in zip((first, bias, second), grads, strict=True)]

    rng = np.random.default_rng(0)
    shapes = (8, 5), (5,), (5, 4), (3, 8)
    rate = np.asarray(0.1)
    given = [*(rng.normal(size=shape) for shape in shapes), rate]
    graph = rewrite(trace(step, *given), IDENTITIES)
    users = [n for n in graph.operations if graph.inputs[-1] in n.inputs]
    # A number for each row, and one for the entry that its label picks.
    assert [n.size for n in users] == [3, 3]
    outputs, _ = interpret(graph)(*given)
    for found, wanted in zip(outputs, step(*given), strict=True):
        # A few roundings of numbers of about 1.
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-15)


def layer(x, y, v, c):
    step = c * (x.T @ y)
    return step, c * np.sum(y, axis=0)


# identity -> a function of x (3, 4), y (3, 4), v (3,) and a number c where it is used.
EXAMPLES = {
    "fold": through_softmax,
    "shrink_constant": lambda x, y, v, c: x + np.ones((3, 4), x.dtype),
    "drop_broadcast": lambda x, y, v, c: np.broadcast_to(x[0], (3, 4)) * y,
    "reshape": lambda x, y, v, c: np.reshape(np.reshape(x, (2, 6)), (4, 3)),
    "broadcast": lambda x, y, v, c: np.broadcast_to(x, (3, 4)),
    "transpose": lambda x, y, v, c: np.transpose(x.T),
    "kept_sum": lambda x, y, v, c: np.sum(x, axis=1),
    "reshape_outwards": lambda x, y, v, c: np.reshape(x, (12,)) * 2,
    "neutral": lambda x, y, v, c: +x * 1 + 0,
    "zero_over_count": through_softmax,
    "where_same": lambda x, y, v, c: np.where(x > 0, y, y),
    "signs": lambda x, y, v, c: -(-(x + -y) - v[0]),
    "signs_outwards": lambda x, y, v, c: -x * y,
    "numbers_together": lambda x, y, v, c: 2 * (3 * x) - -(4 * y),
    "scalars_together": lambda x, y, v, c: c * (x / (1 + c * c)),
    "root_of_quotient": corrected,
    "square_of_scaled": momentum,
    "square": lambda x, y, v, c: x * x,
    "sum_of_broadcast": lambda x, y, v, c: np.sum(np.broadcast_to(c, (3, 4))),
    "pick_inwards": lambda x, y, v, c: (x * y)[ROWS, T],
    "pick_of_broadcast": lambda x, y, v, c: (x * v[:, None] * c)[ROWS, T],
    "scatter_outwards": pull_back(softmax),
    "scatter_apart": lambda x, y, v, c: c * gradient(lambda x: bent(x, v), x),
    "sum_of_scatter": pull_back(lambda x: x - np.sum(x, axis=1, keepdims=True)),
    "sigmoid": lambda x, y, v, c: sigmoid(x) * y,
    "saturation": lambda x, y, v, c: gradient(lambda x: np.sum(bounded(x) * y), x),
    "sigmoid_slope": lambda x, y, v, c: gradient(lambda x: np.sum(bounded(x) * y), x),
    "number_into_product": lambda x, y, v, c: c * (x.T @ y),
    "number_into_sum": layer,
    "number_to_product": lambda x, y, v, c: c * ((x.T @ y) * np.exp(x[0])),
    "number_to_rows": lambda x, y, v, c: c * (x * v[:, np.newaxis]),
    "transpose_outwards": lambda x, y, v, c: c * x.T,
    "sign_of_product": lambda x, y, v, c: x - y @ (-(y.T @ x)),
    "subtract_scatter": lambda x, y, v, c: (
        y - gradient(lambda x: np.sum(x[ROWS, T] * v), x)
    ),
    "add_scatter": through_softmax,
    "rectify": lambda x, y, v, c: relu(x),
    "flat_sum": lambda x, y, v, c: np.sum(x, axis=0) * c,
    "mask_of_rectified": lambda x, y, v, c: (
        relu(x),
        gradient(lambda x: np.sum(relu(x) * y), x),
    ),
}
TABLE = [*IDENTITIES, *FUSIONS, *NUMPY_FUSIONS]


def stages_with(spied, seen):
    """Return the tables, with one identity that notes every node it rewrites."""

    def spy(node, builder):
        better = spied.rewrite(node, builder)
        if better is not None and better is not node:
            seen.append(node)
        return better

    watched = replace(spied, rewrite=spy)
    return [
        [watched if i is spied else i for i in stage]
        for stage in (IDENTITIES, FUSIONS, NUMPY_FUSIONS)
    ]


def rewritten(graph, stages):
    for stage in stages:
        graph = rewrite(graph, stage, watch=verify)
    return graph


@cache
def graphs_of(identity, dtype):
    """Return an example's graph, the rewritten one, and where the identity was used."""
    shapes = ((3, 4), (3, 4), (3,), ())
    graph = trace(EXAMPLES[identity.name], *(np.zeros(s, dtype) for s in shapes))
    verify(graph)
    seen = []
    smaller = rewritten(graph, stages_with(identity, seen))
    return graph, smaller, seen


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("identity", TABLE, ids=lambda i: i.name)
def test_every_identity_has_an_example_where_it_is_used(identity, dtype):
    assert identity.name in EXAMPLES
    assert graphs_of(identity, dtype)[2]


EXTREMES = [0.0, 1.0, -1.0, 1000.0, -1000.0, 88.0, -88.0]


def draw_values(dtype, seed, share):
    """Return inputs of which a share is extreme, so that there are ties as well."""
    rng = np.random.default_rng(seed)

    def draw(*shape):
        plain, extreme = rng.normal(size=shape), rng.choice(EXTREMES, shape)
        return np.where(rng.random(shape) < share, extreme, plain).astype(dtype)

    return [draw(3, 4), draw(3, 4), draw(3), draw()]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("identity", TABLE, ids=lambda i: i.name)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), share=st.sampled_from([0.0, 0.4, 1.0]))
def test_an_identity_leaves_the_value_as_it_is(identity, dtype, seed, share):
    values = draw_values(dtype, seed, share)
    graph, smaller, _ = graphs_of(identity, dtype)
    with np.errstate(all="ignore"):
        expected, _ = interpret(graph)(*values)
        found, _ = interpret(smaller)(*values)
    for a, b in zip(found, expected, strict=True):
        assert a.dtype == b.dtype
        finite = np.isfinite(b)
        assert np.all(np.isfinite(a[finite])), "finite became inf or nan"
        # Another order of a dozen operations: a few ulp of the largest terms, which
        # may cancel in the result.
        size = max(1.0, *(float(np.max(np.abs(u))) for u in values))
        largest = np.max(np.abs(b[finite]), initial=size**2)
        limit = 200 * np.finfo(dtype).eps * largest
        assert np.all(np.abs(a[finite] - b[finite]) <= limit)


def test_each_states_its_equation_once():
    assert len({i.name for i in TABLE}) == len(TABLE)
    assert all(len(i.states) > 8 for i in TABLE)
