"""The compiled engine: fused loops and BLAS, whole epochs without a return to Python.

It needs numba and scipy (the extra `fast`), which are imported only when
something is compiled.
"""

from kobai.engines.numba_engine.epoch import (
    Core,
    Epoch,
    compile_epoch,
    compile_numba,
    flattened,
    write_blocks,
    write_epoch,
)
from kobai.engines.numba_engine.module import Generated
from kobai.errors import NotCompilable

__all__ = [
    "Core",
    "Epoch",
    "Generated",
    "NotCompilable",
    "compile_epoch",
    "compile_numba",
    "flattened",
    "write_blocks",
    "write_epoch",
]
