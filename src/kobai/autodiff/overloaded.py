"""Everything that makes an array-like answer to NumPy's operators and functions."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.aliasing import Changeable
from kobai.autodiff.numpy_functions import CONSTANT_FUNCTIONS, FUNCTIONS
from kobai.autodiff.rules import ELEMENTWISE
from kobai.autodiff.scipy_rules import primitive_of
from kobai.errors import GradientError

_NOT_PLAIN = (
    "a value under differentiation cannot become a plain number or array here. "
    "Instead of np.array([a, b]) write np.stack([a, b]); of x.dot(W), x @ W; of "
    "float(x) or math.exp(x), np.exp(x); of writing into a plain array, np.where or "
    "np.concatenate. To leave differentiation on purpose, read x.value"
)


def _plain_list(x: Any) -> Any:
    return np.asarray(x) if isinstance(x, list | tuple) else x


def _binary(function: np.ufunc) -> Any:
    primitive = ELEMENTWISE.get(function, ops.MATMUL)

    def operator(self: Any, other: Any) -> Any:
        return primitive(self, _plain_list(other))

    return operator


def _reflected(function: np.ufunc) -> Any:
    primitive = ELEMENTWISE.get(function, ops.MATMUL)

    def operator(self: Any, other: Any) -> Any:
        return primitive(_plain_list(other), self)

    return operator


def _unary(function: np.ufunc) -> Any:
    primitive = ELEMENTWISE[function]

    def operator(self: Any) -> Any:
        return primitive(self)

    return operator


def _inplace(function: np.ufunc) -> Any:
    primitive = ELEMENTWISE.get(function, ops.MATMUL)

    def operator(self: Any, other: Any) -> Any:
        return self.update(primitive(self, _plain_list(other)))

    return operator


def _method(function: Callable[..., Any]) -> Any:
    twin = FUNCTIONS[function]

    def method(self: Any, *arguments: Any, **keywords: Any) -> Any:
        return _call_twin(function, twin, (self, *arguments), keywords)

    return method


def _constant_method(function: Callable[..., Any]) -> Any:
    def method(self: Any, *arguments: Any, **keywords: Any) -> Any:
        return self.constant(function, (self, *arguments), keywords)

    return method


def _call_twin(
    function: Any, twin: Callable[..., Any], args: Any, kwargs: dict[str, Any]
) -> Any:
    # NumPy's own defaults, spelt out, ask for nothing.
    kwargs = {
        k: v
        for k, v in kwargs.items()
        if not (k in ("out", "dtype") and v is None) and v is not np._NoValue
    }
    try:
        return twin(*args, **kwargs)
    except TypeError as error:
        if "argument" not in str(error) or isinstance(error, GradientError):
            raise
        raise GradientError(
            f"np.{function.__name__}: this use cannot be differentiated ({error}); "
            "write it without that argument"
        ) from None


class ArrayLike(Changeable):
    """An array-like whose operators and NumPy functions are those of its trace.

    Derived classes say what the shape and the dtype are, and what a function sees
    whose derivative is 0.
    """

    __slots__ = ()

    __hash__ = None  # type: ignore[assignment]

    def constant(self, function: Any, args: Any, kwargs: Any) -> Any:
        """Call a function that sees values but has no derivative."""
        raise NotImplementedError

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many numbers there are."""
        size = 1
        for length in self.shape:
            size *= length
        return size

    @property
    def T(self) -> Any:  # noqa: N802 - NumPy's name
        """The array with its axes reversed."""
        return np.transpose(self)

    @property
    def real(self) -> Any:
        """The real parts."""
        return np.real(self)

    @property
    def imag(self) -> Any:
        """The imaginary parts."""
        return np.imag(self)

    # --- NumPy's protocols

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any
    ) -> Any:
        primitive = ops.MATMUL if ufunc is np.matmul else ELEMENTWISE.get(ufunc)
        primitive = primitive or primitive_of(ufunc)
        if primitive is None:
            raise GradientError(
                f"{_qualified(ufunc)}: has no derivative rule; write the function with "
                "NumPy's elementary functions (kobai.functions has many ready)"
            )
        if method == "reduce" and ufunc in _REDUCTIONS:
            kwargs.setdefault("axis", 0)
            function = _REDUCTIONS[ufunc]
            return _call_twin(function, FUNCTIONS[function], inputs, kwargs)
        if method != "__call__":
            raise GradientError(
                f"np.{ufunc.__name__}.{method}: cannot be differentiated; use the "
                "plain function with broadcasting or indexing"
            )
        target = kwargs.pop("out", (None,))[0]
        if kwargs:
            raise GradientError(
                f"np.{ufunc.__name__}: the argument {next(iter(kwargs))}= cannot be "
                "differentiated; use np.where on the result"
            )
        result = primitive(*map(_plain_list, inputs))
        if target is None:
            return result
        if not isinstance(target, ArrayLike):
            raise GradientError(
                f"np.{ufunc.__name__}: cannot write a value under differentiation into "
                "a plain array; write a = a + b for a += b, or leave out= away"
            )
        return target.update(result)

    def __array_function__(
        self, function: Any, types: Any, args: Any, kwargs: Any
    ) -> Any:
        twin = FUNCTIONS.get(function)
        if twin is not None:
            return _call_twin(
                function, twin, _positional(function, args, kwargs), kwargs
            )
        if function in CONSTANT_FUNCTIONS:
            return self.constant(function, args, kwargs)
        raise GradientError(
            f"{_qualified(function)}: has no derivative rule; write it with NumPy's "
            "elementary functions, or read x.value to leave differentiation on purpose"
        )

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise GradientError(_NOT_PLAIN)

    def _refuse_conversion(self) -> Any:
        raise GradientError(_NOT_PLAIN)

    __float__ = __int__ = __index__ = __complex__ = _refuse_conversion

    # --- operators

    __add__, __radd__, __iadd__ = _binary(np.add), _reflected(np.add), _inplace(np.add)
    __sub__, __rsub__ = _binary(np.subtract), _reflected(np.subtract)
    __isub__ = _inplace(np.subtract)
    __mul__, __rmul__ = _binary(np.multiply), _reflected(np.multiply)
    __imul__ = _inplace(np.multiply)
    __truediv__, __rtruediv__ = _binary(np.divide), _reflected(np.divide)
    __itruediv__ = _inplace(np.divide)
    __floordiv__, __rfloordiv__ = _binary(np.floor_divide), _reflected(np.floor_divide)
    __ifloordiv__ = _inplace(np.floor_divide)
    __mod__, __rmod__ = _binary(np.remainder), _reflected(np.remainder)
    __imod__ = _inplace(np.remainder)
    __matmul__, __rmatmul__ = _binary(np.matmul), _reflected(np.matmul)
    __imatmul__ = _inplace(np.matmul)
    __rpow__, __ipow__ = _reflected(np.power), _inplace(np.power)
    conj = conjugate = _unary(np.conjugate)
    __neg__, __pos__, __abs__ = _unary(np.negative), _unary(np.positive), _unary(np.abs)
    __lt__, __le__ = _binary(np.less), _binary(np.less_equal)
    __gt__, __ge__ = _binary(np.greater), _binary(np.greater_equal)
    __eq__, __ne__ = _binary(np.equal), _binary(np.not_equal)

    def __pow__(self, exponent: Any) -> Any:
        # NumPy's arrays take the same short cut.
        if type(exponent) is int and exponent == 2:
            return ELEMENTWISE[np.square](self)
        return ELEMENTWISE[np.power](self, exponent)

    # --- indices

    def __getitem__(self, index: Any) -> Any:
        arrays, pattern = ops.split_index(index)
        return ops.GETITEM(self, *arrays, pattern=pattern)

    def __setitem__(self, index: Any, value: Any) -> None:
        if self.is_number:
            raise TypeError("a number does not take x[index] = value; need an array")
        arrays, pattern = ops.split_index(index)
        self.update(ops.SETITEM(self, value, *arrays, pattern=pattern))

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of an array without axes")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    # --- methods

    sum, mean, max, min = (_method(f) for f in (np.sum, np.mean, np.max, np.min))
    prod, var, std = (_method(f) for f in (np.prod, np.var, np.std))
    cumsum, dot, clip = (_method(f) for f in (np.cumsum, np.dot, np.clip))
    squeeze, swapaxes = _method(np.squeeze), _method(np.swapaxes)
    ravel, copy = _method(np.ravel), _method(np.copy)
    take = _method(np.take)
    argmax, argmin = _constant_method(np.argmax), _constant_method(np.argmin)
    argsort = _constant_method(np.argsort)
    all, any = _constant_method(np.all), _constant_method(np.any)

    def __copy__(self) -> Any:
        return np.copy(self)

    def __deepcopy__(self, memo: Any) -> Any:
        return np.copy(self)

    def __reduce__(self) -> Any:
        raise GradientError(_NOT_PLAIN)

    def __getattr__(self, name: str) -> Any:
        if hasattr(np.ndarray, name):
            raise AttributeError(
                f"ndarray.{name}: has no derivative rule; write it with NumPy's "
                "elementary functions, or read x.value to leave differentiation on "
                "purpose"
            )
        raise AttributeError(
            f"{type(self).__name__!r} object has no attribute {name!r}"
        )

    def flatten(self) -> Any:
        """Return a copy of the numbers in one row."""
        return np.copy(np.ravel(self))

    def reshape(self, *shape: Any) -> Any:
        """Return the same numbers in another shape."""
        return np.reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Any:
        """Return the array with its axes in another order."""
        if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], tuple | list)):
            return np.transpose(self, axes[0])
        return np.transpose(self, axes or None)

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        """Return the array in another type of number; integers have derivative 0."""
        if not copy and self.dtype == dtype:
            return self
        if np.dtype(dtype).kind in "fc":
            return ops.ASTYPE(self, dtype=np.dtype(dtype))
        return ops.ASTYPE_CONSTANT(self, dtype=np.dtype(dtype))


_REDUCTIONS: dict[np.ufunc, Any] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
}


def _positional(function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Return the arguments with an array that was passed by keyword put in place."""
    if args:
        return args
    import inspect

    names = list(inspect.signature(FUNCTIONS[function]).parameters)
    first = names[0] if names[0] in kwargs else next(iter(kwargs))
    return (kwargs.pop(first),)


def _qualified(function: Any) -> str:
    module = getattr(function, "__module__", None)
    return f"{module}.{function.__name__}" if module else function.__name__
