"""Compiled graphs as callables: one step at a time, or many without a return."""

from collections.abc import Callable, MutableMapping, Sequence
from itertools import product
from operator import is_
from typing import Any

import numpy as np

from kobai.engines.fusions import BLOCK_FUSIONS
from kobai.engines.numba_engine import cache
from kobai.engines.numba_engine.abi import STEPS
from kobai.engines.numba_engine.blas_or_tiles import choose_ways
from kobai.engines.numba_engine.helper import Helper
from kobai.engines.numba_engine.kernels import tools
from kobai.engines.numba_engine.kernels.symbols import register
from kobai.engines.numba_engine.module import Generated, generate
from kobai.engines.numpy_engine.program import simplify
from kobai.graph import Constant, Graph, Input
from kobai.graph.rewriting import rewrite


def compile_numba(graph: Graph) -> Callable[..., list[Any]]:
    """Return a callable that computes a graph in compiled loops and BLAS.

    It takes an array for each of the graph's inputs, writes the updates into them, and
    returns the outputs, which stay valid until it is called again. Its attribute
    `source` is the code that it runs. Raises NotCompilable for a graph with an
    operation that has no compiled form, and MissingExtraError without numba.
    """
    tools.need_extra()
    with np.errstate(all="ignore"):
        generated = generate(simplify(graph))
    core = Core(generated, {})
    nothing = np.empty(0, np.int64)
    once = {"first": 0, "stop": 1, "indices": nothing, "losses": np.empty(1)}
    # Put together once: a call takes less time than finding names does.
    inputs = [...] * len(generated.inputs)
    call = core.function.partly(
        STEPS.in_order(inputs=inputs, rows=[], each=[], **core.own, **once)
    )

    def run(*arrays: Any) -> list[Any]:
        flat = core.flat(arrays)
        if generated.labels:
            core.check_labels(generated.inputs, arrays)
        # Nothing that owns its memory lies in the buffers.
        if generated.changed or not all(map(_owns_memory, arrays)):
            changed, kept = core.parted(arrays)
            check_apart([*changed, *core.buffers], kept)
        call(flat)
        return core.outputs(arrays)

    run.source = generated.source  # type: ignore[attr-defined]
    return run


def compile_epoch(
    graph: Graph,
    rows: Sequence[str],
    each: Sequence[str] = (),
    choices: MutableMapping[str, int] | None = None,
) -> "Epoch":
    """Return a callable that runs many steps of a graph inside compiled code.

    `rows` names the inputs, such as x and t, of which every step takes a batch of rows
    by index; `each` names those with a value of its own for every step, such as the
    learning rate. The graph's first output is the loss. `choices` says by which way to
    compute which product, as `choose_ways` takes and completes it. Raises as
    `compile_numba` does.
    """
    tools.need_extra()
    generated = write_epoch(graph, rows, each)
    return Epoch(generated, {} if choices is None else choices)


def write_epoch(
    graph: Graph, rows: Sequence[str], each: Sequence[str] = ()
) -> Generated:
    """Return the code that `compile_epoch` compiles; for that no extra is needed."""
    small = simplify(graph)
    known = {n.name: n for n in small.inputs}
    return generate(small, [known[n] for n in rows], [known[n] for n in each])


def write_blocks(graph: Graph, rows: int) -> Generated:
    """Return the code of a function of blocks of rows, which are its last inputs.

    The blocks lie behind each other; all numbers that come out of one are reported.
    Where a number is not finite, the place of the largest is not that of NumPy.
    """
    small = rewrite(simplify(graph), BLOCK_FUSIONS)
    return generate(small, small.inputs[-rows:], in_order=True)


