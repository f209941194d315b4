"""Which operations write their result straight into an input of the graph.

`W - η A B` becomes a product that adds to W in place: BLAS computes α A B + β C.
"""

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field

from kobai.autodiff import operations as ops
from kobai.engines.numba_engine.limits import NotCompilable
from kobai.engines.numba_engine.lower import Op, base_of
from kobai.graph import Graph, Input, Node
from kobai.graph.node import is_a

# A product of numbers, each with "*" or "-" for a sign alone.
Numbers = list[tuple[str, Node]]


@dataclass(eq=False)
class Targets:
    """Where updates go.

    `in_place` has the input that an operation overwrites; `copies` are updates that
    wait until all else is done; `first_read` has (reader, writer) pairs: a reader of
    the old value comes before the writer. `results` are all nodes that must be kept.
    """

    ops: list[Op]
    in_place: dict[Node, Input] = field(default_factory=dict)
    copies: list[tuple[Input, Node]] = field(default_factory=list)
    first_read: list[tuple[Op, Op]] = field(default_factory=list)
    results: set[Node] = field(default_factory=set)


def find_targets(graph: Graph, ops: list[Op]) -> Targets:
    """Return the operations, products folded, and where updates are written."""
    targets = Targets(list(ops))
    made: dict[Node, Op] = {op.node: op for op in ops}
    targets.results = {base_of(end) for end in graph.ends}
    after = _Followers(ops)
    for target, end in graph.updates.items():
        node = base_of(end)
        if node is target:
            continue
        if node not in made:
            raise NotCompilable(f"compile: {target.name} becomes another input")
        writer = made[node]
        fits = node not in targets.in_place and node.dtype == target.dtype
        folded = _folded(writer, target, made, after, targets.results) if fits else None
        if folded is not None and after.may_follow(folded, target, targets.ops):
            _replace(targets, writer, folded, after)
            made[node] = writer = folded
        if fits and after.may_follow(writer, target, targets.ops):
            targets.in_place[node] = target
            after.order(targets.first_read, writer, target, targets.ops)
        else:
            targets.copies.append((target, node))
    _drop_unused(targets)
    return targets


class _Followers:
    """Who reads whom, and so who comes after whom."""

    def __init__(self, ops: list[Op]) -> None:
        self.users: dict[Node, list[Op]] = defaultdict(list)
        self.later: dict[Op, list[Op]] = defaultdict(list)
        for op in ops:
            for read in op.reads:
                self.users[read.node].append(op)

    def follows(self, late: Op, early: Op) -> bool:
        """Whether `late` needs `early`, through any number of others."""
        seen: set[Op] = set()
        stack = [early]
        while stack:
            op = stack.pop()
            if op is late:
                return True
            if op not in seen:
                seen.add(op)
                stack.extend(self.users[op.node])
                stack.extend(self.later[op])
        return False

    def _readers(self, writer: Op, target: Input, ops: list[Op]) -> Iterable[Op]:
        """Return the readers of the old value that the writer has to wait for."""
        for op in self.users[target]:
            if op is writer or op not in ops:
                continue
            if target.size == 1 and op.kind != "product":
                # A number is read once, at the start of the step.
                continue
            places = {(r.place, r.apart) for r in op.reads if r.node is target}
            alike = places == {(writer.place, False)} and op.loop == writer.loop
            alike = alike and op.kind != "product" != writer.kind
            if not (alike and self.follows(writer, op)):
                yield op

    def may_follow(self, writer: Op, target: Input, ops: list[Op]) -> bool:
        """Whether the writer can come after all other readers of the old value."""
        own = [r for r in writer.reads if r.node is target]
        if any(r.place != writer.place or r.apart for r in own):
            return False
        if writer.kind in ("pick", "reduce") and (own or target.size > 1):
            return False
        return not any(
            self.follows(op, writer) for op in self._readers(writer, target, ops)
        )

    def order(
        self, pairs: list[tuple[Op, Op]], writer: Op, target: Input, ops: list[Op]
    ) -> None:
        """Note that the readers of the old value come before the writer."""
        for op in self._readers(writer, target, ops):
            pairs.append((op, writer))
            self.later[op].append(writer)


def _folded(
    writer: Op, target: Input, made: dict[Node, Op], after: _Followers, kept: set[Node]
) -> Op | None:
    """Return a product that updates the target, if the writer is β C + α A B."""
    if writer.node.primitive not in (ops.ADD, ops.SUBTRACT):
        return None
    if writer.loop[1] == 1 or target.shape != writer.node.shape:
        return None
    signs = ["+", "-" if writer.node.primitive is ops.SUBTRACT else "+"]
    product, factors, beta = None, None, None
    for node, sign in zip(writer.node.inputs, signs, strict=True):
        core, numbers = _taken_apart(base_of(node), sign, made, after, kept)
        if core is target:
            beta = numbers
        elif core in made and made[core].kind == "product":
            product, factors = made[core], numbers
    if product is None or beta is None or factors is None or product.factors:
        return None
    if len(after.users[product.node]) != 1 or product.node in kept:
        return None
    if any(r.node is target for r in product.reads) or product.loop != writer.loop:
        return None
    return Op(
        writer.node,
        "product",
        product.loop,
        writer.place,
        product.reads,
        product.inner,
        factors,
        beta,
    )


def _taken_apart(
    node: Node, sign: str, made: dict[Node, Op], after: _Followers, kept: set[Node]
) -> tuple[Node, Numbers]:
    """Return a node without the numbers that it is multiplied by, and these."""
    numbers: Numbers = [("-", node)] if sign == "-" else []
    signing = (ops.MULTIPLY, ops.NEGATIVE)
    while is_a(node, *signing):
        if len(after.users[node]) != 1 or node in kept:
            break
        if node.primitive is ops.NEGATIVE:
            numbers.append(("-", node))
            node = base_of(node.inputs[0])
            continue
        a, b = node.inputs
        number, rest = (a, b) if a.size == 1 else (b, a)
        if number.size != 1 or rest.size == 1:
            break
        numbers.append(("*", number))
        node = base_of(rest)
    return node, numbers


def _replace(targets: Targets, old: Op, new: Op, after: _Followers) -> None:
    targets.ops[targets.ops.index(old)] = new
    for read in old.reads:
        after.users[read.node] = [op for op in after.users[read.node] if op is not old]
    for read in new.reads:
        after.users[read.node].append(new)
    for sign, node in (*new.factors, *(new.beta or ())):
        if sign == "*":
            after.users[base_of(node)].append(new)


def _drop_unused(targets: Targets) -> None:
    """Leave out what only a folded product had needed."""
    needed = set(targets.results)
    for op in reversed(targets.ops):
        if op.node in needed:
            needed |= {r.node for r in op.reads}
            numbers = (*op.factors, *(op.beta or ()))
            needed |= {base_of(n) for sign, n in numbers if sign == "*"}
    targets.ops = [op for op in targets.ops if op.node in needed]
    present = set(targets.ops)
    targets.first_read = [pair for pair in targets.first_read if set(pair) <= present]
    for op in targets.ops:
        op.reads = tuple(map(copy, op.reads))
