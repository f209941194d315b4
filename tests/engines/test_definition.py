"""`kobai.numerical_gradient`, `check_gradient`: both ways give the same numbers."""

import numpy as np
import pytest

import kobai
from kobai import autodiff
from kobai.autodiff.trees import leaf_names, leaves
from kobai.engines.differences import definition
from kobai.errors import GradientError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 5))
T = np.arange(6) % 3
PARAMS = {
    "W1": RNG.normal(size=(5, 7)),
    "b1": RNG.normal(size=7),
    "W2": RNG.normal(size=(7, 3)),
    "b2": np.zeros(3),
}
N = 80


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def network_loss(p):
    h = sigmoid(X @ p["W1"] + p["b1"])
    z = h @ p["W2"] + p["b2"]
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    y = e / np.sum(e, axis=1, keepdims=True)
    return -np.mean(np.log(y[np.arange(len(T)), T] + 1e-7))


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def recurrent(p):
    h = np.zeros((6, 5))
    states = []
    for i in range(4):
        h = np.tanh(h @ p[0] + X * p[1][i])
        states.append(h)
    return sum(np.sum(h * h) for h in states)


def mixture(p):
    gaps = X[:, None, :] - p["means"]
    logs = p["weights"] - 0.5 * np.sum(gaps**2, axis=2)
    return -np.sum(np.logaddexp.reduce(logs, axis=1))


TRACEABLE = {
    "network": (network_loss, PARAMS),
    "rosenbrock": (rosenbrock, RNG.normal(size=N)),
    "recurrent": (recurrent, (RNG.normal(size=(5, 5)) / 3, RNG.normal(size=(8, 5)))),
    "mixture": (mixture, {"means": RNG.normal(size=(16, 5)), "weights": np.zeros(16)}),
    "integers": (lambda x: np.sum(x**3), np.arange(N)),
    "list of numbers": (lambda x: sum(a * a for a in x), [float(i) for i in range(N)]),
    "numpy's numbers": (lambda x: sum(a * a for a in x), list(RNG.normal(size=N))),
    "fixed array": (lambda x: np.sum(np.sin(x)), np.broadcast_to(0.7, (N,))),
    "every other": (lambda x: np.sum(np.sin(x)), RNG.normal(size=2 * N)[::2]),
    "twice one array": (lambda p: np.sum(p[0] ** 2 * p[1]), [PARAMS["W1"]] * 2),
    "corner": (lambda x: np.sum(np.maximum(x, 0)), np.zeros(N)),
}


@pytest.mark.parametrize("name", TRACEABLE)
def test_both_ways_give_the_same_numbers(name):
    f, x = TRACEABLE[name]
    before = [np.array(leaf) for leaf in leaves(x)]
    found = kobai.numerical_gradient(f, x, method="local")
    wanted = autodiff.numerical_gradient(f, x)
    assert leaf_names(found) == leaf_names(wanted)
    # Rounding: 1e-16 of f, divided by 2h = 2e-4, and of some operations.
    atol = 1e-11 * max(1, abs(float(f(x))))
    for a, b, old, leaf in zip(
        *map(leaves, (found, wanted)), before, leaves(x), strict=True
    ):
        assert type(a) is type(b)
        assert getattr(a, "dtype", None) == getattr(b, "dtype", None)
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=atol)
        np.testing.assert_array_equal(leaf, old)


def made_counting():
    calls = []

    def f(x):
        calls.append(1)
        return np.sum(x * x)

    return f, calls


W = RNG.normal(size=(N, 2))
SHARED = {"W": W, "row": W[0]}


class Net:
    W = W

    def loss(self):
        return np.sum(np.tanh(self.W) ** 2)


def changes_its_dict(p):
    p["W"] = p["W"] * 2
    return np.sum(p["W"])


LOOPED = {
    "closure": (lambda _: Net().loss(), W),
    "argument and closure": (lambda x: np.sum(x * W), W),
    "argument and view": (lambda x: np.sum(x[:4] * SHARED["row"]), W),
    "views of one array": (lambda x: np.sum(x[0] ** 2) + np.sum(x[1]), [W, W[3]]),
    "if": (lambda x: np.sum(x) if x[0, 0] > 9 else np.sum(x * x), W),
    "float": (lambda x: float(np.sum(x * x)), W),
    "float32": (lambda x: np.sum(x * x), W.astype(np.float32)),
    "float32 inside": (lambda x: np.sum((x * x).astype(np.float32)), W),
    "float32 within": (
        lambda x: np.sum((x * x).astype(np.float32).astype(np.float64)),
        W,
    ),
    "in place": (lambda x: np.sum(np.square(x, out=x)), W),
    "writes": (lambda p: changes_its_dict(p), {"W": W}),
    "not finite": (lambda x: np.sum(np.log(np.abs(x))), np.eye(9)),
}


