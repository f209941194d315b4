"""Array-likes: what answers to NumPy's operators, methods and functions."""
