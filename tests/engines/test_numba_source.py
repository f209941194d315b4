"""The generated code as plain Python: at any sizes at once, and within its arrays."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

pytest.importorskip("numba")
pytest.importorskip("scipy")

from kobai import value_and_gradient
from kobai.autodiff.trees import leaves
from kobai.engines.numba_engine import NotCompilable, compile_numba, epoch
from kobai.engines.numba_engine.abi import PRODUCT
from kobai.engines.numba_engine.module import Generated
from kobai.engines.reference import interpret
from kobai.graph import trace
from kobai.networks import (
    GELU,
    BatchNorm,
    Dense,
    Ensemble,
    Heads,
    Identity,
    Network,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)


def product(arguments: tuple[Any, ...]) -> None:
    p = dict(zip(PRODUCT.fields, arguments, strict=True))
    m, n, k = int(p["m"]), int(p["n"]), int(p["k"])
    a = p["a"].reshape(k, m).T if p["ta"] else p["a"].reshape(m, k)
    b = p["b"].reshape(n, k).T if p["tb"] else p["b"].reshape(k, n)
    p["c"].reshape(m, n)[:] = p["alpha"] * a @ b + p["beta"] * p["c"].reshape(m, n)


class Tools:
    """What the code calls, by NumPy."""

    product = staticmethod(product)
    normal_float32 = normal_float64 = staticmethod(lambda x: x)

    def compiled(self, function: Any) -> Any:
        return function

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name.partition("_float")[0], None)


class Steps:
    """The code as a compiled function is called."""

    def __init__(self, steps: Any) -> None:
        self.steps = steps

    def __call__(self, *arguments: Any) -> Any:
        return self.steps(*arguments)

    def partly(self, arguments: Any) -> Any:
        def call(arrays: Any) -> Any:
            rest = iter(arrays)
            return self.steps(*(next(rest) if a is ... else a for a in arguments))

        return call


def load(generated: Generated) -> Any:
    namespace: dict[str, Any] = {"tools": Tools()}
    source = generated.source.replace(
        "from kobai.engines.numba_engine.kernels.tools import tools", ""
    )
    exec(source, namespace)
    return Steps(namespace["steps"])


@pytest.fixture(scope="module")
def as_python() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(epoch.cache, "load", load)
        patch.setattr(epoch, "register", lambda dtypes: None)
        patch.setattr(
            epoch, "choose_ways", lambda made, *_: [0] * (len(made.products) + 1)
        )
        yield


SIZES = st.sampled_from([1, 2, 3, 4, 5, 10, 15, 16])
HIDDEN = st.sampled_from([Sigmoid(), Tanh(), ReLU(), GELU(), Softmax(), BatchNorm()])
LAST = st.sampled_from(
    [
        ([Dense(10), Softmax()], None, 10),
        ([Dense(2), Softmax()], "cross_entropy_error", 2),
        ([Dense(3), Sigmoid()], None, None),
        ([Dense(1), Identity()], "huber", None),
        ([Dense(2), Softmax()], "mean_squared_error", None),
        ([Dense(5), Heads((1, 4))], None, None),
    ]
)


@settings(max_examples=100, deadline=None)
@given(
    inputs=SIZES,
    hidden=st.lists(st.tuples(SIZES, HIDDEN), max_size=2),
    last=LAST,
    batch=SIZES,
    members=st.sampled_from([0, 0, 1, 3]),
    is_weighted=st.booleans(),
)
@pytest.mark.usefixtures("as_python")
def test_gradients_are_those_of_the_reference(
    inputs: int, hidden: Any, last: Any, batch: int, members: int, is_weighted: bool
) -> None:
    (final, loss, classes), rng = last, np.random.default_rng(batch)
    layers = [each for units, layer in hidden for each in (Dense(units), layer)]
    make, several = (Ensemble, {"members": members}) if members else (Network, {})
    network = make(inputs, [*layers, *final], loss, dtype=np.float64, **several)
    x, t = network.example_batch(batch)
    x = rng.normal(size=x.shape)
    t = rng.integers(0, classes or 2, t.shape if classes is None else batch)
    t = t if classes else t.astype(float)
    weights = [rng.random(batch)] if is_weighted else []

    def step(params: Any, statistics: Any, x: Any, t: Any, *weights: Any) -> Any:
        def objective(params: Any) -> Any:
            given = dict(zip(["weights"], weights, strict=False))
            return network.objective(params, x, t, statistics, **given)

        return value_and_gradient(objective, params, has_aux=True)

    given = [network.params, network.statistics, x, t, *weights]
    graph = trace(step, *given)
    try:
        run = compile_numba(graph)
    except NotCompilable:
        # Stacked numbers of the members of an ensemble are left to NumPy.
        reject()
    wanted, _ = interpret(graph)(*leaves(given))
    with np.errstate(all="ignore"):
        found = run(*leaves(given))
    for ours, theirs in zip(found, wanted, strict=True):
        # Some thousand roundings in another order, of numbers below 100.
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-11)
