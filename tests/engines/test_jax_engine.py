"""The JAX engine: NumPy's meaning, whole training steps, and JAX left as it was."""

import sys

import numpy as np
import pytest

jax = pytest.importorskip("jax")

import kobai  # noqa: E402
from kobai.autodiff.trees import leaves  # noqa: E402
from kobai.engines import Jax, choose_engine  # noqa: E402
from kobai.engines.jax_engine import NotLowered, compile_jax  # noqa: E402
from kobai.engines.jax_engine.device import computing  # noqa: E402
from kobai.engines.jax_engine.errors import DeviceError  # noqa: E402
from kobai.engines.jax_engine.placement import OneDevice  # noqa: E402
from kobai.engines.reference import interpret  # noqa: E402
from kobai.errors import MissingExtraError  # noqa: E402
from kobai.graph import Builder, Graph  # noqa: E402
from kobai.networks import Dense, Network, Sigmoid, Softmax  # noqa: E402
from kobai.optimizers import OPTIMIZERS, SGD  # noqa: E402
from kobai.training.feed import Burst  # noqa: E402
from kobai.training.steppers import make_stepper  # noqa: E402
from tests.engines.test_numpy_engine import NETWORKS  # noqa: E402
from tests.engines.test_reference import PRIMITIVES  # noqa: E402

CPU = Jax(device="cpu")

# --- every primitive


def test_every_primitive_means_what_it_means_to_numpy():
    builder = Builder()
    inputs, values, outputs, names = [], [], [], []
    for case in PRIMITIVES:
        primitive, given, attributes = case.values
        nodes = [builder.input(f"x{len(inputs) + i}", v) for i, v in enumerate(given)]
        output = builder.operation(primitive, *nodes, **attributes)
        try:
            # By itself, so that what JAX lacks is known; all are compiled as one.
            compile_jax(Graph(tuple(nodes), (output,), {}, nodes, [output]))
        except NotLowered:
            assert case.id.split("-")[0] in ("item", "nanargmax", "nanargmin")
            continue
        inputs += nodes
        values += given
        outputs.append(output)
        names.append(case.id)
    assert len(names) > 150
    graph = Graph(tuple(inputs), tuple(outputs), {}, inputs, outputs)
    expected, _ = interpret(graph)(*values)
    found = compile_jax(graph)(*values)
    # A few roundings of numbers near 1, by other polynomials for exp and its kin.
    for name, a, b in zip(names, found, map(np.asarray, expected), strict=True):
        assert (name, a.shape, a.dtype) == (name, b.shape, b.dtype)
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-13, err_msg=name)


def test_xla_is_left_to_multiply_a_product_by_a_number():
    def step(w, x, d):
        w -= 0.1 * (x.T @ d)

    w, x, d = np.ones((3, 2)), np.ones((4, 3)), np.ones((4, 2))
    text = compile_jax(kobai.graph.trace(step, w, x, d), CPU).source
    # It is one loop with the difference; before the product it would be one more.
    assert 0 < text.index(" dot_general") < text.index(" mul ") < text.index(" sub ")


WHOLE = np.array([7, -7, 3, 0]), np.array([2, 2, 0, 0])


@pytest.mark.parametrize("function", [np.floor_divide, np.remainder, np.fmod])
def test_a_whole_number_over_0_is_0(function):
    with np.errstate(all="ignore"):
        found = kobai.compile(function, engine="jax")(*WHOLE)
        np.testing.assert_array_equal(found, function(*WHOLE))


def write_twice(x, i):
    x[i] = np.array([1.0, 2.0, 3.0])
    x[[0, 0]] += np.array([10.0, 20.0])
    x[::-2] *= 2
    return x


def test_the_last_of_several_values_stays():
    f = kobai.compile(write_twice, engine="jax")
    for i in ([1, 1, 1], [2, 0, -1]):
        there, here = np.arange(4.0), np.arange(4.0)
        f(there, np.array(i))
        np.testing.assert_array_equal(there, write_twice(here, np.array(i)))


# --- where NumPy raises


