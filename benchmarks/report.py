"""The results as a Markdown table and as charts."""

import json
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

from charts import draw_bars, draw_curves
from peers import CONTENDERS
from sections import SECTIONS, table

Result = dict[str, Any]

LABELS = {
    "kobai-auto": "Kobai, auto",
    "textbook": "The textbook's loop",
    "kobai": "Kobai",
}
BARS = (
    "mnist-mlp",
    "tiny",
    "small",
    "wide",
    "deep",
    "predict-1",
    "predict-10000",
    "command",
)
# The whole call of `kobai.train`, beside the step alone.
CALLS = ("call-mnist-mlp", "call-tiny", "call-small", "call-wide")
CURVES = ("batch-sizes", "hidden-sizes")

INTRODUCTION = """\
# Benchmarks

Kobai beside other libraries on one machine, written by `make bench`. Every contender is
a process of its own, and they take turns: each round measures all of them, in another
order, after a spell to warm the caches. A number is the median of the rounds; the ratio
is to the fastest of the others in the same run, so that below 1 is faster than all of
them. All samples are in `benchmarks/results/`, and `benchmarks/peers/` shows how each
contender is used.

Training: the same float32 initial parameters, the same batches of the same 6,000 rows
(rounded up to whole batches). Every contender computes the loss of every step, and must
end where a training by hand in float64 ends, or it is left out. scikit-learn shuffles
by itself; of it only the loss is compared, loosely, and for two classes it has one
output where the others have two. There Kobai is timed in its own training loop, without
the evaluation after each epoch, which the others do not do either: this is the speed of
its engines. What a user waits for is the whole call, `kobai.train(network, (x, t),
epochs=20)`: tracing, preparing and checking the data, the steps, loss and accuracy of
all rows after each epoch, the history. It is measured by itself, beside a scan of JAX
that is evaluated as often, compiled as well; the code of both is compiled before.
"""


def ours(name: str) -> bool:
    """Tell whether a contender is Kobai."""
    return name.startswith("kobai")


OTHERS = """What follows is measured by benchmarks of their own, on another day and
perhaps another machine: ratios hold within a table.
"""


def label(name: str) -> str:
    """Return a contender's name for people."""
    return CONTENDERS[name].label if name in CONTENDERS else LABELS[name]


def medians(samples: dict[str, list[float]]) -> dict[str, float]:
    """Return the median time of each contender, the shortest first."""
    pairs = [(name, median(values)) for name, values in samples.items() if values]
    return dict(sorted(pairs, key=lambda pair: pair[1]))


def fastest_peer(times: dict[str, float]) -> float | None:
    """Return the shortest time of those that are not Kobai."""
    return min((v for n, v in times.items() if not ours(n)), default=None)


def in_units(seconds: float) -> str:
    """Return a time with three digits and the unit that suits it.

    >>> in_units(0.00012345)
    '123 µs'
    """
    for factor, unit in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= factor or unit == "µs":
            value = seconds / factor
            digits = max(0, 2 - len(str(int(value))) + (value >= 1))
            return f"{value:,.{digits}f} {unit}"
    return ""


def _ratio(value: float, base: float | None) -> str:
    return "" if base is None else f"{value / base:.2f}"


def summary(results: dict[str, Result]) -> str:
    """Return one line for each workload: Kobai's ratios to the fastest peer.

    Steps alone are compared with steps alone, whole calls with whole calls.
    """
    engines = ("kobai-numba", "kobai-numpy", "kobai-eager")
    calls = ("kobai-train-numba", "kobai-train-numpy")
    rows = []
    for name in BARS:
        if name not in results:
            continue
        times = medians(results[name]["samples"])
        base = fastest_peer(times)
        if base is None:
            continue
        best = next(n for n, v in times.items() if v == base)
        called = medians(results.get(f"call-{name}", {"samples": {}})["samples"])
        pairs = [(n, times, base) for n in engines]
        pairs += [(n, called, fastest_peer(called)) for n in calls]
        ratios = [_ratio(found[n], b) if n in found else "–" for n, found, b in pairs]
        rows.append(
            [results[name]["title"], *ratios, f"{label(best)}, {in_units(base)}"]
        )
    heads = ["Ratio to the fastest of the others", "numba", "numpy", "eager"]
    heads += ["kobai.train, numba", "kobai.train, numpy"]
    return table([*heads, "the fastest of the others at a step alone"], rows)


def workload_table(result: Result) -> str:
    """Return one line for each contender of a workload."""
    times = medians(result["samples"])
    base = fastest_peer(times)
    memory = result.get("memory", {})
    rows = []
    for name, value in times.items():
        values = result["samples"][name]
        spread = f"{in_units(min(values))} – {in_units(max(values))}"
        row = [label(name), in_units(value), spread, _ratio(value, base)]
        if memory:
            peak = memory.get(name)
            row.append(f"{peak['peak_mib']:.0f} MiB" if peak else "")
        if "samples_with_empty_cache" in result:
            row.append(in_units(median(result["samples_with_empty_cache"][name])))
        if "accuracies" in result:
            row.append(result["accuracies"].get(name, ""))
        rows.append([f"**{c}**" for c in row if c] if ours(name) else row)
    heads = [f"per {result['unit']}", "median", "from – to", "ratio"]
    if memory:
        heads.append("peak memory")
    if "samples_with_empty_cache" in result:
        heads.append("with empty caches")
    if "accuracies" in result:
        heads.append("test accuracy at the end")
    return table(heads, rows) + "".join(
        f"\nLeft out: {label(name)} ({reason})\n"
        for name, reason in result.get("failed", {}).items()
    )


