"""The thread that helps with large products, and whether there is to be one."""

import os
from _thread import start_new_thread
from collections import deque
from collections.abc import Callable, Sequence
from math import ceil
from time import perf_counter
from typing import Any

import numpy as np

from kobai.engines.machine.processor import threads_here
from kobai.engines.numba_engine import cache
from kobai.engines.numba_engine.kernels.products import BLAS
from kobai.engines.numba_engine.kernels.two_jobs import (
    BOARD,
    CALLED,
    HELPER,
    LEAVE,
    NONE,
    THERE,
    WORTH_SHARING,
)
from kobai.engines.numba_engine.lower import Op

# The slower way is tried again after so many calls: the longer it has been the slower
# one, the later. A try is one of so many parts of a call, or as long as pays.
SOON, LATE = 8, 64
PART = 8
# Of so many last tries the fastest counts, since any one may have been disturbed.
TRIES = 4

# Steps that last so many seconds are worth calling a helper anew, which takes a
# twentieth of that: it need not wait on a core that others want meanwhile.
WORTH_CALLING = 0.002

_SOURCE = '''"""Written by Kobai to share products of matrices; it may be deleted."""

from kobai.engines.numba_engine.kernels.tools import tools

serve = tools.serve


def steps(board):
    serve(board)
'''


class Helper:
    """A second thread for some products, while that is faster; `board` has its jobs.

    On a busy machine two threads are slower than one, so both ways are timed, again
    and again. The thread leaves by itself when nothing is to be done.
    """

    def __init__(self, products: Sequence[Op], ways: Sequence[int]) -> None:
        self.board = np.zeros(BOARD, np.int64)
        self._is_wanted = has_second_core() and is_mostly_tiled(products, ways)
        # Seconds of a step in the last tries, with help and without.
        self._tries = {way: deque([0.0], maxlen=TRIES) for way in (True, False)}
        # Calls until the slower way is tried, this time and the last time.
        self._left, self._pause = 1, SOON // 2

    def run(self, steps: Callable[[int, int], int], count: int) -> int:
        """Run steps(0, count), with help if that is faster; return how many they were.

        `steps(first, stop)` returns how many it did, fewer only where one is the last.
        """
        if not self._is_wanted:
            return steps(0, count)
        self._left -= 1
        if self._left:
            return self._timed(self._faster(), steps, 0, count)
        faster = self._faster()
        part = self._part(count, min(self._tries[faster]))
        done = self._timed(not faster, steps, 0, part)
        is_same = self._faster() == faster
        self._left = self._pause = min(2 * self._pause, LATE) if is_same else SOON
        if done < part or part == count:
            return done
        return done + self._timed(self._faster(), steps, part, count)

    def _part(self, count: int, seconds: float) -> int:
        """Return how many of the steps to try, where one takes so long otherwise."""
        least = ceil(WORTH_CALLING / seconds) if seconds else 1
        return min(count, max(least, count // PART))

    def _timed(
        self, helped: bool, steps: Callable[[int, int], int], first: int, stop: int
    ) -> int:
        self.board[LEAVE] = not helped
        if helped and self.board[HELPER] == NONE:
            self.board[HELPER] = CALLED
            start_new_thread(_serve, (self.board,))
        start = perf_counter()
        done = steps(first, stop)
        seconds = perf_counter() - start
        if not helped or self.board[HELPER] == THERE:
            self._note(helped, seconds / max(1, done))
        if seconds >= WORTH_CALLING:
            self.board[LEAVE] = 1
        return done

    def _faster(self) -> bool:
        return min((True, False), key=lambda way: min(self._tries[way]))

    def _note(self, helped: bool, seconds: float) -> None:
        tries = self._tries[helped]
        if tries[0] == 0.0:
            # It stood for a way that nobody had tried.
            tries.clear()
        tries.append(seconds)


def _serve(board: Any) -> None:
    # When it is compiled for the first time, nobody waits for it who trains.
    cache.load_serve(_SOURCE)(board)


def has_second_core() -> bool:
    """Return whether there is a second core, and Numba may use it.

    NUMBA_NUM_THREADS=1 forbids it, which joblib sets for its workers.
    """
    told = os.environ.get("NUMBA_NUM_THREADS", "")
    return (int(told) if told.isdecimal() else threads_here()) > 1


def is_mostly_tiled(products: Sequence[Op], ways: Sequence[int]) -> bool:
    """Return whether most of the large products are our own tiles.

    BLAS has threads of its own, and both kinds together would wait for each other.
    """
    done = {True: 0, False: 0}
    for op, way in zip(products, ways, strict=True):
        size = op.loop[0] * op.loop[1] * op.inner
        if size >= WORTH_SHARING:
            done[way != BLAS] += size
    return done[True] > done[False]
