import numpy as np

from kobai import numerical_gradient
from tests.learn.slipped import Slip, keeping

SLIPPED: list[Slip] = []
slips = keeping(SLIPPED)

WALK = "gradient_descent"


def walk(f, x, learning_rate, steps):
    for _ in range(steps):
        x = x - learning_rate * numerical_gradient(f, x)
    return x


@slips(WALK, "ascent")
def _(f, x, learning_rate, steps):
    for _ in range(steps):
        x = x + learning_rate * numerical_gradient(f, x)
    return x


@slips(WALK, "rate_forgotten")
def _(f, x, learning_rate, steps):
    return walk(f, x, 1.0, steps)


@slips(WALK, "one_step")
def _(f, x, learning_rate, steps):
    for _ in range(steps):
        x = x - learning_rate * numerical_gradient(f, x)
        return x


@slips(WALK, "gradient_once")
def _(f, x, learning_rate, steps):
    gradient = numerical_gradient(f, x)
    for _ in range(steps):
        x = x - learning_rate * gradient
    return x


@slips(WALK, "input_changed")
def _(f, x, learning_rate, steps):
    for _ in range(steps):
        x -= learning_rate * numerical_gradient(f, x)
    return x


@slips(WALK, "not_moved")
def _(f, x, learning_rate, steps):
    for _ in range(steps):
        y = x - learning_rate * numerical_gradient(f, x)
    return x if y is not x else y


@slips(WALK, "value_not_point")
def _(f, x, learning_rate, steps):
    return f(walk(f, x, learning_rate, steps))


RATE = "learning_rate"

slips(RATE, "rate_negative")(-0.1)
slips(RATE, "rate_too_large")(10.0)
slips(RATE, "rate_too_small")(1e-10)
slips(RATE, "untouched")(...)
slips(RATE, "not_one_number")(np.array([0.1, 0.2]))
slips(RATE, "not_numbers")("0.1")


@slips(WALK, "one_step_more")
def _(f, x, learning_rate, steps):
    return walk(f, x, learning_rate, steps + 1)


@slips(WALK, "own_rate_or_steps")
def _(f, x, learning_rate, steps):
    return walk(f, x, 0.1, steps)


@slips(WALK, "own_rate_or_steps")
def _(f, x, learning_rate, steps):
    return walk(f, x, learning_rate, 100)


slips(RATE, "rate_swings")(0.99)


slips(RATE, "rate_swings")(1.0)
