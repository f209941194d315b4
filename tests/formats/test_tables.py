"""Models of tables: saved, loaded, asked about raw rows and whole tables."""

import json

import numpy as np
import polars as pl
import pytest
from safetensors import safe_open

from kobai.data import Columns, load_table
from kobai.data.tables.columns import Feature, Target
from kobai.data.tables.frames import polars_frame
from kobai.data.tables.new_rows import codes
from kobai.data.tables.text import pieces
from kobai.errors import DataError, ModelFileError
from kobai.formats import Model, load_model, save_model
from kobai.formats.predictions import predictions, write_predictions
from kobai.networks import Dense, Identity, Network, Sigmoid, Softmax

FRAME = pl.DataFrame(
    {
        "size": [1.0, 2.5, None, 8.0, 9.0] * 8,
        "colour": ["red", "blue", "red", None, "green"] * 8,
        "kind": ["cat", "dog", "cat", "bird", "dog"] * 8,
        "weight": np.linspace(10, 50, 40),
    }
)


def model(target, last, **options):
    """Return an untrained model: predictions need no good ones to be tested."""
    data = load_table(FRAME, target, **options)
    outputs = max(1, data.t_train.ndim and len(data.classes))
    network = Network(data.columns.width, [Dense(outputs), last], seed=3)
    return Model(network, data.classes, name="pets", columns=data.columns)


@pytest.fixture
def pets():
    return model("kind", Softmax(), drop="weight")


def test_a_model_of_a_table_comes_back(pets, tmp_path):
    path = tmp_path / "model.safetensors"
    save_model(path, pets.network, classes=pets.classes, columns=pets.columns)
    found = load_model(path)
    assert found.columns == pets.columns
    raw = codes(pets.columns, polars_frame(FRAME))
    np.testing.assert_array_equal(found.predict(raw), pets.predict(raw))
    assert found.predict_table(FRAME).equals(pets.predict_table(FRAME))


def version(path):
    with safe_open(path, framework="np") as file:
        return json.loads(file.metadata()["kobai"])["version"]


def test_only_models_of_tables_have_the_newer_version(pets, tmp_path):
    """An older Kobai must refuse what it would misunderstand, and nothing else."""
    save_model(tmp_path / "a", pets.network, columns=pets.columns)
    save_model(tmp_path / "b", pets.network)
    assert (version(tmp_path / "a"), version(tmp_path / "b")) == (2, 1)
    assert load_model(tmp_path / "b").columns is None


def test_predictions_by_hand(pets):
    found = pets.predict_table(FRAME)
    assert found.columns == ["class", "bird", "cat", "dog"]
    size, colour = pets.columns.features
    p = pets.network.params
    for row, cells in enumerate(FRAME.iter_rows(named=True)):
        value = cells["size"]
        x = [0.0 if value is None else (value - size.mean) / size.std]
        x += [float(value is None)] * size.has_missing
        x += [float(cells["colour"] == word) for word in colour.categories]
        x += [float(cells["colour"] is None)] * colour.has_other
        logits = np.array(x) @ p["W1"] + p["b1"]
        shares = np.exp(logits) / np.exp(logits).sum()
        # The network computes in float32.
        np.testing.assert_allclose(found.row(row)[1:], shares, rtol=1e-5)
        assert found["class"][row] == pets.classes[shares.argmax()]


def test_two_classes_by_one_output():
    data = FRAME.with_columns(kind=pl.col("size") > 2)
    columns = load_table(data, "kind", drop="weight").columns
    network = Network(columns.width, [Dense(1), Sigmoid()])
    two = Model(network, columns.target.classes, columns=columns)
    found = two.predict_table(data)
    assert found.columns == ["class", "false", "true"]
    np.testing.assert_allclose(found["false"] + found["true"], 1, rtol=1e-6)
    yes = two.predict(codes(columns, polars_frame(data)))[:, 0]
    np.testing.assert_array_equal(found["true"], yes)


def test_numbers_come_in_the_units_of_the_target():
    found = model("weight", Identity())
    raw = codes(found.columns, polars_frame(FRAME))
    y = found.network.predict(found.columns.encode(raw))
    (mean,), (std,) = found.columns.target.means, found.columns.target.stds
    wanted = found.predict_table(FRAME)["weight"]
    np.testing.assert_allclose(wanted, y[:, 0] * std + mean, rtol=1e-6)
    one = found.predict(raw[0])
    assert one.shape == (1,)
    np.testing.assert_allclose(one, wanted[0], rtol=1e-5)


def test_a_class_that_is_called_class(pets):
    target = Target(("t",), ("class", "order"))
    columns = Columns((Feature("size"),), target)
    strange = Model(Network(1, [Dense(2), Softmax()]), columns=columns)
    assert strange.predict_table(FRAME).columns == ["predicted class", "class", "order"]


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet"])
def test_predictions_are_written_whole_or_not_at_all(pets, tmp_path, ending):
    path = tmp_path / f"p.{ending}"
    path.write_text("older")
    broken = FRAME.with_columns(size=pl.Series([*["1"] * 39, "x"]))
    with pytest.raises(DataError, match='row 40 has "x"'):
        write_predictions(predictions(pets, broken), path)
    assert path.read_text() == "older"
    assert write_predictions(predictions(pets, FRAME), path) == 40
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_rows_stay_in_order_over_many_blocks(pets, tmp_path, monkeypatch):
    monkeypatch.setattr(pieces, "BLOCK", 100)
    monkeypatch.setattr(pieces, "FIRST", 100)
    FRAME.write_csv(tmp_path / "a.csv")
    found = pets.predict_table(tmp_path / "a.csv")
    assert found["class"].equals(pets.predict_table(FRAME)["class"])


def test_wrong_use(pets, tmp_path):
    with pytest.raises(ValueError, match=r"need \(n, 2\): size, colour"):
        pets.predict(np.zeros((3, 5)))
    with pytest.raises(ValueError, match="columns that make 6 numbers of a row"):
        Model(Network(2, [Dense(3), Softmax()]), columns=pets.columns)
    with pytest.raises(ValueError, match="was not trained on a table"):
        Model(Network(2, [Dense(3), Softmax()])).predict_table(FRAME)
    with pytest.raises(DataError, match='lacks the column "colour"'):
        pets.predict_table(FRAME.drop("colour"))
    with pytest.raises(DataError, match="but no rows"):
        pets.predict_table(FRAME.head(0))
    assert predictions(pets, FRAME).extra == ("weight",)


def test_damaged_columns(pets, tmp_path, monkeypatch):
    monkeypatch.setattr(Columns, "as_json", lambda self: {"features": 3})
    path = tmp_path / "model.safetensors"
    save_model(path, pets.network, columns=pets.columns)
    with pytest.raises(ModelFileError, match="columns: not as described"):
        load_model(path)
