"""The version of Kobai, written once."""

__version__ = "0.1.0"
