"""Descents are drawn as they went."""

import numpy as np
import pytest

from kobai import plots
from kobai.gallery import FIGURES


def line(ax, label):
    (found,) = [line for line in ax.lines if line.get_label().startswith(label)]
    return found


def bowl(x):
    return np.sum(x**2)


def walk_of(start, rate, steps=20):
    """Σx² shrinks every coordinate by 1 − 2η per step."""
    factors = (1 - 2 * rate) ** np.arange(steps + 1.0)
    return factors[:, None] * np.asarray(start)


def test_the_gradient_field_points_to_the_minimum():
    ax = FIGURES["gradient-field"]().axes[0]
    arrows = ax.collections[-1]
    x, y = arrows.X, arrows.Y
    # −gradient of x₀² + x₁²; central differences of a square are exact but for
    # rounding
    assert pytest.approx(-2 * x, abs=1e-7) == arrows.U
    assert pytest.approx(-2 * y, abs=1e-7) == arrows.V


def test_the_descent_surface_shows_the_descent():
    solid, flat = FIGURES["descent-surface"]().axes[:2]
    path = walk_of((-3, 4), 0.1, steps=30)
    assert line(flat, "path").get_xydata() == pytest.approx(path)
    assert np.transpose(solid.lines[0].get_data_3d())[:, 2] == pytest.approx(
        (path**2).sum(axis=1)
    )


@pytest.mark.parametrize("start", [[2.0], 2.0, [-3.0, 4.0], [1.0, 2.0, 3.0]])
def test_descent_draws_what_the_number_of_variables_asks_for(start):
    start = np.array(start)
    path = walk_of(start.ravel(), 0.1).reshape(-1, *start.shape)
    values = [bowl(p) for p in path]
    figure = plots.descent(path, values, bowl)
    axes = [ax for ax in figure.axes if ax.get_label() != "<colorbar>"]
    assert len(axes) == (2 if start.size <= 2 else 1)
    assert axes[-1].lines[0].get_ydata() == pytest.approx(values)
    if start.size == 1:
        x, y = line(axes[0], "$f$").get_data()
        assert y == pytest.approx(x**2)
    if start.size == 2:
        assert line(axes[0], "path").get_xydata() == pytest.approx(path)


def test_descent_shows_names_and_formula():
    path = walk_of((-3, 4), 0.1)
    figure = plots.descent(
        path, [bowl(p) for p in path], bowl, names=["a", "b"], title="a**2 + b**2"
    )
    assert figure.get_suptitle() == "a**2 + b**2"
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == ("a", "b")


@pytest.mark.parametrize("rate", [10.0, 1e-10])
def test_the_books_two_bad_learning_rates_are_drawn(rate):
    path = walk_of((-3, 4), rate, steps=100)
    figure = plots.descent(path, [bowl(p) for p in path], bowl)
    left, right = figure.axes[0].get_xlim()
    assert left < -3 < right
    assert right - left < 1000
    notes = [text.get_text() for text in figure.axes[1].texts]
    assert notes == (["diverges"] if rate > 1 else [])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_descent_that_leaves_the_numbers_is_drawn(bad):
    path = np.array([[1.0, 2.0], [3.0, 4.0], [bad, bad]])
    figure = plots.descent(path, [5.0, 25.0, bad], bowl)
    assert figure.axes[1].texts[0].get_text() == "diverges"


@pytest.mark.parametrize("start", [[1.0, 2.0], [1.0]])
def test_one_value_alone_is_seen(start):
    path = np.array([start, np.full_like(start, 2e300)])
    (values,) = plots.descent(path, [5.0, np.inf], bowl).axes[1].lines
    assert values.get_marker() == "o"
    (line,) = plots.descent(walk_of(start, 0.1), np.ones(21), bowl).axes[1].lines
    assert line.get_marker() in ("", "None")


@pytest.mark.parametrize("start", [(-3.0, 4.0), (3.0,)])
def test_a_descent_to_the_largest_numbers_is_drawn_without_warnings(start, tmp_path):
    # Each step multiplies by 19, and 19^238 is 2e304: just short of an overflow.
    path = walk_of(start, 10.0, steps=119)
    values = (path**2).sum(axis=1)
    assert 1e300 < values[-1] < np.inf
    figure = plots.descent(path, values, bowl)
    figure.savefig(tmp_path / "descent.png")
    assert figure.axes[1].texts[0].get_text() == "diverges"


