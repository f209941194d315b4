"""Where the boxes of a computational graph go: row by row, with few crossings.

The steps are those of Sugiyama, Tagawa and Toda, "Methods for visual understanding of
hierarchical system structures", 1981: every box gets a row below all that it is
computed from; within the rows, boxes are ordered by the mean place of their
neighbours; then each moves as near to its neighbours as the others let it.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Key = Hashable
Edge = tuple[Key, Key]
# The place where an edge of a box crosses a row.
Waypoint = tuple[Key, int]

SWEEPS = 24
# Between two boxes of a row, and between two edges, in inches.
GAP, EDGE_GAP = 0.3, 0.2


@dataclass
class Layout:
    """The row of each box, the x of each box and waypoint, and the bends of edges."""

    row: dict[Key, int]
    x: dict[Key, float]
    paths: dict[Edge, list[Waypoint]] = field(default_factory=dict)


def arrange(widths: Mapping[Key, float], edges: Sequence[Edge]) -> Layout:
    """Return a layout of boxes with given widths, whose edges all lead downwards.

    >>> layout = arrange({"x": 1.0, "y": 1.0, "sum": 1.0}, [("x", "sum"), ("y", "sum")])
    >>> layout.row["sum"], abs(layout.x["sum"] - (layout.x["x"] + layout.x["y"]) / 2)
    (1, 0.0)
    """
    row = _rows(widths, edges)
    links, paths = _links(row, edges)
    wide = {**dict.fromkeys((p for link in links for p in link), 0.0), **widths}
    place = {**row, **{p: p[1] for p in wide if p not in row}}  # type: ignore[index]
    rows: list[list[Key]] = [[] for _ in range(max(row.values(), default=0) + 1)]
    for box in wide:
        rows[place[box]].append(box)
    above: dict[Key, list[Key]] = {box: [] for box in wide}
    below: dict[Key, list[Key]] = {box: [] for box in wide}
    for start, end in links:
        above[end].append(start)
        below[start].append(end)
    rows = _order(rows, above, below)
    return Layout(row, _coordinates(rows, above, below, wide), paths)


def _rows(boxes: Mapping[Key, float], edges: Sequence[Edge]) -> dict[Key, int]:
    """Return the row of every box: below what it needs, sources above their use."""
    needs: dict[Key, list[Key]] = {box: [] for box in boxes}
    users: dict[Key, list[Key]] = {box: [] for box in boxes}
    for start, end in edges:
        needs[end].append(start)
        users[start].append(end)
    row: dict[Key, int] = {}
    waiting = {box: len(needs[box]) for box in boxes}
    ready = [box for box in boxes if not needs[box]]
    while ready:
        box = ready.pop()
        row[box] = max((row[n] + 1 for n in needs[box]), default=0)
        for user in users[box]:
            waiting[user] -= 1
            if not waiting[user]:
                ready.append(user)
    for box in sorted(boxes, key=row.__getitem__, reverse=True):
        # What has one origin at most stands beside its use, not its origin.
        origins = [n for n in needs[box] if needs[n] or len(users[n]) > 1]
        if users[box] and len(origins) < 2:
            row[box] = min(row[u] for u in users[box]) - 1
    return row


def _links(
    row: Mapping[Key, int], edges: Sequence[Edge]
) -> tuple[list[Edge], dict[Edge, list[Waypoint]]]:
    """Return the edges from row to row, and the waypoints of each whole edge.

    All edges of one box share the waypoints of the longest, like a trunk its branches.
    """
    links: dict[Edge, None] = {}
    paths = {}
    for start, end in edges:
        paths[start, end] = [(start, r) for r in range(row[start] + 1, row[end])]
        chain: list[Key] = [start, *paths[start, end], end]
        links.update(dict.fromkeys(pairwise(chain)))
    return list(links), paths


def _order(
    rows: list[list[Key]], above: dict[Key, list[Key]], below: dict[Key, list[Key]]
) -> list[list[Key]]:
    """Return the rows in an order with few crossings."""
    best, fewest = rows, _crossings(rows, below)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        neighbours = above if downwards else below
        rows = [list(r) for r in rows]
        sequence = range(1, len(rows)) if downwards else range(len(rows) - 2, -1, -1)
        for r in sequence:
            fixed = {
                box: i for i, box in enumerate(rows[r - 1 if downwards else r + 1])
            }
            now = {box: i for i, box in enumerate(rows[r])}
            middle = {
                b: _mean([fixed[n] for n in neighbours[b]], i) for b, i in now.items()
            }
            rows[r].sort(key=middle.__getitem__)
        count = _crossings(rows, below)
        if count < fewest:
            best, fewest = rows, count
    return best


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _crossings(rows: list[list[Key]], below: dict[Key, list[Key]]) -> int:
    count = 0
    for upper, lower in pairwise(rows):
        place = {box: i for i, box in enumerate(lower)}
        ends = [place[n] for box in upper for n in sorted(below[box], key=place.get)]  # type: ignore[arg-type]
        count += sum(
            ends[i] > ends[j] for i in range(len(ends)) for j in range(i + 1, len(ends))
        )
    return count


def _coordinates(
    rows: list[list[Key]],
    above: dict[Key, list[Key]],
    below: dict[Key, list[Key]],
    wide: Mapping[Key, float],
) -> dict[Key, float]:
    """Return the x of everything, near its neighbours and with room in between."""
    x: dict[Key, float] = {}
    for boxes in rows:
        places = _spread(boxes, [0.0] * len(boxes), wide, dict.fromkeys(boxes, 1.0))
        x.update(zip(boxes, places, strict=True))
    # What only stands beside its one user moves out of the way of all others.
    weight = {b: 1.0 if above[b] or len(below[b]) > 1 else 0.02 for b in wide}
    trunks: dict[Key, list[Key]] = {}
    for box in wide:
        if not wide[box]:
            trunks.setdefault(box[0], []).append(box)  # type: ignore[index]
    for sweep in range(3 * SWEEPS):
        for boxes in rows if sweep % 2 == 0 else rows[::-1]:
            wanted = []
            for box in boxes:
                both = [*above[box], *below[box]]
                steady = [n for n in both if weight[n] == 1]
                near = [x[n] for n in steady or both]
                if not wide[box]:
                    # A long edge is straight where it can be.
                    trunk = [x[p] for p in trunks[box[0]]]  # type: ignore[index]
                    near = [_mean(trunk, x[box])] * 3 + near
                wanted.append(_mean(near, x[box]))
            places = _spread(boxes, wanted, wide, weight)
            x.update(zip(boxes, places, strict=True))
    return x


def _spread(
    boxes: Sequence[Key],
    wanted: Sequence[float],
    wide: Mapping[Key, float],
    weight: Mapping[Key, float],
) -> list[float]:
    """Return the places nearest to those wanted (least squares) that leave room.

    Without the room between them, places must not decrease: neighbours that would are
    pooled at their mean (pool adjacent violators).
    """
    offsets = [0.0]
    for left, right in pairwise(boxes):
        gap = GAP if wide[left] and wide[right] else EDGE_GAP
        offsets.append(offsets[-1] + (wide[left] + wide[right]) / 2 + gap)
    pools: list[tuple[float, float, int]] = []
    for box, place, offset in zip(boxes, wanted, offsets, strict=False):
        mean, mass, count = place - offset, weight[box], 1
        while pools and pools[-1][0] > mean:
            before, more, size = pools.pop()
            mean = (before * more + mean * mass) / (more + mass)
            mass += more
            count += size
        pools.append((mean, mass, count))
    flat = [mean for mean, _, count in pools for _ in range(count)]
    return [place + offset for place, offset in zip(flat, offsets, strict=False)]
