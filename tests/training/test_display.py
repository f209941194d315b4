"""What a run shows in a pipe, a terminal and a notebook, and what that costs."""

import errno
import io
import os
import pty
import re
import subprocess
import sys
import time
import types

import pytest
from rich.console import Console

from kobai.optimizers import SGD
from kobai.training import train
from kobai.training.display.choice import choose_display
from kobai.training.display.lines import Display, Lines
from kobai.training.display.notebook import Notebook
from kobai.training.display.terminal import Terminal

NAMES = (
    " epoch       step  train loss  test loss  train acc  test acc      rate  seconds"
)


def test_a_pipe_gets_one_aligned_line_per_epoch(make_network, data, capsys):
    train(make_network(), data, batch_size=25, epochs=3)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == NAMES
    assert [line.split()[:2] for line in lines[1:]] == [
        ["0", "0"],
        ["1", "3"],
        ["2", "6"],
        ["3", "9"],
    ]
    assert {len(line) for line in lines} == {len(NAMES)}
    assert len(NAMES) <= 80


class Lost(io.StringIO):
    """Somewhere that takes a few writes and then no more."""

    def __init__(self, writes):
        super().__init__()
        self.left = writes

    def write(self, text):
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.EIO, "Input/output error")
        return super().write(text)


def test_training_goes_on_when_nobody_reads(make_network, data, monkeypatch):
    lost = Lost(4)
    monkeypatch.setattr(sys, "stdout", lost)
    history = train(make_network(), data, batch_size=25, epochs=3)
    assert list(history["epoch"]) == [0, 1, 2, 3]
    assert lost.getvalue().startswith(NAMES)
    # It does not try again.
    assert lost.left == -1


def test_a_terminal_that_is_gone_is_left_alone():
    console = Console(file=Lost(2), force_terminal=True, width=90)
    fake_run(Terminal(console), ticks=100, pause=0.005)
    assert console.file.left == -1


def test_silent_on_request(make_network, data, capfd):
    train(make_network(), data, batch_size=25, epochs=3, progress=False)
    assert capfd.readouterr() == ("", "")


def test_without_a_screen_it_is_silent(make_network, data, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    train(make_network(), data, batch_size=25, epochs=1)


def test_the_end_is_explained(make_network, data, capsys):
    class Stop:
        def on_step_end(self, state):
            state.stop("good enough")

    train(make_network(), data, batch_size=25, callbacks=[Stop()])
    assert capsys.readouterr().out.splitlines()[-1] == "good enough"


def test_a_run_that_got_worse_says_so(make_network, data, capsys):
    train(make_network(), data, optimizer=SGD(1e4), batch_size=25, epochs=1)
    assert "lower the learning rate" in capsys.readouterr().out.splitlines()[-1]


def test_a_resumed_run_says_where_it_goes_on(make_network, data, tmp_path, capsys):
    options = {"batch_size": 25, "checkpoint": tmp_path / "c", "resume": True}
    train(make_network(), data, epochs=1, progress=False, **options)
    train(make_network(), data, epochs=2, **options)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "goes on after step 3 of 6"
    assert lines[1] == NAMES
    assert lines[2].split()[:2] == ["2", "6"]
    assert len(lines) == 3


def fake_run(display, ticks, per_epoch=50, pause=0.0):
    """Drive a display as the loop does, with as little as possible around it."""
    display.begin(0, ticks, per_epoch)
    for step in range(1, ticks + 1):
        display.tick(step, 0.5)
        if pause:
            time.sleep(pause)
        if step % per_epoch == 0:
            record = {"epoch": step // per_epoch, "step": step, "train_loss": 0.5}
            display.record(record)
    display.close()


def test_a_terminal_shows_rows_above_a_bar_that_leaves_no_trace():
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=90)
    fake_run(Terminal(console), ticks=100, pause=0.005)
    text = screen.getvalue()
    assert re.search(r"step \d+/100", text)
    assert "loss 0.5000" in text
    assert "steps/s" in text
    # The last thing written erases the bar's line.
    assert text.rstrip("\n").endswith("\x1b[2K")


PROGRAM = """
import numpy as np
from kobai.networks import Dense, Network, Sigmoid, Softmax
from kobai.training import train
rng = np.random.default_rng(0)
data = rng.random((3000, 100)).astype(np.float32), rng.integers(10, size=3000)
train(Network(100, [Dense(50), Sigmoid(), Dense(10), Softmax()]), data, epochs=600)
"""


def test_a_real_terminal_gets_the_bar():
    controller, terminal = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=terminal, env=environment
    )
    os.close(terminal)
    chunks = []
    while True:
        try:
            chunk = os.read(controller, 4096)
        except OSError:  # How Linux says that the other end is closed.
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(controller)
    assert process.wait() == 0
    text = b"".join(chunks).decode()
    assert "steps/s" in text
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "\n", text)
    rows = re.findall(r"^ +(\d+) +[\d,]+ +\d\.\d{4}", plain, flags=re.MULTILINE)
    assert "600" in rows


