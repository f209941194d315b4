"""Pictures by another process: the same bytes, whatever becomes of that process."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from importlib import import_module

import pytest

from kobai.cli import painter
from kobai.cli.painter import Painter
from kobai.plots import FontWarning, predicted_and_true, training_curves
from kobai.plots.picture import encoded
from kobai.training import History
from tests.conftest import is_alive

EPOCHS = History({"epoch": n, "train_loss": 2.0 / (n + 1)} for n in range(20))
CURVES = {"curves.png": partial(training_curves, EPOCHS, "en", kept=12)}

pytestmark = pytest.mark.skipif(
    not hasattr(os, "setsid"), reason="the tests end processes as Unix does"
)


@pytest.fixture(autouse=True)
def _paying(monkeypatch: pytest.MonkeyPatch) -> None:
    # Here matplotlib has long been loaded.
    monkeypatch.setattr(painter, "_pays", lambda: True)


def here(drawings):
    return {name: encoded(draw(), name) for name, draw in drawings.items()}


def test_pictures_are_those_that_are_drawn_here():
    drawings = CURVES | {"curves.svg": CURVES["curves.png"]}
    with Painter() as another:
        found = another.begin(drawings)()
    assert list(found) == ["curves.png", "curves.svg"]
    assert found["curves.png"] == here(CURVES)["curves.png"]
    assert b"<svg" in found["curves.svg"]


def test_they_are_drawn_by_the_other_process(monkeypatch):
    monkeypatch.setattr(painter, "_drawn", lambda drawings: pytest.fail("drawn here"))
    with Painter() as another:
        assert another.begin(CURVES)()


@pytest.mark.parametrize("is_asked", [False, True])
def test_a_process_that_dies_is_no_loss(is_asked):
    with Painter() as another:
        if not is_asked:
            another._process.kill()
            another._process.wait()
        pictures = another.begin(CURVES)
        another._process.kill()
        assert pictures() == here(CURVES)


def test_without_a_process_they_are_drawn_here(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/there/is/none")
    with Painter() as another:
        assert another._process is None
        assert another.begin(CURVES)() == here(CURVES)
    assert Painter().begin(CURVES)() == here(CURVES)


def test_what_cannot_be_drawn_is_said_as_here():
    with Painter() as another, pytest.raises(ValueError, match="without records"):
        another.begin({"curves.png": partial(training_curves, History())})()


def test_nothing_to_draw_is_no_reason_to_wait():
    with Painter() as another:
        assert another.begin({})() == {}


def test_notes_of_the_process_are_heard(monkeypatch):
    monkeypatch.setattr(painter, "_drawn", lambda drawings: pytest.fail("drawn here"))
    # No font has a sign for it, and the process has not warned of it before.
    names = ("\U0010fffd",)
    drawing = partial(predicted_and_true, [[1.0], [2.0]], [[1.0], [2.5]], names)
    with Painter() as another, pytest.warns(FontWarning, match="question marks"):
        assert another.begin({"predicted.png": drawing})()


def test_what_else_is_printed_there_is_no_picture(tmp_path, monkeypatch):
    # Python loads it at its start, before anything of ours. Taken for a pickle, this
    # names a module that there is not.
    (tmp_path / "sitecustomize.py").write_text("print('certificates\\nare there\\n')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with Painter() as another:
        assert another.begin(CURVES)() == here(CURVES)


def test_it_imports_what_this_process_would(tmp_path, monkeypatch):
    monkeypatch.setattr(painter, "_drawn", lambda drawings: pytest.fail("drawn here"))
    (tmp_path / "lying_there.py").write_text(
        "from kobai.plots import training_curves\n"
        "from kobai.training import History\n"
        "def draw():\n"
        "    return training_curves(History([{'epoch': 0, 'train_loss': 1.0}]))\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with Painter() as another:
        assert another.begin({"curves.png": import_module("lying_there").draw})()


@pytest.mark.parametrize("is_asked", [False, True])
def test_no_folder_of_matplotlib_is_left(tmp_path, monkeypatch, is_asked):
    monkeypatch.setenv("MPLCONFIGDIR", os.path.join(os.devnull, "none"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Painter() as another:
        if is_asked:
            assert another.begin(CURVES)()
        for _ in range(200):
            if is_asked or list(tmp_path.glob("matplotlib-*")):
                break
            time.sleep(0.05)
    assert not list(tmp_path.iterdir())


def test_one_that_is_stopped_keeps_nobody_waiting(monkeypatch):
    monkeypatch.setattr(painter, "_TIME_TO_LEAVE", 0.1)
    with Painter() as another:
        another._process.send_signal(signal.SIGSTOP)
        os.waitpid(another._process.pid, os.WUNTRACED)
    assert another._process.returncode == -signal.SIGKILL


def test_one_that_is_stopped_while_it_draws_keeps_nobody_waiting(monkeypatch):
    monkeypatch.setattr(painter, "_TIME_TO_DRAW", 0.2)
    with Painter() as another:
        another._process.send_signal(signal.SIGSTOP)
        os.waitpid(another._process.pid, os.WUNTRACED)
        assert another.begin(CURVES)() == here(CURVES)


def test_it_is_gone_where_the_run_is_killed():
    run = (
        "import time\n"
        "from kobai.cli.painter import Painter\n"
        "with Painter() as another:\n"
        "    print(another._process.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    words = [sys.executable, "-c", run]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as started:
        number = int(started.stdout.readline())
        os.kill(number, 0)
        started.send_signal(signal.SIGKILL)
    for _ in range(200):
        if not is_alive(number):
            return
        time.sleep(0.05)
    os.kill(number, signal.SIGKILL)
    pytest.fail("it outlives the run")
