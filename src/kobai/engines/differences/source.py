"""The generated code of a sweep: the loss for each new value of each number."""

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from kobai.autodiff import operations as ops
from kobai.engines.differences.placement import Loop, Placed, reduces
from kobai.engines.numba_engine.expressions import COMPARISONS, EXPRESSIONS, LOGICAL
from kobai.engines.numba_engine.lower import uniform
from kobai.engines.numba_engine.names import short
from kobai.graph import Node, Operation

HEADER = '''"""Written by Kobai to differentiate numerically; it may be deleted."""

import numpy as np

from kobai.engines.numba_engine.kernels.tools import tools

f8, i8, u8, bool_ = np.float64, np.int64, np.uint64, np.bool_
maximum, minimum = tools.maximum, tools.minimum
exp_float64, exp_near_zero = tools.exp_float64, tools.exp_near_zero
log_float64 = tools.log_float64
tanh_float64, logaddexp_float64 = tools.tanh_float64, tools.logaddexp_float64

'''

STARTS = {ops.SUM: "0.0", ops.MAX: "-np.inf", ops.MIN: "np.inf"}
GATHERS = {
    ops.SUM: "{0} + {1}",
    ops.MAX: "maximum({0}, {1})",
    ops.MIN: "minimum({0}, {1})",
}


@dataclass
class Sweep:
    """Source, and what it takes beside the numbers of rows and columns.

    `given` are values without a perturbation, `buffers` perturbed ones that are kept
    from loop to loop, `sizes` the numbers of columns of the loops.
    """

    source: str = ""
    given: list[Node] = field(default_factory=list)
    buffers: list[Node] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


def write_sweep(placed: Placed, near: bool = True) -> Sweep:
    """Return the code that computes the sums for each new value of each number.

    With `near` an eˣ is the one without the change times e to the power of x's change,
    which a short polynomial gives where that is small. To tell whether it was, the code
    leaves in its last array the largest sum of the squares of a network's changes.
    """
    sweep = Sweep()
    writer = _Writer(placed, sweep, near)
    body = [line for loop in placed.loops for line in writer.loop(loop)]
    body += [f"{writer.sum(n)}[at] = s{i}" for i, n in enumerate(placed.sums)]
    body += ["farthest = maximum(farthest, squares)"]
    after = writer.restore()
    sizes = [
        "n",
        "columns",
        "inner",
        "first",
        "stop",
        *(f"n{i}" for i in range(len(sweep.sizes))),
    ]
    arrays = [f"given{i}" for i in range(len(sweep.given))]
    arrays += [f"kept{i}" for i in range(len(sweep.buffers))]
    arrays += [writer.sum(n) for n in placed.sums]
    arrays += ["moved"]
    lines = [
        f"def steps(sizes, changes, {', '.join(arrays)}):",
        *(f"    {name} = sizes[{i}]" for i, name in enumerate(sizes)),
        "    farthest = 0.0",
        "    for j in range(first, stop):",
        "        for i in range(inner):",
        "            for side in range(u8(2)):",
        "                at = (j * inner + i) * u8(2) + side",
        "                change = changes[at]",
        "                squares = 0.0",
        *indented(body, 4),
        *indented(after, 2),
        "    moved[0] = farthest",
    ]
    sweep.source = HEADER + "\n" + "\n".join(lines) + "\n"
    return sweep


def indented(lines: list[str], depth: int) -> list[str]:
    """Return lines, each moved to the right."""
    return ["    " * depth + line for line in lines]


T = TypeVar("T")


