"""`kobai runs`: what there is, what differs, and what is damaged."""

import json
import os
import re
import shutil

import pytest

from kobai.cli import screen


@pytest.fixture
def two(kobai, blobs, here):
    """Two runs that differ in one setting."""
    options = ["--hidden", 5, "--engine", "eager", "-q"]
    for lr, epochs in ((0.1, 1), (0.2, 3)):
        kobai("train", blobs, "--lr", lr, "--epochs", epochs, *options)
    return here / "runs"


def listed(kobai, *arguments):
    done = kobai("runs", *arguments, "--json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def rows_of(done):
    assert done.code == 0, done.err
    return [line.split() for line in done.out.splitlines()]


def test_no_runs(kobai, here):
    done = kobai("runs")
    assert done.code == 0
    assert "No runs in runs" in done.out
    assert listed(kobai) == []


def test_a_row_for_each_run_the_newest_last(kobai, two):
    head, *rows = rows_of(kobai("runs"))
    assert head == [
        "run",
        "data",
        "network",
        "when",
        "epochs",
        "state",
        "accuracy",
        "seconds",
    ]
    assert [row[0] for row in rows] == ["runs/blobs-1", "runs/blobs-2"]
    for row, run, epochs in zip(rows, sorted(two.iterdir()), "13", strict=True):
        accuracy = json.loads((run / "run.json").read_text())["results"]
        assert row[1:4] == ["blobs.npz", "5", "sigmoid"]
        assert row[6:9] == [epochs, "done", f"{accuracy['test_accuracy']:.4f}"]


def test_sorted_as_asked(kobai, two):
    results = {run["run"]: run["score"]["value"] for run in listed(kobai)}
    best = max(results, key=results.get)
    assert listed(kobai, "--sort", "score")[-1]["run"] == best
    assert [r["epochs"] for r in listed(kobai, "--sort", "epochs")] == [1, 3]
    done = kobai("runs", "--sort", "sore")
    assert (done.code, 'Did you mean "score"' in done.err) == (2, True)


def test_regressions_have_their_lowest_error_last(kobai, here, two):
    for name, error in (("good", 1.0), ("bad", 2.0)):
        shutil.copytree(two / "blobs-1", two / name)
        content = json.loads((two / name / "run.json").read_text())
        # As an older run wrote it.
        del content["checksum"], content["begun"]
        content["results"] = {"test_rmse": error, "stopped": None}
        (two / name / "run.json").write_text(json.dumps(content))
    rmse = [r for r in listed(kobai, "--sort", "score") if r["score"]["name"] == "RMSE"]
    assert [run["run"] for run in rmse] == ["runs/bad", "runs/good"]
    assert [run["epochs"] for run in rmse] == [1, 1]
    out = kobai("runs").out
    assert (out.count("RMSE"), out.count("accuracy")) == (2, 2)


def test_two_runs_side_by_side(kobai, two):
    done = kobai("runs", "runs/blobs-2", "runs/blobs-1")
    rows = {row[0]: row[1:] for row in rows_of(done)[1:]}
    assert rows["lr"] == ["0.2", "0.1"]
    assert rows["epochs"] == ["3", "1"] or rows["epochs"] == ["done", "3", "1"]
    assert "hidden" not in rows
    first, second = (
        json.loads((two / run / "run.json").read_text())["results"]["test_loss"]
        for run in ("blobs-2", "blobs-1")
    )
    assert f"{first:.5g}" in done.out
    assert f"{second:.5g}" in done.out


def test_equal_runs_are_called_so(kobai, two):
    shutil.copytree(two / "blobs-1", two / "copy")
    assert "All settings are the same" in kobai("runs", "runs/blobs-1", "runs/copy").out


def test_a_folder_of_runs_is_listed(kobai, two, here):
    two.rename(here / "elsewhere")
    found = [run["run"] for run in listed(kobai, "elsewhere")]
    assert found == ["elsewhere/blobs-1", "elsewhere/blobs-2"]


def damage(run, how):
    file = run / "run.json"
    if how == "nested":
        file.write_text("[" * 100_000)
    elif how == "pipe":
        file.unlink()
        os.mkfifo(file)
    elif how == "folder":
        file.unlink()
        file.mkdir()
    elif how == "flipped":
        file.write_text(file.read_text().replace('"lr": 0.1', '"lr": 0.3'))
    elif how == "words":
        content = {"settings": {"data": "digits", "lr": "fast"}}
        file.write_text(json.dumps(content))
    elif how == "model":
        (run / "model.safetensors").write_bytes(b"short")
    else:
        file.unlink()


HOW = ["nested", "pipe", "folder", "flipped", "words", "model", "missing"]


@pytest.mark.parametrize("how", HOW)
def test_damage_is_told_and_hides_no_other_run(kobai, two, how):
    damage(two / "blobs-1", how)
    found = {run["run"]: run for run in listed(kobai)}
    assert found["runs/blobs-1"]["state"] == "damaged"
    assert found["runs/blobs-1"]["why"]
    assert found["runs/blobs-2"]["state"] == "done"
    assert "damaged" in kobai("runs").out
    done = kobai("runs", "runs/blobs-1", "runs/blobs-2")
    assert done.code == 2
    assert done.err.count("\n") == 1


def test_what_is_no_run_is_refused(kobai, two, blobs):
    for name, why in (("nowhere", "no such folder"), ("blobs.npz", "is a file")):
        done = kobai("runs", name)
        assert (done.code, why in done.err, done.err.count("\n")) == (2, True, 1)


def test_a_run_named_without_its_folder_is_told_where_it_is(kobai, two):
    done = kobai("runs", "blobs-1")
    assert (done.code, done.out) == (2, "")
    assert 'Did you mean "runs/blobs-1"?' in done.err


@pytest.mark.parametrize("command", ["runs", "evaluate"])
def test_where_no_run_is_called_so_all_are_named(kobai, two, command):
    # Its folder is that of the others: that alone makes it like none of them.
    done = kobai(command, "runs/x")
    assert (done.code, done.out) == (2, "")
    assert "There are runs/blobs-1, runs/blobs-2." in done.err


def test_of_many_runs_the_newest_are_named(kobai, two):
    for age in range(20):
        old = two / f"old-{age:02}"
        shutil.copytree(two / "blobs-1", old)
        os.utime(old, (0, 1e9 - age))
    done = kobai("runs", "runs/x")
    assert "There are runs/blobs-1, runs/blobs-2, runs/old-00, " in done.err
    assert "runs/old-05 and 14 older ones: kobai runs" in done.err


# What a terminal is told of how letters look.
STYLE = r"\x1b\[[\d;]*m"


@pytest.mark.parametrize("width", [40, 80])
def test_it_fits_the_window(kobai, two, here, monkeypatch, width):
    damage(two / "blobs-1", "nested")
    two.joinpath("blobs-2").rename(two / "勾配を降りる走り")
    from rich.cells import cell_len
    from rich.console import Console

    def terminal():
        return Console(width=width, force_terminal=True, color_system=None)

    monkeypatch.setattr(screen, "console", terminal)
    monkeypatch.setattr("kobai.cli.runs.console", terminal)
    table = re.sub(STYLE, "", kobai("runs").out).split("\n\n")[0]
    both = re.sub(STYLE, "", kobai("runs", "runs/勾配を降りる走り").out)
    for line in (table + "\n" + both).splitlines():
        assert cell_len(line) <= width
    for text in ("damaged", "done", "blobs.npz", "5 sigmoid", "accuracy"):
        assert text in table


def test_a_run_that_stopped_early_is_done(kobai, here):
    rows = [f"{i * 37 % 101},{i * 53 % 89},{'ab'[i % 2]}" for i in range(200)]
    (here / "my.csv").write_text("\n".join(["x,y,kind", *rows]))
    options = ["--target", "kind", "--patience", 1, "--epochs", 60, "--run", "r"]
    done = kobai("train", "my.csv", *options)
    assert "early stopping" in done.out
    (run,) = listed(kobai, "r")
    assert (run["state"], run["why"]) == ("done", None)
    assert run["epochs"] < 60
    assert "early stopping" not in kobai("runs", ".").out
