"""Each of the book's names: what it takes, what it gives, what it leaves alone."""

# ruff: noqa: F405

import numpy as np
import pytest

import kobai.book
from kobai import autodiff
from kobai.book import *  # noqa: F403
from kobai.formats import load_model, save_model

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


def test_the_star_brings_numpy_as_in_the_book_and_nothing_private():
    assert all(not name.startswith("_") for name in kobai.book.__all__)
    names = {}
    exec("from kobai.book import *; x = np.array([1.0, 2.0])", names)
    assert names["np"] is np
    assert set(names) == {*kobai.book.__all__, "x", "__builtins__"}


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


PROBABILITIES = np.linspace(0.05, 0.15, 10)[np.newaxis]


@pytest.mark.parametrize("label", range(10))
@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_a_label_of_one_sample_may_have_the_axes_of_a_batch(shape, label):
    t = np.full(shape, label)
    # What the book's y[np.arange(batch_size), t] takes.
    expected = -np.log(PROBABILITIES[0, label] + 1e-7)
    for y in (PROBABILITIES, PROBABILITIES[0]):
        assert cross_entropy_error(y, t) == pytest.approx(expected, rel=1e-15)
        slope = autodiff.gradient(lambda y: cross_entropy_error(y, t), y)
        assert slope.shape == y.shape
        assert slope.ravel().nonzero()[0].tolist() == [label]


def test_labels_may_stand_in_a_column_or_in_a_row():
    y = np.random.default_rng(0).dirichlet(np.ones(4), 4)
    t = np.array([3, 0, 0, 2])
    expected = -np.mean(np.log(y[[0, 1, 2, 3], t] + 1e-7))
    for labels in (t, t[:, np.newaxis], t[np.newaxis], t.astype(np.uint8)):
        assert cross_entropy_error(y, labels) == pytest.approx(expected, rel=1e-15)
    one_class = np.array([[1.0]])
    # ln(1 + 1e-7)
    assert cross_entropy_error(one_class, one_class) == pytest.approx(-1e-7, rel=1e-6)
    for wrong in (t.reshape(2, 2), t[:, np.newaxis].astype(float), t[:2, np.newaxis]):
        with pytest.raises(ValueError, match="need integer labels"):
            cross_entropy_error(y, wrong)


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


def first_weights(kind, **seed):
    sizes = {SimpleNet: (), TwoLayerNet: (6, 5, 3), MultiLayerNet: (6, [5, 4], 3)}
    net = kind(*sizes[kind], **seed)
    return net.W if kind is SimpleNet else net.params["W1"]


@pytest.mark.parametrize("kind", [SimpleNet, TwoLayerNet, MultiLayerNet])
def test_networks_begin_with_other_weights_each_time_or_by_a_seed(kind):
    assert (first_weights(kind) != first_weights(kind)).all()
    assert (first_weights(kind, seed=1) != first_weights(kind, seed=2)).all()
    for seed in (7, np.random.default_rng(7)):
        own = first_weights(kind, seed=seed)
        np.testing.assert_array_equal(own, first_weights(kind, seed=7))


def test_trainer_draws_other_batches_each_time_or_by_a_seed():
    x, t = np.random.default_rng(0).random((200, 3)), np.arange(200) % 2

    def losses(**seed):
        net = TwoLayerNet(3, 4, 2, seed=0)
        options = {"epochs": 1, "mini_batch_size": 20, "verbose": False}
        trainer = Trainer(net, x, t, x, t, **options, **seed)
        trainer.train()
        return trainer.train_loss_list

    assert losses() != losses()
    assert losses(seed=3) == losses(seed=3) != losses(seed=4)


def test_simple_net_learns():
    assert SimpleNet().W.shape == (2, 3)
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


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("kind", [float, np.float64, np.float32, int, np.int64])
def test_numbers_are_parameters_too(name, kind):
    """As in the book's descents on x² / 20 + y², each a number in the dictionary."""
    optimizer = globals()[name](lr=0.1)
    params = {"x": kind(-7), "y": kind(2)}
    expected, memory = {"x": -7.0, "y": 2.0}, {"x": 0.0, "y": 0.0}
    history = []
    for n in range(1, 31):
        history.append(params["x"])
        slopes = {"x": params["x"] / 10.0, "y": 2.0 * params["y"]}
        for key, slope in zip(
            "xy", (expected["x"] / 10, 2 * expected["y"]), strict=True
        ):
            found = RULES[name](expected[key], slope, memory[key], n)
            expected[key], memory[key] = found
        optimizer.update(params, slopes)
    # Float32 rounds 30 steps to 24 bits each.
    accuracy = 1e-4 if kind is np.float32 else 1e-12
    for key in params:
        assert isinstance(params[key], float if kind is not np.float32 else kind)
        assert params[key] == pytest.approx(expected[key], rel=accuracy, abs=accuracy)
    # What was noted of a number on the way stays as it was.
    assert history[0] == -7
    assert len(set(history)) == 30


@pytest.mark.parametrize("name", [*RULES, "Nesterov", "Adam"])
def test_numbers_move_as_arrays_of_one_do(name):
    alone, within = globals()[name](lr=0.1), globals()[name](lr=0.1)
    number, array = {"x": 2.0}, {"x": np.array(2.0)}
    kept = array["x"]
    for slope in (1.0, 0, np.float64(-3)):
        alone.update(number, {"x": slope})
        within.update(array, {"x": np.array(slope)})
    assert number["x"] == array["x"] != 2
    assert array["x"] is kept


