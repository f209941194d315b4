"""Operations as text: which values get a name, and where parentheses are needed."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Primitive
from kobai.engines.numpy_engine.names import unused
from kobai.formats.exporting.fusing import DENSE
from kobai.formats.exporting.prediction import RESERVED, ExportError, Prediction
from kobai.graph import Node, Operation

T = TypeVar("T")

CHOICE, COMPARISON, SUM, PRODUCT, SIGN, ATOM = range(6)


class Term(NamedTuple):
    """An expression, and how tightly what is outermost in it binds."""

    text: str
    binds: int = ATOM


# How an operation is written: "{}" for each operand.
Templates = Mapping[Primitive, Term]

ARITHMETIC: Templates = {
    ops.ADD: Term("{} + {}", SUM),
    ops.SUBTRACT: Term("{} - {}", SUM),
    ops.MULTIPLY: Term("{} * {}", PRODUCT),
    ops.DIVIDE: Term("{} / {}", PRODUCT),
    ops.NEGATIVE: Term("-{}", SIGN),
    ops.GREATER: Term("{} > {}", COMPARISON),
    ops.EQUAL: Term("{} == {}", COMPARISON),
    ops.NOT_EQUAL: Term("{} != {}", COMPARISON),
}


def fill(template: Term, operands: Sequence[Term]) -> Term:
    """Return a template with its operands, in parentheses where they need them.

    >>> fill(ARITHMETIC[ops.MULTIPLY], [Term("a + b", SUM), Term("c")]).text
    '(a + b) * c'
    """
    texts = []
    for position, operand in enumerate(operands):
        # a - b - c is (a - b) - c. The operands of a call stand by themselves.
        loosest = template.binds if position == 0 else template.binds + 1
        is_bare = template.binds == ATOM or operand.binds >= loosest
        texts.append(operand.text if is_bare else f"({operand.text})")
    return Term(template.text.format(*texts), template.binds)


def template_of(node: Operation, templates: Mapping[Primitive, T]) -> T:
    """Return how an operation is written; ExportError names one that cannot be."""
    found = templates.get(node.primitive)
    if found is None:
        raise ExportError(
            f"export: this format has no form for the operation {node.primitive.name}"
        )
    return found


def number_text(value: object) -> str:
    """Return a number in the fewest digits that give its float32 again.

    >>> number_text(0.1), number_text(np.float32(1) / 3), number_text(0)
    ('0.1', '0.33333334', '0.0')
    """
    return str(np.float32(value))  # type: ignore[arg-type]


def number_term(value: object) -> Term:
    """Return a number as a term; a negative one has a sign."""
    text = number_text(value)
    return Term(text, SIGN if text.startswith("-") else ATOM)


def named_values(
    prediction: Prediction, is_inlined: Callable[[Operation, list[Operation]], bool]
) -> list[Operation]:
    """Return the operations whose results get a name, in order.

    The others are written where they are read: those of which `is_inlined(value, its
    readers)`. The output has no reader, and is always among those named.
    """
    operations = prediction.graph.operations
    readers: dict[Node, list[Operation]] = {node: [] for node in operations}
    for node in operations:
        for given in node.inputs:
            readers.setdefault(given, []).append(node)
    return [n for n in operations if not (readers[n] and is_inlined(n, readers[n]))]


def names_of(prediction: Prediction, named: Sequence[Operation]) -> dict[Node, str]:
    """Return the names of the input, of every array of constants, and of values.

    Arrays have the names that they have in the network; the sums of the layer with W2
    are z2, what is made of them h2.
    """
    names: dict[Node, str] = {prediction.input: "x"}
    names |= {constant: name for name, constant in prediction.arrays.items()}
    taken = {*names.values(), *RESERVED}
    layer = ""
    for node in prediction.graph.operations:
        is_product = node.primitive in (DENSE, ops.MATMUL)
        if is_product:
            number = re.search(r"\d+$", names.get(node.inputs[1], ""))
            layer = number.group() if number else ""
        if node in named:
            names[node] = unused(f"{'z' if is_product else 'h'}{layer}", taken)
    return names
