"""Output in encodings that lack characters, and names of files that are no text."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw

from kobai.cli.app import app
from kobai.cli.standins import STANDINS, standin
from kobai.formats import load_model

ENCODINGS = ["cp932", "gbk", "ascii", "utf-8"]
# No UTF-8, an accent that neither ASCII nor cp932 has, and one that all of them have.
RAW = b"h\xff\xe9\xc3\xa9~t"
NAME = RAW.decode("utf-8", "surrogateescape")

TABLE = [f"{NAME}.csv", "--target", "kind"]
COMMANDS = {
    "train": ["train", *TABLE, "--epochs", 2],
    "evaluate": ["evaluate", NAME],
    "predict": ["predict", f"{NAME}-digits", f"{NAME}.png"],
    "export": ["export", NAME, f"{NAME}.py"],
    "check": ["check", "--hidden", 2, "--samples", 2],
    "descend": ["descend", "x**2", "--start", 1, "--out", f"{NAME}-2.png"],
    "figures": ["figures", "network-drawing", "--out", f"{NAME}-3"],
    "source": ["source", NAME],
    "doctor": ["doctor"],
    "sweep": [
        "sweep",
        *TABLE,
        "--lr",
        0.001,
        "--lr",
        0.01,
        "--epochs",
        2,
        "--run",
        f"{NAME}-5",
    ],
}
MORE = {
    "train digits": ["train", "--epochs", 1, "--run", f"{NAME}-4"],
    "train npz": ["train", f"{NAME}.npz", "--epochs", 1],
    "evaluate digits": ["evaluate", f"{NAME}-digits"],
    "evaluate table": ["evaluate", NAME],
    "predict rows": ["predict", NAME, f"{NAME}.csv"],
    "predict npz": ["predict", f"{NAME}-digits", f"{NAME}.npz"],
    "predict to a file": ["predict", NAME, f"{NAME}.csv", "-o", f"{NAME}-o.csv"],
    "resume": ["train", "--resume", "--run", NAME, "--epochs", 3],
    "help": ["train", "--help"],
}
EVERY = {each.callback.__name__: [] for each in app.registered_commands}


@pytest.fixture
def kobai_in(kobai, monkeypatch):
    """Run a command whose output is redirected in an encoding, and return its text."""

    def run(encoding, *arguments):
        out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        err = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            code = kobai(*arguments).code
        texts = [each.buffer.getvalue().decode(encoding) for each in (out, err)]
        return code, *texts

    return run


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A table, an .npz, a picture and runs whose names are no text."""
    here = tmp_path_factory.mktemp("hostile")
    rows = "".join(f"{i % 7},{'ab'[i % 7 > 3]}日\n" for i in range(40))
    try:
        (here / f"{NAME}.csv").write_text("size,kind\n" + rows, encoding="utf-8")
    except OSError:
        pytest.skip("this system's names of files are text")
    with open(here / f"{NAME}.npz", "wb") as file:
        x = np.random.default_rng(0).integers(0, 17, (40, 64))
        np.savez(file, x=x, t=np.arange(40) % 10)
    image = Image.new("L", (90, 90), 255)
    ImageDraw.Draw(image).ellipse((25, 15, 65, 75), outline=0, width=9)
    image.save(here / f"{NAME}.png")
    for words in (["--run", f"{NAME}-digits"], [*TABLE, "--run", NAME]):
        command = [sys.executable, "-m", "kobai", "train", "--epochs", "1", "-q"]
        subprocess.run([*command, *words], cwd=here, check=True)
    return here


@pytest.fixture
def hostile(built, here):
    shutil.copytree(built, here, dirs_exist_ok=True)
    return here


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("what", [*EVERY, *MORE])
def test_no_encoding_and_no_name_ends_a_command(kobai_in, hostile, what, encoding):
    arguments = {**COMMANDS, **MORE}.get(what, [what])
    code, out, err = kobai_in(encoding, *arguments)
    assert (code, err) == (0, "")
    assert out.strip()
    assert "?" not in out.replace("  ?", "")  # What is not known of a machine.
    assert "codec" not in out


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_error_names_the_file_in_any_encoding(kobai_in, hostile, encoding):
    for arguments in (["predict", NAME, "no" + NAME], ["train", "no" + NAME]):
        code, _, err = kobai_in(encoding, *arguments)
        assert code == 2
        assert err.startswith("error: ")
        assert r"noh\xff\xe9" in err


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_bars_become_what_the_encoding_has(kobai_in, hostile, encoding):
    _, out, _ = kobai_in(encoding, "predict", NAME, f"{NAME}.csv")
    rows = [line for line in out.splitlines() if line.endswith("%")]
    assert len(rows) == 20
    full = "#" if encoding in ("cp932", "ascii") else "█"
    for row in rows:
        share = float(row.split()[-1].rstrip("%"))
        # Of 24 places; what is left of one may be drawn or not.
        assert row.count(full) == pytest.approx(24 * share / 100, abs=1)


def test_what_is_written_is_utf_8_whatever_the_screen_has(kobai_in, hostile):
    kobai_in("ascii", "predict", NAME, f"{NAME}.csv", "-o", "out.csv")
    text = (hostile / "out.csv").read_text(encoding="utf-8")
    heads = next(csv.reader(io.StringIO(text)))
    assert heads == ["class", "a日", "b日"]
    found = json.loads((hostile / NAME / "run.json").read_text(encoding="utf-8"))
    name = found["settings"]["data"]
    assert os.fsencode(os.path.basename(name)) == RAW + b".csv"
    assert load_model(hostile / NAME / "model.safetensors").name == r"h\xff\xe9é~t"


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", [*STANDINS, *"…²₁é日ｱ―┌┤═", NAME[1]])
def test_a_standin_can_be_written(text, encoding):
    found = standin(text, encoding)
    found.encode(encoding)
    assert found.isprintable()
    assert "?" not in found
