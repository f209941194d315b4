"""A table's columns and rows explained, and predictions that one can use."""

import json
import os

import numpy as np
import polars as pl
import pytest
from PIL import Image

from kobai.formats import load_model


def prices(rows=300, seed=0):
    rng = np.random.default_rng(seed)
    size = rng.uniform(20, 100, rows).round(1)
    town = rng.choice(["Tōkyō", "Kyōto", "Nara"], rows)
    price = 10 * size + 300 * (town == "Tōkyō")
    return pl.DataFrame(
        {
            "code": [f"{i:05d}" for i in range(rows)],
            "size": size,
            "town": town,
            "noise": rng.normal(size=rows).round(3),
            "price": price.round(1),
        }
    )


@pytest.fixture
def run(kobai, here):
    prices().write_csv(here / "p.csv")
    options = ("--target", "price", "--drop", "code", "--epochs", 30, "-q")
    assert kobai("train", "p.csv", *options, "--run", "r") == (0, "", "")
    return "r"


def lines_after(out, title):
    """Return the words of the lines under a title, up to an empty line."""
    lines = out[out.index(title) :].splitlines()[1:]
    end = lines.index("") if "" in lines else len(lines)
    return [line.split() for line in lines[:end]]


def test_evaluate_says_which_columns_mattered(kobai, here, run):
    out = kobai("evaluate", run).out
    head, *rows = lines_after(out, "Which columns mattered")
    assert head[:3] == ["column", "RMSE", "gain"]
    assert [row[0] for row in rows] == ["size", "town", "noise"]
    found = json.loads(kobai("evaluate", run, "--json").out)["importance"]
    assert (found["loss"], found["score"], found["samples"]) == ("RMSE", "R²", 60)
    assert [each["column"] for each in found["columns"]] == ["size", "town", "noise"]
    # Point under point: the last digit of all is worth the same.
    (decimals,) = {len(row[1].partition(".")[2]) for row in rows}
    for each, row in zip(found["columns"], rows, strict=True):
        # Half of the last digit, and what of it float64 cannot hold.
        rounding = 0.500001 * 10.0**-decimals
        assert float(row[1]) == pytest.approx(each["loss"], rel=0, abs=rounding)
    for name in ("importance.png", "partial-dependence.png"):
        assert f"r/{name}" in out
        with Image.open(here / "r" / name) as picture:
            assert min(picture.size) > 300


def test_pictures_of_columns_go_through_no_link(kobai, here, run):
    mine = here / "mine.png"
    mine.write_text("precious")
    for name in ("importance.png", "partial-dependence.png"):
        os.symlink(mine, here / "r" / name)
    assert kobai("evaluate", run).code == 0
    assert mine.read_text() == "precious"
    assert not (here / "r/importance.png").is_symlink()


