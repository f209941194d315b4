"""The variants of gradient descent: one update each, compared with Kobai's optimizers."""

from kobai.learn.exercises.updates.adagrad import adagrad_step
from kobai.learn.exercises.updates.adam import adam_step
from kobai.learn.exercises.updates.momentum import momentum_step

__all__ = ["adagrad_step", "adam_step", "momentum_step"]
