"""Values written into arrays that f makes with np.zeros and its kin, as NumPy does."""

import copy
import gc
import io
import pickle
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy import array as plain_array
from numpy import asarray as plain_asarray

from kobai import compile
from kobai.autodiff import gradient, value_and_gradient
from kobai.errors import GradientError

X = np.array([0.5, 1.5, -0.7])
WEIGHTS = np.array([1.0, -2.0, 0.5])
W = np.array([[0.3, -0.2, 0.5], [0.1, 0.7, -0.4], [-0.6, 0.2, 0.8]])


def mixed(*arrays):
    """A number in which every entry of every array counts for something else."""
    return sum(np.sum(np.sin(a * (1 + k)) @ np.ones(3)) for k, a in enumerate(arrays))


# --- ways to write


def numbers(x):
    z = np.zeros(3)
    z[0] = x[0] * 2
    z[1] += x[1] * x[0]
    z[-1] = 3
    return mixed(z)


def rows_and_columns(x):
    z = np.zeros((3, 3))
    z[0, :] = x
    z[:, 1] = x**2
    z[1:, ::2] *= 2
    z[2] = [x[0], 1, x[1]]
    z[..., -1] = x[0]
    return mixed(z, z.T)


def by_a_mask(x):
    z = np.ones((2, 3))
    z[1] = x
    z[z > 0.7] = 0.1
    z[np.array([[True, False, True], [False, False, True]])] = x
    return mixed(z)


def by_arrays(x):
    z = np.zeros((2, 3))
    z[[0, 1, 1], [2, 0, 1]] = x
    z[:, np.array([1, 2])] += x[1]
    return mixed(z)


def everywhere(x):
    a, b, c = np.empty(3), np.ones_like(X), np.full(3, 2.0)
    a[...] = x
    b[:] = x * x
    c.fill(x[0])
    return mixed(a, b, c)


def in_place(x):
    z = np.ones((2, 3))
    z *= x
    z += x[0]
    z -= x * z
    z /= 2 + x * x
    z **= 2
    return mixed(z)


def by_out(x):
    z = np.zeros((2, 3))
    np.exp(x, out=z[1])
    np.multiply(np.arange(3.0), x, out=z[0])
    np.dot(x, W, out=z[1])
    np.add(z, 1, out=z)
    np.add(1.0, X, out=z[1], where=np.array([True, False, True]))
    np.copyto(z[0], x * x, where=X > 0)
    np.sum(np.outer(x, x), axis=0, out=z[1])
    z += x
    np.cumsum(x * z[0], 0, None, z[1])
    np.dot(x, W, z[0])
    np.clip(z[0], -0.1, x[1], z[0])
    np.take(z, [1, 3, 5], None, z[1])
    z.mean(0, None, z[1])
    z[1] += z.max(1, out=z[0, 1:]).sum()
    return mixed(z)


def by_at(x):
    z = np.ones((2, 3))
    np.add.at(z[0], [0, 0, 2], x)
    np.subtract.at(z, (1, np.array([1, 1])), x[0])
    np.multiply.at(z[1], [0, 2, 2], x)
    np.add.at(z, (0, [1, 1]), 0.5)
    np.negative.at(z[0], [2])
    return mixed(z)


def by_functions_that_write(x):
    a, b, c, d = np.zeros(3), np.ones((2, 3)), np.zeros(4), np.ones((3, 2))
    a.put([1], [x[0] * x[1]])
    np.put(a, [2, 0], x[:2])
    np.putmask(b, np.array([[True, False, False], [False, True, True]]), x)
    np.put(b, [1], 3.0)
    np.place(c, np.array([True, False, True, True]), x**2)
    np.put_along_axis(d, np.array([[0], [1], [0]]), np.reshape(x, (3, 1)), 1)
    d.put([5], x[2:])
    return mixed(a, b, c[1:], np.reshape(d, (2, 3)))


