"""A CSV of a million rows and 30 columns: read, train one epoch, evaluate.

    python benchmarks/million_rows.py            # writes results/million-rows.json
    python benchmarks/million_rows.py --quick    # fewer rows, two rounds

Kobai beside pandas with scikit-learn's partial_fit: the same network 32-50-3 of ReLU,
Adam with learning rate 0.005, batches of 100. Every contender is a process of its own,
timed from its start to its end, and they take turns. Both must end with nearly the same
accuracy. "kobai-command" is `kobai train`, which saves the network and draws its
curves besides, and whose network has curves of the numbers. Memory is the most that a
process held at any time; "own" leaves out pages of files, which the system takes back
when it needs them.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from machine import installed, processor
from peers import CORES

HERE = Path(__file__).parent
COLUMNS = 29
CHUNK = 100_000
NEARLY = 0.02
CONTENDERS = ("kobai", "kobai-command", "pandas + scikit-learn")


def write_table(path: Path, rows: int) -> None:
    """Write numbers, a column of words, and three classes that depend on both."""
    import polars as pl

    rng = np.random.default_rng(0)
    with path.open("wb") as file:
        for start in range(0, rows, CHUNK):
            n = min(CHUNK, rows - start)
            x = rng.normal(size=(n, COLUMNS)).round(5)
            colours = rng.integers(3, size=n)
            score = np.sin(x[:, 0]) + x[:, 1] * x[:, 2] + 0.5 * x[:, 3] + colours / 2
            kinds = 1 * (score > 0.5) + 1 * (x[:, 4] + x[:, 5] ** 2 > 1.5)
            columns = {f"x{i}": x[:, i] for i in range(COLUMNS)}
            columns["colour"] = np.array(["red", "green", "blue"])[colours]
            columns["kind"] = np.array(["a", "b", "c"])[kinds]
            pl.DataFrame(columns).write_csv(file, include_header=start == 0)


def command(name: str, table: Path, folder: Path) -> list[str]:
    """Return how to start a contender."""
    if name == "kobai-command":
        run = str(folder / f"run-{time.monotonic_ns()}")
        # The same network on the same rows as the others.
        options = ["--target", "kind", "--epochs", "1", "--run", run, "--quiet"]
        options += ["--hidden", "50", "--validation", "0", "--lr", "0.005"]
        options += ["--batch-size", "100"]
        return [sys.executable, "-m", "kobai", "train", str(table), *options]
    script = "million_kobai.py" if name == "kobai" else "million_sklearn.py"
    return [sys.executable, str(HERE / "scripts" / script), str(table)]


def measured(name: str, table: Path, folder: Path) -> dict[str, object]:
    """Run a contender, and return its seconds, peak memory in MB, and what it said."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command(name, table, folder), stdout=subprocess.PIPE, text=True
    )
    own = 0.0
    while (
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    ):
        own = max(own, _own_memory(process.pid))
        time.sleep(0.02)
    said = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = status
    if status:
        raise RuntimeError(f"{name} ended with status {status}")
    # Linux counts kilobytes, macOS bytes.
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return {
        "seconds": seconds,
        "peak_mb": usage.ru_maxrss / unit,
        "own_mb": own,
        "accuracy": [float(word) for word in said.split()],
    }


def _own_memory(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in lines if line.startswith("RssAnon")]
    return float(found[0]) / 1024 if found else 0.0


def rounds(table: Path, folder: Path, number: int) -> dict[str, list[dict]]:
    """Measure all contenders in turn; the first round only fills the caches."""
    results: dict[str, list[dict]] = {name: [] for name in CONTENDERS}
    for index in range(number + 1):
        for name in CONTENDERS:
            found = measured(name, table, folder)
            if index:
                results[name].append(found)
                print(f"{name:24} {found['seconds']:6.2f} s {found['peak_mb']:6.0f} MB")
    return results


def summary(results: dict[str, list[dict]]) -> dict[str, object]:
    """Return medians and ratios, having checked that all learned the same."""
    accuracy = {name: runs[-1]["accuracy"] for name, runs in results.items()}
    ours, theirs = accuracy["kobai"][1], accuracy["pandas + scikit-learn"][1]
    if abs(ours - theirs) > NEARLY:
        raise RuntimeError(f"test accuracies differ: {ours:.4f} and {theirs:.4f}")
    seconds = {n: median(r["seconds"] for r in runs) for n, runs in results.items()}
    memory = {n: median(r["peak_mb"] for r in runs) for n, runs in results.items()}
    base = "pandas + scikit-learn"
    return {
        "seconds": seconds,
        "ratio": {n: s / seconds[base] for n, s in seconds.items()},
        "peak_mb": memory,
        "test_accuracy": {"kobai": ours, base: theirs},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    rows = 100_000 if options.quick else 1_000_000
    sizes = () if options.quick else (100_000, 300_000, 2_000_000)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = folder / "table.csv"
        write_table(table, rows)
        size = table.stat().st_size
        results = rounds(table, folder, 2 if options.quick else 3)
        memory = {rows: {n: results[n][-1] for n in ("kobai", "pandas + scikit-learn")}}
        for other in sizes:
            write_table(table, other)
            memory[other] = {n: measured(n, table, folder) for n in memory[rows]}
    found = {
        "title": f"A CSV of {rows:,} rows and {COLUMNS + 1} columns",
        "note": "read it, train one epoch, evaluate on all rows; whole processes.",
        "bytes": size,
        **summary(results),
        "memory": {str(k): memory[k] for k in sorted(memory)},
        "samples": {n: [r["seconds"] for r in runs] for n, runs in results.items()},
        "machine": {
            "processor": processor(),
            "cores": CORES,
            "python": platform.python_version(),
            "versions": installed(),
        },
    }
    text = json.dumps(found, indent=1)
    if not options.quick:
        (HERE / "results" / "million-rows.json").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
