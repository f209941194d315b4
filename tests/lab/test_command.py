"""`kobai lab`: what it puts into the page, and what it refuses."""

import base64
import csv
import json
import re
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kobai as package
from kobai.networks import ReLU, Softmax
from kobai.optimizers import CosineDecay
from kobai.page import LabError
from kobai.page.built import PLACE

START, END = PLACE.split("null")
HOSTILE = "</script><script>alert(1)</script> \"'&\u2028\u202egnp"

pytestmark = pytest.mark.usefixtures("page_file")


def given(page: Path) -> dict[str, Any]:
    """Return what a browser would find in the page: up to the first end of a script."""
    after = page.read_text("utf-8").partition(START)[2]
    found: dict[str, Any] = json.loads(after.partition("</script>")[0])
    return found


def unpacked(text: str, dtype: Any) -> np.ndarray:
    raw = zlib.decompress(base64.b64decode(text), -zlib.MAX_WBITS)
    return np.frombuffer(raw, dtype)


def write_table(path: Path, rows: int, name: str = "size") -> Path:
    rng = np.random.default_rng(0)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["age", name, "kind"])
        for age, size in rng.normal(size=(rows, 2)).round(3):
            writer.writerow([age, size, "yes" if age + size > 0 else "no"])
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    write_table(folder / "t.csv", 200)
    (folder / "rubbish.csv").write_bytes(np.random.default_rng(0).bytes(20_000))
    (folder / "rubbish.npz").write_bytes(b"PK\x03\x04" + bytes(500))
    (folder / "empty.csv").touch()
    for run, data in (("d", ["digits"]), ("t", ["t.csv", "--target", "kind"])):
        train = [sys.executable, "-m", "kobai", "train", *data]
        subprocess.run(
            [*train, "--epochs", "2", "--run", run, "-q"], check=True, cwd=folder
        )
    return folder


@pytest.mark.parametrize("name", ["spiral", "moons", "sine", "digits"])
def test_data_that_the_page_has_goes_in_by_name(kobai, tmp_path, name):
    done = kobai("lab", name, "--no-open", where=tmp_path)
    assert done.code == 0, done.err
    settings = given(tmp_path / "lab.html")["settings"]
    assert name in settings["data"].values()
    assert "images" not in given(tmp_path / "lab.html")


def test_without_data_the_page_opens_as_it_is(kobai, tmp_path):
    assert kobai("lab", "--no-open", where=tmp_path).code == 0
    assert given(tmp_path / "lab.html") == {"version": 1, "language": "en"}


@pytest.mark.parametrize(
    ("options", "variable", "language"),
    [([], "ja_JP.UTF-8", "ja"), (["--language", "zh"], "ja_JP.UTF-8", "zh")],
)
def test_the_language_is_asked_for_or_the_readers_own(
    kobai, tmp_path, monkeypatch, options, variable, language
):
    monkeypatch.setenv("LANG", variable)
    kobai("lab", "--no-open", *options, where=tmp_path)
    assert given(tmp_path / "lab.html")["language"] == language


def test_a_table_is_in_the_page_as_python_reads_it(kobai, place):
    done = kobai("lab", "t.csv", "--target", "kind", "--no-open", where=place)
    assert done.code == 0, done.err
    table = given(place / "lab.html")["table"]
    data = package.load_table(place / "t.csv", "kind")
    x = unpacked(table["x"], "<f4").reshape(-1, 2)
    is_test = unpacked(table["isTest"], "u1").astype(bool)
    assert np.array_equal(x[~is_test], data.x_train)
    assert np.array_equal(x[is_test], data.x_test)
    assert np.array_equal(unpacked(table["t"], "<f4")[~is_test], data.t_train)
    assert (table["inputs"], table["classes"]) == (["age", "size"], ["no", "yes"])


@pytest.mark.parametrize(
    ("what", "options", "share"),
    [
        (["t.csv", "--target", "kind"], [], 0.2),
        (["t.csv", "--target", "kind"], ["--test-size", "0.4"], 0.4),
        (["t"], [], 0.2),
    ],
)
def test_the_share_of_test_data_is_that_of_the_rows(kobai, place, what, options, share):
    """A share of test rows is what Kobai drew, not what the page usually draws."""
    done = kobai("lab", *what, *options, "--no-open", where=place)
    assert done.code == 0, done.err
    found = given(place / "lab.html")
    is_test = unpacked(found["table"]["isTest"], "u1")
    assert found["settings"]["testSize"] == share == is_test.mean()


