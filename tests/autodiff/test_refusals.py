"""What cannot be differentiated is refused with the remedy, never silently wrong."""

import math
import operator
import pickle
import statistics
from fractions import Fraction

import numpy as np
import pytest
from numpy import array, asarray, ascontiguousarray, asfortranarray
from numpy import zeros as plain_zeros

from kobai.autodiff import (
    check_gradient,
    gradient,
    numerical_derivative,
    numerical_gradient,
    value_and_gradient,
)
from kobai.engines.compile import compile
from kobai.errors import GradientError
from kobai.optimizers import gradient_descent

X = np.array([[0.5, -1.2, 0.8], [1.7, 0.3, -0.6]])


def item_into_plain(x):
    a = plain_zeros(3)
    a[0] = x[0, 0]
    return np.sum(a)


def row_into_plain(x):
    a = plain_zeros((2, 3))
    a[0] = x[0]
    return np.sum(a)


def mask_into_plain(x):
    a = plain_zeros((2, 3))
    a[a == 0] = x.ravel()
    return np.sum(a)


def add_to_plain(x):
    a = plain_zeros((2, 3))
    a += x
    return np.sum(a)


def add_to_plain_number(x):
    a = plain_zeros(())
    a += x[0, 0]
    return a


def out_is_plain(x):
    a = plain_zeros((2, 3))
    np.exp(x, out=a)
    return np.sum(a)


def sum_out_is_plain(x):
    a = plain_zeros(3)
    np.sum(x, axis=0, out=a)
    return np.sum(a)


def copy_to_plain(x):
    a = plain_zeros((2, 3))
    np.copyto(a, x)
    return np.sum(a)


def put_into_plain(x):
    a = plain_zeros(6)
    np.put(a, [0, 1], x[0, :2])
    return np.sum(a)


def fill_plain(x):
    a = plain_zeros(3)
    a.fill(x[0, 0])
    return np.sum(a)


def mask_of_sign(x):
    s = np.sign(x)
    s *= x
    return np.sum(s)


WRITE = r"writing into an array from outside f.*z = np.zeros"

