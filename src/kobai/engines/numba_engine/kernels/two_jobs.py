"""A product of matrices shared by two threads, as two jobs.

The thread that trains writes both jobs on a board, and that they are left. It and its
helper take them, the one the first, the other the second. A helper that the system has
put to sleep takes none, and is not waited for. Who does a job makes no difference to
the numbers, so a run on one core and a run on two are the same.
"""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-decorators, allow-untyped-calls

from typing import Any

from kobai.engines.numba_engine.kernels import atomics, intrinsics
from kobai.engines.numba_engine.kernels.intrinsics import INNER

# A job is a row of so many numbers of 8 bytes; see `tiles`.
JOB = 24
# What both threads change has a cache line, of 8 numbers, of its own.
LEFT, DONE, HELPER, LEAVE = 2 * JOB, 2 * JOB + 8, 2 * JOB + 16, 2 * JOB + 17
BOARD = 2 * JOB + 24

# What is known of the helper: there must never be two.
NONE, CALLED, THERE = 0, 1, 2

# Multiply-adds from which on sharing pays: handing over lasts a microsecond.
WORTH_SHARING = 400_000
# A helper with nothing to do leaves after so many looks at the board, some 2 ms.
PATIENCE = 100_000


def make_work() -> Any:
    """Return the compiled work(board, helps): do the jobs that nobody has taken.

    A job is taken by who finds a 1 and leaves less. That its number is known from where
    the 1 was, and not by counting, holds for a thread that was asleep in between, too.
    """
    import numba

    add, run = atomics.fetch_and_add(), intrinsics.run_tiles()

    @numba.njit(error_model="numpy", nogil=True, **INNER)
    def work(board: Any, helps: Any) -> None:
        for job in (helps, 1 - helps):
            if add(board, LEFT + job, -1) > 0:
                run(board, job * JOB)
                add(board, DONE, 1)

    return work


def make_serve(tools: Any) -> Any:
    """Return the compiled serve(board): help with one job after the other."""
    import numba

    load, store, pause = atomics.load(), atomics.store(), atomics.pause()
    work = tools.work

    @numba.njit(error_model="numpy", nogil=True)
    def serve(board: Any) -> None:
        idle = 0
        store(board, HELPER, THERE)
        while idle < PATIENCE and load(board, LEAVE) == 0:
            if load(board, LEFT + 1) > 0:
                work(board, 1)
                idle = 0
            idle += 1
            pause()
        store(board, HELPER, NONE)

    return serve