def test_pictures_are_in_the_page_as_bytes(kobai, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (40, 6, 6), np.uint8)
    folder = tmp_path / "images"
    folder.mkdir()
    write_idx(folder, pixels, np.arange(40, dtype=np.uint8) % 4)
    done = kobai("lab", "images", "--no-open", where=tmp_path)
    assert done.code == 0, done.err
    images = given(tmp_path / "lab.html")["images"]
    found = unpacked(images["pixels"], "u1").reshape(40, 6, 6)
    assert sorted(map(bytes, found)) == sorted(map(bytes, pixels))
    assert (images["width"], images["height"], images["high"]) == (6, 6, 255)


def write_idx(folder: Path, pixels: np.ndarray, labels: np.ndarray) -> None:
    for name, kind, array in (
        ("train-images-idx3-ubyte", 3, pixels),
        ("train-labels-idx1-ubyte", 1, labels),
    ):
        sizes = b"".join(n.to_bytes(4, "big") for n in array.shape)
        (folder / name).write_bytes(bytes([0, 0, 8, kind]) + sizes + array.tobytes())


def first_of(network):
    """Return the network that the page shows: of an ensemble the first member."""
    return getattr(network, "networks", [network])[0]


@pytest.mark.parametrize("run", ["d", "t"])
def test_a_run_is_in_the_page_with_its_weights_and_course(kobai, place, run):
    done = kobai("lab", run, "--no-open", where=place)
    assert done.code == 0, done.err
    found = given(place / "lab.html")["run"]
    lines = (place / run / "history.csv").read_text().splitlines()
    rows = list(csv.DictReader(lines))
    assert found["history"]["step"] == [int(row["step"]) for row in rows]
    assert found["history"]["trainLoss"] == [float(row["train_loss"]) for row in rows]
    first, *_, last = found["keyframes"]
    assert (first["step"], last["step"]) == (0, found["history"]["step"][-1])
    network = package.load_model(place / run / "model.safetensors").network
    b2 = unpacked(last["params"]["b2"], "<f4")
    assert np.array_equal(b2, first_of(network).params["b2"])
    assert ("8 networks" in done.out) == (run == "t")


def test_a_first_layer_of_curves_is_a_plain_one_in_the_page(kobai, place):
    """The page's inputs times its W1 are what the network's first layer gives."""
    assert kobai("lab", "t", "--no-open", where=place).code == 0
    found = given(place / "lab.html")
    table, params = found["table"], found["run"]["keyframes"][-1]["params"]
    width = len(table["inputs"])
    x = unpacked(table["x"], "<f4").reshape(-1, width).astype(float)
    W1 = unpacked(params["W1"], "<f4").reshape(width, -1).astype(float)
    model = package.load_model(place / "t" / "model.safetensors")
    data = package.load_table(place / "t.csv", "kind")
    network = first_of(model.network)
    layer = network.layers[0]
    values = {n: network.params[f"{n}1"].astype(float) for n in "WVb"}
    raw = np.concatenate([data.x_train, data.x_test]).astype(float)
    expected, _ = layer.forward(values, raw, False)
    # The inputs are rounded to float32 on their way.
    assert np.allclose(x @ W1 + values["b"], expected, atol=1e-5)


def test_hostile_names_stay_text(kobai, tmp_path):
    write_table(tmp_path / "t.csv", 60, HOSTILE)
    done = kobai("lab", "t.csv", "--target", "kind", "--no-open", where=tmp_path)
    assert done.code == 0, done.err
    page = (tmp_path / "lab.html").read_text("utf-8")
    data = page.partition(START)[2].partition("</script>")[0]
    assert data.isascii()
    assert not set("<>&") & set(data)
    name = given(tmp_path / "lab.html")["table"]["inputs"][1]
    # What turns text around is shown by its number.
    assert name.startswith("</script><script>alert(1)</script>")
    assert "\u202e" not in name


