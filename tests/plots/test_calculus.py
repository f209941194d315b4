"""Functions, derivatives and errors are what their formulas say."""

import numpy as np
import pytest

from kobai.gallery import FIGURES


def line(ax, label):
    (found,) = [line for line in ax.lines if line.get_label().startswith(label)]
    return found


def test_activation_functions_and_derivatives_are_their_formulas():
    axes = FIGURES["activation-functions"]().axes
    formulas = [
        lambda x: (x > 0).astype(float),
        lambda x: 1 / (1 + np.exp(-x)),
        np.tanh,
        lambda x: np.maximum(x, 0),
        np.zeros_like,
        lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2,
        lambda x: 1 / np.cosh(x) ** 2,
        lambda x: (x > 0).astype(float),
    ]
    for ax, formula in zip(axes, formulas, strict=True):
        x, y = ax.lines[0].get_data()
        # float64 throughout, a few roundings
        known = ~np.isnan(y)
        assert known.sum() >= 500
        assert y[known] == pytest.approx(formula(x[known]), abs=1e-12)


@pytest.mark.parametrize(("place", "ends"), [(4, [0, 0]), (7, [0, 1])])
def test_step_and_relu_have_no_derivative_at_0(place, ends):
    curve, circles = FIGURES["activation-functions"]().axes[place].lines
    x, y = curve.get_data()
    assert np.isnan(y[x == 0]).all()
    assert circles.get_xydata().tolist() == [[0, ends[0]], [0, ends[1]]]
    assert circles.get_markerfacecolor() == "white"


def test_no_line_climbs_where_the_step_jumps():
    y = FIGURES["activation-functions"]().axes[0].lines[0].get_ydata()
    climbs = np.abs(np.diff(y)) > 0.5
    assert not climbs.any()  # a difference with NaN is no climb
    assert set(y[~np.isnan(y)]) == {0, 1}


def test_softmax_and_cross_entropy_are_their_formulas():
    left, right = FIGURES["softmax-and-cross-entropy"]().axes
    for k, curve in zip((2, 3, 10), left.lines, strict=True):
        a, p = curve.get_data()
        assert str(k) in curve.get_label()
        assert p == pytest.approx(np.exp(a) / (np.exp(a) + k - 1))
    p, loss = right.lines[0].get_data()
    # The book adds 1e-7 to p against log 0, which moves −log p by 1e-7 / p.
    assert loss == pytest.approx(-np.log(p), abs=1e-4)


def test_the_largest_derivative_of_sigmoid_is_a_quarter():
    ax = FIGURES["activation-functions"]().axes[5]
    assert ax.lines[0].get_ydata().max() == pytest.approx(0.25, abs=1e-12)
    assert ax.get_title() == "largest: 0.25"


@pytest.fixture(scope="module")
def errors():
    tiny, main = FIGURES["difference-errors"]().axes
    return tiny, main


def test_central_differences_are_best_near_1e_5(errors):
    # ε/h + h²/6 is least at h = (3 ε)^(1/3) = 9e-6; rounding scatters by a decade.
    h, error = line(errors[1], "central").get_data()
    smoothed = np.convolve(np.log(error[h > 1e-12]), np.ones(9) / 9, mode="same")
    best = h[h > 1e-12][np.nanargmin(smoothed)]
    assert 1e-6 < best < 1e-4
    assert np.nanmin(error) < 1e-10


def test_forward_differences_are_best_near_1e_8(errors):
    # ε/h + h/2 is least at h = (2 ε)^(1/2) = 2e-8.
    h, error = line(errors[1], "forward").get_data()
    assert 1e-9 < h[np.nanargmin(error)] < 1e-6
    assert 1e-10 < np.nanmin(error) < 1e-7


@pytest.mark.parametrize(("method", "order"), [("forward", 1), ("central", 2)])
def test_truncation_errors_have_the_slope_of_their_order(method, order, errors):
    h, error = line(errors[1], method).get_data()
    part = (h > 1e-3) & (h < 1e-1)
    slope = np.polyfit(np.log(h[part]), np.log(error[part]), 1)[0]
    # Terms of higher order bend the line by a few percent at h = 0.1.
    assert slope == pytest.approx(order, abs=0.05)


def test_guides_have_the_slopes_that_they_claim(errors):
    for label, slope in (("rounding", -1), ("truncation error ∝ h (", 1)):
        x, y = np.log(line(errors[1], label).get_data())
        assert np.polyfit(x, y, 1)[0] == pytest.approx(slope)


def test_a_step_of_1e_50_fails_altogether(errors):
    h, error = line(errors[0], "forward").get_data()
    assert h.min() == pytest.approx(1e-50)
    assert error[h < 1e-17] == pytest.approx(1.0)  # the difference is 0


def test_the_neuron_approaches_the_sine():
    ax = FIGURES["neuron-sine"]().axes[0]
    x, target = line(ax, "target").get_data()
    assert target == pytest.approx((np.sin(x) + 1) / 2)
    gaps = [np.abs(curve.get_ydata() - target).max() for curve in ax.lines[:-1]]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[0] > 0.5
    assert gaps[-1] < 0.05


def test_without_activation_three_layers_are_one_line():
    straight, curved = FIGURES["linear-and-nonlinear"]().axes
    x, y = line(straight, "output").get_data()
    # The network computes in float32: 7 digits.
    assert np.abs(y - np.polyval(np.polyfit(x, y, 1), x)).max() < 1e-4
    x, y = line(curved, "output").get_data()
    assert np.abs(y - np.sin(x)).max() < 0.1
