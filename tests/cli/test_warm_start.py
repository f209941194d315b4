"""`kobai train --warm-start`: new rows for a trained network."""

import json
import re

import numpy as np
import pytest

from kobai.formats import load_model

QUICK = ["--epochs", 2, "--engine", "eager", "-q"]


def write_table(path, rows, shift=0.0, classes="abc", seed=0):
    rng = np.random.default_rng(seed)
    lines = ["size,colour,kind"]
    for n in range(rows):
        k = n % len(classes)
        colour = ("red", "blue")[n // 3 % 2]
        lines.append(f"{rng.normal() + 3 * k + shift:.3f},{colour},{classes[k]}")
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture
def first(kobai, here):
    """A run on a table, and more rows, which lie elsewhere."""
    write_table(here / "t.csv", 60)
    write_table(here / "more.csv", 50, shift=0.5, seed=1)
    options = ["--hidden", 7, "--optimizer", "momentum", "--lr", 0.02, *QUICK]
    done = kobai("train", "t.csv", "--target", "kind", "--run", "r", *options)
    assert done == (0, "", "")
    return here / "r"


def settings(run):
    return json.loads((run / "run.json").read_text())["settings"]


def test_it_begins_where_the_other_run_ended(kobai, here, first):
    done = kobai("train", "--warm-start", "r", "more.csv", "--run", "s", *QUICK)
    assert done == (0, "", "")
    before, after = (load_model(here / run / "model.safetensors") for run in "rs")
    start = load_model(here / "s/start.safetensors")
    assert start.columns == after.columns == before.columns
    for name, array in before.network.params.items():
        np.testing.assert_array_equal(array, start.network.params[name])
        assert np.any(array != after.network.params[name])
    found = settings(here / "s")
    assert found["warm_start"] == str(first)
    was = settings(first)
    for name in ("hidden", "activation", "optimizer", "lr", "target"):
        assert found[name] == was[name]
    # The standardised inputs mean what they meant: mean and deviation of the first.
    size = before.columns.features[0]
    values = [
        float(line.split(",")[0])
        for line in (here / "t.csv").read_text().splitlines()
        if "." in line
    ]
    assert abs(size.mean - np.mean(values)) < np.std(values) / 4


def test_on_the_same_data_epoch_0_is_the_end_of_the_other_run(kobai, here, first):
    assert kobai("train", "--warm-start", "r", "--run", "s", *QUICK).code == 0
    old, new = (
        (here / run / "history.csv").read_text().splitlines() for run in ("r", "s")
    )
    head = old[0].split(",")
    for name in ("train_loss", "test_loss", "train_accuracy", "test_accuracy"):
        column = head.index(name)
        assert old[-1].split(",")[column] == new[1].split(",")[column]


def test_a_warm_start_is_resumed_without_the_other_run(kobai, here, first):
    for run, epochs in (("s", 4), ("p", 1)):
        options = ["--epochs", epochs, "--engine", "eager", "-q"]
        kobai("train", "--warm-start", "r", "more.csv", "--run", run, *options)
    first.rename(here / "gone")
    done = kobai("train", "--resume", "--run", "p", "--epochs", 4, "-q")
    assert done == (0, "", "")
    whole, parts = (load_model(here / run / "model.safetensors") for run in "sp")
    for name, array in whole.network.params.items():
        np.testing.assert_array_equal(array, parts.network.params[name])
    assert kobai("evaluate", "p").code == 0


def test_other_settings_of_the_training(kobai, here, first):
    write_table(here / "test.csv", 20, seed=2)
    options = [
        "--optimizer",
        "adam",
        "--steps",
        "3",
        "--batch-size",
        "5",
        "--test",
        "test.csv",
    ]
    options += ["--class-weight", "balanced", "--engine", "eager", "-q"]
    done = kobai("train", "--warm-start", "r", "more.csv", "--run", "s", *options)
    assert done == (0, "", "")
    found = settings(here / "s")
    # A rate of momentum is none for Adam.
    assert (found["optimizer"], found["steps"], found["lr"]) == ("adam", 3, 0.002)


def test_new_rows_of_an_npz(kobai, here, blobs):
    kobai("train", blobs, "--run", "r", *QUICK)
    with np.load(blobs) as content:
        np.savez(here / "more.npz", x=content["x"] + 0.1, t=content["t"])
        np.savez(here / "numbers.npz", x=content["x"], t=content["x"][:, :1] / 3)
        np.savez(here / "wide.npz", x=content["x"][:, :3], t=content["t"])
        np.savez(here / "many.npz", x=content["x"], t=np.arange(120) % 4)
        np.savez(here / "few.npz", x=content["x"], t=np.arange(120) % 2)
    for name in ("more", "few"):
        done = kobai("train", "--warm-start", "r", f"{name}.npz", "--run", name, *QUICK)
        assert done == (0, "", "")
        assert load_model(here / name / "model.safetensors").classes == ("0", "1", "2")
    for name, why in (
        ("numbers", "numbers as targets"),
        ("wide", r"shape \(3,\)"),
        ("many", "the classes 0, 1, 2, 3"),
    ):
        refuse(kobai, here, f"{name}.npz", why)


def refuse(kobai, here, *options_and_why):
    *options, why = options_and_why
    before = sorted(here.rglob("*"))
    done = kobai("train", "--warm-start", "r", *options, "-q")
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert re.search(why, done.err), done.err
    assert sorted(here.rglob("*")) == before


def test_what_does_not_fit_is_refused(kobai, here, first, blobs):
    write_table(here / "d.csv", 30, classes="abd")
    (here / "lacks.csv").write_text("size,kind\n1,a\n2,b\n")
    refuse(kobai, here, "d.csv", 'has "d".*; the classes that the network knows are')
    refuse(kobai, here, "lacks.csv", 'lacks the column "colour"')
    refuse(kobai, here, "more.csv", "--hidden", "9", "is 9 now and was 7 in r")
    refuse(kobai, here, "more.csv", "--drop", "size", "was not given in r")
    refuse(kobai, here, blobs, "a ZIP or Excel file")
    done = kobai("train", "--warm-start", "r/model.safetensors", "more.csv")
    assert (done.code, "name the run folder" in done.err) == (2, True)
    done = kobai("train", "--warm-start", "nowhere", "more.csv")
    assert (done.code, "no such run" in done.err) == (2, True)
    done = kobai("train", "--warm-start", "r", "--resume", "--run", "r")
    assert (done.code, "give one of the two" in done.err) == (2, True)
