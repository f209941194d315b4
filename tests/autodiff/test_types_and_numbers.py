"""What type a result has, and whether it is a number or an array: as in NumPy.

Whole numbers, bools and float32 come to a function of a compiled program, or beside
an array under differentiation; each function makes of them what NumPy makes.
"""

import operator
from fractions import Fraction

import numpy as np
import pytest

from kobai import compile, gradient
from kobai.autodiff import value_and_gradient
from kobai.errors import GradientError

INTS = np.array([[3, -1, 2], [0, 2, 2]])
BOOLS = np.array([[True, False, True], [False, False, True]])
BYTES = np.array([100, 100, -100], np.int8)
HALVES = np.float16([60000, 60000, 50000])
FLOATS = np.array([[1.7, -2.2, 7.9], [0.4, 0.6, -3.5]])
SINGLES = FLOATS.astype(np.float32)
EMPTY = np.zeros((0, 3))

RESULTS = {
    "median of ints": (np.median, INTS),
    "median of bools": (lambda x: np.median(x, axis=1), BOOLS),
    "median of bytes": (np.median, BYTES),
    "median of none": (np.median, EMPTY),
    "median of rows of none": (lambda x: np.median(x, axis=0), EMPTY),
    "median of no rows": (lambda x: np.median(x, axis=1, keepdims=True), EMPTY),
    "median of two axes": (lambda x: np.median(x, axis=(0, 1)), BOOLS),
    "product of bools": (lambda x: x.prod(keepdims=True), BOOLS),
    "product along no axis": (lambda x: np.prod(x, axis=()), BYTES),
    "running product of bools": (lambda x: x.cumprod(), BOOLS),
    "running product of bytes": (np.cumprod, BYTES),
    "running product, unsigned": (np.cumprod, np.uint8([200, 2])),
    "copysign of ints": (lambda x: np.copysign(x, -1), INTS),
    "copysign of bytes": (lambda x: np.copysign(x, x), BYTES),
    "copysign of bools": (lambda x: np.copysign(x, x), BOOLS),
    "copysign of a number": (lambda x: np.copysign(x, np.float32([-1])), 3),
    "copysign of halves": (lambda x: np.copysign(x, -2.5), HALVES),
    "conjugate of bools": (lambda x: x.conj(), BOOLS),
    "mean in ints": (lambda x: np.mean(x, dtype=int), FLOATS),
    "mean of columns in ints": (lambda x: np.mean(x, axis=0, dtype=int), FLOATS),
    "variance in ints": (lambda x: np.var(x, axis=1, dtype=int), FLOATS),
    "deviation in ints": (lambda x: np.std(x, dtype=int), FLOATS),
    "variance of too few": (lambda x: np.var(x, axis=0, ddof=5), FLOATS),
    "mean of a number, counted": (
        lambda x: np.mean(x[0, 0], axis=0, where=x[0, 0] > 0),
        FLOATS,
    ),
    "mean of a number, kept": (
        lambda x: x[0, 0].mean(axis=-1, keepdims=True, where=x[0, 0] > 0),
        FLOATS,
    ),
    "variance of a number, counted": (
        lambda x: np.var(x[0, 0], axis=-1, where=x[0, 0] > 0),
        FLOATS,
    ),
    "deviation of a number, counted": (
        lambda x: np.std(x[0, 0], axis=0, where=x[0, 0] > 0),
        FLOATS,
    ),
    "mean of halves": (np.mean, HALVES),
    "mean of huge ints": (np.mean, np.full(4, 2**62)),
    "nan_to_num of ints": (np.nan_to_num, INTS),
    "nan_to_num of bools": (np.nan_to_num, BOOLS),
    "select, default": (lambda x: np.select([x > 0], [x], 2.5), SINGLES),
    "select, numbers": (lambda x: np.select([x > 0], [2], 0.5), SINGLES),
    "item": (lambda x: x.item(0), SINGLES),
    "item beside others": (lambda x: x.item(1) * x / 3 + x.max().item(), SINGLES),
    "item in a function": (lambda x: np.exp(x.item(2)), SINGLES),
    "item of ints": (lambda x: x.item(0, 1) * np.int8([2, 3]), INTS),
    "list of numbers": (lambda x: sum(x[0].tolist()) * x, SINGLES),
    "diagonal of none": (lambda x: x.diagonal(1), EMPTY),
    "trace of none": (np.trace, EMPTY),
    "norm of bytes": (np.linalg.norm, BYTES),
    "first norm of bytes": (lambda x: np.linalg.norm(x, 1), BYTES),
    "norm of bools": (lambda x: np.linalg.norm(x, axis=0), BOOLS),
    "vector norm of bytes": (np.linalg.vector_norm, BYTES),
    "matrix norm of bytes": (np.linalg.matrix_norm, np.stack([BYTES, BYTES])),
    "largest of bools": (lambda x: np.max(x, initial=False, axis=()), BOOLS),
    "sum from a fraction": (lambda x: np.max(x, initial=2.5), INTS),
    "inner product": (lambda x: np.inner(x, x), np.array([1.0, 2.0])),
    "take from none": (lambda x: np.take(x[:, :0], [0, 0], axis=1), EMPTY),
    "clip to what cannot be": (lambda x: np.clip(x, -1000, 50), BYTES),
    "real part of a bool": (np.real, True),
    "count": (np.count_nonzero, BOOLS),
}


