"""Every figure by its name, and writing them to files."""

from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from kobai.errors import suggest
from kobai.files import write_atomically
from kobai.gallery import digits, figures, networks, planes, tables
from kobai.plots import fonts
from kobai.plots.movies import Movie
from kobai.plots.networks import network_drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Drawing = Callable[..., "Figure"]
FORMATS = ("png", "svg", "pdf")


def _without_chance(draw: Drawing) -> Drawing:
    """Give a figure in which nothing is drawn by lot the signature of the others."""

    def figure(language: str = "en", seed: int = 0) -> "Figure":
        return draw(language=language)

    figure.__doc__ = draw.__doc__
    return figure


FIGURES: dict[str, Drawing] = {
    "activation-functions": _without_chance(figures.activation_functions),
    "softmax-and-cross-entropy": _without_chance(figures.softmax_and_cross_entropy),
    "computational-graph": _without_chance(figures.computational_graph),
    "difference-errors": _without_chance(figures.difference_errors),
    "gradient-field": _without_chance(figures.gradient_field),
    "descent-surface": _without_chance(figures.descent_surface),
    "descent-formula": _without_chance(figures.descent_formula),
    "learning-rates": _without_chance(figures.learning_rates),
    "local-minimum": _without_chance(figures.local_minimum),
    "optimizer-paths": _without_chance(figures.optimizer_paths),
    "network-drawing": _without_chance(network_drawing),
    "linear-and-nonlinear": networks.linear_and_nonlinear,
    "perceptron-xor": planes.perceptron_xor,
    "decision-regions": planes.decision_regions,
    "neuron-sine": _without_chance(figures.neuron_sine),
    "vanishing-gradients": networks.vanishing_gradients,
    "weight-initialization": networks.weight_initialization,
    "loss-and-accuracy": networks.loss_and_accuracy,
    "step-losses": digits.step_losses,
    "training-curves": digits.training_curves,
    "overfitting": networks.overfitting,
    "confusion-matrix": digits.confusion_matrix,
    "misclassified": digits.misclassified,
    "first-layer-weights": digits.first_layer_weights,
    "predicted-and-true": networks.predicted_and_true,
    "column-importance": tables.column_importance,
    "partial-dependence": tables.partial_dependence,
}
"""A figure's name -> a function of `language` and `seed` that draws it."""

MOVIES: dict[str, Callable[..., Movie]] = {"learning": planes.learning}
"""The same of the figures that move."""


def save_figures(
    names: Iterable[str],
    folder: str | Path,
    language: str = "en",
    format: str = "png",
    seed: int = 0,
) -> list[Path]:
    """Draw figures of the gallery into a folder and return the files' paths.

    No names means every figure. Each file is called by its figure's name; the folder
    is made where it is missing. A figure that moves is a .gif, whatever the format.

    Raises:
        ValueError: a figure, the language or the format is unknown; nothing is drawn.
        OSError: the folder cannot be written.

    >>> save_figures(["training-curve"], "figures")
    Traceback (most recent call last):
    ValueError: save_figures: unknown figure "training-curve"; ... "training-curves"?
    """
    wanted = list(names) or [*FIGURES, *MOVIES]
    for name in wanted:
        _known("figure", name, [*FIGURES, *MOVIES])
    _known("format", format, FORMATS)
    fonts.check_language(language)
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in wanted:
        path = target / f"{name}.{'gif' if name in MOVIES else format}"
        write_atomically(path, _drawn(name, language, format, seed))
        paths.append(path)
    return paths


def _drawn(name: str, language: str, format: str, seed: int) -> bytes:
    if name in MOVIES:
        return MOVIES[name](language=language, seed=seed).as_bytes("gif")
    file = BytesIO()
    FIGURES[name](language=language, seed=seed).savefig(file, format=format)
    return file.getvalue()


def _known(kind: str, name: str, known: Iterable[str]) -> None:
    names = list(known)
    if name not in names:
        raise ValueError(
            f'save_figures: unknown {kind} "{name}"; need one of '
            f"{', '.join(names)}.{suggest(name, names)}"
        )
