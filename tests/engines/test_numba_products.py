"""Products of matrices, by BLAS and by tiles, against NumPy."""

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

numba = pytest.importorskip("numba")
pytest.importorskip("scipy")

from kobai import train as train_network  # noqa: E402
from kobai.engines.numba_engine import (  # noqa: E402
    blas_or_tiles,
    cache,
)
from kobai.engines.numba_engine import helper as helpers  # noqa: E402
from kobai.engines.numba_engine.abi import REPEATED  # noqa: E402
from kobai.engines.numba_engine.kernels.panels import (  # noqa: E402
    is_packed,
    spare_numbers,
)
from kobai.engines.numba_engine.kernels.products import (  # noqa: E402
    BLAS,
    IN_PLACE,
    TILES,
)
from kobai.engines.numba_engine.kernels.symbols import register_product  # noqa: E402
from kobai.engines.numba_engine.kernels.tools import tools  # noqa: E402
from kobai.engines.numba_engine.kernels.two_jobs import (  # noqa: E402
    BOARD,
    CALLED,
    HELPER,
    LEAVE,
    NONE,
    THERE,
    WORTH_SHARING,
)
from kobai.engines.numba_engine.native import translation  # noqa: E402
from kobai.engines.numba_engine.native.code import Code  # noqa: E402
from kobai.networks import Dense, Network, Sigmoid, Softmax  # noqa: E402

sizes = st.integers(1, 40) | st.sampled_from([50, 64, 65, 100, 130, 300])


@pytest.fixture(scope="module")
def run():  # type: ignore[no-untyped-def]
    product = tools.product
    register_product("float32")
    register_product("float64")

    @numba.njit
    def run(a, ta, b, tb, c, m, n, k, alpha, beta, way, spare, counting, board):  # type: ignore[no-untyped-def]
        rows = a, a, counting, np.uint64(0)
        numbers = m, n, k, alpha, beta
        product((*rows, ta, b, tb, c, *numbers, way, spare, counting, board))

    return run


@settings(max_examples=80, deadline=None)
@given(
    m=sizes, n=sizes, k=sizes,
    ta=st.booleans(), tb=st.booleans(),
    way=st.sampled_from([BLAS, TILES]),
    dtype=st.sampled_from(["float32", "float64"]),
    scale=st.sampled_from([(1.0, 0.0), (-0.5, 1.0), (2.0, 0.9)]),
)  # fmt: skip
def test_product_is_numpys(run, m, n, k, ta, tb, way, dtype, scale) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(m * 10007 + n * 101 + k)
    a = rng.normal(size=(k, m) if ta else (m, k)).astype(dtype)
    b = rng.normal(size=(n, k) if tb else (k, n)).astype(dtype)
    # With beta = 0 what was in C does not count, be it NaN.
    c = (
        rng.normal(size=(m, n)).astype(dtype)
        if scale[1]
        else np.full((m, n), np.nan, dtype)
    )
    exact = scale[0] * ((a.T if ta else a).astype("f8") @ (b.T if tb else b))
    exact += scale[1] * c if scale[1] else 0
    number = np.dtype(dtype).type
    shape = [np.uint64(s) for s in (m, n, k)]
    alpha, beta = map(number, scale)
    spare = np.empty(spare_numbers(m, n, k), dtype)
    out = c.reshape(-1)
    given = a.ravel(), int(ta), b.ravel(), int(tb), out
    rest = way, spare, np.arange(max(m, k)), np.zeros(BOARD, np.int64)
    run(*given, *shape, alpha, beta, *rest)
    # A sum of k products of numbers near 1 grows as the root of k, and rounds k times,
    # at random: by k in all, and a few times that where the entries are many.
    limit = (20 + 4 * k) * np.finfo(dtype).eps
    np.testing.assert_allclose(c, exact, rtol=limit, atol=limit)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("beta", [0.0, 0.9])
