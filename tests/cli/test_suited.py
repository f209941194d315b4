"""The command and three lines of Python are one run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kobai import Network, load_dataset, load_model, load_table, train
from kobai.networks import suited
from kobai.training import History

pl = pytest.importorskip("polars")


def tables(folder: Path) -> dict[str, Path]:
    """Write a table for each kind of target."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(240, 3))
    side = np.where(x[:, 0] + x[:, 1] > 0, "up", "down")
    third = np.where(x[:, 2] > 1, "far", side)
    columns = {f"x{i}": x[:, i] for i in range(3)}
    paths = {}
    for name, target in {"two": side, "three": third, "number": x @ [1, 2, 3]}.items():
        paths[name] = folder / f"{name}.csv"
        pl.DataFrame({**columns, "y": target}).write_csv(paths[name])
    return paths


def assert_one_run(run: Path, network: Network, history: History) -> None:
    saved = load_model(run / "model.safetensors").network
    for name, array in network.params.items():
        np.testing.assert_array_equal(saved.params[name], array)
    written = History.read_csv(run / "history.csv")
    np.testing.assert_array_equal(written["train_loss"], history["train_loss"])


@pytest.mark.parametrize("name", ["two", "three", "number"])
def test_a_table(name: str, kobai: Callable[..., Any], here: Path) -> None:
    path = tables(here)[name]
    done = kobai("train", path, "--target", "y", "--run", here / "run")
    assert done.code == 0, done.err
    data = load_table(path, "y")
    network, settings = suited(data)
    history = train(network, data, **settings, progress=False)
    assert_one_run(here / "run", network, history)


def test_the_digits(kobai: Callable[..., Any], here: Path) -> None:
    assert kobai("train", "--run", here / "run", "--seed", 3).code == 0
    data = load_dataset("digits", seed=3)
    network, settings = suited(data, seed=3)
    history = train(network, data, **settings, progress=False)
    assert_one_run(here / "run", network, history)