def _assert_same(found, expected):
    value, wanted = np.array(found), np.array(expected)
    assert value.dtype == wanted.dtype
    assert value.shape == wanted.shape
    # Sums of a few numbers, in whatever order.
    rounding = 1e-14 if value.dtype.itemsize > 4 else 1e-6
    np.testing.assert_allclose(value, wanted, rtol=rounding)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("f", "x"), RESULTS.values(), ids=RESULTS)
def test_compiled(f, x):
    _assert_same(compile(f)(x), f(x))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("f", "x"), RESULTS.values(), ids=RESULTS)
def test_under_differentiation(f, x):
    x = x if getattr(x, "dtype", np.dtype(int)).kind == "f" else np.asarray(x, float)
    seen = []

    def loss(x):
        y = f(x)
        seen.append(isinstance(y, np.ndarray))
        return np.sum(x), y

    (_, y), _ = value_and_gradient(loss, x, has_aux=True)
    _assert_same(y, f(x))
    assert seen == [isinstance(f(x), np.ndarray)]


# --- numbers and arrays without axes

NUMBERS = {
    "dot": lambda x: np.dot(x, x),
    "inner": lambda x: np.inner(x, x),
    "median": lambda x: np.median(x),
    "quantile": lambda x: np.quantile(x, 0.3),
    "copysign": lambda x: np.copysign(x[0], x[1]),
    "heaviside": lambda x: np.heaviside(x[0], 0.5),
    "nan_to_num": lambda x: np.nan_to_num(x[0]),
    "nan_to_num of an array": lambda x: np.nan_to_num(np.reshape(x[:1], ())),
    "sinc": lambda x: np.sinc(x[0]),
    "modf": lambda x: np.modf(x[0])[0],
    "variance": lambda x: np.var(x),
    "product": lambda x: np.prod(np.reshape(x[:1], ()), keepdims=True),
}


@pytest.mark.parametrize("f", NUMBERS.values(), ids=NUMBERS)
def test_number_is_bound_to_a_new_one(f):
    def program(x):
        before = y = f(x)
        y += x
        return np.sum(y * before)

    x = np.array([0.3, -1.2, 0.7])
    assert isinstance(f(x), np.generic)
    assert np.isclose(compile(program)(x), program(x), rtol=1e-14)
    assert np.isclose(value_and_gradient(program, x)[0], program(x), rtol=1e-14)