@pytest.mark.parametrize("tb", [False, True])
@pytest.mark.parametrize("ta", [False, True])
@pytest.mark.parametrize(("m", "n", "k"), [(101, 155, 333), (155, 101, 401)])
def test_a_packed_product_is_numpys(run, m, n, k, ta, tb, beta, dtype) -> None:  # type: ignore[no-untyped-def]
    assert is_packed(m, n, k)
    rng = np.random.default_rng(0)
    a = rng.normal(size=(k, m) if ta else (m, k)).astype(dtype)
    b = rng.normal(size=(n, k) if tb else (k, n)).astype(dtype)
    c = rng.normal(size=(m, n)) if beta else np.full((m, n), np.nan)
    out = c.astype(dtype)
    exact = -0.5 * ((a.T if ta else a).astype("f8") @ (b.T if tb else b))
    exact += beta * out.astype("f8") if beta else 0
    # What lies beside the memory to pack into stays as it is.
    spare = np.full(spare_numbers(m, n, k) + 9, np.nan, dtype)
    spare[-9:] = 7
    number, shape = np.dtype(dtype).type, [np.uint64(s) for s in (m, n, k)]
    given = a.ravel(), int(ta), b.ravel(), int(tb), out.reshape(-1), *shape
    rest = TILES, spare, np.arange(max(m, k)), np.zeros(BOARD, np.int64)
    run(*given, number(-0.5), number(beta), *rest)
    # A sum of k products of numbers near 1 rounds k times, at random.
    limit = 20 * np.finfo(dtype).eps * np.sqrt(k)
    np.testing.assert_allclose(out, exact, rtol=limit, atol=limit)
    assert (spare[-9:] == 7).all()


@pytest.mark.parametrize("ta", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("m", "n", "k"),
    [(7, 5, 3), (23, 50, 12), (100, 10, 31), (60, 20, 350), (131, 125, 320)],
)
def test_rows_read_in_place_give_the_bits_of_fetched_rows(m, n, k, ta, dtype) -> None:  # type: ignore[no-untyped-def]
    product = tools.product
    register_product(dtype)

    @numba.njit
    def run(a, rows, indices, start, ta, b, c, m, n, k, *rest):  # type: ignore[no-untyped-def]
        one = b[0] / b[0]
        numbers = m, n, k, one, one
        product((a, rows, indices, start, ta, b, 0, c, *numbers, *rest))

    rng = np.random.default_rng(0)
    batch, width = (k, m) if ta else (m, k)
    everything = rng.normal(size=(500, width)).astype(dtype)
    indices = rng.integers(500, size=3 * batch)
    start = np.uint64(batch)
    fetched = everything[indices[batch : 2 * batch]]
    b = rng.normal(size=(k, n)).astype(dtype)
    before = rng.normal(size=(m, n)).astype(dtype)
    shape = [np.uint64(s) for s in (m, n, k)]
    found = {}
    for way, a in ((TILES, fetched), (IN_PLACE, np.full_like(fetched, np.nan))):
        c = before.ravel().copy()
        flat = a.ravel(), everything.ravel(), indices, start, int(ta), b.ravel()
        spare = np.empty(spare_numbers(m, n, k), dtype)
        rest = way, spare, np.arange(max(m, k)), np.zeros(BOARD, "i8")
        run(*flat, c, *shape, *rest)
        found[way] = c.reshape(m, n)
    np.testing.assert_array_equal(found[IN_PLACE], found[TILES])
    exact = before + (fetched.T if ta else fetched).astype("f8") @ b
    # A sum of k products of numbers near 1 rounds k times, at random.
    limit = 20 * np.finfo(dtype).eps * np.sqrt(k)
    np.testing.assert_allclose(found[IN_PLACE], exact, rtol=limit, atol=limit)


KEY = (7, 5, 3, (0, 0), "float32", False, False, False)

# Seconds by BLAS, and by tiles: which are faster in one and in the other.
Seconds = tuple[float, float]
TILED, BLASED = (2.0, 1.0), (1.0, 2.0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cache, "cache_folder", lambda: tmp_path)
    return tmp_path


def test_the_first_process_to_write_chooses_for_all(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measure(*key: object) -> Seconds:
        # Another process measures at the same time, and is done first.
        monkeypatch.setattr(blas_or_tiles, "_measure", lambda *key: TILED)
        assert blas_or_tiles._remembered(KEY) == TILED
        return BLASED

    monkeypatch.setattr(blas_or_tiles, "_measure", measure)
    assert blas_or_tiles._remembered(KEY) == TILED
    assert blas_or_tiles._remembered(KEY) == TILED


def test_a_damaged_list_of_choices_is_measured_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blas_or_tiles, "_measure", lambda *key: TILED)
    blas_or_tiles._remembered(KEY)
    (path,) = folder.iterdir()
    name = json.dumps(repr(KEY))
    for text in (
        *('["(7, 5', '["(7, 5, 3)"]', "7", '[["a"], 1]', "[1, 2]", "{}", ""),
        *(f"[{name}, 9]", f"[{name}, true]", f"[{name}, [0.5]]", f"[{name}, null]"),
        *(f"[{name}, [1, 2]]", f"[{name}, [-1.0, 2.0]]", f"[{name}, [NaN, 2.0]]"),
        *("[" * 100_000, "\0" * 1000),
    ):
        path.write_text(text, encoding="utf-8")
        assert blas_or_tiles._remembered(KEY) == TILED
        monkeypatch.setattr(
            blas_or_tiles, "_measure", lambda *key: pytest.fail("known")
        )
        assert blas_or_tiles._remembered(KEY) == TILED
        monkeypatch.setattr(blas_or_tiles, "_measure", lambda *key: TILED)
    path.write_bytes("鈴木\n".encode("cp932") + b"\xff\xfe")
    assert blas_or_tiles._remembered(KEY) == TILED
    assert blas_or_tiles._noted(path) == {repr(KEY): TILED}
    path.unlink()
    path.mkdir()
    assert blas_or_tiles._remembered(KEY) == TILED
    assert path.is_file()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Unix has them")
