"""Values per row as sums of fractions, to see which of them are always 0.

The derivative of softmax through its np.max is 0, because every term of it cancels.
To see that, a node with one value per row is written as a polynomial: a sum of terms,
each a number times powers of atoms. Atoms are nodes that are not taken apart.
"""

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from kobai.autodiff import operations as ops
from kobai.graph.node import Constant, Node, Operation, is_a

# (atom, power) pairs -> coefficient. Atoms are compared by identity.
Term = frozenset[tuple[Node, int]]
Polynomial = dict[Term, Fraction]

# A polynomial with more terms than this is not worth the search.
MOST_TERMS = 32

ONE: Term = frozenset()

_ARITHMETIC = (ops.ADD, ops.SUBTRACT, ops.MULTIPLY, ops.DIVIDE, ops.NEGATIVE)
_SAME_ENTRIES = (ops.RESHAPE, ops.BROADCAST_TO)


@dataclass
class Known:
    """The polynomials that were found before, and the names of unknown row sums."""

    polynomials: dict[Node, Polynomial | None] = field(default_factory=dict)
    row_sums: dict[Node, Node] = field(default_factory=dict)


def is_zero(node: Node, known: Known) -> bool:
    """Whether a node's terms cancel, so that it is 0 whatever the inputs are.

    `known` remembers the polynomials of the nodes that were asked about before.
    """
    done = known.polynomials
    stack = [node]
    while stack:
        here = stack[-1]
        missing = [n for n in _parts(here) if n not in done]
        if missing:
            stack.extend(missing)
        else:
            stack.pop()
            if here not in done:
                done[here] = _polynomial(here, known)
    polynomial = done[node]
    return polynomial is not None and not polynomial


def _parts(node: Node) -> tuple[Node, ...]:
    """Return the operands of a node that is taken apart; an atom has none."""
    if not isinstance(node, Operation):
        return ()
    if node.dtype.kind != "f":
        # Whole numbers wrap round, which fractions do not.
        return ()
    if node.primitive in _ARITHMETIC:
        # (n, 1) - (n,) is of shape (n, n): its entries are not those of a row.
        fits = all(n.ndim == node.ndim or n.ndim == 0 for n in node.inputs)
        return node.inputs if fits else ()
    if node.primitive in _SAME_ENTRIES:
        return node.inputs if _keeps_rows(node) else ()
    if node.primitive is ops.SCATTER:
        return node.inputs[:1] if picks_rows(node) else ()
    is_row_sum = node.primitive is ops.SUM and node.attributes["axis"] == (1,)
    return node.inputs if is_row_sum and node.inputs[0].ndim == 2 else ()


def _polynomial(node: Node, known: Known) -> Polynomial | None:
    """Return a node as a polynomial, or None where it has too many terms.

    Reshaping does not change which row an entry belongs to as long as rows stay rows,
    so shapes (n, 1) and (n,) and their broadcasts have the same atoms.
    """
    if isinstance(node, Constant):
        return _constant(node)
    parts = [known.polynomials[n] for n in _parts(node)]
    if not parts or not isinstance(node, Operation) or node.primitive is ops.SCATTER:
        return _atom(node)
    primitive = node.primitive
    if primitive is ops.NEGATIVE:
        return _scaled(parts[0], Fraction(-1))
    if primitive in (ops.ADD, ops.SUBTRACT):
        sign = Fraction(1 if primitive is ops.ADD else -1)
        return _sum(parts[0], _scaled(parts[1], sign))
    if primitive is ops.MULTIPLY:
        # 0 · x is 0 only where x is finite.
        return _product(*parts) if all(parts) else _atom(node)
    if primitive is ops.DIVIDE:
        top, bottom = parts
        if not _is_positive(node.inputs[1]):
            # x / x is 1 only where x is not 0.
            return _atom(node)
        inverse = _inverse(bottom) or {frozenset({(node.inputs[1], -1)}): Fraction(1)}
        return _product(top, inverse)
    if primitive is ops.SUM:
        return _row_sum(node, known)
    return parts[0]


def _is_positive(node: Node) -> bool:
    """Whether a node is above 0 for certain: made of exponentials and of numbers."""
    if isinstance(node, Constant):
        return bool(np.all(np.asarray(node.value) > 0))
    if not isinstance(node, Operation):
        return False
    if node.primitive is ops.EXP:
        return True
    passes = (ops.SUM, ops.ADD, ops.MULTIPLY, ops.DIVIDE, *_SAME_ENTRIES)
    return node.primitive in passes and all(map(_is_positive, node.inputs))


