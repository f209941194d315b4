"""Derivatives: by definition, by back-propagation, and the comparison of the two."""

from kobai.autodiff.checking import GradientReport, check_gradient
from kobai.autodiff.numerical import numerical_derivative, numerical_gradient
from kobai.autodiff.reverse import gradient, value_and_gradient

__all__ = [
    "GradientReport",
    "check_gradient",
    "gradient",
    "numerical_derivative",
    "numerical_gradient",
    "value_and_gradient",
]
