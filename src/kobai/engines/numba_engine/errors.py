"""The error for graphs that the compiled engine does not cover."""

from kobai.errors import KobaiError


class NotCompilable(KobaiError, TypeError):  # noqa: N818 - it reads as what it says
    """A graph holds an operation that has no compiled form; NumPy still runs it."""
