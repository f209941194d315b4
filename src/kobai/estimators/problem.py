"""What an estimator minimises: the network's loss, and a penalty on its weights."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from kobai.functions.arrays import Array
from kobai.networks import Network
from kobai.networks.layer import Values
from kobai.optimizers.base import Params


@dataclass(frozen=True)
class Problem:
    """The loss of a network, with a penalty on the size of its weights.

        E = s · loss + α / (2 n w̄) Σ W²

    over a batch of n samples; biases are free. α / w̄ comes as `statistics["penalty"]`,
    where w̄ is the mean of the samples' weights, so that one compiled step serves every
    α. `scale` s is the number of outputs where the network's loss is their mean.
    """

    network: Network
    scale: float = 1.0

    @property
    def structure(self) -> Hashable:
        """What `objective` depends on besides its arguments."""
        return "penalised", self.network.structure, self.scale

    def loss(self, params: Values, x: Array, t: Array, *rest: Array) -> Array:
        """Return the loss alone: `rest` is noise, and the weights of the samples."""
        noise, *weights = rest or ({},)
        objective = self.network.objective
        value = objective(params, x, t, {}, noise, True, *weights)[0]
        return value if self.scale == 1 else self.scale * value

    def objective(
        self,
        params: Values,
        x: Array,
        t: Array,
        statistics: Params,
        noise: Values,
        training: bool = True,
        weights: Array | None = None,
    ) -> tuple[Array, Params]:
        """Return the loss and the penalty together, and the statistics as they are."""
        value = self.loss(params, x, t, noise, weights)
        penalty = statistics["penalty"] * (0.5 / x.shape[0])
        return value + penalty * squares(params), statistics


def squares(params: Values) -> Array:
    """Return Σ W² over all weights, without the biases.

    >>> squares({"W1": np.array([[1.0, 2.0]]), "b1": np.array([9.0])})
    np.float64(5.0)
    """
    return sum(
        np.sum(np.square(w)) for name, w in params.items() if name.startswith("W")
    )