@pytest.mark.parametrize("f", [np.median, lambda x, **kw: np.quantile(x, 0.3, **kw)])
def test_kept_axes_make_an_array(f):
    def program(x):
        y = f(x[0], keepdims=True)
        y[...] += y
        return y[()] * 1

    x = np.array([1.5])
    assert program(x) == 3
    assert compile(program)(x) == 3
    np.testing.assert_array_equal(gradient(program)(x), [2])


def test_tensordot_gives_an_array_where_inner_gives_a_number():
    def program(x):
        y = np.tensordot(x, x, 1)
        y[...] *= 3
        y.squeeze()[...] += 1
        return np.sum(y)

    x = np.array([0.5, 2.0])
    assert program(x) == compile(program)(x) == value_and_gradient(program, x)[0]
    np.testing.assert_array_equal(gradient(program)(x), 6 * x)


def test_tensordot_stretches_nothing():
    with pytest.raises(ValueError, match="one length"):
        compile(lambda x: np.tensordot(x, x, 1))(np.ones((2, 1)))


def test_conjugate_of_a_real_array_is_that_array():
    def program(x):
        y = x.conj()
        x += 2
        return np.sum(y * y)

    x = np.array([1.0, -3.0])
    assert compile(program)(x.copy()) == program(x.copy())
    np.testing.assert_array_equal(gradient(program)(x), 2 * (x + 2))


@pytest.mark.parametrize("run", [gradient, compile])
def test_ravel_of_what_may_lie_apart_is_not_written(run):
    def program(x):
        x[::2].ravel()[...] = 0
        return np.sum(x)

    x = np.arange(4.0)
    # Nothing is written: NumPy copies here, and does not of x[:2].
    assert program(x) == 6
    with pytest.raises(GradientError, match="write a = a"):
        run(program)(x)


# --- what is written in place

