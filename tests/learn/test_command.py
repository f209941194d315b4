"""kobai learn: the list, the files it writes, the check, and a walk by keys."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from kobai.cli.app import app
from kobai.learn import find_lesson, lessons

CHINESE = ["--language", "zh"]
RIGHT = "    return (f(x + h) - f(x - h)) / (2 * h)"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    return tmp_path


def learn(*words):
    return CliRunner().invoke(app, ["learn", *map(str, words)])


def test_the_list_has_every_lesson(here):
    shown = learn().stdout
    assert all(lesson.title("en") in shown for lesson in lessons())
    assert "learn 1" in shown
    assert not list(here.iterdir())


def test_the_readers_language_is_spoken(here, monkeypatch):
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert "微分" in learn().stdout
    chinese = learn("--language", "zh", "--folder", "mine").stdout
    assert "导数" in chinese
    assert "learn 1 --language zh --folder mine" in chinese


def test_a_lesson_is_printed_and_its_file_written(here):
    done = learn("derivative")
    assert done.exit_code == 0
    assert "The central difference is the definition" in done.stdout
    assert "h = 1e-50: 0.0" in done.stdout
    file = here / "learn" / "05_derivative.py"
    assert "return ..." in file.read_text()
    assert list((here / "learn" / "pictures").glob("*.png"))
    # Nobody watches the file where there is no terminal.
    assert "learn 5 --check" in done.stdout
    assert "learn 5 --lab" in done.stdout
    assert not re.search(" +$", done.stdout, re.MULTILINE)


def test_what_moves_is_told_of_beside_a_picture_that_stays(here):
    shown = " ".join(learn(6).stdout.split())
    assert "gradient-field.png" in shown
    assert "learn 6 --lab" in shown


def test_a_learners_file_is_never_written_over(here):
    learn(5)
    file = here / "learn" / "05_derivative.py"
    file.write_text("mine\n")
    learn(5)
    assert file.read_text() == "mine\n"


def test_the_check_tells_the_slip_and_keeps_what_is_solved(here):
    learn(5)
    done = learn(5, "--check")
    assert done.exit_code == 1
    assert "Nothing is filled in yet" in done.stdout
    file = here / "learn" / "05_derivative.py"
    file.write_text(file.read_text().replace("    return ...", RIGHT))
    assert learn(5, "--check").exit_code == 0
    assert "1/1 ✓" in learn().stdout


def test_a_damaged_record_of_progress_is_kept_aside(here):
    (here / "learn").mkdir()
    (here / "learn" / "progress.json").write_text('{"solved": 3')
    done = learn()
    assert done.exit_code == 0
    assert "progress.damaged.json" in done.stdout
    assert (here / "learn" / "progress.damaged.json").exists()
    assert "damaged" not in learn().stdout


def test_a_notebook_is_written_once(here):
    assert learn(5, "--notebook", "--language", "zh").exit_code == 0
    assert (here / "learn" / "05_derivative_zh.ipynb").exists()
    again = subprocess.run(
        [sys.executable, "-m", "kobai", "learn", "5", "--notebook", *CHINESE],
        capture_output=True,
        text=True,
    )
    assert again.returncode == 2
    assert "exists" in again.stderr
    assert "Traceback" not in again.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["0"], "need a number from 1 to"),
        (["99"], "need a number from 1 to"),
        (["derivativ"], "derivative"),
        (["5", "--language", "fr"], "fr"),
        (["--check"], "needs a lesson"),
        (["--notebook"], "needs a lesson"),
        (["--lab"], "needs a lesson"),
        (["5", "--lab", "--check"], "got --check and --lab"),
        (["5", "--no-open"], "of no use without --lab"),
    ],
)
def test_wrong_words_are_answered(here, words, message):
    done = subprocess.run(
        [sys.executable, "-m", "kobai", "learn", *words],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


class Terminal:
    """A command in a terminal of its own, read as it writes."""

    def __init__(self, *words, columns="100"):
        self.screen, inner = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kobai", *words],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env=os.environ | {"TERM": "xterm", "COLUMNS": columns, "LINES": "40"},
        )
        os.close(inner)
        self.text = ""

    def wait_for(self, what, seconds=120):
        """Read until the screen shows something, and forget what was before."""
        end = time.monotonic() + seconds
        while what not in self.text:
            assert time.monotonic() < end, self.text
            if select.select([self.screen], [], [], 0.2)[0]:
                try:
                    raw = os.read(self.screen, 65536).decode("utf-8", "replace")
                except OSError:
                    raw = ""
                self.text += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", raw)
        self.text = self.text.partition(what)[2]

    def press(self, key):
        os.write(self.screen, key.encode())


@pytest.mark.slow
def test_a_walk_by_keys(here):
    screen = Terminal("learn", "5")
    screen.wait_for("[q]uit")
    file = here / "learn" / "05_derivative.py"
    starter = file.read_text()
    early = starter.replace("return ...", "return f(x + h) - f(x - h)")
    file.write_text(early)
    screen.wait_for("Divide it by the distance")
    screen.press("n")
    screen.wait_for("[1–3]")
    screen.press("1")
    screen.wait_for("Not that one")
    screen.wait_for("[q]uit")
    screen.press("n")
    screen.wait_for("[q]uit")
    screen.press("n")
    screen.wait_for("checked at once")
    screen.wait_for("[q]uit")
    screen.press("h")
    screen.wait_for("How far apart")
    screen.press("s")
    screen.wait_for("(2 * h)")
    screen.press("n")
    screen.wait_for("Divide it by the distance")
    screen.wait_for("still open")
    file.write_text(starter.replace("return ...", "return (f(x + h) - f(x)) / h"))
    screen.wait_for("forward difference")
    file.write_text(starter.replace("    return ...", RIGHT))
    screen.wait_for("Right.")
    screen.press("q")
    assert screen.process.wait(30) == 0
    asking = Terminal("learn", "2")
    asking.wait_for("[q]uit")
    # As a capital, or typed in full width.
    asking.press("N")
    asking.wait_for("[1–3]")
    asking.press("２")
    asking.wait_for("Yes, 2.")
    asking.wait_for("[q]uit")
    asking.press("ｑ")
    assert asking.process.wait(30) == 0
    again = Terminal("learn", "5")
    again.wait_for("Your turn")
    again.press("q")
    assert again.process.wait(30) == 0


@pytest.mark.slow
def test_a_walk_goes_on_when_a_check_is_stopped_or_the_file_is_gone(here):
    screen = Terminal("learn", "5")
    screen.wait_for("1/5")
    screen.wait_for("[q]uit")
    file = here / "learn" / "05_derivative.py"
    starter = file.read_text()
    file.write_text(starter.replace("# %%\ndef", "while True:\n    pass\n\ndef", 1))
    screen.wait_for("Ctrl-C stops it")
    screen.process.send_signal(signal.SIGINT)
    screen.wait_for("Does a loop ever end?")
    file.unlink()
    screen.wait_for("was gone, and is written anew")
    assert file.read_text() == starter
    file.write_text(f"{starter}\n")
    screen.wait_for("No exercise is begun yet")
    screen.press("q")
    assert screen.process.wait(30) == 0


@pytest.mark.slow
def test_a_narrow_terminal_shows_whole_lines_of_code(here):
    screen = Terminal("learn", "5", columns="30")
    screen.wait_for("[q]uit")
    screen.press("n")
    screen.wait_for("[1–3]")
    screen.press("3")
    screen.wait_for("forward_difference(square,")
    screen.wait_for("3.0, h)}")
    screen.press("q")
    assert screen.process.wait(30) == 0


def test_each_lesson_has_a_command(here):
    assert [find_lesson(str(lesson.number)).name for lesson in lessons()] == [
        lesson.name for lesson in lessons()
    ]
