"""What a network gets right and wrong, of classes and of numbers."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kobai.plots import fonts
from kobai.plots.style import BLUE, HEAT, INK, PALETTE, VERMILION, Say, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_NAMES, MOST_PANELS = 40, 6


def confusion_matrix(
    matrix: ArrayLike, classes: Sequence[str] = (), language: str = "en"
) -> "Figure":
    """Draw a confusion matrix: counts, coloured by their share of the true class.

    `matrix[i, j]` counts the samples of class i that were taken for class j;
    `matrix` is `(k, k)`. Classes without a name, or with one that no installed font
    can write, show their number.

    Raises:
        ValueError: the matrix is not square, or the names are not one per class.

    >>> figure = confusion_matrix([[8, 2], [0, 10]], ["cat", "dog"])
    >>> figure.axes[0].texts[1].get_text()
    '2'
    """
    counts = np.asarray(matrix)
    names = list(classes) or [str(i) for i in range(len(counts))]
    if counts.ndim != 2 or counts.shape != (len(names), len(names)):
        raise ValueError(
            f"confusion_matrix: got a matrix of shape {counts.shape} and {len(names)} "
            "classes; need (k, k) and one name per class"
        )
    totals = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(totals, 1)
    right = np.trace(counts) / max(1, counts.sum())
    words = fonts.readable(names, fonts.choose(language)[1])
    side = max(4.6, 1.6 + 0.5 * len(names)) if len(names) <= 20 else 8.0
    longest = max(map(fonts.letters, words))
    size = side + 1.2 + 0.07 * longest, side + 0.06 * longest
    with sheet(language, *size) as (figure, say, _):
        ax = figure.subplots()
        image = ax.imshow(shares, cmap=HEAT, vmin=0, vmax=1)
        _name_cells(ax, words)
        if len(names) <= 20:
            _write_counts(ax, counts, shares)
        ax.set(xlabel=say("predicted_class"), ylabel=say("true_class"))
        ax.set_title(say("confusion_title", share=f"{100 * right:.2f}"))
        bar = figure.colorbar(image, ax=ax, shrink=0.85, label=say("share_of_true"))
        bar.outline.set_visible(False)
    return figure


def misclassified(
    images: ArrayLike,
    targets: ArrayLike,
    probabilities: ArrayLike,
    classes: Sequence[str] = (),
    language: str = "en",
    *,
    columns: int = 6,
    rows: int = 3,
) -> "Figure":
    """Draw the samples that were taken for another class, the surest mistakes first.

    `images` is `(n, height, width)`, `targets` `(n,)` labels, `probabilities`
    `(n, k)`.

    Raises:
        ValueError: the three do not have one row per sample.

    >>> figure = misclassified(np.eye(2)[None], [1], [[0.9, 0.1]])
    >>> figure.axes[0].get_title()
    '1 → 0\\n(90 %)'
    """
    pictures, t, y = (np.asarray(a) for a in (images, targets, probabilities))
    if not len(pictures) == len(t) == len(y) or pictures.ndim != 3:
        raise ValueError(
            f"misclassified: got images {pictures.shape}, targets {t.shape} and "
            f"probabilities {y.shape}; need (n, height, width), (n,) and (n, k)"
        )
    names = list(classes) or [str(i) for i in range(y.shape[1])]
    guess = y.argmax(axis=1)
    wrong = np.flatnonzero(guess != t)
    surest = wrong[np.argsort(-y[wrong].max(axis=1), kind="stable")]
    shown = surest[: rows * columns]
    lines = max(1, -(-len(shown) // columns))
    with sheet(language, 1.35 * columns, 1.0 + 1.75 * lines) as (figure, say, families):
        words = fonts.readable(names, families)
        arrow = " → " if max(map(len, words)) <= 5 else " →\n"
        panels = figure.subplots(lines, columns, squeeze=False).ravel()
        for ax in panels:
            ax.axis("off")
        for ax, i in zip(panels, shown, strict=False):
            ax.imshow(pictures[i], cmap="gray_r")
            title = f"{words[t[i]]}{arrow}{words[guess[i]]}"
            ax.set_title(f"{title}\n({100 * y[i, guess[i]]:.0f} %)", fontsize=10)
        figure.suptitle(say("misclassified", wrong=len(wrong), total=len(t)))
        figure.supxlabel(say("misclassified_key"), fontsize=10)
    return figure


def softmax_and_cross_entropy(
    scores: ArrayLike,
    probabilities: Mapping[str, ArrayLike],
    shares: ArrayLike,
    losses: ArrayLike,
    language: str = "en",
) -> "Figure":
    """Draw the probability of a class over its score, and the loss over that.

    p = exp(a) / (exp(a) + Σ exp(aⱼ)), E = −log p. `scores` is `(n,)`, and
    `probabilities` maps a label to the class's probability at each, `(n,)`; `shares`
    are probabilities of the true class, `(m,)`, and `losses` the losses there.

    >>> figure = softmax_and_cross_entropy(
    ...     [-1.0, 1.0], {"2": [0.27, 0.73]}, [0.5, 1.0], [0.69, 0.0]
    ... )
    >>> [ax.get_ylabel() for ax in figure.axes]
    ['probability p of that class', 'loss −log p']
    """
    with sheet(language, 10.0, 4.2) as (figure, say, _):
        left, right = figure.subplots(1, 2)
        for (label, y), color in zip(probabilities.items(), PALETTE, strict=False):
            left.plot(scores, y, color=color, label=label)
        left.set(xlabel=say("score"), ylabel=say("probability_of_class"))
        left.set(title=say("softmax_panel"), ylim=(-0.03, 1.03))
        left.legend()
        right.plot(shares, losses, color=VERMILION)
        right.set(xlabel=say("probability_of_true"), ylabel=say("loss_of_probability"))
        right.set(title=say("cross_entropy_panel"), xlim=(0, 1), ylim=(0, None))
        figure.suptitle(say("softmax_and_cross_entropy"))
    return figure


def predicted_and_true(
    predictions: ArrayLike,
    targets: ArrayLike,
    names: Sequence[str] = (),
    language: str = "en",
    *,
    notes: Sequence[str] = (),
) -> "Figure":
    """Draw what a regression predicts over what is true: right is on the diagonal.

    Both are `(n,)`, or `(n, k)` of k targets, a panel each, of which the first six are
    drawn; `names` are the targets' and `notes` a remark on each, such as its error.
    What is not finite is left out.

    Raises:
        ValueError: the two have different shapes, or there is no sample.

    >>> figure = predicted_and_true([1.1, 1.9], [1.0, 2.0], ["price"])
    >>> figure.axes[0].get_title()
    'price'
    """
    y, t = (_columns(a) for a in (predictions, targets))
    if y.shape != t.shape or y.ndim != 2 or not t.size:
        raise ValueError(
            f"predicted_and_true: got predictions {y.shape} and targets {t.shape}; "
            "need one of each per sample, (n,) or (n, k), and a sample at least"
        )
    count = min(y.shape[1], MOST_PANELS)
    columns = min(count, 3)
    rows = -(-count // columns)
    size = 4.4 * columns + 0.6, 4.4 * rows + 1.1
    with sheet(language, *size) as (figure, say, families):
        panels = figure.subplots(rows, columns, squeeze=False).ravel()
        titles = fonts.readable(names, families) or [""] * count
        for ax in panels[count:]:
            ax.axis("off")
        for k in range(count):
            _pairs(panels[k], t[:, k], y[:, k], say)
            panels[k].set_title("\n".join(filter(None, [titles[k], *notes[k : k + 1]])))
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2)
        figure.suptitle(say("predicted_and_true"))
    return figure


def errors_note(r2: float, rmse: float) -> str:
    """Return the remark on a target that says how well it is predicted.

    >>> errors_note(0.98765, 1.2345), errors_note(-0.1, 30123.4)
    ('R² = 0.988, RMSE = 1.23', 'R² = −0.1, RMSE = 30,123')
    """
    form = ",.0f" if 1000 <= rmse < 1e9 else ".3g"
    return f"R² = {r2:.3g}, RMSE = {rmse:{form}}".replace("-", "−")


def _columns(numbers: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(numbers, dtype=np.float64)
    return array[:, None] if array.ndim == 1 else array


def _pairs(
    ax: "Axes", t: NDArray[np.float64], y: NDArray[np.float64], say: Say
) -> None:
    """Draw each sample as a dot, at what is true and what is predicted."""
    known = np.isfinite(t) & np.isfinite(y)
    both = np.concatenate([t[known], y[known]])
    low, high = (both.min(), both.max()) if both.size else (0.0, 1.0)
    margin = 0.05 * (high - low) or 0.5
    ends = low - margin, high + margin
    # Many dots are seen through each other, and are no shapes in an .svg.
    alpha = float(np.clip(200 / max(1, known.sum()), 0.08, 0.8))
    dots = {"ms": 4.5, "alpha": alpha, "mew": 0, "rasterized": known.sum() > 5000}
    ax.plot(t[known], y[known], "o", color=BLUE, label=say("one_sample"), **dots)
    ax.plot(ends, ends, "--", color=INK, lw=1.2, label=say("perfect"))
    ax.set(xlim=ends, ylim=ends, aspect="equal")
    ax.set(xlabel=say("true_value"), ylabel=say("predicted_value"))


def _name_cells(ax: "Axes", names: Sequence[str]) -> None:
    # So many names can still be read; of more classes every second, third, … has one.
    places = range(0, len(names), -(-len(names) // MOST_NAMES))
    shown = [names[place] for place in places]
    ax.set_xticks(places, shown)
    ax.set_yticks(places, shown)
    if max(map(fonts.letters, names)) > 2:
        ax.tick_params(axis="x", labelrotation=45)
        for label in ax.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
    ax.tick_params(length=0)
    ax.grid(False)
    ax.spines[:].set_visible(False)


def _write_counts(ax: "Axes", counts: ArrayLike, shares: NDArray[np.float64]) -> None:
    for (i, j), count in np.ndenumerate(np.asarray(counts)):
        color = "white" if shares[i, j] > 0.55 else INK
        ax.text(j, i, f"{count}", ha="center", va="center", color=color, fontsize=9.5)
