"""Where arrays lie: the way of NumPy's arrays onto a device, and back."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from kobai.engines.jax_engine.device import copied, find_device
from kobai.engines.jax_engine.group import find_group


class Placement(Protocol):
    """Puts NumPy's arrays where a program computes, and fetches what it computes."""

    @property
    def device(self) -> Any:
        """The device of this process."""

    def kept(self, array: np.ndarray, axis: int | None = None) -> Any:
        """Return a copy that stays there: data.

        It shares no memory with the array, which may change in place. It may lie in
        parts along an axis, that of a batch's samples; without one it is whole.
        """

    def lent(self, array: np.ndarray, axis: int | None = None) -> Any:
        """Return what one call reads, and nobody changes until the call has ended.

        It may lie in parts along an axis, or as the program was told before.
        """

    def fetched(self, array: Any) -> np.ndarray:
        """Return what a program has computed, and is there in whole."""

    def split(self, array: Any) -> Any:
        """Return an array of a program, which may lie in parts along its first axis."""

    def same(self, array: Any) -> Any:
        """Return an array of a program that is to be there in whole."""


@dataclass(frozen=True)
class OneDevice:
    """Everything on one device."""

    device: Any

    def kept(self, array: np.ndarray, axis: int | None = None) -> Any:
        """Return a copy on the device."""
        return copied(array, self.device)

    def lent(self, array: np.ndarray, axis: int | None = None) -> Any:
        """Return the array itself: JAX's way from there is the shortest."""
        return array

    def fetched(self, array: Any) -> np.ndarray:
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
    return find_group(device) or OneDevice(find_device(device))
