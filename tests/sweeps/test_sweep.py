"""A search in Python: of functions, networks and tables; stopped, and gone on with."""

import copy
import errno
import functools
import gc
import json
import math
import os
import pickle
import signal
import sys
import tempfile
import threading
from dataclasses import replace

import numpy as np
import pytest

import kobai
from kobai import Dense, Network, load_digits, sweep
from kobai.lock import lock
from kobai.networks import Layer, ReLU, Softmax
from kobai.sweeps import Plan, Search, SpaceError, SweepError, objectives
from kobai.sweeps.entry import _Lines
from kobai.sweeps.folder import Trial
from kobai.sweeps.jobs import Outcome
from kobai.sweeps.memory import SweepMemory
from kobai.sweeps.objectives import Networks
from kobai.sweeps.search import ranked
from kobai.sweeps.space import as_space
from kobai.sweeps.workers.processes import Here
from kobai.training import checkpoint as checkpoints

BOWL = {"x": "-10.0..10.0", "y": [0, 1, 2]}


def bowl(x, y):
    return (x - 3) ** 2 + y


def small(hidden):
    return Network(4, [Dense(hidden), ReLU(), Dense(3), Softmax()])


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    t = np.arange(150) % 3
    return (rng.normal(size=(150, 4)) + 2 * np.eye(3, 4)[t]).astype(np.float32), t


NETS = {"hidden": [4, 8], "learning_rate": "0.001..1"}
FAST = {"epochs": 9, "batch_size": 32}


def networks(rows, **options):
    return sweep(small, NETS, data=rows, settings=FAST, trials=9, **options)


def known(found):
    return [
        (t.number, t.config, {k: (o.score, o.loss) for k, o in t.outcomes.items()})
        for t in found.trials
    ]


def test_the_best_of_a_function_is_the_lowest():
    found = sweep(bowl, BOWL, trials=40)
    scores = [bowl(**trial.config) for trial in found.trials]
    assert scores == sorted(scores)
    assert found.best_score == min(scores)


def test_it_is_maximized_where_that_is_asked_for():
    up, down = sweep(bowl, BOWL, trials=20, maximize=True), sweep(bowl, BOWL, trials=20)
    assert up.trials[0].number == down.trials[-1].number
    assert up.best_score == max(bowl(**trial.config) for trial in up.trials)


def test_several_processes_find_the_same_even_of_a_lambda():
    pytest.importorskip("joblib")
    offset = np.arange(50.0)
    one = sweep(lambda x, y: float(bowl(x, y) + offset[7]), BOWL, trials=12)
    two = sweep(lambda x, y: float(bowl(x, y) + offset[7]), BOWL, trials=12, jobs=2)
    assert known(one) == known(two)


def test_a_trial_that_fails_is_no_end_of_the_search():
    def picky(x, y):
        if y == 1:
            raise RuntimeError("no ones")
        return math.nan if y == 2 else x

    found = sweep(picky, BOWL, trials=30)
    assert found.best_config["y"] == 0
    assert {t.last.error for t in found.trials if t.config["y"] == 1} == {"no ones"}
    with pytest.raises(SweepError, match=r"no trial .* no ones"):
        sweep(picky, {"x": [1, 2], "y": [1]})


def test_an_interrupted_search_goes_on_and_does_nothing_twice(tmp_path):
    calls = []

    def counted(x, y):
        if len(calls) == 7:
            calls.append(None)
            raise KeyboardInterrupt
        calls.append((x, y))
        return bowl(x, y)

    with pytest.raises(KeyboardInterrupt):
        sweep(counted, BOWL, trials=20, folder=tmp_path)
    found = sweep(counted, BOWL, trials=20, folder=tmp_path)
    assert len(calls) == 21
    assert known(found) == known(sweep(bowl, BOWL, trials=20))


def test_another_search_is_refused_a_folder(tmp_path):
    sweep(bowl, BOWL, trials=3, folder=tmp_path)
    with pytest.raises(SweepError, match="trials differ"):
        sweep(bowl, BOWL, trials=4, folder=tmp_path)


def test_what_was_judged_otherwise_is_another_search(rows, tmp_path):
    sweep(bowl, BOWL, trials=3, folder=tmp_path / "lowest")
    with pytest.raises(SweepError, match="metric differ"):
        sweep(bowl, BOWL, trials=3, folder=tmp_path / "lowest", maximize=True)
    networks(rows, folder=tmp_path / "nets")
    with pytest.raises(SweepError, match="metric differ"):
        networks(rows, folder=tmp_path / "nets", metric="loss")