# (what it is, the function, a part of the remedy)
REFUSED = [
    ("item", item_into_plain, WRITE),
    ("row", row_into_plain, WRITE),
    ("mask", mask_into_plain, WRITE),
    ("+=", add_to_plain, r"np.add: .*write a = a \+ b for a \+= b"),
    ("+= number", add_to_plain_number, r"write a = a \+ b for a \+= b"),
    ("out=", out_is_plain, "np.exp: .*leave out= away"),
    ("fill", fill_plain, WRITE),
    ("sum out=", sum_out_is_plain, r"np.sum: cannot write .* leave out= away"),
    ("copyto", copy_to_plain, "np.copyto: cannot write .* np.zeros.* use np.where"),
    ("put", put_into_plain, "np.put: cannot write .* np.zeros.* use np.where"),
    ("frexp", lambda x: np.sum(np.frexp(x)[0]), "frexp: has no derivative rule"),
    ("polyfit", lambda x: np.sum(np.polyfit(x[0], x[1], 1)), "polyfit: has"),
    ("i0", lambda x: np.sum(np.i0(x)), "i0: has no derivative rule"),
    ("reduce", lambda x: np.sum(np.power.reduce(x)), r"write a loop, y = np.power\("),
    ("reduce of two axes", lambda x: np.subtract.reduce(x, None), "write a loop"),
    (
        "reduce where=",
        lambda x: np.sum(np.hypot.reduce(x, where=x > 0)),
        "use np.where",
    ),
    ("order=", lambda x: np.sum(np.reshape(x, 6, order="A")), 'order="C" or order="F"'),
    ("order=K", lambda x: np.sum(x.ravel("K")), 'order="C" or order="F"'),
    ("pad", lambda x: np.sum(np.pad(x, 1, mode="mean")), 'mode="mean"; .*np.concaten'),
    ("pad function", lambda x: np.sum(np.pad(x, 1, lambda v, *a: v)), "np.concatenate"),
    (
        "quantile q",
        lambda x: np.quantile(x, x[0, 0] ** 2),
        r"got q from a value.*x\.value",
    ),
    (
        "weights",
        lambda x: np.quantile(x, 0.5, weights=x),
        "weights.*without that argum",
    ),
    (
        "nanquantile",
        lambda x: np.nanquantile(x, 0.5, method="lower"),
        '"linear" is diff',
    ),
    ("round()", lambda x: round(x[0, 0]), r"use np.round\(x\), whose derivative is 0"),
    ("round() of many", lambda x: round(x), r"use np.round\(x\)"),
    ("trunc()", lambda x: math.trunc(x[0, 0]), r"np.exp\(x\)"),
    ("is_integer", lambda x: x[0, 0].is_integer(), r"use x == np.floor\(x\)"),
    ("hex", lambda x: x[0, 0].item().hex(), r"use x.value.hex"),
    ("statistics", lambda x: statistics.mean(x[0]), r"use np.mean\(x\)"),
    ("variance", lambda x: statistics.variance(x[0].tolist()), r"np.var\(x, ddof=1\)"),
    ("a Fraction", lambda x: Fraction(x[0, 0]), "no quotient of integers"),
    (
        "permutation",
        lambda x: np.random.default_rng(0).permutation(x[0])[0],
        r"use .* x\[rng.permutation\(len\(x\)\)\]",
    ),
    ("del", lambda x: operator.delitem(x, 0), "use np.delete"),
    ("choose", lambda x: np.sum(x.choose(x)), "np.choose: got indices .*np.argmax"),
    (
        "poly1d",
        lambda x: np.polyval(np.poly1d([1, 2]), x[0])[0],
        "need its coefficients",
    ),
    ("x.resize", lambda x: x.resize(6), "np.resize, or np.concatenate"),
    ("x.view", lambda x: np.sum(x.view(np.float32)), r"use x.astype\(dtype\)"),
    ("x.flags", lambda x: x.flags, r"use x.value.flags"),
    (
        "unknown argument",
        lambda x: x.sum(axes=0),
        "np.sum: .*'axes'.*without that argum",
    ),
    (
        "matmul axes=",
        lambda x: np.matmul(x, x, axes=[(0, 1)] * 3),
        "axes=.*without that",
    ),
    ("constant *= x", mask_of_sign, r"write a = a \+ b"),
    ("array", lambda x: np.sum(array([x[0], x[1]])), r"write np.stack\(\[a, b\]"),
    ("numbers", lambda x: np.sum(array([x[0, 0], x[0, 1]])), r"np.stack\(\[a, b\]"),
    ("object", lambda x: np.sum(np.array([x[0], x[1]], object)), r"np.stack\(\[a, b\]"),
    ("asarray", lambda x: np.sum(asarray(x)), "read x.value"),
    ("sum of a list", lambda x: np.sum([x[0, 0], x[0, 1]]), r"np.stack\(\[a, b\]"),
    ("max of a list", lambda x: np.max([x[0, 0], x[0, 1]]), r"np.stack\(\[a, b\]"),
    ("list * array", lambda x: np.sum(np.ones(2) * [x[0, 0], x[0, 1]]), "np.stack"),
    ("number * list", lambda x: np.sum(np.sum(x) * [1, 2]), "write np.array of it"),
    ("tuple * number", lambda x: np.sum((1, 2) * x[0, 0]), "write np.array of it"),
    ("nditer", lambda x: sum(float(v) for v in np.nditer(x)), "a loop over x.flat"),
    ("ndarray.dot", lambda x: np.sum(np.ones((4, 2)).dot(x)), "of x.dot.W., x @ W"),
    ("float", lambda x: float(x[0, 0]), r"of float\(x\) or math.exp\(x\), np.exp\(x\)"),
    ("int", lambda x: int(x[0, 0]), r"float\(x\)"),
    ("complex", lambda x: complex(x[0, 0]), r"float\(x\)"),
    ("np.float64", lambda x: np.float64(x[0, 0]), r"float\(x\)"),
    ("index", lambda x: [1, 2, 3][x[0, 0]], r"float\(x\)"),
    ("operator.index", lambda x: operator.index(x[0, 0]), r"float\(x\)"),
    ("array index", lambda x: np.arange(3.0)[x[0]], "plain number or array"),
    ("math", lambda x: math.exp(x[0, 0]), r"math.exp\(x\), np.exp\(x\)"),
    ("math.fsum", lambda x: math.fsum(x[0]), r"np.exp\(x\)"),
    ("no rule", lambda x: np.sum(np.spacing(x)), "spacing: has no derivative rule"),
    (
        "frompyfunc",
        lambda x: np.sum(np.frompyfunc(lambda v: v * v, 1, 1)(x)),
        "vectorized.*has no derivative rule; write the function with NumPy",
    ),
    ("vectorize", lambda x: np.sum(np.vectorize(math.exp)(x)), "np.exp"),
    ("linalg", lambda x: np.linalg.tensorinv(x), "tensorinv: has no derivative rule"),
    ("where=", lambda x: np.sum(np.add(x, 1, where=x > 0)), "where=.*use np.where"),
    (
        "add.at",
        lambda x: np.add.at(plain_zeros(3), [0, 1], x[0, :2]),
        "np.add.at: cannot",
    ),
    (
        "einsum out",
        lambda x: np.einsum("ij->", x, out=plain_zeros(())),
        "np.einsum.*out",
    ),
    ("complex result", lambda x: np.sum(x * 1j), "complex number"),
]


