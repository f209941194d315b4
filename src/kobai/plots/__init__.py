"""Figures of numbers: curves, surfaces, networks, classes, boxes and arrows.

Every function returns a matplotlib `Figure`, which it neither shows nor registers
with pyplot: `figure.savefig("curves.png")` writes it, a notebook displays it. The
words in it are English, Japanese or Chinese, by `language="en"`, `"ja"` or `"zh"`.
matplotlib is imported when the first figure is drawn.
"""

from kobai.plots.calculus import (
    activation_functions,
    difference_errors,
    fitted_curves,
    loss_and_accuracy,
    neuron_curves,
)
from kobai.plots.curves import overfitting, step_losses, training_curves
from kobai.plots.descents import descent, learning_rates, valley_walks
from kobai.plots.fonts import FontWarning
from kobai.plots.graphs import computational_graph
from kobai.plots.movies import Movie, learning_movie
from kobai.plots.networks import (
    activation_histograms,
    first_layer_weights,
    layer_gradients,
    network_drawing,
)
from kobai.plots.regions import decision_regions
from kobai.plots.results import (
    confusion_matrix,
    errors_note,
    misclassified,
    predicted_and_true,
    softmax_and_cross_entropy,
)
from kobai.plots.surfaces import descent_surface, gradient_field, optimizer_paths
from kobai.plots.sweeps.leaders import best_curves, best_twenty
from kobai.plots.sweeps.rungs import halving_rungs
from kobai.plots.sweeps.settings import settings_and_scores
from kobai.plots.sweeps.trial import DrawnTrial
from kobai.plots.tables.dependence import DependencePanel, partial_dependence
from kobai.plots.tables.importance import column_importance

__all__ = [
    "DependencePanel",
    "DrawnTrial",
    "FontWarning",
    "Movie",
    "activation_functions",
    "activation_histograms",
    "best_curves",
    "best_twenty",
    "column_importance",
    "computational_graph",
    "confusion_matrix",
    "decision_regions",
    "descent",
    "descent_surface",
    "difference_errors",
    "errors_note",
    "first_layer_weights",
    "fitted_curves",
    "gradient_field",
    "halving_rungs",
    "layer_gradients",
    "learning_movie",
    "learning_rates",
    "loss_and_accuracy",
    "misclassified",
    "network_drawing",
    "neuron_curves",
    "optimizer_paths",
    "overfitting",
    "partial_dependence",
    "predicted_and_true",
    "settings_and_scores",
    "softmax_and_cross_entropy",
    "step_losses",
    "training_curves",
    "valley_walks",
]
