"""The results that are not steps or calls, as sections in Markdown."""

from collections.abc import Iterable
from statistics import mean, median
from typing import Any

Result = dict[str, Any]

ESTIMATORS = ("kobai", "kobai float32", "kobai numba")


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown, all columns but the first to the right."""
    heads = list(heads)
    rule = ["---", *["---:"] * (len(heads) - 1)]
    lines = [heads, rule, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def estimators(result: Result) -> list[str]:
    """Return the section on Kobai's estimators beside scikit-learn's."""
    rows = []
    for name, found in result["data"].items():
        peer, own, single, compiled = (
            found[each] for each in ("scikit-learn", *ESTIMATORS)
        )
        gain = f"{own['gain']:+.4f} ± {own['gain_error']:.4f}"
        rows.append(
            [
                name,
                *[f"{median(each['seconds']) * 1e3:.0f} ms" for each in (peer, own)],
                f"**{own['ratio']:.2f}**",
                f"**{single['ratio']:.2f}**",
                f"**{compiled['ratio']:.2f}**",
                f"{mean(peer['scores']):.4f}",
                gain.replace("+0.0000", "0.0000").replace("-0.0000", "0.0000"),
            ]
        )
    ratios = [f"**{result[f'ratio of {n}']:.2f}**" for n in ESTIMATORS]
    rows.append(["median", "", "", *ratios, "", ""])
    heads = [
        "fit",
        "scikit-learn",
        "Kobai",
        "ratio",
        "in float32",
        "compiled",
        "score",
        "ours more",
    ]
    return [
        "## scikit-learn's MLP and Kobai's estimators\n",
        f"`python benchmarks/estimators.py`: the defaults of both, {result['seeds']} "
        "seeds, one process in turn; the time of `fit` alone, after one fit to warm "
        'up. "Compiled" is `engine="numba"`, in float64. Equal seeds take equal steps, '
        "so the scores (accuracy or R² of the test rows) are equal, too.\n",
        table(heads, rows),
    ]


def million_rows(result: Result) -> list[str]:
    """Return the section on a large CSV file."""
    rows = [
        [
            {"kobai": "**Kobai**", "kobai-command": "**`kobai train`**"}.get(
                name, name
            ),
            f"{seconds:.1f} s",
            f"{result['ratio'][name]:.2f}",
            f"{result['peak_mb'][name]:.0f} MB",
        ]
        for name, seconds in result["seconds"].items()
    ]
    memory = [
        [f"{int(size):,}", *[f"{each['own_mb']:.0f} MB" for each in found.values()]]
        for size, found in result["memory"].items()
    ]
    return [
        f"## {result['title']}\n",
        f"`python benchmarks/million_rows.py`: {result['note']} The file has "
        f"{result['bytes'] / 1e6:.0f} MB; medians of {len(result['samples']['kobai'])} "
        "rounds.\n",
        table(["whole process", "median", "ratio", "peak memory"], rows),
        "Memory of its own, without pages of files, for more and more rows:\n",
        table(["rows", *next(iter(result["memory"].values()))], memory),
    ]


def functions(result: Result) -> list[str]:
    """Return the section on functions of users' own, beside `jax.jit` of the same."""
    rows = []
    for name, found in result["samples"].items():
        row = [name.replace("_", " ")]
        for kind in ("value", "gradient"):
            ours, theirs = (median(found[kind][who]) for who in ("kobai", "jax"))
            times = (f"{each * 1e6:.0f} µs" for each in (ours, theirs))
            row += [*times, f"**{ours / theirs:.2f}**"]
        rows.append(row)
    heads = ["function", "value", "JAX", "ratio", "and gradient", "JAX", "ratio"]
    return [
        "## Functions of your own\n",
        "`python benchmarks/functions.py`: ten functions written in NumPy, in "
        f'{result["dtype"]}, by `kobai.compile(f, engine="numba")`, alone and with '
        "`kobai.value_and_gradient`, beside `jax.jit` of the same lines.\n",
        table(heads, rows),
    ]


SECTIONS = {
    "estimators": estimators,
    "functions": functions,
    "million-rows": million_rows,
}
