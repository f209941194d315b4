"""np.linalg: values, derivatives and second derivatives, one by one and compiled."""

import dataclasses

import numpy as np
import pytest

from kobai import compile, gradient
from kobai.autodiff import check_gradient
from kobai.autodiff.numpy_functions import FUNCTIONS, load_all
from kobai.autodiff.numpy_functions.algebra import primitives as la
from kobai.autodiff.primitive import Primitive
from kobai.engines.numba_engine.lower import lower
from kobai.errors import GradientError, NotCompilable
from kobai.graph import trace

torch = pytest.importorskip("torch", reason="needs PyTorch")

load_all()

L = np.linalg
RNG = np.random.default_rng(7)
A, STACK = RNG.normal(size=(3, 3)), RNG.normal(size=(2, 3, 3))
TALL, WIDE, SEVERAL = (RNG.normal(size=s) for s in ((4, 3), (3, 4), (2, 4, 3)))
B, V = RNG.normal(size=(3, 2)), RNG.normal(size=3)


def positive(x):
    """Symmetric matrices whose eigenvalues are at least 1, computed from any."""
    return x @ np.swapaxes(x, -1, -2) + np.eye(x.shape[-1])


def squares(parts):
    """Entries that do not depend on the signs that a factorisation chose."""
    return np.concatenate([np.ravel(part**2) for part in parts])


# np.linalg's function -> [(a use of it, at what), …]
EXAMPLES = {
    L.inv: [(L.inv, A), (L.inv, STACK)],
    L.solve: [
        (lambda x: L.solve(x, V), A),
        (lambda x: L.solve(A, x), V),
        (lambda x: L.solve(x, V), STACK),
        (lambda x: L.solve(STACK, x), B),
        (lambda x: L.solve(x, B), STACK),
        (lambda x: L.solve(x, x.T @ B), A),
        (lambda x: L.solve(x, [1, 2, 3]), A),
    ],
    L.pinv: [(L.pinv, TALL), (L.pinv, WIDE), (L.pinv, SEVERAL)],
    L.matrix_power: [
        (lambda x: L.matrix_power(x, 5), A),
        (lambda x: L.matrix_power(x, -2), STACK),
        (lambda x: L.matrix_power(x, 0), A),
    ],
    L.multi_dot: [(lambda x: L.multi_dot([x, TALL, V]), WIDE)],
    L.det: [(L.det, A), (L.det, STACK)],
    L.slogdet: [
        (lambda x: L.slogdet(x)[1], STACK),
        (lambda x: L.slogdet(x).sign * L.slogdet(x).logabsdet, A),
    ],
    L.cholesky: [
        (lambda x: L.cholesky(positive(x)), STACK),
        (L.cholesky, positive(A)),
        (lambda x: L.cholesky(x, upper=True), positive(A)),
    ],
    L.eigvalsh: [(L.eigvalsh, positive(STACK)), (lambda x: L.eigvalsh(x, "U"), A)],
    L.eigh: [
        (lambda x: squares(L.eigh(x)), positive(STACK)),
        (lambda x: L.eigh(x, "U").eigenvectors ** 2, A),
        (lambda x: L.eigh(x)[0], A),
    ],
    L.svd: [
        (lambda x: L.svd(x, compute_uv=False), SEVERAL),
        (lambda x: squares(L.svd(x, full_matrices=False)), TALL),
        (lambda x: squares(L.svd(x, full_matrices=False)), WIDE),
        (lambda x: squares(L.svd(x)), STACK),
    ],
    L.svdvals: [(L.svdvals, SEVERAL)],
    L.qr: [
        (lambda x: np.concatenate([np.ravel(part) for part in L.qr(x)]), SEVERAL),
        (lambda x: L.qr(x, mode="r"), TALL),
        (lambda x: L.qr(x).Q, A),
    ],
    L.norm: [
        *((lambda x, o=o: L.norm(x, o), V) for o in (None, 1, 2, 3, 0.5, -1, 0)),
        *((lambda x, o=o: L.norm(x, o), V) for o in (np.inf, -np.inf)),
        *((lambda x, o=o: L.norm(x, o, axis=1), SEVERAL) for o in (None, 1, 3, np.inf)),
        *((lambda x, o=o: L.norm(x, o), TALL) for o in (None, 1, -1, 2, -2)),
        *((lambda x, o=o: L.norm(x, o), TALL) for o in (np.inf, -np.inf, "fro", "nuc")),
        *(
            (lambda x, o=o: L.norm(x, o, axis=(2, 0), keepdims=True), SEVERAL)
            for o in (None, 1, -2, np.inf, "fro", "nuc")
        ),
        (L.norm, SEVERAL),
    ],
    L.vector_norm: [(lambda x: L.vector_norm(x, axis=(0, 1), ord=3), SEVERAL)],
    L.matrix_norm: [
        (lambda x: L.matrix_norm(x, ord=1), SEVERAL),
        (lambda x: L.matrix_norm(x, keepdims=True), TALL),
    ],
    L.cond: [(L.cond, A), (lambda x: L.cond(x, 1), A), (lambda x: L.cond(x, -2), A)],
    L.matmul: [(lambda x: L.matmul(x, B), STACK)],
    L.outer: [(lambda x: L.outer(x, V), V)],
    L.tensordot: [(lambda x: L.tensordot(x, TALL, axes=2), TALL)],
    L.matrix_transpose: [(L.matrix_transpose, SEVERAL)],
    L.trace: [(L.trace, SEVERAL), (lambda x: L.trace(x, offset=-1), SEVERAL)],
    L.diagonal: [(lambda x: L.diagonal(x, offset=1), SEVERAL)],
    L.vecdot: [(lambda x: L.vecdot(x, V), SEVERAL)],
}
FLAT = {L.matrix_rank}
REFUSED = {L.lstsq, L.eig, L.eigvals}
ALL = [
    pytest.param(f, x, id=f"{function.__name__}{i}")
    for function, uses in EXAMPLES.items()
    for i, (f, x) in enumerate(uses)
]


