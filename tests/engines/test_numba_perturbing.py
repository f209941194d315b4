"""Compiled numerical gradients: what is compiled, when, and where it is kept."""

import numpy as np
import pytest

pytest.importorskip("numba")
pytest.importorskip("scipy")

from kobai import autodiff
from kobai.autodiff.trees import leaves
from kobai.engines.differences import central
from kobai.engines.differences import compiled as compiled
from kobai.engines.differences.central import reached_from
from kobai.engines.differences.gradient import NumericalGradient
from kobai.engines.differences.placement import place
from kobai.engines.differences.source import write_sweep
from kobai.engines.numba_engine import NotCompilable, cache
from kobai.engines.reference import evaluate
from kobai.graph import trace
from kobai.graph.identities.table import IDENTITIES
from kobai.graph.node import in_order
from kobai.graph.rewriting import rewrite
from kobai.networks import BatchNorm, Dense, Network, ReLU, Sigmoid, Softmax, Tanh
from kobai.optimizers import SGD
from kobai.training import train


def numerical_gradient(f, x, *others, h=1e-4, engine="auto"):
    return NumericalGradient(f, h, engine)(x, *others)


def sweeps(f, *examples):
    """Yield each input's name, what it reaches, and the value of every node."""
    graph = rewrite(trace(f, *examples), IDENTITIES)
    base = evaluate(graph, leaves(list(examples)))
    order = in_order(graph.outputs)
    for target in graph.inputs:
        yield target, reached_from(target, order), base


def loss_of(network):
    def loss(params, x, t):
        statistics = network.statistics
        return network.objective(params, x, t, statistics, {}, training=True)[0]

    return loss


def network_of(*layers, inputs=3, **options):
    return Network(inputs, layers, dtype=np.float64, **options)


X = np.random.default_rng(0).normal(size=(6, 3))
T = np.arange(6) % 3


@pytest.mark.parametrize(
    "layers",
    [
        [Dense(3), Softmax()],
        [Dense(4), Sigmoid(), Dense(3), Softmax()],
        [Dense(4), ReLU(), Dense(5), Tanh(), Dense(3), Softmax()],
    ],
)
def test_every_parameter_of_dense_layers_has_a_compiled_form(layers):
    network = network_of(*layers)
    for target, reached, base in sweeps(loss_of(network), network.params, X, T):
        if target.name.startswith("params"):
            h = np.full(target.size, 1e-4)
            x = base[target].reshape(-1)
            assert compiled.sums_of_changed(base, reached, target, (x + h, x - h))


def test_batch_normalisation_mixes_the_rows_before_it_alone():
    network = network_of(Dense(4), BatchNorm(), Dense(3), Softmax())
    has_form = {}
    for target, reached, _ in sweeps(loss_of(network), network.params, X, T):
        try:
            place(reached, target)
        except NotCompilable:
            has_form[target.name] = False
        else:
            has_form[target.name] = True
    assert not has_form["params.W1"]
    assert has_form["params.gamma2"]
    assert has_form["params.W3"]


def test_sums_that_return_to_the_rows_are_left_to_numpy():
    def f(w, x):
        y = x @ w
        return np.sum(y * -np.sum(y))

    target, reached, _ = next(sweeps(f, np.ones((3, 2)), X))
    with pytest.raises(NotCompilable):
        place(reached, target)


def test_one_code_serves_all_sizes():
    sources = []
    for rows, inner, hidden in ((6, 3, 4), (9, 5, 7)):
        network = network_of(
            Dense(hidden), Sigmoid(), Dense(3), Softmax(), inputs=inner
        )
        given = network.params, np.ones((rows, inner)), np.arange(rows) % 3
        target, reached, _ = next(sweeps(loss_of(network), *given))
        sources.append(write_sweep(place(reached, target)).source)
    assert sources[0] == sources[1]


