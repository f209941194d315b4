"""In which order arrays lie in memory: as in NumPy, or what hangs on it is refused."""

import warnings

import numpy as np
import pytest

from kobai.autodiff import gradient, numerical_gradient, value_and_gradient
from kobai.autodiff.arrays.layout import lies_one_way
from kobai.autodiff.numpy_functions import load_all
from kobai.autodiff.primitive import Overloaded
from kobai.engines.compile import compile
from kobai.errors import GradientError
from kobai.graph import trace
from tests.autodiff.calls import MODULES, calls_of, public_functions
from tests.autodiff.test_every_function import METHODS, method, method_calls

load_all()

LAYOUTS = {
    "C": np.ascontiguousarray,
    "F": np.asfortranarray,
    "strided": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "axes exchanged": lambda x: np.copy(np.swapaxes(x, 0, -1), "C").swapaxes(0, -1),
    "broadcast": lambda x: np.broadcast_to(x[:1], x.shape),
}


def laid_out(x, layout):
    """Lay the arrays of arguments out in another order, as copies: some are written."""
    if isinstance(x, np.ndarray):
        is_laid_out = x.ndim and x.dtype.kind == "f"
        return LAYOUTS[layout](x.copy()) if is_laid_out else x.copy()
    return type(x)(laid_out(v, layout) for v in x) if isinstance(x, list | tuple) else x


def order(array):
    """Return in which order the numbers of an array lie."""
    return np.empty_like(array, bool).strides


