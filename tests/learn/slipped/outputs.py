import numpy as np

import kobai
from tests.learn.slipped import Slip, keeping

SLIPPED: list[Slip] = []
slips = keeping(SLIPPED)

SOFTMAX = "softmax"


@slips(SOFTMAX, "exp_overflows")
def _(x):
    return np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)


@slips(SOFTMAX, "one_largest_for_all")
def _(x):
    powers = np.exp(x - x.max())
    return powers / powers.sum(axis=1, keepdims=True)


@slips(SOFTMAX, "sum_of_batch")
def _(x):
    powers = np.exp(x - x.max())
    return powers / powers.sum()


@slips(SOFTMAX, "sum_of_columns")
def _(x):
    return np.exp(x) / np.exp(x).sum(axis=0)


@slips(SOFTMAX, "keepdims_forgotten")
def _(x):
    return np.exp(x) / np.exp(x).sum(axis=1)


@slips(SOFTMAX, "exp_forgotten")
def _(x):
    return x / x.sum(axis=1, keepdims=True)


@slips(SOFTMAX, "not_divided")
def _(x):
    return np.exp(x)


@slips(SOFTMAX, "winner_takes_all")
def _(x):
    return np.eye(x.shape[1])[x.argmax(axis=1)]


@slips(SOFTMAX, "raised")
def _(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return np.array([powers[i] / powers[i].sum() for i in range(3)])


BINARY = "binary_cross_entropy"


def parts(y, t):
    return t * np.log(y + 1e-7) + (1 - t) * np.log(1 - y + 1e-7)


@slips(BINARY, "log_of_zero")
def _(y, t):
    return -np.mean(t * np.log(y) + (1 - t) * np.log(1 - y))


@slips(BINARY, "log_of_zero")
def _(y, t):
    return -np.mean(np.log(np.where(t == 1, y, 1 - y)))


@slips(BINARY, "no_part_forgotten")
def _(y, t):
    return -np.mean(t * np.log(y + 1e-7))


@slips(BINARY, "same_log_for_both")
def _(y, t):
    return -np.mean(t * np.log(y + 1e-7) + (1 - t) * np.log(y + 1e-7))


@slips(BINARY, "y_and_t_swapped")
def _(y, t):
    return -np.mean(parts(t, y))


@slips(BINARY, "log_base")
def _(y, t):
    return -np.mean(t * np.log10(y + 1e-7) + (1 - t) * np.log10(1 - y + 1e-7))


@slips(BINARY, "log_forgotten")
def _(y, t):
    return -np.mean(t * y + (1 - t) * (1 - y))


@slips(BINARY, "mean_forgotten")
def _(y, t):
    return -np.sum(parts(y, t))


@slips(BINARY, "sign")
def _(y, t):
    return np.mean(parts(y, t))


@slips(BINARY, "not_one_number")
def _(y, t):
    return -parts(y, t)


SCORES = "score_gradient"


def softmax(x):
    return np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)


@slips(SCORES, "mean_forgotten")
def _(x, t):
    return softmax(x) - t


@slips(SCORES, "sign")
def _(x, t):
    return (t - softmax(x)) / len(x)


@slips(SCORES, "scores_for_outputs")
def _(x, t):
    return (x - t) / len(x)


@slips(SCORES, "slope_of_sigmoid_too")
def _(x, t):
    y = softmax(x)
    return (y - t) * y * (1 - y) / len(x)


@slips(SCORES, "t_not_subtracted")
def _(x, t):
    return softmax(x) / len(x)


@slips(SOFTMAX, "not_divided")
def _(x):
    return np.exp(x - x.max(axis=1, keepdims=True))


@slips(SOFTMAX, "keepdims_forgotten")
def _(x):
    powers = np.exp(x - x.max(axis=1))
    return powers / powers.sum(axis=1)


@slips(BINARY, "minus_for_one_part")
def _(y, t):
    yes, no = t * np.log(y + 1e-7), (1 - t) * np.log(1 - y + 1e-7)
    return -np.mean(yes) + np.mean(no)


@slips(SCORES, "sigmoid_for_softmax")
def _(x, t):
    return (1 / (1 + np.exp(-x)) - t) / len(x)


@slips(SCORES, "mean_over_classes")
def _(x, t):
    return (kobai.functions.softmax(x) - t) / x.size


@slips(SCORES, "divided_by_classes")
def _(x, t):
    return (kobai.functions.softmax(x) - t) / x.shape[1]


@slips(SCORES, "only_one_number")
def _(x, t):
    return np.mean(kobai.functions.softmax(x) - t)
