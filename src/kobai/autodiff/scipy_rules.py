"""SciPy's special functions: their derivatives, for those who have SciPy loaded.

SciPy is never imported here. Its ufuncs come through NumPy's protocol, like NumPy's
own, once somebody has called them.

Source: Abramowitz & Stegun, "Handbook of Mathematical Functions", 1964.
"""

import math
import sys
from typing import Any

import numpy as np

from kobai.autodiff.primitive import Primitive, Vjp
from kobai.errors import GradientError


class _Special:
    """scipy.special, which is there once its functions are used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(sys.modules["scipy.special"], name)


sp: Any = _Special()

# The name of a ufunc of SciPy -> its rules, one for each argument.
RULES: dict[str, tuple[Vjp, ...]] = {}
_PRIMITIVES: dict[Any, Primitive] = {}


def primitive_of(ufunc: np.ufunc) -> Primitive | None:
    """Return the primitive that a ufunc of SciPy is; None if it has no rules."""
    name = ufunc.__name__
    if ufunc not in _PRIMITIVES and name in RULES:
        if getattr(sys.modules.get("scipy.special"), name, None) is not ufunc:
            return None
        _PRIMITIVES[ufunc] = Primitive(name, ufunc, vjps=RULES[name], elementwise=True)
    return _PRIMITIVES.get(ufunc)


def _no_rule(*_: Any) -> Any:
    raise GradientError(
        "scipy.special: there is no derivative with respect to this argument (the "
        "order or the shape parameter); differentiate with respect to the others"
    )


# --- logistic functions, logarithms and entropies

RULES["expit"] = (lambda g, y, x: g * y * (1 - y),)
RULES["logit"] = (lambda g, y, x: g / (x * (1 - x)),)
RULES["log_expit"] = (lambda g, y, x: g * sp.expit(-x),)
RULES["log1p"] = (lambda g, y, x: g / (1 + x),)
RULES["expm1"] = (lambda g, y, x: g * (y + 1),)
RULES["exp2"] = (lambda g, y, x: g * y * math.log(2),)
RULES["exp10"] = (lambda g, y, x: g * y * math.log(10),)
RULES["cosm1"] = (lambda g, y, x: -g * np.sin(x),)
RULES["cbrt"] = (lambda g, y, x: g / (3 * y * y),)
RULES["entr"] = (lambda g, y, x: -g * (np.log(x) + 1),)


def _log_unless_empty(a: Any, b: Any) -> Any:
    """Return log b, and 0 where 0 · log 0 stands for 0."""
    return np.log(np.where((a == 0) * (b <= 0), 1, b))


def _over_unless_empty(a: Any, b: Any) -> Any:
    return a / np.where((a == 0) * (b == 0), 1, b)


RULES["xlogy"] = (
    lambda g, y, a, b: g * _log_unless_empty(a, b),
    lambda g, y, a, b: g * _over_unless_empty(a, b),
)
RULES["xlog1py"] = (
    lambda g, y, a, b: g * _log_unless_empty(a, 1 + b),
    lambda g, y, a, b: g * _over_unless_empty(a, 1 + b),
)
RULES["rel_entr"] = (
    lambda g, y, a, b: g * (np.log(a / b) + 1),
    lambda g, y, a, b: -g * a / b,
)
RULES["kl_div"] = (
    lambda g, y, a, b: g * np.log(a / b),
    lambda g, y, a, b: g * (1 - a / b),
)

# --- losses


def _root_of_huber(d: Any, r: Any) -> Any:
    return np.sqrt(1 + np.square(r / d))


def _pseudo_huber_delta(g: Any, y: Any, d: Any, r: Any) -> Any:
    root = _root_of_huber(d, r)
    return g * (2 * d * (root - 1) - r * r / (d * root))


RULES["huber"] = (
    lambda g, y, d, r: g * np.maximum(np.abs(r) - d, 0),
    lambda g, y, d, r: g * np.clip(r, -d, d),
)
RULES["pseudo_huber"] = (
    _pseudo_huber_delta,
    lambda g, y, d, r: g * r / _root_of_huber(d, r),
)

# --- the normal distribution

_SLOPE_OF_ERF = 2 / math.sqrt(math.pi)
_DENSITY = 1 / math.sqrt(2 * math.pi)

RULES["erf"] = (lambda g, y, x: g * _SLOPE_OF_ERF * np.exp(-x * x),)
RULES["erfc"] = (lambda g, y, x: -g * _SLOPE_OF_ERF * np.exp(-x * x),)
RULES["erfcx"] = (lambda g, y, x: g * (2 * x * y - _SLOPE_OF_ERF),)
RULES["erfi"] = (lambda g, y, x: g * _SLOPE_OF_ERF * np.exp(x * x),)
RULES["erfinv"] = (lambda g, y, x: g / _SLOPE_OF_ERF * np.exp(y * y),)
RULES["erfcinv"] = (lambda g, y, x: -g / _SLOPE_OF_ERF * np.exp(y * y),)
RULES["dawsn"] = (lambda g, y, x: g * (1 - 2 * x * y),)
RULES["ndtr"] = (lambda g, y, x: g * _DENSITY * np.exp(-x * x / 2),)
RULES["log_ndtr"] = (lambda g, y, x: g * _DENSITY * np.exp(-x * x / 2 - y),)
RULES["ndtri"] = (lambda g, y, x: g / _DENSITY * np.exp(y * y / 2),)

# --- gamma and beta functions


def _polygamma(x: Any, n: int) -> Any:
    # SciPy's result is float64, whatever x is.
    return np.asarray(sp.polygamma(n, x)).astype(x.dtype)[()]


POLYGAMMA: Primitive = Primitive(
    "polygamma",
    _polygamma,
    vjps=(lambda g, y, x, n: g * POLYGAMMA(x, n=n + 1),),
    type_of=lambda x, n: (x.shape, x.dtype),
)

RULES["gamma"] = (lambda g, y, x: g * y * sp.psi(x),)
RULES["gammaln"] = (lambda g, y, x: g * sp.psi(x),)
RULES["loggamma"] = RULES["gammaln"]
RULES["rgamma"] = (lambda g, y, x: -g * y * sp.psi(x),)
RULES["psi"] = (lambda g, y, x: g * POLYGAMMA(x, n=1),)
RULES["betaln"] = (
    lambda g, y, a, b: g * (sp.psi(a) - sp.psi(a + b)),
    lambda g, y, a, b: g * (sp.psi(b) - sp.psi(a + b)),
)
RULES["beta"] = (
    lambda g, y, a, b: g * y * (sp.psi(a) - sp.psi(a + b)),
    lambda g, y, a, b: g * y * (sp.psi(b) - sp.psi(a + b)),
)


def _gamma_density(a: Any, x: Any) -> Any:
    return np.exp((a - 1) * np.log(x) - x - sp.gammaln(a))


RULES["gammainc"] = (_no_rule, lambda g, y, a, x: g * _gamma_density(a, x))
RULES["gammaincc"] = (_no_rule, lambda g, y, a, x: -g * _gamma_density(a, x))
RULES["betainc"] = (
    _no_rule,
    _no_rule,
    lambda g, y, a, b, x: g * x ** (a - 1) * (1 - x) ** (b - 1) / sp.beta(a, b),
)
RULES["expi"] = (lambda g, y, x: g * np.exp(x) / x,)
RULES["exp1"] = (lambda g, y, x: -g * np.exp(-x) / x,)

# --- Bessel functions: the derivative of an order is that of its neighbours


def _neighbours(name: str, sign: int) -> Vjp:
    """Return the rule ½ (f of the order below + sign · f of the order above)."""

    def rule(g: Any, y: Any, v: Any, x: Any) -> Any:
        bessel = getattr(sp, name)
        return g * (bessel(v - 1, x) + sign * bessel(v + 1, x)) / 2

    return rule


RULES["jv"] = (_no_rule, _neighbours("jv", -1))
RULES["yv"] = (_no_rule, _neighbours("yv", -1))
RULES["iv"] = (_no_rule, _neighbours("iv", 1))
RULES["kv"] = (_no_rule, lambda g, y, v, x: -_neighbours("kv", 1)(g, y, v, x))
RULES["ive"] = (
    _no_rule,
    lambda g, y, v, x: _neighbours("ive", 1)(g, y, v, x) - g * np.sign(x) * y,
)
RULES["j0"] = (lambda g, y, x: -g * sp.j1(x),)
RULES["j1"] = (lambda g, y, x: g * (sp.j0(x) - sp.jv(2, x)) / 2,)
RULES["y0"] = (lambda g, y, x: -g * sp.y1(x),)
RULES["y1"] = (lambda g, y, x: g * (sp.y0(x) - sp.yv(2, x)) / 2,)
RULES["i0"] = (lambda g, y, x: g * sp.i1(x),)
RULES["i1"] = (lambda g, y, x: g * (sp.i0(x) + sp.iv(2, x)) / 2,)
RULES["i0e"] = (lambda g, y, x: g * (sp.i1e(x) - np.sign(x) * y),)
RULES["i1e"] = (lambda g, y, x: g * ((sp.i0e(x) + sp.ive(2, x)) / 2 - np.sign(x) * y),)
RULES["k0"] = (lambda g, y, x: -g * sp.k1(x),)
RULES["k1"] = (lambda g, y, x: -g * (sp.k0(x) + sp.kv(2, x)) / 2,)
