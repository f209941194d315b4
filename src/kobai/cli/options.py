"""The options that several commands share, and the names that the shell completes."""

from collections.abc import Callable
from math import inf
from typing import Annotated, Any

import typer

from kobai.cli import lists
from kobai.cli.languages import spoken
from kobai.engines import ENGINES
from kobai.engines.options import PLATFORMS
from kobai.errors import KobaiError
from kobai.languages import LANGUAGES as LANGUAGES

DATA_SETS = ("digits", "mnist", "fashion-mnist", "kuzushiji-mnist")

NETWORK = "Network"
TRAINING = "Training"
RUN = "Run"
MOST_MEMBERS = 1_000
"""More would take hours to build, before a word is said."""


def names(known: tuple[str, ...] | Callable[[], Any]) -> Callable[[str], list[str]]:
    """Return a completion; a function is asked only when the shell wants to know."""

    def complete(incomplete: str) -> list[str]:
        every = known() if callable(known) else known
        return [name for name in every if name.startswith(incomplete)]

    return complete


def whole(
    option: str, least: int | None = None, most: float = inf
) -> Callable[[str], int]:
    """Return what reads the whole number of an option, or says what it needs."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise KobaiError(
                f'{option}: got "{text}"; need a whole number, such as 10'
            ) from None
        if least is not None and value < least:
            raise KobaiError(f"{option}: got {value}; need {least} or more")
        if value > most:
            raise KobaiError(f"{option}: got {value:,}; need {least} to {most:,}")
        return value

    return read


def number(
    option: str,
    suits: Callable[[float], bool] = lambda value: True,
    need: str = "a number, such as 0.1",
) -> Callable[[str], float]:
    """Return what reads the number of an option, or says what it needs."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise KobaiError(f'{option}: got "{text}"; need {need}') from None
        if not suits(value):
            raise KobaiError(f"{option}: got {text}; need {need}")
        return value

    return read


def rate(option: str) -> Callable[[str], float]:
    """Return what reads a learning rate."""
    return number(
        option, lambda value: 0 < value < inf, "a number above 0, such as 0.1"
    )


def complete_runs(incomplete: str) -> list[str]:
    """Offer the run folders; the shell itself does not look below them."""
    from pathlib import Path

    found = [str(path.parent) for path in Path("runs").glob("*/run.json")]
    return [path for path in sorted(found) if path.startswith(incomplete)]


