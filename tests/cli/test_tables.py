"""A user's own table on the command line: train, evaluate, predict, wrong use."""

import json
import re
import sys

import numpy as np
import polars as pl
import pytest
from PIL import Image
from sklearn import datasets

from kobai.cli.loading import class_weights
from kobai.cli.settings import Options
from kobai.data import load_table
from kobai.formats import load_model

PAIR = ("whole", "parts")
SPECIES = np.array(["setosa", "versicolor", "virginica"])


@pytest.fixture
def iris(here):
    """Iris with the names of the species, and of two columns in Japanese."""
    raw = datasets.load_iris(as_frame=True).frame
    table = pl.DataFrame(
        {
            "がく片の長さ": raw["sepal length (cm)"],
            "花弁の長さ": raw["petal length (cm)"],
            "width": raw["petal width (cm)"],
            "species": SPECIES[raw["target"]],
        }
    )
    table.write_csv(here / "iris.csv")
    return here / "iris.csv"


@pytest.fixture
def run(kobai, iris):
    done = kobai("train", iris, "--target", "species", "--run", "run", "-q")
    assert done == (0, "", "")
    return "run"


def test_training_says_what_it_found(kobai, here, iris):
    done = kobai("train", iris, "--target", "species")
    assert done.code == 0, done.err
    for words in (
        "120 training samples, 30 test samples",
        "task     3 classes (species)",
        "targets  3 classes: setosa, versicolor, virginica",
        "columns  3 numbers",
        "until the loss on 20%",
        "The network is that of epoch",
        "Test accuracy 0.9",
        "kobai evaluate runs/iris-1",
        "kobai predict runs/iris-1 new.csv -o predictions.csv",
    ):
        assert words in done.out
    model = load_model(here / "runs/iris-1/model.safetensors")
    assert model.columns == load_table(iris, "species").columns
    results = json.loads((here / "runs/iris-1/run.json").read_text())["results"]
    assert results["test_accuracy"] >= 0.9
    assert {"test_balanced_accuracy", "test_log_loss"} <= results.keys()


def without_seconds(path):
    return pl.read_csv(path).drop("seconds")


def test_a_run_that_stops_early_is_resumed_bit_for_bit(kobai, here, iris):
    given = ("train", iris, "--target", "species", "--patience", 2, "-q")
    assert kobai(*given, "--run", "whole").code == 0
    assert kobai(*given, "--run", "parts", "--epochs", 4).code == 0
    assert kobai("train", "--resume", "--run", "parts", "--epochs", 200, "-q").code == 0
    whole, parts = (load_model(here / f"{r}/model.safetensors") for r in PAIR)
    for name, array in whole.network.params.items():
        np.testing.assert_array_equal(array, parts.network.params[name])
    histories = [without_seconds(here / f"{r}/history.csv") for r in PAIR]
    assert histories[0].equals(histories[1])
    results = json.loads((here / "whole/run.json").read_text())["results"]
    assert results["stopped"].startswith("early stopping")
    best = histories[0]["validation_loss"].arg_min()
    assert results["best_epoch"] == histories[0]["epoch"][best]


def test_the_epoch_that_is_kept_is_a_whole_one(kobai, here, iris):
    done = kobai("train", iris, "--target", "species", "--steps", 20, "--run", "r")
    assert done.code == 0, done.err
    history = pl.read_csv(here / "r/history.csv")
    whole = history.filter(pl.col("epoch") % 1 == 0)
    assert len(whole) == len(history) - 1
    best = int(whole["epoch"][whole["validation_loss"].arg_min()])
    assert f"The network is that of epoch {best}, the best" in done.out


def test_all_rows_train_to_the_end(kobai, here, iris):
    done = kobai("train", iris, "--target", "species", "--validation", 0, "--run", "r")
    assert done.code == 0, done.err
    history = pl.read_csv(here / "r/history.csv")
    assert history["epoch"].to_list() == list(range(31))
    assert "test_loss" in history.columns


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--validation", 1), "--validation: got 1; need a share"),
        (("--validation", 0, "--patience", 3), "got --patience 3 and --validation 0"),
        (("--patience", 0), "--patience: got 0; need 1 or more"),
    ],
)
def test_stopping_that_makes_no_sense(kobai, iris, options, words):
    done = kobai("train", iris, "--target", "species", *options)
    assert done.code == 2
    assert words in done.err