@pytest.mark.parametrize(
    ("f", "remedy"), [pytest.param(f, r, id=name) for name, f, r in REFUSED]
)
def test_refused_with_the_remedy(f, remedy):
    before = X.copy()
    with pytest.raises(GradientError, match=f"(?s){remedy}"):
        gradient(f, X)
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize("name", ["tobytes", "strides", "byteswap", "ctypes", "dumps"])
def test_missing_methods_name_the_way_out(name):
    with pytest.raises(GradientError, match=f"ndarray.{name}: .*x.value"):
        gradient(lambda x: getattr(x, name), X)
    # What only asks whether there is one goes on.
    assert gradient(lambda x: x.sum() * (2 - hasattr(x, name)), X)[0, 0] == 2


def test_a_misspelt_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'Tensor' object has no attribute 'shap'"):
        gradient(lambda x: x.shap, X)


def test_scipy_s_functions_without_a_rule_are_refused():
    special = pytest.importorskip("scipy.special", reason="needs SciPy")
    with pytest.raises(
        GradientError, match=r"ellipk: .*kobai.functions has many ready"
    ):
        gradient(lambda x: np.sum(special.ellipk(x)), X)


def test_value_leaves_differentiation_on_purpose():
    f = lambda x: np.sum(x * np.asarray(x.value))
    np.testing.assert_array_equal(gradient(f, X), X)


def test_a_function_that_ignores_its_argument_is_refused():
    W = X.copy()
    with pytest.raises(
        GradientError, match=r"does not depend .*numerical_gradient sees"
    ):
        gradient(lambda _: np.sum(W**2), W)
    with pytest.raises(GradientError, match="does not depend on its argument"):
        gradient(lambda x: 3.0, X)


