"""A right answer is right however it is written: lists, float32, loops, a class."""

import math

import numpy as np
import pytest

import kobai
from kobai.functions import sigmoid
from kobai.learn import check

RIGHT = []


def right(exercise):
    def keep(answer):
        RIGHT.append((exercise, answer))
        return answer

    return keep


@right("partial_derivatives")
def _(f, x):
    found = []
    for i in range(len(x)):
        above, below = [float(each) for each in x], [float(each) for each in x]
        above[i] += 1e-4
        below[i] -= 1e-4
        found.append((f(np.array(above)) - f(np.array(below))) / 2e-4)
    return found


@right("partial_derivatives")
def _(f, x, h=1e-3):
    return tuple((f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(x.size))


@right("partial_derivatives")
def _(f, x):
    x = x.astype(float)
    grad = np.zeros_like(x)
    for i in range(x.size):
        kept = x[i]
        x[i] = kept + 1e-4
        above = f(x)
        x[i] = kept - 1e-4
        grad[i] = (above - f(x)) / 2e-4
        x[i] = kept
    return grad


@right("gradient_descent")
def _(f, init_x, lr=0.01, step_num=100):
    x = init_x.copy()
    for _ in range(step_num):
        x -= lr * kobai.gradient(f, x)
    return list(x)


@right("gradient_descent")
def walk(f, x, learning_rate, steps):
    if not steps:
        return x
    x = x - learning_rate * kobai.numerical_gradient(f, x)
    return walk(f, x, learning_rate, steps - 1)


for rate in (0.2, np.float32(0.5), [0.9], np.array(0.95)):
    right("learning_rate")(rate)


@right("momentum_step")
def _(w, g, v, learning_rate, momentum):
    v = np.subtract(np.multiply(momentum, v), np.multiply(learning_rate, g))
    return np.array([np.add(w, v), v], dtype=np.float32)


@right("momentum_step")
def _(w, g, v, learning_rate, momentum):
    v = [momentum * a - learning_rate * b for a, b in zip(v, g, strict=True)]
    return [a + b for a, b in zip(w, v, strict=True)], v


@right("momentum_step")
def _(w, g, v, learning_rate, momentum):
    w, v = w.copy(), v.copy()
    v *= momentum
    v -= learning_rate * g
    w += v
    return w, v


@right("adagrad_step")
def _(w, g, h, learning_rate):
    h = h + np.square(g)
    return w - learning_rate * g / np.sqrt(h + 1e-8), h


@right("adagrad_step")
def _(w, g, h, learning_rate):
    h = [a + b * b for a, b in zip(h, g, strict=True)]
    roots = [math.sqrt(each) + 1e-7 for each in h]
    return [a - learning_rate * b / c for a, b, c in zip(w, g, roots, strict=True)], h


@right("adam_step")
def _(w, g, m, v, t, learning_rate):
    rate = learning_rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    m = m + (1 - 0.9) * (g - m)
    v = v + (1 - 0.999) * (g**2 - v)
    return w - rate * m / (np.sqrt(v) + 1e-7), m, v


class ReLU:
    def __call__(self, x):
        return x * (x > 0)


right("relu")(ReLU())
right("relu")(np.vectorize(lambda each: max(0.0, each)))


@right("relu")
def _(x):
    y = x.astype(np.float32)
    y[y < 0] = 0
    return y


right("sigmoid_slope")(lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2)
right("sigmoid_slope")(lambda x: (sigmoid(x + 1e-4) - sigmoid(x - 1e-4)) / 2e-4)
right("sigmoid_slope")(lambda x: [sigmoid(a) - sigmoid(a) ** 2 for a in x])

for depth in (5, 5.0, np.int64(5)):
    right("depth")(depth)


@right("softmax")
def softmax(x):
    x = x.T - np.max(x.T, axis=0)
    return (np.exp(x) / np.sum(np.exp(x), axis=0)).T


@right("softmax")
def _(x):
    rows = []
    for row in x:
        powers = [math.exp(a - max(row)) for a in row]
        rows.append([a / sum(powers) for a in powers])
    return rows


@right("binary_cross_entropy")
def _(y, t):
    y = np.clip(y, 1e-7, 1 - 1e-7)
    return -(t @ np.log(y) + (1 - t) @ np.log(1 - y)) / len(t)


@right("binary_cross_entropy")
def _(y, t):
    total = 0
    for p, yes in zip(y, t, strict=True):
        total -= math.log((p if yes == 1 else 1 - p) + 1e-7)
    return total / len(y)


@right("score_gradient")
def _(x, t):
    y = softmax(x)
    y[t == 1] -= 1
    return y / x.shape[0]


@right("score_gradient")
def _(x, t):
    def loss(x):
        return kobai.functions.softmax_cross_entropy(x, t)

    return kobai.numerical_gradient(loss, x)


@pytest.mark.parametrize(
    ("exercise", "answer"), RIGHT, ids=[exercise for exercise, _ in RIGHT]
)
def test_a_right_answer_is_right_in_any_style(exercise, answer):
    assert check(exercise, answer, "en"), check(exercise, answer, "en")


def test_what_differs_is_shown_with_digits_enough():
    """A forward difference is wrong in the fifth digit."""

    def forward(x):
        return (sigmoid(x + 1e-5) - sigmoid(x)) / 1e-5 + 1e-5

    verdict = check("sigmoid_slope", forward, "en")
    assert verdict.slip == "inexact"
    assert verdict.values["got"] != verdict.values["needed"]
