"""Single instructions and calls that Numba has no name for."""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-decorators, allow-untyped-calls

from functools import cache
from typing import Any

from kobai.engines.numba_engine.abi import Job

# Options of all that is compiled: Numba makes no way in from C, nor from Python, and
# counts no references.
INNER: dict[str, Any] = {
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "_nrt": False,
}


@cache
def apart() -> Any:
    """Return the compiler for functions that get no two arrays of the same memory.

    LLVM then has nothing to check before it vectorises a loop. Its checks also take
    arrays that lie side by side for overlapping ones: they count whole vectors.
    """
    from numba.core.compiler import Compiler

    class Apart(Compiler):
        def define_pipelines(self) -> Any:
            self.state.flags.noalias = True
            return super().define_pipelines()

    return Apart


def data_of(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """Return a pointer to the first number of an array; a pointer is that already."""
    from numba.core import types

    if isinstance(kind, types.CPointer):
        return value
    return context.make_array(kind)(context, builder, value).data


def extremum(name: str) -> Any:
    """Return the larger or smaller of two numbers, NaN if either is NaN.

    It is LLVM's own instruction, which takes part in vectorised loops and reductions.
    """
    from llvmlite import ir
    from numba.core import types
    from numba.extending import intrinsic

    @intrinsic
    def larger(context: Any, a: Any, b: Any) -> Any:
        if a != b:
            return None

        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            if isinstance(a, types.Float):
                kind = args[0].type
                form = ir.FunctionType(kind, [kind, kind])
                function = builder.module.declare_intrinsic(
                    f"llvm.{name}", [kind], form
                )
                return builder.call(function, args)
            order = ">" if name == "maximum" else "<"
            test = builder.icmp_signed(order, args[0], args[1])
            return builder.select(test, args[0], args[1])

        return a(a, b), generate

    return larger


def blas_product() -> Any:
    """Return C = α op(A) op(B) + β C for matrices in rows, by BLAS.

    Call it as product(A, A is transposed, B, B is transposed, C, rows, columns, inner,
    α, β). BLAS reads columns, so it is asked for Cᵀ = op(B)ᵀ op(A)ᵀ.
    """
    from llvmlite import ir
    from numba.core import cgutils, types
    from numba.extending import intrinsic

    @intrinsic
    def multiply(
        typing: Any,
        a: Any,
        ta: Any,
        b: Any,
        tb: Any,
        c: Any,
        rows: Any,
        columns: Any,
        inner: Any,
        alpha: Any,
        beta: Any,
    ) -> Any:
        kind = alpha
        signature = types.void(a, ta, b, tb, c, rows, columns, inner, kind, kind)

        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            word, letter = ir.IntType(32), ir.IntType(8)
            number = context.get_value_type(kind)
            (a_, ta_, b_, tb_, c_, m, n, k, alpha_, beta_) = args

            def held(value: Any, kind: Any) -> Any:
                return cgutils.alloca_once_value(builder, value, name="blas")

            def size(value: Any) -> Any:
                return builder.trunc(value, word)

            def flag(value: Any) -> Any:
                is_set = builder.icmp_signed("!=", value, value.type(0))
                letters = letter(ord("T")), letter(ord("N"))
                return is_set, held(builder.select(is_set, *letters), letter)

            transposed_a, letter_a = flag(ta_)
            transposed_b, letter_b = flag(tb_)
            m, n, k = size(m), size(n), size(k)
            lead_a = held(builder.select(transposed_a, m, k), word)
            lead_b = held(builder.select(transposed_b, k, n), word)
            pointers = [
                letter_b,
                letter_a,
                held(n, word),
                held(m, word),
                held(k, word),
                held(alpha_, number),
                data_of(context, builder, signature.args[2], b_),
                lead_b,
                data_of(context, builder, signature.args[0], a_),
                lead_a,
                held(beta_, number),
                data_of(context, builder, signature.args[4], c_),
                held(n, word),
            ]
            function = cgutils.get_or_insert_function(
                builder.module,
                ir.FunctionType(ir.VoidType(), [p.type for p in pointers]),
                "kobai_sgemm" if kind == types.float32 else "kobai_dgemm",
            )
            builder.call(function, pointers)
            return context.get_dummy_value()

        return signature, generate

    return multiply


def address() -> Any:
    """Return the address of the first number of an array."""
    from numba.core import types
    from numba.extending import intrinsic

    @intrinsic
    def start(typing: Any, array: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            start = data_of(context, builder, array, args[0])
            return builder.ptrtoint(start, context.get_value_type(types.uint64))

        return types.uint64(array), generate

    return start


def tiles_at(kind: str) -> Any:
    """Return at(number), the address of a job's code for the number's dtype."""
    from llvmlite import ir
    from numba.core import cgutils, types
    from numba.extending import intrinsic

    @intrinsic
    def at(typing: Any, number: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            form = ir.FunctionType(ir.VoidType(), [])
            name = f"kobai_{kind}_{number.name}"
            function = cgutils.get_or_insert_function(builder.module, form, name)
            return builder.ptrtoint(function, ir.IntType(64))

        return types.uint64(number), generate

    return at


def run_tiles() -> Any:
    """Return run(board, at), which does the job that begins there."""
    from llvmlite import ir
    from numba.core import cgutils, types
    from numba.extending import intrinsic

    @intrinsic
    def run(typing: Any, board: Any, at: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            data = data_of(context, builder, board, args[0])
            job = cgutils.gep_inbounds(builder, data, args[1])
            form = ir.FunctionType(ir.VoidType(), [job.type])
            tiles = cgutils.gep_inbounds(builder, job, Job.TILES)
            address = builder.load(tiles)
            builder.call(builder.inttoptr(address, form.as_pointer()), [job])
            return context.get_dummy_value()

        return types.void(board, types.int64), generate

    return run


def stored_call(name: str) -> Any:
    """Return call(tuple of arguments), which calls stored code by its symbol.

    Arrays become the addresses of their first numbers. The dtype of the last number
    among the arguments, if there is one, is part of the symbol.
    """
    from llvmlite import ir
    from numba.core import cgutils, types
    from numba.extending import intrinsic

    @intrinsic
    def call(typing: Any, given: Any) -> Any:
        numbers = [kind.name for kind in given if isinstance(kind, types.Float)]
        symbol = "_".join([name, *numbers[-1:]])

        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            values = cgutils.unpack_tuple(builder, args[0])
            for place, kind in enumerate(given):
                if isinstance(kind, types.Array):
                    start = data_of(context, builder, kind, values[place])
                    values[place] = builder.bitcast(start, cgutils.voidptr_t)
            form = ir.FunctionType(ir.VoidType(), [value.type for value in values])
            module = builder.module
            builder.call(cgutils.get_or_insert_function(module, form, symbol), values)
            return context.get_dummy_value()

        return types.void(given), generate

    return call


def copy() -> Any:
    """Return copy(to, at, source, start, count) for flat arrays of one dtype."""
    from numba.core import cgutils, types
    from numba.extending import intrinsic

    @intrinsic
    def copy(typing: Any, to: Any, at: Any, source: Any, start: Any, count: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            kinds = signature.args
            arrays = [data_of(context, builder, kinds[i], args[i]) for i in (0, 2)]
            into, out = (
                cgutils.gep_inbounds(builder, array, place)
                for array, place in zip(arrays, (args[1], args[3]), strict=True)
            )
            size = context.get_abi_sizeof(context.get_value_type(to.dtype))
            cgutils.raw_memcpy(builder, into, out, args[4], size)
            return context.get_dummy_value()

        index = types.uint64
        return types.void(to, index, source, index, index), generate

    return copy


def prefetch() -> Any:
    """Return prefetch(array, at), which asks for a cache line and does not wait."""
    from llvmlite import ir
    from numba.core import cgutils, types
    from numba.extending import intrinsic

    @intrinsic
    def prefetch(typing: Any, array: Any, at: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            start = data_of(context, builder, array, args[0])
            word = ir.IntType(32)
            line = builder.bitcast(
                cgutils.gep_inbounds(builder, start, args[1]), cgutils.voidptr_t
            )
            form = ir.FunctionType(ir.VoidType(), [line.type, word, word, word])
            function = cgutils.get_or_insert_function(
                builder.module, form, "llvm.prefetch.p0"
            )
            # To read, soon again, data.
            builder.call(function, [line, word(0), word(3), word(1)])
            return context.get_dummy_value()

        return types.void(array, types.uint64), generate

    return prefetch
