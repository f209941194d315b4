"""A model as one readable Python file that needs NumPy alone."""

import base64
import pprint
import re
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.engines.numpy_engine.lines import index_text
from kobai.formats.exporting.expressions import (
    ARITHMETIC,
    ATOM,
    PRODUCT,
    SUM,
    Templates,
    Term,
    fill,
    named_values,
    names_of,
    number_term,
    template_of,
)
from kobai.formats.exporting.facts import (
    LARGE,
    classes_of,
    facts,
    high_of,
    meaning,
    nested,
    taken,
    written,
)
from kobai.formats.exporting.fusing import DENSE, SOFTMAX, SOFTPLUS, is_entrywise
from kobai.formats.exporting.prediction import MOVES, Prediction
from kobai.formats.exporting.python_records import RECORDS
from kobai.formats.exporting.reader import IMPORTS, reader_source
from kobai.graph import Constant, Input, Node, Operation
from kobai.version import __version__

TEMPLATES: Templates = {
    **ARITHMETIC,
    ops.EXP: Term("np.exp({})"),
    ops.MAXIMUM: Term("np.maximum({}, {})"),
    ops.TANH: Term("np.tanh({})"),
    ops.WHERE: Term("np.where({}, {}, {})"),
    SOFTPLUS: Term("np.logaddexp(0, {})"),
    ops.SIGMOID: Term("sigmoid({})"),
    SOFTMAX: Term("softmax({})"),
    DENSE: Term("{} @ {} + {}", SUM),
    ops.MATMUL: Term("{} @ {}", PRODUCT),
}

HELPERS = {
    "sigmoid": """
def sigmoid(x):
    # Of more than 88 exp would overflow.
    return 1 / (1 + np.exp(np.minimum(-x, 88)))
""",
    "softmax": """
def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
""",
    "decode": """
def decode(text, shape):
    numbers = np.frombuffer(base64.b64decode(text), "<f4")
    return numbers.astype(np.float32).reshape(shape)
""",
}

FILE = '''\
"""Predictions of a trained network; written by Kobai {version}, needs NumPy alone.

predict(x) takes rows, shape {given}, and returns for each row, shape {returned}:
{meaning}.{taken}{of_tables}
"""

{imports}

{facts}
{helpers}

{constants}


def predict(x):
    """Return the {output} for rows x, or for one row alone."""
{given_pixels}    x = np.asarray(x, np.float32)
    if x.shape == INPUTS:
        return predict(x[np.newaxis])[0]
    if x.shape[1:] != INPUTS:
        raise ValueError(f"got rows of shape {{x.shape[1:]}}; need {{INPUTS}}")
{body}
{records}'''

OF_TABLES = """

predict_records(records) takes rows as dictionaries with an entry for each of FEATURES.
From a shell: python FILE.py table.csv"""

PIXELS = """
def pixels(x):
    # Whole numbers, by their dtype, are never divided before.
    x = np.asarray(x)
    if x.dtype.kind not in "iu" or not x.size:
        return x
    if x.min() < 0 or x.max() > {high} or x.max() == 1:
        raise ValueError(
            f"got whole numbers from {{x.min()}} to {{x.max()}}; need 0 to {high}"
        )
    return x / {high}
"""

PICTURES = """\
    if x.shape == PICTURE:
        x = np.reshape(x, INPUTS)
    elif x.shape[1:] == PICTURE:
        x = np.reshape(x, (len(x), *INPUTS))
"""

REFUSED = """\
y = {y}
if np.isnan(y).any():
    raise ValueError("got rows that are neither from 0 to {high} nor from 0 to 1")
return y"""


def write_numpy(prediction: Prediction) -> str:
    """Return the Python file."""
    writer = _Writer(prediction)
    body = writer.body()
    constants = [writer.constant(*each) for each in prediction.arrays.items()]
    used = "\n".join([*body, *constants])
    is_table = prediction.model.columns is not None
    known = facts(prediction) | (written(prediction) if is_table else {})
    text = FILE.format(
        version=__version__,
        given=_tuple(prediction.free(prediction.input.shape, "n")),
        returned=_tuple(prediction.free(prediction.output.shape, "n")),
        meaning=meaning(prediction),
        taken=_taken(prediction),
        of_tables=OF_TABLES if is_table else "",
        given_pixels=_given(prediction),
        imports=_imports("decode(" in used, is_table),
        facts="\n".join(f"{n} = {_literal(v)}" for n, v in known.items()),
        helpers=_helpers(used, high_of(prediction)),
        constants="\n".join(constants),
        output=prediction.output_name,
        body="\n".join(f"    {line}" for line in body),
        records=_records(prediction) if is_table else "",
    )
    # Parts that are empty leave no gap.
    return re.sub(r"\n{4,}", "\n\n\n", text).rstrip() + "\n"


def _records(prediction: Prediction) -> str:
    # A single probability is that of the second class.
    first = len(classes_of(prediction.model)) - prediction.output.shape[1]
    heads = {0: "CLASSES", 1: "CLASSES[1:]"}.get(first, "TARGETS")
    if "OUTPUTS" in facts(prediction):
        heads = "OUTPUTS"
    return RECORDS.format(
        output=prediction.output_name, heads=heads, reader=reader_source()
    )


