"""Each of the book's names: what it takes, what it gives, what it leaves alone."""

# ruff: noqa: F405

import numpy as np
import pytest

import kobai.book
from kobai import autodiff
from kobai.book import *  # noqa: F403

NAMES = [
    "identity_function",
    "step_function",
    "sigmoid",
    "sigmoid_grad",
    "relu",
    "relu_grad",
    "softmax",
    "sum_squared_error",
    "mean_squared_error",
    "d_mean_squared_error",
    "cross_entropy_error",
    "softmax_loss",
    "numerical_diff",
    "numerical_gradient",
    "gradient_check",
    "gradient_descent",
    "TwoLayerNet",
    "SimpleNet",
    "MultiLayerNet",
    "SGD",
    "Momentum",
    "Nesterov",
    "AdaGrad",
    "RMSprop",
    "Adam",
    "Trainer",
    "load_mnist",
]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_comes_with_the_star(name):
    assert name in kobai.book.__all__
    assert callable(globals()[name])


def test_the_star_brings_nothing_private_and_not_numpy():
    assert all(not name.startswith("_") for name in kobai.book.__all__)
    assert "np" not in kobai.book.__all__


X = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])


def test_activations():
    assert step_function(X).tolist() == [0, 0, 0, 1, 1]
    assert step_function(X).dtype.kind == "i"
    assert identity_function(X).tolist() == X.tolist()
    assert relu(X).tolist() == [0, 0, 0, 0.5, 2]
    np.testing.assert_allclose(sigmoid(X), 1 / (1 + np.exp(-X)), rtol=1e-14)
    assert relu_grad(X).tolist() == [0, 0, 0, 1, 1]
    assert relu_grad(np.array([-1, 2])).tolist() == [0, 1]
    # exp(1010) overflows; the softmax must not.
    assert softmax(np.array([1010, 1000, 990])).sum() == pytest.approx(1, rel=1e-15)


@pytest.mark.parametrize(
    ("function", "slope"),
    [(sigmoid, sigmoid_grad), (relu, relu_grad)],
)
def test_slopes_are_the_derivatives(function, slope):
    expected = autodiff.gradient(lambda x: np.sum(function(x)), X)
    np.testing.assert_allclose(slope(X), expected, rtol=1e-12)


def test_squared_errors_sum_over_everything():
    y, t = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    # ½ (1 + 0 + 1 + 4 + 9 + 16)
    assert sum_squared_error(y, t) == 15.5
    assert mean_squared_error(y, t) == 15.5
    np.testing.assert_array_equal(d_mean_squared_error(y, t), y - t)
    slopes = autodiff.gradient(lambda y: mean_squared_error(y, t), y)
    np.testing.assert_allclose(d_mean_squared_error(y, t), slopes, rtol=1e-14)
    with pytest.raises(ValueError, match=r"outputs \(2, 1\) and targets \(2,\)"):
        sum_squared_error(np.ones((2, 1)), np.ones(2))


def test_softmax_loss():
    X = np.array([[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]])
    first = np.log(np.exp([1, 2, 3]).sum()) - 3
    # δ = 1e-7 in the logarithm takes up to 3e-7 away.
    assert softmax_loss(X, np.array([2, 0])) == pytest.approx(
        (first + np.log(3)) / 2, abs=3e-7
    )
    assert softmax_loss(X[0], np.array([0, 0, 1])) == pytest.approx(first, abs=3e-7)


def test_a_single_sample_is_a_batch_of_one():
    y = np.array([0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0])
    expected = -np.log(0.6 + 1e-7)
    for t in (2, [2], np.array([2]), np.eye(10)[2], np.eye(10)[[2]]):
        assert cross_entropy_error(y, t) == pytest.approx(expected, rel=1e-15)
        loss = softmax_loss(np.log(y + 1e-30), t)
        # 1e-30 makes finite logarithms, and is nothing beside 0.6.
        assert loss == pytest.approx(expected, rel=1e-12)
    one = np.array([[0.2, 0.8]])
    assert cross_entropy_error(one, [0]) == pytest.approx(-np.log(0.2 + 1e-7))
    for t in (np.array([2, 3]), np.eye(10)[[2, 3]], np.eye(9)[[2]]):
        with pytest.raises(ValueError, match=r"need integer labels"):
            cross_entropy_error(y, t)
    slope = autodiff.gradient(lambda y: cross_entropy_error(y, np.array([2])), y)
    np.testing.assert_allclose(slope, -np.eye(10)[2] / (0.6 + 1e-7), rtol=1e-12)


