"""SciPy's special functions: every rule, and the functions that had to be taught."""

import inspect
import subprocess
import sys

import numpy as np
import pytest
import scipy.special as sp
from scipy.special import log_softmax, logsumexp, softmax

from kobai import compile, gradient
from kobai.autodiff import scipy_functions
from kobai.autodiff.scipy_functions import TWINS
from kobai.autodiff.scipy_rules import RULES
from kobai.errors import GradientError

torch = pytest.importorskip("torch", reason="needs PyTorch")

# The intervals that arguments are drawn from; None where there is no derivative.
POSITIVE, UNIT, AWAY = (0.5, 4), (0.1, 0.9), (0.3, 2)
DOMAINS = {
    (UNIT,): ("logit", "ndtri"),
    ((-0.9, 0.9),): ("erfinv",),
    ((0.1, 1.9),): ("erfcinv",),
    (AWAY,): ("entr", "cbrt"),
    (AWAY, AWAY): ("xlogy", "rel_entr", "kl_div"),
    (AWAY, (-0.5, 2)): ("xlog1py",),
    ((-0.5, 3),): ("log1p",),
    ((0.5, 1), (-3, 3)): ("huber", "pseudo_huber"),
    (POSITIVE,): (
        *("gamma", "gammaln", "loggamma", "rgamma", "psi", "expi", "exp1"),
        *("y0", "y1", "k0", "k1", "i0e", "i1e"),
    ),
    (POSITIVE, POSITIVE): ("beta", "betaln"),
    (None, POSITIVE): ("gammainc", "gammaincc", "jv", "yv", "iv", "kv", "ive"),
    (None, None, UNIT): ("betainc",),
}
DOMAIN_OF = {name: domain for domain, names in DOMAINS.items() for name in names}
RNG = np.random.default_rng(2)
M = RNG.normal(size=(3, 4))


def _uses():
    for name in RULES:
        function = getattr(sp, name)
        domains = DOMAIN_OF.get(name, [(-2, 2)] * function.nin)
        given = [1.5 if d is None else RNG.uniform(*d, (2, 3)) for d in domains]
        for i, domain in enumerate(domains):
            if domain is not None:
                before, after = given[:i], given[i + 1 :]
                f = lambda x, f=function, b=before, a=after: f(*b, x, *a)
                yield pytest.param(f, given[i], id=f"{name}-{i}")


PLAIN = {
    "logsumexp": lambda x: logsumexp(x),
    "logsumexp of rows": lambda x: logsumexp(x, axis=1),
    "logsumexp kept": lambda x: logsumexp(x, axis=(0, 1), keepdims=True),
    "logsumexp weighted": lambda x: logsumexp(x, b=np.array([1, 2, 3, -0.1]), axis=1),
    "logsumexp of weights": lambda x: logsumexp(np.ones(4), b=x**2 + 1, axis=0),
    "through the module": lambda x: sp.logsumexp(x, 0),
    "softmax": lambda x: softmax(x, axis=1),
    "softmax of all": lambda x: softmax(x),
    "log_softmax": lambda x: log_softmax(x, axis=0),
    "log_softmax of all": lambda x: log_softmax(x),
    "polygamma": lambda x: sp.polygamma(2, x**2 + 1),
    "digamma": lambda x: sp.polygamma(0, x**2 + 1) + sp.digamma(x**2 + 1),
}
ALL = [*_uses(), *(pytest.param(f, M, id=name) for name, f in PLAIN.items())]


@pytest.mark.parametrize(("f", "x"), ALL)
def test_first_and_second_derivative(f, x, assert_derivatives):
    assert_derivatives(f, [x], second=True, atol=1e-6)


