"""What a sweep is to do: as it was asked for, or as its folder says."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from kobai.cli.screen import command, short
from kobai.cli.settings import (
    Options,
    SettingError,
    build_optimizer,
    check_device,
    check_names,
    completed,
    one_of,
)
from kobai.cli.swept import METRICS, SAMPLERS, read_swept
from kobai.cli.trial import OF_DATA, Trials, checked, with_config
from kobai.data.identity import identity_of
from kobai.errors import DataError, KobaiError
from kobai.run_folder import SWEEP
from kobai.sweeps.fitting import USUAL_VALIDATION
from kobai.sweeps.folder import SweepError, SweepFolder, Trial
from kobai.sweeps.jobs import Job
from kobai.sweeps.search import Plan, count_trials
from kobai.sweeps.space import (
    Choice,
    Parameter,
    check_space,
    first,
    is_open,
    variants,
)
from kobai.version import __version__

USUAL_TRIALS, USUAL_SEEDS = 30, 3
OWN = ("trials", "sampler", "halving", "metric", "seeds", "run")
"""The options that are not of a training."""
JUDGED_BY = ("target", "task", "test", "test_size", "test_last", "data_dir")
"""The options by which trials would not be judged alike."""


@dataclass(frozen=True)
class Asked:
    """What a sweep is to do, and the data that it is about."""

    plan: Plan
    trials: Trials
    checksum: str

    @property
    def base(self) -> Options:
        """What is the same in all trials."""
        return self.trials.base

    def as_json(self) -> dict[str, Any]:
        """Return it as the file in the folder has it."""
        return {
            "settings": self.base.as_json(),
            **self.plan.as_json(),
            "metric": self.trials.metric,
            "data": self.checksum,
            "kobai": __version__,
        }


def begun(given: Mapping[str, Any]) -> Asked:
    """Return what a new sweep is to do; refuse what makes no sense."""
    own = {name: given[name] for name in OWN if name in given}
    sampler = own.get("sampler")
    if sampler is not None:
        one_of("--sampler", sampler, SAMPLERS)
    plain = {k: given[k] for k in ("data", "header") if k in given}
    texts = {k: v for k, v in given.items() if k not in own and k not in plain}
    parameters = read_swept(texts)
    space = {name: each for name, each in parameters.items() if is_open(each)}
    fixed = {k: _only(each) for k, each in parameters.items() if k not in space}
    try:
        check_space(space)
    except KobaiError:
        check_names(checked(Options(**plain, **fixed)))
        raise SettingError(
            "nothing to sweep: give an option two values, as in --hidden 10 --hidden "
            "50, or a range, as in --lr 1e-3..1"
        ) from None
    base = checked(Options(**plain, **fixed))
    _check_space(base, space)
    if base.validation is None and "validation" not in space:
        base = replace(base, validation=USUAL_VALIDATION)
    trials, settings, data = _loaded(base, space)
    _check_optimizers(settings, space)
    has_classes = bool(data.classes)
    metric = own.get("metric") or ("accuracy" if has_classes else "loss")
    one_of("--metric", metric, METRICS)
    if metric == "accuracy" and not has_classes:
        raise SettingError(
            f"--metric accuracy: {data.name} has numbers as targets; need loss"
        )
    if metric == "loss" and "loss" in space:
        other = ", or choose by --metric accuracy" if has_classes else ""
        raise SettingError(
            "--loss: trials are chosen by their loss, and each of several losses has a "
            f"scale of its own; sweep with one of them{other}"
        )
    plan = _plan(space, own, settings)
    trials = replace(trials, metric=metric, trials=plan.trials)
    return Asked(plan, trials, identity_of(data)["checksum"])


def _plan(
    space: Mapping[str, Parameter], own: Mapping[str, Any], base: Options
) -> Plan:
    lengths = [name for name in ("epochs", "steps") if name in space]
    is_halving = own.get("halving", True)
    if lengths and own.get("halving"):
        raise SettingError(
            f"got --halving and several --{lengths[0]}; halving decides how long each "
            "trial is trained, so give one number, the most"
        )
    if lengths:
        is_halving = False
    sampler = own.get("sampler")
    wanted = own.get("trials")
    seeds = own.get("seeds", USUAL_SEEDS)
    try:
        count = count_trials(space, wanted, sampler or "random", USUAL_TRIALS)
    except SweepError as error:
        raise SettingError(f"--sampler: {error}") from None
    longest = None if lengths else base.epochs if base.steps is None else base.steps
    seed = 0 if "seed" in space else base.seed
    kind = sampler or "random"
    return Plan(dict(space), count, kind, seed, longest, is_halving, seeds)


def _check_space(base: Options, space: Mapping[str, Parameter]) -> None:
    """Refuse what no trial could be trained with, and what is not to be compared."""
    for name in JUDGED_BY:
        if name in space:
            raise SettingError(
                f"--{name.replace('_', '-')}: got several; networks are judged by the "
                "same targets and rows. Give one, or sweep each by itself"
            )
    shares = _ends(space["validation"]) if "validation" in space else ()
    if 0 in (base.validation, *shares):
        raise SettingError(
            "--validation 0: a sweep chooses by rows held out from training; give a "
            "share, such as 0.2"
        )
    if "engine" not in space and base.engine != "jax":
        for value in _ends(space["device"]) if "device" in space else (base.device,):
            check_device(replace(base, device=value))
    for name, parameter in space.items():
        for value in _ends(parameter):
            check_names(checked(with_config(base, {name: value})))


def _check_optimizers(one: Options, space: Mapping[str, Parameter]) -> None:
    """Refuse settings that the optimizer does not take, where it is the same in all."""
    if "optimizer" in space:
        return
    usual = Options()
    swept = [name for name in ("lr", "momentum", "weight_decay") if name in space]
    build_optimizer(replace(one, **{name: getattr(usual, name) for name in swept}))
    for name in swept:
        for value in _ends(space[name]):
            try:
                build_optimizer(replace(one, **{name: value}))
            except SettingError:
                raise
            except ValueError as error:
                option = f"--{name.replace('_', '-')}"
                raise SettingError(f"{option}: {error}") from None


def _ends(parameter: Parameter) -> tuple[Any, ...]:
    """Return all values of a choice, or both ends of a range."""
    return (
        parameter.among
        if isinstance(parameter, Choice)
        else (parameter.low, parameter.high)
    )


def _only(parameter: Parameter) -> Any:
    (value,) = parameter.values() or ()
    return value


def _loaded(
    base: Options, space: Mapping[str, Parameter]
) -> tuple[Trials, Options, Any]:
    """Return what trains the trials, the first one's settings, and its data."""
    trials = Trials(base, "loss", base.steps is not None, 1)
    one = with_config(base, first(space))
    data = trials.dataset(one)
    for each in variants(space, OF_DATA):
        trials.dataset(replace(one, **each))
    return trials, completed(one, data), data


