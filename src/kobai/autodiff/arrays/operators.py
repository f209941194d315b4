"""Python's operators on arrays, each the primitive that NumPy has for it."""

from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.creation import as_values
from kobai.autodiff.rules import ELEMENTWISE


def _beside(self: Any, other: Any) -> Any:
    if isinstance(other, list | tuple):
        self.meet_list()
    return as_values(other)


def _binary(function: np.ufunc) -> Any:
    primitive = ELEMENTWISE.get(function, ops.MATMUL)

    def operator(self: Any, other: Any) -> Any:
        return primitive(self, _beside(self, other))

    return operator


def _reflected(function: np.ufunc) -> Any:
    primitive = ELEMENTWISE.get(function, ops.MATMUL)

    def operator(self: Any, other: Any) -> Any:
        return primitive(_beside(self, other), self)

    return operator


def _unary(function: np.ufunc) -> Any:
    primitive = ELEMENTWISE[function]

    def operator(self: Any) -> Any:
        return primitive(self)

    return operator


def _inplace(function: np.ufunc) -> Any:
    primitive = ELEMENTWISE.get(function, ops.MATMUL)

    def operator(self: Any, other: Any) -> Any:
        return self.update(primitive(self, _beside(self, other)))

    return operator


class Operators:
    """An array-like with Python's operators."""

    __slots__ = ()

    is_number: Any
    dtype: Any

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
    __neg__, __pos__, __abs__ = _unary(np.negative), _unary(np.positive), _unary(np.abs)
    __lt__, __le__ = _binary(np.less), _binary(np.less_equal)
    __gt__, __ge__ = _binary(np.greater), _binary(np.greater_equal)
    __eq__, __ne__ = _binary(np.equal), _binary(np.not_equal)
    # Of masks and integers, which have no derivative.
    __and__, __rand__ = _binary(np.bitwise_and), _reflected(np.bitwise_and)
    __or__, __ror__ = _binary(np.bitwise_or), _reflected(np.bitwise_or)
    __xor__, __rxor__ = _binary(np.bitwise_xor), _reflected(np.bitwise_xor)
    __lshift__, __rlshift__ = _binary(np.left_shift), _reflected(np.left_shift)
    __rshift__, __rrshift__ = _binary(np.right_shift), _reflected(np.right_shift)
    __iand__, __ior__ = _inplace(np.bitwise_and), _inplace(np.bitwise_or)
    __ixor__, __ilshift__ = _inplace(np.bitwise_xor), _inplace(np.left_shift)
    __irshift__ = _inplace(np.right_shift)
    __invert__ = _unary(np.invert)

    __hash__ = None  # type: ignore[assignment]

    def __pow__(self, exponent: Any) -> Any:
        # NumPy's arrays take the same short cut.
        is_one_bool = self.is_number and self.dtype.kind == "b"
        if type(exponent) is int and exponent == 2 and not is_one_bool:
            return ELEMENTWISE[np.square](self)
        return ELEMENTWISE[np.power](self, as_values(exponent))

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self
