"""Several runs at once: each folder is one's own, and nobody else's work is lost."""

import importlib.util
import json
import os
import shutil
import sys
import threading
import types
from contextlib import ExitStack
from pathlib import Path

import pytest

from kobai import lock as locks
from kobai.cli.claim import check_new, held_folder, new_folder
from kobai.lock import HeldError, holder, lock
from kobai.run_folder import LOCK, RunError

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "runs_at_once.py"
QUICK = ["--epochs", 1, "--engine", "eager", "--hidden", "none", "-q"]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def at_once(count, work):
    """Do work in threads that begin together; return what they return or raise."""
    barrier, done = threading.Barrier(count), []

    def begin():
        barrier.wait()
        try:
            done.append(work())
        except RunError as error:
            done.append(error)

    threads = [threading.Thread(target=begin) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def test_without_a_name_everybody_gets_a_folder(here):
    with ExitStack() as stack:
        places = at_once(8, lambda: stack.enter_context(new_folder(None, "a.csv")))
        paths = {place.path for place in places}
        assert paths == {Path(f"runs/a-{n}") for n in range(1, 9)}
    # None of them has begun.
    assert names(here / "runs") == []


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs Linux's /proc")
def test_where_no_folder_can_be_made_none_is_said_to_exist(kobai):
    done = kobai("train", *QUICK, "--run", "/proc/r")
    assert done.code == 2
    assert done.err.startswith("error: /proc/r: ")
    assert "exists" not in done.err


def test_one_name_is_given_to_one(here):
    with ExitStack() as stack:
        got = at_once(8, lambda: stack.enter_context(new_folder("r", "a.csv")))
        refused = [each for each in got if isinstance(each, RunError)]
        assert len(refused) == 7
        assert all(f"process {os.getpid()}, since" in str(each) for each in refused)
        assert names(here / "r") == [LOCK]
    assert not (here / "r").exists()


def test_what_a_run_has_written_stays_with_its_owner(here):
    with new_folder("r", "a.csv") as folder:
        folder.checkpoint.write_bytes(b"x")
        folder.write({"data": "digits"}, {})
        with pytest.raises(RunError, match="being trained"), new_folder("r", "a.csv"):
            pass
        with pytest.raises(RunError, match="being trained"), held_folder(folder.path):
            pass
        assert names(here / "r") == [LOCK, "checkpoint.safetensors", "run.json"]
    with pytest.raises(RunError, match="exists already"), new_folder("r", "a.csv"):
        pass
    assert names(here / "r") == ["checkpoint.safetensors", "run.json"]


def test_a_folder_in_which_nothing_was_written_whole_may_be_taken(here):
    (here / "r").mkdir()
    for name in (LOCK, ".sweep.json.1234abcd.tmp", ".run.json.0000ffff.tmp"):
        (here / "r" / name).touch()
    check_new("r", "a.csv")
    with new_folder("r", "a.csv"):
        assert names(here / "r") == [LOCK]
    assert not (here / "r").exists()
    (here / "mine").mkdir()
    (here / "mine" / ".notes.tmp").touch()
    with pytest.raises(RunError, match="exists already"), new_folder("mine", "a"):
        pass


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("run.json", r"train --resume 'my run'"),
        ("sweep.json", r"sweep --resume 'my run'"),
        ("notes.txt", r"Choose another name$"),
    ],
)
def test_a_folder_that_is_taken_says_what_goes_on_with_it(here, name, advice):
    (here / "my run").mkdir()
    (here / "my run" / name).touch()
    with pytest.raises(RunError, match=advice):
        check_new("my run", "a.csv")


def test_an_empty_folder_may_be_taken_but_no_link(here):
    (here / "empty").mkdir()
    (here / "empty" / LOCK).touch()
    with new_folder("empty", "a.csv") as folder:
        folder.checkpoint.write_bytes(b"x")
    (here / "real").mkdir()
    for name, target in (("link", here / "real"), ("loose", here / "nowhere")):
        (here / name).symlink_to(target)
        with pytest.raises(RunError, match="exists already"), new_folder(name, "a"):
            pass
    assert names(here / "real") == []


