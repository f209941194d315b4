"""The lines that a program may have, each a function that adds one to a draft."""

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.fuzzing.draft import Draft
from tests.fuzzing.operands import NUMBERS, index, literal, operand

DTYPES = ["np.float64", "np.float32", "np.int64", "np.uint8", "bool", "float", "int"]


def unary(d: Draft) -> None:
    a = d.anything()
    d.let(d.pick(UNARY).replace("A", a))


UNARY = [
    *("np.tanh(A)", "-A", "np.square(A)", "np.sin(A)", "A ** 2", "abs(A)"),
    *("np.exp(np.tanh(A))", "np.sqrt(np.abs(A) + 0.5)", "np.log(np.abs(A) + 1.5)"),
    *("np.arctan(A)", "np.reciprocal(A * A + 1.0)", "1 / (1 + np.exp(-A))"),
    *("np.sign(A)", "np.floor(A)", "+A", "~A", "~(A > 0)", "np.cos(A)", "2 ** A"),
    *("A ** 3", "np.maximum(A, 0)", "np.clip(A, -1, 1)", "np.log1p(A * A)", "A / A"),
    *("np.expm1(np.sin(A))", "np.cbrt(A)", "np.sqrt(A)", "np.abs(A) ** 0.5"),
    *("A - A", "A * 0", "0.5 * (3 * A)", "np.isfinite(A)", "np.logical_not(A)"),
    *("np.round(A)", "A // 1", "A % 2", "np.linalg.norm(A)", "np.nan_to_num(A)"),
    *("np.where(A > 0, np.log(np.abs(A) + 1), A)", "np.where(A > 0, np.sqrt(A), 0)"),
    *("A if isinstance(A, np.ndarray) else A * 2", "A if np.ndim(A) else A + 1"),
    *("np.abs(A + 0j)", "np.real(A)", "np.float32(1) * A", "A[()]", "A + True"),
    *(
        "np.arcsin(np.sin(A) / 2)",
        "np.arccos(np.sin(A) / 2)",
        "np.arctanh(np.sin(A) / 2)",
    ),
    *("np.arcsinh(A)", "np.arccosh(A * A + 1.5)", "np.sinh(np.sin(A))", "np.tan(A)"),
    *("np.cosh(np.tanh(A))", "np.exp2(A)", "np.log2(A)", "np.log10(np.abs(A) + 1)"),
    *("np.rad2deg(A)", "np.deg2rad(A)", "np.radians(A)", "np.fabs(A)", "A.conj()"),
    *("np.rint(A)", "np.ceil(A)", "np.trunc(A)", "np.signbit(A)", "np.isnan(A)"),
    *("np.heaviside(A, 0.5)", "np.sinc(A)", "np.exp(-A ** 2)", "np.degrees(A)"),
]


def binary(d: Draft) -> None:
    a = d.anything()
    b = operand(d, d.values[a])
    if d.chance(2):
        a, b = b, a
    d.let(d.pick(BINARY).replace("A", f"{a}").replace("B", b))


BINARY = [
    *("A + B", "A * B", "A - B", "A / (B * B + 1)", "A / B", "A > B", "A <= B"),
    *("np.maximum(A, B)", "np.minimum(A, B)", "np.hypot(A, B)", "np.arctan2(A, B)"),
    *("np.where(A > B, A, B)", "np.where(A > 0, A, B)", "np.where(B, A, 0)", "A == B"),
    *("(A > 0) & (B > 0)", "(A > 0) | (B < 1)", "(A > 0) ^ (B > 0)", "A & B", "A | B"),
    *("np.power(np.abs(A) + 0.5, B)", "A % B", "A // B", "A ** B", "np.fmax(A, B)"),
    *("np.logaddexp(A, B)", "A * B * 0.5", "A * 2 * B", "(A + B) / 3", "-(A * B)"),
    *("np.fmin(A, B)", "np.fmod(A, B)", "np.copysign(A, B)", "np.logaddexp2(A, B)"),
    *("np.float_power(np.abs(A), B)", "np.logical_or(A, B)", "np.subtract(A, B)"),
    *("np.logical_and(A, B)", "np.multiply(A, B)", "np.add(A, B)", "A * (B != 0)"),
]


def product(d: Draft) -> None:
    a = d.array(1)
    if a is None:
        return
    x = d.values[a]
    fitting = [
        n
        for n in d.names(np.ndarray)
        if d.values[n].ndim
        and d.values[n].shape[max(-2, -d.values[n].ndim)] == x.shape[-1]
    ]
    b = d.pick(fitting) if fitting and d.chance(2) else literal(d, (x.shape[-1], 2))
    forms = ["A @ B", "np.matmul(A, B)", "np.dot(A, B)", "A.dot(B)", "A @ A.T"]
    forms += ["np.outer(A, B)", "np.einsum('...i,...i->...', A, A)", "np.inner(A, A)"]
    d.let(d.pick(forms).replace("A", a).replace("B", b))


