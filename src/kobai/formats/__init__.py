"""A trained model to a file and back, with nothing in the file that can run."""

from kobai.formats.files import load_model, save_model
from kobai.formats.model import Model

__all__ = ["Model", "load_model", "save_model"]
