"""The charts: bars for the workloads, curves over batch and network sizes."""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from kobai.plots.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, VERMILION, sheet

# A bar that is longer than this many times the fastest of the others is cut off.
LONGEST = 4.0
COLUMNS = 2
LINES = {
    "kobai-numba": (BLUE, "o"),
    "kobai-numpy": ("#56B4E9", "s"),
    "by-hand": (GREY, "D"),
    "torch-all": (VERMILION, "v"),
    "jax-scan": (GREEN, "^"),
}
OTHER_LINES = ((ORANGE, "P"), (PURPLE, "X"))

Label = Callable[[str], str]
Ours = Callable[[str], bool]


def draw_bars(
    panels: list[tuple[str, dict[str, float]]], label: Label, ours: Ours, path: Path
) -> None:
    """Draw one panel for each workload: a bar for each contender, the fastest on top.

    The length is the ratio to the fastest contender that is not Kobai.
    """
    rows = -(-len(panels) // COLUMNS)
    most = max(len(times) for _, times in panels)
    with sheet("en", 11, rows * (0.27 * most + 0.8)) as (figure, _, _):
        axes = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
        for ax, (title, times) in zip(axes, panels, strict=False):
            _bars(ax, title, times, label, ours)
        for ax in axes[len(panels) :]:
            ax.set_axis_off()
        figure.supxlabel(
            "time, as a ratio to the fastest library that is not Kobai (shorter is "
            "better)",
            fontsize=11,
        )
        figure.savefig(path)


def _bars(
    ax: Any, title: str, times: dict[str, float], label: Label, ours: Ours
) -> None:
    base = min((v for n, v in times.items() if not ours(n)), default=None)
    base = base or min(times.values())
    names = list(times)
    ratios = [times[name] / base for name in names]
    limit = min(LONGEST, max(ratios))
    colours = [BLUE if ours(name) else "#C4C4C4" for name in names]
    places = range(len(names))
    ax.barh(places, [min(r, limit) for r in ratios], color=colours, height=0.72)
    for place, name, ratio in zip(places, names, ratios, strict=True):
        text = f"{ratio:.2f}" if ratio < 100 else f"{ratio:,.0f}"
        if ratio > limit:
            text += " →"
        weight = "bold" if ours(name) else "normal"
        x = min(ratio, limit) + 0.015 * limit
        words = ax.text(x, place, text, va="center", fontsize=9, color=INK)
        words.set_fontweight(weight)
        # So that the line at 1 does not run through it.
        words.set_bbox({"facecolor": "white", "linewidth": 0, "pad": 0.5})
    ax.set_yticks(places, [label(name) for name in names], fontsize=9)
    for tick, name in zip(ax.get_yticklabels(), names, strict=True):
        tick.set_fontweight("bold" if ours(name) else "normal")
    ax.axvline(1, color="#666666", linewidth=0.8, linestyle="--")
    ax.invert_yaxis()
    ax.set_xlim(0, 1.24 * max(limit, 1))
    ax.grid(False, axis="y")
    ax.set_title(title, fontsize=11, loc="left")


def draw_curves(
    curves: list[dict[str, Any]], label: Label, ours: Ours, path: Path
) -> None:
    """Draw seconds per epoch over what was varied, both logarithmic."""
    with sheet("en", 5.6 * len(curves), 5.0) as (figure, _, _):
        axes = figure.subplots(1, len(curves), squeeze=False)[0]
        for ax, curve in zip(axes, curves, strict=True):
            _curve(ax, curve, label, ours)
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3)
        figure.savefig(path)


def _curve(ax: Any, curve: dict[str, Any], label: Label, ours: Ours) -> None:
    points = curve["curve"]
    names = list(points[0]["samples"])
    spare = iter(OTHER_LINES)
    for name in names:
        color, marker = LINES.get(name) or next(spare)
        here = [p for p in points if p["samples"].get(name)]
        ax.plot(
            [p["at"] for p in here],
            [median(p["samples"][name]) for p in here],
            color=color,
            marker=marker,
            label=label(name),
            linewidth=2.4 if ours(name) else 1.4,
            zorder=3 if ours(name) else 2,
        )
    ax.plot(
        [p["at"] for p in points],
        [p["gemm_limit"] for p in points],
        color=INK,
        linewidth=1.0,
        linestyle=":",
        label="matrix products at the GEMM peak",
    )
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlabel(curve["axis"])
    ax.set_ylabel("seconds per epoch")
    ax.set_title(curve["title"].replace("Seconds per epoch of ", ""), fontsize=11)
