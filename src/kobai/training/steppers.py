"""What takes many training steps in a row: one class for each way of computing them.

A training step is a pure function,

    step(params, state, statistics, batch, noise, learning_rate)
        -> (params, state, statistics, loss)

`EagerStepper` calls it as it is. `NumpyStepper` traces it once for each shape of a
batch, turns what goes out into updates of what came in, and runs that as planned NumPy
code; `NumbaStepper` as compiled loops, `JaxStepper` as a program for a device.
`NumericalStepper` has the gradient by its definition.
"""

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from kobai.autodiff.trees import leaves, tree_map
from kobai.engines import Engine, Jax, jax_options
from kobai.engines.differences.gradient import NumericalGradient
from kobai.engines.kept import kept
from kobai.engines.machine.blas import blas_threads, wanted_threads
from kobai.engines.numpy_engine.program import Program, write_program
from kobai.functions.arrays import Array
from kobai.networks.ensemble import Ensemble
from kobai.networks.layer import Values
from kobai.optimizers import Optimizer
from kobai.optimizers.base import Params, State
from kobai.training.feed import Burst
from kobai.training.step import (
    Batch,
    Step,
    Trainable,
    Work,
    fed,
    make_step,
    step_graph,
    structure_of,
    without_subnormal,
)

if TYPE_CHECKING:
    from kobai.engines import jax_engine
    from kobai.engines.numba_engine import Epoch, Generated
    from kobai.networks import Network

Made = TypeVar("Made")


class Stepper(Protocol):
    """Takes many steps in a row, and changes parameters in place.

    `choices` has, by name, what an engine has measured in order to choose how to
    compute: ways that round differently. A stepper that is given them before its first
    step repeats them.
    """

    choices: dict[str, int]

    def begin(self, arrays: Work) -> Work:
        """Return a copy of (params, state, statistics) to be changed in place."""

    def threads(self, work: Work, rows: int) -> AbstractContextManager[None]:
        """Return the context in which steps on `rows` samples run fastest."""

    def prepare(self, work: Work, data: Batch, burst: Burst) -> None:
        """Make the choices that steps on such batches depend on."""

    def take_steps(self, work: Work, data: Batch, burst: Burst) -> np.ndarray:
        """Change `work` by several steps on the data; return the loss of each.

        A step whose loss is not finite is the last one.
        """


def make_stepper(
    problem: Trainable,
    optimizer: Optimizer,
    engine: Engine,
    gradient: str = "backprop",
) -> Stepper:
    """Return what takes the steps of a training with an engine.

    Raises ValueError for an unknown gradient, for the numerical one with "jax", and for
    a device that is not there, and MissingExtraError for an engine without its extra.
    """
    if isinstance(problem, Ensemble):
        one = make_stepper(problem.kind, optimizer, engine, gradient)
        return MembersStepper(one)
    options = jax_options(engine)
    if gradient == "numerical" and options:
        raise ValueError(
            'train: gradient "numerical" is not computed by the engine jax; use '
            'engine="auto"'
        )
    if gradient == "numerical" and engine != "eager":
        return NumericalStepper(problem, optimizer, str(engine))
    step = make_step(problem, optimizer, gradient)
    if options:
        return JaxStepper(step, structure_of(problem, optimizer), options)
    if engine == "eager":
        return EagerStepper(step)
    kind = NumbaStepper if engine == "numba" else NumpyStepper
    return kind(step, structure_of(problem, optimizer))


def evaluating_engine(engine: Engine) -> Engine:
    """Return what computes the records of a run that takes its steps with an engine.

    It is the engine itself, but on a CPU NumPy predicts as fast as JAX, and compiles
    nothing.
    """
    options = jax_options(engine)
    if options is None:
        return engine
    from kobai.engines.jax_engine import find_device

    return options if find_device(options.device).platform != "cpu" else "numpy"


