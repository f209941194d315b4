"""Complex numbers on the way to a real result: their parts, and Fourier transforms.

The derivative of a real loss L with respect to z = a + ib is kept as ∂L/∂a - i ∂L/∂b.
The chain rule then is the one of real numbers wherever a function of z is analytic, and
the derivative with respect to a real argument is the real part.
"""

from typing import Any

import numpy as np

from kobai.autodiff.arrays.buffers import as_doubtful
from kobai.autodiff.arrays.layout import in_doubt
from kobai.autodiff.numpy_functions.table import as_array, one_axis, twin_of
from kobai.autodiff.primitive import Primitive
from kobai.errors import GradientError


def _real_part(x: Any) -> Any:
    # A copy, for a view would be kept right only with a way to write into it.
    return np.array(np.real(x))[()]


def _imaginary_part(x: Any) -> Any:
    return np.array(np.imag(x))[()]


REAL = Primitive("real", _real_part, vjps=(lambda g, y, z: g + 0j,))
# With g first: beside a number of NumPy's, Python's 1j would make one of Python's.
IMAG = Primitive("imag", _imaginary_part, vjps=(lambda g, y, z: g * -1j,))


@twin_of(np.real)
def _real(val: Any) -> Any:
    if val.dtype.kind == "c":
        return REAL(val)
    # True.real is 1.
    return +val if val.__class__ is bool else val


@twin_of(np.imag)
def _imag(val: Any) -> Any:
    # Those that NumPy makes lie otherwise than np.zeros_like of a broadcast array.
    return IMAG(val) if val.dtype.kind == "c" else as_doubtful(np.zeros_like(val))


@twin_of(np.angle)
def _angle(z: Any, deg: bool = False) -> Any:
    angle = in_doubt(np.arctan2(np.imag(z), np.real(z)))
    return angle * (180 / np.pi) if deg else angle


# --- Fourier transforms. The matrix of one is symmetric, so that back-propagation
# transforms once more.


def _transform(x: Any, axis: int, norm: Any, is_inverse: bool) -> Any:
    function = np.fft.ifft if is_inverse else np.fft.fft
    return function(x, axis=axis, norm=norm)


FOURIER: Primitive = Primitive(
    "fourier", _transform, vjps=(lambda g, y, x, **how: FOURIER(g, **how),)
)


def _one(x: Any, n: int | None, axis: int, norm: Any, is_inverse: bool) -> Any:
    x = as_array(x)
    axis = one_axis(axis, x.ndim)
    x = x if n is None else _resized(x, n, axis)
    return FOURIER(x, axis=axis, norm=norm or "backward", is_inverse=is_inverse)


def _resized(x: Any, n: int, axis: int) -> Any:
    """Return x cut off or filled up with zeros to a length."""
    length = x.shape[axis]
    if n <= length:
        return x[(slice(None),) * axis + (slice(0, n),)]
    shape = tuple(n - length if i == axis else k for i, k in enumerate(x.shape))
    return np.concatenate([x, np.zeros(shape, x.dtype)], axis=axis)


@twin_of(np.fft.fft)
def _fft(a: Any, n: int | None = None, axis: int = -1, norm: Any = None) -> Any:
    return _one(a, n, axis, norm, False)


@twin_of(np.fft.ifft)
def _ifft(a: Any, n: int | None = None, axis: int = -1, norm: Any = None) -> Any:
    return _one(a, n, axis, norm, True)


@twin_of(np.fft.rfft)
def _rfft(a: Any, n: int | None = None, axis: int = -1, norm: Any = None) -> Any:
    a = as_array(a)
    if a.dtype.kind == "c":
        raise TypeError("np.fft.rfft: got complex numbers; use np.fft.fft")
    axis = one_axis(axis, a.ndim)
    whole = _one(a, n, axis, norm, False)
    return _resized(whole, whole.shape[axis] // 2 + 1, axis)


@twin_of(np.fft.irfft)
def _irfft(a: Any, n: int | None = None, axis: int = -1, norm: Any = None) -> Any:
    a = as_array(a)
    axis = one_axis(axis, a.ndim)
    n = 2 * (a.shape[axis] - 1) if n is None else n
    first = _resized(a, n // 2 + 1, axis)
    # The frequencies above the half are those below, conjugated; 0 and the half itself
    # are their own partners, and only their real parts count.
    mirrored = np.flip(_between(first, 1, (n + 1) // 2, axis), axis)
    whole = np.concatenate([first, np.conjugate(mirrored)], axis=axis)
    return np.real(_one(whole, None, axis, norm, True))


def _between(x: Any, start: int, stop: int, axis: int) -> Any:
    return x[(slice(None),) * axis + (slice(start, stop),)]


def _along(function: Any, a: Any, s: Any, axes: Any, norm: Any) -> Any:
    """Return a transform along several axes, one after the other."""
    a = as_array(a)
    for axis, n in _axes_and_lengths(a, s, axes):
        a = function(a, n, axis, norm)
    return a


def _axes_and_lengths(a: Any, s: Any, axes: Any) -> list[tuple[int, int | None]]:
    count = a.ndim if s is None else len(s)
    axes = range(-count, 0) if axes is None else axes
    lengths = [None] * len(axes) if s is None else [None if n == -1 else n for n in s]
    return list(zip((one_axis(i, a.ndim) for i in axes), lengths, strict=True))


@twin_of(np.fft.fftn)
def _fftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    return _along(np.fft.fft, a, s, axes, norm)


@twin_of(np.fft.ifftn)
def _ifftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    return _along(np.fft.ifft, a, s, axes, norm)


@twin_of(np.fft.fft2)
def _fft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    return _along(np.fft.fft, a, s, axes, norm)


@twin_of(np.fft.ifft2)
def _ifft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    return _along(np.fft.ifft, a, s, axes, norm)


@twin_of(np.fft.rfftn)
def _rfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    a = as_array(a)
    *others, (last, n) = _axes_and_lengths(a, s, axes)
    a = np.fft.rfft(a, n, last, norm)
    for axis, length in others:
        a = np.fft.fft(a, length, axis, norm)
    return a


@twin_of(np.fft.irfftn)
def _irfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    a = as_array(a)
    *others, (last, n) = _axes_and_lengths(a, s, axes)
    for axis, length in others:
        a = np.fft.ifft(a, length, axis, norm)
    return np.fft.irfft(a, n, last, norm)


@twin_of(np.fft.rfft2)
def _rfft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    return np.fft.rfftn(a, s, axes, norm)


@twin_of(np.fft.irfft2)
def _irfft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    return np.fft.irfftn(a, s, axes, norm)


@twin_of(np.fft.hfft, np.fft.ihfft)
def _hfft(a: Any, *how: Any) -> Any:
    raise GradientError(
        "np.fft.hfft: has no derivative rule; use np.fft.irfft(np.conj(a), n) * n"
    )


def _shifted(x: Any, axes: Any, sign: int) -> Any:
    axes = range(x.ndim) if axes is None else axes
    for axis in (axes,) if isinstance(axes, int) else axes:
        x = np.roll(x, sign * (x.shape[axis] // 2), axis)
    return x


@twin_of(np.fft.fftshift)
def _fftshift(x: Any, axes: Any = None) -> Any:
    return _shifted(x, axes, 1)


@twin_of(np.fft.ifftshift)
def _ifftshift(x: Any, axes: Any = None) -> Any:
    return _shifted(x, axes, -1)
