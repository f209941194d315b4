"""Ctrl-C at any moment, pipes that break, and how the command ends."""

import os
import signal
import subprocess
import sys
import time

import pytest


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8, 1.2, 1.6])
def test_ctrl_c_at_any_moment(here, start, delay):
    process = start("train", "--epochs", "3000", "--run", "run")
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    # While Python itself starts, and loads the package's first lines, nobody can
    # catch the signal yet; inside `leave_after` it must be.
    if "in leave_after" in err or process.returncode not in (1, -signal.SIGINT):
        assert "Traceback" not in err
        assert process.returncode == 130
        assert err.count("\n") == 1
        assert err.startswith("interrupted")
    if (here / "run").exists():
        assert (here / "run" / "checkpoint.safetensors").exists()
        assert (here / "run" / "model.safetensors").exists()
    assert not list(here.rglob("*.tmp"))


DURING_IMPORTS = """
import builtins, os, signal, sys
from kobai.cli import main
sys.argv = ["kobai", "--help"]
plain, left = builtins.__import__, int(os.environ["AT"])

def counting(*arguments):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGINT)
    return plain(*arguments)

# The very first is what puts the handler in place.
builtins.__import__ = counting
main()
"""


@pytest.mark.parametrize("at", [2, 3, 4, 5, 8, 13, 21, 34, 55, 89, 144, 400, 1000])
def test_ctrl_c_while_modules_are_loading(at):
    done = subprocess.run(
        [sys.executable, "-c", DURING_IMPORTS],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"AT": str(at)},
    )
    assert done.stderr == "interrupted\n"
    assert done.returncode == 130


SWALLOWED = """
import signal, time
from kobai.cli.leaving import leave_after

class Callback:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

def command():
    try:
        Callback()
        for _ in range(3000):
            time.sleep(0.01)
    finally:
        print("tidied up")

leave_after(command)
"""


def test_ctrl_c_in_a_callback_still_lets_the_command_tidy_up():
    command = [sys.executable, "-c", SWALLOWED]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 130
    assert done.stdout == "tidied up\n"
    assert done.stderr == "interrupted\n"


def test_a_broken_pipe_does_not_end_a_run(here):
    command = f"{sys.executable} -m kobai train --epochs 100 --run run"
    pipe = f"({command}; echo $? > code) | head -n 1"
    done = subprocess.run(pipe, shell=True, capture_output=True, text=True)
    assert done.stdout.startswith("Data")
    assert done.stderr.startswith("error: standard output cannot be written: Broken")
    assert done.stderr.count("\n") == 1
    assert (here / "code").read_text().strip() == "2"
    rows = (here / "run" / "history.csv").read_text().splitlines()
    assert rows[-1].startswith("100,")
    assert (here / "run" / "model.safetensors").exists()


def test_a_broken_pipe_is_no_error(here, start):
    # The reader is gone before the first word.
    reader, writer = os.pipe()
    os.close(reader)
    process = start("descend", "x**2", "--start", "1", stdout=writer)
    os.close(writer)
    _, err = process.communicate(timeout=60)
    assert not err
    assert process.returncode == 1


def test_the_help_names_every_engine(kobai, monkeypatch):
    from kobai.engines import ENGINES

    monkeypatch.setenv("COLUMNS", "200")
    lines = kobai("train", "--help").out.splitlines()
    (line,) = [x for x in lines if x.lstrip().startswith("--engine")]
    assert all(engine in line for engine in ("auto", *ENGINES))


def test_a_bug_keeps_its_traceback(kobai, monkeypatch):
    from kobai import data

    def broken(*arguments, **options):
        raise RuntimeError("a bug")

    monkeypatch.setattr(data, "load_dataset", broken)
    monkeypatch.setattr("sys.argv", ["kobai", "check"])
    from kobai.cli import main

    with pytest.raises(RuntimeError, match="a bug"):
        main()


def test_too_little_memory_is_said(kobai, monkeypatch):
    from kobai import data

    def greedy(*arguments, **options):
        raise MemoryError("Unable to allocate 1 PiB")

    monkeypatch.setattr(data, "load_dataset", greedy)
    done = kobai("check")
    assert done.code == 2
    assert "not enough memory (Unable to allocate 1 PiB)" in done.err


def test_a_warning_is_a_note_and_is_said_once(kobai, monkeypatch):
    import warnings

    from kobai import data

    def warns(*arguments, **options):
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("mind the gap", stacklevel=1)
            warnings.warn("mind the gap", stacklevel=2)
        raise ValueError("stop here")

    monkeypatch.setattr(data, "load_dataset", warns)
    assert kobai("check").err == "note: mind the gap\nerror: stop here\n"


@pytest.mark.parametrize("name", ["numpy", "random", "pickle", "typer"])
def test_no_file_of_the_users_is_imported(here, start, name):
    (here / f"{name}.py").write_text("print('own')")
    process = start("train", "--epochs", "1", "--quiet", "--run", "run")
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 0
    assert (here / "run" / "curves.png").exists()


def test_no_window_is_needed_for_pictures(here, start, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "there is none")
    process = start("train", "--epochs", "2", "--run", "run")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "Written" in out
    assert (here / "run" / "curves.png").exists()


def test_what_cannot_be_drawn_is_drawn_by_resuming(here, kobai, blobs, monkeypatch):
    def fail(drawings):
        raise ImportError("DLL load failed while importing ft2font.")

    with monkeypatch.context() as broken:
        broken.setattr("kobai.cli.painter._pays", lambda: False)
        broken.setattr("kobai.cli.painter._drawn", fail)
        done = kobai("train", "blobs.npz", "--epochs", "2", "--run", "run")
    assert done.code == 2
    assert (
        "could not be drawn: DLL load failed while importing ft2font. All" in done.err
    )
    assert (here / "run" / "model.safetensors").exists()
    assert not (here / "run" / "curves.png").exists()
    again = done.err.split("kobai ")[-1].split()
    assert again == ["train", "--resume", "run"]
    assert kobai(*again).code == 0
    assert (here / "run" / "curves.png").exists()
