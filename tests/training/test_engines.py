"""Every engine takes the same steps."""

import importlib.util

import numpy as np
import pytest

from kobai.data import gaussians
from kobai.engines import ENGINES, choose_engine
from kobai.networks import (
    BatchNorm,
    Dense,
    Dropout,
    Identity,
    Network,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)
from kobai.optimizers import SGD, Adam, Momentum
from kobai.training import train
from kobai.training.feed import Burst
from kobai.training.steppers import NumericalStepper, make_stepper

COMPILED = [e for e in ENGINES if e != "eager"]
HAS_NUMBA = importlib.util.find_spec("numba") is not None


def need(engine):
    if engine == "numba" and not HAS_NUMBA:
        pytest.skip("needs the extra: kobai[fast]")
    if engine == "jax":
        pytest.importorskip("jax")


def classifier(dtype=np.float32):
    return Network(6, [Dense(8), Sigmoid(), Dense(3), Softmax()], dtype=dtype)


def regressor(dtype=np.float32):
    return Network(6, [Dense(8), Tanh(), Dense(2), Identity()], dtype=dtype)


def noisy(dtype=np.float32):
    layers = [Dense(8), BatchNorm(), ReLU(), Dropout(0.2), Dense(3), Softmax()]
    return Network(6, layers, dtype=dtype)


def data(network):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(103, 6)).astype(network.dtype)
    if network.loss_name == "cross_entropy":
        return x, rng.integers(3, size=103)
    return x, rng.normal(size=(103, 2)).astype(network.dtype)


def trained(make, dtype, engine, **options):
    network = make(dtype)
    options = {"batch_size": 20, "steps": 100, "progress": False} | options
    history = train(network, data(network), engine=engine, **options)
    return network, history


@pytest.mark.parametrize("engine", COMPILED)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("make", [classifier, regressor, noisy])
@pytest.mark.parametrize(
    "optimizer", [SGD(0.1), Momentum(0.05)], ids=["sgd", "momentum"]
)
def test_parameters_after_100_steps_are_the_eager_ones(make, dtype, optimizer, engine):
    need(engine)
    if engine == "jax" and (dtype, optimizer) != (np.float32, SGD(0.1)):
        pytest.skip("XLA takes a second each; tests/engines/test_jax_engine.py has all")
    expected, eager = trained(make, dtype, "eager", optimizer=optimizer)
    network, history = trained(make, dtype, engine, optimizer=optimizer)
    # 100 steps of sums in another order: about 100 roundings of numbers near 1, and
    # BatchNorm divides by small deviations.
    tolerance = 2e-4 if dtype == np.float32 else 1e-10
    for name, w in expected.params.items():
        np.testing.assert_allclose(network.params[name], w, atol=tolerance)
    for name, w in expected.statistics.items():
        np.testing.assert_allclose(network.statistics[name], w, atol=tolerance)
    np.testing.assert_allclose(history.step_losses, eager.step_losses, atol=tolerance)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batches", ["shuffle", "random", "online", "full"])
def test_all_kinds_of_batches(batches, engine):
    need(engine)
    options = {"batches": batches, "steps": 7, "optimizer": Adam(0.01)}
    expected, _ = trained(classifier, np.float64, "eager", **options)
    network, _ = trained(classifier, np.float64, engine, **options)
    for name, w in expected.params.items():
        # Rounding only, in float64.
        np.testing.assert_allclose(network.params[name], w, atol=1e-9)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_that_is_resumed_gives_the_same_bits(tmp_path, engine):
    need(engine)
    options = {"dtype": np.float32, "engine": engine}
    whole, _ = trained(noisy, **options, steps=17)
    path = tmp_path / "checkpoint.safetensors"
    trained(noisy, **options, steps=8, checkpoint=path)
    resumed, _ = trained(noisy, **options, steps=17, checkpoint=path, resume=True)
    for name, w in whole.params.items():
        assert np.array_equal(resumed.params[name], w)


