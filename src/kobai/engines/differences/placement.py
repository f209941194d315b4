"""Which part of each value a changed parameter reaches, and in which loop it belongs.

Values are of these kinds, for a batch of n rows:

column: a matrix (n, m) of which one column changes, that of the parameter
cell: a matrix (n, m) that changes everywhere
row: a number for each row, (n, 1) or (n,)
sum: a sum over the batch, which ends the compiled part
after: what is computed from the sums
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kobai.autodiff import operations as ops
from kobai.engines.numba_engine.expressions import EXPRESSIONS
from kobai.engines.numba_engine.lower import REDUCTIONS
from kobai.errors import NotCompilable
from kobai.graph import Constant, Input, Node, Operation
from kobai.graph.node import is_a

# These loops have one operation: a product has three loops, and a pick, which reads
# from all over the memory, would keep its neighbours from being vectorised.
ALONE = ("product", "pick")


@dataclass(frozen=True, eq=False)
class Loop:
    """Operations that are computed together, entry by entry.

    It runs over the rows of one column ("column"), of all columns ("cell"), or over
    the rows alone ("row"); or it is one of those that stand alone.
    """

    kind: str
    columns: int
    nodes: list[Operation] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Placed:
    """The changed operations with their kinds, in loops one behind the other.

    The parameter changes one of `columns` columns of `first`, which has `rows` rows. A
    change of a number in row i of the parameter moves that column by so much of column
    i of `slope`; where that is None, `first` is computed from the new number.
    """

    target: Input
    first: Operation
    slope: Node | None
    kinds: dict[Node, str]
    loops: list[Loop]
    sums: list[Operation]

    @property
    def rows(self) -> int:
        """The number of rows of the batch."""
        return self.first.shape[0]

    @property
    def columns(self) -> int:
        """The number of columns of the matrix that the parameter changes first."""
        return self.first.shape[1]

    @property
    def inner(self) -> int:
        """The number of the parameter's own rows: 1 for a bias."""
        return self.target.size // self.columns

    @property
    def operations(self) -> list[Operation]:
        """The operations of all loops."""
        return [node for loop in self.loops for node in loop.nodes]

    def loop_of(self, node: Node) -> Loop | None:
        """Return the loop that computes an operation; None for what is not changed."""
        return next((loop for loop in self.loops if node in loop.nodes), None)

    def is_local(self, node: Node, user: Operation) -> bool:
        """Whether an operation finds an operand in a variable of its own loop."""
        if node not in self.kinds or self.loop_of(node) is not self.loop_of(user):
            return False
        return reads_in_place(node, user)


def place(reached: Sequence[Operation], target: Input) -> Placed:
    """Return the operations that depend on an input, up to the sums over the batch.

    Raises NotCompilable where one of them is none of the kinds.
    """
    first, slope = _first(reached, target)
    placed = Placed(target, first, slope, {}, [], [])
    for node in reached[reached.index(first) :]:
        is_moved = node is first and slope is not None
        kind = placed.kinds[node] = "column" if is_moved else _kind(node, placed)
        if kind == "sum":
            placed.sums.append(node)
        if kind != "after":
            _join(node, placed)
    return placed


def _first(
    reached: Sequence[Operation], target: Input
) -> tuple[Operation, Node | None]:
    """Return the operation of which the input changes a column, and its slope.

    A product and the bias that is added to it count as one.
    """
    users = [n for n in reached if target in n.inputs]
    first = reached[0] if reached else None
    if first is None or users != [first] or first.ndim != 2:
        raise _no("the input is used more than once, or not by rows")
    if first.inputs.count(target) == 1:
        if first.primitive is ops.MATMUL and first.inputs[1] is target:
            return _with_bias(first, reached), first.inputs[0]
        if first.primitive.elementwise and _lies_along(target, first):
            return first, _ones(first) if first.primitive is ops.ADD else None
    raise _no("the input is neither multiplied from the right nor added to rows")


def _with_bias(product: Operation, reached: Sequence[Operation]) -> Operation:
    users = [n for n in reached if product in n.inputs]
    if len(users) == 1 and users[0].primitive is ops.ADD:
        others = [n for n in users[0].inputs if n is not product]
        if users[0].shape == product.shape and not any(n in reached for n in others):
            return users[0]
    return product


def _ones(rows: Node) -> Constant:
    ones = np.ones((rows.shape[0], 1))
    return Constant(ones.shape, ones.dtype, False, ones)


def _lies_along(target: Input, rows: Node) -> bool:
    return target.shape[-1:] == rows.shape[1:] and target.size == rows.shape[1]


