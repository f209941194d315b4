"""Every NumPy function with a twin: its value, its first and second derivatives.

The tests walk the tables, so that nothing can be added without an example here.
"""

import dataclasses

import numpy as np
import pytest

from kobai import functions
from kobai.autodiff import check_gradient, gradient
from kobai.autodiff import operations as ops
from kobai.autodiff.numpy_functions import CONSTANT_FUNCTIONS, FUNCTIONS
from kobai.autodiff.overloaded import ArrayLike
from kobai.autodiff.primitive import Primitive

M, V, T3 = (3, 4), (5,), (2, 3, 4)
ORDER = np.array([[2, 0, 1, 1], [0, 0, 2, 1]])

# NumPy's function: [(a use of it, the shapes of what it is used on), …]
EXAMPLES = {
    functions.sigmoid: [(lambda x: functions.sigmoid(x), [M])],
    np.sum: [
        (lambda x: np.sum(x), [M]),
        (lambda x: np.sum(x, axis=0), [M]),
        (lambda x: np.sum(x, axis=(0, -1), keepdims=True), [T3]),
        (lambda x: np.sum(x, 1), [T3]),
        (lambda x: np.sum(a=x, axis=None), [()]),
        (lambda x: x.sum(axis=-1, keepdims=True), [M]),
        (lambda x: np.add.reduce(x, axis=1), [M]),
        (lambda x: np.add.reduce(x), [M]),
        (lambda x: np.sum(x, axis=()), [M]),
        (lambda x: np.sum(x, axis=0), [(0, 3)]),
    ],
    np.max: [
        (lambda x: np.max(x), [M]),
        (lambda x: np.max(x, axis=1, keepdims=True), [M]),
        (lambda x: x.max(axis=(0, 2)), [T3]),
        (lambda x: np.maximum.reduce(x, axis=1), [M]),
    ],
    np.amax: [(lambda x: np.amax(x, axis=0), [M])],
    np.min: [
        (lambda x: np.min(x), [M]),
        (lambda x: x.min(axis=-1), [M]),
        (lambda x: np.minimum.reduce(x), [M]),
    ],
    np.amin: [(lambda x: np.amin(x, axis=0, keepdims=True), [M])],
    np.prod: [
        (lambda x: np.prod(x), [M]),
        (lambda x: np.prod(x, axis=1, keepdims=True), [M]),
        (lambda x: x.prod(axis=(0, 2)), [T3]),
        (lambda x: np.multiply.reduce(x, axis=0), [M]),
        (lambda x: np.prod(x, axis=0), [(1, 3)]),
    ],
    np.mean: [
        (lambda x: np.mean(x), [M]),
        (lambda x: x.mean(axis=0), [M]),
        (lambda x: np.mean(x, axis=(1, 2), keepdims=True), [T3]),
    ],
    np.average: [
        (lambda x: np.average(x, axis=1), [M]),
        (lambda x, w: np.average(x, axis=0, weights=w * w + 1), [M, M]),
    ],
    np.var: [
        (lambda x: np.var(x), [M]),
        (lambda x: x.var(axis=0, ddof=1), [M]),
        (lambda x: np.var(x, axis=(0, 1), keepdims=True), [T3]),
    ],
    np.std: [
        (lambda x: np.std(x), [M]),
        (lambda x: x.std(axis=0, ddof=1, keepdims=True), [M]),
    ],
    np.cumsum: [
        (lambda x: np.cumsum(x), [M]),
        (lambda x: x.cumsum(axis=-1), [M]),
        (lambda x: np.cumsum(x, axis=0), [T3]),
    ],
    np.real: [(lambda x: np.real(x), [M])],
    np.imag: [(lambda x: np.imag(x) + x, [M])],
    np.angle: [(lambda x: np.angle(x + 4) + x, [M])],
    np.dot: [
        (lambda a, b: np.dot(a, b), [V, V]),
        (lambda a, b: a.dot(b), [M, (4, 2)]),
        (lambda a, b: np.dot(a, b), [M, (4,)]),
        (lambda a, b: np.dot(a, b), [(3,), M]),
        (lambda a, b: np.dot(a, b), [(2, 4), (3, 4, 2)]),
        (lambda a, b: np.dot(a, b), [(4,), (3, 4, 2)]),
        (lambda a, b: np.dot(a, b), [T3, (4, 2)]),
        (lambda a, b: np.dot(a, b), [(), M]),
    ],
    np.tensordot: [
        (lambda a, b: np.tensordot(a, b), [T3, (3, 4, 2)]),
        (lambda a, b: np.tensordot(a, b, axes=1), [M, (4, 2)]),
        (lambda a, b: np.tensordot(a, b, axes=0), [M, (2,)]),
        (lambda a, b: np.tensordot(a, b, axes=((0, -1), (2, 1))), [T3, (5, 4, 2)]),
        (lambda a, b: np.tensordot(a, b, axes=(1, 0)), [M, (4, 2)]),
    ],
    np.inner: [
        (lambda a, b: np.inner(a, b), [V, V]),
        (lambda a, b: np.inner(a, b), [M, (2, 4)]),
        (lambda a, b: np.inner(a, b), [(), M]),
    ],
    np.outer: [
        (lambda a, b: np.outer(a, b), [V, (3,)]),
        (lambda a, b: np.outer(a, b), [M, (2,)]),
    ],
    np.trace: [(lambda x: np.trace(x), [(3, 3)])],
    np.einsum: [
        (lambda a, b: np.einsum("ij,jk->ik", a, b), [M, (4, 2)]),
        (lambda a, b: np.einsum("ij,jk", a, b), [M, (4, 2)]),
    ],
    np.transpose: [
        (lambda x: np.transpose(x), [T3]),
        (lambda x: x.T, [M]),
        (lambda x: np.transpose(x, (1, 2, 0)), [T3]),
        (lambda x: x.transpose(2, 0, -2), [T3]),
        (lambda x: x.transpose((2, 0, 1)), [T3]),
        (lambda x: x.transpose(), [T3]),
        (lambda x: np.transpose(x, [1, 0]), [M]),
        (lambda x: x.T, [()]),
    ],
    np.swapaxes: [
        (lambda x: np.swapaxes(x, 0, -1), [T3]),
        (lambda x: x.swapaxes(1, 0), [T3]),
    ],
    np.moveaxis: [
        (lambda x: np.moveaxis(x, 0, -1), [T3]),
        (lambda x: np.moveaxis(x, (0, 2), (1, 0)), [T3]),
    ],
    np.reshape: [
        (lambda x: np.reshape(x, (4, 3)), [M]),
        (lambda x: x.reshape(2, -1), [M]),
        (lambda x: x.reshape(-1), [T3]),
        (lambda x: x.reshape((2, 1, 6)), [M]),
        (lambda x: np.reshape(x, 12), [M]),
        (lambda x: np.reshape(x, ()), [(1, 1)]),
        (lambda x: np.reshape(x, (3, 0)), [(0, 4)]),
    ],
    np.ravel: [(lambda x: np.ravel(x), [M]), (lambda x: x.T.ravel(), [M])],
    np.squeeze: [
        (lambda x: np.squeeze(x), [(1, 3, 1)]),
        (lambda x: x.squeeze(axis=-1), [(1, 3, 1)]),
        (lambda x: np.squeeze(x, (0, 2)), [(1, 3, 1)]),
    ],
    np.expand_dims: [
        (lambda x: np.expand_dims(x, 0), [M]),
        (lambda x: np.expand_dims(x, -1), [M]),
        (lambda x: np.expand_dims(x, (0, 2)), [M]),
        (lambda x: np.expand_dims(x, (-1, 0)), [()]),
    ],
    np.atleast_1d: [
        (lambda x: np.atleast_1d(x), [()]),
        (lambda x: np.atleast_1d(x), [M]),
    ],
    np.atleast_2d: [
        (lambda x: np.atleast_2d(x), [V]),
        (lambda x: np.atleast_2d(x), [T3]),
    ],
    np.broadcast_to: [
        (lambda x: np.broadcast_to(x, (2, 3, 4)), [(3, 1)]),
        (lambda x: np.broadcast_to(x, 5), [()]),
        (lambda x: np.broadcast_to(array=x, shape=[3, 4]), [M]),
    ],
    np.full_like: [
        (lambda x, y: x * np.full_like(x, y), [M, ()]),
        (lambda x: x * np.full_like(x, 2.5), [M]),
    ],
    np.copy: [(lambda x: np.copy(x), [M]), (lambda x: x.copy(), [M])],
    np.concatenate: [
        (lambda a, b: np.concatenate([a, b]), [M, (2, 4)]),
        (lambda a, b: np.concatenate((a, b, a), axis=-1), [M, (3, 1)]),
        (lambda a, b: np.concatenate([a, b], axis=None), [M, V]),
        (lambda a: np.concatenate([a, np.ones((3, 2)), [[1], [2], [3]]], 1), [M]),
        (lambda a: np.concatenate([a, np.ones((0, 4))]), [M]),
    ],
    np.stack: [
        (lambda a, b: np.stack([a, b]), [M, M]),
        (lambda a, b: np.stack((a, b, a), axis=-1), [M, M]),
        (lambda a, b: np.stack([a, b], axis=-2), [M, M]),
        (lambda a, b: np.stack([a, b, 1.5]), [(), ()]),
    ],
    np.vstack: [(lambda a, b: np.vstack([a, b]), [V, (2, 5)])],
    np.hstack: [
        (lambda a, b: np.hstack([a, b]), [V, ()]),
        (lambda a, b: np.hstack([a, b]), [M, (3, 1)]),
    ],
    np.column_stack: [(lambda a, b: np.column_stack([a, b]), [(3,), M])],
    np.split: [
        (lambda x: np.split(x, 2)[1], [(4, 3)]),
        (lambda x: np.stack(np.split(x, 4, axis=1)), [M]),
        (lambda x: np.split(x, [1, 3], axis=-1)[1], [M]),
        (lambda x: np.split(x, [3, 1])[2], [V]),
        (lambda x: np.split(x, [-2])[1], [V]),
    ],
    np.array_split: [
        (lambda x: np.array_split(x, 3)[1], [V]),
        (lambda x: np.array_split(x, 3, axis=1)[0], [M]),
    ],
    np.pad: [
        (lambda x: np.pad(x, 1), [M]),
        (lambda x: np.pad(x, (1, 2)), [V]),
        (lambda x: np.pad(x, ((0, 1), (2, 0)), constant_values=3.0), [M]),
        (lambda x: np.pad(x, ((1, 0), (0, 0), (0, 2)), mode="constant"), [T3]),
    ],
    np.tile: [
        (lambda x: np.tile(x, 3), [M]),
        (lambda x: np.tile(x, (2, 1, 3)), [M]),
        (lambda x: np.tile(x, (2,)), [T3]),
    ],
    np.repeat: [
        (lambda x: np.repeat(x, 2), [M]),
        (lambda x: np.repeat(x, [0, 1, 3], axis=0), [M]),
    ],
    np.flip: [
        (lambda x: np.flip(x), [M]),
        (lambda x: np.flip(x, -1), [M]),
        (lambda x: np.flip(x, (0, 2)), [T3]),
    ],
    np.roll: [
        (lambda x: np.roll(x, 2), [M]),
        (lambda x: np.roll(x, -1, axis=1), [M]),
        (lambda x: np.roll(x, 7, 0), [V]),
    ],
    np.diff: [
        (lambda x: np.diff(x), [M]),
        (lambda x: np.diff(x, n=2, axis=0), [M]),
    ],
    np.take: [
        (lambda x: np.take(x, [0, 3, 3, 11]), [M]),
        (lambda x: np.take(x, ORDER, axis=0), [M]),
        (lambda x: x.take(-1, axis=1), [M]),
        (lambda x: np.take(x, np.array(2), axis=-1), [T3]),
    ],
    np.take_along_axis: [
        (lambda x: np.take_along_axis(x, ORDER, axis=0), [M]),
        (lambda x: np.take_along_axis(x, ORDER[:, :1], axis=0), [M]),
        (lambda x: np.take_along_axis(x, ORDER[:1, :3].T, axis=-1), [M]),
    ],
    np.sort: [
        (lambda x: np.sort(x), [M]),
        (lambda x: np.sort(x, axis=0), [M]),
        (lambda x: np.sort(x, axis=None), [M]),
    ],
    np.diagonal: [(lambda x: np.diagonal(x), [(3, 3)])],
    np.where: [
        (lambda a, b: np.where(a > 0, a, b), [M, M]),
        (lambda a, b: np.where([True, False, True, False], a, b), [M, (3, 1)]),
        (lambda a: np.where(np.arange(3)[:, None] > 0, a, 0), [V]),
        (lambda a: np.where(a > 0, [1.0, 2.0, 3.0, 4.0], a), [M]),
        (lambda a, b: np.where(True, a, b), [(), M]),
    ],
    np.clip: [
        (lambda x: np.clip(x, -0.5, 0.5), [M]),
        (lambda x: x.clip(0.25), [M]),
        (lambda x: np.clip(x, None, 0.3), [M]),
        (lambda x: np.clip(x, min=-0.2, max=0.4), [M]),
        (lambda x, low: np.clip(x, low, [1.0, 0.9, 0.8, 0.7]), [M, (3, 1)]),
    ],
}

