"""Calls of NumPy's functions, methods and ufuncs that plain NumPy accepts.

Nothing here lists what Kobai knows: a function of a newer NumPy is called as well. The
arguments come from a pool, the keywords from the signatures and from what their names
mean; whatever plain NumPy takes is a call.
"""

import inspect
import warnings
from itertools import islice

import numpy as np

# They read or write files, print, or change settings.
NOT_CALLED = {
    *("save", "savetxt", "savez", "savez_compressed", "load", "loadtxt", "fromfile"),
    *("genfromtxt", "fromregex", "test", "info", "seterr", "seterrcall", "setbufsize"),
    *("set_printoptions", "printoptions", "show_config", "show_runtime", "tofile"),
    *("empty", "empty_like", "frombuffer"),  # whatever is in memory
    *("get_include", "dump", "nested_iters", "from_dlpack", "fromstring", "memmap"),
}
MODULES = (np, np.linalg, np.fft)


def draw(*shape, seed=0):
    """Numbers between 0.1 and 0.9, all different: far from every corner and tie."""
    size = int(np.prod(shape))
    offset = 0.3 + 0.07 * seed + size / 100
    rng = np.random.default_rng(seed)
    # The power keeps one from being a multiple of another, a corner of np.mod.
    return ((rng.permutation(size) + offset) / size * 0.8 + 0.1).reshape(shape) ** 1.1


V, W, M, S, T = draw(4), draw(4, seed=1), draw(3, 4), draw(3, 3), draw(2, 3, 4)
NUMBER = np.array(0.37)
MASK = np.array([True, False, True, False])
ROW = np.array([2, 0, 1])

# Floats in here are differentiated, integers and masks are not.
POOL = [
    (V,),
    (V / 2 + 1,),
    (M,),
    (S,),
    (T,),
    (NUMBER,),
    ([V, W],),
    ([[V, W]],),
    (V, W),
    (M, draw(3, 4, seed=3)),
    (S, draw(3, 3, seed=3)),
    (S, draw(3)),
    (T, draw(2, 4, 3)),
    (M, V),
    (M, 1),
    (M, 2),
    (V, [1, 3]),
    (M, (4, 3)),
    (M, (1, 0)),
    (M, 0, 1),
    (T, 1, 2),
    (V, 1.5),
    (draw(3), draw(3, seed=1)),
    (ROW, draw(3)),
    (MASK, V),
    (MASK, V, W),
    (MASK, [V, W]),
    ([MASK, ~MASK], [V, W]),
    (ROW, [draw(3), draw(3, seed=1), draw(3, seed=2)]),
    (V, MASK, W),
    (V, [1, 3], W),
    (V, [1, 3], [0.5, 0.25]),
    (V, np.sort(W), draw(4, seed=2)),
    (M, ROW[:, None], 1),
    (M, ROW[:, None], draw(3, 1), 1),
    (V, [MASK, ~MASK], [lambda v: v * v, lambda v: 3 * v]),
    (lambda v: v * v, 0, M),
    (np.sum, M, [0]),
    (NUMBER, 2.5),
    (1.5, NUMBER),
    (3, NUMBER),
    ("ij,jk->ik", S, M),
    ("ij->ji", M),
    (M, [0, 1], [1]),
    (V, 0.4),
    (V, [0.2, 0.5]),
    (V, np.float32),
    (V, (3, 4)),
    (T, [1]),
    (V, 4.0, 5),
    (V, -np.sort(-V), True),
]

