"""Every wrong use: one message, exit code 2, nothing written."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest


def files_below(folder):
    return {str(p.relative_to(folder)): p.stat().st_size for p in folder.rglob("*")}


@pytest.fixture
def refused(kobai, here):
    """Run a command that must be refused, and return the message."""

    def run(*arguments):
        before = files_below(here)
        done = kobai(*arguments)
        assert done.code == 2
        assert done.err.startswith("error: ")
        assert done.err.count("\n") == 1, done.err
        assert "Traceback" not in done.err
        assert files_below(here) == before
        return done.err

    return run


OPTIONS = [
    (["train", ""], "DATA: got an empty name.*leave it out"),
    (["train", "--run", ""], "--run FOLDER: got an empty name"),
    (["evaluate", ""], "RUN: got an empty name.*name one$"),
    (["predict", "runs/digits-1", ""], "FILE...: got an empty name"),
    (["trian"], 'Did you mean "train"|Did you mean .train.'),
    (["train", "digit"], 'unknown data set "digit".*Did you mean "digits"'),
    (["train", "nowhere.npz"], r"nowhere\.npz.*cannot be read"),
    (["train", "--epochs", "0"], "--epochs: got 0; need 1 or more"),
    (["train", "--epochs", "-3"], "--epochs: got -3; need 1 or more"),
    (["train", "--epochs", "x"], '--epochs: got "x"; need a whole number'),
    (["train", "--steps", "0"], "--steps: got 0; need 1 or more"),
    (["train", "--steps", "3", "--epochs", "2"], "give one of the two"),
    (["train", "--epoch", "3"], "--epochs"),
    (["train", "--lr"], "--lr"),
    (["train", "--lr", "fast"], '--lr: got "fast"; need a number'),
    (["train", "--lr", "0"], "--lr: got 0; need a number above 0"),
    (["train", "--lr", "-1"], "--lr: got -1; need a number above 0"),
    (["train", "--lr", "nan"], "--lr: got nan; need a number above 0"),
    (["train", "--batch-size", "5000"], "got 5000, but digits has 1,438.*1438 or few"),
    (["train", "--batch-size", "0"], "--batch-size: got 0; need 1 or more"),
    (["train", "--batches", "shufle"], 'Did you mean "shuffle"'),
    (["train", "--optimizer", "adm"], 'Did you mean "adam"'),
    (["train", "--optimizer", "adam", "--momentum", "0.9"], "momentum or nesterov"),
    (["train", "--optimizer", "momentum", "--momentum", "2"], "momentum.*2"),
    (["train", "--activation", "sigmod"], 'Did you mean "sigmoid"'),
    (["train", "--loss", "cross-entropy"], 'Did you mean "cross_entropy"'),
    (["train", "--loss", "huber"], "huber.*Softmax"),
    (["train", "--engine", "eagr"], 'Did you mean "eager"'),
    (["train", "--gradient", "backprob"], 'Did you mean "backprop"'),
    (["train", "--dtype", "float16"], "float32, float64"),
    (["train", "--hidden", "50,x"], '--hidden: got "50,x"; need whole numbers'),
    (["train", "--hidden", "0"], "need whole numbers from 1 to 100,000"),
    (["train", "--batches", "full", "--batch-size", "9"], "full and --batch-size 9"),
    (["train", "--batches", "online", "--batch-size", "1"], "give one of the two"),
    (["train", "--hidden", "50,0"], "need whole numbers from 1"),
    (["train", "--hidden", "-5"], "need whole numbers from 1"),
    (["train", "--seed", "-1"], "--seed: got -1; need 0 or more"),
    (["train", "--resume"], "say which run.*Train a network first"),
    (["train", "--resume", "nowhere"], "nowhere is no run.*Train a network first"),
    (["train", "--resume", "--run", "nowhere"], "no such run folder"),
    (["train", "mnist", "--data-dir", "nowhere"], "nowhere"),
    (["evaluate", "nowhere"], "no such run.*Train a network first"),
    (["predict", "nowhere", "my.png"], "no such run"),
    (["check", "--samples", "0"], "--samples: got 0; need 1 to"),
    (["check", "--hidden", "x"], "--hidden"),
    (["figures", "learning-rate"], 'Did you mean "learning-rates"'),
    (["figures", "--language", "fr"], "need one of en, ja, zh"),
    (["descend", "x**2"], "--start"),
    (["descend", "x**2", "--start", "1,2"], "need 1 of them"),
    (["descend", "x**2", "--start", "one"], "need numbers"),
    (["descend", "log(x)", "--start", "-1"], "no finite value"),
    (["descend", "x**2", "--start", "nan"], "no finite value"),
    (["descend", "x^2", "--start", "1"], "write x0"),
    (["descend", "x**2", "--start", "1", "--lr", "0"], "--lr: got 0; need"),
    (["descend", "x**2", "--start", "1", "--steps", "0"], "--steps: got 0"),
    (["descend", "x**2", "--start", "1", "--out", "a.xyz"], r"ends in \.png"),
    (["descend", "x**2", "--start", "1", "--out", "."], "folder"),
]


@pytest.mark.parametrize(
    ("arguments", "pattern"), OPTIONS, ids=[" ".join(a) for a, _ in OPTIONS]
)
def test_a_wrong_option(refused, arguments, pattern):
    assert re.search(pattern, refused(*arguments))


GOOD_X, GOOD_T = np.zeros((20, 4)), np.arange(20) % 3
WITH_NAN = np.where(np.arange(80).reshape(20, 4) == 37, np.nan, 0.0)
TABLES = {
    "NaN": ({"x": WITH_NAN, "t": GOOD_T}, r"x\[9, 1\] is nan"),
    "infinity": ({"x": np.where(np.isnan(WITH_NAN), np.inf, 0), "t": GOOD_T}, "inf"),
    "rows": ({"x": GOOD_X, "t": GOOD_T[:-1]}, r"\(20, 4\).*\(19,\)"),
    "columns": (
        {
            "x_train": GOOD_X,
            "t_train": GOOD_T,
            "x_test": GOOD_X[:, :3],
            "t_test": GOOD_T,
        },
        r"\(20, 4\).*\(20, 3\)",
    ),
    "labels": (
        {"x_train": GOOD_X, "t_train": GOOD_T, "x_test": GOOD_X, "t_test": GOOD_T + 5},
        r"label.*[567]",
    ),
    "negative": ({"x": GOOD_X, "t": GOOD_T - 1}, "-1"),
    "words": ({"x": GOOD_X, "t": np.array(list("ab") * 10)}, r"my\.npz"),
    "names": ({"a": GOOD_X, "b": GOOD_T}, "holds a, b; need"),
    "scalar": ({"x": np.float64(3), "t": np.int64(1)}, r"my\.npz"),
    "empty": ({"x": GOOD_X[:0], "t": GOOD_T[:0]}, r"my\.npz"),
}


@pytest.mark.parametrize("arrays", TABLES)
def test_wrong_data(refused, here, arrays):
    content, pattern = TABLES[arrays]
    np.savez(here / "my.npz", **content)
    assert re.search(pattern, refused("train", "my.npz"))


def test_python_objects_in_a_file_are_not_loaded(refused, here):
    class Trap:
        def __reduce__(self):
            return open, ("ran", "w")

    np.savez(here / "my.npz", x=np.array([Trap()], dtype=object), t=GOOD_T)
    assert "my.npz" in refused("train", "my.npz")


def test_a_truncated_npz(refused, here, blobs):
    blobs.write_bytes(blobs.read_bytes()[:700])
    assert "blobs.npz" in refused("train", "blobs.npz")


def test_a_truncated_idx_file(refused, here):
    folder = here / "mine"
    folder.mkdir()
    for part in ("train", "t10k"):
        images = bytes([0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 4, 0, 0, 0, 4]) + bytes(9 * 16)
        labels = bytes([0, 0, 8, 1, 0, 0, 0, 9, *range(9)])
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels))
    cut = folder / "train-images-idx3-ubyte.gz"
    cut.write_bytes(cut.read_bytes()[:30])
    assert "train-images-idx3-ubyte.gz" in refused("train", "mine")
    cut.write_bytes(gzip.compress(images[:-10]))
    assert "train-images-idx3-ubyte.gz" in refused("train", "mine")
    cut.unlink()
    assert "train" in refused("train", "mine")


def test_an_empty_folder(refused, here):
    (here / "mine").mkdir()
    assert "no IDX files" in refused("train", "mine")


@pytest.fixture
def run(kobai, blobs):
    assert kobai("train", blobs, "--epochs", 2, "--run", "run", "-q").code == 0
    return "run"


def test_a_run_folder_that_exists(refused, run, blobs):
    assert "exists already" in refused("train", blobs, "--run", run)


def test_an_empty_run_folder_may_be_used(kobai, here, blobs):
    (here / "mine").mkdir()
    assert kobai("train", blobs, "--epochs", 1, "--run", "mine", "-q").code == 0


def test_a_run_folder_below_a_file(refused, here, blobs):
    (here / "file").write_text("")
    assert "is a file" in refused("train", blobs, "--run", "file/run")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_run_folder_in_a_read_only_place(refused, here, blobs):
    (here / "fixed").mkdir(mode=0o500)
    assert "read-only" in refused("train", blobs, "--run", "fixed/run")


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs Linux's /proc")
def test_a_place_that_even_root_cannot_write(refused, blobs):
    assert "/proc/" in refused("train", blobs, "--run", "/proc/kobai-run")


def test_resuming_with_another_setting(refused, run):
    message = refused("train", "--resume", "--run", run, "--lr", "0.7")
    assert "lr is 0.7 now and was 0.1" in message


def test_resuming_to_fewer_steps(refused, run):
    assert "beyond" in refused("train", "--resume", "--run", run, "--steps", "1")


def test_resuming_after_the_data_has_changed(refused, run, blobs):
    np.savez(blobs, x=np.ones((120, 4)), t=np.arange(120) % 3)
    arguments = ("train", "--resume", "--run", run, "--epochs", "3")
    assert "data" in refused(*arguments)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"settings": 3}',
        '{"settings": {}}',
        '{"settings": {"data": 3, "hidden": [1]}}',
        '{"settings": {"data": "digits"}, "results": 5}',
        "\x00\xff",
        '{"settings":' * 100_000,
    ],
    ids=lambda text: repr(text[:50]),
)
def test_a_damaged_run_json(refused, run, here, text):
    (here / run / "run.json").write_text(text, encoding="latin-1")
    assert "run.json" in refused("train", "--resume", "--run", run)
    assert "run.json" in refused("evaluate", run)


@pytest.mark.parametrize("name", ["checkpoint.safetensors", "model.safetensors"])
def test_a_damaged_file_in_the_run_folder(refused, run, here, name):
    file = here / run / name
    content = bytearray(file.read_bytes())
    content[-20] ^= 255
    file.write_bytes(content)
    command = (
        ["evaluate", run] if "model" in name else ["train", "--resume", "--run", run]
    )
    assert name in refused(*command)
    file.write_bytes(content[:50])
    assert name in refused(*command)


def test_resuming_without_a_checkpoint(refused, run, here):
    (here / run / "checkpoint.safetensors").unlink()
    assert "no checkpoint in run" in refused("train", "--resume", "--run", run)


def test_no_model_yet(refused, run, here):
    (here / run / "model.safetensors").unlink()
    assert "has no model.safetensors" in refused("evaluate", run)


def test_data_that_do_not_fit_the_network(refused, run):
    assert "(64,)" in refused("evaluate", run, "digits")


def test_predicting_nonsense(refused, run, here):
    assert "no such file" in refused("predict", run, "nowhere.png")
    assert "is a folder" in refused("predict", run, here)
    np.savez(here / "wide.npz", x=np.zeros((3, 9)))
    assert "9" in refused("predict", run, "wide.npz")
    np.savez(here / "two.npz", a=np.zeros((3, 4)), b=np.zeros((3, 4)))
    assert "need an array x" in refused("predict", run, "two.npz")
    (here / "text.npz").write_text("no zip")
    assert "text.npz" in refused("predict", run, "text.npz")
    np.savez(here / "nan.npz", x=np.full((3, 4), np.nan))
    assert "nan" in refused("predict", run, "nan.npz").lower()


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from kobai.cli import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits a process's files")
@pytest.mark.parametrize(("room", "left"), [(50, False), (3000, True)])
def test_a_disk_that_is_full(here, blobs, room, left):
    """At once: no run folder is left. Later: what was written is whole."""
    hidden = "3" if left else "50"
    command = [sys.executable, "-c", LIMITED, str(room), "train", "blobs.npz"]
    command += ["--hidden", hidden, "--epochs", "400", "--run", "run"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "too large" in done.stderr.lower()
    assert "ulimit" in done.stderr
    assert ("train --resume run" in done.stderr) == left
    assert "Traceback" not in done.stderr
    assert (here / "run").exists() == left
    assert not list(here.rglob("*.tmp"))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs Linux's /dev/full")
def test_a_run_whose_output_cannot_be_written_is_saved(here, start, blobs):
    with open("/dev/full", "w") as full:
        process = start("train", blobs, "--epochs", 3, "--run", "run", stdout=full)
        _, err = process.communicate()
    assert process.returncode == 2
    assert err.startswith("error: standard output cannot be written: No space left")
    assert err.count("\n") == 1
    results = json.loads((here / "run" / "run.json").read_text())["results"]
    # 96 training samples (four fifths of 120) in batches of 9: ⌈96 / 9⌉ = 11 steps.
    assert results["steps"] == 33
    assert (here / "run" / "model.safetensors").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs Linux's /dev/full")
def test_output_that_cannot_be_written(start):
    with open("/dev/full", "w") as full:
        process = start("check", "--hidden", "2", stdout=full)
        _, err = process.communicate()
    assert process.returncode == 2
    assert "No space left on device" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "text", ["[]", '{"settings": {}}', '{"settings": {"data": 3}}']
)
def test_the_source_of_a_run_whose_settings_are_damaged(kobai, here, text):
    assert kobai("train", "--epochs", 1, "--run", "run").code == 0
    (here / "run" / "run.json").write_text(text)
    done = kobai("source", "run")
    assert done.code == 2
    assert done.err.startswith("error: run/run.json: damaged")
    assert done.err.count("\n") == 1


def test_the_source_of_an_engine_that_there_is_not(kobai, here):
    assert kobai("train", "--epochs", 1, "--run", "run").code == 0
    for engine in ("numbra", "eager"):
        done = kobai("source", "run", "--engine", engine)
        assert done.code == 2
        assert f'engine: got "{engine}"; need one of: numpy, numba.' in done.err
        assert done.err.count("\n") == 1


# What people type first, and what must be said: what came, what is needed, what to do.
KIND = ["train", "t.csv", "--target", "kind"]
SIZE = ["train", "t.csv", "--target", "size", "--task", "regression"]
GUESSES = [
    # Words of other libraries and of other commands.
    (["train", "--learning-rate", "0.1"], 'No such option: --learning-rate.*"--lr"'),
    (["train", "--rate", "0.1"], 'No such option: --rate.*"--lr"'),
    (["train", "--optimiser", "adam"], '"--optimizer"'),
    (["train", "--batch", "32"], '"--batch-size"'),
    (["train", "--batch_size", "32"], '"--batch-size"'),
    (["train", "--layers", "50"], '"--hidden"'),
    (["train", "--device", "cuda"], "--device: got cuda with --engine auto.*jax"),
    (["train", "--n-epochs", "3"], '"--epochs"'),
    (["train", "--random-state", "3"], '"--seed"'),
    (["train", "--verbose"], '"--quiet"'),
    (["train", "--zebra", "3"], r"No such option: --zebra\. See: kobai train --help"),
    # What comes next to it is an argument, which has no dashes.
    (["learn", "--lesson"], r"No such option: --lesson\. See: kobai learn --help"),
    (["train", "--lr"], "requires an argument. See: kobai train --help"),
    (["--vesion"], '"--version"'),
    (["help"], "kobai --help"),
    (["version"], "kobai --version"),
    (["Train"], 'No such command "Train"; there are train, .*Did you mean "train"'),
    (["fit"], 'Did you mean "train"'),
    (["test", "run"], 'Did you mean "evaluate"'),
    (["t.csv"], r"To train on a file: kobai train t\.csv"),
    (["train", "MNIST"], 'Did you mean "mnist"'),
    (["train", "--optimizer", "SGD"], 'Did you mean "sgd"'),
    (["train", "--optimizer", "Adam-W"], 'Did you mean "adamw"'),
    (["train", "--activation", "ReLU"], 'Did you mean "relu"'),
    (["train", "--activation", "LeakyReLU"], 'Did you mean "leaky_relu"'),
    (["train", "--loss", "MSE"], 'Did you mean "mean_squared_error"'),
    (["train", "--loss", "bce"], 'Did you mean "binary_cross_entropy"'),
    (["train", "--loss", "CrossEntropy"], 'Did you mean "cross_entropy"'),
    (["train", "--loss", "sparse_categorical_crossentropy"], '"cross_entropy"'),
    # Numbers of another kind.
    (["train", "--epochs", "3.5"], r'--epochs: got "3\.5"; need a whole number, such'),
    (["train", "--epochs", "1e3"], '--epochs: got "1e3"; need a whole number, such'),
    (["train", "--batch-size", "32.0"], '--batch-size: got "32.0"; need a whole num'),
    (["train", "--seed", "1.5"], '--seed: got "1.5"; need a whole number'),
    (["train", "--lr", "0,1"], '--lr: got "0,1"; need a number above 0, such as 0.1'),
    (["train", "--lr", "inf"], "--lr: got inf; need a number above 0"),
    (["sweep", "--lr", "0..1"], "--lr: got 0; need a number above 0"),
    (["train", "--momentum", "1"], "--momentum: got 1; need a number from 0 to below"),
    (["train", "--hidden", "50x30"], 'got "50x30"; need whole numbers.* 100,50'),
    (["train", "--hidden", ""], 'got ""; need whole numbers'),
    (
        ["train", "--weight-decay", "-1"],
        "-decay: got -1; need a number of 0 or more",
    ),
    # Losses for other targets.
    (["train", "--loss", "huber"], "--loss: got huber, which is for numbers; digits h"),
    ([*KIND, "--loss", "huber"], "Need one of cross_ent"),
    ([*SIZE, "--loss", "cross_entropy"], "cross_entropy, which is for classes; t has"),
    (["check", "--loss", "huber"], "for numbers; digits has classes"),
    # Tables.
    (["train", "t.csv"], "say which column to learn: kobai train t.csv --target"),
    (["train", "t.csv", "--target", "Kind"], 'no column "Kind". Did you mean "kind"'),
    (["train", "t.csv", "--target", "kind,kind"], 'got "kind" twice'),
    ([*KIND, "--drop", "age,age"], 'got "age" twice'),
    ([*KIND, "--test-size", "30"], "0.3 for 30 per ce"),
    (
        [*KIND, "--test-size", "0"],
        "between 0 and 1, suc",
    ),
    ([*KIND, "--test-size", "-1"], "got -1; need a sha"),
    (
        [*KIND, "--test-size", "3%"],
        '--test-size: got "3%"',
    ),
    (["train", "--test-size", "0.3"], "goes with a table, and --target COLUMN"),
    (
        [*KIND, "--encoding", "utf-16"],
        r"t\.csv: .*utf-16",
    ),
    (
        [*KIND, "--encoding", "utf-61"],
        r"t\.csv: unknown",
    ),
    (
        [*KIND, "--encoding", "base64"],
        r"t\.csv: unknown",
    ),
    (
        [*KIND, "--encoding", "ascii"],
        r"t\.csv: .* ascii",
    ),
    ([*KIND, "--task", "class"], '"classification"'),
    ([*KIND, "--class-weight", "balnced"], "balnced"),
    (["check", "t.csv"], r"t\.csv: is a table; kobai check takes a data set"),
    # Runs, models and data in each other's place.
    (["train", "run"], "run: is a run folder, and no data; .*train --resume run"),
    (["train", "--run", "run"], "exists already.*train --resume run"),
    (["evaluate", "t.csv"], r"t\.csv: is no trained network; RUN is a run folder"),
    (["predict", "t.csv", "run"], r"t\.csv: is no trained network"),
    (["export", "t.csv", "a.onnx"], r"t\.csv: is no trained network"),
    (["train", "--data-dir", "mine"], "--data-dir: got mine.* goes with mnist, fashi"),
    (["evaluate", "run", "--data-dir", "mine"], "--data-dir: got mine"),
    # Files to write.
    (["export", "run", "a.py", "--format", "c"], r"a\.py is named as numpy, .* a\.c"),
    (
        ["export", "run", "a.onnx", "--format", "json"],
        r"format is json; name it a\.json",
    ),
    (["export", "run", "a.xyz"], r"need one of \.onnx"),
    (["export", "run"], "name a file, such as model.onnx, or a --format"),
    (["export", "run", "a.onnx", "--format", "onxx"], 'Did you mean "onnx"'),
    (["evaluate", "run", "--out", "a.txt"], r"write a\.png"),
    (["predict", "run", "x.npz", "-o", "a.txt"], r"written to \.csv, \.tsv"),
    (["descend", "2x", "--start", "1"], "a product needs its"),
    (["descend", "np.sin(x)", "--start", "1"], 'Did you mean "sin"'),
    (["descend", "a*b", "--start", "1,2"], '"a" is not a variable; they are x0'),
]


@pytest.fixture(scope="module")
def guessed(tmp_path_factory):
    """A table, rows, and a run on rows."""
    here = tmp_path_factory.mktemp("guesses")
    rows = "".join(f"{i % 7},{i % 5},{'ab'[i % 7 > 3]}日\n" for i in range(40))
    (here / "t.csv").write_text("size,age,kind\n" + rows, encoding="utf-8")
    t = np.arange(60) % 3
    np.savez(here / "x.npz", x=np.eye(3, 4)[t], t=t)
    command = [sys.executable, "-m", "kobai", "train", "x.npz", "--epochs", "1"]
    subprocess.run([*command, "--run", "run", "-q"], cwd=here, check=True)
    return here


@pytest.mark.parametrize(
    ("arguments", "pattern"), GUESSES, ids=[" ".join(a) for a, _ in GUESSES]
)
def test_a_first_guess(refused, here, guessed, arguments, pattern):
    shutil.copytree(guessed, here, dirs_exist_ok=True)
    assert re.search(pattern, refused(*arguments))


def test_a_learning_rate_that_overflows_at_once(kobai, here):
    done = kobai("train", "--lr", "1e308", "--epochs", 1, "-q")
    assert done.code == 2
    assert "in step 2, at once, at learning rate 1e+308: try 0.1." in done.err
    assert done.err.count("\n") == 1