class EagerStepper:
    """Takes steps one by one, as they are written."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self.choices: dict[str, int] = {}

    def prepare(self, work: Work, data: Batch, burst: Burst) -> None:
        """Make no choices: there is one way to compute."""

    def begin(self, arrays: Work) -> Work:
        """Return a copy of (params, state, statistics) to be changed in place."""
        # In rows, as a checkpoint has them: products round as their factors lie.
        copied: Work = tree_map(partial(np.array, order="C"), arrays)
        return copied

    def threads(self, work: Work, rows: int) -> AbstractContextManager[None]:
        """Return the context in which steps on `rows` samples run fastest.

        Small products are faster on one thread of BLAS. Each weight is used by about
        two products, of the forward and of the backward pass.
        """
        weights = sum(w.size for w in work[0].values() if w.ndim == 2)
        return blas_threads(wanted_threads(2 * rows * weights))

    def take_steps(self, work: Work, data: Batch, burst: Burst) -> np.ndarray:
        """Change `work` by several steps on the data; return the loss of each."""
        losses: list[float] = []
        for number, rate in enumerate(burst.rates.tolist()):
            batch = data
            if burst.rows is not None:
                rows = burst.rows[number]
                batch = {name: each.take(rows, axis=0) for name, each in data.items()}
            *updated, loss = self.step(*work, batch, burst.noise(number), rate)
            tree_map(np.copyto, list(work), updated)
            without_subnormal(work, burst.first + number + 1)
            losses.append(float(loss))
            if not isfinite(losses[-1]):
                break
        return np.array(losses)


class NumericalStepper(EagerStepper):
    """Takes steps with gradients by definition, each number changed by itself."""

    def __init__(
        self, problem: Trainable, optimizer: Optimizer, engine: str = "auto"
    ) -> None:
        super().__init__(self._numerical_step)
        self.problem = problem
        self.optimizer = optimizer
        self.gradient = NumericalGradient(self._loss, engine=engine)

    def _numerical_step(
        self, params: Params, state: State, statistics: Values, *rest: Any
    ) -> tuple[Params, State, Params, Array]:
        batch, noise, rate = rest
        given = batch, statistics, noise
        grads = self.gradient(params, *given)
        grads = tree_map(lambda g, w: g.astype(w.dtype), grads, params)
        loss, moved = self._objective(params, *given)
        return *self.optimizer.update(params, grads, state, rate), moved, loss

    def _loss(
        self, params: Params, batch: Batch, statistics: Values, noise: Values
    ) -> Array:
        return self._objective(params, batch, statistics, noise)[0]

    def _objective(
        self, params: Params, batch: Batch, statistics: Values, noise: Values
    ) -> tuple[Array, Params]:
        return self.problem.objective(
            params, **batch, statistics=statistics, noise=noise
        )


class NumpyStepper(EagerStepper):
    """Takes steps with the planned NumPy engine.

    `structure` is all that the step depends on besides its arguments: with it, what is
    compiled is kept in this process for the next stepper of the same.
    """

    def __init__(self, step: Step, structure: Hashable = None) -> None:
        super().__init__(step)
        self.structure = structure
        # For each batch size: the compiled step, and buffers for the rows of a batch.
        self._versions: dict[int, Callable[..., list[Any]]] = {}
        self._batches: dict[int, Batch] = {}

    def take_steps(self, work: Work, data: Batch, burst: Burst) -> np.ndarray:
        """Change `work` by several steps on the data; return the loss of each."""
        batch = self._gathered(data, burst)
        run = self._compiled(work, batch, burst)
        arrays = [*leaves(work), *batch.values()]
        rates = burst.rates.astype(dtype_of(work))
        losses = np.empty(len(rates))
        for number in range(len(losses)):
            if burst.rows is not None:
                rows = burst.rows[number]
                # They are valid, so there is nothing to clip; NumPy's other modes
                # would copy once more.
                for all_rows, chosen in zip(data.values(), batch.values(), strict=True):
                    all_rows.take(rows, axis=0, out=chosen, mode="clip")
            noise = leaves(burst.noise(number)) if burst.noises else ()
            (loss,) = run(*arrays, *noise, rates[number, ...])
            without_subnormal(work, burst.first + number + 1)
            losses[number] = loss
            if not isfinite(loss):
                return losses[: number + 1]
        return losses

    def _gathered(self, data: Batch, burst: Burst) -> Batch:
        """Return the data itself, or buffers for the rows of a batch."""
        if burst.rows is None:
            return data
        size = burst.batch_size(data)
        if size not in self._batches:
            self._batches[size] = _zero_batch(data, size)
        return self._batches[size]

    def _compiled(
        self, work: Work, batch: Batch, burst: Burst
    ) -> Callable[..., list[Any]]:
        size = len(batch["x"])
        run = self._versions.get(size)
        if run is None:
            run = self._versions[size] = self._program(work, batch, burst).load()
        return run

    def _program(self, work: Work, batch: Batch, burst: Burst) -> Program:
        def write() -> Program:
            rate = np.zeros((), dtype_of(work))
            graph = step_graph(self.step, work, batch, burst.noise(0), rate)
            # x and t come after what is trained; t was checked.
            t = graph.inputs[len(leaves(work)) + 1]
            return write_program(graph, valid_indices=[t])

        given = work, batch, burst.noise(0)
        return keep_step("numpy", self.structure, given, write)


class NumbaStepper(NumpyStepper):
    """Takes steps with the Numba engine; with NumPy where it has no compiled form."""

    def __init__(self, step: Step, structure: Hashable = None) -> None:
        from kobai.engines.numba_engine.kernels.tools import need_extra

        need_extra()
        super().__init__(step, structure)
        self._epochs: dict[int, Epoch | None] = {}

    def prepare(self, work: Work, data: Batch, burst: Burst) -> None:
        """Choose how to compute each product of steps on such batches."""
        self._epoch(work, data, burst)

    def take_steps(self, work: Work, data: Batch, burst: Burst) -> np.ndarray:
        """Change `work` by several steps on the data; return the loss of each."""
        epoch = self._epoch(work, data, burst)
        if epoch is None:
            return super().take_steps(work, data, burst)
        count = len(burst.rates)
        rows = burst.rows
        if rows is None:
            size = len(data["x"])
            rows = np.broadcast_to(np.arange(size), (count, size))
        masks = zip(*map(leaves, burst.noises), strict=True)
        rates = burst.rates.astype(dtype_of(work))
        each = [*map(np.stack, masks), rates]
        losses = np.empty(count)
        done = epoch(leaves(work), list(data.values()), rows, each, losses)
        return losses[:done]

    def _epoch(self, work: Work, data: Batch, burst: Burst) -> "Epoch | None":
        size = burst.batch_size(data)
        if size not in self._epochs:
            self._epochs[size] = self._compiled_epoch(
                work, _zero_batch(data, size), burst.noise(0)
            )
        return self._epochs[size]

    def _compiled_epoch(
        self, work: Work, batch: Batch, noise: Values
    ) -> "Epoch | None":
        from kobai.engines.numba_engine import Epoch, NotCompilable, write_epoch

        def write() -> "Generated | None":
            rate = np.zeros((), dtype_of(work))
            graph = step_graph(self.step, work, batch, noise, rate)
            try:
                return write_epoch(graph, *fed(graph, work, batch))
            except NotCompilable:
                return None

        given = work, batch, noise
        generated = keep_step("numba", self.structure, given, write)
        return None if generated is None else Epoch(generated, self.choices)


class JaxStepper(EagerStepper):
    """Takes steps with the JAX engine, many in one call; data stays on the device."""

    def __init__(self, step: Step, structure: Hashable, options: Jax) -> None:
        from kobai.engines.jax_engine.placement import find_placement

        super().__init__(step)
        self.structure = structure
        self.precision = options.precision
        self.placement: jax_engine.Placement = find_placement(options.device)
        self._epochs: dict[int, jax_engine.Epoch] = {}
        self._data: Batch = {}
        self._placed: list[Any] = []

    def threads(self, work: Work, rows: int) -> AbstractContextManager[None]:
        """Return no context: JAX has threads of its own."""
        return nullcontext()

    def take_steps(self, work: Work, data: Batch, burst: Burst) -> np.ndarray:
        """Change `work` by several steps on the data; return the loss of each."""
        epoch = self._epoch(work, data, burst)
        masks = zip(*map(leaves, burst.noises), strict=True)
        rates = burst.rates.astype(dtype_of(work))
        each = [*map(np.stack, masks), rates]
        losses = np.empty(len(rates))
        placed = self._on_device(data, is_whole=burst.rows is None)
        done = epoch(leaves(work), placed, burst.rows, each, losses)
        return losses[:done]

    def _on_device(self, data: Batch, is_whole: bool) -> list[Any]:
        """Return the data on the device, which keeps those that it was given last."""
        if data is not self._data:
            from kobai.engines.jax_engine import computing

            axis = 0 if is_whole else None
            with computing(self.precision, self.placement.device):
                self._placed = [self.placement.kept(a, axis) for a in data.values()]
            self._data = data
        return self._placed

    def _epoch(self, work: Work, data: Batch, burst: Burst) -> "jax_engine.Epoch":
        size = burst.batch_size(data)
        if size not in self._epochs:
            self._epochs[size] = self._made(work, _zero_batch(data, size), burst)
        return self._epochs[size]

    def _made(self, work: Work, batch: Batch, burst: Burst) -> "jax_engine.Epoch":
        from kobai.engines.jax_engine import Epoch

        def make() -> "jax_engine.Epoch":
            rate = np.zeros((), dtype_of(work))
            graph = step_graph(self.step, work, batch, burst.noise(0), rate)
            # x and t come after what is trained; t was checked.
            t = graph.inputs[len(leaves(work)) + 1]
            return Epoch(graph, self.placement, self.precision, [t])

        given = work, batch, burst.noise(0)
        how = "jax", self.placement, self.precision
        return keep_step(how, self.structure, given, make)


class MembersStepper:
    """Takes the steps of an ensemble: those of each member, one member after the other.

    What is compiled for one of them serves all.
    """

    def __init__(self, one: Stepper) -> None:
        self.one = one
        self.choices = one.choices

    def begin(self, arrays: Work) -> Work:
        """Return a copy of (params, state, statistics) to be changed in place."""
        return self.one.begin(arrays)

    def threads(self, work: Work, rows: int) -> AbstractContextManager[None]:
        """Return the context in which steps on `rows` samples run fastest."""
        return self.one.threads(_of_member(work, 0), rows)

    def prepare(self, work: Work, data: Batch, burst: Burst) -> None:
        """Make the choices that steps on such batches depend on."""
        self.one.prepare(_of_member(work, 0), data, burst.members[0])

    def take_steps(self, work: Work, data: Batch, burst: Burst) -> np.ndarray:
        """Change `work` by several steps of every member; return their mean losses."""
        losses = [
            self.one.take_steps(_of_member(work, number), data, each)
            for number, each in enumerate(burst.members)
        ]
        # A member whose loss is not finite ends there, and so do all.
        done = min(map(len, losses))
        mean: np.ndarray = np.mean([each[:done] for each in losses], axis=0)
        return mean


def _of_member(work: Work, number: int) -> Work:
    """Return a member's part of what the steps of an ensemble change: views of it."""
    part: Work = tree_map(lambda array: array[number, ...], work)
    return part


def first_state(network: "Network", optimizer: Optimizer) -> State:
    """Return an optimizer's state before the first step: one for each member."""
    if not isinstance(network, Ensemble):
        return optimizer.init(network.params)
    each = [optimizer.init(one.params) for one in network.networks]
    together: State = tree_map(lambda *arrays: np.stack(arrays), *each)
    return together


def dtype_of(work: Work) -> np.dtype[Any]:
    """Return the type of the numbers that are trained."""
    dtype: np.dtype[Any] = next(iter(work[0].values())).dtype
    return dtype


def keep_step(
    kind: Hashable,
    structure: Hashable,
    given: tuple[Work, Batch, Values],
    make: Callable[[], Made],
) -> Made:
    """Return what is made of a step for arrays like those given, once in a process.

    `structure` is all that the step depends on besides them; None where that is not
    known.
    """
    shapes = tuple((array.shape, array.dtype.str) for array in leaves(list(given)))
    return kept(structure, (kind, tuple(given[1]), shapes), make)


def _zero_batch(data: Batch, size: int) -> Batch:
    """Return arrays for a batch of so many rows."""
    return {
        name: np.zeros((size, *each.shape[1:]), each.dtype)
        for name, each in data.items()
    }
