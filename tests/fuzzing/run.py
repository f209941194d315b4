"""Run many random programs, and count what came of them.

python -m tests.fuzzing.run --programs 20000 --seed 0
"""

import argparse
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from kobai.engines.numba_engine import cache
from tests.fuzzing.comparing import check
from tests.fuzzing.grammar import random_program
from tests.fuzzing.outcomes import Finding
from tests.fuzzing.program import Program


def main() -> int:
    parser = argparse.ArgumentParser(description="Run random programs.")
    parser.add_argument("--programs", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--numba", type=int, default=0, help="each so many-th, too")
    parser.add_argument("--jax", type=int, default=0, help="likewise")
    parser.add_argument("--twice", type=int, default=0, help="likewise, derivatives")
    parser.add_argument("--lines", type=int, default=10)
    parser.add_argument("--examples", type=int, default=3, help="shown of each kind")
    arguments = parser.parse_args()
    if arguments.numba:
        # Not into the user's cache, where compiled code is kept for good.
        folder = Path(tempfile.mkdtemp(prefix="kobai-compiled-"))
        cache.cache_folder = lambda: folder
    report = Report(arguments.programs, arguments.numba, arguments.twice, arguments.jax)
    start = time.perf_counter()
    for number in count(arguments.seed * 10_000_000):
        report.add(random_program(number, arguments.lines))
        if report.programs % 500 == 0:
            print(report.programs, dict(report.verdicts), file=sys.stderr, flush=True)
        if report.is_full:
            break
    report.show(arguments.examples, time.perf_counter() - start)
    return any(report.kinds)


class Report:
    """What came of all programs so far."""

    def __init__(self, most: int, numba: int, twice: int, jax: int) -> None:
        self.most, self.numba, self.twice, self.jax = most, numba, twice, jax
        self.seen: set[str] = set()
        self.verdicts: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.kinds: dict[Any, list[tuple[Finding, Program]]] = defaultdict(list)

    @property
    def programs(self) -> int:
        """How many different programs were run."""
        return len(self.seen)

    @property
    def is_full(self) -> bool:
        return self.programs == self.most

    def add(self, program: Program) -> None:
        """Run a program that was not run before."""
        if program.source in self.seen or self.is_full:
            return
        self.seen.add(program.source)
        outcome = check(
            program,
            self._is_turn(self.numba),
            self._is_turn(self.twice),
            self._is_turn(self.jax),
        )
        self.verdicts[outcome.verdict] += 1
        self.counts += outcome.counts
        self.refusals.update({_without_numbers(t)[:150] for _, t in outcome.refusals})
        for finding in outcome.findings:
            self.kinds[_kind(finding)].append((finding, program))

    def _is_turn(self, often: int) -> bool:
        return bool(often) and self.programs % often == 0

    def show(self, examples: int, seconds: float) -> None:
        print(f"{self.programs} programs in {seconds:.0f} s:", dict(self.verdicts))
        for title, counter in ("", self.counts), ("refused:", self.refusals):
            print(title)
            for text, n in sorted(counter.items(), key=lambda item: -item[1]):
                print(f"  {n:6} {text}")
        for kind, found in sorted(self.kinds.items(), key=lambda item: -len(item[1])):
            print(f"\n=== {len(found)} x {kind}")
            smallest = sorted(found, key=lambda pair: len(pair[1].source))
            shown = set()
            for finding, program in smallest[: 8 * examples]:
                small = reduced(program, finding)
                form = _without_numbers(" ".join((*small.lines, *small.results)))
                if form not in shown and len(shown) < examples:
                    shown.add(form)
                    print(f"--- {finding.detail}\n{small}")


def reduced(program: Program, finding: Finding) -> Program:
    """Return a smaller program that shows the same kind of finding."""
    kind = _kind(finding)

    def shows(candidate: Program) -> bool:
        try:
            compile(candidate.source, "<program>", "exec")
            where = finding.where
            asked = where == "numba", "second" in where, where == "jax"
            findings = check(candidate, *asked).findings
            return any(_kind(f) == kind for f in findings)
        except Exception:
            return False

    changed = True
    while changed:
        changed = False
        for candidate in _smaller(program):
            if shows(candidate):
                program, changed = candidate, True
                break
    return program


def _smaller(program: Program) -> Any:
    lines, results = program.lines, program.results
    for i in reversed(range(len(lines))):
        yield replace(program, lines=lines[:i] + lines[i + 1 :])
    for i in range(len(results)):
        if len(results) > 1:
            yield replace(program, results=results[:i] + results[i + 1 :])
    for i in range(len(program.arguments)):
        if len(program.arguments) > 1:
            rest = program.arguments[:i] + program.arguments[i + 1 :]
            yield replace(program, arguments=rest)


def _kind(finding: Finding) -> tuple[str, ...]:
    """Return what findings of one cause have in common."""
    if finding.kind != "silent":
        # Many engines stumble over the same stone.
        return finding.kind, _without_numbers(finding.detail)[:150]
    what = finding.detail.split("] ", 1)[-1].split(" ")[0]
    return "silent", finding.where, what if what in ("shape", "dtype") else "value"


def _without_numbers(text: str) -> str:
    text = re.sub(r"\([-\d, ]*\)|\[[-\d., ]*\]|-?\d+(\.\d+)?", "#", text)
    return re.sub(r"\b(u?int|float|bool)#?\b", "T", text)


if __name__ == "__main__":
    raise SystemExit(main())
