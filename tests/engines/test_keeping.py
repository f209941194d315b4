"""Programs are kept for the next who wants the same, and not for ever."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from kobai.engines import kept
from kobai.engines.numpy_engine.program import write_program
from kobai.graph import trace


def program_for(factor):
    return write_program(trace(lambda x: factor * x, np.ones(3)))


@pytest.fixture(autouse=True)
def _empty(monkeypatch):
    monkeypatch.setattr(kept, "_KEPT", {})


def test_what_is_kept_is_written_once():
    written = []

    def write():
        written.append(1)
        return program_for(2.0)

    programs = [kept.kept("a network", "twice", write) for _ in range(3)]
    assert len(written) == 1
    assert programs[0] is programs[1] is programs[2]


def test_the_longest_unused_gives_way(monkeypatch):
    monkeypatch.setattr(kept, "MOST", 2)
    keep = lambda key: kept.kept("a network", key, lambda: program_for(1.0))
    for key in ("a", "b", "a", "c"):
        keep(key)
    assert [key for _, key in kept._KEPT] == ["a", "c"]


def test_what_nobody_knows_is_not_kept():
    one, other = (kept.kept(None, "a", lambda: program_for(1.0)) for _ in range(2))
    assert one is not other
    assert not kept._KEPT


def test_each_who_loads_a_program_has_buffers_of_its_own():
    program = program_for(3.0)
    one, other = program.load(), program.load()
    (first,) = one(np.ones(3))
    other(np.zeros(3))
    assert first.tolist() == [3.0, 3.0, 3.0]


def test_threads_may_ask_at_once():
    def result(number):
        key = number % 5
        program = kept.kept("a network", key, lambda: program_for(float(key)))
        return float(program.load()(np.ones(3))[0][0])

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(result, range(200)))
    assert found == [float(number % 5) for number in range(200)]
