"""SciPy's special functions that are plain Python, differentiated all the same.

They do not ask an array what to do, as ufuncs do. So `teach` lets them, once SciPy is
loaded: called with an array under differentiation they hand over to a twin.
"""

import inspect
import math
import sys
import threading
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from kobai.autodiff.primitive import Overloaded
from kobai.autodiff.scipy_rules import POLYGAMMA, sp
from kobai.errors import GradientError


def _shifted(x: Any, axis: Any) -> tuple[Any, Any]:
    """Return x less its largest entries, and these: exp then cannot overflow."""
    x = x if isinstance(x, Overloaded) else np.asarray(x)
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    largest = np.max(x, axis=axis, keepdims=True)
    largest = np.where(np.isfinite(largest), largest, 0)
    return x - largest, largest


def _logsumexp(
    a: Any,
    axis: Any = None,
    b: Any = None,
    keepdims: bool = False,
    return_sign: bool = False,
) -> Any:
    if return_sign:
        raise GradientError(
            "scipy.special.logsumexp: got return_sign=True, which is not "
            "differentiated; use np.sum(b * np.exp(a - a.max()))"
        )
    a = (
        a
        if b is None
        else np.broadcast_to(a, np.broadcast_shapes(a.shape, np.shape(b)))
    )
    shifted, largest = _shifted(a, axis)
    terms = np.exp(shifted) if b is None else b * np.exp(shifted)
    result = np.log(np.sum(terms, axis=axis, keepdims=True)) + largest
    return result if keepdims else np.squeeze(result, axis=axis)


def _softmax(x: Any, axis: Any = None) -> Any:
    e = np.exp(_shifted(x, axis)[0])
    return e / np.sum(e, axis=axis, keepdims=True)


def _log_softmax(x: Any, axis: Any = None) -> Any:
    shifted, _ = _shifted(x, axis)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def _any_polygamma(n: Any, x: Any) -> Any:
    if isinstance(n, Overloaded) or np.ndim(n):
        raise GradientError("scipy.special.polygamma: need a whole number for n")
    return POLYGAMMA(x, n=int(n)) if n else sp.psi(x)


def _multigammaln(a: Any, d: int) -> Any:
    start = d * (d - 1) / 4 * math.log(math.pi)
    return start + sum(sp.gammaln(a - j / 2) for j in range(d))


TWINS: dict[str, Callable[..., Any]] = {
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "polygamma": _any_polygamma,
    "multigammaln": _multigammaln,
}


_teaching = threading.Lock()


def teach() -> None:
    """Let SciPy's plain functions hand arrays under differentiation to their twins."""
    special = sys.modules.get("scipy.special")
    # A module that is only being loaded has not all of its names yet.
    functions = [getattr(special, name, None) for name in TWINS]
    with _teaching:
        for function, twin in zip(functions, TWINS.values(), strict=True):
            if isinstance(function, FunctionType) and not function.__closure__:
                _teach(function, twin)


def _handed_over(*arguments: Any, _dispatch: Any, **keywords: Any) -> Any:
    return _dispatch(*arguments, **keywords)


def _teach(function: FunctionType, twin: Callable[..., Any]) -> None:
    if function.__code__ is _handed_over.__code__:
        return
    # Whoever imported the function by name has this very object, so it is the object
    # that must learn: its code moves to another one.
    original = FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
    )
    original.__kwdefaults__ = function.__kwdefaults__

    def dispatch(*arguments: Any, **keywords: Any) -> Any:
        given = (*arguments, *keywords.values())
        is_ours = any(isinstance(x, Overloaded) for x in given)
        return (twin if is_ours else original)(*arguments, **keywords)

    function.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
    # In this order the function can be called by another thread at any moment.
    function.__kwdefaults__ = {"_dispatch": dispatch}
    function.__code__ = _handed_over.__code__
    function.__defaults__ = None
