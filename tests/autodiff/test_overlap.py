"""Writing an array over the memory that it is read from: as NumPy does, or refused."""

import numpy as np
import pytest

from kobai.autodiff import gradient, numerical_gradient, value_and_gradient
from kobai.autodiff.numpy_functions import load_all
from kobai.autodiff.primitive import Overloaded
from kobai.engines.compile import compile
from kobai.errors import GradientError
from kobai.graph import trace
from tests.autodiff.calls import MODULES, calls_of, copied, public_functions
from tests.autodiff.test_every_function import METHODS, method, method_calls
from tests.autodiff.test_layout import numpys

load_all()


def filled(x):
    z = np.zeros(x.shape)
    z[...] = x
    return z


ARRAYS = {"argument": lambda x: x, "value": lambda x: x * 1.5, "made by f": filled}

# Pairs of views of one array: what is written, and what is read.
VIEWS = {
    "turned around": lambda a: (a, a[::-1]),
    "a step on": lambda a: (a[1:], a[:-1]),
    "a step back": lambda a: (a[:-1], a[1:]),
    "spread": lambda a: (a[::2], a[: len(a[::2])]),
    "spread, from the middle": lambda a: (a[1 : 1 + len(a[::2])], a[::2]),
    "transposed": lambda a: (a, a.T),
    "a row and a column": lambda a: (a[1], a[:, 1]) if a.ndim > 1 else (a, a),
    "a column and a row": lambda a: (a[:, 2], a[1]) if a.ndim > 1 else (a, a),
    "apart": lambda a: (a[:2], a[2:4]),
}


def fill_diagonal(to, v):
    if to.ndim > 1:
        np.fill_diagonal(to, v[0])


def stack(to, v):
    np.stack(list(v[::-1]), out=to)


def ptp(to, v):
    if to.ndim > 1:
        np.ptp(v, axis=0, out=to[0])


def assign(to, v):
    to[...] = v


def assign_by_mask(to, v):
    to[np.ones(to.shape, bool)] = v.reshape(-1)


def assign_by_places(to, v):
    to[np.arange(len(to))] = v


WRITTEN_AT_ONCE = {
    "flat": lambda to, v: setattr(to, "flat", v),
    "flat, a part": lambda to, v: to.flat.__setitem__(slice(None, None, 2), v),
    "flat, from flat": lambda to, v: setattr(to, "flat", v.flat),
    "mask": assign_by_mask,
    "place": lambda to, v: np.place(to, np.ones(to.shape, bool), v),
    "fill_diagonal": fill_diagonal,
    "concatenate": lambda to, v: np.concatenate([v[1:], v[:1]], out=to),
    "stack": stack,
    "ptp": ptp,
}
ALONG_AN_AXIS = {
    "assignment": assign,
    "real": lambda to, v: setattr(to, "real", v),
    "copyto": np.copyto,
    "copyto, where": lambda to, v: np.copyto(to, v, where=np.ones(to.shape, bool)),
}
READ_FIRST = {
    "places": assign_by_places,
    "put": lambda to, v: np.put(to, np.arange(to.size), v),
    "putmask": lambda to, v: np.putmask(to, np.ones(to.shape, bool), v),
    "put_along_axis": lambda to, v: np.put_along_axis(
        to, np.argsort(-np.arange(to.size).reshape(to.shape), axis=0), v, 0
    ),
    "add": lambda to, v: np.add(v, v[::-1], out=to),
    "add in place": lambda to, v: to.__iadd__(v),
    "add.at": lambda to, v: np.add.at(to, np.arange(len(to)), v),
    "add.accumulate": lambda to, v: np.add.accumulate(v, out=to),
    "cumsum": lambda to, v: np.cumsum(v, axis=0, out=to),
    "take": lambda to, v: np.take(v, np.arange(len(v))[::-1], axis=0, out=to),
    "clip": lambda to, v: np.clip(v, -1, 1, out=to),
    "mean": lambda to, v: np.mean(v, axis=0, out=to[0, ...]),
}
WRITES = {**WRITTEN_AT_ONCE, **ALONG_AN_AXIS, **READ_FIRST}
XS = {
    "one axis": np.array([2.0, -3.0, 5.0, 0.5, 7.0, -1.0, 4.0, 11.0]),
    "two axes": np.arange(16.0).reshape(4, 4) ** 1.5 - 20,
}


