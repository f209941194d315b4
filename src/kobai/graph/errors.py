"""What tracing refuses."""

from kobai.errors import GradientError


class TraceError(GradientError):
    """A function depends on the values of its arguments in a way no graph has."""
