"""`compile` with compiled loops: the same function, by whichever engine it is run."""

import threading
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")
pytest.importorskip("scipy")

import kobai
from kobai.autodiff.trees import leaves
from kobai.engines import versions
from kobai.engines.reference import interpret
from kobai.errors import MissingExtraError
from kobai.graph import trace

# Another order of a few roundings, of numbers near 1.
TOLERANCE = {"float32": 1e-5, "float64": 1e-13}

LABELS = np.array([1, 0, 2, 1])


pytestmark = pytest.mark.usefixtures("compiled_folder")


def is_compiled(f, *arguments):
    return "kobai.engines.numba_engine" in f.source(*arguments)


def loss(params, x, t):
    z = np.tanh(x @ params["W1"] + params["b1"]) @ params["W2"]
    z = z - np.max(z, axis=1, keepdims=True)
    return -np.mean(z[np.arange(len(t)), t] - np.log(np.sum(np.exp(z), axis=1)))


def both(w, x):
    y = w * x
    w += y
    return y, w, np.sum(y), 2.0


def descend(w, g):
    w -= 0.5 * g


def hypotenuse(a, b):
    return np.sqrt(a * a + b * b)


def number(x, c):
    return np.sum(x * c) * c, c, x


def inputs(seed, dtype):
    rng = np.random.default_rng(seed)

    def array(*shape):
        return rng.normal(size=shape).astype(dtype)

    params = {"W1": array(5, 4), "b1": array(4), "W2": array(4, 3)}
    return {
        "loss": (loss, (params, array(4, 5), LABELS)),
        "gradient": (kobai.gradient(loss), (params, array(4, 5), LABELS)),
        "both": (both, (array(3, 4), array(3, 4))),
        "descend": (descend, (array(7), array(7))),
        "hypotenuse": (hypotenuse, (array(6), array(6))),
        "number": (number, (array(3), float(rng.normal()))),
        "array without axes": (lambda x: x * 2 + 1, (np.array(array(1)[0]),)),
        "number of NumPy": (lambda x: x * 2 + 1, (array(1)[0],)),
        "view": (lambda x: x[1:].T, (array(3, 2),)),
        "nothing to do": (lambda x: (x, 1.5), (array(2),)),
        "one of two": (lambda x: np.where(x > 0, x, 0), (np.array(array(1)[0]),)),
        "sorted": (lambda x: np.sort(x) * 2, (array(5),)),
        "bool": (lambda x: (x > 0, np.where(x > 0, x, -1)), (array(5),)),
    }


def copied(tree):
    if isinstance(tree, dict):
        return {name: copied(each) for name, each in tree.items()}
    return tree.copy() if isinstance(tree, np.ndarray) else tree


def assert_alike(found, expected, limit):
    assert type(found) is type(expected)
    assert np.asarray(found).dtype == np.asarray(expected).dtype
    np.testing.assert_allclose(found, expected, rtol=limit, atol=limit)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", inputs(0, "float32"))
def test_every_engine_computes_the_function(name, dtype):
    f, _ = inputs(0, dtype)[name]
    fast, plain = kobai.compile(f, engine="numba"), kobai.compile(f, engine="numpy")
    kept = []
    for seed in range(3):
        _, given = inputs(seed, dtype)[name]
        there, here = (tuple(map(copied, given)) for _ in range(2))
        graph = trace(f, *given)
        outputs, _ = interpret(graph)(*leaves(list(given)))
        found, expected = leaves([fast(*there)]), leaves([plain(*here)])
        # None is a leaf of its own, and no output.
        found, expected = ([v for v in r if v is not None] for r in (found, expected))
        for value, other, third in zip(found, expected, outputs, strict=True):
            assert_alike(value, other, TOLERANCE[dtype])
            np.testing.assert_allclose(
                value, third, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype]
            )
        for a, b in zip(leaves(list(there)), leaves(list(here)), strict=True):
            assert_alike(a, b, TOLERANCE[dtype])
        kept.append((found, [np.copy(value) for value in found]))
        for value in found:
            for argument in leaves(list(there)):
                assert not np.may_share_memory(value, argument)
    # What was returned stays when the buffers are used again.
    for found, before in kept:
        for value, other in zip(found, before, strict=True):
            np.testing.assert_array_equal(value, other)


def test_the_source_is_that_of_what_runs():
    x = np.ones(3)
    assert is_compiled(kobai.compile(hypotenuse, engine="numba"), x, x)
    assert not is_compiled(kobai.compile(hypotenuse, engine="numpy"), x, x)
    assert not is_compiled(kobai.compile(hypotenuse), x, x)
    # Sorting has no compiled form, so NumPy does it, as in training.
    assert not is_compiled(kobai.compile(np.sort, engine="numba"), x)


def test_an_unknown_engine_is_answered_with_the_near_one():
    with pytest.raises(
        ValueError, match=r'got \'numbra\'; need .*Did you mean "numba"'
    ):
        kobai.compile(hypotenuse, engine="numbra")
    with pytest.raises(ValueError, match="need one of: auto, numpy, numba"):
        kobai.compile(hypotenuse, engine=None)


def test_the_engine_numba_needs_its_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "numba", None)
    with pytest.raises(MissingExtraError, match=r"pip install .*\[fast\]"):
        kobai.compile(hypotenuse, engine="numba")
    assert kobai.compile(hypotenuse)(3.0, 4.0) == 5.0