@pytest.mark.parametrize(
    ("f", "given", "error"),
    [
        (lambda x, i: x[i], (np.ones(3), np.array([0, 3])), IndexError),
        (lambda x, i: x[0, i], (np.ones((2, 3)), np.array(-4)), IndexError),
        (np.linalg.inv, (np.zeros((2, 2)),), np.linalg.LinAlgError),
        (np.power, (np.array([2, 3]), np.array([1, -1])), ValueError),
        (lambda x, n: x * (1 / n), (np.ones(2), 0), ZeroDivisionError),
    ],
)
def test_where_numpy_raises_numpy_raises(f, given, error):
    run = kobai.compile(f, engine="jax")
    with pytest.raises(error):
        run(*given)


def test_an_index_out_of_range_changes_nothing():
    def f(x, i):
        x += 1
        x[i] = 5.0

    x = np.zeros(3)
    with pytest.raises(IndexError):
        kobai.compile(f, engine="jax")(x, np.array([7]))
    assert np.count_nonzero(x == 5) == 0


def test_what_is_to_raise_raises():
    f = kobai.compile(lambda x: 1 / x, engine="jax")
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        f(np.zeros(2))


def test_what_jax_has_not_is_refused_with_a_remedy():
    with pytest.raises(NotLowered, match=r'nanargmax; .*use engine="numpy"'):
        kobai.compile(np.nanargmax, engine="jax")(np.ones(3))
    with pytest.raises(NotLowered, match=r"longdouble|float128"):
        kobai.compile(lambda x: x + 1, engine="jax")(np.ones(2, np.longdouble))


# --- JAX is left as it was


def test_float64_stays_float64_and_jax_stays_as_it_was():
    def settings():
        return jax.config.jax_enable_x64, jax.config.jax_default_matmul_precision

    before = settings()
    found = kobai.compile(lambda x: np.sum(x * np.pi), engine="jax")(np.ones(3))
    assert found.dtype == np.float64
    assert float(found) == pytest.approx(3 * np.pi, rel=1e-15)
    assert settings() == before
    assert jax.numpy.ones(2).dtype == np.float32


@pytest.mark.parametrize(
    ("precision", "wanted"), [("full", "HIGHEST"), ("fast", "DEF")]
)
def test_products_are_as_exact_as_asked(precision, wanted):
    engine = Jax(device="cpu", precision=precision)
    x = np.ones((2, 2), np.float32)
    source = kobai.compile(np.matmul, engine=engine).source(x, x)
    assert f"precision=({wanted}" in " ".join(source.split()).replace("Precision.", "")
    assert np.array_equal(kobai.compile(np.matmul, engine=engine)(x, x), x @ x)


def test_an_array_that_is_kept_on_a_device_is_a_copy():
    place = OneDevice(jax.devices("cpu")[0])
    # JAX takes the memory of those that begin at a multiple of 64 bytes.
    for start in range(8):
        x = np.zeros((1 << 16) + 8)[start:]
        with computing("full", place.device):
            kept = place.kept(x)
            x += 1
            assert not np.any(place.fetched(kept))


def test_results_are_not_the_arguments():
    x = np.ones(4)
    same, more = kobai.compile(lambda x: (x, x[1:]), engine="jax")(x)
    x += 1
    assert np.all(same == 1)
    assert np.all(more == 1)


# --- which engine, which device


def test_a_device_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(DeviceError, match=r'got "gqu"; JAX finds here: .*cpu'):
        kobai.compile(np.exp, engine=Jax(device="gqu"))
    with pytest.raises(DeviceError, match=r'got "cpu:99"'):
        kobai.compile(np.exp, engine=Jax(device="cpu:99"))
    with pytest.raises(ValueError, match=r'got precision "high"; need one of: full'):
        Jax(precision="high")


def test_auto_is_never_jax_and_its_extra_is_named(monkeypatch):
    assert choose_engine("auto", 10**12, 10**12) != "jax"
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(MissingExtraError, match=r"\[jax\]"):
        kobai.compile(np.exp, engine="jax")
    with pytest.raises(MissingExtraError, match=r"engine jax: jax is not installed"):
        make_stepper(Network(2, [Dense(1)]), SGD(), "jax")


# --- whole training steps

BATCH, STEPS = 16, 200


