"""The lab: a page in which a network learns, with data or a run inside."""

from kobai.page.built import LabError
from kobai.page.notebook import Lab, lab

__all__ = ["Lab", "LabError", "lab"]
