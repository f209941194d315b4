"""Which engine pays for which network, and from where on a second machine would: drawn.

    python benchmarks/what_pays.py docs/images/what-pays.png
    python benchmarks/what_pays.py picture.png --hidden 10 100 1000 --batch 512

It measures as `kobai doctor --engines` does: the shortest time of a training step of
784-H-10 with every engine that is installed, on every device that JAX finds, and what
programs take to exchange the gradients; a network of 10 Gbit/s and 0.2 ms is added.
"""

import argparse
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from kobai.cli.engines import Steps, engines_here, measure_steps

MARKS = "os^Dv"


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw which engine pays.")
    parser.add_argument("picture", type=Path)
    parser.add_argument(
        "--hidden", type=int, nargs="+", default=[10, 40, 160, 640, 2560]
    )
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each time")
    arguments = parser.parse_args()
    networks = tuple(((784, h, 10), arguments.batch) for h in arguments.hidden)
    found = []
    for each in measure_steps(engines_here(), networks, arguments.seconds):
        found.append(each)
        times = {name: round(1e3 * s, 3) for name, s in each.seconds.items()}
        print(f"{each.title}: {times} ms, 2 machines × {each.gain:.2f}", flush=True)
    figure = draw(found, arguments.hidden, arguments.batch)
    FigureCanvasAgg(figure)
    figure.savefig(arguments.picture, dpi=110)


def draw(found: list[Steps], hidden: list[int], batch: int) -> Figure:
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    times, gains = figure.subplots(1, 2)
    for name, mark in zip(found[0].seconds, MARKS, strict=False):
        y = [1e3 * each.seconds[name] for each in found]
        times.plot(hidden, y, marker=mark, label=name)
    times.set(xscale="log", yscale="log", ylabel="milliseconds a step")
    times.set_title(f"A step of 784-H-10, batch {batch}")
    times.legend(frameon=False)
    gains.plot(hidden, [each.gain for each in found], marker="o", color="C3")
    gains.axhline(1, color="gray", linewidth=1, linestyle="--")
    gains.annotate("below: slower than one machine", (hidden[0], 0.97), va="top")
    gains.set(xscale="log", ylim=(0, 2.1), ylabel="times as fast, estimated")
    gains.set_title("Two machines, each half the batch")
    for axes in (times, gains):
        axes.set_xlabel("hidden units H")
        axes.grid(alpha=0.3)
    return figure


if __name__ == "__main__":
    main()