@pytest.mark.parametrize(
    "f", [lambda x: np.sum(x) * 0.0, lambda x: np.sum(np.log(-np.abs(x)))]
)
def test_a_flat_function_and_one_without_values_are_drawn(f):
    path = np.array([[1.0, 2.0], [1.0, 2.0]])
    plots.descent(path, [0.0, 0.0], f)
    plots.descent(path[:, :1], [0.0, 0.0], f)


@pytest.mark.parametrize("start", [[10.0], [10.0, 10.0]])
def test_a_first_step_that_goes_far_is_in_the_picture(start):
    # The gradient of Σx⁴ is 4x³, so a step of 1000 goes from 10 to 10 − 4e6.
    path = np.array([start, np.subtract(start, 4e6), np.full_like(start, np.inf)])
    values = [np.sum(point**4) for point in path]
    ax = plots.descent(path, values, lambda x: np.sum(x**4)).axes[0]
    xs = line(ax, "path").get_xdata()
    assert xs.tolist() == [10, 10 - 4e6]
    left, right = ax.get_xlim()
    assert left < min(xs)
    assert right > max(xs)


def test_a_descent_needs_one_value_per_point():
    with pytest.raises(ValueError, match="path of 2 points and 1 values"):
        plots.descent([[1.0], [2.0]], [1.0], bowl)


def test_optimizers_start_together_and_all_come_down():
    figure = FIGURES["optimizer-paths"]()
    paths, values = figure.axes[0].lines[:-1], figure.axes[1].lines
    names = [p.get_label().partition(", η = ")[0] for p in paths]
    assert names == ["SGD", "Momentum", "AdaGrad", "RMSProp", "Adam"]
    for path, value in zip(paths, values, strict=False):
        x, y = path.get_data()
        assert (x[0], y[0]) == (-7, 2)
        assert value.get_ydata() == pytest.approx(x**2 / 20 + y**2)
        assert value.get_ydata()[-1] < 0.1 * value.get_ydata()[0]


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_each_optimizer_has_the_best_rate_of_those_that_were_tried(name):
    from kobai.optimizers import OPTIMIZERS

    def canyon(x):
        return x[0] ** 2 / 20 + x[1] ** 2

    def mean_value(rate):
        optimizer, params = OPTIMIZERS[name.lower()](rate), {"x": np.array([-7.0, 2.0])}
        state, values = optimizer.init(params), [canyon(params["x"])]
        for _ in range(30):
            slope = np.array([params["x"][0] / 10, 2 * params["x"][1]])
            params, state = optimizer.update(params, {"x": slope}, state)
            values.append(canyon(params["x"]))
        return np.mean(values)

    figure = FIGURES["optimizer-paths"]()
    (label,) = [
        line.get_label()
        for line in figure.axes[0].lines
        if line.get_label().startswith(f"{name},")
    ]
    shown = float(label.partition("η = ")[2])
    least = min(mean_value(rate) for rate in np.geomspace(0.01, 10, 31))
    # Rates are rounded to two digits, so that they can be stated as they are.
    assert mean_value(shown) <= 1.05 * least
    assert "31 learning rates" in figure.get_suptitle()


def test_colour_bars_have_round_numbers():
    for name in ("descent-surface", "descent-formula", "optimizer-paths"):
        figure = FIGURES[name]()
        figure.canvas.draw()
        (bar,) = [ax for ax in figure.axes if ax.get_label() == "<colorbar>"]
        low, high = bar.get_ylim()
        numbers = [t for t in bar.get_yticks() if low <= t <= high]
        assert len(numbers) >= 3
        for number in numbers:
            digits = f"{number:.6e}".partition("e")[0].replace(".", "").rstrip("0")
            assert len(digits) <= 2, number


def test_two_starts_side_by_side_end_in_two_minima():
    ax = FIGURES["local-minimum"]().axes[0]
    walks = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 41]
    assert abs(walks[0][0] - walks[1][0]) < 0.5
    ends = sorted(walk[-1] for walk in walks)
    assert "x⁴/4 − x² + 0.3x" in ax.get_title()
    assert "η = 0.1" in ax.get_title()
    # The derivative x³ − 2x + 0.3 is 0 there.
    roots = np.sort(np.roots([1, 0, -2, 0.3]).real)
    assert ends == pytest.approx([roots[0], roots[2]], abs=0.01)
