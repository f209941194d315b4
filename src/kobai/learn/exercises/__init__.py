"""The exercises, each a function that judges an answer; a module for each subject."""

from importlib import import_module
from pkgutil import iter_modules

from kobai.learn.exercises.registry import EXERCISES

__all__ = ["EXERCISES"]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
