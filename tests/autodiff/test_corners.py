"""Where 0 meets inf in the chain rule: corners of roots, and branches not taken."""

import numpy as np
import pytest

from kobai import compile, gradient
from kobai.autodiff import corners
from kobai.optimizers import gradient_descent

torch = pytest.importorskip("torch", reason="needs PyTorch")

ZERO = np.zeros(3)
X = np.array([0.0, 2.0, -1.0])


def _distances(x):
    difference = x[:, None] - x[None]
    return np.sum(np.sqrt(np.sum(difference**2, axis=-1)))


# A corner each, with the point at which it lies; 0 is the subgradient there.
CORNERS = {
    "norm": (np.linalg.norm, ZERO),
    "norm of rows": (lambda x: np.sum(np.linalg.norm(x, axis=1)), np.zeros((2, 3))),
    "hypot": (lambda x: np.hypot(x[0], x[1]) + np.sum(np.hypot(x, x)), ZERO),
    "root of squares": (lambda x: np.sqrt(np.sum(x**2)), ZERO),
    "root of products": (lambda x: np.sqrt(x[0] * x[0] + x[1] ** 2), ZERO),
    "power one half": (lambda x: np.sum(x * x) ** 0.5, ZERO),
    "fourth root": (lambda x: np.sum(x**4) ** 0.25, ZERO),
    "third root of cubes": (lambda x: np.sum(np.abs(x) ** 3) ** (1 / 3), ZERO),
    "dot": (lambda x: np.sqrt(x @ x) + np.sqrt(np.dot(x, x)), ZERO),
    "einsum": (lambda x: np.sqrt(np.einsum("i,i", x, x)), ZERO),
    "weighted": (lambda x: np.sqrt(np.sum([1.0, 2.0, 0.0] * x**2) / 3), ZERO),
    "root mean square": (lambda x: np.sqrt(np.mean((x - 1) ** 2)), np.ones(3)),
    "std": (np.std, np.full(3, 0.25)),
    "std of columns": (lambda x: np.sum(np.std(x, axis=0, ddof=1)), np.ones((2, 3))),
    "largest of squares": (lambda x: np.sqrt(np.max(np.square(x))), ZERO),
}

# A branch that is not taken at some entry, where its slope is not finite.
MASKED = {
    "log": lambda x: np.where(x > 0, np.log(x), 0),
    "log inside": lambda x: np.where(x <= 0, x, np.log(x) * x + 1),
    "quotient": lambda x: np.where(x == 0, 0, 1 / x),
    "quotient of two": lambda x: np.where(x == 0, 0, np.sin(x) / x),
    "root": lambda x: np.where(x > 0, np.sqrt(x), 0),
    "power": lambda x: np.where(x > 0, x**0.5 + x**-1.5, 0),
    "arcsin": lambda x: np.where(np.abs(x) < 0.9, np.arcsin(x), x),
    "exp that overflows": lambda x: np.where(x > 1, x, np.exp(1000 * x)),
    "two masks": lambda x: np.where(x > 0, np.where(x > 1, np.log(x - 2 + x), x), 0),
    "one number": lambda x: np.where(x[0] > 0, np.log(x[0]), x[1] ** 2),
    "a number for all": lambda x: np.where(x > 5, np.log(x[0]), x),
    "sum of logs": lambda x: np.where(x[1] < 0, np.sum(np.log(x)), x[1]),
    "to the power 0": lambda x: x * (x / x) ** 0 + np.log(x) ** np.array([0, 1, 0]),
    "to a power 0": lambda x: x * np.sqrt(x) ** (x > 1),
    "used twice": lambda x: _used_twice(x),
    "assigned over": lambda x: _assigned_over(x),
}


def _used_twice(x):
    logs = np.log(x)
    return np.where(x > 0, logs, 0) + np.where(x > 1, logs * 2, x)


def _assigned_over(x):
    logs = np.log(x)
    logs[x <= 0] = 0
    return logs


@pytest.mark.parametrize(("f", "x"), CORNERS.values(), ids=CORNERS)
@pytest.mark.parametrize("transform", [lambda f: f, compile], ids=["eager", "compile"])
def test_at_the_corner_of_a_root_the_slope_is_zero(f, x, transform):
    slope = transform(gradient(f))(x)
    np.testing.assert_array_equal(slope, np.zeros_like(x))


