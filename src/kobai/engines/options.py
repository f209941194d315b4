"""How the JAX engine is to compute, as plain settings: nothing of JAX is loaded."""

from dataclasses import dataclass

from kobai.errors import suggest

PLATFORMS = ("cpu", "gpu", "tpu")
# What JAX calls them. "default" is the device's own: TF32 on GPUs of NVIDIA.
PRECISIONS = {"full": "highest", "fast": "default"}


@dataclass(frozen=True)
class Jax:
    """The engine "jax" with choices of its own.

    `device` is "auto" (the one that JAX takes by itself), "cpu", "gpu" or "tpu", or
    "gpu:1" for the second. `precision` is "full": products of float32 are as exact as
    in NumPy; or "fast", which lets a device take fewer digits: 10 bits instead of 24
    on GPUs of NVIDIA. Raises ValueError for another precision.

    >>> Jax(precision="fast")
    Jax(device='auto', precision='fast')
    """

    device: str = "auto"
    precision: str = "full"

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise ValueError(
                f'engine jax: got precision "{self.precision}"; need one of: '
                f"{', '.join(PRECISIONS)}.{suggest(str(self.precision), PRECISIONS)}"
            )

    def __str__(self) -> str:
        return "jax" if self.precision == "full" else f"jax, {self.precision}"
