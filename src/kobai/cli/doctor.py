"""`kobai doctor`: what this machine has for training, and what would make it faster."""

import platform
from typing import Annotated, Any

import typer

from kobai.cli.machine import (
    EXTRAS,
    PACKAGES,
    SHAPES,
    Speed,
    advice,
    load_average,
    measure_products,
    version_of,
)
from kobai.cli.screen import Bar, columns, facts, plain, say, show
from kobai.engines.machine.blas import BlasLibrary, blas_info, load_scipy_blas
from kobai.engines.machine.processor import Processor, read_processor
from kobai.version import __version__

GIVES = {"fast": "the compiled engine, the fastest there is on a CPU"}
BAR_WIDTH = 20


def doctor(
    engines: Annotated[
        bool,
        typer.Option(
            "--engines",
            help="Time training steps with every engine and device too, and say which "
            "of them, or a second machine, would pay. Takes up to a minute.",
        ),
    ] = False,
) -> None:
    """Look at this machine: what is installed, how fast it is, what would help.

    \b
    kobai doctor

    Matrix products are what most of a training's time goes into; BLAS computes them.
    """
    load = load_average()
    processor = read_processor()
    problem = _load_libraries()
    libraries = blas_info()
    show(facts(**_system(processor), **_extras(problem)))
    say()
    _libraries(libraries)
    speeds = _speeds(processor, libraries)
    say("[bold]What would make it faster[/bold]")
    sentences = advice(processor, libraries, speeds, load)
    for sentence in sentences or ["Nothing stands out."]:
        _item(sentence)
    if engines:
        _engines()


def _engines() -> None:
    from kobai.cli.engines import engines_here, measure_steps, what_pays

    there = engines_here()
    table = columns("Milliseconds a step", *there, "2 machines, about", left=(0,))
    found = []
    for each in measure_steps(there):
        found.append(each)
        times = [f"{1e3 * each.seconds[name]:,.3f}" for name in there]
        table.add_row(each.title, *times, f"× {each.gain:.2f}")
    say()
    show(table)
    say()
    say("[bold]What pays[/bold]")
    for sentence in what_pays(found):
        _item(sentence)


def _load_libraries() -> str:
    """Load NumPy's BLAS and SciPy's; return why SciPy's does not load, if so."""
    import numpy as np

    np.zeros((1, 1)) @ np.zeros((1, 1))
    if not version_of("scipy"):
        return ""
    try:
        load_scipy_blas()
    # What is broken in an installation can raise anything; that is what is looked for.
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _system(processor: Processor) -> dict[str, str]:
    installed = [f"{PACKAGES[each]} {version_of(each) or '–'}" for each in PACKAGES]
    clock = f" at {processor.gigahertz:.2f} GHz" if processor.gigahertz else ""
    cores = f"{processor.cores} core{'s' * (processor.cores > 1)}{clock}"
    instructions = " ".join(processor.instructions) or "instruction sets not known"
    return {
        "Kobai": f"{__version__}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}",
        "Packages": ", ".join(installed),
        "Processor": f"{processor.name or 'not known'}, {cores}; {instructions}",
    }


def _extras(problem: str) -> dict[str, str]:
    rows = {}
    for extra, packages in EXTRAS.items():
        missing = [PACKAGES[each] for each in packages if not version_of(each)]
        state = f"lacks {' and '.join(missing)}" if missing else "is installed"
        rows["Extras"] = f"kobai[{extra}] {state}: {GIVES[extra]}"
    if problem:
        rows["Problem"] = f"SciPy does not load. {problem}"
    return rows


def _libraries(libraries: list[BlasLibrary]) -> None:
    table = columns("BLAS", "Used by", "Kernels", "Threads", left=(0, 1, 2))
    for each in libraries:
        threads = "?" if each.threads is None else str(each.threads)
        name = plain(f"{each.name} {each.version}".strip())
        table.add_row(name, each.user or "?", each.kernel or "?", threads)
    if not libraries:
        table.add_row("not known", "?", "?", "?")
    show(table)
    say()


def _speeds(processor: Processor, libraries: list[BlasLibrary]) -> list[Speed]:
    threads = [each.threads for each in libraries if each.user != "SciPy"]
    speeds = measure_products(threads[0] if threads else None)
    counts = list(speeds[0].gflops)
    names = [_threads(count) for count in counts]
    title = "GFLOP/s in float32"
    table = columns(title, *names, "Of possible", "", left=(0, len(names) + 2))
    for speed in speeds:
        table.add_row(*_speed(speed, counts, processor))
    show(table)
    if sum(len(speed.gflops) for speed in speeds) < len(SHAPES) * len(counts):
        say("What would take long here is left out.")
    say()
    say(_possible(processor))
    say()
    return speeds


def _threads(count: int | None) -> str:
    if count is None:
        return "Threads not known"
    return "1 thread" if count == 1 else f"{count} threads"


def _speed(speed: Speed, counts: list[int | None], processor: Processor) -> list[Any]:
    threads, best = speed.best
    possible = processor.possible(threads or processor.cores)
    share = best / possible if possible else None
    return [
        " × ".join(map(str, speed.shape)),
        *(_gflops(speed.gflops.get(count)) for count in counts),
        "?" if share is None else f"{share:.0%}",
        "" if share is None else Bar(share, BAR_WIDTH, "cyan"),
    ]


def _gflops(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _possible(processor: Processor) -> str:
    one = processor.possible(1)
    if one is None:
        return "What is possible is not known: the system does not tell the clock."
    return (
        f"Possible is an estimate: {processor.gigahertz:.2f} GHz × "
        f"{processor.flops_per_cycle} operations in a cycle = {one:.0f} GFLOP/s for "
        "each core. A processor may for a while run faster than the clock it tells."
    )


def _item(sentence: str) -> None:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_row("•", Text(sentence))
    show(grid)