@pytest.mark.parametrize(("f", "x"), ALL)
def test_compiled_it_is_the_same(f, x):
    slope = gradient(lambda x: np.sum(np.cos(f(x))))
    for g in (f, slope):
        np.testing.assert_allclose(compile(g)(x), g(x), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(("f", "x"), ALL)
def test_float32_stays_float32(f, x):
    assert gradient(lambda x: np.sum(f(x)), x.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("name", ["xlogy", "beta", "huber", "rel_entr"])
def test_arguments_broadcast(name, assert_derivatives):
    arguments = [RNG.uniform(0.5, 1, (3, 1)), RNG.uniform(1.5, 2, 4)]
    assert_derivatives(getattr(sp, name), arguments)


PYTORCH = {
    "logsumexp": (logsumexp, lambda x: torch.logsumexp(x, (0, 1))),
    "softmax": (lambda x: softmax(x, 1) ** 2, lambda x: torch.softmax(x, 1) ** 2),
    "log_softmax": (lambda x: log_softmax(x, 1) ** 2, lambda x: x.log_softmax(1) ** 2),
    "expit": (sp.expit, torch.special.expit),
    "erf": (sp.erf, torch.special.erf),
    "gammaln": (lambda x: sp.gammaln(x**2 + 1), lambda x: torch.lgamma(x**2 + 1)),
    "i1": (sp.i1, torch.special.i1),
    "log_ndtr": (sp.log_ndtr, torch.special.log_ndtr),
    "xlogy": (
        lambda x: sp.xlogy(x**2, x**2 + 1),
        lambda x: torch.xlogy(x**2, x**2 + 1),
    ),
}


@pytest.mark.parametrize("name", PYTORCH)
def test_pytorch_gives_the_same(name):
    ours, theirs = PYTORCH[name]
    x = torch.tensor(M, requires_grad=True)
    torch.sum(theirs(x)).backward()
    found = gradient(lambda x: np.sum(ours(x)), M)
    # Each library has its own polynomials for these functions.
    np.testing.assert_allclose(found, x.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_far_out_nothing_overflows():
    x = np.array([1000.0, 1000, -1000, -np.inf])
    assert gradient(logsumexp, x).tolist() == [0.5, 0.5, 0, 0]
    assert gradient(lambda x: log_softmax(x)[0], x[:3]).tolist() == [0.5, -0.5, 0]
    assert gradient(lambda x: np.sum(sp.expit(x)), x[:3]).tolist() == [0, 0, 0]


def test_nothing_times_log_of_nothing():
    x = np.array([0.0, 1.0])
    assert gradient(lambda x: np.sum(sp.xlogy(x, x)), x).tolist() == [0, 1]
    assert gradient(lambda a: np.sum(sp.xlogy(a, x)), x).tolist() == [0, 0]


def test_plain_numbers_go_where_they_went_before():
    gradient(logsumexp, M)
    assert logsumexp([0, 0]) == np.log(2)
    assert logsumexp(M, axis=1, keepdims=True).shape == (3, 1)
    assert logsumexp([0], b=[-1], return_sign=True) == (0, -1)
    assert list(inspect.signature(softmax).parameters) == ["x", "axis"]
    with pytest.raises(TypeError, match="logsumexp"):
        logsumexp()


def test_teaching_twice_changes_nothing():
    before = [getattr(sp, name).__kwdefaults__ for name in TWINS]
    scipy_functions.teach()
    after = [getattr(sp, name).__kwdefaults__ for name in TWINS]
    assert [a is b for a, b in zip(before, after, strict=True)] == [True] * len(TWINS)


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda x: sp.jv(x, 2.0), "the order"),
        (lambda x: sp.gammainc(x, 2.0), "shape parameter"),
        (lambda x: sp.sici(x)[0], "sici: has no derivative rule"),
        (lambda x: sp.ellipk(x), "ellipk: has no derivative rule"),
        (lambda x: logsumexp(x, return_sign=True)[0], "return_sign"),
    ],
)
def test_what_is_refused_says_so(f, words):
    with pytest.raises(GradientError, match=words):
        gradient(f, 0.5)


def test_scipy_is_not_imported_for_its_sake():
    code = (
        "import sys, numpy as np, kobai\n"
        "kobai.gradient(lambda x: np.sum(x ** 2), np.ones(3))\n"
        "assert 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
