"""Rewriting as a whole: how small graphs become, and what must not be rewritten."""

import numpy as np
import pytest

from kobai.autodiff import gradient
from kobai.autodiff import operations as ops
from kobai.engines.numpy_engine.program import simplify
from kobai.engines.reference import interpret
from kobai.functions import cross_entropy_error, sigmoid, softmax, softmax_cross_entropy
from kobai.graph import trace, verify
from kobai.graph.identities.table import IDENTITIES
from kobai.graph.rewriting import Identity, rewrite

N, K = 64, 10
T = np.arange(N) % K


def row_operations(graph):
    """Return how many operations compute a whole matrix of N rows and K columns."""
    return sum(node.shape == (N, K) for node in graph.operations)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("targets", ["labels", "one-hot"])
def test_the_books_softmax_is_as_cheap_as_the_fused_one(dtype, targets):
    t = T if targets == "labels" else np.eye(K, dtype=dtype)[T]
    x = np.random.default_rng(0).normal(size=(N, K)).astype(dtype)

    def book(x, t):
        return gradient(lambda x: cross_entropy_error(softmax(x), t), x)

    def fused(x, t):
        return gradient(lambda x: softmax_cross_entropy(x, t), x)

    counts = [row_operations(simplify(trace(f, x, t))) for f in (book, fused)]
    if targets == "labels":
        assert counts[0] <= counts[1] + 2
        # max, x - max, exp, times 1/sum, minus one at the label: 4 whole matrices.
        assert counts[1] <= 5
    ((found,), _) = interpret(simplify(trace(book, x, t)))(x, t)
    # The book's + 1e-7 is kept: the value is that of the function as it is written.
    np.testing.assert_allclose(found, book(x, t), atol=20 * np.finfo(dtype).eps / N)


def test_a_loss_that_is_not_returned_is_not_computed():
    x = np.ones((N, K))
    graph = simplify(trace(lambda x: gradient(lambda x: np.sum(np.log(x)), x), x))
    assert [n.primitive.name for n in graph.operations if n.shape] == ["divide"]


def test_pairwise_differences_are_not_zero():
    # (n,) and (n, 1) hold the same numbers, but not where they meet.
    x = np.array([1.0, 2.0, 4.0])
    graph = simplify(trace(lambda x: x[:, None] - x, x))
    ((found,), _) = interpret(graph)(x)
    np.testing.assert_array_equal(found, x[:, None] - x)


def test_only_one_entry_per_row_has_a_known_row_sum():
    def f(x):
        g = gradient(lambda x: np.sum(x[0] * x[0]), x)
        return np.sum(g, axis=1, keepdims=True) - np.sum(g + x, axis=1, keepdims=True)

    x = np.arange(12.0).reshape(3, 4)
    ((found,), _) = interpret(simplify(trace(f, x)))(x)
    np.testing.assert_allclose(found, f(x))


def test_a_product_that_is_needed_twice_is_computed_once():
    def f(x, y, c):
        g = x.T @ y
        return c * g, g * g

    x, y = np.ones((100, 30)), np.ones((100, 20))
    graph = simplify(trace(f, x, y, np.float64(0.1)))
    names = [n.primitive.name for n in graph.operations]
    assert names.count("matmul") == 1


def test_dead_code_goes_and_equal_computations_are_one():
    def f(x):
        np.exp(x)
        return np.sin(x) + np.sin(x)

    graph = trace(f, np.ones(3))
    assert [n.primitive.name for n in graph.operations] == ["sin", "add"]


def test_a_chain_of_thousands_of_operations():
    def f(x):
        for i in range(5000):
            x = x + 1.5 if i % 2 else np.sin(x)
        return x

    graph = trace(f, np.ones(2))
    verify(graph)
    small = rewrite(graph, IDENTITIES)
    np.testing.assert_allclose(interpret(small)(np.ones(2))[0][0], f(np.ones(2)))


def test_constants_out_of_range_are_not_joined():
    # 1e30 · 1e30 is not a float32; the product as it is written is.
    def f(x):
        return np.float32(1e30) * (np.float32(1e30) * x)

    x = np.full(2, 1e-35, np.float32)
    ((found,), _) = interpret(simplify(trace(f, x)))(x)
    np.testing.assert_allclose(found, f(x), rtol=1e-6)


def test_sigmoid_far_out_has_derivative_zero():
    x = np.array([-1000.0, 0.0, 1000.0], np.float32)
    graph = simplify(trace(lambda x: gradient(lambda x: np.sum(sigmoid(x)), x), x))
    np.testing.assert_allclose(interpret(graph)(x)[0][0], [0, 0.25, 0], atol=1e-30)


@pytest.mark.parametrize("shape", [(0, 3), (0, 1), (1, 1), (2, 1), (2, 3)])
@pytest.mark.parametrize("numbers", [(0.0, 0.5), (1e-200, 1e-200)])
def test_numbers_that_cannot_be_joined_change_places_once_at_most(shape, numbers):
    # Their products are 0: too small to stand for both of them.
    def f(x):
        return numbers[0] * (numbers[1] * x)

    x = np.full(shape, 3.0)
    ((found,), _) = interpret(simplify(trace(f, x)))(x)
    np.testing.assert_array_equal(found, f(x))


def test_an_identity_that_turns_in_a_circle_is_told():
    swapped = Identity(
        "swapped",
        "x + y = y + x, again and again",
        lambda node, builder: builder.operation(node.primitive, *node.inputs[::-1]),
    )
    graph = trace(lambda x, y: x + y, np.ones(2), np.ones(2))
    with pytest.raises(AssertionError, match="swapped: turns in a circle"):
        rewrite(graph, [swapped])


def test_an_identity_is_given_operations_of_its_primitives_alone():
    given = []

    def note(node, builder):
        given.append(node.primitive.name)

    graph = trace(lambda x: np.exp(x) + np.tanh(x) * 2.0, np.ones(3))
    one = Identity("one", "x = x", note, (ops.EXP, ops.TANH))
    rewrite(graph, [one])
    assert sorted(given) == ["exp", "tanh"]
    given.clear()
    rewrite(graph, [Identity("all", "x = x", note)])
    assert sorted(given) == ["add", "exp", "multiply", "tanh"]


def test_a_node_is_asked_again_where_others_matter():
    asked = {"alone": 0, "around": 0}

    def alone(node, builder):
        asked["alone"] += 1

    def around(node, builder):
        asked["around"] += 1
        builder.uses(node.inputs[0])

    # sin(sin(x)) is replaced in the first pass, so that there is a second.
    graph = trace(lambda x: (np.exp(x), np.tanh(x), np.sin(np.sin(x))), np.ones(3))
    sines = lambda node, builder: (
        node.inputs[0]
        if getattr(node.inputs[0], "primitive", None) is ops.SIN
        else None
    )
    identities = [
        Identity("alone", "x = x", alone, (ops.EXP,)),
        Identity("around", "x = x", around, (ops.TANH,)),
        Identity("sines", "sin sin x = sin x", sines, (ops.SIN,)),
    ]
    rewrite(graph, identities)
    assert asked == {"alone": 1, "around": 2}
