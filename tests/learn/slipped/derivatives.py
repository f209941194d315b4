import numpy as np

from tests.learn.slipped import Slip, keeping

SLIPPED: list[Slip] = []
slips = keeping(SLIPPED)

# Slips that any exercise may meet are tried on this one.
EXERCISE = "central_difference"


def right(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


@slips(EXERCISE, "forward_difference")
def _(f, x, h):
    return (f(x + h) - f(x)) / h


@slips(EXERCISE, "divided_by_h")
def _(f, x, h):
    return (f(x + h) - f(x - h)) / h


@slips(EXERCISE, "own_h")
def _(f, x, h):
    return right(f, x, 1e-4)


@slips(EXERCISE, "tiny_h")
def _(f, x, h):
    return right(f, x, 1e-50)


@slips(EXERCISE, "sign")
def _(f, x, h):
    return -right(f, x, h)


@slips(EXERCISE, "factor")
def _(f, x, h):
    # The brackets forgotten.
    return 3 * right(f, x, h)


@slips(EXERCISE, "untouched")
def _(f, x, h):
    return ...


@slips(EXERCISE, "untouched")
def _(f, x, h):
    pass


@slips(EXERCISE, "nothing_returned")
def _(f, x, h):
    print(right(f, x, h))


@slips(EXERCISE, "raised")
def _(f, x, h):
    return right(f, x, h) / 0


@slips(EXERCISE, "wrong_arguments")
def _(f, x):
    return right(f, x, 1e-4)


@slips(EXERCISE, "not_numbers")
def _(f, x, h):
    return str(right(f, x, h))


@slips(EXERCISE, "same_for_all")
def _(f, x, h):
    return 6.0


@slips(EXERCISE, "extra_axis")
def _(f, x, h):
    return [right(f, x, h)]


@slips(EXERCISE, "not_one_number")
def _(f, x, h):
    return [f(x + h), f(x - h)]


@slips(EXERCISE, "not_a_number")
def _(f, x, h):
    return np.nan


@slips(EXERCISE, "infinite")
def _(f, x, h):
    return np.inf


@slips(EXERCISE, "inexact")
def _(f, x, h):
    return 1.01 * right(f, x, h) + 0.001


@slips(EXERCISE, "other")
def _(f, x, h):
    return f(x) ** 2


@slips(EXERCISE, "whole_numbers")
def _(f, x, h):
    return int(right(f, x, h))


slips(EXERCISE, "not_a_function")(6.0)


@slips(EXERCISE, "backward_difference")
def _(f, x, h):
    return (f(x) - f(x - h)) / h


@slips(EXERCISE, "brackets_forgotten")
def _(f, x, h):
    return (f(x + h) - f(x - h)) / 2 * h


@slips(EXERCISE, "difference_not_divided")
def _(f, x, h):
    return f(x + h) - f(x - h)


@slips(EXERCISE, "divided_by_two")
def _(f, x, h):
    return (f(x + h) - f(x - h)) / 2


@slips(EXERCISE, "part_divided")
def _(f, x, h):
    return f(x + h) - f(x - h) / (2 * h)


# What Python says where it stops, in the words of NumPy and of Python itself.


@slips(EXERCISE, "number_called")
def _(f, x, h):
    two = 2
    return (f(x + h) - f(x - h)) / two(h)


@slips(EXERCISE, "array_called")
def _(f, x, h):
    return np.array([x, h])(0)


@slips(EXERCISE, "nothing_used")
def _(f, x, h):
    return np.random.default_rng(0).shuffle(np.array([x, h]))[0]


@slips(EXERCISE, "index_not_whole")
def _(f, x, h):
    return [x for _ in range(h)]