def in_order(x):
    a, b = np.zeros(3), np.zeros((2, 3))
    a[:], b[:] = x, x * x
    a.sort()
    b.sort(axis=0)
    b[1].partition(1)
    return mixed(a, b)


def through_views(x):
    z = np.zeros((3, 3))
    row, flat, transposed = z[1], z.reshape(-1), z.T
    row[:] = x
    flat[1:7:2] = x * x
    transposed[0] += x[1]
    np.flip(z)[0] *= x[2]
    np.split(z, 3, axis=1)[1][:] -= 0.5
    np.swapaxes(z, 0, 1)[2, 1:] = x[:2]
    same = np.asarray(z).view()
    same[0, 0] = x[0] * 5
    return mixed(z, transposed) + np.sum(row * flat[:3]) + np.sum(np.diagonal(z) ** 2)


def by_flat(x):
    z = np.zeros((3, 3))
    np.fill_diagonal(z, x)
    z.flat[1] = x[0]
    z.flat[[5, 7]] = x[:2]
    np.fill_diagonal(z[:2, :], x[1])
    return mixed(z) + sum(number**2 for number in z.flat)


def through_flat(x):
    z = np.zeros((2, 3))
    z.T.flat[[1, 2]] = x[:2]
    z.flat[-1], z.flat[1:3] = x[2], x[0]
    total = sum(np.prod(k) * v for k, v in np.ndenumerate(z)) + next(iter(z.flat))
    z.T.flat = x
    return total + np.sum(z.flat[::2] * z.flat[1::2]) + np.sum(z.flat) * mixed(z)


def through_flat_of_x(x):
    y = x * np.ones((2, 1))
    y.flat[[1, 4]] = y.flat[:2] * 3
    y.T.flat[-1] *= x[0]
    total = sum(a * b for a, b in zip(y.flat, y.T.flat, strict=True))
    return total + np.sum(y.flat[3:] ** 2) + len(y.flat) * np.max(y.flat) + mixed(y)


def through_rarer_views(x):
    z = np.zeros((3, 1, 3))
    z.squeeze()[0] = x
    np.squeeze(z, 1)[1, :2] = x[1:]
    same = np.array(z, copy=None, ndmin=4)
    same[0, 2] = x * x
    apart = np.ascontiguousarray(z[:, 0].T), np.array(z), np.asfortranarray(z)
    z[0, 0, 1:] *= x[0]
    np.real(z)[2] -= z.astype(float, copy=False)[1] * x[1]
    np.unstack(z)[1][...] = z.astype(float)[2]
    stretched, diagonal = np.broadcast_to(z, (2, 3, 1, 3)), np.diag(z[:, 0])
    z[0, 0] = x
    z[2, 0, 2:].reshape(()).flat[:] = x[2]
    np.asarray(z, order="C", copy=False)[1, 0, 0] = x[1]
    np.array(z.T, copy=None, order="C")[:] = 0
    z.view(np.ndarray)[1] += x[2]
    total = np.sum(apart[1] ** 2) + np.sum(apart[2] * z)
    return total + mixed(z, apart[0], stretched[0, :, 0], diagonal)


def read_where_values_meet(x):
    z = np.zeros((2, 3))
    z[0], z[1] = x, x * x
    total = np.sum(np.concatenate([x, z[0]]) ** 2) + np.sum(np.outer(z, x) ** 2)
    total = total + np.sum(np.subtract.outer(x, z) ** 2) + np.polyval(z[1], x[0])
    total = total + np.add.reduce(z)[0] + np.sum(np.add.accumulate(z, axis=1) ** 2)
    total = total + np.sum(np.select([x > 0, x < -1], [z[0], z[1]], 0.5))
    total = total + np.average(x, weights=z[1]) + np.sum(np.mean(z, where=z > 0.3))
    total = total + np.linalg.norm(x - z[1]) + np.linalg.det(z @ z.T)
    y = x * 1
    y += z[1]
    np.copyto(y, z[0], where=x > 0)
    np.add.at(y, [0, 0, 1], z[1])
    np.put(y, [2], z[1])
    y[1:] *= z[0, :2]
    return total + mixed(y) + (np.sum(y) if z[0, 1] == x[1] and z[1, 0] != 1 else 0)


