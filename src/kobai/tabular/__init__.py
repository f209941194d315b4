"""A table from end to end in one class: `kobai.TableModel`, and what it returns.

It needs the extra `table`; scikit-learn is not needed, and may be used with it.
"""

from kobai.tabular.differences import Differences
from kobai.tabular.evaluation import Evaluation
from kobai.tabular.explanation import Explanation, RowExplanation
from kobai.tabular.model import TableModel
from kobai.tabular.parameters import NotFittedError
from kobai.tabular.plan import Plan

__all__ = [
    "Differences",
    "Evaluation",
    "Explanation",
    "NotFittedError",
    "Plan",
    "RowExplanation",
    "TableModel",
]
