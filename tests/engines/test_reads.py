"""What is seen of a function before it is run: what it reads, and that it is pure."""

import builtins
import functools
import math
import time

import numpy as np
import pytest

from kobai import functions
from kobai.engines.differences.reads import Reads, UnclearError

DATA = np.arange(6.0).reshape(2, 3)
TABLE = {"data": DATA, "scale": 2.0}
OBJECTS = np.array([print])
ITERATOR = iter([1])
RNG = np.random.default_rng(0)


def helper(x, power=2):
    return np.sum((x @ DATA) ** power)


class Model:
    bias = 0.5

    def __init__(self):
        self.data = DATA
        self.calls = 0

    def loss(self, x):
        return np.mean(self.data @ x + self.bias) + self.part(x)

    def part(self, x):
        return sum(np.sum(row * x) for row in self.data)

    def counting(self, x):
        self.calls += 1
        return np.sum(x)

    @property
    def made(self):
        self.calls += 1
        return 1.0


MODEL = Model()


def with_list(x):
    states = []
    for i in range(3):
        states.append(np.tanh(x * i))
    return sum(np.sum(s) for s in states)


def with_inner(x):
    total = 0.0

    def inner(y):
        return y * total + DATA[0, 0]

    return inner(np.sum(x))


def checked(x):
    if x.ndim != 1:
        raise ValueError(f"got {x.shape}")
    return np.sum(x)


PURE = {
    "numpy": (lambda x: np.sum(np.exp(x) @ np.ones(3)), 0),
    "global array": (lambda x: np.sum(DATA * x), 1),
    "default argument": (lambda x, a=DATA: np.sum(a * x), 1),
    "global table": (lambda x: np.sum(TABLE["data"] * x), 2),
    "helper": (lambda x: helper(x) + helper(x, power=3), 1),
    # The arguments that it keeps are a dict.
    "partial": (functools.partial(helper, power=3), 2),
    "method": (MODEL.loss, 1),
    "attribute": (lambda x: MODEL.loss(x) * MODEL.bias, 1),
    "list": (with_list, 0),
    "inner function": (with_inner, 1),
    "refusals": (checked, 0),
    "kobai's own": (lambda x: functions.softmax_cross_entropy(x, DATA), 1),
    "math": (lambda x: x * math.exp(2) * np.pi, 0),
    "methods of arrays": (lambda x: x.T.reshape(-1).sum() + DATA.T[0].sum(), 1),
    "comprehension": (lambda x: max(np.sum(x[k]) for k in sorted(TABLE)), 2),
    "reduce": (lambda x: np.multiply.reduce(x), 0),
    "linear algebra": (lambda x: np.linalg.norm(x), 0),
    "lambda in a list": (lambda x: [np.tanh, lambda y: y * DATA][1](x), 1),
}


@pytest.mark.parametrize("name", PURE)
def test_what_computes_alone_is_seen_with_what_it_reads(name):
    f, count = PURE[name]
    assert len(Reads.of(f).changeable) == count


def prints(x):
    print(x)
    return np.sum(x)


def counts_in_a_global(x):
    global COUNT
    COUNT = 1
    return np.sum(x)


def counts_in_itself(x):
    counts_in_itself.calls = 1
    return np.sum(x)


def made_counting():
    count = 0

    def f(x):
        nonlocal count
        count += 1
        return np.sum(x)

    return f


def imports(x):
    import random

    return np.sum(x) * random.random()


def opens(x):
    with open("/dev/null") as file:
        return np.sum(x) + len(file.read())


def through_a_helper(x):
    return np.sum(x) + prints(x)


def under_another_name(x):
    self = MODEL
    return self.counting(x)


IMPURE = {
    "print": prints,
    "global": counts_in_a_global,
    "attribute of a function": counts_in_itself,
    "nonlocal": made_counting(),
    "attribute": MODEL.counting,
    "attribute of a global": lambda x: MODEL.counting(x),
    "other name": under_another_name,
    "property": lambda x: np.sum(x) * MODEL.made,
    "random, old": lambda x: np.sum(x) * np.random.normal(),  # noqa: NPY002
    "random, new": lambda x: np.sum(x) * RNG.normal(),
    "random in a helper": lambda x: helper(x) + np.random.default_rng(0).normal(),
    "time": lambda x: np.sum(x) * time.perf_counter(),
    "import": imports,
    "with": opens,
    "helper": through_a_helper,
    "argument that prints": lambda x: sum(map(print, [1])),
    "default that prints": lambda x, show=print: np.sum(x),
    "eval": lambda x: eval("np.sum(x)"),
    "setattr": lambda x: setattr(MODEL, "calls", 3),
    "ufunc that writes": lambda x: np.add.at(DATA, 0, 1),
    "uninitialised": lambda x: np.empty(3),
    "object": lambda x: MODEL if MODEL else x,
    "array of objects": lambda x, a=OBJECTS: np.sum(x),
    "name that is not there": lambda x: not_there(x),  # noqa: F821
    "iterator": lambda x, i=ITERATOR: next(i),
    "builtins": lambda x: builtins.print(x),
}


@pytest.mark.parametrize("name", IMPURE)
def test_what_may_do_more_is_refused_before_it_is_run(name):
    calls = MODEL.calls
    with pytest.raises(UnclearError, match=r"^f "):
        Reads.of(IMPURE[name])
    assert MODEL.calls == calls


def test_what_is_changed_is_put_back():
    table = {"a": [1.0, 2.0], "b": np.arange(3.0)}
    before = table["a"], table["b"]

    def f(x):
        table["c"] = x
        table["a"].append(3.0)
        table["b"] *= 2
        return np.sum(x)

    reads = Reads.of(f)
    with pytest.raises(UnclearError, match="changes a dict"), reads.unchanged():
        f(np.ones(2))
    assert list(table) == ["a", "b"]
    assert (table["a"], table["b"]) == (before[0], before[1])
    assert table["a"] == [1.0, 2.0]
    np.testing.assert_array_equal(table["b"], np.arange(3.0))
