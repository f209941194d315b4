"""A network as a table to print."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kobai import html
from kobai.networks.placing import Place

if TYPE_CHECKING:
    from kobai.networks.network import Network


HEAD = ("layer", "output", "parameters", "")


def table(network: "Network", places: Sequence[Place]) -> str:
    """Return a row per layer: its output shape, how many parameters, which they are."""
    rows = [HEAD, *_rows(network, places)]
    return "\n".join([_title(network), "", *_aligned(rows)])


def html_table(network: "Network", places: Sequence[Place]) -> str:
    """Return the same table for a notebook."""
    rows, title = _rows(network, places), _title(network)
    return html.table(HEAD, rows, title=title, left=(0, 1, 3), bold=(len(rows) - 1,))


def _title(network: "Network") -> str:
    inputs = " × ".join(map(str, network.inputs))
    kind = type(network).__name__
    return f"{kind} of {inputs} inputs, loss {network.loss_name}, {network.dtype}"


def _rows(
    network: "Network", places: Sequence[Place]
) -> list[tuple[str, str, str, str]]:
    rows = [_row(place) for place in places]
    members = getattr(network, "members", None)
    if members is not None:
        each = network.size // members
        rows.append((f"× {members} members", "", f"{each:,} each", ""))
    return [*rows, ("total", "", f"{network.size:,}", "")]


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
