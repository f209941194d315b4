"""A network for several columns, some of which are classes, from end to end."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss, r2_score

import kobai
from kobai.data import load_table
from kobai.explanations import row_losses
from kobai.formats import load_model
from kobai.judging import Baselines, linear_network
from kobai.tabular import TableModel

pl = pytest.importorskip("polars")
pd = pytest.importorskip("pandas")

SHORT = {"epochs": 12, "hidden": (16,), "members": 2}
TARGETS = ["kind", "price", "sold"]


def houses(rows=300):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, rows))
    kind = np.where(a > 0.5, "house", np.where(b > 0, "flat", "hut"))
    price = 100 + 20 * a - 5 * b
    return pd.DataFrame(
        {"a": a, "b": b, "kind": kind, "price": price, "sold": (a + b > 0).astype(int)}
    )


@pytest.fixture(scope="module")
def model():
    return TableModel(TARGETS, test_size=0.2, interval=0.8, **SHORT).fit(houses())


@pytest.fixture(scope="module")
def tested(model):
    """Predictions for the test rows, their probabilities, and what is true of them."""
    rows = houses().iloc[model.fitted_.data.places]
    return model.predict(rows), model.predict_proba(rows), rows


def test_a_prediction_is_a_column_for_each_target(model, tested):
    found, _, rows = tested
    assert list(found.columns) == TARGETS
    assert found["sold"].dtype.kind == "i"
    assert accuracy_score(rows["kind"], found["kind"]) > 0.8
    assert r2_score(rows["price"], found["price"]) > 0.8
    assert accuracy_score(rows["sold"], found["sold"]) > 0.8
    assert found.index.equals(rows.index)


def test_probabilities_are_by_the_names_of_the_targets(model, tested):
    found, shares, _ = tested
    assert list(shares) == ["kind", "sold"]
    assert model.classes_["kind"].tolist() == ["flat", "house", "hut"]
    for name, each in shares.items():
        np.testing.assert_allclose(each.sum(axis=1), 1)
        named = model.classes_[name][each.argmax(axis=1)]
        assert named.tolist() == found[name].tolist()


def test_options_add_columns(model, tested):
    _, shares, rows = tested
    found = model.predict(rows, probabilities=True, interval=True, ids="a")
    assert list(found.columns) == [
        *("a", *TARGETS, "price_low", "price_high"),
        *("kind=flat", "kind=house", "kind=hut", "sold=0", "sold=1"),
    ]
    # Probabilities are float32.
    np.testing.assert_allclose(found["sold=1"], shares["sold"][:, 1], rtol=1e-5)
    assert (found["price_low"] < found["price"]).all()


def test_scores_are_those_of_each_target(model, tested):
    predicted, shares, rows = tested
    found = model.evaluate()
    each = found.judgement.each
    assert list(each) == TARGETS
    kinds = model.classes_["kind"].tolist()
    expected = {
        "accuracy of kind": accuracy_score(rows["kind"], predicted["kind"]),
        "r2 of price": r2_score(rows["price"], predicted["price"]),
        "accuracy of sold": accuracy_score(rows["sold"], predicted["sold"]),
    }
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-5)
    assert found["score"] == pytest.approx(np.mean(list(expected.values())), abs=1e-5)
    assert each["kind"].network["log_loss"].value == pytest.approx(
        log_loss(rows["kind"], shares["kind"], labels=kinds), rel=1e-4
    )
    assert model.score(rows) == pytest.approx(found["score"], abs=1e-5)


def test_each_stands_beside_a_line_and_a_constant(model, tested):
    *_, rows = tested
    each = model.evaluate().judgement.each
    most = houses().drop(rows.index)["kind"].mode()[0]
    share = float((rows["kind"] == most).mean())
    assert each["kind"].constant == f'always "{most}"'
    assert each["kind"].baseline["accuracy"].value == pytest.approx(share)
    assert each["price"].constant == "always the mean"
    assert each["price"].linear["r2"].value > 0.999


def test_the_line_is_that_of_each_target_alone():
    frame = pl.DataFrame(houses())
    data = load_table(frame, ["kind", "price"], drop="sold", test_size=0)
    both = linear_network(data)
    for part in data.columns.parts:
        others = [name for name in TARGETS if name != part.name]
        alone = load_table(frame, part.name, drop=others, test_size=0)
        expected = linear_network(alone).params["W1"]
        # Targets are standardised in float32.
        np.testing.assert_allclose(
            both.params["W1"][:, part.outputs], expected, atol=1e-5
        )
    shares = Baselines.of(data).constant_outputs(1)[0]
    kinds = houses()["kind"].value_counts(normalize=True)
    names = data.columns.target.heads[0]
    np.testing.assert_allclose(shares, [*(kinds[name] for name in names), 0.0])


def test_it_prints_and_draws_each(model):
    found = model.evaluate()
    text = " ".join(str(found).split())
    for words in ("kind accuracy", "price R²", "sold AUC", "price: ± ", "kind house"):
        assert words in text
    details = {each["name"]: each for each in found.targets}
    assert details["price"].keys() == {"name", "rmse", "mae", "r2"}
    assert np.sum(details["kind"]["confusion"]) == 60
    assert found.plot(target="sold") is not found.plot(target="price")
    with pytest.raises(ValueError, match='no target "colour"; need one of kind'):
        found.plot(target="colour")
    assert "price" in found._repr_html_()


def test_it_is_explained(model, tested):
    *_, rows = tested
    found = model.explain()
    assert found.importance.loss == "loss"
    data = model.fitted_.data
    y = np.asarray(model.network_.predict(data.x_test))
    losses = row_losses(data.columns, y, data.t_test)
    whole = model.network_.evaluate(data.x_test, data.t_test)["loss"]
    assert losses.mean() == pytest.approx(whole, rel=1e-4)
    parts = [
        row_losses(p.columns, y[:, p.outputs], p.of(data.t_test))
        for p in data.columns.parts
    ]
    row = int(losses.argmax())
    worst = int(np.argmax([part[row] for part in parts]))
    assert found.worst[0].target == TARGETS[worst]
    assert found.worst[0].row == data.places[row]
    assert "loss gain" in str(found)
    assert "score lost" in str(found)
    made = model.explain_row(rows)
    assert [i for i, _ in made.outputs][1] == 3
    np.testing.assert_allclose(
        made.made.base + made.made.values.sum(axis=0), made.made.prediction, atol=1e-5
    )


def test_it_is_kept_and_comes_back(model, tested, tmp_path):
    expected, shares, rows = tested
    model.save(tmp_path / "kept")
    found = TableModel.load(tmp_path / "kept")
    pd.testing.assert_frame_equal(found.predict(rows), expected)
    np.testing.assert_array_equal(found.predict_proba(rows)["sold"], shares["sold"])
    known = load_model(tmp_path / "kept/model.safetensors")
    assert known.columns.target.heads == (("flat", "house", "hut"), (), ("0", "1"))
    # Only the constant is known by numbers of rows, which are kept.
    again = found.evaluate(rows)
    assert again["score"] == pytest.approx(model.evaluate()["score"], abs=1e-6)
    assert again.constant.keys() == model.evaluate().constant.keys()


def test_arrays_have_names_of_their_own():
    frame = houses()
    X, y = frame[["a", "b"]].to_numpy(), frame[["sold", "kind"]].to_numpy()
    found = TableModel(**SHORT).fit(X, y)
    assert found.predict(X).shape == (300, 2)
    assert list(found.predict_proba(X)) == ["y0", "y1"]
    assert found.score(X, y) > 0.8


def test_it_is_the_run_of_the_command(model, tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from kobai.cli.app import app

    monkeypatch.chdir(tmp_path)
    houses().to_csv("houses.csv", index=False)
    options = ["--target", "kind,price,sold", "--epochs", "4", "--members", "2"]
    train = ["train", "houses.csv", *options, "--hidden", "16", "--run", "r"]
    resume = ["train", "--resume", "--run", "r", "--epochs", "12", "--quiet"]
    for command in ([*train, "--quiet"], resume):
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 0, done.output
    found = kobai.load_model("r/model.safetensors").network
    for name, array in model.network_.params.items():
        # Both have read the same numbers, which CSV has to the last digit.
        np.testing.assert_array_equal(found.params[name], array)
    done = CliRunner().invoke(app, ["predict", "r", "houses.csv", "-o", "out.csv"])
    assert done.exit_code == 0, done.output
    written = pl.read_csv("out.csv")
    assert written.columns[:3] == TARGETS
    assert written["kind"].to_list() == model.predict(houses())["kind"].tolist()
