"""The command `kobai`."""

import os

# `typing` need not be loaded for this; type checkers know the name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main() -> None:
    """Run the command line, and leave with an exit code.

    0: it worked. 1: a check failed. 2: something the user can put right, said in one
    message. 130: Ctrl-C.
    """
    # Before anything that takes time: Ctrl-C may come while modules are loading.
    _expect_ctrl_c()
    _leave_out_users_files()
    # No command opens a window: what the variable names need not be there.
    os.environ["MPLBACKEND"] = "agg"
    from kobai.cli.leaving import leave_after

    leave_after(_start)


def leave_at_once(number: int, frame: object) -> None:
    """Leave, having said why: what Ctrl-C does while modules are loading."""
    os.write(2, b"interrupted\n")
    os._exit(130)


def _expect_ctrl_c() -> None:
    # The core of `signal`, which itself loads other modules.
    from _signal import (  # type: ignore[import-not-found]
        SIGINT,
        default_int_handler,
        getsignal,
        signal,
    )

    if getsignal(SIGINT) is default_int_handler:
        signal(SIGINT, leave_at_once)


def _leave_out_users_files() -> None:
    """Let none of them, random.py say, be imported: `python -m` looks there first."""
    import sys

    try:
        folder = os.getcwd()
    except FileNotFoundError:
        folder = ""
    home = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
    if sys.path[0] in ("", folder) and folder != home:
        del sys.path[0]


def _start() -> "Any":
    import gc

    # It reads its variable when NumPy is loaded, which the commands do.
    from kobai.engines.machine.blas import choose_kernels

    choose_kernels()
    # What is imported stays: looking for garbage in it, time and again, would take a
    # tenth of all the time that a short command lasts.
    gc.disable()
    from kobai.cli.app import app

    gc.freeze()
    gc.enable()
    return app(prog_name="kobai", standalone_mode=False)
