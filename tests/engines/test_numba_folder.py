"""Compiled code on the disk: damaged, out of reach, or in the hands of others."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")
pytest.importorskip("scipy")

from kobai.engines import choose_engine, has_numba
from kobai.engines.machine import folder
from kobai.engines.numba_engine import cache
from kobai.engines.numba_engine.kernels import tools
from kobai.engines.numba_engine.native import translation
from kobai.engines.numba_engine.native.code import Code
from kobai.errors import MissingExtraError

SOURCE = "def steps(x):\n    x[0] += 2.5\n"
KINDS = ["float64[:]"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for compiled code that nobody has looked at."""
    where = tmp_path / "kobai" / "compiled"
    monkeypatch.setattr(cache, "cache_folder", lambda: where)
    folder.is_usable.cache_clear()
    return where


def is_compiled() -> bool:
    """Have the source as a new process would; return whether Numba compiled it."""
    cache._LOADED.clear()
    compiled = []

    def compile_source(*given: Any) -> Code:
        compiled.append(given)
        return as_it_is(*given)

    with pytest.MonkeyPatch.context() as patch:
        as_it_is = translation.compile_source
        patch.setattr(translation, "compile_source", compile_source)
        function = cache.load_function("test", SOURCE, KINDS)
    x = np.zeros(1)
    function(x)
    assert x[0] == 2.5
    return bool(compiled)