def test_looking_at_a_shape_is_no_dependence():
    with pytest.raises(GradientError, match="does not depend on its argument"):
        gradient(lambda x: float(x.size * x.ndim * len(x) * x.shape[0]), X)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.mean(x > 0),
        lambda x: np.sum(np.floor(x)),
        lambda x: np.mean(np.argmax(x, axis=1) == 1),
        lambda x: 1.0 if x[0, 0] > 0 else 2.0,
        lambda x: float(np.count_nonzero(x)),
        lambda x: np.sum(x.astype(int)),
        lambda x: np.sum(np.round(x)),
    ],
)
def test_piecewise_constant_functions_have_gradient_zero(f):
    np.testing.assert_array_equal(gradient(f, X), np.zeros_like(X))


@pytest.mark.parametrize("f", [lambda x: x, lambda x: x[0], lambda x: x[:1, :1]])
def test_a_result_that_is_no_number_is_refused(f):
    with pytest.raises(ValueError, match=r"f returned an array of shape .*np.sum or"):
        gradient(f, X)


@pytest.mark.parametrize("leaf", ["text", None, 1j, np.array([1j]), object(), b"x"])
def test_leaves_that_are_no_real_numbers_are_refused(leaf):
    with pytest.raises(TypeError, match="need real numbers"):
        gradient(lambda p: p[0] * 1.0, [leaf])


@pytest.mark.parametrize(
    ("f", "error"),
    [
        (lambda x: np.sum(x @ x), ValueError),
        (lambda x: np.sum(x + np.ones(4)), ValueError),
        (lambda x: np.sum(x.reshape(4, 2)), ValueError),
        (lambda x: np.sum(x.reshape(-1, -1)), ValueError),
        (lambda x: np.sum(x.sum(axis=2)), ValueError),
        (lambda x: np.sum(np.transpose(x, (0, 2))), ValueError),
        (lambda x: np.sum(np.transpose(x, (0, 0))), ValueError),
        (lambda x: np.sum(np.transpose(x, (0,))), ValueError),
        (lambda x: np.sum(np.swapaxes(x, 0, 2)), ValueError),
        (lambda x: np.sum(np.take(x, [0], axis=2)), ValueError),
        (lambda x: np.sum(np.expand_dims(x, 4)), ValueError),
        (lambda x: np.sum(np.squeeze(x, 0)), ValueError),
        (lambda x: np.sum(np.split(x, 2, axis=1)[0]), ValueError),
        (lambda x: np.sum(np.concatenate([x, x[0]])), ValueError),
        (lambda x: np.sum(np.concatenate([x, x], axis=2)), ValueError),
        (lambda x: x[2, 0], IndexError),
        (lambda x: np.sum(x[[2]]), IndexError),
        (lambda x: np.sum(x[x]), IndexError),
        (lambda x: np.sum(x[:, :, 0]), IndexError),
        (lambda x: len(np.sum(x)), TypeError),
        (lambda x: np.sum(x)[0], (IndexError, TypeError)),
        (lambda x: hash(x), TypeError),
        (lambda x: bool(x), ValueError),
    ],
)
def test_numpy_s_own_errors_stay(f, error):
    with pytest.raises(error):
        gradient(f, X)
    plain = X.copy()
    with pytest.raises(error):
        f(plain)


def base_of_none(x):
    return np.sum(x) if np.may_share_memory(x, x[0]) else np.sum(x * 2)


def strided(x):
    return np.sum(np.lib.stride_tricks.as_strided(x, (2, 2), (8, 8)))


@pytest.mark.parametrize(
    ("f", "remedy"),
    [
        (base_of_none, r"use np\.copy\(x\)"),
        (strided, "use sliding_window_view"),
        (lambda x: np.ma.masked_array(x, x < 0).sum(), "np.where for a masked array"),
        (lambda x: np.ndarray.sum(x), r"write x\.sum\(\)"),
        (lambda x: {x[0, 0]: 1} and np.sum(x), r"hash.*use x\.value"),
    ],
)
@pytest.mark.parametrize("run", [gradient, lambda f, x: compile(f)(x)])
def test_what_reads_memory_or_type_itself_is_refused_with_its_remedy(f, remedy, run):
    with pytest.raises(GradientError, match=remedy):
        run(f, X)


