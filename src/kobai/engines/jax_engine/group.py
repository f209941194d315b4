"""Processes that train together: what lies where, and what they agree on.

Each has all the data and all the parameters, and its share of the samples of a batch.
XLA adds what is needed where samples are summed: `psum`, which every process takes part
in, and so none goes on without the others.
"""

import sys
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

import numpy as np

from kobai.engines.jax_engine.device import copied

# Messages are filled up to so many bytes, as each length is compiled for itself.
LENGTH = 4096
AXIS = "samples"


class Group:
    """The processes that `jax.distributed` knows, each with its first device.

    It is a `Placement`: what is whole is in every process.
    """

    def __init__(self, platform: str | None = None) -> None:
        import jax
        from jax.sharding import Mesh

        self.rank, self.size = jax.process_index(), jax.process_count()
        firsts = {d.process_index: d for d in reversed(jax.devices(platform))}
        self.device = firsts[self.rank]
        self._mesh = Mesh(np.array([firsts[n] for n in range(self.size)]), (AXIS,))

    def _sharding(self, *axes: str | None) -> Any:
        from jax.sharding import NamedSharding, PartitionSpec

        return NamedSharding(self._mesh, PartitionSpec(*axes))

    def _placed(self, array: np.ndarray, shape: tuple[int, ...], *axes: Any) -> Any:
        """Return the array of all processes, of which this one has a part."""
        import jax

        own = copied(array, self.device)
        return jax.make_array_from_single_device_arrays(
            shape, self._sharding(*axes), [own]
        )

    def kept(self, array: np.ndarray, axis: int | None = None) -> Any:
        """Return a copy that every process has, or of which each has a part.

        What cannot be divided evenly is in every process; `split` divides it later.
        """
        if axis is None or array.shape[axis] % self.size:
            return self._placed(array, array.shape)
        own = np.split(array, self.size, axis)[self.rank]
        return self._placed(own, array.shape, *[None] * axis, AXIS)

    def lent(self, array: np.ndarray, axis: int | None = None) -> Any:
        """Return what one call reads."""
        return self.kept(array, axis)

    def split(self, array: Any) -> Any:
        """Return an array of a program, its first axis divided among processes."""
        import jax

        return jax.lax.with_sharding_constraint(array, self._sharding(AXIS))

    def same(self, array: Any) -> Any:
        """Return an array of a program that every process is to have in whole."""
        import jax

        return jax.lax.with_sharding_constraint(array, self._sharding())

    def fetched(self, array: Any) -> np.ndarray:
        """Return what a program has computed, and every process has."""
        return np.asarray(array.addressable_data(0))

    def largest(self, *values: int) -> list[int]:
        """Return, of each value, the largest that any process has given."""
        own = np.array([values], np.int32)
        parts = self._placed(own, (self.size, len(values)), AXIS)
        return [int(each) for each in self.fetched(self._maxima(parts))]

    def of_first(self, message: bytes) -> bytes:
        """Return the message of the first process, whatever this one's is."""
        length = len(message) if self.rank == 0 else 0
        (length,) = self.largest(length)
        own = np.zeros((1, -(-max(length, 1) // LENGTH) * LENGTH), np.uint8)
        if self.rank == 0:
            own[0, :length] = np.frombuffer(message, np.uint8)
        parts = self._placed(own, (self.size, own.size), AXIS)
        return self.fetched(self._maxima(parts))[:length].tobytes()

    @cached_property
    def _maxima(self) -> Callable[[Any], Any]:
        import jax

        return jax.jit(lambda x: x.max(axis=0), out_shardings=self._sharding())


def find_group(device: str) -> Group | None:
    """Return the processes that train together, where `jax.distributed` knows some.

    Each computes on its first device of the kind that is asked for.
    """
    # Whoever has joined others has loaded JAX.
    jax = sys.modules.get("jax")
    if jax is None or not jax.distributed.is_initialized():
        return None
    if jax.process_count() == 1:
        return None
    platform, _, _ = device.partition(":")
    return _group(None if platform == "auto" else platform)


@cache
def _group(platform: str | None) -> Group:
    return Group(platform)


def is_lost(error: BaseException) -> bool:
    """Tell whether an error is JAX's own: most often another process is gone."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return "JaxRuntimeError" in names or "Gloo" in str(error)
