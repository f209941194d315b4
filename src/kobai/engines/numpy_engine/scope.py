"""The names of a generated module: what each stands for, and which of them are used."""

import re
from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from kobai.engines.numpy_engine.names import unused
from kobai.graph.identities.matching import same_signs

_NUMBERS = {0: "zero", 1: "one", 2: "two", 0.5: "half", -1: "minus_one"}


class Scope:
    """Names beside a generated function: arrays that are made once, and constants.

    What is declared is written down only if it is used, in the function or for another
    name. What `allocate`, `alias`, `full`, `constant` and `number` return is used.

    >>> scope = Scope(["x"])
    >>> z, spare = (scope.declare("z", "np.empty(3)") for _ in range(2))
    >>> scope.alias(scope.use(z), "row", ".reshape(-1)")
    'z_row'
    >>> scope.lines()
    ['z = np.empty(3)', 'z_row = z.reshape(-1)']
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self.constants: dict[str, Any] = {}
        self._taken = set(taken)
        self._arrays: dict[str, str] = {}
        self._made: dict[Hashable, str] = {}
        self._used: set[str] = set()

    def __contains__(self, name: object) -> bool:
        """Whether a name is that of an array which the module makes."""
        return name in self._arrays

    def lines(self) -> list[str]:
        """Return the lines that make what is used."""
        values = ((n, v) for n, v in self.constants.items() if not callable(v))
        texts = {name: _written(value) for name, value in values}
        made = {**self._arrays, **{n: text for n, text in texts.items() if text}}
        return [f"{name} = {text}" for name, text in made.items() if name in self._used]

    def use(self, name: str) -> str:
        """Return a name, or what else stands for a value, as it goes into a line."""
        self._used.add(name)
        return name

    def free(self, wanted: str) -> str:
        """Return a name that nothing else has."""
        return unused(_identifier(wanted), self._taken)

    def declare(self, wanted: str, text: str) -> str:
        """Return the name of an array that is made as the text says."""
        name = self.free(wanted)
        self._arrays[name] = text
        return name

    def declare_constant(self, value: np.ndarray, wanted: str) -> str:
        """Return the name of a constant array, one for each value."""
        key = (value.shape, value.dtype, value.tobytes())
        if key not in self._made:
            self._made[key] = self.free(wanted)
            self.constants[self._made[key]] = value
        return self._made[key]

    def declare_number(self, value: complex, dtype: DTypeLike) -> str:
        """Return the name of a number as an array: NumPy takes it up faster."""
        return self.declare_constant(np.asarray(value, dtype), _number_name(value))

    def allocate(self, wanted: str, shape: tuple[int, ...], dtype: DTypeLike) -> str:
        """Return the name of a new array, which is allocated once."""
        return self.use(self.declare(wanted, allocation(shape, dtype)))

    def alias(self, of: str, suffix: str, expression: str) -> str:
        """Return the name of another way to look at an array, made once."""
        return self._once((of, expression), f"{of}_{suffix}", self.use(of) + expression)

    def full(self, shape: tuple[int, ...], number: complex, dtype: DTypeLike) -> str:
        """Return the name of an array of one number, made once."""
        value = np.full(shape, number, dtype)
        wanted = "bound" if value.any() else "zeros"
        text = _written(value)
        # Some types have no numbers in Python's own writing.
        return self._once(text, wanted, text) if text else self.constant(value, wanted)

    def constant(self, value: np.ndarray, wanted: str) -> str:
        """Return the name of a constant array in a line."""
        return self.use(self.declare_constant(value, wanted))

    def number(self, value: complex, dtype: DTypeLike) -> str:
        """Return the name of a number as an array in a line."""
        return self.use(self.declare_number(value, dtype))

    def function(self, evaluate: Any, wanted: str) -> str:
        """Return the name of a function that comes from outside."""
        if evaluate not in self._made:
            self._made[evaluate] = self.free(wanted)
            self.constants[self._made[evaluate]] = evaluate
        return self._made[evaluate]

    def _once(self, key: Hashable, wanted: str, text: str) -> str:
        if key not in self._made:
            self._made[key] = self.declare(wanted, text)
        return self.use(self._made[key])


def allocation(shape: tuple[int, ...], dtype: DTypeLike) -> str:
    """Return how an array is made whose numbers are not known yet."""
    return f"np.empty({shape}, np.{dtype_name(dtype)})"


def dtype_name(dtype: DTypeLike) -> str:
    """Return the name of a dtype in the module np."""
    name = np.dtype(dtype).name
    return "bool_" if name == "bool" else name


def _identifier(wanted: str) -> str:
    name = re.sub(r"\W+", "_", wanted).strip("_") or "value"
    return name if name.isidentifier() else f"n{name}"


def number_text(value: complex) -> str:
    """Return a number of Python as it stands in a source."""
    if isinstance(value, float) and not np.isfinite(value):
        return "np.nan" if np.isnan(value) else ("-" * (value < 0)) + "np.inf"
    return repr(value)


def _number_name(value: complex) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, complex):
        return "number"
    if value in _NUMBERS:
        return _NUMBERS[value]
    text = f"{abs(value):.4g}".replace(".", "_").replace("-", "m").replace("+", "")
    return f"minus_{text}" if value < 0 else f"n{text}"


def _written(value: np.ndarray) -> str:
    """Return a constant as Python, where that is short."""
    dtype = f"np.{dtype_name(value.dtype)}"
    if not value.size:
        return f"np.empty({value.shape}, {dtype})"
    if value.dtype.kind == "c" or value.dtype.itemsize > 8:
        return ""
    is_one = value.dtype.kind != "f" or same_signs(value)
    if is_one and np.all(value == value.flat[0]):
        first = value.flat[0]
        # The shortest digits that give the same number in its own type.
        text = str(first) if value.dtype.kind == "f" else repr(first.item())
        text = number_text(first.item()) if text in ("inf", "-inf") else text
        if value.ndim == 0:
            return f"np.array({text}, {dtype})"
        if first == 1:
            return f"np.ones({value.shape}, {dtype})"
        return f"np.full({value.shape}, {text}, {dtype})"
    is_whole = value.ndim == 1 and value.dtype.kind == "i"
    if is_whole and np.array_equal(value, np.arange(len(value))):
        return f"np.arange({len(value)}, dtype={dtype})"
    if is_whole and len(value) > 2:
        step = value[1] - value[0]
        if step > 0 and np.all(np.diff(value) == step):
            bounds = f"{value[0]}, {value[-1] + step}, {step}"
            return f"np.arange({bounds}, dtype={dtype})"
    if value.size <= 16 and np.all(np.isfinite(value)):
        return f"np.array({value.tolist()!r}, {dtype})"
    return ""