class Epoch:
    """Many steps in one call; see `compile_epoch`.

    `inputs` are the names of the arrays that stay in place, in the order in which the
    call takes them; `source` is the code.
    """

    def __init__(self, generated: Generated, choices: MutableMapping[str, int]) -> None:
        self._core = Core(generated, choices, is_helped=True)
        self._generated = generated
        self._apart = _Apart()
        self.source = generated.source
        self.inputs = tuple(n.name for n in generated.inputs)

    def __call__(
        self,
        arrays: Sequence[Any],
        data: Sequence[Any],
        indices: Any,
        each: Sequence[Any],
        losses: Any,
    ) -> int:
        """Run as many steps as there are `losses`; return how many were done.

        `arrays` are those named by `inputs`; those that the graph updates are changed
        in place. `data` has all rows of each input in `rows`, `indices`, shape
        (steps, batch), says which ones a step takes, and `each` has, for each input of
        that kind, an array with the steps along axis 0. The loss of step s is written
        to `losses[s]`, float64; a step whose loss is not finite is the last one.
        Raises IndexError for an index or a label that is out of range, and ValueError
        where an array to be changed shares its memory with another.
        """
        core, generated = self._core, self._generated
        steps = len(losses)
        indices = np.ascontiguousarray(indices, np.int64)
        _check_steps(generated, indices, data, each, losses)
        core.check_labels(generated.rows, data)
        core.check_labels(generated.inputs, arrays)
        flat = core.flat(arrays)
        if not self._apart.are([*arrays, *data], [losses, indices, *each]):
            changed, kept = core.parted(arrays)
            check_apart([*changed, losses], [*kept, *data, indices, *each])
        of_rows = zip(generated.rows, data, strict=True)
        of_each = zip(generated.each, each, strict=True)
        given = {
            "indices": indices.reshape(-1),
            "losses": losses,
            "inputs": flat,
            "rows": [_flat(n, a, n.shape[1:]) for n, a in of_rows],
            "each": [_flat(n, a, n.shape) for n, a in of_each],
        }

        def run(first: int, stop: int) -> int:
            return core.run(first=first, stop=stop, **given)

        return core.helper.run(run, steps)


