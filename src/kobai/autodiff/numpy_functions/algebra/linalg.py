"""`np.linalg`: solutions, determinants and factorisations of real matrices."""

from typing import Any

import numpy as np
from numpy.linalg import LinAlgError

from kobai.autodiff.numpy_functions.algebra import primitives as la
from kobai.autodiff.numpy_functions.table import twin_of
from kobai.autodiff.primitive import Overloaded
from kobai.errors import GradientError


def _matrices(name: str, a: Any, square: bool = True) -> Any:
    """Return a stack of real matrices, or say what was given instead."""
    a = a if isinstance(a, Overloaded) else np.asarray(a)
    if a.ndim < 2 or (square and a.shape[-1] != a.shape[-2]):
        shape = "(..., n, n)" if square else "(..., m, n)"
        raise LinAlgError(f"np.linalg.{name}: got {a.shape}; need {shape}")
    if a.dtype.kind == "c":
        raise GradientError(
            f"np.linalg.{name}: got complex numbers, of which it has no derivative "
            "rule; solve for the real and the imaginary part together, as the real "
            "matrix [[re, -im], [im, re]]"
        )
    return a if a.dtype.kind == "f" else a.astype(np.float64)


# --- solutions


@twin_of(np.linalg.inv)
def _inv(a: Any) -> Any:
    return la.INV(_matrices("inv", a))


@twin_of(np.linalg.solve)
def _solve(a: Any, b: Any) -> Any:
    a = _matrices("solve", a)
    b = b if isinstance(b, Overloaded) else np.asarray(b)
    if b.ndim == 1:
        # Only then does NumPy take b for one vector, not for matrices.
        return la.SOLVE(a, _matrices("solve", b[:, None], False))[..., 0]
    return la.SOLVE(a, _matrices("solve", b, False))


@twin_of(np.linalg.pinv)
def _pinv(a: Any, **options: Any) -> Any:
    if options:
        raise GradientError(
            f"np.linalg.pinv: got {', '.join(options)}; only np.linalg.pinv(a) is "
            "differentiated, for the rank must not change"
        )
    return la.PINV(_matrices("pinv", a, False))


@twin_of(np.linalg.matrix_power)
def _matrix_power(a: Any, n: int) -> Any:
    a = _matrices("matrix_power", a)
    if n < 0:
        a, n = np.linalg.inv(a), -n
    result = None
    while n:
        if n % 2:
            result = a if result is None else result @ a
        a, n = a @ a, n // 2
    return np.eye(a.shape[-1], dtype=a.dtype) + 0 * a if result is None else result


@twin_of(np.linalg.multi_dot)
def _multi_dot(arrays: Any) -> Any:
    result = arrays[0]
    for array in arrays[1:]:
        result = np.matmul(result, array)
    return result


@twin_of(np.linalg.lstsq)
def _lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    raise GradientError(
        "np.linalg.lstsq: has no derivative rule; use np.linalg.pinv(a) @ b, or "
        "np.linalg.solve(a.T @ a, a.T @ b) where a has full rank"
    )


# --- determinants


@twin_of(np.linalg.det)
def _det(a: Any) -> Any:
    return la.DET(_matrices("det", a))


@twin_of(np.linalg.slogdet)
def _slogdet(a: Any) -> Any:
    a = _matrices("slogdet", a)
    result = type(np.linalg.slogdet(np.eye(1)))
    return result(la.SIGN_OF_DETERMINANT(a), la.LOG_DETERMINANT(a))


@twin_of(np.linalg.matrix_rank)
def _matrix_rank(A: Any, *options: Any, **named: Any) -> Any:
    return A.constant(np.linalg.matrix_rank, (A, *options), named)


# --- factorisations


def _lower_triangle(name: str, a: Any, letter: str) -> Any:
    """Return matrices whose lower triangle is the one that is to be read."""
    a = _matrices(name, a)
    return a if _is_lower(name, letter) else la.transposed(a)


