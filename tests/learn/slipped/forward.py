import math
from itertools import pairwise

import numpy as np

from tests.learn.slipped import Slip, keeping

SLIPPED: list[Slip] = []
slips = keeping(SLIPPED)

LAYER = "layer"


@slips(LAYER, "bias_forgotten")
def _(x, W, b):
    return x @ W


@slips(LAYER, "weights_transposed")
def _(x, W, b):
    return x @ W.T + b


@slips(LAYER, "weights_first")
def _(x, W, b):
    return W @ x + b


@slips(LAYER, "not_a_matrix_product")
def _(x, W, b):
    return x * W + b


@slips(LAYER, "bias_of_samples")
def _(x, W, b):
    return x @ W + b.reshape(-1, 1)


@slips(LAYER, "transposed")
def _(x, W, b):
    return (x @ W + b).T


@slips(LAYER, "shape")
def _(x, W, b):
    return (x @ W + b).sum(axis=0)


@slips(LAYER, "one_row_only")
def _(x, W, b):
    for row in x:
        return row @ W + b


@slips(LAYER, "bias_times_inputs")
def _(x, W, b):
    return (x + b) @ W


@slips(LAYER, "layer_activated")
def _(x, W, b):
    z = x @ W + b
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


PREDICT = "predict"


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def same(x):
    return x


def forward(x, params, first=sigmoid, second=sigmoid):
    z1 = first(x @ params["W1"] + params["b1"])
    z2 = second(z1 @ params["W2"] + params["b2"])
    return z2 @ params["W3"] + params["b3"]


@slips(PREDICT, "activation_forgotten")
def _(x, params):
    return forward(x, params, same, same)


@slips(PREDICT, "first_not_activated")
def _(x, params):
    return forward(x, params, first=same)


@slips(PREDICT, "second_not_activated")
def _(x, params):
    return forward(x, params, second=same)


@slips(PREDICT, "output_activated")
def _(x, params):
    return sigmoid(forward(x, params))


@slips(PREDICT, "output_forgotten")
def _(x, params):
    z1 = sigmoid(x @ params["W1"] + params["b1"])
    return sigmoid(z1 @ params["W2"] + params["b2"])


@slips(PREDICT, "output_forgotten")
def _(x, params):
    return sigmoid(x @ params["W1"] + params["b1"])


@slips(PREDICT, "output_activated")
def _(x, params):
    z = forward(x, params)
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


@slips(PREDICT, "other_activation")
def _(x, params):
    return forward(x, params, np.tanh, np.tanh)


@slips(PREDICT, "input_activated")
def _(x, params):
    return forward(sigmoid(x), params)


@slips(PREDICT, "layer_skipped")
def _(x, params):
    y1 = sigmoid(x @ params["W1"] + params["b1"])
    sigmoid(y1 @ params["W2"] + params["b2"])
    return y1 @ params["W3"] + params["b3"]


@slips(PREDICT, "one_bias_missing")
def _(x, params):
    return forward(x, params) - params["b3"]


@slips(PREDICT, "no_biases")
def _(x, params):
    z = sigmoid(sigmoid(x @ params["W1"]) @ params["W2"])
    return z @ params["W3"]


@slips(PREDICT, "extra_axis")
def _(x, params):
    return forward(x, params).ravel()


@slips(PREDICT, "raised")
def _(x, params):
    return forward(x, params) @ params["W4"]


COUNT = "parameter_count"


@slips(COUNT, "biases_not_counted")
def _(sizes):
    return sum(a * b for a, b in pairwise(sizes))


@slips(COUNT, "biases_of_inputs")
def _(sizes):
    return sum(a * b for a, b in pairwise(sizes)) + sum(sizes)


@slips(COUNT, "bias_of_layers")
def _(sizes):
    return sum(a * b + 1 for a, b in pairwise(sizes))


@slips(COUNT, "circles_counted")
def _(sizes):
    return sum(sizes)


@slips(COUNT, "all_multiplied")
def _(sizes):
    return math.prod(sizes)


@slips(COUNT, "same_for_all")
def _(sizes):
    return 25


@slips(LAYER, "layer_activated")
def _(x, W, b):
    return np.maximum(0, x @ W + b)


@slips(LAYER, "bias_times_inputs")
def _(x, W, b):
    return x @ (W + b)


@slips(COUNT, "returned_in_loop")
def _(sizes):
    for before, size in pairwise(sizes):
        return before * size + size


@slips(COUNT, "last_round_only")
def _(sizes):
    for before, size in pairwise(sizes):
        count = before * size + size
    return count


@slips(COUNT, "last_layer_missing")
def _(sizes):
    return sum(sizes[i - 1] * sizes[i] + sizes[i] for i in range(1, len(sizes) - 1))


@slips(COUNT, "last_biases_only")
def _(sizes):
    count = 0
    for before, size in pairwise(sizes):
        count += before * size
    return count + size


@slips(COUNT, "weights_not_counted")
def _(sizes):
    return sum(sizes[1:])


@slips(COUNT, "bias_of_layers")
def _(sizes):
    return sum(a * b for a, b in pairwise(sizes)) + 1


@slips(COUNT, "before_the_first")
def _(sizes):
    return sum(sizes[i - 1] * sizes[i] + sizes[i] for i in range(len(sizes)))


@slips(COUNT, "biases_of_layer_before")
def _(sizes):
    return sum(before * size + before for before, size in pairwise(sizes))


@slips(LAYER, "nothing_returned")
def _(x, W, b):
    x @ W + b


@slips(PREDICT, "product_of_shapes")
def _(x, params):
    return forward(x @ params["W1"], params)
