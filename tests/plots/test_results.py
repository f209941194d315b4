"""What a regression predicts is drawn as it is."""

import numpy as np
import pytest

from kobai import plots
from kobai.gallery import FIGURES


def test_predictions_stand_over_what_is_true():
    y, t = np.array([[1.0, 5.0], [2.0, 7.0]]), np.array([[1.5, 5.0], [2.0, 6.0]])
    figure = plots.predicted_and_true(y, t, ["a", "b"], notes=["first", "second"])
    for k, ax in enumerate(figure.axes):
        dots, diagonal = ax.lines
        assert dots.get_xdata().tolist() == t[:, k].tolist()
        assert dots.get_ydata().tolist() == y[:, k].tolist()
        assert diagonal.get_xdata().tolist() == list(diagonal.get_ydata())
        assert ax.get_xlim() == ax.get_ylim()
    titles = [ax.get_title() for ax in figure.axes]
    assert titles == ["a\nfirst", "b\nsecond"]


def test_six_of_many_targets_are_drawn_and_a_free_place_is_empty():
    many = np.random.default_rng(0).random((10, 9))
    figure = plots.predicted_and_true(many, many)
    assert [len(ax.lines) for ax in figure.axes] == [2] * 6
    figure = plots.predicted_and_true(many[:, :5], many[:, :5])
    assert [len(ax.lines) for ax in figure.axes] == [2] * 5 + [0]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_predictions_that_are_no_numbers_are_left_out(bad):
    figure = plots.predicted_and_true([1.0, bad, 3.0], [1.0, 2.0, 3.0])
    assert figure.axes[0].lines[0].get_xdata().tolist() == [1, 3]
    plots.predicted_and_true([bad], [1.0])


@pytest.mark.parametrize(("y", "t"), [([1.0], [1.0, 2.0]), ([], []), ([[1, 2]], [1])])
def test_predictions_and_targets_must_be_pairs(y, t):
    with pytest.raises(ValueError, match="predicted_and_true: got predictions"):
        plots.predicted_and_true(y, t)


def test_a_constant_target_is_drawn():
    left, right = plots.predicted_and_true([2.0, 2.0], [2.0, 2.0]).axes[0].get_xlim()
    assert left < 2 < right


def test_the_gallerys_errors_are_those_of_its_dots():
    ax = FIGURES["predicted-and-true"]().axes[0]
    t, y = ax.lines[0].get_data()
    rest, spread = np.sum((y - t) ** 2), np.sum((t - t.mean()) ** 2)
    # Three digits are shown.
    assert f"R² = {1 - rest / spread:.3g}" in ax.get_title()
    assert f"RMSE = {np.sqrt(rest / len(t)):.3g}" in ax.get_title()
    assert rest < 0.1 * spread


def test_the_computational_graph_has_the_books_numbers():
    texts = [t.get_text() for t in FIGURES["computational-graph"]().axes[0].texts]
    values = [t for t in texts if t.replace(".", "").isdigit()]
    # 2 · 100 + 3 · 150 = 650, and with 10 % tax 715.
    assert sorted(map(float, values)) == [1.1, 2, 3, 100, 150, 200, 450, 650, 715]
    back = [float(t.removeprefix("← ")) for t in texts if t.startswith("←")]
    # By the price of an apple 2 · 1.1, by their number 100 · 1.1, and so on.
    assert sorted(back) == [1, 1.1, 1.1, 1.1, 2.2, 3.3, 110, 165, 650]


def test_an_arrow_past_an_operation_goes_around_it():
    names = {"x": "x", "a": "²", "b": "+", "y": "y"}
    edges = {("x", "a"): (3, 7), ("a", "b"): (9, 1), ("x", "b"): (3, 1)}
    edges["b", "y"] = (12, 1)
    ax = plots.computational_graph(names, edges).axes[0]
    square = ax.patches[0].center
    (around,) = ax.lines
    _, (x, y) = around.get_xydata()
    assert x == pytest.approx(square[0])
    assert abs(y - square[1]) > ax.patches[0].radius


def test_initial_weights_keep_activations_alive_or_do_not():
    figure = FIGURES["weight-initialization"]()
    rows = np.reshape(np.array(figure.axes, object), (5, 5))

    def spread(ax):
        centres = [p.get_x() + p.get_width() / 2 for p in ax.patches]
        shares = np.array([p.get_height() for p in ax.patches])
        assert shares.sum() == pytest.approx(1, abs=0.01)  # 0.2 % may lie outside
        mean = np.sum(shares * centres)
        return np.sqrt(np.sum(shares * (centres - mean) ** 2))

    saturated, tiny, xavier, dead, he = (spread(row[-1]) for row in rows)
    assert saturated > 0.4  # all near 0 and 1
    assert tiny < 0.05
    assert 0.08 < xavier < 0.3
    assert dead < 0.02
    assert he > 0.3


def test_what_is_against_overfitting_lowers_the_test_loss():
    figure = FIGURES["overfitting"]()
    ends = [[line.get_ydata()[-1] for line in ax.lines] for ax in figure.axes]
    (train, test), (_, decayed), (_, dropped) = ends
    assert test > 10 * train
    assert decayed < test / 2
    assert dropped < test / 2
