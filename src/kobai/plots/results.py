"""What a classifier gets right and wrong."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kobai.plots import fonts
from kobai.plots.style import HEAT, INK, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_NAMES = 40


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