class Handle:
    def __init__(self, log):
        self.log = log

    def update(self, shown):
        self.log.append(repr(shown))


@pytest.fixture
def notebook(monkeypatch):
    """Stand in for Jupyter: what it would be asked to show."""
    log = []

    def show(shown, display_id):
        log.append(repr(shown))
        return Handle(log)

    module = types.ModuleType("IPython.display")
    module.display = show
    shell = type("ZMQInteractiveShell", (), {})()
    ipython = types.ModuleType("IPython")
    ipython.get_ipython = lambda: shell
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    return log


def test_a_notebook_is_updated_at_most_four_times_a_second(notebook):
    assert isinstance(choose_display("auto"), Notebook)
    began = time.perf_counter()
    fake_run(Notebook(), ticks=120, per_epoch=10, pause=0.005)
    seconds = time.perf_counter() - began
    # The last one, at the end, is not the bar's.
    assert 2 <= len(notebook) - 1 <= 4 * seconds
    assert re.search(r"█+░* step \d+/120  loss 0.5000", notebook[-2])
    assert len(notebook[-1].splitlines()) == 13
    assert "░" not in notebook[-1]


def test_a_notebook_shows_the_epochs_of_a_short_run(notebook, make_network, data):
    train(make_network(), data, batch_size=25, epochs=2)
    assert len(notebook) == 1
    assert notebook[0].splitlines()[0].split() == NAMES.split()
    assert [line.split()[0] for line in notebook[0].splitlines()[1:]] == list("012")


def test_a_notebook_shows_a_resumed_run_from_its_beginning(
    notebook, make_network, data, tmp_path
):
    options = {"batch_size": 25, "checkpoint": tmp_path / "c", "resume": True}
    train(make_network(), data, epochs=1, progress=False, **options)
    train(make_network(), data, epochs=2, **options)
    lines = notebook[-1].splitlines()
    assert [line.split()[0] for line in lines[1:4]] == list("012")
    assert lines[4] == "goes on after step 3 of 6"


def test_a_notebook_says_once_why_a_run_ended(notebook, make_network, data):
    class Stop:
        def on_step_end(self, state):
            state.stop("good enough")

    train(make_network(), data, batch_size=25, callbacks=[Stop()])
    assert notebook[-1].count("good enough") == 1


@pytest.mark.parametrize("progress", [True, "auto"])
def test_the_display_is_chosen_by_where_the_output_goes(progress, monkeypatch):
    assert type(choose_display(progress)) is Lines
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert type(choose_display(progress)) is Terminal
    assert type(choose_display(False)) is Display


def test_the_bar_costs_less_than_two_percent_of_a_small_step():
    console = Console(file=io.StringIO(), force_terminal=True, width=90)
    terminal = Terminal(console)
    terminal.begin(0, 10**6, 600)

    def cost(repeats, work):
        began = time.process_time()
        for step in range(1, repeats + 1):
            work(step)
        return (time.process_time() - began) / repeats

    # The processor's own time, and the least of several: others share the machine.
    drawing = min(cost(20, lambda step: terminal.draw(step, 0.5, 1)) for _ in range(5))
    terminal._next = float("inf")
    ticking = min(cost(2000, lambda step: terminal.tick(step, 0.5)) for _ in range(5))
    terminal.close()
    assert ticking / 400e-6 + drawing / terminal.interval < 0.02


def test_rich_is_not_imported_without_a_terminal():
    code = (
        "import sys\n"
        "import kobai.training\n"
        "heavy = {'rich', 'safetensors', 'matplotlib', 'csv', 'typer'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "rich" not in out.stdout
    assert "safetensors" not in out.stdout
    assert "matplotlib" not in out.stdout
