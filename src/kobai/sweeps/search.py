"""The search itself: which trial is trained next, and for how long.

Only here is anything decided, from what is known alone. So whatever was interrupted,
and however many workers there are, the same trials follow.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from kobai.files import not_forced
from kobai.sweeps.folder import SweepError, SweepFolder, Trial
from kobai.sweeps.halving import Rung, rungs, survivors
from kobai.sweeps.jobs import Job, Outcome
from kobai.sweeps.memory import SweepMemory
from kobai.sweeps.mistakes import is_mistaken, mistake
from kobai.sweeps.samplers import SAMPLERS
from kobai.sweeps.space import Space, as_json, from_json, grid, restored

FINALISTS = 3
"""So many configurations are trained with other seeds too."""
KEPT = {
    **{name: name for name in ("trials", "sampler", "seed", "longest", "seeds")},
    "halving": "is_halving",
}
"""The names, in a file, of a plan's numbers and words."""


@dataclass(frozen=True)
class Plan:
    """What a search is to do.

    `longest` is how many epochs (or steps) a trial is trained at most, or None where
    they have no say in it; `seeds` is with how many the best are trained.
    """

    space: Space
    trials: int
    sampler: str = "random"
    seed: int = 0
    longest: int | None = None
    is_halving: bool = True
    seeds: int = 1

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        kept = {name: getattr(self, field) for name, field in KEPT.items()}
        return {"space": as_json(self.space), **kept}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Plan":
        """Return what `as_json` described; raise where something lacks, or is wrong."""
        kept = {field: found[name] for name, field in KEPT.items()}
        return cls(from_json(found["space"]), **kept)

    @cached_property
    def rungs(self) -> tuple[Rung, ...]:
        """How many trials are trained for how long."""
        if self.is_halving:
            return rungs(self.trials, self.longest)
        return (Rung(self.trials, self.longest),)

    @property
    def going_on(self) -> dict[int | None, int]:
        """How many trials go on from each rung, by its length."""
        counts = [rung.trials for rung in self.rungs[1:]]
        lengths = [rung.length for rung in self.rungs]
        return dict(zip(lengths, [*counts, self.finalists], strict=True))

    @property
    def finalists(self) -> int:
        """How many configurations are trained with other seeds too."""
        return min(FINALISTS, self.rungs[-1].trials)


def count_trials(space: Space, wanted: int | None, sampler: str, usual: int) -> int:
    """Return how many trials there are: of a small space no more than it has.

    Raises `SweepError` for a grid without an end, or with another number of trials.
    """
    every = grid(space)
    if sampler != "grid":
        count = usual if wanted is None else wanted
        is_small = every is not None and sampler == "random"
        return min(count, len(every)) if every is not None and is_small else count
    if every is None:
        raise SweepError(
            "the sampler grid needs an end of every range: give points, as in "
            "1e-4..1/5, or take the sampler random"
        )
    if wanted not in (None, len(every)):
        raise SweepError(
            f"got {wanted} trials and the sampler grid, which tries all {len(every)} "
            "combinations; leave the number out, or take the sampler random"
        )
    return len(every)


