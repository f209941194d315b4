"""The interpreter, every primitive of the graph, and the compiled twin of each."""

import numpy as np
import pytest

from kobai.autodiff import operations as ops
from kobai.autodiff.numpy_functions import FIXED_SHAPE
from kobai.autodiff.rules import ELEMENTWISE
from kobai.engines.numpy_engine.program import compile_numpy
from kobai.engines.reference import interpret
from kobai.graph import Builder, Graph, trace, verify
from kobai.graph.tracing import ARG_EXTREMA

ROWS, LABELS = np.arange(3), np.array([2, 0, 3])
X = np.linspace(-2, 3, 12).reshape(3, 4)
Y = np.cos(np.arange(12.0)).reshape(3, 4)
PICK = (ops.ARRAY, ops.ARRAY)
AXIS = {"axis": (1,), "keepdims": True}

# primitive -> (operands, attributes) of calls that use all it can do.
CASES = {
    ops.SUM: [((X,), AXIS), ((X,), {"axis": (0,), "keepdims": False})],
    ops.MAX: [((X,), AXIS), ((X,), {"axis": (0, 1), "keepdims": False})],
    ops.MIN: [((X,), AXIS), ((X,), {"axis": (0,), "keepdims": False})],
    ops.PROD: [((X,), {"axis": 1, "keepdims": False})],
    ops.CUMSUM: [((X,), {"axis": 0})],
    ops.MATMUL: [
        ((X, Y.T.copy()), {}),
        ((X, np.ones(4)), {}),
        ((np.ones(3), X), {}),
        ((np.ones(4), np.ones(4)), {}),
        ((np.ones((2, 3, 4)), np.ones((4, 2))), {}),
    ],
    ops.EINSUM: [((X, Y), {"subscripts": "ij,kj->ik"}), ((X,), {"subscripts": "ij->"})],
    ops.TRANSPOSE: [((np.ones((2, 3, 4)),), {"axes": (2, 0, 1)})],
    ops.RESHAPE: [((X,), {"shape": (2, 6)})],
    ops.BROADCAST_TO: [((X,), {"shape": (2, 3, 4)})],
    ops.CONCATENATE: [((X, Y), {"axis": 1})],
    ops.ITEM: [((X[0, 1],), {})],
    ops.ASTYPE: [((X,), {"dtype": np.dtype(np.float32)})],
    ops.ASTYPE_CONSTANT: [((X,), {"dtype": np.dtype(np.int32)})],
    ops.SIGMOID: [((X,), {}), ((1000 * X,), {})],
    ops.WHERE: [((X > 0, X, Y), {}), ((X > 0, X, np.zeros(())), {})],
    ops.GETITEM: [
        ((X, ROWS, LABELS), {"pattern": PICK}),
        ((X, LABELS - 1), {"pattern": (ops.ARRAY,)}),
        ((X,), {"pattern": (slice(None, None, -1), 1)}),
        ((X,), {"pattern": (np.int64(1), Ellipsis, None)}),
    ],
    ops.SCATTER: [
        ((np.ones(3), ROWS, LABELS), {"pattern": PICK, "shape": (3, 4)}),
        (
            (np.ones(3), np.array([1, 1, -2]), np.array([1, 1, 1])),
            {"pattern": PICK, "shape": (3, 4)},
        ),
    ],
    ops.SETITEM: [
        ((X, np.ones(4)), {"pattern": (1,)}),
        ((X, np.zeros(()), ROWS, LABELS), {"pattern": PICK}),
    ],
    ops.ADD_AT: [
        ((X, np.ones(3), ROWS, LABELS), {"pattern": PICK}),
        ((X, np.ones(2), np.array([1, -2])), {"pattern": (ops.ARRAY, 0)}),
    ],
    ARG_EXTREMA[np.argmax]: [((X,), {"axis": 1}), ((X[0],), {"axis": 0})],
    ARG_EXTREMA[np.argmin]: [((X,), {"axis": 0})],
    FIXED_SHAPE[np.argsort]: [((X,), {"axis": 0, "kind": "stable"}), ((X,), {})],
    FIXED_SHAPE[np.argpartition]: [((X,), {"kth": 1})],
    FIXED_SHAPE[np.nanargmax]: [((X,), {"axis": 1}), ((X,), {})],
    FIXED_SHAPE[np.nanargmin]: [((X,), {"axis": 0})],
    FIXED_SHAPE[np.searchsorted]: [((np.sort(X[0]), Y), {"side": "right"})],
    FIXED_SHAPE[np.digitize]: [((X, np.sort(Y[0])), {})],
    FIXED_SHAPE[np.isin]: [((LABELS, ROWS), {"invert": True})],
    FIXED_SHAPE[np.round]: [((X,), {"decimals": 1})],
    FIXED_SHAPE[np.around]: [((X,), {})],
    ops.UNWRAP: [((9 * X,), {"axis": 0})],
}


