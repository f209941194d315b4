"""The page on the Numba engine names its files and shows what it writes."""

import re
from pathlib import Path

import numpy as np

from kobai.engines import numba_engine
from kobai.engines.numba_engine.module import generate
from kobai.engines.numpy_engine.program import simplify
from kobai.networks import Dense, Network, Sigmoid, Softmax
from kobai.optimizers import SGD
from kobai.training.step import make_step, step_graph

FOLDER = Path(numba_engine.__file__).parent
PAGE = (FOLDER / "README.md").read_text("utf-8")


def two_layers() -> str:
    """Return the generated steps of the network of the page."""
    network = Network(784, [Dense(50), Sigmoid(), Dense(10), Softmax()])
    optimizer, rate = SGD(0.1), np.float32(0.1)
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
    shown = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    source = two_layers()
    places = [source.find(block) for block in shown]
    assert len(shown) > 4
    assert -1 not in places
    assert places == sorted(places)
