"""Every function, method, operator and attribute of NumPy's, with its keywords.

Each call that plain NumPy takes gives NumPy's value and the right derivatives, or is
refused with a remedy, under gradient and under compile. The names are read off NumPy,
so that those of a newer one are called as well.
"""

import inspect
import operator

import numpy as np
import pytest

from kobai.autodiff import gradient
from kobai.autodiff.numpy_functions import CONSTANT_FUNCTIONS, FUNCTIONS, load_all
from kobai.autodiff.rules import ELEMENTWISE
from kobai.engines.compile import compile
from kobai.errors import GradientError
from tests.autodiff.calls import (
    MODULES,
    M,
    S,
    V,
    W,
    calls_of,
    draw,
    numpy_takes,
    public_functions,
)
from tests.autodiff.outcomes import REFUSED, RIGHT, assert_has_remedy, outcome

load_all()

# Whose argument has a corner or a jump at the numbers of the pool, or that look at the
# type of their argument in a way that cannot be answered.
ELSEWHERE = {"interp"}

EVERY = [
    pytest.param(f, id=f"{module.__name__}.{name}")
    for module in MODULES
    for name, f in public_functions(module).items()
    if name not in ELSEWHERE
]


@pytest.mark.parametrize("f", EVERY)
def test_every_function_under_gradient(f):
    for args, kwargs in calls_of(f):
        outcome(f, args, kwargs)


@pytest.mark.parametrize("f", EVERY)
def test_every_function_under_compile(f):
    for args, kwargs in calls_of(f, most=2):
        outcome(f, args, kwargs, traced=True)


# --- methods, attributes and operators: all that dir(np.ndarray) names

METHODS = [
    name
    for name in dir(np.ndarray)
    if callable(getattr(np.ndarray, name)) and not name.startswith("__")
    if name not in ELSEWHERE
]
ATTRIBUTES = [
    name for name in dir(np.ndarray) if not callable(getattr(np.ndarray, name))
]
# What Python, pickle and other libraries call; no part of how arrays compute.
MACHINERY = {
    *("__array__", "__array_function__", "__array_ufunc__", "__array_wrap__"),
    *("__array_finalize__", "__array_namespace__", "__class__", "__class_getitem__"),
    *("__dlpack__", "__dlpack_device__", "__init__", "__init_subclass__", "__new__"),
    *("__dir__", "__getattribute__", "__setattr__", "__delattr__", "__getstate__"),
    *("__reduce__", "__reduce_ex__", "__setstate__", "__sizeof__", "__subclasshook__"),
    *("__repr__", "__str__"),  # say that it is under differentiation
}
OPERATORS = [
    name
    for name in dir(np.ndarray)
    if name.startswith("__") and name not in MACHINERY and name not in ATTRIBUTES
]


def method(name):
    """Return an array's method as a function, with the keywords of NumPy's function."""

    def call(x, *args, **kwargs):
        return getattr(x, name)(*args, **kwargs)

    twin = getattr(np, name, None)
    if callable(twin) and not isinstance(twin, np.ufunc):
        call.__signature__ = inspect.signature(twin)
    return call


def method_calls(name):
    for args, kwargs in calls_of(method(name)):
        if isinstance(args[0], np.ndarray) and args[0].dtype.kind == "f":
            yield args, kwargs
    # In place, what comes back is the array.
    if name in ("fill", "put"):
        x = V.copy()
        yield (x, 0.5) if name == "fill" else (x, [1, 3], [0.5, 0.25]), {}


@pytest.mark.parametrize("traced", [False, True], ids=["gradient", "compile"])
@pytest.mark.parametrize("name", METHODS)
def test_every_method(name, traced):
    for args, kwargs in method_calls(name):
        # NumPy's own tofile and dump write files; they are refused before that.
        if name not in ("tofile", "dump"):
            outcome(method(name), args, kwargs, traced)


