"""`check_gradient`: right gradients pass, wrong ones are named with their place."""

import numpy as np
import pytest

from kobai.autodiff import GradientReport, check_gradient, gradient


def loss(p):
    return np.sum(np.tanh(p["W"]) ** 2) + np.sum(p["b"] ** 3)


def example(dtype=np.float64):
    rng = np.random.default_rng(0)
    W, b = rng.normal(size=(3, 4)), rng.normal(size=5)
    return {"W": W.astype(dtype), "b": b.astype(dtype)}


def by_hand(p):
    y = np.tanh(p["W"])
    return {"W": 2 * y * (1 - y**2), "b": 3 * p["b"] ** 2}


def test_a_right_gradient_passes_and_prints_a_table():
    report = check_gradient(loss, example())
    assert isinstance(report, GradientReport)
    assert report
    assert [(r.name, r.shape, r.checked) for r in report.rows] == [
        ("W", (3, 4), 12),
        ("b", (5,), 5),
    ]
    lines = str(report).splitlines()
    columns = ("parameter", "shape", "max |difference|", "relative", "where", "verdict")
    places = [lines[0].index(column) for column in columns]
    assert places == sorted(places)
    assert [line.split()[0] for line in lines[1:]] == ["W", "b"]
    assert all(line.endswith("ok") for line in lines[1:])
    assert (
        len(
            {
                line.index(cell)
                for line, cell in zip(lines, ["verdict", "ok", "ok"], strict=True)
            }
        )
        == 1
    )
    assert repr(report) == str(report)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_right_gradient_by_hand_passes(dtype):
    p = example(dtype)
    assert check_gradient(loss, p, by_hand(p))
    assert check_gradient(loss, p, by_hand)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("place", [(0, 0), (2, 3), (1, 2)])
def test_one_wrong_number_is_found_in_its_place(place, dtype):
    p = example(dtype)
    wrong = by_hand(p)
    wrong["W"][place] += 0.02
    report = check_gradient(loss, p, wrong)
    assert not report
    W, b = report.rows
    assert (W.ok, b.ok) == (False, True)
    assert W.where == place
    assert W.max_abs == pytest.approx(0.02, rel=0.05)
    row = str(report).splitlines()[1]
    assert "WRONG" in row
    assert f"[{place[0]}, {place[1]}]" in row


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_a_number_is_wrong(value):
    p = example()
    wrong = by_hand(p)
    wrong["b"][3] = value
    report = check_gradient(loss, p, wrong)
    assert [row.ok for row in report.rows] == [True, False]
    assert report.rows[1].where == (3,)


def test_a_wrong_sign_a_transpose_and_a_forgotten_factor_are_caught():
    rng = np.random.default_rng(1)
    x, t = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    f = lambda W: 0.5 * np.sum((x @ W - t) ** 2) / 5
    W = rng.normal(size=(3, 3))
    right = x.T @ (x @ W - t) / 5
    assert check_gradient(f, W, right)
    assert not check_gradient(f, W, -right)
    assert not check_gradient(f, W, right.T)
    assert not check_gradient(f, W, 5 * right)
    assert not check_gradient(f, W, np.zeros((3, 3)))


def test_float32_parameters_are_checked_in_float64_by_default():
    seen = set()

    def f(x):
        seen.add(x.dtype)
        return np.sum(x**3)

    x = np.float32([0.3, -2.0])
    report = check_gradient(f, x)
    assert report
    assert report.rows[0].max_rel < 1e-7
    assert seen == {np.dtype(np.float64)}


def test_samples_limit_the_work_and_follow_the_seed():
    calls = []

    def f(x):
        calls.append(1)
        return np.sum(x**2)

    x = np.arange(1000.0)
    wrong = 2 * x
    wrong[7] += 1
    report = check_gradient(f, x, wrong, samples=20)
    assert report.rows[0].checked == 20
    assert len(calls) < 50
    verdicts = [
        bool(check_gradient(f, x, wrong, samples=500, seed=s)) for s in range(20)
    ]
    # Each half of the numbers has the wrong one with probability ½.
    assert 2 < sum(verdicts) < 18
    again = [bool(check_gradient(f, x, wrong, samples=500, seed=s)) for s in range(20)]
    assert verdicts == again
    assert not check_gradient(f, x, wrong, samples=10**6)


def test_tolerances_are_the_user_s():
    x = np.array([1.0, 2.0])
    f = lambda x: np.sum(x**2)
    almost = 2 * x * 1.001
    assert not check_gradient(f, x, almost)
    assert check_gradient(f, x, almost, rtol=2e-3)
    assert check_gradient(f, x, almost, atol=5e-3)
    assert not check_gradient(f, x, almost, rtol=1e-4, atol=1e-4)
    assert not check_gradient(f, x, 2 * x + 1e-6, rtol=0, atol=0)


def test_the_rounding_of_a_large_loss_is_no_error_of_the_gradient():
    x = np.arange(1000.0)
    f = lambda x: np.sum(x**2)
    assert check_gradient(f, x, 2 * x)
    assert not check_gradient(f, x, 2.01 * x)


def test_a_corner_has_no_derivative():
    report = check_gradient(lambda x: np.sum(np.where(x > 0, x, 0)), np.zeros(2))
    assert not report
    assert report.rows[0].max_abs == pytest.approx(0.5)


def test_closures_of_networks_can_be_checked():
    class Net:
        params = example()

    net = Net()
    before = net.params["W"].tobytes()
    f = lambda _: loss(net.params)
    assert check_gradient(f, net.params, by_hand(net.params))
    wrong = by_hand(net.params)
    wrong["b"] = -wrong["b"]
    assert not check_gradient(f, net.params, wrong)
    assert net.params["W"].tobytes() == before


@pytest.mark.parametrize("x", [2.0, np.array(2.0), [1.0, (2.0, np.ones(2))]], ids=repr)
def test_any_structure(x):
    from kobai.autodiff.trees import leaf_names, leaves

    f = lambda tree: sum(np.sum(leaf**3) for leaf in leaves(tree))
    report = check_gradient(f, x)
    assert report
    assert [row.name for row in report.rows] == leaf_names(x)
    assert check_gradient(f, x, gradient(f, x))


@pytest.mark.parametrize(
    "grads",
    [
        {"W": np.ones((4, 3)), "b": np.ones(5)},
        {"W": np.ones((3, 4))},
        {"W": np.ones((3, 4)), "c": np.ones(5)},
        [np.ones((3, 4)), np.ones(5)],
        np.ones((3, 4)),
        {"W": np.ones((3, 4)), "b": 1.0},
    ],
    ids=["transposed", "missing", "misnamed", "list", "array", "number"],
)
def test_gradients_of_another_structure_are_refused(grads):
    with pytest.raises(ValueError, match=r"structure|shape"):
        check_gradient(loss, example(), grads)


def test_nothing_to_check_is_refused():
    with pytest.raises(ValueError, match="holds no parameters"):
        check_gradient(lambda x: 1.0, {}, {})
