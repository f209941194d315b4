"""Estimators: networks with the interface of scikit-learn's own.

They need the extra `sklearn`.
"""

from kobai.errors import missing_extra

try:
    import sklearn  # noqa: F401
except ModuleNotFoundError as error:
    raise missing_extra("kobai.estimators", error, "sklearn") from None

from kobai.estimators.classifier import MLPClassifier
from kobai.estimators.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