def function_2(x):
    """The book's function, for one point or for many."""
    return np.sum(x**2) if x.ndim == 1 else np.sum(x**2, axis=1)


@pytest.mark.parametrize("points", [1, 2, 5])
def test_numerical_gradient_at_many_points(points):
    X, Y = np.random.default_rng(0).standard_normal((2, points))
    grad = numerical_gradient(function_2, np.array([X, Y]).T).T
    # A parabola's central difference is exact but for rounding.
    np.testing.assert_allclose(grad, [2 * X, 2 * Y], atol=1e-10)
    assert numerical_gradient(function_2, np.ones((3, 2), np.float32)).dtype == "f4"
    whole = np.arange(6).reshape(3, 2)
    np.testing.assert_allclose(
        numerical_gradient(function_2, whole), 2 * whole, atol=1e-10
    )


def test_numerical_gradient_of_one_number_sees_the_whole_matrix():
    W = np.random.default_rng(0).random((3, 3))
    kept = W.copy()
    # The product of two rows has no gradient row by row.
    found = numerical_gradient(lambda _: W[0] @ W[1], W)
    np.testing.assert_allclose(found, [W[1], W[0], np.zeros(3)], atol=1e-10)
    np.testing.assert_array_equal(W, kept)
    assert numerical_gradient(np.sum, np.ones((0, 2))).shape == (0, 2)
    with pytest.raises(ValueError, match=r"shape \(3, 3\)"):
        numerical_gradient(lambda W: W, W)


def test_gradient_descent_takes_any_function_and_keeps_its_start():
    import math

    start = np.array([2.0])
    found = gradient_descent(lambda x: math.cosh(x[0]), start, lr=0.1, step_num=200)
    assert found == pytest.approx([0], abs=1e-8)
    assert start.tolist() == [2.0]


def test_gradient_check_names_what_does_not_fit():
    with pytest.raises(ValueError, match="gradients of W and of b"):
        gradient_check({"W": np.ones(2)}, {"b": np.ones(2)})
    with pytest.raises(ValueError, match=r"W of shapes \(2,\) and \(3,\)"):
        gradient_check({"W": np.ones(2)}, {"W": np.ones(3)})


def test_simple_net_is_random_by_seed():
    assert SimpleNet().W.shape == (2, 3)
    assert (SimpleNet(seed=1).W != SimpleNet(seed=2).W).all()
    net = SimpleNet(seed=1)
    x, t = np.random.default_rng(0).random((4, 2)), np.array([0, 1, 2, 1])
    before = net.loss(x, t)
    for _ in range(50):
        net.W -= 0.5 * numerical_gradient(lambda W: net.loss(x, t), net.W)
    assert net.loss(x, t) < before


