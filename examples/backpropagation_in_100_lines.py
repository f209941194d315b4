"""Back-propagation in 100 lines: a tape, `gradient`, and a network that learns.

    python examples/backpropagation_in_100_lines.py

Where L depends on y, and y on x, the chain rule says ∂L/∂x = ∂L/∂y · ∂y/∂x. So who
knows ∂L/∂y can hand ∂L/∂x on; a tape of all that was computed is read backwards.
"""

import numpy as np


class Value:
    """An array that remembers from which others it was computed, and how."""

    def __init__(self, data, tape, parts=()):
        self.data, self.tape = data, tape
        self.parts = parts  # Pairs of an x and a rule that makes ∂L/∂x of ∂L/∂self.
        self.gradient = np.zeros_like(data)  # ∂L/∂self, once it is known.
        tape.append(self)

    def __add__(self, other):
        y = plain(self) + plain(other)
        return computed(y, (self, lambda g: g), (other, lambda g: g))

    def __mul__(self, other):
        a, b = plain(self), plain(other)
        return computed(a * b, (self, lambda g: g * b), (other, lambda g: g * a))

    def __matmul__(self, other):
        A, B = plain(self), plain(other)
        return computed(A @ B, (self, lambda g: g @ B.T), (other, lambda g: A.T @ g))

    def __rmatmul__(self, other):
        return computed(other @ self.data, (self, lambda g: other.T @ g))

    __array_ufunc__ = None  # So NumPy leaves `array @ value` to `__rmatmul__`.


def tanh(x):
    y = np.tanh(plain(x))
    return computed(y, (x, lambda g: g * (1 - y**2)))


def mean(x):
    data = plain(x)
    return computed(data.mean(), (x, lambda g: g * np.ones(data.shape) / data.size))


def plain(x):
    return x.data if isinstance(x, Value) else x


def computed(data, *parts):
    """Write on the tape that `data` was computed, and from which values."""
    parts = [(x, rule) for x, rule in parts if isinstance(x, Value)]
    return Value(data, parts[0][0].tape, parts) if parts else data


def summed(g, shape):
    """Sum over the rows to each of which a smaller array, such as b, was added."""
    return g.sum(axis=tuple(range(g.ndim - len(shape))))


def gradient(f, params):
    """Return ∂f/∂p for each array p of a dict of parameters."""
    tape = []
    values = {name: Value(array, tape) for name, array in params.items()}
    f(values).gradient = 1.0  # L is the last on the tape, and ∂L/∂L is 1.
    for y in reversed(tape):  # All that uses y stands behind y: its ∂L/∂y is whole.
        for x, rule in y.parts:
            x.gradient = x.gradient + summed(rule(y.gradient), x.data.shape)
    return {name: value.gradient for name, value in values.items()}


X = np.linspace(-np.pi, np.pi, 40).reshape(40, 1)
T = np.sin(X)


def loss(params):
    """Return the mean squared error of a network 1-12-1 that is to be the sine."""
    hidden = tanh(X @ params["W1"] + params["b1"])
    error = hidden @ params["W2"] + params["b2"] + -T
    return mean(error * error)


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    shapes = {"W1": (1, 12), "b1": (12,), "W2": (12, 1), "b2": (1,)}
    params = {name: rng.normal(0, 0.5, shape) for name, shape in shapes.items()}

    h = 1e-5  # A derivative is by its definition (L(b + h) - L(b - h)) / 2h.
    up, down = ({**params, "b2": params["b2"] + step} for step in (h, -h))
    print(f"∂L/∂b2 by definition:       {(loss(up) - loss(down)) / (2 * h):.8f}")
    print(f"∂L/∂b2 by back-propagation: {gradient(loss, params)['b2'][0]:.8f}")

    for step in range(2001):
        if step % 500 == 0:
            print(f"step {step:4}: loss {loss(params):.5f}")
        slopes = gradient(loss, params)
        params = {name: params[name] - 0.05 * slopes[name] for name in params}