@pytest.mark.parametrize("is_pair", [True, False])
def test_a_search_of_other_data_is_refused_a_folder(tmp_path, is_pair):
    one = load_digits(test_size=0.9)
    other = replace(one, t_train=one.t_train[::-1])
    if is_pair:
        one, other = ((each.x_train, each.t_train) for each in (one, other))

    def search(data):
        make = lambda units: Network(64, [Dense(units), ReLU(), Dense(10), Softmax()])
        settings = {"epochs": 1}
        sweep(make, {"units": [3, 4]}, data=data, settings=settings, folder=tmp_path)

    search(one)
    with pytest.raises(SweepError, match="data differ"):
        search(other)


def test_a_damaged_trial_is_tried_again(tmp_path):
    before = sweep(bowl, BOWL, trials=5, folder=tmp_path)
    file = tmp_path / "003" / "trial.json"
    file.write_text(file.read_text().replace('"y": ', '"y": 1'))
    assert known(sweep(bowl, BOWL, trials=5, folder=tmp_path)) == known(before)


def test_networks_are_judged_by_rows_held_out(rows):
    found = networks(rows)
    assert found.measure == "validation_accuracy"
    network = found.network()
    assert network.accuracy(*rows) > 0.8
    last = found.best.last
    assert last.length == 9
    # 30 rows are held out, so accuracies are thirtieths.
    assert found.best_score * 30 == pytest.approx(round(found.best_score * 30))


def test_halving_goes_on_exactly_from_where_it_was(rows):
    halved, whole = networks(rows), networks(rows, halving=False)
    assert [len(t.outcomes) for t in halved.trials].count(1) == 6
    ends = {t.number: t.outcomes[9, 0] for t in whole.trials}
    survivors = [t for t in halved.trials if (9, 0) in t.outcomes]
    assert len(survivors) == 3
    for trial in survivors:
        assert trial.outcomes[9, 0].shown == ends[trial.number].shown


def test_seeds_show_how_far_luck_goes(rows):
    found = networks(rows, seeds=3)
    repeats = found.best.repeats(9)
    assert [each.repeat for each in repeats] == [0, 1, 2]
    assert len({each.loss for each in repeats}) == 3
    (row, *_) = found.rows()
    assert row["score_low"] <= row["score"] <= row["score_high"]


def test_the_best_over_all_seeds_stands_first():
    def outcome(score, repeat):
        return Outcome(9, repeat, score=score, loss=score)

    # The first is ahead by its own seed; the last, not among the best, has no other.
    scores = {1: (0.1, 0.9), 2: (0.2, 0.3), 3: (0.4,)}
    trials = [
        Trial(n, {}, {(9, i): outcome(score, i) for i, score in enumerate(each)})
        for n, each in scores.items()
    ]
    assert [each.number for each in ranked(trials)] == [2, 1, 3]


def test_a_table_is_searched_by_the_network_that_suits_it():
    pl = pytest.importorskip("polars")
    rng = np.random.default_rng(0)
    x = rng.normal(size=120)
    frame = pl.DataFrame({"a": x, "b": rng.normal(size=120), "t": 2 * x + 1})
    data = kobai.load_table(frame, "t")
    space = {"hidden": [(4,), (8, 8)], "learning_rate": "0.003..0.03/2"}
    fixed = {"members": 1, "epochs": 9}
    found = sweep(None, space, data=data, settings=fixed, sampler="grid")
    assert found.measure == "validation_loss"
    assert {t.config["hidden"] for t in found.trials} == {(4,), (8, 8)}


def test_it_prints_and_draws_itself(rows, tmp_path):
    found = networks(rows)
    head, first, *_ = str(found).splitlines()
    assert head.split()[:3] == ["trial", "validation", "accuracy"]
    assert first.split()[0] == str(found.best.number)
    assert "<pre>" in found._repr_html_()
    for name in ("settings", "rungs", "best", "twenty"):
        assert found.plot(name).axes
    with pytest.raises(ValueError, match="rungs"):
        networks(rows, halving=False).plot("rungs")
    found.write_csv(tmp_path / "sweep.csv")
    lines = (tmp_path / "sweep.csv").read_text().splitlines()
    assert len(lines) == 10


TWO_LOSSES = {"loss": ["cross_entropy", "cross_entropy_error"]}