OF_WHOLE = {np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert}
OF_WHOLE |= {np.left_shift, np.right_shift}


def arguments_of(function):
    """Return operands in the middle of a ufunc's domain, broadcasting where it can."""
    if function in OF_WHOLE:
        whole = np.arange(12).reshape(3, 4)
        return [(whole, whole[0])[: function.nin]]
    inside = {"arccosh": X * X + 1.5, "power": X * X + 0.5}
    a = inside.get(function.__name__, 0.3 * X if "arc" in function.__name__ else X)
    if function in (np.log, np.log2, np.log10, np.log1p, np.sqrt):
        a = X * X + 0.5
    one = [(a, Y[0] + 2)[: function.nin]]
    return one if function.nin == 1 else [*one, (a, np.float64(1.5)), (a, 2.0)]


PRIMITIVES = [
    *(
        pytest.param(p, given, {}, id=f"{p.name}-{i}")
        for f, p in ELEMENTWISE.items()
        for i, given in enumerate(arguments_of(f))
    ),
    *(
        pytest.param(p, given, attributes, id=f"{p.name}-{i}")
        for p, calls in CASES.items()
        for i, (given, attributes) in enumerate(calls)
    ),
]


def cast(value, dtype):
    is_float = isinstance(value, np.ndarray | np.generic) and value.dtype.kind == "f"
    return value.astype(dtype) if is_float else value


def test_no_primitive_is_left_out():
    found = {v for v in vars(ops).values() if isinstance(v, type(ops.SUM))}
    assert found <= {*CASES, *ELEMENTWISE.values()}


def test_every_elementwise_primitive_is_a_constant_of_operations():
    for function, primitive in ELEMENTWISE.items():
        assert getattr(ops, function.__name__.upper()) is primitive


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("primitive", "given", "attributes"), PRIMITIVES)
def test_a_primitive_alone(primitive, given, attributes, dtype):
    given = [cast(v, dtype) for v in given]
    builder = Builder()
    # Index arrays that are known (the rows), are constants, as they are in a trace.
    nodes = [
        builder.constant(v) if v is ROWS else builder.input(f"x{i}", v)
        for i, v in enumerate(given)
    ]
    values = [v for v in given if v is not ROWS]
    inputs = tuple(n for n, v in zip(nodes, given, strict=True) if v is not ROWS)
    node = builder.operation(primitive, *nodes, **attributes)
    graph = Graph(inputs, (node,), {}, (), ())
    verify(graph)
    expected = primitive.evaluate(*given, **attributes)
    ((found,), _) = interpret(graph)(*values)
    np.testing.assert_array_equal(found, expected)
    assert node.shape == np.shape(expected)
    assert node.dtype == np.asarray(expected).dtype
    is_valid = all(np.min(v) >= 0 for v in given[1:] if np.ndim(v))
    for valid in ((), inputs if is_valid else ()):
        run = compile_numpy(graph, valid_indices=valid)
        for _ in range(2):
            (compiled,) = run(*values)
            # The engine sums with BLAS and rewrites: a few ulp of the largest entry.
            scale = 8 * np.finfo(dtype).eps * max(1, np.max(np.abs(expected)))
            np.testing.assert_allclose(compiled, expected, rtol=0, atol=scale)
            assert np.asarray(compiled).dtype == np.asarray(expected).dtype


def test_interpreting_changes_no_argument():
    def f(w, g):
        w -= g
        return w * 2

    w, g = np.ones(3), np.arange(3.0)
    outputs, updates = interpret(trace(f, w, g))(w, g)
    np.testing.assert_array_equal(w, 1)
    np.testing.assert_array_equal(updates[0], [1, 0, -1])
    np.testing.assert_array_equal(outputs[0], [2, 0, -2])


def test_numbers_of_python_leave_the_type_alone():
    def f(x, rate):
        return x * (rate * 2 + 1)

    x = np.ones(2, np.float32)
    graph = trace(f, x, 0.5)
    ((found,), _) = interpret(graph)(x, 0.5)
    assert found.dtype == np.float32
    assert compile_numpy(graph)(x, 0.5)[0].dtype == np.float32
    np.testing.assert_array_equal(found, 2)
