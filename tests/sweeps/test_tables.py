"""A search over `TableModel`: its parameters, its data, and the model it hands back."""

import numpy as np
import pytest

import kobai
from kobai import TableModel, sweep
from kobai.data import Last
from kobai.optimizers import Adam
from kobai.sweeps import SpaceError, SweepError, tables

pl = pytest.importorskip("polars")

SPACE = {"hidden": [4, (8, 4)], "learning_rate": "0.003..0.1"}
FEW = {"trials": 4, "halving": False}


def table(rows=120, seed=0):
    rng = np.random.default_rng(seed)
    size, weight = rng.normal(size=(2, rows))
    kind = np.where(size + weight > 0, "big", "small")
    return pl.DataFrame({"size": size, "weight": weight, "kind": kind})


@pytest.fixture(scope="module")
def frame():
    return table()


def model(**options):
    return TableModel("kind", **{"members": 1, "epochs": 4, "batch_size": 16} | options)


def known(found):
    return [
        (t.number, t.config, {k: (o.score, o.loss) for k, o in t.outcomes.items()})
        for t in found.trials
    ]


@pytest.fixture(scope="module")
def found(frame):
    return sweep(model(), SPACE, data=frame, **FEW)


def test_the_best_model_is_what_fit_gives_with_its_parameters(found, frame):
    assert found.measure == "validation_accuracy"
    best = found.model()
    # A search holds rows out to choose by; fit does so where that is asked for.
    own = model(validation=0.2, **found.best_config).fit(frame)
    for name, array in own.network_.params.items():
        assert np.array_equal(array, best.network_.params[name])
    assert best.predict(frame[:9]).to_list() == own.predict(frame[:9]).to_list()
    assert best.evaluate()["accuracy"] == own.evaluate()["accuracy"]
    assert best.get_params()["hidden"] == found.best_config["hidden"]


def test_test_rows_have_no_say(frame):
    last = model(test_size=Last(0.25))
    found = sweep(last, SPACE, data=frame, **FEW)
    turned = {"big": "small", "small": "big"}
    kinds = frame["kind"].to_list()
    kinds[90:] = [turned[kind] for kind in kinds[90:]]
    other = frame.with_columns(pl.Series("kind", kinds))
    again = sweep(last, SPACE, data=other, **FEW)
    assert known(again) == known(found)
    one, two = (each.model().evaluate()["accuracy"] for each in (found, again))
    assert one + two == pytest.approx(1)


def test_a_file_is_searched_as_its_frame_is(found, frame, tmp_path):
    frame.write_csv(tmp_path / "data.csv")
    assert known(sweep(model(), SPACE, data=tmp_path / "data.csv", **FEW)) == known(
        found
    )


def test_several_processes_find_the_same(found, frame):
    pytest.importorskip("joblib")
    assert known(sweep(model(), SPACE, data=frame, jobs=2, **FEW)) == known(found)


def test_columns_and_their_target_apart(frame):
    x, y = frame.drop("kind"), frame["kind"]
    found = sweep(model(), {"hidden": [4, 8]}, data=(x, y))
    assert found.model().predict(x[:3]).len() == 3


def test_an_interrupted_search_trains_what_is_missing(
    found, frame, tmp_path, monkeypatch
):
    seen, fit = [], tables.fit

    def stopped(*args, **options):
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(None)
        return fit(*args, **options)

    monkeypatch.setattr(tables, "fit", stopped)
    with pytest.raises(KeyboardInterrupt):
        sweep(model(), SPACE, data=frame, folder=tmp_path, **FEW)
    monkeypatch.setattr(tables, "fit", lambda *a, **o: seen.append(0) or fit(*a, **o))
    again = sweep(model(), SPACE, data=frame, folder=tmp_path, **FEW)
    assert len(seen) == 4
    assert known(again) == known(found)
    one, two = (each.model().network_.params for each in (again, found))
    assert all(np.array_equal(one[name], two[name]) for name in two)
    with pytest.raises(SweepError, match="data differ"):
        sweep(model(), SPACE, data=table(seed=1), folder=tmp_path, **FEW)
    with pytest.raises(SweepError, match="settings differ"):
        sweep(model(epochs=5), SPACE, data=frame, folder=tmp_path, halving=False)


