import csv
import json
import signal
import subprocess
import time

import numpy as np
import pytest
from PIL import Image

from kobai.data import load_digits, load_table
from kobai.formats import load_model
from kobai.training import History
from kobai.training.checkpoint import load_checkpoint

FILES = {
    "checkpoint.safetensors",
    "curves.png",
    "history.csv",
    "model.safetensors",
    "run.json",
}


def params_of(folder):
    return load_model(folder / "model.safetensors").network.params


def assert_same_params(one, other):
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


def test_the_defaults_learn_the_digits(kobai, here):
    done = kobai("train")
    assert done.code == 0
    assert not done.err
    run = here / "runs" / "digits-1"
    assert {file.name for file in run.iterdir()} == FILES
    # By hand from the saved parameters: what the files hold is what was announced.
    data, p = load_digits(seed=0), params_of(run)
    hidden = np.maximum(data.x_test @ p["W1"] + p["b1"], 0)
    guesses = (hidden @ p["W2"] + p["b2"]).argmax(axis=1)
    accuracy = np.mean(guesses == data.t_test)
    assert accuracy >= 0.96
    results = json.loads((run / "run.json").read_text())["results"]
    assert results["test_accuracy"] == pytest.approx(accuracy)
    assert f"Test accuracy {accuracy:.4f}" in done.out
    assert "kobai evaluate runs/digits-1" in done.out