def resumed(folder: SweepFolder, given: Mapping[str, Any]) -> Asked:
    """Return what a sweep was to do; refuse other settings, and other data."""
    where = short(folder.path)
    others = [name for name in given if name != "data"]
    if others:
        raise SettingError(
            f"--resume: got --{others[0].replace('_', '-')} too; a sweep goes on with "
            "its own settings. --jobs and --dask may be given"
        )
    found = folder.read()
    try:
        base = Options.from_json(found["settings"])
        plan = Plan.from_json(found)
        metric, checksum = found["metric"], found["data"]
    except (KeyError, TypeError, ValueError) as error:
        raise SweepError(f"{folder.path / SWEEP}: damaged ({error!r})") from None
    if given.get("data", base.data) != base.data:
        raise SettingError(
            f"--resume: {where} is a sweep of {short(base.data)}, not of "
            f"{short(given['data'])}; leave the data out, or sweep anew"
        )
    trials, _, data = _loaded(base, plan.space)
    if identity_of(data)["checksum"] != checksum:
        raise DataError(
            f"{short(base.data)}: is not the data that {where} was begun with; put it "
            "back, or sweep anew"
        )
    return Asked(plan, replace(trials, metric=metric, trials=plan.trials), checksum)


def command_of(trial: Trial, asked: Asked) -> str:
    """Return the command that trains what a trial has trained, bit for bit."""
    last = trial.last
    settings = asked.trials.settings(
        Job(trial.number, trial.config, last.length if last else None)
    )
    given = with_config(asked.base, trial.config)
    usual = Options()
    words = [] if settings.data == usual.data else [short(settings.data)]
    for each in fields(Options):
        value = getattr(given, each.name)
        if each.name in ("epochs", "steps", "engine"):
            value = getattr(settings, each.name)
        if each.name == "data" or value in (None, getattr(usual, each.name)):
            continue
        words += _option(each.name, value)
    return command("train", *words)


def _option(name: str, value: Any) -> list[str]:
    option = name.replace("_", "-")
    if isinstance(value, bool):
        return [f"--{option}" if value else f"--no-{option}"]
    return [f"--{option}", f"{value:g}" if isinstance(value, float) else str(value)]
