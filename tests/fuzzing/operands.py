"""What an operation may take: names, numbers, arrays of constants, and indices."""

from typing import Any

import numpy as np

from tests.fuzzing.draft import LONGEST, Draft

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


def literal(d: Draft, shape: tuple[int, ...]) -> str:
    """Return the text of an array of constants of a shape."""
    size = int(np.prod(shape))
    kind = d.integer(0, 6)
    if kind == 6 and len(shape) == 1:
        return str([[1, -2, 0.5, 3][i % 4] for i in range(size)])
    text = [
        f"np.arange({float(size)}).reshape({shape})",
        f"np.arange({size}).reshape({shape})",
        f"np.full({shape}, 200, np.uint8)",
        f"np.linspace(-1, 1, {size}, dtype=np.float32).reshape({shape})",
        f"(np.arange({size}).reshape({shape}) % 2 == 0)",
        f"np.zeros({shape})",
        f"np.ones({shape}, np.int8)",
    ]
    return text[kind]


def operand(d: Draft, like: Any) -> str:
    """Return a name, a number or constants that can be combined with a value."""
    kind = d.integer(0, 9)
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
    special = d.integer(0, 15)
    if special == 15:
        return d.pick(["True", "False", "()", "...", "None"])
    if special >= 13:
        masks = [n for n in d.names(np.ndarray) if _is_mask(d.values[n], shape)]
        return d.pick(masks) if masks else _comparison(d, value)
    items = [_index_of_axis(d, n) for n in shape[: d.integer(0, len(shape))]]
    if d.chance(5):
        items.insert(d.integer(0, len(items)), "None")
    if d.chance(5):
        items.insert(d.integer(0, len(items)), "...")
    return ", ".join(items) or "..."


def _is_mask(value: Any, shape: tuple[int, ...]) -> bool:
    return bool(value.dtype == bool and value.shape == shape[: value.ndim])


def _comparison(d: Draft, value: Any) -> str:
    same = [n for n in d.names(np.ndarray) if d.values[n].shape == value.shape]
    return f"{d.pick(same)} {d.pick(['>', '<', '<=', '!='])} {d.pick(['0', '0.5'])}"


def _index_of_axis(d: Draft, n: int) -> str:
    kind = d.integer(0, 11)
    if kind < 4 and n:
        return str(d.integer(-n, n - 1))
    if kind == 4 and d.chance(6):
        return str(n)
    if kind == 5 and n:
        chosen = [d.integer(-n, n - 1) for _ in range(d.integer(0, 3))]
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