@pytest.fixture(autouse=True)
def loaded() -> Iterator[None]:
    """Let other tests have what they have loaded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "_LOADED", {})
        yield


def test_what_is_kept_is_used_again(place: Path) -> None:
    assert is_compiled()
    assert not is_compiled()
    assert [path.suffix for path in place.iterdir()] == [".code"]
    if os.name == "posix":
        assert place.stat().st_mode & 0o777 == 0o700


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
    "foreign": lambda path: path.write_bytes(b"\xff\xfe\x00 no code"),
    "short": lambda path: path.write_bytes(b"\0" * 31),
    "more": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "a bit": turned,
    "gone": Path.unlink,
    "directory": directory,
    "pipe": pipe,
}


@pytest.mark.skipif(os.name != "posix", reason="has pipes")
@pytest.mark.parametrize("what", DAMAGE)
def test_what_is_damaged_is_made_anew(place: Path, what: str) -> None:
    is_compiled()
    (path,) = place.iterdir()
    DAMAGE[what](path)
    assert is_compiled()
    assert path.is_file()
    assert not is_compiled()


def test_code_that_needs_what_is_not_there_is_made_anew(place: Path) -> None:
    is_compiled()
    (path,) = place.iterdir()
    code = Code.from_bytes(path.read_bytes())
    assert code is not None
    path.write_bytes(Code(code.objects, ("kobai_of_tomorrow",)).to_bytes())
    # LLVM would end the process.
    assert is_compiled()
    assert not is_compiled()


def test_a_folder_with_files_in_a_files_place_is_left_alone(place: Path) -> None:
    is_compiled()
    (path,) = place.iterdir()
    directory(path)
    (path / "mine.txt").write_text("mine")
    assert is_compiled()
    assert is_compiled()
    assert (path / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o720, 0o702])
@pytest.mark.skipif(os.name != "posix", reason="of the permissions that Unix has")
def test_where_others_can_write_nothing_is_kept(place: Path, mode: int) -> None:
    is_compiled()
    place.chmod(mode)
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*")}
    folder.is_usable.cache_clear()
    with pytest.warns(RuntimeWarning, match=f"chmod -R go-w {place}"):
        assert is_compiled()
    # It is said once.
    assert is_compiled()
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*")} == before
    place.chmod(0o700)
    folder.is_usable.cache_clear()
    assert not is_compiled()


@pytest.mark.skipif(os.name != "posix", reason="of the permissions that Unix has")
def test_a_folder_above_that_all_can_write(place: Path) -> None:
    above = place.parents[1]
    above.chmod(0o777)
    with pytest.warns(RuntimeWarning, match=f"others can write to {above}"):
        is_compiled()
    # Where files are their owners' alone, as in /tmp, it does no harm.
    above.chmod(0o1777)
    folder.is_usable.cache_clear()
    is_compiled()
    assert list(place.iterdir())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid(), reason="needs root")
def test_a_folder_of_another_user(place: Path) -> None:
    place.mkdir(parents=True)
    os.chown(place, 12345, 12345)
    with pytest.warns(RuntimeWarning, match="others can write"):
        is_compiled()
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


def test_where_nothing_can_be_written_it_goes_without(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.parent.parent.joinpath("kobai").write_bytes(b"")
    assert is_compiled()
    place.parent.unlink()
    folder.is_usable.cache_clear()

    def full(*_: object, **__: object) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder.tempfile, "mkstemp", full)
    assert is_compiled()
    assert not list(place.iterdir())


def test_a_disk_that_fills_up_in_the_middle(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder.os, "replace", full)
    assert is_compiled()
    assert not list(place.iterdir())
    monkeypatch.undo()
    monkeypatch.setattr(cache, "cache_folder", lambda: place)
    assert is_compiled()
    assert not is_compiled()


def test_several_at_once(place: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from pathlib import Path\n"
        "from kobai.engines.numba_engine import cache\n"
        "import test_numba_folder as own\n"
        "cache.cache_folder = lambda: Path(sys.argv[1])\n"
        "for _ in range(5): own.is_compiled()\n"
    )
    given = [sys.executable, "-c", code, str(place), str(Path(__file__).parent)]

    def start(_: int) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(given, capture_output=True, text=True, timeout=300)

    with ThreadPoolExecutor(3) as pool:
        for done in pool.map(start, range(3)):
            assert done.returncode == 0, done.stderr
            assert done.stderr == ""
    assert not is_compiled()


def test_what_is_kept_goes_without_numba(place: Path) -> None:
    code = (
        "import hashlib, sys; from pathlib import Path; import numpy as np\n"
        "from kobai.engines.numba_engine import cache\n"
        "from kobai.networks import Dense, Network, Sigmoid, Softmax\n"
        "import kobai\n"
        "cache.cache_folder = lambda: Path(sys.argv[1])\n"
        "network = Network(4, [Dense(9), Sigmoid(), Dense(3), Softmax()], seed=1)\n"
        "x, t = np.ones((60, 4)) * np.arange(4), np.arange(60) % 3\n"
        "kobai.train(network, (x, t), epochs=2, engine='numba', progress=False)\n"
        "print(hashlib.sha256(network.params['W1'].tobytes()).hexdigest())\n"
        "print('numba' in sys.modules)\n"
    )
    given = [sys.executable, "-c", code, str(place)]
    found = [
        subprocess.run(given, capture_output=True, text=True, timeout=300, check=True)
        for _ in range(2)
    ]
    (first, compiled), (second, imported) = (done.stdout.split() for done in found)
    assert (compiled, imported) == ("True", "False")
    assert len(first) == hashlib.sha256().digest_size * 2
    assert first == second


def test_numba_told_to_compile_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    with pytest.raises(ValueError, match=r"NUMBA_DISABLE_JIT is set.*numpy"):
        tools.need_extra()
    assert not has_numba()
    assert choose_engine("auto", 10**9, 10**9) == "numpy"
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "0")
    tools.need_extra()
    assert has_numba()


def test_a_numba_that_cannot_be_imported(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_compiled()
    monkeypatch.setitem(sys.modules, "numba", None)
    assert not is_compiled()
    for path in place.iterdir():
        path.unlink()
    with pytest.raises(MissingExtraError, match=r"engine numba: numba.*\[fast\]"):
        is_compiled()


@pytest.mark.skipif(not hasattr(os, "register_at_fork"), reason="has no fork")
def test_llvm_is_called_while_forking_waits(place: Path) -> None:
    # In a process of its own: much is made only once in each.
    code = (
        "import sys; from pathlib import Path; import numpy as np; import kobai\n"
        "from kobai.engines.numba_engine import cache\n"
        "from llvmlite.binding import ffi\n"
        "cache.cache_folder = lambda: Path(sys.argv[1])\n"
        "held = []\n"
        "note = lambda: held.append(cache.LOCK._is_owned())\n"
        "ffi.register_lock_callback(note, note)\n"
        "f = kobai.compile(lambda x: np.tanh(x @ x), engine='numba')\n"
        "f(np.ones((40, 40)))\n"
        "print(len(held) > 10, all(held))\n"
    )
    for _ in range(2):
        given = [sys.executable, "-c", code, str(place)]
        done = subprocess.run(given, capture_output=True, text=True, timeout=300)
        assert done.stdout == "True True\n", done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="has no fork")
def test_a_fork_while_numba_is_imported(place: Path) -> None:
    code = (
        "import os, signal, sys, threading; from pathlib import Path\n"
        "import numpy as np; import kobai\n"
        "from kobai.engines.numba_engine import cache\n"
        "from kobai.engines.numba_engine.native import translation\n"
        "cache.cache_folder = lambda: Path(sys.argv[1])\n"
        "begun, as_it_is = threading.Event(), translation.compile_source\n"
        "def compile_source(*given):\n"
        "    begun.set()\n"
        "    return as_it_is(*given)\n"
        "translation.compile_source = compile_source\n"
        "f = kobai.compile(lambda x: np.tanh(x @ x), engine='numba')\n"
        "thread = threading.Thread(target=f, args=(np.ones((9, 9)),))\n"
        "thread.start()\n"
        "begun.wait()\n"
        "if not (child := os.fork()):\n"
        "    signal.alarm(60)\n"
        "    kobai.compile(lambda x: np.exp(x @ x), engine='numba')(np.ones((9, 9)))\n"
        "    os._exit(0)\n"
        "thread.join()\n"
        "print(os.waitpid(child, 0)[1])\n"
    )
    given = [sys.executable, "-W", "ignore", "-c", code, str(place)]
    done = subprocess.run(given, capture_output=True, text=True, timeout=150)
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_an_interruption_that_llvm_loses_is_one(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from numba.core.codegen import CPUCodeLibrary

    def lost(_: object) -> None:
        # What LLVM calls with the object was cut short by a signal.
        raise RuntimeError("no compiled object yet")

    monkeypatch.setattr(CPUCodeLibrary, "serialize_using_object_code", lost)
    with pytest.raises(KeyboardInterrupt):
        is_compiled()
    monkeypatch.undo()
    monkeypatch.setattr(cache, "cache_folder", lambda: place)
    monkeypatch.setattr(cache, "_LOADED", {})
    assert is_compiled()
    assert not is_compiled()
