"""What a network that was trained on a table makes of it: by columns and by rows.

Which columns mattered, how predictions change with one of them, what a single
prediction is made of, and which rows are predicted worst.
"""

from kobai.explanations.dependence import Dependence, partial_dependence
from kobai.explanations.importance import Importance, permutation_importance
from kobai.explanations.shapley import Contributions, contributions
from kobai.explanations.worst import WorstRow, row_losses, worst_of, worst_rows

__all__ = [
    "Contributions",
    "Dependence",
    "Importance",
    "WorstRow",
    "contributions",
    "partial_dependence",
    "permutation_importance",
    "row_losses",
    "worst_of",
    "worst_rows",
]
