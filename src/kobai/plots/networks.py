"""Networks drawn: their units, their weights and their gradients."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kobai.plots.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    PALETTE,
    SIGNED,
    VERMILION,
    Say,
    sheet,
    whole_numbers,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

RADIUS = 0.28


def network_drawing(
    sizes: Sequence[int] = (2, 3, 3, 1), language: str = "en", *, most: int = 8
) -> "Figure":
    """Draw the units of a dense network and the weights between them.

    `sizes` are the units of each layer, the inputs first. A layer of more than `most`
    units is drawn shortened.

    Raises:
        ValueError: there are fewer than two layers, or one without units.

    >>> figure = network_drawing([2, 3, 1])
    >>> [text.get_text() for text in figure.axes[0].texts[:2]]
    ['$x_{1}$', '$x_{2}$']
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(
            f"network_drawing: got sizes {tuple(sizes)}; "
            "need two layers or more, each of one unit or more"
        )
    places = [_places(size, most) for size in sizes]
    tall = max(len(rows) for rows in places)
    with sheet(language, 1.8 * len(sizes), 0.9 * tall + 1.6) as (figure, say, _):
        ax = figure.subplots()
        _edges(ax, places)
        for layer, rows in enumerate(places):
            _units(ax, layer, rows, sizes)
        _captions(ax, sizes, tall, say)
        ax.set_xlim(-1.0, 2 * len(sizes) - 1.0)
        ax.set_ylim(-tall / 2 - 0.6, tall / 2 + 0.85)
        ax.set(title=say("network_drawing", sizes="-".join(map(str, sizes))))
        ax.set_aspect("equal")
        ax.axis("off")
    return figure


def first_layer_weights(
    weights: ArrayLike,
    image_shape: Sequence[int],
    language: str = "en",
    *,
    columns: int = 10,
    most: int = 50,
) -> "Figure":
    """Draw the weights that lead to each unit of the first layer as an image.

    `weights` is `(height * width, units)`; red weights are positive, blue ones
    negative. At most `most` units are shown.

    Raises:
        ValueError: the weights do not fill images of that shape.

    >>> figure = first_layer_weights(np.eye(4), (2, 2))
    >>> figure.axes[0].images[0].get_array()[:, :5].tolist()
    [[1.0, 0.0, None, 0.0, 1.0], [0.0, 0.0, None, 0.0, 0.0]]
    """
    W = np.asarray(weights)
    height, width = tuple(image_shape)[-2:]
    if W.ndim != 2 or len(W) != height * width:
        raise ValueError(
            f"first_layer_weights: got weights {W.shape} for images of "
            f"{height} x {width}; need ({height * width}, units)"
        )
    shown = min(W.shape[1], most)
    mosaic = _mosaic(W[:, :shown], (height, width), min(columns, shown))
    limit = float(np.abs(W[:, :shown]).max()) or 1.0
    tall, wide = mosaic.shape
    scale = 0.85 / max(height, width)
    size = max(5.5, 2.2 + scale * wide), 1.3 + scale * tall
    with sheet(language, *size) as (figure, say, _):
        ax = figure.subplots()
        image = ax.imshow(mosaic, cmap=SIGNED, vmin=-limit, vmax=limit)
        ax.axis("off")
        ax.set_title(say("first_layer", shown=shown, units=W.shape[1]))
        bar = figure.colorbar(image, ax=ax, label=say("weight"), aspect=25)
        bar.outline.set_visible(False)
    return figure


def layer_gradients(
    gradients: Mapping[str, ArrayLike], language: str = "en"
) -> "Figure":
    """Draw the mean |gradient| of each layer's weights, one line per network.

    `gradients` maps a network's name to one mean per layer, the first layer first.
    The dashed guide falls by 1/4 per layer, the most that sigmoid's derivative lets
    through.

    >>> figure = layer_gradients({"sigmoid": [1e-4, 1e-3], "ReLU": [1e-2, 1e-2]})
    >>> figure.axes[0].get_yscale()
    'log'
    """
    with sheet(language, 7.5, 4.5) as (figure, say, _):
        ax = figure.subplots()
        for (name, means), color in zip(gradients.items(), PALETTE, strict=False):
            heights = np.asarray(means, dtype=np.float64)
            layers = np.arange(1, heights.size + 1)
            ax.plot(layers, heights, "o-", color=color, label=name)
        first = np.asarray(next(iter(gradients.values())), dtype=np.float64)
        layers = np.arange(1, first.size + 1)
        guide = first[-1] * 0.25 ** (first.size - layers)
        ax.plot(layers, guide, "--", color=GREY, lw=1.2, label=say("quarter"))
        ax.set(yscale="log", xlabel=say("layer_axis"), ylabel=say("mean_gradient"))
        ax.set_title(say("layer_gradients"))
        ax.legend()
        whole_numbers(ax)
    return figure


