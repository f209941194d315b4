"""Measure Kobai beside its peers on this machine.

    python benchmarks/run.py                     # everything
    python benchmarks/run.py mnist-mlp tiny      # these workloads; others stay
    python benchmarks/run.py --quick             # fewer samples
    python benchmarks/run.py --report            # only write table and charts anew
    python benchmarks/run.py --beside intel-xeon # on a second machine

Every workload leaves `results/NAME.json` with all its samples; the table and the
charts are made of what lies there. Those of a second machine lie in a folder of their
own there, and the page has their ratios beside those of the first. See `peers/` for how
each contender works.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import machine
from commands import measure_command, measure_first_calls
from curves import measure_batch_sizes, measure_hidden_sizes
from numerical import measure_numerical
from peers import CONTENDERS
from report import (
    curve_table,
    fastest_peer,
    in_units,
    label,
    medians,
    write_report,
)
from training import measure_prediction, measure_training
from workloads import PREDICTIONS, TRAININGS

HERE = Path(__file__).parent
RESULTS = HERE / "results"
MNIST = HERE.parent.parent / "shared" / "data" / "mnist"


@dataclass(frozen=True)
class Effort:
    """How often and how long everything is measured."""

    quick: bool
    only: tuple[str, ...]
    mnist: Path
    # Of a sample. In shorter ones a core that slept meanwhile has not woken up yet.
    seconds: float = 0.2

    @property
    def rounds(self) -> int:
        return 7 if self.quick else 9

    def names(self, contenders: tuple[str, ...]) -> tuple[str, ...]:
        # torch.compile takes longer to compile than all the others to be measured.
        skipped = ("torch-compile",) if self.quick and not self.only else ()
        wanted = self.only or contenders
        return tuple(n for n in contenders if n in wanted and n not in skipped)


Measure = Callable[[Path, Effort], dict[str, Any]]


def _training(name: str) -> Measure:
    workload = TRAININGS[name]
    return lambda folder, effort: measure_training(
        workload,
        folder,
        effort.rounds,
        effort.seconds,
        effort.names(workload.contenders),
    )


def _prediction(name: str) -> Measure:
    workload = PREDICTIONS[name]
    return lambda folder, effort: measure_prediction(
        workload,
        folder,
        effort.rounds,
        effort.seconds,
        effort.names(workload.contenders),
    )


WORKLOADS: dict[str, Measure] = {
    **{name: _training(name) for name in TRAININGS},
    **{name: _prediction(name) for name in PREDICTIONS},
    "command": measure_command,
    "numerical-gradient": measure_numerical,
    "first-call": measure_first_calls,
    "batch-sizes": measure_batch_sizes,
    "hidden-sizes": measure_hidden_sizes,
}


def measure(name: str, effort: Effort, results: Path) -> None:
    """Measure one workload and write down the results; tell what came out."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        result = WORKLOADS[name](Path(folder), effort)
        if result.get("failed"):
            _keep_logs(Path(folder), list(result["failed"]))
    spent = time.perf_counter() - started
    facts = {"machine": machine.facts(), "date": time.strftime("%Y-%m-%d")}
    result = {"workload": name, "quick": effort.quick, **facts, **result}
    results.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=1, ensure_ascii=False)
    (results / f"{name}.json").write_text(text + "\n")
    _tell(name, result, spent)


def _keep_logs(folder: Path, names: list[str]) -> None:
    for name in names:
        log = folder / f"{name}.log"
        if log.exists():
            print(f"--- {name} wrote:\n{log.read_text()[-1500:]}", file=sys.stderr)


def _tell(name: str, result: dict[str, Any], spent: float) -> None:
    print(f"\n{result.get('title', name)}   ({spent:.0f} s)")
    if "curve" in result:
        print(curve_table(result))
    times = medians(result.get("samples", {}))
    base = fastest_peer(times)
    for contender, value in times.items():
        ratio = f"{value / base:8.2f}" if base else ""
        print(f"  {label(contender):26}{in_units(value):>12}{ratio}")
    for contender, reason in result.get("failed", {}).items():
        print(f"  {contender:26}  left out: {reason}")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", default=[])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--report", action="store_true", help="measure nothing")
    parser.add_argument("--beside", default="", metavar="MACHINE")
    parser.add_argument("--only", action="append", default=[], choices=list(CONTENDERS))
    parser.add_argument("--data-dir", type=Path, default=MNIST, help="MNIST's files")
    options = parser.parse_args()
    unknown = [name for name in options.workloads if name not in WORKLOADS]
    if unknown:
        parser.error(f"no workload {', '.join(unknown)}; need {', '.join(WORKLOADS)}")
    effort = Effort(options.quick, tuple(options.only), options.data_dir)
    if not options.report:
        for name in options.workloads or WORKLOADS:
            try:
                measure(name, effort, RESULTS / options.beside)
            except Exception as error:
                # The others go on; what was measured before stays.
                print(f"{name} failed: {error!r}", file=sys.stderr)
    write_report(RESULTS, HERE.parent / "docs")


if __name__ == "__main__":
    main()
