"""Pictures of which columns mattered, and of how predictions change with them."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kobai.errors import visible
from kobai.explanations.dependence import Dependence, partial_dependence
from kobai.explanations.importance import Importance
from kobai.explanations.inputs import columns_of
from kobai.plots import DependencePanel, column_importance
from kobai.plots import partial_dependence as draw_panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kobai.formats import Model


def importance_figure(found: Importance, language: str = "en") -> "Figure":
    """Return a bar for each column: what the loss gains where it is shuffled."""
    names = list(map(visible, found.columns))
    return column_importance(names, found.means, found.spreads, found.loss, language)


def dependence_figure(
    model: "Model", data: Any, columns: Iterable[str], language: str = "en"
) -> "Figure":
    """Return the curves of `partial_dependence` for some columns, side by side."""
    columns_of_model = columns_of(model)
    # Numbers of several targets would stand on one axis in different units: it is of
    # the first.
    first = next(iter(columns_of_model.parts), None)
    target = first.columns.target if first else columns_of_model.target
    places = range(len(target.outputs))
    many = target.classes if len(target.classes) > 2 else ()
    quantity = target.names[0]
    if len(target.classes) == 2:
        # One probability of two says the other.
        quantity = f"{quantity} = {target.classes[1]}"
    kept = places if many else places[1:] if target.classes else places[:1]
    panels = [
        _panel(each, kept)
        for column in columns
        for each in partial_dependence(model, data, column)
    ]
    return draw_panels(
        panels,
        list(map(visible, many)),
        visible(quantity),
        language,
        is_probability=bool(target.classes),
    )


def _panel(found: Dependence, kept: Sequence[int]) -> DependencePanel:
    values = found.values
    return DependencePanel(
        visible(found.name),
        tuple(map(visible, values)) if isinstance(values, tuple) else values,
        found.means[:, list(kept)],
        found.curves[..., list(kept)],
        found.spread,
    )
