"""Compiled steps give the same bits wherever their arrays lie, and stay inside them."""

import ctypes
import faulthandler
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")
pytest.importorskip("scipy")

from kobai.engines.numba_engine import cache, compile_numba
from kobai.engines.numba_engine.module import generate
from kobai.engines.numba_engine.native.translation import translated
from kobai.engines.numpy_engine.program import simplify
from kobai.graph import trace

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "same_seed.py"
CASES = ["64-50-10 float32", "momentum float32", "adam float64"]


pytestmark = pytest.mark.usefixtures("compiled_folder")


@pytest.fixture(scope="module")
def script() -> Any:
    spec = importlib.util.spec_from_file_location("same_seed", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Its dataclasses look their module up.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module", params=CASES)
def places(script: ModuleType, request: pytest.FixtureRequest) -> Any:
    return script.Places(script.cases()[request.param])


def test_results_do_not_depend_on_where_arrays_lie(
    script: ModuleType, places: Any
) -> None:
    # One order in twelve made a difference once, so 100 miss that once in 6,000 times.
    chance = np.random.default_rng(0)
    for way in places.ways():
        found = {places.result(lambda a: script.placed(a, chance)) for _ in range(100)}
        assert len(found) == 1, way


def test_nothing_is_read_that_was_not_written(script: ModuleType, places: Any) -> None:
    chance = np.random.default_rng(0)
    for way in places.ways():
        # All bits set are NaN or -1, all but some of them a large number.
        found = {
            places.result(lambda a: script.placed(a, chance), junk)
            for junk in (0, 0x5A, 0xFF)
        }
        assert len(found) == 1, way


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pages of Linux")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_nothing_is_read_or_written_past_an_end(
    script: ModuleType, places: Any
) -> None:
    child = os.fork()
    if not child:
        # What touches a guarded page is killed, so that is another process.
        results = {
            places.result(put)
            for _ in places.ways()
            for put in (script.before_a_guard, script.after_a_guard)
        }
        os._exit(0 if results else 1)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pages of Linux")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_guarded_pages_are_guarded(script: ModuleType) -> None:
    # A checker that lets everything pass is none: one number too far is one too many.
    for at_end, place in ((True, 3), (False, -1)):
        child = os.fork()
        if not child:
            faulthandler.disable()
            array = script.guarded(np.zeros(3), at_end)
            ctypes.c_double.from_address(array.ctypes.data + 8 * place).value += 1
            os._exit(0)
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_no_loop_looks_where_its_arrays_lie(script: ModuleType) -> None:
    generated = script.Places(script.cases()["sgd float32"]).epoch._generated
    kinds = cache.kinds_of(generated)
    code = translated("kobai_test", generated.source, kinds).library.get_llvm_str()
    # It is vectorised, and without a check that would choose between two versions.
    assert "vector.body" in code
    assert "memcheck" not in code


def test_elementary_functions_are_computed_in_place_after_many_calls() -> None:
    def f(h: Any, w: Any, b: Any) -> Any:
        for _ in range(12):
            h = np.tanh(h @ w + b)
        return h

    h, w, b = (np.ones(shape, np.float32) for shape in ((4, 4), (4, 4), 4))
    generated = generate(simplify(trace(f, h, w, b)))
    kinds = cache.kinds_of(generated)
    code = translated("kobai_test", generated.source, kinds).library.get_llvm_str()
    calls = [line for line in code.splitlines() if " call " in line]
    assert [line for line in calls if "kobai_product" in line]
    assert not [line for line in calls if "tanh" in line]


def test_arrays_that_share_memory_are_refused() -> None:
    def f(w: Any, x: Any) -> Any:
        w -= 0.5 * x
        return w * x

    memory = np.arange(8.0)
    run = compile_numba(trace(f, memory[:4], memory[4:]))
    (found,) = run(memory[:4], memory[4:])
    np.testing.assert_array_equal(found, memory[:4] * memory[4:])
    for w, x in ((memory, memory), (memory[:4], memory[3:7]), (found, memory[4:])):
        with pytest.raises(ValueError, match="shares its memory; pass a copy"):
            run(w[:4], x[:4])
    with pytest.raises(ValueError, match="pass a copy"):
        run(memory[:4], found)


def test_arrays_that_are_only_read_may_share_memory() -> None:
    x = np.arange(4.0)
    (found,) = compile_numba(trace(lambda a, b: a * b, x, x))(x, x)
    np.testing.assert_array_equal(found, x * x)


def test_constants_stay_as_they_were_traced() -> None:
    offset, x = np.arange(4.0), np.ones(4)
    run = compile_numba(trace(lambda x: x + offset, x))
    offset += 100
    np.testing.assert_array_equal(run(x)[0], [1, 2, 3, 4])


def test_arrays_that_come_to_share_memory_are_refused_in_a_run(
    script: ModuleType,
) -> None:
    places = script.Places(script.cases()["adam float64"])
    arrays, data, (rows,), each, (losses,) = places.parts
    for _ in range(3):
        places.epoch(arrays, data, rows, each, losses)
    refused = pytest.raises(ValueError, match="shares its memory; pass a copy")
    longest = max(arrays, key=np.size)
    with refused:
        places.epoch(arrays, data, rows, each, longest.reshape(-1)[: len(losses)])
    rate = longest.reshape(-1)[: len(losses)]
    with refused:
        places.epoch(arrays, data, rows, [*each[:-1], rate], losses)
    twins = [a for a in arrays if a.shape == longest.shape]
    others = [twins[0] if a is twins[1] else a for a in arrays]
    with refused:
        places.epoch(others, data, rows, each, losses)
    view = np.frombuffer(longest).reshape(longest.shape)
    views = [view if a is twins[1] else a for a in arrays]
    if longest is twins[0]:
        with refused:
            places.epoch(views, data, rows, each, losses)
    # Nothing was noted down that is not so.
    places.epoch(arrays, data, rows, each, losses)
