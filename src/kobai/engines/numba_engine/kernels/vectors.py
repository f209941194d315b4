"""Vectors of numbers in LLVM's language, at addresses: loads, stores, sums."""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-calls

from typing import Any


class Vectors:
    """Writes instructions on vectors of one kind of number; addresses are words."""

    def __init__(self, builder: Any, ir: Any, number: Any) -> None:
        self.builder = builder
        self.ir = ir
        self.number = number
        self.word = ir.IntType(64)
        self.size = 4 if isinstance(number, ir.FloatType) else 8

    def _entry(self, table: Any, place: Any) -> Any:
        address = self.builder.add(table, self.builder.mul(place, self.word(8)))
        return self.builder.load(self._pointer(address, self.word), align=8)

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

    def _load(self, address: Any, start: int, width: int, mask: Any = None) -> Any:
        kind = self._vector(width)
        pointer = self._at(address, start, kind)
        if mask is None:
            return self.builder.load(pointer, align=self.size)
        zeros = self.ir.Constant(kind, [0.0] * width)
        return self._masked("load", kind, kind, [pointer, self._alignment, mask, zeros])

    def _store(self, value: Any, address: Any, start: int, mask: Any = None) -> None:
        pointer = self._at(address, start, value.type)
        if mask is None:
            self.builder.store(value, pointer, align=self.size)
            return
        given = [value, pointer, self._alignment, mask]
        self._masked("store", value.type, self.ir.VoidType(), given)

    @property
    def _alignment(self) -> Any:
        return self.ir.IntType(32)(self.size)

    def _at(self, address: Any, start: int, kind: Any) -> Any:
        return self._pointer(
            self.builder.add(address, self.word(start * self.size)), kind
        )

    def _masked(self, action: str, kind: Any, result: Any, given: list[Any]) -> Any:
        name = f"llvm.masked.{action}.v{kind.count}f{self.size * 8}.p0"
        form = self.ir.FunctionType(result, [value.type for value in given])
        return self.builder.call(self._declared(name, form), given)

    def _declared(self, name: str, form: Any) -> Any:
        from numba.core import cgutils

        return cgutils.get_or_insert_function(self.builder.module, form, name)
