"""A mistake by which every trial fails, told by the first few of them.

A batch larger than the data, say, fails with each learning rate there is. What fails
for some settings alone is no such mistake, and the search goes on.
"""

import re
from collections.abc import Collection
from typing import Any

from kobai.sweeps.folder import Trial
from kobai.sweeps.space import Parameter, Range, Space

ENOUGH = 5
"""So many trials, or all there are, have to fail in the same way."""


def mistake(trials: Collection[Trial], space: Space, count: int) -> str | None:
    """Return the error by which all trials fail, if no setting can be its cause.

    `trials` are those that have ended, of `count`. They show it when all have failed in
    the same words, which name nothing that is swept, each value of a choice and both
    halves of a range being among them; or when there are no others.

    >>> from kobai.sweeps.jobs import Outcome
    >>> from kobai.sweeps.space import Choice
    >>> bad = {(None, 0): Outcome(error="batch too large", is_mistake=True)}
    >>> space = {"hidden": Choice((10, 20))}
    >>> trials = [Trial(n, {"hidden": 10 * (1 + n % 2)}, bad) for n in range(6)]
    >>> mistake(trials, space, 30)
    'batch too large'
    >>> mistake(trials[::2], space, 30) is None
    True
    """
    if not trials or not all(map(is_mistaken, trials)):
        return None
    found = {each.error for trial in trials for each in trial.outcomes.values()}
    if len(found) > 1:
        return None
    (error,) = found
    if len(trials) < count:
        if len(trials) < ENOUGH or _names_any(error or "", space):
            return None
        for name, parameter in space.items():
            if not _is_tried(parameter, [each.config[name] for each in trials]):
                return None
    return error


def is_mistaken(trial: Trial) -> bool:
    """Tell whether nothing but a mistake is known of a trial."""
    ends = trial.outcomes.values()
    return bool(ends) and all(each.is_mistake for each in ends)


def _names_any(error: str, space: Space) -> bool:
    words = re.findall(r"\w+", error.replace("-", "_"))
    return any(word.strip("_") in space for word in words)


def _is_tried(parameter: Parameter, values: Collection[Any]) -> bool:
    """Tell whether each value is among some, or numbers of both halves of a range."""
    every = parameter.values()
    if every is not None:
        # Not every value can be hashed, or says of others whether it is the same.
        return set(map(repr, every)) <= set(map(repr, values))
    assert isinstance(parameter, Range)
    return bool(min(values) < parameter.middle < max(values))
