"""The whole prediction of a model as one graph: what every export is written from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, TypeVar

import numpy as np

from kobai.autodiff import operations as ops
from kobai.data.ranges import InputRange
from kobai.engines.numpy_engine.names import unused
from kobai.errors import KobaiError
from kobai.formats.exporting.fusing import simplify
from kobai.formats.model import Model
from kobai.formats.units import weight_of
from kobai.functions.arrays import Array
from kobai.graph import Constant, Graph, Input, Node, Operation, trace
from kobai.graph.node import in_order
from kobai.networks import Ensemble, Network
from kobai.networks.layer import Shape

# So many lengths are tried before a graph is given up.
MOST_TRACES = 1000

T = TypeVar("T")

# They only put entries elsewhere.
MOVES = (ops.RESHAPE, ops.TRANSPOSE, ops.BROADCAST_TO, ops.GETITEM)

# What arrays that are not the network's own are called, by what reads them.
ROLES = {
    ops.ADD: "offset",
    # In C++ std is the name of the library.
    ops.DIVIDE: "stds",
    ops.EQUAL: "codes",
    ops.GETITEM: "columns",
    ops.MULTIPLY: "scale",
    ops.SUBTRACT: "means",
}

# The inputs and the outputs of what is written.
RESERVED = {"x", "y"}


class ExportError(KobaiError, ValueError):
    """A model cannot be exported as asked; the message says why."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """From raw features, float32 (rows, *inputs), to outputs (rows, *outputs).

    `rows` is the length that stands for any number of samples: axis 0 of every value
    that is computed has it, and no other axis of the graph. `arrays` are the constants
    that it reads, by their names in the network; single numbers are not among them.
    """

    model: Model
    graph: Graph
    rows: int
    arrays: Mapping[str, Constant]

    @property
    def input(self) -> Input:
        """The raw features."""
        return self.graph.inputs[0]

    @property
    def output(self) -> Node:
        """The probabilities, or the numbers of a regression."""
        return self.graph.outputs[0]

    @property
    def output_name(self) -> str:
        """What the outputs are: "probabilities" or "values"."""
        classifies = self.model.network.loss_name.endswith("cross_entropy")
        return "probabilities" if classifies else "values"

    def free(self, shape: Shape, length: T) -> tuple[int | T, ...]:
        """Return a shape with `length` for the number of samples."""
        return tuple(length if size == self.rows else size for size in shape)


def row_shape(node: Node) -> Shape:
    """Return the shape of a computed value for one sample."""
    return node.shape[1:]


def row_size(node: Node) -> int:
    """Return how many numbers a computed value has for one sample."""
    return prod(row_shape(node))


def moved(prediction: Prediction, node: Operation) -> np.ndarray:
    """Return where in its operand each entry of a moved value is found.

    For one sample; entries are counted in C's order.
    """
    x, *index = node.inputs
    places = np.arange(row_size(x)).reshape(1, *row_shape(x))
    options: dict[str, Any] = dict(node.attributes)
    if "shape" in options:
        options["shape"] = prediction.free(options["shape"], 1)
    arrays = [np.asarray(n.value) for n in index if isinstance(n, Constant)]
    return np.ravel(node.primitive.evaluate(places, *arrays, **options))


def prediction_of(model: Model) -> Prediction:
    """Return a model's whole prediction, preprocessing included, in float32.

    Raises ExportError where a number is not finite in float32.
    """
    network = _in_float32(model.network)
    columns = model.columns

    def predict(x: Array) -> Array:
        if columns is not None:
            return columns.decode(network.predict(columns.encode(x)))
        if pixels is None:
            return network.predict(x * model.scale)
        weight = weight_of(x, pixels, model.scale)
        y = network.predict(x * weight)
        # Some runtimes make 0 of NaN within a network: it is put in at the end.
        is_known = weight == weight
        is_known = is_known.reshape(len(x), *[1] * (y.ndim - 1))
        return np.where(is_known, y, y.dtype.type(np.nan))

    pixels = full_range(model)

    inputs = network.inputs if columns is None else (len(columns.features),)
    rows, graph = _trace(predict, inputs)
    arrays = _named(graph, numbers_of(network))
    return Prediction(model, graph, rows, arrays)


def numbers_of(network: Network) -> dict[str, np.ndarray]:
    """Return a network's arrays by name; those of an ensemble's members by themselves.

    >>> from kobai.networks import Dense, Ensemble
    >>> list(numbers_of(Ensemble(4, [Dense(3)], members=2)))
    ['W1_1', 'b1_1', 'W1_2', 'b1_2']
    """
    if not isinstance(network, Ensemble):
        return network.params | network.statistics
    return {
        f"{name}_{number}": array
        for number, member in enumerate(network.networks, 1)
        for name, array in (member.params | member.statistics).items()
    }


def full_range(model: Model) -> InputRange | None:
    """Return the range of raw inputs that may be given scaled as well."""
    known = model.known_range if model.columns is None else None
    return known if known is not None and known.is_full else None


def _named(graph: Graph, weights: Mapping[str, np.ndarray]) -> dict[str, Constant]:
    """Return the graph's arrays by name: those of the network first, in its order."""
    roles = {n: op.primitive for op in graph.operations for n in op.inputs}
    arrays = [n for n in roles if isinstance(n, Constant) and n.ndim]
    named: dict[str, Constant] = {}
    for name, weight in weights.items():
        found = [n for n in arrays if n not in named.values() and _equal(n, weight)]
        named |= {name: found[0]} if found else {}
    taken = set(weights) | RESERVED
    for node in arrays:
        if node not in named.values():
            named[unused(ROLES.get(roles[node], "constant"), taken)] = node
    return named


def _equal(constant: Constant, weight: np.ndarray) -> bool:
    return constant.shape == weight.shape and np.array_equal(constant.value, weight)


def _in_float32(network: Network) -> Network:
    """Return a network of the same layers and numbers, in float32."""
    made = Network.from_architecture(network.architecture() | {"dtype": "float32"})
    with np.errstate(over="ignore"):
        for kind in ("params", "statistics"):
            held = getattr(network, kind)
            numbers = {name: held[name].astype(np.float32) for name in held}
            setattr(made, kind, numbers)
    for name, array in (made.params | made.statistics).items():
        if not np.all(np.isfinite(array)):
            raise ExportError(
                f"export: {name} holds NaN, infinity or numbers beyond float32; the "
                "training has diverged. Train anew with a smaller learning rate"
            )
    return made


def _trace(predict: Callable[[Array], Array], inputs: Shape) -> tuple[int, Graph]:
    """Return a graph in whose shapes one length counts the samples, and nothing else.

    With as many samples as there are units in a layer, one could not tell which axis
    of the weights is which.
    """
    for rows in range(2, MOST_TRACES):
        example = np.broadcast_to(np.float32(0), (rows, *inputs))
        graph = simplify(trace(predict, example))
        if all(_is_plain(node, rows) for node in in_order(graph.ends)):
            return rows, graph
    raise ExportError("export: the outputs for one sample depend on the other samples")


def _is_plain(node: Node, rows: int) -> bool:
    """Whether the axis of samples is the first one, and the only one of its length."""
    if isinstance(node, Constant):
        return rows not in node.shape
    return node.shape[:1] == (rows,) and rows not in node.shape[1:]