def test_the_run_folder(kobai, here, blobs):
    done = kobai("train", blobs, "--epochs", 3, "--run", "a/b")
    assert done.code == 0, done.err
    with open(here / "a/b/history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["0", "1", "2", "3"]
    run = json.loads((here / "a/b/run.json").read_text())
    assert run["settings"]["epochs"] == 3
    assert run["results"]["steps"] == int(rows[-1]["step"])
    assert run["versions"]["numpy"] == np.__version__
    with Image.open(here / "a/b/curves.png") as picture:
        assert min(picture.size) > 300


def test_numbers_go_up(kobai, here, blobs):
    for _ in range(2):
        assert kobai("train", blobs, "--epochs", 1, "-q").code == 0
    assert {p.name for p in (here / "runs").iterdir()} == {"blobs-1", "blobs-2"}


def test_quiet_prints_nothing(kobai, blobs):
    assert kobai("train", blobs, "--epochs", 1, "--quiet") == (0, "", "")


def test_it_says_what_it_will_do_and_what_to_do_next(kobai, blobs):
    out = kobai("train", blobs, "--epochs", 1, "--hidden", "7,5").out
    before, after = out.split("epoch       step")
    for words in ("96 training samples", "Dense(7)", "Dense(5)", "sgd", "runs/blobs-1"):
        assert words in before
    # 4*7 + 7 + 7*5 + 5 + 5*3 + 3 by hand.
    assert "93" in before
    for words in ("Test accuracy", "curves.png", "evaluate", "predict"):
        assert words in after


def test_the_options_reach_the_network_and_the_training(kobai, here, blobs):
    options = "--hidden none --dtype float64 --optimizer nesterov --momentum 0.5"
    options += " --lr 0.02 --weight-decay 0.01 --batches random --batch-size 7"
    options += " --steps 31 --seed 3 --engine eager --loss squared_error"
    assert kobai("train", blobs, *options.split(), "--run", "r").code == 0
    network = load_model(here / "r/model.safetensors").network
    assert network.loss_name == "squared_error"
    assert network.params.keys() == {"W1", "b1"}
    assert network.params["W1"].dtype == np.float64
    settings = json.loads((here / "r/run.json").read_text())["settings"]
    assert settings["momentum"] == 0.5
    last = History.read_csv(here / "r/history.csv").records[-1]
    assert (last["step"], last["learning_rate"]) == (31, 0.02)


def test_the_same_seed_gives_the_same_network(kobai, here, blobs):
    for run, seed in (("a", 5), ("b", 5), ("c", 6)):
        kobai("train", blobs, "--epochs", 1, "--seed", seed, "--run", run, "-q")
    assert_same_params(params_of(here / "a"), params_of(here / "b"))
    assert np.any(params_of(here / "a")["W1"] != params_of(here / "c")["W1"])


def test_the_numerical_gradient_trains_nearly_alike(kobai, here, blobs):
    same = ["--hidden", 3, "--steps", 4, "--dtype", "float64", "-q"]
    for kind in ("backprop", "numerical"):
        done = kobai("train", blobs, *same, "--gradient", kind, "--run", kind)
        assert done.code == 0, done.err
    one, other = params_of(here / "backprop"), params_of(here / "numerical")
    for name in one:
        # Central differences at h = 1e-4 err by about 1e-8, in each of four steps.
        np.testing.assert_allclose(one[name], other[name], atol=1e-6)


def test_a_regression(kobai, here):
    x = np.linspace(-1, 1, 100)[:, np.newaxis]
    np.savez(here / "line.npz", x=x, t=2 * x)
    done = kobai("train", "line.npz", "--hidden", "none", "--epochs", 200, "--run", "r")
    assert done.code == 0, done.err
    assert "Test loss 0.0000" in done.out
    # The slope that was put in, as closely as float32 and 200 epochs come to it.
    np.testing.assert_allclose(params_of(here / "r")["W1"], [[2]], rtol=1e-2)
    shown = kobai("evaluate", "r")
    assert shown.code == 0
    assert "Loss" in shown.out
    assert "Accuracy" not in shown.out
    assert kobai("predict", "r", "line.npz").code == 0


def test_two_classes_by_one_question(kobai, here, blobs):
    options = ["--loss", "binary_cross_entropy", "--epochs", 20, "--run", "r"]
    assert kobai("train", blobs, *options).code == 0
    assert kobai("evaluate", "r").code == 0


def test_a_run_is_resumed_by_its_folder_in_the_place_of_data(kobai, here, blobs):
    kobai("train", blobs, "--epochs", 1, "--run", "r", "-q")
    assert kobai("train", "--resume", "r", "--epochs", 2, "-q") == (0, "", "")
    assert History.read_csv(here / "r" / "history.csv")["epoch"][-1] == 2


def test_the_next_network_learns_from_the_same_data(kobai, blobs):
    """The command that is proposed after a run on a file trains on that file."""
    out = kobai("train", blobs, "--epochs", 1, "--hidden", "100,50").out
    (line,) = [each for each in out.splitlines() if "another network" in each]
    words = line.split("another")[0].split()
    assert words[-4:] == ["train", str(blobs.name), "--hidden", "50"]


def test_a_resumed_run_ends_bit_for_bit_as_one_that_never_stopped(kobai, here, blobs):
    options = [blobs, "--optimizer", "adam", "-q"]
    kobai("train", *options, "--epochs", 6, "--run", "whole")
    kobai("train", *options, "--epochs", 2, "--run", "parts")
    done = kobai("train", "--resume", "--run", "parts", "--epochs", 6, "-q")
    assert done == (0, "", "")
    assert_same_params(params_of(here / "whole"), params_of(here / "parts"))
    whole, parts = (
        History.read_csv(here / r / "history.csv") for r in ("whole", "parts")
    )
    np.testing.assert_array_equal(whole["train_loss"], parts["train_loss"])
    assert json.loads((here / "parts/run.json").read_text())["settings"]["epochs"] == 6


def test_resuming_from_elsewhere_finds_the_data(kobai, here, blobs, monkeypatch):
    kobai("train", "blobs.npz", "--epochs", 1, "--run", "r", "-q")
    (here / "below").mkdir()
    monkeypatch.chdir(here / "below")
    done = kobai("train", "--resume", "--run", "../r", "--epochs", 2, "-q")
    assert done == (0, "", "")


def test_a_finished_run_without_its_checkpoint_is_left_alone(kobai, here, blobs):
    kobai("train", blobs, "--epochs", 2, "--run", "r", "-q")
    (here / "r" / "checkpoint.safetensors").unlink()
    before = {file.name: file.read_bytes() for file in (here / "r").iterdir()}
    done = kobai("train", "--resume", "--run", "r", "--epochs", 3, "-q")
    assert done.code == 2
    assert "no checkpoint in r" in done.err
    assert "train anew in another folder" in done.err
    assert {f.name: f.read_bytes() for f in (here / "r").iterdir()} == before


@pytest.mark.slow
def test_a_killed_run_resumes_bit_for_bit(kobai, here, start):
    checkpoint = here / "killed/checkpoint.safetensors"
    options = ["--batch-size", 10, "-q"]
    process = start("train", *options, "--steps", 10**7, "--run", "killed")
    wait_until_it_trains(checkpoint, process)
    process.kill()
    process.communicate()
    assert not (here / "killed/model.safetensors").exists()
    kept = load_checkpoint(checkpoint)
    step = kept["model"]["step"]
    assert step > 0
    options += ["--steps", step + 300]
    done = kobai("train", "--resume", "--run", "killed", *options[2:])
    assert done == (0, "", "")
    # For other numbers of steps there may be other engines, which round differently.
    engine = ("--engine", kept["settings"]["engine"])
    kobai("train", *options, *engine, "--run", "whole")
    assert_same_params(params_of(here / "whole"), params_of(here / "killed"))


def test_ctrl_c_keeps_the_network_and_says_how_to_go_on(kobai, here, start, blobs):
    options = [blobs, "--steps", 10**7, "--batch-size", 10]
    # A pipe that nobody reads would be full before, and hold the run.
    process = start("train", *options, "--run", "r", stdout=subprocess.DEVNULL)
    wait_until_it_trains(here / "r/checkpoint.safetensors", process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.count("\n") == 1
    assert "interrupted after step" in err
    assert "train --resume r\n" in err
    assert {file.name for file in (here / "r").iterdir()} == FILES
    step = json.loads((here / "r/run.json").read_text())["results"]["steps"]
    assert 0 < step < 10**7
    done = kobai("train", "--resume", "--run", "r", "--steps", step + 10, "-q")
    assert done == (0, "", "")


@pytest.mark.parametrize(
    "options",
    [
        ("--epochs", 3),
        ("--steps", 100),
        ("--epochs", 3, "--validation", 0.2),
        ("--epochs", 9, "--lr", 1000, "--activation", "relu"),
    ],
)
def test_results_are_those_of_the_network_that_is_saved(kobai, here, options):
    kobai("train", "digits", "--run", "r", "-q", *options)
    _check_results(here / "r", load_digits())


def test_results_of_classes_with_weights_are_plain(kobai, here):
    rows = (f"{i % 7},{i % 5},{'ab'[i % 4 == 0]}" for i in range(200))
    (here / "t.csv").write_text("\n".join(["x,y,kind", *rows]))
    options = ("--validation", 0, "--class-weight", "balanced", "--target", "kind")
    assert kobai("train", "t.csv", "--run", "r", "-q", *options).code == 0
    _check_results(here / "r", load_table(here / "t.csv", target="kind"))


def _check_results(run, data):
    results = json.loads((run / "run.json").read_text())["results"]
    network = load_model(run / "model.safetensors").network
    for part, (x, t) in zip(("train", "test"), data, strict=True):
        for name, value in network.evaluate(x, t).items():
            # float32, summed over blocks of another size.
            assert results[f"{part}_{name}"] == pytest.approx(value, rel=1e-5)


def test_ctrl_c_at_the_end_says_how_to_get_the_results(kobai, here, blobs, monkeypatch):
    from kobai.cli import report

    write = report.results

    def interrupted(*given):
        signal.raise_signal(signal.SIGINT)
        return write(*given)

    with monkeypatch.context() as patched:
        patched.setattr(report, "results", interrupted)
        found = kobai("train", blobs, "--steps", 20, "--run", "r", "-q")
    assert (found.code, found.err.count("\n")) == (130, 1)
    assert "interrupted after step 20, the last one" in found.err
    assert "kobai train --resume r" in found.err
    assert kobai("train", "--resume", "--run", "r", "-q") == (0, "", "")
    assert kobai("evaluate", "r").code == 0


def presses(times, then=lambda *given: None):
    """Return what presses Ctrl-C so often before it does something."""

    def press(*given):
        for _ in range(times):
            signal.raise_signal(signal.SIGINT)
        return then(*given)

    return press


@pytest.mark.parametrize("is_at_once", [True, False])
def test_a_second_ctrl_c_says_how_to_go_on_too(
    kobai, here, blobs, monkeypatch, is_at_once
):
    from kobai.cli import report
    from kobai.training import LossWatch

    kobai("train", blobs, "--epochs", 2, "--run", "whole", "-q")
    with monkeypatch.context() as patched:
        if is_at_once:
            kobai("train", blobs, "--epochs", 1, "--run", "r", "-q")
            again = ("--resume", "--run", "r", "--epochs", 2)
            patched.setattr(LossWatch, "on_epoch_end", presses(2))
        else:
            again = (blobs, "--run", "r", "--epochs", 2)
            patched.setattr(LossWatch, "on_epoch_end", presses(1))
            patched.setattr(report, "results", presses(1, report.results))
        # A command that has left is deaf to it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        found = kobai("train", *again, "-q")
    assert (found.code, found.err.count("\n")) == (130, 1)
    assert "has its last checkpoint" in found.err
    assert "the last one" not in found.err
    assert "kobai train --resume r" in found.err
    done = kobai("train", "--resume", "--run", "r", "--epochs", 2, "-q")
    assert done == (0, "", "")
    assert_same_params(params_of(here / "whole"), params_of(here / "r"))


def wait_until_it_trains(checkpoint, process):
    """Wait for the second checkpoint: the first is that of the untrained network."""
    end, seen = time.monotonic() + 60, set()
    while len(seen) < 2:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, f"{checkpoint} was not written twice"
        time.sleep(0.01)
        if checkpoint.exists():
            seen.add(checkpoint.stat().st_mtime_ns)


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_a_learning_rate_of_1000_keeps_the_last_good_network(
    kobai, here, blobs, activation
):
    options = ["--lr", 1000, "--activation", activation, "--run", "r", "--epochs", 50]
    done = kobai("train", blobs, *options)
    assert done.code == 2
    assert "error: training diverged" in done.err
    assert "learning rate 1000" in done.err
    assert "saved in r" in done.err
    assert done.err.count("\n") == 1
    # Said once, by the error.
    assert "diverged" not in done.out
    assert "lower the learning rate" not in done.out
    assert {file.name for file in (here / "r").iterdir()} == FILES
    for array in params_of(here / "r").values():
        assert np.isfinite(array).all()
    # Of a network that was never better than untrained, that is the untrained one.
    assert kobai("evaluate", "r").code == 0


def test_the_last_good_network_is_the_one_before_the_loss_grew(kobai, here, blobs):
    kobai("train", blobs, "--epochs", 1, "--run", "one", "-q")
    first = History.read_csv(here / "one/history.csv")
    done = kobai("train", blobs, "--lr", 1000, "--run", "r")
    assert done.code == 2
    model = load_model(here / "r/model.safetensors")
    with np.load(blobs) as content:
        loss = model.network.loss(content["x"], content["t"])
    assert loss < 3 * first["train_loss"][0]


def test_jax_trains_from_the_command_line(kobai, tmp_path):
    pytest.importorskip("jax")
    quick = ("--hidden", 3, "--steps", 4, "--batch-size", 20, "--run", "run", "-q")
    done = kobai("train", "--engine", "jax", "--device", "cpu", *quick)
    assert (done.code, done.err) == (0, "")
    settings = json.loads((tmp_path / "run" / "run.json").read_text())["settings"]
    assert (settings["engine"], settings["device"]) == ("jax", "cpu")
    done = kobai("train", "--resume", "--run", "run", "--steps", 8, "-q")
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--device", "cpu"), "a device is chosen for --engine jax"),
        (("--engine", "jax", "--device", "cuda"), 'got "cuda"; JAX finds here: '),
    ],
)
def test_a_device_that_makes_no_sense_is_refused(kobai, tmp_path, options, said):
    pytest.importorskip("jax")
    done = kobai("train", *options)
    assert done.code == 2
    assert said in " ".join(done.err.split())
    assert not list(tmp_path.iterdir())