def trained(name, optimizer, dtype, engine):
    """Return what 200 steps have changed, and their losses."""
    rng = np.random.default_rng(0)
    layers, loss = NETWORKS[name]
    network = Network(4, layers, loss, dtype=dtype)
    x = rng.normal(size=(64, 4)).astype(dtype)
    labels = rng.integers(3, size=64)
    one_hot = (labels[:, None] == np.arange(3)).astype(dtype)
    t = labels if isinstance(layers[-1], Softmax) else one_hot
    noises = [network.noise(BATCH, rng) for _ in range(STEPS)]
    rows = rng.integers(64, size=(STEPS, BATCH))
    rates = np.full(STEPS, 0.01 if name == "poisson" else 0.05)
    stepper = make_stepper(network, optimizer, engine)
    begun = network.params, optimizer.init(network.params), network.statistics
    work = stepper.begin(begun)
    burst = Burst(rows, noises if noises[0] else (), rates)
    losses = stepper.take_steps(work, {"x": x, "t": t}, burst)
    return leaves(work), losses


def assert_same_training(name, optimizer, dtype):
    # 200 steps, each with a few roundings of numbers near 1, magnified by the roots of
    # small squares that some optimizers divide by: less than one rounding a step.
    limit = STEPS * float(np.finfo(dtype).eps)
    expected, losses = trained(name, optimizer, dtype, "eager")
    found, jax_losses = trained(name, optimizer, dtype, CPU)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=limit, atol=limit)
    np.testing.assert_allclose(jax_losses, losses, rtol=limit, atol=limit)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_layer_and_loss_trains_as_the_eager_engine_does(name):
    assert_same_training(name, SGD(), np.float64)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_trains_as_the_eager_engine_does(name):
    dtype = np.float32 if name in ("momentum", "adam") else np.float64
    assert_same_training("sigmoid", OPTIMIZERS[name](), dtype)


def stepper_of(rate, labels):
    network = Network(3, [Dense(4), Sigmoid(), Dense(3), Softmax()], dtype=np.float64)
    stepper = make_stepper(network, SGD(rate), CPU)
    work = stepper.begin((network.params, SGD(rate).init(network.params), {}))
    data = {"x": np.ones((8, 3)) * 1e3, "t": labels}
    return stepper, work, data


def test_a_step_whose_loss_is_not_finite_is_the_last_one():
    stepper, work, data = stepper_of(1.0, np.arange(8) % 3)
    burst = Burst(None, (), np.full(20, 1e308))
    losses = stepper.take_steps(work, data, burst)
    assert len(losses) < 20
    assert np.isfinite(losses[:-1]).all()
    assert not np.isfinite(losses[-1])


def test_more_steps_than_a_call_takes_are_several_calls():
    stepper, _, data = stepper_of(0.1, np.arange(8) % 3)
    rows = np.random.default_rng(0).integers(8, size=(2500, 2))
    rates = np.linspace(0.1, 0.01, 2500)
    ends = []
    for pieces in ([2500], [1, 1023, 1024, 452]):
        _, work, _ = stepper_of(0.1, data["t"])
        losses, first = [], 0
        for count in pieces:
            part = slice(first, first + count)
            burst = Burst(rows[part], (), rates[part])
            losses += list(stepper.take_steps(work, data, burst))
            first += count
        ends.append([*leaves(work), np.array(losses)])
    for a, b in zip(*ends, strict=True):
        np.testing.assert_array_equal(a, b)


def test_networks_predict_and_evaluate_by_jax():
    rng = np.random.default_rng(0)
    network = Network(3, [Dense(4), Sigmoid(), Dense(3), Softmax()])
    x, t = rng.normal(size=(9000, 3)), rng.integers(3, size=9000)
    # Single precision: a few ulp of numbers up to 1.
    np.testing.assert_allclose(network.predict(x, CPU), network.predict(x), atol=1e-6)
    found, expected = network.evaluate(x, t, engine=CPU), network.evaluate(x, t)
    assert found == pytest.approx(expected, rel=1e-3)
    with pytest.raises(ValueError, match=r'got engine "jacks"; need .*jax'):
        network.predict(x, "jacks")