# Methods and conversions that are no NumPy function.
METHODS = [
    (lambda x: x.flatten(), [M]),
    (lambda x: x.astype(np.float64), [M]),
    (lambda x: x.astype(np.float64, copy=False), [M]),
    (lambda x: np.stack(list(x)), [M]),
    (lambda x: x.T @ x, [M]),
    (lambda x: sum(x), [M]),
    (lambda x: -x + +x * abs(x), [M]),
    (lambda x: 2 - x / 3 + 1 / (x * x + 1), [M]),
    (lambda x: [1.0, 2.0, 3.0, 4.0] * x + (0.0, 1.0, 2.0, 3.0), [M]),
    (lambda x: (x * x + 1) ** 1.5 + 2.0**x + x**2 + x**3, [M]),
    (lambda x: (x + 9) % 20 + 0 * ((x + 9) // 20), [M]),
]
ALL = [
    pytest.param(f, shapes, id=f"{function.__name__}-{i}")
    for function, examples in [*EXAMPLES.items(), (type("methods", (), {}), METHODS)]
    for i, (f, shapes) in enumerate(examples)
]


def draw(shapes, seed=0):
    # No ties, no zeros: far from the corners of max, sort and clip.
    rng = np.random.default_rng(seed)
    sizes = [int(np.prod(shape)) for shape in shapes]
    pool = rng.permutation(sum(sizes)) / sum(sizes) * 3 - 1.471
    parts = np.split(pool, np.cumsum(sizes)[:-1])
    return [p.reshape(shape) for p, shape in zip(parts, shapes, strict=True)]


def test_every_twin_has_an_example():
    # The tests of linear algebra and of Fourier transforms have theirs.
    elsewhere = ("numpy.linalg", "numpy.fft")
    assert set(EXAMPLES) == {f for f in FUNCTIONS if f.__module__ not in elsewhere}


@pytest.mark.parametrize(("f", "shapes"), ALL)
def test_value_is_numpy_s(f, shapes):
    arguments = draw(shapes)
    expected = f(*arguments)
    seen = []

    def loss(args):
        seen.append(f(*args))
        return np.sum(seen[0])

    gradient(loss, arguments)
    found = seen[0].value
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    # The twins may sum in another order.
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize(("f", "shapes"), ALL)
def test_first_and_second_derivative(f, shapes, assert_derivatives):
    assert_derivatives(f, draw(shapes), second=True)


@pytest.mark.parametrize(("f", "shapes"), ALL[: -len(METHODS)])
def test_float32_stays_float32(f, shapes):
    arguments = [a.astype(np.float32) for a in draw(shapes)]
    expected = f(*arguments)
    seen = []

    def loss(args):
        seen.append(f(*args))
        return np.sum(seen[0])

    slopes = gradient(loss, arguments)
    assert seen[0].dtype == expected.dtype
    assert {g.dtype for g in slopes} == {np.dtype(np.float32)}


# --- functions of order and shape only

X = np.array([[1.5, -2.0, 0.4], [0.2, 3.0, -1.0]])
CONSTANTS = {
    np.all: [lambda x: np.all(x > 0), lambda x: x.all(axis=0)],
    np.any: [lambda x: np.any(x), lambda x: x.any(axis=1)],
    np.argmax: [lambda x: np.argmax(x, axis=1), lambda x: x.argmax()],
    np.argmin: [lambda x: np.argmin(x, axis=0), lambda x: x.argmin(axis=1)],
    np.argsort: [lambda x: np.argsort(x, axis=0), lambda x: x.argsort()],
    np.argwhere: [lambda x: np.argwhere(x)],
    np.array_equal: [lambda x: np.array_equal(x, X)],
    np.allclose: [lambda x: np.allclose(x, X)],
    np.isclose: [lambda x: np.isclose(x, [1.5, 3.0, 0.4])],
    np.count_nonzero: [lambda x: np.count_nonzero(x, axis=0)],
    np.flatnonzero: [lambda x: np.flatnonzero(x)],
    np.nonzero: [lambda x: np.nonzero(x)[1]],
    np.searchsorted: [lambda x: np.searchsorted([0.0, 1.0], x)],
    np.digitize: [lambda x: np.digitize(x, [0.0, 1.0])],
    np.result_type: [lambda x: np.result_type(x, np.float32)],
    np.can_cast: [lambda x: np.can_cast(np.float32, np.result_type(x))],
    np.iscomplexobj: [lambda x: np.iscomplexobj(x)],
    np.isrealobj: [lambda x: np.isrealobj(x)],
    np.zeros_like: [lambda x: np.zeros_like(x)],
    np.ones_like: [lambda x: np.ones_like(x, dtype=np.float32)],
    np.empty_like: [lambda x: np.empty_like(x).shape],
    np.round: [lambda x: np.round(x, 1)],
    np.around: [lambda x: np.around(x)],
    np.shape: [lambda x: np.shape(x)],
    np.ndim: [lambda x: np.ndim(x)],
    np.size: [lambda x: np.size(x)],
    np.array_repr: [],
    np.array_str: [],
    np.array2string: [],
}


def test_every_constant_function_has_an_example():
    assert set(CONSTANTS) == CONSTANT_FUNCTIONS


@pytest.mark.parametrize(
    "f", [pytest.param(f, id=k.__name__) for k, fs in CONSTANTS.items() for f in fs]
)
def test_constant_functions_see_values_and_have_no_derivative(f):
    seen = []

    def loss(x):
        seen.append(f(x))
        return np.sum(x * x) + 0 * np.sum(np.ones(2) * bool(np.all(f(x))))

    np.testing.assert_array_equal(gradient(loss, X), 2 * X)
    assert not isinstance(seen[0], ArrayLike)
    np.testing.assert_array_equal(seen[0], f(X))


@pytest.mark.parametrize("show", [np.array_repr, np.array_str, np.array2string, repr])
def test_a_tensor_can_be_shown(show):
    seen = []
    gradient(lambda x: (seen.append(show(x)), np.sum(x))[1], np.array([1.25, 3.5]))
    assert "1.25" in seen[0]
    assert "3.5" in seen[0]


# --- corners


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (np.max, [1.0, 3.0, 3.0, 2.0], [0, 0.5, 0.5, 0]),
        (np.min, [1.0, 3.0, 1.0, 1.0], [1 / 3, 0, 1 / 3, 1 / 3]),
        (lambda x: np.sum(np.clip(x, 0, 1)), [0.0, 0.5, 1.0, 2.0], [0.5, 1, 0.5, 0]),
        (np.prod, [0.0, 2.0, 3.0], [6, 0, 0]),
        (np.prod, [0.0, 0.0, 3.0], [0, 0, 0]),
        (np.prod, [4.0], [1]),
    ],
)
def test_ties_corners_and_zeros(f, x, slope):
    np.testing.assert_array_equal(gradient(f, np.array(x)), slope)