class Core:
    """A compiled function with the memory that it works in.

    `is_helped` tells that it is run by its `helper`, with a second thread.
    """

    def __init__(
        self,
        generated: Generated,
        choices: MutableMapping[str, int],
        is_helped: bool = False,
    ) -> None:
        self.generated = generated
        changed = generated.changed
        self.forms = [(n, n.shape, n in changed) for n in generated.inputs]
        register(op.node.dtype.name for op in generated.products)
        self.function = cache.load(generated)
        ways = choose_ways(generated, choices, is_helped)
        self.helper = Helper(generated.products, ways[:-1])
        longest = [max(op.loop[0], op.inner) for op in generated.products]
        self.buffers = [np.zeros(b.size, b.dtype) for b in generated.buffers]
        self.own = {
            "sizes": np.array(generated.sizes, np.uint64),
            "numbers": np.array(generated.numbers, np.float64),
            "ways": np.array(ways, np.int64),
            "counting": np.arange(max(longest, default=0), dtype=np.int64),
            "board": self.helper.board,
            # Copies, as the caller may change those that were traced.
            "constants": [np.array(c.value).reshape(-1) for c in generated.constants],
            "buffers": self.buffers,
        }

    def run(self, **given: Any) -> int:
        """Run steps with the other arguments of `abi.STEPS`; return how many."""
        done: int = self.function(*STEPS.in_order(**self.own, **given))
        return done

    def flat(self, arrays: Sequence[Any]) -> list[Any]:
        """Return the arrays as the compiled code takes them: flat, without a copy."""
        forms = self.forms
        if len(arrays) != len(forms):
            raise TypeError(f"compiled: got {len(arrays)} arrays; need {len(forms)}")
        found = []
        for (node, shape, is_changed), array in zip(forms, arrays, strict=True):
            array = np.asarray(array)
            if array.shape != shape:
                raise _misfit(node, array)
            found.append(_flat(node, array, None, is_changed))
        return found

    def parted(self, arrays: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """Return the arrays that the code changes, and those that it only reads."""
        parts: tuple[list[Any], list[Any]] = [], []
        for node, array in zip(self.generated.inputs, arrays, strict=True):
            parts[node not in self.generated.changed].append(array)
        return parts

    def check_labels(self, inputs: Sequence[Input], arrays: Sequence[Any]) -> None:
        """Raise IndexError for class labels that name no column."""
        for node, array in zip(inputs, arrays, strict=True):
            classes = self.generated.labels.get(node)
            if classes is None or not np.size(array):
                continue
            low = np.minimum.reduce(array, axis=None)
            high = np.maximum.reduce(array, axis=None)
            if low < 0 or high >= classes:
                raise IndexError(
                    f"compiled: got labels from {low} to {high}; "
                    f"need 0 to {classes - 1}"
                )

    def outputs(self, arrays: Sequence[Any]) -> list[Any]:
        """Return the outputs in their shapes."""
        found: list[Any] = []
        for node, place in self.generated.outputs:
            if isinstance(node, Constant):
                found.append(node.value)
            elif isinstance(place, Input):
                value = arrays[self.generated.inputs.index(place)]
                is_array = isinstance(value, np.ndarray)
                found.append(value.reshape(node.shape) if is_array else value)
            elif node.shape == ():
                found.append(self.buffers[place][0])
            else:
                found.append(self.buffers[place].reshape(node.shape))
        return found


def check_apart(changed: Sequence[Any], kept: Sequence[Any]) -> None:
    """Raise ValueError where an array that is changed shares its memory with another.

    The code is compiled for arrays that lie apart; see `intrinsics.apart`. Only views
    are compared, since arrays that own their memory share it with none but views.

    >>> x = np.zeros(5)
    >>> check_apart([x[:3]], [x[3:]])
    >>> check_apart([x], [x[3:]])
    Traceback (most recent call last):
    ValueError: compiled: got an array to change that shares its memory; pass a copy
    """
    numbers = {id(array) for array in changed}
    distinct = len(numbers) == len(changed) and numbers.isdisjoint(map(id, kept))
    views = [a for a in (*changed, *kept) if not _owns_memory(a)]
    pairs = [*product(changed, views)]
    pairs += product((a for a in changed if not _owns_memory(a)), kept)
    if not distinct or any(a is not b and np.may_share_memory(a, b) for a, b in pairs):
        raise ValueError(
            "compiled: got an array to change that shares its memory; pass a copy"
        )


def _owns_memory(array: Any) -> bool:
    is_view = isinstance(array, np.ndarray) and array.base is not None
    return not is_view or array.flags.owndata


class _Apart:
    """Knows at a glance which arrays are apart, in calls that follow each other.

    Most arrays of a run are the same in every call, and are looked at once. Arrays
    share no memory where it belongs to different arrays, each one's own or that of
    which it is a view; what is not certain is left to `check_apart`.
    """

    def __init__(self) -> None:
        self._lasting: list[Any] = []
        self._owners: set[int] = set()

    def are(self, lasting: list[Any], fresh: list[Any]) -> bool:
        """Whether all arrays are certain to be apart."""
        before = self._lasting
        if len(lasting) != len(before) or not all(map(is_, lasting, before)):
            self._lasting, self._owners = lasting, _different_owners(lasting)
        owners = _different_owners(fresh)
        return bool(self._owners and owners) and self._owners.isdisjoint(owners)


def _different_owners(arrays: list[Any]) -> set[int]:
    """Return which arrays own the memory of arrays; none where not all differ."""
    owners = {_owner(array) for array in arrays}
    return owners if len(owners) == len(arrays) and 0 not in owners else set()


def _owner(array: Any) -> int:
    """Return which array owns an array's memory; 0 where that is not known."""
    owner = array if array.flags.owndata else array.base
    is_known = type(owner) is np.ndarray and owner.flags.owndata
    return id(owner) if is_known else 0


def _check_steps(
    generated: Generated,
    indices: Any,
    data: Sequence[Any],
    each: Sequence[Any],
    losses: Any,
) -> None:
    if losses.dtype != np.float64 or not losses.flags.c_contiguous:
        raise TypeError("compiled: losses must be a contiguous float64 array")
    steps, given = len(losses), min(map(len, [indices, *each]))
    if given < steps:
        raise ValueError(f"compiled: got losses for {steps} steps, of which {given}")
    if indices.shape[1:] != (generated.batch,):
        raise ValueError(
            f"compiled: got indices {indices.shape}; need (steps, {generated.batch})"
        )
    rows = min(map(len, data))
    chosen = indices[:steps]
    if chosen.size and not 0 <= chosen.min() <= chosen.max() < rows:
        raise IndexError(f"compiled: got indices outside 0 to {rows - 1}")


def _flat(
    node: Input, array: Any, rest: tuple[int, ...] | None, changed: bool = False
) -> Any:
    array = np.asarray(array)
    if array.dtype != node.dtype or (rest is not None and array.shape[1:] != rest):
        raise _misfit(node, array)
    if changed and not _lies_flat(array):
        raise ValueError(f"compiled: {node.name} must be contiguous to be updated")
    return flattened(array)


def flattened(array: np.ndarray) -> np.ndarray:
    """Return an array's numbers one after the other, as compiled code takes them.

    They are copied only where they lie otherwise, or across the words of the memory, as
    they may in a file's map.

    >>> flattened(np.ones((2, 3))[:, ::2]).shape
    (4,)
    """
    usual = array if _lies_flat(array) else np.array(array, order="C")
    return usual if usual.ndim == 1 else usual.reshape(-1)


def _lies_flat(array: np.ndarray) -> bool:
    flags = array.flags
    return flags.c_contiguous and flags.aligned


def _misfit(node: Input, array: Any) -> TypeError:
    return TypeError(
        f"compiled: {node.name}: got {np.asarray(array).dtype}{list(np.shape(array))}; "
        f"need {node.dtype}{list(node.shape)}"
    )
