"""What each operation of a graph does, in terms of loops over rows and columns.

Every value is a matrix of rows and columns, a vector along one of them, or a number;
in memory it is flat. An operation runs over a loop of R rows and C columns, and each
value that it reads or makes has a place in that loop:

    "cell"    one per row and column, at i * C + j
    "row"     one per row, at i
    "column"  one per column, at j
    "number"  one in all
"""

from dataclasses import dataclass, field

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Primitive
from kobai.engines.numba_engine.errors import NotCompilable
from kobai.engines.numba_engine.expressions import EXPRESSIONS
from kobai.engines.numba_engine.limits import need_native, need_same_meaning
from kobai.graph import Constant, Graph, Input, Node, Operation
from kobai.graph.identities.matching import same_signs
from kobai.graph.node import in_order

Loop = tuple[int, int]

REDUCTIONS = (ops.SUM, ops.MAX, ops.MIN)
# They add numbers at the labels of rows.
PUTS = (ops.ADD_AT, ops.SCATTER)


@dataclass(frozen=True, eq=False, slots=True)
class Read:
    """A value that an operation reads, and where in its loop."""

    node: Node
    place: str
    transposed: bool = False


@dataclass(eq=False, slots=True)
class Op:
    """An operation as the compiler sees it.

    `kind` is "map" (one result per place), "reduce" (over the rows, the columns or
    all), "pick" (one entry of each row) or "product" (of matrices, the operands in
    `reads`; its loop is that of the result).
    """

    node: Operation
    kind: str
    loop: Loop
    place: str
    reads: tuple[Read, ...]
    inner: int = 0
    factors: list[tuple[str, Node]] = field(default_factory=list)
    beta: list[tuple[str, Node]] | None = None

    @property
    def primitive(self) -> Primitive:
        """What is computed."""
        return self.node.primitive


def base_of(node: Node) -> Node:
    """Return the node whose memory, entry by entry, a node is."""
    while isinstance(node, Operation):
        if (
            node.primitive is ops.RESHAPE
            or _reads_all(node)
            or (node.primitive is ops.BROADCAST_TO and node.size == node.inputs[0].size)
        ):
            node = node.inputs[0]
        else:
            break
    return node


def _reads_all(node: Operation) -> bool:
    if node.primitive is not ops.GETITEM or len(node.inputs) > 1:
        return False
    whole = (Ellipsis, slice(None), None)
    return all(p in whole for p in node.attributes["pattern"])


def uniform(node: Node) -> float | int | bool | None:
    """Return the number that a constant holds everywhere, else None."""
    if not isinstance(node, Constant):
        return None
    values = np.asarray(node.value)
    if not values.size or values.dtype.kind not in "fiub":
        return None
    first = values.flat[0]
    is_one = values.dtype.kind != "f" or same_signs(values)
    same = (is_one and np.all(values == first)) or values.size == 1
    number: float | int | bool | None = first.item() if same else None
    return number


def lower(graph: Graph) -> list[Op]:
    """Return the operations of a graph, views apart, each after those it reads.

    Raises NotCompilable, with the operation, for what has no compiled form.
    """
    lowering = _Lowering()
    for node in (*graph.inputs, *in_order(graph.ends)):
        need_native(node)
    for end in graph.ends:
        if not isinstance(base_of(end), Operation) and base_of(end) is not end:
            raise NotCompilable("compile: got a view of an input as a result")
    for node in graph.operations:
        if base_of(node) is node:
            lowering.add(node)
    return lowering.ops