@pytest.mark.parametrize("wrong", [True, "2", [1.0], None, np.bool_(True), 1j])
def test_what_is_neither_array_nor_number_is_refused(wrong):
    params = {"a": 1.0, "x": wrong}
    with pytest.raises(TypeError, match=r"update: got x of .*need"):
        SGD().update(params, {"a": 1.0, "x": 1.0})
    assert params["a"] == 1


def test_what_an_optimizer_remembers_can_be_read():
    g = np.array([2.0, -4.0])
    momentum, ada, rms = Momentum(0.1, 0.5), AdaGrad(0.1), RMSprop(0.1, 0.75)
    adam = Adam(0.1, 0.5, 0.75)
    assert momentum.v is ada.h is rms.h is adam.m is adam.v is None
    for optimizer in (momentum, ada, rms, adam):
        params = {"W": np.ones(2)}
        for _ in range(2):
            optimizer.update(params, {"W": g})
        assert optimizer.iter == 2
        assert optimizer.lr == 0.1
    np.testing.assert_allclose(momentum.v["W"], -0.1 * g * 1.5)
    np.testing.assert_allclose(ada.h["W"], 2 * g * g)
    np.testing.assert_allclose(rms.h["W"], g * g * (1 - 0.75**2))
    np.testing.assert_allclose(adam.m["W"], g * (1 - 0.5**2))
    np.testing.assert_allclose(adam.v["W"], g * g * (1 - 0.75**2))
    settings = momentum.momentum, rms.decay_rate, adam.beta1, adam.beta2
    assert settings == (0.5, 0.75, 0.5, 0.75)


def test_settings_and_memory_may_be_changed_between_updates():
    optimizer, params = Momentum(lr=0.1, momentum=0.9), {"W": np.array([1.0])}
    optimizer.update(params, {"W": np.array([1.0])})
    optimizer.momentum = 0.0
    optimizer.update(params, {"W": np.array([1.0])})
    assert params["W"] == pytest.approx([0.8])
    optimizer.momentum, optimizer.v = 0.5, None
    optimizer.update(params, {"W": np.array([1.0])})
    assert params["W"] == pytest.approx([0.7])
    with pytest.raises(ValueError, match="momentum must be"):
        Momentum(momentum=1.5)


def test_learning_rate_may_change_between_updates():
    optimizer = SGD(lr=0.1)
    params = {"W": np.array([1.0])}
    optimizer.update(params, {"W": np.array([1.0])})
    optimizer.lr = 0.5
    optimizer.update(params, {"W": np.array([1.0])})
    assert params["W"] == pytest.approx([0.4])


def test_multi_layer_net():
    net = MultiLayerNet(6, [5, 4], 3, weight_decay_lambda=0.1, seed=0)
    assert [net.params[f"W{i}"].shape for i in (1, 2, 3)] == [(6, 5), (5, 4), (4, 3)]
    rng = np.random.default_rng(0)
    x, t = rng.random((8, 6)), rng.integers(0, 3, 8)
    plain = MultiLayerNet(6, [5, 4], 3, seed=0)
    weights = sum(np.sum(net.params[f"W{i}"] ** 2) for i in (1, 2, 3))
    assert net.loss(x, t) == pytest.approx(plain.loss(x, t) + 0.05 * weights)
    assert max(gradient_check(net, x, t).values()) < 1e-8
    decayed = net.gradient(x, t)["W2"] - plain.gradient(x, t)["W2"]
    np.testing.assert_allclose(decayed, 0.1 * net.params["W2"], rtol=1e-9, atol=1e-12)


def test_multi_layer_net_predicts_scores():
    net = MultiLayerNet(6, [5, 4], 3, seed=0)
    x, t = np.random.default_rng(0).random((8, 6)), np.arange(8) % 3
    hidden = x
    for i in (1, 2):
        hidden = relu(hidden @ net.params[f"W{i}"] + net.params[f"b{i}"])
    scores = hidden @ net.params["W3"] + net.params["b3"]
    # Once as it is written, then compiled; one sample alone.
    for _ in range(3):
        np.testing.assert_allclose(net.predict(x), scores, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(net.predict(x[0]), scores[0], rtol=1e-12, atol=1e-15)
    assert net.loss(x, t) == pytest.approx(softmax_loss(net.predict(x), t), rel=1e-12)
    assert net.accuracy(x, t) == np.mean(scores.argmax(axis=1) == t)
    slope = autodiff.gradient(lambda x: np.sum(net.predict(x)), x)
    judge = autodiff.numerical_gradient(lambda x: np.sum(net.predict(x)), x)
    np.testing.assert_allclose(slope, judge, rtol=1e-7, atol=1e-9)
    with pytest.raises(ValueError, match="finite"):
        net.predict(np.full((2, 6), np.nan))


def test_a_saved_multi_layer_net_gives_probabilities(tmp_path):
    net = MultiLayerNet(6, [5, 4], 3, seed=0)
    save_model(tmp_path / "net.safetensors", net, classes=("a", "b", "c"))
    x = np.random.default_rng(0).random((8, 6))
    found = load_model(tmp_path / "net.safetensors").predict(x)
    np.testing.assert_allclose(found, softmax(net.predict(x)), rtol=1e-12)


def test_multi_layer_net_s_first_weights():
    def spread(std):
        net = MultiLayerNet(500, [400], 10, weight_init_std=std, seed=0)
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
