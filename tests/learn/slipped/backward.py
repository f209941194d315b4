import numpy as np

from tests.learn.slipped import Slip, keeping

SLIPPED: list[Slip] = []
slips = keeping(SLIPPED)

WEIGHT = "weight_gradient"


@slips(WEIGHT, "one_sample_only")
def _(x, delta):
    return np.outer(x[0], delta[0])


@slips(WEIGHT, "one_sample_only")
def _(x, delta):
    for inputs, slopes in zip(x, delta, strict=True):
        gradient = np.outer(inputs, slopes)
    return gradient


@slips(WEIGHT, "samples_not_summed")
def _(x, delta):
    return [np.outer(*pair) for pair in zip(x, delta, strict=True)]


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


@slips(BIAS, "one_sample_only")
def _(delta):
    return delta[0]


@slips(BIAS, "one_sample_only")
def _(delta):
    return delta[-1]


@slips(BIAS, "samples_not_summed")
def _(delta):
    return 1 * delta


@slips(BIAS, "wrong_axis")
def _(delta):
    return delta.mean(axis=1)


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
