"""Files in a run folder that are not what they seem."""

import json
import os
import random

import pytest

from kobai import run_folder
from kobai.cli.folder import RunFolder
from kobai.errors import ModelFileError
from kobai.formats import load_model
from kobai.run_folder import RunError
from kobai.training import History
from kobai.training.checkpoint import load_checkpoint

QUICK = ["--epochs", 1, "--engine", "eager", "--hidden", "3", "-q"]
WRITTEN = [
    "model.safetensors",
    "history.csv",
    "curves.png",
    "run.json",
    "checkpoint.safetensors",
]


@pytest.fixture
def run(kobai, here, blobs):
    assert kobai("train", blobs, "--run", "r", *QUICK).code == 0
    return here / "r"


def resume(kobai):
    return kobai("train", "--resume", "--run", "r", "--epochs", 2, "-q")


def refused(done):
    assert done.code == 2, done
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err
    return done.err


@pytest.mark.parametrize("name", WRITTEN)
def test_nothing_is_written_through_a_link(kobai, here, run, name):
    mine = here / "mine"
    (run / name).rename(mine)
    before = mine.read_bytes()
    (run / name).symlink_to(mine)
    assert f"r/{name}: is a link to {mine}" in refused(resume(kobai))
    assert mine.read_bytes() == before


def test_the_confusion_matrix_of_a_table_replaces_a_link(kobai, here):
    rows = "\n".join(f"{n % 7},{'ab'[n % 7 > 3]}" for n in range(40))
    (here / "t.csv").write_text(f"x,y\n{rows}\n")
    assert kobai("train", "t.csv", "--target", "y", "--run", "r", *QUICK).code == 0
    (here / "mine").write_text("mine")
    (here / "r/confusion-matrix.png").symlink_to(here / "mine")
    assert kobai("evaluate", "r").code == 0
    assert (here / "mine").read_text() == "mine"
    assert (here / "r/confusion-matrix.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_pipe_or_a_folder_in_place_of_a_file(kobai, run, name, make):
    (run / name).unlink()
    make(run / name)
    assert name in refused(resume(kobai))


@pytest.mark.parametrize("command", ["evaluate", "source", "predict"])
def test_a_nested_run_json_is_damaged(kobai, run, blobs, command):
    (run / "run.json").write_text('{"settings": ' + "[" * 100_000)
    arguments = [blobs] if command == "predict" else []
    done = kobai(command, "r", *arguments)
    # Predictions need the model alone.
    assert done.code == 0 if command == "predict" else refused(done)


def test_readers_do_not_wait_for_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ModelFileError, match="regular file"):
        load_checkpoint(tmp_path / "pipe")
    with pytest.raises(OSError, match="regular file"):
        History.read_csv(tmp_path / "pipe")


def test_damage_to_run_json_is_noticed_or_harmless(run):
    file, rng = run / "run.json", random.Random(0)
    text, before = file.read_bytes(), RunFolder(run).settings()
    noticed = 0
    for _ in range(500):
        damaged = bytearray(text)
        damaged[rng.randrange(len(text))] = rng.choice(b'0123456789abtrfn",:{} ')
        file.write_bytes(damaged)
        try:
            assert RunFolder(run).settings() == before
        except RunError:
            noticed += 1
    # White space, and digits that are put in place of themselves, do no harm.
    assert noticed > 300


def test_a_damaged_file_does_not_pass_for_an_old_one(run):
    file = run / "run.json"
    text = file.read_text().replace('"checksum"', '"checksdm"')
    file.write_text(text.replace('"seed": 0', '"seed": 8'))
    with pytest.raises(RunError, match="checksum"):
        RunFolder(run).settings()


def test_an_older_run_json_is_read(kobai, run):
    content = json.loads((run / "run.json").read_text())
    for name in ("checksum", "begun"):
        del content[name]
    (run / "run.json").write_text(json.dumps(content))
    assert resume(kobai).code == 0
    assert "checksum" in json.loads((run / "run.json").read_text())


def test_a_run_that_goes_on_remembers_when_it_began(kobai, run):
    file = run / "run.json"
    content = json.loads(file.read_text())
    del content["checksum"]
    content["begun"] = "2026-01-02T03:04:05+00:00"
    content["checksum"] = run_folder._checksum(content)
    file.write_text(json.dumps(content))
    assert resume(kobai).code == 0
    assert json.loads(file.read_text())["begun"] == content["begun"]


def test_models_of_equal_runs_are_equal_files(kobai, here, run, start):
    (here / "below").mkdir()
    os.link(here / "blobs.npz", here / "below/blobs.npz")
    process = start("train", "blobs.npz", "--run", "other", *QUICK, cwd=here / "below")
    assert process.communicate() == ("", "")
    one, other = run / "model.safetensors", here / "below/other/model.safetensors"
    assert one.read_bytes() == other.read_bytes()
    assert load_model(one).network.size > 0


def test_a_damaged_checkpoint_is_not_to_be_resumed_again(kobai, blobs, here):
    assert kobai("train", "blobs.npz", "--epochs", "2", "--run", "run").code == 0
    file = here / "run" / "checkpoint.safetensors"
    file.write_bytes(file.read_bytes()[:500])
    done = kobai("train", "--resume", "run", "--epochs", "3")
    assert done.code == 2
    assert "not a checkpoint, or a damaged one" in done.err
    assert done.err.rstrip().endswith("; train anew")
