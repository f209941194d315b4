"""A table from end to end in Python: as the command has it, in every frame."""

import inspect
import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kobai
from kobai.data import Last
from kobai.errors import DataError
from kobai.run_folder import RunError
from kobai.tabular import NotFittedError, TableModel

pl = pytest.importorskip("polars")
pd = pytest.importorskip("pandas")
pa = pytest.importorskip("pyarrow")

SHORT = {"epochs": 3, "hidden": (8,)}


def houses(rows: int = 120) -> Any:
    rng = np.random.default_rng(0)
    size = rng.normal(50, 10, rows).round(2)
    town = rng.choice(["Aomori", "Beppu", "Chiba"], rows)
    price = 3 * size + 20 * (town == "Beppu")
    kind = np.where(price > np.median(price), "dear", "cheap")
    frame = pd.DataFrame({"size": size, "town": town, "price": price, "kind": kind})
    return frame.set_index(np.arange(rows) + 1000)


@pytest.fixture(scope="module")
def prices() -> TableModel:
    return TableModel("price", drop="kind", interval=0.8, **SHORT).fit(houses())


@pytest.fixture(scope="module")
def kinds() -> TableModel:
    return TableModel("kind", drop="price", **SHORT).fit(houses())


def same_network(one: Any, other: Any) -> None:
    for name, array in one.params.items():
        np.testing.assert_array_equal(array, other.params[name])


@pytest.mark.parametrize("target", ["price", "kind"])
def test_it_is_the_run_of_the_command(target: str, tmp_path: Path) -> None:
    houses().to_csv(tmp_path / "houses.csv", index=False)
    other = {"price": "kind", "kind": "price"}[target]
    options = ["--target", target, "--drop", other, "--epochs", "3", "--seed", "2"]
    run = [sys.executable, "-m", "kobai", "train", "houses.csv", *options]
    subprocess.run([*run, "--run", "r", "--quiet"], cwd=tmp_path, check=True)
    model = TableModel(target, drop=other, epochs=3, seed=2)
    model.fit(tmp_path / "houses.csv")
    same_network(
        model.network_, kobai.load_model(tmp_path / "r/model.safetensors").network
    )
    loaded = TableModel.load(tmp_path / "r")
    np.testing.assert_array_equal(loaded.predict(houses()), model.predict(houses()))
    assert loaded.get_params()["drop"] == other
    judged = json.loads((tmp_path / "r/run.json").read_text())["results"]["judgement"]
    for name, score in judged["network"].items():
        assert model.evaluate()[name] == score["value"]


def test_predictions_come_in_the_library_of_the_rows(prices: TableModel) -> None:
    frame = houses(6)
    wanted = prices.predict(frame)
    assert isinstance(wanted, pd.Series)
    assert wanted.index.equals(frame.index)
    assert wanted.name == "price"
    polars = prices.predict(pl.from_pandas(frame))
    assert isinstance(polars, pl.Series)
    arrow = prices.predict(pa.Table.from_pandas(frame, preserve_index=False))
    for found in (polars, arrow, prices.predict(frame.to_dict("records"))):
        np.testing.assert_array_equal(np.asarray(found), wanted)


def test_options_of_a_prediction_give_a_frame(
    prices: TableModel, kinds: TableModel
) -> None:
    frame = houses(6)
    found = prices.predict(frame, interval=True, ids="town")
    assert list(found.columns) == ["town", "price", "price_low", "price_high"]
    assert (found["price_low"] < found["price"]).all()
    assert found.index.equals(frame.index)
    shares = kinds.predict(frame, probabilities=True)
    assert list(shares.columns) == ["class", "cheap", "dear"]
    best = shares[["cheap", "dear"]].idxmax(axis=1)
    assert (best == shares["class"]).all()
    np.testing.assert_allclose(
        shares[["cheap", "dear"]], kinds.predict_proba(frame), atol=1e-6
    )


def test_an_array_is_answered_with_an_array() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(90, 2)), np.arange(90) % 3
    model = TableModel(**SHORT).fit(x + y[:, None], y)
    assert model.predict(x).dtype == y.dtype
    assert model.classes_.tolist() == [0, 1, 2]
    assert model.feature_names_in_.tolist() == ["x0", "x1"]
    with pytest.raises(DataError, match="expecting 2 features"):
        model.predict(x[:, :1])
    with pytest.raises(DataError, match="as an array too"):
        model.predict(pd.DataFrame(x, columns=["a", "b"]))


