"""A product of small matrices: tiles of the result that stay in vector registers.

BLAS packs its operands first, which small matrices do not repay. Here a tile of C, a
few rows by a few vectors, is summed up in registers: for every k one row of B is
loaded and multiplied by one number of each of the tile's rows of A.
"""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-decorators, allow-untyped-calls

from typing import Any

from kobai.engines.numba_engine.abi import Job
from kobai.engines.numba_engine.kernels.vectors import Vectors


def tile_widths(avx512: bool, itemsize: int) -> tuple[list[list[int]], list[list[int]]]:
    """Return the widths of the vectors of each kind of tile, for 6 rows and for 1.

    A tile of 6 rows must fit into the 32 registers of AVX-512, or the 16 of others.
    """
    full = (64 if avx512 else 32) // itemsize
    if avx512:
        wide = [full] * 4
        return [wide, [full, full, full, full // 2], [full]], [wide]
    return [[full, full], [full]], [[full] * 4, [full, full]]


def make_tile(rows: int, widths: list[int], is_whole: int) -> Any:
    """Return tile(A, ai, ak, I, K, B, bk, C, ci, columns, k, α, β): part of a product.

    Entry k of row i of A lies at I[i] ai + K[k] ak, so that A can be transposed, or
    rows here and there in memory. The strides are bk from k to k of B and ci from row
    to row of C, counted in numbers; all arrays are addresses. The tile computes
    C = α A B + β C for its rows and for at most sum(widths) columns; a whole one for
    all of them, without masks.
    """
    from llvmlite import ir
    from numba.core import types
    from numba.extending import intrinsic

    @intrinsic
    def tile(
        typing: Any, a: Any, ai: Any, ak: Any, rows_at: Any, inner_at: Any,
        b: Any, bk: Any, c: Any, ci: Any, columns: Any, inner: Any,
        alpha: Any, beta: Any,
    ) -> Any:  # fmt: skip
        signature = types.void(*[types.uint64] * 11, alpha, alpha)

        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            number = context.get_value_type(alpha)
            a, ai, ak, rows_at, inner_at, b, bk, c, ci, columns, inner, *scales = args
            new = Tile(builder, ir, number, rows, widths)
            new.starts = [
                new._moved(a, new._entry(rows_at, new.word(i)), ai) for i in range(rows)
            ]
            new.columns = None if is_whole else columns
            zero = new.word(0)
            shift = lambda k: new._moved(zero, new._entry(inner_at, k), ak)
            new.write(shift, b, bk, c, ci, inner, *scales)
            return context.get_dummy_value()

        return signature, generate

    return tile


class Tile(Vectors):
    """Writes a tile in LLVM's language.

    `starts` are the addresses of the first numbers of A's rows. Only `columns` columns
    and `height` rows are read and written, all where these are None.
    """

    def __init__(
        self, builder: Any, ir: Any, number: Any, rows: int, widths: list[int]
    ) -> None:
        super().__init__(builder, ir, number)
        self.rows = rows
        self.widths = widths
        self.starts: list[Any] = []
        self.columns: Any = None
        self.height: Any = None

    def write(
        self, shift: Any, b: Any, bk: Any, c: Any, ci: Any, inner: Any,
        alpha: Any, beta: Any,
    ) -> None:  # fmt: skip
        """Write it; `shift(k)` is how far entry k of a row of A is from the first."""
        ir, builder = self.ir, self.builder
        masks = self._masks()
        before = builder.block
        loop = builder.append_basic_block("tile.loop")
        after = builder.append_basic_block("tile.after")
        builder.branch(loop)
        builder.position_at_end(loop)
        count = builder.phi(self.word)
        at_b = builder.phi(self.word)
        sums = [
            [builder.phi(self._vector(w)) for w in self.widths]
            for _ in range(self.rows)
        ]
        row = [self._load(at_b, *place) for place in self._places(masks)]
        moved = shift(count)
        new = []
        for start, held in zip(self.starts, sums, strict=True):
            entry = self._number(builder.add(start, moved))
            factors = [self._spread(entry, w) for w in self.widths]
            new.append(
                [self._add(f, x, s) for f, x, s in zip(factors, row, held, strict=True)]
            )
        next_count = builder.add(count, self.word(1))
        next_b = self._moved(at_b, bk, 1)
        for phi, first, later in (
            (count, self.word(0), next_count),
            (at_b, b, next_b),
        ):
            phi.add_incoming(first, before)
            phi.add_incoming(later, loop)
        for held, later in zip(sums, new, strict=True):
            for phi, value in zip(held, later, strict=True):
                phi.add_incoming(
                    ir.Constant(value.type, [0.0] * value.type.count), before
                )
                phi.add_incoming(value, loop)
        builder.cbranch(builder.icmp_unsigned("<", next_count, inner), loop, after)
        builder.position_at_end(after)
        fresh = builder.fcmp_ordered("==", beta, self.number(0.0))
        with builder.if_else(fresh) as (first, later):
            with first:
                self._store_all(new, masks, c, ci, alpha, None)
            with later:
                self._store_all(new, masks, c, ci, alpha, beta)

    def _store_all(
        self, sums: Any, masks: Any, c: Any, ci: Any, alpha: Any, beta: Any
    ) -> None:
        for i, held in enumerate(sums):
            row = self._moved(c, ci, i)
            if self.height is None:
                self._store_row(held, masks, row, alpha, beta)
                continue
            is_there = self.builder.icmp_unsigned("<", self.word(i), self.height)
            with self.builder.if_then(is_there, likely=True):
                self._store_row(held, masks, row, alpha, beta)

    def _store_row(
        self, held: Any, masks: Any, row: Any, alpha: Any, beta: Any
    ) -> None:
        for total, (start, w, mask) in zip(held, self._places(masks), strict=True):
            value = self.builder.fmul(total, self._spread(alpha, w))
            if beta is not None:
                before = self._load(row, start, w, mask)
                value = self._add(before, self._spread(beta, w), value)
            self._store(value, row, start, mask)

    def _masks(self) -> list[Any]:
        if self.columns is None:
            return [None for _ in self.widths]
        return [self._mask(start, w, self.columns) for start, w in self._starts()]

    def _places(self, masks: list[Any]) -> list[tuple[int, int, Any]]:
        pairs = zip(self._starts(), masks, strict=True)
        return [(start, w, mask) for (start, w), mask in pairs]

    def _starts(self) -> list[tuple[int, int]]:
        return [(sum(self.widths[:i]), w) for i, w in enumerate(self.widths)]


_HEADER = '''"""Written by Kobai for this computer's vectors; it may be deleted."""

import numpy as np

from kobai.engines.numba_engine.kernels.tiles import make_tile

u8 = np.uint64
'''


# Rows of a tile, most first, and while how many rows are left there is one more such:
# 8 rows are twice 4 rather than 6 and twice 1, and 9 are 4, 4 and 1.
_HEIGHTS = {
    6: "left >= u8(10) or left == u8(6) or left == u8(7)",
    4: "left >= u8(4)",
    1: "left > u8(0)",
}


def small_product_source(avx512: bool, itemsize: int) -> str:
    """Return the source of the loops over tiles, for the widths of this machine."""
    tall, flat = tile_widths(avx512, itemsize)
    kinds = {rows: flat if rows == 1 else tall for rows in _HEIGHTS}
    lines = [_HEADER.rstrip()]
    for rows, kind in kinds.items():
        for number, widths in enumerate(kind):
            lines.append(f"tile_{rows}_{number} = make_tile({rows}, {widths}, 0)")
        lines.append(f"whole_{rows} = make_tile({rows}, {widest(kind)}, 1)")
    lines += [
        "",
        "",
        "def steps(job):",
        *(f"    {line}" for line in job_fields(itemsize)),
        f"    size = u8({itemsize})",
        "    i, left = u8(0), m",
    ]
    for rows, kind in kinds.items():
        lines.append(f"    while {_HEIGHTS[rows]}:")
        lines += _columns(rows, kind)
        lines += [f"        i += u8({rows})", f"        left -= u8({rows})"]
    return "\n".join(lines) + "\n"


def job_fields(itemsize: int) -> list[str]:
    """Return the lines that read a job, each number by the name that it has in it."""
    return [f"{field.name.lower()} = {_field(field, itemsize)}" for field in Job]


def _field(field: Job, itemsize: int) -> str:
    text = f"job[{field.value}]"
    if field in (Job.ALPHA, Job.BETA):
        return f"np.float{8 * itemsize}(np.int64({text}).view(np.float64))"
    return text


def widest(kind: list[list[int]]) -> list[int]:
    """Return the widths of the tile with the most columns."""
    return max(kind, key=sum)


def _columns(rows: int, kind: list[list[int]]) -> list[str]:
    given = "a, ai, ak, rows_at + i * u8(8), inner_at, b + j * size, n, "
    given += "c + (i * n + j) * size, n, n - j, k"
    most = sum(widest(kind))
    lines = ["        j = u8(0)", f"        while n - j >= u8({most}):"]
    lines += [f"            whole_{rows}({given}, alpha, beta)"]
    lines += [f"            j += u8({most})", "        if j < n:"]
    # What is left over goes to the narrowest tile that it fits into.
    order = sorted(range(len(kind)), key=lambda w: sum(kind[w]))
    for place, number in enumerate(order):
        test = f"n - j <= u8({sum(kind[number])})"
        is_last = place == len(order) - 1
        word = "else:" if is_last else f"{'elif' if place else 'if'} {test}:"
        if is_last and not place:
            word = "if True:"
        lines.append(f"            {word}")
        lines.append(f"                tile_{rows}_{number}({given}, alpha, beta)")
    return lines