def weighted(f, x):
    """Return a number that depends on all entries of f, each with another weight."""
    weights = np.random.default_rng(3).normal(size=np.shape(f(x)))
    return lambda x: np.sum(weights * f(x))


def test_every_function_has_an_example():
    there = {f for f in FUNCTIONS if f.__module__ == "numpy.linalg"}
    assert set(EXAMPLES) | FLAT | REFUSED == there


@pytest.mark.parametrize(("f", "x"), ALL)
def test_first_and_second_derivative(f, x, assert_derivatives):
    assert_derivatives(f, [x], second=True, atol=1e-6)


@pytest.mark.parametrize(("f", "x"), ALL)
def test_compiled_it_is_the_same(f, x):
    slope = gradient(weighted(f, x))
    curve = gradient(lambda x: np.sum(slope(x) * np.cos(x)))
    for g in (f, slope, curve):
        # The same LAPACK, in another order of sums.
        np.testing.assert_allclose(compile(g)(x), g(x), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("f", "x"), ALL)
def test_float32_stays_float32(f, x):
    seen = []

    def loss(x):
        seen.append(f(x))
        return np.sum(seen[0])

    assert gradient(loss, x.astype(np.float32)).dtype == np.float32
    assert seen[0].dtype == np.asarray(f(x.astype(np.float32))).dtype


PYTORCH = {
    "solve": (lambda x: L.solve(x, B), lambda x: torch.linalg.solve(x, to_torch(B))),
    "inv": (L.inv, torch.linalg.inv),
    "pinv": (L.pinv, torch.linalg.pinv),
    "det": (L.det, torch.linalg.det),
    "slogdet": (lambda x: L.slogdet(x)[1], lambda x: torch.linalg.slogdet(x)[1]),
    "cholesky": (
        lambda x: L.cholesky(x @ x.T),
        lambda x: torch.linalg.cholesky(x @ x.T),
    ),
    "eigh": (
        lambda x: L.eigh(x + x.T)[1] ** 2,
        lambda x: torch.linalg.eigh(x + x.T)[1] ** 2,
    ),
    "svd": (lambda x: L.svd(x)[0] ** 2, lambda x: torch.linalg.svd(x)[0] ** 2),
    "qr": (lambda x: L.qr(x)[0] ** 2, lambda x: torch.linalg.qr(x)[0] ** 2),
    "nuc": (lambda x: L.norm(x, "nuc"), lambda x: torch.linalg.norm(x, "nuc")),
    "2": (lambda x: L.norm(x, 2), lambda x: torch.linalg.norm(x, 2)),
}


def to_torch(x):
    return torch.tensor(x, dtype=torch.float64)


@pytest.mark.parametrize("name", PYTORCH)
def test_pytorch_gives_the_same(name):
    ours, theirs = PYTORCH[name]
    weights = np.random.default_rng(1).normal(size=np.shape(ours(A)))
    x = to_torch(A).requires_grad_()
    torch.sum(to_torch(weights) * theirs(x)).backward()
    found = gradient(lambda x: np.sum(weights * ours(x)), A)
    # Two ways to compute the same in float64; A is well conditioned.
    np.testing.assert_allclose(found, x.grad.numpy(), rtol=1e-9, atol=1e-11)


def test_the_determinant_of_a_singular_matrix_has_a_slope(central_difference):
    for x in (np.outer(V, V), np.zeros((2, 2)), np.diag([0.0, 2.0, 3.0])):
        expected = central_difference(L.det, x)
        np.testing.assert_allclose(gradient(L.det, x), expected, atol=1e-8)
        np.testing.assert_allclose(compile(gradient(L.det))(x), expected, atol=1e-8)