def test_a_target_of_yes_and_no_is_answered_with_them() -> None:
    frame = houses()
    y = (frame["kind"] == "dear").rename("is dear")
    model = TableModel(**SHORT).fit(frame[["size", "town"]], y)
    found = model.predict(frame[["size", "town"]])
    assert found.dtype == bool
    assert found.name == "is dear"
    assert model._estimator_type == "classifier"


def test_evaluation_stands_beside_what_is_simpler(kinds: TableModel) -> None:
    found = kinds.evaluate()
    assert found.rows.startswith("24 test rows")
    assert found.confusion.sum() == 24
    assert found.linear["accuracy"] > found.constant["accuracy"]
    assert [each["name"] for each in found.classes] == ["cheap", "dear"]
    assert "a linear model" in str(found)
    assert "<table" in found._repr_html_()
    seen = kinds.evaluate(houses())
    assert seen.trained_on == 1.0
    assert "trained on" in str(seen)


def test_advice_names_keywords_and_no_options(kinds: TableModel) -> None:
    warning = TableModel("kind", drop="size,price", **SHORT).fit(houses()).evaluate()
    assert "--" not in warning.warning
    assert "--" not in str(kinds.plan)


def test_an_explanation_ranks_columns_and_takes_rows_apart(prices: TableModel) -> None:
    frame = houses()
    found = prices.explain()
    assert set(found.importance.columns) == {"size", "town"}
    places = [each.row for each in found.worst]
    assert [frame["price"].iloc[p] for p in places] == pytest.approx(
        [each.true for each in found.worst], rel=1e-5
    )
    assert found.dependence("size")[0].means.shape[1] == 1
    row = prices.explain_row(frame, 3)
    total = float(row.made.base[0]) + sum(row.adds.values())
    assert total == pytest.approx(prices.predict(frame).iloc[3], rel=1e-5)
    assert "<table" in row._repr_html_()
    with pytest.raises(IndexError, match="120 rows"):
        prices.explain_row(frame, 120)


def test_new_rows_that_are_unlike_are_told(prices: TableModel) -> None:
    frame = houses()
    assert not prices.differences(frame)
    found = prices.differences(frame.assign(size=frame["size"] + 100, town="Dewa"))
    assert found.strange == {"town": 120}
    assert [each.name for each in found.shifted] == ["size"]
    assert "size" in str(found)