def _constant(node: Constant) -> Polynomial | None:
    values = np.asarray(node.value)
    if values.size == 0 or values.dtype.kind not in "fiu":
        return _atom(node)
    first = values.flat[0]
    if not (np.all(values == first) and np.isfinite(first)):
        return _atom(node)
    return _clean({ONE: Fraction(float(first))})


def _keeps_rows(node: Operation) -> bool:
    (x,) = node.inputs
    rows = node.shape[:1]
    if node.primitive is ops.BROADCAST_TO:
        return x.ndim in (0, node.ndim)
    return bool(rows) and x.shape[:1] == rows and x.size == node.size == rows[0]


def _row_sum(node: Operation, known: Known) -> Polynomial | None:
    """Write Σ over a row: what is the same in the whole row is a factor of it."""
    x = node.inputs[0]
    inner = known.polynomials[x]
    if inner is None:
        return None
    total: Polynomial = {}
    for term, number in inner.items():
        wide = frozenset((n, p) for n, p in term if not _is_per_row(n, x.shape[0]))
        outside = term - wide
        summed = _known_sum(wide, node, known)
        if summed is None:
            return _atom(node)
        factor = _scaled({outside: Fraction(1)}, number)
        added = _sum(total, _product(factor, summed))
        if added is None:
            return None
        total = added
    return total


def _known_sum(wide: Term, node: Operation, known: Known) -> Polynomial | None:
    """Return Σ over a row of a product of atoms, where its node is known."""
    if len(wide) != 1:
        return None
    ((atom, power),) = wide
    if power != 1 or atom.shape != node.inputs[0].shape:
        return None
    if is_a(atom, ops.SCATTER):
        # One entry in each row: the row's sum is that entry.
        return known.polynomials[atom.inputs[0]] if picks_rows(atom) else None
    return {frozenset({(_row_sum_of(atom, known), 1)}): Fraction(1)}


def _row_sum_of(atom: Node, known: Known) -> Node:
    """Return the node that stands for Σ over a row of an atom, one for each atom."""
    named = known.row_sums.get(atom)
    if named is None:
        named = known.row_sums[atom] = Node((atom.shape[0],), atom.dtype, False)
    return named


def picks_rows(node: Operation) -> bool:
    """Whether an operation reads or writes one entry of each row, by label."""
    if node.attributes["pattern"] != (ops.ARRAY, ops.ARRAY):
        return False
    rows = node.inputs[1]
    width = node.attributes.get("shape", node.inputs[0].shape)
    if not isinstance(rows, Constant) or len(width) != 2:
        return False
    return np.array_equal(np.asarray(rows.value), np.arange(width[0]))


def _is_per_row(node: Node, rows: int) -> bool:
    return node.size == 1 or (node.shape[:1] == (rows,) and node.size == rows)


def _atom(node: Node) -> Polynomial:
    return {frozenset({(node, 1)}): Fraction(1)}


def _clean(polynomial: Polynomial) -> Polynomial | None:
    kept = {term: number for term, number in polynomial.items() if number}
    return kept if len(kept) <= MOST_TERMS else None


def _scaled(p: Polynomial | None, number: Fraction) -> Polynomial | None:
    return None if p is None else _clean({t: c * number for t, c in p.items()})


def _sum(p: Polynomial | None, q: Polynomial | None) -> Polynomial | None:
    if p is None or q is None:
        return None
    total = dict(p)
    for term, number in q.items():
        total[term] = total.get(term, Fraction(0)) + number
    return _clean(total)


def _product(p: Polynomial | None, q: Polynomial | None) -> Polynomial | None:
    if p is None or q is None:
        return None
    total: Polynomial = {}
    for a, x in p.items():
        for b, y in q.items():
            powers = dict(a)
            for atom, power in b:
                powers[atom] = powers.get(atom, 0) + power
            term = frozenset((n, k) for n, k in powers.items() if k)
            total[term] = total.get(term, Fraction(0)) + x * y
    return _clean(total)


def _inverse(p: Polynomial | None) -> Polynomial | None:
    if p is None or len(p) != 1:
        return None
    ((term, number),) = p.items()
    if not number:
        return None
    return {frozenset((n, -k) for n, k in term): 1 / number}
