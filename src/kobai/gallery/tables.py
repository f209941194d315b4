"""Figures of what a network makes of a table whose law is known."""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from kobai.data import Dataset
from kobai.data.tables.columns import Columns, Feature, Target
from kobai.explanations import partial_dependence as dependence
from kobai.explanations import permutation_importance
from kobai.formats import Model
from kobai.networks import Dense, Network, Tanh
from kobai.optimizers import Adam
from kobai.plots import DependencePanel
from kobai.plots import column_importance as draw_importance
from kobai.plots import partial_dependence as draw_dependence
from kobai.plots.style import speaker
from kobai.training import train

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROWS, TRAINED = 900, 600


def column_importance(language: str = "en", seed: int = 0) -> "Figure":
    """Draw which of four columns a network needs, one of which says nothing."""
    found = permutation_importance(*_rents(seed))
    say = speaker(language)
    names = [say(name) for name in found.columns]
    return draw_importance(names, found.means, found.spreads, found.loss, language)


def partial_dependence(language: str = "en", seed: int = 0) -> "Figure":
    """Draw how a rent changes with the size, the age and the place of a flat."""
    model, data = _rents(seed)
    say = speaker(language)
    panels = [
        DependencePanel(
            say(each.name),
            tuple(map(say, each.values))
            if isinstance(each.values, tuple)
            else each.values,
            each.means,
            each.curves,
            each.spread,
        )
        for name in ("flat_size", "flat_age", "flat_place")
        for each in dependence(model, data, name)
    ]
    return draw_dependence(panels, (), say("rent"), language)


@lru_cache(maxsize=2)
def _rents(seed: int) -> tuple[Model, Dataset]:
    """Return a network that learned rents: of size, age and place, not of the floor."""
    rng = np.random.default_rng(seed)
    size, age = rng.uniform(20, 100, ROWS), rng.uniform(0, 50, ROWS)
    floor = rng.integers(0, 9, ROWS)
    place = rng.choice(3, ROWS, p=[0.3, 0.5, 0.2])
    raw = np.stack([size, age, floor, place], axis=1)
    rent = 100 + (9 + 4 * (place == 0)) * size + 0.3 * (age - 30) ** 2
    rent += 40 * rng.normal(size=ROWS)
    numbers = [
        Feature(name, mean=float(each.mean()), std=float(each.std()))
        for name, each in zip(("flat_size", "flat_age", "floor"), raw.T, strict=False)
    ]
    words = Feature("flat_place", "category", categories=("centre", "town", "country"))
    target = Target(("rent",), (), (float(rent.mean()),), (float(rent.std()),))
    columns = Columns((*numbers, words), target)
    x = columns.encode(raw).astype(np.float32)
    t = ((rent - rent.mean()) / rent.std()).astype(np.float32)[:, None]
    data = Dataset(
        "rents", x[:TRAINED], t[:TRAINED], x[TRAINED:], t[TRAINED:], columns=columns
    )
    network = Network(columns.width, [Dense(20), Tanh(), Dense(1)], seed=seed)
    train(network, data, optimizer=Adam(0.01), epochs=40, seed=seed, progress=False)
    return Model.of(network, data), data
