"""Compiled code as Python calls it: what fits, and what is refused."""

import re
import threading
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

from kobai.engines.numba_engine import cache
from kobai.engines.numba_engine.native.code import Function

SOURCE = """def steps(count, factor, x, y):
    for i in range(count):
        y[i] += factor * x[i]
    return count + 1
"""
KINDS = ["int64", "float32", "const float32[:]", "float32[:]"]


pytestmark = pytest.mark.usefixtures("compiled_folder")


def add() -> Function:
    return cache.load_function("test", SOURCE, KINDS)


def floats(*numbers: float) -> Any:
    return np.array(numbers, np.float32)


def test_numbers_and_arrays_arrive() -> None:
    x, y = floats(1, 2, 3), floats(10, 20, 30)
    assert add()(2, 0.5, x, y) == 3
    np.testing.assert_array_equal(y, [10.5, 21, 30])
    x.flags.writeable = False
    assert add()(3, -1.0, x, y) == 4
    np.testing.assert_array_equal(y, [9.5, 19, 27])
    assert add()(0, 1.0, floats(), floats()) == 1


def test_a_call_is_prepared_with_what_stays() -> None:
    x, y = floats(1, 2, 3), floats(10, 20, 30)
    call = add().partly([2, 0.5, ..., ...])
    assert call([x, y]) == 3
    assert call([y, x]) == 3
    np.testing.assert_array_equal(y, [10.5, 21, 30])
    np.testing.assert_array_equal(x, [6.25, 12.5, 3])
    with pytest.raises(TypeError, match=r"got <f8\[3\] .* need float32"):
        call([x, y.astype(float)])
    with pytest.raises(TypeError, match=r"got <f4\[2\] with strides \(8,\)"):
        call([x[::2], y])
    np.testing.assert_array_equal(x, [6.25, 12.5, 3])


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float32", "float64"])
def test_every_type_arrives(dtype: str) -> None:
    source = "def steps(x, y):\n    for i in range(4):\n        y[i] = x[3 - i]\n"
    kinds = [f"const {dtype}[:]", f"{dtype}[:]"]
    x, y = np.array([0, 1, 1, 3]).astype(dtype), np.zeros(4, dtype)
    cache.load_function("test", source, kinds)(x, y)
    np.testing.assert_array_equal(y, x[::-1])


def test_two_names_of_c_for_one_type() -> None:
    source = "def steps(x):\n    return x[0]\n"
    function = cache.load_function("test", source, ["const int64[:]"])
    for letter in "lqLQ":
        x = np.array([7]).astype(letter)
        if x.dtype == np.int64:
            assert function(x) == 7
        else:
            with pytest.raises(TypeError, match="need const int64"):
                function(x)


def locked(x: Any) -> Any:
    x.flags.writeable = False
    return x


def unaligned(x: Any) -> Any:
    memory = np.zeros(x.nbytes + 1, np.uint8)[1:]
    memory[:] = x.view(np.uint8)
    return memory.view(x.dtype)


WRONG = {
    "dtype": lambda x: x.astype(float),
    "whole": lambda x: x.astype(np.int32),
    "order": lambda x: np.repeat(x, 2)[::2],
    "backwards": lambda x: x[::-1],
    "swapped": lambda x: x.astype(x.dtype.newbyteorder()),
    "two axes": lambda x: x.reshape(1, -1),
    "no axes": lambda x: np.array(x[0]),
    "locked": locked,
    "unaligned": unaligned,
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("place", [2, 3])
def test_an_array_that_does_not_fit_is_refused(what: str, place: int) -> None:
    given = [3, 2.0, floats(1, 2, 3), floats(0, 0, 0)]
    given[place] = WRONG[what](floats(1, 2, 3))
    if (what, place) == ("locked", 2):
        add()(*given)
        return
    before = np.array(given[3])
    wrong = re.escape(f"{given[place].dtype.str}{list(given[place].shape)}")
    with pytest.raises(TypeError, match=f"got {wrong}.*need {re.escape(KINDS[place])}"):
        add()(*given)
    np.testing.assert_array_equal(given[3], before)


class Own(np.ndarray):
    pass


@pytest.mark.parametrize(
    "given",
    [
        (),
        (3, 2.0, floats(1)),
        (3, 2.0, [1.0], floats(1)),
        (3, 2.0, None, floats(1)),
        (3, 2.0, floats(1).view(Own), floats(1)),
        (np.int64(1), 2.0, floats(1), floats(1)),
        (1, 2, floats(1), floats(1)),
        (1, 2.0, floats(1), floats(1), floats(1)),
    ],
)
def test_what_is_no_array_is_refused(given: Any) -> None:
    with pytest.raises(TypeError, match=r"compiled: got .*need int64, float32, const"):
        add()(*given)


def test_threads_call_it_at_once() -> None:
    function, results = add(), []

    def run(number: int) -> None:
        x, y = np.full(1000, number, np.float32), np.zeros(1000, np.float32)
        for _ in range(300):
            function(1000, 1.0, x, y)
        results.append(bool((y == 300 * number).all()))

    threads = [threading.Thread(target=run, args=(n,)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert results == [True] * 4
