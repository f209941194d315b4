import numpy as np

from tests.learn.slipped import Slip, keeping

SLIPPED: list[Slip] = []
slips = keeping(SLIPPED)

GRADIENTS = "neuron_gradients"


def output(w, b, x):
    return 1 / (1 + np.exp(-(w * x + b)))


def right(w, b, x, t):
    y = output(w, b, x)
    delta = (y - t) * (1 - y) * y
    return np.array([x * delta, delta])


@slips(GRADIENTS, "slope_forgotten")
def _(w, b, x, t):
    delta = output(w, b, x) - t
    return x * delta, delta


@slips(GRADIENTS, "slope_of_sum")
def _(w, b, x, t):
    u = w * x + b
    delta = (output(w, b, x) - t) * (1 - u) * u
    return x * delta, delta


@slips(GRADIENTS, "input_forgotten")
def _(w, b, x, t):
    _, delta = right(w, b, x, t)
    return delta, delta


@slips(GRADIENTS, "bias_times_input")
def _(w, b, x, t):
    slope, _ = right(w, b, x, t)
    return slope, slope


@slips(GRADIENTS, "half_forgotten")
def _(w, b, x, t):
    return 2 * right(w, b, x, t)


@slips(GRADIENTS, "sign")
def _(w, b, x, t):
    return -right(w, b, x, t)


EPOCH = "train_epoch"


@slips(EPOCH, "whole_batch")
def _(w, b, x, t, learning_rate):
    slopes = right(w, b, x, t).sum(axis=1)
    return np.array([w, b]) - learning_rate * slopes


@slips(EPOCH, "ascent")
def _(w, b, x, t, learning_rate):
    for each, target in zip(x, t, strict=True):
        dw, db = right(w, b, each, target)
        w, b = w + learning_rate * dw, b + learning_rate * db
    return w, b


@slips(EPOCH, "rate_forgotten")
def _(w, b, x, t, learning_rate):
    for each, target in zip(x, t, strict=True):
        dw, db = right(w, b, each, target)
        w, b = w - dw, b - db
    return w, b


@slips(EPOCH, "one_step")
def _(w, b, x, t, learning_rate):
    for each, target in zip(x, t, strict=True):
        dw, db = right(w, b, each, target)
        return w - learning_rate * dw, b - learning_rate * db


@slips(EPOCH, "last_sample_only")
def _(w, b, x, t, learning_rate):
    for each, target in zip(x, t, strict=True):
        dw, db = right(w, b, each, target)
    return w - learning_rate * dw, b - learning_rate * db


@slips(EPOCH, "updated_too_early")
def _(w, b, x, t, learning_rate):
    for each, target in zip(x, t, strict=True):
        w = w - learning_rate * right(w, b, each, target)[0]
        b = b - learning_rate * right(w, b, each, target)[1]
    return w, b


@slips(EPOCH, "not_moved")
def _(w, b, x, t, learning_rate):
    return w, b


@slips(GRADIENTS, "weight_for_input")
def _(w, b, x, t):
    y = output(w, b, x)
    delta = (y - t) * (1 - y) * y
    return w * delta, delta


@slips(GRADIENTS, "sigmoid_forgotten")
def _(w, b, x, t):
    y = w * x + b
    delta = (y - t) * (1 - y) * y
    return x * delta, delta


@slips(GRADIENTS, "bias_not_in_sum")
def _(w, b, x, t):
    y = output(w, 0, x)
    delta = (y - t) * (1 - y) * y
    return x * delta, delta


@slips(GRADIENTS, "results_swapped")
def _(w, b, x, t):
    y = output(w, b, x)
    delta = (y - t) * (1 - y) * y
    return delta, x * delta


@slips(GRADIENTS, "one_of_two")
def _(w, b, x, t):
    y = output(w, b, x)
    return x * (y - t) * (1 - y) * y


@slips(EPOCH, "only_one_moved")
def _(w, b, x, t, learning_rate):
    for each, target in zip(x, t, strict=True):
        y = output(w, b, each)
        delta = (y - target) * (1 - y) * y
        w = w - learning_rate * each * delta
    return w, b


@slips(EPOCH, "results_swapped")
def _(w, b, x, t, learning_rate):
    for each, target in zip(x, t, strict=True):
        y = output(w, b, each)
        delta = (y - target) * (1 - y) * y
        w = w - learning_rate * each * delta
        b = b - learning_rate * delta
    return b, w


@slips(EPOCH, "sample_lost")
def _(w, b, x, t, learning_rate):
    for each, target in zip(x[:-1], t[:-1], strict=True):
        y = output(w, b, each)
        delta = (y - target) * (1 - y) * y
        w = w - learning_rate * each * delta
        b = b - learning_rate * delta
    return w, b


@slips(EPOCH, "other_order")
def _(w, b, x, t, learning_rate):
    for each, target in zip(x[::-1], t[::-1], strict=True):
        y = output(w, b, each)
        delta = (y - target) * (1 - y) * y
        w = w - learning_rate * each * delta
        b = b - learning_rate * delta
    return w, b


@slips(EPOCH, "sample_lost")
def _(w, b, x, t, learning_rate):
    for i in range(1, len(x)):
        dw, db = right(w, b, x[i], t[i])
        w, b = w - learning_rate * dw, b - learning_rate * db
    return w, b


@slips(EPOCH, "whole_batch")
def _(w, b, x, t, learning_rate):
    slopes = right(w, b, x, t).mean(axis=1)
    return np.array([w, b]) - learning_rate * slopes


@slips(EPOCH, "steps_alone")
def _(w, b, x, t, learning_rate):
    for each, target in zip(x, t, strict=True):
        dw, db = right(w, b, each, target)
        w, b = -learning_rate * dw, -learning_rate * db
    return w, b


@slips(EPOCH, "input_forgotten")
def _(w, b, x, t, learning_rate):
    for each, target in zip(x, t, strict=True):
        _, delta = right(w, b, each, target)
        w, b = w - learning_rate * delta, b - learning_rate * delta
    return w, b


@slips(EPOCH, "bias_times_input")
def _(w, b, x, t, learning_rate):
    for each, target in zip(x, t, strict=True):
        slope, _ = right(w, b, each, target)
        w, b = w - learning_rate * slope, b - learning_rate * slope
    return w, b


@slips(EPOCH, "slope_forgotten")
def _(w, b, x, t, learning_rate):
    for each, target in zip(x, t, strict=True):
        delta = output(w, b, each) - target
        w, b = w - learning_rate * each * delta, b - learning_rate * delta
    return w, b


@slips(GRADIENTS, "half_of_slope")
def _(w, b, x, t):
    y = output(w, b, x)
    delta = (y - t) * (1 - y)
    return x * delta, delta


@slips(GRADIENTS, "output_bent_again")
def _(w, b, x, t):
    y = output(w, b, x)
    again = output(1, 0, y)
    delta = (y - t) * (1 - again) * again
    return x * delta, delta


@slips(GRADIENTS, "target_slope")
def _(w, b, x, t):
    delta = (output(w, b, x) - t) * (1 - t) * t
    return x * delta, delta


@slips(GRADIENTS, "other")
def _(w, b, x, t):
    # Right as long as nothing is negative.
    return abs(right(w, b, x, t))
