"""Resuming: bit for bit what the run would have been, or refused by name."""

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kobai.errors import ModelFileError
from kobai.networks import BatchNorm, Dropout, Sigmoid
from kobai.optimizers import OPTIMIZERS, SGD, Adam, CosineDecay
from kobai.training import EarlyStopping, train
from kobai.training.checkpoint import load_checkpoint, save_checkpoint

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "kill_and_resume.py"


def without_seconds(history):
    return [{k: v for k, v in r.items() if k != "seconds"} for r in history.records]


def same_run(a, b):
    for x, y in zip(a[0].params.values(), b[0].params.values(), strict=True):
        np.testing.assert_array_equal(x, y, strict=True)
    for x, y in zip(a[0].statistics.values(), b[0].statistics.values(), strict=True):
        np.testing.assert_array_equal(x, y, strict=True)
    np.testing.assert_array_equal(a[1].step_losses, b[1].step_losses)
    assert without_seconds(a[1]) == without_seconds(b[1])


@pytest.fixture
def go(make_network, data, tmp_path):
    """Return a function that trains a network with all kinds of state."""

    def go(steps, name=None, **options):
        network = make_network(BatchNorm(), Sigmoid(), Dropout(0.3))
        file = {"checkpoint": tmp_path / name, "resume": True} if name else {}
        options = {"batch_size": 25, "progress": False} | file | options
        return network, train(network, data, steps=steps, **options)

    return go


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("batches", ["shuffle", "random"])
def test_a_run_in_pieces_is_the_run(go, optimizer, batches):
    options = {"optimizer": OPTIMIZERS[optimizer](0.05), "batches": batches, "seed": 4}
    # Pieces that end inside an epoch of 3 steps, at its end, and again inside.
    for steps in (2, 3, 7):
        go(steps, "c", **options)
    same_run(go(11, "c", **options), go(11, **options))


@pytest.mark.parametrize("batches", ["online", "full"])
def test_the_other_kinds_of_batches(go, batches):
    go(4, "c", batches=batches)
    same_run(go(9, "c", batches=batches), go(9, batches=batches))


def test_a_schedule_goes_on_where_it_was(go):
    optimizer = Adam(CosineDecay(0.1, steps=12))
    go(5, "c", optimizer=optimizer)
    same_run(go(12, "c", optimizer=optimizer), go(12, optimizer=optimizer))


def test_a_finished_run_stays_as_it_is(go):
    same_run(go(7, "c"), go(7, "c"))


def test_early_stopping_goes_on_counting(go):
    def stop():
        return {"callbacks": [EarlyStopping(patience=2)], "optimizer": SGD(3.0)}

    whole = go(60, **stop())
    for steps in (4, 9, 15):
        go(steps, "c", **stop())
    pieces = go(60, "c", **stop())
    same_run(whole, pieces)
    assert whole[1].stopped == pieces[1].stopped is not None
    assert go(60, "c", **stop())[1].stopped == whole[1].stopped


def test_the_seconds_of_all_pieces_add_up(go):
    first = go(5, "c")[1]["seconds"][-1]
    assert go(8, "c")[1]["seconds"][-1] > first


def test_without_a_file_the_run_begins(go, tmp_path):
    assert not (tmp_path / "c").exists()
    same_run(go(4, "c"), go(4))


def test_without_resume_the_run_begins_again(go):
    go(6, "c")
    same_run(go(4, "c", resume=False), go(4))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batch_size": 20}, "batch_size was 25 and is now 20"),
        ({"seed": 1}, "seed was 0 and is now 1"),
        ({"batches": "random"}, "batches was shuffle and is now random"),
        (
            {"optimizer": Adam()},
            r"optimizer was SGD\(learning_rate=0.1,.* and is now Adam",
        ),
        ({"optimizer": SGD(0.2)}, r"is now SGD\(learning_rate=0.2"),
        ({"gradient": "numerical"}, "gradient was backprop and is now numerical"),
        ({"callbacks": [EarlyStopping()]}, r"is now \['EarlyStopping'\]"),
    ],
)
def test_other_settings_are_refused_by_name(go, change, message):
    go(4, "c")
    with pytest.raises(ValueError, match=f"cannot resume from .*: .*{message}"):
        go(8, "c", **change)


def test_other_data_and_another_network_are_refused(make_network, data, tmp_path):
    options = {"batch_size": 20, "checkpoint": tmp_path / "c", "progress": False}
    train(make_network(), data, epochs=1, **options)
    (x, t), test = data
    with pytest.raises(ValueError, match=r"data was x \(60, 2\) float32.*is now"):
        train(make_network(), ((x + 1, t), test), epochs=2, resume=True, **options)
    with pytest.raises(ValueError, match=r"network was .*Sigmoid.*is now .*Dropout"):
        train(make_network(Dropout()), data, epochs=2, resume=True, **options)


def test_fewer_steps_than_were_taken_are_refused(go):
    go(6, "c")
    with pytest.raises(ValueError, match="at step 6, beyond the 4 steps asked for"):
        go(4, "c")


def test_a_function_as_schedule_is_the_same_in_another_process(go):
    # Two functions of one name, at two addresses, as in two processes.
    first, second = [SGD(lambda step: 0.1) for _ in range(2)]
    go(4, "c", optimizer=first)
    same_run(go(8, "c", optimizer=second), go(8, optimizer=first))


def test_a_damaged_checkpoint_gets_one_line_and_changes_nothing(go, tmp_path):
    go(6, "c")
    path = tmp_path / "c"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(ModelFileError, match="damaged"):
        go(8, "c")


