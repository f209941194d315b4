"""What becomes of a call under differentiation: right, or refused with a remedy."""

import numpy as np

from kobai.autodiff import gradient
from kobai.autodiff.arrays.overloaded import ArrayLike
from kobai.engines.compile import compile
from kobai.errors import GradientError

RIGHT, REFUSED, OUTSIDE = "right", "refused", "takes no numbers"


def outcome(f, args, kwargs, traced=False):
    """Return RIGHT, REFUSED or OUTSIDE, or raise what shows the fault.

    Under gradient and, if `traced`, under compile the values must be NumPy's and the
    derivatives those of their definition.
    """
    xs = floats([list(args), list(kwargs.values())])
    if not xs:
        return OUTSIDE
    run = program(f, args, kwargs)
    with np.errstate(all="ignore"):
        expected = run(xs)
        try:
            values, slopes = (_compiled if traced else _differentiated)(run, xs)
        except GradientError as error:
            assert_has_remedy(str(error))
            return REFUSED
        assert_same(values, expected)
        assert_slopes(slopes, lambda xs: total(run(xs)), xs, _is_single(expected))
    return RIGHT


def assert_has_remedy(message):
    assert len(message) > 40, message
    assert not any(word in message for word in ("Tape", "twin", "_node")), message


def program(f, args, kwargs):
    """Return the call as a function of its arrays of floats.

    What it changes in place is a part of what it returns.
    """

    def run(xs):
        copies = iter([np.copy(x) for x in xs])
        given, named = replaced(tuple(args), copies), replaced(kwargs, copies)
        result = f(*given, **named)
        return [result, leaves(given) if result is None else []]

    return run


def _differentiated(run, xs):
    seen = []

    def loss(xs):
        seen.append(run(xs))
        # A constant result depends on nothing.
        return total(seen[0]) + 0 * np.sum(xs[0])

    slopes = gradient(loss, xs)
    return leaves(seen[0]), slopes


def _compiled(run, xs):
    values = compile(lambda xs: list(filter(_is_numbers, leaves(run(xs)))))(xs)
    slope_of = gradient(lambda xs: total(run(xs)) + 0 * np.sum(xs[0]))
    return values, compile(slope_of)(xs)


def total(result):
    """Return a combination of all floats of a result, with a weight for each."""
    parts = [x for x in leaves(result) if _is_numbers(x) and _dtype(x).kind == "f"]
    return sum(np.sum(x * _weights(np.shape(x), i)) for i, x in enumerate(parts))


def _weights(shape, i):
    return np.cos(np.arange(np.prod(shape, dtype=int)) + i).reshape(shape)


def assert_same(found, expected):
    """Compare values, dtypes and shapes; what is no number is not looked at."""
    found = list(filter(_is_numbers, found))
    expected = list(filter(_is_numbers, leaves(expected)))
    assert len(found) == len(expected)
    for x, y in zip(found, expected, strict=True):
        while isinstance(x, ArrayLike):
            x = x.value
        assert np.shape(x) == np.shape(y)
        assert np.asarray(x).dtype == np.asarray(y).dtype
        # NumPy adds in another order now and then.
        tolerance = 1e-5 if np.asarray(y).dtype == np.float32 else 1e-11
        np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance)


def assert_slopes(slopes, loss, xs, is_single):
    """Compare derivatives with central differences.

    With h = 2^-17: h² f'''/6 ≈ 1e-9 at the steepest, and rounding 1e-16 / h ≈ 1e-11; in
    float32, whose rounding is 1e-7, h = 2^-11 leaves some 1e-2 of large sums.
    """
    h, tolerance = (2.0**-11, 2e-2) if is_single else (2.0**-17, 1e-6)
    for i, (x, slope) in enumerate(zip(xs, slopes, strict=True)):
        for j in range(x.size):
            ends = []
            for step in (h, -h):
                moved = [y.copy() for y in xs]
                moved[i].flat[j] += step
                ends.append(float(loss(moved)))
            definition = (ends[0] - ends[1]) / (2 * h)
            found = float(slope.flat[j])
            # Where NumPy's value is no number, there is nothing to compare.
            error = abs(found - definition) / (1 + abs(definition))
            assert np.isnan(definition) or error <= tolerance, (found, definition)


def _is_single(result):
    return any(_is_numbers(x) and _dtype(x) == np.float32 for x in leaves(result))


def _dtype(x):
    return x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype


def _is_numbers(x):
    if isinstance(x, np.ndarray | np.generic | ArrayLike):
        return x.dtype.kind in "fiub"
    return isinstance(x, float | int)


# --- arguments


def leaves(x):
    if isinstance(x, list | tuple):
        return [leaf for part in x for leaf in leaves(part)]
    return (
        [leaf for part in x.values() for leaf in leaves(part)] if _is_dict(x) else [x]
    )


def _is_dict(x):
    return isinstance(x, dict)


def _is_float_array(x):
    return isinstance(x, np.ndarray) and x.dtype.kind == "f"


def floats(x):
    return [leaf for leaf in leaves(x) if _is_float_array(leaf)]


def replaced(x, new):
    """Return arguments with the next of the new arrays for each array of floats."""
    if _is_float_array(x):
        return next(new)
    if isinstance(x, list | tuple):
        return type(x)(replaced(part, new) for part in x)
    return {k: replaced(v, new) for k, v in x.items()} if _is_dict(x) else x
