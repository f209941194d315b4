"""gradient_descent: the numbers of the readers' notes, structures, divergence."""

import numpy as np
import pytest

from kobai.optimizers import gradient_descent


def bowl(x):
    return np.sum(x**2)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_notes_descent(sign):
    descent = gradient_descent(bowl, np.array([sign * 3.0, 4.0]), 0.1, 100)
    # Printed there with nine digits; every step is x (1 - 2 · 0.1).
    np.testing.assert_allclose(
        descent.x, [sign * 6.11110793e-10, 8.14814391e-10], rtol=1e-8
    )
    np.testing.assert_allclose(
        descent.x, np.array([sign * 3, 4]) * 0.8**100, rtol=1e-13
    )
    assert not descent.diverged


def test_a_large_learning_rate_diverges_without_a_crash():
    descent = gradient_descent(bowl, np.array([-3.0, 4.0]), learning_rate=10.0)
    assert descent.diverged
    assert "diverged: choose a smaller learning rate" in str(descent)


def test_a_descent_that_leaves_the_finite_numbers_stops_there():
    descent = gradient_descent(bowl, np.array([-3.0, 4.0]), 10.0, steps=5000)
    # Each step multiplies x by -19, so x² passes 1.8e308 after about 121 of them.
    assert descent.diverged
    assert 110 < descent.steps < 130
    assert len(descent.path) == len(descent.values) == descent.steps + 1
    assert np.isfinite(descent.values[:-1]).all()


def test_a_function_without_a_minimum_diverges():
    descent = gradient_descent(lambda x: -np.exp(x), 5.0, 1.0, steps=50)
    assert descent.diverged
    assert descent.steps < 50


def test_a_tiny_learning_rate_stays():
    descent = gradient_descent(bowl, np.array([-3.0, 4.0]), learning_rate=1e-10)
    np.testing.assert_allclose(descent.x, [-3, 4], atol=1e-6)
    assert descent.values[-1] < descent.values[0]
    assert not descent.diverged


def test_path_and_values_go_together():
    descent = gradient_descent(bowl, [3.0, 4.0], 0.25, steps=3)
    np.testing.assert_array_equal(
        descent.path, [[3, 4], [1.5, 2], [0.75, 1], [0.375, 0.5]]
    )
    np.testing.assert_array_equal(descent.values, [25, 6.25, 1.5625, 0.390625])
    np.testing.assert_array_equal(descent.path[-1], descent.x)


def test_the_start_is_not_overwritten():
    x0 = np.array([3.0, 4.0])
    gradient_descent(bowl, x0)
    assert x0.tolist() == [3.0, 4.0]


@pytest.mark.parametrize("x0", [[3, 4], (3, 4), np.array([3, 4]), [3.0, 4]])
def test_whole_numbers_are_real_numbers(x0):
    descent = gradient_descent(bowl, x0, 0.1, steps=1)
    np.testing.assert_allclose(descent.x, [2.4, 3.2], rtol=1e-15)


def test_a_single_number():
    descent = gradient_descent(lambda x: (x - 2) ** 2, 5, 0.5, steps=1)
    assert float(descent.x) == 2.0
    assert descent.path.shape == (2,)


def test_a_dictionary():
    x0 = {"w": [1, 2], "b": 3}
    descent = gradient_descent(
        lambda p: np.sum(p["w"] ** 2) + (p["b"] - 1) ** 2, x0, 0.25, steps=2
    )
    np.testing.assert_allclose(descent.x["w"], [0.25, 0.5])
    np.testing.assert_allclose(descent.x["b"], 1.5)
    assert descent.path["w"].shape == (3, 2)
    assert descent.path["b"].shape == (3,)
    assert x0 == {"w": [1, 2], "b": 3}


def test_a_list_of_arrays_stays_a_list():
    x0 = [np.array([1.0, 2.0]), np.array(3.0)]
    descent = gradient_descent(lambda p: np.sum(p[0] ** 2) + p[1] ** 2, x0, 0.5, 1)
    assert isinstance(descent.x, list)
    assert descent.x[0].tolist() == [0, 0]
    assert descent.path[0].shape == (2, 2)


def test_float32_stays_float32():
    descent = gradient_descent(bowl, np.array([3, 4], np.float32), 0.1, 10)
    assert descent.x.dtype == np.float32


def test_no_steps():
    descent = gradient_descent(bowl, [3.0, 4.0], steps=0)
    assert descent.values.tolist() == [25.0]
    assert descent.steps == 0


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"learning_rate": 0}, ValueError, "learning_rate must be above 0, got 0"),
        ({"learning_rate": -0.1}, ValueError, "learning_rate must be above 0"),
        ({"steps": -1}, ValueError, "steps must be 0 or more, got -1"),
        ({"steps": 2.5}, TypeError, "steps must be a whole number, got 2.5"),
    ],
)
def test_refuses_nonsense(options, error, message):
    with pytest.raises(error, match=message):
        gradient_descent(bowl, [3.0, 4.0], **options)


def test_refuses_what_is_not_made_of_numbers():
    with pytest.raises(TypeError, match="x0 must be made of real numbers"):
        gradient_descent(bowl, ["a", "b"])
