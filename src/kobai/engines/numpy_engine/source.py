"""A plan written down as Python: the training step as one would write it by hand."""

from collections.abc import Collection
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Primitive
from kobai.engines.numpy_engine.lines import emit, emit_number, index_text
from kobai.engines.numpy_engine.names import input_names, stem_of
from kobai.engines.numpy_engine.plan import Buffer, Plan, constants_of, is_view
from kobai.engines.numpy_engine.scope import Scope, allocation, number_text
from kobai.graph import Constant, Input, Node, Operation

# What writes into an array, be it one without axes.
_WRITES = (ops.SETITEM, ops.SCATTER, ops.ADD_AT)


class Writer:
    """Writes the source of a plan, and keeps the constants that it refers to.

    `valid_indices` are inputs that are promised to be at least 0 and within the bounds
    of what they index, so that no time is spent on checking them.
    """

    def __init__(self, plan: Plan, *, valid_indices: Collection[Input] = ()) -> None:
        self.plan = plan
        self.valid_indices = valid_indices
        self.names: dict[Any, str] = dict(input_names(plan.graph))
        self.scope = Scope(["np", plan.graph.name, *self.names.values()])
        # Names that statements such as a += b rebind.
        self.rebound: set[str] = set()
        # Where the entries that labels pick lie in a flat array.
        self.places: dict[Any, str] = {}
        for buffer in plan.buffers:
            made = allocation(buffer.shape, buffer.dtype)
            self.names[buffer] = self.scope.declare(buffer.name, made)
        for constant in constants_of(plan):
            self.names[constant] = self._literal(constant)

    def source(self) -> str:
        """Return the whole module: buffers, and the function that uses them."""
        graph = self.plan.graph
        body = [line for node in self.plan.order for line in self.lines(node)]
        for target, node in self.plan.copies:
            body.append(self._copy(self.names[target], node))
        outputs = [self.expression(n) for n in graph.outputs]
        body.append(f"return [{', '.join(outputs)}]")
        rebound = [name for name in self.rebound if name not in self._inputs()]
        if rebound:
            body.insert(0, f"global {', '.join(sorted(rebound))}")
        head = f"def {graph.name}({', '.join(self._inputs())}):"
        lines = [*self.scope.lines(), "", "", head, *(f"    {b}" for b in body)]
        return "\n".join(["import numpy as np", "", *lines]) + "\n"

    def _copy(self, target: str, node: Node) -> str:
        if node.shape == ():
            return f"{target}[...] = {self.expression(node)}"
        return f"np.copyto({target}, {self.expression(node)})"

    def _inputs(self) -> list[str]:
        return [self.names[n] for n in self.plan.graph.inputs]

    def lines(self, node: Operation) -> list[str]:
        """Return the lines that compute one operation."""
        if is_view(node):
            return []
        if node.shape == () and node.primitive in _WRITES:
            self.names[node] = self.scope.allocate(stem_of(node), (), node.dtype)
            return emit(self, node, self.names[node])
        if node.shape == ():
            call = emit_number(self, node)
            self.names[node] = self.scope.free(stem_of(node))
            return [f"{self.names[node]} = {call}"]
        out = self.names[self.plan.places[node]]
        return emit(self, node, self.scope.use(out))

    def expression(self, node: Node) -> str:
        """Return how the source refers to a node."""
        if is_view(node):
            return self._view(node)
        if node in self.plan.places:
            return self.scope.use(self.names[self.plan.places[node]])
        return self.scope.use(self.names[node])

    def _view(self, node: Operation) -> str:
        of = self.expression(node.inputs[0])
        if node.primitive is ops.RESHAPE:
            if node.ndim == 1 and of in self.scope:
                return self.scope.alias(of, "row", ".reshape(-1)")
            return f"{of}.reshape({node.shape})"
        if node.primitive is ops.BROADCAST_TO:
            return f"np.broadcast_to({of}, {node.shape})"
        if node.primitive is ops.TRANSPOSE:
            axes = node.attributes["axes"]
            is_reversed = axes == tuple(range(len(axes)))[::-1]
            return f"{of}.T" if is_reversed else f"{of}.transpose({axes})"
        return f"{of}[{index_text(node.attributes['pattern'], [])}]"

    def function(self, primitive: Primitive) -> str:
        """Return how the source calls a primitive's function: np.exp, or inv_of."""
        evaluate = primitive.evaluate
        is_numpy = not primitive.elementwise or evaluate is getattr(
            np, primitive.name, None
        )
        if is_numpy and primitive.type_of is None:
            return f"np.{primitive.name}"
        return self.scope.function(evaluate, f"{primitive.name}_of")

    def is_own(self, node: Operation) -> bool:
        """Whether a result lies in a buffer, whose layout is known."""
        return isinstance(self.plan.places[node], Buffer)

    def _literal(self, constant: Constant) -> str:
        value = np.asarray(constant.value)
        if constant.weak:
            text = number_text(constant.value)
            return f"({text})" if text.startswith("-") else text
        if value.ndim == 0:
            return self.scope.declare_number(value.item(), value.dtype)
        is_count = value.ndim == 1 and np.array_equal(value, np.arange(len(value)))
        name = "rows" if is_count else "constant"
        return self.scope.declare_constant(value, name)