Data = Annotated[
    str | None,
    typer.Argument(
        metavar="DATA",
        autocompletion=names(DATA_SETS),
        show_default=False,
        help="digits (the default), mnist, fashion-mnist, kuzushiji-mnist, a folder of "
        "IDX files, an .npz file, or a table: CSV, TSV or Parquet.",
    ),
]
DataDir = Annotated[
    str | None,
    typer.Option(
        "--data-dir",
        metavar="FOLDER",
        help="Where the files of the named set lie, instead of a download.",
    ),
]
Run = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        autocompletion=complete_runs,
        help="A run folder, such as runs/digits-1, or a model file.",
    ),
]
Hidden = Annotated[
    str | None,
    typer.Option(
        "--hidden",
        metavar="SIZES",
        rich_help_panel=NETWORK,
        help="Units of each hidden layer: 50, or 100,50, or none. Usually 50; 128,128 "
        "for tables.",
    ),
]
Activation = Annotated[
    str | None,
    typer.Option(
        "--activation",
        metavar="NAME",
        autocompletion=names(lists.activations),
        rich_help_panel=NETWORK,
        help="One of {activations}. Usually sigmoid; relu for digits, gelu for tables.",
    ),
]
Loss = Annotated[
    str | None,
    typer.Option(
        "--loss",
        metavar="NAME",
        autocompletion=names(lists.losses),
        rich_help_panel=NETWORK,
        help="One of {losses}. Usually what fits the data.",
    ),
]
Members = Annotated[
    int | None,
    typer.Option(
        "--members",
        parser=whole("--members", 1, MOST_MEMBERS),
        metavar="N",
        rich_help_panel=NETWORK,
        help="Train so many networks and average what they say. Usually 8 for tables, "
        "4 where there are more than 2,000 rows, else 1.",
    ),
]
Dtype = Annotated[
    str | None,
    typer.Option(
        "--dtype",
        metavar="NAME",
        autocompletion=names(("float32", "float64")),
        rich_help_panel=NETWORK,
        help="float32 (the default) or float64.",
    ),
]
OptimizerName = Annotated[
    str | None,
    typer.Option(
        "--optimizer",
        metavar="NAME",
        autocompletion=names(lists.optimizers),
        rich_help_panel=TRAINING,
        help="One of {optimizers}. Usually sgd; adam for tables.",
    ),
]
LearningRate = Annotated[
    float | None,
    typer.Option(
        "--lr",
        parser=rate("--lr"),
        metavar="RATE",
        rich_help_panel=TRAINING,
        help="Learning rate. Usually 0.1 with sgd (0.3 for the digits), 0.002 for "
        "tables, else the optimizer's own.",
    ),
]
MomentumOption = Annotated[
    float | None,
    typer.Option(
        "--momentum",
        parser=number(
            "--momentum", lambda value: 0 <= value < 1, "a number from 0 to below 1"
        ),
        metavar="SHARE",
        rich_help_panel=TRAINING,
        help="For momentum and nesterov: how much of the speed stays. Usually 0.9.",
    ),
]
WeightDecay = Annotated[
    float | None,
    typer.Option(
        "--weight-decay",
        parser=number(
            "--weight-decay", lambda value: 0 <= value < inf, "a number of 0 or more"
        ),
        metavar="RATE",
        rich_help_panel=TRAINING,
        help="Draw the weights towards 0 (L2 regularisation).",
    ),
]
BatchSize = Annotated[
    int | None,
    typer.Option(
        "--batch-size",
        parser=whole("--batch-size", 1),
        metavar="N",
        rich_help_panel=TRAINING,
        help="Samples in a step. Usually 100; 20 for the digits, 32 to 256 for tables.",
    ),
]
Batches = Annotated[
    str | None,
    typer.Option(
        "--batches",
        metavar="KIND",
        autocompletion=names(lists.batches),
        rich_help_panel=TRAINING,
        help="shuffle (the default), random (with replacement), online (one sample at "
        "a time) or full (all samples in every step).",
    ),
]
Epochs = Annotated[
    int | None,
    typer.Option(
        "--epochs",
        parser=whole("--epochs", 1),
        metavar="N",
        rich_help_panel=TRAINING,
        help="Passes through the data. Usually 10; 30 for the digits, up to 200 for a "
        "table.",
    ),
]
Validation = Annotated[
    float | None,
    typer.Option(
        "--validation",
        parser=number("--validation"),
        metavar="SHARE",
        rich_help_panel=TRAINING,
        help="Hold out this share of the training rows to decide when to stop, and "
        "keep the best epoch. Usually 0.2 for tables, else 0: all rows train.",
    ),
]
Patience = Annotated[
    int | None,
    typer.Option(
        "--patience",
        parser=whole("--patience", 1),
        metavar="N",
        rich_help_panel=TRAINING,
        help="Stop after so many epochs without a better loss on the rows held out. "
        "Usually 10.",
    ),
]
Steps = Annotated[
    int | None,
    typer.Option(
        "--steps",
        parser=whole("--steps", 1),
        metavar="N",
        rich_help_panel=TRAINING,
        help="Number of steps, instead of epochs.",
    ),
]
EvaluateEvery = Annotated[
    int | None,
    typer.Option(
        "--evaluate-every",
        parser=whole("--evaluate-every", 0),
        metavar="N",
        rich_help_panel=TRAINING,
        help="Measure loss and accuracy after every N epochs, before the first and at "
        "the end; 0: only then. Usually 1.",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        parser=whole("--seed", 0),
        metavar="N",
        rich_help_panel=TRAINING,
        help="The same seed gives the same run. Usually 0.",
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine",
        metavar="NAME",
        autocompletion=names(("auto", *ENGINES)),
        rich_help_panel=TRAINING,
        help=f"What computes the steps: auto (the default), {', '.join(ENGINES)}.",
    ),
]
Device = Annotated[
    str | None,
    typer.Option(
        "--device",
        metavar="NAME",
        autocompletion=names(("auto", *PLATFORMS)),
        rich_help_panel=TRAINING,
        help="Where --engine jax computes: auto (the default: a GPU, if JAX finds "
        "one), cpu, gpu, tpu, or gpu:1 for the second.",
    ),
]
Processes = Annotated[
    int | None,
    typer.Option(
        "--processes",
        parser=whole("--processes", 1),
        metavar="N",
        rich_help_panel=TRAINING,
        help="With --engine jax: so many processes divide every batch, and all begin "
        "again from the last checkpoint when one of them dies. Usually 1.",
    ),
]
Hosts = Annotated[
    str | None,
    typer.Option(
        "--hosts",
        metavar="NAMES",
        rich_help_panel=TRAINING,
        help="With --engine jax: machines that train together, such as a,b. Give the "
        "same command on each; the first writes the run. Or auto, for those of SLURM, "
        "Open MPI or Kubernetes.",
    ),
]
GradientKind = Annotated[
    str | None,
    typer.Option(
        "--gradient",
        metavar="KIND",
        autocompletion=names(lists.gradients),
        rich_help_panel=TRAINING,
        help="backprop (the default), or numerical: the definition, which is slow.",
    ),
]
RunName = Annotated[
    str | None,
    typer.Option(
        "--run",
        metavar="FOLDER",
        rich_help_panel=RUN,
        autocompletion=complete_runs,
        help="The run folder to write. Usually runs/DATA-1, then -2, and so on.",
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        rich_help_panel=RUN,
        help="Go on with the run in --run, with its own settings; --epochs or --steps "
        "may be raised.",
    ),
]
WarmStart = Annotated[
    str | None,
    typer.Option(
        "--warm-start",
        metavar="RUN",
        rich_help_panel=RUN,
        autocompletion=complete_runs,
        help="Go on from the trained network of another run, with its settings, in a "
        "folder of its own: on new DATA, or on the same.",
    ),
]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet", "-q", rich_help_panel=RUN, help="Print nothing but errors."
    ),
]
Language = Annotated[
    str,
    typer.Option(
        "--language",
        metavar="CODE",
        autocompletion=names(LANGUAGES),
        callback=spoken,
        show_default=False,
        help="Of the labels: en, ja or zh. Usually that of LANG.",
    ),
]
