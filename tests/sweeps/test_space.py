"""What a search chooses from: ranges, choices, and who draws them."""

import math

import numpy as np
import pytest

from kobai.sweeps.halving import rungs, survivors
from kobai.sweeps.samplers import SAMPLERS
from kobai.sweeps.search import count_trials
from kobai.sweeps.space import (
    Choice,
    Range,
    SpaceError,
    as_json,
    as_space,
    drawn,
    from_json,
    grid,
    parse_range,
    plain,
    restored,
)

RATES = Range(1e-4, 1.0, is_log=True)
SPACE = {"lr": RATES, "hidden": Choice(("10", "30", "100,50"))}


def test_a_rate_is_drawn_evenly_in_its_logarithm():
    rng = np.random.default_rng(0)
    logs = np.log10([RATES.draw(rng) for _ in range(2000)])
    counts, _ = np.histogram(logs, bins=4, range=(-4, 0))
    # 500 in each decade, give or take 4.5 standard deviations, sqrt(2000 * 3/16).
    assert np.all(abs(counts - 500) < 4.5 * math.sqrt(375))


def test_whole_numbers_reach_both_ends_as_often_as_others():
    few = Range(1, 4, is_whole=True)
    rng = np.random.default_rng(0)
    found = [few.draw(rng) for _ in range(2000)]
    assert {type(each) for each in found} == {int}
    counts = np.bincount(found)[1:]
    assert np.all(abs(counts - 500) < 4.5 * math.sqrt(375))


def test_a_drawn_number_can_be_typed_again():
    rng = np.random.default_rng(0)
    for value in (RATES.draw(rng) for _ in range(200)):
        assert float(f"{value:g}") == value


def test_points_have_the_ends_among_them():
    assert Range(2, 32, is_log=True, points=5, is_whole=True).values() == (
        *(2, 4, 8, 16, 32),
    )
    assert Range(0.0, 1.0, points=3).values() == (0.0, 0.5, 1.0)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("1..1e-4", "upside down; write 0.0001..1"),
        ("2..2", "one number"),
        ("0..1", "begin above 0"),
        ("1..2/1", "2 to 100,000 points"),
        ("1..2/x", "a whole number"),
        ("1..inf", "finite"),
        ("1..2/100001", "2 to 100,000 points"),
        ("1..", "two ends"),
        ("..", "two ends"),
        ("1e-4...1", r"3 dots; .* 1e-4\.\.1, or 1e-4\.\.0\.1"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(text, what):
    with pytest.raises(SpaceError, match=what):
        parse_range(text, float, is_log=True)


def test_what_is_no_range_is_none():
    assert parse_range("0.5", float, is_log=True) is None


@pytest.mark.parametrize("space", [{"a": 3}, {"a": []}, {"a": "x"}, {"a": [1]}, {}])
def test_a_space_without_a_choice_is_refused(space):
    with pytest.raises(SpaceError):
        as_space(space)


def test_a_value_that_is_named_twice_is_one_choice():
    array = np.zeros(2)
    space = as_space({"n": [1, 2, 1], "a": [array, array, np.zeros(2), 1, 1.0, True]})
    assert space["n"].among == (1, 2)
    assert len(space["a"].among) == 5
    with pytest.raises(SpaceError, match="nothing to choose"):
        as_space({"n": [4, 4]})


def test_a_space_survives_its_folder():
    assert from_json(as_json(SPACE)) == SPACE
    objects = {"activation": Choice((np.tanh, np.sin)), "hidden": Choice(((3, 4), 5))}
    config = {"activation": np.sin, "hidden": (3, 4)}
    assert restored(plain(config), objects) == config


def test_a_trial_depends_on_its_number_and_seed_alone():
    first = [drawn(SPACE, n, 0) for n in range(20)]
    assert first == [drawn(SPACE, n, 0) for n in range(20)]
    assert first != [drawn(SPACE, n, 1) for n in range(20)]


@pytest.mark.parametrize("name", ["random", "tpe"])
def test_a_sampler_goes_on_as_if_never_stopped(name):
    pytest.importorskip("optuna") if name == "tpe" else None
    whole = SAMPLERS[name](SPACE, 0)
    known = [(config, math.log(config["lr"]) ** 2) for config in whole.ask([], 12)]
    again = SAMPLERS[name](SPACE, 0)
    assert whole.ask(known, 8) == again.ask(known, 8)


def test_tpe_learns_where_it_was_good():
    pytest.importorskip("optuna")
    sampler = SAMPLERS["tpe"](SPACE, 0)
    known = []
    for _ in range(8):
        asked = sampler.ask(known, 8)
        known += [(c, (math.log10(c["lr"]) + 2) ** 2) for c in asked]
    assert all(1e-4 <= config["lr"] <= 1 for config, _ in known)
    parts = known[:16], known[-16:]
    early, late = (np.median([score for _, score in part]) for part in parts)
    assert late < early


def test_failed_trials_are_told_to_tpe_too():
    pytest.importorskip("optuna")
    sampler = SAMPLERS["tpe"](SPACE, 0)
    known = [(config, None) for config in sampler.ask([], 8)]
    assert len(sampler.ask(known, 4)) == 4


def test_a_small_space_is_drawn_without_doubles():
    space = {"a": Choice((1, 2, 3)), "b": Choice((1, 2))}
    assert count_trials(space, None, "random", 30) == 6
    found = SAMPLERS["random"](space, 0).ask([], 6)
    assert sorted(map(str, found)) == sorted(map(str, grid(space)))
    assert SAMPLERS["grid"](space, 0).ask([], 6) == grid(space)


def test_a_grid_without_an_end_is_refused():
    with pytest.raises(ValueError, match="points"):
        count_trials(SPACE, None, "grid", 30)
    with pytest.raises(ValueError, match="all 2 combinations"):
        count_trials({"a": Choice((1, 2))}, 5, "grid", 30)


@pytest.mark.parametrize("trials", [1, 2, 5, 9, 30, 60, 1000])
@pytest.mark.parametrize("longest", [1, 2, 10, 200])
def test_rungs_thin_out_and_end_at_the_longest(trials, longest):
    found = rungs(trials, longest)
    assert found[0].trials == trials
    assert found[-1].length == longest
    lengths = [rung.length for rung in found]
    counts = [rung.trials for rung in found]
    assert counts == sorted(counts, reverse=True)
    assert lengths == sorted(set(lengths))
    assert counts[-1] >= min(3, trials)


def test_survivors_are_the_lowest_and_of_equals_the_first():
    assert survivors([((1.0, 2.0), 4), ((1.0, 2.0), 3), ((0.5, 9.0), 9)], 2) == [9, 3]
