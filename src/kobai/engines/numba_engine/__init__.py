"""The compiled engine: fused loops and BLAS, whole epochs without a return to Python.

It needs numba and scipy (the extra `fast`), which are imported only when
something is compiled.
"""

from kobai.engines.numba_engine.epoch import (
    Epoch,
    compile_epoch,
    compile_numba,
    write_epoch,
)
from kobai.engines.numba_engine.limits import NotCompilable

__all__ = [
    "Epoch",
    "NotCompilable",
    "compile_epoch",
    "compile_numba",
    "write_epoch",
]
