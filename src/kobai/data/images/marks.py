"""The figures among the marks on a paper: no specks, no frames, no ruled lines."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai.data.images.paper import split

Array = np.ndarray[Any, Any]

IS_INK, SURE_INK = 0.3, 0.55
SMALL = 60
LINE = 0.9
"""A ruled line runs through this much of a picture, or more."""


MOST = 20
LEAST = 0.05
"""A figure is larger than this part of a picture."""


@dataclass(frozen=True, eq=False)
class Mark:
    """Pixels that hang together: where they are, and which in that box they are."""

    top: int
    left: int
    pixels: Array

    @property
    def height(self) -> int:
        """Its rows."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Its columns."""
        return int(self.pixels.shape[1])

    @property
    def bottom(self) -> int:
        """The row below it."""
        return self.top + self.height

    @property
    def right(self) -> int:
        """The column right of it."""
        return self.left + self.width

    @property
    def area(self) -> int:
        """How many pixels it has."""
        return int(self.pixels.sum())

    @property
    def size(self) -> int:
        """The longer side."""
        return max(self.height, self.width)


def figures(strength: Array) -> list[Array]:
    """Return the ink of each figure, from left to right, 0 where it has none.

    >>> ink = np.zeros((20, 40))
    >>> ink[4:16, 8] = ink[4:16, 28] = ink[2, 2] = 1
    >>> [int(figure.sum()) for figure in figures(ink)]
    [12, 12]
    """
    marks = _unframed(marks_in(strength > _level(strength)))
    inked = without_lines(_painted(marks, strength.shape))
    marks = _without_frames(marks_in(inked), strength.shape)
    groups = _groups(marks)
    return [_ink_of(strength, group) for group in groups] or [strength]


def _level(strength: Array) -> float:
    """Return the strength that ink has at least: of pale lines and dark ink, between.

    A small picture has pale ink where a thin stroke falls between its pixels.
    """
    if min(strength.shape) < SMALL:
        return IS_INK
    return float(np.clip(split(strength[strength > IS_INK / 2]), IS_INK, SURE_INK))


def _unframed(marks: list[Mark]) -> list[Mark]:
    # Thousands of specks are compared with none.
    least = max((m.area for m in marks), default=0) / 200
    large = [m for m in marks if m.area >= least]
    return [m for m in large if not _is_frame(m, large)]


def _painted(marks: list[Mark], shape: tuple[int, ...]) -> Array:
    """Return the pixels of all marks."""
    inked = np.zeros(shape, dtype=bool)
    for mark in marks:
        inked[mark.top : mark.bottom, mark.left : mark.right] |= mark.pixels
    return inked


def marks_in(inked: Array) -> list[Mark]:
    """Return the marks, pixels that touch at a side or a corner, the largest first."""
    rows, starts, ends = _runs(inked)
    labels = _joined(rows, starts, ends)
    order = np.argsort(labels, kind="stable")
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    marks = []
    for mine in np.split(order, cuts) if len(order) else []:
        top, left = int(rows[mine[0]]), int(starts[mine].min())
        shape = int(rows[mine[-1]]) + 1 - top, int(ends[mine].max()) - left
        pixels = np.zeros(shape, dtype=bool)
        for i in mine:
            pixels[rows[i] - top, starts[i] - left : ends[i] - left] = True
        marks.append(Mark(top, left, pixels))
    return sorted(marks, key=lambda mark: -mark.area)


def _runs(inked: Array) -> tuple[Array, Array, Array]:
    """Return the row, the start and the end of each run of ink along the rows."""
    padded = np.pad(inked, ((0, 0), (1, 1))).astype(np.int8)
    step = np.diff(padded, axis=1)
    rows, starts = np.nonzero(step > 0)
    return rows, starts, np.nonzero(step < 0)[1]


