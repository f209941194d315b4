"""The formulas of the lab's page: `web/src/engine/formulas.ts`, from Kobai's own.

    python -m kobai.page.formulas web/src/engine/formulas.ts

Every activation, loss, optimizer and schedule is traced with its derivative, and its
graph written as loops in JavaScript. What is registered in Python appears in the lab.
"""

import inspect
import json
import re
import runpy
import sys
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import numpy as np

from kobai import autodiff, functions, optimizers
from kobai.page.rowwise import HELPERS, Loops, number_function
from kobai.networks.activations import ACTIVATIONS, Activation
from kobai.networks.layer import Layer
from kobai.networks.losses import LOSSES, Loss
from kobai.optimizers import OPTIMIZERS, Optimizer
from kobai.optimizers.base import Schedule

HEAD = """\
// Written by `python -m kobai.page.formulas` from Kobai's own definitions: change them
// there. Each function is the simplified graph of one of theirs, or of its derivative.

/** An array of numbers of either precision. */
export type Numbers = Float32Array | Float64Array;
"""

TYPES = """\
export interface Formula {
  /** Lines of plain text, and the same as LaTeX. */
  text: string[];
  latex: string[];
}

export interface Activation {
  formula: Formula;
  /** Whether it also stands between layers. */
  hidden: boolean;
  /** Whether it passes about half of its inputs, for He's initial weights. */
  rectified: boolean;
  /** Whether an output depends on the whole row. */
  rows: boolean;
  /** y = f(x), for `rows` rows of `width` numbers. */
  forward(x: Numbers, y: Numbers, rows: number, width: number): void;
  /** g, the loss's derivative by y, becomes that by x. */
  backward(x: Numbers, y: Numbers, g: Numbers, rows: number, width: number): void;
}

export interface Loss {
  formula: Formula;
  /** Whether it is a function of the sums before the output's activation. */
  ofLogits: boolean;
  classifies: boolean;
  /** The output activations that it goes with. */
  fits: ActivationName[];
  /** Returns the mean loss of the rows; g becomes its derivative by y. */
  backward(y: Numbers, t: Numbers, g: Numbers, rows: number, width: number): number;
  /** Returns the mean loss alone. */
  value(y: Numbers, t: Numbers, rows: number, width: number): number;
}

/** The name, in Kobai and in a link, of each number that can be chosen. */
export type Options = Record<string, number>;

export interface Optimizer {
  formula: Formula;
  learningRate: number;
  options: Options;
  /** The names of what it remembers of each parameter. */
  slots: string[];
  /** Whether weight decay acts on the weights themselves, not through the gradient. */
  decoupled: boolean;
  /** Changes parameters w by their gradient g, in step 0, 1, …. */
  update(
    w: Numbers,
    g: Numbers,
    memory: Numbers[],
    size: number,
    rate: number,
    step: number,
    options: Options,
  ): void;
}

export interface Schedule {
  formula: Formula;
  options: Options;
  /** The learning rate of step 0, 1, …. */
  rate(rate: number, step: number, options: Options): number;
}

function square(x: number): number {
  return x * x;
}
"""

SCHEDULES: dict[str, type[Any]] = {
    "step_decay": optimizers.StepDecay,
    "exponential_decay": optimizers.ExponentialDecay,
    "cosine_decay": optimizers.CosineDecay,
    "warm_up": optimizers.WarmUp,
}
"""The schedules by the names that the page has for them."""

# Where a schedule's number has no default in Python, the page begins with this one.
FIRST_NUMBERS = {"every": 100.0, "steps": 1000.0}

INITIALIZERS = {"auto": "", "he": "he", "xavier": "xavier", "normal": "normal"}

WEIGHT_DECAY = "weight_decay"