def change(tree, path, value):
    *above, last = path.split(".")
    for name in above:
        tree = tree[name]
    tree[last] = value(tree[last])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("model.params.W1", lambda w: w[:1].copy()),
        ("model.params.W1", lambda w: w.astype(np.float64)),
        ("model.params", lambda params: {}),
        ("model.statistics", lambda statistics: {"other": np.zeros(3)}),
        ("model.state.step", lambda step: 4),
        ("model.step", lambda step: "4"),
        ("records", lambda records: []),
        ("records", lambda records: [{"step": None}]),
        ("step_losses", lambda losses: list(losses)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(go, tmp_path, path, value):
    go(4, "c")
    content = load_checkpoint(tmp_path / "c")
    change(content, path, value)
    save_checkpoint(tmp_path / "c", content)
    with pytest.raises(ModelFileError, match="a damaged checkpoint"):
        go(8, "c")


def test_a_folder_that_is_missing_is_noticed_before_the_first_step(go):
    steps = []

    class Count:
        def on_step_end(self, state):
            steps.append(state.step)

    with pytest.raises(ModelFileError, match="cannot write the checkpoint"):
        go(4, "missing/c", callbacks=[Count()])
    assert steps == []


def test_checkpoints_come_as_often_as_asked(go, tmp_path, monkeypatch):
    from kobai.training import run

    written = []
    save = run.save_checkpoint
    monkeypatch.setattr(
        run,
        "save_checkpoint",
        lambda path, content: (
            written.append(content["model"]["step"]),
            save(path, content),
        ),
    )
    go(7, "a", checkpoint_every=2)
    assert written == [0, 2, 4, 6, 7]
    written.clear()
    # By the clock, a second has not passed.
    go(7, "b")
    assert written == [0, 7]


def test_a_run_that_is_written_by_the_clock_goes_on_from_anywhere(
    go, tmp_path, monkeypatch
):
    from kobai.training import run, settings

    written = []
    save = run.save_checkpoint

    def note(path, content):
        save(path, content)
        written.append(Path(path).read_bytes())

    whole = go(11)
    # As if every burst of steps took more than a second.
    monkeypatch.setattr(settings, "CHECKPOINT_SECONDS", 0)
    monkeypatch.setattr(settings, "CHECKPOINT_SHARE", 0)
    with monkeypatch.context() as only_now:
        only_now.setattr(run, "save_checkpoint", note)
        same_run(go(11, "all"), whole)
    steps = []
    for number, content in enumerate(written):
        (tmp_path / str(number)).write_bytes(content)
        steps.append(load_checkpoint(tmp_path / str(number))["model"]["step"])
        same_run(go(11, str(number)), whole)
    # Inside an epoch of 3 steps, too.
    assert any(step % 3 for step in steps[:-1])


def test_the_clock_leaves_the_most_of_the_time_to_training(go):
    from kobai.training.settings import CHECKPOINT_SECONDS, make_settings

    settings = make_settings(
        100, optimizer=SGD(0.1), engine="numpy", gradient="backprop",
        batches="shuffle", batch_size=10, epochs=1, steps=None, seed=0,
        checkpoint="a file", checkpoint_every=None,
    )  # fmt: skip
    assert not settings.checkpoint_due(0.9 * CHECKPOINT_SECONDS, cost=0)
    assert settings.checkpoint_due(CHECKPOINT_SECONDS, cost=0)
    # Writing takes a second: at most a twentieth of the time goes into it.
    assert not settings.checkpoint_due(19, cost=1)
    assert settings.checkpoint_due(20, cost=1)


@pytest.mark.parametrize("every", [0, 2])
def test_evaluations_of_few_epochs_go_on_as_they_were(go, every):
    for steps in (4, 6, 8):
        go(steps, "c", evaluate_every=every)
    pieces = go(14, "c", evaluate_every=every)
    same_run(pieces, go(14, evaluate_every=every))
    expected = {0: [0, 14], 2: [0, 6, 12, 14]}[every]
    assert pieces[1]["step"].tolist() == expected
    with pytest.raises(ValueError, match=r"evaluate_every was .* and is now 1"):
        go(20, "c")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "number"),
    [("numpy", "SIGKILL"), ("numba", "SIGKILL"), ("numpy", "SIGINT")],
)
def test_killed_at_random_moments_it_ends_bit_identical(tmp_path, engine, number):
    if engine == "numba":
        pytest.importorskip("numba")
    spec = importlib.util.spec_from_file_location("kill_and_resume", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    given = 0, engine, getattr(signal, number)
    summary = script.kill_and_resume(20, tmp_path, *given)
    assert summary.kills == 20
    assert summary.kills_while_training >= 5
    assert summary.rounds_that_differ == 0


class Elsewhere:
    """At the first step, lets another process train by the same checkpoint."""

    def __init__(self, checkpoint):
        self.checkpoint = checkpoint
        self.said = ""

    def on_train_begin(self, state):
        code = (
            "import sys, kobai\n"
            "from kobai.networks import Dense, Network\n"
            "rows = [[0.0], [1.0]], [[0.0], [1.0]]\n"
            "kobai.train(Network(1, [Dense(1)]), rows, checkpoint=sys.argv[1])\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, self.checkpoint],
            capture_output=True,
            text=True,
        )
        self.said = done.stderr


@pytest.mark.parametrize("name", ["c", "link"])
def test_two_processes_do_not_write_one_checkpoint(make_network, data, tmp_path, name):
    (tmp_path / "link").symlink_to(tmp_path / "c")
    other = Elsewhere(tmp_path / name)
    options = {"steps": 2, "progress": False, "checkpoint": tmp_path / "c"}
    train(make_network(), data, callbacks=[other], **options)
    assert f"is being written by process {os.getpid()}, since" in other.said
    # It is left to the next one, and so is nothing beside it.
    train(make_network(), data, **options)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c", "link"]
