"""A schedule written down as Python that Numba translates: one step of training."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.engines.numba_engine.abi import PRODUCT
from kobai.engines.numba_engine.expressions import COMPARISONS, EXPRESSIONS, LOGICAL
from kobai.engines.numba_engine.lower import PUTS, REDUCTIONS, Op, Read, base_of
from kobai.engines.numba_engine.names import Names, short
from kobai.engines.numba_engine.schedule import Group, Schedule, is_inside, turned
from kobai.engines.numba_engine.windows import Region, Window
from kobai.graph import Constant, Input, Node

INDENT = "    "


@dataclass(frozen=True)
class Stage:
    """The lines of a stage; one that `is_closed` leaves nothing but arrays."""

    lines: list[str]
    is_closed: bool


class Writer:
    """Writes the lines of a step, stage by stage."""

    def __init__(
        self, plan: Schedule, names: Names, rows: Sequence[Input] = ()
    ) -> None:
        self.plan = plan
        self.names = names
        self.left_in_place = _only_multiplied(plan, rows)
        self.is_step = bool(rows)
        self.makers: dict[Node, Op] = {op.node: op for op in plan.ops}
        self.readers: dict[Node, list[Op]] = {}
        for op in plan.ops:
            for read in op.reads:
                self.readers.setdefault(read.node, []).append(op)
        self.memory: dict[Node, str] = {}
        self.products: list[Op] = []
        self.of_rows: set[int] = set()
        self.by_row: set[Node] = set()
        # Counted as they are computed: terms, terms_2, ...
        for op in plan.ops:
            names.of(op.node)
        for op in plan.ops:
            self._give_memory(op)

    def stages(self) -> list[Stage]:
        """Return the whole step, stage by stage."""
        found = list(map(self._stage, self.plan.stages))
        for target, node in self.plan.targets.copies:
            found.append(Stage(self._copy(target, node), is_closed=target.size > 1))
        return found

    # --- where values are kept

    def _give_memory(self, op: Op) -> None:
        """Give a result memory where a later loop reads it."""
        node = op.node
        target = self.plan.targets.in_place.get(node)
        if target is not None:
            self.memory[node] = self.names.argument(target)
            return
        names = self.names
        kept = node in self.plan.targets.results
        kept = kept or any(r.kind == "product" for r in self.readers.get(node, []))
        if op.kind == "product" or op.place == "column":
            self.memory[node] = names.keep(node)
            return
        if op.place == "number":
            if kept:
                self.memory[node] = names.buffer(names.part(node, "at"), 1, node.dtype)
            return
        group = self.plan.group_of[op]
        readers = self.readers.get(node, [])
        outside = kept or any(self.plan.group_of.get(r) is not group for r in readers)
        later = op.place == "cell" and any(
            r.kind == "pick" or group.phase[r] > group.phase[op]
            for r in readers
            if not outside
        )
        is_turned = isinstance(group, Group) and turned(group)
        if outside:
            index = "i" if op.place == "row" else "ij" if op.loop[0] > 1 else "j"
            self.memory[node] = names.keep(node, index)
        elif later:
            self.by_row.add(node)
            size = node.size if is_turned else op.loop[1]
            row = names.part(node, "row")
            self.memory[node] = names.buffer(row, size, node.dtype)
        elif is_turned and op.place == "row":
            rows = names.part(node, "rows")
            self.memory[node] = names.buffer(rows, node.size, node.dtype)

    def stored(self, node: Node) -> str:
        """Return a value as it is stored; what a step leaves behind is 0 or normal.

        Adam's mean of a gradient that has become 0 shrinks to numbers too small for all
        their digits, and stays there, where many a processor is a hundred times slower.
        """
        name = self.names.entry(node)
        is_left = self.is_step and node in self.plan.targets.in_place
        if not is_left or node.dtype.kind != "f":
            return name
        return f"normal_{node.dtype}({name})"

    # --- expressions

    def operand(
        self, op: Op, read: Read, group: Group | None, flat: bool, column: str = "j"
    ) -> str:
        """Return how a value is read in the loop of an operation, at a column."""
        node = read.node
        maker = self.makers.get(node)
        if maker is not None:
            if maker.place == "number":
                return self.names.entry(node)
            if group is not None and self.plan.group_of.get(maker) is group:
                apart = is_inside(op, maker) or group.phase[maker] != group.phase[op]
                if turned(group) and maker.place == "row" and apart:
                    return f"{self.memory[node]}[i]"
                same = maker.place == "row" or group.phase[maker] == group.phase[op]
                if same and op.kind != "pick":
                    return self.names.entry(node)
                if same and read.place == "row":
                    return self.names.entry(node)
        if isinstance(node, Input) and node.size == 1:
            return self.names.of(node)
        name = (
            self.names.array(node)
            if isinstance(node, Constant)
            else (self.memory.get(node) or self.names.of(node))
        )
        return f"{name}[{self._index(op, read, flat, column)}]"

    def _index(self, op: Op, read: Read, flat: bool, column: str) -> str:
        rows, columns = op.loop
        if read.window is not None:
            return self._seen_through(read.window, columns == 1, flat, column)
        if flat:
            return column
        if read.node in self.by_row:
            is_turned = turned(self.plan.group_of[op])
            return f"{column} * {self.names.size(rows)} + i" if is_turned else column
        if read.place == "cell":
            return self.cell(rows, columns, column)
        return {"row": "i", "column": column, "number": "0"}[read.place]

    def _seen_through(self, w: Window, of_rows: bool, flat: bool, column: str) -> str:
        """Return the index of an entry that is read through a window."""
        if flat and of_rows:
            terms = [("j", w.row)]
        elif flat:
            terms = [(column, w.column)]
        elif w.split:
            split = self.names.size(w.split)
            terms = [(f"(i // {split})", w.outer), (f"(i % {split})", w.row)]
            terms.append((column, w.column))
        else:
            terms = [("i", w.row), (column, w.column)]
        found = [
            name if stride == 1 else f"{name} * {self.names.size(stride)}"
            for name, stride in terms
            if stride
        ]
        if w.offset > 0:
            found.append(self.names.size(w.offset))
        behind = f" - {self.names.size(-w.offset)}" if w.offset < 0 else ""
        return (" + ".join(found) or "0") + behind

    def cell(self, rows: int, columns: int, column: str = "j") -> str:
        """Return the index of the entry at row i and a column."""
        return column if rows == 1 else f"i * {self.names.size(columns)} + {column}"

    def expression(self, op: Op, group: Group | None, flat: bool) -> str:
        """Return the formula of an operation that maps its operands."""
        node = op.node
        kind = node.dtype
        if op.primitive in COMPARISONS:
            kind = np.result_type(*(_example(n) for n in node.inputs))
        given = []
        for position, read in enumerate(op.reads):
            wanted = read.node.dtype if op.primitive in LOGICAL else kind
            is_condition = op.primitive is ops.WHERE and position == 0
            if is_condition or self._is_label(op, position):
                wanted = read.node.dtype
            given.append(self._cast(op, read, wanted, group, flat))
        if op.primitive in REDUCTIONS or op.primitive is ops.GETITEM:
            return given[0]
        if op.region is not None:
            return self._in_region(op.region, given, op)
        code = short(kind)
        return EXPRESSIONS[op.primitive].format(
            *given, dtype=kind.name, f=code, zero=f"{code}(0)", one=f"{code}(1)"
        )

    def _in_region(self, region: Region, given: list[str], op: Op) -> str:
        """Return the formula of what is put into a part of an array."""
        *dense, value = given
        conditions = []
        sides = ("i", region.row, region.rows), ("j", region.column, region.columns)
        for (index, start, count), length in zip(sides, op.loop, strict=True):
            if count < length:
                # What counts as unsigned is large, not negative, before the start.
                place = f"{index} - {self.names.size(start)}" if start else index
                conditions.append(f"{place} < {self.names.size(count)}")
        zero = f"{short(op.node.dtype)}(0)"
        put = f"({value} if {' and '.join(conditions)} else {zero})"
        return " + ".join([*dense, put if conditions else value])

    @staticmethod
    def _is_label(op: Op, position: int) -> bool:
        is_put = op.primitive in PUTS and op.region is None
        return is_put and position == len(op.reads) - 1

    def _cast(
        self, op: Op, read: Read, wanted: np.dtype, group: Group | None, flat: bool
    ) -> str:
        number = self.names.number(read.node, wanted)
        if number is not None:
            return number
        text = self.operand(op, read, group, flat)
        return text if read.node.dtype == wanted else f"{short(wanted)}({text})"

    def number(self, node: Node, dtype: np.dtype) -> str:
        """Return how the source has a value that is one number."""
        literal = self.names.number(node, dtype)
        if literal is not None:
            return literal
        base = base_of(node)
        value = self.one(base) if base in self.makers else self.names.of(base)
        return f"{short(dtype)}({value})"

    # --- stages

    def _stage(self, stage: Group | Op) -> Stage:
        from kobai.engines.numba_engine.loops import write_group

        if not isinstance(stage, Group):
            return Stage(self._product(stage), is_closed=True)
        is_closed = all(op.place != "number" for op in stage.ops)
        return Stage(write_group(self, stage), is_closed)

    def _product(self, op: Op) -> list[str]:
        rows, columns = (self.names.size(n) for n in op.loop)
        factors = [self._factor(read.node) for read in op.reads]
        # Bare numbers would be literals to Numba, with a version for each.
        flags = [f"i8({int(read.transposed)})" for read in op.reads]
        dtype = op.node.dtype
        alpha = self._scale(op.factors, dtype)
        beta = f"{short(dtype)}(0)" if op.beta is None else self._scale(op.beta, dtype)
        out = self.memory[op.node]
        number = len(self.products)
        everything, indices, start = factors[0], "counting", "u8(0)"
        first = op.reads[0].node
        if first in self.left_in_place:
            self.of_rows.add(number)
            everything, indices = self.names.part(first, "rows"), "indices"
            start = f"u8(s) * {self.names.size(first.shape[0])}"
        self.products.append(op)
        given = PRODUCT.in_order(
            a=factors[0], everything=everything, indices=indices, start=start,
            ta=flags[0], b=factors[1], tb=flags[1], c=out, m=rows, n=columns,
            k=self.names.size(op.inner), alpha=alpha, beta=beta,
            way=self.names.way(number), spare=self._spare(op), counting="counting",
            board="board",
        )  # fmt: skip
        return call("matmul", given)

    def _factor(self, node: Node) -> str:
        if isinstance(node, Constant):
            return self.names.array(node)
        if isinstance(node, Input):
            return self.names.argument(node)
        return self.memory[node]

    def _spare(self, op: Op) -> str:
        """Return memory for factors laid out anew, or for half of a sum."""
        return self.names.spare(*op.loop, op.inner, op.node.dtype)

    def _scale(self, numbers: list[tuple[str, Node]], dtype: np.dtype) -> str:
        is_negative = sum(sign == "-" for sign, _ in numbers) % 2
        text = [self.number(n, dtype) for sign, n in numbers if sign == "*"]
        one = f"{short(dtype)}(1)"
        return ("-" if is_negative else "") + (" * ".join(text) or one)

    def _copy(self, target: Input, node: Node) -> list[str]:
        name = self.names.argument(target)
        kind = short(target.dtype)
        if target.size == 1:
            return [f"{name}[0] = {kind}({self.one(node)})"]
        source = self.memory[node]
        loop = f"for j in range({self.names.size(target.size)}):"
        return [loop, f"{INDENT}{name}[j] = {kind}({source}[j])"]

    def one(self, node: Node) -> str:
        """Return how the source has the result of an operation that is one number."""
        maker = self.makers[node]
        return (
            self.names.of(node)
            if maker.place == "number"
            else f"{self.memory[node]}[0]"
        )


def call(function: str, arguments: list[str]) -> list[str]:
    """Return the lines of a call of what takes its arguments as one tuple."""
    return [f"{function}((", *wrapped(arguments), "))"]


def wrapped(arguments: Sequence[str]) -> list[str]:
    """Return arguments as lines of the width of a page, none of them on two."""
    text = " ".join(f"{each.replace(' ', '~')}," for each in arguments)
    lines = textwrap.wrap(text, 72, break_on_hyphens=False)
    return [INDENT + line.replace("~", " ") for line in lines]


def _only_multiplied(plan: Schedule, rows: Sequence[Input]) -> set[Node]:
    """Return the batches that are read as first factors of products alone."""
    found: set[Node] = {n for n in rows if n.size > n.shape[0] > 1}
    for op in plan.ops:
        for position, read in enumerate(op.reads):
            batch = op.inner if read.transposed else op.loop[0]
            fits = op.kind == "product" and position == 0
            fits = fits and not op.reads[1].transposed
            if not fits or read.node.shape[:1] != (batch,):
                found.discard(read.node)
    return found - plan.targets.results


def _example(node: Node) -> Any:
    if node.weak:
        return 0.0 if node.dtype.kind == "f" else 0
    return node.dtype
