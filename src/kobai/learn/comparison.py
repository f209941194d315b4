"""An answer beside what the definition gives, and which known slip explains it.

No right answer is stored anywhere: what is needed is worked out anew for random inputs,
by the definition or by another way. Where the two differ, the difference is compared
with what known slips would have made, so that the learner hears which one it was.
"""

import copy
import dis
import inspect
import re
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# What central differences leave in float64, with room: their error is about 1e-8.
RELATIVE = 1e-5
ABSOLUTE = 1e-7

# More numbers than these in a message hide what it says.
MANY = 9

# What a function consists of that only returns None, or what stands in its place.
IDLE = ("RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST")

# What Python says where code stops, and the slip that tells what to do about it.
REMEDIES = {
    r"bitwise_xor|operand type\(s\) for \^": "caret",
    r"'(int|float|numpy\.(int|float)\d+)' object is not callable": "number_called",
    r"'numpy\.ndarray' object is not callable": "array_called",
    r"'NoneType'": "nothing_used",
    "'ellipsis'": "open_inside",
    r"truth value of an array": "many_truths",
    r"arrays can be converted to Python scalars": "one_number_function",
    r"integers or None|cannot be interpreted as an integer|only integers, slices": (
        "index_not_whole"
    ),
    r"mismatch in its core dimension|not aligned": "product_of_shapes",
}


class Slipped(Exception):  # noqa: N818 (it is no error, but what was found)
    """An answer that is not right: the name of the slip, and what its message tells."""

    def __init__(self, slip: str, **values: object) -> None:
        super().__init__(slip)
        self.slip = slip
        self.values = values


@contextmanager
def called_so(slip: str, other: str) -> Iterator[None]:
    """Within `with`, give a slip the name that it has in one exercise."""
    try:
        yield
    except Slipped as slipped:
        if slipped.slip == slip:
            raise Slipped(other, **slipped.values) from None
        raise


class OneOf(tuple[Any, ...]):
    """What one slip may return: it is made in more ways than one."""

    __slots__ = ()


@dataclass(frozen=True)
class Case:
    """What an answer is called with, what it needs to return, and what slips return.

    `rows` is the number of samples where a mean over them is taken.
    """

    arguments: tuple[Any, ...]
    needed: Any
    slips: Mapping[str, Any] = field(default_factory=dict)
    rows: int = 0


def compare(answer: Any, cases: Sequence[Case]) -> None:
    """Call an answer in each case; raise `Slipped` with the slip that explains it.

    >>> compare(lambda x: 2 * x, [Case((np.array([3.0, 4.0]),), np.array([6.0, 8.0]))])
    """
    found = [called(answer, *case.arguments) for case in cases]
    if _is_constant(found) and not _is_constant([case.needed for case in cases]):
        raise Slipped("same_for_all", got=shown(found[0]))
    factor = _common_factor(found, cases)
    for got, case in zip(found, cases, strict=True):
        expect(got, case, answer, factor)


def called(answer: Any, *arguments: Any) -> Any:
    """Return what an answer returns, having seen that it left its inputs alone."""
    if answer is ...:
        raise Slipped("untouched")
    if not callable(answer):
        raise Slipped("not_a_function", got=shown(answer))
    _check_call(answer, arguments)
    given = copy.deepcopy(arguments)
    try:
        with np.errstate(all="ignore"):
            got = answer(*given)
    except Slipped:
        raise
    except Exception as error:
        raise stopped(answer, error, arguments) from error
    called_by = [*names(answer), *"x" * len(arguments)]
    for name, before, after in zip(called_by, arguments, given, strict=False):
        if not _same(after, before):
            raise Slipped("input_changed", name=name)
    if got is None:
        slip = "untouched" if _is_empty(answer) else "nothing_returned"
        raise Slipped(slip)
    if got is ...:
        raise Slipped("untouched" if _is_empty(answer) else "dots_returned")
    return got