@pytest.mark.parametrize(
    "read",
    [
        *(array, asarray, asfortranarray, ascontiguousarray),
        *(memoryview, lambda z: z.data, np.from_dlpack),
        lambda z: np.ndarray(z.shape, buffer=z),
    ],
)
@pytest.mark.parametrize("run", [gradient, lambda f, x: compile(f)(x)])
def test_a_filled_buffer_that_is_read_past_us_is_refused_in_our_words(read, run):
    def f(x):
        z = np.zeros(x.shape)
        z[...] = x * 2
        found = read(z)
        return found[0, 0] * 1.0 + np.sum(np.asarray(found) ** 2)

    with pytest.raises(GradientError, match=r"read x\.value|use x\.value"):
        run(f, X)


def test_the_remedy_for_a_view_of_a_filled_buffer_helps():
    def f(x, plus):
        z = np.zeros((3, 3))
        z[:2] = x
        return np.sum(np.einsum("ii->i", z + 0 if plus else z) ** 2)

    with pytest.raises(GradientError, match=r"use z \+ 0"):
        gradient(lambda x: f(x, False), X)
    expected = np.zeros((2, 3))
    expected[[0, 1], [0, 1]] = 2 * X[[0, 1], [0, 1]]
    np.testing.assert_array_equal(gradient(lambda x: f(x, True), X), expected)


MATRIX = np.arange(6.0).reshape(2, 3).view(np.matrix)
MASKED = np.ma.masked_array(np.arange(6.0).reshape(2, 3), [[1, 0, 0], [0, 1, 0]])


@pytest.mark.parametrize("other", [MATRIX, MASKED], ids=["matrix", "masked"])
@pytest.mark.parametrize(
    "compute",
    [
        lambda x, other: x * other,
        lambda x, other: other - x,
        lambda x, other: np.multiply(other, x),
        lambda x, other: x @ other.T,
        lambda x, other: np.concatenate([x, other]),
        lambda x, other: np.where(x > 0, x, other),
        lambda x, other: np.dot(x, other.T),
    ],
)
@pytest.mark.parametrize("run", [gradient, lambda f, x: compile(f)(x)])
def test_arrays_that_compute_otherwise_are_refused(compute, other, run):
    # As plain arrays they would give other numbers without a word.
    with pytest.raises(GradientError, match=r"got a matrix|got a Masked|ndarray\.view"):
        run(lambda x: np.sum(compute(x, other)), X)
    with pytest.raises(
        GradientError, match=r"use np\.asarray\(m\)|use np\.ma\.getdata"
    ):
        run(lambda x: np.sum(x * x), other)


def test_pickling_is_refused():
    with pytest.raises(GradientError, match=r"read x\.value"):
        gradient(lambda x: np.sum(pickle.loads(pickle.dumps(x))), X)


DERIVING = [
    gradient,
    value_and_gradient,
    numerical_gradient,
    numerical_derivative,
    check_gradient,
    gradient_descent,
]


@pytest.mark.parametrize("derive", DERIVING)
@pytest.mark.parametrize(
    ("f", "got"),
    [
        (lambda x: [None, np.sum(x)][0], "f returned None; .* return"),
        (lambda x: {"loss": np.sum(x)}, "f returned a dict; need one number"),
        (lambda x: str(np.sum(x)), "f returned a str; need one number"),
        (lambda x: (np.sum(x), 1), "f returned a tuple; need one number"),
    ],
)
def test_what_a_function_without_a_number_returned_is_said(derive, f, got):
    with pytest.raises(ValueError, match=got):
        derive(f, np.array([1.0, 2.0]))


@pytest.mark.parametrize("derive", DERIVING)
def test_an_argument_in_the_place_of_the_function_is_refused(derive):
    with pytest.raises(TypeError, match="f must be a function, and comes first"):
        derive(np.array([1.0, 2.0]), np.sum)