def test_two_classes_by_one_output(kobai, here):
    raw = datasets.load_breast_cancer(as_frame=True)
    pl.DataFrame({**raw.data, "t": raw.target}).write_csv(here / "cancer.csv")
    done = kobai("train", "cancer.csv", "--target", "t", "--epochs", 10, "--run", "r")
    assert done.code == 0, done.err
    network = load_model(here / "r/model.safetensors").network
    assert network.outputs == (1,)
    assert network.loss_name == "binary_cross_entropy"
    assert (
        json.loads((here / "r/run.json").read_text())["results"]["test_accuracy"] > 0.9
    )
    assert "Balanced accuracy  0.9" in kobai("evaluate", "r").out
    kobai("predict", "r", "cancer.csv", "-o", "p.csv")
    shares = pl.read_csv(here / "p.csv")
    assert shares.columns == ["class", "0", "1"]
    np.testing.assert_allclose(shares["0"] + shares["1"], 1, rtol=1e-6)


def test_a_regression(kobai, here):
    raw = datasets.load_diabetes(as_frame=True)
    raw.frame.to_csv(here / "diabetes.csv", index=False)
    done = kobai("train", "diabetes.csv", "--target", "target", "--run", "r")
    assert "task     regression (target)" in done.out
    # Lines reach 0.48 on such rows, and no method much more.
    assert 0.4 < float(re.search(r"Test R² ([\d.]+)", done.out)[1]) < 0.6
    # By hand from the predictions: the same rows as were held back for testing.
    data = load_table(here / "diabetes.csv", "target")
    t = data.columns.decode(data.t_test)
    y = load_model(here / "r/model.safetensors").network.predict(data.x_test)
    y = data.columns.decode(y)
    wanted = f"{np.sqrt(np.mean((y - t) ** 2)):.5g}", f"{np.mean(np.abs(y - t)):.5g}"
    explained = 1 - np.sum((y - t) ** 2) / np.sum((t - t.mean()) ** 2)
    lines = kobai("evaluate", "r").out.splitlines()
    header = next(i for i, line in enumerate(lines) if "RMSE" in line)
    row = lines[header + 1]
    assert row.split() == ["target", *wanted, f"{explained:.4f}"]
    out = kobai("predict", "r", "diabetes.csv").out
    assert out.splitlines()[0].split() == [
        "row",
        "target",
        "target_low",
        "target_high",
    ]
    assert 25 < float(out.splitlines()[1].split()[1]) < 346
    assert "the first 20 rows" in out


def test_a_regression_that_learns_nothing_says_so(kobai, here):
    rng = np.random.default_rng(0)
    noise = pl.DataFrame({name: rng.normal(size=60) for name in "abt"})
    noise.write_csv(here / "noise.csv")
    done = kobai("train", "noise.csv", "--target", "t", "--run", "r")
    results = json.loads((here / "r/run.json").read_text())["results"]
    assert results["test_r2"] < 0
    assert "(the mean alone would be better)" in done.out


def test_several_targets(kobai, here):
    raw = datasets.load_linnerud(as_frame=True).frame
    raw.to_csv(here / "gym.csv", index=False)
    done = kobai("train", "gym.csv", "--target", "Weight,Waist,Pulse", "--run", "r")
    assert "regression with 3 targets (Weight, Waist, Pulse)" in done.out
    out = kobai("evaluate", "r").out.split("Which columns mattered")[0]
    rows = re.findall(r"^(\w+)(?: +[-\d.]+){3}$", out, re.MULTILINE)
    assert rows == ["Weight", "Waist", "Pulse"]
    kobai("predict", "r", "gym.csv", "-o", "p.tsv")
    found = pl.read_csv(here / "p.tsv", separator="\t")
    assert found.columns == ["Weight", "Waist", "Pulse"]
    # Weights in pounds, around 179: scaled back, not standardised.
    assert 120 < found["Weight"].mean() < 240


def test_evaluating(kobai, here, run, iris):
    out = kobai("evaluate", run).out
    assert "Task" in out
    data = load_table(iris, "species")
    guesses = load_model(here / run / "model.safetensors").network.predict(data.x_test)
    right = int((guesses.argmax(axis=1) == data.t_test).sum())
    assert f"({right} of 30 right)" in out
    for words in ("precision", "recall", "F₁", "Balanced accuracy", "Log loss"):
        assert words in out
    with Image.open(here / run / "confusion-matrix.png") as picture:
        assert min(picture.size) > 300
    everything = kobai("evaluate", run, iris, "-o", "c.png", "--language", "ja")
    assert "150 test samples" in everything.out
    assert (here / "c.png").exists()


