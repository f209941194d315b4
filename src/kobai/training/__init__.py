"""Training: batches, the loop over steps, its history, callbacks and checkpoints."""

from kobai.training.batches import BATCHES, epoch_batches, steps_per_epoch
from kobai.training.callbacks import EarlyStopping, TrainingState
from kobai.training.data import balanced_weights
from kobai.training.history import History
from kobai.training.loop import train
from kobai.training.loss_watch import LossWatch
from kobai.training.step import make_step

__all__ = [
    "BATCHES",
    "EarlyStopping",
    "History",
    "LossWatch",
    "TrainingState",
    "balanced_weights",
    "epoch_batches",
    "make_step",
    "steps_per_epoch",
    "train",
]
