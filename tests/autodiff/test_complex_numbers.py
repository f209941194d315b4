"""Complex numbers between a real argument and a real result, and Fourier transforms."""

import numpy as np
import pytest

from kobai import compile, gradient
from kobai.autodiff.numpy_functions import FUNCTIONS, load_all
from kobai.errors import GradientError
from kobai.graph.tracing import TraceError

torch = pytest.importorskip("torch", reason="needs PyTorch")

load_all()

F = np.fft
RNG = np.random.default_rng(5)
X, T = RNG.normal(size=6), RNG.normal(size=(2, 3, 4))
W = RNG.normal(size=4)

USES = {
    "astype": lambda x: np.abs(x.astype(complex)) ** 2,
    "abs": lambda x: np.abs(x + 1j * x**2),
    "exp": lambda x: np.exp(1j * x).real * np.exp(2j * x).imag,
    "angle": lambda x: np.angle(x + 2j),
    "angle in degrees": lambda x: np.angle(np.exp(1j * x) * (1 + x * 1j), deg=True),
    "conj": lambda x: ((x + 1j) * np.conj(x * x + 1j * x)).imag,
    "conj's method": lambda x: np.imag((x + 1j * x**3).conj() * (1 + x)),
    "quotient": lambda x: np.real((1 + 2j) / (x + 1j)),
    "power": lambda x: np.abs((x + 1j) ** 2.5),
    "exponent": lambda x: np.imag((2 + 1j) ** x),
    "roots and logs": lambda x: np.real(np.sqrt(x + 1j)) * np.imag(np.log(x + 1j)),
    "trigonometry": lambda x: np.real(
        np.sin(x + 1j) * np.cos(x * 1j) * np.tanh(x + 1j)
    ),
    "matmul": lambda x: np.abs((x.reshape(2, 3) + 1j) @ (x.reshape(3, 2) * 1j)),
    "sum": lambda x: np.abs(np.sum(np.exp(1j * x) * x)),
    "mean": lambda x: np.abs(np.mean(x * 1j + x**2)),
    "var": lambda x: np.var(x + 1j * x**2),
    "std": lambda x: np.std(x * 1j + x**3),
    "norm": lambda x: np.linalg.norm(x + 1j * x**2) + np.linalg.norm(x * 1j, 3),
    "prod": lambda x: np.real(np.prod(x + 1j)),
    "cumsum": lambda x: np.imag(np.cumsum(x**2 * 1j)),
    "where": lambda x: np.real(np.where(x > 0, x * 1j, x) * (1 + 1j)),
    "concatenate": lambda x: np.abs(np.concatenate([x * 1j, x + 1])),
    "index": lambda x: (x * 1j)[::2].imag,
    "einsum": lambda x: np.abs(np.einsum("i,j->ij", x * 1j, x + 1j)),
    "real of real": lambda x: x.real * np.real(x) + x.imag + np.imag(x),
}

# NumPy's function -> [(a use of it, at what), …]
FOURIER = {
    F.fft: [
        (lambda x: np.abs(F.fft(x)), X),
        (lambda x: np.abs(F.fft(x, 8)) ** 2, X),
        (lambda x: F.fft(x, 4, norm="ortho").imag, X),
        (lambda x: np.abs(F.fft(x, axis=0)), T),
    ],
    F.ifft: [
        (lambda x: F.ifft(F.fft(x) * np.exp(1j * np.arange(6))).real, X),
        (lambda x: F.ifft(x, norm="forward").real, X),
    ],
    F.rfft: [
        (lambda x: np.abs(F.rfft(x)), X),
        (lambda x: np.abs(F.rfft(x, 5)), X),
        (lambda x: np.abs(F.rfft(x, axis=1)), T),
    ],
    F.irfft: [
        (lambda x: F.irfft(F.rfft(x) * W), X),
        *((lambda x, n=n: F.irfft(x * (1 + 2j), n), X) for n in (1, 2, 5, 7, 10, 14)),
        (lambda x: F.irfft(x * (1 + 2j), norm="forward"), X),
    ],
    F.fftn: [
        (lambda x: np.abs(F.fftn(x)), T),
        (lambda x: np.abs(F.fftn(x, (2, 5), axes=(1, 2))), T),
        (lambda x: np.abs(F.fftn(x, s=(2, -1), axes=(0, 1))), T),
    ],
    F.ifftn: [(lambda x: np.abs(F.ifftn(x * 1j + 1)), T)],
    F.fft2: [(lambda x: np.abs(F.fft2(x)), T)],
    F.ifft2: [(lambda x: np.abs(F.ifft2(x * 1j, axes=(0, 1))), T)],
    F.rfftn: [(lambda x: np.abs(F.rfftn(x)), T)],
    F.irfftn: [
        (lambda x: F.irfftn(F.rfftn(x) ** 2, s=(2, 3, 5), axes=(0, 1, 2)), T),
        (lambda x: F.irfftn(x * (1 + 1j)), T),
    ],
    F.rfft2: [(lambda x: np.abs(F.rfft2(x)), T)],
    F.irfft2: [(lambda x: F.irfft2(F.rfft2(x) * (1 + 1j)), T)],
    F.fftshift: [
        (F.fftshift, X[:5]),
        (lambda x: np.abs(F.fftshift(F.fft(x))), X),
        (lambda x: F.fftshift(x, axes=(0, 1)), T),
        (lambda x: F.fftshift(x, axes=1), T),
    ],
    F.ifftshift: [(F.ifftshift, X[:5])],
}
ALL = [pytest.param(f, X, id=name) for name, f in USES.items()]
ALL += [
    pytest.param(f, x, id=f"{function.__name__}{i}")
    for function, uses in FOURIER.items()
    for i, (f, x) in enumerate(uses)
]


