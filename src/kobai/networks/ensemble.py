"""Several networks of one kind, trained each by itself, that answer together."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from kobai.checks import whole
from kobai.functions.arrays import Array
from kobai.networks.layer import Layer, Values
from kobai.networks.network import NOTHING, Network
from kobai.optimizers.base import Params


class Ensemble(Network, known=True):
    """Several networks of one kind, whose logits are averaged.

        z(x) = 1/m Σⱼ zⱼ(x),   j = 1 … m
        E = 1/m Σⱼ E(zⱼ)   while training, afterwards E(z)

    All members have the same layers; they differ by their first parameters and, with
    `kobai.train`, by the order of their batches and by the rows that are held out from
    them. What one has learned of chance alone, others have not: the loss of the mean is
    never more than the mean of the losses (both cross-entropies and the squared error
    are convex), and the less alike the members are, the more it falls.

    `params` and `statistics` are those of a member, with the members on a further axis
    in front: `W1` of shape (m, d_in, units). `networks` are the members themselves.
    Raises ValueError as `Network` does, and for no members.

    >>> from kobai.networks import Dense, Softmax
    >>> ensemble = Ensemble(4, [Dense(3), Softmax()], members=5)
    >>> ensemble.params["W1"].shape, ensemble.networks[0].params["W1"].shape
    ((5, 4, 3), (4, 3))

    Hansen & Salamon (1990), "Neural Network Ensembles"; Breiman (1996), "Bagging
    Predictors".
    """

    def __init__(
        self,
        inputs: int | tuple[int, ...],
        layers: Sequence[Layer],
        loss: str | None = None,
        *,
        members: int = 8,
        seed: int | np.random.Generator | None = 0,
        dtype: DTypeLike = np.float32,
    ) -> None:
        self.members = whole("Ensemble", "members", members)
        self.kind = Network(inputs, layers, loss, dtype=dtype)
        super().__init__(inputs, layers, loss, seed=seed, dtype=dtype)

    def _first_numbers(self, rng: np.random.Generator) -> tuple[Params, Params]:
        drawn = [super(Ensemble, self)._first_numbers(rng) for _ in range(self.members)]
        params, statistics = zip(*drawn, strict=True)
        return stacked(params), stacked(statistics)

    @property
    def networks(self) -> tuple[Network, ...]:
        """The members, which have their part of the ensemble's numbers."""
        return tuple(self._member(j) for j in range(self.members))

    def _member(self, j: int) -> Network:
        # What predicts is compiled once for all of them.
        member = Network.__new__(Network)
        numbers = {"params": of_member(self.params, j)}
        numbers["statistics"] = of_member(self.statistics, j)
        vars(member).update(vars(self.kind) | numbers)
        return member

    def noise(self, n: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Draw what one training step on a batch of n needs, for every member."""
        return stacked([self.kind.noise(n, rng) for _ in range(self.members)])

    def forward(
        self,
        params: Values,
        x: Array,
        statistics: Values = NOTHING,
        noise: Values = NOTHING,
        training: bool = False,
    ) -> tuple[Array, Params]:
        """Return the mean of the members' logits, and their new statistics."""
        given = [
            [of_member(values, j) for values in (params, statistics, noise)]
            for j in range(self.members)
        ]
        found = [
            self.kind.forward(own, x, moving, masks, training)
            for own, moving, masks in given
        ]
        logits = sum(each for each, _ in found) / self.members
        return logits, stacked([moved for _, moved in found])

    def objective(
        self,
        params: Values,
        x: Array,
        t: Array,
        statistics: Values = NOTHING,
        noise: Values = NOTHING,
        training: bool = True,
        weights: Array | None = None,
    ) -> tuple[Array, Params]:
        """Return the loss and the new statistics: the members' mean while training."""
        if not training:
            return super().objective(params, x, t, statistics, noise, False, weights)
        found = [
            self.kind.objective(
                of_member(params, j),
                x,
                t,
                of_member(statistics, j),
                of_member(noise, j),
                weights=weights,
            )
            for j in range(self.members)
        ]
        loss = sum(each for each, _ in found) / self.members
        return loss, stacked([moved for _, moved in found])

    def source(self, batch_size: int = 100) -> str:
        """Return the code of a step of one member, as `Network.source` does."""
        return self.kind.source(batch_size)

    def architecture(self) -> dict[str, Any]:
        """Return what `from_architecture` needs, as plain JSON: all but the numbers."""
        return super().architecture() | {"version": 2, "members": self.members}

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]}, members={self.members})"


def of_member(values: Values, j: int) -> dict[str, Array]:
    """Return a member's part of an ensemble's numbers: views.

    >>> of_member({"b1": np.array([[1, 2], [3, 4]])}, 1)
    {'b1': array([3, 4])}
    """
    # A number alone stays an array, which can be changed in place.
    return {name: each[j, ...] for name, each in values.items()}


def stacked(each: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    """Return the numbers of members as those of an ensemble.

    >>> stacked([{"b1": np.array([1, 2])}, {"b1": np.array([3, 4])}])
    {'b1': array([[1, 2],
           [3, 4]])}
    """
    return {name: np.stack([one[name] for one in each]) for name in each[0]}