def columns_first(x):
    z = np.zeros((2, 3), order="F")
    z[0] = x
    z.T[2] = x[:2]
    for copied in (np.copy(z), z.copy(), np.array(z), z.astype(float), copy.copy(z)):
        copied.ravel()[:2] = x[2]
        copied.ravel("F")[-1:] *= x[1]
        np.ascontiguousarray(copied)[1] += x[0]
        z = z + copied
    return mixed(z)


def filled_with_what_changes(x):
    y = x * 1
    a, b = np.zeros(3), np.zeros((2, 3))
    a[...], b[:] = y, np.stack([y, y])
    y += 1
    a[0] *= y[1]
    return mixed(a, b, y)


def without_axes(x):
    z = np.zeros(())
    z += x[0]
    z[...] = z * x[1]
    z[()] = z * 2
    return z


def plain_arrays_made_here(x):
    a, b, c = np.copy(X), np.array([1.0, 2.0, 3.0]), np.zeros(3).copy()
    d, e = np.eye(3), np.linspace(0, 1, 3)
    a[1] = x[0]
    b[1:] = x[:2]
    c += x
    d[0] = x
    e *= x
    return mixed(a, b, c, d, e)


# --- ways to read


def read_by_methods(x):
    z = np.zeros((2, 3))
    z[0], z[1] = x, x * x
    total = z.sum() + z.mean(axis=0)[0] + z.max() + z.min() + z.prod() + z.var()
    total = total + z.copy()[0, 0] + z.dot(x)[0] + z.astype(float)[1, 1] + len(z)
    total = total + z.ravel()[3] + z.flatten()[4] + z.cumsum()[3] + z.take([0])[0]
    total = total + sum(np.sum(row * k) for k, row in enumerate(z))
    total = total + z.item(3) * sum(map(sum, z.tolist())) + z.trace() + z.real[1, 2]
    return total + np.sum(z[None, :, ::-1][0, 1] ** 2) + z.T.reshape(-1)[1] * z.size


def read_by_functions(x):
    z = np.zeros((2, 3))
    z[0], z[1] = x, x * x
    total = np.sum(np.exp(z)) + np.linalg.norm(z) + np.sum(np.where(z > 0, z, 0.1 * z))
    total = total + np.sum(np.stack([z, z]) ** 2) + np.sum(np.concatenate([z, z], 1))
    total = total + np.einsum("ij,j,i->", z, x, np.ones(2)) + np.sum(np.array([z, z]))
    total = total + np.sum(x @ z.T) + np.sum(1 - z) + np.sum(2.0**z) + np.sum(abs(z))
    return total + np.sum(z @ W) + np.sum(np.reshape(z.T, (2, 3))[0] ** 2)


# --- programs


def cumulative_sum(x):
    total = np.zeros_like(x)
    total[0] = x[0]
    for i in range(1, len(x)):
        total[i] = total[i - 1] + x[i]
    return mixed(total)


def recurrent_network(x):
    h = np.zeros((6, 3))
    for t in range(1, 6):
        h[t] = np.tanh(h[t - 1] @ W + x * t)
    return np.sum(h[-1] ** 2) + np.mean(h)


def stencil(x):
    u = np.ones(9)
    u[3:6] = x
    for _ in range(3):
        out = np.zeros_like(u)
        out[1:-1] = u[1:-1] + 0.2 * (u[:-2] - 2 * u[1:-1] + u[2:])
        u = out
    return np.sum(u**2)


def dynamic_programming(x):
    table = np.zeros((4, 4))
    table[0, 1:], table[1:, 0] = np.cumsum(x), np.cumsum(x * x)
    for i in range(1, 4):
        for j in range(1, 4):
            step = np.minimum(table[i - 1, j], table[i, j - 1])
            table[i, j] = (x[i - 1] - j) ** 2 + step
    return table[-1, -1]