def _joined(rows: Array, starts: Array, ends: Array) -> Array:
    """Return a number for each run, the same for all that hang together."""
    parent = list(range(len(rows)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    above = 0
    for i in range(len(rows)):
        while rows[above] < rows[i] - 1 or (
            rows[above] == rows[i] - 1 and ends[above] < starts[i]
        ):
            above += 1
        j = above
        while rows[j] == rows[i] - 1 and starts[j] <= ends[i]:
            parent[root(i)] = root(j)
            j += 1
    return np.array([root(i) for i in range(len(rows))], dtype=int)


def without_lines(inked: Array) -> Array:
    """Return the ink without lines that run through the picture from side to side."""
    flat = _ruled(inked)
    upright = _ruled(inked.T).T
    rest = inked & ~flat & ~upright
    # A figure that is cut out tightly may have a stroke from side to side.
    left = max((mark.size for mark in marks_in(rest)), default=0)
    return rest if left > LEAST * max(inked.shape) else inked


def _ruled(inked: Array) -> Array:
    """Return which pixels belong to lines along the rows, and to nothing else."""
    height, width = inked.shape
    ruled = np.zeros_like(inked)
    if width < 30 or not inked.any():
        return ruled
    long = _long_runs(inked, max(8, width // 16))
    thick = _lengths(inked.T).T
    lines = [m for m in marks_in(_bridged(long, width // 24)) if m.width > LINE * width]
    ink_rows = np.flatnonzero(inked.any(axis=1))
    for line in lines:
        box = slice(line.top, line.bottom), slice(line.left, line.right)
        here = line.pixels & inked[box]
        if not here.any():
            continue
        typical = np.quantile(thick[box][here], 0.1)
        is_edge = len(lines) == 1 and (
            line.top <= ink_rows[0] or line.bottom > ink_rows[-1]
        )
        if typical > 0.04 * height + 1 or is_edge:
            continue
        ruled[box] |= here & (thick[box] <= 1.25 * typical + 1)
    return ruled


def _long_runs(inked: Array, least: int) -> Array:
    return _lengths(inked) >= least


def _lengths(inked: Array) -> Array:
    """Return for each pixel how long the run along its row is, 0 without ink."""
    lengths = np.zeros(inked.shape, dtype=int)
    for row, start, end in zip(*_runs(inked), strict=True):
        lengths[row, start:end] = end - start
    return lengths


def _bridged(inked: Array, gap: int) -> Array:
    """Return the ink with gaps along the rows filled, and each row a pixel thicker."""
    filled = _lengths(~inked) <= gap
    wider = filled.copy()
    wider[1:] |= filled[:-1]
    wider[:-1] |= filled[1:]
    return wider


def _without_frames(marks: list[Mark], shape: tuple[int, ...]) -> list[Mark]:
    """Return the marks that are neither frames nor come in from beyond the picture."""
    kept = _unframed(marks)
    inside = [m for m in kept if not _at_border(m, shape)]
    least = 0.15 * max((m.size for m in kept), default=0)
    return inside if any(m.size >= least for m in inside) else kept


def _is_frame(mark: Mark, marks: list[Mark]) -> bool:
    """Whether a mark is hollow and has another figure within."""
    down, across = mark.height // 5, mark.width // 5
    inner = mark.pixels[down : mark.height - down, across : mark.width - across]
    if inner.sum() > 0.05 * mark.area:
        return False
    return any(
        m.top > mark.top
        and m.left > mark.left
        and m.bottom < mark.bottom
        and m.right < mark.right
        and m.height > 0.2 * mark.height
        for m in marks
    )


def _at_border(mark: Mark, shape: tuple[int, ...]) -> bool:
    return (
        mark.top == 0
        or mark.left == 0
        or mark.bottom == shape[0]
        or mark.right == shape[1]
    )


def _groups(marks: list[Mark]) -> list[list[Mark]]:
    """Return the marks of each figure; what is small or far off belongs to none."""
    if not marks:
        return []
    most = max(marks, key=lambda m: m.area * np.sqrt(m.height * m.width))
    heads = [
        m for m in marks if m.height > 0.5 * most.height and m.area > most.area / 8
    ]
    # What has more is no picture of a figure, and is refused all the same.
    heads, groups = heads[:MOST], list[list[Mark]]()
    for head in sorted(heads, key=lambda m: m.left):
        home = next((g for g in groups if any(_beside(head, m) for m in g)), None)
        if home is None:
            groups.append([head])
        else:
            home.append(head)
    for mark in marks:
        if mark.area < most.area / 50 or mark in heads or len(heads) == MOST:
            continue
        near = min(groups, key=lambda g: min(_distance(mark, m) for m in g))
        if min(_distance(mark, m) for m in near) < 0.35 * most.size:
            near.append(mark)
    return groups


def _beside(a: Mark, b: Mark) -> bool:
    """Whether two large marks are parts of one figure, broken where the pen skipped."""
    overlap = min(a.right, b.right) - max(a.left, b.left)
    least = min(a.height, b.height)
    apart = max(a.top, b.top) - min(a.bottom, b.bottom)
    over = overlap > 0.3 * min(a.width, b.width) and apart < 0.2 * least
    return over or _distance(a, b) < 0.15 * least


def _distance(a: Mark, b: Mark) -> float:
    across = max(a.left, b.left) - min(a.right, b.right)
    down = max(a.top, b.top) - min(a.bottom, b.bottom)
    return float(np.hypot(max(across, 0), max(down, 0)))


def _ink_of(strength: Array, group: list[Mark]) -> Array:
    """Return the ink of some marks and of the pixels beside them."""
    mine = _painted(group, strength.shape)
    full = np.quantile(strength[mine], 0.9)
    near = np.pad(mine, 1)
    rows, columns = strength.shape
    beside = np.logical_or.reduce(
        [near[i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
    )
    return np.clip(np.where(beside, strength / full, 0), 0, 1)
