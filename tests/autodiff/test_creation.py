"""Arrays of values, made as NumPy makes them; and what isinstance is told."""

import pickle
import threading
from numbers import Real

import numpy as np
import pytest

from kobai import compile
from kobai.autodiff import gradient, numerical_gradient, value_and_gradient
from kobai.autodiff.arrays.creation import StandIn, making_arrays
from kobai.autodiff.tensor import Tape
from kobai.errors import GradientError

X = np.array([0.5, 1.5, -0.7])
M = np.arange(6.0).reshape(2, 3)

ARRAYS = {
    "numbers": lambda x: np.array([x[0], x[1] ** 2]),
    "mixed": lambda x: np.array([x[0], 3, 2.5, x[2] * x[1]]),
    "nested": lambda x: np.array([[x[0], 1], (2, x[1] * x[2])]),
    "rows": lambda x: np.array([x, x * x, [1, 2, 3]]),
    "dtype": lambda x: np.array([x[0], 1], dtype=float),
    "to int": lambda x: np.array([x[0], 4.7], dtype=int) * x[0],
    "array": lambda x: np.array(x) * x,
    "asarray": lambda x: np.asarray(x) * np.asarray([x[0], 1, 2]),
    "asanyarray": lambda x: np.asanyarray([x[0], x[1]]),
    "ascontiguousarray": lambda x: np.ascontiguousarray(x[::2]),
    "of a number": lambda x: np.ascontiguousarray(x[0]) * np.array(x[1]),
    "asfortranarray": lambda x: np.asfortranarray([x, x]),
    "ndmin": lambda x: np.array(x, ndmin=3) * np.array([x[0]], ndmin=2),
    "copy": lambda x: np.array(x, copy=None) + np.array(x, copy=False),
    "keyword": lambda x: np.array(object=[x[0], x[1]]),
    "full": lambda x: np.full((2, 2), x[0]) * np.full(2, x[1], float),
    "full of a row": lambda x: np.full((2, 3), x),
    "full_like": lambda x: np.full_like(np.ones(3), x[0]),
    "full_like of ints": lambda x: np.full_like(np.arange(3), x[1]) * x,
    "full_like of a value": lambda x: np.full_like(x, x[0]) * x,
    "operator": lambda x: x * [x[0], 1, x[1]] + [x[2], 2, 3] / x,
    "ufunc": lambda x: np.multiply(x, [x[0], 1, x[1]]),
    "plain": lambda x: x * np.array([1.0, 2, 3]) + np.full(3, 2.0) * np.asarray([1]),
}


@pytest.mark.parametrize("f", ARRAYS.values(), ids=ARRAYS)
def test_arrays_of_values_are_those_of_numpy(f):
    total = lambda x: np.sum(np.sin(f(x)))
    kind = []
    value, slope = value_and_gradient(
        lambda x: (kind.append((f(x).shape, f(x).dtype)), total(x))[1], X
    )
    assert kind == [(f(X).shape, f(X).dtype)]
    assert value == pytest.approx(total(X), rel=1e-14)
    # Central differences are right to about 1e-8 here.
    np.testing.assert_allclose(slope, numerical_gradient(total, X.copy()), atol=1e-6)


@pytest.mark.parametrize("name", [n for n in ARRAYS if "int" not in n])
def test_arrays_of_values_are_compiled(name):
    total = lambda x: np.sum(np.sin(ARRAYS[name](x)))
    np.testing.assert_allclose(compile(total)(X), total(X), rtol=1e-12)
    np.testing.assert_allclose(
        compile(gradient(total))(X), gradient(total, X), rtol=1e-12
    )


def test_an_array_is_a_copy_and_asarray_is_none():
    def f(x):
        copy, same = np.array(x), np.asarray(x)
        x *= 2
        return np.sum(copy * same)

    # x · 2x
    np.testing.assert_allclose(gradient(f, X), 4 * X)


def test_an_array_of_a_number_can_change():
    def f(x):
        a = np.array(x[0])
        b = a
        a += 1
        return a * b

    assert gradient(f, X)[0] == 3.0