def expect(
    got: Any, case: Case, answer: Any = None, scaled: Slipped | None = None
) -> None:
    """Return where `got` is what is needed; else raise the slip that explains it.

    `answer` is what returned it, and `scaled` the slip of all cases together, where a
    factor explains them.
    """
    needed = np.asarray(case.needed, dtype=float)
    array = numbers(got)
    if is_close(array, needed):
        return
    for slip, value in case.slips.items():
        values = value if isinstance(value, OneOf) else (value,)
        if any(is_close(array, np.asarray(each, dtype=float)) for each in values):
            raise Slipped(slip)
    _expect_shape(array, needed)
    _expect_finite(array, needed)
    if array.dtype.kind in "iu" and np.all(np.abs(array - needed) < 1):
        raise Slipped("whole_numbers", got=shown(array))
    if needed.ndim == 2 and is_close(array, needed.T.reshape(needed.shape)):
        raise Slipped("transposed", needed=shape(needed))
    if scaled is not None:
        raise scaled
    both = told_apart(array, needed)
    if np.allclose(array, needed, rtol=0.05, atol=0.01 * np.abs(needed).max()):
        raise Slipped("inexact", **both)
    raise Slipped("other", given=given_to(answer, case.arguments), **both)


def numbers(got: Any) -> np.ndarray:
    """Return an answer as an array of numbers; `Slipped` where it is none."""
    try:
        array = np.asarray(got)
    except ValueError:
        raise Slipped("not_numbers", got=shown(got)) from None
    if array.dtype.kind not in "biuf":
        raise Slipped("not_numbers", got=shown(got))
    return array


def single(answer: Any) -> float:
    """Return an answer that is one number, as a float; `Slipped` where it is none."""
    if answer is ...:
        raise Slipped("untouched")
    array = numbers(answer)
    if array.size != 1:
        raise Slipped("one_value", got=shown(answer))
    return float(array.reshape(()))


def is_close(got: np.ndarray, needed: np.ndarray) -> bool:
    """Tell whether two arrays are of one shape, and as equal as differences can show.

    >>> is_close(np.array([1.0, 2.0]), np.array([1.0, 2.0 + 1e-9]))
    True
    """
    if got.shape != needed.shape:
        return False
    return bool(np.allclose(got, needed, rtol=RELATIVE, atol=ABSOLUTE))


def stopped(answer: Any, error: Exception, arguments: tuple[Any, ...]) -> "Slipped":
    """Return the slip of an answer that raised: the error, and the line of its code.

    >>> stopped(None, TypeError("'int' object is not callable"), ()).slip
    'number_called'
    """
    code = getattr(answer, "__code__", None)
    path = code.co_filename if code else ""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == path]
    text = f"{type(error).__name__}: {error}"
    known = (slip for said, slip in REMEDIES.items() if re.search(said, text))
    return Slipped(
        next(known, "raised"),
        error=text,
        line=lines[-1] if lines else "?",
        given=given_to(answer, arguments),
        shapes=_shapes(answer, arguments),
    )


def given_to(answer: Any, arguments: tuple[Any, ...]) -> str:
    """Return what an answer was given, by the names of its arguments.

    >>> given_to(lambda x, h: 0, (np.array([1.0, 2.5]), 0.1))
    'x = [1.  2.5], h = 0.1'
    """
    pairs = zip(names(answer), arguments, strict=False)
    return ", ".join(f"{name} = {_brief(value)}" for name, value in pairs)


def _shapes(answer: Any, arguments: tuple[Any, ...]) -> str:
    """Return the shapes of the arrays that an answer was given, by their names.

    >>> _shapes(lambda x, params: 0, (np.zeros((4, 2)), {"b1": np.zeros(3)}))
    'x (4, 2), b1 (3,)'
    """
    given: dict[str, Any] = {}
    for name, value in zip(names(answer), arguments, strict=False):
        given |= value if isinstance(value, dict) else {name: value}
    return ", ".join(
        f"{name} {value.shape}"
        for name, value in given.items()
        if isinstance(value, np.ndarray)
    )


def names(answer: Any) -> list[str]:
    """Return the names of an answer's arguments; of what has none, nothing."""
    try:
        return list(inspect.signature(answer).parameters)
    except (TypeError, ValueError):
        return []


def _brief(value: Any) -> str:
    """Return an argument as a message shows it: of many numbers the shape alone."""
    if isinstance(value, dict):
        return f"{{{', '.join(map(repr, value))}}}"
    if isinstance(value, np.random.Generator):
        return "Generator"
    if isinstance(value, np.ndarray) and value.size > MANY:
        return f"array{value.shape}"
    return shown(value)


def told_apart(got: np.ndarray, needed: np.ndarray) -> dict[str, str]:
    """Return both as a message shows them, with digits enough to see a difference.

    >>> told_apart(np.array([0.2]), np.array([0.20000123]))
    {'got': '[0.2]', 'needed': '[0.200001]'}
    """
    for digits in (4, 6, 8):
        both = {"got": shown(got, digits), "needed": shown(needed, digits)}
        if both["got"] != both["needed"]:
            break
    return both


