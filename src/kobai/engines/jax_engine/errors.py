"""What the JAX engine refuses."""

from kobai.errors import KobaiError


class NotLowered(KobaiError, TypeError):  # noqa: N818 (it is about the graph)
    """A graph has an operation that JAX computes in no way that is NumPy's."""


class DeviceError(KobaiError, ValueError):
    """There is no such device here; the message lists those that there are."""
