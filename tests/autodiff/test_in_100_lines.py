"""The example that shows back-propagation in little, held against the whole."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kobai

PATH = Path(__file__).parents[2] / "examples" / "backpropagation_in_100_lines.py"
SPEC = importlib.util.spec_from_file_location("in_100_lines", PATH)
assert SPEC is not None
assert SPEC.loader is not None
small = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(small)

# The same formulas in another order of adding: rounding alone may differ.
ROUNDING = 1e-12


def test_it_is_as_short_as_it_says_and_stands_alone() -> None:
    text = PATH.read_text("utf-8")
    assert len(text.splitlines()) <= 100
    assert "import kobai" not in text
    assert "from kobai" not in text


def with_numpy(params):
    hidden = np.tanh(small.X @ params["W1"] + params["b1"])
    return np.mean((hidden @ params["W2"] + params["b2"] - small.T) ** 2)


@given(seed=st.integers(0, 2**32 - 1), units=st.integers(1, 20))
def test_a_network_has_the_gradient_that_kobai_finds(seed: int, units: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = {"W1": (1, units), "b1": (units,), "W2": (units, 1), "b2": (1,)}
    params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    found = small.gradient(small.loss, params)
    for name, expected in kobai.gradient(with_numpy, params).items():
        assert found[name].shape == expected.shape
        np.testing.assert_allclose(found[name], expected, ROUNDING, ROUNDING)


@pytest.mark.parametrize(
    ("ours", "numpys"),
    [
        (lambda p: small.mean(p["A"] + p["b"]), lambda p: np.mean(p["A"] + p["b"])),
        (lambda p: small.mean(p["A"] * p["A"]), lambda p: np.mean(p["A"] ** 2)),
        (lambda p: small.mean(p["A"] * p["b"]), lambda p: np.mean(p["A"] * p["b"])),
        (lambda p: small.mean(p["A"] @ p["C"]), lambda p: np.mean(p["A"] @ p["C"])),
        (
            lambda p: small.mean(small.tanh(p["A"]) * p["A"]),
            lambda p: np.mean(np.tanh(p["A"]) * p["A"]),
        ),
    ],
    ids=["add", "square", "multiply", "matmul", "used twice"],
)
def test_each_operation(ours, numpys) -> None:
    rng = np.random.default_rng(0)
    params = {"A": rng.normal(size=(3, 4)), "b": rng.normal(size=4)}
    params["C"] = rng.normal(size=(4, 2))
    found = small.gradient(ours, params)
    for name, expected in kobai.gradient(numpys, params).items():
        np.testing.assert_allclose(found[name], expected, ROUNDING, ROUNDING)