def activation_histograms(
    activations: Mapping[str, Sequence[ArrayLike]],
    language: str = "en",
    *,
    bins: int = 30,
) -> "Figure":
    """Draw how the activations of each layer are spread, a row for each network.

    `activations` maps a network's name to what its layers give, the first layer
    first, each an array of any shape. Heights are shares: those of a panel add to 1.

    >>> figure = activation_histograms({"sigmoid": [[0.5, 0.5], [0.1, 0.9]]})
    >>> [ax.get_title() for ax in figure.axes]
    ['layer 1', 'layer 2']

    Source: after Glorot and Bengio, "Understanding the difficulty of training deep
    feedforward neural networks", 2010, figure 6.
    """
    deepest = max(len(layers) for layers in activations.values())
    size = 2.1 * deepest + 1.2, 1.75 * len(activations) + 1.0
    with sheet(language, *size) as (figure, say, _):
        rows = figure.subplots(len(activations), deepest, squeeze=False, sharey="row")
        for axes, (name, layers) in zip(rows, activations.items(), strict=True):
            values = [np.ravel(np.asarray(a, np.float64)) for a in layers]
            # Where a few are far out, the others would stand in one bar.
            reach = np.percentile(np.concatenate(values), (0.1, 99.9))
            for ax, part in zip(axes, values, strict=False):
                share = np.full(part.size, 1 / part.size)
                ax.hist(part, bins, range=reach, weights=share, color=BLUE)
            axes[0].set_ylabel(name, fontsize=10)
        for number, ax in enumerate(rows[0], start=1):
            ax.set_title(say("layer_number", n=number))
        figure.supxlabel(say("activation"), fontsize=11)
        figure.supylabel(say("share_of_activations"), fontsize=11)
        figure.suptitle(say("activation_histograms"))
    return figure


def _mosaic(W: Array, image_shape: tuple[int, int], columns: int) -> Array:
    """Return the columns of W as images side by side, with gaps of not-a-number."""
    height, width = image_shape
    rows = -(-W.shape[1] // columns)
    mosaic = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1), np.nan)
    for unit, column in enumerate(W.T):
        row, place = divmod(unit, columns)
        top, left = row * (height + 1), place * (width + 1)
        picture = column.reshape(height, width)
        mosaic[top : top + height, left : left + width] = picture
    return mosaic


def _places(size: int, most: int) -> list[int | None]:
    """Return the numbers of the units to draw; None stands for those left out."""
    if size <= most:
        return list(range(1, size + 1))
    half = most // 2
    return [*range(1, half + 1), None, *range(size - half + 2, size + 1)]


def _height(row: int, rows: int) -> float:
    return (rows - 1) / 2 - row


def _edges(ax: "Axes", places: Sequence[Sequence[int | None]]) -> None:
    for layer, (left, right) in enumerate(pairwise(places)):
        ends = [
            (_height(i, len(left)), _height(j, len(right)))
            for i, a in enumerate(left)
            for j, b in enumerate(right)
            if a is not None and b is not None
        ]
        for pair in ends:
            ax.plot((2 * layer, 2 * layer + 2), pair, color="#B0B0B0", lw=0.9, zorder=1)


def _units(
    ax: "Axes", layer: int, rows: Sequence[int | None], sizes: Sequence[int]
) -> None:
    from matplotlib.patches import Circle

    last = len(sizes) - 1
    symbol = {0: "x", last: "y"}.get(layer, f"h^{{({layer})}}")
    color = {0: BLUE, last: VERMILION}.get(layer, GREEN)
    for row, number in enumerate(rows):
        centre = (2 * layer, _height(row, len(rows)))
        if number is None:
            ax.text(*centre, "⋮", ha="center", va="center", fontsize=15)
            continue
        circle = Circle(centre, RADIUS, facecolor="white", edgecolor=color, lw=2)
        circle.set_zorder(2)
        ax.add_patch(circle)
        alone = sizes[layer] == 1 and layer == last
        name = f"${symbol}$" if alone else f"${symbol}_{{{number}}}$"
        ax.text(*centre, name, ha="center", va="center", fontsize=11, zorder=3)


def _captions(ax: "Axes", sizes: Sequence[int], tall: int, say: Say) -> None:
    last = len(sizes) - 1
    for layer in range(len(sizes)):
        key = {0: "input_layer", last: "output_layer"}.get(layer, "hidden_layer")
        top = tall / 2 + 0.35
        ax.text(2 * layer, top, say(key, n=layer), ha="center", fontsize=10.5)
    for layer, (a, b) in enumerate(pairwise(sizes), start=1):
        shape = f"$W_{{{layer}}}$  ({a}, {b})\n$b_{{{layer}}}$  ({b},)"
        where = (2 * layer - 1, -tall / 2 - 0.1)
        ax.text(*where, shape, ha="center", va="top", fontsize=10, color=INK)