@pytest.mark.parametrize("name", ["tofile", "dump", "dumps", "tobytes", "setflags"])
def test_methods_that_leave_differentiation_say_how(name):
    with pytest.raises(GradientError, match=rf"ndarray.{name}: .*x\.value"):
        gradient(lambda x: getattr(x, name)(), V)


@pytest.mark.parametrize("f", [gradient, lambda f, x: compile(f)(x)])
@pytest.mark.parametrize("name", [a for a in ATTRIBUTES if not a.startswith("__")])
def test_every_attribute(name, f):
    seen = []

    def loss(x):
        try:
            seen.append(getattr(x, name))
        except GradientError as error:
            assert_has_remedy(str(error))
        return np.sum(x * x)

    f(loss, M)
    expected = getattr(M, name)
    if name == "flat":
        assert outcome(lambda x: x.flat[:], (M,), {}) == RIGHT
    elif seen and not isinstance(expected, np.ndarray):
        assert seen[0] == expected
    elif seen:
        assert outcome(lambda x: getattr(x, name), (M,), {}) == RIGHT


@pytest.mark.parametrize("traced", [False, True], ids=["gradient", "compile"])
@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator(name, traced):
    seen = 0
    written = [(V, 0, 0.5), (M, (0, [1, 2]), [0.5, 0.25])]
    operands = [(V,), (V, W / 3), (V, 2), (S, S.T / 2.7), (M, V), (V, 0)]
    for args in written if name == "__setitem__" else operands:
        if numpy_takes(method(name), args, {}):
            outcome(method(name), args, {}, traced)
            seen += 1
    of_whole = any(part in name for part in ("and__", "or__", "xor__", "shift__"))
    assert seen or of_whole or name in NOT_OF_ARRAYS


# Of masks, of single numbers, or of nothing.
NOT_OF_ARRAYS = {"__invert__", "__hash__", "__index__", "__delitem__", "__complex__"}
NOT_OF_ARRAYS |= {"__float__", "__int__", "__bool__", "__format__", "__deepcopy__"}


@pytest.mark.parametrize(
    "f",
    [
        lambda a, b: a & b,
        lambda a, b: a | b,
        lambda a, b: a ^ b,
        lambda a, b: ~a,
        lambda a, b: a & [True, False, True, False],
        lambda a, b: True | b,
        lambda a, b: operator.iand(a, b),
        lambda a, b: operator.ior(a, b),
        lambda a, b: operator.ixor(a, b),
    ],
)
@pytest.mark.parametrize("traced", [False, True], ids=["gradient", "compile"])
def test_operators_of_masks(f, traced):
    masked = lambda x: np.where(f(x > 0.3, x < 0.7), x, 0 * x)
    assert outcome(masked, (V,), {}, traced) == RIGHT


@pytest.mark.parametrize("shift", [operator.lshift, operator.rshift])
def test_shifts_of_integers(shift):
    f = lambda x: x * shift(np.argsort(x), 1) * shift(1, np.argsort(x))
    assert outcome(f, (V,), {}) == RIGHT
    assert outcome(f, (V,), {}, traced=True) == RIGHT


# --- methods of ufuncs

UFUNCS = [
    pytest.param(f, id=name)
    for name, f in public_functions(np).items()
    if isinstance(f, np.ufunc) and f.signature is None
]
UFUNC_CALLS = {
    "reduce": [
        ((V,), {}),
        ((M,), {"axis": 1, "keepdims": True}),
        ((M,), {"axis": None}),
        ((M,), {"initial": 0.75}),
        ((M,), {"dtype": np.float32}),
        ((M,), {"axis": 0, "where": M > 0.3, "initial": 0.5}),
        ((M,), {"axis": 0, "out": np.zeros(4)}),
    ],
    "accumulate": [((V,), {}), ((M,), {"axis": 1}), ((M,), {"out": np.zeros((3, 4))})],
    "outer": [((V, M), {}), ((V, 2), {})],
    "reduceat": [((V, [0, 2]), {}), ((M, [1, 0, 2]), {"axis": 1})],
    "at": [
        ((V, [0, 2]), {}),
        ((V, [0, 2, 0], 0.5), {}),
        ((M, [0, 0, 1], draw(3, 4, seed=3)), {}),
        ((M, (0, [1, 1]), [0.5, 0.25]), {}),
    ],
}


