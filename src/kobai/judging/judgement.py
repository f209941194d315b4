"""A network beside what is simpler, on the same rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from kobai.data import Dataset
from kobai.judging.baselines import Baselines
from kobai.judging.score import Score, scores, with_mean
from kobai.networks import Network


@dataclass(frozen=True)
class Judgement:
    """Scores of a network, of a linear model and of a constant, on the same rows.

    `main` names the measure by which they are compared, `constant` says in words what
    the constant is. `linear` and `baseline` are empty where they are not known. Of
    several `targets`, scores are the mean of theirs, whatever their units; where some
    are classes `each` has a judgement of every one by its name.
    """

    main: str
    network: dict[str, Score]
    linear: dict[str, Score]
    baseline: dict[str, Score]
    constant: str = ""
    targets: int = 1
    each: Mapping[str, "Judgement"] = field(default_factory=dict)

    @property
    def warning(self) -> str:
        """Why the network is not worth having, or nothing where it is."""
        if self.each:
            found: dict[str, list[str]] = {}
            for name, each in self.each.items():
                found.setdefault(each.warning, []).append(name)
            found.pop("", None)
            return ", ".join(f"{w} for {' and '.join(n)}" for w, n in found.items())
        mine = self.network[self.main].value
        others = {self.constant: self.baseline, "a linear model": self.linear}
        for name, theirs in others.items():
            if theirs and not mine > theirs[self.main].value:
                return f"no better than {name}"
        return ""


def judge(
    network: Network,
    data: Dataset,
    baselines: Baselines | None = None,
    *,
    weighted: bool | None = None,
    threshold: float | None = None,
) -> Judgement:
    """Judge a network that was trained on a table by the test rows of `data`.

    `baselines` are fitted to the training rows if None. Networks are compared by R² for
    numbers, for classes by accuracy; by balanced accuracy where the classes were
    `weighted`, as always naming the most frequent one is then no aim (None: where
    `data` has weights). `threshold` is the probability from which on the network names
    the second of two classes. Raises ValueError for data that was no table, or without
    test rows.

    >>> import polars as pl
    >>> import kobai
    >>> from kobai.networks import suited
    >>> n = np.arange(400)
    >>> frame = pl.DataFrame({"a": n % 20, "b": n // 20, "t": (n % 20) * (n // 20)})
    >>> data = kobai.load_table(frame, "t", task="regression")
    >>> network, settings = suited(data)
    >>> _ = kobai.train(network, data, **settings, progress=False)
    >>> found = judge(network, data)
    >>> found.network["r2"].value > found.linear["r2"].value > 0.5, found.warning
    (True, '')
    """
    columns = data.columns
    if columns is None or not len(data.x_test):
        lack = "test rows" if columns else "columns: it was no table"
        raise ValueError(f"judge: {data.name} has no {lack}; need load_table()")
    baselines = baselines or Baselines.of(data)
    x, t = data.x_test, data.t_test
    y = np.asarray(network.predict(x))
    line = None if baselines.linear is None else np.asarray(baselines.linear.predict(x))
    if weighted is None:
        weighted = data.sample_weight is not None
    parts = columns.parts
    if not parts:
        return _judged(baselines, y, t, line, weighted, threshold)
    each = {}
    for part in parts:
        own = None if line is None else line[:, part.outputs]
        alone = baselines.of_part(part)
        each[part.name] = _judged(alone, y[:, part.outputs], part.of(t), own, weighted)

    def mean(of: str) -> dict[str, Score]:
        found = {name: getattr(one, of) for name, one in each.items()}
        return with_mean(found) if all(found.values()) else {}

    constant = baselines.constant if mean("baseline") else ""
    means = mean("network"), mean("linear"), mean("baseline")
    return Judgement("score", *means, constant, len(parts), each)


def _judged(
    baselines: Baselines,
    y: np.ndarray,
    t: np.ndarray,
    line: np.ndarray | None,
    weighted: bool,
    threshold: float | None = None,
) -> Judgement:
    """Judge outputs beside those of a linear model, and of a constant."""
    columns = baselines.columns
    linear, baseline = {}, {}
    if line is not None:
        linear = scores(columns, line, t, intervals=False)
    if baselines.counts or not columns.target.classes:
        constant = baselines.constant_outputs(len(y))
        baseline = scores(columns, constant.astype(np.float32), t, intervals=False)
    classes = "balanced_accuracy" if weighted else "accuracy"
    return Judgement(
        classes if columns.target.classes else "r2",
        scores(columns, y, t, threshold=threshold),
        linear,
        baseline,
        baselines.constant if baseline else "",
        len(columns.target.names),
    )