def test_evaluating_from_another_folder(kobai, here, run, monkeypatch):
    (here / "below").mkdir()
    monkeypatch.chdir(here / "below")
    assert kobai("evaluate", "../run").code == 0
    more = kobai("train", "--resume", "--run", "../run", "--epochs", 201, "-q")
    assert more == (0, "", "")


def test_resuming_is_as_never_having_stopped(kobai, here, iris):
    options = ["train", iris, "--target", "species", "-q", "--class-weight", "balanced"]
    kobai(*options, "--epochs", 4, "--run", "whole")
    kobai(*options, "--epochs", 2, "--run", "parts")
    kobai("train", "--resume", "--run", "parts", "--epochs", 4, "-q")
    one, other = (
        load_model(here / name / "model.safetensors").network.params
        for name in ("whole", "parts")
    )
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet"])
def test_predictions_in_a_file(kobai, here, run, iris, ending):
    shuffled = pl.read_csv(iris).sample(fraction=1, shuffle=True, seed=3)
    shuffled.drop("species").with_columns(note=pl.lit("x")).write_csv(here / "new.csv")
    done = kobai("predict", run, "new.csv", "-o", f"out/p.{ending}")
    assert done.code == 0, done.err
    assert "Not used  note" in done.out
    assert "150 predictions" in done.out
    assert [p.name for p in (here / "out").iterdir()] == [f"p.{ending}"]
    read = pl.read_parquet if ending == "parquet" else pl.read_csv
    options = {"separator": "\t"} if ending == "tsv" else {}
    found = read(here / f"out/p.{ending}", **options)
    assert found.columns == ["class", *SPECIES]
    np.testing.assert_allclose(found[:, 1:].to_numpy().sum(axis=1), 1, rtol=1e-5)
    assert np.mean((found["class"] == shuffled["species"]).to_numpy()) > 0.9
    # Row by row what the model says of the same cells.
    model = load_model(here / run / "model.safetensors")
    outputs = model.predict(shuffled.drop("species").to_numpy())
    np.testing.assert_allclose(found[:, 1:].to_numpy(), outputs, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("out", [[], ["-o", "p.csv"]])
def test_cells_that_training_never_had_are_counted(kobai, here, run, iris, out):
    assert "as in no training row" not in kobai("predict", run, iris, *out).out
    table = pl.read_csv(iris)
    is_gap = pl.int_range(pl.len()) < 7
    table.with_columns(width=pl.when(~is_gap).then("width")).write_csv(here / "g.csv")
    message = kobai("predict", run, "g.csv", *out).out.splitlines()[-1]
    assert message == "Missing, or a new word, as in no training row: width (7)"


def test_new_tables_are_read_as_the_first_was(kobai, here):
    """A single row says neither what parts its cells, nor that it is no header."""
    lines = [
        f"{i % 9},{i % 7}~{'nix' if i % 5 == 0 else i}~{'ab'[i % 2]}" for i in range(60)
    ]
    (here / "first.data").write_text("\n".join(lines))
    options = ["--separator", "~", "--no-header", "--missing", "nix", "--epochs", "1"]
    kobai("train", "first.data", "--target", "3", *options)
    (here / "new").write_text("3,1~nix~a\n")
    found = kobai("predict", "runs/first-1", "new", "-o", "p.csv").out
    assert "1 prediction" in found
    assert pl.read_csv(here / "p.csv").columns == ["class", "a", "b"]
    assert "1 test sample" in kobai("evaluate", "runs/first-1", "new").out
    assert "Missing" not in found


def test_a_cell_that_counted_as_missing_does_so_in_evaluation(kobai, here):
    rows = [f'"{300 * (37 * i % 241):,}",{i % 2 * 5}' for i in range(200)]
    (here / "t.csv").write_text("\n".join(["x,y", *rows, '"1,20",7', ""]))
    kobai("train", "t.csv", "--target", "y", "--task", "regression", "--epochs", "1")
    done = kobai("evaluate", "runs/t-1")
    assert (done.code, done.err) == (0, "")
    assert "RMSE" in done.out


def test_predictions_on_the_screen(kobai, run, iris):
    out = kobai("predict", run, iris).out
    assert "Not used" not in out
    rows = re.findall(r"^ +(\d+)  (\w+) +[█▏▎▍▌▋▊▉ ]+ (\d+\.\d)%$", out, re.MULTILINE)
    assert [int(number) for number, _, _ in rows] == list(range(1, 21))
    assert {name for _, name, _ in rows} == {"setosa"}


def test_a_rare_class_is_found_when_classes_weigh_the_same(kobai, here):
    rng = np.random.default_rng(0)
    is_rare = np.arange(2000) % 100 == 0
    x = rng.normal(size=(2000, 2)) + 1.5 * is_rare[:, np.newaxis]
    kinds = np.where(is_rare, "rare", "usual")
    table = {"a": x[:, 0], "b": x[:, 1], "kind": kinds}
    pl.DataFrame(table).write_csv(here / "rare.csv")
    scores = {}
    for weight in ([], ["--class-weight", "balanced"]):
        name = "with" if weight else "without"
        done = kobai("train", "rare.csv", "--target", "kind", *weight, "--run", name)
        assert done.code == 0, done.err
        text = (here / name / "run.json").read_text()
        scores[name] = json.loads(text)["results"]["test_balanced_accuracy"]
    assert scores["with"] > scores["without"] + 0.1


def test_a_japanese_table_in_cp932(kobai, here, iris):
    table = pl.read_csv(iris).with_columns(
        pl.col("species").replace_strict(
            SPECIES, ["ヒオウギ", "ブルーフラッグ", "野生"]
        )
    )
    table = table.rename({"species": "品種"})
    (here / "菖蒲.csv").write_bytes(table.write_csv().encode("cp932"))
    done = kobai("train", "菖蒲.csv", "--target", "品種", "--run", "走")
    assert done.code == 0, done.err
    assert "3 classes (品種)" in done.out
    assert "encoding cp932" in done.out
    assert "ヒオウギ" in kobai("evaluate", "走").out
    kobai("predict", "走", "菖蒲.csv", "-o", "予測.csv")
    assert pl.read_csv(here / "予測.csv").columns[0] == "class"
    # The same columns in UTF-8 are the same columns.
    table.write_csv(here / "u.csv")
    assert "150 test samples" in kobai("evaluate", "走", "u.csv").out


def test_settings_survive_json():
    settings = Options(data="a.csv", target="t", test_size=0.3, class_weight="balanced")
    assert Options.from_json(settings.as_json()) == settings


def test_weights_of_classes():
    assert class_weights("a=1,b=2.5") == {"a": 1.0, "b": 2.5}
    assert class_weights("x=y=3") == {"x=y": 3.0}


@pytest.fixture
def refused(kobai, here):
    def run(*arguments):
        before = sorted(here.rglob("*"))
        done = kobai(*arguments)
        assert done.code == 2, done.out
        assert done.err.startswith("error: ")
        assert done.err.count("\n") == 1, done.err
        assert "Traceback" not in done.err
        assert sorted(here.rglob("*")) == before
        return done.err

    return run


TABLES = {
    "x,t\n": "has the names of columns, but no rows",
    "": "the file is empty",
    "x,t\n1,a\n2,a\n3,a\n": 'the target is "a" in every row',
    "x,t\n,a\n,b\n,a\n,b\n": 'no column is left to learn from, in 3 training rows: "x"',
    "x,t\n1,a\ninf,b\n3,a\n4,b\n": 'column "x": row 2 is inf',
    'x,t\n1,"a\n2,b\n': "no readable table: a quotation mark is not closed",
    "x,x\n1,a\n": 'no column "t"',
    "x,t\n1,a\n2\n": "row 2 has 1 cell, and the table has 2 columns",
    "t,x\n2024-05-01,a\n2024-05-02,b\n": "the target holds dates",
    "x,t\n1,\n2,NA\n": "the target is empty in every row",
    "x,t\n\0,1\n": "a binary file",
}


@pytest.mark.parametrize("content", TABLES)
def test_wrong_tables(refused, here, content):
    (here / "my.csv").write_text(content)
    assert TABLES[content] in refused("train", "my.csv", "--target", "t")


OPTIONS = [
    (["--target", "specis"], 'no column "specis". Did you mean "species"?'),
    ([], "is a table; say which column to learn"),
    ([], 'The columns of iris.csv: "'),
    (["--target", "species", "--task", "regresion"], 'Did you mean "regression"'),
    (["--target", "species", "--task", "regression"], '"species" is no number'),
    (["--target", "species", "--drop", "species"], '"species" is the target'),
    (["--target", "species", "--drop", "heigth"], 'no column "heigth"'),
    (
        ["--target", "species", "--test-size", "2"],
        "--test-size: got 2; need a share",
    ),
    (["--target", "species", "--test-size", "half"], '--test-size: got "half"'),
    (["--target", "species", "--test", "none.csv"], "none.csv: there is no such file"),
    (
        ["--target", "species", "--weight", "age"],
        'weight: iris.csv has no column "age"',
    ),
    (["--target", "species", "--class-weight", "even"], "need balanced"),
    (["--target", "species", "--class-weight", "rosa=2"], 'there is no class "rosa"'),
    (["--target", "species", "--class-weight", "rosa=x"], '"rosa=x"; need a class'),
    (["--target", "species", "--encoding", "utf9"], 'unknown encoding "utf9"'),
    (["--drop", "width"], "--drop: goes with a table, and --target"),
    (["--target", "species", "--test", "iris.csv", "--test-size", "0.1"], "one of the"),
]


@pytest.mark.parametrize(("options", "message"), OPTIONS)
def test_wrong_options(refused, iris, options, message):
    assert message in refused("train", "iris.csv", *options)


def test_wrong_data(refused, here, iris):
    assert "is no table" in refused("train", "digits", "--target", "t")
    assert "is a folder" in refused("train", here, "--target", "t")
    (here / "my.docx").write_bytes(b"PK\x03\x04rest")
    assert "a ZIP or Excel file" in refused("train", "my.docx", "--target", "t")


def test_wrong_predictions(refused, here, run, iris):
    pl.read_csv(iris).drop("width").write_csv(here / "less.csv")
    assert 'lacks the column "width"' in refused("predict", run, "less.csv")
    pl.read_csv(iris).rename({"width": "Width"}).write_csv(here / "other.csv")
    assert 'Did you mean "Width"?' in refused("predict", run, "other.csv")
    assert "is the table itself" in refused("predict", run, "iris.csv", "-o", iris)
    message = refused("predict", run, "iris.csv", "-o", "p.txt")
    assert "written to .csv, .tsv, .parquet" in message
    (here / "empty.csv").write_text(",".join(pl.read_csv(iris).columns) + "\n")
    assert "but no rows" in refused("predict", run, "empty.csv")
    assert "but no rows" in refused("predict", run, "empty.csv", "-o", "p.csv")
    assert "is a picture, and" in refused("predict", run, run + "/curves.png")
    words = iris.read_text(encoding="utf-8").replace("0.2,setosa", "?,setosa")
    (here / "words.csv").write_text(words.replace("?", "thin"), encoding="utf-8")
    message = refused("predict", run, "words.csv")
    assert message.endswith("and 26 more; need a number, or nothing\n")
    assert 'row 1 has "thin", row 2' in message


@pytest.mark.skipif(sys.platform == "win32", reason="sets a limit that Unix has")
@pytest.mark.parametrize("name", ["p.csv", "p.parquet"])
def test_predictions_on_a_full_disk(here, run, iris, start, name):
    import resource

    def allow_100_bytes():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    process = start("predict", run, iris, "-o", name, preexec_fn=allow_100_bytes)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err.startswith(f"error: {name}: File too large")
    assert not [file.name for file in here.iterdir() if "p." in file.name]


def test_wrong_evaluation(refused, here, run, iris):
    text = iris.read_text(encoding="utf-8")
    iris.write_text(text.replace("virginica", "rosa"), encoding="utf-8")
    assert "is no longer as it was" in refused("evaluate", run)
    message = refused("evaluate", run, "iris.csv")
    assert 'column "species": row 101 has "rosa"' in message
    assert 'knows are "setosa", "versicolor", "virginica"' in message
    iris.write_text(text.replace("species", "kind"), encoding="utf-8")
    assert 'lacks the column "species"' in refused("evaluate", run, "iris.csv")


def test_a_network_of_pictures_takes_no_table(refused, kobai, blobs, iris):
    kobai("train", blobs, "--epochs", 1, "--run", "r", "-q")
    assert "was not trained on a table" in refused("predict", "r", "iris.csv")
