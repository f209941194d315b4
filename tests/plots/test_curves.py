"""Curves of a run are its records."""

from types import SimpleNamespace

import numpy as np
import pytest

from kobai import plots


def line(ax, label):
    (found,) = [line for line in ax.lines if line.get_label().startswith(label)]
    return found


def history(epochs=3, **columns):
    names = columns or {"train_loss": 1.0}
    records = [
        {"epoch": e, **{name: value / (e + 1) for name, value in names.items()}}
        for e in range(epochs)
    ]
    return SimpleNamespace(records=records)


FULL = {
    "train_loss": 2.0,
    "test_loss": 3.0,
    "train_accuracy": 0.6,
    "test_accuracy": 0.5,
}


@pytest.mark.parametrize("language", ["en", "ja", "zh"])
def test_the_epoch_that_was_kept_is_marked(language):
    run = history(epochs=5, **FULL)
    figure = plots.training_curves(run, language, kept=3)
    for ax in figure.axes:
        lines = [line for line in ax.lines if set(line.get_xdata()) == {3}]
        assert len(lines) == 1
        legend = [text.get_text() for text in ax.get_legend().get_texts()]
        assert lines[0].get_label() == legend[-1]
        assert "3" in legend[-1]
    for ax in plots.training_curves(run, language).axes:
        assert len(ax.get_legend().get_texts()) == len(FULL) // 2


def test_training_curves_are_the_records():
    accuracy, loss = plots.training_curves(history(**FULL)).axes
    for ax, what in ((accuracy, "accuracy"), (loss, "loss")):
        for name in ("train", "test"):
            drawn = line(ax, name)
            first = FULL[f"{name}_{what}"]
            assert drawn.get_xdata().tolist() == [0, 1, 2]
            assert drawn.get_ydata() == pytest.approx([first, first / 2, first / 3])


def test_train_is_solid_and_test_dashed_and_accuracy_runs_from_0_to_1():
    for ax in plots.training_curves(history(**FULL)).axes:
        assert line(ax, "train").get_linestyle() == "-"
        assert line(ax, "test").get_linestyle() == "--"
    accuracy, _ = plots.training_curves(history(**FULL)).axes
    assert accuracy.get_ylim() == (0, 1)


def test_the_legend_gives_the_last_value():
    accuracy, _ = plots.training_curves(history(**FULL)).axes
    assert "0.167" in line(accuracy, "test").get_label()  # 0.5 / 3


def test_the_legend_covers_no_curve(tmp_path):
    # Curves through every part of the axes: no place inside them is free.
    figure = plots.training_curves(history(epochs=20, **FULL))
    figure.savefig(tmp_path / "curves.png")
    for ax in figure.axes:
        legend = ax.get_legend().get_window_extent()
        assert not legend.overlaps(ax.get_window_extent())
        assert not legend.overlaps(ax.xaxis.label.get_window_extent())
        assert legend.y0 >= 0


def test_a_regression_has_one_panel_and_no_test_data_no_dashed_line():
    (loss,) = plots.training_curves(history(train_loss=1.0)).axes
    assert loss.get_ylabel() == "loss"
    assert len(loss.lines) == 1


@pytest.mark.parametrize("nothing", [None, float("nan")])
def test_missing_values_leave_gaps_and_no_panel(nothing):
    run = history(train_loss=1.0)
    for record in run.records:
        record["train_accuracy"] = nothing
    run.records[1]["train_loss"] = nothing
    (loss,) = plots.training_curves(run).axes
    assert loss.lines[0].get_xdata().tolist() == [0, 2]


def test_a_run_stopped_before_its_first_epoch_ends_is_drawn():
    accuracy, _ = plots.training_curves(history(epochs=1, **FULL)).axes
    assert line(accuracy, "train").get_marker() == "o"


def test_a_loss_that_falls_far_gets_a_logarithmic_axis():
    run = SimpleNamespace(
        records=[{"epoch": e, "train_loss": 10.0 ** (1 - 2 * e)} for e in range(3)]
    )
    (loss,) = plots.training_curves(run).axes
    assert loss.get_yscale() == "log"


def test_a_history_without_records_is_refused():
    with pytest.raises(ValueError, match="training_curves: got a history without"):
        plots.training_curves(SimpleNamespace(records=[]))


def test_step_losses_are_drawn_with_their_sliding_mean():
    losses = np.random.default_rng(0).random(40)
    ax = plots.step_losses(losses, window=5).axes[0]
    raw, smooth = ax.lines
    assert raw.get_ydata().tolist() == losses.tolist()
    assert raw.get_xdata().tolist() == list(range(1, 41))
    # The window around step 3 covers steps 1 to 5.
    assert smooth.get_xdata()[0] == 3
    naive = [losses[i : i + 5].mean() for i in range(36)]
    assert smooth.get_ydata() == pytest.approx(naive)


@pytest.mark.parametrize("window", [0, 4])
def test_a_window_that_does_not_fit_is_refused(window):
    with pytest.raises(ValueError, match="need a window from 1"):
        plots.step_losses([1.0, 2.0, 3.0], window=window)
