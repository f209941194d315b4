"""What f keeps of its arrays is, when f has ended, what NumPy would have kept."""

import pickle

import numpy as np
import pytest

from kobai.autodiff import gradient, numerical_gradient, value_and_gradient
from kobai.engines.compile import compile
from kobai.errors import GradientError
from kobai.graph import TraceError

D = np.random.default_rng(0).normal(size=(5, 3))
W = np.random.default_rng(1).normal(size=(3, 4))


class Net:
    """A network that holds its weights, and the running means of its batches."""

    def __init__(self):
        self.W = W
        self.mean = np.zeros(4)

    def loss(self, W):
        self.W = W
        h = np.tanh(D @ W)
        self.mean = 0.9 * self.mean + 0.1 * h.mean(axis=0)
        return np.sum((h - self.mean) ** 2)


def test_a_network_that_keeps_its_weights_and_running_means_trains_as_plain_code_does():
    net = Net()
    weights, mean = W, np.zeros(4)
    for _ in range(3):
        before = mean

        def loss(W, before=before):
            h = np.tanh(D @ W)
            return np.sum((h - (0.9 * before + 0.1 * h.mean(axis=0))) ** 2)

        g = gradient(net.loss, net.W)
        # Central differences of losses near 10 err by about 1e-9.
        np.testing.assert_allclose(g, numerical_gradient(loss, weights), atol=1e-7)
        mean = 0.9 * mean + 0.1 * np.tanh(D @ weights).mean(axis=0)
        np.testing.assert_array_equal(net.mean, mean)
        net.W, weights = net.W - 0.1 * g, weights - 0.1 * g
        assert type(g) is type(net.W) is np.ndarray
        np.testing.assert_array_equal(net.W, weights)


def keep(what=lambda x: x, of=np.exp):
    kept = []

    def f(x):
        y = of(x)
        kept.append(what(y))
        return np.sum(y)

    gradient(f, W)
    return kept[0], what(of(W))


@pytest.mark.parametrize(
    "what",
    [
        lambda y: y,
        lambda y: y.T,
        lambda y: y[0, 0],
        lambda y: y[0],
        np.sum,
        lambda y: y[0, 0].item(),
    ],
)
@pytest.mark.parametrize(
    "use",
    [
        np.asarray,
        np.sum,
        np.copy,
        lambda x: x * 2 + 1,
        lambda x: np.maximum(1, x),
        lambda x: np.stack([x, x]),
        lambda x: np.add(x, 1, out=np.zeros(np.shape(x))),
        lambda x: pickle.loads(pickle.dumps(x)),
        lambda x: np.array([x, x]),
        lambda x: float(np.max(x)),
        lambda x: np.linalg.norm(x),
        lambda x: np.mean(x),
    ],
)
def test_what_f_kept_is_used_as_numpy_s_own(what, use):
    kept, plain = keep(what)
    found, expected = use(kept), use(plain)
    assert issubclass(type(found), np.ndarray | np.generic | float)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    "use",
    [
        lambda x: x.flags.c_contiguous,
        lambda x: x.strides,
        lambda x: x.base is None,
        lambda x: x.tobytes(),
        lambda x: x.tolist(),
        lambda x: x.view(np.int64),
        lambda x: x.astype(int),
        lambda x: x.ravel()[0].item(),
        lambda x: {x.ravel()[0]: 1},
    ],
)
def test_what_f_kept_has_what_numpy_s_own_has(use):
    kept, plain = keep()
    found, expected = use(kept), use(plain)
    assert type(found) is type(expected)
    np.testing.assert_equal(found, expected)


@pytest.mark.parametrize("what", [np.sum, lambda y: y[0, 0].item()])
@pytest.mark.parametrize(
    "use",
    [
        hash,
        repr,
        lambda x: round(x, 1),
        lambda x: x.is_integer(),
        lambda x: np.mean([[x, x]]),
        lambda x: np.mean([[x, 2.0], [3.0, x]], axis=0),
        lambda x: np.median([x]),
        lambda x: np.array([[x]]).dtype,
    ],
)
def test_a_number_that_f_kept_is_a_number(use, what):
    kept, plain = keep(what)
    found, expected = use(kept), use(plain)
    assert type(found) is type(expected)
    np.testing.assert_equal(found, expected)


