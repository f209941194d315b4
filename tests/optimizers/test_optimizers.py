"""Every optimizer against its published recurrence, written out for one number."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kobai.optimizers import (
    OPTIMIZERS,
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    RMSProp,
    StepDecay,
)

GRADS = [1.0, -0.5, 2.0, 0.25, -3.0]


def run(optimizer, grads=GRADS, w=1.0, dtype=np.float64):
    """Take one step per gradient from the parameter w, and return every w."""
    params = {"w": np.array([w], dtype)}
    state = optimizer.init(params)
    seen = []
    for g in grads:
        params, state = optimizer.update(params, {"w": np.array([g], dtype)}, state)
        seen.append(float(params["w"][0]))
    return seen


def sgd(lr=0.1):
    w = 1.0
    for g in GRADS:
        w = w - lr * g
        yield w


def momentum(lr=0.1, mu=0.9):
    w, v = 1.0, 0.0
    for g in GRADS:
        v = mu * v - lr * g
        w = w + v
        yield w


def nesterov(lr=0.1, mu=0.9):
    """Sutskever's form, in which theta is the ball and w the point ahead of it."""
    theta, v = 1.0, 0.0
    for g in GRADS:
        v = mu * v - lr * g
        theta = theta + v
        yield theta + mu * v


def adagrad(lr=0.1, eps=1e-7):
    w, h = 1.0, 0.0
    for g in GRADS:
        h += g**2
        w -= lr / (math.sqrt(h) + eps) * g
        yield w


def rmsprop(lr=0.1, rho=0.9, eps=1e-8):
    w, h = 1.0, 0.0
    for g in GRADS:
        h = rho * h + (1 - rho) * g**2
        w -= lr / (math.sqrt(h) + eps) * g
        yield w


def adam(lr=0.1, b1=0.9, b2=0.999, eps=1e-8, decay=0.0):
    """The averages as explicit sums over all gradients, not as a recurrence."""
    w = 1.0
    for t in range(1, len(GRADS) + 1):
        past = list(enumerate(GRADS[:t]))
        m = sum((1 - b1) * b1 ** (t - 1 - i) * g for i, g in past)
        v = sum((1 - b2) * b2 ** (t - 1 - i) * g * g for i, g in past)
        step = (m / (1 - b1**t)) / (math.sqrt(v / (1 - b2**t)) + eps)
        w = w - lr * (step + decay * w)
        yield w


NAIVE = {
    "sgd": (SGD(0.1), sgd()),
    "momentum": (Momentum(0.1), momentum()),
    "nesterov": (Nesterov(0.1), nesterov()),
    "adagrad": (AdaGrad(0.1), adagrad()),
    "rmsprop": (RMSProp(0.1), rmsprop()),
    "adam": (Adam(0.1), adam()),
    "adamw": (AdamW(0.1), adam(decay=0.01)),
}


