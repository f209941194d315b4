"""`--members`: several networks that answer together, from the command to the files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kobai import load_model
from kobai.networks import Ensemble

pl = pytest.importorskip("polars")


@pytest.fixture
def table(here: Path) -> Path:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 2))
    path = here / "sums.csv"
    pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": x.sum(axis=1)}).write_csv(path)
    return path


def members_of(run: Path) -> int | None:
    network = load_model(run / "model.safetensors").network
    return network.members if isinstance(network, Ensemble) else None


def test_a_table_gets_eight_and_is_told_so(
    kobai: Callable[..., Any], here: Path, table: Path
) -> None:
    done = kobai("train", table, "--target", "y", "--epochs", 2)
    assert done.code == 0, done.err
    text = " ".join(done.out.split())
    assert "8 such networks, each with other rows held out" in text
    assert "--members 1 trains one alone" in text
    run = here / "runs" / "sums-1"
    assert members_of(run) == 8
    assert json.loads((run / "run.json").read_text())["settings"]["members"] == 8
    assert "× 8" in kobai("runs").out


def test_one_is_a_network_alone_of_which_nothing_is_said(
    kobai: Callable[..., Any], here: Path, table: Path
) -> None:
    done = kobai("train", table, "--target", "y", "--epochs", 2, "--members", 1)
    assert done.code == 0, done.err
    assert "such networks" not in done.out
    assert members_of(here / "runs" / "sums-1") is None


def test_a_run_goes_on_and_another_starts_from_it(
    kobai: Callable[..., Any], here: Path, table: Path
) -> None:
    given = ("train", table, "--target", "y", "--members", 3, "--run")
    assert kobai(*given, here / "a", "--epochs", 2).code == 0
    assert kobai("train", "--resume", "--run", here / "a", "--epochs", 4).code == 0
    assert kobai(*given, here / "b", "--epochs", 4).code == 0
    one, other = (load_model(here / n / "model.safetensors").network for n in "ab")
    for name, array in one.params.items():
        np.testing.assert_array_equal(other.params[name], array)
    more = kobai("train", "--warm-start", here / "a", "--run", here / "c")
    assert more.code == 0, more.err
    assert members_of(here / "c") == 3
    other = kobai("train", "--warm-start", here / "a", "--members", 5)
    assert other.code == 2
    assert "--members: is 5 now and was 3" in other.err


def test_the_run_explains_predicts_and_exports(
    kobai: Callable[..., Any], here: Path, table: Path
) -> None:
    run = here / "run"
    given = ("--target", "y", "--members", 2, "--epochs", 2, "--run", run)
    assert kobai("train", table, *given).code == 0
    assert "Which columns mattered" in kobai("evaluate", run).out
    assert kobai("predict", run, table, "-o", here / "p.csv").code == 0
    assert pl.read_csv(here / "p.csv").height == 120
    for ending in ("onnx", "py", "mjs", "c", "json", "safetensors"):
        done = kobai("export", run, here / f"m.{ending}")
        assert done.code == 0, done.err
    assert kobai("source", run).code == 0


def test_no_members_are_refused(kobai: Callable[..., Any], table: Path) -> None:
    done = kobai("train", table, "--target", "y", "--members", 0)
    assert done.code == 2
    assert "--members: got 0; need 1 or more" in done.err


def test_the_digits_may_have_several(kobai: Callable[..., Any], here: Path) -> None:
    done = kobai("train", "--members", 2, "--epochs", 1, "--run", here / "run")
    assert done.code == 0, done.err
    assert members_of(here / "run") == 2
