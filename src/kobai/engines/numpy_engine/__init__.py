"""The NumPy engine: a graph as straight-line NumPy code into planned buffers."""
