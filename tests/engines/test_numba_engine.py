"""The compiled engine against the reference interpreter and the eager engine."""

from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")
pytest.importorskip("scipy")

from kobai import functions as fn
from kobai.autodiff import value_and_gradient
from kobai.autodiff.trees import leaves
from kobai.engines.numba_engine import (
    Epoch,
    NotCompilable,
    compile_epoch,
    compile_numba,
)
from kobai.engines.numba_engine.kernels import tools
from kobai.engines.reference import interpret
from kobai.errors import MissingExtraError
from kobai.graph import Graph, trace
from kobai.networks import (
    GELU,
    BatchNorm,
    Dense,
    Dropout,
    Exponential,
    Flatten,
    Identity,
    LeakyReLU,
    Network,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from kobai.optimizers import OPTIMIZERS, SGD, Adam, Momentum

# Operations in another order round differently, once per step and operation; relative
# to weights near 1, over 20 steps.
TOLERANCE = {"float32": 2e-4, "float64": 1e-11}


pytestmark = pytest.mark.usefixtures("compiled_folder")


class Case:
    """A training step as a graph, with data for some steps of it."""

    def __init__(
        self, network: Network, optimizer: Any, batch: int = 7, labels: bool = True,
        steps: int = 20,
    ) -> None:  # fmt: skip
        rng = np.random.default_rng(3)
        dtype = network.dtype
        self.x = rng.normal(size=(3 * batch, *network.inputs)).astype(dtype)
        classes = network.predict(self.x[:1]).shape[-1]
        self.t = rng.integers(0, classes, 3 * batch)
        if not labels:
            self.t = np.eye(classes, dtype=dtype)[self.t]
        noise = network.noise(batch, rng)
        self.state = optimizer.init(network.params)
        start = (network.params, self.state, network.statistics)
        self.start = [np.array(v) for v in leaves(list(start))]

        def step(params, state, statistics, x, t, noise, learning_rate):  # type: ignore[no-untyped-def]
            def objective(params):  # type: ignore[no-untyped-def]
                return network.objective(params, x, t, statistics, noise, training=True)

            (loss, new), grads = value_and_gradient(objective, params, has_aux=True)
            params, state = optimizer.update(params, grads, state, learning_rate)
            return params, state, new, loss

        self.step = step
        rate = np.asarray(0.1, dtype)
        first = (self.x[:batch], self.t[:batch], noise, rate)
        self.graph = with_updates(trace(step, *start, *first))
        self.indices = rng.integers(0, len(self.x), (steps, batch))
        self.rates = rng.uniform(0.05, 0.1, steps).astype(dtype)
        drawn = [leaves(network.noise(batch, rng)) for _ in range(steps)]
        self.noise = [np.stack(masks) for masks in zip(*drawn, strict=True)]

    def compile(self) -> Epoch:
        names = [n.name for n in self.graph.inputs if n.name.startswith("noise")]
        return compile_epoch(self.graph, ["x", "t"], [*names, "learning_rate"])

    def run_compiled(self, epoch: Epoch) -> tuple[list[Any], np.ndarray]:
        arrays = [a.copy() for a in self.start]
        losses = np.full(len(self.indices), -1.0)
        given = [*self.noise, self.rates]
        done = epoch(arrays, [self.x, self.t], self.indices, given, losses)
        assert done == len(self.indices)
        return arrays, losses

    def run_interpreted(self) -> tuple[list[Any], np.ndarray]:
        arrays: list[Any] = [a.copy() for a in self.start]
        run = interpret(self.graph)
        losses = []
        for s, rows in enumerate(self.indices):
            noise = [mask[s] for mask in self.noise]
            outputs, new = run(
                *arrays, self.x[rows], self.t[rows], *noise, self.rates[s]
            )
            for target, value in zip(self.graph.updates, new, strict=True):
                arrays[self.graph.inputs.index(target)] = value
            losses.append(outputs[0])
        return arrays, np.array(losses)


def with_updates(graph: Graph) -> Graph:
    """Let all results but the last, the loss, be new values of the first inputs."""
    *new, loss = graph.outputs
    updates = dict(zip(graph.inputs, new, strict=False))
    return Graph(graph.inputs, (loss,), updates, graph.arguments, loss, "step")


def agree(case: Case) -> None:
    found, losses = case.run_compiled(case.compile())
    wanted, wanted_losses = case.run_interpreted()
    limit = TOLERANCE[case.x.dtype.name]
    for ours, theirs in zip(found, wanted, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=limit, atol=limit)
    np.testing.assert_allclose(losses, wanted_losses, rtol=limit, atol=limit)


def network(*layers: Any, loss: str | None = None, dtype: str = "float32") -> Network:
    return Network(6, layers, loss, dtype=dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "activation",
    [
        Sigmoid(),
        Tanh(),
        ReLU(),
        LeakyReLU(0.1),
        Softplus(),
        GELU(),
        Identity(),
        Softmax(),
    ],
    ids=str,
)
def test_every_activation(activation: Any, dtype: str) -> None:
    agree(
        Case(network(Dense(5), activation, Dense(3), Softmax(), dtype=dtype), SGD(0.1))
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer(name: str, dtype: str) -> None:
    layers = Dense(5), Sigmoid(), Dense(3), Softmax()
    agree(Case(network(*layers, dtype=dtype), OPTIMIZERS[name](0.01)))


def test_clipping_and_weight_decay() -> None:
    optimizer = Adam(0.01, weight_decay=0.1, clip_norm=0.02, clip_value=0.01)
    agree(Case(network(Dense(5), Sigmoid(), Dense(3), Softmax()), optimizer))


@pytest.mark.parametrize(
    ("loss", "last", "labels"),
    [
        ("cross_entropy", Softmax(), False),
        ("cross_entropy_error", Softmax(), True),
        ("cross_entropy_error", Softmax(), False),
        ("binary_cross_entropy", Sigmoid(), False),
        ("binary_cross_entropy", Sigmoid(), True),
        ("squared_error", Tanh(), False),
        ("mean_squared_error", Softmax(), False),
        ("huber", Identity(), False),
        ("poisson", Exponential(), False),
    ],
    ids=str,
)
def test_every_loss(loss: str, last: Any, labels: bool) -> None:
    layers = Dense(5), Sigmoid(), Dense(3), last
    agree(Case(network(*layers, loss=loss), SGD(0.1), labels=labels))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_batch_norm_and_dropout(dtype: str) -> None:
    layers = (
        BatchNorm(),
        Dense(5),
        BatchNorm(),
        ReLU(),
        Dropout(0.3),
        Dense(3),
        Softmax(),
    )
    agree(Case(network(*layers, dtype=dtype), Momentum(0.1)))


@pytest.mark.parametrize(
    ("made", "batch", "labels"),
    [
        (Network((2, 3), [Flatten(), Dense(5), ReLU(), Dense(3)]), 7, False),
        (Network(6, [Dense(5), Sigmoid(), Dense(1), Sigmoid()]), 7, True),
        (Network(1, [Dense(1), Tanh(), Dense(1)]), 7, False),
        (Network(6, [Dense(5), Sigmoid(), Dense(3), Softmax()]), 1, True),
        (Network(1, [Dense(1), Tanh(), Dense(1)]), 1, False),
        (Network(5, [Dense(5), Sigmoid(), Dense(5), Softmax()]), 5, True),
        (Network(2, [Dense(16), Sigmoid(), Dense(2), Softmax()]), 10, True),
    ],
    ids=[
        "flatten",
        "one unit",
        "ones",
        "batch of 1",
        "all of 1",
        "all alike",
        "2-16-2",
    ],
)
def test_shapes_at_the_edge(made: Network, batch: int, labels: bool) -> None:
    agree(Case(made, SGD(0.1), batch, labels))


def test_all_sizes_of_a_structure_have_one_source() -> None:
    def source(inputs: int, hidden: int, outputs: int, batch: int) -> str:
        made = Network(inputs, [Dense(hidden), Sigmoid(), Dense(outputs), Softmax()])
        return Case(made, SGD(0.1), batch).compile().source

    first = source(784, 50, 10, 100)
    assert first == source(784, 50, 10, 60) == source(400, 30, 7, 50)
    assert "784" not in first


def test_one_hundred_steps_give_the_eager_engines_parameters() -> None:
    made = Network(20, [Dense(8), Sigmoid(), Dense(3), Softmax()])
    case = Case(made, SGD(0.1), 10, steps=100)
    found, _ = case.run_compiled(case.compile())
    params, state = made.params, case.state
    for s, rows in enumerate(case.indices):
        given = case.x[rows], case.t[rows], {}, case.rates[s]
        params, state, _, _ = case.step(params, state, {}, *given)
    for ours, theirs in zip(found, leaves([params, state]), strict=True):
        # float32 rounds by 6e-8, 100 times; steps of 0.1 pass on a tenth of it.
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_single_steps_and_chunks_are_the_same_as_one_call() -> None:
    case = Case(network(Dense(5), Sigmoid(), Dense(3), Softmax()), SGD(0.1))
    epoch = case.compile()
    whole, losses = case.run_compiled(epoch)
    arrays = [a.copy() for a in case.start]
    pieces = np.zeros(20)
    for first, stop in ((0, 1), (1, 13), (13, 20)):
        part = slice(first, stop)
        given = [case.x, case.t], case.indices[part], [case.rates[part]], pieces[part]
        assert epoch(arrays, *given) == stop - first
    for ours, theirs in zip(arrays, whole, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(pieces, losses)
    run = compile_numba(case.graph)
    arrays = [a.copy() for a in case.start]
    rows = case.indices[0]
    (loss,) = run(*arrays, case.x[rows], case.t[rows], np.asarray(case.rates[0]))
    assert loss == pytest.approx(losses[0], rel=1e-6)


def test_it_stops_after_a_loss_that_is_not_finite() -> None:
    made = network(Dense(3), loss="squared_error")
    case = Case(made, SGD(0.1), labels=False)
    case.x[case.indices[4]] = np.nan
    clean = [r for r in range(len(case.x)) if not np.isnan(case.x[r]).any()]
    case.indices[:4] = clean[0]
    losses = np.full(20, -1.0)
    arrays = [a.copy() for a in case.start]
    given = [case.x, case.t], case.indices, [case.rates], losses
    assert case.compile()(arrays, *given) == 5
    assert np.isfinite(losses[:4]).all()
    assert np.isnan(losses[4])
    assert (losses[5:] == -1).all()


def test_labels_and_indices_out_of_range_are_refused() -> None:
    case = Case(network(Dense(5), Sigmoid(), Dense(3), Softmax()), SGD(0.1))
    epoch = case.compile()
    arrays = [a.copy() for a in case.start]
    losses = np.zeros(20)
    with pytest.raises(IndexError, match="labels"):
        epoch(arrays, [case.x, case.t + 1], case.indices, [case.rates], losses)
    with pytest.raises(IndexError, match="indices"):
        epoch(arrays, [case.x, case.t], case.indices + 20, [case.rates], losses)
    with pytest.raises(TypeError, match="float32"):
        epoch(arrays, [case.x.astype("f8"), case.t], case.indices, [case.rates], losses)


def test_a_function_of_ones_own() -> None:
    def f(params: Any, x: Any) -> Any:
        y = fn.softmax(np.tanh(x @ params["W"]) * 2 + params["b"])
        params["b"] -= 0.5 * np.sum(y, axis=0)
        return y, np.max(np.abs(y)), y.T @ x

    rng = np.random.default_rng(0)
    params = {"W": rng.normal(size=(4, 3)), "b": rng.normal(size=3)}
    x = rng.normal(size=(5, 4))
    graph = trace(f, params, x)
    wanted, (bias,) = interpret(graph)(params["W"], params["b"], x)
    found = compile_numba(graph)(params["W"], params["b"], x)
    for ours, theirs in zip(found, wanted, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-13)
    np.testing.assert_allclose(params["b"], bias, rtol=1e-13)


def test_an_updated_argument_may_be_returned() -> None:
    def f(x: Any) -> Any:
        x *= 2
        return x, np.sum(x)

    x = np.arange(3.0)
    found, total = compile_numba(trace(f, x))(x)
    np.testing.assert_array_equal(x, [0, 2, 4])
    np.testing.assert_array_equal(found, [0, 2, 4])
    assert total == 6


def test_what_has_no_compiled_form_is_refused_by_name() -> None:
    graph = trace(lambda x: np.cumsum(x, axis=0), np.ones((3, 2)))
    with pytest.raises(NotCompilable, match="cumsum"):
        compile_numba(graph)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(MissingExtraError, match=r"pip install .*\[fast\]"):
        tools.need_extra()


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize("columns", [2, 3, 4])
def test_few_columns_and_many_rows(columns: int, labels: bool) -> None:
    # Here columns are the outer loop; 37 rows fill no whole number of vectors.
    layers = Dense(5), Tanh(), Dense(columns), Softmax()
    case = Case(network(*layers), SGD(0.1), batch=37, labels=labels)
    assert "_row[j * " in case.compile().source
    agree(case)


def test_numbers_of_rows_that_later_phases_read() -> None:
    def f(x):  # type: ignore[no-untyped-def]
        powers = np.exp(x - np.max(x, axis=1)[:, np.newaxis])
        root = np.sqrt(np.sum(powers, axis=1))
        scaled = np.sum(np.square(powers / root[:, np.newaxis]), axis=1)
        return np.sum(root), scaled * root

    x = np.random.default_rng(0).normal(size=(21, 3))
    graph = trace(f, x)
    run = compile_numba(graph)
    assert "_row[j * " in run.source
    for found, wanted in zip(run(x), f(x), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-13)


def test_a_product_is_written_into_an_input_of_one_number() -> None:
    def f(w, a, b):  # type: ignore[no-untyped-def]
        return a @ b, np.sum(a)

    w, a, b = np.zeros((1, 1)), np.arange(3.0).reshape(1, 3), np.ones((3, 1))
    graph = with_updates(trace(f, w, a, b))
    (total,) = compile_numba(graph)(w, a, b)
    assert (w.item(), total) == (3.0, 3.0)


def test_one_number_of_each_step_is_a_factor_of_a_product() -> None:
    def step(w, x, noise):  # type: ignore[no-untyped-def]
        y = x @ noise @ w
        return w - 0.1 * noise * w, np.sum(y * y)

    w, x, noise = np.array([[1.0, 2.0]]), np.array([[1.0], [2.0]]), np.ones((2, 1, 1))
    epoch = compile_epoch(with_updates(trace(step, w, x, noise[0])), ["x"], ["noise"])
    losses = np.empty(2)
    epoch([w], [x], np.array([[0, 1], [1, 1]]), [np.array([[[2.0]], [[3.0]]])], losses)
    # Once each: 4 · 5 · (1 + 4), then 9 · 5 · 8 with weights that are 0.8 of before.
    np.testing.assert_allclose(losses, [100, 230.4], rtol=1e-13)