def _kind(node: Operation, placed: Placed) -> str:
    given = [placed.kinds.get(n) for n in node.inputs]
    if "sum" in given or "after" in given:
        if set(given) <= {"sum", "after", None}:
            return "after"
        raise _no("a sum over the batch that goes back to the rows")
    if node.primitive is ops.MATMUL:
        return _kind_of_product(node, given)
    if node.primitive in REDUCTIONS:
        return _kind_of_reduction(node, given)
    if node.primitive is ops.GETITEM:
        return _kind_of_pick(node, given, placed)
    if node.primitive is ops.RESHAPE:
        if given == ["row"] and node.shape in _row_shapes(placed):
            return "row"
    elif node.primitive in EXPRESSIONS and node.dtype.name in ("float64", "bool"):
        return _kind_of_entries(node, given, placed)
    raise _no(node.primitive.name)


def _kind_of_product(node: Operation, given: list[str | None]) -> str:
    if node.ndim == 2 and given[1] is None and given[0] in ("column", "cell"):
        return "cell"
    raise _no("matmul")


def _kind_of_reduction(node: Operation, given: list[str | None]) -> str:
    axes = tuple(node.attributes["axis"])
    if given[0] in ("column", "cell") and axes == (1,):
        return "row"
    everything = tuple(range(node.inputs[0].ndim))
    if node.primitive is ops.SUM and axes == everything and node.ndim == 0:
        return "sum"
    raise _no(f"{node.primitive.name} over axes {axes}")


def _kind_of_pick(node: Operation, given: list[str | None], placed: Placed) -> str:
    pattern = node.attributes["pattern"]
    arrays = node.inputs[1:]
    is_pick = given[0] in ("column", "cell") and given[1:] == [None, None]
    if is_pick and pattern == (ops.ARRAY, ops.ARRAY):
        rows = (placed.rows,)
        value = getattr(arrays[0], "value", None)
        counts = value is not None and np.array_equal(value, np.arange(placed.rows))
        if counts and arrays[1].shape == rows == node.shape:
            return "row"
    raise _no("getitem")


def _kind_of_entries(node: Operation, given: list[str | None], placed: Placed) -> str:
    kinds = {kind for kind in given if kind is not None}
    if kinds == {"row"}:
        shapes = {n.shape for n in node.inputs if n in placed.kinds}
        if shapes == {node.shape} and node.shape in _row_shapes(placed):
            return "row"
    elif node.ndim == 2 and node.shape[0] == placed.rows:
        fits = all(_fits(n, node, placed) for n in node.inputs)
        if fits and kinds <= {"column"} and node.shape[1] == placed.columns:
            return "column"
        if fits:
            return "cell"
    raise _no(node.primitive.name)


def _fits(operand: Node, node: Operation, placed: Placed) -> bool:
    """Whether an operand of a matrix is one, or has a number for each of its rows."""
    kind = placed.kinds.get(operand)
    if kind == "row":
        return operand.shape == (placed.rows, 1)
    return kind is None or operand.shape == node.shape


def _row_shapes(placed: Placed) -> tuple[tuple[int, ...], ...]:
    return (placed.rows,), (placed.rows, 1)


def _no(what: str) -> NotCompilable:
    return NotCompilable(f"compile: no compiled perturbation of {what}")


# --- loops


def _join(node: Operation, placed: Placed) -> None:
    """Put an operation into the first loop that can have it, or a new one."""
    kind, columns = _run_over(node, placed)
    first = 0
    for source in node.inputs:
        loop = placed.loop_of(source)
        if loop is not None:
            can_share = reads_in_place(source, node)
            can_share = can_share and (loop.kind, loop.columns) == (kind, columns)
            first = max(first, placed.loops.index(loop) + (not can_share))
    for loop in placed.loops[first:]:
        if (loop.kind, loop.columns) == (kind, columns) and kind not in ALONE:
            loop.nodes.append(node)
            return
    placed.loops.append(Loop(kind, columns, [node]))


def _run_over(node: Operation, placed: Placed) -> tuple[str, int]:
    """Return the kind of loop of an operation, and its number of columns."""
    kind = placed.kinds[node]
    if node.primitive is ops.GETITEM:
        return "pick", 1
    if node.primitive in REDUCTIONS:
        source = node.inputs[0]
        if placed.kinds[source] == "row":
            return "row", 1
        # All columns are summed, changed or not.
        return "cell", source.shape[1]
    if node.primitive is ops.MATMUL and placed.kinds.get(node.inputs[0]) == "cell":
        return "product", node.shape[1]
    return kind, node.shape[1] if kind in ("column", "cell") else 1


def reduces(node: Node) -> bool:
    """Whether a value is complete only when its loop is done."""
    return is_a(node, *REDUCTIONS)


def reads_in_place(source: Node, user: Operation) -> bool:
    """Whether an operation can have an entry of an operand as soon as that is made."""
    return not reduces(source) and user.primitive not in (ops.MATMUL, ops.GETITEM)
