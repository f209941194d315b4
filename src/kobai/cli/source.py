"""`kobai source`: the code of a run's training step."""

from pathlib import Path
from typing import Annotated

import typer

from kobai.cli import options
from kobai.cli.folder import RunFolder
from kobai.cli.models import find_model
from kobai.engines import WRITTEN


def source(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run folder.")],
    engine: Annotated[
        str,
        typer.Option(
            "--engine",
            metavar="NAME",
            autocompletion=options.names(WRITTEN),
            help="Whose code: numpy (the default), or numba for compiled loops.",
        ),
    ] = "numpy",
) -> None:
    """Print the training step of a run as code.

    \b
    kobai source runs/digits-1
    kobai source runs/digits-1 > step.py
    kobai source runs/digits-1 --engine numba

    It is what the engine runs: forward pass, back-propagation and the optimizer's
    update as straight-line NumPy code, with buffers that are used again; or as loops
    that Numba compiles, with the same names, many steps in one call.
    """
    # Networks and optimizers load NumPy, which `kobai --help` does not need.
    from kobai.cli.settings import build_optimizer
    from kobai.training.step import step_source

    model = find_model(run)
    settings = RunFolder(Path(run).expanduser()).settings()
    optimizer = build_optimizer(settings)
    batch_size = settings.batch_size or 100
    typer.echo(step_source(model.network, optimizer, batch_size, engine))
