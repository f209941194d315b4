"""Groups written as loops: rows outside, columns inside, one pass per phase."""

from typing import TYPE_CHECKING

from kobai.autodiff import operations as ops
from kobai.engines.numba_engine.lower import PUTS, Op
from kobai.engines.numba_engine.names import short
from kobai.engines.numba_engine.schedule import Group, is_inside, turned

if TYPE_CHECKING:
    from kobai.engines.numba_engine.source import Writer

INDENT = "    "
_STARTS = {ops.SUM: "0", ops.MAX: "-np.inf", ops.MIN: "np.inf"}
_GATHERS = {
    ops.SUM: "{0} += {1}",
    ops.MAX: "{0} = maximum({0}, {1})",
    ops.MIN: "{0} = minimum({0}, {1})",
}


def write_group(writer: "Writer", group: Group) -> list[str]:
    """Return the lines of one group."""
    if all(op.loop == (1, 1) for op in group.ops):
        return [line for op in group.ops for line in _number(writer, group, op)]
    return _Loops(writer, group).lines()


def _number(w: "Writer", group: Group, op: Op) -> list[str]:
    name = w.names.entry(op.node)
    lines = [f"{name} = {w.expression(op, group, flat=False)}"]
    return lines + _store_number(w, op)


def _store_number(w: "Writer", op: Op) -> list[str]:
    if op.node not in w.memory:
        return []
    return [f"{w.memory[op.node]}[0] = {w.stored(op.node)}"]


class _Loops:
    """The loops of one group."""

    def __init__(self, writer: "Writer", group: Group) -> None:
        self.w = writer
        self.group = group
        self.rows = max(op.loop[0] for op in group.ops)
        self.flat = self._is_flat()
        self.turned = turned(group)

    def _is_flat(self) -> bool:
        """Whether rows and columns can be one long loop."""
        loops = {op.loop for op in self.group.ops}
        if len(loops) > 1:
            return False
        own = {"cell", "row"} if next(iter(loops))[1] == 1 else {"cell"}
        for op in self.group.ops:
            places = {r.place for r in op.reads} - {"number"}
            if op.kind == "pick" or op.primitive in PUTS:
                return False
            if op.place not in (*own, "number") or not places <= own:
                return False
            if 1 not in op.loop and any(r.apart for r in op.reads):
                return False
            if any(r.window and r.window.split for r in op.reads):
                return False
            if op.node in self.w.by_row:
                return False
        return True

    def lines(self) -> list[str]:
        ops = self.group.ops
        lines = [line for op in ops if op.kind == "reduce" for line in self._start(op)]
        if self.flat:
            rows, columns = ops[0].loop
            lines.append(f"for j in range({self.w.names.size(rows * columns)}):")
            body = [line for op in ops for line in self._turn(op)]
            lines += [INDENT + line for line in body]
        elif self.turned:
            for phase in self.group.phases:
                lines += self._turned_phase(phase)
        else:
            lines.append(self._rows_head)
            for phase in self.group.phases:
                lines += [INDENT + line for line in self._phase(phase)]
        for op in ops:
            if op.kind == "reduce" and op.place == "number":
                lines += _store_number(self.w, op)
        return lines

    def _phase(self, phase: int) -> list[str]:
        ops = [op for op in self.group.ops if self.group.phase[op] == phase]
        inside = [op for op in ops if is_inside(op)]
        lines: list[str] = []
        for op in inside:
            if op.kind == "reduce" and op.place == "row":
                lines.append(f"{self.w.names.entry(op.node)} = {self._zero(op)}")
        for columns in dict.fromkeys(op.loop[1] for op in inside):
            lines.append(f"for j in range({self.w.names.size(columns)}):")
            for op in inside:
                if op.loop[1] == columns:
                    lines += [INDENT + line for line in self._turn(op)]
        for op in inside:
            if op.kind == "reduce" and op.place == "row":
                lines += self._stored(op, "i")
        for op in ops:
            if not is_inside(op):
                lines += self._pick(op) if op.kind == "pick" else self._turn(op)
        return lines

    @property
    def _rows_head(self) -> str:
        return f"for i in range({self.w.names.size(self.rows)}):"

    def _turned_phase(self, phase: int) -> list[str]:
        """Return a phase with the loop over the rows innermost."""
        ops = [op for op in self.group.ops if self.group.phase[op] == phase]
        inside = [op for op in ops if is_inside(op)]
        of_rows = [op for op in inside if op.kind == "reduce" and op.place == "row"]
        lines = self._over_rows(
            [f"{self._total(op)} = {self._zero(op)}" for op in of_rows]
        )
        if inside:
            body = [line for op in inside for line in self._turn(op)]
            lines.append(f"for j in range({self.w.names.size(inside[0].loop[1])}):")
            lines += [INDENT + line for line in self._over_rows(body)]
        rest = [op for op in ops if op not in inside]
        found = [self._pick(op) if op.kind == "pick" else self._turn(op) for op in rest]
        return lines + self._over_rows([line for part in found for line in part])

    def _over_rows(self, body: list[str]) -> list[str]:
        return [self._rows_head, *(INDENT + line for line in body)] if body else []

    def _zero(self, op: Op) -> str:
        return f"{short(op.node.dtype)}({_STARTS[op.primitive]})"

    def _start(self, op: Op) -> list[str]:
        """Return what comes before the loop of a sum over the rows, or over all."""
        if op.place == "column":
            loop = f"for j in range({self.w.names.size(op.loop[1])}):"
            return [loop, f"{INDENT}{self.w.memory[op.node]}[j] = {self._zero(op)}"]
        if op.place == "number":
            return [f"{self.w.names.entry(op.node)} = {self._zero(op)}"]
        return []

    def _turn(self, op: Op) -> list[str]:
        """Return the lines of an operation at one row and column."""
        value = self.w.expression(op, self.group, self.flat)
        name = self.w.names.entry(op.node)
        if op.kind == "reduce":
            return [self._accumulate(op, value)]
        return [f"{name} = {value}", *self._stored(op, self._place(op))]

    def _place(self, op: Op) -> str:
        if op.node in self.w.by_row and self.turned:
            return f"j * {self.w.names.size(self.rows)} + i"
        if self.flat or op.node in self.w.by_row:
            return "j"
        return "i" if op.place == "row" else self.w.cell(*op.loop)

    def _stored(self, op: Op, place: str) -> list[str]:
        if op.node not in self.w.memory:
            return []
        if op.place == "number":
            return _store_number(self.w, op)
        return [f"{self.w.memory[op.node]}[{place}] = {self.w.stored(op.node)}"]

    def _accumulate(self, op: Op, value: str) -> str:
        return _GATHERS[op.primitive].format(self._total(op), value)

    def _total(self, op: Op) -> str:
        if op.place == "column":
            return f"{self.w.memory[op.node]}[j]"
        if op.place == "row" and self.turned and is_inside(op):
            return f"{self.w.memory[op.node]}[i]"
        return self.w.names.entry(op.node)

    def _pick(self, op: Op) -> list[str]:
        x, labels = op.reads
        label = self.w.operand(op, labels, self.group, flat=False)
        picked = self.w.operand(op, x, self.group, False, f"u8({label})")
        name = self.w.names.entry(op.node)
        lines = [f"{name} = {picked}"]
        return [*lines, *self._stored(op, "i")]
