"""How good a network for a table is: beside what is simpler, and how surely known."""

from kobai.data.identity import class_counts
from kobai.judging.baselines import Baselines, linear_network
from kobai.judging.calibration import (
    coverage,
    find_reaches,
    find_threshold,
    parted,
    wanted_threshold,
)
from kobai.judging.judgement import Judgement, judge
from kobai.judging.repeats import Spread, fold_scores, spread
from kobai.judging.score import Score, scores

__all__ = [
    "Baselines",
    "Judgement",
    "Score",
    "Spread",
    "class_counts",
    "coverage",
    "find_reaches",
    "find_threshold",
    "fold_scores",
    "judge",
    "linear_network",
    "parted",
    "scores",
    "spread",
    "wanted_threshold",
]