def test_the_rows_predicted_worst_are_found_in_the_file(kobai, here, run):
    # One row is wrong by far, and stands where a person can look it up.
    new = prices(80, seed=5)
    values = new["price"].to_list()
    values[17], values[3] = 5e4, None
    new.with_columns(price=pl.Series(values)).write_csv(here / "new.csv")
    done = kobai("evaluate", run, "--test", "new.csv", "--json")
    worst = json.loads(done.out)["worst"]
    assert len(worst) == 5
    assert (worst[0]["row"], worst[0]["true"]) == (18, pytest.approx(5e4, rel=1e-4))
    guesses = load_model(here / "r/model.safetensors").predict_table(here / "new.csv")
    for each in worst:
        guess = guesses["price"][each["row"] - 1]
        assert each["predicted"] == pytest.approx(guess, rel=1e-4)
    out = kobai("evaluate", run, "--test", "new.csv").out
    head, first, *_ = lines_after(out, "Predicted worst")
    assert head == ["row", "is", "predicted", "error"]
    assert first[0] == "18"


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_rows_of_the_runs_own_test_data_have_their_numbers(kobai, here, task):
    frame = prices().with_row_index("number", 1)
    label = pl.when(pl.col("price") > 800).then(pl.lit("dear")).otherwise(pl.lit("no"))
    if task == "classification":
        frame = frame.with_columns(price=label)
    gaps = pl.when(pl.col("number") % 7 == 0).then(None).otherwise(pl.col("price"))
    frame = frame.with_columns(price=gaps)
    frame.write_csv(here / "p.csv")
    options = ("--target", "price", "--drop", "code,number", "--epochs", 2, "-q")
    kobai("train", "p.csv", *options, "--run", "r")
    worst = json.loads(kobai("evaluate", "r", "--json").out)["worst"]
    known = dict(frame.select("number", "price").iter_rows())
    guesses = load_model(here / "r/model.safetensors").predict_table(here / "p.csv")
    first = guesses.columns[0]
    for each in worst:
        wanted, guess = known[each["row"]], guesses[first][each["row"] - 1]
        if task == "regression":
            assert each["true"] == pytest.approx(wanted, rel=1e-4)
            assert each["predicted"] == pytest.approx(guess, rel=1e-4)
        else:
            assert (each["true"], each["predicted"]) == (wanted, guess)
            share = guesses[wanted][each["row"] - 1]
            assert each["probability"] == pytest.approx(share, rel=1e-3)


def test_a_prediction_is_taken_apart(kobai, here, run):
    done = kobai("predict", run, "p.csv", "--explain", "--row", 7, "--json")
    found = json.loads(done.out)
    assert (found["row"], found["against"]) == (7, "training rows")
    adds = {each["column"]: each["adds"]["price"] for each in found["columns"]}
    total = found["base"]["price"] + sum(adds.values())
    # Sums in float32.
    assert total == pytest.approx(found["prediction"]["price"], rel=1e-5)
    guesses = load_model(here / "r/model.safetensors").predict_table(here / "p.csv")
    assert found["prediction"]["price"] == pytest.approx(guesses["price"][6], rel=1e-5)
    frame = prices()
    values = {each["column"]: each["value"] for each in found["columns"]}
    assert values == {name: frame[name][6] for name in ("size", "town", "noise")}
    # What the size adds is by the law of the prices 10 for each square metre.
    expected = 10 * (frame["size"][6] - frame["size"].mean())
    assert adds["size"] == pytest.approx(expected, abs=60)
    out = kobai("predict", run, "p.csv", "--explain", "--row", 7).out
    assert out.startswith("Row 7: price ")
    assert "the mean of 100 training rows" in out
    assert "no training rows" not in out


def test_a_model_file_alone_is_compared_with_means(kobai, here, run):
    out = kobai("predict", "r/model.safetensors", "p.csv", "--explain").out
    assert out.startswith("Row 1: price ")
    assert "There are no training rows beside this model" in out
    found = json.loads(
        kobai("predict", "r/model.safetensors", "p.csv", "--explain", "--json").out
    )
    assert found["against"] == "means"


def test_classes_are_explained_by_their_probabilities(kobai, here):
    frame = prices().with_columns(kind=pl.col("town").str.head(1)).drop("price")
    frame.write_csv(here / "k.csv")
    options = ("--target", "kind", "--drop", "code", "--epochs", 20, "-q")
    kobai("train", "k.csv", *options, "--run", "k")
    found = json.loads(kobai("predict", "k", "k.csv", "--explain", "--json").out)
    assert list(found["prediction"]) == ["K", "N", "T"]
    assert sum(found["prediction"].values()) == pytest.approx(1, abs=1e-5)
    town = next(each for each in found["columns"] if each["column"] == "town")
    assert town["adds"][frame["kind"][0]] > 0.3
    out = kobai("predict", "k", "k.csv", "--explain").out
    assert out.startswith(f"Row 1: {frame['kind'][0]} ")
    assert f"from town = {frame['town'][0]}" in out