def _taken(prediction: Prediction) -> str:
    text = taken(prediction, "is refused")
    if high_of(prediction):
        text += "\nWhole numbers, by their dtype, are never taken as divided."
    return f"\n\n{text}" * bool(text)


def _given(prediction: Prediction) -> str:
    """Return the statements by which pixels are brought into one form."""
    pictures = bool(prediction.model.image_shape)
    lines = "    x = np.asarray(x)\n" * pictures + PICTURES * pictures
    return lines + "    x = pixels(x)\n" * bool(high_of(prediction))


def _helpers(used: str, high: str) -> str:
    helpers = [text for name, text in HELPERS.items() if f"{name}(" in used]
    helpers += [PIXELS.format(high=high)] * bool(high)
    return "".join(f"\n{text}" for text in helpers)


def _imports(decodes: bool, is_table: bool) -> str:
    of_tables = [*IMPORTS.split(), "sys"] * is_table
    standard = [f"import {name}" for name in ["base64"] * decodes + of_tables]
    return "\n".join([*standard, *[""] * bool(standard), "import numpy as np"])


def _literal(value: object) -> str:
    if isinstance(value, str):
        return repr(value)
    return pprint.pformat(value, width=80, compact=True, sort_dicts=False)


class _Writer:
    """Writes values as expressions, and those that are read again as statements."""

    def __init__(self, prediction: Prediction) -> None:
        self.prediction = prediction
        self.named = named_values(prediction, _is_inlined)
        self.names = names_of(prediction, self.named)

    def body(self) -> list[str]:
        """Return the statements, the last of which returns the output."""
        output = self.prediction.output
        lines = [
            f"{self.names[node]} = {self.expression(node).text}"
            for node in self.named
            if node is not output
        ]
        is_input = isinstance(output, Input)
        text = "x.copy()" if is_input else self.expression(output).text  # type: ignore[arg-type]
        high = high_of(self.prediction)
        end = REFUSED.format(y=text, high=high) if high else f"return {text}"
        return [*lines, *end.split("\n")]

    def constant(self, name: str, node: Constant) -> str:
        """Return the line, or lines, that define an array."""
        array = np.asarray(node.value)
        if array.size > LARGE and array.dtype == np.float32:
            text = base64.b64encode(array.astype("<f4").tobytes()).decode()
            value = f'decode("{text}", {array.shape})'
        elif array.dtype == np.float32:
            value = f"np.array({nested(array)}, np.float32)"
        else:
            value = f"np.array({array.tolist()})"
        return f"{name} = {value}"

    def term(self, node: Node) -> Term:
        """Return a value where it is read."""
        if node in self.names:
            return Term(self.names[node])
        if isinstance(node, Constant):
            term = number_term(np.asarray(node.value).item())
            return Term("np.nan") if term.text == "nan" else term
        assert isinstance(node, Operation)
        return self.expression(node)

    def expression(self, node: Operation) -> Term:
        """Return what computes an operation."""
        terms = [self.term(n) for n in node.inputs]
        if node.primitive in (*MOVES, ops.CONCATENATE):
            return Term(self._moved(node, terms))
        if node.primitive is ops.MAX:
            axes = node.attributes["axis"]
            return Term(f"np.max({terms[0].text}, axis={axes}, keepdims=True)")
        if node.primitive is ops.ASTYPE:
            return Term(f"({terms[0].text}).astype(np.float32)")
        branches = node.inputs[1:] if node.primitive is ops.WHERE else ()
        if branches and all(isinstance(n, Constant) for n in branches):
            # Of two Python numbers NumPy would make float64.
            terms[1] = Term(f"np.float32({terms[1].text})")
        return fill(template_of(node, TEMPLATES), terms)

    def _moved(self, node: Operation, terms: list[Term]) -> str:
        x, *rest = (term.text for term in terms)
        options = node.attributes
        if node.primitive is ops.CONCATENATE:
            return f"np.concatenate([{', '.join([x, *rest])}], axis={options['axis']})"
        if node.primitive is ops.GETITEM:
            x = x if terms[0].binds == ATOM else f"({x})"
            return f"{x}[{index_text(options['pattern'], rest)}]"
        if node.primitive is ops.TRANSPOSE:
            return f"np.transpose({x}, {options['axes']})"
        shape = self.prediction.free(options["shape"], "len(x)")
        return f"np.{node.primitive.name}({x}, {_tuple(shape)})"


def _is_inlined(value: Operation, readers: list[Operation]) -> bool:
    if len(readers) > 1 or readers[0].inputs.count(value) > 1:
        return False
    if value.primitive in MOVES:
        return True
    is_next = is_entrywise(readers[0]) or readers[0].primitive is SOFTMAX
    return is_next and value.primitive is not ops.CONCATENATE


def _tuple(sizes: tuple[Any, ...]) -> str:
    """Return a tuple of names and numbers as it is written.

    >>> _tuple(("n", 4)), _tuple(("n",))
    ('(n, 4)', '(n,)')
    """
    return f"({', '.join(map(str, sizes))}{',' if len(sizes) == 1 else ''})"