class Crew(Protocol):
    """Who does the jobs."""

    def run(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Yield the outcomes of jobs as they come."""


class Watch(Protocol):
    """Who is told how a search goes."""

    def begin(self, what: str, jobs: int, rung: Rung | None) -> None:
        """Hear that so many jobs are to be done: those of a rung, or repeats."""

    def tell(self, trial: Trial, outcome: Outcome) -> None:
        """Hear what came of a job."""


@dataclass
class Search:
    """A search under way, or resumed: what it knows is in its folder."""

    plan: Plan
    folder: SweepFolder | SweepMemory
    trials: dict[int, Trial] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sampler = SAMPLERS[self.plan.sampler](self.plan.space, self.plan.seed)
        for trial in self.folder.trials():
            if trial.number <= self.plan.trials:
                trial.config = restored(trial.config, self.plan.space)
                self.trials[trial.number] = trial
        if all(map(is_mistaken, self.trials.values())):
            # They are tried again, for what was wrong may be mended by now.
            self.trials.clear()

    def go(self, crew: Crew, watch: Watch) -> Trial:
        """Do all that is missing, and return the best trial."""
        with not_forced():
            first, *others = self.plan.rungs
            self._first(first, crew, watch)
            numbers = self._best(list(self.trials), first, first.trials)
            self._check_any(numbers)
            before = first
            for rung in others:
                numbers = self._best(numbers, before, rung.trials)
                self._run([self._job(n, rung) for n in numbers], crew, watch, rung)
                before = rung
            return self._repeat(numbers, crew, watch)

    def _first(self, rung: Rung, crew: Crew, watch: Watch) -> None:
        """Train all trials as long as the first rung says."""
        together = self.sampler.together or rung.trials
        for start in range(0, rung.trials, together):
            count = min(together, rung.trials - start)
            numbers = range(start + 1, start + count + 1)
            known = [
                (self.trials[n].config, self.trials[n].outcomes[rung.length, 0].score)
                for n in range(1, start + 1)
            ]
            if not all(n in self.trials for n in numbers):
                found = self.sampler.ask(known, count)
                for number, config in zip(numbers, found, strict=True):
                    self.trials.setdefault(number, Trial(number, config))
            self.trials = dict(sorted(self.trials.items()))
            self._run([self._job(n, rung) for n in numbers], crew, watch, rung)

    def _job(self, number: int, rung: Rung) -> Job:
        return Job(number, self.trials[number].config, rung.length)

    def _best(self, numbers: Sequence[int], rung: Rung, count: int) -> list[int]:
        """Return the best of some trials; one without a score is none of them."""
        ends = {n: self.trials[n].outcomes[rung.length, 0] for n in numbers}
        scored = [(e.order, n) for n, e in ends.items() if e.score is not None]
        return survivors(scored, count)

    def _check_any(self, numbers: Sequence[int]) -> None:
        """Raise where not a single trial has come to anything."""
        lasts = [each.last for each in self.trials.values()]
        why = next((each.error or each.stopped for each in lasts if each), None)
        if not numbers:
            raise SweepError(f"no trial could be trained to a score. The first: {why}")

    def _check_mistake(self) -> None:
        """Raise where the first trials show that all others would fail as they did."""
        count = len(self._ended)
        if self.mistake and count < self.plan.trials:
            stop = "" if self.mistake.endswith((".", "?", "!")) else "."
            raise SweepError(
                f"{self.mistake}{stop} Each of the first {count} trials ended so; the "
                "others were not begun"
            )

    @property
    def mistake(self) -> str | None:
        """The error by which all trials fail, as far as the first of them tell."""
        return mistake(self._ended, self.plan.space, self.plan.trials)

    @property
    def _ended(self) -> list[Trial]:
        return [trial for trial in self.trials.values() if trial.outcomes]

    @property
    def is_hopeless(self) -> bool:
        """Whether all trials have been tried, and none has a score."""
        lasts = [each.last for each in self.trials.values()]
        is_done = len(lasts) == self.plan.trials
        return is_done and all(each and each.score is None for each in lasts)

    def _repeat(self, numbers: Sequence[int], crew: Crew, watch: Watch) -> Trial:
        """Train the best with other seeds too; return what is best on the whole."""
        last = self.plan.rungs[-1]
        finalists = self._best(numbers, last, self.plan.finalists) or numbers[:1]
        jobs = [
            Job(n, self.trials[n].config, last.length, seed)
            for n in finalists
            for seed in range(1, self.plan.seeds)
        ]
        if jobs:
            self._run(jobs, crew, watch, None)
        means = [(mean_order(self.trials[n], last.length), n) for n in finalists]
        return self.trials[survivors(means, 1)[0]]

    def _run(
        self, jobs: Sequence[Job], crew: Crew, watch: Watch, rung: Rung | None
    ) -> None:
        """Have those jobs done that nothing is known of yet."""
        missing = [j for j in jobs if j.key not in self.trials[j.trial].outcomes]
        watch.begin("repeats" if rung is None else "rung", len(missing), rung)
        for job, outcome in crew.run(sorted(missing, key=self._longest_first)):
            trial = self.trials[job.trial]
            trial.outcomes[outcome.key] = outcome
            self.folder.keep(trial)
            watch.tell(trial, outcome)
            self._check_mistake()

    def _longest_first(self, job: Job) -> tuple[float, int]:
        """Begin with what takes longest, lest a worker be left with it at the end."""
        return -self.trials[job.trial].seconds, job.trial


def mean_order(trial: Trial, length: int | None) -> tuple[float, ...]:
    """Return the order of a trial over all its seeds."""
    orders = [each.order for each in trial.repeats(length)]
    return tuple(sum(each) / len(orders) for each in zip(*orders, strict=True))


def ranked(trials: Iterable[Trial]) -> list[Trial]:
    """Return trials, the best first: those trained longest, with most seeds, lead."""

    def order(trial: Trial) -> tuple[float, ...]:
        last = trial.last
        if last is None:
            return (0.0, 0.0, float("inf"), float("inf"), trial.number)
        seeds = len(trial.repeats(last.length))
        mean = mean_order(trial, last.length)
        return (-(last.length or 0), -seeds, *mean, trial.number)

    return sorted(trials, key=order)