def test_second_derivatives_through_arrays_of_values():
    inner = lambda y: np.sum(np.array([y[0] * y[1], y[2] ** 3]))
    f = lambda x: np.sum(np.array([gradient(inner, x), x]) ** 2)
    # (y₁, y₀, 3y₂²), squared and added to x².
    expected = [4 * X[0], 4 * X[1], 36 * X[2] ** 3 + 2 * X[2]]
    np.testing.assert_allclose(gradient(f, X), expected)


def test_numpy_s_own_errors_of_arrays_stay():
    with pytest.raises(ValueError, match=r"shape|dimensions"):
        gradient(lambda x: np.sum(np.array([x, [1, 2]])), X)
    with pytest.raises(ValueError, match="avoid copy"):
        gradient(lambda x: np.sum(np.array([x[0]], copy=False)), X)


# --- NumPy's functions are back when f has ended


def test_numpy_s_functions_are_back():
    before = np.array, np.asarray, np.full
    gradient(lambda x: np.sum(gradient(lambda y: np.sum(y * y), x)), X)
    with pytest.raises(ZeroDivisionError):
        gradient(lambda x: 1 / 0, X)
    now = np.array, np.asarray, np.full
    assert all(a is b for a, b in zip(before, now, strict=True))
    assert not isinstance(np.array, StandIn)


def test_other_threads_see_numpy_s_arrays():
    inside, done = threading.Event(), threading.Event()
    seen = []

    def other():
        inside.wait()
        seen.append(type(np.array([1.0, 2.0])))
        with pytest.raises(TypeError):
            np.array([object(), 1.0], dtype=float)
        done.set()

    def f(x):
        inside.set()
        done.wait()
        return np.sum(np.array([x[0], x[1]]))

    thread = threading.Thread(target=other)
    thread.start()
    np.testing.assert_array_equal(gradient(f, X), [1, 1, 0])
    thread.join()
    assert seen == [np.ndarray]


def test_many_threads_leave_numpy_s_functions():
    original = np.array

    def work():
        for _ in range(50):
            gradient(lambda x: np.sum(np.array([x[0], x[1]])), X)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert np.array is original


def test_a_stand_in_is_taken_for_numpy_s_function():
    original = np.array
    with making_arrays(Tape()):
        stand_in = np.array
        assert stand_in is not original
        assert stand_in == original
        assert {original: 1}[stand_in] == 1
        assert stand_in.__name__ == "array"
        assert stand_in.__doc__ == original.__doc__
        assert pickle.loads(pickle.dumps(stand_in)) == original


def test_numba_compiles_numpy_s_functions_inside_of_f():
    numba = pytest.importorskip("numba", reason="needs Numba")

    @numba.njit
    def plain():
        return np.array([1.0, 2.0, 3.0]) + np.full(3, 1.0)

    np.testing.assert_array_equal(gradient(lambda x: np.sum(x * plain()), X), [2, 3, 4])


def test_generators_and_compiled_code_work_inside_of_f():
    def f(x):
        rng = np.random.default_rng(0)
        noise = rng.random(x.shape) + rng.permutation(3) + rng.choice(5, 3)
        assert type(noise) is np.ndarray
        return np.sum(x * noise)

    assert np.all(np.isfinite(gradient(f, X)))


# --- what isinstance is told

QUESTIONS = {
    "array": lambda x: isinstance(x, np.ndarray),
    "a row": lambda x: isinstance(x[0], np.ndarray),
    "no number": lambda x: isinstance(x, float | np.generic),
    "number": lambda x: isinstance(x[0, 0], float),
    "floating": lambda x: isinstance(x[0, 0], np.floating),
    "real": lambda x: isinstance(x[0, 0], Real),
    "no array": lambda x: isinstance(x[0, 0], np.ndarray),
    "sum": lambda x: isinstance(np.sum(x), np.float64),
    "changed": lambda x: isinstance(np.array(x[0, 0]), np.ndarray),
    "no int": lambda x: isinstance(x[0, 0], int | np.integer),
    "no list": lambda x: isinstance(x, list | tuple | dict),
    "isscalar": lambda x: np.isscalar(x[0, 0]) and not np.isscalar(x),
    "ndim": lambda x: (np.ndim(x), np.shape(x), np.size(x)),
    "iterable": lambda x: (np.iterable(x), np.iterable(x[0, 0])),
    "has a length": lambda x: (hasattr(x, "__len__"), hasattr(x[0, 0], "__len__")),
    "result_type": lambda x: np.result_type(x, np.float32),
    "issubdtype": lambda x: np.issubdtype(x.dtype, np.floating),
    "can_cast": lambda x: np.can_cast(x.dtype, np.float32),
}


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
def test_f_is_told_what_numpy_would_tell(ask):
    answers = []
    gradient(lambda x: (answers.append(ask(x)), np.sum(x))[1], M)
    gradient(lambda x: np.sum(gradient(lambda y: _asked(ask, y, answers), x)), M)
    assert answers == [ask(M)] * 2


