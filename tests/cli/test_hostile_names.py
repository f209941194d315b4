"""Names of files, columns and classes that would steer a terminal: none does."""

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

# No font has the characters by which these names would steer a terminal.
pytestmark = pytest.mark.filterwarnings("ignore::kobai.plots.fonts.FontWarning")

STEERING = "\x1b[2J\x1b]0;title\x07\r\b\x9b1m\u202egnp\u2066"
COLUMN = f"col {STEERING} x"
CLASS = f"class {STEERING} y"
FOLDER = f"dir {STEERING}"

# What no line may have: control characters, and signs that turn text around.
RAW = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


@pytest.fixture
def place(here):
    folder = here / FOLDER
    folder.mkdir()
    rng = np.random.default_rng(0)
    kinds = np.array([CLASS, "plain", f"[red]{CLASS}"])[np.arange(90) % 3]
    words = np.array([f"{STEERING}a", "b"])[rng.integers(0, 2, 90)]
    frame = pl.DataFrame({COLUMN: rng.random(90), f"w{COLUMN}": words, "kind": kinds})
    frame.write_csv(folder / "t.csv")
    lacking = frame.with_columns(pl.Series(COLUMN, [None, *range(89)]).cast(float))
    lacking.with_columns(extra=1).write_csv(folder / "lacking.csv")
    frame.rename({"kind": COLUMN + "2"}).write_csv(folder / "other.csv")
    numbers = frame.select(COLUMN, (pl.col(COLUMN) * 2).alias(f"t{COLUMN}"))
    numbers.write_csv(folder / "numbers.csv")
    wrong = frame.with_columns(kind=pl.lit(f"new {CLASS}"))
    wrong.write_csv(folder / "wrong.csv")
    words = frame.with_columns(pl.lit(f"word {CLASS}").alias(COLUMN))
    words.write_csv(folder / "words.csv")
    x = rng.random((60, 16))
    np.savez(folder / "a.npz", x=x, t=np.arange(60) % 3)
    np.savez(folder / "odd.npz", **{COLUMN.replace("/", ""): x})
    np.savez(folder / "empty.npz")
    (folder / "damaged.parquet").write_bytes(b"PAR1" + STEERING.encode() * 20)
    (folder / "damaged.npz").write_bytes(STEERING.encode() * 20)
    (folder / "damaged.csv").write_bytes(f"{COLUMN},{COLUMN}\n1,2\n".encode())
    (folder / "uneven.csv").write_bytes(f"{COLUMN},y\n1,2,3\n".encode())
    field = np.pad(np.zeros((8, 8), np.uint8), 6, constant_values=255)
    Image.fromarray(field).save(folder / "p.png")
    (folder / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "one.safetensors").write_bytes(STEERING.encode())
    return Path(FOLDER)


def train(folder, file, run, *more):
    return ["train", folder / file, "--epochs", 2, "--run", folder / run, *more]


def commands(folder):
    """Each command, and each way in which a name gets into what it says."""
    run, net = folder / "run", folder / "net"
    yield train(folder, "t.csv", "run", "--target", "kind")
    yield train(folder, "numbers.csv", "numbers", "--target", f"t{COLUMN}")
    yield train(folder, "a.npz", "net")
    yield train(folder, "t.csv", "q", "--target", COLUMN)
    yield train(folder, "t.csv", "q", "--target", "kind", "--drop", f"no {COLUMN}")
    yield train(
        folder, "t.csv", "q", "--target", "kind", "--class-weight", f"{CLASS}=-1"
    )
    yield train(folder, "lacking.csv", "more", "--target", "kind")
    yield train(folder, "other.csv", "q", "--target", f"no{COLUMN}")
    yield train(folder, "t.csv", "q", "--target", f"no{COLUMN}")
    for name in ("damaged.csv", "uneven.csv", "damaged.parquet", "no.csv"):
        yield train(folder, name, "q", "--target", "y")
    for name in ("odd.npz", "damaged.npz", "empty.npz", "no.npz", "p.png", "."):
        yield train(folder, name, "q")
    yield train(folder, "t.csv", "q")
    yield ["train", "--resume", "--run", run]
    yield ["train", "--resume", "--run", folder / "no"]
    yield ["train", "--activation", STEERING]
    yield ["train", f"--{STEERING}"]
    yield [STEERING]
    yield ["evaluate", run]
    yield ["evaluate", run, "--json"]
    yield ["evaluate", run, "--json", "--test", folder / "t.csv"]
    yield ["evaluate", net, "-o", folder / "c.png"]
    yield ["evaluate", folder / "numbers"]
    for name in ("t.csv", "lacking.csv", "other.csv", "wrong.csv", "words.csv", "no"):
        yield ["evaluate", run, "--test", folder / name]
    yield ["evaluate", net, folder / "odd.npz"]
    yield ["evaluate", folder / "one.safetensors"]
    yield ["evaluate", folder]
    for name in ("t.csv", "lacking.csv", "words.csv", "p.png", "damaged.parquet"):
        yield ["predict", run, folder / name]
    yield ["predict", run, folder / "t.csv", "-o", folder / "out.csv"]
    yield ["predict", run, folder / "t.csv", "-o", folder / "out.txt"]
    yield ["predict", folder / "numbers", folder / "numbers.csv"]
    for name in ("a.npz", "p.png", "bad.png", "odd.npz", "damaged.npz", "no.png"):
        yield ["predict", net, folder / name]
    for ending in ("py", "c", "js", "json", "onnx", "safetensors", "xyz"):
        yield ["export", run, folder / f"m.{ending}"]
        yield ["export", net, folder / f"n.{ending}"]
    yield ["source", run]
    yield ["source", net]
    yield ["source", folder / "no"]
    yield ["check", run]
    yield ["check", STEERING]
    yield ["descend", f"x**2 + {STEERING}"]
    yield ["descend", "x**2", "-o", folder / "d.png"]
    yield ["figures", STEERING]
    yield ["figures", "--out", folder / "figures", "xor"]


def test_no_name_steers_the_terminal(kobai, place):
    codes = set()
    for words in commands(place):
        done = kobai(*words)
        codes.add(done.code)
        text = done.out + done.err
        assert "Traceback" not in text, words
        assert RAW.search(text) is None, (words, RAW.search(text), text)
    assert codes == {0, 2}


def test_names_can_still_be_read(kobai, place):
    done = kobai(*train(place, "t.csv", "run", "--target", "kind"))
    assert "\\x1b[2J" in done.out
    shown = kobai("evaluate", place / "run").out
    assert f"class {STEERING.encode('unicode_escape').decode()} y" in shown


def test_what_a_library_user_prints_is_safe(kobai, place):
    from kobai.data import load_table
    from kobai.formats import load_model

    kobai(*train(place, "t.csv", "run", "--target", "kind", "-q"))
    data = load_table(place / "t.csv", "kind")
    model = load_model(place / "run/model.safetensors")
    for text in (repr(data), str(data), str(model)):
        assert RAW.search(text) is None
        assert "\\x1b[2J" in text


def test_colours_of_our_own_reach_a_terminal(kobai, place, monkeypatch):
    """In a terminal there are escape sequences, none of which comes from a name."""
    from kobai.cli import screen

    monkeypatch.setenv("FORCE_COLOR", "1")
    screen.console.cache_clear()
    try:
        for words in commands(place):
            if words[0] in ("predict", "evaluate", "train", "export"):
                done = kobai(*words)
                plain = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", done.out)
                assert RAW.search(plain) is None, words
                assert "\x1b[2J" not in done.out
    finally:
        screen.console.cache_clear()
