"""Compiled numerical gradients: what is compiled, when, and where it is kept."""

import numpy as np
import pytest

pytest.importorskip("numba")
pytest.importorskip("scipy")

from kobai.autodiff.trees import leaves
from kobai.engines import differences
from kobai.engines.compiled import NotCompilable, storing
from kobai.engines.compiled import perturbing as compiled
from kobai.engines.compiled.placing import place
from kobai.engines.compiled.sweeping import write_sweep
from kobai.engines.differences import evaluate, reached_from
from kobai.engines.perturbing import numerical_gradient
from kobai.graph import trace
from kobai.graph.identities import IDENTITIES
from kobai.graph.node import in_order
from kobai.graph.rewriting import rewrite
from kobai.networks import BatchNorm, Dense, Network, ReLU, Sigmoid, Softmax, Tanh
from kobai.optimizers import SGD
from kobai.training import train


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
    monkeypatch.setattr(storing, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(storing, "_LOADED", {})
    network = network_of(Dense(3, bias=False), Softmax())
    numerical_gradient(loss_of(network), network.params, X, T, engine="numba")
    assert len(list(tmp_path.glob("kobai_sweep_*.py"))) == 1
    assert list(tmp_path.rglob("*.nbc"))


def test_auto_compiles_what_is_large(monkeypatch):
    asked = []

    def sums_of_changed(base, reached, target, ends):
        asked.append(target.name)
        raise NotCompilable("not now")

    monkeypatch.setattr(compiled, "sums_of_changed", sums_of_changed)
    network = network_of(Dense(4), Sigmoid(), Dense(2), Softmax())
    wanted = numerical_gradient(loss_of(network), network.params, X, T % 2)
    assert asked == []
    # W1's 12 numbers, twice, with a batch of 6 rows for 2 classes.
    monkeypatch.setattr(differences, "WORTH_COMPILING", 2 * 12 * 6 * 2)
    found = numerical_gradient(loss_of(network), network.params, X, T % 2)
    assert asked == ["params.W1"]
    np.testing.assert_array_equal(found["W1"], wanted["W1"])


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
