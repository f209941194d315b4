"""Compiled code on the disk: damaged, out of reach, or in the hands of others."""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

numba = pytest.importorskip("numba")
pytest.importorskip("scipy")

from kobai.engines import choose_engine, has_numba  # noqa: E402
from kobai.engines.machine import folder  # noqa: E402
from kobai.engines.numba_engine import cache  # noqa: E402
from kobai.engines.numba_engine.kernels import tools  # noqa: E402

SOURCE = "def steps(x):\n    x[0] += 2.5\n"
NAME = "kobai_test_0123"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for compiled code that nobody has looked at."""
    where = tmp_path / "kobai" / "compiled"
    monkeypatch.setattr(cache, "cache_folder", lambda: where)
    folder.is_usable.cache_clear()
    return where


def made() -> Any:
    signature = numba.void(numba.float64[::1])
    jit = partial(numba.njit, signature)
    function = cache._made(NAME, SOURCE, jit)
    x = np.zeros(1)
    function(x)
    assert x[0] == 2.5
    return function


def hits(function: Any) -> int:
    return sum(function.stats.cache_hits.values())


def test_what_is_kept_is_used_again(place: Path) -> None:
    assert hits(made()) == 0
    assert hits(made()) == 1
    assert sorted({path.suffix for path in place.rglob("*.*")}) == [
        *(".nbc", ".nbi", ".py", ".sums"),
    ]
    if os.name == "posix":
        assert {p.stat().st_mode & 0o777 for p in place.rglob("*") if p.is_dir()} == {
            0o700
        }


class Bomb:
    """What does harm when it is unpickled."""

    def __reduce__(self) -> Any:
        return os._exit, (66,)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def turned(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGE: dict[str, Callable[[Path], Any]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "foreign": lambda path: path.write_bytes(b"\xff\xfe\x00 no pickle"),
    "a list": lambda path: path.write_bytes(pickle.dumps([1, 2])),
    "json": lambda path: path.write_text("[" * 50_000),
    "a bomb": lambda path: path.write_bytes(pickle.dumps(Bomb())),
    "a bit": turned,
    "gone": Path.unlink,
    "directory": directory,
    "pipe": pipe,
}


@pytest.mark.skipif(os.name != "posix", reason="has pipes")
@pytest.mark.parametrize("suffix", [".py", ".nbi", ".nbc", ".sums"])
@pytest.mark.parametrize("what", DAMAGE)
def test_what_is_damaged_is_made_anew(place: Path, suffix: str, what: str) -> None:
    made()
    (path,) = place.rglob(f"*{suffix}")
    DAMAGE[what](path)
    made()
    assert path.is_file()
    assert hits(made()) == 1


def test_a_file_in_the_place_of_the_folders(place: Path) -> None:
    made()
    kept = place / "__pycache__"
    for path in kept.iterdir():
        path.unlink()
    kept.rmdir()
    kept.write_bytes(b"")
    made()
    assert hits(made()) == 1


def test_a_folder_with_files_in_a_files_place_is_left_alone(place: Path) -> None:
    made()
    (path,) = place.rglob("*.nbi")
    directory(path)
    (path / "mine.txt").write_text("mine")
    made()
    assert (path / "mine.txt").read_text() == "mine"


def test_python_keeps_no_code_of_its_own_there(place: Path) -> None:
    made()
    assert not list(place.rglob("*.pyc"))


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o720, 0o702])
@pytest.mark.skipif(os.name != "posix", reason="of the permissions that Unix has")
def test_where_others_can_write_nothing_is_kept(place: Path, mode: int) -> None:
    made()
    place.chmod(mode)
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*")}
    folder.is_usable.cache_clear()
    with pytest.warns(RuntimeWarning, match=f"chmod -R go-w {place}"):
        assert hits(made()) == 0
    # It is said once.
    assert hits(made()) == 0
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*")} == before
    place.chmod(0o700)
    folder.is_usable.cache_clear()
    assert hits(made()) == 1


@pytest.mark.skipif(os.name != "posix", reason="of the permissions that Unix has")
def test_a_folder_above_that_all_can_write(place: Path) -> None:
    above = place.parents[1]
    above.chmod(0o777)
    with pytest.warns(RuntimeWarning, match=f"others can write to {above}"):
        made()
    # Where files are their owners' alone, as in /tmp, it does no harm.
    above.chmod(0o1777)
    folder.is_usable.cache_clear()
    made()
    assert list(place.rglob("*.nbc"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid(), reason="needs root")
def test_a_folder_of_another_user(place: Path) -> None:
    place.mkdir(parents=True)
    os.chown(place, 12345, 12345)
    with pytest.warns(RuntimeWarning, match="others can write"):
        made()
    assert not list(place.rglob("*.*"))


def test_a_relative_path_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if sys.platform in ("win32", "darwin"):
        pytest.skip("another variable, or none")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    cache._named_folder.cache_clear()
    with pytest.warns(RuntimeWarning, match="XDG_CACHE_HOME=here is not used"):
        found = cache.cache_folder()
    assert found == tmp_path / "home" / ".cache" / "kobai" / "compiled"
    assert cache.cache_folder() == found
    cache._named_folder.cache_clear()
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "home")
    with pytest.warns(RuntimeWarning, match="is relative"):
        assert cache.usable_folder() is None


def test_numbas_own_variable(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from numba.core import config

    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "numba"))
    made()
    assert hits(made()) == 1
    (path,) = (tmp_path / "numba").rglob("*.nbi")
    path.write_bytes(b"")
    made()
    assert hits(made()) == 1
    monkeypatch.setattr(config, "CACHE_DIR", "numba")
    with pytest.warns(RuntimeWarning, match="path numba is relative"):
        assert hits(made()) == 0


def test_where_nothing_can_be_written_it_goes_without(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.parent.parent.joinpath("kobai").write_bytes(b"")
    assert hits(made()) == 0
    place.parent.unlink()
    folder.is_usable.cache_clear()

    def full(*_: object, **__: object) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder.tempfile, "mkstemp", full)
    assert hits(made()) == 0
    assert not list(place.rglob("*.*"))


def test_a_disk_that_fills_up_while_numba_writes(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from numba.core.caching import IndexDataCacheFile

    def full(*_: object) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(IndexDataCacheFile, "_save_data", full)
    assert hits(made()) == 0
    monkeypatch.undo()
    monkeypatch.setattr(cache, "cache_folder", lambda: place)
    made()
    assert hits(made()) == 1


def test_several_at_once(place: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from pathlib import Path\n"
        "from kobai.engines.numba_engine import cache\n"
        "import test_numba_folder as own\n"
        "cache.cache_folder = lambda: Path(sys.argv[1])\n"
        "for _ in range(5): own.made()\n"
    )
    given = [sys.executable, "-c", code, str(place), str(Path(__file__).parent)]

    def start(_: int) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(given, capture_output=True, text=True, timeout=300)

    with ThreadPoolExecutor(3) as pool:
        for done in pool.map(start, range(3)):
            assert done.returncode == 0, done.stderr
            assert done.stderr == ""
    made()
    assert hits(made()) == 1


def test_numba_told_to_compile_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    with pytest.raises(ValueError, match=r"NUMBA_DISABLE_JIT is set.*numpy"):
        tools.need_extra()
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert not has_numba()
    assert choose_engine("auto", 10**9, 10**9) == "numpy"
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "0")
    assert has_numba()