def test_equal_eigenvalues_do_no_harm_where_nobody_asks_which_vector_is_whose():
    x = np.eye(3) * 2

    def root_of_trace(x):
        w, _ = L.eigh(x)
        return np.sum(np.sqrt(w))

    expected = np.eye(3) / (2 * np.sqrt(2))
    np.testing.assert_allclose(gradient(root_of_trace, x), expected, rtol=1e-15)
    np.testing.assert_allclose(gradient(lambda x: np.sum(L.eigvalsh(x)), x), np.eye(3))


def test_the_rank_is_a_number_that_does_not_change_with_x():
    f = lambda x: L.matrix_rank(x) * np.sum(x)
    np.testing.assert_array_equal(gradient(f, A), np.full((3, 3), 3.0))


def test_a_singular_matrix_is_refused_by_numpy_itself():
    singular = np.ones((2, 2))
    for f in (L.inv, lambda x: L.solve(x, np.ones(2))):
        for derive in (gradient(lambda x, f=f: np.sum(f(x))), compile(f)):
            with pytest.raises(L.LinAlgError, match="Singular"):
                derive(singular)


@pytest.mark.parametrize(
    ("f", "x", "words"),
    [
        (lambda x: L.lstsq(x, V), A, "np.linalg.pinv"),
        (lambda x: L.eig(x)[0], A, "np.linalg.eigh"),
        (lambda x: L.eigvals(x), A, "np.linalg.eigh"),
        (lambda x: L.svd(x)[1], TALL, "full_matrices=False"),
        (lambda x: L.qr(x)[0], WIDE, "rows"),
        (lambda x: L.qr(x, mode="complete")[0], TALL, "reduced"),
        (lambda x: L.pinv(x, rcond=0.1), A, "rank"),
        (lambda x: L.det(x * 1j).real, A, "complex"),
        (lambda x: L.tensorsolve(x, V), A, "no derivative rule"),
    ],
)
def test_what_is_refused_says_what_to_write(f, x, words):
    for derive in (gradient(lambda x: np.sum(f(x))), compile(f)):
        with pytest.raises(GradientError, match=words):
            derive(x)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (L.inv, TALL),
        (L.det, V),
        (L.cholesky, WIDE),
        (lambda x: L.solve(x, TALL), A),
        (lambda x: L.norm(x, "fro"), V),
        (lambda x: L.norm(x, 3), A),
        (lambda x: L.norm(x, 1), SEVERAL),
        (lambda x: L.eigh(x, "X")[0], A),
    ],
)
def test_what_numpy_refuses_is_refused_in_the_same_way(f, x):
    with pytest.raises((ValueError, L.LinAlgError)):
        f(x)
    for derive in (gradient(lambda x: np.sum(f(x))), compile(f)):
        with pytest.raises((ValueError, L.LinAlgError)):
            derive(x)


def test_the_compiled_engine_leaves_it_to_numpy():
    graph = trace(L.inv, A)
    with pytest.raises(NotCompilable, match="inv has no compiled form"):
        lower(graph)


def test_the_source_calls_the_function_by_its_name():
    source = compile(lambda x: L.inv(x) @ x).source(A)
    assert "inv_of(x)" in source
    assert "np.inv" not in source


PLANTED = {
    "INV": L.inv,
    "SOLVE": lambda x: L.solve(x, x.T @ B),
    "PINV": L.pinv,
    "DET": L.det,
    "COFACTORS": lambda x: gradient(L.det, x),
    "LOG_DETERMINANT": lambda x: L.slogdet(x)[1],
    "CHOLESKY": lambda x: L.cholesky(positive(x)),
    "EIGVALSH": lambda x: L.eigvalsh(positive(x)),
    "EIGH": lambda x: L.eigh(positive(x))[1] ** 2,
    "SVD": lambda x: L.svd(x)[2] ** 2,
    "SINGULAR_VALUES": L.svdvals,
    "QR": lambda x: L.qr(x)[1],
}


def test_every_primitive_has_a_planted_error():
    known = {k for k, v in vars(la).items() if isinstance(v, Primitive)}
    assert set(PLANTED) | {"SIGN_OF_DETERMINANT"} == known


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_wrong_rule_is_caught(name, monkeypatch):
    loss = weighted(PLANTED[name], A)
    assert check_gradient(loss, A)
    right = getattr(la, name)
    wrong = [lambda *a, rule=rule, **how: 1.01 * rule(*a, **how) for rule in right.vjps]
    monkeypatch.setattr(la, name, dataclasses.replace(right, vjps=tuple(wrong)))
    assert not check_gradient(loss, A)