# What keywords mean: name -> values to try. `out` and `where` depend on the call.
MEANING = {
    "axis": (0, -1, 1, None, (0, 1)),
    "keepdims": (True,),
    "dtype": (np.float32, float),
    "initial": (0.75,),
    "order": ("F", "C", "A"),
    "ddof": (1,),
    "correction": (1,),
    "offset": (1, -1),
    "k": (1, -1),
    "n": (2,),
    "decimals": (1,),
    "mode": ("full", "same", "valid", "edge", "reflect", "symmetric", "wrap", "clip"),
    "method": ("linear", "lower", "higher", "midpoint", "nearest", "median_unbiased"),
    "edge_order": (2,),
    "endpoint": (False,),
    "retstep": (True,),
    "return_index": (True,),
    "return_counts": (True,),
    "returned": (True,),
    "include_initial": (True,),
    "sparse": (True,),
    "indexing": ("ij",),
    "copy": (False, True),
    "rowvar": (False,),
    "bias": (True,),
    "side": ("right",),
    "stable": (True,),
    "kind": ("stable",),
    "increasing": (True,),
    "deg": (True,),
    "equal_nan": (True,),
    "period": (0.5,),
    "left": (0.1,),
    "right": (0.1, True),
    "prepend": (0.5,),
    "append": (0.5,),
    "to_begin": (0.5,),
    "to_end": (0.5,),
    "wrap": (True,),
    "shape": ((2, 2),),
    "casting": ("same_kind", "unsafe"),
    "optimize": (True,),
    "subok": (True, False),
    "weights": (V,),
    "x": (V,),
    "dx": (0.5,),
    "num": (5,),
    "minlength": (7,),
    "nan": (0.5,),
    "UPLO": ("U",),
    "ord": (1, 2, np.inf, "fro"),
    "norm": ("ortho",),
    "constant_values": (0.5, (0.25, 0.5)),
    "reflect_type": ("odd",),
}


def public_functions(module):
    """Return the public functions of a module, ufuncs among them, by name."""
    found = {}
    for name in sorted(dir(module)):
        value = getattr(module, name)
        is_function = callable(value) and not isinstance(value, type)
        if is_function and not name.startswith("_") and name not in NOT_CALLED:
            found[name] = value
    return found


def copied(x):
    """Copy the arrays of arguments, for functions that change them."""
    if isinstance(x, np.ndarray):
        return x.copy()
    return type(x)(map(copied, x)) if isinstance(x, list | tuple) else x


def numpy_takes(f, args, kwargs):
    """Return what plain NumPy gives, or None if it refuses or warns."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("error")
        try:
            return (f(*copied(args), **copied_values(kwargs)),)
        except Exception:
            return None


def copied_values(kwargs):
    return {k: copied(v) for k, v in kwargs.items()}


def calls_of(f, most=6):
    """Yield (arguments, keywords) that plain NumPy takes for a function.

    They are nobody else's: the function may write into them.
    """
    pool = ((args, result) for args in POOL if (result := numpy_takes(f, args, {})))
    for args, (result,) in islice(pool, most):
        yield copied(args), {}
        for keywords in _keywords(f, result):
            if numpy_takes(f, args, keywords):
                yield copied(args), copied_values(keywords)


def _keywords(f, result):
    names = _names(f)
    for name in names:
        for value in MEANING.get(name, ()):
            yield {name: value}
    if "axis" in names and "keepdims" in names:
        yield {"axis": 0, "keepdims": True}
    if isinstance(result, np.ndarray) and result.ndim and "out" in names:
        yield {"out": np.zeros_like(result)}
        if "where" in names and isinstance(f, np.ufunc):
            yield {"out": np.zeros_like(result), "where": _mask(result.shape)}
    if "where" in names:
        for shape in ((4,), (3, 4)):
            yield {"where": _mask(shape)}
            yield {"where": _mask(shape), "initial": 0.75}
            yield {"where": _mask(shape), "axis": 0}


def _mask(shape):
    return np.arange(np.prod(shape)).reshape(shape) % 3 != 1


def _names(f):
    if isinstance(f, np.ufunc):
        return ("out", "where", "dtype", "casting", "order", "subok", "axis")
    try:
        return tuple(inspect.signature(f).parameters)
    except (TypeError, ValueError):
        return ("axis", "out", "dtype", "order")
