"""Random programs mean what NumPy means, wherever they are run, or are refused.

These are a few hundred; `python -m tests.fuzzing.run` runs as many as you like.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, find, given, settings

from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Primitive
from kobai.autodiff.rules import ELEMENTWISE
from kobai.engines.numba_engine import cache
from kobai.engines.numpy_engine import program
from kobai.errors import GradientError
from kobai.graph.identities.matching import if_same_type, number_of
from kobai.graph.node import is_a
from kobai.graph.rewriting import Identity
from tests.fuzzing import comparing
from tests.fuzzing.comparing import check
from tests.fuzzing.grammar import programs
from tests.fuzzing.program import Program

ALIKE = settings(
    max_examples=500,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@ALIKE
@given(program=programs())
def test_programs_mean_what_numpy_means(program):
    outcome = check(program)
    assert not outcome.findings, f"{outcome.findings}\n{program}"


def test_the_compiled_engine_computes_what_numpy_computes(monkeypatch, request):
    pytest.importorskip("numba")
    pytest.importorskip("scipy")
    folder = request.config.cache.mkdir("kobai-compiled")
    monkeypatch.setattr(cache, "cache_folder", lambda: folder)

    # Each takes a part of a second to compile.
    @settings(ALIKE, max_examples=25)
    @given(program=programs())
    def compare(program):
        outcome = check(program, numba=True)
        assert not outcome.findings, f"{outcome.findings}\n{program}"

    compare()


def test_jax_computes_what_numpy_computes():
    pytest.importorskip("jax")

    # XLA takes a part of a second for each.
    @settings(ALIKE, max_examples=12)
    @given(program=programs())
    def compare(program):
        outcome = check(program, jax=True)
        assert not outcome.findings, f"{outcome.findings}\n{program}"

    compare()


@settings(ALIKE, max_examples=60)
@given(program=programs())
def test_second_derivatives_are_those_of_the_definition(program):
    outcome = check(program, twice=True)
    assert not outcome.findings, f"{outcome.findings}\n{program}"


# --- the fuzzer itself


def first_found(where):
    """Return the smallest program that it finds silently different somewhere."""

    def shows(program):
        findings = check(program).findings
        return any(f.kind == "silent" and f.where == where for f in findings)

    # 3,000 tries: a planted mistake lies in one program of a few hundred.
    return find(programs(), shows, settings=settings(ALIKE, max_examples=3000))


def test_a_wrong_rule_is_found(monkeypatch):
    wrong = Primitive(
        "tanh", np.tanh, vjps=(lambda g, y, x: g * (1 - y),), elementwise=True
    )
    monkeypatch.setitem(ELEMENTWISE, np.tanh, wrong)
    assert "np.tanh" in first_found("eager gradient").source


def test_a_wrong_fold_is_found(monkeypatch):
    def fold(node, builder):
        if is_a(node, ops.MULTIPLY) and number_of(node.inputs[0]) == 3:
            return if_same_type(node.inputs[1], node)
        return None

    wrong = Identity("wrong", "3 x = x", fold)
    monkeypatch.setattr(program, "IDENTITIES", [wrong, *program.IDENTITIES])
    assert "3" in first_found("compile").source


RIGHT = Program((("x", "np.array([0.5, -2.0])"),), ("y = x * 2",), ("y",))
MEMORY = np.empty(2)
INVALID = Program((("x", "np.array([0.5, -2.0])"),), ("y = x[7]",), ("y",))


def refuse(text):
    def run(*arguments):
        raise GradientError(text)

    return run


@pytest.mark.parametrize(
    ("program", "run", "kind"),
    [
        (RIGHT, lambda x: [x * 2], None),
        (RIGHT, lambda x: [x * 2.001], "silent"),
        (RIGHT, lambda x: [(x * 2).astype(np.float32)], "silent"),
        (RIGHT, lambda x: [(x * 2)[None]], "silent"),
        (RIGHT, lambda x: [np.multiply(x, 2, MEMORY)], "silent"),
        (RIGHT, lambda x: [np.add(x, x, x)], "silent"),
        (RIGHT, lambda x: [x.shape["first"]], "crash"),
        (RIGHT, refuse("np.f: has no derivative rule; use np.g instead of it"), None),
        (RIGHT, refuse("np.f cannot be differentiated, which is a pity"), "no remedy"),
        (RIGHT, refuse("use np.g"), "no remedy"),
        (INVALID, lambda x: [x[1]], "returned"),
        (INVALID, lambda x: [x[7]], None),
    ],
)
def test_what_an_engine_does_wrong_is_found(monkeypatch, program, run, kind):
    monkeypatch.setattr(comparing, "compile", lambda f: run)
    found = {f.kind for f in check(program).findings if f.where == "compile"}
    assert found == ({kind} if kind else set())
