"""A formula typed by the user, read as a sum is read and never run as Python."""

import ast
import operator
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai.errors import KobaiError, suggest

Node = Callable[[Any], Any]

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "arcsin": np.arcsin,
    "arccos": np.arccos,
    "arctan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "max": np.maximum,
    "min": np.minimum,
}
TWO_ARGUMENTS = ("max", "min")
CONSTANTS = {"pi": np.pi, "e": np.e}
VARIABLES = {"x": 0, "y": 1, "z": 2} | {f"x{i}": i for i in range(10)}
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
LONGEST = 1000
DEEPEST = 50
LARGEST_POWER = 100


class FormulaError(KobaiError, ValueError):
    """A formula cannot be read; the message says where and how to write it."""


@dataclass(frozen=True)
class Formula:
    """A function of the array `x`, written in plain NumPy from what was typed.

    `x[0]` is `x0`, so `x` has the shape `(variables, ...)`: one point, or a grid.
    `names` are the variables' names as they were typed.

    >>> f = read_formula("x0**2 + x1**2")
    >>> f.variables
    2
    >>> float(f(np.array([3.0, 4.0])))
    25.0
    """

    text: str
    names: tuple[str, ...]
    function: Node

    @property
    def variables(self) -> int:
        """How many numbers `x` has."""
        return len(self.names)

    def __call__(self, x: Any) -> Any:
        """Return the value at `x`."""
        return self.function(x)


def read_formula(text: str) -> Formula:
    """Read a formula of `x0`, `x1`, … (or `x`, `y`, `z`).

    It may hold numbers, `+ - * / **`, brackets, `pi`, `e` and the names in
    `FUNCTIONS`. Anything else raises `FormulaError`.

    >>> read_formula("sin(x) + y**2").variables
    2
    >>> read_formula("__import__('os')")
    Traceback (most recent call last):
    ...
    kobai.cli.formula.FormulaError: formula: "__import__" is not a function here; ...
    """
    try:
        tree = _parse(text)
        function = _build(tree, 0)
    except (RecursionError, MemoryError):
        raise FormulaError("formula: nested too deeply to be read") from None
    used = {VARIABLES[name]: name for name in _variables(tree)}
    if not used:
        raise FormulaError(
            f'formula: "{text}" has no variable; write it with x0, x1, … (or x, y)'
        )
    names = [used.get(i, f"x{i}") for i in range(max(used) + 1)]
    return Formula(text, tuple(names), function)


def _parse(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise FormulaError(
            f"formula: {len(text)} characters long; at most {LONGEST} are read"
        )
    try:
        with warnings.catch_warnings():
            # Python's remarks are about Python: "'int' object is not callable".
            warnings.simplefilter("ignore")
            return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise FormulaError(_where(text.strip(), error)) from None
    except ValueError:
        raise FormulaError(
            "formula: holds a character that no formula has, such as a zero byte"
        ) from None


def _where(text: str, error: SyntaxError) -> str:
    """Say where reading stopped; Python's own words would speak of statements."""
    at = max((error.offset or 1) - 1, 0)
    rest = _brief(text[at:]) or "the end"
    return (
        f'formula: cannot read "{_brief(text)}" at "{rest}"; '
        'write it as in "x0**2 + 3*sin(x1)" (a product needs its *)'
    )


def _brief(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def _variables(tree: ast.AST) -> list[str]:
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return [name for name in names if name in VARIABLES]


def _build(node: ast.expr, depth: int) -> Node:
    """Turn one node of the tree, and all below it, into a function of `x`."""
    if depth > DEEPEST:
        raise FormulaError(f"formula: nested more than {DEEPEST} deep")
    match node:
        case ast.Constant(value=int() | float() as value) if value is not bool(value):
            return _number(value)
        case ast.Name():
            return _name(node.id)
        case ast.UnaryOp() if type(node.op) in OPERATORS:
            return _unary(OPERATORS[type(node.op)], _build(node.operand, depth + 1))
        case ast.BinOp(op=ast.BitXor()):
            raise FormulaError('formula: "^" is not a power here; write x0**2')
        case ast.BinOp() if type(node.op) in OPERATORS:
            return _binary(node, depth)
        case ast.Call():
            return _call(node, depth)
    raise FormulaError(
        f'formula: "{_brief(ast.unparse(node))}" cannot be used; a formula has '
        "numbers, x0, x1, …, + - * / **, brackets, pi, e and functions such as sin(x0)"
    )


def _number(value: float) -> Node:
    try:
        # NumPy's float overflows to inf, where Python's int would fill the memory.
        constant = np.float64(value)
    except OverflowError:
        raise FormulaError("formula: a number is too large to compute with") from None
    return lambda x: constant


def _name(name: str) -> Node:
    if name in VARIABLES:
        index = VARIABLES[name]
        return lambda x: x[index]
    if name in CONSTANTS:
        return _number(CONSTANTS[name])
    hint = suggest(name, [*VARIABLES, *CONSTANTS, *FUNCTIONS])
    if name in FUNCTIONS:
        hint = f" Write {name}(x0)."
    raise FormulaError(
        f'formula: "{_brief(name)}" is not a variable; they are x0, x1, … '
        f"(or x, y, z).{hint}"
    )


def _unary(function: Callable[[Any], Any], inner: Node) -> Node:
    return lambda x: function(inner(x))


def _binary(node: ast.BinOp, depth: int) -> Node:
    left = _build(node.left, depth + 1)
    right = _build(node.right, depth + 1)
    if isinstance(node.op, ast.Pow):
        _check_power(node.right, right)
    function = OPERATORS[type(node.op)]
    return lambda x: function(left(x), right(x))


def _check_power(node: ast.expr, exponent: Node) -> None:
    if _variables(node):
        return
    with np.errstate(all="ignore"):
        value = float(exponent(None))
    if not abs(value) <= LARGEST_POWER:
        raise FormulaError(
            f"formula: the power {value:g} is too large; at most {LARGEST_POWER}"
        )


def _call(node: ast.Call, depth: int) -> Node:
    name = ast.unparse(node.func)
    if name not in FUNCTIONS:
        raise FormulaError(
            f'formula: "{_brief(name)}" is not a function here; there are '
            f"{', '.join(FUNCTIONS)}.{suggest(name, FUNCTIONS)}"
        )
    need = 2 if name in TWO_ARGUMENTS else 1
    if len(node.args) != need or node.keywords:
        got = len(node.args) + len(node.keywords)
        raise FormulaError(f"formula: {name}() got {got} arguments; it takes {need}")
    function = FUNCTIONS[name]
    arguments = [_build(argument, depth + 1) for argument in node.args]
    return lambda x: function(*[argument(x) for argument in arguments])