def test_every_fourier_transform_has_an_example():
    there = {f for f in FUNCTIONS if f.__module__ == "numpy.fft"}
    assert set(FOURIER) | {F.hfft, F.ihfft} == there


@pytest.mark.parametrize(("f", "x"), ALL)
def test_first_and_second_derivative(f, x, assert_derivatives):
    assert_derivatives(f, [x], second=True)


@pytest.mark.parametrize(("f", "x"), ALL)
def test_value_is_numpy_s(f, x):
    seen = []

    def loss(x):
        seen.append(f(x))
        return np.sum(seen[0])

    gradient(loss, x)
    expected = f(x)
    assert seen[0].dtype == expected.dtype
    assert seen[0].shape == expected.shape
    # Transforms along several axes come one after the other.
    np.testing.assert_allclose(seen[0].value, expected, rtol=1e-12, atol=1e-12)


def test_pytorch_gives_the_same():
    window = np.exp(1j * np.arange(6)) * np.arange(6)
    ours = lambda x: np.sum(np.abs(F.ifft(F.fft(x) * window)) ** 3)
    x = torch.tensor(X, requires_grad=True)
    product = torch.fft.fft(x) * torch.tensor(window)
    torch.sum(torch.abs(torch.fft.ifft(product)) ** 3).backward()
    np.testing.assert_allclose(gradient(ours, X), x.grad.numpy(), rtol=1e-11)


def test_the_absolute_value_at_zero_is_flat():
    assert gradient(lambda x: np.abs(x * 1j), 0.0) == 0
    np.testing.assert_array_equal(
        gradient(lambda x: np.linalg.norm(x * 1j), np.zeros(3)), np.zeros(3)
    )


@pytest.mark.parametrize("x", [0.7, np.float64(0.7), np.array(0.7), np.array([0.7])])
def test_a_number_s_imaginary_part_and_angle(x):
    imaginary = lambda x: np.sum(np.imag(np.exp(2j * x)))
    assert gradient(imaginary, x) == pytest.approx(2 * np.cos(1.4), rel=1e-14)
    angle = lambda x: np.sum(np.angle(x + 1j))
    assert gradient(angle, x) == pytest.approx(-1 / 1.49, rel=1e-14)


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda x: np.sum(x * 1j), "f returned a complex number"),
        (lambda x: np.sum((x * 1j).astype(float)), "imaginary part would be lost"),
        (lambda x: np.abs(np.sum(np.sign(x * 1j))), "complex numbers"),
        (lambda x: np.sum(F.hfft(x)), "np.fft.irfft"),
    ],
)
def test_an_imaginary_part_is_never_lost(f, words):
    with pytest.raises(GradientError, match=words):
        gradient(f, X)


def test_a_complex_argument_is_refused():
    with pytest.raises(TypeError, match="real numbers"):
        gradient(lambda z: np.sum(np.abs(z)), X * 1j)


@pytest.mark.parametrize(("f", "x"), ALL[:8])
def test_compiled_it_is_refused(f, x):
    for g in (f, gradient(lambda x: np.sum(f(x)))):
        with pytest.raises(TraceError, match="complex numbers"):
            compile(g)(x)