def test_losses_are_chosen_among_by_another_measure_alone(rows):
    def of_loss(loss):
        return Network(4, [Dense(3), Softmax()], loss)

    found = sweep(of_loss, TWO_LOSSES, data=rows, settings={"epochs": 2})
    assert found.measure == "validation_accuracy"
    with pytest.raises(SpaceError, match=r"one of them, or .* by metric"):
        sweep(of_loss, TWO_LOSSES, data=rows, metric="loss")
    x, t = rows
    with pytest.raises(SpaceError, match=r"one of them$"):
        sweep(of_loss, TWO_LOSSES, data=(x, t.astype(float)))


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("learning_rate", {"space": {"lerning_rate": [1, 2]}}),
        ("random, grid, tpe", {"sampler": "rando"}),
        ("accuracy, loss", {"metric": "f1"}),
        ("jobs must be 1", {"jobs": 0}),
        ("trials must be 1", {"trials": 0}),
        ("must return a Network", {"objective": lambda hidden: 3}),
        ("epochs must be 1 or more, got 0", {"settings": {"epochs": 0}}),
        ("epochs must be a whole number", {"settings": {"epochs": 1.5}}),
        ("steps must be 1 or more, got 0", {"settings": {"steps": 0}}),
        ("rows held out", {"settings": {"validation": 0}}),
        ("rows held out", {"space": {**NETS, "validation": [0, 0.2]}}),
        ('need one of .* mean "adam"', {"settings": {"optimizer": "adma"}}),
    ],
)
def test_wrong_use_is_refused(rows, words, options):
    given = {"objective": small, "space": NETS, "data": rows, "trials": 2} | options
    with pytest.raises((ValueError, TypeError, SpaceError), match=words):
        sweep(given.pop("objective"), given.pop("space"), **given)


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        (lambda x: "0.5", "returned '0.5'; need a number"),
        (lambda x: None, "returned None; need a number"),
        (lambda x: math.nan, "nan, which is no score"),
        (lambda x: sys.exit(3), r"left by exit\(3\)"),
        (lambda x: [x], "returned a list; need a number"),
        (lambda x: np.zeros(x), r"returned an array of shape \(1,\); need a number"),
    ],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_function_that_returns_no_number_says_so(objective, words, jobs):
    if jobs > 1:
        pytest.importorskip("joblib")
    with pytest.raises(SweepError, match=words):
        sweep(objective, {"x": [1, 2]}, jobs=jobs)


@pytest.mark.parametrize(
    ("words", "error", "options"),
    [
        ("a dict of names", SpaceError, {"space": [1, 2]}),
        ("a dict of names", SpaceError, {"space": {3: [1, 2]}}),
        ('got "a" as the end', SpaceError, {"space": {"x": "a..b"}}),
        ("seed must be 0 or more", ValueError, {"seed": -1}),
        ("a function, a TableModel", TypeError, {"objective": "bowl"}),
        ("data must be a Dataset", TypeError, {"data": 3}),
        (r"takes \(\) and is called with x=", SpaceError, {"objective": lambda: 1}),
        (r"takes \(y\) .* argument: 'y'", SpaceError, {"objective": lambda y: 1}),
        ("argument: 'z'", SpaceError, {"objective": lambda x, z: 1}),
    ],
)
def test_what_is_no_search_is_refused(words, error, options):
    given = {"objective": lambda x: x, "space": {"x": [1, 2]}} | options
    with pytest.raises(error, match=words):
        sweep(given.pop("objective"), given.pop("space"), **given)


def test_what_wraps_a_function_may_take_other_settings():
    @functools.wraps(bowl)
    def wrapped(**settings):
        return bowl(settings["u"], 0)

    assert sweep(wrapped, {"u": [1, 3]}).best_config == {"u": 3}


def test_what_cannot_be_sent_to_a_worker_is_told():
    pytest.importorskip("joblib")
    kept = threading.Lock()
    with pytest.raises(SweepError, match=r"cannot pickle .*lock.* jobs=1"):
        sweep(lambda x: (kept, x)[1], {"x": [1, 2]}, jobs=2)


def misspelt(calls, **settings):
    calls.append(settings)
    return sttings["x"]  # noqa: F821


MANY = {"x": "0.0..1.0", "y": ["a", "b", "c"]}


