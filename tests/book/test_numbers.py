"""Every number of the readers' notes, through Kobai and through the book's names."""

import numpy as np
import pytest

from kobai import autodiff, book, functions, optimizers
from kobai.networks import Dense, Network, Softmax, TwoLayerNet

W = np.array(
    [[-0.85962715, 0.26073598, -0.36334443], [-1.07225197, -1.06688374, -1.02781945]]
)
# The notes' scores and loss are those of this first weight, one digit away from the
# one they print, and their gradient is that of the one they print.
W_OF_SCORES = W + np.array([[1e-4, 0, 0], [0, 0, 0]])
X = np.array([0.6, 0.9])
T = np.array([0, 1, 0])
SCORES = [-1.48074306, -0.80375378, -1.14304417]
LOSS = 0.7976962138947823
GRADIENT = [[0.137304, -0.32977709, 0.19247309], [0.205956, -0.49466563, 0.28870963]]


def simple_net(weights):
    net = book.SimpleNet()
    net.W = weights.copy()
    return net


def squares(x):
    return np.sum(x**2)


@pytest.mark.parametrize("derive", [book.numerical_gradient, autodiff.gradient])
@pytest.mark.parametrize("x", [[3.0, 4.0], [3, 4]])
def test_gradient_of_the_sum_of_squares(derive, x):
    # Integers too: (6, 8) and not what truncated steps would give. Central
    # differences at h = 1e-4 lose 11 of 16 digits.
    np.testing.assert_allclose(derive(squares, np.array(x)), [6, 8], rtol=1e-9)


@pytest.mark.parametrize("sign", [1, -1])
def test_gradient_descent_ends_where_the_notes_say(sign):
    start = np.array([sign * 3.0, 4.0])
    expected = [sign * 6.11110793e-10, 8.14814391e-10]
    found = book.gradient_descent(squares, init_x=start, lr=0.1, step_num=100)
    # The notes print 9 digits.
    np.testing.assert_allclose(found, expected, rtol=1e-8)
    np.testing.assert_array_equal(start, [sign * 3.0, 4.0])
    descent = optimizers.gradient_descent(squares, start, 0.1, 100)
    np.testing.assert_allclose(descent.x, expected, rtol=1e-8)


def test_gradient_descent_with_a_rate_too_large_diverges():
    found = book.gradient_descent(squares, [-3.0, 4.0], lr=10.0, step_num=100)
    assert np.abs(found).min() > 1e6


def test_gradient_descent_with_a_rate_too_small_stays():
    found = book.gradient_descent(squares, [-3.0, 4.0], lr=1e-10, step_num=100)
    np.testing.assert_allclose(found, [-3, 4], rtol=5e-7)
    assert (found != [-3, 4]).all()


def test_gradient_descent_starts_from_integers_as_well():
    found = book.gradient_descent(squares, [-3, 4], lr=0.1)
    np.testing.assert_allclose(found, [-6.11110793e-10, 8.14814391e-10], rtol=1e-8)


def test_simple_net_predicts_and_loses_as_in_the_notes():
    net = simple_net(W_OF_SCORES)
    # The notes print W with 8 decimals, hence 1e-8 in what is computed from it.
    np.testing.assert_allclose(net.predict(X), SCORES, atol=2e-8)
    for t in (T, 1):
        assert net.loss(X, t) == pytest.approx(LOSS, abs=1e-8)
    # With W as printed the first score is 0.6 · 1e-4 off, and the rest is not.
    net = simple_net(W)
    np.testing.assert_allclose(net.predict(X) - SCORES, [-6e-5, 0, 0], atol=2e-8)
    assert net.loss(X, T) == pytest.approx(LOSS, abs=2e-5)


def test_simple_net_s_gradient_by_the_book_s_closure():
    net = simple_net(W)
    found = book.numerical_gradient(lambda W: net.loss(X, T), net.W)
    np.testing.assert_allclose(found, GRADIENT, atol=1e-8)
    np.testing.assert_array_equal(net.W, W)