def test_leftovers_go_when_the_folder_is_next_held_and_not_before(here):
    with new_folder("r", "a.csv") as folder:
        folder.checkpoint.write_bytes(b"x")
        folder.write({"data": "digits"}, {})
        for name in (".model.safetensors.12345678.tmp", ".run.json.1234abcd.tmp"):
            (here / "r" / name).touch()
        (here / "r" / ".mine.tmp").touch()
        with pytest.raises(RunError), held_folder(folder.path):
            pass
        assert len(names(here / "r")) == 6
    with held_folder(folder.path):
        pass
    assert names(here / "r") == [".mine.tmp", "checkpoint.safetensors", "run.json"]


def test_a_lock_file_of_a_killed_process_holds_nobody_up(tmp_path):
    (tmp_path / LOCK).write_text('{"pid": 1, "host": "x", "since": "2026-01-01"}')
    assert holder(tmp_path / LOCK) is None
    taken = lock(tmp_path / LOCK)
    assert f"process {os.getpid()}, since" in holder(tmp_path / LOCK)
    with pytest.raises(HeldError):
        lock(tmp_path / LOCK)
    taken.release()
    assert names(tmp_path) == []


@pytest.mark.parametrize("text", ["", "[]", "[" * 5000, '{"pid": "\x1b", "host": 1}'])
def test_who_cannot_be_read_is_another_process(tmp_path, text):
    taken = lock(tmp_path / LOCK)
    (tmp_path / LOCK).write_text(text)
    assert holder(tmp_path / LOCK) == "another process"
    taken.release()


def test_a_lock_that_is_removed_meanwhile_is_taken_anew(tmp_path, monkeypatch):
    first = lock(tmp_path / LOCK)
    take, opened = locks._take, []

    def late(descriptor):
        # Between the opening of the file and its lock, the holder leaves.
        if not opened:
            opened.append(descriptor)
            first.release()
        return take(descriptor)

    monkeypatch.setattr(locks, "_take", late)
    second = lock(tmp_path / LOCK)
    monkeypatch.undo()
    assert holder(tmp_path / LOCK)
    with pytest.raises(HeldError):
        lock(tmp_path / LOCK)
    second.release()


def test_on_windows_a_byte_beyond_the_text_is_locked(tmp_path, monkeypatch):
    places = []

    def locking(descriptor, mode, count):
        place = os.lseek(descriptor, 0, os.SEEK_CUR)
        if places:
            raise PermissionError(13, "Permission denied")
        places.append((mode, place, count))

    fake = types.SimpleNamespace(locking=locking, LK_NBLCK=2)
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    monkeypatch.setattr(sys, "platform", "win32")
    taken = lock(tmp_path / LOCK)
    assert places == [(2, locks.FAR, 1)]
    assert "process" in holder(tmp_path / LOCK)
    with pytest.raises(HeldError):
        lock(tmp_path / LOCK)
    taken.release()
    assert names(tmp_path) == []


def test_a_run_under_way_is_neither_resumed_nor_begun_again(kobai, here, blobs):
    assert kobai("train", blobs, "--run", "r", *QUICK).code == 0
    before = {f.name: f.read_bytes() for f in (here / "r").iterdir()}
    taken = lock(here / "r" / LOCK)
    for options in (["--resume"], []):
        done = kobai("train", *options, "--run", "r", "-q")
        assert done.code == 2
        assert f"process {os.getpid()}, since" in done.err
        assert done.err.count("\n") == 1
    (run,) = json.loads(kobai("runs", "r", "--json").out)
    assert run["state"] == "running"
    taken.release()
    assert {f.name: f.read_bytes() for f in (here / "r").iterdir()} == before


def runs_at_once():
    spec = importlib.util.spec_from_file_location("runs_at_once", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = script
    spec.loader.exec_module(script)
    return script


@pytest.mark.parametrize("name", [None, "same"])
def test_processes_at_once_lose_nothing(here, name):
    script = runs_at_once()
    assert script.at_once(3, here, name) == script.expected(3, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [None, "same"])
@pytest.mark.parametrize(("groups", "size"), [(3, 2), (1, 8)])
def test_many_processes_at_once_lose_nothing(here, name, groups, size):
    script = runs_at_once()
    for _ in range(groups):
        assert script.at_once(size, here, name) == script.expected(size, name)
        shutil.rmtree(here / "runs")