@pytest.mark.parametrize("traced", [False, True], ids=["gradient", "compile"])
@pytest.mark.parametrize("how", UFUNC_CALLS)
@pytest.mark.parametrize("ufunc", UFUNCS)
def test_every_method_of_ufuncs(ufunc, how, traced):
    f = getattr(ufunc, how)
    for args, kwargs in UFUNC_CALLS[how]:
        if numpy_takes(f, args, kwargs):
            outcome(f, args, kwargs, traced)


def test_where_without_out_is_refused():
    # NumPy leaves the other entries as they are in memory.
    with pytest.raises(GradientError, match=r"where= without out=.*np\.where"):
        gradient(lambda x: np.sum(np.exp(x, where=x > 0.5)), V)


# --- what is refused


def test_a_function_of_a_newer_numpy_is_refused_with_a_remedy():
    new = np._core.overrides.array_function_dispatch(lambda x: (x,))(lambda x: x)
    with pytest.raises(GradientError, match=r"no derivative rule.*x\.value"):
        gradient(lambda x: new(x), V)


def test_twins_take_positions_in_numpy_s_order():
    for function, twin in FUNCTIONS.items():
        try:
            parameters = inspect.signature(function).parameters.values()
        except (TypeError, ValueError):
            continue
        names = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        ours = [
            p.name
            for p in inspect.signature(twin).parameters.values()
            if p.kind is p.POSITIONAL_OR_KEYWORD
        ]
        positional = [n for n in ours if n in names]
        assert positional == names[: len(positional)], function


def test_the_walk_reaches_what_is_known():
    functions = {f.values[0] for f in EVERY}
    reached = {f for f in functions if any(True for _ in calls_of(f, most=1))}
    known = {*FUNCTIONS, *CONSTANT_FUNCTIONS, *ELEMENTWISE} & functions
    assert known - reached <= NOT_REACHED


# Of integers only, which have no derivative.
NOT_REACHED = {np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.left_shift}
NOT_REACHED |= {np.right_shift}
# Of square matrices, which have tests of their own.
NOT_REACHED |= {np.linalg.cholesky, np.linalg.matrix_power}


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.clip(x, None, None),
        lambda x: np.prod(x, axis=()),
        lambda x: np.pad(x, 0),
        lambda x: np.roll(x, 0),
        lambda x: np.tril(x, 9),
        lambda x: np.nan_to_num(x),
        lambda x: np.block(x),
        lambda x: np.meshgrid(x[0], x[1])[0],
        lambda x: x.flatten("F"),
        lambda x: np.repeat(x, 1, axis=0),
    ],
)
def test_copies_do_not_change_what_they_are_copies_of(f):
    def changed(x):
        y = x * 1
        copy = f(y)
        copy *= 3
        return y * copy.sum()

    assert outcome(changed, (M,), {}) == RIGHT
    assert outcome(changed, (M,), {}, traced=True) == RIGHT


@pytest.mark.parametrize(
    "f",
    [
        np.flipud,
        np.rot90,
        np.diagonal,
        np.diag,
        lambda x: np.vsplit(x, 3)[1],
        lambda x: np.broadcast_arrays(x)[0],
        lambda x: x.view(),
        lambda x: x.mT,
        lambda x: np.atleast_3d(x),
        lambda x: np.unstack(x)[0],
    ],
)
def test_views_are_seen_to_change_or_refused(f):
    def changed(x):
        y = x * 1
        view = f(y)
        y *= 3
        return view * 2

    # Never with the values from before the change.
    assert outcome(changed, (M,), {}) in (RIGHT, REFUSED)
    assert outcome(changed, (M,), {}, traced=True) in (RIGHT, REFUSED)
