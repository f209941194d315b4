"""Blocks of rows: every row once, in order, the same bits by however many threads."""

import sys
import threading
from time import sleep

import numpy as np
import pytest

from kobai.engines import blocks
from kobai.engines.blocks import BLOCK, Blocks, block_of, share
from kobai.engines.reference import interpret
from kobai.graph import trace
from kobai.networks import Dense, Network, Sigmoid, Softmax, Tanh

ENGINES = ["eager", "numpy", "numba"]

SIZES = [1, 7, BLOCK, BLOCK + 1, 3 * BLOCK, 2 * BLOCK + 61]


def totals(lasting, rows):
    x = rows["x"]
    return [np.sum(np.tanh(x @ lasting["w"])), np.sum((x * x)[:, 0])]


def example(n):
    rng = np.random.default_rng(n)
    rows = {"x": rng.normal(size=(n, 3)), "t": rng.integers(0, 2, n)}
    return {"w": rng.normal(size=(3, 2))}, rows


def skip_without(engine):
    if engine == "numba":
        pytest.importorskip("numba")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("n", SIZES)
def test_every_row_counts_once(engine, n):
    skip_without(engine)
    lasting, rows = example(n)
    found, sizes = Blocks(totals, "totals", engine)(lasting, rows, n)
    assert sizes.sum() == n
    assert sizes.max() <= BLOCK
    start = 0
    for numbers, size in zip(found, sizes, strict=True):
        part = {name: each[start : start + size] for name, each in rows.items()}
        # Sums of some thousand numbers near 1, in another order.
        np.testing.assert_allclose(numbers, totals(lasting, part), rtol=1e-12)
        start += size


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("n", [1, BLOCK + 1])
def test_a_row_of_one_number(engine, n):
    skip_without(engine)
    network = Network(1, [Dense(2)], dtype=np.float64)
    x = np.linspace(0, 1, n)[:, None]
    t = np.hstack([x, x])
    found = network.evaluate_by(network.measure(engine, {}), x, t)
    # Sums of a thousand numbers near 1, in another order.
    assert found["loss"] == pytest.approx(float(network.loss(x, t)), rel=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_bits_are_those_of_one_thread(engine, monkeypatch):
    skip_without(engine)
    lasting, rows = example(7 * BLOCK + 5)
    found = []
    for workers in (1, 2, 5):
        monkeypatch.setattr(blocks, "workers_for", lambda work, n=workers: n)
        found.append(Blocks(totals, "totals", engine)(lasting, rows, 1)[0])
    assert found[0].tobytes() == found[1].tobytes() == found[2].tobytes()


def test_a_function_that_cannot_be_traced_runs_as_it_is():
    def f(lasting, rows):
        return [float(rows["x"].sum()) if rows["x"][0, 0] < 1e9 else 0.0]

    lasting, rows = example(2 * BLOCK)
    found, _ = Blocks(f)(lasting, rows, 1)
    parts = rows["x"].reshape(2, -1)
    np.testing.assert_allclose(found[:, 0], parts.sum(axis=1), rtol=1e-12)


def test_threads_share_the_work_and_the_first_error_ends_it():
    barrier = threading.Barrier(2, timeout=30)
    share(lambda number: barrier.wait(), 2, 2)
    done = []

    def fails(number):
        done.append(number)
        if number == 3:
            raise ValueError("the third")
        # Else the other thread might do all of them before this one can raise.
        sleep(0.001)

    with pytest.raises(ValueError, match="the third"):
        share(fails, 1000, 2)
    assert len(done) < 1000


def test_two_threads_that_reach_for_the_last_piece_at_once_both_go_on():
    def pause(frame, event, argument):
        if frame.f_code.co_name != "work":
            return None
        sleep(0.001)  # at every line, so that others take what is left in between
        return pause

    before = sys.gettrace()
    sys.settrace(pause)
    try:
        for _ in range(40):
            done = []
            share(done.append, 8, 4)
            assert sorted(done) == list(range(8))
    finally:
        sys.settrace(before)


@pytest.mark.parametrize("line", range(1, 9))
def test_an_interruption_between_two_pieces_ends_the_other_threads(line, monkeypatch):
    lines, done, ended = iter(range(1, 1000)), [], []
    start = blocks.start_new_thread

    def watched(work, given):
        ended.append(threading.Event())

        def whole():
            work(*given)
            ended[-1].set()

        start(whole, ())

    monkeypatch.setattr(blocks, "start_new_thread", watched)

    def interrupt(frame, event, argument):
        if frame.f_code.co_name != "work":
            return None
        if event == "line" and next(lines) == line:
            raise KeyboardInterrupt
        return interrupt

    def run(number):
        done.append(number)
        sleep(0.001)

    before = sys.gettrace()
    sys.settrace(interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            share(run, 1000, 2)
    finally:
        sys.settrace(before)
    assert all(each.wait(30) for each in ended)
    assert len(done) < 1000


def test_where_no_thread_can_be_started_one_does_all(monkeypatch):
    def refuse(*given):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(blocks, "start_new_thread", refuse)
    done = []
    share(done.append, 100, 4)
    assert done == list(range(100))


def test_blocks_of_a_size_that_divides_need_one_program():
    for rows in (1, 500, 1024, 6000, 60_000, 10_000, 1437):
        assert 1 <= block_of(rows) <= BLOCK
    assert 6000 % block_of(6000) == 60_000 % block_of(60_000) == 0


NETWORKS = {
    "softmax": (Network(4, [Dense(5), Sigmoid(), Dense(3), Softmax()]), 3),
    "book": (
        Network(4, [Dense(3), Softmax()], "cross_entropy_error", dtype=np.float64),
        3,
    ),
    "sigmoid": (Network(4, [Dense(5), Tanh(), Dense(1), Sigmoid()]), 2),
    "numbers": (Network(4, [Dense(2)]), None),
}


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("weighted", [False, True])
def test_what_is_measured_is_what_the_reference_computes(engine, name, weighted):
    skip_without(engine)
    network, classes = NETWORKS[name]
    rng = np.random.default_rng(1)
    n = BLOCK + 300
    x = rng.normal(size=(n, 4)).astype(network.dtype)
    # Equal outputs: the first of the largest is the class.
    x[:5] = 0
    t = rng.normal(size=(n, 2)).astype(network.dtype)
    if classes:
        t = rng.integers(0, classes, n)
    rows = {"x": x, "t": t}
    if weighted:
        rows["weights"] = rng.random(n).astype(network.dtype)
    found = network.evaluate_by(network.measure(engine, {}), x, t, rows.get("weights"))
    lasting = [network.params, network.statistics]
    graph = trace(network._measured, lasting, rows)
    given = [*network.params.values(), *rows.values()]
    expected, _ = interpret(graph)(*given)
    total = n if not weighted else rows["weights"].sum(dtype=float)
    # Means in float32 of a thousand numbers, in another order.
    assert found["loss"] == pytest.approx(expected[0] * n / total, rel=1e-5)
    assert len(found) == len(expected)
    if classes:
        # Counts, or sums of as many numbers in float64.
        assert found["accuracy"] == pytest.approx(expected[1] / total, rel=1e-12)