def reduction(d: Draft) -> None:
    a = d.array() if not d.chance(8) else d.anything()
    if a is None:
        return
    axis = _axis(d, np.ndim(d.values[a]))
    keep = d.pick(["", "", ", keepdims=True"])
    name = d.pick(REDUCTIONS)
    if d.chance(10):
        extra = d.pick(["dtype=np.float32", "initial=2", f"where={a} > 0", "dtype=int"])
        keep = f"{keep}, {extra}"
    if name in ("argmax", "cumsum", "argmin", "cumprod"):
        keep = ""
        axis = axis if not axis.endswith(")") else ""
    plain = f"np.{name}({a}{axis}{keep})"
    if "." in name or name in FUNCTIONS_ONLY:
        d.let(plain)
        return
    method = f"{a}.{name}({(axis + keep).removeprefix(', ')})"
    d.let(d.pick([plain, plain, method]))


FUNCTIONS_ONLY = ("median", "ptp", "count_nonzero", "nansum", "average")
REDUCTIONS = [
    *("sum", "sum", "mean", "max", "min", "prod", "var", "std", "cumsum", "argmax"),
    *("any", "all", "linalg.norm", "cumprod", "median", "ptp", "count_nonzero"),
    *("add.reduce", "maximum.reduce", "nansum", "average"),
]


def _axis(d: Draft, ndim: int) -> str:
    kind = d.integer(0, 9)
    if kind < 3 or (not ndim and kind < 9):
        return d.pick(["", ", axis=None"])
    if kind < 7 and ndim:
        return f", axis={d.integer(-ndim, ndim - 1)}"
    if kind == 7:
        return ", axis=()"
    if kind == 8:
        return f", axis={tuple(range(min(ndim, 2)))}"
    return f", axis={d.pick([0, -1, ndim])}"


def reading(d: Draft) -> None:
    a = d.array()
    if a is None:
        return
    x = d.values[a]
    if d.chance(8) and x.ndim:
        axis = d.integer(0, x.ndim - 1)
        chosen = [i % max(x.shape[axis], 1) for i in (0, 2, 1)]
        d.let(d.pick([f"np.take({a}, {chosen}, axis={axis})", f"{a}.take({chosen})"]))
        return
    d.let(f"{a}[{index(d, x)}]")


def view(d: Draft) -> None:
    a = d.array()
    if a is not None:
        d.let(a + _view(d, d.values[a]) if d.chance(2) else _view_function(d, a))


def _view(d: Draft, x: Any) -> str:
    """Return what may follow an array, whose result may be a view of it."""
    order = d.pick(["", "", "", ", order='F'", ", order='A'", ", order='C'"])
    shapes = _shapes(x.size)
    shape = d.pick(shapes)
    forms = [f".reshape({shape}{order})", f".ravel({order.removeprefix(', ')})"]
    forms += [".T", ".transpose()", f".flatten({order.removeprefix(', ')})"]
    forms += [f".reshape({str(shape).strip('()').rstrip(',')}{order})"] * bool(shape)
    forms += [".copy()", ".squeeze()", "[...]", "[::-1]", ".real"]
    forms += [".swapaxes(0, -1)"] * (x.ndim > 0)
    forms += [".diagonal()"] * (x.ndim > 1)
    return d.pick(forms)


