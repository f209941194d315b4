"""The lab as a widget: what is learned in the page is Python's, and the other way."""

from collections.abc import Mapping
from typing import Any

import anywidget
import numpy as np
import traitlets

from kobai.page.built import MODULE, built
from kobai.page.packed import as_script
from kobai.training import History


class LabWidget(anywidget.AnyWidget):
    """The lab whose network and history are Python's, whenever it stands still.

    `settings` is what is trained and how, `params` the parameters by name as lists,
    `history` the course of the training: all are written by the page when it pauses.
    To set `params` begins anew with these weights, and to set some of `settings` goes
    on with them, or anew where the weights are of another network.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    given = traitlets.Unicode().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    params = traitlets.Dict().tag(sync=True)
    history = traitlets.Dict().tag(sync=True)

    def __init__(self, given: Mapping[str, Any]) -> None:
        super().__init__(
            _esm=built(MODULE),
            given=as_script(given),
            settings=given.get("settings", {}),
        )

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the parameters as arrays by name, `W1`, `b1`, …"""
        return {name: np.array(each, np.float32) for name, each in self.params.items()}

    def course(self) -> History:
        """Return the course of the training as the record that `train` returns."""
        names = {
            "step": "step",
            "trainLoss": "train_loss",
            "testLoss": "test_loss",
            "trainScore": "train_accuracy",
            "testScore": "test_accuracy",
        }
        columns = {ours: self.history.get(theirs, []) for theirs, ours in names.items()}
        rows = zip(*columns.values(), strict=True)
        return History(dict(zip(columns, row, strict=True)) for row in rows)
