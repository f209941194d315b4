"""The grammar: which lines a program may have, given the values that it has so far.

A draft runs in plain NumPy while it is written. So a line is chosen to fit the shapes
and dtypes that are there, and nearly all programs are valid.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from tests.fuzzing.program import Program

# What is larger says nothing new; what is longer is slow.
LARGEST, LONGEST, MOST_AXES = 1e4, 48, 4

NUMBERS = ["2", "0.5", "3", "-1", "1", "-1.3", "0", "True", "2.0"]
NUMPY_NUMBERS = [
    "np.float64(1.5)",
    "np.float32(0.1)",
    "np.int64(3)",
    "np.uint8(200)",
    "np.int8(-100)",
    "np.bool_(True)",
    "np.array(3)",
    "np.array(0.3, np.float32)",
    "np.array(2.5)",
]
DTYPES = ["np.float64", "np.float32", "np.int64", "np.uint8", "bool", "float", "int"]


class Draft:
    """A program while it is written, and the values that its names have."""

    def __init__(self, draw: Any, arguments: Sequence[tuple[str, str]]) -> None:
        self.draw = draw
        self.arguments = tuple(arguments)
        self.lines: list[str] = []
        self.values: dict[str, Any] = {}
        self.is_broken = False
        self._made = 0
        self._restart()

    def _restart(self) -> None:
        values = {name: eval(text) for name, text in self.arguments}
        self.values = {"np": np, **values}
        for line in self.lines:
            exec(line, self.values)

    # --- choices

    def pick(self, options: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(options))

    def chance(self, one_in: int) -> bool:
        """Say yes once in so many times."""
        return bool(self.draw(st.integers(0, one_in - 1)) == one_in - 1)

    def names(self, *kinds: type) -> list[str]:
        """Return the names of arrays and numbers, or of the types that are asked."""
        wanted = kinds or (np.ndarray, np.generic, float, int)
        return [n for n, v in self.values.items() if isinstance(v, wanted)]

    def array(self, least: int = 0) -> str | None:
        """Return the name of an array with at least so many axes."""
        found = [n for n in self.names(np.ndarray) if self.values[n].ndim >= least]
        return self.pick(found) if found else None

    def anything(self) -> str:
        return self.pick(self.names())

    def value(self, text: str) -> Any:
        return eval(text, self.values)

    # --- lines

    def name(self) -> str:
        self._made += 1
        return f"v{self._made}"

    def add(self, line: str) -> None:
        """Add a line where NumPy runs it; seldom where NumPy refuses it."""
        self.lines.append(line)
        try:
            exec(line, self.values)
        except Exception:
            if self.chance(12):
                self.is_broken = True
                return
        else:
            if all(map(_fits, self.values.values())):
                return
        self.lines.pop()
        self._restart()

    def let(self, expression: str) -> None:
        self.add(f"{self.name()} = {expression}")


def _fits(value: Any) -> bool:
    if not isinstance(value, np.ndarray | np.generic | float | int):
        return True
    if np.ndim(value) > MOST_AXES or np.size(value) > LONGEST:
        return False
    if np.asarray(value).dtype.kind not in "iufb":
        return False
    size = np.abs(np.asarray(value, float))
    return bool(np.all((size < LARGEST) | ~np.isfinite(size)))


# --- operands


def literal(d: Draft, shape: tuple[int, ...]) -> str:
    """Return the text of an array of constants of a shape."""
    size = int(np.prod(shape))
    kind = d.draw(st.integers(0, 6))
    if kind == 6 and len(shape) == 1:
        return str([[1, -2, 0.5, 3][i % 4] for i in range(size)])
    text = [
        f"np.arange({float(size)}).reshape({shape})",
        f"np.arange({size}).reshape({shape})",
        f"np.full({shape}, 200, np.uint8)",
        f"np.linspace(-1, 1, {size}, dtype=np.float32).reshape({shape})",
        f"np.arange({size}).reshape({shape}) % 2 == 0",
        f"np.zeros({shape})",
        f"np.ones({shape}, np.int8)",
    ]
    return text[kind]


def operand(d: Draft, like: Any) -> str:
    """Return a name, a number or constants that can be combined with a value."""
    kind = d.draw(st.integers(0, 9))
    if kind < 4:
        fitting = [n for n in d.names() if _broadcast(d.values[n], like)]
        return d.pick(fitting) if fitting else "2"
    if kind < 6:
        return d.pick(NUMBERS)
    if kind < 8:
        return d.pick(NUMPY_NUMBERS)
    shape = np.shape(like)
    if shape and d.chance(3):
        shape = shape[1:]
    return literal(d, shape)


def _broadcast(a: Any, b: Any) -> bool:
    try:
        shape = np.broadcast_shapes(np.shape(a), np.shape(b))
    except ValueError:
        return False
    return int(np.prod(shape)) <= LONGEST


def index(d: Draft, value: Any) -> str:
    """Return an index that fits an array."""
    shape = value.shape
    special = d.draw(st.integers(0, 15))
    if special == 15:
        return d.pick(["True", "False", "()", "...", "None"])
    if special >= 13:
        masks = [n for n in d.names(np.ndarray) if _is_mask(d.values[n], shape)]
        return d.pick(masks) if masks else _comparison(d, value)
    items = [_index_of_axis(d, n) for n in shape[: d.draw(st.integers(0, len(shape)))]]
    if d.chance(5):
        items.insert(d.draw(st.integers(0, len(items))), "None")
    if d.chance(5):
        items.insert(d.draw(st.integers(0, len(items))), "...")
    return ", ".join(items) or "..."


def _is_mask(value: Any, shape: tuple[int, ...]) -> bool:
    return bool(value.dtype == bool and value.shape == shape[: value.ndim])


def _comparison(d: Draft, value: Any) -> str:
    same = [n for n in d.names(np.ndarray) if d.values[n].shape == value.shape]
    return f"{d.pick(same)} {d.pick(['>', '<', '<=', '!='])} {d.pick(['0', '0.5'])}"


def _index_of_axis(d: Draft, n: int) -> str:
    kind = d.draw(st.integers(0, 11))
    if kind < 4 and n:
        return str(d.draw(st.integers(-n, n - 1)))
    if kind == 4 and d.chance(6):
        return str(n)
    if kind == 5 and n:
        chosen = d.draw(st.lists(st.integers(-n, n - 1), max_size=3))
        return d.pick([str(chosen), f"np.array({chosen}, int)"])
    if kind == 6:
        return str([i % 2 == 0 for i in range(n)])
    if kind == 7 and n:
        known = [v for v in d.names(np.ndarray) if _is_index(d.values[v], n)]
        if known and not set(known) <= {a for a, _ in d.arguments}:
            return d.pick([v for v in known if v not in dict(d.arguments)])
    return d.pick([":", "1:", ":-1", "::2", "::-1", ":1", "-2:", "1:1"])


def _is_index(value: Any, n: int) -> bool:
    return bool(
        value.dtype.kind in "iu" and value.size and -n <= value.min() <= value.max() < n
    )


# --- lines


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
    if name in ("argmax", "cumsum", "argmin", "cumprod"):
        keep = ""
        axis = axis if not axis.endswith(")") else ""
    plain = f"np.{name}({a}{axis}{keep})"
    if name in ("median", "ptp", "linalg.norm", "count_nonzero"):
        d.let(plain)
        return
    method = f"{a}.{name}({(axis + keep).removeprefix(', ')})"
    d.let(d.pick([plain, plain, method]))


REDUCTIONS = [
    *("sum", "sum", "mean", "max", "min", "prod", "var", "std", "cumsum", "argmax"),
    *("any", "all", "linalg.norm", "cumprod", "median", "ptp", "count_nonzero"),
]


def _axis(d: Draft, ndim: int) -> str:
    kind = d.draw(st.integers(0, 9))
    if kind < 3 or (not ndim and kind < 9):
        return d.pick(["", ", axis=None"])
    if kind < 7 and ndim:
        return f", axis={d.draw(st.integers(-ndim, ndim - 1))}"
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
        axis = d.draw(st.integers(0, x.ndim - 1))
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
    b = d.pick(same) if d.chance(2) else literal(d, d.values[a].shape)
    d.let(d.pick(forms).replace("A", a).replace("B", b))


def plain(d: Draft) -> None:
    """Make an array or a number that does not depend on the arguments."""
    shapes = [np.shape(d.values[n]) for n in d.names(np.ndarray)] or [(3,)]
    kind = d.draw(st.integers(0, 4))
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
    spot = ", ".join(str(d.draw(st.integers(-n, n - 1))) for n in d.values[a].shape)
    forms = [f"A[{spot}]", f"A[{spot}]", "np.sum(A)", "A.mean()", "np.max(A)", "len(A)"]
    forms += ["A.size", "A.shape[0]", f"A[{spot}].copy()", f"np.asarray(A[{spot}])"]
    forms += ["A.ravel()[0]", "np.sum(A) / A.size", "A.ndim", f"A[{spot}, ...]"]
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
    "    np.multiply(np.ones(A.shape), k, out=BUF)\n    S = S + np.sum(np.tanh(A * BUF))",
    "BUF = np.arange(len(A))\nfor k in range(2):\n    S = S + A[BUF].sum()\n    BUF[0] = 0",
    "BUF = A[0]\nfor i in range(len(A)):\n    BUF = BUF * 0.5 + A[i]",
    "BUF = np.zeros(A.shape)\nfor i in range(len(A)):\n    BUF[i] = A[i] * B",
    "BUF = []\nfor row in A:\n    BUF.append(row * B)\nBUF = np.stack(BUF)",
    "BUF = np.array([False] * len(A))\nBUF[0] = True\nS = S + A[BUF].sum()\nBUF[:] = True",
    "BUF = sum(row * B for row in A)",
]


def decision(d: Draft) -> None:
    a = d.anything()
    d.let(f"{a} if np.sum({a}) > 0 else -{a}")


# Each as often as it stands here.
LINES: list[Callable[[Draft], None]] = [
    *(unary, unary, binary, binary, binary, reduction, reduction, reading, reading),
    *(view, view, in_place, in_place, in_place, plain, number, join, cast),
    *(product, loop, alias, out),
]


# --- arguments


def _numbers(d: Draft | Any, draw: Any, shape: tuple[int, ...]) -> Any:
    rng = np.random.default_rng(draw(st.integers(0, 20)))
    x = np.round(rng.normal(size=shape) * 1.5, 2)
    kind = draw(st.integers(0, 7))
    if kind == 6:
        x = np.where(rng.random(shape) < 0.5, 0.0, x)
    if kind == 7:
        x = np.round(x)
    return x


SHAPES = [(3,), (2, 3), (2,), (3, 3), (1,), (), (2, 1), (4,), (2, 2, 3), (0,), (0, 3)]


def argument(draw: Any) -> str:
    """Return the text of an argument's value."""
    x = _numbers(None, draw, draw(st.sampled_from(SHAPES)))
    kind = draw(st.integers(0, 15))
    if kind == 15:
        return str(draw(st.sampled_from([2, 0.7, -1.5, 3, True])))
    if kind == 14 and x.size:
        return f"np.float64({x.ravel()[0]})"
    if kind >= 12:
        return f"np.array({np.round(x).astype(int).tolist()})" + _empty(x, ", np.int64")
    if kind == 11:
        return f"np.array({(x > 0).tolist()})" + _empty(x, ", bool")
    if kind >= 9:
        return f"np.array({x.tolist()}, np.float32)" + _empty(x, "")
    if kind == 8 and x.ndim > 1:
        return f"np.asfortranarray({x.tolist()})" + _empty(x, "")
    return f"np.array({x.tolist()})" + _empty(x, "")


def _empty(x: Any, dtype: str) -> str:
    if x.size:
        return ""
    return (
        f".astype({dtype[2:]}).reshape({x.shape})" if dtype else f".reshape({x.shape})"
    )


@st.composite
def programs(draw: Any, most: int = 8) -> Program:
    """Draw a program of up to `most` steps."""
    count = draw(st.integers(1, 2))
    arguments = [(name, argument(draw)) for name in ["x", "w"][:count]]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        d = Draft(draw, arguments)
        for _ in range(draw(st.integers(1, most))):
            draw(st.sampled_from(LINES))(d)
            if d.is_broken:
                break
        names = d.names()
        last = names[-1]
        others = draw(st.lists(st.sampled_from(names), max_size=2))
    results = tuple(dict.fromkeys([last, *others]))
    return Program(tuple(arguments), tuple(d.lines), results)
