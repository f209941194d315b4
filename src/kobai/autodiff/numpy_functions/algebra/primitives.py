"""The primitives of linear algebra: inverses, determinants and factorisations.

All work on stacks of matrices, as NumPy's functions do. A factorisation has several
results and a primitive one, so they stand behind one another in a vector, `packed`.

Source: Giles, "An extended collection of matrix derivative results for forward and
reverse mode algorithmic differentiation", 2008, where no other is named.
"""

from collections.abc import Callable
from math import prod as product_of
from typing import Any

import numpy as np

from kobai.autodiff.primitive import Primitive, unbroadcast


def transposed(x: Any) -> Any:
    """Return the matrices of a stack with rows and columns exchanged."""
    return np.swapaxes(x, -1, -2)


def times_columns(x: Any, factors: Any) -> Any:
    """Return x · diag(factors)."""
    return x * np.expand_dims(factors, -2)


def _lower(x: Any) -> Any:
    return x * np.tri(x.shape[-2], x.shape[-1], dtype=x.dtype)


def _strictly_lower(x: Any) -> Any:
    return x * np.tri(x.shape[-2], x.shape[-1], -1, dtype=x.dtype)


def pack(results: Any) -> Any:
    """Return arrays of one stack as a stack of vectors, one array behind the other.

    The number of axes of each matrix is 2, of each vector 1: the last result is a
    matrix, and tells how many axes belong to the stack.
    """
    stack = results[-1].shape[:-2]
    rows = [np.reshape(x, (*stack, product_of(x.shape[len(stack) :]))) for x in results]
    return np.concatenate(rows, axis=-1)


def unpack(packed: Any, *shapes: tuple[int, ...]) -> list[Any]:
    """Return the arrays that were packed, from the shapes of one of the stack."""
    results, start = [], 0
    for shape in shapes:
        part = packed[..., start : start + product_of(shape)]
        results.append(np.reshape(part, (*packed.shape[:-1], *shape)))
        start += product_of(shape)
    return results


# --- what the results' shapes are: no matrix of ones has an inverse

Type = tuple[tuple[int, ...], Any]


def _like(a: Any) -> Type:
    return a.shape, a.dtype


def _turned(a: Any) -> Type:
    return (*a.shape[:-2], a.shape[-1], a.shape[-2]), a.dtype


def _number(a: Any) -> Type:
    return a.shape[:-2], a.dtype


def _vector(a: Any) -> Type:
    return (*a.shape[:-2], min(a.shape[-2:])), a.dtype


def _packed(size: Callable[[int, int], int]) -> Callable[..., Type]:
    """Return the rule of a vector of a size that depends on rows and columns."""
    return lambda a, **how: ((*a.shape[:-2], size(*a.shape[-2:])), a.dtype)


def _solution(a: Any, b: Any) -> Type:
    if a.shape[-1] != b.shape[-2]:
        raise ValueError(f"solve: got {a.shape} and {b.shape}; need (n, n) and (n, k)")
    stack = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return (*stack, *b.shape[-2:]), np.result_type(a.dtype, b.dtype)


# --- inverses


def _inv_vjp(g: Any, y: Any, a: Any) -> Any:
    return -transposed(y) @ g @ transposed(y)


def _solve_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    part = -np.linalg.solve(transposed(a), g) @ transposed(y)
    return unbroadcast(part, a)


def _solve_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    return unbroadcast(np.linalg.solve(transposed(a), g), b)


def _pinv_vjp(g: Any, y: Any, a: Any) -> Any:
    # Golub & Pereyra, "The differentiation of pseudo-inverses", 1973: equation 4.12.
    turned, gt = transposed(y), transposed(g)
    left = np.eye(a.shape[-2], dtype=a.dtype) - a @ y
    right = np.eye(a.shape[-1], dtype=a.dtype) - y @ a
    return -turned @ g @ turned + left @ gt @ y @ turned + turned @ y @ gt @ right


INV = Primitive("inv", np.linalg.inv, vjps=(_inv_vjp,), type_of=_like)
SOLVE = Primitive(
    "solve", np.linalg.solve, vjps=(_solve_left, _solve_right), type_of=_solution
)
PINV = Primitive("pinv", np.linalg.pinv, vjps=(_pinv_vjp,), type_of=_turned)

# --- determinants


def _cofactors(a: Any) -> Any:
    """Return the derivative of the determinant, which singular matrices have too."""
    u, s, vh = np.linalg.svd(a)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    others = np.where(np.eye(s.shape[-1], dtype=bool), 1, s[..., None, :])
    minors = np.prod(others, axis=-1) * sign[..., None]
    return times_columns(u, minors) @ vh


def _cofactors_vjp(g: Any, y: Any, a: Any) -> Any:
    inverse = transposed(np.linalg.inv(a))
    det = np.linalg.det(a)[..., None, None]
    along = np.sum(g * inverse, axis=(-2, -1), keepdims=True)
    return along * y - det * inverse @ transposed(g) @ inverse


def _log_determinant(a: Any) -> Any:
    return np.linalg.slogdet(a)[1]


def _log_determinant_vjp(g: Any, y: Any, a: Any) -> Any:
    return g[..., None, None] * transposed(np.linalg.inv(a))


COFACTORS = Primitive("cofactors", _cofactors, vjps=(_cofactors_vjp,), type_of=_like)
DET = Primitive(
    "det",
    np.linalg.det,
    vjps=(lambda g, y, a: g[..., None, None] * COFACTORS(a),),
    type_of=_number,
)
LOG_DETERMINANT = Primitive(
    "log_determinant", _log_determinant, vjps=(_log_determinant_vjp,), type_of=_number
)
SIGN_OF_DETERMINANT = Primitive(
    "sign_of_determinant", lambda a: np.linalg.slogdet(a)[0], type_of=_number
)

