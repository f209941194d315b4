"""What the JAX engine refuses."""

from kobai.errors import KobaiError
from kobai.graph import TraceError


class NotLowered(TraceError):  # noqa: N818 (it tells of a graph)
    """A graph has an operation that JAX computes in no way that is NumPy's."""


class DeviceError(KobaiError, ValueError):
    """There is no such device here; the message lists those that there are."""