@pytest.mark.parametrize("name", ["is_it", "sort_of"])
def test_what_numpy_s_own_lacks_what_f_kept_lacks_too(name):
    for what in (lambda y: y, np.sum, lambda y: y[0, 0].item()):
        with pytest.raises(AttributeError, match=f"has no attribute '{name}'"):
            getattr(keep(what)[0], name)


@pytest.mark.parametrize("show", [repr, str, "{:.3f}".format, "%.3f".__mod__, float])
def test_a_loss_that_f_kept_is_shown_as_a_number(show):
    kept, plain = keep(np.sum)
    assert show(kept) == show(plain)


def test_what_f_kept_is_a_constant_in_the_next_differentiation():
    kept, plain = keep()

    def f(x):
        return lambda W: np.sum(np.concatenate([W * x, W**2 / x]))

    np.testing.assert_array_equal(gradient(f(kept), W), gradient(f(plain), W))
    np.testing.assert_array_equal(
        compile(gradient(f(kept)))(W), compile(gradient(f(plain)))(W)
    )
    value, g = value_and_gradient(lambda x: np.sum(x**2), kept)
    assert type(g) is np.ndarray
    np.testing.assert_array_equal(g, 2 * plain)
    assert value == np.sum(plain**2)


def test_what_an_inner_differentiation_kept_has_the_derivative_of_the_outer():
    def f(x):
        kept = []
        gradient(lambda y: (kept.append(y * x), np.sum(y * y))[1], x)
        return np.sum(kept[0] * x)

    # y is x: f is the sum of x³.
    np.testing.assert_allclose(gradient(f, W), 3 * W**2, rtol=1e-14)


def test_what_an_inner_differentiation_kept_keeps_the_derivative_in_every_place():
    def inner(x, use):
        kept = []
        gradient(lambda y: (kept.append(y * x), np.sum(y * y))[1], x)
        return use(kept[0])

    uses = [
        lambda k: np.sum(np.stack([k, W]) ** 2),
        lambda k: np.sum(np.where(W > 0, k, 0) ** 2),
        lambda k: np.sum(np.linalg.norm(k, axis=1)),
        lambda k: k[0, 0].item() * np.sum(k),
        lambda k: sum(k.ravel()) ** 2,
    ]
    for use in uses:
        found = gradient(lambda x, use=use: inner(x, use), W)
        expected = gradient(lambda x, use=use: use(x * x), W)
        np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_a_whole_buffer_of_the_next_takes_it():
    kept, plain = keep(lambda y: y[0])
    kept_in = []

    def f(x):
        z = np.zeros(4)
        z[...] = kept
        kept_in.append(z)
        return np.sum(z * x)

    np.testing.assert_array_equal(gradient(f, np.ones(4)), plain)
    np.testing.assert_array_equal(kept_in[0] + 0, plain)


def test_it_is_written_into_a_buffer_of_the_next():
    kept, plain = keep()

    def f(W):
        z = np.zeros((3, 4))
        z[0] = kept[0]
        z[1] = W[1]
        return np.sum(z**2 * kept)

    expected = np.zeros((3, 4))
    expected[1] = 2 * W[1] * plain[1]
    np.testing.assert_array_equal(gradient(f, W), expected)


def test_a_change_in_place_of_what_f_kept_is_refused():
    kept, _ = keep()
    with pytest.raises(GradientError, match="differentiation is over; write a = a"):
        kept -= 0.1


def test_a_float_that_f_kept_is_no_index_as_in_numpy():
    kept, plain = keep(np.sum)
    for number in (kept, plain):
        with pytest.raises(TypeError):
            [1, 2, 3][number]


def test_f_that_fails_has_ended_too():
    kept = []

    def f(x):
        kept.append(x * 2)
        raise KeyError("f")

    with pytest.raises(KeyError):
        gradient(f, W)
    assert type(kept[0] + 1) is np.ndarray


@pytest.mark.parametrize("use", [np.sum, lambda x: x + 1, lambda x: D @ x, np.copy])
def test_what_a_traced_function_kept_has_no_value_and_is_refused(use):
    kept = []
    for f in (lambda x: x * 2, gradient(lambda x: (kept.append(x), np.sum(x * x))[1])):
        compile(lambda x, f=f: (kept.append(f(x)), x)[1])(W)
    for x in kept:
        with pytest.raises(TraceError, match="return it from the function"):
            use(x)
        with pytest.raises(TraceError, match="return it from the function"):
            gradient(lambda W, x=x: np.sum(W * x), W)
