"""Functions, their derivatives and the errors of differences."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kobai.plots.style import (
    BLUE,
    GREY,
    INK,
    TIME,
    VERMILION,
    Say,
    note,
    sheet,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
# A function's values and its derivative's, at the same points.
Pair = tuple[ArrayLike, ArrayLike]


def activation_functions(
    x: ArrayLike, curves: Mapping[str, Pair], language: str = "en"
) -> "Figure":
    """Draw activation functions above, and their first derivatives below.

    `curves` maps a title to the values and the derivatives at `x`, each `(n,)`. A
    derivative that does not exist is NaN: the line is broken there, between circles.

    >>> curves = {"identity": ([0.0, 1.0], [1.0, 1.0])}
    >>> figure = activation_functions([0.0, 1.0], curves)
    >>> figure.axes[1].get_ylabel()
    'first derivative'
    """
    where = np.asarray(x, dtype=np.float64)
    with sheet(language, 2.9 * len(curves), 5.6) as (figure, say, _):
        upper, lower = figure.subplots(2, len(curves), squeeze=False, sharex=True)
        for top, bottom, title in zip(upper, lower, curves, strict=True):
            y, slope = (np.asarray(a, dtype=np.float64) for a in curves[title])
            _broken_line(top, where, y, BLUE)
            _roomy(top, y)
            top.set_title(title)
            _broken_line(bottom, where, slope, VERMILION)
            # One scale for all, so that 0.25 is seen to be a quarter.
            _roomy(bottom, np.array([0.0, 1.0, *slope]))
            most = say("largest_slope", value=f"{np.nanmax(slope):g}")
            bottom.set(xlabel="$x$", title=most)
        upper[0].set_ylabel(say("function"))
        lower[0].set_ylabel(say("derivative"))
        figure.suptitle(say("activation_functions"))
    return figure


def difference_errors(
    h: ArrayLike,
    forward: ArrayLike,
    central: ArrayLike,
    language: str = "en",
    *,
    bends: tuple[float, float, float] = (1.0, 0.5, 1 / 6),
    title: str = "",
) -> "Figure":
    """Draw the relative error of forward and central differences over the step h.

    The guides are the rounding error ε·a/h and the truncation errors b·h and c·h²,
    with `bends` = (a, b, c) for a = |f/f'|, b = |f''/2f'| and c = |f'''/6f'|; ε is
    float64's 2.2e-16. Steps below 1e-17 are squeezed into a panel of their own.

    >>> figure = difference_errors([1e-50, 1e-4], [1.0, 5e-5], [1.0, 2e-9])
    >>> [ax.get_xscale() for ax in figure.axes]
    ['log', 'log']
    """
    steps = np.asarray(h, dtype=np.float64)
    with sheet(language, 10.0, 5.2) as (figure, say, _):
        tiny, main = figure.subplots(1, 2, width_ratios=(1, 4.2), sharey=True)
        for ax in (tiny, main):
            _errors(ax, steps, np.asarray(forward), "o", BLUE, say("forward"))
            _errors(ax, steps, np.asarray(central), "s", VERMILION, say("central"))
        _guides(main, bends, say)
        _join(tiny, main, steps)
        main.axvline(1e-4, color=GREY, lw=1, label=say("default_step"))
        note(tiny, say("step_too_small"), (0.5, 0.55), ha="center", va="center")
        tiny.set_ylabel(say("relative_error"))
        figure.supxlabel(say("step_h"), fontsize=11)
        main.legend(loc="lower left")
        figure.suptitle(title or say("difference_errors"))
    return figure


def neuron_curves(
    x: ArrayLike,
    target: ArrayLike,
    outputs: Mapping[int, ArrayLike],
    language: str = "en",
    *,
    title: str = "",
) -> "Figure":
    """Draw a neuron's output after several epochs, and the curve that it is to learn.

    `x` and `target` are `(n,)`; `outputs` maps an epoch to the outputs then, `(n,)`.

    >>> figure = neuron_curves([0.0, 1.0], [0.5, 0.9], {0: [0.5, 0.5], 9: [0.5, 0.8]})
    >>> figure.axes[0].lines[1].get_label()
    'epoch 9'
    """
    import matplotlib as mpl

    with sheet(language, 8.6, 4.8) as (figure, say, _):
        ax = figure.subplots()
        colors = mpl.colormaps[TIME](np.linspace(0.92, 0.05, len(outputs)))
        for (epoch, y), color in zip(outputs.items(), colors, strict=True):
            ax.plot(x, np.ravel(y), color=color, label=say("epoch_number", n=epoch))
        ax.plot(x, target, "--", color=VERMILION, lw=2.2, label=say("sine_target"))
        ax.set(xlabel=say("x_radians"), ylabel=say("neuron_output"), ylim=(-0.03, 1.03))
        ax.set_title(title or say("neuron_sine"))
        figure.legend(loc="outside right upper")
    return figure


def fitted_curves(
    x: ArrayLike,
    target: ArrayLike,
    fits: Mapping[str, ArrayLike],
    language: str = "en",
    *,
    title: str = "",
) -> "Figure":
    """Draw what several networks made of one curve, side by side.

    `x` and `target` are `(n,)`, x in radians; `fits` maps a name to outputs, `(n,)`.

    >>> figure = fitted_curves([0.0, 1.0], [0.0, 0.8], {"linear": [0.1, 0.7]})
    >>> figure.axes[0].get_title()
    'linear'
    """
    with sheet(language, 0.8 + 4.6 * len(fits), 4.6) as (figure, say, _):
        panels = figure.subplots(1, len(fits), squeeze=False, sharey=True)[0]
        for ax, (name, y) in zip(panels, fits.items(), strict=True):
            ax.plot(x, target, "--", color=GREY, label=say("target"))
            ax.plot(x, np.ravel(y), color=BLUE, lw=2.2, label=say("network_output"))
            ax.set(xlabel=say("x_radians"), title=name)
        panels[0].set_ylabel("$y$")
        handles, names = panels[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=2)
        figure.suptitle(title or say("fitted_curves"))
    return figure


def loss_and_accuracy(
    weights: ArrayLike, loss: ArrayLike, accuracy: ArrayLike, language: str = "en"
) -> "Figure":
    """Draw loss and accuracy while one weight changes: why one learns from the loss.

    All three are `(n,)`.

    >>> figure = loss_and_accuracy([0.0, 1.0], [0.5, 0.4], [0.9, 0.9])
    >>> [ax.get_ylabel() for ax in figure.axes]
    ['loss', 'accuracy']
    """
    with sheet(language, 10.0, 4.6) as (figure, say, _):
        left, right = figure.subplots(1, 2)
        left.plot(weights, loss, color=BLUE)
        left.set(ylabel=say("loss"), title=say("loss_slopes"))
        right.plot(weights, accuracy, color=VERMILION, drawstyle="steps-mid")
        right.set(ylabel=say("accuracy"), title=say("accuracy_flat"))
        for ax in (left, right):
            ax.set_xlabel(say("one_weight"))
        figure.suptitle(say("loss_and_accuracy"))
    return figure


def _broken_line(ax: "Axes", x: Array, y: Array, color: str) -> None:
    """Draw a curve, broken where it jumps, and between circles where it is NaN."""
    jumps = np.flatnonzero(np.abs(np.diff(y)) > np.ptp(y[~np.isnan(y)]) / 2) + 1
    ax.plot(*(np.insert(a, jumps, np.nan) for a in (x, y)), color=color)
    for i in np.flatnonzero(np.isnan(y[1:-1])) + 1:
        ends = y[i - 1], y[i + 1]
        ax.plot([x[i], x[i]], ends, "o", color=color, mfc="white", mew=1.4)


def _roomy(ax: "Axes", values: Array) -> None:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    margin = 0.08 * max(high - low, 1.0)
    ax.set_ylim(low - margin, high + margin)


def _errors(
    ax: "Axes", h: Array, error: Array, marker: str, color: str, label: str
) -> None:
    # An error of exactly 0 has no place on a logarithmic axis.
    shown = np.where(error > 0, error, np.nan)
    ax.plot(h, shown, marker, ms=2.6, color=color, label=label)
    ax.set(xscale="log", yscale="log")


def _guides(ax: "Axes", bends: tuple[float, float, float], say: Say) -> None:
    a, b, c = bends
    eps = float(np.finfo(np.float64).eps)
    rules: Sequence[tuple[str, float, float, Callable[[Array], Array]]] = (
        ("rounding_guide", 1e-15, 1e-4, lambda h: eps * a / h),
        ("forward_guide", 1e-9, 1.0, lambda h: b * h),
        ("central_guide", 1e-5, 1.0, lambda h: c * h**2),
    )
    for (key, low, high, rule), dashes in zip(rules, (":", "--", "-."), strict=True):
        h = np.geomspace(low, high, 60)
        ax.plot(h, rule(h), dashes, color=INK, lw=1.5, label=say(key))


def _join(tiny: "Axes", main: "Axes", steps: Array) -> None:
    """Make two panels one broken axis, marked by two strokes at the break."""
    tiny.set_xlim(min(steps.min(), 1e-18) / 30, 1e-17)
    tiny.set_xticks([1e-50, 1e-40, 1e-30, 1e-20])
    main.set_xlim(1e-17, 10 * steps.max())
    main.set_ylim(1e-14, 1e2)
    main.tick_params(left=False, labelleft=False)
    stroke: dict[str, Any] = {
        "marker": [(-0.6, -1), (0.6, 1)],
        "ms": 8,
        "ls": "",
        "clip_on": False,
    }
    tiny.plot(1, 0, transform=tiny.transAxes, color=INK, **stroke)
    main.plot(0, 0, transform=main.transAxes, color=INK, **stroke)
