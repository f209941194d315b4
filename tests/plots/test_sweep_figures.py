"""The figures of a search."""

import math
from itertools import pairwise

import numpy as np
import pytest

from kobai.plots import (
    DrawnTrial,
    best_curves,
    best_twenty,
    halving_rungs,
    settings_and_scores,
)

MEASURE = "validation_accuracy"


def trial(number, score, lengths, **settings):
    epochs = np.arange(lengths[-1] + 1.0)
    curves = {"epoch": epochs, "train": epochs / 10, "validation": epochs / 11}
    scores = [score * n / lengths[-1] for n in lengths]
    return DrawnTrial(number, settings, scores, lengths, curves)


TRIALS = [
    trial(3, 0.9, [1, 3, 9], lr=0.01, hidden="100,50"),
    trial(1, 0.8, [1, 3], lr=0.1, hidden="20"),
    trial(2, 0.4, [1], lr=1.0, hidden="100"),
    DrawnTrial(4, {"lr": 0.5, "hidden": "20"}, [np.nan], [1]),
]


@pytest.mark.parametrize("language", ["en", "ja", "zh"])
@pytest.mark.parametrize("draw", [settings_and_scores, halving_rungs, best_curves])
def test_every_figure_is_drawn_in_every_language(draw, language):
    draw(TRIALS, MEASURE, language).canvas.draw()


def test_each_setting_has_its_own_scale():
    figure = settings_and_scores(TRIALS, MEASURE, logarithmic=["lr"], best=3)
    rate, hidden, *_ = figure.axes
    assert (rate.get_xscale(), hidden.get_xscale()) == ("log", "linear")
    names = [label.get_text() for label in hidden.get_xticklabels()]
    assert names == ["20", "100", "100,50"]
    # A trial without a score is not drawn; the best has a star.
    assert len(rate.collections[0].get_offsets()) == 3
    assert rate.lines[0].get_xydata()[0].tolist() == pytest.approx([0.01, 0.9])


def test_rungs_tell_how_many_went_on():
    (ax,) = halving_rungs(TRIALS, MEASURE, best=3).axes
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["1\n4 trials", "3\n2 trials", "9\n1 trials"]
    assert ax.lines[-1].get_ydata().tolist() == pytest.approx([0.1, 0.3, 0.9])


def test_the_best_twenty_are_four_rows_of_five():
    figure = best_twenty([TRIALS[0]] * 23, MEASURE)
    assert len(figure.axes) == 20
    assert figure.axes[0].get_ylim() == (0, 1)
    shapes = {ax.get_subplotspec().get_gridspec().get_geometry() for ax in figure.axes}
    assert shapes == {(4, 5)}


@pytest.mark.parametrize("draw", [best_curves, best_twenty])
@pytest.mark.parametrize(
    ("factor", "measure", "scale"),
    [
        (0.4, "validation_loss", "log"),
        (0.9, "validation_loss", "linear"),
        (0.4, "validation_accuracy", "linear"),
    ],
)
def test_losses_that_differ_a_hundredfold_are_told_apart(draw, factor, measure, scale):
    epochs = np.arange(9.0)
    trials = []
    for n in range(1, 6):
        loss = n * factor**epochs
        curves = {"epoch": epochs, "train": loss / 2, "validation": loss}
        trials.append(DrawnTrial(n, {"lr": 0.1}, [loss[-1]], [9], curves))
    ax = draw(trials, measure).axes[0]
    assert ax.get_yscale() == scale


@pytest.mark.parametrize("draw", [settings_and_scores, best_curves, best_twenty])
def test_nothing_to_draw_is_refused(draw):
    with pytest.raises(ValueError, match="no trial"):
        draw([DrawnTrial(1, {"lr": 1.0}, [np.nan])])
    with pytest.raises(ValueError, match="no trial"):
        halving_rungs([DrawnTrial(1, {"lr": 1.0}, [0.5])])


def test_rates_that_are_near_each_other_are_told_apart_on_their_axis():
    trials = [DrawnTrial(n, {"lr": 0.003 * n}, [0.5]) for n in range(1, 20)]
    figure = settings_and_scores(trials, logarithmic=["lr"])
    figure.canvas.draw()
    axis = figure.axes[0].xaxis
    labels = [each for each in axis.get_ticklabels() if each.get_text()]
    boxes = [each.get_window_extent() for each in labels]
    assert {"0.005", "0.01", "0.02", "0.05"} <= {each.get_text() for each in labels}
    assert all(a.x1 < b.x0 for a, b in pairwise(boxes))
    assert not any(each.get_text() for each in axis.get_ticklabels(minor=True))


@pytest.mark.parametrize("draw", [settings_and_scores, halving_rungs])
@pytest.mark.parametrize(
    ("factor", "measure", "scale"),
    [
        (1e3, "validation_loss", "log"),
        (3, "validation_loss", "linear"),
        (1e3, "trial_score", "linear"),
    ],
)
def test_scores_that_differ_a_hundredfold_are_told_apart(draw, factor, measure, scale):
    scores = [0.5, 0.5 * factor, np.nan]
    trials = [DrawnTrial(n, {"lr": 0.1 * n}, [s], [1]) for n, s in enumerate(scores)]
    assert draw(trials, measure).axes[0].get_yscale() == scale


def test_a_curve_of_one_epoch_has_one_number_below_it():
    curves = {name: np.zeros(1) for name in ("epoch", "train", "validation")}
    figure = best_twenty([DrawnTrial(1, {"lr": 1.0}, [0.5], curves=curves)])
    figure.canvas.draw()
    low, high = figure.axes[0].get_xlim()
    ticks = figure.axes[0].get_xticks()
    assert [tick for tick in ticks if low <= tick <= high] == [0]


@pytest.mark.parametrize("draw", [settings_and_scores, halving_rungs])
def test_a_figure_of_all_trials_says_how_many_have_no_score(draw):
    lost = [
        DrawnTrial(8, {"lr": 9.0}, []),
        DrawnTrial(9, {"lr": 90.0}, [0.5, math.nan], [1, 3]),
    ]
    scored = [DrawnTrial(n, {"lr": 0.1 * n}, [0.1 * n], [1]) for n in range(1, 8)]

    def title(trials):
        figure = draw(trials)
        return figure.get_suptitle() or figure.axes[0].get_title()

    head, note = title(scored + lost).splitlines()
    assert note == "2 of 9 trials ended without a score"
    assert title(scored) == head
