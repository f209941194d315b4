"""Which operations share a loop, and in which order the loops run.

Every operation has a level, larger than those of what it must wait for: a product
waits for its factors, and whoever reads a sum over the rows waits for the last row.
Operations of one level that read each other at the same place share one loop.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from kobai.engines.numba_engine.in_place import Targets, find_targets
from kobai.engines.numba_engine.lower import Op, base_of
from kobai.graph import Graph, Node

# Rows fill vectors better than columns do, where these are few: of fewer columns than
# two vectors have places, most are left to the end of a loop. Four rows are a vector.
FEW_COLUMNS, MANY_ROWS = 15, 4


@dataclass(eq=False)
class Group:
    """Operations that share a loop over rows; each phase is a loop over columns."""

    ops: list[Op]
    phase: dict[Op, int] = field(default_factory=dict)

    @property
    def phases(self) -> list[int]:
        """The phases in order; -1 is what comes before the first column."""
        return sorted({*self.phase.values()})


@dataclass(eq=False)
class Schedule:
    """Groups and products in order, and where the new values of inputs are written."""

    ops: list[Op]
    stages: list[Group | Op]
    targets: Targets
    group_of: dict[Op, Group]


def schedule(graph: Graph, ops: list[Op]) -> Schedule:
    """Return the loops that compute the operations, in the order in which they run."""
    targets = find_targets(graph, ops)
    ops = targets.ops
    waits = _waits(ops, targets)
    order = _sorted(ops, waits)
    level = _levels(order, waits)
    _sink(order, waits, level, targets)
    groups = _groups(order, waits, level)
    stages = sorted(groups, key=lambda stage: level[_first(stage)])
    group_of = {op: g for g in stages if isinstance(g, Group) for op in g.ops}
    for group in stages:
        if isinstance(group, Group):
            group.phase = _phases(group)
    return Schedule(order, stages, targets, group_of)


def shares(maker: Op, place: str, reader: Op) -> bool:
    """Whether a reader can take a value from the turn of the loop that makes it."""
    if maker.kind == "product" or reader.kind == "product":
        return False
    if reader.place == "number" and reader.loop == (1, 1):
        return maker.loop == (1, 1)
    if maker.place == "number":
        return False
    if place == "cell":
        return maker.place == "cell" and maker.loop == reader.loop
    if place == "row":
        return maker.place == "row" and maker.loop[0] == reader.loop[0]
    return False


Waits = dict[Op, dict[Op, int]]


def _waits(ops: list[Op], targets: Targets) -> Waits:
    """Return what each operation must follow, and by how many levels."""
    made = {op.node: op for op in ops}
    waits: Waits = {op: {} for op in ops}
    for op in ops:
        for read in op.reads:
            maker = made.get(read.node)  # type: ignore[call-overload]
            if maker is None:
                continue
            free = not read.apart and shares(maker, read.place, op)
            waits[op][maker] = max(waits[op].get(maker, 0), 0 if free else 1)
        for sign, node in (*op.factors, *(op.beta or ())):
            maker = made.get(base_of(node))  # type: ignore[call-overload]
            if sign == "*" and maker is not None:
                waits[op][maker] = 1
    for reader, writer in targets.first_read:
        waits[writer][reader] = 1
    return waits


def _sorted(ops: list[Op], waits: Waits) -> list[Op]:
    order: list[Op] = []
    seen: set[Op] = set()
    stack = [(op, False) for op in reversed(ops)]
    while stack:
        op, is_ready = stack.pop()
        if is_ready:
            order.append(op)
        elif op not in seen:
            seen.add(op)
            stack.append((op, True))
            stack.extend((w, False) for w in waits[op] if w not in seen)
    return order


def _levels(order: list[Op], waits: Waits) -> dict[Op, int]:
    level: dict[Op, int] = {}
    for op in order:
        level[op] = max((level[w] + gap for w, gap in waits[op].items()), default=0)
    return level


def _sink(
    order: list[Op], waits: Waits, level: dict[Op, int], targets: Targets
) -> None:
    """Move operations down to those who read them, where that stores no more."""
    followers: dict[Op, list[tuple[Op, int]]] = defaultdict(list)
    for op, needed in waits.items():
        for maker, gap in needed.items():
            followers[maker].append((op, gap))
    for op in reversed(order):
        if op.kind != "map" or not followers[op] or op.node in targets.results:
            continue
        latest = min(level[f] - gap for f, gap in followers[op])
        if latest <= level[op]:
            continue
        newly_kept = 0
        for maker in waits[op]:
            stays = maker.kind == "product" or any(
                level[f] >= latest or f.kind == "product"
                for f, _ in followers[maker]
                if f is not op
            )
            newly_kept += maker.place == "cell" and not stays
        if newly_kept <= 1:
            level[op] = latest


def _first(stage: Group | Op) -> Op:
    return stage.ops[0] if isinstance(stage, Group) else stage


def _groups(order: list[Op], waits: Waits, level: dict[Op, int]) -> list[Group | Op]:
    """Join operations of one level that are connected."""
    parent: dict[object, object] = {}

    def root(x: object) -> object:
        while parent.setdefault(x, x) is not x:
            parent[x] = x = parent[parent[x]]
        return x

    for op in order:
        if op.kind == "product":
            continue
        for maker, gap in waits[op].items():
            if gap == 0 and level[maker] == level[op]:
                parent[root(op)] = root(maker)
        for key in _meeting_points(op, level[op]):
            parent[root(key)] = root(op)
    members: dict[object, list[Op]] = defaultdict(list)
    found: list[Group | Op] = []
    for op in order:
        if op.kind == "product":
            found.append(op)
            continue
        joined = members[root(op)]
        if not joined:
            found.append(Group(joined))
        joined.append(op)
    return found


def _meeting_points(op: Op, level: int) -> list[tuple[object, ...]]:
    """Return what makes operations of one level share a loop: a value read by both."""
    if op.loop == (1, 1):
        return [(level, "numbers")]
    cells = [r.node for r in op.reads if r.place == "cell" and not r.apart]
    rows = [r.node for r in op.reads if r.place == "row" and op.loop[1] == 1]
    points: list[tuple[object, ...]] = [(level, op.loop, n) for n in cells]
    return points + [(level, op.loop, n) for n in rows]


def is_inside(*ops: Op) -> bool:
    """Whether one of the operations has its turn in a loop over columns."""
    return any(op.loop[1] > 1 and op.kind != "pick" for op in ops)


def turned(group: Group) -> bool:
    """Whether columns are the outer loop, since vectors along a row would be empty.

    Then everything that a row has one of is in memory, and so are cells that a later
    phase reads.
    """
    columns = {op.loop[1] for op in group.ops if is_inside(op)}
    if len(columns) != 1 or len(group.phases) < 2 or max(columns) > FEW_COLUMNS:
        return False
    return all(
        op.loop[0] >= MANY_ROWS and not any(read.apart for read in op.reads)
        for op in group.ops
    )


def _phases(group: Group) -> dict[Op, int]:
    """Return after how many loops over the columns each operation's turn comes."""
    made: dict[Node, Op] = {op.node: op for op in group.ops}
    phase: dict[Op, int] = {}
    for op in group.ops:
        is_cell = op.loop[1] > 1 and op.kind != "pick"
        own = 0 if is_cell else -1
        for read in op.reads:
            maker = made.get(read.node)
            if maker is None:
                continue
            after = phase[maker] + (is_cell and maker.place == "row")
            own = max(own, after)
        phase[op] = own
    return phase