@pytest.mark.parametrize("name", ["prices", "kinds"])
def test_a_model_comes_back(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    model, frame = request.getfixturevalue(name), houses()
    model.save(tmp_path / "run")
    loaded = TableModel.load(tmp_path / "run")
    for other in (loaded, pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(other.predict(frame), model.predict(frame))
        assert other.evaluate(frame).scores == model.evaluate(frame).scores
    assert str(loaded.plan).splitlines()[:4] == str(model.plan).splitlines()[:4]
    assert loaded.explain_row(frame, 1).adds == model.explain_row(frame, 1).adds
    again = TableModel(**loaded.get_params()).fit(frame)
    same_network(again.network_, model.network_)
    with pytest.raises(DataError, match="give rows to test on"):
        loaded.evaluate()


def test_the_command_takes_what_is_saved(prices: TableModel, tmp_path: Path) -> None:
    prices.save(tmp_path / "run")
    houses().to_csv(tmp_path / "new.csv", index=False)
    run = [sys.executable, "-m", "kobai"]
    done = subprocess.run(
        [*run, "evaluate", "run", "new.csv", "--json"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    found = json.loads(done.stdout)["judgement"]["network"]["r2"]["value"]
    assert found == pytest.approx(prices.evaluate(houses())["r2"])


def test_a_folder_of_something_else_is_left_alone(
    prices: TableModel, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunError, match="holds something else"):
        prices.save(tmp_path)
    with pytest.raises(RunError):
        TableModel.load(tmp_path)


@pytest.mark.parametrize("ending", [".py", ".mjs", ".c", ".json", ".safetensors"])
def test_it_is_exported(kinds: TableModel, ending: str, tmp_path: Path) -> None:
    assert kinds.export(tmp_path / f"m{ending}").stat().st_size > 0


def test_what_is_wrong_is_said_with_a_remedy(kinds: TableModel) -> None:
    frame = houses()
    with pytest.raises(NotFittedError, match=r"call fit"):
        TableModel("kind").predict(frame)
    with pytest.raises(DataError, match=r"TableModel\(target=...\), or give y"):
        TableModel().fit(frame)
    with pytest.raises(DataError, match='Did you mean "price"'):
        TableModel("prize").fit(frame)
    with pytest.raises(DataError, match="an array without y"):
        TableModel("kind").fit(np.ones((3, 2)))
    with pytest.raises(DataError, match='lacks the column "size"'):
        kinds.predict(frame[["town"]])
    with pytest.raises(DataError, match=r"columns=model.feature_names_in_"):
        kinds.predict(np.ones((3, 2)))
    with pytest.raises(DataError, match='X has a column "kind"'):
        TableModel("kind").fit(frame, frame["kind"])
    with pytest.raises(DataError, match="120 rows and y 3"):
        TableModel("y").fit(frame, [1, 2, 3])
    with pytest.raises(ValueError, match=r"interval=0\.9"):
        kinds.predict(frame, interval=True)
    with pytest.raises(TypeError, match='Did you mean "learning_rate"'):
        TableModel("kind", lr=0.1)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ('optimizer: got "adma"; .* Did you mean "adam"', {"optimizer": "adma"}),
        ('optimizer: got "3"; need one of sgd', {"optimizer": 3}),
        ("unknown loss", {"loss": 3}),
        ('engine: got "3"', {"engine": 3}),
        ('class weight: got "3"; need balanced', {"class_weight": 3}),
    ],
)
def test_a_name_that_there_is_not_is_refused(
    words: str, options: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=words):
        TableModel("kind", members=1, epochs=1, **options).fit(houses())


def test_rows_are_kept_back_as_asked() -> None:
    frame = houses()
    model = TableModel("kind", test_size=Last(0.1), **SHORT).fit(frame)
    assert model.fitted_.data.places.tolist() == list(range(108, 120))
    every = TableModel("kind", test_size=0, **SHORT).fit(frame)
    with pytest.raises(DataError, match=r"test_size=0.2"):
        every.evaluate()


def test_a_notebook_shows_what_was_learned(prices: TableModel) -> None:
    shown = prices._repr_html_()
    assert "learned from 96 rows, 24 kept back" in shown
    assert "target, a number" in shown
    assert "<table" not in TableModel("price")._repr_html_()


def test_weights_matter() -> None:
    frame = houses()
    x, y = frame[["size"]], frame["price"]
    plain = TableModel(**SHORT).fit(x, y)
    weighted = TableModel(**SHORT).fit(x, y, sample_weight=np.arange(120.0))
    assert not np.array_equal(plain.predict(x), weighted.predict(x))
    assert weighted.feature_names_in_.tolist() == ["size"]


def test_every_option_of_a_table_is_a_parameter() -> None:
    options = set(inspect.signature(kobai.load_table).parameters)
    # `test` is given to fit; of rows on disk nobody has to know.
    assert options - {"table", "test", "memory"} <= set(TableModel().get_params())


def test_text_is_learned_by_its_words(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    kind = rng.choice(["a", "b"], 120)
    said = [f"{'old dusty' if k == 'a' else 'new clean'} place" for k in kind]
    frame = pd.DataFrame({"size": rng.normal(size=120), "said": said, "kind": kind})
    model = TableModel("kind", text="said", **SHORT).fit(frame)
    assert model.plan["said"].taken == "text"
    columns = kobai.load_table(frame, "kind", text="said").columns
    assert model.model_.columns.input_names == columns.input_names
    # Two texts alone would be two categories, of which another text is none.
    new = pd.DataFrame({"size": 0.0, "said": ["dusty old barn", "clean new barn"]})
    assert model.predict(new).to_list() == ["a", "b"]
    model.save(tmp_path / "m")
    loaded = TableModel.load(tmp_path / "m")
    assert loaded.get_params()["text"] == "said"
    assert loaded.predict(new).to_list() == ["a", "b"]