def _shapes(size: int) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = [(-1,), (size,), (1, -1), (-1, 1)]
    found += [(n, size // n) for n in (2, 3) if size % n == 0 and size]
    found += [(2, -1, 3)] * (size % 6 == 0 and size > 0) + [()] * (size == 1)
    return found if size else [(0,), (0, 3), (2, 0)]


def _view_function(d: Draft, a: str) -> str:
    forms = ["np.transpose(A)", "np.ravel(A)", "np.ravel(A, order='F')", "np.copy(A)"]
    forms += ["np.expand_dims(A, 0)", "np.expand_dims(A, -1)", "np.squeeze(A)"]
    forms += ["np.atleast_1d(A)", "np.atleast_2d(A)", "np.asarray(A)", "np.array(A)"]
    forms += ["np.flip(A)", "np.broadcast_to(A, (2, *A.shape))", "np.zeros_like(A)"]
    forms += ["np.ones_like(A)", "np.full_like(A, 2)"]
    if d.values[a].ndim:
        forms += ["np.moveaxis(A, 0, -1)", "np.flip(A, 0)", "np.roll(A, 1)"]
        forms += ["np.roll(A, 1, axis=0)", "np.repeat(A, 2, axis=-1)", "np.tile(A, 2)"]
        forms += ["np.pad(A, 1)", "np.diff(A)", "np.sort(A)"]
    if d.values[a].ndim == 2:
        forms += ["np.rot90(A)", "np.tril(A)", "np.diag(A)", "np.trace(A)"]
    return d.pick(forms).replace("A", a)


def cast(d: Draft) -> None:
    a = d.anything()
    x = np.asarray(d.values[a])
    dtypes = DTYPES
    # What a float becomes that an integer cannot hold differs between processors.
    if not (np.all(np.isfinite(x)) and np.all((x > -1) & (x < 120))):
        dtypes = ["np.float64", "np.float32", "float", "bool"]
    dtype = d.pick(dtypes)
    if isinstance(d.values[a], np.ndarray | np.generic):
        d.let(f"{a}.astype({dtype})")


def join(d: Draft) -> None:
    a = d.array(1)
    if a is None:
        return
    same = [n for n in d.names(np.ndarray) if d.values[n].shape == d.values[a].shape]
    forms = ["np.concatenate([A, B])", "np.stack([A, B])", "np.stack([A, B], axis=-1)"]
    forms += ["np.concatenate([A, B], axis=-1)", "np.hstack([A, B])"]
    forms += ["np.vstack([A, B])", "np.concatenate([A, B], axis=None)"]
    forms += ["np.array([A, B])", "np.append(A, B)", "np.where(A > B, A, B)"]
    forms += ["np.array([A[0], B[0]])", "np.select([A > 0, B > 0], [A, B], 0.5)"]
    forms += ["np.einsum('i...,i...->...', A, B)", "np.tensordot(A, B, 1)"]
    forms += ["np.stack([r * 2 for r in A])", "np.sum([A, B], axis=0)", "[*A][-1]"]
    forms += ["np.split(A, len(A))[0]", "sum(p * q for p, q in zip(A, B))"]
    b = d.pick(same) if d.chance(2) else literal(d, d.values[a].shape)
    d.let(d.pick(forms).replace("A", a).replace("B", b))


def plain(d: Draft) -> None:
    """Make an array or a number that does not depend on the arguments."""
    shapes = [np.shape(d.values[n]) for n in d.names(np.ndarray)] or [(3,)]
    kind = d.integer(0, 4)
    if kind == 0:
        d.let(d.pick(["0.0", "0", "1", "0.5", "[]", "np.float64(0)", "np.zeros(())"]))
    elif kind == 1:
        d.let(d.pick(["np.array([0, 1])", "np.array([1, 0, 0])", "np.arange(2)"]))
    else:
        d.let(literal(d, d.pick(shapes)))


def number(d: Draft) -> None:
    """Read a number out of an array, or about it."""
    a = d.array(1)
    if a is None or not d.values[a].size:
        return
    spot = ", ".join(str(d.integer(-n, n - 1)) for n in d.values[a].shape)
    forms = [f"A[{spot}]", f"A[{spot}]", "np.sum(A)", "A.mean()", "np.max(A)", "len(A)"]
    forms += ["A.size", "A.shape[0]", f"A[{spot}].copy()", f"np.asarray(A[{spot}])"]
    forms += [
        "A.item(0)",
        "float(A.ravel()[0])",
        "A.ravel()[0]",
        "np.sum(A) / A.size",
        "A.ndim",
        f"A[{spot}, ...]",
    ]
    d.let(d.pick(forms).replace("A", a))


def alias(d: Draft) -> None:
    d.let(d.anything())


def in_place(d: Draft) -> None:
    a = d.anything()
    x = d.values[a]
    target = a
    if isinstance(x, np.ndarray):
        if d.chance(4):
            target += _view(d, x)
        if d.chance(2) or target != a:
            try:
                target += f"[{index(d, d.value(target))}]"
            except Exception:
                return
    try:
        there = d.value(target)
    except Exception:
        there = x
    sign = d.pick(["+=", "*=", "-=", "/=", "+=", "*=", "**=", "//=", "%=", "&=", "="])
    if sign == "=" and target == a:
        sign = "+="
    d.add(f"{target} {sign} {operand(d, there)}")


def out(d: Draft) -> None:
    a = d.array()
    if a is None:
        return
    b, c = operand(d, d.values[a]), operand(d, d.values[a])
    forms = [f"np.add({b}, {c}, out={a})", f"np.multiply({b}, {c}, {a})"]
    forms += [f"np.sin({b}, out={a})", f"np.exp({a}, out={a})", f"np.tanh({a}, {a})"]
    forms += [f"{a}.fill({d.pick(NUMBERS)})", f"np.copyto({a}, {b})"]
    forms += [f"np.sum({a}, axis=0, out={a}[0])", f"{a}.sort()"]
    forms += [f"np.add.at({a}, [0, 0], {b})", f"{a}[0], {a}[-1] = {a}[-1], {a}[0]"]
    forms += [f"{a}.flat = {b}", f"{a}.flat[0] = {b}", f"{a}.T[...] = {b}"]
    forms += [f"{a}.shape = (-1,)", f"np.put({a}, [0], {b})"]
    d.add(d.pick(forms))


def loop(d: Draft) -> None:
    """Go through the rows of an array, as people's own code does."""
    a = d.array(1)
    if a is None:
        return
    s = d.anything()
    b = operand(d, d.values[a][0] if len(d.values[a]) else d.values[a])
    buffer = d.name()
    d.add(
        d.pick(LOOPS)
        .replace("BUF", buffer)
        .replace("A", a)
        .replace("S", s)
        .replace("B", b)
    )


LOOPS = [
    "for i in range(len(A)):\n    S += A[i] ** 2",
    "for i in range(len(A)):\n    S = S + np.sum(A[i] * B)",
    "for i in range(1, len(A)):\n    A[i] += A[i - 1]",
    "for i in range(len(A)):\n    A[i] *= i",
    "for row in A:\n    row *= 0.5",
    "for row in A:\n    S = S + np.sum(row) * B",
    "for i, row in enumerate(A):\n    S += row.sum() * i",
    "BUF = np.zeros(len(A))\nfor i in range(len(A)):\n"
    "    BUF[i] = i + 1\n    S = S + np.sum(A.T * BUF)\n    BUF[i] = 0",
    "BUF = np.empty(A.shape)\nfor k in (1.0, 2.0):\n"
    "    np.multiply(np.ones(A.shape), k, out=BUF)\n"
    "    S = S + np.sum(np.tanh(A * BUF))",
    "BUF = np.arange(len(A))\n"
    "for k in range(2):\n    S = S + A[BUF].sum()\n    BUF[0] = 0",
    "BUF = A[0]\nfor i in range(len(A)):\n    BUF = BUF * 0.5 + A[i]",
    "BUF = np.zeros(A.shape)\nfor i in range(len(A)):\n    BUF[i] = A[i] * B",
    "BUF = []\nfor row in A:\n    BUF.append(row * B)\nBUF = np.stack(BUF)",
    "BUF = np.array([False] * len(A))\nBUF[0] = True\n"
    "S = S + A[BUF].sum()\nBUF[:] = True",
    "BUF = sum(row * B for row in A)",
    "for i in range(len(A)):\n    A[-1] += A[i] * B\n    S = S + A[-1].sum()",
    "BUF = A > 0\nS = S + A[BUF].sum()\nBUF &= False\nS = S + np.sum(A[BUF])",
    "BUF = np.ones(A.shape)\nS = S + np.sum(A * BUF)\n"
    "BUF *= 0.5\nS = S + np.sum(A * BUF)",
    "while len(A) > 1:\n    A = A[1:] - A[:-1]",
    "BUF = np.zeros(A.shape)\nBUF[...] = A\nBUF.T[...] *= 0.5\nBUF[0] += B",
    "BUF = np.empty((2, *A.shape))\nBUF[0], BUF[1] = A, B\nBUF[1] -= BUF[0]",
    "BUF = np.ones(len(A))\nfor i in range(len(A)):\n    BUF[i:] += A[i].sum() * i",
    "BUF = np.full(A.shape, 0.5)\nBUF[BUF > 0] = 0.25\nnp.add.at(BUF, [0, 0], A[0])",
    "BUF = np.zeros_like(A)\nnp.multiply(A, B, out=BUF)\nBUF.ravel()[:1] = 1.5",
]


def decision(d: Draft) -> None:
    if not d.chance(4):
        # It ends what can be traced.
        return
    a = d.anything()
    d.let(f"{a} if np.sum({a}) > 0 else -{a}")


# Each as often as it stands here.
LINES: list[Callable[[Draft], None]] = [
    *(unary, unary, binary, binary, binary, reduction, reduction, reading, reading),
    *(view, view, in_place, in_place, in_place, plain, number, join, cast),
    *(product, loop, alias, out, decision),
]
