"""The figures that train what they show, each by its name."""

from kobai.gallery.registry import FIGURES, MOVIES, save_figures

__all__ = ["FIGURES", "MOVIES", "save_figures"]
