"""Each loss against a naive twin, far out, with labels, one-hot and single samples."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_poisson_deviance

from kobai import functions
from kobai.autodiff import gradient

DELTA = np.longdouble(1e-7)


def naive_softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def samples(y):
    return math.prod(y.shape[:-1])


def naive_huber(y, t):
    total = sum(
        0.5 * d * d if abs(d) <= 1 else abs(d) - 0.5 for d in (y - t).ravel().tolist()
    )
    return total / y.size


# name: (naive twin for targets of y's shape, kind of outputs that it takes)
LOSSES = {
    "sum_squared_error": (lambda y, t: 0.5 * ((y - t) ** 2).sum() / len(y), "any"),
    "mean_squared_error": (lambda y, t: ((y - t) ** 2).sum() / y.size, "any"),
    "huber": (naive_huber, "any"),
    "poisson_deviance": (
        lambda y, t: (
            (np.exp(y) - t * y - t + t * np.log(np.maximum(t, 1))).sum() / samples(y)
        ),
        "counts",
    ),
    "cross_entropy_error": (
        lambda y, t: -(t * np.log(y + DELTA)).sum() / samples(y),
        "classes",
    ),
    "softmax_cross_entropy": (
        lambda y, t: -(t * np.log(naive_softmax(y))).sum() / samples(y),
        "class logits",
    ),
    "binary_cross_entropy": (
        lambda y, t: (
            -(t * np.log(y + DELTA) + (1 - t) * np.log(1 - y + DELTA)).sum() / y.size
        ),
        "probabilities",
    ),
    "sigmoid_cross_entropy": (
        lambda y, t: (
            (t * np.log1p(np.exp(-y)) + (1 - t) * np.log1p(np.exp(y))).sum() / y.size
        ),
        "logits",
    ),
}
BY_CLASS = ("cross_entropy_error", "softmax_cross_entropy")
FLOATS = (np.float32, np.float64)


def outputs_and_targets(name, shape, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    kind = LOSSES[name][1]
    y = rng.normal(0, 1, shape)
    t = rng.normal(0, 1, shape)
    if kind == "classes":
        y = naive_softmax(y)
    if kind == "probabilities":
        y = rng.random(shape)
    if kind == "counts":
        t = rng.poisson(2, shape)
    if kind in ("probabilities", "logits"):
        t = rng.integers(0, 2, shape)
    if kind.startswith("class"):
        t = np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]
    return y.astype(dtype), t.astype(dtype)


def test_every_loss_is_tested():
    module = functions.losses
    public = {n for n in functions.__all__ if getattr(module, n, None) is not None}
    # The sum of others; tests/networks/test_heads.py has it.
    assert public - {"heads_loss"} == set(LOSSES)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(1, 3), (6, 4), (5, 1), (2, 3, 4)])
@pytest.mark.parametrize("name", LOSSES)
def test_loss_is_that_of_its_naive_twin(name, shape, dtype):
    y, t = outputs_and_targets(name, shape, dtype)
    naive = LOSSES[name][0](y.astype(np.longdouble), t.astype(np.longdouble))
    loss = getattr(functions, name)(y, t)
    # Some fifty roundings at the most, of numbers up to 1.
    tolerance = 50 * np.finfo(dtype).eps
    np.testing.assert_allclose(float(loss), float(naive), tolerance, tolerance)
    assert loss.dtype == dtype
    assert np.ndim(loss) == 0


@pytest.mark.parametrize("name", LOSSES)
def test_loss_and_gradient_of_float32_are_float32(name):
    y, t = outputs_and_targets(name, (6, 4), np.float32)
    f = getattr(functions, name)
    for targets in (t, t.astype(np.float64), t.astype(np.int64), t.astype(bool)):
        assert f(y, targets).dtype == np.float32
        slope = gradient(lambda v, targets=targets: f(v, targets), y)
        assert (slope.dtype, slope.shape) == (np.float32, (6, 4))


@pytest.mark.parametrize("name", LOSSES)
def test_gradient_is_the_central_difference(name):
    y, t = outputs_and_targets(name, (5, 3), seed=3)
    f = getattr(functions, name)
    analytic = gradient(lambda v: f(v, t), y)
    h = 1e-6
    for index in np.ndindex(y.shape):
        at = np.zeros_like(y)
        at[index] = h
        slope = (f(y + at, t) - f(y - at, t)) / (2 * h)
        # h² f''' with probabilities near 0.05, plus 1e-16 / h of rounding.
        assert analytic[index] == pytest.approx(slope, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("name", LOSSES)
def test_one_sample_is_a_batch_of_one(name):
    y, t = outputs_and_targets(name, (1, 4), seed=4)
    f = getattr(functions, name)
    assert f(y[0], t[0]) == pytest.approx(f(y, t), rel=1e-14)


@pytest.mark.parametrize("name", LOSSES)
def test_a_repeated_batch_has_the_same_loss(name):
    y, t = outputs_and_targets(name, (5, 3), seed=5)
    f = getattr(functions, name)
    twice = f(np.concatenate([y, y]), np.concatenate([t, t]))
    assert twice == pytest.approx(f(y, t), rel=1e-14)


@pytest.mark.parametrize("kind", [np.int64, np.int8, np.uint8])
@pytest.mark.parametrize("leading", [(), (7,), (2, 3), (2, 1, 4)])
@pytest.mark.parametrize("name", BY_CLASS)
def test_labels_and_one_hot_agree(name, leading, kind):
    y, _ = outputs_and_targets(name, (*leading, 5), seed=6)
    labels = np.random.default_rng(7).integers(0, 5, leading).astype(kind)
    one_hot = np.eye(5)[labels]
    f = getattr(functions, name)
    assert f(y, labels) == pytest.approx(f(y, one_hot), rel=1e-14)
    np.testing.assert_allclose(
        gradient(lambda v: f(v, labels), y),
        gradient(lambda v: f(v, one_hot), y),
        rtol=1e-12,
        atol=1e-15,
    )


def test_targets_may_be_any_distribution():
    y, _ = outputs_and_targets("softmax_cross_entropy", (4, 3))
    t = naive_softmax(np.random.default_rng(8).normal(size=(4, 3)))
    expected = -(t * np.log(naive_softmax(y))).sum() / 4
    assert functions.softmax_cross_entropy(y, t) == pytest.approx(expected, rel=1e-14)


def test_a_label_for_one_sample_may_be_an_int():
    y = np.array([0.2, 0.3, 0.5])
    assert functions.cross_entropy_error(y, 2) == pytest.approx(
        -math.log(0.5 + 1e-7), rel=1e-15
    )


@pytest.mark.parametrize("dtype", FLOATS)
def test_cross_entropies_of_logits_at_a_thousand(dtype):
    x = np.array([[1000, 0, -1000], [-1000, 1000, 0]], dtype)
    softmax = functions.softmax_cross_entropy
    # Row 0: 1000 - (-1000) for label 2; row 1: 0 for label 1; mean 1000.
    assert softmax(x, np.array([2, 1])) == 1000
    slope = gradient(lambda v: softmax(v, np.array([2, 1])), x)
    np.testing.assert_array_equal(slope, [[0.5, 0, -0.5], [0, 0, 0]])
    slope = gradient(lambda v: softmax(v, np.array([[0, 0, 1], [0, 1, 0]])), x)
    np.testing.assert_array_equal(slope, [[0.5, 0, -0.5], [0, 0, 0]])
    sigmoid = functions.sigmoid_cross_entropy
    x, t = np.array([1000, 1000, -1000, -1000], dtype), np.array([0, 1, 0, 1])
    assert sigmoid(x, t) == 500
    slope = gradient(lambda v: sigmoid(v, t), x)
    np.testing.assert_array_equal(slope, [0.25, 0, 0, -0.25])


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", ["cross_entropy_error", "binary_cross_entropy"])
def test_certain_probabilities_have_finite_losses(name, dtype):
    y = np.array([[0, 1]], dtype)
    t = np.array([[1, 0]], dtype)
    f = getattr(functions, name)
    # ln 1e-7 = -16.118..., for the probability 0 of what happened.
    assert f(y, t) == pytest.approx(-math.log(1e-7), rel=1e-3)
    assert f(y, 1 - t) == pytest.approx(0, abs=1e-6)
    assert np.isfinite(gradient(lambda v: f(v, t), y)).all()


def test_poisson_deviance_is_scikit_learns():
    rng = np.random.default_rng(0)
    t, mean = rng.poisson(3, 50), rng.exponential(3, 50)
    found = functions.poisson_deviance(np.log(mean)[:, np.newaxis], t)
    # Half of it; sums of fifty numbers in another order.
    assert found == pytest.approx(mean_poisson_deviance(t, mean) / 2, rel=1e-13)


def test_poisson_deviance_is_stable_and_refuses_what_is_no_count():
    f = functions.poisson_deviance
    assert f(np.array([[-1000.0]]), [[0]]) == 0
    assert f(np.array([[-1000.0]]), [[1]]) == 999
    with pytest.raises(ValueError, match=r"got a target of -1; need numbers of 0 or"):
        f(np.zeros((2, 1)), [[3], [-1]])


def test_huber_is_square_near_and_linear_far():
    f = functions.huber
    assert f(np.array([3.0]), np.array([1.0]), delta=0.5) == 0.5 * (2 - 0.25)
    assert f(np.array([1.2]), np.array([1.0]), delta=0.5) == pytest.approx(0.02)
    x = np.array([-1000.0, -1.0, 1.0, 1000.0])
    slope = gradient(lambda v: f(v, np.zeros(4), delta=2.0), x)
    np.testing.assert_array_equal(slope, [-0.5, -0.25, 0.25, 0.5])


@given(st.integers(1, 6), st.integers(2, 5), st.integers(0, 10**6))
def test_gradient_of_logits_is_probabilities_minus_targets(n, k, seed):
    y, t = outputs_and_targets("softmax_cross_entropy", (n, k), seed=seed)
    slope = gradient(lambda v: functions.softmax_cross_entropy(v, t), y)
    np.testing.assert_allclose(slope, (naive_softmax(y) - t) / n, 1e-10, 1e-15)
    slope = gradient(lambda v: functions.sigmoid_cross_entropy(v, t), y)
    np.testing.assert_allclose(
        slope, (1 / (1 + np.exp(-y)) - t) / (n * k), 1e-10, 1e-15
    )


# --- the notes' numbers


def test_the_notes_cross_entropy_of_three_samples():
    y = np.array([[0.1, 0.2, 0.7], [0.7, 0.1, 0.2], [0.1, 0.7, 0.2]])
    loss = functions.cross_entropy_error(y, np.array([2, 0, 1]))
    assert loss == pytest.approx(0.3566748010815999, rel=1e-15)


def test_the_notes_simple_net():
    W = np.array(
        [
            [-0.85962715, 0.26073598, -0.36334443],
            [-1.07225197, -1.06688374, -1.02781945],
        ]
    )
    x, t = np.array([0.6, 0.9]), np.array([0, 1, 0])

    def loss(W):
        return functions.cross_entropy_error(functions.softmax(x @ W), t)

    # The gradient is that of the W that the notes print; their scores and loss are
    # those of a W one digit away from it.
    other = W + np.array([[1e-4, 0, 0], [0, 0, 0]])
    # W is printed with 8 decimals.
    scores = (-1.48074306, -0.80375378, -1.14304417)
    np.testing.assert_allclose(x @ other, scores, atol=2e-8)
    assert loss(other) == pytest.approx(0.7976962138947823, abs=1e-8)
    expected = [
        [0.137304, -0.32977709, 0.19247309],
        [0.205956, -0.49466563, 0.28870963],
    ]
    # They differentiate numerically: good to 1e-8 or so.
    np.testing.assert_allclose(gradient(loss, W), expected, atol=2e-8)


def test_the_notes_sum_of_squares_is_half():
    y = np.array([0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0])
    t = np.eye(10)[2]
    # ½ (0.1² · 3 + 0.05² · 2 + 0.4²) = 0.0975
    assert functions.sum_squared_error(y, t) == pytest.approx(0.0975, rel=1e-14)


# --- wrong use


@pytest.mark.parametrize(
    ("name", "y", "t"),
    [(name, (4, 3), (4, 2)) for name in LOSSES]
    + [(name, (4, 3), (3,)) for name in LOSSES]
    + [(name, (4, 3), (3, 4)) for name in LOSSES]
    + [(name, (4, 3), (1, 3)) for name in LOSSES]
    + [(name, (4,), (4, 1)) for name in sorted(set(LOSSES) - set(BY_CLASS))],
)
def test_wrong_shapes_are_refused_with_both(name, y, t):
    with pytest.raises(ValueError, match=name) as caught:
        getattr(functions, name)(np.zeros(y), np.zeros(t))
    assert str(y) in str(caught.value)
    assert str(t) in str(caught.value)


@pytest.mark.parametrize("name", BY_CLASS)
def test_labels_that_are_not_integers_are_refused(name):
    with pytest.raises(ValueError, match=r"float64; need integer labels \(2,\)"):
        getattr(functions, name)(np.full((2, 3), 0.3), np.array([0.0, 1.0]))


@pytest.mark.parametrize("wrong", [3, -1])
@pytest.mark.parametrize("name", BY_CLASS)
def test_labels_out_of_range_are_refused(name, wrong):
    with pytest.raises(ValueError, match=r"need labels from 0 to 2 .*\(2, 3\)"):
        getattr(functions, name)(np.full((2, 3), 0.3), np.array([0, wrong]))


@pytest.mark.parametrize(
    "name",
    [
        "mean_squared_error",
        "sum_squared_error",
        "huber",
        "poisson_deviance",
        "sigmoid_cross_entropy",
    ],
)
def test_targets_of_n_serve_outputs_of_n_by_1(name):
    y, t = outputs_and_targets(name, (5, 1), seed=9)
    f = getattr(functions, name)
    assert f(y, t[:, 0]) == f(y, t)


def test_integer_outputs_do_not_cut_targets_off():
    assert functions.mean_squared_error([1, 2], [0.5, 1.5]) == 0.25
    assert functions.sum_squared_error(np.array([1, 2]), [0.5, 1.5]) == 0.25
    y = np.array([1, 2], np.uint8)
    assert functions.mean_squared_error(y, np.array([2, 4], np.uint8)) == 2.5
    assert functions.softmax_cross_entropy(y, 1) == pytest.approx(
        math.log(1 + math.exp(-1)), rel=1e-14
    )


@pytest.mark.parametrize("name", LOSSES)
def test_arguments_are_left_alone(name):
    y, t = outputs_and_targets(name, (5, 3))
    copies = y.copy(), t.copy()
    f = getattr(functions, name)
    gradient(lambda v: f(v, t), y)
    np.testing.assert_array_equal(y, copies[0])
    np.testing.assert_array_equal(t, copies[1])
