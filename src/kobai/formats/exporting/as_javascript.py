"""A model as one ES module, for browsers and Node, without dependencies."""

import base64
import textwrap

import numpy as np

from kobai.autodiff import operations as ops
from kobai.data.tables.reading.dates import AFTERNOON, CENTURY, ERAS, MONTHS
from kobai.data.tables.reading.grams import SPACELESS
from kobai.formats.exporting.expressions import Templates, Term
from kobai.formats.exporting.facts import (
    LARGE,
    facts,
    high_of,
    json_text,
    meaning,
    nested,
    taken,
)
from kobai.formats.exporting.javascript_records import RECORDS, spellings
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

ROW = "numbersOf(row)"

NUMBERS = r"""
// null and undefined are missing; Number() would make 0 of null, and of "".
function numbersOf(row) {
  if (ArrayBuffer.isView(row)) return Float32Array.from(row);
  if (row === null || typeof row !== "object") {
    const got = JSON.stringify(row);
    throw new RangeError(`got ${got} as a row; one row x alone is predict([x])[0]`);
  }
  const entries = Array.from(row).flat(Infinity);
  return Float32Array.from(entries, (entry) => {
    if (entry === null || entry === undefined) return NaN;
    if (typeof entry === "number" || typeof entry === "boolean") return Number(entry);
    const text = typeof entry === "string" ? entry.trim() : "";
    if (/^[-+]?nan$/i.test(text)) return NaN;
    if (/^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[-+]?[0-9]+)?$/i.test(text)) {
      return Number(text);
    }
    throw new RangeError(`got ${JSON.stringify(entry)} in a row; need a number`);
  });
}
"""

PIXELS = """
function pixels(row) {{
  const isBytes = row instanceof Uint8Array || row instanceof Uint8ClampedArray;
  if (!isBytes) return numbersOf(row);
  // Bytes are never divided.
  return Float32Array.from(row, (n) => (n <= {high} ? n / {high} : NaN));
}}
"""

REFUSED = """\
  if (y.some(Number.isNaN)) {{
    throw new RangeError("got a row that is neither from 0 to {high} nor from 0 to 1");
  }}
"""

OF_TABLES = """
// predictRecords(records) takes objects with an entry for each of FEATURES instead."""


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
    columns = prediction.model.columns
    if columns is not None:
        known["SPELLINGS"] = spellings(columns)
        known |= {"MONTHS": MONTHS, "ERAS": ERAS, "CENTURY": CENTURY}
        known["AFTERNOON"] = AFTERNOON
        known |= {"SPACELESS": SPACELESS}
    return "\n".join(f"export const {n} = {_json(v)};" for n, v in known.items())


def _helpers(used: str, high: str) -> str:
    helpers = [text for name, text in HELPERS.items() if f"{name}(" in used]
    return "".join([*helpers, NUMBERS, *[PIXELS.format(high=high)] * bool(high)])


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
