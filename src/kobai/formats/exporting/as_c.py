"""A model as one C99 file without malloc, and its header, for microcontrollers."""

import re
import textwrap
from collections.abc import Iterable, Sequence

import numpy as np

from kobai.autodiff import operations as ops
from kobai.formats.exporting.expressions import Templates, Term, number_text
from kobai.formats.exporting.facts import WIDTH, facts, meaning, taken
from kobai.formats.exporting.loops import TEMPLATES, LoopWriter
from kobai.formats.exporting.prediction import Prediction, row_size
from kobai.version import __version__

C_TEMPLATES: Templates = {
    **TEMPLATES,
    ops.EXP: Term("expf({})"),
    ops.TANH: Term("tanhf({})"),
}

HELPERS = {
    "sigmoid": """
static float sigmoid(float x)
{
    return 1.0f / (1.0f + expf(-x));
}
""",
    "softplus": """
static float softplus(float x)
{
    return (x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x)));
}
""",
    "maximum": """
static float maximum(float a, float b)
{
    /* NaN stays NaN, as fmaxf would not have it. */
    return a > b || a != a ? a : b;
}
""",
    "softmax": """
static void softmax(float *y, int rows, int width)
{
    for (; rows > 0; rows--, y += width) {
        float largest = y[0], total = 0.0f;
        for (int i = 1; i < width; i++) if (y[i] > largest) largest = y[i];
        for (int i = 0; i < width; i++) total += y[i] = expf(y[i] - largest);
        for (int i = 0; i < width; i++) y[i] /= total;
    }
}
""",
}

HEADER = """\
/* Predictions of a trained network; written by Kobai {version}. C99, needs only math.h.
 *
 * {name}_predict(x, y) takes a row of {given} numbers, and writes {returned} to y:
 * {meaning}. x and y must not overlap.{taken}{of_tables}
 *
 * Memory: {flash} bytes of constants (flash), {ram} bytes of buffers (RAM). They are on
 * the stack; with {macro}_BUFFER defined as static they have a place of their own, and
 * calls must not overlap in time.
 */

#ifndef {macro}_H
#define {macro}_H

#define {macro}_INPUTS {given}
#define {macro}_OUTPUTS {returned}

#ifdef __cplusplus
extern "C" {{
#endif

{declared}void {name}_predict(const float *x, float *y);

#ifdef __cplusplus
}}
#endif

#endif
"""

FILE = """\
{header}
#include <math.h>

#if __FINITE_MATH_ONLY__ + 0 || defined(__FAST_MATH__) || defined(_M_FP_FAST)
#error "Compile without -ffast-math (-Ofast, /fp:fast), which takes no number for NAN."
#endif

#ifndef {macro}_BUFFER
#define {macro}_BUFFER
#endif
{texts}
{constants}
{helpers}
void {name}_predict(const float *x, float *y)
{{
{body}
}}
"""

OF_TABLES = """
 * x has an entry for each of {name}_features: a number, NAN where it is missing; of
 * words their place in {name}_categories_... (named by the feature's place), or -1."""


def write_header(prediction: Prediction, stem: str) -> str:
    """Return the header of the C file, with which that begins as well."""
    return _parts(prediction, stem)[0]


def write_c(prediction: Prediction, stem: str) -> str:
    """Return the C file; `stem` is the name of the file, and of what is in it."""
    return _parts(prediction, stem)[1]


def _parts(prediction: Prediction, stem: str) -> tuple[str, str]:
    """Return the header and the file, which needs none: a file may have any name."""
    writer = LoopWriter(
        prediction, C_TEMPLATES, "for (int {i} = 0; {i} < {n}; {i}++)", _float
    )
    name = identifier(stem)
    macro = name.upper()
    lines = writer.body()
    used = "\n".join(lines)
    buffers = writer.buffers()
    arrays = {n: np.asarray(c.value) for n, c in prediction.arrays.items()}
    arrays = {n: array for n, array in arrays.items() if f"{n}[" in used}
    constants = [_array(n, array) for n, array in (arrays | writer.tables).items()]
    held = [f"{macro}_BUFFER float {n}[{size}];" for n, size in buffers.items()]
    is_table = prediction.model.columns is not None
    lists = _lists(name, prediction)
    header = HEADER.format(
        version=__version__,
        name=name,
        macro=macro,
        given=row_size(prediction.input),
        returned=row_size(prediction.output),
        meaning=meaning(prediction),
        taken=_taken(prediction),
        of_tables=OF_TABLES.format(name=name) if is_table else "",
        flash=f"{4 * sum(a.size for a in (arrays | writer.tables).values()):,}",
        ram=f"{4 * sum(buffers.values()):,}",
        declared="".join(f"extern {_declared(*each)};\n" for each in lists.items()),
    )
    texts = [_braced(_declared(*e), map(_string, e[1])) for e in lists.items()]
    return header, FILE.format(
        header=header,
        name=name,
        macro=macro,
        texts="".join(f"\n{text}" for text in texts) + "\n" * bool(texts),
        constants="\n".join(constants),
        helpers="".join(t for h, t in HELPERS.items() if f"{h}(" in used),
        body=textwrap.indent("\n".join([*held, *lines]), "    "),
    )


def identifier(stem: str) -> str:
    """Return a name for functions that reads like a file's name.

    >>> identifier("My iris-1"), identifier("1")
    ('my_iris_1', 'model_1')
    """
    name = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")
    return name if name[:1].isalpha() else f"model_{name}".rstrip("_")


def _taken(prediction: Prediction) -> str:
    text = taken(prediction, "gives NAN")
    return "\n *\n" + textwrap.indent(text, " * ") if text else ""


def _float(digits: Term) -> Term:
    return Term("NAN" if digits.text == "nan" else f"{digits.text}f", digits.binds)


def _array(name: str, array: np.ndarray) -> str:
    if array.dtype.kind == "f":
        kind, entries = "float", [f"{number_text(n)}f" for n in array.ravel()]
    else:
        kind, entries = "int", [str(n) for n in array.ravel()]
    return _braced(f"static const {kind} {name}[{array.size}]", entries)


def _lists(name: str, prediction: Prediction) -> dict[str, Sequence[str]]:
    """Return the names of features, categories and classes by those of arrays."""
    known = facts(prediction)
    lists = {
        kind.lower(): known[kind]
        for kind in ("FEATURES", "TARGETS", "OUTPUTS", "CLASSES")
        if kind in known
    }
    for feature, words in known.get("CATEGORIES", {}).items():
        lists[f"categories_{known['FEATURES'].index(feature)}"] = words
    return {f"{name}_{kind}": words for kind, words in lists.items()}


def _declared(array: str, words: Sequence[str]) -> str:
    return f"const char *const {array}[{len(words)}]"


def _braced(left: str, entries: Iterable[str]) -> str:
    entries = list(entries)
    text = f"{left} = {{{', '.join(entries)}}};"
    if len(text) <= WIDTH:
        return text
    lines = ["   "]
    for entry in entries:
        if len(lines[-1]) + len(entry) + 2 > WIDTH:
            lines.append("   ")
        lines[-1] += f" {entry},"
    return "\n".join([f"{left} = {{", *lines, "};"])


def _string(text: str) -> str:
    """Return a C string; what might mean something else is written as its number."""
    return f'"{"".join(map(_letter, text))}"'


def _letter(letter: str) -> str:
    if letter.isprintable() and letter not in '"\\?':
        return letter
    return "".join(f"\\{byte:03o}" for byte in letter.encode())
