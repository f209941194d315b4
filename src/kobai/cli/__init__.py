"""The command `kobai`."""

import gc
from typing import Any


def main() -> None:
    """Run the command line, and leave with an exit code.

    0: it worked. 1: a check failed. 2: something the user can put right, said in one
    message. 130: Ctrl-C.
    """
    # Before anything that takes time: Ctrl-C may come while modules are loading.
    from kobai.cli.leaving import leave_after

    leave_after(_start)


def _start() -> Any:
    # It reads its variable when NumPy is loaded, which the commands do.
    from kobai.engines.blas import choose_kernels

    choose_kernels()
    # What is imported stays: looking for garbage in it, time and again, would take a
    # tenth of all the time that a short command lasts.
    gc.disable()
    from kobai.cli.app import app

    gc.freeze()
    gc.enable()
    return app(prog_name="kobai", standalone_mode=False)