def test_every_optimizer_has_a_naive_twin():
    assert NAIVE.keys() == OPTIMIZERS.keys()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_follows_its_published_formula(name):
    optimizer, expected = NAIVE[name]
    assert type(optimizer) is OPTIMIZERS[name]
    # A few roundings of float64 apart: the sums are taken in another order.
    assert run(optimizer) == pytest.approx(list(expected), rel=1e-13)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_minimises_a_quadratic(name):
    scale = np.array([1.0, 4.0])
    optimizer = OPTIMIZERS[name](0.05)
    params = {"a": np.array([1.0, -1.0]), "b": np.array(2.0)}
    state = optimizer.init(params)

    def loss(p):
        return 0.5 * np.sum(scale * p["a"] ** 2) + 0.5 * (p["b"] - 1) ** 2

    before = loss(params)
    for _ in range(300):
        grads = {"a": scale * params["a"], "b": params["b"] - 1}
        params, state = optimizer.update(params, grads, state)
    assert loss(params) < 0.05 * before


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_keeps_dtypes_shapes_and_names(name, dtype):
    schedule = StepDecay(np.float64(0.1), every=2)
    options = {"clip_norm": 1.0, "clip_value": 0.5, "weight_decay": 0.01}
    optimizer = OPTIMIZERS[name](schedule, **options)
    params = {"W1": np.ones((2, 3), dtype), "b1": np.ones(3, dtype)}
    state = optimizer.init(params)
    grads = {name: np.full_like(w, 2) for name, w in params.items()}
    for given_rate in (None, 0.1, np.float64(0.1), np.array(0.1), np.float32(0.1)):
        new, state = optimizer.update(params, grads, state, given_rate)
        for key, w in params.items():
            assert new[key].dtype == dtype
            assert new[key].shape == w.shape
            for slot in optimizer.slots:
                assert state[slot][key].dtype == dtype
                assert state[slot][key].shape == w.shape
        assert list(new) == ["W1", "b1"]
        assert isinstance(state["step"], np.ndarray)
        assert state["step"].shape == ()
        assert state["step"].dtype == np.int64
    assert state["step"] == 5


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_touches_nothing_it_was_given(name):
    optimizer = OPTIMIZERS[name](0.1, clip_norm=1.0, clip_value=1.0, weight_decay=0.1)
    given_arrays = {"w": np.array([1.0, 2.0])}, {"w": np.array([3.0, 4.0])}
    params, grads = given_arrays
    _, state = optimizer.update(params, grads, optimizer.init(params))
    kept = [
        {k: np.array(v) for k, v in state[slot].items()}
        for slot in state
        if slot != "step"
    ]
    optimizer.update(params, grads, state)
    assert params["w"].tolist() == [1.0, 2.0]
    assert grads["w"].tolist() == [3.0, 4.0]
    assert state["step"] == 1
    now = [state[slot] for slot in state if slot != "step"]
    for old, new in zip(kept, now, strict=True):
        assert old["w"].tolist() == new["w"].tolist()


def test_weight_decay_is_in_the_gradient_except_for_adamw():
    zero = [0.0]
    assert run(SGD(0.1, weight_decay=0.5), zero) == [1 - 0.1 * 0.5]
    # Adam normalises the decay away: any gradient's first step is the learning rate.
    # ε = 1e-8 beside a gradient of 0.5 makes it 2e-9 of 0.1 shorter.
    assert run(Adam(0.1, weight_decay=0.5), zero) == pytest.approx([0.9], abs=1e-8)
    assert run(AdamW(0.1, weight_decay=0.5), zero) == [1 - 0.1 * 0.5]


def test_clip_value_limits_every_entry():
    params = {"w": np.zeros(3)}
    optimizer = SGD(1.0, clip_value=1.0)
    grads = {"w": np.array([5.0, -0.5, -7.0])}
    new, _ = optimizer.update(params, grads, optimizer.init(params))
    assert new["w"].tolist() == [-1.0, 0.5, 1.0]


def clipped(grads, limit):
    optimizer = SGD(1.0, clip_norm=limit)
    params = {name: np.zeros_like(g) for name, g in grads.items()}
    new, _ = optimizer.update(params, grads, optimizer.init(params))
    return {name: -w for name, w in new.items()}


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=6),
    st.floats(1e-3, 1e3),
)
def test_clip_norm_keeps_the_direction_and_limits_the_length(values, limit):
    grads = {"a": np.array(values[:1]), "b": np.array(values[1:])}
    out = clipped(grads, limit)
    flat = np.concatenate([out["a"], out["b"]])
    length = math.hypot(*values)
    expected = np.array(values) * (min(1.0, limit / length) if length else 1.0)
    # 1e-12: hypot and a root of scaled squares differ by a few roundings; 1e-300
    # allows for what is lost below the smallest normal numbers.
    np.testing.assert_allclose(flat, expected, rtol=1e-12, atol=1e-300)


