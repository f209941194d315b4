"""A plan written down as Python: the training step as one would write it by hand."""

import re
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Primitive
from kobai.engines.numpy_engine.lines import emit, emit_number, index_text
from kobai.engines.numpy_engine.names import input_names, stem_of, unused
from kobai.engines.numpy_engine.plan import Buffer, Plan, constants_of, is_view
from kobai.graph import Constant, Input, Node, Operation
from kobai.graph.identities.matching import same_signs

# What writes into an array, be it one without axes.
_WRITES = (ops.SETITEM, ops.SCATTER, ops.ADD_AT)

_NUMBERS = {0: "zero", 1: "one", 2: "two", 0.5: "half", -1: "minus_one"}


class Writer:
    """Writes the source of a plan, and keeps the constants that it refers to.

    `valid_indices` are inputs that are promised to be at least 0 and within the bounds
    of what they index, so that no time is spent on checking them.
    """

    def __init__(self, plan: Plan, *, valid_indices: Collection[Input] = ()) -> None:
        self.plan = plan
        self.valid_indices = valid_indices
        self.names: dict[Any, str] = dict(input_names(plan.graph))
        self.constants: dict[str, Any] = {}
        # Lines that allocate, and names that statements such as a += b rebind.
        self.allocations: list[str] = []
        self.rebound: set[str] = set()
        self._taken = {"np", plan.graph.name, *self.names.values()}
        self._made: dict[Any, str] = {}
        # Where the entries that labels pick lie in a flat array.
        self.places: dict[Any, str] = {}
        for buffer in plan.buffers:
            self.names[buffer] = self.allocate(buffer.name, buffer.shape, buffer.dtype)
        for constant in constants_of(plan):
            self.names[constant] = self._literal(constant)

    def source(self) -> str:
        """Return the whole module: buffers, and the function that uses them."""
        graph = self.plan.graph
        body = [line for node in self.plan.order for line in self.lines(node)]
        for target, node in self.plan.copies:
            body.append(self._copy(self.names[target], node))
        outputs = [self.expression(n) for n in graph.outputs]
        body.append(f"return [{', '.join(outputs)}]")
        rebound = [name for name in self.rebound if name not in self._inputs()]
        if rebound:
            body.insert(0, f"global {', '.join(sorted(rebound))}")
        head = f"def {graph.name}({', '.join(self._inputs())}):"
        kept = [*self.allocations, *self._constant_lines()]
        lines = ["", "", head, *(f"    {b}" for b in body)]
        for line in reversed(kept):
            # What a shorter way has made superfluous is left out.
            if _mentions(lines, line.split(" = ")[0]):
                lines.insert(0, line)
        return "\n".join(["import numpy as np", "", *lines]) + "\n"

    def _copy(self, target: str, node: Node) -> str:
        if node.shape == ():
            return f"{target}[...] = {self.expression(node)}"
        return f"np.copyto({target}, {self.expression(node)})"

    def _inputs(self) -> list[str]:
        return [self.names[n] for n in self.plan.graph.inputs]

    def lines(self, node: Operation) -> list[str]:
        """Return the lines that compute one operation."""
        if is_view(node):
            return []
        if node.shape == () and node.primitive in _WRITES:
            self.names[node] = self.allocate(stem_of(node), (), node.dtype)
            return emit(self, node, self.names[node])
        if node.shape == ():
            call = emit_number(self, node)
            self.names[node] = unused(stem_of(node), self._taken)
            return [f"{self.names[node]} = {call}"]
        return emit(self, node, self.names[self.plan.places[node]])

    def expression(self, node: Node) -> str:
        """Return how the source refers to a node."""
        if is_view(node):
            return self._view(node)
        if node in self.plan.places:
            return self.names[self.plan.places[node]]
        return self.names[node]

    def _view(self, node: Operation) -> str:
        of = self.expression(node.inputs[0])
        if node.primitive is ops.RESHAPE:
            if node.ndim == 1 and self.is_buffer(of):
                return self.alias(of, "row", ".reshape(-1)")
            return f"{of}.reshape({node.shape})"
        if node.primitive is ops.BROADCAST_TO:
            return f"np.broadcast_to({of}, {node.shape})"
        if node.primitive is ops.TRANSPOSE:
            axes = node.attributes["axes"]
            is_reversed = axes == tuple(range(len(axes)))[::-1]
            return f"{of}.T" if is_reversed else f"{of}.transpose({axes})"
        return f"{of}[{index_text(node.attributes['pattern'], [])}]"

    # --- what lives beside the function

    def allocate(self, name: str, shape: tuple[int, ...], dtype: DTypeLike) -> str:
        """Return the name of a new array, which is allocated once."""
        name = unused(_identifier(name), self._taken)
        self.allocations.append(f"{name} = np.empty({shape}, np.{dtype_name(dtype)})")
        return name

    def alias(self, of: str, suffix: str, expression: str) -> str:
        """Return the name of another way to look at a buffer, made once."""
        key = (of, expression)
        if key not in self._made:
            name = unused(f"{of}_{suffix}", self._taken)
            self.allocations.append(f"{name} = {of}{expression}")
            self._made[key] = name
        return self._made[key]

    def full(self, shape: tuple[int, ...], number: complex, dtype: DTypeLike) -> str:
        """Return the name of an array of one number, made once."""
        value = np.full(shape, number, dtype)
        text = _written(value)
        if text not in self._made:
            name = unused("bound" if value.any() else "zeros", self._taken)
            self.allocations.append(f"{name} = {text}")
            self._made[text] = name
        return self._made[text]

    def constant(self, value: np.ndarray, name: str) -> str:
        """Return the name of a constant array, one for each value."""
        key = (value.shape, value.dtype, value.tobytes())
        if key not in self._made:
            self._made[key] = unused(_identifier(name), self._taken)
            self.constants[self._made[key]] = value
        return self._made[key]

    def number(self, value: complex, dtype: DTypeLike) -> str:
        """Return the name of a number as an array: NumPy takes it up faster."""
        return self.constant(np.asarray(value, dtype), _number_name(value))

    def function(self, primitive: Primitive) -> str:
        """Return how the source calls a primitive's function: np.exp, or inv_of."""
        evaluate = primitive.evaluate
        is_numpy = not primitive.elementwise or evaluate is getattr(
            np, primitive.name, None
        )
        if is_numpy and primitive.type_of is None:
            return f"np.{primitive.name}"
        if evaluate not in self._made:
            self._made[evaluate] = unused(f"{primitive.name}_of", self._taken)
            self.constants[self._made[evaluate]] = evaluate
        return self._made[evaluate]

    def is_buffer(self, name: str) -> bool:
        """Whether a name is that of an array of the plan's own, not of an input."""
        return any(line.startswith(f"{name} = ") for line in self.allocations)

    def is_own(self, node: Operation) -> bool:
        """Whether a result lies in a buffer, whose layout is known."""
        return isinstance(self.plan.places[node], Buffer)

    def _literal(self, constant: Constant) -> str:
        value = np.asarray(constant.value)
        if constant.weak:
            text = _number_text(constant.value)
            return f"({text})" if text.startswith("-") else text
        if value.ndim == 0:
            return self.number(value.item(), value.dtype)
        is_count = value.ndim == 1 and np.array_equal(value, np.arange(len(value)))
        return self.constant(value, "rows" if is_count else "constant")

    def _constant_lines(self) -> list[str]:
        arrays = [(n, v) for n, v in self.constants.items() if not callable(v)]
        used = ((name, _written(value)) for name, value in arrays)
        return [f"{name} = {text}" for name, text in used if text]


def _mentions(lines: list[str], name: str) -> bool:
    return any(re.search(rf"\b{name}\b", line) for line in lines)


def dtype_name(dtype: DTypeLike) -> str:
    """Return the name of a dtype in the module np."""
    name = np.dtype(dtype).name
    return "bool_" if name == "bool" else name


def _identifier(wanted: str) -> str:
    name = re.sub(r"\W+", "_", wanted).strip("_") or "value"
    return name if name.isidentifier() else f"n{name}"


def _number_text(value: complex) -> str:
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
        text = _number_text(first.item()) if text in ("inf", "-inf") else text
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