def test_a_mistake_ends_a_search_with_its_first_trials(tmp_path):
    calls = []
    with pytest.raises(SweepError, match=r"'sttings' is not defined\. Each of the fir"):
        sweep(functools.partial(misspelt, calls), MANY, trials=40, folder=tmp_path)
    assert 5 <= len(calls) < 20
    assert {each["y"] for each in calls} == {"a", "b", "c"}
    # Once it is mended, the same search goes on, with the trials that failed too.
    found = sweep(lambda x, y: x, MANY, trials=40, folder=tmp_path)
    assert known(found) == known(sweep(lambda x, y: x, MANY, trials=40))


def test_several_workers_end_with_a_mistake_too(tmp_path):
    pytest.importorskip("joblib")
    with pytest.raises(SweepError, match=r"returned None; need a number\. Each of"):
        sweep(lambda x, y: None, MANY, trials=40, jobs=2)


@pytest.mark.parametrize(
    "fails",
    [
        lambda x, y: y != "c",
        lambda x, y: x < 0.95,
        lambda x, y: x > 0.05,
    ],
)
def test_what_fails_for_some_settings_does_not_end_a_search(fails):
    def picky(x, y):
        if fails(x, y):
            raise TypeError("x is too small" if x < 0.95 else "this cannot be")
        return x

    found = sweep(picky, MANY, trials=60)
    assert len(found.trials) == 60


def test_what_a_function_raises_of_its_values_does_not_end_a_search():
    def picky(x, y):
        return math.log(x - 0.9)

    with pytest.raises(SweepError, match="no trial could be trained"):
        sweep(lambda x, y: math.log(-x), MANY, trials=20)
    assert sweep(picky, MANY, trials=60).best_config["x"] > 0.9


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SweepError, match="is a file"):
        sweep(bowl, BOWL, folder=tmp_path / "file")


def test_a_full_disk_is_no_trials_fault_and_loses_nothing(rows, tmp_path, monkeypatch):
    written, write = [], checkpoints.write_atomically

    def full(path, *args, **options):
        if len(written) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fspath(path))
        written.append(path)
        write(path, *args, **options)

    monkeypatch.setattr(checkpoints, "write_atomically", full)
    with pytest.raises(OSError, match="No space left"):
        networks(rows, folder=tmp_path)
    assert len(written) == 3
    assert len(list(tmp_path.glob("*/trial.json"))) == 3
    monkeypatch.undo()
    assert known(networks(rows, folder=tmp_path)) == known(networks(rows))


def test_a_trial_waits_for_a_worker_that_is_still_ending(rows, tmp_path):
    before = networks(rows, folder=tmp_path)
    params = before.network().params
    place = tmp_path / f"{before.best.number:03d}"
    other = lock(place / ".checkpoint.safetensors.lock")
    leaving = threading.Timer(0.3, other.release)
    leaving.start()
    for name, array in before.network().params.items():
        assert np.array_equal(array, params[name])
    assert leaving.finished.is_set()


def test_layers_of_ones_own_are_trained_and_kept_where_a_file_can_name_them(
    rows, tmp_path
):
    class Twice(Layer):
        def forward(self, values, x, training):
            return 2 * x, {}

    def make(units):
        return Network(4, [Dense(units), Twice(), Dense(3), Softmax()])

    options = {"data": rows, "settings": {"epochs": 1}, "folder": tmp_path}
    sweep(make, {"units": [3, 4]}, **options)
    assert not list(tmp_path.glob("*/model.safetensors"))
    with pytest.raises(ValueError, match=r"Twice is a layer of your own.*known=True"):
        kobai.save_model(tmp_path / "model.safetensors", make(3))
    # What a name stands for elsewhere is no name of this one.
    Twice.__name__ = "ReLU"
    with pytest.raises(ValueError, match="ReLU is a layer of your own"):
        kobai.save_model(tmp_path / "model.safetensors", make(3))


def assert_same_network(one, other):
    assert one.params.keys() == other.params.keys()
    for name, array in one.params.items():
        assert np.array_equal(array, other.params[name])


@pytest.fixture
def no_files(tmp_path, monkeypatch):
    """Have a temporary folder that does not exist: whoever needs one fails."""
    monkeypatch.setattr(tempfile, "tempdir", f"{tmp_path / 'none'}")
    return tmp_path


