"""Formulas of docstrings as in print: what they say is what they mean."""

import ast
import math
import re
from pathlib import Path

import pytest

from tests.docs.extensions import extension

linear = extension("linear")
blocks = extension("docstring_blocks", needs="griffe")
formulas = extension("formulas", needs="latex2mathml")

SOURCE = Path(__file__).parents[2] / "src" / "kobai"


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a b / c d", r"\frac{a b}{c d}"),
        ("a / b · c / d", r"\frac{a}{b} \cdot \frac{c}{d}"),
        ("1/n Σ x²", r"\frac{1}{n} \sum x^{2}"),
        ("Σₙₖ tₙₖ ln(yₙₖ)", r"\sum_{nk} t_{nk} \operatorname{ln} \left(y_{nk}\right)"),
        ("√(a + b) / (c (d))", r"\frac{\sqrt{a + b}}{c \left(d\right)}"),
        ("(a) / (b) (c)", r"\frac{a}{\left(b\right) \left(c\right)}"),
        ("m̂ = ‖g‖^½", r"\hat{m} = \left‖g\right‖^{\frac{1}{2}}"),
        ("-x, −y", "- x , - y"),
        ("mean of ½ d² if |d| ≤ δ", None),
    ],
)
def test_a_formula_in_latex(text, latex):
    found = linear.latex(text)
    if latex:
        assert found == latex
    assert found.count("{") == found.count("}")


@pytest.mark.parametrize("text", ["(a", "a ж b", "|x"])
def test_what_is_no_formula_is_refused(text):
    with pytest.raises(ValueError, match="formula"):
        linear.latex(text)


def value(latex, **names):
    """Return the value of a formula in LaTeX of fractions, roots, powers and exp."""
    code = latex.replace(r"\left", "").replace(r"\right", "").replace(r"\cdot", "*")
    code = re.sub(r"\\operatorname\{(\w+)\}", r"\1", code)
    while r"\frac" in code:
        code = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", code)
        code = re.sub(r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)", code)
        code = re.sub(r"\^\{([^{}]*)\}", r"**(\1)", code)
    code = re.sub(r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)", code)
    code = re.sub(r"\^\{([^{}]*)\}", r"**(\1)", code)
    code = re.sub(r"(?<=[\w)]) +(?=[\w(])", "*", code).replace("exp*", "exp")
    code = code.replace("tanh*", "tanh")
    return eval(code, {**vars(math), **names})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 / (1 + exp(-x))", lambda x: 1 / (1 + math.exp(-x))),
        ("(exp(x) - exp(-x)) / (exp(x) + exp(-x))", math.tanh),
        ("x/2 · (1 + tanh(x³))", lambda x: x / 2 * (1 + math.tanh(x**3))),
        ("2 x / 3 x + √(x² + 1)", lambda x: 2 / 3 + math.sqrt(x * x + 1)),
    ],
)
def test_what_is_printed_has_the_value_of_what_is_written(text, expected):
    # The same few operations, perhaps in another order.
    assert value(linear.latex(text), x=0.7) == pytest.approx(expected(0.7), rel=1e-12)


def written():
    """Give every formula of a docstring, by where it is."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                for block in blocks.FORMULA.findall(ast.get_docstring(node) or ""):
                    name = f"{path.relative_to(SOURCE)} {node.name}"
                    is_public = not node.name.startswith("_")
                    # Modules of the command have examples of commands instead.
                    if is_public and "cli" not in path.parts:
                        yield pytest.param(block, id=name)


@pytest.mark.parametrize("block", list(written()))
def test_every_formula_of_a_docstring_is_set(block):
    for line in block.splitlines():
        html = formulas.mathml(linear.latex(line))
        assert html.startswith("<math")
        # What is not understood would be left as a command.
        assert "\\" not in html


def test_formulas_are_found_and_nothing_else():
    text = "Do it.\n\n    y = x\n    z = y\n\nRaises:\n    ValueError: if not.\n"
    assert blocks.FORMULA.findall(text) == ["    y = x\n    z = y\n"]
    assert len(list(written())) > 30
