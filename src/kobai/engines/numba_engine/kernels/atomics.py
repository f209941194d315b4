"""Numbers that two threads change: neither sees half of what the other does.

What a thread has written before one of these, another sees after its own.
"""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-decorators, allow-untyped-calls

from collections.abc import Callable
from typing import Any

from kobai.engines.numba_engine.kernels.intrinsics import data_of

ORDER = "seq_cst"


def load() -> Any:
    """Return load(array, at) for an array of int64."""
    return _at_a_place(0, lambda builder, at: builder.load_atomic(at, ORDER, 8))


def store() -> Any:
    """Return store(array, at, value); it returns the value."""

    def write(builder: Any, at: Any, value: Any) -> Any:
        builder.store_atomic(value, at, ORDER, 8)
        return value

    return _at_a_place(1, write)


def fetch_and_add() -> Any:
    """Return add(array, at, value); it returns what was there before."""
    return _at_a_place(
        1, lambda builder, at, value: builder.atomic_rmw("add", at, value, ORDER)
    )


def _at_a_place(values: int, write: Callable[..., Any]) -> Any:
    from numba.core import cgutils, types
    from numba.extending import intrinsic

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = data_of(context, builder, signature.args[0], args[0])
        return write(builder, cgutils.gep_inbounds(builder, data, args[1]), *args[2:])

    word = types.int64

    if values:

        @intrinsic
        def change(typing: Any, array: Any, at: Any, value: Any) -> Any:
            return word(array, word, word), generate

        return change

    @intrinsic
    def look(typing: Any, array: Any, at: Any) -> Any:
        return word(array, word), generate

    return look


def pause() -> Any:
    """Return pause(), for loops that wait: it leaves a shared core to its others."""
    from llvmlite import binding, ir
    from numba.core import cgutils, types
    from numba.extending import intrinsic

    is_x86 = binding.get_default_triple().startswith(("x86_64", "i686"))

    @intrinsic
    def pause(typing: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            if is_x86:
                form = ir.FunctionType(ir.VoidType(), [])
                name = "llvm.x86.sse2.pause"
                module = builder.module
                builder.call(cgutils.get_or_insert_function(module, form, name), [])
            return context.get_dummy_value()

        return types.void(), generate

    return pause
