"""What a function reads beside its argument, if all it does is compute.

A trace calls a function once, the definition many times: whoever prints, counts calls
or draws random numbers would see it. So the code is looked through before it is run,
with all that it calls. What cannot be seen to be harmless counts as not.
"""

import builtins
import dis
import functools
import math
import re
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from inspect import getattr_static
from typing import Any

import numpy as np

from kobai.autodiff import gradient, value_and_gradient
from kobai.autodiff.numpy_functions import CONSTANT_FUNCTIONS, twin_for
from kobai.functions.arrays import is_plain

# They change nothing but the function's own variables, and what is watched.
HARMLESS = re.compile(
    r"(?!LOAD_(NAME|LOCALS|BUILD_CLASS|CLASSDEREF|SPECIAL|SUPER|FROM_DICT))"
    "(LOAD|STORE_FAST|STORE_SUBSCR|STORE_SLICE|BUILD|BINARY|UNARY|COMPARE|CONTAINS|IS_"
    "|JUMP|POP_(TOP|JUMP|ITER)|FOR_ITER|GET_(ITER|LEN)|END_|UNPACK|SWAP|COPY|PUSH_NULL"
    "|LIST|SET|MAP|DICT|CALL|PRECALL|KW_NAMES|MAKE|RETURN|YIELD_VALUE|RESUME|RAISE"
    "|RERAISE|FORMAT|CONVERT|TO_BOOL|NOP|NOT_TAKEN|CACHE|EXTENDED_ARG)"
)

# Attributes of arrays, and of the lists and dicts that hold them.
ATTRIBUTES = frozenset(
    [
        *("T", "shape", "ndim", "size", "dtype", "real", "astype", "copy", "sum"),
        *("mean", "max", "min", "prod", "var", "std", "dot", "clip", "reshape"),
        *("ravel", "flatten", "transpose", "swapaxes", "squeeze", "take", "repeat"),
        *("cumsum", "cumprod", "diagonal", "trace", "round", "any", "all", "argmax"),
        *("argmin", "argsort", "reduce", "accumulate", "outer"),
        *("items", "keys", "values", "get", "append", "extend", "insert", "pop"),
        *("reverse", "index", "count", "format", "join"),
    ]
)

PURE = frozenset(
    [
        *(abs, all, any, callable, divmod, isinstance, len, max, min, next, iter, pow),
        *(repr, round, sorted, sum),
        *(bool, dict, enumerate, filter, float, int, list, map, range, reversed, set),
        *(slice, str, tuple, type, zip, np.ndarray),
        *(np.zeros, np.ones, np.full, np.eye, np.identity, np.arange, np.linspace),
        *(np.array, np.asarray, np.asanyarray, np.copy, np.broadcast_to),
        *(np.ascontiguousarray, np.zeros_like, np.ones_like, np.full_like),
        *(gradient, value_and_gradient),
        *CONSTANT_FUNCTIONS,
    ]
)

# Values that cannot change.
FIXED = (
    *(int, float, complex, str, bytes, slice, np.generic, np.dtype, type(None)),
    *(type(...), type(NotImplemented)),
)
_USUAL = getattr_static(object, "__getattribute__")
_UNKNOWN = object()


class UnclearError(Exception):
    """Whether a function does nothing but compute cannot be seen, and why."""


