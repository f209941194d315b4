"""Many steps in one call: a loop on the device, which gathers its batches there."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from kobai.engines.jax_engine.device import computing
from kobai.engines.jax_engine.errors import NotLowered
from kobai.engines.jax_engine.lower import Lowered
from kobai.engines.jax_engine.placement import Placement
from kobai.graph import Graph, Input

# A call takes at most so many steps, and of what is new in each at most so many bytes.
# It is compiled for this number of steps, and what there is of fewer is filled up.
MOST_STEPS = 1024
MOST_BYTES = 2**17


class Epoch:
    """A step's graph as a loop over steps; for any thread, on any data of one form.

    The graph's inputs are the arrays that it changes, those of a batch, and what is new
    in every step.
    """

    def __init__(
        self,
        graph: Graph,
        placement: Placement,
        precision: str,
        valid_indices: Collection[Input] = (),
    ) -> None:
        import jax

        self.placement = placement
        self.precision = precision
        self.lowered = Lowered(graph, valid_indices)
        if self.lowered.numbers:
            raise NotLowered(
                "engine jax: a step depends on one of Python's numbers; use an array"
            )
        self._run = jax.jit(self._loop)

    def __call__(
        self,
        arrays: Sequence[np.ndarray],
        data: Sequence[Any],
        rows: np.ndarray | None,
        each: Sequence[np.ndarray],
        losses: np.ndarray,
    ) -> int:
        """Take as many steps as there are losses; return how many it took.

        They change `arrays`. `data` lies where the placement has put it; `rows`, shape
        (steps, batch), says which of it each step takes, None that it takes all. `each`
        has what is new, shape (steps, ...). A step whose loss is not finite is the last
        one. Raises IndexError where a step reads past the end of an array.
        """
        place = self.placement
        if rows is not None:
            # Half the way to the device; no data has more rows.
            rows = rows.astype(np.int32)
        length = _most_steps(each if rows is None else [rows, *each])
        done = 0
        with computing(self.precision, place.device):
            work: list[Any] = [place.lent(array) for array in arrays]
            while done < len(losses):
                stop = min(done + length, len(losses))
                given = [
                    None if a is None else self._lent(_filled(a[done:stop], length))
                    for a in (rows, *each)
                ]
                work, found, taken = self._run(work, list(data), given, stop - done)
                count = int(place.fetched(taken))
                if count < 0:
                    raise IndexError(
                        "engine jax: a step has an index out of range; the engine "
                        '"numpy" says which'
                    )
                losses[done : done + count] = place.fetched(found)[:count]
                done += count
                if not np.isfinite(losses[done - 1]):
                    break
            for array, new in zip(arrays, work, strict=True):
                np.copyto(array, place.fetched(new))
        return done

    def _lent(self, array: np.ndarray) -> Any:
        """Return what is new in steps: rows and masks by samples, rates in whole."""
        return self.placement.lent(array, axis=1 if array.ndim > 1 else None)

    def _loop(self, work: Any, data: Any, given: Any, count: Any) -> Any:
        """Return what is changed, the losses, and the steps taken; -1 where one failed.

        JAX traces it once.
        """
        import jax.numpy as jnp
        from jax import lax

        inputs, updated = self.lowered.graph.inputs, self.lowered.graph.updates
        (loss,) = self.lowered.graph.outputs

        def goes_on(carry: Any) -> Any:
            number, _, _, loss, is_well = carry
            return (number < count) & jnp.isfinite(loss) & is_well

        def step(carry: Any) -> Any:
            number, work, losses, _, _ = carry
            rows, *new = [None if a is None else a[number] for a in given]
            batch = data
            if rows is not None:
                # They are in range: the feed has drawn them.
                batch = [x.at[rows].get(mode="promise_in_bounds") for x in data]
            batch = [self.placement.split(x) for x in batch]
            (loss,), new_values, is_well = self.lowered([*work, *batch, *new])
            changed = dict(zip(updated, new_values, strict=True))
            work = [
                self.placement.same(changed.get(n, w))
                for n, w in zip(inputs, work, strict=False)
            ]
            losses = losses.at[number].set(loss)
            return number + 1, work, losses, loss, jnp.asarray(is_well)

        length = next(len(a) for a in given if a is not None)
        none = jnp.zeros(length, loss.dtype)
        begin = jnp.int32(0), work, none, none[0], jnp.asarray(True)
        number, work, losses, _, is_well = lax.while_loop(goes_on, step, begin)
        return work, self.placement.same(losses), jnp.where(is_well, number, -1)


def _most_steps(each: Sequence[np.ndarray]) -> int:
    """Return how many steps a call takes, by what is new in one of them."""
    size = sum(array[:1].nbytes for array in each)
    return max(1, min(MOST_STEPS, MOST_BYTES // size))


def _filled(array: np.ndarray, length: int) -> np.ndarray:
    """Return an array of a length, which begins with the given one."""
    if len(array) == length:
        return array
    full = np.zeros((length, *array.shape[1:]), array.dtype)
    full[: len(array)] = array
    return full
