"""The compiled engine: fused loops and BLAS, whole epochs without a return to Python.

It needs numba and scipy (`pip install 'kobai[fast]'`), which are imported only when
something is compiled.
"""

from kobai.engines.compiled.errors import NotCompilable
from kobai.engines.compiled.running import Epoch, compile_epoch, compile_numba

__all__ = [
    "Epoch",
    "NotCompilable",
    "compile_epoch",
    "compile_numba",
]