@dataclass
class Reads:
    """What a function reads beside its argument and could change: arrays, lists."""

    changeable: list[Any] = field(default_factory=list)
    # Held, so that nothing else comes to have their id.
    _seen: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, f: Callable[..., Any]) -> "Reads":
        """Return what f reads; raise UnclearError where it may do more than compute."""
        reads = cls()
        reads._use(f)
        return reads

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Let nothing that is read be changed inside; raise UnclearError if it was."""
        before = [copy(value) for value in self.changeable]
        try:
            yield
        finally:
            pairs = list(zip(self.changeable, before, strict=True))
            changed = [pair for pair in pairs if not _is_like(*pair)]
            for pair in changed:
                _put_back(*pair)
        if changed:
            kind = type(changed[0][0]).__name__
            raise UnclearError(f"f changes a {kind} that is not its own")

    @property
    def arrays(self) -> list[np.ndarray]:
        """The arrays that the function reads."""
        return [value for value in self.changeable if isinstance(value, np.ndarray)]

    # --- values

    def _use(self, value: Any) -> None:
        """Note a value that the code uses, and look through what it can call."""
        if isinstance(value, FIXED) or _is_pure(value):
            return
        if id(value) in self._seen:
            return
        self._seen[id(value)] = value
        if is_plain(value) and value.dtype.kind in "biuf":
            self.changeable.append(value)
        elif type(value) in (list, set, tuple, dict):
            if not isinstance(value, tuple):
                self.changeable.append(value)
            for part in _parts(value):
                self._use(part)
        elif isinstance(value, functools.partial):
            for part in (value.func, value.args, value.keywords):
                self._use(part)
        elif isinstance(value, types.FunctionType):
            self._function(value, ())
        elif isinstance(value, types.MethodType):
            self._method(value)
        else:
            name = getattr(value, "__qualname__", f"a {type(value).__name__}")
            raise UnclearError(f"f reads or calls {name}, which may do anything")

    def _attribute(self, value: Any, name: str) -> Any:
        """Return an attribute of a known value; _UNKNOWN if it is one of an array's."""
        if isinstance(value, types.ModuleType):
            return getattr(value, name)
        if isinstance(value, (*FIXED, np.ndarray, np.ufunc, dict, list, set, tuple)):
            self._use(value)
            _check_name(name)
            return _UNKNOWN
        kind = type(value)
        usual = getattr_static(kind, "__getattribute__") is _USUAL
        if not usual or hasattr(kind, "__getattr__"):
            raise UnclearError(f"f reads .{name} of a {kind.__name__}")
        found = getattr_static(kind, name, None)
        own = getattr(value, "__dict__", {})
        if name in own and not hasattr(type(found), "__set__"):
            return own[name]
        if isinstance(found, types.FunctionType):
            return types.MethodType(found, value)
        if found is None or hasattr(type(found), "__get__"):
            raise UnclearError(f"f reads .{name} of a {kind.__name__}")
        return found

    # --- code

    def _function(self, function: types.FunctionType, given: tuple[Any, ...]) -> None:
        code = function.__code__
        if (function.__module__ or "").startswith("kobai.functions."):
            return
        key = (code, *map(id, given))
        if key in self._seen:
            return
        self._seen[key] = function, given
        known = dict(zip(code.co_varnames, given, strict=False))
        for name, cell in zip(
            code.co_freevars, function.__closure__ or (), strict=True
        ):
            try:
                known[name] = cell.cell_contents
            except ValueError:
                raise UnclearError(f"f reads {name} before it is there") from None
        for default in (function.__defaults__, function.__kwdefaults__):
            self._use(default)
        self._code(code, function.__globals__, known)

    def _method(self, method: types.MethodType) -> None:
        function = method.__func__
        # Those of compiled modules look like methods, but have code that is empty.
        if not isinstance(function, types.FunctionType):
            raise UnclearError(f"f calls {method.__qualname__}, which may do anything")
        self._function(function, (method.__self__,))

    def _code(
        self, code: types.CodeType, names: dict[str, Any], known: dict[str, Any]
    ) -> None:
        """Look through code, where `known` has the values of some of its variables."""
        # What the instruction before has loaded, if that is known.
        value = _UNKNOWN
        for instruction in dis.get_instructions(code):
            operation, argument = instruction.opname, instruction.argval
            if operation in ("LOAD_ATTR", "LOAD_METHOD"):
                if value is _UNKNOWN:
                    _check_name(argument)
                else:
                    value = self._attribute(value, argument)
                continue
            if value is not _UNKNOWN:
                self._use(value)
                value = _UNKNOWN
            if operation == "LOAD_GLOBAL":
                value = _global(argument, names)
            elif operation.startswith(("LOAD_FAST", "LOAD_DEREF")):
                *others, last = argument if isinstance(argument, tuple) else [argument]
                for name in others:
                    self._use(known.get(name))
                value = known.get(last, _UNKNOWN)
            elif operation in ("STORE_DEREF", "LOAD_CLOSURE", "MAKE_CELL"):
                if operation == "STORE_DEREF" and argument in code.co_freevars:
                    raise UnclearError(f"f sets {argument}, which is not its own")
            elif not HARMLESS.match(operation):
                raise UnclearError(f"f does what {operation} does")
            if operation.startswith("STORE_") and not known.keys().isdisjoint(
                argument if isinstance(argument, tuple) else [argument]
            ):
                raise UnclearError("f gives another value to what it was given")
            if isinstance(argument, types.CodeType):
                inner = {n: known[n] for n in argument.co_freevars if n in known}
                self._code(argument, names, inner)


def _parts(container: Any) -> list[Any]:
    """Return what a container holds, also the keys."""
    if isinstance(container, dict):
        return [*container, *container.values()]
    return list(container)


def _is_like(value: Any, before: Any) -> bool:
    """Whether an array has the numbers, or a container the things, it had before."""
    if isinstance(value, np.ndarray):
        return np.array_equal(value, before, equal_nan=True)
    return list(map(id, _parts(value))) == list(map(id, _parts(before)))


def _put_back(value: Any, before: Any) -> None:
    if isinstance(value, np.ndarray):
        value[...] = before
    elif isinstance(value, list):
        value[:] = before
    else:
        value.clear()
        value.update(before)


def _is_pure(value: Any) -> bool:
    """Whether a value can be called without any effect but its result."""
    if isinstance(value, np.ufunc):
        return True
    if isinstance(value, type) and issubclass(value, np.generic | BaseException):
        return True
    if not isinstance(value, types.ModuleType) and callable(value):
        try:
            known = value in PURE or getattr(math, value.__name__, None) is value
            return known or twin_for(value) is not None
        except (AttributeError, TypeError):
            return False
    return False


def _check_name(name: str) -> None:
    if name not in ATTRIBUTES:
        raise UnclearError(f"f uses .{name}, of which it is not known what it does")


def _global(name: str, names: dict[str, Any]) -> Any:
    if name in names:
        return names[name]
    found = getattr(builtins, name, _UNKNOWN)
    if found is _UNKNOWN:
        raise UnclearError(f"f reads {name}, which is not there")
    return found