def test_each_trial_is_a_model_of_its_own(frame, tmp_path):
    found = sweep(model(), {"hidden": [4, 8]}, data=frame, folder=tmp_path)
    for number in (1, 2):
        loaded = TableModel.load(tmp_path / f"{number:03d}")
        assert loaded.predict(frame[:5]).len() == 5
    best = TableModel.load(tmp_path / f"{found.best.number:03d}")
    for name, array in found.network().params.items():
        assert np.array_equal(array, best.network_.params[name])


def test_halving_and_seeds(frame):
    space = {"learning_rate": "0.001..0.1"}
    options = {"trials": 9, "seeds": 2}
    found = sweep(model(epochs=9, hidden=4), space, data=frame, **options)
    assert [len(t.outcomes) for t in found.trials].count(1) == 6
    one, other = found.best.repeats(9)
    assert one.loss != other.loss


def test_how_a_table_is_read_may_be_searched(frame):
    found = sweep(model(learning_rate=0.05), {"drop": ["", "weight"]}, data=frame)
    assert {trial.config["drop"] for trial in found.trials} == {"", "weight"}
    assert found.best_config["drop"] == ""


def test_the_settings_of_an_optimizer_that_was_given(frame):
    given = model(hidden=4, optimizer=Adam(beta1=0.8))
    rates = {"learning_rate": [1e-9, 0.05]}
    found = sweep(given, rates, data=frame)
    assert found.best_config == {"learning_rate": 0.05}
    assert found.model().optimizer == Adam(0.05, beta1=0.8)
    assert given.optimizer == Adam(beta1=0.8)


def test_a_damaged_checkpoint_is_trained_anew(frame, tmp_path):
    found = sweep(model(), {"hidden": [4, 8]}, data=frame, folder=tmp_path)
    before = {k: v.copy() for k, v in found.network().params.items()}
    place = tmp_path / f"{found.best.number:03d}" / "checkpoint.safetensors"
    place.write_bytes(place.read_bytes()[:-20])
    for name, array in found.network().params.items():
        assert np.array_equal(array, before[name])


LOSSES = {"loss": ["huber", "squared_error"]}


@pytest.mark.parametrize(
    ("words", "error", "options"),
    [
        ("learning_rate", SpaceError, {"space": {"lerning_rate": [1, 2]}}),
        ("no parameter", SpaceError, {"space": {"target": ["kind", "size"]}}),
        ("rows held out", SpaceError, {"settings": {"validation": 0}}),
        ('need one of .*"relu"', ValueError, {"settings": {"activation": "rleu"}}),
        ('got "adma"; .* mean "adam"', SweepError, {"settings": {"optimizer": "adma"}}),
        ("epochs must be a whole", TypeError, {"settings": {"epochs": 1.5}}),
        ("got no data", TypeError, {"data": None}),
        ("a Dataset", TypeError, {"data": kobai.load_digits()}),
        ("3 things", TypeError, {"data": (1, 2, 3)}),
        ("MLPClassifier", TypeError, {"model": "estimator"}),
        ("a scale", SpaceError, {"space": LOSSES, "target": "size"}),
        ("needs classes", SweepError, {"target": "size", "metric": "accuracy"}),
    ],
)
def test_wrong_use_is_refused(frame, words, error, options):
    given = {"space": {"hidden": [4, 8]}, "data": frame} | options
    asked = model()
    asked.target = given.pop("target", "kind")
    if given.pop("model", None):
        pytest.importorskip("sklearn")
        asked = kobai.estimators.MLPClassifier()
    with pytest.raises(error, match=words):
        sweep(asked, given.pop("space"), **given)


def test_a_function_has_no_model():
    found = sweep(lambda x: x, {"x": [1, 2]})
    with pytest.raises(TypeError, match="no TableModel"):
        found.model()