class _Lowering:
    def __init__(self) -> None:
        self.ops: list[Op] = []
        self.known: dict[Node, Op] = {}

    def add(self, node: Operation) -> None:
        primitive = node.primitive
        need_same_meaning(node)
        if primitive is ops.MATMUL:
            op = self._product(node)
        elif primitive in REDUCTIONS:
            op = self._reduction(node)
        elif primitive in PUTS:
            op = self._put(node)
        elif primitive is ops.GETITEM:
            op = self._pick(node)
        elif primitive is ops.TRANSPOSE:
            op = self._transposed(node)
        elif primitive in EXPRESSIONS:
            op = self._map(node)
        else:
            raise NotCompilable(
                f"compile: {primitive.name} has no compiled form; use the NumPy engine"
            )
        self.ops.append(op)
        self.known[node] = op

    def _stands_in_rows(self, node: Node) -> bool:
        """Whether a vector has one entry per row of the loop that made it."""
        op = self.known.get(base_of(node))
        return op is not None and op.place == "row"

    def _map(self, node: Operation) -> Op:
        vectors = [n for n in node.inputs if n.size == node.size and n.size > 1]
        rows = node.ndim == 1 and any(map(self._stands_in_rows, vectors))
        loop = two_axes(node.shape, rows)
        reads = tuple(
            Read(base_of(n), place_of(two_axes(n.shape, rows), loop))
            for n in node.inputs
        )
        return Op(node, "map", loop, own_place(loop), reads)

    def _transposed(self, node: Operation) -> Op:
        if node.attributes["axes"] != (1, 0):
            raise NotCompilable("compile: got a transpose of more than two axes")
        loop = two_axes(node.shape)
        if 1 in loop:
            read = Read(base_of(node.inputs[0]), own_place(loop))
        else:
            read = Read(base_of(node.inputs[0]), "cell", transposed=True)
        return Op(node, "map", loop, own_place(loop), (read,))

    def _reduction(self, node: Operation) -> Op:
        (x,) = node.inputs
        loop = two_axes(x.shape, x.ndim == 1 and self._stands_in_rows(x))
        axis = node.attributes["axis"]
        over = {0, 1} if len(axis) == x.ndim else set(axis)
        over = {a for a in over if loop[a] > 1}
        read = Read(base_of(x), own_place(loop))
        if not over:
            return Op(node, "map", loop, own_place(loop), (read,))
        left = {0, 1} - over - {a for a in (0, 1) if loop[a] == 1}
        place = {(): "number", (0,): "row", (1,): "column"}[tuple(sorted(left))]
        return Op(node, "reduce", loop, place, (read,))

    def _put(self, node: Operation) -> Op:
        at = node.primitive is ops.ADD_AT
        dense = node.inputs[:1] if at else ()
        v, *index = node.inputs[len(dense) :]
        loop = self._labelled(node, node.shape, index)
        reads = [Read(base_of(n), own_place(loop)) for n in dense]
        reads += [Read(base_of(n), row_place(n, loop)) for n in (v, index[1])]
        return Op(node, "map", loop, own_place(loop), tuple(reads))

    def _pick(self, node: Operation) -> Op:
        x, *index = node.inputs
        loop = self._labelled(node, x.shape, index)
        reads = (
            Read(base_of(x), "cell"),
            Read(base_of(index[1]), row_place(index[1], loop)),
        )
        place = "row" if loop[0] > 1 else "number"
        return Op(node, "pick", loop, place, reads)

    def _labelled(
        self, node: Operation, shape: tuple[int, ...], index: list[Node]
    ) -> Loop:
        is_pair = node.attributes["pattern"] == (ops.ARRAY, ops.ARRAY)
        if not is_pair or len(shape) != 2 or shape[1] == 1:
            raise NotCompilable(f"compile: {node.primitive.name} with such an index")
        rows, labels = index
        counted = isinstance(rows, Constant) and np.array_equal(
            np.asarray(rows.value), np.arange(shape[0])
        )
        if not counted or not isinstance(base_of(labels), Input):
            raise NotCompilable(f"compile: {node.primitive.name} with such an index")
        return (shape[0], shape[1])

    def _product(self, node: Operation) -> Op:
        a, b = node.inputs
        if max(a.ndim, b.ndim) > 2 or node.dtype.kind != "f":
            raise NotCompilable("compile: matmul of stacks or of integers")
        if not a.dtype == b.dtype == node.dtype:
            raise NotCompilable("compile: matmul of two dtypes")
        left = a.shape if a.ndim == 2 else (1, a.shape[0])
        right = b.shape if b.ndim == 2 else (b.shape[0], 1)
        loop = (left[0], right[1])
        reads = (_factor(a), _factor(b))
        return Op(node, "product", loop, "cell", reads, inner=left[1])


def _factor(node: Node) -> Read:
    """Return a factor of a product: BLAS reads a transposed one as it lies."""
    below = node
    while isinstance(below, Operation) and below.shape == node.shape:
        if below.primitive is ops.TRANSPOSE and below.attributes["axes"] == (1, 0):
            return Read(base_of(below.inputs[0]), "cell", transposed=True)
        if below.primitive is not ops.RESHAPE:
            break
        below = below.inputs[0]
    return Read(base_of(node), "cell")


def two_axes(shape: tuple[int, ...], rows: bool = False) -> Loop:
    """Return a shape as rows and columns; a vector is one row, or one column."""
    sizes = [n for n in shape if n != 1]
    if not sizes:
        return (1, 1)
    if len(shape) == 1:
        return (shape[0], 1) if rows else (1, shape[0])
    if len(shape) == 2:
        return (shape[0], shape[1])
    raise NotCompilable(f"compile: got a shape of more than two axes, {shape}")


def own_place(loop: Loop) -> str:
    """Return the place of values that there is one of at every turn of a loop."""
    if loop == (1, 1):
        return "number"
    return "row" if loop[1] == 1 else "cell"


def place_of(axes: Loop, loop: Loop) -> str:
    """Return where in a loop a value of some rows and columns is read."""
    if axes == (1, 1):
        return "number"
    if axes == loop:
        return own_place(loop)
    if axes == (1, loop[1]):
        return "column"
    if axes == (loop[0], 1):
        return "row"
    raise NotCompilable(f"compile: got {axes} beside {loop}")


def row_place(node: Node, loop: Loop) -> str:
    """Return the place of a vector with an entry for each row."""
    return "row" if node.size > 1 and loop[0] > 1 else "number"
