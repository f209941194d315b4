"""The numerical gradient: the definition, the book's closure, arrays left alone."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kobai.autodiff import gradient, numerical_derivative, numerical_gradient
from kobai.errors import GradientError


def sum_of_squares(x):
    return np.sum(x**2)


# --- one number


@pytest.mark.parametrize(
    ("method", "tolerance"), [("central", 1e-8), ("forward", 2e-4)]
)
def test_derivative_of_the_book_s_function(method, tolerance):
    f = lambda x: 0.01 * x**2 + 0.1 * x
    # The forward error is h f''/2 = 1e-6; both lose about 1e-16 / 1e-4 to rounding.
    assert numerical_derivative(f, 5, method=method) == pytest.approx(
        0.2, abs=tolerance
    )
    assert numerical_derivative(f, 10, method=method) == pytest.approx(
        0.3, abs=tolerance
    )


@pytest.mark.parametrize(("method", "order"), [("central", 2), ("forward", 1)])
def test_the_error_shrinks_as_the_order_says(method, order):
    error = lambda h: abs(numerical_derivative(math.exp, 1.0, h, method) - math.e)
    assert math.log10(error(1e-2) / error(1e-3)) == pytest.approx(order, abs=0.05)


def test_a_step_too_small_leaves_nothing():
    square = lambda x: x**2
    assert numerical_derivative(square, 3.0, h=1e-50, method="forward") == 0


def test_derivative_of_an_array_is_number_by_number():
    x = np.array([0, 1, 2])
    found = numerical_derivative(np.sin, x)
    np.testing.assert_allclose(found, np.cos(x), rtol=1e-8)
    assert type(numerical_derivative(math.sin, 1)) is float


@pytest.mark.parametrize("h", [0, -1e-4, math.nan])
@pytest.mark.parametrize("derive", [numerical_derivative, numerical_gradient])
def test_a_step_must_be_positive(derive, h):
    with pytest.raises(ValueError, match=r"need a step h > 0"):
        derive(lambda x: x * x, 1.0, h=h)


def test_an_unknown_method_is_answered_with_the_near_one():
    with pytest.raises(ValueError, match=r'"centre".*Did you mean "central"'):
        numerical_derivative(math.exp, 1.0, method="centre")


# --- the gradient


@pytest.mark.parametrize("x", [[3.0, 4.0], [0.0, 2.0], [3.0, 0.0]])
def test_the_notes_gradient(x):
    x = np.array(x)
    np.testing.assert_allclose(numerical_gradient(sum_of_squares, x), 2 * x, atol=1e-10)


@pytest.mark.parametrize("value", [3, 0, 1e-3, 300, -7e4])
def test_float32_steps_are_measured(value):
    x = np.array([value], np.float32)
    found = numerical_gradient(sum_of_squares, x)
    assert found.dtype == np.float32
    # Steps near 2⁻⁸ |x| are exact in binary; x² rounds to 6e-8 x², over 2⁻⁷ |x|.
    np.testing.assert_allclose(found, 2 * x, rtol=2e-5, atol=1e-7)


def test_float32_gradient_of_a_square_at_three_is_six():
    assert numerical_gradient(lambda x: x**2, np.float32(3)) == 6
    assert numerical_gradient(sum_of_squares, np.float32([3]))[0] == 6


def test_half_precision_still_gives_a_derivative():
    found = numerical_gradient(sum_of_squares, np.array([3], np.float16))
    assert found[0] == pytest.approx(6, rel=0.02)


def test_large_numbers_take_large_steps():
    x = np.array([1e12])
    found = numerical_gradient(lambda x: np.sum(x * x), x)
    np.testing.assert_allclose(found, 2 * x, rtol=1e-7)


@given(hnp.arrays(np.float64, hnp.array_shapes(max_side=3), elements=st.floats(-9, 9)))
def test_it_agrees_with_back_propagation(x):
    f = lambda x: np.sum(np.sin(x) * x) + np.prod(np.cos(x))
    np.testing.assert_allclose(
        numerical_gradient(f, x), gradient(f, x), rtol=1e-6, atol=1e-6
    )


# --- the book's closure


class Net:
    def __init__(self, W):
        self.W = W

    def loss(self, x):
        return np.sum(np.tanh(x @ self.W) ** 2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_closure_that_ignores_its_argument(dtype):
    rng = np.random.default_rng(0)
    net = Net(rng.normal(size=(3, 2)).astype(dtype))
    x = rng.normal(size=(4, 3)).astype(dtype)
    before = net.W.copy()
    found = numerical_gradient(lambda W: net.loss(x), net.W)

    def loss(W):
        return np.sum(np.tanh(x.astype(np.float64) @ W) ** 2)

    expected = gradient(loss, net.W.astype(np.float64))
    # float32: rounding 6e-8 · 10 over a step of 2⁻⁸.
    tolerance = 1e-3 if dtype == np.float32 else 1e-7
    np.testing.assert_allclose(found, expected, tolerance, tolerance)
    assert net.W.tobytes() == before.tobytes()
    with pytest.raises(GradientError, match="numerical_gradient sees through it"):
        gradient(lambda W: net.loss(x), net.W)


def test_closures_over_a_dict_of_parameters():
    params = {"W": np.ones((2, 2)), "b": np.array([1.0, -1.0])}
    loss = lambda _: np.sum(params["W"] ** 2) + np.sum(params["b"] ** 3)
    found = numerical_gradient(loss, params)
    np.testing.assert_allclose(found["W"], np.full((2, 2), 2), atol=1e-7)
    np.testing.assert_allclose(found["b"], [3, 3], atol=1e-7)


def test_a_closure_over_a_part_of_an_array():
    W = np.arange(12.0).reshape(3, 4)
    part = W[::2, ::-1]
    assert not part.flags.c_contiguous
    found = numerical_gradient(lambda _: np.sum(W * W), part)
    np.testing.assert_allclose(found, 2 * part, atol=1e-6)
    np.testing.assert_array_equal(W, np.arange(12.0).reshape(3, 4))


@pytest.mark.parametrize(
    "W",
    [np.array([1, 2]), np.broadcast_to(1.5, (2,)), 3.0],
    ids=["int", "fixed", "number"],
)
def test_a_closure_over_what_cannot_be_changed_is_refused(W):
    with pytest.raises(GradientError, match=r"does not depend .*array.astype.float"):
        numerical_gradient(lambda _: np.sum(W * W), W)


def test_read_only_arrays_are_copied():
    x = np.array([3.0, 4.0])
    x.flags.writeable = False
    np.testing.assert_allclose(numerical_gradient(sum_of_squares, x), [6, 8], rtol=1e-9)


def test_one_array_that_comes_twice_is_two_arguments():
    W = np.array([2.0])
    x = {"a": W, "b": W}
    f = lambda p: np.sum(p["a"] ** 2 * p["b"])
    found, expected = numerical_gradient(f, x), gradient(f, x)
    np.testing.assert_allclose(found["a"], expected["a"], rtol=1e-7)
    np.testing.assert_allclose(found["b"], expected["b"], rtol=1e-7)
    assert W[0] == 2.0


# --- the argument is left as it was, bit for bit

STRANGE = np.array([-0.0, 5e-324, 0.1, 1e300, -1e-300, 1 / 3])


@pytest.mark.parametrize("fails_at", [0, 1, 2, 3, 7, 11])
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_restored_bit_for_bit_when_f_raises(fails_at, error):
    x = {"a": STRANGE.copy(), "b": np.float32([0.1, -0.0])}
    before = [v.tobytes() for v in x.values()]
    calls = iter(range(100))

    def f(p):
        if next(calls) == fails_at:
            raise error
        return 0.5 * np.sum(p["b"]) + np.sum(np.tanh(p["a"]))

    with pytest.raises(error):
        numerical_gradient(f, x)
    assert [v.tobytes() for v in x.values()] == before


def test_restored_bit_for_bit_when_nothing_happens():
    x = STRANGE.copy()
    numerical_gradient(lambda x: np.sum(np.tanh(x)), x)
    assert x.tobytes() == STRANGE.tobytes()


def test_restored_when_f_returns_no_number():
    x = np.array([1.0, 2.0])
    with pytest.raises(ValueError, match=r"f returned an array of shape \(2,\)"):
        numerical_gradient(lambda x: x, x)
    np.testing.assert_array_equal(x, [1, 2])


def test_not_a_number_stays_with_its_bits():
    x = np.array([0x7FF8DEADBEEF0001, 0x3FF0000000000000], np.uint64).view(np.float64)
    before = x.tobytes()
    found = numerical_gradient(lambda x: x[1] ** 2, x)
    assert found[1] == pytest.approx(2)
    assert x.tobytes() == before


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.square(x, out=x)),
        lambda x: np.sum(x.__isub__(x.max()) ** 2),
        lambda x: (x.sort(), x[0] * 3)[1],
        lambda x: (x.__setitem__(x < 0, 0), np.sum(x**2))[1],
    ],
    ids=["square", "minus max", "sort", "relu"],
)
@pytest.mark.parametrize("x", [[0.0, -1.0, -2.0], [0.5, 2.0, 1.0], [-0.7, 0.4, -0.1]])
def test_f_may_change_its_own_argument(f, x):
    x = np.array(x)
    before = x.copy()
    found = numerical_gradient(f, x)
    np.testing.assert_array_equal(x, before)
    h = 1e-4
    steps = h * np.eye(3)
    expected = [(f(before + s) - f(before - s)) / (2 * h) for s in steps]
    # The same definition: a step near 0.5 is rounded in its last bits.
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_f_may_change_the_list_that_holds_its_arguments():
    x = [np.ones(2), {"a": np.ones(1)}]
    found = numerical_gradient(lambda p: np.sum(p[0] ** 2) + p[1]["a"][0], x)
    np.testing.assert_allclose(found[0], [2, 2], rtol=1e-9)


def test_nothing_to_derive():
    assert numerical_gradient(lambda x: 1.0, {}) == {}
    assert numerical_gradient(lambda x: np.sum(x), np.ones((0, 3))).shape == (0, 3)
