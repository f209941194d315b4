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


@slips(SOFTMAX, "many_truths")
def _(x):
    return np.exp(x - max(x))


@slips(SOFTMAX, "one_number_for_row")
def _(x):
    powers = np.exp(x - x.max(axis=1))
    return powers / powers.sum(axis=1, keepdims=True)


@slips(SOFTMAX, "one_number_for_row")
def _(x):
    powers = np.exp(x - x.max(axis=0))
    return powers / powers.sum(axis=1, keepdims=True)


@slips(SOFTMAX, "largest_on_one_side")
def _(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / np.exp(x).sum(axis=1, keepdims=True)


@slips(SOFTMAX, "not_the_largest")
def _(x):
    powers = np.exp(x - x.min(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@slips(SOFTMAX, "not_the_largest")
def _(x):
    powers = np.exp(x - x.mean(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@slips(SOFTMAX, "upside_down")
def _(x):
    powers = np.exp(x.max(axis=1, keepdims=True) - x)
    return powers / powers.sum(axis=1, keepdims=True)


@slips(SOFTMAX, "sum_of_columns")
def _(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / sum(powers)


@slips(SOFTMAX, "sigmoid_for_softmax")
def _(x):
    return 1 / (1 + np.exp(-x))


@slips(SOFTMAX, "returned_in_loop")
def _(x):
    for row in x:
        return softmax(row[None])[0]


@slips(SOFTMAX, "not_collected")
def _(x):
    for row in x:
        result = softmax(row[None])[0]
    return result


@slips(BINARY, "log_of_no_zero")
def _(y, t):
    return -np.mean(t * np.log(y + 1e-7) + (1 - t) * np.log(1 - (y + 1e-7)))


@slips(BINARY, "yes_and_no_swapped")
def _(y, t):
    return -np.mean(parts(y, 1 - t))


@slips(BINARY, "t_for_both")
def _(y, t):
    return -np.mean(t * np.log(y + 1e-7) + t * np.log(1 - y + 1e-7))


@slips(BINARY, "squares_for_logs")
def _(y, t):
    return 0.5 * np.sum((y - t) ** 2)


@slips(BINARY, "sigmoid_twice")
def _(y, t):
    return -np.mean(parts(1 / (1 + np.exp(-y)), t))


@slips(BINARY, "one_minus_in_brackets")
def _(y, t):
    return -np.mean(t * np.log(y + 1e-7) + 1 - t * np.log(1 - y + 1e-7))


@slips(BINARY, "no_part_forgotten")
def _(y, t):
    return -np.sum(t * np.log(y + 1e-7))


@slips(SCORES, "part_divided_by_n")
def _(x, t):
    return softmax(x) - t / len(x)


@slips(SCORES, "rows_merged")
def _(x, t):
    return np.mean(softmax(x) - t, axis=0)


@slips(SCORES, "sum_of_batch")
def _(x, t):
    return (np.exp(x) / np.exp(x).sum() - t) / len(x)


@slips(SCORES, "scores_for_outputs")
def _(x, t):
    return x - t