class _Writer:
    """Writes the loops, and notes what they need."""

    def __init__(self, placed: Placed, sweep: Sweep, near: bool) -> None:
        self.placed = placed
        self.sweep = sweep
        self.near = near
        self.names = {node: f"v{i}" for i, node in enumerate(placed.kinds)}

    def loop(self, loop: Loop) -> list[str]:
        """Return the lines of one loop."""
        if loop.kind == "product":
            return self._product(loop.nodes[0])
        lines = [line for n in loop.nodes if reduces(n) for line in self._start(n)]
        inner = ["for r in range(n):"]
        inner += indented([line for n in loop.nodes for line in self._compute(n)], 1)
        if loop.kind != "cell":
            return lines + inner
        head = f"for k in range({self._size(loop.columns)}):"
        return [*lines, head, *indented(inner, 1)]

    def sum(self, node: Operation) -> str:
        """Return the name of the array for a sum over the batch."""
        return f"sums{self.placed.sums.index(node)}"

    def restore(self) -> list[str]:
        """Return the lines that undo the changes of a column."""
        columns = [n for n in self.sweep.buffers if self.placed.kinds[n] == "column"]
        lines = [
            f"{self._buffer(n)}[j * n + r] = {self._given(n)}[j * n + r]"
            for n in columns
        ]
        return ["for r in range(n):", *indented(lines, 1)] if lines else []

    # --- names

    def _given(self, node: Node) -> str:
        return f"given{_position(self.sweep.given, node)}"

    def _buffer(self, node: Node) -> str:
        return f"kept{_position(self.sweep.buffers, node)}"

    def _size(self, size: int) -> str:
        return f"n{_position(self.sweep.sizes, size)}"

    # --- operations

    def _start(self, node: Operation) -> list[str]:
        start = STARTS[node.primitive]
        if node in self.placed.sums:
            return [f"s{self.placed.sums.index(node)} = {start}"]
        return ["for r in range(n):", f"    {self._buffer(node)}[r] = {start}"]

    def _compute(self, node: Operation) -> list[str]:
        """Return the lines for an operation at row r, and column j or k."""
        if reduces(node):
            value = self._operand(node.inputs[0], node)
            if node in self.placed.sums:
                total = f"s{self.placed.sums.index(node)}"
            else:
                total = f"{self._buffer(node)}[r]"
            return [f"{total} = {GATHERS[node.primitive].format(total, value)}"]
        name = self.names[node]
        if self.near and node.primitive is ops.EXP:
            lines = self._near_exp(node)
        else:
            lines = [f"{name} = {self._formula(node)}"]
        users = [n for n in self.placed.operations if node in n.inputs]
        if not all(self.placed.is_local(node, user) for user in users):
            lines.append(f"{self._buffer(node)}[{self._index(node)}] = {name}")
        return lines

    def _index(self, node: Node) -> str:
        return {"column": "j * n + r", "cell": "k * n + r", "row": "r"}[
            self.placed.kinds[node]
        ]

    def _near_exp(self, node: Operation) -> list[str]:
        """Return the lines of eˣ = eᵃ · eˣ⁻ᵃ, where a is x without the change."""
        (source,) = node.inputs
        place = self._index(node)
        change = f"{self.names[node]}d"
        x = self._operand(source, node)
        power = f"{self._given(node)}[{place}] * exp_near_zero({change})"
        return [
            f"{change} = {x} - {self._given(source)}[{place}]",
            f"squares = squares + {change} * {change}",
            f"{self.names[node]} = {power}",
        ]

    def _formula(self, node: Operation) -> str:
        if node is self.placed.first and self.placed.slope is not None:
            return self._moved(node, self.placed.slope)
        if node.primitive is ops.MATMUL:
            return self._outer(node)
        if node.primitive is ops.GETITEM:
            label = f"{self._given(node.inputs[2])}[r]"
            columns = self._size(node.inputs[0].shape[1])
            place = f"(u8({label}) if {label} >= 0 else u8({label} + i8({columns})))"
            return f"{self._buffer(node.inputs[0])}[{place} * n + r]"
        if node.primitive is ops.RESHAPE:
            return self._operand(node.inputs[0], node)
        operands = [self._cast(i, n, node) for i, n in enumerate(node.inputs)]
        return EXPRESSIONS[node.primitive].format(
            *operands, dtype="float64", f="f8", zero="f8(0)", one="f8(1)"
        )

    def _moved(self, node: Operation, slope: Node) -> str:
        """A change of W[i, j] moves column j of x @ W by column i of x."""
        moved = f"change * {self._given(slope)}[i * n + r]"
        return f"{self._given(node)}[j * n + r] + {moved}"

    def _outer(self, node: Operation) -> str:
        """A change of column j of x moves x @ W by an outer product."""
        left, right = node.inputs
        moved = f"{self._buffer(left)}[j * n + r] - {self._given(left)}[j * n + r]"
        weight = f"{self._given(right)}[k * columns + j]"
        return f"{self._given(node)}[k * n + r] + ({moved}) * {weight}"

    def _product(self, node: Operation) -> list[str]:
        """Return the loops of a whole product, four terms at a time."""
        left, right = self._buffer(node.inputs[0]), self._given(node.inputs[1])
        out = f"{self._buffer(node)}[k * n + r]"
        terms = [f"{left}[(l + u8({i})) * n + r] * w{i}" for i in range(4)]
        length = self._size(node.inputs[0].shape[1])
        return [
            f"for k in range({self._size(node.shape[1])}):",
            "    for r in range(n):",
            f"        {out} = 0.0",
            f"    whole = {length} - {length} % u8(4)",
            "    for l in range(u8(0), whole, u8(4)):",
            *(f"        w{i} = {right}[k * {length} + l + u8({i})]" for i in range(4)),
            "        for r in range(n):",
            f"            {out} += {' + '.join(terms)}",
            f"    for l in range(whole, {length}):",
            f"        w0 = {right}[k * {length} + l]",
            "        for r in range(n):",
            f"            {out} += {left}[l * n + r] * w0",
        ]

    def _cast(self, position: int, source: Node, node: Operation) -> str:
        wanted = node.dtype
        if node.primitive in COMPARISONS:
            is_float = any(n.dtype.kind == "f" for n in node.inputs)
            wanted = np.dtype(np.float64) if is_float else source.dtype
        is_condition = node.primitive is ops.WHERE and position == 0
        if node.primitive in LOGICAL or is_condition:
            wanted = source.dtype
        constant = uniform(source)
        if constant is not None:
            text = repr(constant) if np.isfinite(constant) else f"np.{constant}"
            return f"{short(wanted)}({text})"
        text = self._operand(source, node)
        return text if source.dtype == wanted else f"{short(wanted)}({text})"

    def _operand(self, source: Node, node: Operation) -> str:
        """Return how an operand is read at row r, and column j or k."""
        if self.placed.is_local(source, node):
            return self.names[source]
        loop = self.placed.loop_of(node)
        column = "j" if loop is not None and loop.kind == "column" else "k"
        if source in self.placed.kinds:
            is_row = self.placed.kinds[source] == "row"
            return f"{self._buffer(source)}[{'r' if is_row else f'{column} * n + r'}]"
        if source is self.placed.target:
            return "change"
        array = self._given(source)
        if source.size == 1:
            return f"{array}[0]"
        if node.ndim == 1 or source.shape == (self.placed.rows, 1):
            return f"{array}[r]"
        if source.shape == node.shape:
            return f"{array}[{column} * n + r]"
        return f"{array}[{column}]"


def _position(items: list[T], item: T) -> int:
    if item not in items:
        items.append(item)
    return items.index(item)