@pytest.mark.parametrize("name", LOOPED)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_the_loop_sees_otherwise_is_left_to_the_loop(name):
    f, x = LOOPED[name]
    before = [np.array(leaf) for leaf in leaves(x)]
    keep = (lambda: dict(x)) if isinstance(x, dict) else (lambda: x)
    found = kobai.numerical_gradient(f, keep())
    wanted = autodiff.numerical_gradient(f, keep())
    for a, b in zip(leaves(found), leaves(wanted), strict=True):
        np.testing.assert_array_equal(a, b)
    for leaf, old in zip(leaves(x), before, strict=True):
        np.testing.assert_array_equal(leaf, old)
    with pytest.raises(GradientError, match=r'method="local": .*method="loop"'):
        kobai.numerical_gradient(f, keep(), method="local")


def test_who_counts_calls_sees_them_all():
    f, calls = made_counting()
    kobai.numerical_gradient(f, np.ones(N))
    assert len(calls) == 2 * N


def test_who_prints_prints_as_often(capsys):
    def f(x):
        print("x")
        return np.sum(x)

    kobai.numerical_gradient(f, np.ones(N))
    assert capsys.readouterr().out == "x\n" * (2 * N)


def test_random_numbers_are_drawn_as_in_the_loop():
    found = []
    for derive in (kobai.numerical_gradient, autodiff.numerical_gradient):
        draw = np.random.default_rng(0).normal
        f = lambda x, draw=draw: np.sum(x) * draw()
        found.append(derive(f, np.ones(N)))
    np.testing.assert_array_equal(*found)


def test_few_numbers_are_done_by_the_loop():
    f, x = (lambda x: np.sum(np.sin(x))), np.ones(definition.WORTH_TRACING - 1)
    wanted = autodiff.numerical_gradient(f, x)
    np.testing.assert_array_equal(kobai.numerical_gradient(f, x), wanted)


def test_auto_is_local_where_that_is_right(monkeypatch):
    monkeypatch.setattr(autodiff, "numerical_gradient", None)
    f, x = TRACEABLE["network"]
    for grad in leaves(kobai.numerical_gradient(f, x)):
        assert np.all(np.isfinite(grad))


def test_errors_are_those_of_the_loop():
    x = np.ones(N)
    for method in ("auto", "local", "loop"):
        with pytest.raises(ValueError, match="one number"):
            kobai.numerical_gradient(lambda x: x, x, method=method)
        with pytest.raises(ValueError, match="h > 0"):
            kobai.numerical_gradient(np.sum, x, h=0, method=method)
    for method in ("auto", "loop"):
        with pytest.raises(ZeroDivisionError):
            kobai.numerical_gradient(lambda x: np.sum(x) * (1 // 0), x, method=method)
    with pytest.raises(ValueError, match='Did you mean "local"'):
        kobai.numerical_gradient(np.sum, x, method="locale")
    with pytest.raises(ValueError, match='Did you mean "loop"'):
        kobai.check_gradient(np.sum, x, method="lop")


@pytest.mark.parametrize("method", ["auto", "loop", "local"])
def test_a_gradient_is_checked_either_way(method):
    right = kobai.gradient(network_loss, PARAMS)
    assert kobai.check_gradient(network_loss, PARAMS, method=method)
    assert kobai.check_gradient(network_loss, PARAMS, right, method=method)
    right["W2"][3, 1] += 0.01
    report = kobai.check_gradient(network_loss, PARAMS, right, method=method)
    assert [row.ok for row in report.rows] == [True, True, False, True]
    assert report.rows[2].where == (3, 1)


def test_samples_are_looped_over():
    f, calls = made_counting()
    report = kobai.check_gradient(f, np.ones(N), 2 * np.ones(N), samples=3)
    assert report.rows[0].checked == 3
    # Two for each, and one for the size of the loss.
    assert len(calls) == 7
