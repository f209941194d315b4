import math

import numpy as np

from tests.learn.slipped import Slip, keeping

SLIPPED: list[Slip] = []
slips = keeping(SLIPPED)

RELU = "relu"


@slips(RELU, "one_at_a_time")
def _(x):
    return x if x > 0 else 0


@slips(RELU, "one_at_a_time")
def _(x):
    return max(0, x)


@slips(RELU, "largest_of_all")
def _(x):
    return np.max(x)


@slips(RELU, "step_not_relu")
def _(x):
    return np.where(x > 0, 1, 0)


@slips(RELU, "absolute_value")
def _(x):
    return np.abs(x)


@slips(RELU, "other_half_kept")
def _(x):
    return np.minimum(0, x)


@slips(RELU, "input_changed")
def _(x):
    x[x < 0] = 0
    return x


@slips(RELU, "whole_numbers")
def _(x):
    return np.maximum(0, x).astype(int)


@slips(RELU, "shape")
def _(x):
    return x[x > 0]


SLOPE = "sigmoid_slope"


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@slips(SLOPE, "sum_for_output")
def _(x):
    return (1 - x) * x


@slips(SLOPE, "function_not_slope")
def _(x):
    return sigmoid(x)


@slips(SLOPE, "one_part_only")
def _(x):
    return 1 - sigmoid(x)


@slips(SLOPE, "sigmoid_twice")
def _(x):
    y = sigmoid(sigmoid(x))
    return (1 - y) * y


@slips(SLOPE, "sign")
def _(x):
    y = sigmoid(x)
    return (y - 1) * y


@slips(SLOPE, "inexact")
def _(x):
    return (sigmoid(x + 0.01) - sigmoid(x)) / 0.01


@slips(SLOPE, "one_number_function")
def _(x):
    return math.exp(-x) / (1 + math.exp(-x)) ** 2


DEPTH = "depth"

slips(DEPTH, "untouched")(...)
slips(DEPTH, "not_whole")(math.log(0.001) / math.log(0.25))
slips(DEPTH, "not_whole")(-5)
slips(DEPTH, "too_few_layers")(4)
slips(DEPTH, "too_many_layers")(10)
slips(DEPTH, "not_numbers")("5 layers")
slips(DEPTH, "one_value")([5, 6])
slips(DEPTH, "not_whole")(math.nan)
slips(DEPTH, "not_whole")(math.inf)


@slips(RELU, "one_at_a_time")
def _(x):
    return [max(0, each) for each in x]


@slips(RELU, "largest_of_all")
def _(x):
    return np.max(0, x)


@slips(RELU, "largest_of_all")
def _(x):
    return np.max([0, x])


@slips(RELU, "other_half_kept")
def _(x):
    return np.maximum(0, -x)


@slips(RELU, "negative_kept")
def _(x):
    return x if (x > 0).any() else 0


@slips(RELU, "where_alone")
def _(x):
    return np.where(x > 0)


@slips(SLOPE, "one_minus_in_brackets")
def _(x):
    y = sigmoid(x)
    return 1 - y * y


@slips(SLOPE, "sum_for_output")
def _(x):
    return (1 - x) * sigmoid(x)


@slips(SLOPE, "times_forgotten")
def _(x):
    y = sigmoid(x)
    return (1 - y)(y)
