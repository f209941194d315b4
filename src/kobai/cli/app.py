"""The commands, gathered; each is in a module of its own."""

from typing import Annotated

import typer

from kobai.cli.check import check
from kobai.cli.descend import descend
from kobai.cli.doctor import doctor
from kobai.cli.evaluate import evaluate
from kobai.cli.export import export
from kobai.cli.figures import figures
from kobai.cli.help import Command, Commands
from kobai.cli.lab import lab
from kobai.cli.learn import learn
from kobai.cli.predict import predict
from kobai.cli.runs import runs
from kobai.cli.source import source
from kobai.cli.sweep import sweep
from kobai.cli.train import train
from kobai.version import __version__

app = typer.Typer(
    cls=Commands,
    help="Train neural networks by gradient descent, and see how they learn.\n\n"
    "Begin with: kobai train",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS = (
    *(
        train,
        sweep,
        runs,
        evaluate,
        predict,
        export,
        learn,
        lab,
        check,
        descend,
        figures,
    ),
    source,
    doctor,
)
for each in COMMANDS:
    app.command(cls=Command)(each)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kobai {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
