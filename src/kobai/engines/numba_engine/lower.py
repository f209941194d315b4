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
from math import prod

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Primitive
from kobai.engines.numba_engine.expressions import EXPRESSIONS
from kobai.engines.numba_engine.limits import need_native, need_same_meaning
from kobai.engines.numba_engine.windows import (
    Region,
    Window,
    part_of,
    region_of,
    spread,
    window_of,
)
from kobai.errors import NotCompilable
from kobai.graph import Constant, Graph, Input, Node, Operation
from kobai.graph.identities.matching import same_signs
from kobai.graph.node import in_order

Loop = tuple[int, int]

REDUCTIONS = (ops.SUM, ops.MAX, ops.MIN)
# They add numbers at the labels of rows.
PUTS = (ops.ADD_AT, ops.SCATTER)


@dataclass(frozen=True, eq=False, slots=True)
class Read:
    """A value that an operation reads, and where in its loop.

    A factor of a product may be `transposed`. What is read through a window may be an
    entry that the loop has not come to.
    """

    node: Node
    place: str
    transposed: bool = False
    window: Window | None = None

    @property
    def apart(self) -> bool:
        """Whether it is read elsewhere than where the loop is."""
        return self.transposed or self.window is not None


@dataclass(eq=False, slots=True)
class Op:
    """An operation as the compiler sees it.

    `kind` is "map" (one result per place), "reduce" (over the rows, the columns or
    all), "pick" (one entry of each row) or "product" (of matrices, the operands in
    `reads`; its loop is that of the result). What is put into a `region` is 0 outside
    of it.
    """

    node: Operation
    kind: str
    loop: Loop
    place: str
    reads: tuple[Read, ...]
    inner: int = 0
    factors: list[tuple[str, Node]] = field(default_factory=list)
    beta: list[tuple[str, Node]] | None = None
    region: Region | None = None

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
    """Whether an index leaves out nothing, or fills everything, in the same order."""
    if node.primitive not in (ops.GETITEM, ops.SCATTER) or len(node.inputs) > 1:
        return False
    slices = [p for p in node.attributes["pattern"] if isinstance(p, slice)]
    return node.size == node.inputs[0].size and all(p.step in (None, 1) for p in slices)


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
        elif primitive in (*PUTS, ops.GETITEM):
            is_fixed = ops.ARRAY not in node.attributes["pattern"]
            is_put = primitive in PUTS
            if is_fixed:
                op = self._filled(node) if is_put else self._sliced(node)
            else:
                op = self._put(node) if is_put else self._pick(node)
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
        if node.ndim > 2:
            parts = [(n, spread(n.shape, node.shape)) for n in node.inputs]
            reads = tuple(_read(n, part, loop) for n, part in parts)
            return Op(node, "map", loop, own_place(loop), reads)
        reads = tuple(
            Read(base_of(n), place_of(two_axes(n.shape, rows), loop))
            for n in node.inputs
        )
        return Op(node, "map", loop, own_place(loop), reads)

    def _transposed(self, node: Operation) -> Op:
        loop = two_axes(node.shape)
        (x,) = node.inputs
        part = np.empty(x.shape, np.uint8).transpose(node.attributes["axes"])
        return Op(node, "map", loop, own_place(loop), (_read(x, part, loop),))

    def _sliced(self, node: Operation) -> Op:
        loop = two_axes(node.shape)
        (x,) = node.inputs
        part = part_of(x.shape, node.attributes["pattern"])
        return Op(node, "map", loop, own_place(loop), (_read(x, part, loop),))

    def _filled(self, node: Operation) -> Op:
        """Return an operation that puts an array into a part of another, or of 0."""
        *dense, v = node.inputs
        loop = two_axes(node.shape)
        region = region_of(node.shape, node.attributes["pattern"], loop)
        if region.rows * region.columns != v.size:
            raise NotCompilable("compile: got one number for many places")
        reads = [Read(base_of(n), own_place(loop)) for n in dense]
        reads.append(Read(base_of(v), own_place(loop), window=region.window(loop)))
        place = own_place(loop)
        return Op(node, "map", loop, place, tuple(reads), region=region)

    def _reduction(self, node: Operation) -> Op:
        (x,) = node.inputs
        axis = node.attributes["axis"]
        whole = all(n == 1 for a, n in enumerate(x.shape) if a not in axis)
        if x.ndim > 2 and not whole:
            return self._reduction_of_many(node, axis)
        loop = two_axes(x.shape, x.ndim == 1 and self._stands_in_rows(x))
        over = {0, 1} if whole else set(axis)
        over = {a for a in over if loop[a] > 1}
        read = Read(base_of(x), own_place(loop))
        if not over:
            return Op(node, "map", loop, own_place(loop), (read,))
        left = {0, 1} - over - {a for a in (0, 1) if loop[a] == 1}
        place = {(): "number", (0,): "row", (1,): "column"}[tuple(sorted(left))]
        return Op(node, "reduce", loop, place, (read,))

    def _reduction_of_many(self, node: Operation, axes: tuple[int, ...]) -> Op:
        """Return a reduction of more than two axes, as one over rows or columns."""
        (x,) = node.inputs
        left = [a for a in range(x.ndim) if a not in axes and x.shape[a] > 1]
        over = [a for a in axes if x.shape[a] > 1]
        count = prod(x.shape[a] for a in over)
        loop = (x.size // count, count)
        if not over:
            loop = two_axes(node.shape)
            return Op(node, "map", loop, own_place(loop), (Read(base_of(x), "cell"),))
        if max(over) < min(left):
            read = Read(base_of(x), "cell")
            return Op(node, "reduce", loop[::-1], "column", (read,))
        if max(left) < min(over):
            return Op(node, "reduce", loop, "row", (Read(base_of(x), "cell"),))
        if len(over) > 1:
            raise NotCompilable("compile: got a sum over axes that lie apart")
        part = np.empty(x.shape, np.uint8)
        read = _read(x, np.moveaxis(part, over[0], -1), loop)
        return Op(node, "reduce", loop, "row", (read,))

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
        if loop[1] == 1 and reads[0].transposed:
            # (Xᵀv)ᵀ = vᵀX fills vectors along the rows of X.
            matrix, vector = (Read(r.node, "cell") for r in reads)
            loop, reads = loop[::-1], (vector, matrix)
        return Op(node, "product", loop, "cell", reads, inner=left[1])


def _read(node: Node, part: np.ndarray, loop: Loop) -> Read:
    """Return how the part of a node that an array of bytes stands for is read."""
    window = window_of(part, loop)
    place = window.place(loop)
    if place is None:
        return Read(base_of(node), "cell", window=window)
    return Read(base_of(node), place)


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
    """Return a shape as rows and columns; a vector is one row, or one column.

    Of more than two axes all but the last count as rows.
    """
    sizes = [n for n in shape if n != 1]
    if not sizes:
        return (1, 1)
    if len(shape) == 1:
        return (shape[0], 1) if rows else (1, shape[0])
    return (prod(shape[:-1]), shape[-1])


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
