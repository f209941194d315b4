import numpy as np

from kobai.functions import softmax_cross_entropy
from tests.learn.slipped import Slip, keeping

SLIPPED: list[Slip] = []
slips = keeping(SLIPPED)

ACCURACY = "accuracy"


def hits(y, t):
    return y.argmax(axis=1) == t


@slips(ACCURACY, "counts_not_share")
def _(y, t):
    return hits(y, t).sum()


@slips(ACCURACY, "percent")
def _(y, t):
    return 100 * hits(y, t).mean()


@slips(ACCURACY, "share_of_errors")
def _(y, t):
    return np.mean(y.argmax(axis=1) != t)


@slips(ACCURACY, "along_samples")
def _(y, t):
    return np.mean(y.argmax(axis=0) == t)


@slips(ACCURACY, "axis_forgotten")
def _(y, t):
    return np.mean(y.argmax() == t)


@slips(ACCURACY, "labels_as_one_hot")
def _(y, t):
    return np.mean(y.argmax(axis=1) == t.argmax())


@slips(ACCURACY, "comparison_alone")
def _(y, t):
    return hits(y, t)


@slips(ACCURACY, "whole_numbers")
def _(y, t):
    return int(hits(y, t).mean())


BARELY = "barely_right"

slips(BARELY, "untouched")(...)
slips(BARELY, "shape")([0.4, 0.6])
slips(BARELY, "not_probabilities")([0.5, 0.6, 0.4])
slips(BARELY, "not_probabilities")([-0.1, 0.6, 0.5])
slips(BARELY, "not_right")([1 / 3, 1 / 3, 1 / 3])
slips(BARELY, "loss_too_small")([0.1, 0.8, 0.1])
slips(BARELY, "not_numbers")(["a", "b", "c"])

GUIDE = "guide"


@slips(GUIDE, "accuracy_as_loss")
def _(W, x, t):
    return hits(x @ W, t).mean()


@slips(GUIDE, "accuracy_as_loss")
def _(W, x, t):
    return 1.0 - hits(x @ W, t).mean()


@slips(GUIDE, "guide_rises")
def _(W, x, t):
    return -softmax_cross_entropy(x @ W, t)


@slips(GUIDE, "guide_elsewhere")
def _(W, x, t):
    return np.sum(W**2)


@slips(GUIDE, "not_one_number")
def _(W, x, t):
    return x @ W


@slips(GUIDE, "input_changed")
def _(W, x, t):
    W += 0.01
    return softmax_cross_entropy(x @ W, t)


@slips(ACCURACY, "never_right")
def _(y, t):
    return np.mean(y.max(axis=1) == t)


@slips(ACCURACY, "labels_as_one_hot")
def _(y, t):
    return np.mean(y.argmax(axis=1) == t.argmax(axis=1))


@slips(ACCURACY, "classes_alone")
def _(y, t):
    return y.argmax(axis=1)


@slips(ACCURACY, "returned_in_loop")
def _(y, t):
    right = 0
    for row, label in zip(y, t, strict=True):
        right += row.argmax() == label
        return right / len(t)


@slips(ACCURACY, "smallest_output")
def _(y, t):
    return np.mean(y.argmin(axis=1) == t)


@slips(GUIDE, "log_of_outputs")
def _(W, x, t):
    return -np.mean(np.log((x @ W)[np.arange(len(t)), t]))
