"""`kobai check`: the gradients of a network, by definition and by back-propagation."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from kobai.cli import options
from kobai.cli.loading import load_data
from kobai.cli.screen import columns, facts, plain, say, show
from kobai.cli.settings import Options, SettingError, build_network
from kobai.data.tables.text.endings import is_table

if TYPE_CHECKING:
    from kobai.data import Dataset
    from kobai.functions.arrays import Array
    from kobai.networks import Network
    from kobai.optimizers.base import Params

T = TypeVar("T")
MOST_MOVED = 50_000
"""Of a network with more parameters a few of each array are checked, not all."""
FEW = 50


def check(
    data: options.Data = None,
    hidden: options.Hidden = None,
    activation: options.Activation = None,
    loss: options.Loss = None,
    samples: Annotated[
        int,
        typer.Option(
            "--samples",
            parser=options.whole("--samples"),
            metavar="N",
            help="Samples to take the loss of.",
        ),
    ] = 10,
    seed: options.Seed = None,
    data_dir: options.DataDir = None,
) -> None:
    """Compare the gradients of a network: the definition with back-propagation.

    \b
    kobai check
    kobai check --hidden 20,20 --activation tanh
    kobai check mnist --samples 3

    The definition moves every parameter a little to both sides and computes the loss
    again: slow, and beyond doubt. Of a network with more than 50,000 of them, 50 of
    each array are moved. The exit code is 1 where the two differ.
    """
    settings = Options(
        data=data or "digits",
        data_dir=data_dir,
        hidden=hidden or "50",
        activation=activation or "sigmoid",
        loss=loss,
        seed=0 if seed is None else seed,
        dtype="float64",
    )
    if is_table(settings.data):
        raise SettingError(
            f"{settings.data}: is a table; kobai check takes a data set, such as "
            "digits, a folder of IDX files or an .npz"
        )
    found = load_data(settings.data, data_dir, settings.seed)
    if not 1 <= samples <= len(found.x_train):
        raise SettingError(
            f"--samples: got {samples}; need 1 to {len(found.x_train):,}"
        )
    if not _compare(settings, found, samples):
        raise typer.Exit(1)


def _compare(settings: Options, data: "Dataset", samples: int) -> bool:
    """Print the comparison, and return whether the gradients agree."""
    from kobai.autodiff import check_gradient, gradient
    from kobai.autodiff.checking import HEAD

    network = build_network(settings, data)
    x, t = network.prepare(data.x_train[:samples], data.t_train[:samples])
    objective = _objective(network, x, t)
    gradient(objective, network.params)
    grads, fast = _timed(lambda: gradient(objective, network.params))
    few = FEW if network.size > MOST_MOVED else None
    # Said before, as it may take long.
    show(
        facts(
            Network=str(network),
            Loss=f"{network.loss_name} of {samples} samples of {data.name}",
            Moved=_moved(network.size, few, settings.seed),
        )
    )
    say()
    report, slow = _timed(
        lambda: check_gradient(
            objective, network.params, grads, samples=few, seed=settings.seed
        )
    )
    table = columns(*HEAD, left=(0, 1, 2, 3, 4, 5))
    for cells in report.cells():
        table.add_row(*map(plain, cells))
    show(table)
    say()
    moved = sum(row.checked for row in report.rows)
    say(_verdict(bool(report), fast, slow, moved, network.size))
    return bool(report)


def _moved(size: int, few: int | None, seed: int) -> str:
    if few is None:
        return f"each of {size:,} parameters, to both sides"
    return (
        f"{few} parameters of each array, drawn by seed {seed}: all {size:,} would "
        "take very long (fewer --hidden have all of them checked)"
    )


def _objective(
    network: "Network", x: "Array", t: "Array"
) -> Callable[["Params"], "Array"]:
    statistics = network.statistics
    return lambda params: network.objective(params, x, t, statistics, training=False)[0]


def _timed(compute: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    result = compute()
    return result, time.perf_counter() - started


def _verdict(right: bool, fast: float, slow: float, moved: int, size: int) -> str:
    agree = (
        "[bold green]They agree.[/bold green]"
        if right
        else "[bold red]They differ.[/bold red]"
    )
    times = f"{slow / fast * size / max(moved, 1):,.0f} times as long"
    return (
        f"{agree} Back-propagation took {_milliseconds(fast)}, the definition "
        f"{_milliseconds(slow)} for {moved:,} parameters: "
        f"{times if moved == size else f'for all {size:,}, {times}'}."
    )


def _milliseconds(seconds: float) -> str:
    value = 1000 * seconds
    return f"{value:,.0f} ms" if value >= 100 else f"{value:.2g} ms"