def test_a_pipe_in_the_place_of_the_choices(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blas_or_tiles, "_measure", lambda *key: TILED)
    blas_or_tiles._remembered(KEY)
    (path,) = folder.iterdir()
    path.unlink()
    os.mkfifo(path)
    assert blas_or_tiles._remembered(KEY) == TILED
    assert path.is_file()


def test_where_nothing_can_be_kept_all_processes_choose_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file").write_bytes(b"")
    monkeypatch.setattr(cache, "cache_folder", lambda: folder / "file" / "below")
    for measured in (TILED, BLASED):
        monkeypatch.setattr(blas_or_tiles, "_measure", lambda *key, way=measured: way)
        assert blas_or_tiles._remembered(KEY) == blas_or_tiles._BLAS_ALONE


def train(steps: int, units: int) -> dict[str, np.ndarray]:
    """Train a network whose products are worth sharing; return what it has learnt."""
    rng = np.random.default_rng(0)
    data = rng.random((500, 200), np.float32), rng.integers(10, size=500)
    network = Network(200, [Dense(units), Sigmoid(), Dense(10), Softmax()], seed=1)
    train_network(network, data, batch_size=100, steps=steps, engine="numba")
    return network.params


@pytest.mark.parametrize(("steps", "units"), [(400, 40), (60, 300)])
def test_a_helper_does_not_change_a_bit(
    steps: int, units: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(helpers, "has_second_core", lambda: True)
    monkeypatch.setattr(blas_or_tiles, "_remembered", lambda key: TILED)
    monkeypatch.setattr(blas_or_tiles, "_KNOWN", {})
    called = []
    start = helpers.start_new_thread
    monkeypatch.setattr(
        helpers, "start_new_thread", lambda *given: called.append(1) or start(*given)
    )
    helped = train(steps, units)
    assert called
    monkeypatch.setattr(helpers, "has_second_core", lambda: False)
    alone = train(steps, units)
    for name, values in helped.items():
        np.testing.assert_array_equal(values, alone[name])


def test_the_helper_takes_jobs_and_leaves_when_there_are_none() -> None:
    board = np.zeros(BOARD, np.int64)
    helper = helpers.Helper([], [])
    assert (
        helper.run(lambda first, stop: 7, 9) == 7
    )  # Nothing to share: nobody is called.
    thread = threading.Thread(target=tools.serve, args=(board,))
    board[HELPER] = CALLED
    thread.start()
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert board[HELPER] == NONE


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes are forked here")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_fork_waits_until_the_helper_has_compiled(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, started = threading.Lock(), threading.Event()
    as_it_is = translation.compile_source

    def compile_slowly(*given: Any) -> Code:
        with lock:  # as Numba holds its own
            started.set()
            time.sleep(0.2)
            return as_it_is(*given)

    monkeypatch.setattr(cache, "_LOADED", {})
    monkeypatch.setattr(translation, "compile_source", compile_slowly)
    thread = threading.Thread(target=helpers._serve, args=(np.zeros(BOARD, np.int64),))
    thread.start()
    started.wait()
    child = os.fork()
    if not child:
        is_free = lock.acquire(timeout=2) and cache.LOCK.acquire(timeout=2)
        os._exit(0 if is_free else 1)
    assert os.waitpid(child, 0)[1] == 0
    thread.join()


class Steps:
    """Steps of a second each, which a helper makes shorter or longer; and the clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.calls, self.helped = 0.0, 0, 0
        self.seconds = {True: 0.5, False: 1.0}
        self.disturbed_every = 0
        self.helper = helpers.Helper([], [])
        self.helper._is_wanted = True
        monkeypatch.setattr(helpers, "start_new_thread", lambda *given: None)
        monkeypatch.setattr(helpers, "perf_counter", lambda: self.now)

    def __call__(self, first: int, stop: int) -> int:
        is_helped = not self.helper.board[LEAVE]
        self.calls += 1
        if self.disturbed_every and self.calls % self.disturbed_every == 0:
            self.now += 50.0
        self.now += (stop - first) * self.seconds[is_helped]
        self.helped += is_helped * (stop - first)
        self.helper.board[HELPER] = THERE if is_helped else NONE
        return stop - first

    def share_of_help(self, calls: int) -> float:
        """Return how many of the steps of so many calls had help."""
        self.helped = 0
        for _ in range(calls):
            assert self.helper.run(self, 16) == 16
            # What comes between has both cores.
            assert self.helper.board[LEAVE]
        return self.helped / (16 * calls)


def test_the_faster_way_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps(monkeypatch)
    assert steps.share_of_help(4 * helpers.LATE) > 0.98
    # A busy machine: with help a step takes three times as long.
    steps.seconds = {True: 3.0, False: 1.0}
    assert steps.share_of_help(4 * helpers.LATE) < 0.05
    # The other core is free again.
    steps.seconds = {True: 0.5, False: 1.0}
    assert steps.share_of_help(4 * helpers.LATE) > 0.7


def test_one_disturbed_try_does_not_end_the_help(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = Steps(monkeypatch)
    steps.disturbed_every = 5
    assert steps.share_of_help(4 * helpers.LATE) > 0.95


def test_a_step_that_is_the_last_ends_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    helper = Steps(monkeypatch).helper
    asked = []

    def diverges(first: int, stop: int) -> int:
        asked.append((first, stop))
        return min(stop, 3) - first

    assert [helper.run(diverges, 80) for _ in range(2)] == [3, 3]
    # The first call tries ten steps the other way, and takes none after the third.
    assert asked == [(0, 10), (0, 80)]


@pytest.mark.parametrize(
    ("is_helped", "side", "way"),
    [(False, 100, BLAS), (True, 100, TILES), (True, 50, BLAS)],
)
def test_tiles_are_chosen_where_a_helper_takes_half(
    monkeypatch: pytest.MonkeyPatch, is_helped: bool, side: int, way: int
) -> None:
    now, place = 0.0, list(REPEATED.fields).index("way")

    def product(*given: Any) -> None:
        nonlocal now
        now += 0.8 if given[place] == BLAS else 1.0

    monkeypatch.setattr(blas_or_tiles, "perf_counter", lambda: now)
    monkeypatch.setattr(cache, "load_measurement", lambda *given: product)
    monkeypatch.setattr(blas_or_tiles, "has_second_core", lambda: True)
    # The smaller one is too small to be shared.
    assert side**3 > WORTH_SHARING or side == 50
    shape = side, side, side, (0, 0), "float32", False
    key = (*shape, is_helped, False)
    measured = blas_or_tiles._measure(*key)
    monkeypatch.setattr(blas_or_tiles, "_seconds", lambda key: measured)
    assert blas_or_tiles._decided([key], {}) == [way]


@pytest.mark.parametrize("is_helped", [False, True])
def test_what_a_helper_shares_is_computed_in_one_way(
    monkeypatch: pytest.MonkeyPatch, is_helped: bool
) -> None:
    large, larger, small = (
        (side, side, side, (0, 0), "float32", False, is_helped, False)
        for side in (100, 200, 20)
    )
    assert 20**3 < WORTH_SHARING < 100**3
    seconds = {large: (1.0, 2.0), larger: (7.0, 3.0), small: (1.0, 9.0)}
    monkeypatch.setattr(blas_or_tiles, "_seconds", seconds.get)
    keys = [large, small, larger]
    choices: dict[str, int] = {}
    found = blas_or_tiles._decided(keys, choices)
    # Together the large ones take 8 seconds by BLAS, 5 by tiles.
    assert found == ([TILES, BLAS, TILES] if is_helped else [BLAS, BLAS, TILES])
    assert choices == dict(zip(map(repr, keys), found, strict=True))
    # What a run began with holds, whatever would be measured now.
    monkeypatch.setattr(blas_or_tiles, "_seconds", lambda key: (1.0, 9.0))
    assert blas_or_tiles._decided(keys, choices) == found