def _asked(ask, y, answers):
    answers.append(ask(y))
    return np.sum(y * y)


def test_float32_numbers_are_no_floats():
    f = lambda x: x[0] * 2 if isinstance(x[0], float) else x[0] * 3
    assert gradient(f, X.astype(np.float32))[0] == 3


def test_the_branch_for_arrays_is_taken_while_compiling():
    f = lambda x: np.sum(x * 3) if isinstance(x, np.ndarray) else np.sum(x * 2)
    assert value_and_gradient(f, np.ones(2))[0] == 6
    assert compile(f)(np.ones(2)) == 6


@pytest.mark.parametrize("x", [2, 2.5, True, np.float64(2), np.float32(2), np.int64(2)])
def test_a_number_is_told_to_be_one_while_compiling(x):
    kinds = (bool, int, float, np.floating, np.integer, np.ndarray)
    told = lambda x: [kind for kind in kinds if isinstance(x, kind)]
    answers = []
    compile(lambda x: (answers.append(told(x)), x + 1)[1])(x)
    assert answers == [told(x)]


def test_numerical_gradients_hand_numpy_s_numbers_on():
    f = lambda x: (x > 0).astype(float) * x
    assert numerical_gradient(f, np.float64(2.0)) == pytest.approx(1.0)
    assert type(numerical_gradient(lambda x: x * x, 2.0)) is float


@pytest.mark.parametrize(
    ("subscripts", "a", "b"),
    [
        ("ij,ij->j", (1, 2), (3, 2)),
        ("ij,ij->ij", (1, 2), (3, 1)),
        ("ij,jk->ik", (3, 1), (4, 2)),
        ("ij,ij->", (3, 1), (1, 4)),
        ("...i,...i", (1, 2), (3, 2)),
    ],
)
def test_einsum_stretches_axes_of_length_1(subscripts, a, b):
    rng = np.random.default_rng(0)
    p = [rng.random(a), rng.random(b)]
    f = lambda p: np.sum(np.sin(np.einsum(subscripts, *p)))
    for found, numeric in zip(gradient(f, p), numerical_gradient(f, p), strict=True):
        np.testing.assert_allclose(found, numeric, atol=1e-6)
    np.testing.assert_allclose(compile(f)(p), f(p), rtol=1e-12)


LAID_OUT = [lambda y: np.asfortranarray(y), lambda y: np.ascontiguousarray(y.T)]


@pytest.mark.parametrize("make", LAID_OUT)
def test_an_array_laid_out_the_other_way_is_a_copy(make):
    def f(x):
        y = x * 1
        other = make(y)
        y[0] = 0
        other[1, 1] *= x[0, 1]
        return np.sum(y * y) + np.sum(other**3)

    numeric = numerical_gradient(f, M)
    np.testing.assert_allclose(gradient(f, M), numeric, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(compile(f)(M), f(M), rtol=1e-12)


def test_an_array_that_may_lie_so_already_is_read_and_not_written():
    def f(x):
        part = (x * 1)[:, 1:]
        # In NumPy a copy, which a view of all columns would not be.
        np.ascontiguousarray(part)[0] = 0
        return np.sum(part**2)

    for run in (lambda: gradient(f, M), lambda: compile(f)(M)):
        with pytest.raises(GradientError, match="in-place change of a view"):
            run()
