"""Where arrays lie: the way of NumPy's arrays onto a device, and back."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from kobai.engines.jax_engine.device import find_device
from kobai.engines.jax_engine.group import find_group


class Placement(Protocol):
    """Puts NumPy's arrays where a program computes, and fetches what it has computed.

    Nothing that it puts shares memory with the array that it was given: Kobai changes
    arrays in place.
    """

    def whole(self, array: np.ndarray) -> Any:
        """Return a copy that is there in whole: parameters, data."""

    def parts(self, array: np.ndarray, axis: int) -> Any:
        """Return a copy that may lie in parts along the axis of a batch's samples."""

    def host(self, array: Any) -> np.ndarray:
        """Return what a program has computed, and is there in whole."""

    def split(self, array: Any) -> Any:
        """Return an array of a program, which may lie in parts along its first axis."""

    def same(self, array: Any) -> Any:
        """Return an array of a program that is to be there in whole."""


@dataclass(frozen=True)
class OneDevice:
    """Everything on one device."""

    device: Any

    def whole(self, array: np.ndarray) -> Any:
        """Return a copy on the device."""
        import jax

        # By default JAX takes the memory of an array on the CPU for its own.
        return jax.device_put(array, self.device, may_alias=False)

    def parts(self, array: np.ndarray, axis: int) -> Any:
        """Return a copy on the device, which has all samples."""
        return self.whole(array)

    def host(self, array: Any) -> np.ndarray:
        """Return an array of NumPy's that cannot be written."""
        return np.asarray(array)

    def split(self, array: Any) -> Any:
        """Return an array of a program as it is."""
        return array

    def same(self, array: Any) -> Any:
        """Return an array of a program as it is."""
        return array


def find_placement(device: str) -> Placement:
    """Return where a training computes: on a device, or with all other processes."""
    return find_group() or OneDevice(find_device(device))
