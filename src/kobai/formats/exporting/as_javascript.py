"""A model as one ES module, for browsers and Node, without dependencies."""

import base64
import textwrap

import numpy as np

from kobai.autodiff import operations as ops
from kobai.formats.exporting.expressions import Templates, Term
from kobai.formats.exporting.facts import (
    LARGE,
    facts,
    high_of,
    json_text,
    meaning,
    nested,
    taken,
    written,
)
from kobai.formats.exporting.loops import TEMPLATES, LoopWriter
from kobai.formats.exporting.prediction import Prediction, row_size
from kobai.version import __version__

JAVASCRIPT_TEMPLATES: Templates = {
    **TEMPLATES,
    ops.MAXIMUM: Term("Math.max({}, {})"),
    ops.EXP: Term("Math.exp({})"),
    ops.TANH: Term("Math.tanh({})"),
}

HELPERS = {
    "sigmoid": """
function sigmoid(x) {
  return 1 / (1 + Math.exp(-x));
}
""",
    "softplus": """
function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
""",
    "softmax": """
function softmax(y, rows, width) {
  for (let start = 0; start < rows * width; start += width) {
    const row = y.subarray(start, start + width);
    const largest = row.reduce((a, b) => Math.max(a, b));
    row.forEach((number, i) => (row[i] = Math.exp(number - largest)));
    const total = row.reduce((a, b) => a + b);
    row.forEach((number, i) => (row[i] = number / total));
  }
}
""",
    "decode": """
function decode(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}
""",
}

FILE = """\
// Predictions of a trained network; written by Kobai {version}, needs nothing else.
//
// import {{ predict }} from "./FILE.mjs";
// predict(rows) takes an array of rows of {given} numbers, and returns for each row an
// array of {returned}: {meaning}.{taken}{of_tables}

{facts}

{constants}
{helpers}
export function predict(rows) {{
  return Array.from(rows, predictRow);
}}

function predictRow(row) {{
  const x = {numbers};
  if (x.length !== {given}) {{
    throw new RangeError(`got a row of ${{x.length}} numbers; need {given}`);
  }}
{body}
{refused}  return Array.from(y);
}}
{records}"""

ROW = "Float32Array.from(Array.isArray(row) ? row.flat(Infinity) : row)"

PIXELS = """
function pixels(row) {{
  const numbers = Array.isArray(row) ? row.flat(Infinity) : row;
  const isBytes = row instanceof Uint8Array || row instanceof Uint8ClampedArray;
  if (!isBytes) return Float32Array.from(numbers);
  // Bytes are never divided.
  return Float32Array.from(numbers, (n) => (n <= {high} ? n / {high} : NaN));
}}
"""

REFUSED = """\
  if (y.some(Number.isNaN)) {{
    throw new RangeError("got a row that is neither from 0 to {high} nor from 0 to 1");
  }}
"""

OF_TABLES = """
// predictRecords(records) takes objects with an entry for each of FEATURES instead."""

RECORDS = r"""
const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

// Words become their places in CATEGORIES, or -1.
export function encodeRecord(record) {
  return FEATURES.map((name) => {
    if (!Object.hasOwn(record, name)) {
      throw new RangeError(`the record has no "${name}"`);
    }
    const value = record[name];
    const text = String(value).trim();
    if (Object.hasOwn(CATEGORIES, name)) {
      const found = CATEGORIES[name].indexOf(String(value));
      return found < 0 ? CATEGORIES[name].indexOf(text) : found;
    }
    if (value === null || value === undefined || MISSING.includes(text)) return NaN;
    const digits = text.replace(DECIMAL, ".");
    if (!NUMBER.test(digits) || Math.abs(digits) > 1e30) {
      throw new RangeError(`${name}: got "${text}"; need a number`);
    }
    return Number(digits);
  });
}

export function predictRecords(records) {
  return predict(Array.from(records, encodeRecord));
}
"""


def write_javascript(prediction: Prediction) -> str:
    """Return the ES module."""
    loop = "for (let {i} = 0; {i} < {n}; {i}++)"
    writer = LoopWriter(prediction, JAVASCRIPT_TEMPLATES, loop, _number)
    lines = writer.body()
    arrays = [
        f"const {name} = {_array(np.asarray(constant.value))};"
        for name, constant in prediction.arrays.items()
        if f"{name}[" in "\n".join(lines)
    ]
    arrays += [f"const {n} = {p.tolist()};" for n, p in writer.tables.items()]
    buffers = writer.buffers() | {"y": row_size(prediction.output)}
    held = [f"const {n} = new Float32Array({size});" for n, size in buffers.items()]
    is_table = prediction.model.columns is not None
    high = high_of(prediction)
    return FILE.format(
        version=__version__,
        given=row_size(prediction.input),
        returned=row_size(prediction.output),
        meaning=meaning(prediction),
        taken=_taken(prediction),
        of_tables=OF_TABLES if is_table else "",
        numbers="pixels(row)" if high else ROW,
        refused=REFUSED.format(high=high) if high else "",
        facts=_facts(prediction),
        constants="\n".join(arrays),
        helpers=_helpers("\n".join([*lines, *arrays]), high),
        body=textwrap.indent("\n".join([*held, *lines]), "  "),
        records=RECORDS if is_table else "",
    )


def _facts(prediction: Prediction) -> str:
    known = facts(prediction)
    if prediction.model.columns is not None:
        known["DECIMAL"] = written(prediction)["DECIMAL"]
    return "\n".join(f"export const {n} = {_json(v)};" for n, v in known.items())


def _helpers(used: str, high: str) -> str:
    helpers = [text for name, text in HELPERS.items() if f"{name}(" in used]
    return "".join([*helpers, *[PIXELS.format(high=high)] * bool(high)])


def _taken(prediction: Prediction) -> str:
    text = taken(prediction, "is refused")
    if high_of(prediction):
        text += "\nBytes (Uint8Array) are never taken as divided."
    return "\n//\n" + textwrap.indent(text, "// ") if text else ""


def _json(value: object) -> str:
    if not isinstance(value, dict):
        return json_text(value)
    # In an object {"__proto__": …} would be no entry; {["__proto__"]: …} is one.
    keys = {k: f"[{json_text(k)}]" if k == "__proto__" else json_text(k) for k in value}
    entries = ", ".join(f"{keys[k]}: {json_text(v)}" for k, v in value.items())
    return f"{{{entries}}}"


def _number(digits: Term) -> Term:
    """Return a number of float32, where JavaScript has a float64 of the same digits."""
    value = float(digits.text)
    if np.isnan(value):
        return Term("NaN")
    is_exact = value == float(np.float32(value))
    return digits if is_exact else Term(f"Math.fround({digits.text})")


def _array(array: np.ndarray) -> str:
    if array.size > LARGE:
        text = base64.b64encode(array.astype("<f4").tobytes()).decode()
        return f'decode("{text}")'
    return f"new Float32Array({nested(array.ravel())})"
