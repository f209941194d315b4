"""exp, log and tanh as polynomials: straight lines of arithmetic that vectorise.

A call of the C library for every number is what makes small networks slow. Here the
argument is brought near 0, a short polynomial does the rest, and there is no branch,
so that the compiler works on 8 or 16 numbers at once. The functions are plain Python
on NumPy numbers; the compiled engine translates them as they stand.

The polynomials are those of Cephes (S. L. Moshier, "Methods and Programs for
Mathematical Functions", 1989): minimax approximations on the reduced interval.
"""

import numpy as np

f4, f8, i4, i8 = np.float32, np.float64, np.int32, np.int64


def exp_float32(x: np.float32) -> np.float32:
    """Return eˣ as 2ᵏ · eʳ with |r| ≤ ½ ln 2.

    >>> exp_float32(np.float32(1)) - np.float32(np.e) == 0
    np.True_
    """
    bounded = f4(-105) if x < f4(-105) else x
    bounded = f4(89) if bounded > f4(89) else bounded
    # So large a number has no bits for fractions: k is what the addition left of it.
    shifted = bounded * f4(1.4426950408889634) + f4(12582912)
    k = shifted - f4(12582912)
    # ln 2 in two parts: k times the first is exact.
    r = bounded - k * f4(0.693359375)
    r = r - k * f4(-2.12194440e-4)
    p = f4(1.9875691500e-4)
    p = p * r + f4(1.3981999507e-3)
    p = p * r + f4(8.3334519073e-3)
    p = p * r + f4(4.1665795894e-2)
    p = p * r + f4(1.6666665459e-1)
    p = p * r + f4(5.0000001201e-1)
    p = p * (r * r) + r + f4(1)
    # 2ᵏ in two factors, since 2¹²⁸ and 2⁻¹⁵⁰ are no float32: k + 254 in two halves.
    both = i4(f4(shifted).view(i4) - i4(0x4B400000 - 254))
    half = both >> i4(1)
    first = i4(half << i4(23)).view(f4)
    second = i4((both - half) << i4(23)).view(f4)
    return p * first * second


def exp_float64(x: np.float64) -> np.float64:
    """Return eˣ as 2ᵏ · eʳ, with a quotient of polynomials for eʳ.

    >>> abs(exp_float64(np.float64(1)) - np.e) < 1e-15
    np.True_
    """
    bounded = f8(-746) if x < f8(-746) else x
    bounded = f8(710) if bounded > f8(710) else bounded
    shifted = bounded * f8(1.4426950408889634073599) + f8(6755399441055744)
    k = shifted - f8(6755399441055744)
    r = bounded - k * f8(6.93145751953125e-1)
    r = r - k * f8(1.42860682030941723212e-6)
    s = r * r
    p = f8(1.26177193074810590878e-4)
    p = p * s + f8(3.02994407707441961300e-2)
    p = p * s + f8(9.99999999999999999910e-1)
    p = p * r
    q = f8(3.00198505138664455042e-6)
    q = q * s + f8(2.52448340349684104192e-3)
    q = q * s + f8(2.27265548208155028766e-1)
    q = q * s + f8(2.00000000000000000009e0)
    p = p / (q - p)
    p = f8(1) + (p + p)
    both = i8(f8(shifted).view(i8) - i8(0x4338000000000000 - 2046))
    half = both >> i8(1)
    first = i8(half << i8(52)).view(f8)
    second = i8((both - half) << i8(52)).view(f8)
    return p * first * second


def exp_near_zero(x: np.float64) -> np.float64:
    """Return eˣ for |x| ≤ 2⁻⁶: Taylor's polynomial, of which x⁷/5040 is left out.

    >>> abs(exp_near_zero(np.float64(1 / 64)) - np.exp(1 / 64)) < 4e-16
    np.True_
    """
    p = f8(1 / 720)
    p = p * x + f8(1 / 120)
    p = p * x + f8(1 / 24)
    p = p * x + f8(1 / 6)
    p = p * x + f8(1 / 2)
    p = p * x + f8(1)
    return p * x + f8(1)


def log_float32(x: np.float32) -> np.float32:
    """Return ln x as k ln 2 + ln m with √½ ≤ m < √2.

    >>> log_float32(np.float32(1))
    np.float32(0.0)
    """
    is_tiny = x < f4(1.17549435e-38)
    # A subnormal number has no exponent of its own.
    scaled = x * f4(8388608.0) if is_tiny else x
    bits = f4(scaled).view(i4)
    shifted = i4(bits - i4(0x3F3504F3))
    k = shifted >> i4(23)
    m = i4((shifted & i4(0x007FFFFF)) + i4(0x3F3504F3)).view(f4)
    e = f4(k) - (f4(23) if is_tiny else f4(0))
    r = m - f4(1)
    s = r * r
    p = f4(7.0376836292e-2)
    p = p * r + f4(-1.1514610310e-1)
    p = p * r + f4(1.1676998740e-1)
    p = p * r + f4(-1.2420140846e-1)
    p = p * r + f4(1.4249322787e-1)
    p = p * r + f4(-1.6668057665e-1)
    p = p * r + f4(2.0000714765e-1)
    p = p * r + f4(-2.4999993993e-1)
    p = p * r + f4(3.3333331174e-1)
    y = p * s * r + e * f4(-2.12194440e-4) - f4(0.5) * s
    result = (r + y) + e * f4(0.693359375)
    result = f4(-np.inf) if x == f4(0) else result
    result = f4(np.nan) if x < f4(0) else result
    # inf and NaN come out as they went in.
    return result if x < f4(np.inf) else x