def typescript() -> str:
    """Return the module."""
    tables = {
        "Activation": {n: _activation(kind) for n, kind in ACTIVATIONS.items()},
        "Loss": {name: _loss(loss) for name, loss in LOSSES.items()},
        "Optimizer": {name: _optimizer(kind) for name, kind in OPTIMIZERS.items()},
        "Schedule": {"constant": _constant()}
        | {name: _schedule(kind) for name, kind in SCHEDULES.items()},
    }
    names = {kind: list(table) for kind, table in tables.items()}
    names["Initializer"] = list(INITIALIZERS)
    unions = [f"export type {k}Name = {_union(n)};" for k, n in names.items()]
    records = [_record(kind, table) for kind, table in tables.items()]
    formulas = {
        n: _formula(getattr(functions, f or "he")) for n, f in INITIALIZERS.items()
    }
    entries = "\n".join(f"  {n}: {text}," for n, text in formulas.items())
    initializers = (
        "export const INITIALIZERS: Record<InitializerName, Formula> = {\n"
        f"{entries}\n}};"
    )
    parts = [HEAD, "\n".join(unions), TYPES, HELPERS, *records, initializers]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _union(names: Sequence[str]) -> str:
    return "".join(f'\n  | "{name}"' for name in names)


def _record(kind: str, table: dict[str, str]) -> str:
    plural = {"Loss": "LOSSES"}.get(kind, f"{kind.upper()}S")
    entries = "\n".join(f"  {name}: {text}," for name, text in table.items())
    return f"export const {plural}: Record<{kind}Name, {kind}> = {{\n{entries}\n}};"


def _activation(kind: type[Activation]) -> str:
    layer = kind()

    def forward(x: Any) -> Any:
        return layer.forward({}, x, False)[0]

    def result(x: Any, **others: Any) -> list[Any]:
        return [forward(x)]

    def slope(x: Any, g: Any, **others: Any) -> list[Any]:
        return [autodiff.gradient(lambda x: np.sum(g * forward(x)), x)]

    rows = _mixes_rows(forward)
    known = {"y": lambda x, **others: forward(x)}
    there = Loops(result, ["x"], ["y"], rows=rows).lines()
    back = Loops(slope, ["x", "g"], ["g"], rows=rows, known=known).lines()
    documented = getattr(functions, layer_function(kind), kind)
    return _object(
        formula=_formula(documented),
        hidden=_json(kind.hidden),
        rectified=_json(kind.rectified),
        rows=_json(rows),
        forward=_method("x, y, rows, width", there),
        backward=_method("x, y, g, rows, width", back),
    )


def layer_function(kind: type[Layer]) -> str:
    """Return the name of the function that an activation's docstring refers to."""
    found = re.search(r"kobai\.functions\.(\w+)", kind.__doc__ or "")
    return found.group(1) if found else kind.__name__.lower()


def _mixes_rows(f: Callable[[Any], Any]) -> bool:
    """Tell whether an entry of the result depends on others than its own."""
    x = np.array([[0.1, 0.2, 0.3]])
    other = np.array([[0.1, 0.7, 0.3]])
    return bool(f(x)[0, 0] != f(other)[0, 0])


def _loss(loss: Loss) -> str:
    def value(y: Any, t: Any, **others: Any) -> Any:
        return loss.function(y, t)

    def both(y: Any, t: Any, **others: Any) -> list[Any]:
        return list(autodiff.value_and_gradient(lambda y: value(y, t), y))

    # Of one row it is a sum, or of one number, whose mean is the number.
    rows = loss.is_sum or loss.takes_labels
    arrays = ["y", "t"]
    back = Loops(both, arrays, ["", "g"], rows=rows).lines()
    alone = Loops(lambda **given: [value(**given)], arrays, [""], rows=rows).lines()
    share = "rows" if rows else "(rows * width)"
    scaled = f"for (let i = 0; i < rows * width; i++) g[i] /= {share};"
    fits = [name for name, kind in ACTIVATIONS.items() if loss.fits_with(kind())]
    start, end = ["let total = 0;"], [f"return total / {share};"]
    return _object(
        formula=_formula(loss.function),
        ofLogits=_json(loss.of_logits),
        classifies=_json(loss.classifies),
        fits=_json(fits),
        backward=_method("y, t, g, rows, width", [*start, *back, scaled, *end]),
        value=_method("y, t, rows, width", [*start, *alone, *end]),
    )


