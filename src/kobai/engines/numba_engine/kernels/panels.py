"""A product of large matrices: tiles over operands that are packed into panels.

A row of B that is thousands of numbers long leaves the cache before the next tile of
C needs it. So B is packed first, a part of its rows at a time, into panels as wide as
a tile, in which its numbers lie in the order in which a tile reads them; so is A where
it is transposed. This is the scheme of K. Goto and R. van de Geijn, "Anatomy of
High-Performance Matrix Multiplication" (2008). The rows of a batch are read from
wherever they lie in memory.
"""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-decorators, allow-untyped-calls

from functools import partial
from typing import Any

from kobai.engines.numba_engine.kernels.intrinsics import INNER
from kobai.engines.numba_engine.kernels.tiles import Tile, job_fields
from kobai.engines.numba_engine.kernels.vectors import Vectors

# Multiply-adds from which on packing pays.
WORTH_PACKING = 3_000_000

# So many numbers of a sum at once: then a panel of B stays in the nearest cache, which
# with AVX-512 is twice as wide;
DEEPEST, DEEPEST_AVX512 = 400, 280
# and with so many rows what is packed of A stays in the next one.
TALLEST = 96

# As many columns as the widest panel has, and the numbers that aligning leaves unused.
_WIDEST, _ALIGNING = 32, 16


def is_packed(m: Any, n: Any, k: Any) -> Any:
    """Return whether a product of that shape is packed; compiled code asks it, too."""
    return m * n * k >= WORTH_PACKING and n >= _WIDEST


def is_halved_sum(m: Any, n: Any, k: Any, packed: Any) -> Any:
    """Return whether two threads share a large product as the halves of its sums."""
    return k > m and not (packed and n >= m)


def memory(n: Any, k: Any) -> Any:
    """Return how many numbers a job with n columns packs into, and k terms of a sum."""
    return (TALLEST + n + _WIDEST) * min(DEEPEST, k) + _ALIGNING


def spare_numbers(m: int, n: int, k: int) -> int:
    """Return for how many numbers a product by tiles of that shape needs memory."""
    packed = is_packed(m, n, k)
    of_half = m * n if is_halved_sum(m, n, k, packed) else 0
    return 2 * memory(n, k) + of_half if packed else max(m, k) * n


def make_is_packed() -> Any:
    """Return is_packed(m, n, k), compiled."""
    return _compiled(is_packed)


def make_is_halved_sum() -> Any:
    """Return is_halved_sum(m, n, k, packed), compiled."""
    return _compiled(is_halved_sum)


def make_memory() -> Any:
    """Return memory(n, k), compiled."""
    return _compiled(memory)


def _compiled(function: Any) -> Any:
    import numba

    return numba.njit(error_model="numpy", nogil=True, **INNER)(function)


def make_panel_tile(rows: int, widths: list[int], is_packed: int) -> Any:
    """Return tile(A, ai, I, B, C, ci, rows, columns, k, α, β): part of a product.

    B is a panel, and A one where it is packed; else row i of A begins at I[i] ai. Of
    the tile, C = α A B + β C, so many rows and columns are written. See `make_tile`.
    """
    from llvmlite import ir
    from numba.core import types
    from numba.extending import intrinsic

    @intrinsic
    def tile(
        typing: Any, a: Any, ai: Any, rows_at: Any, b: Any, c: Any, ci: Any,
        height: Any, columns: Any, inner: Any, alpha: Any, beta: Any,
    ) -> Any:  # fmt: skip
        signature = types.void(*[types.uint64] * 9, alpha, alpha)

        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            number = context.get_value_type(alpha)
            a, ai, rows_at, b, c, ci, height, columns, inner, *scales = args
            new = _PanelTile(builder, ir, number, rows, widths)
            new.height, new.limit = height, columns
            places = [new.word(i) for i in range(rows)]
            step = new.word(rows if is_packed else 1)
            if not is_packed:
                places = [new.row_place(rows_at, place) for place in places]
                new.starts = [new._moved(a, place, ai) for place in places]
            else:
                new.starts = [new._moved(a, place, 1) for place in places]
            width = new.word(sum(widths))
            shift = partial(new._moved, new.word(0), step)
            new.write(shift, b, width, c, ci, inner, *scales)
            return context.get_dummy_value()

        return signature, generate

    return tile


class _PanelTile(Tile):
    """A tile that reads panels, which are whole, and writes what is in C of it."""

    limit: Any = None

    def row_place(self, rows_at: Any, place: Any) -> Any:
        """Return where a row lies; for one that is not in C, where the first does."""
        is_there = self.builder.icmp_unsigned("<", place, self.height)
        return self._entry(rows_at, self.builder.select(is_there, place, self.word(0)))

    def _store_all(
        self, sums: Any, masks: Any, c: Any, ci: Any, alpha: Any, beta: Any
    ) -> None:
        most = self.word(sum(self.widths))
        is_whole = self.builder.icmp_unsigned(">=", self.limit, most)
        with self.builder.if_else(is_whole, likely=True) as (whole, cut):
            with whole:
                super()._store_all(sums, masks, c, ci, alpha, beta)
            with cut:
                self.columns = self.limit
                super()._store_all(sums, self._masks(), c, ci, alpha, beta)
                self.columns = None


