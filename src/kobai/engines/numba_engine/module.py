"""The generated module: arguments in, steps done, everything by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from kobai.engines.numba_engine.abi import GATHER, STEPS
from kobai.engines.numba_engine.limits import NotCompilable
from kobai.engines.numba_engine.lower import PUTS, Op, base_of, lower
from kobai.engines.numba_engine.names import CALLED, DTYPES, Buffer, Names
from kobai.engines.numba_engine.schedule import schedule
from kobai.engines.numba_engine.source import INDENT, Writer, call, wrapped
from kobai.graph import Constant, Graph, Input, Node, Operation

HEADER = '''"""Written by Kobai from the graph of a function; it may be deleted."""

import numpy as np

from kobai.engines.numba_engine.kernels.tools import tools

{aliases}
u8 = np.uint64
{called}
'''


@dataclass(frozen=True, eq=False)
class Generated:
    """The source of a graph's steps, and what its arguments are.

    `abi.STEPS` says in which order. `of_rows` are the numbers of those products that
    can read the rows of a batch where they lie.
    """

    source: str
    sizes: tuple[int, ...]
    numbers: tuple[float, ...]
    inputs: tuple[Input, ...]
    rows: tuple[Input, ...]
    each: tuple[Input, ...]
    constants: tuple[Constant, ...]
    buffers: tuple[Buffer, ...]
    changed: frozenset[Input]
    outputs: tuple[tuple[Node, int | Input], ...]
    labels: dict[Input, int]
    batch: int
    products: tuple[Op, ...]
    of_rows: frozenset[int]


def generate(
    graph: Graph, rows: Sequence[Input] = (), each: Sequence[Input] = ()
) -> Generated:
    """Return the source that runs a simplified graph many times in a row.

    Of the graph's inputs, `rows` are gathered from larger arrays by index, a batch of
    rows for every step, and `each` has a value of its own for every step. All others
    stay where they are, and take their updates in place.
    """
    names = Names(graph)
    writer = Writer(schedule(graph, lower(graph)), names, rows)
    batch = rows[0].shape[0] if rows else 0
    lines = writer.lines()
    body = _loading(graph, writer, rows, each) + lines
    body += _finish(graph, writer)
    at = {buffer.name: number for number, buffer in enumerate(names.buffers)}
    outputs = [(end, _place(graph, writer, at, end)) for end in graph.outputs]
    given = [n for n in graph.inputs if n not in rows and n not in each]
    moved = [*rows, *(n for n in each if n.size > 1)]
    for n in moved:
        names.buffer(names.argument(n), n.size, n.dtype)
    parameters = STEPS.names(
        inputs=[names.argument(n) for n in given],
        rows=[names.part(n, "rows") for n in rows],
        each=[names.part(n, "each") for n in each],
        constants=list(names.arrays.values()),
        buffers=[buffer.name for buffer in names.buffers],
    )
    return Generated(
        source=_source(names, parameters, body),
        sizes=tuple(names.sizes),
        numbers=tuple(value for value, _ in names.numbers),
        inputs=tuple(given),
        rows=tuple(rows),
        each=tuple(each),
        constants=tuple(names.arrays),
        buffers=tuple(names.buffers),
        changed=frozenset(graph.updates),
        outputs=tuple(outputs),
        labels=_labels(writer),
        batch=batch,
        products=tuple(writer.products),
        of_rows=frozenset(writer.of_rows),
    )


def _place(graph: Graph, writer: Writer, at: dict[str, int], end: Node) -> int | Input:
    """Return the number of the buffer that holds an output, or the input that does."""
    base = base_of(end)
    if isinstance(base, Input) and base in graph.updates:
        raise NotCompilable(f"compile: the old value of {base.name} is a result")
    if isinstance(base, Input):
        return base
    target = writer.plan.targets.in_place.get(base)
    return target or at.get(writer.memory.get(base, ""), -1)


def _source(names: Names, parameters: list[str], body: list[str]) -> str:
    aliases = ", ".join(DTYPES.values())
    dtypes = ", ".join(f"np.{'bool_' if d == 'bool' else d}" for d in DTYPES)
    called = "\n".join(f"{name} = tools.{tool}" for name, tool in CALLED.items())
    lines = [HEADER.format(aliases=f"{aliases} = {dtypes}", called=called), ""]
    lines += ["def steps(", *wrapped(parameters), "):"]
    head = [f"{name} = sizes[{k}]" for k, name in enumerate(names.sizes.values())]
    for k, ((_, kind), name) in enumerate(names.numbers.items()):
        head.append(f"{name} = {kind}(numbers[{k}])")
    lines += [INDENT + line for line in head]
    lines += [f"{INDENT}for s in range(first, stop):"]
    lines += [INDENT * 2 + line for line in body or ["pass"]]
    lines += [f"{INDENT}return stop - first"]
    return "\n".join(lines) + "\n"


def _loading(
    graph: Graph, writer: Writer, rows: Sequence[Input], each: Sequence[Input]
) -> list[str]:
    """Return the lines that fetch what is new in every step."""
    names = writer.names
    lines = []
    for node in graph.inputs:
        name = names.of(node)
        if node in rows:
            continue
        if node in each and node.size == 1:
            lines.append(f"{name} = {names.part(node, 'each')}[s]")
        elif node in each:
            size, all_ = names.size(node.size), names.part(node, "each")
            lines.append(f"for j in range({size}):")
            lines.append(f"{INDENT}{name}[j] = {all_}[u8(s) * {size} + j]")
        elif node.size == 1:
            lines.append(f"{name} = {names.argument(node)}[0]")
    for node in rows:
        fetched = _gathered(names, node)
        if node in writer.left_in_place:
            lines.append(f"if ways[{len(writer.products)}]:")
            fetched = [INDENT + line for line in fetched]
        lines += fetched
    return lines


def _gathered(names: Names, node: Input) -> list[str]:
    """Return the lines that fetch the rows of a batch."""
    name, batch = names.of(node), names.size(node.shape[0])
    width, rows = names.size(prod(node.shape[1:])), names.part(node, "rows")
    if node.ndim == 1 and node.size > 1:
        row = f"indices[u8(s) * {batch} + u8(j)]"
        return [f"for j in range({batch}):", f"{INDENT}{name}[j] = {rows}[{row}]"]
    given = GATHER.in_order(
        out=names.argument(node),
        rows=rows,
        width=f"{width} * u8({node.dtype.itemsize})",
        indices="indices",
        start=f"u8(s) * {batch}",
        count=batch,
        last="u8(indices.size) - u8(1)",
    )
    number = [f"{name} = {names.argument(node)}[0]"] if node.size == 1 else []
    return [*call("gather", given), *number]


def _finish(graph: Graph, writer: Writer) -> list[str]:
    """Return the lines that report the loss, the first output if it is one number."""
    if not graph.outputs or graph.outputs[0].size != 1:
        return []
    node = base_of(graph.outputs[0])
    if not isinstance(node, Operation) or node.dtype.kind != "f":
        return []
    loss = writer.one(node)
    return [
        f"losses[s] = {loss}",
        f"if not np.isfinite({loss}):",
        "    return s + 1 - first",
    ]


def _labels(writer: Writer) -> dict[Input, int]:
    """Return the inputs that are class labels, and the number of classes."""
    found: dict[Input, int] = {}
    for op in writer.plan.ops:
        if op.kind == "pick" or (op.primitive in PUTS and op.region is None):
            labels = op.reads[-1].node
            assert isinstance(labels, Input)
            if labels.size == 1 and labels.dtype.kind not in "iu":
                raise NotCompilable("compile: labels must be integers")
            found[labels] = min(op.loop[1], found.get(labels, op.loop[1]))
    return found
