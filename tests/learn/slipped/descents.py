import numpy as np

from kobai import gradient_descent, numerical_derivative, numerical_gradient
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
slips(RATE, "one_value")(np.array([0.1, 0.2]))
slips(RATE, "rate_negative")(0)
slips(RATE, "rate_too_small")(0.15)
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


def path(f, x, learning_rate, steps):
    points = [x]
    for _ in range(steps):
        points.append(walk(f, points[-1], learning_rate, 1))
    return points


@slips(WALK, "one_step")
def _(f, x, learning_rate, steps):
    for _ in range(steps):
        new = x - learning_rate * numerical_gradient(f, x)
    return new


@slips(WALK, "one_step_less")
def _(f, x, learning_rate, steps):
    for _ in range(1, steps):
        x = x - learning_rate * numerical_gradient(f, x)
    return x


@slips(WALK, "whole_path")
def _(f, x, learning_rate, steps):
    return path(f, x, learning_rate, steps)


@slips(WALK, "whole_path")
def _(f, x, learning_rate, steps):
    return np.array(path(f, x, learning_rate, steps)[1:])


@slips(WALK, "point_alone")
def _(f, x, learning_rate, steps):
    points = path(f, x, learning_rate, steps)
    return points[-1], points


@slips(WALK, "point_alone")
def _(f, x, learning_rate, steps):
    return gradient_descent(f, x, learning_rate=learning_rate, steps=steps)


@slips(WALK, "gradient_not_point")
def _(f, x, learning_rate, steps):
    for _ in range(steps):
        gradient = numerical_gradient(f, x)
        x = x - learning_rate * gradient
    return gradient


@slips(WALK, "point_replaced")
def _(f, x, learning_rate, steps):
    for _ in range(steps):
        x = -learning_rate * numerical_gradient(f, x)
    return x


@slips(WALK, "rate_divides")
def _(f, x, learning_rate, steps):
    for _ in range(steps):
        x = x - numerical_gradient(f, x) / learning_rate
    return x


@slips(WALK, "all_at_once")
def _(f, x, learning_rate, steps):
    for _ in range(steps):
        x = x - learning_rate * numerical_derivative(f, x)
    return x


@slips(WALK, "bowl_not_f")
def _(f, x, learning_rate, steps):
    return walk(lambda x: np.sum(x**2), x, learning_rate, steps)


@slips(WALK, "own_start")
def _(f, x, learning_rate, steps):
    return walk(f, np.array([3.0, 4.0]), learning_rate, steps)
