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

# Messages are filled up to so many bytes, as each length is compiled for itself.
LENGTH = 4096
AXIS = "samples"


class Group:
    """The processes that `jax.distributed` knows, each with its first device.

    It is a `Placement`: `whole` means in every process.
    """

    def __init__(self) -> None:
        import jax
        from jax.sharding import Mesh

        self.rank, self.size = jax.process_index(), jax.process_count()
        firsts = {d.process_index: d for d in reversed(jax.devices())}
        self.device = firsts[self.rank]
        self._mesh = Mesh(np.array([firsts[n] for n in range(self.size)]), (AXIS,))

    def _sharding(self, *axes: str | None) -> Any:
        from jax.sharding import NamedSharding, PartitionSpec

        return NamedSharding(self._mesh, PartitionSpec(*axes))

    def _placed(self, array: np.ndarray, shape: tuple[int, ...], *axes: Any) -> Any:
        """Return the array of all processes, of which this one has a part."""
        import jax

        own = jax.device_put(array, self.device, may_alias=False)
        return jax.make_array_from_single_device_arrays(
            shape, self._sharding(*axes), [own]
        )

    def whole(self, array: np.ndarray) -> Any:
        """Return a copy that is in every process, which all have the same."""
        return self._placed(array, array.shape)

    def parts(self, array: np.ndarray, axis: int) -> Any:
        """Return a copy of which each process has a part along an axis.

        What cannot be divided evenly is in every process; `split` divides it later.
        """
        if array.shape[axis] % self.size:
            return self.whole(array)
        own = np.split(array, self.size, axis)[self.rank]
        return self._placed(own, array.shape, *[None] * axis, AXIS)

    def split(self, array: Any) -> Any:
        """Return an array of a program, its first axis divided among processes."""
        import jax

        return jax.lax.with_sharding_constraint(array, self._sharding(AXIS))

    def same(self, array: Any) -> Any:
        """Return an array of a program that every process is to have in whole."""
        import jax

        return jax.lax.with_sharding_constraint(array, self._sharding())

    def host(self, array: Any) -> np.ndarray:
        """Return what a program has computed, and every process has."""
        return np.asarray(array.addressable_data(0))

    def largest(self, *values: int) -> list[int]:
        """Return, of each value, the largest that any process has given."""
        own = np.array([values], np.int32)
        parts = self._placed(own, (self.size, len(values)), AXIS)
        return [int(each) for each in self.host(self._maxima(parts))]

    def of_first(self, message: bytes) -> bytes:
        """Return the message of the first process, whatever this one's is."""
        length = len(message) if self.rank == 0 else 0
        (length,) = self.largest(length)
        own = np.zeros((1, -(-max(length, 1) // LENGTH) * LENGTH), np.uint8)
        if self.rank == 0:
            own[0, :length] = np.frombuffer(message, np.uint8)
        parts = self._placed(own, (self.size, own.size), AXIS)
        return self.host(self._maxima(parts))[:length].tobytes()

    @cached_property
    def _maxima(self) -> Callable[[Any], Any]:
        import jax

        return jax.jit(lambda x: x.max(axis=0), out_shardings=self._sharding())


def find_group() -> Group | None:
    """Return the processes that train together, where `jax.distributed` knows some."""
    # Whoever has joined others has loaded JAX.
    jax = sys.modules.get("jax")
    if jax is None or not jax.distributed.is_initialized():
        return None
    return _group() if jax.process_count() > 1 else None


@cache
def _group() -> Group:
    return Group()


def is_lost(error: BaseException) -> bool:
    """Tell whether an error is JAX's own: most often another process is gone."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return "JaxRuntimeError" in names or "Gloo" in str(error)
