"""Python's operators on arrays, each the primitive that NumPy has for it."""

from typing import Any

from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.buffers import Valued, as_values, is_list
from kobai.autodiff.primitive import Primitive
from kobai.errors import GradientError

# What is no operand as it stands. Most others need no call to be told apart.
_OTHERWISE = (list, tuple, Valued)


def _beside(primitive: Primitive, self: Any, other: Any) -> Any:
    if is_list(other):
        self.meet_list()
        if primitive is ops.MULTIPLY and self.is_number and self.dtype.kind in "fc":
            # Beside NumPy's numbers Python takes * for a repetition, unlike +.
            raise GradientError(
                f"x * list: got a {self.__class__.__name__}, a number, beside a "
                f"{type(other).__name__}, which it cannot repeat; write np.array of it"
            )
    return as_values(other)


def _binary(primitive: Primitive) -> Any:
    def operator(self: Any, other: Any) -> Any:
        if issubclass(type(other), _OTHERWISE):
            other = _beside(primitive, self, other)
        return primitive(self, other)

    return operator


def _reflected(primitive: Primitive) -> Any:
    def operator(self: Any, other: Any) -> Any:
        if issubclass(type(other), _OTHERWISE):
            other = _beside(primitive, self, other)
        return primitive(other, self)

    return operator


def _unary(primitive: Primitive) -> Any:
    def operator(self: Any) -> Any:
        return primitive(self)

    return operator


def _inplace(primitive: Primitive) -> Any:
    def operator(self: Any, other: Any) -> Any:
        return self.update(primitive(self, _beside(primitive, self, other)))

    return operator


class Operators:
    """An array-like with Python's operators."""

    __slots__ = ()

    is_number: Any
    dtype: Any

    __add__, __radd__ = _binary(ops.ADD), _reflected(ops.ADD)
    __iadd__ = _inplace(ops.ADD)
    __sub__, __rsub__ = _binary(ops.SUBTRACT), _reflected(ops.SUBTRACT)
    __isub__ = _inplace(ops.SUBTRACT)
    __mul__, __rmul__ = _binary(ops.MULTIPLY), _reflected(ops.MULTIPLY)
    __imul__ = _inplace(ops.MULTIPLY)
    __truediv__, __rtruediv__ = _binary(ops.DIVIDE), _reflected(ops.DIVIDE)
    __itruediv__ = _inplace(ops.DIVIDE)
    __floordiv__ = _binary(ops.FLOOR_DIVIDE)
    __rfloordiv__ = _reflected(ops.FLOOR_DIVIDE)
    __ifloordiv__ = _inplace(ops.FLOOR_DIVIDE)
    __mod__, __rmod__ = _binary(ops.REMAINDER), _reflected(ops.REMAINDER)
    __imod__ = _inplace(ops.REMAINDER)
    __matmul__, __rmatmul__ = _binary(ops.MATMUL), _reflected(ops.MATMUL)
    __imatmul__ = _inplace(ops.MATMUL)
    __rpow__, __ipow__ = _reflected(ops.POWER), _inplace(ops.POWER)
    __neg__, __pos__ = _unary(ops.NEGATIVE), _unary(ops.POSITIVE)
    __abs__ = _unary(ops.ABSOLUTE)
    __lt__, __le__ = _binary(ops.LESS), _binary(ops.LESS_EQUAL)
    __gt__, __ge__ = _binary(ops.GREATER), _binary(ops.GREATER_EQUAL)
    __eq__, __ne__ = _binary(ops.EQUAL), _binary(ops.NOT_EQUAL)
    # Of masks and integers, which have no derivative.
    __and__, __rand__ = _binary(ops.BITWISE_AND), _reflected(ops.BITWISE_AND)
    __or__, __ror__ = _binary(ops.BITWISE_OR), _reflected(ops.BITWISE_OR)
    __xor__, __rxor__ = _binary(ops.BITWISE_XOR), _reflected(ops.BITWISE_XOR)
    __lshift__, __rlshift__ = _binary(ops.LEFT_SHIFT), _reflected(ops.LEFT_SHIFT)
    __rshift__, __rrshift__ = _binary(ops.RIGHT_SHIFT), _reflected(ops.RIGHT_SHIFT)
    __iand__, __ior__ = _inplace(ops.BITWISE_AND), _inplace(ops.BITWISE_OR)
    __ixor__, __ilshift__ = _inplace(ops.BITWISE_XOR), _inplace(ops.LEFT_SHIFT)
    __irshift__ = _inplace(ops.RIGHT_SHIFT)
    __invert__ = _unary(ops.INVERT)

    __hash__ = None  # type: ignore[assignment]

    def __pow__(self, exponent: Any) -> Any:
        # NumPy's arrays take the same short cut.
        is_one_bool = self.is_number and self.dtype.kind == "b"
        if type(exponent) is int and exponent == 2 and not is_one_bool:
            return ops.SQUARE(self)
        return ops.POWER(self, as_values(exponent))

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self
