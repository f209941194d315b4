"""The settings of a training run: chosen, completed, kept in the run folder."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from kobai.cli.options import DATA_SETS
from kobai.errors import KobaiError, suggest

if TYPE_CHECKING:
    from kobai.data import Dataset
    from kobai.engines import Engine
    from kobai.networks import Network
    from kobai.optimizers import Optimizer

MOST_UNITS = 100_000
TABLE_OPTIONS = (
    *("task", "test", "test_size", "drop", "keep", "category", "number"),
    *("text", "missing", "date_order", "weight", "class_weight"),
    *("encoding", "separator", "header"),
)

JUDGING_OPTIONS = ("test_last", "threshold", "interval", "folds", "seeds")
"""Options of tables too, but not of how they are read."""


DTYPES = ("float32", "float64")


class SettingError(KobaiError, ValueError):
    """An option makes no sense; the message says what would."""


@dataclass(frozen=True)
class Options:
    """All that was asked of a run; None is filled in by `completed`."""

    data: str = "digits"
    data_dir: str | None = None
    hidden: str | None = None
    activation: str | None = None
    loss: str | None = None
    members: int | None = None
    optimizer: str | None = None
    lr: float | None = None
    momentum: float | None = None
    weight_decay: float = 0.0
    batch_size: int | None = None
    batches: str = "shuffle"
    epochs: int | None = None
    steps: int | None = None
    validation: float | None = None
    patience: int | None = None
    evaluate_every: int = 1
    seed: int = 0
    engine: str = "auto"
    device: str | None = None
    processes: int | None = None
    gradient: str = "backprop"
    dtype: str = "float32"
    target: str | None = None
    task: str | None = None
    test: str | None = None
    test_size: float | None = None
    drop: str | None = None
    keep: str | None = None
    category: str | None = None
    number: str | None = None
    text: str | None = None
    missing: str | None = None
    date_order: str | None = None
    weight: str | None = None
    class_weight: str | None = None
    encoding: str | None = None
    separator: str | None = None
    header: bool | None = None
    test_last: float | None = None
    folds: int | None = None
    seeds: int | None = None
    threshold: str | None = None
    interval: float | None = None
    warm_start: str | None = None

    @property
    def is_table(self) -> bool:
        """Whether the data is a table, to learn a column of it."""
        return self.target is not None

    def as_json(self) -> dict[str, Any]:
        """Return the settings as plain JSON."""
        return asdict(self)

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "Options":
        """Return the settings that `as_json` described, or raise `TypeError`.

        >>> Options.from_json(Options(lr=0.5).as_json()).lr
        0.5
        """
        known = {f.name: _accepted(f.type) for f in fields(Options)}
        # Runs of earlier versions held nothing out, and trained one network.
        found: dict[str, Any] = {"validation": 0.0, "members": 1}
        found |= {k: v for k, v in values.items() if k in known}
        if "data" not in found:
            raise TypeError("settings: no data")
        for name, value in found.items():
            if not isinstance(value, known[name]):
                raise TypeError(f"settings: {name} is {value!r}")
        return Options(**found)


def _accepted(kind: Any) -> Any:
    """Return what JSON may hold for a field: a whole number for any number."""
    return kind | int if isinstance(0.0, kind) else kind


def completed(settings: Options, data: "Dataset") -> Options:
    """Fill in what was left open, to suit the data and the optimizer.

    >>> from kobai.data import load_digits
    >>> completed(Options(optimizer="adam"), load_digits()).batch_size
    20
    """
    from kobai.networks.usual import usual_members, with_usual

    chosen = {**asdict(settings), "learning_rate": settings.lr}
    found = with_usual(chosen, data)
    found["lr"] = found.get("learning_rate")
    if settings.hidden is None:
        found["hidden"] = ",".join(map(str, found["hidden"]))
    if settings.members is None:
        found["members"] = usual_members(data, hidden_sizes(found["hidden"]))
    known = {field.name for field in fields(settings)}
    return replace(settings, **{k: v for k, v in found.items() if k in known})


def one_of(option: str, value: str, known: Iterable[str]) -> str:
    """Return a name that is known, or refuse it and name the nearest."""
    names = list(known)
    if value not in names:
        raise SettingError(
            f'{option}: got "{value}"; need one of {", ".join(names)}.'
            f"{suggest(value, names)}"
        )
    return value


def hidden_sizes(text: str) -> tuple[int, ...]:
    """Read the sizes of the hidden layers.

    >>> hidden_sizes("100,50"), hidden_sizes("none")
    ((100, 50), ())
    """
    if text.strip().lower() == "none":
        return ()
    try:
        sizes = tuple(int(part) for part in text.split(","))
    except ValueError:
        sizes = (0,)
    if min(sizes) < 1 or max(sizes) > MOST_UNITS:
        raise SettingError(
            f'--hidden: got "{text}"; need whole numbers from 1 to {MOST_UNITS:,}, one '
            'for each hidden layer, such as 50 or 100,50 ("none" for no hidden layer)'
        )
    return sizes


def check_names(settings: Options) -> None:
    """Refuse what names nothing, whatever the data and the other settings are."""
    from kobai.networks.activations import hidden_activations
    from kobai.networks.losses import usual_losses
    from kobai.optimizers import OPTIMIZERS

    for option, value, known in (
        ("--dtype", settings.dtype, DTYPES),
        ("--activation", settings.activation, hidden_activations()),
        ("--loss", settings.loss, usual_losses()),
        ("--optimizer", settings.optimizer, OPTIMIZERS),
    ):
        if value is not None:
            one_of(option, value, known)


def build_network(settings: Options, data: "Dataset") -> "Network":
    """Return the network that the settings ask for, fitting the data."""
    from kobai.networks.activations import hidden_activations
    from kobai.networks.usual import suited_network

    one_of("--dtype", settings.dtype, DTYPES)
    activation = settings.activation or "sigmoid"
    one_of("--activation", activation, hidden_activations())
    if settings.loss is not None:
        _check_loss(settings.loss, data)
    return suited_network(
        data,
        hidden=hidden_sizes("none" if settings.hidden is None else settings.hidden),
        activation=activation,
        loss=settings.loss,
        members=settings.members or 1,
        seed=settings.seed,
        dtype=settings.dtype,
    )


def _check_loss(loss: str, data: "Dataset") -> None:
    """Refuse a loss that there is not, and one for other targets than the data has."""
    from kobai.networks.losses import usual_losses
    from kobai.networks.usual import fitting_losses

    one_of("--loss", loss, usual_losses())
    if data.columns and data.columns.parts:
        raise SettingError(
            f"--loss: got {loss}, and {data.name} has {data.columns.target.task}, each "
            "with the loss of its kind; leave --loss out"
        )
    fitting = fitting_losses(data)
    if loss not in fitting:
        for_what, has = "classes", "numbers as targets, so the last layer is Identity()"
        if data.classes:
            for_what, has = "numbers", "classes, so the last layer is Softmax()"
        raise SettingError(
            f"--loss: got {loss}, which is for {for_what}; {data.name} has {has}. Need "
            f"one of {', '.join(fitting)}"
        )


def build_optimizer(settings: Options) -> "Optimizer":
    """Return the optimizer that the settings ask for."""
    from kobai.optimizers import OPTIMIZERS

    name = one_of("--optimizer", settings.optimizer or "sgd", OPTIMIZERS)
    kind = OPTIMIZERS[name]
    options: dict[str, Any] = {"weight_decay": settings.weight_decay}
    if settings.lr is not None:
        options["learning_rate"] = settings.lr
    if settings.momentum is not None:
        if "momentum" not in {field.name for field in fields(kind)}:
            raise SettingError(
                f"--momentum: the optimizer {name} has none; "
                "it goes with --optimizer momentum or nesterov"
            )
        options["momentum"] = settings.momentum
    return kind(**options)


def check_length(settings: Options) -> None:
    """Refuse two lengths of one run, before anything is loaded."""
    if settings.epochs is not None and settings.steps is not None:
        raise SettingError(
            f"got --epochs {settings.epochs} and --steps {settings.steps}; "
            "give one of the two"
        )


def check_stopping(settings: Options) -> None:
    """Refuse a share of rows that is none, and patience without rows to judge by."""
    share = settings.validation
    if share is not None and not 0 <= share < 1:
        raise SettingError(
            f"--validation: got {share:g}; need a share of the training rows, such as "
            "0.2, or 0 to train on all of them"
        )
    if settings.patience is not None and share == 0:
        raise SettingError(
            f"got --patience {settings.patience} and --validation 0; patience goes by "
            "the loss on rows held out: --validation 0.2"
        )
    if settings.evaluate_every == 0 and (settings.patience or share):
        raise SettingError(
            "--evaluate-every: got 0, so that nothing tells when to stop; need 1 or "
            "more, or --validation 0"
        )


def check_batches(settings: Options) -> None:
    """Refuse a batch size beside a kind of batches that has its own."""
    if settings.batches in ("online", "full") and settings.batch_size is not None:
        raise SettingError(
            f"got --batches {settings.batches} and --batch-size {settings.batch_size}; "
            f"give one of the two: {settings.batches} sets its own batch size"
        )


def check_processes(settings: Options, hosts: str | None) -> None:
    """Refuse settings that several processes cannot train by."""
    option = "--processes" if hosts is None else "--hosts"
    if settings.engine != "jax":
        raise SettingError(
            f"{option}: goes with --engine jax, which computes in several processes; "
            f"got --engine {settings.engine}"
        )
    if ":" in (settings.device or ""):
        raise SettingError(
            f"{option}: got --device {settings.device}; each process has a device of "
            "its own: name the kind alone, such as --device gpu"
        )
    for name in ("folds", "seeds"):
        if getattr(settings, name) is not None:
            raise SettingError(
                f"got {option} and --{name}; several networks are trained in one "
                "process each: leave one of the two out"
            )
    if os.name != "posix":
        raise SettingError(f"{option}: needs Linux or macOS")


def check_table(settings: Options) -> None:
    """Refuse options of tables without a target, and the other way round."""
    every = (*TABLE_OPTIONS, *JUDGING_OPTIONS)
    given = [name for name in every if getattr(settings, name) is not None]
    if given and not settings.is_table:
        option = given[0].replace("_", "-")
        raise SettingError(f"--{option}: goes with a table, and --target COLUMN")
    if settings.is_table and settings.data in DATA_SETS:
        raise SettingError(
            f"--target: {settings.data} is no table; need a CSV, TSV or Parquet file, "
            "such as my.csv"
        )
    for name in ("test_size", "test_last"):
        _check_share(name, getattr(settings, name), "the rows", "0.2")
    both = ("test", "test_size"), ("test", "test_last"), ("test_size", "test_last")
    for one, other in (*both, ("test_last", "folds")):
        if getattr(settings, one) is not None and getattr(settings, other) is not None:
            first, second = (f"--{name.replace('_', '-')}" for name in (one, other))
            raise SettingError(f"got {first} and {second}; give one of the two")


def _check_share(name: str, share: float | None, of_what: str, example: str) -> None:
    if share is None or 0 < share < 1:
        return
    percent = f": {share / 100:g} for {share:g} per cent" * (1 <= share < 100)
    raise SettingError(
        f"--{name.replace('_', '-')}: got {share:g}; need a share of {of_what} between "
        f"0 and 1{percent or f', such as {example}'}"
    )


def check_judging(settings: Options) -> None:
    """Refuse a goal of a threshold, and a share of cases, that are none."""
    if settings.threshold is not None:
        from kobai.judging import wanted_threshold

        try:
            wanted_threshold(settings.threshold)
        except ValueError as error:
            raise SettingError(f"--{error}") from None
    if settings.interval != 0:
        _check_share("interval", settings.interval, "all cases", "0.9")


def engine_of(settings: Options) -> "Engine":
    """Return the engine, with the choice of its device."""
    if settings.engine != "jax":
        return settings.engine
    from kobai.engines import Jax

    return Jax(device=settings.device or "auto")


def check_device(settings: Options) -> None:
    """Refuse a device that is not there, or that no engine is asked to use."""
    if settings.device is not None and settings.engine != "jax":
        raise SettingError(
            f"--device: got {settings.device} with --engine {settings.engine}, which "
            "computes on the CPU; a device is chosen for --engine jax"
        )
    if settings.engine == "jax":
        from kobai.engines.jax_engine import find_device

        find_device(settings.device or "auto")


def check_batch(settings: Options, data: "Dataset") -> None:
    """Refuse a batch that is larger than the data."""
    rows = len(data.x_train)
    size = settings.batch_size
    if settings.batches in ("shuffle", "random") and size is not None and size > rows:
        raise SettingError(
            f"--batch-size: got {size}, but {data.name} has {rows:,} training "
            f"samples; need {rows} or fewer (--batches full takes all of them)"
        )


def check_shares(settings: Options, data: "Dataset", processes: int) -> None:
    """Refuse a batch of which not every process would have a sample."""
    rows = len(data.x_train)
    size = {"online": 1, "full": rows}.get(settings.batches, settings.batch_size or 1)
    if size < processes:
        raise SettingError(
            f"--processes: got {processes}, and batches of {size}; each process needs "
            f"a sample of every batch: --batch-size {processes} or more"
        )
