"""Graphs as JavaScript loops over rows, with every operation of a row in one loop.

A function is traced for one row of three numbers, or for single ones, and written for
any number of rows of any width. Sums and maxima along a row divide its loops: what a
later loop needs of an earlier one is computed again, which costs less than to keep it.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.engines.numpy_engine.program import simplify
from kobai.formats.exporting.as_javascript import JAVASCRIPT_TEMPLATES
from kobai.formats.exporting.expressions import (
    ATOM,
    COMPARISON,
    PRODUCT,
    SIGN,
    Templates,
    Term,
    fill,
    template_of,
)
from kobai.graph import Constant, Node, Operation, trace
from kobai.graph.node import is_a

TRACED = (1, 3)
"""The shape of the row that is traced: no other size stands for a width."""

TEMPLATES: Templates = {
    **JAVASCRIPT_TEMPLATES,
    ops.POSITIVE: Term("{}"),
    ops.POWER: Term("Math.pow({}, {})"),
    ops.SQRT: Term("Math.sqrt({})"),
    ops.ABSOLUTE: Term("Math.abs({})"),
    ops.SIGN: Term("Math.sign({})"),
    ops.LOG: Term("Math.log({})"),
    ops.LOG1P: Term("Math.log1p({})"),
    ops.EXPM1: Term("Math.expm1({})"),
    ops.COS: Term("Math.cos({})"),
    ops.SIN: Term("Math.sin({})"),
    ops.SINH: Term("Math.sinh({})"),
    ops.COSH: Term("Math.cosh({})"),
    ops.ARCTAN: Term("Math.atan({})"),
    ops.FLOOR: Term("Math.floor({})"),
    ops.FLOOR_DIVIDE: Term("Math.floor({} / {})"),
    ops.RECIPROCAL: Term("1 / {}", PRODUCT),
    ops.MINIMUM: Term("Math.min({}, {})"),
    ops.FMIN: Term("Math.min({}, {})"),
    ops.FMAX: Term("Math.max({}, {})"),
    ops.LESS: Term("{} < {}", COMPARISON),
    ops.LESS_EQUAL: Term("{} <= {}", COMPARISON),
    ops.GREATER_EQUAL: Term("{} >= {}", COMPARISON),
    ops.EQUAL: Term("{} === {}", COMPARISON),
    ops.NOT_EQUAL: Term("{} !== {}", COMPARISON),
    # Twice as fast as Math.tanh, and as right.
    ops.TANH: Term("tanh({})"),
    ops.LOGADDEXP: Term("logaddexp({}, {})"),
}

REDUCTIONS = {ops.SUM: "0", ops.MAX: "-Infinity"}

# A number that is there, in an array or by itself.
NAME = re.compile(r"\w+(\[i\])?")

# What leaves a number, or the only one of an array, as it is.
PASSED = {ops.RESHAPE, ops.ASTYPE, ops.GETITEM, *REDUCTIONS}


@dataclass(frozen=True)
class Loops:
    """What a function does to the rows of arrays.

    `arrays` and `numbers` are its arguments. `results` has the name of the array that
    takes each result, or "" for a number of which the sum over all is added to `total`.
    `rows` tells whether an entry depends on the others of its row.
    """

    function: Callable[..., Any]
    arrays: Sequence[str]
    results: Sequence[str]
    numbers: Sequence[str] = ()
    rows: bool = False
    known: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """Arrays that hold already what functions of the others give."""

    def lines(self) -> list[str]:
        """Return the statements; they need the arguments, and `rows` and `width`."""
        names = [*self.arrays, *self.numbers]
        shape = TRACED if self.rows else (1, 1)
        examples = [np.full(shape, 0.5) for _ in self.arrays]
        examples += [np.array(0.5) for _ in self.numbers]

        def everything(*values: Any) -> list[Any]:
            given = dict(zip(names, values, strict=True))
            first = [f(**given) for f in self.known.values()]
            return [*first, *self.function(**given)]

        graph = simplify(trace(everything, *examples))
        terms = [Term(f"{array}[i]") for array in self.arrays]
        terms += [Term(number) for number in self.numbers]
        named: dict[Node, Term] = dict(zip(graph.inputs, terms, strict=True))
        entries: set[Node] = set(graph.inputs[: len(self.arrays)])
        for node, array in zip(graph.outputs, self.known, strict=False):
            # An identity gives the input itself.
            if node not in named:
                named[node] = Term(f"{array}[i]")
                entries.add(node)
        results = graph.outputs[len(self.known) :]
        pairs = list(zip(self.results, results, strict=True))
        return _Writer(named, entries, self.rows).lines(pairs)


class _Writer:
    """Writes one graph: what is a number first, then a loop for each stage of a row."""

    def __init__(self, named: dict[Node, Term], entries: set[Node], rows: bool) -> None:
        self.named = named
        self.entries = entries
        self.rows = rows
        self.count = 0

    def lines(self, results: Sequence[tuple[str, Node]]) -> list[str]:
        """Return the statements that fill arrays, and add to `total`."""
        order = self._order([node for _, node in results])
        first = self._constants([n for n in order if self._is_number(n)], order)
        if not self.rows:
            return [*first, *self._loop([], results, "0", "size")]
        last = max(map(self._stage, order), default=0)
        body: list[str] = []
        for stage in range(last + 1):
            here = [n for n in order if self._stage(n) == stage]
            body += self._constants([n for n in here if self._is_of_row(n)], order)
            sums = [(a, n) for a, n in results if not a and self._stage(n) == stage]
            body += [f"total += {self.term(n).text};" for _, n in sums]
            ends = [n for n in order if self._ends_in(n, stage)]
            stored = [(a, n) for a, n in results if a and stage == last]
            body += self._loop(ends, stored, "start", "end")
        head = "for (let start = 0; start < rows * width; start += width) {"
        return [*first, head, *_inside(["const end = start + width;", *body]), "}"]

    def _given(self, node: Node) -> Sequence[Node]:
        """Return what a node is computed from, unless it is there."""
        return (
            node.inputs if isinstance(node, Operation) and not self._has(node) else ()
        )

    def _has(self, node: Node) -> bool:
        return node in self.named

    def _order(self, wanted: Sequence[Node]) -> list[Operation]:
        """Return what is computed for the sake of nodes, each after what it needs."""
        found: dict[Node, None] = {}

        def visit(node: Node) -> None:
            if node not in found and not self._has(node):
                for given in self._given(node):
                    visit(given)
                found[node] = None

        for node in wanted:
            visit(node)
        return [node for node in found if isinstance(node, Operation)]

    def _is_reduction(self, node: Node) -> bool:
        # Of a single number the sum is the number.
        return self.rows and is_a(node, *REDUCTIONS) and node not in self.entries

    def _is_entry(self, node: Node) -> bool:
        """Tell whether there is one of it for each entry of an array."""
        if node in self.entries:
            return True
        if self._is_reduction(node) or not isinstance(node, Operation):
            return False
        return any(map(self._is_entry, node.inputs))

    def _is_number(self, node: Node) -> bool:
        """Tell whether it depends on no array at all."""
        if node in self.entries:
            return False
        return not isinstance(node, Operation) or all(map(self._is_number, node.inputs))

    def _is_of_row(self, node: Node) -> bool:
        return not (
            self._is_number(node) or self._is_entry(node) or self._is_reduction(node)
        )

    def _stage(self, node: Node) -> int:
        """Return how many loops over its row must be complete before it is computed."""
        if node in self.entries or not isinstance(node, Operation):
            return 0
        return max(map(self._stage, node.inputs)) + self._is_reduction(node)

    def _ends_in(self, node: Operation, stage: int) -> bool:
        return self._is_reduction(node) and self._stage(node) == stage + 1

    def _constants(
        self, nodes: Sequence[Operation], order: Sequence[Operation]
    ) -> list[str]:
        """Return lines that name what loops would compute again and again."""
        alike = set(nodes)
        lines = []
        for node in nodes:
            readers = [n for n in order if node in n.inputs]
            if len(readers) > 1 or not alike.issuperset(readers):
                lines += self._name(node)
        return lines

    def _name(self, node: Node) -> list[str]:
        text = self.term(node).text
        if NAME.fullmatch(text):
            return []
        return [f"const {self._new(node)} = {text};"]

    def _new(self, node: Node) -> str:
        self.count += 1
        self.named[node] = Term(f"v{self.count}")
        return f"v{self.count}"

    def _loop(
        self,
        reductions: Sequence[Operation],
        results: Sequence[tuple[str, Node]],
        start: str,
        stop: str,
    ) -> list[str]:
        """Return a loop that computes reductions and results, if there are any."""
        if not (reductions or results):
            return []
        outside = dict(self.named)
        wanted = [n.inputs[0] for n in reductions] + [node for _, node in results]
        body = self._shared(wanted)
        entries = [self._entry(node) for node in reductions]
        body += self._stores(results)
        self.named = outside
        opening = []
        for node, entry in zip(reductions, entries, strict=True):
            name = self._new(node)
            opening.append(f"let {name} = {REDUCTIONS[node.primitive]};")
            is_sum = node.primitive is ops.SUM
            larger = f"if ({entry} > {name}) {name} = {entry};"
            body.append(f"{name} += {entry};" if is_sum else larger)
        if not body:
            return []
        head = f"for (let i = {start}; i < {stop}; i++) {{"
        return [*opening, head, *_inside(body), "}"]

    def _entry(self, node: Operation) -> str:
        text = self.term(node.inputs[0]).text
        return f"({text} ? 1 : 0)" if node.inputs[0].dtype == bool else text

    def _shared(self, wanted: Sequence[Node]) -> list[str]:
        """Return lines that name what a loop needs more than once of an entry."""
        order = self._order(wanted)
        lines = []
        for node in order:
            readers = sum(n.inputs.count(node) for n in order) + wanted.count(node)
            if readers > 1 and self._is_entry(node):
                lines += self._name(node)
        return lines

    def _stores(self, results: Sequence[tuple[str, Node]]) -> list[str]:
        """Return what adds to the total, and assignments once all are computed."""
        terms = [(array, self.term(node)) for array, node in results]
        lines = [f"total += {term.text};" for array, term in terms if not array]
        stored = [(array, term) for array, term in terms if array]
        for place, (array, term) in enumerate(stored[:-1]):
            if term.text.isidentifier():
                continue
            lines.append(f"const new_{array} = {term.text};")
            stored[place] = (array, Term(f"new_{array}"))
        # A later one may still need the old entry of an earlier array.
        pairs = [(f"{array}[i]", term.text) for array, term in reversed(stored)]
        return [*lines, *(f"{old} = {new};" for old, new in pairs if old != new)]

    def term(self, node: Node) -> Term:
        """Return the expression of a node, for entry i where it is one of many."""
        if node in self.named:
            return self.named[node]
        if isinstance(node, Constant):
            return digits(np.asarray(node.value).item())
        assert isinstance(node, Operation)
        if node.primitive in PASSED:
            return self.term(node.inputs[0])
        terms = [self.term(given) for given in node.inputs]
        truth = _truth(node, terms[0])
        if truth is not None:
            return truth
        if node.primitive is ops.SQUARE:
            if not NAME.fullmatch(terms[0].text):
                return Term(f"square({terms[0].text})")
            return fill(TEMPLATES[ops.MULTIPLY], [*terms, *terms])
        return fill(template_of(node, TEMPLATES), terms)


def _truth(node: Operation, given: Term) -> Term | None:
    """Return a condition compared with 0 as itself, or as its opposite."""
    if node.primitive not in (ops.EQUAL, ops.NOT_EQUAL):
        return None
    condition, zero = node.inputs
    if condition.dtype != bool or not isinstance(zero, Constant):
        return None
    is_same = (node.primitive is ops.EQUAL) == bool(zero.value)
    return given if is_same else fill(Term("!{}", SIGN), [given])


def _inside(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def digits(value: float) -> Term:
    """Return a number in the fewest digits that give it again.

    >>> digits(0.1).text, digits(-2.0).text
    ('0.1', '-2')
    """
    if value == math.pi:
        return Term("Math.PI")
    text = repr(float(value)).removesuffix(".0")
    return Term(text, SIGN if text.startswith("-") else ATOM)


def number_function(function: Callable[..., Any], arguments: Sequence[str]) -> str:
    """Return a function of numbers as an expression.

    >>> number_function(lambda x, y: (x + y) ** 2, ["x", "y"])
    'square(x + y)'
    """
    graph = simplify(trace(function, *[np.array(0.5) for _ in arguments]))
    terms = map(Term, arguments)
    names: dict[Node, Term] = dict(zip(graph.inputs, terms, strict=True))
    (output,) = graph.outputs
    return _Writer(names, set(), False).term(output).text