def test_prod_s_second_derivatives_with_zeros():
    x = np.array([0.0, 0.0, 3.0, 2.0])
    rows = [gradient(lambda x, i=i: gradient(np.prod, x)[i], x) for i in range(4)]
    expected = np.zeros((4, 4))
    expected[0, 1] = expected[1, 0] = 6
    np.testing.assert_array_equal(rows, expected)


# --- planted wrong rules of the primitives that are not elementwise


def _through_setitem(x):
    h = x * x
    h[0, 1:] = x[1, 1:] * 3
    return np.sum(h)


def _through_scatter(x):
    return np.sum(gradient(lambda x: np.sum(x[1:] ** 3), x) ** 2)


PRIMITIVES = {
    "SUM": lambda x: np.sum(np.sum(x * x, axis=0)),
    "MAX": lambda x: np.max(x),
    "MIN": lambda x: np.min(x),
    "PROD": lambda x: np.prod(x),
    "CUMSUM": lambda x: np.cumsum(x)[-1],
    "MATMUL": lambda x: np.sum(np.matmul(x, np.ones((3, 2)))),
    "EINSUM": lambda x: np.einsum("ij->", x),
    "TRANSPOSE": lambda x: np.sum(x.T),
    "RESHAPE": lambda x: np.sum(np.reshape(x, 6)),
    "BROADCAST_TO": lambda x: np.sum(np.broadcast_to(x, (2, 2, 3))),
    "CONCATENATE": lambda x: np.sum(np.concatenate([x, x])),
    "ASTYPE": lambda x: np.sum(x.astype(np.float64)),
    "SIGMOID": lambda x: np.sum(functions.sigmoid(x)),
    "WHERE": lambda x: np.sum(np.where(x > 0, x, 0)),
    "GETITEM": lambda x: np.sum(x[0]),
    "SETITEM": _through_setitem,
    "SCATTER": _through_scatter,
}


def test_every_primitive_has_a_planted_error():
    known = {k for k, v in vars(ops).items() if isinstance(v, Primitive)}
    flat = {k for k in known if getattr(ops, k).is_constant}
    assert flat == {"ASTYPE_CONSTANT"}
    assert set(PRIMITIVES) == known - flat


@pytest.mark.parametrize("name", PRIMITIVES)
def test_a_planted_wrong_rule_is_caught(name, monkeypatch):
    f = PRIMITIVES[name]
    assert check_gradient(f, X)
    right = getattr(ops, name)
    wrongly = lambda rule: rule and (lambda *a, **kw: 1.01 * rule(*a, **kw))
    wrong = dataclasses.replace(
        right,
        vjps=right.vjps and tuple(map(wrongly, right.vjps)),
        variadic=wrongly(right.variadic),
    )
    monkeypatch.setattr(ops, name, wrong)
    assert not check_gradient(f, X)
