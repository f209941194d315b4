"""The lines of NumPy for each kind of operation."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.numpy_functions import FIXED_SHAPE
from kobai.autodiff.primitive import Primitive
from kobai.engines.numpy_engine.operands import Operands, as_vectors, full_bound
from kobai.engines.numpy_engine.plan import is_masked
from kobai.engines.numpy_engine.reductions import emit_sum, extremum, reduction
from kobai.graph import Constant, Node, Operation
from kobai.graph.graph import index_part
from kobai.graph.python_numbers import OPERATORS

if TYPE_CHECKING:
    from kobai.engines.numpy_engine.source import Writer

# (writer, node, operands, the name of the result) -> lines
Emitter = Callable[["Writer", Operation, Operands, str], list[str]]

_INPLACE = {
    ops.ADD: "+=",
    ops.SUBTRACT: "-=",
    ops.MULTIPLY: "*=",
    ops.DIVIDE: "/=",
}
_WITHOUT_OUT = {*FIXED_SHAPE.values(), ops.UNWRAP}
_COMMUTES = (ops.ADD, ops.MULTIPLY)


def emit(w: "Writer", node: Operation, out: str) -> list[str]:
    """Return the lines that compute an operation into an array."""
    operands = Operands(lambda at: _operand(w, node, at), len(node.inputs))
    if node.primitive in EMITTERS:
        return EMITTERS[node.primitive](w, node, operands, out)
    if node.primitive.elementwise:
        return _emit_ufunc(w, node, operands, out)
    call = f"{w.function(node.primitive)}({_arguments(node, operands)}"
    if node.primitive in _WITHOUT_OUT or node.primitive.type_of is not None:
        return [f"{out}[...] = {call})"]
    return [f"{call}, out={out})"]


def emit_number(w: "Writer", node: Operation) -> str:
    """Return the expression of an operation whose result is one number."""
    primitive = node.primitive
    if primitive in _INPLACE and not node.weak:
        # The operators are quicker for single numbers than the functions.
        left, right = (_number(w, n, node) for n in node.inputs)
        return f"{left} {_INPLACE[primitive][0]} {right}"
    a = [w.expression(n) for n in node.inputs]
    if node.weak:
        return OPERATORS[primitive][0].format(*a)
    if primitive is ops.EINSUM:
        call = f"np.einsum({node.attributes['subscripts']!r}, {', '.join(a)})"
    elif primitive is ops.GETITEM:
        call = f"{a[0]}[{index_text(node.attributes['pattern'], a[1:])}]"
    elif primitive in ops.CASTS:
        call = f"np.{np.dtype(node.dtype).type.__name__}({a[0]})"
    elif primitive is ops.SUM and len(node.attributes["axis"]) == node.inputs[0].ndim:
        call = _whole_sum(w, node, a[0])
    else:
        call = f"{w.function(primitive)}({_arguments(node, a)})"
    return call


def _number(w: "Writer", given: Node, node: Operation) -> str:
    """Return an operand; a constant that does not decide on the type as it is."""
    if isinstance(given, Constant) and not given.weak:
        others = [n for n in node.inputs if n is not given and not n.weak]
        value = np.asarray(given.value).item()
        if np.isfinite(value) and [n.dtype for n in others] == [node.dtype]:
            return repr(value)
    return w.expression(given)


# As many numbers BLAS adds without a loss of precision.
_FEW = 4096


def _whole_sum(w: "Writer", node: Operation, x: str) -> str:
    (given,) = node.inputs
    is_small = 0 < given.size <= _FEW and given.dtype == node.dtype
    if is_small and given.dtype.kind == "f" and x in w.scope:
        flat = x if given.ndim == 1 else w.scope.alias(x, "flat", ".reshape(-1)")
        ones = w.scope.constant(np.ones(given.size, given.dtype), "ones")
        return f"{ones}.dot({flat})"
    # The method takes half the time that the function does.
    return f"{x}.sum()" if given.ndim else f"np.sum({x})"


def _arguments(node: Operation, a: Iterable[str]) -> str:
    return ", ".join([*a, *(f"{k}={v!r}" for k, v in node.attributes.items())])


def _operand(w: "Writer", node: Operation, position: int) -> str:
    """Return an operand; a number is an array where the others say of what type."""
    given = node.inputs[position]
    if bound := full_bound(w, node, position):
        return bound
    if not (isinstance(given, Constant) and node.primitive.elementwise):
        return w.expression(given)
    strong = {n.dtype for n in node.inputs if not n.weak and n.dtype.kind == "f"}
    is_real = not isinstance(given.value, complex)
    if given.weak and is_real and len(strong) == 1 and node.primitive is not ops.WHERE:
        return w.scope.number(given.value, strong.pop())
    return w.expression(given)


def _emit_ufunc(
    w: "Writer", node: Operation, operands: Operands, out: str
) -> list[str]:
    *a, out = as_vectors(w, node, [*operands, out])
    sign = _INPLACE.get(node.primitive)
    if sign and out == a[0]:
        w.rebound.add(out)
        return [f"{out} {sign} {a[1]}"]
    if sign and out == a[1] and node.primitive in _COMMUTES:
        w.rebound.add(out)
        return [f"{out} {sign} {a[0]}"]
    return [f"{w.function(node.primitive)}({', '.join(a)}, out={out})"]


def _emit_matmul(w: "Writer", node: Operation, a: Operands, out: str) -> list[str]:
    x, y = node.inputs
    is_plain = x.ndim == y.ndim == 2 and x.dtype == y.dtype == node.dtype
    # The method is quicker to call than np.matmul.
    if is_plain and node.dtype.kind == "f" and w.is_own(node):
        return [f"{a[0]}.dot({a[1]}, out={out})"]
    return [f"np.matmul({a[0]}, {a[1]}, out={out})"]


def _emit_where(w: "Writer", node: Operation, a: Operands, out: str) -> list[str]:
    condition = a[0] if node.inputs[0].dtype.kind == "b" else f"({a[0]} != 0)"
    yes = _branch(node.inputs[1], a[1], node.dtype)
    if is_masked(node) and w.is_own(node) and yes.isidentifier():
        # Bits times 0 are 0 whatever the number, inf and nan too.
        integer = f"np.int{8 * node.dtype.itemsize}"
        bits = w.scope.alias(out, "bits", f".view({integer})")
        if yes == out:
            w.rebound.add(bits)
            return [f"{bits} *= {condition}"]
        given = f"{yes}.view({integer})"
        if yes in w.scope:
            given = w.scope.alias(yes, "bits", f".view({integer})")
        return [f"np.multiply({given}, {condition}, out={bits})"]
    no = _branch(node.inputs[2], a[2], node.dtype)
    if out == yes:
        # Filled with the other branch first, it would be lost.
        return [f"np.copyto({out}, {no}, where=np.logical_not({condition}))"]
    if a[0] == out:
        return [f"np.copyto({out}, np.where({condition}, {yes}, {no}))"]
    lines = [] if out == no else [f"np.copyto({out}, {no})"]
    return [*lines, f"np.copyto({out}, {yes}, where={condition})"]


def _branch(given: Node, text: str, dtype: np.dtype[Any]) -> str:
    """Return a branch of np.where, which lets whole numbers wrap round."""
    if not given.weak or dtype.kind not in "iu":
        return text
    return f"np.asarray({text}).astype(np.{dtype.type.__name__})"


def _emit_astype(w: "Writer", node: Operation, a: Operands, out: str) -> list[str]:
    return [f'np.copyto({out}, {a[0]}, casting="unsafe")']


# --- indices


def _index_tuple(node: Operation, arrays: list[str]) -> str:
    """Return an index as it stands among the arguments of a function."""
    given = iter(arrays)
    parts = (
        next(given) if p is ops.ARRAY else repr(p) for p in node.attributes["pattern"]
    )
    return f"({', '.join(parts)},)"


def index_text(pattern: tuple[Any, ...], arrays: list[str]) -> str:
    """Return an index as it stands between brackets."""
    given = iter(arrays)
    parts = [next(given) if p is ops.ARRAY else index_part(p) for p in pattern]
    return ", ".join(parts) or "()"


def _places(
    w: "Writer", node: Operation, shape: tuple[int, ...], first: int
) -> tuple[str, list[str]]:
    """Return where one entry per row lies in the flat array, and the line for it.

    The name is "" where that is not what the operation's index means.
    """
    if node.attributes["pattern"] != (ops.ARRAY, ops.ARRAY) or not w.is_own(node):
        return "", []
    rows, labels = node.inputs[first:]
    if labels not in w.valid_indices:
        return "", []
    if not isinstance(rows, Constant) or len(shape) != 2 or labels.shape != rows.shape:
        return "", []
    if rows.ndim != 1 or labels.dtype.name == "uint64":
        return "", []
    offsets = np.asarray(rows.value, np.int64) * shape[1]
    key = (labels, tuple(shape))
    if key in w.places:
        return w.places[key], []
    name = w.scope.allocate("places", labels.shape, np.dtype(np.int64))
    w.places[key] = name
    start = w.scope.constant(offsets, "row_starts")
    return name, [f"np.add({w.expression(labels)}, {start}, out={name})"]


def _emit_getitem(w: "Writer", node: Operation, a: Operands, out: str) -> list[str]:
    places, lines = _places(w, node, node.inputs[0].shape, 1)
    if places:
        return [*lines, f'{a[0]}.take({places}, out={out}, mode="clip")']
    if spread := _spread(w, node, a, out):
        return [spread]
    x, *arrays = a
    index = index_text(node.attributes["pattern"], arrays)
    return [f"{out}[...] = {x}[{index}]"]


def _spread(w: "Writer", node: Operation, a: Operands, out: str) -> str:
    """Return the line for neighbouring columns, each taken as often as the others.

    NumPy takes a quarter of the time for such a copy. "" is for other indices.
    """
    if node.attributes["pattern"] != (slice(None), ops.ARRAY) or not w.is_own(node):
        return ""
    x, chosen = node.inputs
    if x.ndim != 2 or node.ndim != 2 or not isinstance(chosen, Constant):
        return ""
    columns = np.asarray(chosen.value)
    if columns.dtype.kind not in "iu" or not columns.size:
        return ""
    first, last = columns[0].item(), columns[-1].item()
    number = last - first + 1
    if first < 0 or number < 1:
        return ""
    times = columns.size // number
    if not np.array_equal(np.repeat(np.arange(first, last + 1), times), columns):
        return ""
    shape = f"{x.shape[0]}, {number}, {times}"
    parts = w.scope.alias(out, "parts", f".reshape({shape})")
    return f"{parts}[...] = {a[0]}[:, {first}:{last + 1}, np.newaxis]"


def _emit_scatter(w: "Writer", node: Operation, a: Operands, out: str) -> list[str]:
    v, *arrays = a
    index = index_text(node.attributes["pattern"], arrays)
    if _names_each_once(node.inputs[1:]):
        return [f"{out}.fill(0)", f"{out}[{index}] = {v}"]
    return [f"{out}.fill(0)", f"np.add.at({out}, {_index_tuple(node, arrays)}, {v})"]


def _emit_setitem(w: "Writer", node: Operation, a: Operands, out: str) -> list[str]:
    x, v, *arrays = a
    index = index_text(node.attributes["pattern"], arrays)
    lines = [] if out == x else [f"np.copyto({out}, {x})"]
    return [*lines, f"{out}[{index}] = {v}"]


def _emit_add_at(w: "Writer", node: Operation, a: Operands, out: str) -> list[str]:
    lines = [] if out == a[0] else [f"np.copyto({out}, {a[0]})"]
    is_once = _names_each_once(node.inputs[2:])
    places, more = _places(w, node, node.shape, 2) if is_once else ("", [])
    if not places:
        _, v, *arrays = a
        if not is_once:
            return [*lines, f"np.add.at({out}, {_index_tuple(node, arrays)}, {v})"]
        index = index_text(node.attributes["pattern"], arrays)
        return [*lines, f"{out}[{index}] += {v}"]
    picked = w.scope.allocate("picked", node.inputs[2].shape, node.dtype)
    flat = w.scope.alias(out, "flat", ".reshape(-1)")
    w.rebound.add(picked)
    return [
        *lines,
        *more,
        f'{flat}.take({places}, out={picked}, mode="clip")',
        f"{picked} += {a[1]}",
        f"{flat}[{places}] = {picked}",
    ]


def _names_each_once(arrays: tuple[Node, ...]) -> bool:
    """Whether an index certainly names no entry twice."""
    integers = [n for n in arrays if n.dtype.kind in "iu"]
    if not integers:
        return True
    known = (np.asarray(n.value) for n in integers if isinstance(n, Constant))
    full = np.broadcast_shapes(*(n.shape for n in integers))
    # Negative numbers may name the same entry as positive ones.
    return any(
        v.shape == full and v.size and v.min() >= 0 and np.unique(v).size == v.size
        for v in known
    )


def _emit_concatenate(w: "Writer", node: Operation, a: Operands, out: str) -> list[str]:
    axis = node.attributes["axis"]
    return [f"np.concatenate(({', '.join(a)},), axis={axis}, out={out})"]


def _emit_einsum(w: "Writer", node: Operation, a: Operands, out: str) -> list[str]:
    return [f"np.einsum({node.attributes['subscripts']!r}, {', '.join(a)}, out={out})"]


EMITTERS: dict[Primitive, Emitter] = {
    ops.MATMUL: _emit_matmul,
    ops.SUM: emit_sum,
    ops.MAX: extremum("maximum"),
    ops.MIN: extremum("minimum"),
    ops.PROD: reduction("multiply"),
    ops.WHERE: _emit_where,
    ops.ASTYPE: _emit_astype,
    ops.ASTYPE_CONSTANT: _emit_astype,
    ops.GETITEM: _emit_getitem,
    ops.SCATTER: _emit_scatter,
    ops.SETITEM: _emit_setitem,
    ops.CONCATENATE: _emit_concatenate,
    ops.EINSUM: _emit_einsum,
    ops.ADD_AT: _emit_add_at,
}
