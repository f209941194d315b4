"""The JAX engine: a graph as one program of XLA, on the CPU, a GPU or a TPU.

It needs JAX (the extra `jax`), which is imported only when something is lowered.
Derivatives are Kobai's own: they are in the graph.
"""

from kobai.engines.jax_engine.device import computing, find_device
from kobai.engines.jax_engine.epoch import Epoch
from kobai.engines.jax_engine.errors import NotLowered
from kobai.engines.jax_engine.placement import OneDevice, Placement
from kobai.engines.jax_engine.program import compile_jax

__all__ = [
    "Epoch",
    "NotLowered",
    "OneDevice",
    "Placement",
    "compile_jax",
    "computing",
    "find_device",
]
