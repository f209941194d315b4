"""The elementwise operations as expressions of the generated code."""

from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Primitive

# Primitive -> its formula, with {0}, {1}, ... for the operands and {f} for the dtype.
EXPRESSIONS: dict[Primitive, str] = {
    ops.ADD: "{0} + {1}",
    ops.SUBTRACT: "{0} - {1}",
    ops.MULTIPLY: "{0} * {1}",
    ops.DIVIDE: "{0} / {1}",
    ops.NEGATIVE: "-{0}",
    ops.POSITIVE: "{0}",
    ops.BROADCAST_TO: "{0}",
    ops.TRANSPOSE: "{0}",
    ops.ASTYPE: "{0}",
    ops.ASTYPE_CONSTANT: "{0}",
    ops.SQUARE: "{0} * {0}",
    ops.RECIPROCAL: "{one} / {0}",
    ops.SQRT: "np.sqrt({0})",
    ops.POWER: "{0} ** {1}",
    ops.ABSOLUTE: "abs({0})",
    ops.FABS: "abs({0})",
    ops.SIGN: "np.sign({0})",
    ops.MAXIMUM: "maximum({0}, {1})",
    ops.MINIMUM: "minimum({0}, {1})",
    ops.FMAX: "{0} if {0} > {1} or {1} != {1} else {1}",
    ops.FMIN: "{0} if {0} < {1} or {1} != {1} else {1}",
    ops.EXP: "exp_{dtype}({0})",
    ops.LOG: "log_{dtype}({0})",
    ops.TANH: "tanh_{dtype}({0})",
    ops.LOGADDEXP: "logaddexp_{dtype}({0}, {1})",
    ops.WHERE: "{1} if {0} else {2}",
    ops.EQUAL: "{0} == {1}",
    ops.NOT_EQUAL: "{0} != {1}",
    ops.LESS: "{0} < {1}",
    ops.LESS_EQUAL: "{0} <= {1}",
    ops.GREATER: "{0} > {1}",
    ops.GREATER_EQUAL: "{0} >= {1}",
    ops.LOGICAL_AND: "{0} & {1}",
    ops.LOGICAL_OR: "{0} | {1}",
    ops.LOGICAL_NOT: "not {0}",
    ops.BITWISE_AND: "{0} & {1}",
    ops.BITWISE_OR: "{0} | {1}",
    ops.BITWISE_XOR: "{0} ^ {1}",
    ops.INVERT: "not {0}",
    ops.ISFINITE: "np.isfinite({0})",
    ops.ISNAN: "np.isnan({0})",
    ops.ISINF: "np.isinf({0})",
    ops.FLOOR: "np.floor({0})",
    ops.CEIL: "np.ceil({0})",
    ops.ADD_AT: "{0} + ({1} if i8({2}) == i8(j) else {zero})",
    ops.SCATTER: "{0} if i8({1}) == i8(j) else {zero}",
    **{
        each: f"np.{each.name}({{0}})"
        for each in [
            ops.EXP2,
            ops.EXPM1,
            ops.LOG2,
            ops.LOG10,
            ops.LOG1P,
            ops.SIN,
            ops.COS,
            ops.TAN,
            ops.ARCSIN,
            ops.ARCCOS,
            ops.ARCTAN,
            ops.SINH,
            ops.COSH,
            ops.ARCSINH,
            ops.ARCCOSH,
            ops.ARCTANH,
            ops.CBRT,
        ]
    },
}

COMPARISONS = frozenset(
    [
        ops.EQUAL,
        ops.NOT_EQUAL,
        ops.LESS,
        ops.LESS_EQUAL,
        ops.GREATER,
        ops.GREATER_EQUAL,
        ops.ISFINITE,
        ops.ISNAN,
        ops.ISINF,
    ]
)
# Of bools; of whole numbers they have no compiled form.
LOGICAL = frozenset([ops.LOGICAL_AND, ops.LOGICAL_OR, ops.LOGICAL_NOT]) | {
    ops.BITWISE_AND,
    ops.BITWISE_OR,
    ops.BITWISE_XOR,
    ops.INVERT,
}
