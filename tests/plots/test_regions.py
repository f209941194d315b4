"""Decision regions are where the model says, with borders as smooth as it has them."""

import numpy as np
import pytest

from kobai import plots
from kobai.gallery import FIGURES
from kobai.plots.regions import margins_of


def logistic(steepness):
    """Return a model whose border is the circle of radius 1 around the origin."""

    def predict(points):
        logit = steepness * (1 - np.hypot(*points.T))
        inside = 1 / (1 + np.exp(-logit))
        return np.stack([inside, 1 - inside], axis=1)

    return predict


def border(ax):
    """Return the points of the line between the regions, `(n, 2)`."""
    lines = [c for c in ax.collections if not c.get_facecolor().size]
    return np.concatenate([path.vertices for c in lines for path in c.get_paths()])


def region(ax, k):
    """Return the filled region of class k."""
    return [c for c in ax.collections if c.get_facecolor().size][k].get_paths()[0]


CORNERS = [[-1.5, -1.5], [1.5, 1.5], [0, 0]]


@pytest.mark.parametrize("steepness", [1, 10, 60])
def test_a_round_border_is_drawn_round_however_steep_the_probabilities(steepness):
    figure = plots.decision_regions({"": logistic(steepness)}, CORNERS, [1, 1, 0])
    radius = np.hypot(*border(figure.axes[0]).T)
    # A staircase on this grid, of steps of 3.72 / 160, would be off by 0.01.
    np.testing.assert_allclose(radius, 1, atol=1e-3)


def test_regions_are_where_the_largest_output_is():
    rng = np.random.default_rng(0)
    W = rng.normal(size=(2, 4))

    def predict(points):
        return np.exp(points @ W) / np.exp(points @ W).sum(axis=1, keepdims=True)

    figure = plots.decision_regions({"": predict}, CORNERS, [0, 1, 2])
    points = rng.uniform(-1.5, 1.5, (400, 2))
    scores = np.sort(points @ W, axis=1)
    # So near to a border, the straight pieces that a curve is drawn of may be off.
    clear = scores[:, -1] - scores[:, -2] > 0.02
    winners = (points @ W).argmax(axis=1)
    for k in range(4):
        inside = region(figure.axes[0], k).contains_points(points)
        np.testing.assert_array_equal(inside[clear], winners[clear] == k)


def test_scores_that_are_no_probabilities_are_compared_as_they_are():
    margins = margins_of(np.array([[-2.0, 3.0, 1.0]]))
    assert margins.tolist() == [[-5.0, 2.0, -2.0]]


def test_a_model_of_one_class_for_all_has_no_border():
    def first(points):
        return np.tile([0.9, 0.1], (len(points), 1))

    ax = plots.decision_regions({"": first}, CORNERS, [0, 0, 0]).axes[0]
    assert region(ax, 0).contains_points([[0, 0], [1, 1]]).all()
    assert all(c.get_facecolor().size for c in ax.collections)


@pytest.mark.parametrize(
    ("x", "t", "shapes"),
    [([[1, 2, 3]], [0], r"x \(1, 3\)"), ([[1, 2]], [[0]], r"targets \(1, 1\)")],
)
def test_decision_regions_are_of_a_plane(x, t, shapes):
    with pytest.raises(ValueError, match=rf"{shapes}.*need \(n, 2\) and \(n,\)"):
        plots.decision_regions({}, x, t)


def right_share(ax):
    hits = [
        region(ax, k).contains_points(points.get_xydata())
        for k, points in enumerate(ax.lines)
    ]
    return np.mean(np.concatenate(hits))


def test_only_the_nonlinear_network_tells_the_rings_apart():
    linear, nonlinear = FIGURES["decision-regions"]().axes
    assert right_share(linear) < 0.8
    assert right_share(nonlinear) > 0.95


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_one_line_gets_three_corners_of_xor_at_most_and_two_layers_all(seed):
    one, two = FIGURES["perceptron-xor"](seed=seed).axes
    corners = {k: line.get_xydata().tolist() for k, line in enumerate(one.lines)}
    assert corners == {0: [[0, 0], [1, 1]], 1: [[0, 1], [1, 0]]}
    assert right_share(one) == 0.75
    assert "3" in one.get_title()
    assert right_share(two) == 1
    # What one layer draws is a line: two directions of it are one.
    points = border(one)
    assert np.linalg.matrix_rank(points - points[0], tol=1e-3) == 1
