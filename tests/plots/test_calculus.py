"""Functions, derivatives and errors are what their formulas say."""

import numpy as np
import pytest

from kobai.gallery import FIGURES


def line(ax, label):
    (found,) = [line for line in ax.lines if line.get_label().startswith(label)]
    return found


def test_activation_functions_and_derivatives_are_their_formulas():
    axes = FIGURES["activation-functions"]().axes
    x = axes[0].lines[0].get_xdata()
    sigmoid = 1 / (1 + np.exp(-x))
    formulas = [
        (x > 0).astype(float),
        sigmoid,
        np.maximum(x, 0),
        np.zeros_like(x),
        sigmoid * (1 - sigmoid),
        (x > 0).astype(float),
    ]
    smooth = x != 0  # step and ReLU have no derivative at 0
    for ax, formula in zip(axes, formulas, strict=True):
        drawn = ax.lines[0].get_ydata()
        # float64 throughout, a few roundings
        assert drawn[smooth] == pytest.approx(formula[smooth], abs=1e-12)


def test_the_largest_derivative_of_sigmoid_is_a_quarter():
    ax = FIGURES["activation-functions"]().axes[4]
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
