"""The same gradient twice: by its definition and by back-propagation, timed.

    python examples/numerical_vs_backprop.py [HIDDEN]

The definition needs two losses for every parameter; back-propagation needs the time
of a few losses for all of them together.
"""

import sys
import time

import numpy as np

from kobai.book import TwoLayerNet, gradient_check
from kobai.data import load_digits

hidden = int(sys.argv[1]) if len(sys.argv) > 1 else 50

(x_train, t_train), _ = load_digits()
x, t = x_train[:100], t_train[:100]
network = TwoLayerNet(x.shape[1], hidden, 10, seed=0)
print(network, end="\n\n")


def timed(derive):
    start = time.perf_counter()
    grads = derive(x, t)
    return grads, time.perf_counter() - start


network.gradient(x, t)  # The first call also warms up NumPy.
backprop, backprop_seconds = timed(network.gradient)
numerical, numerical_seconds = timed(network.numerical_gradient)

print("mean |difference| of the two gradients")
for name, difference in gradient_check(backprop, numerical).items():
    print(f"  {name}: {difference:.1e}, of mean {np.abs(backprop[name]).mean():.1e}")
print(f"\nback-propagation  {backprop_seconds * 1e3:10.2f} ms")
print(f"definition        {numerical_seconds * 1e3:10.2f} ms")
print(f"ratio             {numerical_seconds / backprop_seconds:10.0f}")
