"""where= of reductions: a mask as NumPy takes it, or a refusal."""

import warnings
from itertools import product

import numpy as np
import pytest

from kobai.autodiff import gradient, value_and_gradient
from kobai.engines.compile import compile
from kobai.errors import GradientError

X = np.array([1.0, 2.0, -3.0])
MASKS = {
    "of the array": lambda x, p: x > 0,
    "of NumPy's number": lambda x, p: x[0] > 0,
    "of Python's number": lambda x, p: p > 1,
    "of x.item": lambda x, p: x.item(0) > 0,
    "of a length": lambda x, p: x.shape[0] > 2,
    "True": lambda x, p: True,
    "False": lambda x, p: False,
    "of no axes": lambda x, p: np.array(True),
    "list": lambda x, p: [True, False, True],
    "list of comparisons": lambda x, p: [x.item(0) > 0, True, True],
    "more axes": lambda x, p: np.ones((1, 3), bool),
    "longer": lambda x, p: np.ones((2, 3), bool),
    "integers": lambda x, p: np.array([1, 0, 1]),
    "None": lambda x, p: None,
}
ARRAYS = {
    "array": lambda x: x,
    "row": lambda x: x[None],
    "number": lambda x: x[1],
    "Python's number": lambda x: x.item(1),
}
OPTIONS = ({}, {"axis": 0}, {"axis": ()}, {"initial": 1.0}, {"keepdims": True})
NAMES = ["sum", "prod", "max", "min", "any", "all", "mean", "var", "std"]
NAMES += ["nansum", "nanprod", "nanmax", "nanmin", "nanmean", "nanvar", "cumsum"]


def results(f, *args):
    """Return what comes out, or the error."""
    try:
        return f(*args)
    except Exception as error:
        return error


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("name", NAMES)
def test_masks_are_taken_as_numpy_takes_them_or_refused(name, mask):
    for array, options in product(ARRAYS, OPTIONS):

        def f(x, p, array=array, options=options):
            where = MASKS[mask](x, p)
            found = getattr(np, name)(ARRAYS[array](x), where=where, **options)
            return np.sum(found) * 1.0 + np.sum(x)

        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            # Python's number is one for a compiled function, not for a gradient.
            compare(results(f, X, 2.0), results(compile(f), X, 2.0))
            p = np.float64(2.0)
            eager = results(
                lambda x, p=p, f=f: value_and_gradient(lambda x: f(x, p), x)[0], X
            )
            compare(results(f, X, p), eager)


def compare(expected, found):
    if isinstance(found, GradientError):
        assert len(str(found)) > 40
    elif isinstance(expected, Exception):
        assert isinstance(found, Exception)
    elif isinstance(found, Exception):
        raise found
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_what_python_compares_is_pythons():
    seen = []

    def f(x):
        a = x.item(0)
        seen[:] = [a > 0, a // 2, (a > 0) is True]
        return np.sum(x.astype(np.float32) * (a // 2)) * 1.0

    gradient(f, np.array([5.0, 2.0]))
    assert list(map(type, seen)) == [bool, float, bool]
    assert seen == [True, 2.0, True]