# --- symmetric matrices. NumPy reads the lower triangle and takes the upper one for its
# mirror image; so does the derivative, which is 0 above the diagonal.


def _of_lower(g: Any) -> Any:
    """Return what the entries of the lower triangle owe, from what all entries owe."""
    return _lower(g) + _strictly_lower(transposed(g))


def _half_lower(x: Any) -> Any:
    return (_lower(x) + _strictly_lower(x)) / 2


def _cholesky_vjp(g: Any, y: Any, a: Any) -> Any:
    # Murray, "Differentiation of the Cholesky decomposition", 2016: equation 10.
    turned = transposed(y)
    middle = _half_lower(turned @ g)
    right = transposed(np.linalg.solve(turned, transposed(middle)))
    return _of_lower(np.linalg.solve(turned, right))


def _eigvalsh_vjp(g: Any, y: Any, a: Any) -> Any:
    _, v = np.linalg.eigh(a)
    return _of_lower(times_columns(v, g) @ transposed(v))


def _over_differences(x: Any, values: Any) -> Any:
    """Return xᵢⱼ / (valuesⱼ - valuesᵢ), and 0 on the diagonal."""
    n = values.shape[-1]
    difference = np.expand_dims(values, -2) - np.expand_dims(values, -1)
    # Vectors of equal values are any of a plane; 0 / 0 says that nobody asks which.
    is_free = np.logical_and(difference == 0, x == 0)
    settled = np.logical_or(np.eye(n, dtype=bool), is_free)
    return np.where(settled, 0, x / np.where(settled, 1, difference))


def _eigh(a: Any, is_lower: bool) -> Any:
    return pack(np.linalg.eigh(a, "L" if is_lower else "U"))


def _eigh_vjp(g: Any, y: Any, a: Any, is_lower: bool) -> Any:
    n = a.shape[-1]
    w, v = unpack(y, (n,), (n, n))
    gw, gv = unpack(g, (n,), (n, n))
    turned = transposed(v)
    middle = _over_differences(turned @ gv, w)
    slope = _of_lower(v @ middle @ turned + times_columns(v, gw) @ turned)
    return slope if is_lower else transposed(slope)


CHOLESKY = Primitive(
    "cholesky", np.linalg.cholesky, vjps=(_cholesky_vjp,), type_of=_like
)
EIGVALSH = Primitive(
    "eigvalsh", np.linalg.eigvalsh, vjps=(_eigvalsh_vjp,), type_of=_vector
)
EIGH = Primitive(
    "eigh", _eigh, vjps=(_eigh_vjp,), type_of=_packed(lambda m, n: n + n * n)
)

# --- singular values, and orthogonal times triangular


def _svd(a: Any) -> Any:
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return pack((s, u, vh))


def _singular_values(a: Any) -> Any:
    return np.linalg.svd(a, compute_uv=False)


def _singular_values_vjp(g: Any, y: Any, a: Any) -> Any:
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return times_columns(u, g) @ vh


def _svd_vjp(g: Any, y: Any, a: Any) -> Any:
    m, n = a.shape[-2:]
    k = min(m, n)
    s, u, vh = unpack(y, (k,), (m, k), (k, n))
    gs, gu, gvh = unpack(g, (k,), (m, k), (k, n))
    ut, v, gv = transposed(u), transposed(vh), transposed(gvh)
    of_u, of_v = ut @ gu, vh @ gv
    # s²ⱼ - s²ᵢ in two factors loses no digits.
    turn_u = _over_differences(of_u - transposed(of_u), s)
    turn_v = _over_differences(of_v - transposed(of_v), s)
    total = np.expand_dims(s, -2) + np.expand_dims(s, -1)
    total = np.where(total == 0, 1, total)
    middle = times_columns(turn_u, s) + np.expand_dims(s, -1) * turn_v
    part = times_columns(u, gs) @ vh + u @ (middle / total) @ vh
    if m > k:
        part = part + times_columns(gu - u @ of_u, 1 / s) @ vh
    if n > k:
        part = part + times_columns(u, 1 / s) @ transposed(gv - v @ of_v)
    return part


def _qr(a: Any) -> Any:
    return pack(np.linalg.qr(a))


def _qr_vjp(g: Any, y: Any, a: Any) -> Any:
    # Walter & Lehmann, "Algorithmic differentiation of linear algebra functions", 2018.
    m, n = a.shape[-2:]
    q, r = unpack(y, (m, n), (n, n))
    gq, gr = unpack(g, (m, n), (n, n))
    # Below the diagonal r is 0, whatever a is.
    gr = transposed(_lower(transposed(gr)))
    middle = _of_lower_rows(r @ transposed(gr) - transposed(gq) @ q)
    return transposed(np.linalg.solve(r, transposed(gq + q @ middle)))


def _of_lower_rows(x: Any) -> Any:
    return _lower(x) + transposed(_strictly_lower(x))


SVD = Primitive(
    "svd", _svd, vjps=(_svd_vjp,), type_of=_packed(lambda m, n: min(m, n) * (1 + m + n))
)
SINGULAR_VALUES = Primitive(
    "singular_values", _singular_values, vjps=(_singular_values_vjp,), type_of=_vector
)
QR = Primitive("qr", _qr, vjps=(_qr_vjp,), type_of=_packed(lambda m, n: m * n + n * n))
