"""The grammar of programs: arguments, lines that fit them, and what is returned.

A draft runs in plain NumPy while it is written. So a line is chosen to fit the shapes
and dtypes that are there, and nearly all programs are valid.
"""

import warnings
from typing import Any

import numpy as np
from hypothesis import strategies as st
from tests.fuzzing.draft import Draft
from tests.fuzzing.lines import LINES
from tests.fuzzing.program import Program


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
def programs(draw: Any, most: int = 10) -> Program:
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
