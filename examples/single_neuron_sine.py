"""One neuron learns half a wave of the sine, one sample at a time.

    python examples/single_neuron_sine.py [EPOCHS]

x → u = x w + b → y = sigmoid(u), E = ½ (t - y)²; by hand δ = (y - t)(1 - y) y,
∂E/∂w = x δ and ∂E/∂b = δ, which `gradient` confirms.
"""

import sys

import numpy as np

from kobai.autodiff import gradient
from kobai.functions import sigmoid

epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 100

inputs = np.linspace(-np.pi / 2, np.pi / 2, 31)
targets = (np.sin(inputs) + 1) / 2
rng = np.random.default_rng(0)
neuron = {"w": 0.2, "b": 0.2}
learning_rate = 0.5


def error(neuron, x, t):
    y = sigmoid(x * neuron["w"] + neuron["b"])
    return 0.5 * np.sum((t - y) ** 2)


def by_hand(neuron, x, t):
    y = sigmoid(x * neuron["w"] + neuron["b"])
    delta = (y - t) * (1 - y) * y
    return {"w": float(x * delta), "b": float(delta)}


x, t = inputs[3], targets[3]
print("by hand  ", by_hand(neuron, x, t))
print("gradient ", gradient(lambda neuron: error(neuron, x, t), neuron))

for epoch in range(epochs + 1):
    if epoch % max(epochs // 5, 1) == 0:
        print(f"epoch {epoch:3}: error {error(neuron, inputs, targets):.5f}")
    for n in rng.permutation(len(inputs)):
        grads = by_hand(neuron, inputs[n], targets[n])
        neuron = {name: neuron[name] - learning_rate * grads[name] for name in neuron}

print("\n    x       t       y")
for x, t in zip(inputs[::6], targets[::6], strict=True):
    print(f"{x:7.3f} {t:7.3f} {sigmoid(x * neuron['w'] + neuron['b']):7.3f}")
