"""From a source to machine code, by Numba; it is imported for this alone.

What is kept are two objects: the steps, and the way in. That is a function of our own,
since Numba's needs Numba, which takes longer to be imported than many a run lasts.
"""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-decorators, allow-untyped-calls

import sys
from collections.abc import Iterator, Sequence
from threading import current_thread, main_thread
from types import ModuleType
from typing import Any

import numpy as np

from kobai.engines.numba_engine.abi import number_of
from kobai.engines.numba_engine.kernels import tools
from kobai.engines.numba_engine.kernels.intrinsics import INNER, apart
from kobai.engines.numba_engine.native.code import Code, host_machine
from kobai.errors import missing_extra

# Where an array keeps what is needed, in bytes from where Python's object has ended:
# `PyArrayObject` and `PyArray_Descr` of NumPy's C interface.
DATA, AXES, LENGTHS, DESCRIPTION, FLAGS = 0, 8, 16, 40, 48
BYTE_ORDER, TYPE_NUMBER = 10, 12
# Of the flags: the numbers lie one after the other, each where the processor can read
# it; and they may be changed.
IN_ORDER, ALIGNED, WRITEABLE = 0x1, 0x100, 0x400


def compile_source(
    name: str, source: str, kinds: Sequence[str], is_shared: bool = False
) -> Code:
    """Return the machine code of a source's function `steps`, entered by `name`.

    `kinds` are the types of its arguments, as `abi` writes them. If there are pointers
    it is called from C, else with arrays as Python holds them, see `Function`.
    `is_shared` tells that another thread has its array, too.
    """
    result = translated(name, source, kinds, is_shared)
    steps = _object(result.library)
    entry = _Entry(result, name)
    module = entry.from_c() if _is_c(kinds) else entry.from_python(kinds)
    return Code((steps, _compiled(module)), tuple(_needed(result.library)))


def translated(
    name: str, source: str, kinds: Sequence[str], is_shared: bool = False
) -> Any:
    """Return what Numba makes of a source's function `steps`."""
    try:
        import numba
    except ImportError as error:
        raise missing_extra("engine numba", error, "fast") from error
    given = tuple(map(_type, kinds))
    options: dict[str, Any] = dict(INNER)
    if not _is_c(kinds):
        options["fastmath"] = tools.FAST_MATH
        if not is_shared:
            options["pipeline_class"] = apart()
    jit = numba.njit(given, error_model="numpy", nogil=True, **options)
    with tools.vectorising():
        return jit(_steps(name, source)).overloads[given]


def _object(library: Any) -> bytes:
    try:
        _, _, (code, _) = library.serialize_using_object_code()
    except RuntimeError as error:
        if current_thread() is not main_thread():
            raise
        # Ctrl-C while LLVM hands the object over is lost there, and the object with it.
        raise KeyboardInterrupt from error
    found: bytes = code
    return found


def _is_c(kinds: Sequence[str]) -> bool:
    return any(kind.endswith("*") for kind in kinds)


def _type(kind: str) -> Any:
    from numba.core import types
    from numba.np.numpy_support import from_dtype

    scalar = from_dtype(np.dtype(number_of(kind)))
    if kind.endswith("*"):
        return types.CPointer(scalar)
    if kind.endswith("[:]"):
        return types.Array(scalar, 1, "C", readonly=kind.startswith("const "))
    return scalar


def _steps(name: str, source: str) -> Any:
    """Return the function in a source."""
    module = ModuleType(name)
    exec(compile(source, f"<{name}>", "exec"), vars(module))
    sys.modules[name] = module
    return module.steps


def _needed(library: Any) -> Iterator[str]:
    """Return the symbols that code calls and does not have."""
    module = library._final_module
    for each in (*module.functions, *module.global_variables):
        if each.is_declaration and not each.name.startswith("llvm."):
            yield each.name


def _compiled(module: Any) -> bytes:
    from llvmlite import binding

    machine = host_machine()
    module.triple = machine.triple
    module.data_layout = str(machine.target_data)
    parsed = binding.parse_assembly(str(module))
    parsed.verify()
    code: bytes = machine.emit_object(parsed)
    return code


