"""A graph over JAX's arrays: the reference interpreter, with JAX in NumPy's place."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.engines.jax_engine import indices
from kobai.engines.jax_engine.errors import NotLowered
from kobai.engines.jax_engine.functions import MAY_RAISE, function_of
from kobai.graph import Constant, Graph, Input, Node, Operation
from kobai.graph.identities.table import all_but
from kobai.graph.node import in_order
from kobai.graph.rewriting import rewrite

# (outputs, new values of the updated inputs, whether NumPy would have computed them)
Results = tuple[list[Any], list[Any], Any]

AT_INDEX = (ops.GETITEM, ops.SCATTER, ops.SETITEM, ops.ADD_AT)
PRODUCTS = (ops.MATMUL, ops.EINSUM)
SUMS = (ops.SUM, ops.PROD, ops.CUMSUM)
# A number costs XLA nothing in the loop that uses a product, and W - c · (A B) is one
# such loop. The difference alone, W - (c · A) B, takes five times as long.
KEPT = all_but("number_into_product")


class Lowered:
    """A graph as a pure function of JAX's arrays, made once and traced by `jax.jit`.

    Python's numbers in it have no bounds, and raise: they are computed by Python, and
    `numbers` are those that the arrays need. `valid_indices` are inputs that are known
    to be in range. Raises NotLowered for an operation that JAX has nothing for.
    """

    def __init__(self, graph: Graph, valid_indices: Collection[Input] = ()) -> None:
        self.graph = rewrite(graph, KEPT)
        self.valid_indices = valid_indices
        nodes = in_order(self.graph.ends)
        self.operations = [n for n in nodes if isinstance(n, Operation) and not n.weak]
        self._python = [n for n in nodes if isinstance(n, Operation) and n.weak]
        self.functions = {n: _function(n) for n in self.operations}
        for node in self._python:
            if node.primitive is ops.ITEM:
                raise NotLowered(
                    "engine jax: got x.item() of a computed x; leave it an array"
                )
        needed = {n for each in self.operations for n in each.inputs}
        self.numbers = [n for n in nodes if n in needed and _is_number(n)]

    def python_numbers(self, values: Sequence[Any]) -> dict[Node, Any]:
        """Return Python's numbers by their nodes, from the values of all inputs."""
        pairs = zip(self.graph.inputs, values, strict=True)
        known: dict[Node, Any] = {n: value for n, value in pairs if n.weak}
        for node in self._python:
            given = (
                n.value if isinstance(n, Constant) else known[n] for n in node.inputs
            )
            known[node] = node.evaluate(*given)
        return known

    def __call__(self, arrays: Sequence[Any], numbers: Sequence[Any] = ()) -> Results:
        """Return outputs, updates, and whether NumPy would have computed them.

        `arrays` has a value for each input that is none of Python's numbers. Of
        outputs that are such the value is None. All is not well where an index is out
        of range, for example; then the results mean nothing.
        """
        inputs = [n for n in self.graph.inputs if not n.weak]
        values = _Values(dict(zip(inputs, arrays, strict=True)), self.valid_indices)
        values.known |= dict(zip(self.numbers, numbers, strict=True))
        for node, function in self.functions.items():
            values.known[node] = values.compute(node, function)
        outputs = [
            None if n.weak else values.of(n, n.dtype) for n in self.graph.outputs
        ]
        changed = self.graph.updates.items()
        updates = [values.of(new, old.dtype) for old, new in changed]
        return outputs, updates, values.are_well()


