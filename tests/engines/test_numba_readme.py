"""The page on the Numba engine names its files and shows what it writes."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from kobai.engines import numba_engine
from kobai.engines.numba_engine.module import generate
from kobai.engines.numpy_engine.program import simplify
from kobai.networks import Dense, Network, Sigmoid, Softmax
from kobai.optimizers import SGD, Momentum
from kobai.training.step import make_step, step_graph

FOLDER = Path(numba_engine.__file__).parent
PAGE = (FOLDER / "README.md").read_text("utf-8")


def written(optimizer: Any, hidden: int) -> str:
    """Return the generated steps of a network like that of the page."""
    layers = [layer for _ in range(hidden) for layer in (Dense(50), Sigmoid())]
    network = Network(784, [*layers, Dense(10), Softmax()])
    rate = np.float32(0.1)
    work = network.params, optimizer.init(network.params), network.statistics
    x, t = network.example_batch(100)
    step = make_step(network, optimizer, "backprop")
    graph = simplify(step_graph(step, work, {"x": x, "t": t}, {}, rate))
    *_, x, t, rate = graph.inputs
    return generate(graph, [x, t], [rate]).source


def test_every_file_is_named() -> None:
    files = {path.name for path in FOLDER.rglob("*.py")} - {"__init__.py"}
    named = re.findall(r"`(\w+\.py)`", PAGE)
    assert sorted(named) == sorted(files)


def test_what_it_shows_is_what_is_written() -> None:
    *shown, function = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    source = written(SGD(0.1), hidden=1)
    places = [source.find(block) for block in shown]
    assert len(shown) > 4
    assert -1 not in places
    assert places == sorted(places)
    assert function in written(Momentum(0.1), hidden=3)
