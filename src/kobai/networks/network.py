"""A network: layers, a loss, and the parameters that training changes."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from kobai import autodiff
from kobai.checks import enter
from kobai.engines.differences.gradient import NumericalGradient
from kobai.functions.arrays import Array, is_plain
from kobai.functions.metrics import are_right
from kobai.networks import architecture, checks
from kobai.networks.activations import Activation, Identity, Sigmoid, Softmax
from kobai.networks.layer import Layer, Shape, Values
from kobai.networks.losses import choose_loss
from kobai.networks.placing import place
from kobai.networks.predicting import Predictor
from kobai.networks.sourcing import gradient_descent_source
from kobai.networks.table import html_table, table
from kobai.optimizers.base import Params

NOTHING: Values = MappingProxyType({})
KINDS: dict[str, type["Network"]] = {}
"""Networks of other kinds, which files name."""
ROWS = 8192
"""How many samples `evaluate` takes at a time, so that memory stays small."""


class Network:
    """Layers one behind the other, and the loss that they are trained for.

    `inputs` is the shape of one sample (784, or (28, 28)). `loss` is "cross_entropy"
    behind Softmax, "binary_cross_entropy" behind Sigmoid, or "squared_error" (½ Σ, the
    mean over the batch), "mean_squared_error" or "huber" for a regression, "poisson"
    behind Exponential for counts; None takes the usual one for the last layer. Raises
    ValueError where layers do not fit together, and where the loss does not fit the
    last layer.

    `params` holds the trainable arrays in order (`W1`, `b1`, `W2`, …: layers with
    parameters are numbered from 1), `statistics` what BatchNorm keeps besides. Both
    are plain dictionaries, and may be changed: `network.params["W1"] -= 0.1 * grad`.

    >>> from kobai.networks import Dense, ReLU, Softmax
    >>> network = Network(784, [Dense(50), ReLU(), Dense(10), Softmax()])
    >>> print(network)
    Network of 784 inputs, loss cross_entropy, float32
    <BLANKLINE>
    layer      output   parameters
    Dense(50)  (50,)        39,250  W1 (784, 50), b1 (50,)
    ReLU()     (50,)             0
    Dense(10)  (10,)           510  W2 (50, 10), b2 (10,)
    Softmax()  (10,)             0
    total                   39,760
    """

    def __init_subclass__(cls, known: bool = False) -> None:
        if known:
            enter(KINDS, cls.__name__, cls)

    def __init__(
        self,
        inputs: int | tuple[int, ...],
        layers: Sequence[Layer],
        loss: str | None = None,
        *,
        seed: int | np.random.Generator | None = 0,
        dtype: DTypeLike = np.float32,
    ) -> None:
        self.inputs = checks.sample_shape(inputs)
        self.layers = checks.checked_layers(layers)
        self.dtype = checks.floating(dtype)
        self.seed = seed
        self._places = place(self.inputs, self.layers)
        last = self.layers[-1]
        self._output = last if isinstance(last, Activation) else Identity()
        self._hidden = self._places[: -1 if isinstance(last, Activation) else None]
        self.outputs: Shape = self._places[-1].outputs
        self._loss = choose_loss(loss, self._output, self.outputs[-1])
        self._prepare_compiling()
        rng = np.random.default_rng(seed)
        self.params, self.statistics = self._first_numbers(rng)

    def _first_numbers(self, rng: np.random.Generator) -> tuple[Params, Params]:
        """Draw the parameters and statistics that training starts from."""
        params: Params = {}
        statistics: Params = {}
        for each in self._places:
            own, kept = each.first_numbers(rng, self.dtype)
            params |= own
            statistics |= kept
        return params, statistics

    def _prepare_compiling(self) -> None:
        self._predict = Predictor(self._outputs_of, self._kind, checks.finite)
        # Evaluation checks its data only where the loss is not finite.
        self._logits = Predictor(self._logits_of, self._kind)
        self._numerical_gradient = NumericalGradient(self._evaluation_loss)

    def __getstate__(self) -> dict[str, Any]:
        # What is compiled is not copied or pickled; it leads back to the network, too.
        compiled = ("_predict", "_logits", "_numerical_gradient")
        return {k: v for k, v in vars(self).items() if k not in compiled}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        vars(self).update(state)
        self._prepare_compiling()

    @property
    def loss_name(self) -> str:
        """The loss's name, such as "cross_entropy"."""
        return self._loss.name

    @property
    def size(self) -> int:
        """The number of trainable numbers."""
        return sum(array.size for array in self.params.values())

    @property
    def structure(self) -> Hashable:
        """What `objective` depends on besides its arguments.

        None if that is not known, as of layers or networks of others' making.
        """
        ours = all(type(each).__module__.startswith("kobai.") for each in self.layers)
        if not ours or type(self).objective is not Network.objective:
            return None
        return self.inputs, self.layers, self._loss, self.dtype.name

    def _kind(self) -> Hashable:
        """Return what a prediction depends on besides its arguments, if known."""
        structure = self.structure
        return None if structure is None else (type(self), structure)

    def noise(self, n: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Draw what one training step on a batch of n needs: Dropout's masks, or {}.

        >>> from kobai.networks import Dense, Dropout
        >>> network = Network(4, [Dropout(0.5), Dense(2), Softmax()])
        >>> network.noise(3, np.random.default_rng(0))["mask1"].shape
        (3, 4)
        """
        drawn: dict[str, np.ndarray] = {}
        for each in self._places:
            drawn |= each.draw_noise(n, rng, self.dtype)
        return drawn

    def forward(
        self,
        params: Values,
        x: Array,
        statistics: Values = NOTHING,
        noise: Values = NOTHING,
        training: bool = False,
    ) -> tuple[Array, Params]:
        """Return the logits, before the output activation, and the new statistics.

        x has shape (n, *inputs), the logits (n, *outputs). Pure: reads nothing but its
        arguments, and can be differentiated and traced. While training, Dropout takes
        its masks from `noise`, and BatchNorm normalises by the batch.
        """
        if tuple(x.shape[1:]) != self.inputs or not x.shape:
            raise ValueError(
                f"Network: got inputs of shape {tuple(x.shape)}; need "
                f"{checks.batch_of(self.inputs)}"
            )
        moved = dict(statistics)
        for each in self._hidden:
            values = each.values(params, statistics, noise)
            x, changed = each.layer.forward(values, x, training)
            for name in changed:
                moved[each.statistics[name]] = changed[name]
        return x, moved

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
        """Return the loss, the mean over the batch, and the new statistics. Pure.

        x has shape (n, *inputs); t is labels (n,) or shape (n, *outputs). With
        `weights`, shape (n,), it is (1/n) Σ wᵢ Eᵢ, over the number of samples.
        """
        logits, moved = self.forward(params, x, statistics, noise, training)
        return self._loss_of(logits, t, weights), moved

    def _evaluation_loss(
        self,
        params: Values,
        x: Array,
        t: Array,
        statistics: Values,
        weights: Array | None = None,
    ) -> Array:
        given = params, x, t, statistics
        return self.objective(*given, training=False, weights=weights)[0]

    def _activate(self, logits: Array) -> Array:
        return self._output.forward(NOTHING, logits, False)[0]

    def _loss_of(self, logits: Array, t: Array, weights: Array | None = None) -> Array:
        outputs = logits if self._loss.of_logits else self._activate(logits)
        if not self._loss.takes_labels:
            t = checks.in_full(t, self.outputs, self.dtype)
        return self._loss.function(outputs, t, weights=weights)

    def predict(self, x: Array) -> Array:
        """Return the outputs for a batch x, shape (n, *inputs) to (n, *outputs).

        One sample, shape inputs, gives its outputs alone. Behind Softmax or Sigmoid
        they are probabilities. Raises ValueError for another shape.
        """
        batch, single = checks.as_batch(x, self.inputs)
        batch = checks.cast(batch, self.dtype)
        if is_plain(batch):
            outputs = self._predict(self.params, batch, self.statistics)
        else:
            outputs = self._outputs_of(self.params, batch, self.statistics)
        return outputs[0] if single else outputs

    def _logits_of(self, params: Values, x: Array, statistics: Values) -> Array:
        return self.forward(params, x, statistics)[0]

    def _outputs_of(self, params: Values, x: Array, statistics: Values) -> Array:
        return self._activate(self._logits_of(params, x, statistics))

    def loss(self, x: Array, t: Array, sample_weight: Array | None = None) -> Array:
        """Return the loss of a batch x, shape (n, *inputs), with targets t.

        t is labels (n,) or outputs (n, *outputs); Dropout and BatchNorm act as they do
        once training is over. With `sample_weight` w, shape (n,), it is the weighted
        mean Σ wᵢ Eᵢ / Σ wᵢ. Raises ValueError for weights below 0 or all 0.
        """
        x, t = self.prepare(x, t)
        weights = checks.sample_weights(sample_weight, len(x), self.dtype)
        if weights is not None:
            weights = weights / weights.mean()
        return self._evaluation_loss(self.params, x, t, self.statistics, weights)

    def accuracy(self, x: Array, t: Array) -> float:
        """Return the share of a batch x that is classified as t says, from 0 to 1.

        The largest output is the class; a single Sigmoid says yes above 0.5. With
        several Sigmoids and targets (n, k), every yes or no counts by itself. Raises
        ValueError for a regression, which has no right and wrong.
        """
        x, t = self._arrange(x, t)
        if not self._classifies(t):
            raise ValueError(
                f"accuracy: this network ends in {self._output} with loss "
                f"{self.loss_name} and targets of {t.dtype}: a regression. Use loss()"
            )
        return self.evaluate(x, t)["accuracy"]

    def _classifies(self, t: Array) -> bool:
        if self._loss.classifies or isinstance(self._output, Softmax):
            return True
        return isinstance(self._output, Sigmoid) and t.dtype.kind in "iub"

    def _rightly(self, outputs: Array, t: Array, weights: Array | None) -> float:
        if isinstance(self._output, Sigmoid) and t.shape == outputs.shape:
            right = (outputs > 0.5) == (t > 0.5)
        else:
            right = are_right(outputs, t)
        if weights is None:
            return float(np.mean(right))
        return float(weights @ right.reshape(len(right), -1).mean(axis=1)) / len(right)

    def evaluate(
        self, x: Array, t: Array, sample_weight: Array | None = None
    ) -> dict[str, float]:
        """Return the loss, and unless this is a regression the accuracy, by name.

        As `loss` and `accuracy` have it, from one forward pass in chunks of rows. With
        `sample_weight` w, shape (n,), both are weighted means, Σ wᵢ Eᵢ / Σ wᵢ. Raises
        ValueError for weights below 0 or all 0.
        """
        x, t = self._arrange(x, t)
        weights = checks.sample_weights(sample_weight, len(x), self.dtype)
        whole = len(x) if weights is None else float(weights.sum(dtype=float))
        totals: dict[str, float] = {}
        for start in range(0, len(x), ROWS):
            part = slice(start, start + ROWS)
            # A diverged network overflows here: its loss says so, without warnings.
            with np.errstate(over="ignore", invalid="ignore"):
                own = None if weights is None else weights[part]
                values = self._evaluated(*self._cast(x[part], t[part]), own)
            for name, value in values.items():
                totals[name] = totals.get(name, 0.0) + value * len(x[part])
        if not np.isfinite(totals["loss"]):
            # Only now, because on a whole data set it costs as much as a prediction.
            self.prepare(x, t)
        return {name: total / whole for name, total in totals.items()}

    def _evaluated(self, x: Array, t: Array, weights: Array | None) -> dict[str, float]:
        """Return the means over some samples of their values times their weights."""
        logits = self._logits(self.params, x, self.statistics)
        values = {"loss": float(self._loss_of(logits, t, weights))}
        if self._classifies(t):
            # The largest logit is the largest probability.
            is_softmax = isinstance(self._output, Softmax)
            outputs = logits if is_softmax else self._activate(logits)
            values["accuracy"] = self._rightly(outputs, t, weights)
        return values

    def gradient(self, x: Array, t: Array) -> dict[str, np.ndarray]:
        """Return the derivative of `loss(x, t)` by every parameter, backwards.

        >>> from kobai.networks import Dense
        >>> network = Network(2, [Dense(3), Softmax()])
        >>> network.gradient([[0.6, 0.9]], [1])["W1"].shape
        (2, 3)
        """
        x, t = self.prepare(x, t)
        loss = self._loss_at(x, t, self.statistics)
        grads: dict[str, np.ndarray] = autodiff.gradient(loss, self.params)
        return grads

    def numerical_gradient(self, x: Array, t: Array) -> dict[str, np.ndarray]:
        """Return what `gradient` returns, by the definition: by central differences.

        Two losses for every parameter, computed in float64 whatever the network's
        dtype: slow, and the judge of `gradient`.
        """
        x, t = self.prepare(x, t)
        grads = self._numerical_gradient(self.params, x, t, self.statistics)
        return {name: grad.astype(self.dtype) for name, grad in grads.items()}

    def example_batch(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return inputs and targets of zeros, of the shapes and dtypes of a batch."""
        x = np.zeros((n, *self.inputs), self.dtype)
        if self._loss.takes_labels:
            return x, np.zeros((n, *self.outputs[:-1]), np.int64)
        return x, np.zeros((n, *self.outputs), self.dtype)

    def source(self, batch_size: int = 100) -> str:
        """Return the NumPy code of one step of gradient descent on this network.

        It is what the engine "numpy" runs: the loss, its gradient and the update of
        the parameters, as straight-line code that changes its arguments in place.

        >>> from kobai.networks import Dense
        >>> print(Network(2, [Dense(3)]).source(4))
        import numpy as np
        ...
        def gradient_descent_step(W1, b1, x, t, learning_rate):
        ...
        """
        return gradient_descent_source(self, batch_size)

    def _loss_at(
        self, x: Array, t: Array, statistics: Values
    ) -> Callable[[Values], Array]:
        def loss(params: Values) -> Array:
            return self.objective(params, x, t, statistics, training=False)[0]

        return loss

    def prepare(self, x: Array, t: Array) -> tuple[Array, Array]:
        """Return data as this network takes it, or raise ValueError saying what is off.

        x becomes a batch of the network's dtype, one sample a batch of one; labels
        stay integers, from 0 to k - 1. Refused: other shapes, unequal numbers of
        samples, labels out of range, NaN and infinity.

        >>> from kobai.networks import Dense
        >>> network = Network(2, [Dense(3), Softmax()])
        >>> network.prepare([0.6, 0.9], 5)
        Traceback (most recent call last):
        ValueError: Network: got label 5; need labels from 0 to 2
        """
        x, t = self._arrange(x, t)
        x, t = self._cast(x, t)
        checks.finite(x, "inputs")
        checks.finite(t, "targets")
        return x, t

    def _arrange(self, x: Array, t: Array) -> tuple[Array, Array]:
        probabilities = self._loss.classifies
        return checks.arrange(x, t, self.inputs, self.outputs, probabilities)

    def _cast(self, x: Array, t: Array) -> tuple[Array, Array]:
        labels = t.dtype.kind != "f"
        return checks.cast(x, self.dtype), t if labels else checks.cast(t, self.dtype)

    def architecture(self) -> dict[str, Any]:
        """Return what `from_architecture` needs, as plain JSON: all but the numbers.

        >>> from kobai.networks import Dense
        >>> Network(2, [Dense(3), Softmax()]).architecture()["layers"]
        [{'kind': 'Dense', 'units': 3, 'init': None, 'bias': True}, {'kind': 'Softmax'}]
        """
        return architecture.describe(
            self.inputs, self.layers, self.loss_name, self.dtype
        )

    @staticmethod
    def from_architecture(
        description: Mapping[str, Any], *, seed: int | np.random.Generator = 0
    ) -> "Network":
        """Return a new network as described, with first parameters drawn from seed.

        Raises ValueError where the description is damaged, names an unknown kind of
        layer, or is of a newer version. With `members` it is an `Ensemble`.
        """
        found = architecture.read(description)
        kind: Any = Network
        options: dict[str, Any] = {"seed": seed, "dtype": found.dtype}
        if found.members is not None:
            kind = KINDS["Ensemble"]
            options["members"] = found.members
        made: Network = kind(found.inputs, found.layers, found.loss, **options)
        return made

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.inputs}, {list(self.layers)}, "
            f'loss="{self.loss_name}", dtype="{self.dtype}")'
        )

    def __str__(self) -> str:
        return table(self, self._places)

    def _repr_html_(self) -> str:
        return html_table(self, self._places)