def test_wrong_use_of_explaining(kobai, here, run):
    for words, message in (
        (["--explain", "--row", 301], "p.csv: has 300 rows; got --row 301"),
        (["--explain", "--row", 0], "--row: got 0; need 1 or more"),
        (["--row", 2], "--row goes with --explain"),
        (["--explain", "-o", "x.csv"], "leave -o out"),
        (["--explain", "--id", "code"], "leave --id out"),
        (["--id", "cod"], 'has no column "cod"'),
        (["--id", "price"], '"price" is the name of a column of the predictions'),
    ):
        done = kobai("predict", run, "p.csv", *words)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done
        assert message in done.err
    (here / "r/background.safetensors").write_bytes(b"broken")
    done = kobai("predict", run, "p.csv", "--explain")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "background.safetensors: cannot be read" in done.err


def test_a_sum_at_the_end_is_not_predicted_and_told(kobai, here, run):
    text = (here / "p.csv").read_text()
    (here / "sums.csv").write_text(text + "Total,9999,,,30000\n")
    out = kobai("predict", run, "sums.csv", "-o", "out.csv").out
    assert "out.csv: 300 predictions" in out
    assert 'left out at the end, as a sum of the rows: "Total"' in out
    assert "sum of the rows" not in kobai("predict", run, "p.csv").out


def test_identifiers_and_explaining_go_with_tables(kobai, here, blobs):
    kobai("train", blobs, "--epochs", 1, "--run", "n", "-q")
    for option in (["--explain"], ["--id", "a"]):
        done = kobai("predict", "n", blobs, *option)
        assert (done.code, done.err.count("\n")) == (2, 1)
        assert f"{option[0]} goes with a table" in done.err


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet"])
def test_identifiers_stand_beside_predictions(kobai, here, run, ending):
    done = kobai("predict", run, "p.csv", "--id", "code,size", "-o", f"q.{ending}")
    assert done.code == 0, done.err
    read = pl.read_parquet if ending == "parquet" else pl.read_csv
    more = {}
    if ending != "parquet":
        more = {"separator": "\t" if ending == "tsv" else ","}
        more["schema_overrides"] = {"code": pl.String}
    found = read(here / f"q.{ending}", **more)
    assert found.columns == ["code", "size", "price", "price_low", "price_high"]
    # Leading zeros stay, and a column that is an input as well.
    assert found["code"].to_list() == prices()["code"].to_list()
    assert found["size"].cast(float).to_list() == prices()["size"].to_list()
    plain = load_model(here / "r/model.safetensors").predict_table(here / "p.csv")
    np.testing.assert_allclose(found["price"], plain["price"], rtol=1e-6)


def test_identifiers_on_the_screen_and_as_json(kobai, run):
    out = kobai("predict", run, "p.csv", "--id", "code").out
    head, first, *_ = out.splitlines()
    assert head.split() == ["row", "code", "price", "price_low", "price_high"]
    assert first.split()[:2] == ["1", "00000"]
    found = json.loads(kobai("predict", run, "p.csv", "--id", "code", "--json").out)
    assert [each["code"] for each in found] == prices()["code"].to_list()


def test_columns_that_lie_elsewhere_are_told(kobai, here, run):
    new = prices(50, seed=8).with_columns(pl.col("size") * 100)
    new.write_csv(here / "far.csv")
    done = kobai("predict", run, "far.csv", "-o", "q.csv")
    mean, trained = new["size"].mean(), prices()["size"].mean()
    (line,) = [li for li in done.out.splitlines() if li.startswith("Elsewhere")]
    assert line.startswith("Elsewhere than in training: size (mean ")
    numbers = [float(w.strip("),")) for w in line.split() if w[0].isdigit()]
    # Four digits, of the training rows among all.
    assert numbers == [pytest.approx(mean, rel=1e-3), pytest.approx(trained, rel=0.1)]
    as_json = kobai("predict", run, "far.csv", "--json")
    assert len(json.loads(as_json.out)) == 50
    assert line in as_json.err
    assert "Elsewhere" not in kobai("predict", run, "p.csv", "-o", "q.csv").out