class _Entry:
    """The way into what Numba has compiled, written in LLVM's language."""

    def __init__(self, result: Any, name: str) -> None:
        from llvmlite import ir
        from numba.core import cgutils

        self.ir, self.tools = ir, cgutils
        self.context = result.target_context
        self.steps = result.fndesc
        self.name = name
        self.module = ir.Module(name)
        self.word = ir.IntType(64)

    def from_c(self) -> Any:
        """Return a module whose function takes what the steps take."""
        kinds = [self.context.get_value_type(kind) for kind in self.steps.argtypes]
        builder = self._begun(self.ir.VoidType(), kinds)
        self._call(builder, builder.function.args)
        builder.ret_void()
        return self.module

    def from_python(self, kinds: Sequence[str]) -> Any:
        """Return a module whose function takes a list of words of 64 bits.

        A number is a word, of a float the bits of float64; an array is the address of
        Python's object. What comes out is what the steps return, or -1 - n if the n-th
        argument is not what they were compiled for.
        """
        builder = self._begun(self.word, [self.word.as_pointer()])
        values, wrong = [], self.word(0)
        for n, (kind, taken) in enumerate(zip(kinds, self.steps.argtypes, strict=True)):
            place = builder.gep(builder.function.args[0], [self.word(n)])
            word = builder.load(place)
            if kind.endswith("[:]"):
                found = builder.call(self._looked_at(kind), [word])
                start, length, fits = (
                    builder.extract_value(found, k) for k in range(3)
                )
                value = self._array(builder, start, length, kind, taken)
                wrong = builder.select(fits, wrong, self.word(-1 - n))
            else:
                value = self._number(builder, word, taken)
            values.append(value)
        with builder.if_then(builder.icmp_signed("<", wrong, self.word(0))):
            builder.ret(wrong)
        done = self._call(builder, values)
        builder.ret(done if done.type == self.word else self.word(0))
        return self.module

    def _begun(self, result: Any, kinds: Sequence[Any]) -> Any:
        form = self.ir.FunctionType(result, kinds)
        function = self.ir.Function(self.module, form, self.name)
        return self.ir.IRBuilder(function.append_basic_block())

    def _call(self, builder: Any, values: Sequence[Any]) -> Any:
        convention, steps = self.context.call_conv, self.steps
        form = convention.get_function_type(steps.restype, steps.argtypes)
        callee = self.ir.Function(self.module, form, steps.llvm_func_name)
        # The status tells of an exception, of which the sources raise none.
        _, done = convention.call_function(
            builder, callee, steps.restype, steps.argtypes, values
        )
        return done

    def _number(self, builder: Any, word: Any, taken: Any) -> Any:
        kind = self.context.get_value_type(taken)
        if isinstance(kind, self.ir.IntType):
            return word if kind.width == 64 else builder.trunc(word, kind)
        number = builder.bitcast(word, self.ir.DoubleType())
        is_double = isinstance(kind, self.ir.DoubleType)
        return number if is_double else builder.fptrunc(number, kind)

    def _array(
        self, builder: Any, start: Any, length: Any, kind: str, taken: Any
    ) -> Any:
        """Return an array as Numba takes it."""
        from numba.np.arrayobj import populate_array

        made = self.context.make_array(taken)(self.context, builder)
        data = builder.bitcast(start, made.data.type)
        size = self.word(np.dtype(number_of(kind)).itemsize)
        populate_array(made, data, [length], [size], size, meminfo=None)
        return made._getvalue()

    def _looked_at(self, kind: str) -> Any:
        """Return a function of an object: its start, its length, whether it fits.

        There is one for every kind of array. With all these tests written out for each
        argument, LLVM would take longer over the way in than over many a step.
        """
        name = f"look at {kind}"
        if name in self.module.globals:
            return self.module.get_global(name)
        small, pointer = self.ir.IntType(32), self.tools.voidptr_t
        found = self.ir.LiteralStructType([pointer, self.word, self.ir.IntType(1)])
        form = self.ir.FunctionType(found, [self.word])
        function = self.ir.Function(self.module, form, name)
        function.linkage = "internal"
        builder = self.ir.IRBuilder(function.append_basic_block())
        word = function.args[0]
        array = builder.inttoptr(word, pointer)
        axes = self._field(builder, array, AXES, small)
        flags = self._field(builder, array, FLAGS, small)
        lengths = self._field(builder, array, LENGTHS, self.word.as_pointer())
        kept = self._field(builder, array, DESCRIPTION, pointer)
        number = self._field(builder, kept, TYPE_NUMBER, small)
        order = self._field(builder, kept, BYTE_ORDER, self.ir.IntType(8))
        dtype = np.dtype(number_of(kind))
        asked = IN_ORDER | ALIGNED
        asked |= 0 if kind.startswith("const ") else WRITEABLE
        is_equal = [
            builder.icmp_signed("==", number, small(each)) for each in _numbers(dtype)
        ]
        swapped = order.type(ord(">" if sys.byteorder == "little" else "<"))
        fits = [
            builder.icmp_signed("==", axes, small(1)),
            builder.icmp_signed("==", builder.and_(flags, small(asked)), small(asked)),
            builder.icmp_signed("!=", order, swapped),
            self._joined(builder.or_, is_equal),
        ]
        # Where it has no axis it has no lengths.
        first = builder.select(fits[0], builder.ptrtoint(lengths, self.word), word)
        length = builder.load(builder.inttoptr(first, self.word.as_pointer()))
        start = self._field(builder, array, DATA, pointer)
        parts = start, length, self._joined(builder.and_, fits)
        builder.ret(self.tools.pack_struct(builder, parts))
        return function

    def _field(self, builder: Any, at: Any, place: int, kind: Any) -> Any:
        place += object.__basicsize__
        found = self.tools.pointer_add(builder, at, place, kind.as_pointer())
        return builder.load(found)

    def _joined(self, join: Any, tests: Sequence[Any]) -> Any:
        first, *others = tests
        for other in others:
            first = join(first, other)
        return first


def _numbers(dtype: np.dtype[Any]) -> list[int]:
    """Return by which numbers NumPy knows a type: two names of C may mean the same."""
    letters = np.typecodes["AllInteger"] + np.typecodes["Float"] + "?"
    return [np.dtype(letter).num for letter in letters if np.dtype(letter) == dtype]