def wide(x):
    return np.sum(np.where(x > 0, x * x, -x) + np.maximum(x, 0.5) * 2)


def test_auto_turns_to_loops_when_they_have_won_back_their_cost(monkeypatch):
    x = np.linspace(-1, 1, 100_000)
    enough = versions.enough_calls(trace(wide, x))
    # Arrays of 100,000 numbers are not worth a million calls.
    assert 100 < enough < 1_000_000
    monkeypatch.setattr(versions, "COMPILING", versions.COMPILING * 5 / enough)
    f = kobai.compile(wide)
    for _ in range(versions.enough_calls(trace(wide, x)) - 1):
        f(x)
        assert not is_compiled(f, x)
    f(x)
    assert is_compiled(f, x)
    np.testing.assert_allclose(f(x), wide(x), rtol=1e-12)
    # Another shape begins anew.
    assert not is_compiled(f, x[:10])


def test_auto_leaves_to_numpy_what_loops_do_not_win():
    x = np.ones(10)
    # One operation, nothing between operations: nothing to save.
    for f in (lambda x: x + x, hypotenuse, descend):
        given = (x,) * f.__code__.co_argcount
        assert versions.enough_calls(trace(f, *given)) is None


def test_auto_goes_by_no_clock():
    x = np.ones((50, 20))
    graphs = [trace(kobai.gradient(lambda x: np.sum(wide(x))), x) for _ in range(2)]
    first, second = map(versions.enough_calls, graphs)
    assert first == second


def test_without_numba_auto_stays_with_numpy(monkeypatch):
    monkeypatch.setattr(versions, "has_numba", lambda: False)
    monkeypatch.setattr(versions, "COMPILING", 1e-6)
    f, x = kobai.compile(wide), np.ones(1000)
    assert f(x) == f(x) == wide(x)
    assert not is_compiled(f, x)


def lain(x: np.ndarray) -> dict[str, Any]:
    """Return arrays of equal numbers that lie in memory in different ways."""
    pieces = np.zeros((len(x), 2))
    pieces[:, 0] = x
    unaligned = np.frombuffer(b"." + x.tobytes(), x.dtype, offset=1)
    rest = bytearray(x.nbytes + 1)
    shifted = np.frombuffer(rest, x.dtype, offset=1)
    shifted[:] = x
    return {
        "whole": x.copy(),
        "in pieces": pieces[:, 0],
        "backwards": x[::-1].copy()[::-1],
        "unaligned and read-only": unaligned,
        "unaligned": shifted,
        "of the other byte order": x.astype(x.dtype.newbyteorder()),
        "one beside another": np.concatenate([x, x])[: len(x)],
    }


@pytest.mark.parametrize("name", lain(np.ones(2)))
def test_arrays_may_lie_in_memory_as_they_like(name):
    w, x = np.array([1.0, -2.0, 3.0]), np.array([0.5, 0.25, -4.0])
    f = kobai.compile(hypotenuse, engine="numba")
    np.testing.assert_allclose(f(lain(w)[name], x), hypotenuse(w, x), rtol=1e-15)
    np.testing.assert_allclose(f(x, lain(w)[name]), hypotenuse(w, x), rtol=1e-15)
    changed = lain(w)[name]
    f = kobai.compile(descend, engine="numba")
    if not changed.flags.writeable:
        with pytest.raises(ValueError, match="read-only"):
            f(changed, x)
        np.testing.assert_array_equal(changed, w)
        return
    f(changed, x)
    np.testing.assert_allclose(changed, w - 0.5 * x, rtol=1e-15)


def test_neighbours_in_one_array_are_changed_as_by_numpy():
    both = np.arange(8.0)
    f = kobai.compile(descend, engine="numba")
    f(both[::2], both[1::2])
    np.testing.assert_array_equal(both, [-0.5, 1, 0.5, 3, 1.5, 5, 2.5, 7])
    f(both[:4], both[4:])
    np.testing.assert_array_equal(both, [-1.25, -1.5, -0.75, -0.5, 1.5, 5, 2.5, 7])


def test_labels_may_count_from_the_end():
    def picked(x, t):
        return np.sum(x[np.arange(3), t])

    x = np.arange(12.0).reshape(3, 4)
    f = kobai.compile(picked, engine="numba")
    assert is_compiled(f, x, np.array([1, 2, 3]))
    for t in ([1, 2, 3], [-1, 0, -4]):
        assert f(x, np.array(t)) == picked(x, np.array(t))
    with pytest.raises(IndexError, match="out of bounds"):
        f(x, np.array([0, 0, 4]))


def test_what_numpy_is_to_raise_is_raised():
    f = kobai.compile(lambda x: np.sum(1 / x + x), engine="numba")
    x = np.array([0.0, 1.0])
    assert is_compiled(f, x)
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        f(x)
    assert f(x) == np.inf


def test_threads_do_not_disturb_one_another():
    f = kobai.compile(lambda x: np.sum(np.tanh(x @ x) @ x, axis=0), engine="numba")
    inputs = np.random.default_rng(0).normal(size=(4, 40, 40))
    wrong = []

    def work(x):
        expected = np.sum(np.tanh(x @ x) @ x, axis=0)
        for _ in range(50):
            # Sums of 40 products of numbers up to about 10, in another order.
            if not np.allclose(f(x), expected, rtol=1e-11, atol=1e-11):
                wrong.append(x)

    threads = [threading.Thread(target=work, args=(x,)) for x in inputs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
