"""Predictions as loops over numbers, for languages that are written like C.

A value for one sample is an array without axes, its entries one behind the other in
C's order. What only puts entries elsewhere (reshape, slices) is no loop of its own:
whoever reads the result looks in the right place.
"""

from collections.abc import Callable
from math import prod

import numpy as np

from kobai.autodiff import operations as ops
from kobai.formats.exporting.expressions import (
    ARITHMETIC,
    CHOICE,
    Templates,
    Term,
    fill,
    named_values,
    names_of,
    number_term,
    template_of,
)
from kobai.formats.exporting.fusing import DENSE, SOFTMAX, SOFTPLUS, is_entrywise
from kobai.formats.exporting.prediction import (
    MOVES,
    ExportError,
    Prediction,
    moved,
    row_shape,
    row_size,
)
from kobai.graph import Constant, Input, Node, Operation

# The place in an array of every entry, in order, of what is read from it.
Places = np.ndarray

TEMPLATES: Templates = {
    **ARITHMETIC,
    # A condition is 0 or 1 wherever it is a number.
    ops.ASTYPE: Term("{}", CHOICE),
    ops.WHERE: Term("{} ? {} : {}", CHOICE),
    ops.SIGMOID: Term("sigmoid({})"),
    SOFTPLUS: Term("softplus({})"),
    ops.MAXIMUM: Term("maximum({}, {})"),
}


