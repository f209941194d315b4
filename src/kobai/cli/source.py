"""`kobai source`: the NumPy code of a run's training step."""

from pathlib import Path
from typing import Annotated

import typer

from kobai.cli.folder import RunFolder
from kobai.cli.models import find_model


def source(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run folder.")],
) -> None:
    """Print the training step of a run as NumPy code.

    \b
    kobai source runs/digits-1
    kobai source runs/digits-1 > step.py

    It is what the engine "numpy" runs: forward pass, back-propagation and the
    optimizer's update as straight-line code, with buffers that are used again.
    """
    # Networks and optimizers load NumPy, which `kobai --help` does not need.
    from kobai.cli.settings import build_optimizer
    from kobai.training.step import step_source

    model = find_model(run)
    settings = RunFolder(Path(run).expanduser()).settings()
    optimizer = build_optimizer(settings)
    typer.echo(step_source(model.network, optimizer, settings.batch_size or 100))
