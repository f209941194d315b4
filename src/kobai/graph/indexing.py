"""Masks in an index: where they are true must be known while tracing."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from kobai.autodiff import operations as ops
from kobai.graph.errors import TraceError
from kobai.graph.node import Builder, Constant, Node
from kobai.graph.result_types import stand_in


def is_mask(node: Node) -> bool:
    """Whether a node is a mask of which only the shape is known."""
    return node.dtype.kind == "b" and not isinstance(node, Constant)


def refuse_mask() -> NoReturn:
    """Say what to write instead of an index by a mask."""
    raise TraceError(
        "index by a mask: got a mask whose true entries are not known while tracing; "
        "use np.where(mask, a, b), or np.sum(np.where(mask, x, 0))"
    )


def with_places(
    builder: Builder,
    nodes: Sequence[Node],
    attributes: Mapping[str, Any],
) -> tuple[list[Node], dict[str, Any]]:
    """Return the operands and attributes of an index with numbers for its masks.

    x[mask] is x[np.nonzero(mask)], which names each entry by a number for each axis of
    the mask. A mask without axes, as in x[True], stays.
    """
    pattern_before = attributes["pattern"]
    count = len(nodes) - sum(part is ops.ARRAY for part in pattern_before)
    if any(is_mask(n) for n in nodes[count:]):
        refuse_mask()
    if not any(n.dtype.kind == "b" and n.ndim for n in nodes[count:]):
        return list(nodes), dict(attributes)
    _check_masks(nodes, attributes)
    given = iter(nodes[count:])
    arrays: list[Node] = []
    pattern: list[Any] = []
    for part in pattern_before:
        found = [next(given)] if part is ops.ARRAY else []
        if found and found[0].dtype.kind == "b" and found[0].ndim:
            assert isinstance(found[0], Constant)
            found = [builder.constant(n) for n in np.nonzero(found[0].value)]
        arrays += found
        pattern += [ops.ARRAY] * len(found) if part is ops.ARRAY else [part]
    return [*nodes[:count], *arrays], {**attributes, "pattern": tuple(pattern)}


def _check_masks(nodes: Sequence[Node], attributes: Mapping[str, Any]) -> None:
    """Raise what NumPy raises for a mask of another shape than what it picks from."""
    pattern = attributes["pattern"]
    count = sum(part is ops.ARRAY for part in pattern)
    shape = attributes.get("shape", nodes[0].shape)
    whole = np.broadcast_to(np.zeros(()), shape)
    arrays = [stand_in(n) for n in nodes[len(nodes) - count :]]
    ops.GETITEM.evaluate(whole, *arrays, pattern=pattern)
