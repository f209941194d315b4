"""How good a network for a table is: beside what is simpler, and how surely known."""

from kobai.judging.baselines import Baselines, class_counts, linear_network
from kobai.judging.judge import Judgement, judge
from kobai.judging.scores import Score, scores

__all__ = [
    "Baselines",
    "Judgement",
    "Score",
    "class_counts",
    "judge",
    "linear_network",
    "scores",
]
