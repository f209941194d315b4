"""A program run by NumPy and by all that claims to compute the same."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kobai.autodiff import gradient, value_and_gradient
from kobai.engines.compile import compile
from kobai.engines.reference import interpret
from kobai.errors import GradientError
from kobai.graph import trace, verify
from tests.fuzzing.derivatives import (
    Elsewhere,
    central_differences,
    is_sure,
    number_of,
    torch_gradient,
)
from tests.fuzzing.outcomes import INTERNAL, REMEDY, Finding, Outcome, difference, shown
from tests.fuzzing.program import Program
from tests.fuzzing.values import (
    apart,
    as_floats,
    copies,
    loss_of,
    moved_a_little,
    others,
    run_plain,
)


def check(
    program: Program, numba: bool = False, twice: bool = False, jax: bool = False
) -> Outcome:
    """Return what came of a program wherever it can be run.

    What takes longer is asked for: the compiled engines, and second derivatives.
    """
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        comparison = _Comparison(program)
        comparison.eager()
        comparison.compiled()
        comparison.reference()
        comparison.compiled_gradient()
        if numba:
            comparison.numba()
        if jax:
            comparison.jax()
        if twice and not comparison.outcome.findings:
            comparison.second_derivatives()
    return comparison.outcome


class _Comparison:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.outcome = Outcome()
        self.f = program.function()
        self.values = program.values()
        self.is_finite = True

    # What a differing result may be excused by, computed only then.

    def slack(self, values: Sequence[Any]) -> float:
        """Return the relative rounding of the coarsest numbers of the program."""
        names = [name for name, _ in self.program.arguments]
        known = {"np": np, **dict(zip(names, copies(values), strict=True))}
        coarsest = 1e-15
        for line in ("pass", *self.program.lines):
            exec(line, known)
            for v in known.values():
                if isinstance(v, np.ndarray | np.generic) and v.dtype.kind == "f":
                    coarsest = max(coarsest, np.finfo(v.dtype).eps)
                    self.is_finite &= bool(np.all(np.isfinite(v)))
        return float(coarsest)

    def judge(
        self,
        where: str,
        found: Sequence[Any],
        expected: Sequence[Any],
        again: Callable[[Sequence[Any]], Any],
        values: Sequence[Any],
    ) -> None:
        """Note where results differ by more than those of slightly other arguments."""
        pairs = list(zip(found, expected, strict=True))
        if not any(difference(a, b, 1e-12) for a, b in pairs):
            self.outcome.counts[f"{where}: equal"] += 1
            return
        slack = 1e3 * self.slack(values)
        for i, (a, b) in enumerate(pairs):
            text = difference(a, b, slack)
            if text is None:
                continue
            if text.startswith("value") and self._wavers(i, b, slack, again, values):
                self.outcome.counts[f"{where}: skipped, ill-conditioned"] += 1
                return
            self.outcome.findings.append(Finding("silent", where, f"[{i}] {text}"))
            return
        self.outcome.counts[f"{where}: equal"] += 1

    def _again(self, values: Sequence[Any]) -> Any:
        return run_plain(self.f, values)[0]

    def _wavers(
        self,
        i: int,
        expected: Any,
        slack: float,
        again: Callable[[Sequence[Any]], Any],
        values: Sequence[Any],
    ) -> bool:
        for step in (1e-3, -1e-3, 7e-4):
            moved = again([moved_a_little(v, step * slack) for v in values])
            if moved is None or difference(moved[i], expected, slack / 10):
                return True
        return False

    def failed(self, where: str, error: Exception, valid: bool) -> None:
        """Note an error: a refusal has to be a GradientError with a remedy."""
        if not valid:
            self.outcome.counts[f"{where}: raised as NumPy did"] += 1
            return
        text = str(error)
        if not isinstance(error, GradientError):
            name = f"{type(error).__name__}: {text}"
            self.outcome.findings.append(Finding("crash", where, name))
        elif len(text) < 40 or not REMEDY.search(text) or INTERNAL.search(text):
            self.outcome.findings.append(Finding("no remedy", where, text))
        else:
            self.outcome.refusals.append((where, text))
            self.outcome.counts[f"{where}: refused"] += 1

    def returned(self, where: str, error: Any) -> None:
        text = f"a value, where NumPy raises {error!r}"
        self.outcome.findings.append(Finding("returned", where, text))

    # --- who runs it

    def eager(self) -> None:
        values = as_floats(self.values)
        f = self.f
        expected, problem = run_plain(f, values)

        def both(values: Sequence[Any]) -> tuple[Any, Any]:
            results = []

            def loss(arguments: list[Any]) -> Any:
                results[:] = f(*arguments)
                return loss_of(lambda *_: results)(arguments), list(results)

            (_, plain), slopes = value_and_gradient(loss, list(values), has_aux=True)
            return plain, slopes

        given = copies(values)
        try:
            plain, slopes = both(given)
        except Exception as error:
            self.failed("eager", error, problem is None and self._has_loss(values))
            return
        if problem is not None:
            self.returned("eager", problem)
            return
        results = [np.array(v) for v in plain]
        n = len(results)
        self.judge("eager", results, expected[:n], lambda v: run_plain(f, v)[0], values)
        for slope, value, after in zip(slopes, values, given, strict=True):
            text = difference(np.zeros_like(slope), np.zeros_like(value), 0)
            text = text or difference(after, value, 0)
            if text:
                self.outcome.findings.append(Finding("silent", "eager gradient", text))
                return
        self.derivatives(values, slopes, expected[:n])

    def derivatives(
        self, values: Sequence[Any], slopes: Sequence[Any], expected: Sequence[Any]
    ) -> None:
        """Compare a gradient with the definition and with PyTorch's."""
        counts = self.outcome.counts
        if self.slack(values) > 1e-15:
            counts["definition: skipped, not all float64"] += 1
            return
        there = self.torch(values, expected)
        definition, doubts = central_differences(loss_of(self.f), values)
        for i, (found, slope) in enumerate(zip(slopes, definition, strict=True)):
            scale = np.max(np.abs(slope), initial=1.0)
            sure = is_sure(slope, doubts[i])
            counts["definition: numbers"] += int(np.sum(sure))
            counts["definition: numbers skipped, kinks"] += int(np.sum(~sure))
            wrong = ~(np.abs(found - slope) <= 1e-5 * scale + 10 * doubts[i])
            follows = np.zeros(np.shape(slope), bool)
            if there is None:
                # 0 · inf is nan, also where a program leaves the inf out at last.
                wrong &= np.isfinite(found)
            if there is not None:
                # Where PyTorch has no number, a definition of f may have one.
                wrong &= np.isfinite(found) | np.isfinite(there[i])
                # PyTorch follows no values into np.sum([a, b]); the definition does.
                near = 1e-6 * np.maximum(np.abs(slope), 1) + 10 * doubts[i]
                follows = np.abs(there[i] - slope) <= near
                wrong |= follows & ~(np.abs(found - there[i]) <= 1e-8 * scale)
            if np.any(wrong & sure):
                is_seen = np.any(wrong & follows & sure) and not self._jumps(values)
                if not is_seen and self._is_corner(values):
                    counts["definition: skipped, a corner"] += 1
                    return
                text = f"value {shown(found)}, by the definition {shown(slope)}"
                text += "" if there is None else f", by PyTorch {shown(there[i])}"
                self.outcome.findings.append(Finding("silent", "eager gradient", text))
                return

    def _jumps(self, values: Sequence[Any]) -> bool:
        """Whether a value on the way jumps here, which no chain of slopes can see.

        The larger of x and of x rounded down is x on either side of a jump.
        """
        near = [self._on_the_way(values, step) for step in (1e-9, -1e-9)]
        return any(
            np.shape(a) == np.shape(b) and not np.allclose(a, b, 1e-5, 1e-5, True)
            for a, b in zip(*near, strict=False)
        )

    def _on_the_way(self, values: Sequence[Any], step: float) -> list[Any]:
        """Return all values that the lines of the program compute, beside a point."""
        moved = [np.asarray(v + step, v.dtype) for v in values]
        names = [name for name, _ in self.program.arguments]
        known = {"np": np, **dict(zip(names, moved, strict=True))}
        found: list[Any] = []
        for line in self.program.lines:
            exec(line, known)
            kinds = np.ndarray | np.generic
            found += [
                np.array(v, float) for v in known.values() if isinstance(v, kinds)
            ]
        return found

    def _is_corner(self, values: Sequence[Any]) -> bool:
        """Whether gradient and definition agree a little further on.

        One entry after the other, the median of equal numbers does not move, and
        neither rule of copysign(x, x) sees that the corners of both cancel.
        """
        moved = apart(values)
        loss = loss_of(self.f)
        try:
            slopes = gradient(loss, copies(moved))
        except Exception:
            return False
        definition, doubts = central_differences(loss, moved)
        return all(
            bool(
                np.all(np.abs(a - b) <= 1e-5 * np.max(np.abs(b), initial=1.0) + 10 * d)
            )
            for a, b, d in zip(slopes, definition, doubts, strict=True)
        )

    def torch(self, values: Sequence[Any], expected: Sequence[Any]) -> Any:
        """Return PyTorch's gradient; None where it cannot run the program."""
        counts = self.outcome.counts
        try:
            there = torch_gradient(self.program, values, expected)
        except ImportError:
            return None
        except Elsewhere as reason:
            counts[f"PyTorch: skipped, {reason}"] += 1
            return None
        counts["PyTorch: run"] += 1
        return there

    def _has_loss(self, values: Sequence[Any]) -> bool:
        try:
            loss_of(self.f)(copies(values))
        except Exception:
            return False
        return True

    def compiled(self) -> None:
        """Call a compiled function twice: nothing of the first call may be left."""
        run = compile(self.f)
        self._twice("compile", lambda *v: run(*v))

    def jax(self) -> None:
        """Call a function that JAX computes, twice."""
        run = compile(self.f, engine="jax")
        self._twice("jax", lambda *v: run(*v))

    def _twice(self, where: str, run: Callable[..., Any]) -> None:
        kept: list[tuple[Any, Any]] = []
        for values in (self.values, others(self.values)):
            expected, problem = run_plain(self.f, values)
            given = copies(values)
            try:
                found = run(*given)
            except Exception as error:
                self.failed(where, error, problem is None)
                return
            if problem is not None:
                if not (_is_of_values(problem) and self._is_unused(values)):
                    self.returned(where, problem)
                return
            after = [*map(np.array, found), *map(np.array, given)]
            self.judge(
                where, after, expected, lambda v: run_plain(self.f, v)[0], values
            )
            for result, then in kept:
                if where != "numba" and (text := difference(result, then, 0)):
                    text = f"an earlier result has become {text}"
                    self.outcome.findings.append(Finding("silent", where, text))
            kept = list(zip(found, map(np.array, found), strict=True))

    def _is_unused(self, values: Sequence[Any]) -> bool:
        """Whether the graph needs nothing that NumPy refuses for the values there are.

        A graph leaves out what no result needs, with the index that is out of range.
        """
        try:
            interpret(trace(self.f, *copies(values)))(*copies(values))
        except Exception:
            return False
        return True

    def reference(self) -> None:
        expected, problem = run_plain(self.f, self.values)
        try:
            graph = trace(self.f, *copies(self.values))
            verify(graph)
            outputs, updates = interpret(graph)(*copies(self.values))
        except Exception as error:
            self.failed("reference", error, problem is None)
            return
        if problem is not None:
            # The engines judge a graph that cannot be computed.
            return
        changed = dict(zip(graph.updates, updates, strict=True))
        after = [
            changed.get(n, v) for n, v in zip(graph.inputs, self.values, strict=True)
        ]
        found = [*map(np.array, outputs), *map(np.array, after)]
        self.judge("reference", found, expected, self._again, self.values)

    def second_derivatives(self) -> None:
        """Differentiate the sum of the squares of the gradient.

        Not in a corner: x = |x| sign(x) is smooth at 0, where its factors are not.
        """
        values = apart(as_floats(self.values))
        loss = loss_of(self.f)
        squares = lambda v: sum((np.sum(s * s) for s in gradient(loss, v)), 0.0)
        try:
            slopes = gradient(squares, copies(values))
        except Exception as error:
            valid = np.isfinite(number_of(squares, values))
            self.failed("second derivative", error, bool(valid))
            return
        if self.slack(values) > 1e-15:
            return
        definition, doubts = central_differences(squares, values)
        for found, slope, doubt in zip(slopes, definition, doubts, strict=True):
            scale = np.max(np.abs(slope), initial=1.0)
            wrong = ~(np.abs(found - slope) <= 1e-5 * scale + 10 * doubt)
            if np.any(wrong & np.isfinite(found) & is_sure(slope, doubt)):
                text = f"value {shown(found)}, by the definition {shown(slope)}"
                found_here = Finding("silent", "second derivative", text)
                self.outcome.findings.append(found_here)
                return
        self.outcome.counts["second derivative: equal"] += 1
        self._compiled_gradient("compiled second derivative", squares)

    def compiled_gradient(self) -> None:
        self._compiled_gradient("compiled gradient", loss_of(self.f))

    def _compiled_gradient(self, where: str, loss: Callable[..., Any]) -> None:
        run = compile(gradient(loss))

        def eager(values: Sequence[Any]) -> Any:
            try:
                slopes = gradient(loss, copies(values))
            except Exception:
                return None
            return [np.array(s) for s in slopes]

        for values in (self.values, others(self.values)):
            expected = eager(values)
            valid = self._has_loss(as_floats(values))
            given = copies(values)
            try:
                found = run(given)
            except Exception as error:
                self.failed(where, error, valid)
                return
            for after, before in zip(given, values, strict=True):
                if text := difference(after, before, 0):
                    text = f"its argument has become {text}"
                    self.outcome.findings.append(Finding("silent", where, text))
            if not valid:
                # A graph leaves out what no derivative needs, with its errors.
                problem = run_plain(self.f, as_floats(values))[1]
                if not _is_of_values(problem):
                    self.returned(where, "an error")
                return
            if expected is None:
                self.outcome.counts[f"{where}: alone, eager refuses"] += 1
                return
            if not np.isfinite(number_of(loss, as_floats(values))):
                # Which of inf - inf and 0 · inf comes first decides what is nan.
                found = _where_finite(found, expected)
                expected = _where_finite(expected, expected)
            self.judge(where, found, expected, eager, values)

    def numba(self) -> None:
        from kobai.engines.numba_engine import NotCompilable, compile_numba

        try:
            graph = trace(self.f, *copies(self.values))
        except Exception:
            return
        try:
            run = compile_numba(graph)
        except NotCompilable:
            self.outcome.counts["numba: not compilable"] += 1
            return
        except Exception as error:
            self.failed("numba", error, True)
            return
        if graph.updates and not all(
            np.asarray(v).flags.c_contiguous for v in self.values
        ):
            self.outcome.counts["numba: skipped, changes what lies otherwise"] += 1
            return
        self._twice("numba", lambda *v: run(*map(np.asarray, v)))


def _is_of_values(error: Exception) -> bool:
    """Whether NumPy raised for the sake of values, not of shapes or dtypes."""
    kinds = isinstance(error, IndexError | ZeroDivisionError | OverflowError)
    return kinds or "negative integer powers" in str(error)


def _where_finite(slopes: Sequence[Any], like: Sequence[Any]) -> list[Any]:
    return [
        np.where(np.isfinite(b), a, np.zeros_like(b)) if np.shape(a) == b.shape else a
        for a, b in zip(slopes, like, strict=True)
    ]