def test_clip_norm_survives_zeros_and_squares_that_overflow():
    assert clipped({"w": np.zeros(2, np.float32)}, 1.0)["w"].tolist() == [0, 0]
    huge = clipped({"w": np.array([3e30, 4e30], np.float32)}, 1.0)["w"]
    # Two roundings of float32.
    np.testing.assert_allclose(huge, [0.6, 0.8], rtol=3e-7)
    tiny = clipped({"w": np.array([3e-30, 4e-30], np.float32)}, 1e-30)["w"]
    np.testing.assert_allclose(tiny, [0.6e-30, 0.8e-30], rtol=3e-7)


def test_a_schedule_is_read_at_the_state_s_step():
    rates = [0.1, 0.01, 0.001]
    seen = run(SGD(lambda step: np.array(rates)[step]), [1.0, 1.0, 1.0], w=0.0)
    assert seen == pytest.approx([-0.1, -0.11, -0.111], rel=1e-14)


class Recorder(np.lib.mixins.NDArrayOperatorsMixin):
    """Stands in for an array that has no value yet, as in a traced step."""

    def __init__(self, value):
        self.value = np.asarray(value)
        self.dtype, self.shape = self.value.dtype, self.value.shape

    def __getitem__(self, index):
        return Recorder(self.value[index])

    def astype(self, dtype):
        return Recorder(self.value.astype(dtype))

    def __bool__(self):
        raise TypeError("branches on a value")

    __float__ = __int__ = __index__ = __len__ = __bool__

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return Recorder(getattr(ufunc, method)(*map(bare, inputs), **kwargs))

    def __array_function__(self, function, types, args, kwargs):
        return Recorder(function(*map(bare, args), **kwargs))


def bare(x):
    return x.value if isinstance(x, Recorder) else x


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("rate", [None, 0.1])
def test_an_update_can_be_traced(name, rate):
    options = {"clip_norm": 1.0, "clip_value": 0.5, "weight_decay": 0.01}
    optimizer = OPTIMIZERS[name](StepDecay(0.1, every=2), **options)
    params = {"w": np.array([1.0, 2.0], np.float32)}
    grads = {"w": np.array([3.0, -4.0], np.float32)}
    state = optimizer.init(params)
    traced = {"step": Recorder(state["step"])}
    for slot in optimizer.slots:
        traced[slot] = {"w": Recorder(state[slot]["w"])}
    wrapped = [{"w": Recorder(each["w"])} for each in (params, grads)]
    new, new_state = optimizer.update(*wrapped, traced, rate)
    expected, _ = optimizer.update(params, grads, state, rate)
    assert isinstance(new_state["step"], Recorder)
    np.testing.assert_array_equal(new["w"].value, expected["w"], strict=True)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"learning_rate": 0.0}, "learning_rate must be above 0, got 0.0"),
        ({"learning_rate": -1}, "learning_rate must be above 0, got -1"),
        ({"learning_rate": math.nan}, "learning_rate must be finite"),
        ({"weight_decay": -0.1}, "weight_decay must be 0 or more"),
        ({"clip_norm": 0}, "clip_norm must be above 0"),
        ({"clip_value": -1}, "clip_value must be above 0"),
    ],
)
def test_refuses_nonsense(name, options, message):
    kind = OPTIMIZERS[name]
    with pytest.raises(ValueError, match=f"{kind.__name__}: {message}"):
        kind(**options)


def test_refuses_what_is_not_a_number():
    with pytest.raises(TypeError, match="SGD: learning_rate must be a number, got"):
        SGD("fast")
    with pytest.raises(ValueError, match=r"Momentum: momentum must be in \[0, 1\)"):
        Momentum(0.1, momentum=1.0)
    with pytest.raises(ValueError, match=r"Adam: beta2 must be in \[0, 1\)"):
        Adam(beta2=1.5)


def test_settings_cannot_be_changed_and_compare_by_value():
    assert Adam(0.1) == Adam(0.1) != Adam(0.2)
    with pytest.raises(AttributeError):
        SGD(0.1).learning_rate = 0.2
