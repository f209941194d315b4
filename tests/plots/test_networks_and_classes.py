"""Networks, weights and classes are drawn as they are."""

from itertools import pairwise

import numpy as np
import pytest

from kobai import plots
from kobai.gallery import FIGURES


def line(ax, label):
    (found,) = [line for line in ax.lines if line.get_label().startswith(label)]
    return found


def test_the_drawing_of_2_3_3_1_has_its_units_and_weights():
    ax = FIGURES["network-drawing"]().axes[0]
    assert len(ax.patches) == 2 + 3 + 3 + 1
    assert len(ax.lines) == 2 * 3 + 3 * 3 + 3 * 1
    texts = " ".join(text.get_text() for text in ax.texts)
    assert all(f"({a}, {b})" in texts for a, b in ((2, 3), (3, 3), (3, 1)))


def test_a_wide_layer_is_drawn_shortened():
    ax = plots.network_drawing((784, 50, 10)).axes[0]
    texts = [text.get_text() for text in ax.texts]
    assert texts.count("⋮") == 3
    assert "$x_{784}$" in texts
    assert len(ax.patches) == 3 * 7


@pytest.mark.parametrize("sizes", [(3,), (2, 0, 1)])
def test_a_network_without_layers_or_units_is_refused(sizes):
    with pytest.raises(ValueError, match="need two layers or more"):
        plots.network_drawing(sizes)


def test_gradients_vanish_through_sigmoid_and_not_through_relu():
    sigmoid, relu = FIGURES["vanishing-gradients"]().axes[0].lines[:2]
    y = sigmoid.get_ydata()
    assert y[0] < 1e-4 * y[-1]  # nine factors of at most 1/4 or so: 4e-6
    assert relu.get_ydata()[0] > 1e-2 * relu.get_ydata()[-1]


def test_weights_become_images():
    W = np.arange(12.0).reshape(6, 2)
    image = plots.first_layer_weights(W, (2, 3)).axes[0].images[0]
    first, second = [[0, 2, 4], [6, 8, 10]], [[1, 3, 5], [7, 9, 11]]
    drawn = image.get_array()
    assert drawn[:, :3].tolist() == first
    assert drawn[:, 4:].tolist() == second
    # Zero is in the middle of the colours.
    low, high = image.get_clim()
    assert low == -high == -11


def test_many_weights_are_laid_out_in_rows():
    W = np.arange(12.0).reshape(4, 3)
    figure = plots.first_layer_weights(W, (2, 2), columns=2)
    drawn = figure.axes[0].images[0].get_array()
    assert drawn.shape == (5, 5)
    assert drawn[3:, :2].tolist() == [[2, 5], [8, 11]]
    assert drawn.mask[3:, 3:].all()  # there is no fourth unit


def test_weights_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"got weights \(5, 2\).*need \(6, units\)"):
        plots.first_layer_weights(np.ones((5, 2)), (2, 3))


def test_the_confusion_matrix_shows_counts_and_shares():
    ax = plots.confusion_matrix([[3, 1], [0, 0]], ["a", "b"]).axes[0]
    assert [text.get_text() for text in ax.texts] == ["3", "1", "0", "0"]
    # A class without samples has no shares: all 0, and no division by 0.
    assert ax.images[0].get_array().tolist() == [[0.75, 0.25], [0, 0]]
    assert "75.00 %" in ax.get_title()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")


def test_a_confusion_matrix_of_many_classes_has_no_numbers():
    assert not plots.confusion_matrix(np.eye(47, dtype=int)).axes[0].texts


def test_the_names_of_many_classes_do_not_lie_upon_each_other():
    figure = plots.confusion_matrix(np.eye(500, dtype=int))
    figure.canvas.draw()
    labels = [t for t in figure.axes[0].get_yticklabels() if t.get_text()]
    boxes = [label.get_window_extent() for label in labels]
    assert [label.get_text() for label in labels[:2]] == ["0", "13"]
    for upper, lower in pairwise(boxes):
        assert not upper.overlaps(lower)


@pytest.mark.parametrize(
    ("matrix", "names"), [(np.ones((2, 3)), []), (np.ones((2, 2)), ["a"])]
)
def test_a_confusion_matrix_must_be_square_with_a_name_per_class(matrix, names):
    with pytest.raises(ValueError, match="confusion_matrix: got a matrix of shape"):
        plots.confusion_matrix(matrix, names)


def test_the_surest_mistakes_come_first():
    images = np.zeros((4, 2, 2))
    y = [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.3, 0.7]]
    figure = plots.misclassified(images, [0, 1, 0, 0], y, ["cat", "dog"])
    titles = [ax.get_title() for ax in figure.axes if ax.get_title()]
    assert titles == ["cat → dog\n(80 %)", "cat → dog\n(70 %)", "dog → cat\n(60 %)"]
    assert "3 of 4" in figure.get_suptitle()


def test_a_classifier_without_mistakes_is_drawn():
    figure = plots.misclassified(np.zeros((1, 2, 2)), [0], [[0.9, 0.1]])
    assert "0 of 1" in figure.get_suptitle()


def test_accuracy_is_flat_where_the_loss_has_a_slope():
    loss, accuracy = (
        ax.lines[0].get_ydata() for ax in FIGURES["loss-and-accuracy"]().axes
    )
    assert np.mean(np.diff(accuracy) == 0) > 0.9
    assert np.mean(np.diff(loss) == 0) < 0.1
    assert np.ptp(accuracy) > 0


def test_the_digits_run_is_a_good_one():
    ax = FIGURES["training-curves"]().axes[0]
    assert line(ax, "test").get_ydata()[-1] > 0.95
    assert line(ax, "test").get_ydata()[0] < 0.3  # before training
