"""A network as a table to print."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kobai.networks.placing import Place

if TYPE_CHECKING:
    from kobai.networks.network import Network


def table(title: str, network: "Network", places: Sequence[Place]) -> str:
    """Return a row per layer: its output shape, how many parameters, which they are."""
    rows = [("layer", "output", "parameters", "")]
    rows += [_row(place) for place in places]
    rows.append(("total", "", f"{network.size:,}", ""))
    inputs = " × ".join(map(str, network.inputs))
    head = f"{title} of {inputs} inputs, loss {network.loss_name}, {network.dtype}"
    return "\n".join([head, "", *_aligned(rows)])


def _row(place: Place) -> tuple[str, str, str, str]:
    shapes = place.layer.param_shapes(place.inputs)
    count = sum(math.prod(shape) for shape in shapes.values())
    named = [f"{place.params[name]} {shape}" for name, shape in shapes.items()]
    return repr(place.layer), str(place.outputs), f"{count:,}", ", ".join(named)


def _aligned(rows: Sequence[tuple[str, str, str, str]]) -> list[str]:
    first, second, third = (max(len(row[i]) for row in rows) for i in range(3))
    return [
        f"{a:{first}}  {b:{second}}  {c:>{third}}  {d}".rstrip() for a, b, c, d in rows
    ]