# Each rule of the book, written out for one parameter and its memory m.
RULES = {
    "SGD": lambda w, g, m, n: (w - 0.1 * g, m),
    "Momentum": lambda w, g, m, n: (w + 0.9 * m - 0.1 * g, 0.9 * m - 0.1 * g),
    "AdaGrad": lambda w, g, m, n: (
        w - 0.1 * g / (np.sqrt(m + g * g) + 1e-7),
        m + g * g,
    ),
    "RMSprop": lambda w, g, m, n: (
        w - 0.1 * g / (np.sqrt(0.99 * m + 0.01 * g * g) + 1e-7),
        0.99 * m + 0.01 * g * g,
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_optimizers_follow_the_book_s_rules_in_place(name):
    optimizer = globals()[name](lr=0.1)
    rng = np.random.default_rng(0)
    params = {"W1": rng.random((2, 3)), "b1": rng.random(3)}
    arrays = dict(params)
    expected = {key: array.copy() for key, array in params.items()}
    memory = {key: np.zeros_like(array) for key, array in params.items()}
    for n in range(1, 6):
        grads = {key: rng.standard_normal(a.shape) for key, a in params.items()}
        for key in expected:
            expected[key], memory[key] = RULES[name](
                expected[key], grads[key], memory[key], n
            )
        optimizer.update(params, grads)
    for key in params:
        assert params[key] is arrays[key]
        # The same sums in float64, perhaps in another order.
        np.testing.assert_allclose(params[key], expected[key], rtol=1e-12, atol=1e-12)


def test_adam_s_first_step_is_its_rate():
    params = {"W": np.array([1.0, 1.0])}
    Adam().update(params, {"W": np.array([1e3, -1e-3])})
    # m̂ / √v̂ is ±1 at first, but for ε = 1e-8 beside 1e-3.
    np.testing.assert_allclose(params["W"], [0.999, 1.001], rtol=1e-7)


@pytest.mark.parametrize("name", [*RULES, "Nesterov", "Adam"])
def test_optimizers_refuse_integers_before_anything_moves(name):
    params = {"W": np.ones(2), "a": np.array([1, 2])}
    grads = {"W": np.ones(2), "a": np.ones(2)}
    optimizer = globals()[name]()
    with pytest.raises(TypeError, match=r"a of int64.*need floats"):
        optimizer.update(params, grads)
    assert params["W"].tolist() == [1, 1]
    assert params["a"].tolist() == [1, 2]
    params["a"] = params["a"].astype(float)
    optimizer.update(params, {"W": np.ones(2), "a": np.array([1, 1])})
    assert (params["a"] < [1, 2]).all()


def test_learning_rate_may_change_between_updates():
    optimizer = SGD(lr=0.1)
    params = {"W": np.array([1.0])}
    optimizer.update(params, {"W": np.array([1.0])})
    optimizer.lr = 0.5
    optimizer.update(params, {"W": np.array([1.0])})
    assert params["W"] == pytest.approx([0.4])


def test_multi_layer_net():
    net = MultiLayerNet(6, [5, 4], 3, weight_decay_lambda=0.1)
    assert [net.params[f"W{i}"].shape for i in (1, 2, 3)] == [(6, 5), (5, 4), (4, 3)]
    rng = np.random.default_rng(0)
    x, t = rng.random((8, 6)), rng.integers(0, 3, 8)
    plain = MultiLayerNet(6, [5, 4], 3)
    weights = sum(np.sum(net.params[f"W{i}"] ** 2) for i in (1, 2, 3))
    assert net.loss(x, t) == pytest.approx(plain.loss(x, t) + 0.05 * weights)
    assert max(gradient_check(net, x, t).values()) < 1e-8
    decayed = net.gradient(x, t)["W2"] - plain.gradient(x, t)["W2"]
    np.testing.assert_allclose(decayed, 0.1 * net.params["W2"], rtol=1e-9, atol=1e-12)


def test_multi_layer_net_s_first_weights():
    def spread(std):
        net = MultiLayerNet(500, [400], 10, weight_init_std=std)
        return net.params["W1"].std()

    # 200,000 draws: 0.16 % off at one sigma.
    assert spread("relu") == pytest.approx((2 / 500) ** 0.5, rel=0.01)
    assert spread("He") == spread("relu")
    assert spread("sigmoid") == pytest.approx((2 / 900) ** 0.5, rel=0.01)
    assert spread(0.01) == pytest.approx(0.01, rel=0.01)
    with pytest.raises(ValueError, match=r'unknown activation "rleu".*"relu"'):
        MultiLayerNet(2, [2], 2, activation="rleu")
    with pytest.raises(ValueError, match=r'unknown weight_init_std "hee".*"he"'):
        MultiLayerNet(2, [2], 2, weight_init_std="hee")


def test_trainer_refuses_an_unknown_optimizer():
    x, t = np.ones((4, 2)), np.zeros(4, int)
    with pytest.raises(
        ValueError, match=r'unknown optimizer "adm".*Did you mean "adam"'
    ):
        Trainer(TwoLayerNet(2, 2, 2), x, t, x, t, optimizer="adm")


def test_load_mnist_answers_a_misspelt_keyword_with_the_near_one():
    with pytest.raises(TypeError, match="one_hot_label"):
        load_mnist(normalize=True, one_hot_lable=True)