def helper(z, x):
    z[:] = x * x
    return z


def passed_to_a_helper(x):
    z = np.zeros(3)
    return np.sum(helper(z, x) * z) + np.sum(np.array([helper(z, x[0]), z]))


KNOWN_MASKS = [
    *(numbers, rows_and_columns, by_arrays, everywhere, in_place, by_out, by_at),
    *(
        by_functions_that_write,
        filled_with_what_changes,
        through_flat_of_x,
        through_flat,
        through_rarer_views,
    ),
    *(through_views, by_flat, columns_first, without_axes, plain_arrays_made_here),
    *(read_by_methods, read_by_functions, cumulative_sum, recurrent_network),
    *(stencil, dynamic_programming, passed_to_a_helper),
]


@pytest.mark.parametrize(
    "f",
    [*KNOWN_MASKS, by_a_mask, in_order, read_where_values_meet],
    ids=lambda f: f.__name__,
)
def test_value_and_derivatives_are_numpy_s(f, central_difference):
    value, slope = value_and_gradient(f, X)
    assert value == pytest.approx(float(f(X)), rel=1e-14)
    # Central differences with h = 1e-5 are right to about 1e-9 here.
    np.testing.assert_allclose(slope, central_difference(f, X), rtol=1e-6, atol=1e-7)
    along = lambda x: np.sum(WEIGHTS * gradient(f, x))
    np.testing.assert_allclose(
        gradient(along, X), central_difference(along, X), rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("f", KNOWN_MASKS, ids=lambda f: f.__name__)
def test_writing_is_compiled(f):
    np.testing.assert_allclose(compile(f)(X), f(X), rtol=1e-12)
    np.testing.assert_allclose(compile(gradient(f))(X), gradient(f, X), rtol=1e-10)


def test_a_mask_of_values_is_compiled_where_numbers_are_written():
    def f(x):
        z = np.ones(3)
        z[:] = x
        z[z > 1] = 0.1
        z[x < 0] = x[0]
        return np.sum(z**2)

    np.testing.assert_allclose(compile(f)(X), f(X))
    np.testing.assert_allclose(compile(gradient(f))(X), gradient(f, X))


def test_a_buffer_is_returned_from_compiled_code():
    def f(x):
        z = np.zeros((2, 3))
        z[1] = x
        return {"all": z, "row": z[1], "untouched": np.ones(2)}

    result = compile(f)(X)
    for name, expected in f(X).items():
        np.testing.assert_array_equal(result[name], expected)


# --- differentiation in differentiation


def test_a_buffer_of_an_outer_differentiation_takes_values_of_an_inner():
    def f(x):
        z = np.zeros(3)
        z[0] = x[0]

        def inner(y):
            w = np.zeros(3)
            w[0], w[1] = z[0] * y[0], y[1] ** 2
            z[2] = np.sum(y * x)
            return np.sum(w**3)

        z[1] = gradient(inner, x * 1.0)[0]
        return np.sum(z**2)

    # z is x₀, then 3 (x₀ y₀)² x₀ at y = x, then x · x.
    x0 = X[0]
    square = np.sum(X * X)
    expected = 4 * square * X
    expected[0] += 2 * x0 + 2 * (3 * x0**5) * 15 * x0**4
    value, slope = value_and_gradient(f, X)
    assert value == pytest.approx(x0**2 + 9 * x0**10 + square**2)
    np.testing.assert_allclose(slope, expected)


def test_a_gradient_is_taken_at_a_buffer():
    def f(x):
        z = np.zeros(3)
        z[:] = x**2
        return np.sum(gradient(lambda y: np.sum(y**3), z))

    # 3 z² = 3 x⁴
    np.testing.assert_allclose(gradient(f, X), 12 * X**3)


def test_a_change_of_a_buffer_at_which_an_inner_f_is_differentiated_is_refused():
    def f(x):
        z = np.zeros(3)
        z[:] = x

        def inner(y):
            z[0] = x[1]
            return np.sum(y**2)

        return np.sum(gradient(inner, z))

    with pytest.raises(GradientError, match="changed in place"):
        gradient(f, X)


# --- a buffer is an array of NumPy's


def test_the_numbers_are_back_when_f_has_ended():
    held = []

    def f(x):
        z = np.zeros((2, 3))
        held.extend([z, z[1]])
        z[1] = x
        return np.sum(z)

    gradient(f, X)
    np.testing.assert_array_equal(held[0], [[0, 0, 0], X])
    held[1][0] = 7
    assert held[0].sum() == 7 + X[1] + X[2]
    assert type(pickle.loads(pickle.dumps(held[0]))) is np.ndarray
    assert repr(held[1]) == repr(np.array([7, *X[1:]]))


def test_the_numbers_are_back_when_f_fails():
    held = []

    def f(x):
        held.append(np.zeros(3))
        held[0][:] = x
        raise KeyError

    with pytest.raises(KeyError):
        gradient(f, X)
    np.testing.assert_array_equal(held[0], X)


def test_a_buffer_is_an_array():
    def f(x):
        z = np.zeros((2, 3))
        answers = [isinstance(z, np.ndarray), z.shape, z.dtype, z.strides]
        z[0] = x
        assert answers == [isinstance(z, np.ndarray), z.shape, z.dtype, z.strides]
        assert z.flags.c_contiguous
        assert 0.5 in z
        assert np.shares_memory(z, z.T)
        assert type(np.zeros(3) * 2) is np.ndarray
        return np.sum(copy.deepcopy(z) + copy.copy(z))

    np.testing.assert_array_equal(gradient(f, X), [2, 2, 2])


@pytest.mark.parametrize(
    "same",
    [lambda a: a, np.asarray, lambda a: np.array(a, copy=None), np.ravel],
)
def test_an_array_from_outside_is_not_f_s_to_write_into(same):
    outside = np.ones(3)
    with pytest.raises(GradientError, match="array from outside f"):
        gradient(lambda x: same(outside).__setitem__(0, x[0]), X)
    np.testing.assert_array_equal(outside, 1)


def test_a_buffer_is_let_go_at_once():
    gone = []

    def f(x):
        z = np.zeros(3)
        weakref.finalize(z, gone.append, 1)
        view = z[1:]
        del z, view
        return np.sum(x)

    gc.disable()
    try:
        gradient(f, X)
    finally:
        gc.enable()
    assert gone


def test_float32_stays_float32():
    seen = []

    def f(x):
        z = np.zeros(3, np.float32)
        z[:] = x * np.float64(2)
        seen.append((z + 0).dtype)
        return np.sum(z)

    assert gradient(f, X.astype(np.float32)).dtype == np.float32
    assert seen == [np.float32]


def test_code_that_makes_arrays_of_its_own_works_inside_of_f():
    linalg = pytest.importorskip("scipy.linalg", reason="needs SciPy")
    sparse = pytest.importorskip("scipy.sparse", reason="needs SciPy")
    special = pytest.importorskip("scipy.special", reason="needs SciPy")

    def f(x):
        rng = np.random.default_rng(0)
        n = rng.random(3) + rng.normal(size=3) + rng.choice(5, 3) + rng.permutation(3)
        rng.random(out=(own := np.zeros(3)))
        rng.shuffle(own)
        a = np.eye(3) * 2 + np.ones((3, 3))
        n = n + np.linalg.solve(a, n + own) + np.linalg.eigh(a)[0] + np.linalg.inv(a)[0]
        n = n + linalg.solve(a, n) + special.expit(n)
        n = n + sparse.csr_matrix(a).dot(n)
        np.savetxt(text := io.StringIO(), a)
        text.seek(0)
        n = (
            n
            + np.loadtxt(text)[0]
            + np.meshgrid(np.linspace(0, 1, 3), np.ones(2))[0][0]
        )
        n = n + np.interp(n, np.arange(3.0), np.ones(3)) + np.histogram(n, 3)[0]
        n = (
            n
            + np.cov(a)[0]
            + np.percentile(a, 50)
            + np.polyfit(np.arange(3.0), n, 1)[0]
        )
        assert type(n) is np.ndarray
        return np.sum(x * n)

    # f is linear in x.
    assert value_and_gradient(f, X)[0] == f(X)
    np.testing.assert_allclose(gradient(f, X) @ X, f(X))


def test_numba_takes_a_buffer():
    numba = pytest.importorskip("numba", reason="needs Numba")
    double = numba.njit(lambda a: a * 2)
    slope = gradient(lambda x: np.sum(x * double(np.ones(3))), X)
    np.testing.assert_array_equal(slope, [2, 2, 2])


def test_numba_reads_no_values():
    numba = pytest.importorskip("numba", reason="needs Numba")
    is_positive = numba.njit(lambda a: a[0] > 0)
    # Numba remembers what it has been given before.
    is_positive(np.zeros(3))
    with pytest.raises(GradientError, match=r"read x\.value"):
        gradient(lambda x: np.sum(x) if is_positive(filled(x)) else x[0], X)
    assert is_positive(filled(X))


# --- what cannot be followed is refused


def filled(x):
    z = np.zeros(3)
    z[:] = x
    return z


def written_past_us(x):
    z = np.zeros(3)
    plain = np.ndarray.view(z, np.ndarray)
    z[:] = x
    plain[0] = 1
    return np.sum(z)


REFUSED = [
    ("integers", lambda x: np.zeros(3, int).__setitem__(0, x[0]), "np.zeros"),
    ("float", lambda x: float(filled(x)[0]), r"float\(x\)"),
    ("float of one", lambda x: float(filled(x)[:1]), r"float\(x\)"),
    ("tobytes", lambda x: filled(x).tobytes(), r"x\.value\.tobytes"),
    ("pickle", lambda x: pickle.dumps(filled(x)), "plain number or array"),
    ("other type", lambda x: np.sum(filled(x).view(np.int64)), "x.astype"),
    ("no rule", lambda x: np.sum(np.spacing(filled(x))), "no derivative rule"),
    ("ndarray.dot", lambda x: W.dot(filled(x))[0], "x @ W"),
    ("past us", written_past_us, "write into an array of its own"),
]


@pytest.mark.parametrize(
    "read",
    [
        lambda z: W.dot(z)[0] > 0,
        lambda z: W[0].dot(z) > 0,
        lambda z: z.dot(W.dot(z)) > 0,
        lambda z: plain_array(z)[0] > 0,
        lambda z: max(plain_array(z)) > 0,
        lambda z: float(plain_array(z)[0]) > 0,
        lambda z: (plain_asarray(z)[1:] == 0).any(),
        lambda z: plain_asarray(z).sum() > 0,
        lambda z: W.copy().__setitem__(0, z),
        lambda z: W.copy().put([0, 1, 2], z),
        lambda z: np.ndarray.searchsorted(np.arange(3.0), z)[0] > 0,
        lambda z: np.ndarray.copy(z)[0] > 0,
        lambda z: np.ndarray.astype(z, float)[0] > 0,
        lambda z: np.sum([z, z]) > 0,
        lambda z: np.sum([z, np.ones(3) > 0]) > 0,
    ],
)
def test_memory_read_past_us_is_never_a_number_to_decide_by(read):
    def f(x):
        z = filled(x)
        return np.sum(z) if read(z) or read(z[::-1]) else 0.0

    with pytest.raises(GradientError, match="write into one that f makes"):
        gradient(f, X)


def test_the_type_of_numbers_is_back_when_f_has_ended():
    held = []

    def f(x):
        z = np.zeros((2, 2), np.float32)
        held.extend([z, z.T, z[0], z.view(np.int32)])
        z[0] = x[:2]
        held.append(z[1:])
        assert {a.dtype for a in held} == {np.dtype("float32"), np.dtype("int32")}
        return np.sum(z * 2)

    gradient(f, X)
    assert [a.dtype for a in held] == [*["float32"] * 3, "int32", "float32"]
    np.testing.assert_array_equal(held[1][:, 0], X[:2].astype(np.float32))


@pytest.mark.parametrize(
    ("f", "remedy"), [pytest.param(f, r, id=name) for name, f, r in REFUSED]
)
def test_refused_with_the_remedy(f, remedy):
    with pytest.raises((GradientError, AttributeError), match=f"(?s){remedy}"):
        gradient(f, X)


def test_numpy_s_own_errors_stay():
    def of_a_shape(x):
        np.zeros(3)[:] = np.concatenate([x, x])

    def of_what_is_read_only(x):
        z = np.zeros(3)
        z.flags.writeable = False
        z[0] = x[0]

    for f, message in ((of_a_shape, "broadcast"), (of_what_is_read_only, "read-only")):
        with pytest.raises(ValueError, match=message):
            gradient(f, X)


# --- random programs

VIEWS = [
    *(lambda z: z, lambda z: z[1], lambda z: z[:, 2], lambda z: z.T),
    *(lambda z: z[::2, ::-1], lambda z: z.reshape(-1), lambda z: z.ravel()[1:8:3]),
    *(lambda z: np.flip(z), lambda z: z[None, 1:], lambda z: z[2, 1:2]),
]


def _at(v, values):
    np.add.at(v, [0, 0], np.mean(values))


WRITES = [
    lambda v, values: v.__setitem__(..., np.mean(values)),
    lambda v, values: v.__setitem__(0, np.sum(values) * 0.3),
    lambda v, values: v.__setitem__([0, -1], np.tanh(v[[-1, 0]])),
    lambda v, values: v.__setitem__(v > 0.4, np.mean(values) * 0.1),
    lambda v, values: v.__iadd__(np.mean(values)),
    lambda v, values: v.__imul__(np.cos(v)),
    lambda v, values: np.sin(v + values[0], out=v),
    lambda v, values: v.fill(values[-1]),
    lambda v, values: v.__setitem__(slice(None, None, 2), 0.25),
    _at,
]
steps = st.tuples(*(st.integers(0, 9) for _ in range(3)))


@settings(max_examples=150, deadline=None)
@given(st.lists(steps, min_size=1, max_size=8))
def test_random_programs_fill_buffers(central_difference, program):
    def f(x):
        z = np.linspace(-0.5, 0.9, 9).reshape(3, 3) * np.ones((3, 3))
        z = np.copy(z)
        row = z[1]
        row[:] = x
        early = [view(z) for view in VIEWS]
        for count, (view, write, read) in enumerate(program):
            v = early[view] if count % 2 else VIEWS[view](z)
            if write == 2 and len(v) < 2:
                continue
            WRITES[write](v, np.ravel(early[read]) + x[0])
        return np.sum(np.sin(z @ W)) + np.sum(early[7] * z) + np.sum(row**2)

    value, slope = value_and_gradient(f, X)
    assert value == pytest.approx(f(X), rel=1e-12)
    # A mask may change within the step: then f has no derivative.
    coarse, fine = central_difference(f, X, 1e-4), central_difference(f, X)
    if np.allclose(coarse, fine, rtol=1e-4, atol=1e-5):
        np.testing.assert_allclose(slope, fine, rtol=1e-4, atol=1e-5)
    if all(write != 3 for _, write, _ in program):
        np.testing.assert_allclose(compile(f)(X), value, rtol=1e-10)


@pytest.mark.parametrize("value", [[1, -2, 0.5], (0,), [], [0.0]])
def test_a_list_in_the_place_of_one_bool_is_its_truth(value):
    def f(x):
        x.flat[1] = value
        return x

    x = np.array([[True, True], [False, False]])
    expected = f(x.copy())
    np.testing.assert_array_equal(compile(f)(x.copy()), expected)
