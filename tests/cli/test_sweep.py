"""`kobai sweep`: its trials are runs, its best is told, and nothing of it is lost."""

import csv
import errno
import importlib.util
import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import kobai as package

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "sweep_kills.py"
SHORT = ("--epochs", "3", "--hidden", "4", "--validation", "0.25", "--seeds", "1")
RATES = ("--lr", "0.01..1", "--trials", "5", "--jobs", "1")


def read(path):
    return json.loads(Path(path).read_text("utf-8"))


def outcomes(folder):
    return {file.parent.name: read(file) for file in Path(folder).glob("*/trial.json")}


def begin(kobai, blobs):
    done = kobai("sweep", blobs, *RATES, *SHORT, "--no-halving")
    assert done.code == 0, done.err
    return done


@pytest.fixture(scope="module")
def once():
    """What the first test has swept, for the others."""
    return {}


@pytest.fixture
def swept(kobai, blobs, here, once):
    if not once:
        once["done"] = begin(kobai, blobs)
        shutil.copytree(here / "runs", here / "kept")
        once["runs"] = here / "kept"
    else:
        shutil.copytree(once["runs"], here / "runs")
    return once["done"]


def test_every_trial_is_a_run(kobai, swept, here):
    assert sorted(outcomes("runs/sweep-1")) == ["001", "002", "003", "004", "005"]
    done = kobai("runs", "runs/sweep-1", "--json")
    runs = json.loads(done.out)
    assert {run["state"] for run in runs} == {"done"}
    assert kobai("evaluate", "runs/sweep-1/002").code == 0
    assert kobai("export", "runs/sweep-1/002", "model.py").code == 0
    longer = ("--resume", "--run", "runs/sweep-1/002", "--epochs", "4")
    assert kobai("train", *longer).code == 0


def test_only_the_best_has_met_the_test_data(swept):
    tested = [
        path.parent.name
        for path in Path("runs/sweep-1").glob("*/run.json")
        if any(name.startswith("test_") for name in read(path)["results"])
    ]
    losses = {
        name: (-o["score"], o["loss"])
        for name, each in outcomes("runs/sweep-1").items()
        for o in each["outcomes"]
    }
    best = max(losses, key=lambda name: (losses[name][0], -losses[name][1]))
    assert tested == [best]
    assert f"runs/sweep-1/{best}" in swept.out


def test_the_command_that_is_printed_trains_the_same(kobai, swept):
    line = swept.out.split("To train it alone:")[1].splitlines()[1]
    words = line.split(" train ")[1].split()
    assert kobai("train", *words, "--run", "again").code == 0
    best = swept.out.split(", in ")[1].split()[0]
    one, two = (
        package.load_model(f"{run}/model.safetensors") for run in (best, "again")
    )
    for name, array in one.network.params.items():
        assert np.array_equal(array, two.network.params[name])


def test_halving_and_seeds_and_what_is_left_behind(kobai, blobs):
    halved = ("--trials", "9", "--epochs", "9", "--seeds", "3", "--language", "ja")
    done = kobai("sweep", blobs, *RATES[:2], *SHORT[2:6], "--jobs", 1, *halved)
    assert done.code == 0, done.err
    assert "9 trials, up to 3 epochs" in done.out
    assert "3 trials, up to 9 epochs" in done.out
    assert "The best with other seeds: 6 trainings" in done.out
    assert "over 3 seeds" in done.out
    pictures = {path.name for path in Path("runs/sweep-1").glob("*.png")}
    assert pictures == {"settings.png", "rungs.png", "best.png", "twenty.png"}
    with open("runs/sweep-1/sweep.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9
    assert rows[0]["seeds"] == "3"
    assert [row["epochs"] for row in rows[:4]] == ["9", "9", "9", "3"]


def test_a_table_and_a_grid(kobai, here):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 2))
    lines = [f"{a},{b},{3 * a - b}" for a, b in x]
    Path("data.csv").write_text("\n".join(["a,b,y", *lines]))
    grid = ("--lr", "0.001..0.1/2", "--members", "1", "--members", "2")
    fixed = ("--hidden", "4", "--epochs", "3", "--seeds", "1", "--jobs", "1")
    done = kobai(
        *("sweep", "data.csv", "--target", "y", *grid, "--sampler", "grid", *fixed)
    )
    assert done.code == 0, done.err
    configs = [each["config"] for each in outcomes("runs/sweep-1").values()]
    assert {(c["lr"], c["members"]) for c in configs} == {
        *((0.001, 1), (0.001, 2), (0.1, 1), (0.1, 2)),
    }
    assert "R²" in done.out