def numpys(f, args, kwargs):
    """Return what plain NumPy gives; None where it refuses or warns."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("error")
        try:
            return f(*args, **kwargs)
        except Exception:
            return None


def run_all(calls, layout, run):
    """Compare how the results of all calls lie."""
    for f, args, kwargs in calls:
        if "out" in kwargs:
            continue
        expected = numpys(f, laid_out(args, layout), kwargs)
        args = laid_out(args, layout)
        is_value = [isinstance(a, np.ndarray) and a.dtype == float for a in args]
        places = np.flatnonzero(is_value)
        if expected is not None and places.size:
            compare(f, args, kwargs, places, expected, run)


def layout_of(y):
    """Return an array that lies as a result does; None where it is not known to."""
    if isinstance(y, Overloaded):
        return y.layout()
    # NaN stands in a buffer's memory, and its strides are its own.
    is_known = isinstance(y, np.ndarray) and not getattr(y, "lies_in_doubt", False)
    return y if is_known else None


def compare(f, args, kwargs, places, expected, run):
    found = []

    def f_of_values(values):
        given = list(args)
        for place, value in zip(places, values, strict=True):
            given[place] = value
        y = f(*given, **kwargs)
        parts = y if isinstance(y, tuple | list) else [y]
        found[:] = map(layout_of, parts)
        return sum(np.sum(v) for v in values)

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            run(f_of_values, [args[place] for place in places])
        except (GradientError, TypeError, ValueError):
            return
    parts = expected if isinstance(expected, tuple | list) else [expected]
    for here, there in zip(found, parts, strict=True):
        if here is not None and not lies_one_way(np.shape(there)):
            assert order(here) == order(there), (f, args, kwargs)


RUNS = {"gradient": gradient, "trace": trace}
FUNCTIONS = [
    pytest.param(f, id=f"{module.__name__}.{name}")
    for module in MODULES
    for name, f in public_functions(module).items()
]


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("f", FUNCTIONS)
def test_results_lie_as_numpys_or_are_not_known_to(f, run):
    calls = [(f, args, kwargs) for args, kwargs in calls_of(f, most=3)]
    for layout in LAYOUTS:
        run_all(calls, layout, RUNS[run])


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("name", METHODS)
def test_results_of_methods_lie_as_numpys_or_are_not_known_to(name, run):
    if name in ("tofile", "dump"):
        return
    calls = [(method(name), args, kwargs) for args, kwargs in method_calls(name)]
    for layout in LAYOUTS:
        run_all(calls, layout, RUNS[run])


# --- arrays that are made like values

X = np.array([[2.0, 3.0, 5.0], [7.0, 11.0, 13.0], [17.0, 19.0, 23.0]])
WEIGHTS = X + np.arange(9).reshape(3, 3) ** 2


def changed(x):
    y = x * 1
    y += np.arange(9.0).reshape(3, 3).T
    return y


MODELS = {
    "argument": lambda x: x,
    "elementwise": lambda x: x * 2,
    "turned": lambda x: x.T,
    "sliced": lambda x: x[:, ::-1],
    "stacked": lambda x: np.stack([x[0], x[1], x[2]]),
    "product": lambda x: x @ x,
    "copied": lambda x: x.T.copy(),
    "taken": lambda x: np.take(x, [0, 2, 1], axis=1),
    "running product": lambda x: np.cumprod(x, axis=0),
    "full": lambda x: np.full_like(x, x[0]),
    "changed": changed,
    "added to a constant": lambda x: x + np.asfortranarray(np.ones((3, 3))),
}
KNOWN = {"argument", "elementwise", "turned", "sliced"}
MAKERS = {
    "zeros": lambda x: np.zeros_like(x),
    "ones": lambda x: np.ones_like(x),
    "empty": lambda x: np.empty_like(x),  # all ways fill it first
    "full": lambda x: np.full_like(x, 0.5),
    "of one": lambda x: np.copy(np.zeros_like(x)),
}


def through_ravel(b, x):
    b[...] = x
    b.ravel()[1:3] = 0.5
    return b


def through_reshape(b, x):
    b[...] = x
    b.reshape(-1)[1] = x[0, 0]
    return b


def through_a_row(b, x):
    b[...] = x
    b[0].ravel()[...] = x[1]
    return b


def through_the_transposed(b, x):
    b[...] = x
    np.ravel(b.T)[1:3] += x[0, 1:]
    return b


def in_its_own_order(b, x):
    b[...] = x
    return b.ravel("K").reshape(3, 3) * 2 + b.flatten("A").reshape(3, 3)


WAYS = (through_ravel, through_reshape, through_a_row)
WAYS += (through_the_transposed, in_its_own_order)


def outcome(run, x):
    """Return what comes out, or the text of a refusal."""
    try:
        return run(x)
    except GradientError as error:
        return str(error)


def assert_names_the_remedy(refusal):
    assert "memory" in refusal
    assert 'order="C"' in refusal


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("model", MODELS)
def test_what_is_made_like_a_value_is_written_as_in_numpy(model, maker, way):
    def f(x):
        b = way(MAKERS[maker](MODELS[model](x)), x)
        return np.sum(b * WEIGHTS) + np.sum(x)

    # One compiled function, for it has to tell the orders apart.
    compiled = compile(f)
    for lay_out in (np.ascontiguousarray, np.asfortranarray):
        x = lay_out(X)
        for run in (lambda x: value_and_gradient(f, x)[0], compiled):
            found = outcome(run, x)
            if isinstance(found, str):
                assert model not in KNOWN or way is in_its_own_order
                assert_names_the_remedy(found)
            else:
                np.testing.assert_allclose(found, f(lay_out(X)), rtol=1e-12)


# What NumPy computes from an array lies as that does, of whichever type it is.
COMPUTED = {
    "the value": lambda t: t * 1,
    "product": lambda t: np.zeros_like(t) * 2,
    "mask": lambda t: np.zeros_like(t) > 0,
    "integers": lambda t: np.zeros_like(t, dtype=int),
    "bools": lambda t: np.zeros_like(t, dtype=bool),
    "full": lambda t: np.full_like(t, 2, dtype=int),
    "empty": lambda t: np.empty_like(t, dtype=np.int8),
    "copy": lambda t: np.zeros_like(t, dtype=int).copy(),
    "other type": lambda t: np.zeros_like(t).astype(int),
    "like one made so": lambda t: np.zeros_like(
        np.ones_like(t, dtype=int), dtype=float
    ),
    "where": lambda t: np.where(np.zeros_like(t) > 0, 1.0, 2.0),
    "sorted": lambda t: np.sort(np.zeros_like(t)),
    "running sum": lambda t: np.cumsum(np.zeros_like(t), axis=0),
    "joined": lambda t: np.concatenate([np.zeros_like(t)] * 2)[:3],
    "like a value of one": lambda t: np.zeros_like(t * np.ones_like(t)),
    "like a filled one": lambda t: np.zeros_like(
        through_nothing(np.zeros_like(t), t) * 2
    ),
}


def through_nothing(b, x):
    b[...] = x
    return b


def plain_ravel(b):
    b[...] = np.arange(9).reshape(3, 3) % 4
    b.ravel()[1:3] = 1
    return b


def plain_copy(b):
    b[...] = np.arange(9).reshape(3, 3) % 4
    c = b.copy()
    c.reshape(-1)[1:3] = 1
    return c


@pytest.mark.parametrize("way", [plain_ravel, plain_copy])
@pytest.mark.parametrize("computed", COMPUTED)
@pytest.mark.parametrize("model", MODELS)
def test_what_is_computed_from_it_is_written_as_in_numpy(model, computed, way):
    def f(x):
        b = way(COMPUTED[computed](MODELS[model](x)))
        return np.sum(b * WEIGHTS) + np.sum(x)

    compiled = compile(f)
    for lay_out in (np.ascontiguousarray, np.asfortranarray):
        x = lay_out(X)
        for run in (lambda x: value_and_gradient(f, x)[0], compiled):
            found = outcome(run, x)
            if isinstance(found, str):
                assert "memory" in found
            else:
                np.testing.assert_allclose(found, f(lay_out(X)), rtol=1e-12)


@pytest.mark.parametrize("run", [gradient, lambda f, x: compile(f)(x)])
def test_what_lies_in_doubt_is_read_and_written_where_the_order_does_not_count(run):
    def f(x):
        b = np.zeros_like(np.take(x, [0, 2, 1], axis=1))
        b[0], b.T[1] = x[1], x[2]
        c = b.reshape(1, 3, 3)[..., ::-1]
        c[0, 2, 0] *= 2
        rows = np.zeros_like(np.take(x, [0, 2, 1], axis=1), order="C").ravel()
        rows[1:3] = x[0, :2]
        return np.sum((b + rows.reshape(3, 3)) * WEIGHTS)

    for lay_out in (np.ascontiguousarray, np.asfortranarray):
        x = lay_out(X)
        if run is gradient:
            numeric = numerical_gradient(f, x)
            # f is linear: central differences only round.
            np.testing.assert_allclose(gradient(f, x), numeric, rtol=1e-7)
        else:
            np.testing.assert_allclose(run(f, x), f(x), rtol=1e-12)


@pytest.mark.parametrize(
    "ordered",
    [
        lambda x: np.exp(x, order="F"),
        lambda x: np.divmod(x, 2, order="F")[0],
        lambda x: x.astype(float, order="F"),
        lambda x: np.copy(x, order="F"),
        lambda x: np.array(x, order="F"),
        lambda x: np.asfortranarray(x),
    ],
)
def test_an_order_that_is_asked_for_is_not_taken_for_the_usual_one(ordered):
    def f(x):
        return np.sum(through_ravel(np.zeros_like(ordered(x)), x) * WEIGHTS) + np.sum(x)

    for run in (lambda x: value_and_gradient(f, x)[0], compile(f)):
        found = outcome(run, X)
        if isinstance(found, str):
            assert_names_the_remedy(found)
        else:
            np.testing.assert_allclose(found, f(X), rtol=1e-12)
