"""`kobai descend`: walk down a formula, and draw the way."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kobai.cli import options
from kobai.cli.folder import check_picture, write_figure
from kobai.cli.formula import Formula, FormulaError, read_formula
from kobai.cli.screen import NARROW, columns, console, counted, plain, say, short, show
from kobai.cli.settings import SettingError, one_of

if TYPE_CHECKING:
    import numpy as np

    from kobai.optimizers import Descent

SHOWN = 10
MOST_STEPS = 1_000_000
STEPS_TRIED = 100
SMALLEST_RATE = 1e-12


def descend(
    formula: Annotated[
        str, typer.Argument(metavar="FORMULA", help="Of x0, x1, … (or x, y, z).")
    ],
    start: Annotated[
        str,
        typer.Option("--start", metavar="POINT", help="Where to begin, such as -3,4."),
    ],
    lr: Annotated[
        float,
        typer.Option(
            "--lr",
            parser=options.rate("--lr"),
            metavar="RATE",
            help="Learning rate.",
        ),
    ] = 0.1,
    steps: Annotated[
        int,
        typer.Option(
            "--steps",
            parser=options.whole("--steps"),
            metavar="N",
            help="How many steps to take.",
        ),
    ] = 100,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The picture to write.")
    ] = Path("descent.png"),
    language: options.Language = "en",
) -> None:
    """Walk down a formula by gradient descent, and draw contour and path.

    \b
    kobai descend "x0**2 + x1**2" --start -3,4
    kobai descend "x0**2 / 20 + x1**2" --start -7,2 --lr 0.9
    kobai descend "x**4 - 3*x**2 + x" --start 2 --lr 0.02
    kobai descend "sin(x) * cos(y)" --start 1,1 --out waves.png

    A formula has numbers, + - * / **, brackets, pi, e, and sin, cos, tan, exp, log,
    sqrt, abs, tanh, max, min and others. It is read, never run as Python.
    """
    # NumPy and autodiff are not needed for --help.
    from kobai.optimizers import gradient_descent

    f = read_formula(formula)
    point = _point(start, f)
    if not 1 <= steps <= MOST_STEPS:
        raise SettingError(f"--steps: got {steps}; need 1 to {MOST_STEPS:,}")
    one_of("--language", language, options.LANGUAGES)
    check_picture(out)
    descent = gradient_descent(f, point, learning_rate=lr, steps=steps)
    _show(descent, f)
    say()
    say(_verdict(descent, f))
    _draw(descent, f, out, language)


def _point(text: str, f: Formula) -> "np.ndarray":
    import numpy as np

    try:
        point = np.array([float(part) for part in text.split(",")])
    except ValueError:
        raise SettingError(
            f'--start: got "{text}"; need numbers, such as {_example(f)}'
        ) from None
    if point.size != f.variables:
        raise SettingError(
            f'--start: got "{text}" for "{f.text}", which has {", ".join(f.names)}; '
            f"need {f.variables} of them, such as {_example(f)}"
        )
    with np.errstate(all="ignore"):
        if not np.isfinite(point).all() or not np.isfinite(f(point)):
            raise FormulaError(
                f"--start: the formula has no finite value at {text}; start elsewhere"
            )
    return point


def _example(f: Formula) -> str:
    return ",".join(["-3", "4", "1", "2"][i % 4] for i in range(f.variables))


def _show(descent: "Descent", f: Formula) -> None:
    """Print the path: its first steps, and where it ended."""
    table = columns("step", *f.names, "f", left=())
    digits = 6 if console().width >= NARROW else 4
    last = descent.steps
    spread = {round(last * i / SHOWN) for i in range(SHOWN + 1)}
    for step in sorted({0, 1, 2, last} | spread):
        if step <= last:
            numbers = (*descent.path[step], descent.values[step])
            table.add_row(str(step), *(f"{value:.{digits}g}" for value in numbers))
    say(f"[bold]{plain(f.text)}[/bold], learning rate {descent.learning_rate:g}")
    show(table)


def _verdict(descent: "Descent", f: Formula) -> str:
    rate = descent.learning_rate
    steps = counted(descent.steps, "step")
    if descent.diverged:
        return (
            f"[bold red]It diverged[/bold red] within {steps}: the "
            f"learning rate {rate:g} is too large here. {_calmer(descent, f)}."
        )
    text = f"After {steps} it is at [bold]{_place(descent.x)}[/bold]"
    if descent.swings:
        return (
            f"{text}, and jumps to and fro between there and "
            f"{_place(descent.path[-2])}: the learning rate {rate:g} is too large to "
            f"come nearer. Try a smaller one: --lr {rate / 10:g}."
        )
    if bool((descent.path == descent.path[0]).all()):
        return (
            f"{text}, where it began: the slope is 0 there, as in a minimum, a maximum "
            "or a saddle. Try another --start."
        )
    fall = descent.values[0] - descent.values[-1]
    if fall <= 1e-6 * (abs(descent.values[0]) + 1e-300):
        return f"{text}: it hardly moved. Try a larger --lr, or another --start."
    return f"{text}, where f = {descent.values[-1]:.6g}."


def _calmer(descent: "Descent", f: Formula) -> str:
    """Say with which rate the first steps come nearer, if there is any."""
    from kobai.optimizers import gradient_descent

    start, rate = descent.path[0], descent.learning_rate / 100
    while rate > SMALLEST_RATE:
        tried = gradient_descent(f, start, learning_rate=rate, steps=STEPS_TRIED)
        if not tried.diverged and not tried.swings:
            return f"Try --lr {rate:g}"
        rate /= 100
    return "Try another --start"


def _place(point: Any) -> str:
    return f"({', '.join(f'{value:.9g}' for value in point)})"


def _draw(descent: "Descent", f: Formula, out: Path, language: str) -> None:
    import numpy as np

    from kobai.plots import descent as picture

    def at(point: Any) -> Any:
        with np.errstate(all="ignore"):
            return f(point)

    names = [f"${name[0]}_{name[1]}$" if name[1:] else f"${name}$" for name in f.names]
    figure = picture(
        descent.path,
        descent.values,
        at,
        language,
        names=names,
        title=f"f = {f.text}, η = {descent.learning_rate:g}",
    )
    write_figure(out, figure)
    say(f"The picture is [cyan]{plain(short(out))}[/cyan].")