def test_of_many_rows_some_are_taken_and_that_is_said(kobai, tmp_path):
    write_table(tmp_path / "t.csv", 30_000)
    done = kobai("lab", "t.csv", "--target", "kind", "--no-open", where=tmp_path)
    assert "has 20,000 of the 30,000 rows of t.csv" in done.out
    table = given(tmp_path / "lab.html")["table"]
    assert len(unpacked(table["t"], "<f4")) == 20_000
    # A fifth is for testing, to within what chance does to 20,000 draws.
    assert unpacked(table["isTest"], "u1").mean() == pytest.approx(0.2, abs=0.01)


WRONG = [
    (["spirl"], 'Did you mean "spiral"?'),
    (["no.csv", "--target", "y"], "no data or run"),
    (["t.csv"], "say which column to learn: "),
    (["t.csv"], 'The columns of t.csv: "'),
    (["empty.csv"], "the file is empty"),
    (["t.csv", "--target", "z"], 'no column "z"'),
    (["rubbish.csv", "--target", "y"], "rubbish.csv"),
    (["rubbish.npz"], "rubbish.npz"),
    (["empty.csv", "--target", "y"], "empty.csv"),
    (["moons", "--target", "y"], "--target: is of no use with moons"),
    (["d", "--drop", "age"], "--drop: is of no use with d"),
    (["digits", "--target", "y"], "digits is no table"),
    (["--out", "page.txt"], "page.html"),
    (["--out", "d"], "is a folder"),
    (["--language", "fr"], "need one of en, ja, zh"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=lambda v: str(v)[:40])
def test_what_is_wrong_is_said(kobai, place, arguments, message):
    (place / "lab.html").unlink(missing_ok=True)
    done = kobai("lab", *arguments, "--no-open", where=place)
    assert done.code == 2
    assert message in done.err
    assert done.err.startswith("error: ")
    assert "Traceback" not in done.err
    assert not (place / "lab.html").exists()


def test_a_damaged_run_is_refused(kobai, place):
    damage = [
        ("run.json", b"{"),
        ("model.safetensors", b"\x00" * 90),
        ("history.csv", b""),
        ("history.csv", b"epoch,step\n"),
        ("history.csv", b"epoch\n1\n"),
    ]
    for name, content in damage:
        file = place / "d" / name
        whole = file.read_bytes()
        file.write_bytes(content)
        done = kobai("lab", "d", "--no-open", where=place)
        file.write_bytes(whole)
        assert done.code == 2
        assert name in done.err


def test_a_network_that_the_page_has_not_is_refused():
    data = package.load_digits()
    layers = [package.Dense(5), package.networks.BatchNorm(), ReLU()]
    network = package.Network(64, [*layers, package.Dense(10), Softmax()])
    with pytest.raises(LabError, match="BatchNorm"):
        package.lab(data, network)


def test_a_schedule_of_python_is_refused():
    data = package.load_digits()
    network = package.Network(64, [package.Dense(10), Softmax()])
    schedule = CosineDecay(0.1, 100)
    with pytest.raises(LabError, match="one learning rate"):
        package.lab(data, network, optimizer=package.SGD(schedule))


def test_a_notebook_gets_a_frame_that_can_reach_nothing():
    html = package.lab("moons")._repr_html_()
    (sandbox,) = re.findall(r'sandbox="([^"]*)"', html)
    assert "allow-same-origin" not in sandbox
    assert html.count("<") == html.count(">") == 2


def test_a_widget_has_what_the_page_learned():
    pytest.importorskip("anywidget", reason="needs the extra notebook")
    widget = package.lab("moons").widget()
    assert json.loads(widget.given)["settings"]["data"]["name"] == "moons"
    widget.params = {"W1": [[1.0, 2.0]], "b1": [0.5, 0.25]}
    widget.history = {
        "step": [0, 5],
        "trainLoss": [0.7, 0.5],
        "testLoss": [0.8, 0.6],
        "trainScore": [0.5, 0.75],
        "testScore": [0.5, 0.5],
    }
    assert widget.arrays()["W1"].shape == (1, 2)
    assert widget.course()["train_loss"].tolist() == [0.7, 0.5]
