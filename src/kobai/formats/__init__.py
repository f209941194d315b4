"""A trained model to a file and back, with nothing in the file that can run."""

from kobai.formats.calibration import Calibration
from kobai.formats.exporting import FORMATS, export, load_json
from kobai.formats.files import load_model, save_model
from kobai.formats.model import Model
from kobai.formats.pytorch import load_pytorch, save_pytorch

__all__ = [
    "FORMATS",
    "Calibration",
    "Model",
    "export",
    "load_json",
    "load_model",
    "load_pytorch",
    "save_model",
    "save_pytorch",
]