@pytest.mark.parametrize("options", [{}, {"halving": False}, {"seeds": 2}])
def test_without_a_folder_the_same_is_found_and_nothing_written(
    rows, no_files, options
):
    kept = networks(rows, folder=no_files / "kept", **options)
    one = networks(rows, **options)
    assert list(no_files.iterdir()) == [no_files / "kept"]
    assert known(one) == known(kept)
    assert {n: o.shown for t in one.trials for n, o in t.outcomes.items()} == {
        n: o.shown for t in kept.trials for n, o in t.outcomes.items()
    }
    for found in (one, copy.copy(one), pickle.loads(pickle.dumps(one)), one):
        assert_same_network(found.network(), kept.network())
    for number in range(1, 10):
        before, now = (f.search.folder.history(number) for f in (kept, one))
        assert now.names() == before.names()
        for name in set(now.names()) - {"seconds"}:
            assert np.array_equal(now[name], before[name])


def test_a_training_in_memory_is_written_as_often_as_one_in_a_file(
    rows, no_files, monkeypatch
):
    # After every epoch, as a long one is.
    monkeypatch.setattr(objectives, "seldom", lambda network, rows, epoch, steps: epoch)
    kept, one = networks(rows, folder=no_files / "kept"), networks(rows)
    assert known(one) == known(kept)
    assert_same_network(one.network(), kept.network())


def test_without_a_folder_the_networks_that_are_behind_are_forgotten(rows):
    held = []

    class Counting(SweepMemory):
        def keep(self, trial):
            super().keep(trial)
            places = self.places.values()
            held.append(sum(bool(each.checkpoint.data) for each in places))

    plan = Plan(as_space(NETS), 30, longest=9)
    memory = Counting(plan.going_on)
    work = Networks(small, rows, FAST, is_kept=False)
    best = Search(plan, memory).go(Here(work, memory), _Lines(False))
    assert [rung.trials for rung in plan.rungs] == [30, 10, 4]
    # Ten of the thirty go on, then four of these; three may be the best in the end.
    assert max(held) == 10
    assert held[-1] == 3
    assert memory.place(best.number).checkpoint.data


def test_a_copy_has_the_best_network_too(rows):
    pytest.importorskip("joblib")
    found = networks(rows, jobs=2)
    expected = found.network().params
    one, other = copy.copy(found), pickle.loads(pickle.dumps(found))
    place = found.search.folder.path
    del found
    gc.collect()
    assert place.is_dir()
    for name, array in one.network().params.items():
        assert np.array_equal(array, expected[name])
    del one
    gc.collect()
    assert not place.exists()
    for name, array in other.network().params.items():
        assert np.array_equal(array, expected[name])
    assert not place.exists()


def test_without_a_name_it_is_the_folder_one_is_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sweep(bowl, BOWL, trials=3, folder="")
    assert (tmp_path / "003" / "trial.json").exists()


def test_without_data_a_function_is_needed():
    with pytest.raises(TypeError, match="got no data"):
        sweep(None, BOWL)


def test_nobody_listens_at_an_address():
    pytest.importorskip("distributed")
    with pytest.raises(SweepError, match="nobody answers at tcp"):
        sweep(bowl, BOWL, trials=2, dask="tcp://127.0.0.1:9")


def test_a_worker_that_dies_is_replaced(tmp_path):
    pytest.importorskip("joblib")
    mark = tmp_path / "died"

    def deadly(x, y):
        if y == 1 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return bowl(x, y)

    found = sweep(deadly, BOWL, trials=8, jobs=2)
    assert mark.exists()
    assert known(found) == known(sweep(bowl, BOWL, trials=8))


def test_workers_that_always_die_are_given_up(tmp_path):
    pytest.importorskip("joblib")

    def deadly(x, y):
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(SweepError, match="workers were killed 3 times"):
        sweep(deadly, BOWL, trials=2, jobs=2)


def test_each_trial_of_a_folder_is_a_model(rows, tmp_path):
    found = networks(rows, folder=tmp_path)
    place = found.search.folder.place(found.best.number)
    saved = kobai.load_model(place / "model.safetensors").network.params
    for name, array in found.network().params.items():
        assert np.array_equal(array, saved[name])
    asked = json.loads((tmp_path / "sweep.json").read_text())
    assert asked["trials"] == 9


def test_digits_in_the_guide():
    found = sweep(None, {"hidden": [5, 10]}, data=load_digits(), settings={"epochs": 1})
    assert len(found.trials) == 2


def test_a_key_that_is_missing_is_told_as_such():
    with pytest.raises(SweepError, match=r"KeyError\('depth'\)"):
        sweep(lambda x: {}["depth"], {"x": [1, 2]}, trials=2)