def _is_lower(name: str, letter: str) -> bool:
    if letter.upper() not in ("L", "U"):
        raise ValueError(f'np.linalg.{name}: got UPLO={letter!r}; need "L" or "U"')
    return letter.upper() == "L"


@twin_of(np.linalg.cholesky)
def _cholesky(a: Any, *, upper: bool = False) -> Any:
    a = _lower_triangle("cholesky", a, "U" if upper else "L")
    return la.transposed(la.CHOLESKY(a)) if upper else la.CHOLESKY(a)


@twin_of(np.linalg.eigvalsh)
def _eigvalsh(a: Any, UPLO: str = "L") -> Any:
    return la.EIGVALSH(_lower_triangle("eigvalsh", a, UPLO))


@twin_of(np.linalg.eigh)
def _eigh(a: Any, UPLO: str = "L") -> Any:
    a = _matrices("eigh", a)
    n = a.shape[-1]
    # Which sign a vector gets depends on the triangle that is read.
    found = la.EIGH(a, is_lower=_is_lower("eigh", UPLO))
    return type(np.linalg.eigh(np.eye(1)))(*la.unpack(found, (n,), (n, n)))


@twin_of(np.linalg.eig, np.linalg.eigvals)
def _eig(a: Any) -> Any:
    raise GradientError(
        "np.linalg.eig: has no derivative rule, for its values may be complex; use "
        "np.linalg.eigh or np.linalg.eigvalsh where the matrix is symmetric"
    )


@twin_of(np.linalg.svd)
def _svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    a = _matrices("svd", a, False)
    m, n = a.shape[-2:]
    if not compute_uv:
        return la.SINGULAR_VALUES(a)
    if full_matrices and m != n:
        raise GradientError(
            f"np.linalg.svd: got {a.shape}, with full_matrices; the vectors beyond the "
            "singular values are not determined; use full_matrices=False"
        )
    k = min(m, n)
    s, u, vh = la.unpack(la.SVD(a), (k,), (m, k), (k, n))
    return type(np.linalg.svd(np.eye(1)))(u, s, vh)


@twin_of(np.linalg.svdvals)
def _svdvals(x: Any) -> Any:
    return la.SINGULAR_VALUES(_matrices("svdvals", x, False))


@twin_of(np.linalg.qr)
def _qr(a: Any, mode: str = "reduced") -> Any:
    a = _matrices("qr", a, False)
    m, n = a.shape[-2:]
    if mode not in ("reduced", "r") or m < n:
        raise GradientError(
            f'np.linalg.qr: got {a.shape} and mode="{mode}"; only mode="reduced" and '
            '"r" of matrices with at least as many rows as columns are differentiated'
        )
    q, r = la.unpack(la.QR(a), (m, n), (n, n))
    return r if mode == "r" else type(np.linalg.qr(np.eye(1)))(q, r)


# --- names that np.linalg has for other functions


@twin_of(np.linalg.matmul)
def _matmul(x1: Any, x2: Any) -> Any:
    return np.matmul(x1, x2)


@twin_of(np.linalg.outer)
def _outer(x1: Any, x2: Any) -> Any:
    return np.outer(x1, x2)


@twin_of(np.linalg.tensordot)
def _tensordot(x1: Any, x2: Any, *, axes: Any = 2) -> Any:
    return np.tensordot(x1, x2, axes=axes)


@twin_of(np.linalg.matrix_transpose)
def _matrix_transpose(x: Any) -> Any:
    return la.transposed(x)


@twin_of(np.linalg.trace)
def _trace(x: Any, *, offset: int = 0) -> Any:
    return np.sum(np.linalg.diagonal(x, offset=offset), axis=-1)


@twin_of(np.linalg.diagonal)
def _diagonal(x: Any, *, offset: int = 0) -> Any:
    return np.diagonal(x, offset, -2, -1)


@twin_of(np.linalg.vecdot)
def _vecdot(x1: Any, x2: Any, *, axis: int = -1) -> Any:
    return np.vecdot(x1, x2, axis=axis)  # type: ignore[call-overload]
