"""Machine code: what Numba makes of a source, kept and called without Numba."""