def unaligned(x):
    memory = np.zeros(x.nbytes + 1, np.uint8)[1:]
    memory[:] = np.frombuffer(x.tobytes(), np.uint8)
    return memory.view(x.dtype).reshape(x.shape)


def in_pieces(x):
    return np.repeat(x, 2, axis=0)[::2]


# JAX's are copies in any case.
@pytest.mark.parametrize("engine", [e for e in ENGINES if e != "jax"])
@pytest.mark.parametrize("lain", [np.asfortranarray, unaligned, in_pieces])
def test_where_numbers_lie_changes_no_bit(lain, engine):
    need(engine)
    found = []
    for lie in (np.array, lain):
        network = noisy(np.float64)
        for name, w in network.params.items():
            network.params[name] = lie(w)
        x, t = map(lie, data(network))
        train(network, (x, t), engine=engine, batch_size=20, epochs=2, progress=False)
        found.append(network.params)
    for name, w in found[0].items():
        np.testing.assert_array_equal(found[1][name], w, err_msg=name)


def test_a_numerical_gradient_learns_as_back_propagation_does():
    spots = gaussians(60, seed=0)
    results = []
    for gradient in ("backprop", "numerical"):
        network = Network(2, [Dense(4), Tanh(), Dense(2), Softmax()], dtype=np.float64)
        classes = (np.asarray(spots.t_train) % 2).astype(int)
        train(
            network,
            (spots.x_train, classes),
            gradient=gradient,
            steps=5,
            batch_size=10,
            progress=False,
        )
        results.append(network.params)
    for name, w in results[0].items():
        # Central differences with h = 1e-4 are good to about h² = 1e-8.
        np.testing.assert_allclose(results[1][name], w, atol=1e-7)


def test_a_numerical_step_without_a_finite_loss_is_the_last_one():
    network = Network(1, [Dense(1)], dtype=np.float64)
    stepper = NumericalStepper(network, SGD(1e200), "numpy")
    work = stepper.begin((network.params, SGD(1e200).init(network.params), {}))
    x, t = np.ones((4, 1)), np.zeros((4, 1))
    burst = Burst(None, (), np.full(9, 1e200))
    with np.errstate(all="ignore"):
        losses = stepper.take_steps(work, {"x": x, "t": t}, burst)
    assert len(losses) < 9
    assert np.isfinite(losses[:-1]).all()
    assert not np.isfinite(losses[-1])


@pytest.mark.parametrize("engine", ENGINES)
def test_means_of_what_has_become_0_do_not_stay_too_small_for_their_digits(engine):
    need(engine)
    network, adam = Network(3, [Dense(2), Identity()]), Adam(0.001)
    state = adam.init(network.params)
    for each in ("mean", "squares"):
        # 0.9ⁿ 1e-30 is below 1.2e-38 from n = 174 on.
        state[each]["W1"] += 1e-30 if each == "mean" else 1e-38
    stepper = make_stepper(network, adam, engine)
    work = stepper.begin((network.params, state, {}))
    data = {"x": np.zeros((4, 3), np.float32), "t": np.ones((4, 2), np.float32)}
    with stepper.threads(work, 4):
        for first in range(0, 400, 50):
            burst = Burst(None, (), np.full(50, 0.001), first=first)
            stepper.take_steps(work, data, burst)
    # Without, 0.9 · 1.4e-45 is rounded to 1.4e-45.
    assert not work[1]["mean"]["W1"].any()
    assert not work[1]["squares"]["W1"].any()
    assert work[1]["mean"]["b1"].all()


def test_auto_compiles_only_what_pays():
    assert choose_engine("auto", steps=10, multiply_adds=10**6) == "numpy"
    expected = "numba" if HAS_NUMBA else "numpy"
    assert choose_engine("auto", steps=10**7, multiply_adds=10**6) == expected