def test_simple_net_s_gradient_backwards():
    def loss(W):
        return functions.softmax_cross_entropy(X @ W, T)

    # The notes' loss has δ = 1e-7 in its logarithm, this one has not.
    np.testing.assert_allclose(autodiff.gradient(loss, W), GRADIENT, atol=2e-7)


def test_simple_net_as_a_network():
    net = Network(2, [Dense(3, bias=False), Softmax()], dtype=np.float64)
    net.params["W1"] = W_OF_SCORES
    scores, _ = net.forward(net.params, X[np.newaxis])
    np.testing.assert_allclose(scores[0], SCORES, atol=2e-8)
    # The notes' loss has δ = 1e-7 in its logarithm, 2.2e-7 of difference here.
    assert net.loss(X, T) == pytest.approx(LOSS, abs=3e-7)
    net.params["W1"] = W
    np.testing.assert_allclose(net.gradient(X, T)["W1"], GRADIENT, atol=2e-7)


@pytest.mark.parametrize(
    "of", [book.cross_entropy_error, functions.cross_entropy_error]
)
def test_cross_entropy_of_three_samples(of):
    y = np.array([[0.1, 0.2, 0.7], [0.7, 0.1, 0.2], [0.1, 0.7, 0.2]])
    labels = np.array([2, 0, 1])
    assert of(y, labels) == pytest.approx(0.3566748010815999, abs=1e-16)
    assert of(y, np.eye(3)[labels]) == pytest.approx(0.3566748010815999, abs=1e-16)
    assert of(y[0], np.eye(3)[2]) == pytest.approx(-np.log(0.7 + 1e-7), abs=1e-16)
    assert np.isfinite(of(np.array([0.0, 1.0]), np.array([1, 0])))


@pytest.mark.parametrize("kind", [TwoLayerNet, book.TwoLayerNet])
def test_two_layer_net_s_shapes(kind):
    net = kind(input_size=784, hidden_size=50, output_size=10, seed=0)
    shapes = {"W1": (784, 50), "b1": (50,), "W2": (50, 10), "b2": (10,)}
    x = np.random.default_rng(0).random((100, 784))
    t = np.random.default_rng(1).integers(0, 10, 100)
    assert {name: array.shape for name, array in net.params.items()} == shapes
    assert {name: g.shape for name, g in net.gradient(x, t).items()} == shapes
    assert net.predict(x).shape == (100, 10)
    assert not net.params["b1"].any()
    assert not net.params["b2"].any()
    assert net.params["W1"].std() == pytest.approx(0.01, rel=0.02)
    # Weights this small make all ten classes about equally likely.
    assert net.loss(x, t) == pytest.approx(np.log(10), rel=0.01)


def test_two_layer_net_s_two_gradients_agree():
    net = book.TwoLayerNet(input_size=6, hidden_size=4, output_size=3, seed=0)
    x = np.random.default_rng(0).random((5, 6))
    t = np.eye(3)[[0, 1, 2, 1, 0]]
    differences = book.gradient_check(net, x, t)
    assert list(differences) == ["W1", "b1", "W2", "b2"]
    assert max(differences.values()) < 1e-9
    grads = net.gradient(x, t)
    wrong = grads | {"b2": grads["b2"] + 0.5}
    assert book.gradient_check(grads, wrong)["b2"] == pytest.approx(0.5)


def test_a_step_too_small_drowns_in_rounding():
    f = lambda x: 0.01 * x**2 + 0.1 * x
    assert autodiff.numerical_derivative(f, 5.0, h=1e-50, method="forward") == 0
    assert book.numerical_diff(f, 5) == pytest.approx(0.2, abs=1e-10)
    assert book.numerical_diff(f, 10) == pytest.approx(0.3, abs=1e-10)


def test_sigmoid_s_slope_is_at_most_a_quarter():
    x = np.linspace(-10, 10, 2001)
    assert book.sigmoid_grad(x).max() == 0.25
    slopes = autodiff.gradient(lambda x: np.sum(book.sigmoid(x)), x)
    np.testing.assert_allclose(book.sigmoid_grad(x), slopes, rtol=1e-9, atol=1e-15)