def test_a_trial_that_cannot_be_trained_is_told(kobai, blobs):
    wrong = ("--momentum", "0.9", "--optimizer", "sgd", "--optimizer", "momentum")
    done = kobai("sweep", blobs, *wrong, *SHORT, "--jobs", "1")
    assert done.code == 0, done.err
    assert "failed: --momentum" in done.out


WRONG = {
    "letters": (("--lr", "a..b"), '--lr: got "a"'),
    "one end": (("--lr", "1e-4.."), "a range has two ends"),
    "dots": (("--lr", "1e-4...1"), "3 dots"),
    "points": (("--lr", "0.1..1/99999999999"), "2 to 100,000 points"),
    "optimizer": (("--optimizer", "sgd", "--optimizer", "adma"), '"adam"'),
    "activation": (("--activation", "rleu", "--activation", "tanh"), '"relu"'),
    "loss": (("--loss", "mse", "--loss", "hubber"), "mean_squared_error"),
    "losses": (
        (
            *("--loss", "cross_entropy", "--loss", "cross_entropy_error"),
            *("--metric", "loss"),
        ),
        "a scale of its own; sweep with one of them, or choose by --metric accuracy",
    ),
    "engine": (("--engine", "numpy", "--engine", "cuda"), 'got "cuda"'),
    "dtype": (("--dtype", "float32", "--dtype", "float8"), 'Did you mean "float64"'),
    "momentum": (
        ("--optimizer", "momentum", "--momentum", "0.5..1.5"),
        "--momentum: got 1.5; need a number from 0 to below 1",
    ),
    "commas": (("--lr", "0.1,0.2"), "0.1. To try several: --lr 0.1 --lr 0.2"),
    "names": (("--activation", "relu,tanh"), 'got "relu,tanh"; need one of'),
    "the same": (("--hidden", "10", "--hidden", "010"), "nothing to sweep"),
    "fixed": (
        ("--hidden", "1", "--hidden", "2", "--optimizer", "sgd", "--weight-decay=-1"),
        "error: --weight-decay: got -1; need a number of 0 or more",
    ),
    "other option": (
        ("--lr", "0.1..1", "--optimizer", "sgd", "--weight-decay=-1"),
        "error: --weight-decay: got -1; need a number of 0 or more",
    ),
    "none": (("--optimizer", "sgd", "--momentum", "0.5..0.9"), "sgd has none"),
    "lengths": (
        ("--steps", "9", "--epochs", "1", "--epochs", "2"),
        "give one of the two",
    ),
    "target": (("--target", "a", "--target", "b"), "--target: got several"),
    "device": (("--lr", "0.1..1", "--device", "gpu"), "chosen for --engine jax"),
    "devices": (("--device", "cpu", "--device", "gpu"), "chosen for --engine jax"),
    "processes": (("--lr", "0.1..1", "--processes", "2"), "No such option"),
    "share": (("--validation", "0..0.5"), "rows held out"),
    "upside down": (("--lr", "1..1e-4"), "--lr: 1..0.0001: is upside down"),
    "unknown": (("--lerning", "3"), "No such option: --lerning"),
    "no trials": (("--lr", "0.1..1", "--trials", "0"), "--trials: got 0"),
    "nothing": (("--lr", "0.1"), "nothing to sweep"),
    "not a number": (("--lr", "0.1", "--lr", "x"), '--lr: got "x"'),
    "two ranges": (("--lr", "0.1..1", "--lr", "2"), "give one range, or values"),
    "layers": (("--hidden", "10..50,20"), "a range of hidden units is of one layer"),
    "sampler": (("--lr", "0.1..1", "--sampler", "gird"), 'Did you mean "grid"'),
    "grid": (("--lr", "0.1..1", "--sampler", "grid"), "give points"),
    "metric": (("--lr", "0.1..1", "--metric", "f1"), "accuracy, loss"),
    "validation": (("--lr", "0.1..1", "--validation", "0"), "rows held out"),
    "halving": (
        ("--epochs", "1", "--epochs", "2", "--halving"),
        "one number, the most",
    ),
    "data": (("nowhere.csv", "--target", "y", "--lr", "0.1..1"), "nowhere.csv"),
    "folder": (("--resume", "nowhere"), "no such folder of a sweep"),
    "dask": (("--lr", "0.1..1", "--dask", "tcp://127.0.0.1:9"), "nobody answers"),
    "both": (
        ("--lr", "0.1..1", "--dask", "tcp://h:1", "--jobs", "2"),
        "its own workers",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_use_is_one_line(kobai, name, monkeypatch):
    if name == "dask":
        cluster = pytest.importorskip("kobai.sweeps.workers.cluster")
        pytest.importorskip("distributed")
        monkeypatch.setattr(cluster, "PATIENCE", 1)
    words, message = WRONG[name]
    done = kobai("sweep", *words)
    assert done.code == 2
    assert message in done.err
    assert len(done.err.splitlines()) == 1
    assert not list(Path("runs").glob("*"))


def test_a_full_disk_is_told_and_what_was_full_is_trained_later(
    kobai, blobs, monkeypatch
):
    from kobai.training import checkpoint

    def full(path, *args, **options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fspath(path))

    with monkeypatch.context() as patched:
        patched.setattr(checkpoint, "write_atomically", full)
        done = kobai("sweep", blobs, *RATES, *SHORT, "--no-halving")
    assert done.code == 2
    assert "No space left on device" in done.err
    assert "0 of 5 trials are kept; to go on:" in done.err
    assert kobai("sweep", "--resume", "runs/sweep-1").code == 0
    assert len(outcomes("runs/sweep-1")) == 5


def test_a_sweep_without_a_score_does_not_ask_to_be_resumed(kobai, blobs):
    far = ("--lr", "1e30..1e38", "--optimizer", "sgd", "--trials", "2", "--jobs", "1")
    done = kobai("sweep", blobs, *far, *SHORT)
    assert done.code == 2
    assert "no trial could be trained to a score. The first: training div" in done.err
    assert done.err.count("diverged") == 1
    assert "--resume" not in done.err


def test_a_fixed_option_by_which_all_fail_is_told_at_once(kobai, blobs):
    large = ("--batch-size", "100000", "--trials", "20", "--jobs", "1")
    done = kobai("sweep", blobs, *RATES[:2], *large)
    assert done.code == 2
    assert done.out.count("failed: --batch-size") < 20
    assert "error: --batch-size: got 100000, but" in done.err
    assert "the others were not begun. Sweep anew; or, if no setting" in done.err
    assert len(done.err.splitlines()) == 1


def test_a_swept_option_that_fails_for_one_value_ends_nothing(kobai, blobs):
    sizes = ("--batch-size", "100000", "--batch-size", "32", "--trials", "12")
    done = kobai("sweep", blobs, *RATES[:2], *sizes, "--epochs", "1", "--seeds", "1")
    assert done.code == 0, done.err
    assert len(outcomes("runs/sweep-1")) == 12


def test_a_sweep_goes_on_with_its_own_settings_and_data_alone(kobai, blobs):
    begin(kobai, blobs)
    again = kobai("sweep", "--resume", "runs/sweep-1")
    assert again.code == 0
    assert "trials, up to" not in again.out
    more = kobai("sweep", "--resume", "runs/sweep-1", "--lr", "1", "--trials", "7")
    assert more.code == 2
    assert "a sweep goes on with its own settings" in more.err
    assert "digits" in kobai("sweep", "digits", "--resume", "runs/sweep-1").err
    taken = kobai("sweep", blobs, *RATES, "--run", "runs/sweep-1")
    assert taken.code == 2
    assert "--resume runs/sweep-1" in taken.err
    with np.load(blobs) as old:
        x, t = old["x"], old["t"]
    np.savez(blobs, x=x + 1, t=t)
    before = outcomes("runs/sweep-1")
    other = kobai("sweep", "--resume", "runs/sweep-1")
    assert other.code == 2
    assert "is not the data that runs/sweep-1 was begun with" in other.err
    assert outcomes("runs/sweep-1") == before


@pytest.mark.parametrize("words", [("evaluate",), ("train", "--resume")])
def test_a_sweep_is_no_run(kobai, swept, words):
    done = kobai(*words, "runs/sweep-1")
    assert done.code == 2
    assert "is the folder of a sweep" in done.err
    assert str(Path("runs/sweep-1/001")) in done.err


def test_what_is_missing_is_trained_and_nothing_else(kobai, swept):
    before = outcomes("runs/sweep-1")
    for name in ("002", "004"):
        shutil.rmtree(f"runs/sweep-1/{name}")
    Path("runs/sweep-1/005/trial.json").unlink()
    done = kobai("sweep", "--resume", "runs/sweep-1", "--jobs", "1")
    assert done.code == 0, done.err
    assert "3 trials" in done.out
    after = outcomes("runs/sweep-1")
    for name, each in before.items():
        ends = each["outcomes"], after[name]["outcomes"]
        one, two = ([(o["score"], o["loss"], o["shown"]) for o in of] for of in ends)
        assert one == two


@pytest.mark.parametrize(
    ("jobs", "number"),
    [(1, signal.SIGINT), (2, signal.SIGINT), (2, signal.SIGTERM)],
)
def test_ctrl_c_keeps_what_is_done(start, blobs, here, jobs, number):
    if number == signal.SIGTERM and sys.platform == "win32":
        pytest.skip("ends a process at once there")
    many = ("--trials", "400", "--epochs", "20", "--hidden", "8", "--no-halving")
    process = start("sweep", blobs, "--lr", "0.01..1", *many, "--jobs", jobs)
    lines = [process.stdout.readline() for _ in range(3)]
    assert "400 trials" in lines[0]
    process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "of 400 trials are kept; to go on:" in error
    assert "--resume runs/sweep-1" in error
    assert "Traceback" not in error
    assert len(outcomes("runs/sweep-1")) >= 2


@pytest.mark.skipif(sys.platform == "win32", reason="ends a process at once there")
def test_sigterm_ends_a_sweep_that_is_deaf_to_ctrl_c(start, blobs, here):
    many = ("--trials", "400", "--epochs", "20", "--hidden", "8", "--no-halving")
    # As a shell starts what is to run in the background.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = start("sweep", blobs, "--lr", "0.01..1", *many, "--jobs", 1)
    finally:
        signal.signal(signal.SIGINT, before)
    for _ in range(3):
        process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGTERM
    assert 1 <= len(outcomes("runs/sweep-1")) < 400


@pytest.mark.parametrize("is_full", [True, False])
def test_a_sweep_that_is_searched_and_not_written_says_how_to_go_on(
    kobai, blobs, monkeypatch, is_full
):
    from kobai.cli import sweep_ending

    def ended(path, *given):
        if is_full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fspath(path))
        signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patched:
        patched.setattr(sweep_ending, "write_figure", ended)
        done = kobai("sweep", blobs, *RATES, *SHORT, "--no-halving")
    assert done.code == (2 if is_full else 130)
    assert "5 of 5 trials are kept; to go on:" in done.err
    assert len(done.err.splitlines()) == 1
    assert kobai("sweep", "--resume", "runs/sweep-1").code == 0
    assert Path("runs/sweep-1/settings.png").exists()


@pytest.fixture(scope="module")
def kills():
    spec = importlib.util.spec_from_file_location("sweep_kills", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.LENGTH = ("--trials", "6", "--epochs", "3", "--seeds", "2")
    return module


@pytest.fixture(scope="module")
def alone(kills, tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    kills.write_data(folder)
    kills.start(folder, ("--jobs", "1")).communicate(timeout=120)
    return folder


def results(kills, folder):
    ends = {key: value[:2] for key, value in kills.outcomes(folder).items()}
    return ends, kills.best(folder)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kills by signals")
@pytest.mark.parametrize("victim", ["parent", "worker", "both"])
def test_a_killed_sweep_ends_as_if_left_alone(kills, alone, victim, tmp_path):
    pytest.importorskip("joblib")
    kills.write_data(tmp_path)
    process = kills.start(tmp_path, ("--jobs", "2"))
    deadline = time.monotonic() + 120
    while len(kills.outcomes(tmp_path)) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    workers = kills.workers_of(process.pid)
    if victim != "parent":
        kills.kill(random.Random(0).choice(workers))
    if victim != "worker":
        kills.kill(process.pid)
        process.communicate()
        before = kills.outcomes(tmp_path)
        process = kills.start(tmp_path, ("--jobs", "2"))
    else:
        before = kills.outcomes(tmp_path)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    after = kills.outcomes(tmp_path)
    # Of what was done the seconds are those of the first time: it was not done again.
    assert {key: after[key] for key in before} == before
    assert results(kills, tmp_path) == results(kills, alone)


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["worker 1", "scheduler"])
def test_a_cluster_may_lose_a_part(kills, alone, victim, tmp_path):
    pytest.importorskip("distributed")
    kills.write_data(tmp_path)
    with kills.cluster(tmp_path) as (address, processes):
        process = kills.start(tmp_path, ("--dask", address))
        deadline = time.monotonic() + 120
        while not kills.outcomes(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.01)
        processes[victim].kill()
        _, error = process.communicate(timeout=120)
    before = kills.outcomes(tmp_path)
    if victim == "scheduler":
        assert process.returncode == 2
        assert b"was lost" in error
        assert b"--resume" in error
        assert b"Traceback" not in error
        process = kills.start(tmp_path, ("--jobs", "1"))
        _, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    after = kills.outcomes(tmp_path)
    assert {key: after[key] for key in before} == before
    assert results(kills, tmp_path) == results(kills, alone)
