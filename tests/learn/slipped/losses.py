import numpy as np

from tests.learn.slipped import Slip, keeping

SLIPPED: list[Slip] = []
slips = keeping(SLIPPED)

SQUARES = "squared_error"


@slips(SQUARES, "half_of_loss")
def _(y, t):
    return np.sum((y - t) ** 2)


@slips(SQUARES, "mean_of_outputs")
def _(y, t):
    return np.mean((y - t) ** 2)


@slips(SQUARES, "root_taken")
def _(y, t):
    return np.linalg.norm(y - t)


@slips(SQUARES, "absolute_values")
def _(y, t):
    return np.abs(y - t).sum()


@slips(SQUARES, "not_squared")
def _(y, t):
    return 0.5 * np.sum(y - t)


@slips(SQUARES, "squared_after_sum")
def _(y, t):
    return 0.5 * np.sum(y - t) ** 2


@slips(SQUARES, "not_one_number")
def _(y, t):
    return 0.5 * (y - t) ** 2


@slips(SQUARES, "all_zero")
def _(y, t):
    loss = 0.0
    for a, b in zip(y, t, strict=True):
        # Worked out, and never added.
        (a - b) ** 2 / 2
    return loss


ENTROPY = "cross_entropy"


@slips(ENTROPY, "sign")
def _(y, t):
    return np.sum(t * np.log(y + 1e-7))


@slips(ENTROPY, "log_of_zero")
def _(y, t):
    return -np.sum(t * np.log(y))


@slips(ENTROPY, "log_of_zero")
def _(y, t):
    return -np.log(y[t.argmax()])


@slips(ENTROPY, "log_of_zero")
def _(y, t):
    return -np.sum(t * np.log(y) + 1e-7)


@slips(ENTROPY, "log_base")
def _(y, t):
    return -np.sum(t * np.log10(y + 1e-7))


@slips(ENTROPY, "log_forgotten")
def _(y, t):
    return -np.sum(t * y)


@slips(ENTROPY, "y_and_t_swapped")
def _(y, t):
    return -np.sum(y * np.log(t + 1e-7))


@slips(ENTROPY, "t_forgotten")
def _(y, t):
    return -np.sum(np.log(y + 1e-7))


@slips(ENTROPY, "not_one_number")
def _(y, t):
    return -t * np.log(y + 1e-7)


MEAN = "mean_cross_entropy"


def picked(y, t):
    return -np.log(y[np.arange(len(y)), t] + 1e-7)


@slips(MEAN, "mean_forgotten")
def _(y, t):
    return np.sum(picked(y, t))


@slips(MEAN, "mean_twice")
def _(y, t):
    return np.mean(picked(y, t)) / len(y)


@slips(MEAN, "not_one_number")
def _(y, t):
    return picked(y, t)


@slips(MEAN, "sign")
def _(y, t):
    return -np.mean(picked(y, t))


@slips(MEAN, "mean_over_classes")
def _(y, t):
    return -np.mean(np.eye(y.shape[1])[t] * np.log(y + 1e-7))


@slips(MEAN, "all_columns")
def _(y, t):
    return -np.sum(np.log(y[:, t] + 1e-7)) / len(y)


@slips(MEAN, "labels_multiplied")
def _(y, t):
    return -np.sum(t * np.log(y + 1e-7)) / len(y)


@slips(MEAN, "raised")
def _(y, t):
    return -np.mean(np.log([y[i, t[i]] for i in range(4)]) * np.ones(len(y)))


@slips(SQUARES, "mean_for_sum")
def _(y, t):
    return 0.5 * np.mean((y - t) ** 2)


@slips(SQUARES, "doubled_not_squared")
def _(y, t):
    return 0.5 * np.sum((y - t) * 2)


@slips(ENTROPY, "mean_for_sum")
def _(y, t):
    return -np.mean(t * np.log(y + 1e-7))


@slips(MEAN, "all_columns")
def _(y, t):
    return -np.mean(np.log(y[:, t] + 1e-7))


@slips(MEAN, "rows_by_label")
def _(y, t):
    return -np.mean(np.log(y[t] + 1e-7))


@slips(MEAN, "log_of_mean")
def _(y, t):
    return -np.log(np.mean(y[np.arange(len(y)), t]))


@slips(MEAN, "returned_in_loop")
def _(y, t):
    total = 0.0
    for i in range(len(y)):
        total -= np.log(y[i, t[i]] + 1e-7)
        return total / len(y)


@slips(SQUARES, "only_t_squared")
def _(y, t):
    return 0.5 * np.sum(y - t**2)


@slips(SQUARES, "squared_apart")
def _(y, t):
    return 0.5 * np.sum(y**2 - t**2)


@slips(SQUARES, "returned_in_loop")
def _(y, t):
    loss = 0.0
    for k in range(len(y)):
        loss += (y[k] - t[k]) ** 2 / 2
        return loss


@slips(SQUARES, "only_last")
def _(y, t):
    for k in range(len(y)):
        loss = (y[k] - t[k]) ** 2
    return loss / 2


@slips(SQUARES, "round_lost")
def _(y, t):
    return sum((y[k] - t[k]) ** 2 / 2 for k in range(len(y) - 1))


@slips(SQUARES, "round_lost")
def _(y, t):
    return sum((y[k] - t[k]) ** 2 / 2 for k in range(1, len(y)))


@slips(SQUARES, "all_zero")
def _(y, t):
    return 1 // 2 * np.sum((y - t) ** 2)


@slips(ENTROPY, "log_base")
def _(y, t):
    return -np.sum(t * np.log2(y + 1e-7))


@slips(ENTROPY, "largest_for_right")
def _(y, t):
    return -np.log(y.max() + 1e-7)


@slips(ENTROPY, "t_inside_log")
def _(y, t):
    return -np.sum(np.log(t * y + 1e-7))


@slips(ENTROPY, "y_and_t_swapped")
def _(y, t):
    return -np.sum(y * np.log(t))


@slips(ENTROPY, "number_in_array")
def _(y, t):
    return -np.log(y[t == 1] + 1e-7)


@slips(MEAN, "largest_for_right")
def _(y, t):
    return -np.mean(np.log(y.max(axis=1)))


@slips(MEAN, "log_forgotten")
def _(y, t):
    return np.mean(y[np.arange(len(y)), t])


@slips(MEAN, "t_forgotten")
def _(y, t):
    return -np.sum(np.log(y)) / len(y)


@slips(MEAN, "only_last")
def _(y, t):
    for row, label in zip(y, t, strict=True):
        loss = -np.log(row[label])
    return loss / len(y)


@slips(MEAN, "labels_multiplied")
def _(y, t):
    return -np.sum(t * np.log(y))


@slips(MEAN, "columns_for_rows")
def _(y, t):
    return -np.mean(np.log(y[t, np.arange(len(y))]))
