"""The grammar of programs: arguments, lines that fit them, and what is returned.

A draft runs in plain NumPy while it is written. So a line is chosen to fit the shapes
and dtypes that are there, and nearly all programs are valid.
"""

import warnings
from random import Random
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.fuzzing.draft import Choice, Draft
from tests.fuzzing.lines import LINES
from tests.fuzzing.program import Program

SHAPES = [(3,), (2, 3), (2,), (3, 3), (1,), (), (2, 1), (4,), (2, 2, 3), (0,), (0, 3)]


def argument(choose: Choice) -> str:
    """Return the text of an argument's value."""
    x = _numbers(choose, SHAPES[choose(0, len(SHAPES) - 1)])
    kind = choose(0, 15)
    if kind == 15:
        return ["2", "0.7", "-1.5", "3", "True"][choose(0, 4)]
    if kind == 14 and x.size:
        return f"np.float64({x.ravel()[0]})"
    if kind >= 12:
        return _array(np.round(x).astype(int), ", np.int64")
    if kind == 11:
        return _array(x > 0, ", bool")
    if kind >= 9:
        return _array(x, ", np.float32")
    if kind == 8 and x.ndim > 1 and x.size:
        return f"np.asfortranarray({x.tolist()})"
    return _array(x, "")


def _numbers(choose: Choice, shape: tuple[int, ...]) -> Any:
    rng = np.random.default_rng(choose(0, 20))
    x = np.round(rng.normal(size=shape) * 1.5, 2)
    kind = choose(0, 7)
    if kind == 6:
        # The corners of many functions lie at 0.
        x = np.where(rng.random(shape) < 0.5, 0.0, x)
    return np.round(x) if kind == 7 else x


def _array(x: Any, dtype: str) -> str:
    if not x.size:
        return f"np.zeros({x.shape}{dtype})"
    return f"np.array({x.tolist()}{dtype})"


def write_program(choose: Choice, most: int) -> Program:
    """Return a program of up to `most` lines, made by chance or by hypothesis."""
    names = ["x", "w"][: choose(1, 2)]
    arguments = [(name, argument(choose)) for name in names]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        d = Draft(choose, arguments)
        for _ in range(choose(1, most)):
            d.pick(LINES)(d)
            if d.is_broken:
                break
        known = d.names()
        results = [known[-1], *(d.pick(known) for _ in range(choose(0, 2)))]
    return Program(tuple(arguments), tuple(d.lines), tuple(dict.fromkeys(results)))


@st.composite
def programs(draw: Any, most: int = 10) -> Program:
    """Draw a program that hypothesis can make smaller."""
    return write_program(lambda low, high: draw(st.integers(low, high)), most)


def random_program(seed: int, most: int = 10) -> Program:
    """Return the program of a seed, every choice equally likely.

    Hypothesis tries what is like the programs that it has drawn; so a hundred of its
    programs have less in them than a hundred of these, but it makes them smaller.
    """
    return write_program(Random(seed).randint, most)
