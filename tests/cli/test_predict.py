"""`kobai predict` of several pictures, from a pipe and into one."""

import csv
import io
import json
import shutil
import sys

import numpy as np
import pytest
from PIL import Image

from kobai.data import load_digits
from kobai.data.images.drawing import read_image
from kobai.formats import load_model

DIGITS = load_digits(seed=0)


def draw(path, index):
    """Draw a digit of the test data as a person would, dark on light and larger."""
    pixels = np.kron(DIGITS.x_test[index].reshape(8, 8), np.ones((12, 12)))
    picture = np.pad(255 - 255 * pixels, 20, constant_values=255)
    Image.fromarray(picture.astype(np.uint8)).save(path)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A network for the digits, and one for a table, each trained once."""
    from kobai.data import load_table
    from kobai.formats import save_model
    from kobai.networks import Dense, Network, ReLU, Sigmoid, Softmax
    from kobai.optimizers import SGD
    from kobai.training import train

    folder = tmp_path_factory.mktemp("models")
    rows = "".join(f"{i % 7},{'ab'[i % 7 > 3]}日\n" for i in range(40))
    (folder / "new.csv").write_text("size,kind\n" + rows, encoding="utf-8")
    pets = load_table(folder / "new.csv", "kind")
    options = {"optimizer": SGD(0.3), "batch_size": 20, "progress": False}
    layers = [Dense(30), ReLU(), Dense(10), Softmax()]
    networks = Network(64, layers), Network(1, [Dense(1), Sigmoid()])
    for name, data, network in zip(
        ("digits", "pets"), (DIGITS, pets), networks, strict=True
    ):
        train(network, data, epochs=10, **options)
        save_model(folder / f"{name}.safetensors", network, data=data)
    return folder


@pytest.fixture
def there(here, trained):
    """Models, a table, pictures named 0 to 2, and a folder of two more."""
    shutil.copytree(trained, here, dirs_exist_ok=True)
    (here / "scans").mkdir()
    for index, name in enumerate(["a.png", "b.png", "c.png", "scans/2.png"]):
        draw(here / name, index)
    draw(here / "scans/10.png", 4)
    (here / "scans/notes.txt").write_text("no picture")
    return here


def guesses(indices):
    network = load_model("digits.safetensors").network
    return [str(n) for n in network.predict(DIGITS.x_test[indices]).argmax(axis=1)]


PLACES = ["a.png", "scans", "b.png"]
NAMES = ["a.png", "scans/2.png", "scans/10.png", "b.png"]
INDICES = [0, 3, 4, 1]


def test_several_pictures_and_folders_take_a_line_each(kobai, there):
    done = kobai("predict", "digits.safetensors", *PLACES)
    assert (done.code, done.err) == (0, "")
    head, *lines = [line.split() for line in done.out.splitlines()]
    assert head == ["picture", "class", "probability"]
    assert [line[0] for line in lines] == NAMES
    assert [line[1] for line in lines] == guesses(INDICES)
    network = load_model("digits.safetensors").network
    for line in lines:
        seen = read_image(line[0], (8, 8)).reshape(1, 64)
        # Shown in tenths of a per cent.
        share = 100 * network.predict(seen).max()
        assert float(line[-1].rstrip("%")) == pytest.approx(share, abs=0.051)


def test_a_folder_of_one_picture_is_that_picture(kobai, there):
    (there / "scans/10.png").unlink()
    done = kobai("predict", "digits.safetensors", "scans")
    assert done.out.startswith(f"scans/2.png: {guesses([3])[0]}\n")


@pytest.mark.parametrize("out", ["new/out.csv", "out.tsv", "out.parquet", "-"])
def test_pictures_are_written(kobai, there, out):
    done = kobai("predict", "digits.safetensors", *PLACES, "-o", out)
    assert done.code == 0
    rows = read(there, out, done.out)
    assert [row["file"] for row in rows] == NAMES
    assert [row["class"] for row in rows] == guesses(INDICES)
    for row in rows:
        shares = [float(row[str(digit)]) for digit in range(10)]
        assert sum(shares) == pytest.approx(1, abs=1e-6)
        assert float(row["probability"]) == max(shares)
        assert np.argmax(shares) == int(row["class"])


def read(there, out, printed):
    if out.endswith("parquet"):
        polars = pytest.importorskip("polars")
        return polars.read_parquet(there / out).to_dicts()
    text = printed if out == "-" else (there / out).read_text(encoding="utf-8")
    separator = "\t" if out.endswith("tsv") else ","
    return list(csv.DictReader(io.StringIO(text), delimiter=separator))


@pytest.mark.parametrize("places", [["a.png"], PLACES, ["rows.npz"]])
def test_json_is_what_csv_says(kobai, there, places):
    np.savez(there / "rows.npz", x=16 * DIGITS.x_test[:5])
    found = json.loads(kobai("predict", "digits.safetensors", *places, "--json").out)
    text = kobai("predict", "digits.safetensors", *places, "-o", "-").out
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [{k: str(v) for k, v in each.items()} for each in found] == rows


def test_a_picture_that_cannot_be_read_leaves_the_others(kobai, there):
    (there / "scans/3.png").write_text("no picture")
    done = kobai("predict", "digits.safetensors", "scans")
    assert done.code == 2
    assert [line.split()[0] for line in done.out.splitlines()[1:]] == [
        "scans/2.png",
        "scans/10.png",
    ]
    first, last = done.err.splitlines()
    assert "scans/3.png: not an image" in first
    assert last == "error: 1 of 3 pictures could not be read"


def test_a_table_may_come_and_go_through_pipes(kobai, there, monkeypatch):
    kobai("predict", "pets.safetensors", "new.csv", "-o", "out.csv")
    written = (there / "out.csv").read_bytes()
    # UTF-16 cannot be read twice from a pipe, nor be taken for UTF-8.
    raw = (there / "new.csv").read_text(encoding="utf-8").encode("utf-16")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    done = kobai("predict", "pets.safetensors", "-", "-o", "-")
    assert done.code == 0
    assert done.out.encode() == written
    # What is for people goes where it does not mix with the rows.
    assert "Not used" not in done.out
    assert "utf-16" in done.err


def test_json_of_a_table_is_what_its_csv_says(kobai, there):
    found = json.loads(kobai("predict", "pets.safetensors", "new.csv", "--json").out)
    text = kobai("predict", "pets.safetensors", "new.csv", "-o", "-").out
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(found) == len(rows) == 40
    for got, row in zip(found, rows, strict=True):
        assert list(got) == list(row) == ["class", "a日", "b日"]
        assert got["class"] == row["class"]
        assert got["a日"] == pytest.approx(float(row["a日"]), rel=1e-6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "standard input: the file is empty"),
        ("size\n", "standard input: has the names of columns, but no rows"),
        ("colour\nred\n", 'standard input: lacks the column "size"'),
        ("size,age\n1,2\n3\n", "standard input: row 2 has 1 cell"),
    ],
)
def test_a_message_says_that_it_is_about_standard_input(
    kobai, there, monkeypatch, text, message
):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    done = kobai("predict", "pets.safetensors", "-")
    assert done.code == 2
    assert message in done.err
    assert done.err.count("\n") == 1
    assert str(there.parent) not in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["digits", "a.png", "new.csv"], "new.csv: a table or an .npz is predicted al"),
        (["digits", "a.png", "nowhere.png"], "nowhere.png: there is no such file"),
        (["digits", "https://a.b/c.png"], "https://a.b/c.png: is an address"),
        (["digits", "new.csv"], "new.csv: is a table, and digits was not trained on "),
        (["digits", "empty"], "empty: is a folder without pictures"),
        (["digits", "a.png", "--json", "-o", "-"], "got --json and --out -; give one"),
        (["digits", "a.png", "-o", "out.xlsx"], "written to .csv, .tsv, .parquet"),
        (["pets", "a.png"], "a.png: is a picture, and"),
        (["pets", "new.csv", "-o", "new.csv"], "new.csv: is the table itself"),
    ],
)
def test_what_cannot_be_predicted(kobai, there, arguments, message):
    (there / "empty").mkdir()
    name, *others = arguments
    done = kobai("predict", f"{name}.safetensors", *others)
    assert done.code == 2
    assert message in done.err
    assert done.err.count("\n") == 1
    assert done.out == ""