def shown(value: Any, digits: int = 4) -> str:
    """Return a value as a message shows it: short, and in one line.

    >>> shown(np.array([[1.0, 2.5], [3.0, 4.0]])), shown(np.float64(0.1)), shown("a")
    ('[[1.  2.5] [3.  4. ]]', '0.1', "'a'")
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, np.ndarray):
        with np.printoptions(
            precision=digits, suppress=True, threshold=20, edgeitems=2
        ):
            return str(value).replace("\n", "")
    if isinstance(value, float):
        return f"{value:.{digits + 2}g}"
    if inspect.isfunction(value):
        return value.__name__.lstrip("_")
    text = " ".join((repr(value) if isinstance(value, str) else str(value)).split())
    return text if len(text) <= 80 else f"{text[:77]}…"


def shape(array: np.ndarray) -> str:
    """Return a shape as it is written: (2, 3)."""
    return str(array.shape)


def _check_call(answer: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*arguments)
    except TypeError:
        wanted = len(arguments)
        raise Slipped(
            "wrong_arguments", signature=str(signature), wanted=wanted
        ) from None


def _is_empty(answer: Callable[..., Any]) -> bool:
    """Tell whether a function does nothing yet: `return ...`, `...`, or `pass`."""
    code = getattr(answer, "__code__", None)
    return code is not None and all(
        step.opname in IDLE for step in dis.get_instructions(code)
    )


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, np.ndarray):
        return bool(np.array_equal(first, second, equal_nan=first.dtype.kind == "f"))
    if isinstance(first, tuple | list):
        return all(map(_same, first, second))
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(
            _same(first[key], second[key]) for key in first
        )
    return True


def _is_constant(values: Sequence[Any]) -> bool:
    if len(values) < 2:
        return False
    first = numbers(values[0])
    # What is always 0 has a slip of its own.
    if not np.isfinite(first).all() or np.abs(first).max(initial=0) < ABSOLUTE:
        return False
    return all(is_close(numbers(value), first) for value in values[1:])


def _expect_shape(array: np.ndarray, needed: np.ndarray) -> None:
    if array.shape == needed.shape:
        return
    got, want = shape(array), shape(needed)
    if array.ndim == 2 and is_close(array.T, needed):
        raise Slipped("transposed", needed=want)
    if array.size == needed.size:
        slip = "extra_axis" if needed.ndim else "number_in_array"
        raise Slipped(slip, got=got, needed=want)
    if needed.size == 1:
        raise Slipped("not_one_number", got=got)
    if array.size == 1:
        raise Slipped("only_one_number", needed=want)
    raise Slipped("shape", got=got, needed=want)


def _expect_finite(array: np.ndarray, needed: np.ndarray) -> None:
    if not np.isfinite(needed).all() or np.isfinite(array).all():
        return
    slip = "not_a_number" if np.isnan(array).any() else "infinite"
    raise Slipped(slip, got=shown(array))


def _common_factor(found: Sequence[Any], cases: Sequence[Case]) -> Slipped | None:
    """Return the slip of answers that are all right but for a factor; None for others.

    One number can always be had from another by a factor, so two are needed.
    """
    pairs = list(zip(found, cases, strict=True))
    factors = np.array([_factor(numbers(got), case.needed) for got, case in pairs])
    size = sum(np.size(case.needed) for case in cases)
    if size < 2 or np.isnan(factors).any():
        return None
    rows = np.array([case.rows for case in cases])
    n = cases[0].rows
    if (rows > 1).all() and np.allclose(factors, rows):
        return Slipped("mean_forgotten", n=n)
    if (rows > 1).all() and np.allclose(factors, 1 / np.maximum(rows, 1)):
        return Slipped("mean_twice", n=n)
    if not np.allclose(factors, factors[0]):
        return None
    if abs(factors[0]) < ABSOLUTE:
        return Slipped("all_zero")
    if np.isclose(factors[0], -1):
        return Slipped("sign")
    return Slipped("factor", factor=f"{factors[0]:.4g}")


def _factor(got: np.ndarray, needed: Any) -> float:
    """Return the number that takes what is needed to the answer; nan for none."""
    want = np.asarray(needed, dtype=float)
    square = float(np.sum(want * want))
    if got.shape != want.shape or not square or not np.isfinite(got).all():
        return np.nan
    factor = float(np.sum(got * want)) / square
    return factor if is_close(got, factor * want) else np.nan