@pytest.mark.parametrize(("f", "x"), CORNERS.values(), ids=CORNERS)
def test_beside_the_corner_nothing_changes(f, x, central_difference):
    beside = x + np.random.default_rng(0).uniform(0.1, 0.9, x.shape)
    expected = central_difference(f, beside)
    # As in conftest: rounding of the definition.
    np.testing.assert_allclose(gradient(f, beside), expected, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(compile(gradient(f))(beside), expected, 1e-6, 1e-7)


def test_distances_between_all_pairs_of_points_with_two_equal_ones():
    x = np.array([[0.0, 1], [0, 1], [2, 3]])
    slope = gradient(_distances, x)
    # Both equal points pull the third one, and it them, along (1, 1)/√2, twice each.
    pull = np.sqrt(2) * np.array([[-1, -1], [-1, -1], [2, 2]])
    np.testing.assert_allclose(slope, pull, rtol=1e-14)
    np.testing.assert_allclose(compile(gradient(_distances))(x), pull, rtol=1e-14)


def test_norms_at_zero_are_those_of_pytorch():
    for order in (2, 1, np.inf):
        x = torch.zeros(3, dtype=torch.float64, requires_grad=True)
        torch.linalg.vector_norm(x, order).backward()
        expected = x.grad.numpy()
        found = gradient(lambda x, order=order: np.linalg.norm(x, order), ZERO)
        assert found.tolist() == expected.tolist()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sqrt(x[0]),
        lambda x: np.sqrt(x[0] + x[1] ** 2),
        lambda x: x[0] ** 0.5,
        lambda x: np.cbrt(x[0]),
    ],
)
def test_a_root_that_is_steep_stays_so(f):
    for derive in (gradient(f), compile(gradient(f))):
        assert derive(ZERO)[0] == np.inf


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("f", MASKED.values(), ids=MASKED)
def test_a_branch_not_taken_has_no_part_in_the_slope(f, central_difference):
    total = lambda x: np.sum(f(x))
    slope = gradient(total, X)
    # The definition is right where the point lies inside a branch; 0 is an edge.
    inside = X != 0
    expected = central_difference(total, X)
    np.testing.assert_allclose(slope[inside], expected[inside], rtol=1e-6, atol=1e-7)
    assert np.all(np.isfinite(slope))
    np.testing.assert_allclose(compile(gradient(total))(X), slope, rtol=1e-13)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", MASKED)
def test_nor_in_the_second_derivative(name):
    f = MASKED[name]
    weights = np.array([1.0, 2.0, 3.0])

    def along(x):
        return np.sum(weights * gradient(lambda x: np.sum(f(x)), x))

    inside, second = np.array([0.7, 1.7, -0.6]), gradient(along, X)
    assert np.all(np.isfinite(second))
    np.testing.assert_allclose(compile(gradient(along))(X), second, rtol=1e-13)
    assert gradient(along, inside).shape == (3,)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(x * np.log(x)),
        lambda x: np.sum(x * np.where(x >= 0, np.log(x), 0)),
        lambda x: np.sum(np.where(x >= 0, 1 / x, 0)),
        lambda x: np.sum(np.where(x > 0, np.log(x), 0) + 0 * np.log(x)),
    ],
)
def test_what_is_not_finite_and_used_stays_visible(f):
    for derive in (gradient(f), compile(gradient(f))):
        assert not np.isfinite(derive(X)[0])


def test_a_masked_branch_costs_nothing_where_it_is_tame():
    relu = compile(gradient(lambda x: np.sum(np.where(x > 0, x + 1, 0))))
    assert str(relu.graph(X)).count("where") <= 1


def test_a_bowl_with_a_point_is_descended_from_its_bottom():
    cone = lambda x: np.sqrt(x[0] ** 2 + x[1] ** 2)
    assert gradient_descent(cone, np.zeros(2), steps=5).x.tolist() == [0, 0]


def test_where_there_is_no_direction_there_is_no_slope():
    # As in PyTorch.
    a, b = (torch.zeros((), dtype=torch.float64, requires_grad=True) for _ in "ab")
    torch.atan2(a, b).backward()
    assert [float(a.grad), float(b.grad)] == [0, 0]
    assert gradient(lambda p: np.arctan2(*p), [0.0, 0.0]) == [0, 0]


@pytest.mark.parametrize("name", ["norm", "hypot", "root of squares", "std"])
def test_the_second_derivative_at_the_corner_is_finite_and_the_same_everywhere(name):
    f, x = CORNERS[name]
    along = lambda x: np.sum(gradient(f, x) * np.arange(1.0, 4.0))
    np.testing.assert_array_equal(gradient(along, x), np.zeros(3))
    np.testing.assert_array_equal(compile(gradient(along))(x), np.zeros(3))


def test_many_roots_of_one_growing_sum_ask_each_value_once(monkeypatch):
    asked = []
    original = corners._flat_if
    monkeypatch.setattr(
        corners, "_flat_if", lambda node: asked.append(node) or original(node)
    )

    def total(x, n=300):
        squares, roots = 0.0, 0.0
        for _ in range(n):
            squares = squares + x[0] ** 2
            roots = roots + np.sqrt(squares)
        return roots

    assert gradient(total, ZERO).tolist() == [0, 0, 0]
    # A value and a square in each turn, twice: before and after what they need.
    assert len(asked) <= 4 * 300


@pytest.mark.parametrize(
    "y",
    [
        lambda x: written(x, slice(None), x**x),
        lambda x: written(x, x != 0.5, x[x != 0.5] ** x[x != 0.5]),
        lambda x: written(x, [1, 0], x**x),
        lambda x: written(np.zeros(2), slice(None), x**x),
    ],
)
def test_what_is_written_and_not_taken_has_slope_0(y):
    # The slope of x to the x at a negative x is nan.
    x = np.array([-1.0, -2.0])
    f = lambda x: np.sum(np.where(np.array(True), x, y(x)))
    np.testing.assert_array_equal(gradient(f, x), [1, 1])


def written(x, index, value):
    y = np.copy(x)
    y[index] = value
    return y
