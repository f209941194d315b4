"""Who says what the next trials are to try: by chance, in order, or by what is known.

Each is a function of what is known alone, so a search that is resumed asks for the same
trials as one that was never stopped.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kobai.errors import missing_extra
from kobai.sweeps.space import Choice, Config, Parameter, Range, Space, drawn, grid

Known = Sequence[tuple[Config, float | None]]
"""Configurations that were tried and their scores, the lower the better, if any."""

TOGETHER = 8
"""So many trials are asked for at once where what is known decides."""


class RandomSampler:
    """Draws configurations; of a small space, none twice."""

    together: int | None = None
    """How many are to be asked for at once; None where nothing known is needed."""

    def __init__(self, space: Space, seed: int) -> None:
        self.space = space
        self.seed = seed
        every = grid(space)
        order = np.random.default_rng(seed).permutation(len(every or ()))
        self.every = None if every is None else [every[index] for index in order]

    def ask(self, known: Known, count: int) -> list[Config]:
        """Return `count` configurations more."""
        first = len(known)
        if self.every is not None:
            return self.every[first : first + count]
        return [drawn(self.space, first + n, self.seed) for n in range(count)]


class GridSampler:
    """Takes all combinations, one after the other."""

    together = None

    def __init__(self, space: Space, seed: int) -> None:
        self.every = grid(space) or []

    def ask(self, known: Known, count: int) -> list[Config]:
        """Return `count` configurations more."""
        return self.every[len(known) : len(known) + count]


class TPESampler:
    """Asks Optuna, which draws where trials were good; it is told all of them anew.

    Bergstra et al. (2011), "Algorithms for Hyper-Parameter Optimization"; Akiba et al.
    (2019), "Optuna: A Next-generation Hyperparameter Optimization Framework".
    """

    together = TOGETHER

    def __init__(self, space: Space, seed: int) -> None:
        try:
            import optuna
        except ImportError as error:
            raise missing_extra("the sampler tpe", error, "sweep") from error
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self.optuna = optuna
        self.space = space
        self.seed = seed
        self.kinds = {name: self._kind(each) for name, each in space.items()}

    def ask(self, known: Known, count: int) -> list[Config]:
        """Return `count` configurations more."""
        # Of several that are asked for together each is to differ from the others.
        sampler = self.optuna.samplers.TPESampler(
            seed=(self.seed * 1_000_003 + len(known)) % 2**32, constant_liar=True
        )
        study = self.optuna.create_study(sampler=sampler)
        for config, score in known:
            study.add_trial(self._told(config, score))
        return [self._config(study.ask(self.kinds).params) for _ in range(count)]

    def _told(self, config: Config, score: float | None) -> Any:
        states = self.optuna.trial.TrialState
        return self.optuna.trial.create_trial(
            params={name: self._written(name, config[name]) for name in self.space},
            distributions=self.kinds,
            value=score,
            state=states.FAIL if score is None else states.COMPLETE,
        )

    def _kind(self, parameter: Parameter) -> Any:
        kinds = self.optuna.distributions
        values = parameter.values()
        if isinstance(parameter, Choice) or values is not None:
            # By their places: not every value is one that Optuna takes.
            return kinds.CategoricalDistribution(tuple(range(len(values or ()))))
        kind = kinds.IntDistribution if parameter.is_whole else kinds.FloatDistribution
        return kind(parameter.low, parameter.high, log=parameter.is_log)

    def _written(self, name: str, value: Any) -> Any:
        values = self.space[name].values()
        return value if values is None else values.index(value)

    def _config(self, params: Config) -> Config:
        return {name: self._value(name, params[name]) for name in self.space}

    def _value(self, name: str, value: Any) -> Any:
        parameter = self.space[name]
        values = parameter.values()
        if values is not None:
            return values[value]
        assert isinstance(parameter, Range)
        return parameter.short(value)


SAMPLERS: dict[str, Callable[[Space, int], Any]] = {
    "random": RandomSampler,
    "grid": GridSampler,
    "tpe": TPESampler,
}