def _optimizer(kind: type[Optimizer]) -> str:
    own = {
        each.name: _default(each)
        for each in fields(kind)
        if each.name not in ("learning_rate", "clip_norm", "clip_value")
    }
    options = {n: v for n, v in own.items() if n != WEIGHT_DECAY}
    slots = kind.slots
    is_decoupled = kind._decayed is not Optimizer._decayed

    def update(**given: Any) -> list[Any]:
        made: Any = object.__new__(kind)
        for each in fields(kind):
            object.__setattr__(made, each.name, given.get(each.name))
        if not is_decoupled:
            object.__setattr__(made, WEIGHT_DECAY, _Something(given[WEIGHT_DECAY]))
        state = {"step": given["step"]} | {s: {"w": given[s]} for s in slots}
        new, state = made.update(
            {"w": given["w"]}, {"w": given["g"]}, state, given["rate"]
        )
        return [new["w"], *(state[slot]["w"] for slot in slots)]

    numbers = ["rate", "step", *own]
    loops = Loops(update, ["w", "g", *slots], ["w", *slots], numbers=numbers)
    first = [f"const {n} = options.{n};" for n in own]
    taken = [f"const {slot} = memory[{i}];" for i, slot in enumerate(slots)]
    lines = [line for line in loops.lines()]
    text = "\n".join(lines)
    used = [
        line for n, line in zip(own, first, strict=True) if re.search(rf"\b{n}\b", text)
    ]
    return _object(
        formula=_formula(kind),
        learningRate=_json(_default(fields(kind)[0])),
        options=_json(options | ({WEIGHT_DECAY: own[WEIGHT_DECAY]})),
        slots=_json(list(slots)),
        decoupled=_json(is_decoupled),
        update=_method(
            "w, g, memory, size, rate, step, options", [*used, *taken, *lines]
        ),
    )


class _Something:
    """A number that is traced, of which `if` is to know that it is not 0."""

    def __init__(self, number: Any) -> None:
        self.number = number

    def __mul__(self, other: Any) -> Any:
        return self.number * other


def _constant() -> str:
    nothing = '{ text: ["η"], latex: ["η"] }'
    return _object(
        formula=nothing, options="{}", rate=_method("rate", ["return rate;"])
    )


def _schedule(kind: type[Schedule]) -> str:
    first, *others = fields(kind)  # type: ignore[arg-type]
    names = [each.name for each in others]

    def rate(*numbers: Any) -> Any:
        made: Any = object.__new__(kind)
        *given, step = numbers
        for name, number in zip([first.name, *names], given, strict=True):
            object.__setattr__(made, name, number)
        return made(step)

    expression = number_function(rate, ["rate", *names, "step"])
    lines = [f"const {n} = options.{n};" for n in names]
    options = {each.name: _default(each) for each in others}
    return _object(
        formula=_formula(kind),
        options=_json(options),
        rate=_method("rate, step, options", [*lines, f"return {expression};"]),
    )


def _default(each: Any) -> float:
    if each.default is MISSING:
        return FIRST_NUMBERS[each.name]
    return float(each.default)


def _formula(documented: Any) -> str:
    """Return the formula of a docstring: its indented paragraphs."""
    lines = formula_lines(inspect.getdoc(documented) or "")
    return f"{{ text: {_json(lines)}, latex: {_json([_latex()(n) for n in lines])} }}"


def formula_lines(doc: str) -> list[str]:
    """Return the lines of a docstring's formulas.

    >>> formula_lines("Step against it.\\n\\n    w ← w − η g\\n\\nThat is all.")
    ['w ← w − η g']
    """
    inside = [line.strip() for line in doc.splitlines() if line.startswith("    ")]
    return [line for line in inside if re.search(r"[=←]", line)]


def _latex() -> Callable[[str], str]:
    """Return what sets a formula as the documentation does."""
    path = Path(__file__).parents[3] / "docs" / "extensions" / "linear.py"
    function: Callable[[str], str] = runpy.run_path(str(path))["latex"]
    return function


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _method(arguments: str, lines: Sequence[str]) -> str:
    sized = any("< size;" in line for line in lines) and "size" not in arguments
    first = ["const size = rows * width;"] if sized else []
    body = "".join(f"  {line}\n" for line in [*first, *lines])
    used = set(re.findall(r"\w+", body))
    names = arguments.split(", ")
    while names and names[-1] not in used:
        names.pop()
    given = ", ".join(n if n in used else f"_{n}" for n in names)
    return f"({given}) {{\n{body}}}"


def _object(**entries: str) -> str:
    lines = []
    for name, text in entries.items():
        is_method = re.match(r"\([\w, ]*\) \{\n", text)
        lines.append(f"{name}{text}," if is_method else f"{name}: {text},")
    inner = "\n".join(lines).replace("\n", "\n    ")
    return f"{{\n    {inner}\n  }}"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(typescript(), "utf-8")