class _Values:
    """The values of nodes while a graph is computed, and what has to hold of them."""

    def __init__(
        self, known: dict[Node, Any], valid_indices: Collection[Input]
    ) -> None:
        self.known = known
        self.valid_indices = valid_indices
        self.conditions: list[Any] = []

    def are_well(self) -> Any:
        """Return whether every condition holds."""
        import jax.numpy as jnp

        return jnp.all(jnp.stack(self.conditions)) if self.conditions else True

    def of(self, node: Node, dtype: Any) -> Any:
        """Return the value of a node as an array of a dtype."""
        import jax.numpy as jnp

        if isinstance(node, Constant):
            return jnp.asarray(np.asarray(node.value, dtype))
        return self.known[node].astype(dtype)

    def compute(self, node: Operation, function: Any) -> Any:
        """Return the value of an operation, of NumPy's shape and dtype."""
        given = [
            self.of(n, dtype)
            for n, dtype in zip(node.inputs, _operand_types(node), strict=True)
        ]
        if node.primitive in AT_INDEX:
            value = self._at_index(node, given)
        elif node.primitive in SUMS:
            value = function(*given, dtype=node.dtype, **node.attributes)
        else:
            value = function(*given, **node.attributes)
        if node.primitive in MAY_RAISE:
            self._need(abs(value) < np.inf)
        if node.primitive is ops.POWER and node.dtype.kind in "iu":
            self._need(given[1] >= 0)
        value = value.astype(node.dtype)
        assert value.shape == node.shape, (node.primitive, value.shape, node.shape)
        return value

    def _need(self, condition: Any) -> None:
        self.conditions.append(condition.all())

    def _at_index(self, node: Operation, given: Sequence[Any]) -> Any:
        import jax.numpy as jnp

        pattern = node.attributes["pattern"]
        start = len(given) - sum(part is ops.ARRAY for part in pattern)
        arrays, nodes = given[start:], node.inputs[start:]
        is_reading = node.primitive is ops.GETITEM
        shape = node.inputs[0].shape if is_reading else node.shape
        self.conditions += indices.are_inside(
            pattern, shape, nodes, arrays, self.valid_indices
        )
        # The values of a mask without axes, as in x[True], have to be plain.
        index = ops.join_index(
            [
                np.asarray(n.value) if isinstance(n, Constant) else array
                for n, array in zip(nodes, arrays, strict=True)
            ],
            pattern,
        )
        named = indices.shape_of(pattern, shape, nodes)
        if is_reading and 0 in named:
            # XLA refuses to read what has no entries.
            return jnp.zeros(named, node.dtype)
        if is_reading:
            return given[0].at[index].get(mode="clip")
        v = given[0] if node.primitive is ops.SCATTER else given[1]
        x = jnp.zeros(shape, v.dtype) if node.primitive is ops.SCATTER else given[0]
        if 0 in named:
            return x
        if indices.is_one_of_each_row(pattern, shape, nodes):
            is_there = indices.mask_of_columns(shape, arrays[1])
            column = v[..., None]
            new = column if node.primitive is not ops.ADD_AT else x + column
            return jnp.where(is_there, new, x)
        last = indices.last_at(pattern, shape, nodes, index)
        if node.primitive is ops.SETITEM or indices.names_once(last, named):
            new = indices.values_at(last, v, named).astype(x.dtype)
            new = x + new if node.primitive is ops.ADD_AT else new
            return jnp.where(last < 0, x, new)
        return x.at[index].add(v)


def _function(node: Operation) -> Any:
    """Return JAX's function for an operation; None for those at an index."""
    for each in (node, *node.inputs):
        if each.dtype.kind not in "biuf" or each.dtype.itemsize > 8:
            raise NotLowered(
                f"engine jax: got numbers of type {each.dtype.name}; JAX has none of "
                'more than 64 bits: use float64, or engine="numpy"'
            )
    return None if node.primitive in AT_INDEX else function_of(node)


def _is_number(node: Node) -> bool:
    return node.weak and not isinstance(node, Constant)


def _operand_types(node: Operation) -> list[Any]:
    """Return the dtypes that NumPy computes an operation in."""
    own = [n.dtype for n in node.inputs]
    evaluate = node.primitive.evaluate
    if isinstance(evaluate, np.ufunc) and node.primitive.elementwise:
        asked = [_asked(n) for n in node.inputs]
        return list(evaluate.resolve_dtypes((*asked, *[None] * evaluate.nout))[:-1])
    if node.primitive is ops.WHERE:
        return [np.dtype(bool), node.dtype, node.dtype]
    if node.primitive in AT_INDEX:
        return own
    if node.primitive in SUMS:
        return own
    if node.dtype.kind == "b" and node.primitive in PRODUCTS:
        # The sum of products is true where one of them is.
        return [np.dtype(np.int32) for _ in own]
    if node.dtype.kind in "biu" and node.primitive not in PRODUCTS:
        # Places of numbers: compared, and not computed with.
        return [np.result_type(*own)] * len(own)
    return [node.dtype] * len(own)


def _asked(node: Node) -> Any:
    """Return what NumPy's promotion takes for a node: its dtype, or Python's type."""
    if not node.weak or node.dtype.kind == "b":
        return node.dtype
    return int if node.dtype.kind in "iu" else float
