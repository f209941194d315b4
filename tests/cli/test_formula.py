import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kobai.autodiff import gradient
from kobai.cli.formula import FUNCTIONS, LONGEST, FormulaError, read_formula

# Text and value of an expression, grown together at the point x0 = 0.7, x1 = -1.3.
LEAVES = st.one_of(
    st.sampled_from([("x0", 0.7), ("x1", -1.3), ("x", 0.7), ("y", -1.3)]),
    st.sampled_from([("pi", math.pi), ("e", math.e)]),
    st.integers(0, 20).map(lambda n: (str(n), float(n))),
    st.floats(0.01, 100).map(lambda v: (repr(v), v)),
)


def combined(children):
    pair = st.tuples(children, children)
    return st.one_of(
        pair.map(lambda p: (f"({p[0][0]} + {p[1][0]})", p[0][1] + p[1][1])),
        pair.map(lambda p: (f"({p[0][0]} - {p[1][0]})", p[0][1] - p[1][1])),
        pair.map(lambda p: (f"({p[0][0]} * {p[1][0]})", p[0][1] * p[1][1])),
        children.map(lambda p: (f"(-{p[0]})", -p[1])),
        children.map(lambda p: (f"(({p[0]})**2)", p[1] ** 2)),
        children.map(lambda p: (f"sin({p[0]})", math.sin(p[1]))),
        children.map(lambda p: (f"tanh({p[0]})", math.tanh(p[1]))),
        children.map(lambda p: (f"abs({p[0]})", abs(p[1]))),
        pair.map(lambda p: (f"max({p[0][0]}, {p[1][0]})", max(p[0][1], p[1][1]))),
    )


@given(st.recursive(LEAVES, combined, max_leaves=8))
def test_a_formula_has_the_value_that_arithmetic_gives_it(pair):
    text, value = pair
    f = read_formula(f"{text} + 0*x1")
    got = float(f(np.array([0.7, -1.3])))
    # Both sides do the same float64 operations; libm and NumPy may differ by an ulp,
    # which sin of a large number magnifies.
    assert got == pytest.approx(value, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x0**2 + x1**2", 25.0),
        ("2**x0 - 2**-1", 7.5),
        ("-x0**2", -9.0),
        ("x0/x1*4", 3.0),
        ("sqrt(x0*x0 + x1*x1)", 5.0),
        ("min(x0, x1) + max(x0, x1)", 7.0),
        ("log(exp(x1))", 4.0),
        ("1e-3*x0", 0.003),
    ],
)
def test_known_values(text, value):
    assert float(read_formula(text)(np.array([3.0, 4.0]))) == pytest.approx(value)


def test_a_formula_takes_a_grid():
    x = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_allclose(read_formula("x*y")(x), x[0] * x[1])


def test_a_formula_is_differentiable():
    f = read_formula("x0**2 * sin(x1)")
    slope = gradient(f, np.array([3.0, 0.5]))
    np.testing.assert_allclose(slope, [6 * math.sin(0.5), 9 * math.cos(0.5)])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_differentiable_within_its_domain(name):
    text = f"{name}(x0, x1)" if name in ("max", "min") else f"{name}(x0) + x1"
    f = read_formula(text)
    point = np.array([0.3, 0.8])
    h = 1e-6
    steps = h * np.eye(2)
    expected = [(f(point + s) - f(point - s)) / (2 * h) for s in steps]
    # Central differences at h = 1e-6: truncation 1e-12, rounding 1e-10.
    np.testing.assert_allclose(gradient(f, point), expected, atol=1e-8)


@pytest.mark.parametrize(
    ("text", "names"),
    [("x", ("x",)), ("y", ("x0", "y")), ("x2 + 1", ("x0", "x1", "x2"))],
)
def test_names_are_those_that_were_typed(text, names):
    assert read_formula(text).names == names


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the end"),
        ("2x", "2x"),
        ("x^2", "x0**2"),
        ("x = 3", "= 3"),
        ("1 + 2", "no variable"),
        ("sinn(x)", 'Did you mean "sin"?'),
        ("sin", "Write sin(x0)"),
        ("sin + x", "sin(x0)"),
        ("q + x", '"q" is not a variable'),
        ("x**101", "at most 100"),
        ("9**9**9*x", "at most 100"),
        ("x**(0/0)", "at most 100"),
        ("x + " + "9" * 400, "too large"),
        ("-" * 300 + "x", "deep"),
        ("(" * 300 + "x" + ")" * 300, "cannot read"),
        ("x+" * LONGEST + "x", "characters long"),
        ("max(x)", "takes 2"),
        ("sin(x, axis=0)", "takes 1"),
        ("True*x", "True"),
        ("'a'*x", "cannot be used"),
        ("1j*x", "cannot be used"),
        ("x.real", "cannot be used"),
        ("x[0]", "cannot be used"),
        ("x if x else y", "cannot be used"),
        ("lambda x: x", "cannot be used"),
        ("(x := 3)", "cannot be used"),
        ("[x for x in y]", "cannot be used"),
        ("x; import os", "cannot read"),
        ("x\0", "formula"),
    ],
)
def test_what_is_no_formula_is_refused(text, words):
    with pytest.raises(FormulaError, match="formula: ") as error:
        read_formula(text)
    assert words in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('pathlib').Path('ran').touch() + x",
        "x.__class__.__mro__[1].__subclasses__()",
        "open('ran', 'w') + x",
        'exec(\'open("ran", "w")\') + x',
        "(lambda: open('ran', 'w'))() + x",
    ],
)
def test_nothing_that_is_typed_runs(text, here: Path):
    with pytest.raises(FormulaError):
        read_formula(text)
    assert not list(here.iterdir())


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        formula = read_formula(text)
    except FormulaError:
        return
    assert formula.variables >= 1


DEEP = [
    "[" * 300 + "x" + "]" * 300,
    "x" + "(x)" * 300,
    "x" + ".a" * 450,
    "x" + "[0]" * 320,
    "lambda:" * 140 + "x",
    "not " * 240 + "x",
    "-" * 900 + "x",
    "x**" * 300 + "2",
    "x if x else " * 80 + "x",
    "9**9**9**9 + x",
    "x\0",
    "1()+x",
    "\ud800",
]


@pytest.mark.parametrize("text", DEEP, ids=lambda text: text[:12])
def test_whatever_is_typed_is_refused_as_a_formula(text: str) -> None:
    with pytest.raises(FormulaError, match=r"^formula: ") as error:
        read_formula(text)
    assert len(str(error.value)) < 400
