"""Layers in their place: the shapes between them, and the names of their numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import DTypeLike

from kobai.networks.activations import Activation
from kobai.networks.layer import Drawing, Layer, Shape, Values

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Place:
    """A layer, the shapes around it, and what the network calls its numbers.

    The three tables of names go from the local name to the network's: `W` to `W1`.
    """

    layer: Layer
    inputs: Shape
    outputs: Shape
    rectified: bool
    params: Mapping[str, str] = field(default_factory=dict)
    statistics: Mapping[str, str] = field(default_factory=dict)
    noise: Mapping[str, str] = field(default_factory=dict)

    def values(self, params: Values, statistics: Values, noise: Values) -> Values:
        """Return the layer's own numbers by their local names.

        Raises ValueError where a parameter or a statistic is missing.
        """
        try:
            own = {local: params[name] for local, name in self.params.items()}
            for local, name in self.statistics.items():
                own[local] = statistics[name]
        except KeyError as missing:
            raise ValueError(
                f"{self.layer}: got no {missing}; need network.params, and "
                "statistics=network.statistics for BatchNorm"
            ) from None
        for local, name in self.noise.items():
            if name in noise:
                own[local] = noise[name]
        return own

    def first_numbers(
        self, rng: np.random.Generator, dtype: DTypeLike
    ) -> tuple[Arrays, Arrays]:
        """Return parameters and statistics to start from, by the network's names."""
        drawing = Drawing(rng, dtype, self.rectified)
        params = self.layer.first_params(self.inputs, drawing)
        statistics = self.layer.first_statistics(self.inputs, dtype)
        return _renamed(params, self.params), _renamed(statistics, self.statistics)

    def draw_noise(self, n: int, rng: np.random.Generator, dtype: DTypeLike) -> Arrays:
        """Return the noise of one training step, by the network's names."""
        drawing = Drawing(rng, dtype, self.rectified)
        return _renamed(self.layer.draw_noise(n, self.inputs, drawing), self.noise)


def place(inputs: Shape, layers: Sequence[Layer]) -> list[Place]:
    """Put layers one behind the other; ValueError where the shapes do not fit.

    Layers with parameters are numbered from 1, and Dropout's masks by themselves.

    >>> from kobai.networks import Dense, ReLU
    >>> [dict(p.params) for p in place((4,), [Dense(3), ReLU(), Dense(2)])]
    [{'W': 'W1', 'b': 'b1'}, {}, {'W': 'W2', 'b': 'b2'}]
    """
    places = []
    shape = inputs
    parameterised = 0
    noisy = 0
    for position, layer in enumerate(layers):
        out = _out(layer, shape, position)
        own = layer.param_shapes(shape)
        noise = layer.noise_shapes(shape)
        parameterised += bool(own)
        noisy += bool(noise)
        places.append(
            Place(
                layer=layer,
                inputs=shape,
                outputs=out,
                rectified=_rectified(layers[position + 1 :]),
                params=_numbered(own, parameterised),
                statistics=_numbered(layer.statistic_shapes(shape), parameterised),
                noise=_numbered(noise, noisy),
            )
        )
        shape = out
    return places


def number_shapes(places: Iterable[Place]) -> dict[str, Shape]:
    """Return the shape of every parameter and statistic, by the network's names.

    >>> from kobai.networks import BatchNorm
    >>> number_shapes(place((4,), [BatchNorm()]))
    {'gamma1': (4,), 'beta1': (4,), 'mean1': (4,), 'var1': (4,)}
    """
    shapes: dict[str, Shape] = {}
    for each in places:
        params = each.layer.param_shapes(each.inputs)
        statistics = each.layer.statistic_shapes(each.inputs)
        shapes |= {each.params[name]: params[name] for name in params}
        shapes |= {each.statistics[name]: statistics[name] for name in statistics}
    return shapes


def _out(layer: Layer, shape: Shape, position: int) -> Shape:
    try:
        return layer.output_shape(shape)
    except ValueError as error:
        raise ValueError(f"Network: layer {position + 1}: {error}") from None


def _rectified(following: Iterable[Layer]) -> bool:
    activations = (layer for layer in following if isinstance(layer, Activation))
    return next((layer.rectified for layer in activations), False)


def _numbered(names: Iterable[str], number: int) -> dict[str, str]:
    return {name: f"{name}{number}" for name in names}


def _renamed(values: Arrays, names: Mapping[str, str]) -> Arrays:
    return {names[local]: array for local, array in values.items()}
