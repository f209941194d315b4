"""Machine code that can be kept, and called without what made it."""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-calls

import hashlib
import json
import struct
from collections.abc import Callable, Sequence
from ctypes import CFUNCTYPE, c_int64, c_void_p
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Code:
    """Objects as a compiler makes them, and the symbols that they need from outside."""

    objects: tuple[bytes, ...]
    needs: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """Return what `from_bytes` reads, with a checksum.

        >>> code = Code((b"abc", b"de"), ("exp",))
        >>> Code.from_bytes(code.to_bytes()) == code
        True
        """
        head = {"sizes": list(map(len, self.objects)), "needs": self.needs}
        content = b"\n".join([json.dumps(head).encode(), b"".join(self.objects)])
        return hashlib.sha256(content).digest() + content

    @staticmethod
    def from_bytes(given: bytes) -> "Code | None":
        """Return the code, or None where a byte of it is not as it was written.

        >>> Code.from_bytes(Code((b"abc",), ()).to_bytes()[:-1]) is None
        True
        """
        checksum, content = given[:32], given[32:]
        if hashlib.sha256(content).digest() != checksum:
            return None
        head, _, rest = content.partition(b"\n")
        known = json.loads(head)
        objects = []
        for size in known["sizes"]:
            objects.append(rest[:size])
            rest = rest[size:]
        return Code(tuple(objects), tuple(known["needs"]))


class Symbol:
    """Code that other code calls, from its `address`."""

    def __init__(self, name: str, code: Code) -> None:
        self._engine = _loaded(code)
        self.address: int = self._engine.get_function_address(name)


class Function(Symbol):
    """Code that Python calls with flat arrays and numbers of these `kinds`.

    The arrays are handed over as they are: their types and lengths are read, and
    compared with what the code was compiled for, by the code.
    """

    def __init__(self, name: str, code: Code, kinds: Sequence[str]) -> None:
        super().__init__(name, code)
        self._kinds = kinds
        self._types = tuple(map(_python_type, kinds))
        self._whole = [n for n, kind in enumerate(self._types) if kind is int]
        self._real = [n for n, kind in enumerate(self._types) if kind is float]
        self._words = c_int64 * len(kinds)
        self._call = CFUNCTYPE(c_int64, c_void_p)(self.address)

    def __call__(self, *arguments: Any) -> int:
        """Run it; return what it returns, or 0. Raises TypeError for other types."""
        if tuple(map(type, arguments)) != self._types:
            found = ", ".join(type(each).__name__ for each in arguments)
            raise TypeError(f"compiled: got {found}; need {', '.join(self._kinds)}")
        done: int = self._call(self._in_words(arguments))
        if done < 0:
            raise self._misfit(done, arguments)
        return done

    def partly(self, arguments: Sequence[Any]) -> Callable[[Sequence[Any]], int]:
        """Return a call with these arguments, but for the arrays that are `...` here.

        It takes those in their order, and does in less time what a call with all does.
        """
        places = [n for n, each in enumerate(arguments) if each is ...]
        words = self._in_words(arguments)

        def call(arrays: Sequence[Any]) -> int:
            for n, array in zip(places, arrays, strict=True):
                words[n] = id(array)
            done: int = self._call(words)
            if done < 0:
                given = list(arguments)
                for n, array in zip(places, arrays, strict=True):
                    given[n] = array
                raise self._misfit(done, given)
            return done

        return call

    def _in_words(self, arguments: Sequence[Any]) -> Any:
        words = list(map(id, arguments))
        for n in self._whole:
            words[n] = arguments[n]
        for n in self._real:
            words[n] = struct.unpack("q", struct.pack("d", arguments[n]))[0]
        return self._words(*words)

    def _misfit(self, done: int, arguments: Sequence[Any]) -> TypeError:
        wrong = arguments[-1 - done]
        return TypeError(
            f"compiled: got {wrong.dtype.str}{list(wrong.shape)} with strides "
            f"{wrong.strides}; need {self._kinds[-1 - done]}, one after the other"
        )


def _python_type(kind: str) -> type:
    if kind.endswith("[:]"):
        return np.ndarray
    return int if np.dtype(kind).kind in "iu" else float


def _loaded(code: Code) -> Any:
    """Return an engine of LLVM that has code in memory, and keeps it there."""
    from llvmlite import binding

    engine = binding.create_mcjit_compiler(binding.parse_assembly(""), host_machine())
    for each in code.objects:
        engine.add_object_file(binding.ObjectFileRef.from_data(each))
    engine.finalize_object()
    return engine


def has_all(code: Code) -> bool:
    """Return whether all that code needs is known: without it, LLVM ends the process.

    >>> has_all(Code((), ("exp",))), has_all(Code((), ("no_such_symbol",)))
    (True, False)
    """
    from llvmlite import binding

    host_machine()
    return all(binding.address_of_symbol(name) is not None for name in code.needs)


@lru_cache
def _prepare() -> Any:
    from llvmlite import binding

    if binding.llvm_version_info[0] < 20:
        binding.initialize()
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding.Target.from_default_triple()


def host_machine() -> Any:
    """Return LLVM's description of this machine; each engine takes one for itself."""
    return _prepare().create_target_machine(opt=3, codemodel="jitdefault", jit=True)


@lru_cache
def host_name() -> str:
    """Return the processor, with all that LLVM knows of it: code is for one like it."""
    from llvmlite import binding

    features = binding.get_host_cpu_features().flatten()
    return f"{binding.get_host_cpu_name()} {features}"
