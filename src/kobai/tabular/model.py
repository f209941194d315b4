"""A table from end to end, as the commands have it, in one class."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from kobai.data.splits import Fold
from kobai.engines import Engine
from kobai.keywords import checked_keywords
from kobai.optimizers import Optimizer
from kobai.tabular import saved
from kobai.tabular.fitted import Fitted, learn
from kobai.tabular.given import Names
from kobai.tabular.learned import Learned
from kobai.tabular.table import Table, read_table


@checked_keywords
class TableModel(Learned):
    """Learn a column of a table from the other ones, and say how well that goes.

    What `kobai train`, `evaluate` and `predict` do with a table, in one class with
    scikit-learn's interface: the same options give the same network, bit for bit. Where
    an option is None it is as it suits the table, and `plan` says what was decided of
    each column.

    - `target` is the column to learn, or several. Words, and codes of classes, make it
      a classifier, other numbers a regressor; `task`, "classification" or "regression",
      overrules this. Of several columns each is one or the other by itself.
    - How the table is read: `drop`, `keep`, `category`, `number`, `text`, `missing`,
      `date_order`, `weight`, `class_weight`, `encoding`, `separator`, `header`, as
      `kobai.load_table` takes them.
    - `test_size`, a share of the rows that `evaluate` and `explain` then take; None is
      a fifth where `fit` gets a table alone, as the command does, and none of the rows
      where it gets X and y, as scikit-learn has it. `kobai.data.Last(0.2)` is the last
      fifth.
    - The network: `hidden`, units of each layer; `activation`; `loss`; `members`, how
      many answer together; `dtype`. Its training: `optimizer`, a name or an object
      with settings of its own; `learning_rate`, `weight_decay`, `batch_size`,
      `epochs`, `validation`, `patience`, `seed`, `engine`, `callbacks`, `progress`, as
      in `kobai.train`.
    - `threshold` says from which probability on the second of two classes is named: a
      number, "f1", "precision=0.9" or "recall=0.9". `interval`, such as 0.9, gives
      predicted numbers two ends that hold the truth in this share of all cases.

    Once fitted it has `plan`, `model_` (a `kobai.formats.Model`), `history_`,
    `classes_`, `feature_names_in_` and `n_features_in_`.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"size": [1, 2, 8, 9] * 25, "kind": list("aabb") * 25})
    >>> model = TableModel("kind", epochs=20).fit(frame)
    >>> model.predict(pl.DataFrame({"size": [1, 9]})).to_list()
    ['a', 'b']
    >>> model.evaluate()["accuracy"]
    1.0
    """

    def __init__(
        self,
        target: Names | None = None,
        *,
        task: str | None = None,
        test_size: float | Fold | None = None,
        drop: Names = (),
        keep: Names = (),
        category: Names = (),
        number: Names = (),
        text: Names = (),
        missing: Names | None = None,
        date_order: str = "",
        weight: Names | None = None,
        class_weight: str | Mapping[Any, float] | None = None,
        encoding: str | None = None,
        separator: str | None = None,
        header: bool | None = None,
        hidden: int | Sequence[int] | None = None,
        activation: str | None = None,
        loss: str | None = None,
        members: int | None = None,
        dtype: str = "float32",
        optimizer: str | Optimizer | None = None,
        learning_rate: float | None = None,
        weight_decay: float = 0.0,
        batch_size: int | None = None,
        epochs: int | None = None,
        validation: float | None = None,
        patience: int | None = None,
        threshold: str | float | None = None,
        interval: float | None = None,
        seed: int = 0,
        engine: Engine = "auto",
        callbacks: Sequence[Any] = (),
        progress: bool | str = False,
    ) -> None:
        self.target = target
        self.task = task
        self.test_size = test_size
        self.drop = drop
        self.keep = keep
        self.category = category
        self.number = number
        self.text = text
        self.missing = missing
        self.date_order = date_order
        self.weight = weight
        self.class_weight = class_weight
        self.encoding = encoding
        self.separator = separator
        self.header = header
        self.hidden = hidden
        self.activation = activation
        self.loss = loss
        self.members = members
        self.dtype = dtype
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.epochs = epochs
        self.validation = validation
        self.patience = patience
        self.threshold = threshold
        self.interval = interval
        self.seed = seed
        self.engine = engine
        self.callbacks = callbacks
        self.progress = progress

    # --- learning

    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: ArrayLike | None = None,
        *,
        test: Any = None,
    ) -> Self:
        """Learn from a table, or from the columns X and their target y.

        X is a file, a frame of pandas, Polars or PyArrow, or an array `(n, d)`; without
        y it holds the target. `sample_weight` `(n,)` says how much each row counts;
        `test` is a second table to test on. Raises `DataError` for a table that teaches
        nothing, ValueError for parameters that make no sense.
        """
        params = self.get_params()
        table = read_table(params, X, y, sample_weight, test)
        return self.with_fitted(learn(params, table), table)

    def with_fitted(self, fitted: Fitted, table: Table) -> Self:
        """Take what was learned from a table elsewhere, as in a search."""
        self.fitted_ = fitted
        if table.names:
            self.feature_names_in_ = np.array(table.names, object)
            self.n_features_in_ = len(table.names)
        self._is_of_arrays = table.is_of_arrays
        return self

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Return the model of a folder that `save` or `kobai train` wrote.

        Raises `RunError` or `ModelFileError` for what is none.
        """
        params, fitted, is_of_arrays = saved.read(Path(path), cls._defaults())
        model = cls(**params)
        model.fitted_ = fitted
        model._is_of_arrays = is_of_arrays
        names = [n.name for n in fitted.data.told if n.taken != "weight"]
        targets = model._columns.target.names
        names = [name for name in names if name not in targets]
        model.feature_names_in_ = np.array(names, object)
        model.n_features_in_ = len(names)
        return model
