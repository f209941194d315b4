"""What each primitive is in JAX: a table, and NumPy's own names for the rest."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.numpy_functions import FIXED_SHAPE
from kobai.autodiff.numpy_functions.algebra import primitives as algebra
from kobai.autodiff.primitive import Primitive
from kobai.engines.jax_engine.errors import NotLowered
from kobai.graph import Operation
from kobai.graph.tracing import ARG_EXTREMA

Function = Callable[..., Any]

# Where a result is not finite NumPy may have raised instead.
MAY_RAISE = frozenset([algebra.INV, algebra.SOLVE, algebra.CHOLESKY])


def function_of(node: Operation) -> Function:
    """Return JAX's function for an operation, as NumPy's: f(*operands, **attributes).

    Raises NotLowered where there is none.
    """
    primitive = node.primitive
    made = _table().get(primitive)
    if made is None and isinstance(primitive.evaluate, np.ufunc):
        made = _ufunc(primitive.evaluate)
    if made is None:
        raise NotLowered(
            f"engine jax: JAX has nothing for {primitive.name}; write it in terms of "
            'other functions, or use engine="numpy"'
        )
    return made


def _ufunc(ufunc: np.ufunc) -> Function | None:
    """Return JAX's function of the name of a ufunc, NumPy's or SciPy's."""
    import jax.numpy as jnp
    import jax.scipy.special as special

    name = {"psi": "digamma", "loggamma": "gammaln"}.get(ufunc.__name__)
    name = name or ufunc.__name__
    found: Function | None = getattr(jnp, name, None) or getattr(special, name, None)
    return found


@cache
def _table() -> dict[Primitive, Function]:
    import jax
    import jax.numpy as jnp

    same_name = {p: getattr(jnp, f.__name__) for f, p in FIXED_SHAPE.items()}
    # It raises where every number is NaN.
    for function in (np.nanargmax, np.nanargmin):
        del same_name[FIXED_SHAPE[function]]
    # A stable order is one of those that other kinds may give.
    same_name[FIXED_SHAPE[np.argsort]] = lambda a, axis=-1, kind=None: jnp.argsort(
        a, axis=axis, stable=True
    )
    extrema = {p: getattr(jnp, f.__name__) for f, p in ARG_EXTREMA.items()}
    return {
        **same_name,
        **extrema,
        ops.SUM: jnp.sum,
        ops.MAX: jnp.max,
        ops.MIN: jnp.min,
        ops.PROD: jnp.prod,
        ops.CUMSUM: jnp.cumsum,
        ops.UNWRAP: jnp.unwrap,
        ops.MATMUL: jnp.matmul,
        ops.EINSUM: lambda *given, subscripts: jnp.einsum(subscripts, *given),
        ops.TRANSPOSE: jnp.transpose,
        ops.RESHAPE: jnp.reshape,
        ops.BROADCAST_TO: jnp.broadcast_to,
        ops.CONCATENATE: lambda *given, axis: jnp.concatenate(given, axis=axis),
        ops.ASTYPE: lambda x, dtype: x,
        ops.ASTYPE_CONSTANT: lambda x, dtype: x,
        ops.SIGMOID: jax.nn.sigmoid,
        ops.WHERE: jnp.where,
        ops.RECIPROCAL: lambda x: 1 / x,
        ops.FLOOR_DIVIDE: _whole_or(jnp.floor_divide),
        ops.REMAINDER: _whole_or(jnp.remainder),
        ops.FMOD: _whole_or(jnp.fmod),
        algebra.INV: jnp.linalg.inv,
        algebra.SOLVE: jnp.linalg.solve,
        algebra.DET: jnp.linalg.det,
        algebra.LOG_DETERMINANT: lambda a: jnp.linalg.slogdet(a)[1],
        algebra.SIGN_OF_DETERMINANT: lambda a: jnp.linalg.slogdet(a)[0],
        algebra.CHOLESKY: jnp.linalg.cholesky,
        algebra.EIGVALSH: jnp.linalg.eigvalsh,
        algebra.SINGULAR_VALUES: lambda a: jnp.linalg.svd(a, compute_uv=False),
    }


def _whole_or(function: Function) -> Function:
    """Return a division that gives 0, as NumPy does, for a whole number over 0."""
    import jax.numpy as jnp

    def divide(a: Any, b: Any) -> Any:
        if a.dtype.kind not in "iu":
            return function(a, b)
        is_zero = b == 0
        return jnp.where(is_zero, 0, function(a, jnp.where(is_zero, 1, b)))

    return divide
