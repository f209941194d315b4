"""The generated module: arguments in, steps done, everything by name."""

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from kobai.engines.numba_engine.abi import GATHER, STEPS
from kobai.engines.numba_engine.lower import PUTS, Op, base_of, lower
from kobai.engines.numba_engine.names import CALLED, DTYPES, EVERYWHERE, Buffer, Names
from kobai.engines.numba_engine.schedule import schedule
from kobai.engines.numba_engine.source import INDENT, Stage, Writer, call, wrapped
from kobai.errors import NotCompilable
from kobai.graph import Constant, Graph, Input, Node, Operation

HEADER = '''"""Written by Kobai from the graph of a function; it may be deleted."""

import numpy as np

from kobai.engines.numba_engine.kernels.tools import tools

{aliases}
u8 = np.uint64
{called}
'''

# Numba takes far longer for a line than the line runs. So stages that differ in nothing
# but names, of layers of one size or a loop that was unrolled, are written once, as a
# function. For fewer of them, a function costs more than it saves.
ENOUGH = 4


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
    graph: Graph,
    rows: Sequence[Input] = (),
    each: Sequence[Input] = (),
    in_order: bool = False,
) -> Generated:
    """Return the source that runs a simplified graph many times in a row.

    Of the graph's inputs, `rows` are gathered from larger arrays by index, a batch of
    rows for every step, and `each` has a value of its own for every step. All others
    stay where they are, and take their updates in place. With `in_order` a step takes
    the rows after those of the one before, where they lie, and reports all results,
    which are numbers.
    """
    names = Names(graph)
    plan = schedule(graph, lower(graph))
    writer = Writer(plan, names, () if in_order else rows)
    batch = rows[0].shape[0] if rows else 0
    functions, lines = _written_once(writer.stages(), names)
    body = _loading(graph, writer, rows, each, in_order) + lines
    body += _report(graph, writer) if in_order else _finish(graph, writer)
    at = {buffer.name: number for number, buffer in enumerate(names.buffers)}
    outputs = [(end, _place(graph, writer, at, end)) for end in graph.outputs]
    given = [n for n in graph.inputs if n not in rows and n not in each]
    moved = [*(() if in_order else rows), *(n for n in each if n.size > 1)]
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
        source=_source(names, functions, parameters, body),
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


def _source(
    names: Names, functions: list[str], parameters: list[str], body: list[str]
) -> str:
    aliases = ", ".join(DTYPES.values())
    dtypes = ", ".join(f"np.{'bool_' if d == 'bool' else d}" for d in DTYPES)
    called = "\n".join(f"{name} = tools.{tool}" for name, tool in CALLED.items())
    lines = [
        HEADER.format(aliases=f"{aliases} = {dtypes}", called=called),
        "",
        *functions,
    ]
    lines += ["def steps(", *wrapped(parameters), "):"]
    head = [f"{name} = sizes[{k}]" for k, name in enumerate(names.sizes.values())]
    for k, ((_, kind), name) in enumerate(names.numbers.items()):
        head.append(f"{name} = {kind}(numbers[{k}])")
    head += [f"{name} = ways[{k}]" for k, name in names.ways.items()]
    lines += [INDENT + line for line in head]
    lines += [f"{INDENT}for s in range(first, stop):"]
    lines += [INDENT * 2 + line for line in body or ["pass"]]
    lines += [f"{INDENT}return stop - first"]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class _Form:
    """What a stage is but for names, and the names that it takes from outside."""

    text: str
    names: tuple[str, ...]


def _written_once(stages: Sequence[Stage], names: Names) -> tuple[list[str], list[str]]:
    """Return functions for the stages that are alike, and the lines of all stages."""
    forms = [_form(stage.lines) if stage.is_closed else None for stage in stages]
    count = Counter(form.text for form in forms if form)
    functions: list[str] = []
    lines: list[str] = []
    known: dict[str, str] = {}
    for stage, form in zip(stages, forms, strict=True):
        if form is None or count[form.text] < ENOUGH:
            lines += stage.lines
            continue
        if form.text not in known:
            known[form.text] = names.new("part")
            functions += _function(known[form.text], form, stage.lines)
        lines += _listed(known[form.text], form.names)
    return functions, lines


def _form(lines: Sequence[str]) -> _Form:
    tree = ast.parse("\n".join(lines))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    found.sort(key=lambda node: (node.lineno, node.col_offset))
    own = {node.id for node in found if isinstance(node.ctx, ast.Store)}
    places: dict[str, int] = {}
    for node in found:
        if node.id not in EVERYWHERE:
            place = places.setdefault(node.id, len(places))
            node.id = f"{place}"
    return _Form(ast.dump(tree), tuple(name for name in places if name not in own))


def _function(name: str, form: _Form, lines: Sequence[str]) -> list[str]:
    head = _listed(f"def {name}", form.names, ":")
    return ["@compiled", *head, *(INDENT + line for line in lines), "", ""]


def _listed(name: str, given: Sequence[str], end: str = "") -> list[str]:
    line = f"{name}({', '.join(given)}){end}"
    return [line] if len(line) <= 76 else [f"{name}(", *wrapped(given), f"){end}"]


def _loading(
    graph: Graph,
    writer: Writer,
    rows: Sequence[Input],
    each: Sequence[Input],
    in_order: bool,
) -> list[str]:
    """Return the lines that fetch what is new in every step."""
    names = writer.names
    lines = []
    for node in graph.inputs:
        name = names.of(node)
        if node in rows:
            continue
        if node in each and node.size == 1:
            lines += _in_place(names, node, "each")
        elif node in each:
            size, all_ = names.size(node.size), names.part(node, "each")
            lines.append(f"for j in range({size}):")
            lines.append(f"{INDENT}{name}[j] = {all_}[u8(s) * {size} + j]")
        elif node.size == 1:
            lines.append(f"{name} = {names.argument(node)}[0]")
    for node in rows:
        fetched = _in_place(names, node, "rows") if in_order else _gathered(names, node)
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


def _in_place(names: Names, node: Input, suffix: str) -> list[str]:
    """Return the lines that find the numbers of a step where they lie."""
    given = names.part(node, suffix)
    if not node.shape:
        return [f"{names.of(node)} = {given}[s]"]
    array, count = names.argument(node), names.size(node.size)
    lines = [f"{array} = {given}[u8(s) * {count} : u8(s + 1) * {count}]"]
    # Loops read a number, products an array.
    return [*lines, f"{names.of(node)} = {array}[0]"] if node.size == 1 else lines


def _report(graph: Graph, writer: Writer) -> list[str]:
    """Return the lines that report every result of a block."""
    count = writer.names.size(len(graph.outputs))
    lines = []
    for place, end in enumerate(graph.outputs):
        node = base_of(end)
        if end.size != 1 or not isinstance(node, Operation):
            raise NotCompilable("compile: a result of a block must be a number")
        lines.append(f"losses[u8(s) * {count} + u8({place})] = {writer.one(node)}")
    return lines


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
