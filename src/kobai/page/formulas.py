"""The formulas of the lab's page, from Kobai's own.

Every activation, loss, optimizer and schedule is traced with its derivative, and its
graph written as loops in JavaScript. What is registered in Python appears in the lab.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields
from typing import Any, NamedTuple

import numpy as np

from kobai import autodiff, optimizers
from kobai.networks.activations import ACTIVATIONS, Activation
from kobai.networks.losses import LOSSES, Loss
from kobai.optimizers import OPTIMIZERS, Optimizer
from kobai.optimizers.base import Schedule
from kobai.page.rowwise import Loops, number_function

HEAD = """\
// Written by `python -m kobai.page.generated` from Kobai's own definitions: change them
// there. Each function is the simplified graph of one of theirs, or of its derivative.
"""

FORMULAS = """\
import type { Activation, Loss, Optimizer, Schedule } from "./kinds";

export type { Activation, Loss, Numbers, Optimizer, Options, Schedule } from "./kinds";
"""

ELEMENTARY = ["logaddexp", "square", "tanh"]

STEPS = """\
import type { LossName, OptimizerName, ScheduleName } from "./formulas";
import type { LossFunctions, Rate, Update } from "./kinds";
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


class Entry(NamedTuple):
    """One of Kobai's, in JavaScript: what is to be known of it, and computed."""

    facts: str
    functions: str = ""


def _tables() -> dict[str, dict[str, Entry]]:
    return {
        "Activation": {n: _activation(kind) for n, kind in ACTIVATIONS.items()},
        "Loss": {name: _loss(loss) for name, loss in LOSSES.items()},
        "Optimizer": {name: _optimizer(kind) for name, kind in OPTIMIZERS.items()},
        "Schedule": {"constant": CONSTANT}
        | {name: _schedule(kind) for name, kind in SCHEDULES.items()},
    }


def formulas() -> str:
    """Return the module of names, of what is known by them, and of activations."""
    tables = _tables()
    names = {kind: list(table) for kind, table in tables.items()}
    names["Initializer"] = INITIALIZERS
    unions = [f"export type {k}Name = {_union(n)};" for k, n in names.items()]
    plurals = {"Loss": "LOSSES"}
    records = [
        _record(
            plurals.get(kind, f"{kind.upper()}S"),
            (kind, kind),
            {name: entry.facts for name, entry in table.items()},
        )
        for kind, table in tables.items()
    ]
    return _module(HEAD, FORMULAS, "\n".join(unions), *records, INITIALIZER_LIST)


def steps() -> str:
    """Return the module of what only the engine computes."""
    tables = _tables()
    kinds = {
        "Loss": ("LOSS_FUNCTIONS", "LossFunctions"),
        "Optimizer": ("UPDATES", "Update"),
        "Schedule": ("RATES", "Rate"),
    }
    records = [
        _record(
            constant,
            (kind, made),
            {name: entry.functions for name, entry in tables[kind].items()},
        )
        for kind, (constant, made) in kinds.items()
    ]
    return _module(HEAD, STEPS, *records)


def _module(head: str, imports: str, *parts: str) -> str:
    """Return a module with what it uses of `elementary.ts`."""
    text = "\n".join(parts)
    used = [name for name in ELEMENTARY if re.search(rf"\b{name}\(", text)]
    helpers = f'import {{ {", ".join(used)} }} from "./elementary";\n'
    parts = (head, helpers + imports, *parts)
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _union(names: Sequence[str]) -> str:
    return "".join(f'\n  | "{name}"' for name in names)


def _record(constant: str, kinds: tuple[str, str], table: dict[str, str]) -> str:
    key, made = kinds
    texts = {
        n: text if text.startswith(":") else _indented(text)
        for n, text in table.items()
    }
    entries = "\n".join(f"  {name}{text}," for name, text in texts.items())
    return f"export const {constant}: Record<{key}Name, {made}> = {{\n{entries}\n}};"


def _activation(kind: type[Activation]) -> Entry:
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
    facts = _object(
        layer=_json(kind.__name__),
        hidden=_json(kind.hidden),
        rectified=_json(kind.rectified),
        rows=_json(rows),
        forward=_method("x, y, rows, width", there),
        backward=_method("x, y, g, rows, width", back),
    )
    return Entry(facts)


def _mixes_rows(f: Callable[[Any], Any]) -> bool:
    """Tell whether an entry of the result depends on others than its own."""
    x = np.array([[0.1, 0.2, 0.3]])
    other = np.array([[0.1, 0.7, 0.3]])
    return bool(f(x)[0, 0] != f(other)[0, 0])


def _loss(loss: Loss) -> Entry:
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
    facts = _object(
        ofLogits=_json(loss.of_logits),
        classifies=_json(loss.classifies),
        fits=_json(fits),
    )
    computed = _object(
        backward=_method("y, t, g, rows, width", [*start, *back, scaled, *end]),
        value=_method("y, t, rows, width", [*start, *alone, *end]),
    )
    return Entry(facts, computed)


def _optimizer(kind: type[Optimizer]) -> Entry:
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
    facts = _object(
        learningRate=_json(_default(fields(kind)[0])),
        options=_json(options | ({WEIGHT_DECAY: own[WEIGHT_DECAY]})),
        slots=_json(list(slots)),
        decoupled=_json(is_decoupled),
    )
    arguments = "w, g, memory, size, rate, step, options"
    return Entry(facts, _method(arguments, [*used, *taken, *lines]))


class _Something:
    """A number that is traced, of which `if` is to know that it is not 0."""

    def __init__(self, number: Any) -> None:
        self.number = number

    def __mul__(self, other: Any) -> Any:
        return self.number * other


def _schedule(kind: type[Schedule]) -> Entry:
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
    body = [*lines, f"return {expression};"]
    facts = _object(options=_json(options))
    return Entry(facts, _method("rate, step, options", body))


def _default(each: Any) -> float:
    if each.default is MISSING:
        return FIRST_NUMBERS[each.name]
    return float(each.default)


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


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")


def _object(**entries: str) -> str:
    lines = []
    for name, text in entries.items():
        is_method = re.match(r"\([\w, ]*\) \{\n", text)
        lines.append(f"{name}{text}," if is_method else f"{name}: {text},")
    inner = "\n".join(lines).replace("\n", "\n    ")
    return f": {{\n    {inner}\n  }}"


CONSTANT = Entry(_object(options="{}"), _method("rate", ["return rate;"]))
"""The schedule that there is none."""
