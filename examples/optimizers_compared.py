"""How many steps seven optimizers need down one long valley, x²/200 + y².

    python examples/optimizers_compared.py [MOST_STEPS]

Plain gradient descent (SGD) jumps from side to side and crawls along the valley: its
rate is limited by the steep side. What remembers earlier gradients goes along. RMSProp
never comes to rest: where the valley is flat its steps still have the size of its rate.
"""

import sys

import numpy as np

from kobai.autodiff import value_and_gradient
from kobai.optimizers import OPTIMIZERS

most_steps = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000

RATES = {
    "sgd": 0.95,
    "momentum": 0.3,
    "nesterov": 0.3,
    "adagrad": 1.5,
    "rmsprop": 0.05,
    "adam": 0.3,
    "adamw": 0.3,
}


def valley(point):
    return point["x"] ** 2 / 200 + point["y"] ** 2


print(f"{'optimizer':10} {'rate':>5} {'steps':>6} {'x':>8} {'y':>8} {'height':>9}")
for name, kind in OPTIMIZERS.items():
    optimizer = kind(RATES[name])
    point = {"x": np.array(-7.0), "y": np.array(2.0)}
    state = optimizer.init(point)
    steps = 0
    while valley(point) > 1e-4 and steps < most_steps:
        _, grads = value_and_gradient(valley, point)
        point, state = optimizer.update(point, grads, state)
        steps += 1
    x, y = point["x"], point["y"]
    row = f"{name:10} {RATES[name]:5} {steps:6} {x:8.4f} {y:8.4f} {valley(point):9.1e}"
    print(row)
