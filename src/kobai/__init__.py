"""Kobai (勾配, "gradient"): train neural networks, and see how they learn.

>>> import numpy as np
>>> import kobai
>>> kobai.gradient(lambda x: np.sum(x ** 2), np.array([3.0, 4.0]))
array([6., 8.])
"""

from kobai.version import __version__

# `typing` need not be loaded for this; type checkers know the name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from kobai.autodiff import gradient, numerical_derivative, value_and_gradient
    from kobai.data import (
        Dataset,
        load_dataset,
        load_digits,
        load_fashion_mnist,
        load_kuzushiji_mnist,
        load_mnist,
        load_table,
    )
    from kobai.engines.compile import compile
    from kobai.engines.differences.definition import check_gradient, numerical_gradient
    from kobai.formats import export, load_model, save_model
    from kobai.networks import Dense, Network, TwoLayerNet
    from kobai.optimizers import SGD, Adam, AdamW, Momentum, gradient_descent
    from kobai.page import lab
    from kobai.sweeps.entry import sweep
    from kobai.tabular import TableModel
    from kobai.training import EarlyStopping, History, train

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "Dataset",
    "Dense",
    "EarlyStopping",
    "History",
    "Momentum",
    "Network",
    "TableModel",
    "TwoLayerNet",
    "__version__",
    "check_gradient",
    "compile",
    "export",
    "gradient",
    "gradient_descent",
    "lab",
    "load_dataset",
    "load_digits",
    "load_fashion_mnist",
    "load_kuzushiji_mnist",
    "load_mnist",
    "load_model",
    "load_table",
    "numerical_derivative",
    "numerical_gradient",
    "save_model",
    "sweep",
    "train",
    "value_and_gradient",
]

# Where each name comes from. They are imported at their first use, so that
# `import kobai` costs little more than `import numpy`.
_HOMES = {
    "autodiff": "gradient numerical_derivative value_and_gradient",
    "data": (
        "Dataset load_dataset load_digits load_fashion_mnist load_kuzushiji_mnist "
        "load_mnist load_table"
    ),
    "engines.compile": "compile",
    "engines.differences.definition": "check_gradient numerical_gradient",
    "formats": "export load_model save_model",
    "networks": "Dense Network TwoLayerNet",
    "optimizers": "SGD Adam AdamW Momentum gradient_descent",
    "page": "lab",
    "sweeps": "sweep",
    "tabular": "TableModel",
    "training": "EarlyStopping History train",
}
_FOLDERS = (
    "autodiff",
    "book",
    "data",
    "engines",
    "estimators",
    "explanations",
    "formats",
    "functions",
    "graph",
    "judging",
    "learn",
    "networks",
    "optimizers",
    "page",
    "plots",
    "sweeps",
    "tabular",
    "training",
)


def __getattr__(name: str) -> "Any":
    from importlib import import_module

    if name in _FOLDERS:
        return import_module(f"kobai.{name}")
    for folder, names in _HOMES.items():
        if name in names.split():
            value = getattr(import_module(f"kobai.{folder}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module 'kobai' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_FOLDERS})
