import numpy as np

from tests.learn.slipped import Slip, keeping

SLIPPED: list[Slip] = []
slips = keeping(SLIPPED)

SPLIT = "split"


def cut(x, t, order, n):
    return x[order[n:]], t[order[n:]], x[order[:n]], t[order[:n]]


@slips(SPLIT, "not_so_many")
def _(x, t, share, rng):
    order = rng.permutation(len(x))
    return x[order], t[order]


@slips(SPLIT, "not_so_many")
def _(x, t, share, rng):
    return x


@slips(SPLIT, "order_of_parts")
def _(x, t, share, rng):
    x_train, t_train, x_test, t_test = cut(x, t, rng.permutation(len(x)), 6)
    return x_train, x_test, t_train, t_test


@slips(SPLIT, "strange_rows")
def _(x, t, share, rng):
    return cut(x / x.max(), t, rng.permutation(len(x)), round(share * len(x)))


@slips(SPLIT, "rows_in_both")
def _(x, t, share, rng):
    rows = rng.choice(len(x), round(share * len(x)), replace=False)
    return x, t, x[rows], t[rows]


@slips(SPLIT, "rows_lost")
def _(x, t, share, rng):
    order = rng.permutation(len(x))
    n = round(share * len(x))
    return x[order[n:-1]], t[order[n:-1]], x[order[:n]], t[order[:n]]


@slips(SPLIT, "rows_twice")
def _(x, t, share, rng):
    test = rng.choice(len(x), round(share * len(x)))
    train = np.setdiff1d(np.arange(len(x)), test)
    return x[train], t[train], x[test], t[test]


@slips(SPLIT, "pairs_broken")
def _(x, t, share, rng):
    x = x[rng.permutation(len(x))]
    n = round(share * len(x))
    return x[n:], t[n:], x[:n], t[:n]


@slips(SPLIT, "shares_swapped")
def _(x, t, share, rng):
    return cut(x, t, rng.permutation(len(x)), len(x) - round(share * len(x)))


@slips(SPLIT, "share_wrong")
def _(x, t, share, rng):
    return cut(x, t, rng.permutation(len(x)), 10)


@slips(SPLIT, "not_shuffled")
def _(x, t, share, rng):
    n = len(x) - round(share * len(x))
    return x[:n], t[:n], x[n:], t[n:]


@slips(SPLIT, "drawn_once")
def _(x, t, share, rng):
    order = np.random.default_rng(0).permutation(len(x))
    return cut(x, t, order, round(share * len(x)))


@slips(SPLIT, "input_changed")
def _(x, t, share, rng):
    rng.shuffle(x)
    return cut(x, t, np.arange(len(x)), round(share * len(x)))


@slips(SPLIT, "shape_of_part")
def _(x, t, share, rng):
    return cut(x.T, t, rng.permutation(3), 1)


BEST = "best_network"


@slips(BEST, "chose_by_training")
def _(train, held_out):
    return train.argmax()


@slips(BEST, "smallest_gap")
def _(train, held_out):
    return np.argmin(train - held_out)


@slips(BEST, "chose_worst")
def _(train, held_out):
    return held_out.argmin()


@slips(BEST, "value_not_index")
def _(train, held_out):
    return held_out.max()


@slips(BEST, "same_for_all")
def _(train, held_out):
    return 1


@slips(BEST, "counted_from_one")
def _(train, held_out):
    return np.argmax(held_out) + 1


@slips(BEST, "chose_by_training")
def _(train, held_out):
    return np.argmax(train + held_out)


@slips(BEST, "all_ranked")
def _(train, held_out):
    return np.argsort(held_out)


@slips(BEST, "which_network")
def _(train, held_out):
    return np.argmax(held_out), np.max(held_out)


@slips(BEST, "number_in_array")
def _(train, held_out):
    return np.where(held_out == held_out.max())


@slips(SPLIT, "part_shuffled")
def _(x, t, share, rng):
    n = round(share * len(x))
    test = rng.permutation(n)
    return x[n:], t[n:], x[test], t[test]


@slips(SPLIT, "rng_not_used")
def _(x, t, share, rng):
    order = np.random.default_rng().permutation(len(x))
    return cut(x, t, order, round(share * len(x)))


@slips(SPLIT, "pairs_broken")
def _(x, t, share, rng):
    order = rng.permutation(len(x))
    return cut(x, np.arange(len(x)), order, round(share * len(x)))


@slips(SPLIT, "index_not_whole")
def _(x, t, share, rng):
    return cut(x, t, rng.permutation(len(x)), share * len(x))
