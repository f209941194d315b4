"""Differentiate a model of one's own, written in plain NumPy, and fit it.

    python examples/own_numpy_function.py [STEPS]

The model is a damped wave, y = a exp(-d x) cos(ω x). Nothing in it knows of Kobai.
"""

import sys

import numpy as np

from kobai.autodiff import check_gradient, gradient

steps = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000


def wave(params, x):
    return params["a"] * np.exp(-params["d"] * x) * np.cos(params["omega"] * x)


rng = np.random.default_rng(0)
true = {"a": 2.0, "d": 0.3, "omega": 2.5}
x = np.linspace(0, 6, 80)
measured = wave(true, x) + 0.02 * rng.standard_normal(80)


def loss(params):
    return np.mean((wave(params, x) - measured) ** 2)


params = {"a": 1.0, "d": 0.1, "omega": 2.2}
print(check_gradient(loss, params), end="\n\n")

for step in range(steps + 1):
    if step % max(steps // 4, 1) == 0:
        print(f"step {step:5}: loss {loss(params):.6f}")
    grads = gradient(loss, params)
    params = {name: params[name] - 0.05 * grads[name] for name in params}

print()
for name in true:
    print(f"{name:6} true {true[name]:.3f}, found {params[name]:.3f}")