WRITTEN = {
    "flat, a number": lambda x: setattr(x, "flat", 2.5),
    "flat, repeated": lambda x: setattr(x, "flat", x[0, :2] * 2),
    "flat, the first": lambda x: setattr(x, "flat", np.arange(9.0)),
    "flat of a row": lambda x: setattr(x[1], "flat", x[0]),
    "real": lambda x: setattr(x, "real", x * x),
    "out, broadcast": lambda x: np.multiply(x[0], 2, out=x),
    "out, a number": lambda x: np.add(x[0, 0], 1, out=x[1]),
    "out, clip": lambda x: np.clip(x[0], 0, 1, out=x[1:]),
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
def test_written_in_place(write):
    def program(x):
        x = x * 1
        write(x)
        return np.sum(x * x * np.arange(6.0).reshape(2, 3))

    x = FLOATS
    steps = 1e-6 * np.eye(6).reshape(6, 2, 3)
    slopes = [(program(x + h) - program(x - h)) / 2e-6 for h in steps]
    assert np.isclose(compile(program)(x), program(x), rtol=1e-14)
    # Differences of numbers of about 1000, rounded to 1e-13, over 2e-6.
    np.testing.assert_allclose(np.ravel(gradient(program)(x)), slopes, atol=1e-5)
    np.testing.assert_allclose(
        np.ravel(compile(gradient(program))(x)), slopes, atol=1e-5
    )


@pytest.mark.parametrize(
    "write",
    [
        lambda x: setattr(x, "shape", (-1,)),
        lambda x: setattr(x, "dtype", np.int64),
        lambda x: (np.zeros(3) * 2).flat.__setitem__(0, x[0, 0]),
    ],
)
@pytest.mark.parametrize("run", [gradient, compile])
def test_refused_in_place(write, run):
    with pytest.raises(GradientError, match=r"x = x\.|np\.|x\["):
        run(lambda x: (write(x), np.sum(x))[1])(FLOATS.copy())


@pytest.mark.parametrize(
    "write",
    [
        lambda x: np.copyto(x, 2.5),
        lambda x: np.copyto(x, [0.5, 2, 1]),
        lambda x: np.add(x, 0.5, out=x),
        lambda x: np.floor_divide(
            np.full(3, 2, np.uint8), x / 2, np.zeros(3, np.uint8)
        ),
    ],
)
def test_numbers_that_do_not_fit_are_not_stored(write):
    def program(x):
        write(x)
        return np.sum(x)

    with pytest.raises(TypeError):
        program(np.array([1, 2, 3]))
    with pytest.raises((TypeError, GradientError)):
        compile(program)(np.array([1, 2, 3]))


def test_array_is_not_one_number():
    def program(x):
        x[0] = x[1:2]
        return np.sum(x)

    with pytest.raises(ValueError, match="number"):
        compile(gradient(program))(np.ones(3))


# --- operands of less precision than the result

NARROW = {
    "arctan2": lambda x: np.arctan2(np.uint8(200), x),
    "arctan2, the other": lambda x: np.arctan2(x, np.uint8(200)),
    "power": lambda x: np.full(3, 200, np.uint8) ** x,
    "power of float32": lambda x: np.power(np.float32([0.1, 0.7, 3]), x),
    "power to float16": lambda x: np.power(x, np.float16([0.1, 2.3, 7])),
    "hypot": lambda x: np.hypot(np.full(3, 200, np.uint8), x),
    "quotient": lambda x: np.float16([0.1, 2.3, 7]) / x,
    "logaddexp": lambda x: np.logaddexp(np.float32([0.1, 2.3, 1]), x),
    "remainder": lambda x: np.remainder(x, np.float32([0.3, 0.4, 0.9])),
}


@pytest.mark.parametrize("f", NARROW.values(), ids=NARROW)
def test_rule_computes_with_the_precision_of_the_result(f):
    x = np.array([1.3, 0.7, 2.1])
    h = 1e-5
    steps = h * np.eye(3)
    slopes = [np.sum(f(x + s) - f(x - s)) / (2 * h) for s in steps]
    found = gradient(lambda x: np.sum(f(x)))(x)
    # h² and the rounding of numbers up to 200, over h; float32 has 7 digits.
    np.testing.assert_allclose(found, slopes, rtol=5e-9, atol=5e-9)


def test_sum_of_a_float32_parameter_beside_float64():
    f = lambda x: np.sum(np.arctan2(x, np.array([1e25, 2e25])) * 1e25)
    x = np.float32([1e25, 1e25])
    # 1e25² is no float32: b / (a² + b²) there.
    np.testing.assert_allclose(gradient(f)(x), [0.5, 0.4], rtol=1e-6)


def test_corner_of_a_deviation_with_a_mask_is_one_when_compiled_too():
    f = lambda x: np.sum(np.std(x, axis=1, where=x > 0))
    x = np.array([[1.0, 1.0], [2.0, -1.0]])
    np.testing.assert_array_equal(gradient(f)(x), 0)
    np.testing.assert_array_equal(compile(gradient(f))(x), 0)


@pytest.mark.parametrize(
    ("f", "error"),
    [
        (lambda x: np.linalg.norm(x, axis=()), ValueError),
        (lambda x: np.sum(x).mean(axis=0), ValueError),
        (lambda x: np.average(x[:0], axis=1), ZeroDivisionError),
        (lambda x: np.reshape(x[:0], (0, -1)), ValueError),
        (
            lambda x: np.broadcast_to(x[:0], (2, 0, 3)).sort(),
            (ValueError, GradientError),
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_raises_where_numpy_does(f, error):
    with pytest.raises(error):
        f(FLOATS)
    with pytest.raises(error):
        compile(f)(FLOATS)


@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.float64])
def test_empty_lists_beside_values_have_no_type(dtype):
    x = np.zeros(0, dtype)
    f = lambda x: np.array([x, []])
    assert compile(f)(x).dtype == f(x).dtype == dtype
    assert compile(f)(x).shape == (2, 0)


@pytest.mark.parametrize(
    "write",
    [
        lambda z, x: np.einsum("i,j->i", x[:1], x, out=z),
        lambda z, x: np.cumsum(x[None], axis=0, out=z[None]),
        lambda z, x: setattr(z, "real", x[::-1]),
    ],
)
def test_results_fill_what_f_made_as_in_numpy(write):
    def f(x):
        z = np.zeros(3)
        z[...] = x
        write(z, x)
        return np.sum(z * np.array([1.0, 3.0, 7.0])) + np.sum(x)

    x = np.array([2.0, 5.0, 11.0])
    assert value_and_gradient(f, x)[0] == compile(f)(x) == f(x)


def test_array_is_one_bool():
    def program(x):
        mask = x > 0
        mask[0] = x[1:2]
        return np.sum(np.where(mask, x, 0))

    x = np.array([-1.0, 2.0])
    assert program(x) == compile(program)(x) == 1


def test_python_number_has_to_fit():
    f = lambda x: np.sum(x.astype(np.uint8) * -1) + np.sum(x)
    for run in f, compile(f), compile(gradient(f)):
        with pytest.raises(OverflowError):
            run(np.ones(2))


@pytest.mark.parametrize("dtype", [object, str, "datetime64[s]"])
@pytest.mark.parametrize("run", [gradient, compile])
def test_objects_have_no_derivative(run, dtype):
    with pytest.raises(GradientError, match="type of floats"):
        run(lambda x: np.sum(x.astype(dtype)))(np.ones(2))


NUMBERS_OF_PYTHON = {
    "item": lambda use: gradient(lambda x: use(x[0].item()) * 1.0, np.ones(2)),
    "traced float": lambda use: compile(lambda x: use(x))(2.5),
    "traced int": lambda use: compile(lambda x: use(3 * x - 1))(2),
    "traced item": lambda use: compile(lambda x: use(x.item()))(np.ones(1)),
}


@pytest.mark.parametrize(
    "f", [operator.add, operator.mul, operator.truediv, operator.pow, np.subtract]
)
def test_fractions_are_numbers(f):
    x = np.array([0.5, 1.5, 2.0])
    of_one = lambda x: f(x[1], Fraction(1, 4)) + np.sum(f(Fraction(3, 4), x))
    of_float = lambda x: f(x[1], 0.25) + np.sum(f(0.75, x))
    assert gradient(of_one, x).tolist() == gradient(of_float, x).tolist()
    single = np.float32([3])
    assert gradient(lambda x: f(x, Fraction(1, 3))[0] * 1.0, single).dtype == "f4"


@pytest.mark.parametrize("number", NUMBERS_OF_PYTHON)
@pytest.mark.parametrize(
    "name", ["sum", "mean", "min", "ravel", "copy", "reshape", "T", "flat", "item"]
)
def test_python_s_numbers_have_no_methods_of_numpys(number, name):
    assert not hasattr(1.0, name)
    with pytest.raises(
        AttributeError, match=f"one of Python's numbers.* no {name}; use"
    ):
        NUMBERS_OF_PYTHON[number](lambda x: getattr(x, name))


@pytest.mark.parametrize("number", NUMBERS_OF_PYTHON)
def test_python_s_numbers_have_no_entries(number):
    for use in (lambda x: x[()], lambda x: x[...], lambda x: 1.0 in x):
        with pytest.raises(TypeError, match="has no entries"):
            NUMBERS_OF_PYTHON[number](use)


@pytest.mark.parametrize("f", [np.median, lambda x, axis: np.quantile(x, 0.5, axis)])
def test_no_entries_along_no_axis_have_no_median_as_in_numpy(f):
    g = lambda x: np.sum(f(x, axis=()))
    for run in (g, compile(g), lambda x: gradient(g, x)):
        with pytest.raises(ValueError, match=r"cannot reshape|need entries"):
            run(EMPTY)