RUNS = {
    "gradient": lambda f, x: value_and_gradient(f, x)[0],
    "compile": lambda f, x: compile(f)(x),
}


def loss_of(array, views, write, copy=False):
    def loss(x):
        a = ARRAYS[array](x * 1)
        to, v = VIEWS[views](a)
        write(to, np.copy(v) if copy else v)
        return np.sum(a * np.sqrt(np.arange(1.0, a.size + 1)).reshape(a.shape))

    return loss


def is_refused(run, loss, x):
    """Whether a loss is, with the remedy."""
    try:
        RUNS[run](loss, x)
    except GradientError as error:
        return "np.copy(v)" in str(error)
    return False


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("x", XS.values(), ids=list(XS))
@pytest.mark.parametrize("array", ARRAYS)
@pytest.mark.parametrize("write", WRITES)
def test_memory_is_written_over_as_in_numpy_or_not_at_all(write, array, x, run):
    for views in VIEWS:
        loss = loss_of(array, views, WRITES[write])
        expected = numpys(loss, (x.copy(),), {})
        if expected is None:
            continue
        if write not in READ_FIRST and views != "apart" and is_refused(run, loss, x):
            continue
        found = RUNS[run](loss, x)
        # Sums of the same few numbers in another order.
        np.testing.assert_allclose(found, expected, rtol=1e-12, err_msg=views)


@pytest.mark.parametrize("array", ARRAYS)
@pytest.mark.parametrize("write", [*WRITTEN_AT_ONCE, *ALONG_AN_AXIS])
def test_a_copy_can_be_written(write, array):
    x = XS["two axes"]
    for views in VIEWS:
        loss = loss_of(array, views, WRITES[write], copy=True)
        if numpys(loss, (x.copy(),), {}) is None:
            continue
        numeric = numerical_gradient(loss, x.copy())
        # The loss is linear but for the extremes of ptp: central differences round.
        np.testing.assert_allclose(gradient(loss, x), numeric, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("array", ARRAYS)
def test_a_step_along_an_array_is_no_refusal(array):
    def loss(x):
        a = ARRAYS[array](x * 1)
        a[1:] = a[:-1]
        a[:-2] = a[2:]
        a[::2] = a[1::2]
        a[:4] = a[3::-1]
        a.flat = a[:1]
        return np.sum(a * x)

    x = XS["one axis"]
    for run in RUNS.values():
        assert run(loss, x) == loss(x.copy())


# --- what is a view in NumPy is known to be one

FUNCTIONS = {
    f"{module.__name__}.{name}": f
    for module in MODULES
    for name, f in public_functions(module).items()
}
CALLS = {
    **{name: lambda f=f: calls_of(f, most=3) for name, f in FUNCTIONS.items()},
    **{f"ndarray.{name}": lambda name=name: method_calls(name) for name in METHODS},
}


def parts_of(y):
    return list(y) if isinstance(y, tuple | list) else [y]


@pytest.mark.parametrize("run", [gradient, trace])
@pytest.mark.parametrize("name", CALLS)
def test_what_shares_memory_in_numpy_is_known_to(name, run):
    if name in ("ndarray.tofile", "ndarray.dump"):
        return
    f = FUNCTIONS.get(name) or method(name.removeprefix("ndarray."))
    for args, kwargs in CALLS[name]():
        # Some write into what they are given, which is there for others too.
        args = copied(args)
        first = args[0] if args else None
        if "out" in kwargs or not isinstance(first, np.ndarray) or first.dtype != float:
            continue
        expected = numpys(f, (first, *args[1:]), kwargs)
        shared = [
            isinstance(y, np.ndarray) and y.size and np.shares_memory(y, first)
            for y in parts_of(expected)
        ]
        if any(shared):
            assert_known(f, first, args[1:], kwargs, shared, run)


def assert_known(f, x, rest, kwargs, shared, run):
    found = []

    def loss(x):
        parts = parts_of(f(x, *rest, **kwargs))
        found[:] = [isinstance(y, Overloaded) and y.first is x for y in parts]
        return np.sum(x)

    try:
        run(loss, x)
    except (GradientError, TypeError, ValueError):
        return
    for known, is_shared in zip(found, shared, strict=True):
        assert known or not is_shared
