"""The formulas of the lab's page: `web/src/engine/formulas.ts`, from Kobai's own.

    python -m kobai.page.formulas web/src

The formulas themselves stand beside it in `formulas.tex`, as the docstrings have them:
the build sets them in MathML.

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
from kobai.networks.activations import ACTIVATIONS, Activation
from kobai.networks.losses import LOSSES, Loss
from kobai.optimizers import OPTIMIZERS, Optimizer
from kobai.optimizers.base import Schedule
from kobai.page import rules
from kobai.page.rowwise import HELPERS, Loops, number_function

HEAD = """\
// Written by `python -m kobai.page.formulas` from Kobai's own definitions: change them
// there. Each function is the simplified graph of one of theirs, or of its derivative.

/** An array of numbers of either precision. */
export type Numbers = Float32Array | Float64Array;
"""

TYPES = """\
export interface Activation {
  /** The class of the layer in Python. */
  layer: string;
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

INITIALIZERS = ["auto", "he", "xavier", "normal"]

INITIALIZER_LIST = f"""\
/** Those of a Dense layer; "auto" is the one that suits the activation. */
export const INITIALIZERS: InitializerName[] = {json.dumps(INITIALIZERS)};
"""

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
    names["Initializer"] = INITIALIZERS
    unions = [f"export type {k}Name = {_union(n)};" for k, n in names.items()]
    records = [_record(kind, table) for kind, table in tables.items()]
    parts = [HEAD, "\n".join(unions), TYPES, HELPERS, *records, INITIALIZER_LIST]
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
    return _object(
        layer=_json(kind.__name__),
        hidden=_json(kind.hidden),
        rectified=_json(kind.rectified),
        rows=_json(rows),
        forward=_method("x, y, rows, width", there),
        backward=_method("x, y, g, rows, width", back),
    )


def function_of(name: str, kind: type[Activation]) -> Any:
    """Return Kobai's function of an activation; of another's making, the class."""
    return getattr(functions, name, kind)


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
    lines = loops.lines()
    text = "\n".join(lines)
    used = [
        line for n, line in zip(own, first, strict=True) if re.search(rf"\b{n}\b", text)
    ]
    return _object(
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
    return _object(options="{}", rate=_method("rate", ["return rate;"]))


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
        options=_json(options),
        rate=_method("rate, step, options", [*lines, f"return {expression};"]),
    )


def _default(each: Any) -> float:
    if each.default is MISSING:
        return FIRST_NUMBERS[each.name]
    return float(each.default)


def tex() -> str:
    """Return the formulas of docstrings in LaTeX: lines `kind.name: formula`.

    Of several lines each has its number, from 0.
    """
    documented = {
        **{f"activation.{n}": function_of(n, kind) for n, kind in ACTIVATIONS.items()},
        **{f"loss.{name}": loss.function for name, loss in LOSSES.items()},
        **{f"optimizer.{name}": kind for name, kind in OPTIMIZERS.items()},
        **{f"schedule.{name}": kind for name, kind in SCHEDULES.items()},
        **{f"initializer.{n}": getattr(functions, n) for n in ("he", "xavier")},
    }
    latex = _latex()
    lines = ["# Written by `python -m kobai.page.formulas` from Kobai's docstrings."]
    for name, one in documented.items():
        found = formula_lines(inspect.getdoc(one) or "")
        for i, line in enumerate(found):
            lines.append(f"{name}{f'.{i}' if len(found) > 1 else ''}: {latex(line)}")
    return "\n".join(lines) + "\n"


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


def written() -> dict[str, str]:
    """Return the files of `web/src` that are written from Kobai's own definitions."""
    return {
        "engine/formulas.ts": typescript(),
        "engine/formulas.tex": tex(),
        "data/table/rules.ts": rules.typescript(),
    }


def main(folder: str) -> None:
    """Write them."""
    for name, text in written().items():
        Path(folder, name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
