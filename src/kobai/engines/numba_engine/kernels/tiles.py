"""A product of small matrices: tiles of the result that stay in vector registers.

BLAS packs its operands first, which small matrices do not repay. Here a tile of C, a
few rows by a few vectors, is summed up in registers: for every k one row of B is
loaded and multiplied by one number of each of the tile's rows of A.
"""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-decorators, allow-untyped-calls

from typing import Any

from kobai.engines.numba_engine.abi import Job


def tile_widths(avx512: bool, itemsize: int) -> tuple[list[list[int]], list[list[int]]]:
    """Return the widths of the vectors of each kind of tile, for 6 rows and for 1.

    A tile of 6 rows must fit into the 32 registers of AVX-512, or the 16 of others.
    """
    full = (64 if avx512 else 32) // itemsize
    if avx512:
        wide = [full] * 4
        return [wide, [full, full, full, full // 2], [full]], [wide]
    return [[full, full], [full]], [[full, full]]


def make_tile(rows: int, widths: list[int]) -> Any:
    """Return tile(A, ai, ak, I, K, B, bk, C, ci, columns, k, α, β): part of a product.

    Entry k of row i of A lies at I[i] ai + K[k] ak, so that A can be transposed, or
    rows here and there in memory. The strides are bk from k to k of B and ci from row
    to row of C, counted in numbers; all arrays are addresses. The tile computes
    C = α A B + β C for its rows and for at most sum(widths) columns.
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
            _Tile(builder, ir, number, rows, widths).write(*args)
            return context.get_dummy_value()

        return signature, generate

    return tile


class _Tile:
    """Writes a tile in LLVM's language."""

    def __init__(
        self, builder: Any, ir: Any, number: Any, rows: int, widths: list[int]
    ) -> None:
        self.builder = builder
        self.ir = ir
        self.number = number
        self.rows = rows
        self.widths = widths
        self.word = ir.IntType(64)
        self.size = 4 if isinstance(number, ir.FloatType) else 8

    def write(
        self, a: Any, ai: Any, ak: Any, rows_at: Any, inner_at: Any,
        b: Any, bk: Any, c: Any, ci: Any, columns: Any, inner: Any,
        alpha: Any, beta: Any,
    ) -> None:  # fmt: skip
        ir, builder = self.ir, self.builder
        places = [self._entry(rows_at, self.word(i)) for i in range(self.rows)]
        starts = [self._moved(a, place, ai) for place in places]
        masks = [self._mask(start, w, columns) for start, w in self._starts()]
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
        row = [
            self._load(at_b, s, m)
            for (s, _), m in zip(self._starts(), masks, strict=True)
        ]
        shift = self._moved(self.word(0), self._entry(inner_at, count), ak)
        new = []
        for i, held in enumerate(sums):
            entry = self._number(builder.add(starts[i], shift))
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
        self._store_all(new, masks, c, ci, alpha, beta)

    def _entry(self, table: Any, place: Any) -> Any:
        address = self.builder.add(table, self.builder.mul(place, self.word(8)))
        return self.builder.load(self._pointer(address, self.word), align=8)

    def _store_all(
        self, sums: Any, masks: Any, c: Any, ci: Any, alpha: Any, beta: Any
    ) -> None:
        builder = self.builder
        fresh = builder.fcmp_ordered("==", beta, self.number(0.0))
        with builder.if_else(fresh) as (new, old):
            for adds, branch in ((False, new), (True, old)):
                with branch:
                    for i, held in enumerate(sums):
                        row = self._moved(c, ci, i)
                        for (start, w), mask, total in zip(
                            self._starts(), masks, held, strict=True
                        ):
                            value = builder.fmul(total, self._spread(alpha, w))
                            if adds:
                                before = self._load(row, start, mask)
                                value = self._add(before, self._spread(beta, w), value)
                            self._store(value, row, start, mask)

    def _starts(self) -> list[tuple[int, int]]:
        return [(sum(self.widths[:i]), w) for i, w in enumerate(self.widths)]

    def _vector(self, width: int) -> Any:
        return self.ir.VectorType(self.number, width)

    def _mask(self, start: int, width: int, columns: Any) -> Any:
        ir, builder = self.ir, self.builder
        lanes = ir.VectorType(ir.IntType(32), width)
        limit = self._spread(builder.trunc(columns, ir.IntType(32)), width)
        places = ir.Constant(lanes, [start + i for i in range(width)])
        return builder.icmp_unsigned("<", places, limit)

    def _spread(self, value: Any, width: int) -> Any:
        ir, builder = self.ir, self.builder
        kind = ir.VectorType(value.type, width)
        index = ir.IntType(32)
        one = builder.insert_element(ir.Constant(kind, ir.Undefined), value, index(0))
        zeros = ir.Constant(ir.VectorType(index, width), [0] * width)
        return builder.shuffle_vector(one, one, zeros)

    def _moved(self, address: Any, stride: Any, times: Any) -> Any:
        builder = self.builder
        if isinstance(times, int):
            times = self.word(times)
        numbers = builder.mul(stride, times)
        return builder.add(address, builder.mul(numbers, self.word(self.size)))

    def _pointer(self, address: Any, kind: Any) -> Any:
        return self.builder.inttoptr(address, kind.as_pointer())

    def _number(self, address: Any) -> Any:
        return self.builder.load(self._pointer(address, self.number), align=self.size)

    def _add(self, x: Any, y: Any, z: Any) -> Any:
        form = self.ir.FunctionType(x.type, [x.type] * 3)
        name = f"llvm.fmuladd.v{x.type.count}f{self.size * 8}"
        function = self._declared(name, form)
        return self.builder.call(function, [x, y, z])

    def _load(self, address: Any, start: int, mask: Any) -> Any:
        ir, kind = self.ir, self._vector(mask.type.count)
        pointer = self._at(address, start, kind)
        form = ir.FunctionType(kind, [pointer.type, ir.IntType(32), mask.type, kind])
        zeros = ir.Constant(kind, [0.0] * kind.count)
        given = [pointer, ir.IntType(32)(self.size), mask, zeros]
        return self.builder.call(self._masked("load", kind, form), given)

    def _store(self, value: Any, address: Any, start: int, mask: Any) -> None:
        ir = self.ir
        pointer = self._at(address, start, value.type)
        form = ir.FunctionType(
            ir.VoidType(), [value.type, pointer.type, ir.IntType(32), mask.type]
        )
        given = [value, pointer, ir.IntType(32)(self.size), mask]
        self.builder.call(self._masked("store", value.type, form), given)

    def _at(self, address: Any, start: int, kind: Any) -> Any:
        return self._pointer(
            self.builder.add(address, self.word(start * self.size)), kind
        )

    def _masked(self, action: str, kind: Any, form: Any) -> Any:
        name = f"llvm.masked.{action}.v{kind.count}f{self.size * 8}.p0"
        return self._declared(name, form)

    def _declared(self, name: str, form: Any) -> Any:
        from numba.core import cgutils

        return cgutils.get_or_insert_function(self.builder.module, form, name)


_HEADER = '''"""Written by Kobai for this computer's vectors; it may be deleted."""

import numpy as np

from kobai.engines.numba_engine.kernels.tiles import make_tile

u8 = np.uint64
'''


# Rows of a tile, most first: what is left over goes to smaller ones.
_HEIGHTS = (6, 4, 1)


def small_product_source(avx512: bool, itemsize: int) -> str:
    """Return the source of the loops over tiles, for the widths of this machine."""
    tall, flat = tile_widths(avx512, itemsize)
    kinds = {rows: flat if rows == 1 else tall for rows in _HEIGHTS}
    lines = [_HEADER.rstrip()]
    for rows, kind in kinds.items():
        for number, widths in enumerate(kind):
            lines.append(f"tile_{rows}_{number} = make_tile({rows}, {widths})")
    lines += [
        "",
        "",
        "def steps(job):",
        *(f"    {field.name.lower()} = {_field(field, itemsize)}" for field in Job),
        f"    size = u8({itemsize})",
        "    i = u8(0)",
    ]
    for rows, kind in kinds.items():
        lines.append(f"    while i + u8({rows}) <= m:")
        lines += _columns(f"tile_{rows}", kind)
        lines.append(f"        i += u8({rows})")
    return "\n".join(lines) + "\n"


def _field(field: Job, itemsize: int) -> str:
    text = f"job[{field.value}]"
    if field in (Job.ALPHA, Job.BETA):
        return f"np.float{8 * itemsize}(np.int64({text}).view(np.float64))"
    return text


def _columns(kind: str, widths: list[list[int]]) -> list[str]:
    lines = ["        j = u8(0)", "        while j < n:"]
    given = "a, ai, ak, rows_at + i * u8(8), inner_at, b + j * size, n, "
    given += "c + (i * n + j) * size, n, n - j, k"
    order = sorted(range(len(widths)), key=lambda w: sum(widths[w]))
    for place, number in enumerate(order):
        columns = sum(widths[number])
        test = f"n - j <= u8({columns})"
        last = place == len(order) - 1
        word = "else:" if last else f"{'elif' if place else 'if'} {test}:"
        if last and not place:
            word = "if True:"
        lines.append(f"            {word}")
        lines.append(f"                {kind}_{number}({given}, alpha, beta)")
        lines.append(f"                j += u8({columns})")
    return lines
