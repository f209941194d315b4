import numpy as np

from tests.learn.slipped import Slip, keeping

SLIPPED: list[Slip] = []
slips = keeping(SLIPPED)

WEIGHT = "weight_gradient"


@slips(WEIGHT, "first_sample_only")
def _(x, delta):
    return np.outer(x[0], delta[0])


@slips(WEIGHT, "transposed")
def _(x, delta):
    return delta.T @ x


@slips(WEIGHT, "mean_twice")
def _(x, delta):
    return x.T @ delta / len(x)


@slips(WEIGHT, "all_zero")
def _(x, delta):
    return np.zeros((x.shape[1], delta.shape[1]))


@slips(WEIGHT, "product_of_shapes")
def _(x, delta):
    return x @ delta


@slips(WEIGHT, "product_of_shapes")
def _(x, delta):
    return np.dot(x, delta.T)


BIAS = "bias_gradient"


@slips(BIAS, "wrong_axis")
def _(delta):
    return delta.sum(axis=1)


@slips(BIAS, "first_sample_only")
def _(delta):
    return delta[0]


@slips(BIAS, "mean_twice")
def _(delta):
    return delta.mean(axis=0)


@slips(BIAS, "only_one_number")
def _(delta):
    return np.sum(delta)


@slips(BIAS, "extra_axis")
def _(delta):
    return delta.sum(axis=0, keepdims=True)


HIDDEN = "hidden_delta"


@slips(HIDDEN, "hidden_slope_forgotten")
def _(delta, W, y):
    return delta @ W.T


@slips(HIDDEN, "weights_forgotten")
def _(delta, W, y):
    return delta * (1 - y) * y


@slips(HIDDEN, "not_transposed")
def _(delta, W, y):
    return (delta @ W) * (1 - y) * y


@slips(HIDDEN, "sign")
def _(delta, W, y):
    return (delta @ W.T) * (y - 1) * y


@slips(HIDDEN, "half_of_slope")
def _(delta, W, y):
    return (delta @ W.T) * (1 - y)


@slips(HIDDEN, "output_bent_again")
def _(delta, W, y):
    again = 1 / (1 + np.exp(-y))
    return (delta @ W.T) * (1 - again) * again


@slips(HIDDEN, "mean_twice")
def _(delta, W, y):
    return (delta @ W.T) * (1 - y) * y / len(y)
