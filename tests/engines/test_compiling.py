"""`compile`: any NumPy function, traced once for each combination of shapes."""

import threading

import numpy as np
import pytest

import kobai
from kobai.graph import TraceError


def norm(x):
    return np.sqrt(np.sum(x * x))


def test_the_result_is_that_of_the_function():
    x = np.array([3.0, 4.0])
    assert kobai.compile(norm)(x) == norm(x)


def test_results_do_not_share_the_engine_s_buffers():
    twice = kobai.compile(lambda x: 2 * x)
    first = twice(np.ones(3))
    twice(np.zeros(3))
    assert first.tolist() == [2, 2, 2]


def test_a_new_shape_or_dtype_is_traced_again():
    calls = []

    def f(x):
        calls.append((x.shape, x.dtype.name))
        return x + 1

    g = kobai.compile(f)
    for x in (np.ones(2), np.ones(3), np.ones(2, np.float32), np.ones(2)):
        y = g(x)
        assert y.shape == x.shape
        assert y.dtype == x.dtype
    # The last call found its version ready.
    assert calls == [((2,), "float64"), ((3,), "float64"), ((2,), "float32")]


def test_gradients_compile_like_any_function():
    W = np.random.default_rng(0).normal(size=(3, 2))
    x = np.ones((4, 3))

    def loss(W, x):
        return np.sum(np.tanh(x @ W) ** 2)

    fast = kobai.compile(kobai.gradient(loss))
    expected = kobai.gradient(lambda W: loss(W, x), W)
    # Another order of the same roundings.
    np.testing.assert_allclose(fast(W, x), expected, rtol=1e-12)


def test_structures_go_in_and_out():
    f = kobai.compile(lambda p: {"sum": p["a"] + p["b"][0], "pair": (p["a"], 1.0)})
    result = f({"a": np.ones(2), "b": [np.ones(2)]})
    assert result["sum"].tolist() == [2, 2]
    assert result["pair"][0].tolist() == [1, 1]
    assert result["pair"][1] == 1.0


def test_an_argument_that_is_changed_in_place_is_changed():
    @kobai.compile
    def descend(w, g):
        w -= 0.5 * g

    w = np.ones(2)
    assert descend(w, np.array([2.0, 4.0])) is None
    assert w.tolist() == [0, -1]


def test_numbers_stay_weak():
    f = kobai.compile(lambda x, c: x * c)
    assert f(np.ones(2, np.float32), 0.5).dtype == np.float32


@pytest.mark.parametrize(
    ("f", "remedy"),
    [
        (lambda x: x if x[0] > 0 else -x, "np.where"),
        (lambda x: float(np.sum(x)), "NumPy"),
        (lambda x: x[x > 0], "np.where"),
    ],
)
def test_what_depends_on_values_is_refused_with_the_remedy(f, remedy):
    with pytest.raises(TraceError, match=remedy):
        kobai.compile(f)(np.ones(3))


def test_the_source_can_be_read_and_run():
    source = kobai.compile(norm).source(np.ones(2))
    namespace = {}
    exec(source, namespace)
    assert namespace["norm"](np.array([3.0, 4.0])) == [5.0]


def test_threads_do_not_disturb_one_another():
    f = kobai.compile(lambda x: np.tanh(x @ x) @ x)
    inputs = np.random.default_rng(0).normal(size=(4, 40, 40))
    wrong = []

    def work(x):
        expected = np.tanh(x @ x) @ x
        for _ in range(50):
            # Products of the same numbers in the same order.
            if not np.allclose(f(x), expected, rtol=1e-12, atol=1e-12):
                wrong.append(x)

    threads = [threading.Thread(target=work, args=(x,)) for x in inputs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_arguments_may_come_by_name():
    f = kobai.compile(lambda x, b=2: x * b)
    assert f(np.ones(2), b=3).tolist() == [3, 3]


def test_what_is_not_finite_shows():
    f = kobai.compile(lambda x: (x - x, np.exp(x)))
    with np.errstate(invalid="ignore"):
        difference, _ = f(np.array([np.inf, np.nan]))
    assert np.isnan(difference).all()


def test_only_functions_are_compiled():
    with pytest.raises(TypeError, match="need a function"):
        kobai.compile(3)


@pytest.mark.parametrize("engine", ["numpy", "auto"])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.where(x > 0, x, 0),
        lambda x: -x * 2,
        lambda x: np.sum(x),
        lambda x: np.copy(x),
        lambda x: x[...],
        lambda x: (x * 2)[...],
        lambda x: np.reshape(np.tanh(x), ()),
        lambda x: np.array(2.5),
        lambda x: 2.5,
    ],
)
def test_one_number_is_an_array_where_numpy_has_one(f, engine):
    x = np.array(0.5)
    found = kobai.compile(f, engine=engine)(x)
    assert type(found) is type(f(x))
    assert found == f(x)
    assert found is not x


def wave(x):
    return np.sin(x) + 1


def of_a_row(x):
    z = np.zeros((2, 3))
    z[0] = x
    return z


def need(engine):
    pytest.importorskip("numba" if engine == "numba" else "numpy")
    pytest.importorskip("jax" if engine == "jax" else "numpy")


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
@pytest.mark.parametrize(
    "use",
    [
        lambda f, x: f(x),
        lambda f, x: f(np.outer(x, x)),
        lambda f, x: f(x[1]),
        lambda f, x: f(x[1].item()),
        lambda f, x: f(of_a_row(x)),
    ],
)
def test_inside_of_a_differentiation_or_a_trace_it_is_the_function(use, engine):
    need(engine)
    x, fast = np.array([0.5, 1.0, -2.0]), kobai.compile(wave, engine=engine)

    def loss(f):
        return lambda x: np.sum(use(f, x) ** 2)

    for _ in range(2):
        found = kobai.gradient(loss(fast), x)
        np.testing.assert_array_equal(found, kobai.gradient(loss(wave), x))
        value = use(fast, x)
        # Another library's sine rounds otherwise.
        np.testing.assert_allclose(value, use(wave, x), rtol=1e-6)
    if use(lambda x: type(x) is not float, x):
        found = kobai.compile(loss(fast))(x)
        np.testing.assert_array_equal(found, kobai.compile(loss(wave))(x))


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
def test_what_a_differentiation_has_kept_is_taken_for_what_it_is(engine):
    need(engine)
    kept = {}

    def loss(W):
        kept.update(W=W, row=W[0], turned=W.T, sum=np.sum(W), list=[W[0, 0].item()])
        return np.sum(W * W)

    kobai.gradient(loss, np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    W = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    plain = {"W": W, "row": W[0], "turned": W.T, "sum": np.sum(W), "list": [1.0]}

    def f(tree):
        return {**tree, "W": tree["W"] @ tree["turned"], "list": tree["list"][0] * 2}

    fast = kobai.compile(f, engine=engine)
    found, expected = fast(kept), kobai.compile(f, engine=engine)(plain)
    for name, value in expected.items():
        assert type(found[name]) is type(value)
        np.testing.assert_array_equal(found[name], value)
    assert str(fast.graph(kept)) == str(fast.graph(plain))


def test_a_change_of_what_a_differentiation_has_kept_reaches_the_array():
    kept = []
    kobai.gradient(lambda W: (kept.append(W * 2), np.sum(W))[1], np.ones((2, 2)))

    @kobai.compile
    def descend(w):
        w -= 0.5

    descend(kept[0])
    np.testing.assert_array_equal(np.asarray(kept[0]), [[1.5, 1.5], [1.5, 1.5]])
