"""Which columns a network needs, as bars."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from kobai.plots import fonts
from kobai.plots.style import BLUE, INK, sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_BARS = 20


def column_importance(
    names: Sequence[str],
    means: ArrayLike,
    spreads: ArrayLike,
    measure: str = "",
    language: str = "en",
) -> "Figure":
    """Draw by how much worse a network does with each column shuffled, as bars.

    `means` and `spreads` are `(c,)`, of each of the columns `names`, in `measure`, such
    as "log loss"; the whiskers are one spread long to either side. The first 20 are
    drawn, in their order.

    Raises:
        ValueError: there is not one of each per column, or no column.

    >>> figure = column_importance(["size", "age"], [0.5, 0.0], [0.1, 0.02], "RMSE")
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['size', 'age']
    """
    values, errors = np.asarray(means, float), np.asarray(spreads, float)
    if not values.shape == errors.shape == (len(names),) or not len(names):
        raise ValueError(
            f"column_importance: got {len(names)} names, means {values.shape} and "
            f"spreads {errors.shape}; need one of each per column, and a column at "
            "least"
        )
    count = min(len(names), MOST_BARS)
    words = fonts.readable(names[:count], fonts.choose(language)[1])
    width = 6.2 + 0.08 * max(map(fonts.letters, words))
    with sheet(language, width, 1.6 + 0.33 * count) as (figure, say, _):
        ax = figure.subplots()
        places = np.arange(count)
        ax.barh(places, values[:count], color=BLUE, height=0.7)
        ax.errorbar(
            values[:count],
            places,
            xerr=errors[:count],
            fmt="none",
            ecolor=INK,
            elinewidth=1.2,
            capsize=2.5,
        )
        ax.axvline(0, color=INK, lw=0.8)
        ax.set_yticks(places, words)
        ax.set_ylim(count - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.grid(False, axis="y")
        ax.set(xlabel=say("importance_gain", measure=measure), ylabel=say("column"))
        figure.suptitle(say("column_importance"))
    return figure