def section(result: Result, newest: Result) -> list[str]:
    """Return heading, notes and table of a workload."""
    notes = [f"{result['note']}\n"] if "note" in result else []
    notes += elsewhere(result, newest)
    return [f"## {result['title']}\n", *notes, workload_table(result)]


def elsewhere(result: Result, newest: Result) -> list[str]:
    """Return on what a result was measured, if not on that of the newest."""
    facts = ("processor", "cores", "vectors")
    is_same = all(result["machine"][f] == newest["machine"][f] for f in facts)
    return [] if is_same else [machine_text(result)]


def curve_table(result: Result) -> str:
    """Return one line for each point of a curve."""
    names = list(result["curve"][-1]["samples"])
    rows = []
    for point in result["curve"]:
        times = medians(point["samples"])
        cells = [in_units(times[n]) if n in times else "–" for n in names]
        rows.append([f"{point['at']:,}", *cells, in_units(point["gemm_limit"])])
    heads = [result["axis"], *map(label, names), "products alone, at the GEMM peak"]
    return table(heads, rows)


def machine_text(result: Result) -> str:
    """Return what the results were measured on."""
    facts = result["machine"]
    versions = ", ".join(f"{name} {v}" for name, v in facts["versions"].items())
    speeds = facts["gemm_gflops"].items()
    gemm = ", ".join(f"{speed:.0f} by {library}" for library, speed in speeds)
    return (
        f"Measured on {result['date']}: {facts['processor']}, {facts['cores']} cores, "
        f"{facts['vectors']}, {facts['system']}. Python {facts['python']}; {versions}. "
        f"NumPy's BLAS: {facts['blas']}. Product of two float32 matrices of 2048 × "
        f"2048, GFLOP/s: {gemm}.\n"
    )


def document(
    results: dict[str, Result],
    others: dict[str, Result],
    beside: dict[str, dict[str, Result]],
) -> str:
    """Return the whole page; `beside` has the results of other machines."""
    newest = max(results.values(), key=lambda result: result["date"])
    quick = [name for name, result in results.items() if result["quick"]]
    parts = [INTRODUCTION, machine_text(newest)]
    if quick:
        parts.append(f"Measured quickly, so roughly: {', '.join(quick)}.\n")
    parts += [summary(results), "![Time of each contender](images/benchmarks.png)\n"]
    for found in beside.values():
        last = max(found.values(), key=lambda result: result["date"])
        heading = f"## On another machine: {last['machine']['processor']}\n"
        peers = {n for r in found.values() for n in r["samples"] if not ours(n)}
        those = f"The others here: {'; '.join(sorted(map(label, peers)))}.\n"
        parts += [heading, machine_text(last), those, summary(found)]
    for name in (*BARS, *CALLS, "numerical-gradient", "first-call"):
        if name in results:
            parts += section(results[name], newest)
    if any(name in results for name in CURVES):
        parts.append("![Curves](images/benchmark-curves.png)\n")
    for name in CURVES:
        if name in results:
            curve = results[name]
            notes = elsewhere(curve, newest)
            parts += [f"## {curve['title']}\n", *notes, curve_table(curve)]
    if others:
        parts.append(OTHERS)
    for name, result in others.items():
        parts += SECTIONS[name](result)
    return "\n".join(parts)


def _read(folder: Path, names: Iterable[str]) -> dict[str, Result]:
    paths = {name: folder / f"{name}.json" for name in names}
    return {n: json.loads(p.read_text()) for n, p in paths.items() if p.exists()}


def write_report(folder: Path, docs: Path) -> None:
    """Write page and charts of all results that there are."""
    order = (*BARS, *CALLS, "numerical-gradient", "first-call", *CURVES)
    results, others = _read(folder, order), _read(folder, SECTIONS)
    if not results:
        return
    images = docs / "images"
    images.mkdir(parents=True, exist_ok=True)
    bars = {
        n: r for n, r in results.items() if n in BARS and any(r["samples"].values())
    }
    if bars:
        panels = [(r["title"], medians(r["samples"])) for r in bars.values()]
        draw_bars(panels, label, ours, images / "benchmarks.png")
    curves = [results[name] for name in CURVES if name in results]
    if curves:
        draw_curves(curves, label, ours, images / "benchmark-curves.png")
    folders = sorted(each for each in folder.iterdir() if each.is_dir())
    beside = {each.name: _read(each, order) for each in folders}
    (docs / "benchmarks.md").write_text(document(results, others, beside))