class LoopWriter:
    """Writes a prediction for one sample, from x to y.

    `templates` is how the language writes operations, `loop` how it writes a loop,
    with the places {i} and {n}, and `number` what it makes of a float's digits.
    """

    def __init__(
        self,
        prediction: Prediction,
        templates: Templates,
        loop: str,
        number: Callable[[Term], Term] = lambda term: term,
    ) -> None:
        self.prediction = prediction
        self.templates = templates
        self._loop: Callable[[str, int], str] = lambda i, n: loop.format(i=i, n=n)
        self._number = number
        self.named = named_values(prediction, _is_inlined)
        self.names = names_of(prediction, self.named)
        self.names[prediction.output] = "y"
        if isinstance(prediction.output, Input):
            self.names[prediction.output] = "x"
        self._share_buffers()
        # The tables of places, by their names.
        self.tables: dict[str, Places] = {}

    def body(self) -> list[str]:
        """Return the statements."""
        output = self.prediction.output
        if isinstance(output, Input):
            return self._assign("y", 0, Term("x[i]"), row_size(output))
        return [line for node in self.named for line in self._statements(node)]

    def buffers(self) -> dict[str, int]:
        """Return the values between x and y: how many numbers each of them has."""
        sizes = {self.names[n]: row_size(n) for n in self.named}
        return {name: size for name, size in sizes.items() if name != "y"}

    def _share_buffers(self) -> None:
        """Let a value stand where what it is made of, and nothing else, has stood."""
        readers: dict[Node, set[Operation]] = {}
        for node in self.named:
            for leaf, _ in self._leaves(node):
                readers.setdefault(leaf, set()).add(node)
        for node in reversed(self.named):
            if not (is_entrywise(node) or node.primitive is SOFTMAX):
                continue
            leaves = self._leaves(node)
            elsewhere = {leaf for leaf, in_place in leaves if not in_place}
            for leaf in dict.fromkeys(leaf for leaf, _ in leaves):
                alone = readers[leaf] == {node} and isinstance(leaf, Operation)
                fits = leaf not in elsewhere and row_size(leaf) == row_size(node)
                if alone and fits:
                    self.names[leaf] = self.names[node]
                    break

    def _leaves(self, node: Operation) -> list[tuple[Node, bool]]:
        """Return what a statement reads, and whether entry i only for entry i."""
        found = []
        stack = [(given, True) for given in node.inputs]
        while stack:
            given, in_place = stack.pop()
            if given in self.names:
                found.append((given, in_place))
            elif isinstance(given, Operation):
                kept = in_place and given.primitive not in MOVES
                stack.extend((n, kept) for n in given.inputs)
        return found

    def _statements(self, node: Operation) -> list[str]:
        out = self.names[node]
        if node.primitive in (DENSE, ops.MATMUL):
            return self._product(node, out)
        if node.primitive is ops.CONCATENATE:
            return self._join(node, out)
        if node.primitive is ops.MAX:
            return self._largest(node, out)
        size = row_size(node)
        everywhere = np.arange(size)
        if node.primitive is SOFTMAX:
            width = node.shape[-1]
            given = self._value(node.inputs[0], everywhere)
            lines = self._assign(out, 0, given, size)
            return [*lines, f"softmax({out}, {size // width}, {width});"]
        return self._assign(out, 0, self._expression(node, everywhere), size)

    def _assign(self, out: str, start: int, value: Term, size: int) -> list[str]:
        if size == 1:
            line = f"{out}[{start}] = {value.text};"
        else:
            there = f"{out}[i + {start}]" if start else f"{out}[i]"
            line = f"{self._loop('i', size)} {there} = {value.text};"
        itself = f"{out}[0] = {out}[0];", f"{out}[i] = {out}[i];"
        return [] if line.endswith(itself) else [line]

    def _product(self, node: Operation, out: str) -> list[str]:
        x, weights, *bias = node.inputs
        if x.ndim != 2 or not isinstance(weights, Constant):
            raise ExportError("export: got a product that is not one of x with weights")
        given, units = weights.shape
        start = f"{self.names[bias[0]]}[j]" if bias else self._digits(0).text
        entry = self._value(x, np.arange(given))
        weight = Term(f"{self.names[weights]}[i * {units} + j]")
        product = fill(self.templates[ops.MULTIPLY], [entry, weight]).text
        inner = self._loop("j", units)
        return [
            f"{inner} {out}[j] = {start};",
            f"{self._loop('i', given)} {inner} {out}[j] += {product};",
        ]

    def _largest(self, node: Operation, out: str) -> list[str]:
        (given,) = node.inputs
        if row_size(node) != 1:
            raise ExportError("export: got the largest numbers along some axes only")
        size = row_size(given)
        first = self._value(given, np.zeros(1, int))
        entry = self._value(given, np.arange(size))
        larger = fill(self.templates[ops.MAXIMUM], [Term(f"{out}[0]"), entry])
        again = f"{self._loop('i', size)} {out}[0] = {larger.text};"
        return [f"{out}[0] = {first.text};", again]

    def _join(self, node: Operation, out: str) -> list[str]:
        if node.ndim != 2:
            raise ExportError("export: got a concatenation of more than two axes")
        lines: list[str] = []
        start = 0
        for given in node.inputs:
            size = row_size(given)
            value = self._value(given, np.arange(size))
            lines += self._assign(out, start, value, size)
            start += size
        return lines

    def _value(self, node: Node, places: Places) -> Term:
        """Return the entries of a value at certain places, as a term of i."""
        if node in self.names:
            return Term(f"{self.names[node]}[{self._index(places)}]")
        if isinstance(node, Constant):
            return self._digits(node.value)
        assert isinstance(node, Operation)
        return self._expression(node, places)

    def _expression(self, node: Operation, places: Places) -> Term:
        if node.primitive in MOVES:
            return self._value(node.inputs[0], moved(self.prediction, node)[places])
        template = template_of(node, self.templates)
        return fill(
            template, [self._value(n, _stretched(n, node)[places]) for n in node.inputs]
        )

    def _index(self, places: Places) -> str:
        """Return places as an index: a formula of i, or a look into a table."""
        first = int(places[0])
        steps = np.unique(np.diff(places))
        if len(steps) > 1 or (len(steps) == 1 and steps[0] not in (0, 1)):
            return f"{self._table(places)}[i]"
        if len(steps) == 0 or steps[0] == 0:
            return str(first)
        return f"i + {first}" if first else "i"

    def _table(self, places: Places) -> str:
        for name, known in self.tables.items():
            if np.array_equal(known, places):
                return name
        name = f"places{len(self.tables) + 1}"
        self.tables[name] = places
        return name

    def _digits(self, value: object) -> Term:
        return self._number(number_term(np.asarray(value).item()))


def _is_inlined(value: Operation, readers: list[Operation]) -> bool:
    if value.primitive in MOVES:
        return True
    (reader, *others) = readers
    if not is_entrywise(value) or others or reader.inputs.count(value) > 1:
        return False
    if reader.primitive in (ops.CONCATENATE, ops.MAX):
        return True
    return is_entrywise(reader) and row_size(reader) == row_size(value)


def _stretched(node: Node, reader: Node) -> Places:
    """Return where a broadcast operand is read for each entry of the result."""
    shape = node.shape if isinstance(node, Constant) else row_shape(node)
    target = row_shape(reader)
    kept = shape[max(len(shape) - len(target), 0) :]
    places = np.arange(prod(kept)).reshape(kept)
    return np.ravel(np.broadcast_to(places, target))
