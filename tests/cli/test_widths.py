"""Every screen in terminals of any width: nothing cut, nothing beyond the edge."""

import os
import re
import sys
from contextlib import suppress
from itertools import pairwise

import numpy as np
import pytest
from rich.cells import cell_len

from kobai.cli.app import app

pty = pytest.importorskip("pty")
WIDTHS = [40, 80]
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
NAMES = [each.callback.__name__ for each in app.registered_commands]

SCREENS = {
    "train": ["train", "t.csv", "--target", "kind", "--epochs", "2"],
    "train folds": [
        *("train", "t.csv", "--target", "kind", "--epochs", "2"),
        *("--folds", "2", "--seeds", "2"),
    ],
    "train numbers": [
        *("train", "t.csv", "--target", "size", "--task", "regression"),
        *("--epochs", "2", "--interval", "0.5"),
    ],
    "train digits": ["train", "--epochs", "2"],
    "evaluate": ["evaluate", "run"],
    "evaluate digits": ["evaluate", "digits"],
    "predict": ["predict", "run", "t.csv"],
    "predict beside names": ["predict", "run", "t.csv", "--id", "kind"],
    "explain": ["predict", "run", "t.csv", "--explain", "--row", "3"],
    "predict picture": ["predict", "digits", "a.png"],
    "predict pictures": ["predict", "digits", "a.png", "folder"],
    "predict npz": ["predict", "digits", "a.npz"],
    "export": ["export", "run", "run.c"],
    "check": ["check", "--hidden", "5", "--samples", "2"],
    "descend": ["descend", "x0**2 + x1**2", "--start", "-3,4"],
    "figures": ["figures", "network-drawing"],
    "doctor": ["doctor"],
}
# What is typed again is copied as one line, which the terminal breaks by itself.
COPIED = re.compile(r"-m kobai ")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A table with long names, digits, and runs on both."""
    import subprocess

    from PIL import Image, ImageDraw

    here = tmp_path_factory.mktemp("screens")
    kinds = ["Iris versicolor (blue flag)", "setosa", "バージニカ"]
    rows = [f"{i % 7},{i % 5},{kinds[i % 3]}" for i in range(60)]
    text = "\n".join(["size,petal width in cm,kind", *rows])
    (here / "t.csv").write_text(text, encoding="utf-8")
    np.savez(here / "a.npz", x=np.arange(6 * 64).reshape(6, 64) % 17)
    image = Image.new("L", (90, 90), 255)
    ImageDraw.Draw(image).ellipse((25, 15, 65, 75), outline=0, width=9)
    (here / "folder").mkdir()
    for name in ("a.png", "folder/a picture with quite a long name 1.png"):
        image.save(here / name)
    for words in (["--run", "digits"], ["t.csv", "--target", "kind", "--run", "run"]):
        command = [sys.executable, "-m", "kobai", "train", "--epochs", "1", "-q"]
        subprocess.run([*command, *words], cwd=here, check=True)
    return here


@pytest.fixture
def screen(built, tmp_path):
    """Run a command in a terminal so wide, and return its code and its lines."""
    import fcntl
    import shutil
    import struct
    import termios

    shutil.copytree(built, tmp_path, dirs_exist_ok=True)

    def run(width, *arguments, **variables):
        child, end = pty.fork()
        if child == 0:
            with suppress(BaseException):
                os.chdir(tmp_path)
                # The size is set by then.
                os.read(0, 1)
                kept = {k: v for k, v in os.environ.items() if k != "COLUMNS"}
                command = [sys.executable, "-m", "kobai", *arguments]
                environment = kept | {"TERM": "xterm-256color"} | variables
                os.execve(sys.executable, command, environment)
            os._exit(99)
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        os.write(end, b"\n")
        output = b""
        with suppress(OSError):
            while piece := os.read(end, 65536):
                output += piece
        os.close(end)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        # What a carriage return goes back over is the bar, which is erased.
        lines = ESCAPES.sub("", output.decode()).replace("\r\n", "\n").split("\n")
        return code, [line.split("\r")[-1].rstrip() for line in lines[1:]]

    return run


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_fits_its_terminal_and_nothing_is_cut(screen, name, width):
    code, lines = screen(width, *SCREENS[name])
    assert code == 0, lines
    wide = [s for s in lines if cell_len(s) > width and not COPIED.search(s)]
    assert wide == []
    cut = [line for line in lines if re.search(r"…(?! (the first|and))", line)]
    assert cut == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_a_help_fits_its_terminal_and_names_every_option_whole(screen, name, width):
    code, lines = screen(width, name, "--help")
    assert code == 0
    assert max(map(cell_len, lines)) <= width
    text = "\n".join(lines)
    (found,) = (each for each in app.registered_commands if _named(each) == name)
    for option in _options(found):
        assert re.search(rf"^ .*{option}\b", text, re.MULTILINE), option
    assert "<bool>" not in text


def _named(command):
    return command.callback.__name__


def _options(command):
    from typer.main import get_command

    return [
        option
        for each in get_command(app).commands[_named(command)].params
        if each.param_type_name == "option"
        for option in each.opts
    ]


def test_paragraphs_of_a_help_are_filled(screen):
    """A line ends where the next word has no room, and not where it was written."""
    for width in (60, 100):
        _, lines = screen(width, "train", "--help")
        start = next(i for i, s in enumerate(lines) if s.startswith("The run folder"))
        paragraph = lines[start : lines.index("", start)]
        for line, following in pairwise(paragraph):
            assert len(line) + 1 + len(following.split()[0]) > width


def test_a_narrow_terminal_shows_the_numbers_that_a_wide_one_shows(screen):
    for name in ("check", "predict", "predict npz", "predict picture"):
        shown = [
            re.findall(
                r"\d+\.\d+(?:e-\d+|%)", " ".join(screen(width, *SCREENS[name])[1])
            )
            for width in (40, 120)
        ]
        assert sorted(shown[0]) == sorted(shown[1])


def test_a_picture_is_drawn_whole_and_without_colour_in_shades(screen):
    wide = screen(120, *SCREENS["predict picture"])[1]
    narrow = screen(40, *SCREENS["predict picture"])[1]
    # 8 x 8 pixels: each two characters wide, and a line high.
    assert "\n".join(wide).count("▀") == "\n".join(narrow).count("▀") == 16 * 8
    grey = screen(80, *SCREENS["predict picture"], NO_COLOR="1")[1]
    assert "▀" not in "\n".join(grey)
    assert sum(len(re.findall("[#%@*+]", line)) for line in grey) > 4


def test_the_epochs_keep_what_tells_most(screen):
    heads = {}
    for width in (40, 60, 80, 120):
        _, lines = screen(width, *SCREENS["train"])
        heads[width] = next(line for line in lines if line.startswith(" epoch"))
    assert re.split("  +", heads[40].strip()) == [
        *("epoch", "train loss", "test loss", "test acc")
    ]
    assert "train acc" in heads[60]
    assert heads[80] == heads[120]
    assert heads[80].endswith("seconds")


def test_a_pipe_is_as_wide_as_its_tables(kobai, here, blobs):
    """Twenty classes with names of four letters: 125 characters."""
    names = np.array([f"c{i:03}" for i in range(20)])
    rows = [f"{i % 20}.5,{names[i % 20]}" for i in range(400)]
    (here / "many.csv").write_text("\n".join(["x,kind", *rows]), encoding="utf-8")
    kobai("train", "many.csv", "--target", "kind", "--run", "run", "-q")
    out = kobai("evaluate", "run").out
    assert "…" not in out
    head = next(line for line in out.splitlines() if line.split()[:1] == ["c000"])
    assert head
    # What is right of each class; below it stand rows and their probabilities.
    matrix = [line for line in out.splitlines() if line.endswith("%")]
    assert sum(line.startswith("c") for line in matrix) == 20


def test_an_error_of_several_lines_keeps_them(screen):
    """Each file to put somewhere stands in a line of its own, as in a pipe."""
    # A proxy that there is not, so that no network is needed, nor asked.
    nowhere = {"https_proxy": "http://127.0.0.1:9", "no_proxy": ""}
    code, lines = screen(60, "train", "mnist", XDG_CACHE_HOME="cache", **nowhere)
    assert code == 2
    files = [line for line in lines if re.fullmatch(r"  \S+-ubyte\.gz", line)]
    assert len(files) == 4
    assert max(map(cell_len, lines)) <= 60


def test_a_long_row_of_the_network_goes_on_in_its_own_column(screen):
    """What is under the column of layers is a layer; parameters stay in theirs."""
    _, lines = screen(80, "train", "t.csv", "--target", "kind", "--epochs", "1")
    (head,) = [at for at, line in enumerate(lines) if "parameters" in line.split()]
    column = lines[head].index("layer")
    layers = [line[column:] for line in lines[head + 1 :]]
    layers = layers[: next(at for at, line in enumerate(layers) if "total" in line)]
    assert any(line.startswith("Dense") for line in layers)
    for line in layers:
        assert re.match(r"[A-Z]\w+\(|× \d+ members| {10}", line), line


def test_a_column_of_the_plan_that_would_be_empty_is_left_out(kobai, here):
    rows = [f"{i / 7:.3f},{'ab'[i % 2]}" for i in range(40)]
    options = ("--target", "kind", "--epochs", 1, "--members", 1, "--hidden", 3)
    for name, is_told in (("plain", False), ("coded", True)):
        lines = [f"{i},{row}" if is_told else row for i, row in enumerate(rows)]
        head = "id,size,kind" if is_told else "size,kind"
        (here / f"{name}.csv").write_text("\n".join([head, *lines]))
        done = kobai("train", f"{name}.csv", *options)
        assert ("Why, and what changes it" in done.out) == is_told