def log_float64(x: np.float64) -> np.float64:
    """Return ln x as k ln 2 + ln m with √½ ≤ m < √2.

    >>> log_float64(np.float64(1))
    np.float64(0.0)
    """
    is_tiny = x < f8(2.2250738585072014e-308)
    scaled = x * f8(18014398509481984.0) if is_tiny else x
    bits = f8(scaled).view(i8)
    shifted = i8(bits - i8(0x3FE6A09E667F3BCD))
    k = shifted >> i8(52)
    m = i8((shifted & i8(0x000FFFFFFFFFFFFF)) + i8(0x3FE6A09E667F3BCD)).view(f8)
    e = f8(k) - (f8(54) if is_tiny else f8(0))
    r = m - f8(1)
    s = r * r
    p = f8(1.01875663804580931796e-4)
    p = p * r + f8(4.97494994976747001425e-1)
    p = p * r + f8(4.70579119878881725854e0)
    p = p * r + f8(1.44989225341610930846e1)
    p = p * r + f8(1.79368678507819816313e1)
    p = p * r + f8(7.70838733755885391666e0)
    q = r + f8(1.12873587189167450590e1)
    q = q * r + f8(4.52279145837532221105e1)
    q = q * r + f8(8.29875266912776603211e1)
    q = q * r + f8(7.11544750618563894466e1)
    q = q * r + f8(2.31251620126765340583e1)
    y = r * (s * p / q) - e * f8(2.121944400546905827679e-4) - f8(0.5) * s
    result = (r + y) + e * f8(0.693359375)
    result = f8(-np.inf) if x == f8(0) else result
    result = f8(np.nan) if x < f8(0) else result
    return result if x < f8(np.inf) else x


def tanh_float32(x: np.float32) -> np.float32:
    """Return tanh x: a polynomial near 0, else 1 - 2/(e²ˣ + 1).

    >>> tanh_float32(np.float32(-20))
    np.float32(-1.0)
    """
    a = abs(x)
    s = x * x
    p = f4(-5.70498872745e-3)
    p = p * s + f4(2.06390887954e-2)
    p = p * s + f4(-5.37397155531e-2)
    p = p * s + f4(1.33314422036e-1)
    p = p * s + f4(-3.33332819422e-1)
    near = p * s * x + x
    far = f4(1) - f4(2) / (exp_float32(a + a) + f4(1))
    far = -far if x < f4(0) else far
    return near if a < f4(0.625) else far


def tanh_float64(x: np.float64) -> np.float64:
    """Return tanh x: a quotient of polynomials near 0, else 1 - 2/(e²ˣ + 1).

    >>> tanh_float64(np.float64(100))
    np.float64(1.0)
    """
    a = abs(x)
    # Beyond the interval the quotient is not used, and must not overflow.
    b = a if a < f8(1) else f8(1)
    s = b * b
    p = f8(-9.64399179425052238628e-1)
    p = p * s + f8(-9.92877231001918586564e1)
    p = p * s + f8(-1.61468768441708447952e3)
    q = s + f8(1.12811678491632931402e2)
    q = q * s + f8(2.23548839060100448583e3)
    q = q * s + f8(4.84406305325125486048e3)
    near = x * s * (p / q) + x
    far = f8(1) - f8(2) / (exp_float64(a + a) + f8(1))
    far = -far if x < f8(0) else far
    return near if a < f8(0.625) else far


def logaddexp_float32(a: np.float32, b: np.float32) -> np.float32:
    """Return ln(eᵃ + eᵇ) = max + ln(1 + e^-|a - b|).

    >>> logaddexp_float32(np.float32(0), np.float32(1000))
    np.float32(1000.0)
    """
    largest = a if a > b else b
    distance = abs(a - b)
    u = exp_float32(-distance)
    w = f4(1) + u
    # ln(1 + u) = ln w + (u - (w - 1))/w: what rounding took from w is given back.
    result = largest + (log_float32(w) + (u - (w - f4(1))) / w)
    # inf - inf is no distance; a + b is NaN where one of them is.
    same = a if a == b else a + b
    return result if distance == distance and a != b else _tie_float32(a, b, same)


def _tie_float32(a: np.float32, b: np.float32, same: np.float32) -> np.float32:
    return same + f4(0.6931471805599453) if a == b else same


def logaddexp_float64(a: np.float64, b: np.float64) -> np.float64:
    """Return ln(eᵃ + eᵇ) = max + ln(1 + e^-|a - b|).

    >>> logaddexp_float64(np.float64(0), np.float64(1000))
    np.float64(1000.0)
    """
    largest = a if a > b else b
    distance = abs(a - b)
    u = exp_float64(-distance)
    w = f8(1) + u
    result = largest + (log_float64(w) + (u - (w - f8(1))) / w)
    same = a if a == b else a + b
    return result if distance == distance and a != b else _tie_float64(a, b, same)


def _tie_float64(a: np.float64, b: np.float64, same: np.float64) -> np.float64:
    return same + f8(0.6931471805599453) if a == b else same


def normal_float32(x: np.float32) -> np.float32:
    """Return x, or 0 where it is smaller than any number that has all its digits.

    >>> normal_float32(np.float32(1.4e-45)), normal_float32(np.float32(2e-38))
    (np.float32(0.0), np.float32(2e-38))
    """
    return f4(0) if abs(x) < f4(1.1754943508222875e-38) else x


def normal_float64(x: np.float64) -> np.float64:
    """Return x, or 0 where it is smaller than any number that has all its digits.

    >>> normal_float64(np.float64(5e-324)), normal_float64(np.float64(3e-308))
    (np.float64(0.0), np.float64(3e-308))
    """
    return f8(0) if abs(x) < f8(2.2250738585072014e-308) else x
