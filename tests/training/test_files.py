"""Atomic writes: the old file or the new one, whatever goes wrong."""

import errno
import os
import stat

import pytest

from kobai.files import remove_leftovers, write_atomically


def test_replaces_a_file(tmp_path):
    path = tmp_path / "a.bin"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_permissions_follow_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "a.bin", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.bin").stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.bin"
    link.symlink_to(tmp_path / "real" / "a.bin")
    write_atomically(link, b"x")
    assert link.is_symlink()
    assert (tmp_path / "real" / "a.bin").read_bytes() == b"x"


def test_a_link_is_replaced_where_none_is_meant(tmp_path):
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / "folder").mkdir()
    for name in ("mine", "folder", "nowhere"):
        link = tmp_path / "link"
        link.symlink_to(tmp_path / name)
        write_atomically(link, b"x", through_links=False)
        assert not link.is_symlink()
        assert link.read_bytes() == b"x"
        link.unlink()
    assert (tmp_path / "mine").read_bytes() == b"mine"
    assert sorted(os.listdir(tmp_path)) == ["folder", "mine"]


def test_a_pipe_is_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="Not a regular file") as caught:
        write_atomically(tmp_path / "pipe", b"x")
    assert caught.value.filename == str(tmp_path / "pipe")
    assert os.listdir(tmp_path) == ["pipe"]


@pytest.mark.parametrize("failing", ["write", "fsync", "replace"])
def test_a_failure_keeps_the_old_file_and_no_litter(tmp_path, monkeypatch, failing):
    path = tmp_path / "a.bin"
    write_atomically(path, b"old")

    def fail(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    data = b"new"
    if failing == "write":
        data = "text, which a binary file refuses"
    else:
        monkeypatch.setattr(os, failing, fail)
    with pytest.raises((OSError, TypeError)):
        write_atomically(path, data)
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_a_missing_folder_and_a_folder_that_is_a_file(tmp_path):
    path = tmp_path / "missing" / "a.bin"
    with pytest.raises(FileNotFoundError) as caught:
        write_atomically(path, b"x")
    # The temporary file means nothing to whoever asked for another.
    assert (caught.value.filename, caught.value.filename2) == (str(path), None)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        write_atomically(tmp_path / "file" / "a.bin", b"x")


def test_leftovers_of_killed_processes_are_removed_and_nothing_else(tmp_path):
    for name in (".a.bin.1234abcd.tmp", "a.bin", ".b.bin.1234abcd.tmp", "a.bin.tmp"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / ".[a].bin.1234abcd.tmp").write_bytes(b"x")
    remove_leftovers(tmp_path / "a.bin")
    remove_leftovers(tmp_path / "[a].bin")
    assert sorted(os.listdir(tmp_path)) == [".b.bin.1234abcd.tmp", "a.bin", "a.bin.tmp"]
