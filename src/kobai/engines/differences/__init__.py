"""Numerical gradients, the short way: only what a perturbed number reaches."""