def make_move(dtype: str, widths: list[int]) -> Any:
    """Return move(to, source): numbers of a dtype, in vectors of these widths."""
    from llvmlite import ir
    from numba.core import types
    from numba.extending import intrinsic

    @intrinsic
    def move(typing: Any, to: Any, source: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            number = context.get_value_type(getattr(types, dtype))
            vectors = Vectors(builder, ir, number)
            start = 0
            for width in widths:
                held = vectors._load(args[1], start, width)
                vectors._store(held, args[0], start)
                start += width
            return context.get_dummy_value()

        return types.void(types.uint64, types.uint64), generate

    return move


def make_entry() -> Any:
    """Return entry(address): the whole number that is there."""
    from llvmlite import ir
    from numba.core import types
    from numba.extending import intrinsic

    @intrinsic
    def entry(typing: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            vectors = Vectors(builder, ir, ir.DoubleType())
            return vectors._entry(args[0], vectors.word(0))

        return types.uint64(types.uint64), generate

    return entry


def panels_source(avx512: bool, itemsize: int) -> str:
    """Return the source of a job: C = α A B + β C by panels, for this machine."""
    full = (64 if avx512 else 32) // itemsize
    # As many vectors of C as leave some registers for factors.
    rows, widths = (12 if avx512 else 6), [full, full]
    return _SOURCE.format(
        fields="\n".join(f"    {line}" for line in job_fields(itemsize)),
        dtype=f"float{8 * itemsize}",
        size=itemsize,
        rows=rows,
        parts=[rows * 2 // 3, rows // 3],
        widths=widths,
        columns=sum(widths),
        half=full,
        # With one vector a row, fewer sums would wait for each other.
        tall=12,
        deepest=DEEPEST_AVX512 if avx512 else DEEPEST,
        tallest=TALLEST,
        line=_ALIGNING * 4,
    )


_SOURCE = '''"""Written by Kobai for this computer's vectors; it may be deleted."""

import numpy as np

from kobai.engines.numba_engine.kernels import panels

u8 = np.uint64
tile_of_rows = panels.make_panel_tile({rows}, {widths}, 0)
tile_of_panels = panels.make_panel_tile({rows}, {widths}, 1)
half_of_rows = panels.make_panel_tile({tall}, [{half}], 0)
half_of_panels = panels.make_panel_tile({rows}, [{half}], 1)
move = panels.make_move("{dtype}", [1])
move_rows = panels.make_move("{dtype}", {parts})
move_columns = panels.make_move("{dtype}", {widths})
entry = panels.make_entry()
SIZE, ROWS, TALL = u8({size}), u8({rows}), u8({tall})
COLUMNS, HALF = u8({columns}), u8({half})
DEEPEST, TALLEST, LINE = u8({deepest}), u8({tallest}), u8({line})
ONE, EIGHT = u8(1), u8(8)


def steps(job):
{fields}
    is_turned = ak != ONE
    # Parts of the sum, as even as can be.
    parts = (k + DEEPEST - ONE) // DEEPEST
    depth = (k + parts - ONE) // parts
    panels_a = (spare + LINE - ONE) // LINE * LINE
    panels_b = panels_a + (TALLEST * depth * SIZE + LINE - ONE) // LINE * LINE
    for p in range(u8(0), k, depth):
        inner = min(depth, k - p)
        start = a + entry(inner_at + p * EIGHT) * SIZE
        for i in range(u8(0), m, TALLEST):
            stop = min(i + TALLEST, m)
            if is_turned:
                for r in range(i, stop, ROWS):
                    panel = panels_a + (r - i) * depth * SIZE
                    first = a + entry(rows_at + r * EIGHT) * SIZE
                    for q in range(inner):
                        row = first + entry(inner_at + (p + q) * EIGHT) * ak * SIZE
                        if m - r >= ROWS:
                            move_rows(panel, row)
                        else:
                            for x in range(m - r):
                                move(panel + x * SIZE, row + x * SIZE)
                        panel += ROWS * SIZE
            for j in range(u8(0), n, COLUMNS):
                # Few columns at the end get a panel of half the width.
                is_half = n - j <= HALF
                width = HALF if is_half else COLUMNS
                panel_b = panels_b + j * depth * SIZE
                if i == u8(0):
                    panel = panel_b
                    row = b + (p * bk + j * bj) * SIZE
                    for q in range(inner):
                        if bj == ONE and n - j >= COLUMNS:
                            move_columns(panel, row)
                        else:
                            for x in range(min(width, n - j)):
                                move(panel + x * SIZE, row + x * bj * SIZE)
                        panel += width * SIZE
                        row += bk * SIZE
                for r in range(i, stop, TALL if is_half and not is_turned else ROWS):
                    to = c + (r * ci + j) * SIZE
                    rows_a = panels_a + (r - i) * depth * SIZE
                    listed = rows_at + r * EIGHT
                    if is_half and is_turned:
                        half_of_panels(
                            rows_a, ai, rows_at, panel_b, to, ci,
                            m - r, n - j, inner, alpha, beta,
                        )
                    elif is_turned:
                        tile_of_panels(
                            rows_a, ai, rows_at, panel_b, to, ci,
                            m - r, n - j, inner, alpha, beta,
                        )
                    elif is_half:
                        half_of_rows(
                            start, ai, listed, panel_b, to, ci,
                            m - r, n - j, inner, alpha, beta,
                        )
                    else:
                        tile_of_rows(
                            start, ai, listed, panel_b, to, ci,
                            m - r, n - j, inner, alpha, beta,
                        )
        beta = alpha / alpha
'''
