"""NumPy's functions, differentiated by HIPS autograd and by PyTorch as well."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from kobai.autodiff import gradient
from kobai.autodiff.numpy_functions import FUNCTIONS, load_all
from kobai.errors import GradientError
from tests.autodiff.calls import M, S, V, W, calls_of, draw, public_functions
from tests.autodiff.outcomes import floats, program, replaced, total

load_all()

# Some calls of the first three are not right in autograd 1.9, by central differences;
# the corner of the last, the deviation of one number, is tested with the corners.
AUTOGRAD_ERRS = {"kron", "repeat", "full_like", "std"}
SHARED = [
    name
    for name, f in public_functions(np).items()
    if hasattr(anp, name) and not isinstance(f, np.ufunc) and f in FUNCTIONS
    if name not in AUTOGRAD_ERRS
]


def _parts(x):
    # autograd has boxes around sequences, too.
    if isinstance(getattr(x, "_value", x), list | tuple):
        return [p for i in range(len(x)) for p in _parts(x[i])]
    return [x]


def _autograd_total(result):
    """The combination of `outcomes.total`, which autograd can see."""
    parts = [
        x for x in _parts(result) if np.asarray(getattr(x, "_value", x)).dtype == float
    ]
    weights = [np.cos(np.arange(anp.size(x)) + i) for i, x in enumerate(parts)]
    return sum(
        anp.sum(x * w.reshape(anp.shape(x)))
        for x, w in zip(parts, weights, strict=True)
    )


def slopes_of_autograd(name, args, kwargs):
    """Return autograd's derivatives, or None where it has none."""

    def loss(xs):
        new = iter(xs)
        given, named = replaced(tuple(args), new), replaced(kwargs, new)
        return _autograd_total(getattr(anp, name)(*given, **named))

    xs = floats([list(args), list(kwargs.values())])
    try:
        return autograd.grad(loss)([x.copy() for x in xs])
    except Exception:
        return None


@pytest.mark.filterwarnings("ignore")  # autograd's rules warn at their corners
def test_against_autograd():
    compared = set()
    for name in SHARED:
        for args, kwargs in calls_of(getattr(np, name)):
            xs = floats([list(args), list(kwargs.values())])
            # autograd's rules do not know of these.
            is_known = xs and not {"where", "initial", "correction"} & set(kwargs)
            theirs = slopes_of_autograd(name, args, kwargs) if is_known else None
            if theirs is None:
                continue
            run = program(getattr(np, name), args, kwargs)
            try:
                ours = gradient(lambda xs, run=run: total(run(xs)), xs)
            except GradientError:
                continue
            for x, y in zip(ours, theirs, strict=True):
                if np.all(np.isfinite(y)):
                    # The same formulas in another order.
                    np.testing.assert_allclose(x, y, 1e-8, 1e-10, err_msg=name)
            compared.add(name)
    assert len(compared) > 60


# NumPy's function and PyTorch's, of the same arguments.
PAIRS = [
    (np.cumprod, lambda t, x: t.cumprod(x, 0), [V]),
    (np.nansum, lambda t, x: t.nansum(x), [M]),
    (np.nanmean, lambda t, x: t.nanmean(x), [M]),
    (np.nanmedian, lambda t, x: t.nanquantile(x, 0.5), [M]),
    (
        lambda x: np.quantile(x, [0.2, 0.7]),
        lambda t, x: t.quantile(x, _tensor(t, [0.2, 0.7])),
        [V],
    ),
    (
        lambda x: np.quantile(x, 0.3, axis=1),
        lambda t, x: t.quantile(x, 0.3, dim=1),
        [M],
    ),
    (
        lambda x: np.quantile(x, 0.35, method="midpoint"),
        lambda t, x: t.quantile(x, 0.35, interpolation="midpoint"),
        [V],
    ),
    (lambda x: np.median(x), lambda t, x: t.quantile(x, 0.5), [V]),
    (np.cov, lambda t, x: t.cov(x), [M]),
    (np.corrcoef, lambda t, x: t.corrcoef(x), [M]),
    (np.kron, lambda t, a, b: t.kron(a, b), [S, M]),
    (np.cross, lambda t, a, b: t.linalg.cross(a, b), [S, draw(3, 3, seed=3)]),
    (np.vdot, lambda t, a, b: t.vdot(a, b), [V, W]),
    (np.outer, lambda t, a, b: t.outer(a, b), [V, W]),
    (np.trapezoid, lambda t, y, x: t.trapezoid(y, x), [V, W]),
    (np.logaddexp2, lambda t, a, b: t.logaddexp2(a, b), [V, W]),
    (np.copysign, lambda t, a, b: t.copysign(a, b), [V, -W]),
    (np.sinc, lambda t, x: t.sinc(x), [M]),
    (lambda x: np.sinc(0 * x), lambda t, x: t.sinc(0 * x), [V]),
    (np.fmod, lambda t, a, b: t.fmod(a, b), [3 * V, W]),
    (lambda x: np.gradient(x)[0], lambda t, x: t.gradient(x)[0], [M]),
    (
        lambda x: np.gradient(x, 0.5, edge_order=2),
        lambda t, x: t.gradient(x, spacing=0.5, edge_order=2)[0],
        [V],
    ),
    (np.tril, lambda t, x: t.tril(x), [M]),
    (lambda x: np.rot90(x, 3), lambda t, x: t.rot90(x, 3), [M]),
    (lambda x: np.trace(x), lambda t, x: t.trace(x), [S]),
    (lambda x: np.diag(x, 1), lambda t, x: t.diag(x, 1), [V]),
    (lambda x: np.roll(x, (1, 2), (0, 1)), lambda t, x: t.roll(x, (1, 2), (0, 1)), [M]),
    (
        lambda x: np.pad(x, ((1, 1), (2, 1)), mode="reflect"),
        lambda t, x: t.nn.functional.pad(x[None], (2, 1, 1, 1), mode="reflect")[0],
        [M],
    ),
    (
        lambda x: np.pad(x, ((1, 1), (2, 1)), mode="edge"),
        lambda t, x: t.nn.functional.pad(x[None], (2, 1, 1, 1), mode="replicate")[0],
        [M],
    ),
    (
        lambda a, v: np.correlate(a, v),
        lambda t, a, v: t.conv1d(a[None, None], v[None, None])[0, 0],
        [V, draw(2)],
    ),
    (lambda x: np.var(x, ddof=1), lambda t, x: t.var(x), [M]),
    (lambda x: np.unwrap(9 * x), lambda t, x: 9 * x, [V]),
]


def _tensor(t, values):
    return t.tensor(values, dtype=t.float64)


@pytest.mark.parametrize(("f", "theirs", "arguments"), PAIRS)
def test_against_pytorch(f, theirs, arguments):
    torch = pytest.importorskip("torch", reason="needs PyTorch")
    weights = np.cos(np.arange(np.size(f(*arguments)))).reshape(np.shape(f(*arguments)))
    ours = gradient(lambda xs: np.sum(f(*xs) * weights), arguments)
    tensors = [torch.tensor(x.copy(), requires_grad=True) for x in arguments]
    (theirs(torch, *tensors) * torch.tensor(weights)).sum().backward()
    for slope, tensor in zip(ours, tensors, strict=True):
        np.testing.assert_allclose(slope, tensor.grad.numpy(), 1e-9, 1e-12)
