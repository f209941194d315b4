"""What shares memory with what, by chance: as in NumPy, or refused.

An array is computed from the argument, converted or viewed, and one of the two changes.
Whether the other changes with it hangs on how NumPy's results lie in memory.
"""

import warnings

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kobai.autodiff import numerical_gradient, value_and_gradient
from kobai.engines.compile import compile
from kobai.errors import GradientError

X = np.array([[2.3, -3.1, 5.2], [7.4, 1.6, -13.7], [-17.8, 1.9, 3.4]])
WEIGHTS = np.array([[1.0, 10.0, 100.0], [2.0, 20.0, 200.0], [5.0, 50.0, 500.0]])
LAYOUTS = {
    "rows": lambda: np.array(X, order="C"),
    "columns": lambda: np.array(X, order="F"),
    "gaps": lambda: np.repeat(X, 2, axis=1)[:, ::2],
}


def filled(b, values):
    b[...] = values
    return b


def added_to(x):
    y = x * 1
    y += np.arange(9.0).reshape(3, 3).T
    return y


MODELS = {
    "x": lambda x: x,
    "x * 2": lambda x: x * 2,
    "x.T": lambda x: x.T,
    "x.T.copy": lambda x: x.T.copy(),
    "copy(x.T)": lambda x: np.copy(x.T),
    "copy in columns": lambda x: np.copy(x, order="F"),
    "stack": lambda x: np.stack([x[0], x[1], x[2]]),
    "columns moved": lambda x: x[:, [0, 2, 1]],
    "plus columns": lambda x: x + np.asfortranarray(np.ones((3, 3))),
    "changed": added_to,
    "x + x.T": lambda x: x + x.T,
    "product": lambda x: x @ x / 50,
    "sums": lambda x: np.cumsum(x, axis=0) + 0.05,
    "part": lambda x: np.stack([x, x], axis=-1)[..., 0],
}
MADE = {
    "itself": lambda t: t,
    "product": lambda t: t * 1,
    "sign": lambda t: np.sign(t),
    "mask": lambda t: t > 3,
    "both": lambda t: (t > 0) & (t < 5),
    "copy of a sign": lambda t: np.sign(t).copy(),
    "floor": lambda t: np.floor(t) * 2,
    "integers": lambda t: t.astype(int),
    "places": lambda t: np.argsort(t, axis=0),
    "near": lambda t: np.isclose(t, 2.9, atol=1.73),
    "one of two": lambda t: np.where(t > 0, 1.0, -1.0),
    "zeros": lambda t: filled(np.zeros_like(t), t),
    "empty": lambda t: filled(np.empty_like(t), 2.5),
    "zeros of a mask": lambda t: filled(np.zeros_like(t > 0, dtype=float), 2.0),
    "buffer": lambda t: filled(np.zeros((3, 3)), t),
    "buffer in columns": lambda t: filled(np.zeros((3, 3), order="F"), t),
    "columns": lambda t: np.greater(t, 3, order="F"),
}
CONVERTED = {
    "ravel": lambda b: b.ravel(),
    "np.ravel": lambda b: np.ravel(b),
    "reshape": lambda b: b.reshape(-1),
    "np.reshape": lambda b: np.reshape(b, 9),
    "ravel of .T": lambda b: b.T.ravel(),
    "ravel in columns": lambda b: b.ravel(order="F"),
    "ravel as it lies": lambda b: b.ravel("K"),
    "flatten as it lies": lambda b: b.flatten("A"),
    "row": lambda b: b[0].ravel(),
    "column": lambda b: np.ascontiguousarray(b[:, 1]),
    "rows": lambda b: np.ascontiguousarray(b),
    "columns": lambda b: np.asfortranarray(b),
    "asarray": lambda b: np.asarray(b, order="F"),
    "asarray as it lies": lambda b: np.asanyarray(b, order="A"),
    "array": lambda b: np.array(b, copy=None, order="C"),
    "not a copy": lambda b: np.array(b, copy=False, order="F"),
    "astype": lambda b: b.astype(b.dtype, order="F", copy=False),
    "np.astype": lambda b: np.astype(b, b.dtype, copy=False),
    "required": lambda b: np.require(b, requirements="F"),
    "view": lambda b: b.view(),
    "copy": lambda b: b.copy().ravel(),
    "copy as it lies": lambda b: np.copy(b).ravel(),
    "einsum": lambda b: np.einsum("ij->ji", b),
    "broadcast": lambda b: np.broadcast_arrays(b, b)[0],
    "no NaN": lambda b: np.nan_to_num(b, copy=False),
    "by flags": lambda b: b * (2 if b.flags.c_contiguous else 3),
    "by strides": lambda b: b * (2 if b.strides[0] == b.itemsize else 3),
    "by isfortran": lambda b: b * (2 if np.isfortran(b) else 3),
    "as bytes": lambda b: np.frombuffer(b.tobytes("A"), b.dtype).copy(),
    "iterated": lambda b: np.array([float(v) for v in np.nditer(b)]),
}


def change_first(b, c):
    b[0, 1:] = 1


def change_second(b, c):
    c[:2] = 1


def change_both(b, c):
    b[2] *= 0
    c *= 0


CHANGES = (change_first, change_second, change_both)


def outcome(run, x):
    """Return what comes out; None where it is refused in our words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return run(x)
        except GradientError:
            return None


def numpys(f, x):
    """Return what NumPy gives; None where it refuses."""
    try:
        return f(x)
    except (AttributeError, TypeError, ValueError):
        return None


@settings(
    max_examples=400,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    model=st.sampled_from(sorted(MODELS)),
    made=st.sampled_from(sorted(MADE)),
    converted=st.sampled_from(sorted(CONVERTED)),
    change=st.sampled_from(CHANGES),
    layout=st.sampled_from(sorted(LAYOUTS)),
)
def test_arrays_share_memory_where_numpys_do(model, made, converted, change, layout):
    def f(x):
        b = MADE[made](MODELS[model](x))
        c = CONVERTED[converted](b)
        change(b, c)
        places = np.arange(1.0, np.size(c) + 1).reshape(np.shape(c))
        return np.sum(b * WEIGHTS) + np.sum(c * places) + np.sum(x * x)

    lay_out = LAYOUTS[layout]
    expected = numpys(f, lay_out())
    if expected is None:
        return
    found = outcome(lambda x: value_and_gradient(f, x), lay_out())
    if found is not None:
        np.testing.assert_allclose(found[0], expected, rtol=1e-9)
        numeric = numerical_gradient(f, lay_out())
        # Central differences of values up to 1e5 lose about five digits.
        np.testing.assert_allclose(found[1], numeric, rtol=1e-4, atol=1e-2)
    compiled = outcome(compile(f), lay_out())
    if compiled is not None:
        np.testing.assert_allclose(compiled, expected, rtol=1e-9)