def test_code_is_kept_on_the_disk(monkeypatch, tmp_path):
    monkeypatch.setattr(cache, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(cache, "_LOADED", {})
    network = network_of(Dense(3, bias=False), Softmax())
    numerical_gradient(loss_of(network), network.params, X, T, engine="numba")
    assert len(list(tmp_path.glob("kobai_sweep_*.code"))) == 1


def test_auto_compiles_what_is_large(monkeypatch):
    asked = []

    def sums_of_changed(base, reached, target, ends):
        asked.append(target.name)
        raise NotCompilable("not now")

    monkeypatch.setattr(compiled, "sums_of_changed", sums_of_changed)
    network = network_of(Dense(4), Sigmoid(), Dense(2), Softmax())
    wanted = numerical_gradient(loss_of(network), network.params, X, T % 2)
    assert asked == []
    # W1, W2 and b2 have 12 + 8 + 2 numbers, each changed twice, with 6 rows for 2
    # classes; b1 has 4, with 6 rows for 4 units.
    work = 2 * 6 * ((12 + 8 + 2) * 2 + 4 * 4)
    monkeypatch.setattr(central, "WORTH_COMPILING", work + 1)
    numerical_gradient(loss_of(network), network.params, X, T % 2)
    assert asked == []
    monkeypatch.setattr(central, "WORTH_COMPILING", work)
    found = numerical_gradient(loss_of(network), network.params, X, T % 2)
    assert asked == [f"params.{name}" for name in network.params]
    np.testing.assert_array_equal(found["W1"], wanted["W1"])


@pytest.mark.parametrize("h", [1e-4, 0.01, 3.0])
def test_far_changes_are_as_right_as_near_ones(h):
    network = network_of(Dense(4), Sigmoid(), Dense(3), Softmax())

    def loss(params):
        return loss_of(network)(params, X, T)

    wanted = autodiff.numerical_gradient(loss, network.params, h)
    given = network.params, X, T
    found = numerical_gradient(loss_of(network), *given, h=h, engine="numba")
    for name, slopes in wanted.items():
        # Losses of about 1 are rounded to 1e-16, and divided by 2h.
        np.testing.assert_allclose(found[name], slopes, rtol=1e-9, atol=1e-10)


def test_powers_that_leave_the_range_of_numbers_are_as_in_numpy():
    def f(w, x):
        return np.sum(np.exp(x @ w))

    x = np.array([[1000.0, 0.0], [-1000.0, 0.0], [0.5, 0.25]])
    for w, finite in (([[1.0], [1.0]], False), ([[-0.0], [1.0]], True)):
        found = numerical_gradient(f, np.array(w), x, h=1e-5, engine="numba")
        wanted = numerical_gradient(f, np.array(w), x, h=1e-5, engine="numpy")
        np.testing.assert_allclose(found, wanted, rtol=1e-9)
        assert np.all(np.isfinite(found)) == finite


def test_threads_do_not_change_a_bit(monkeypatch):
    network = network_of(Dense(5), Sigmoid(), Dense(3), Softmax())
    found = []
    for rows_of_a_task in (10**9, 1):
        monkeypatch.setattr(compiled, "WORTH_A_TASK", rows_of_a_task)
        given = network.params, X, T
        found.append(numerical_gradient(loss_of(network), *given, engine="numba"))
    for name, slopes in found[0].items():
        np.testing.assert_array_equal(found[1][name], slopes)


@pytest.mark.parametrize("labels", [np.array([0, 1, 2, 3, 0, 1]), np.full(6, -4)])
def test_wrong_labels_are_refused(labels):
    network = network_of(Dense(3), Softmax())
    with pytest.raises(IndexError):
        numerical_gradient(loss_of(network), network.params, X, labels, engine="numba")


def test_training_by_definition_takes_the_same_steps():
    trained = {}
    for engine in ("numpy", "numba"):
        network = network_of(Dense(4), Sigmoid(), Dense(3), Softmax())
        options = {"batch_size": 3, "steps": 6, "gradient": "numerical"}
        train(
            network,
            (X, T),
            optimizer=SGD(0.5),
            engine=engine,
            progress=False,
            **options,
        )
        trained[engine] = network.params
    for name, wanted in trained["numpy"].items():
        # Gradients differ by rounding, 1e-10 at most, over six steps of rate 0.5.
        np.testing.assert_allclose(trained["numba"][name], wanted, atol=1e-9)
