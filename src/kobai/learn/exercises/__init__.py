"""The exercises, each a function that judges an answer; a module for each subject."""

from kobai.learn.exercises import derivatives as _derivatives
from kobai.learn.exercises import descents as _descents
from kobai.learn.exercises.registry import EXERCISES

__all__ = ["EXERCISES"]

_ = _derivatives, _descents
