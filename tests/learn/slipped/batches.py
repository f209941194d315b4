import numpy as np

from tests.learn.slipped import Slip, keeping

SLIPPED: list[Slip] = []
slips = keeping(SLIPPED)

DRAW = "draw_batch"


@slips(DRAW, "drawn_once")
def _(x, t, size, rng):
    rows = np.random.default_rng(0).choice(len(x), size)
    return x[rows], t[rows]


@slips(DRAW, "first_rows")
def _(x, t, size, rng):
    return x[:size], t[:size]


@slips(DRAW, "part_of_rows")
def _(x, t, size, rng):
    rows = rng.choice(20, size)
    return x[rows], t[rows]


@slips(DRAW, "pairs_broken")
def _(x, t, size, rng):
    return x[rng.choice(len(x), size)], t[rng.choice(len(x), size)]


@slips(DRAW, "pairs_broken")
def _(x, t, size, rng):
    return x[rng.choice(len(x), size)], t


@slips(DRAW, "batch_size")
def _(x, t, size, rng):
    rows = rng.choice(len(x), 10)
    return x[rows], t[rows]


@slips(DRAW, "not_so_many")
def _(x, t, size, rng):
    return rng.choice(len(x), size)


@slips(DRAW, "strange_rows")
def _(x, t, size, rng):
    rows = rng.choice(len(x), size)
    return x[rows] / 255, t[rows]


EPOCH = "epoch_batches"


@slips(EPOCH, "last_batch_lost")
def _(n, size, rng):
    order = rng.permutation(n)
    return [order[i * size : (i + 1) * size] for i in range(n // size)]


@slips(EPOCH, "rows_twice")
def _(n, size, rng):
    return [rng.choice(n, size) for _ in range(n // size)]


@slips(EPOCH, "rows_lost")
def _(n, size, rng):
    return [rng.permutation(n)[:size]]


@slips(EPOCH, "not_shuffled")
def _(n, size, rng):
    return [np.arange(i, min(i + size, n)) for i in range(0, n, size)]


@slips(EPOCH, "drawn_once")
def _(n, size, rng):
    order = np.random.default_rng(0).permutation(n)
    return [order[i : i + size] for i in range(0, n, size)]


@slips(EPOCH, "batch_sizes")
def _(n, size, rng):
    return np.array_split(rng.permutation(n), size)


@slips(EPOCH, "batch_sizes")
def _(n, size, rng):
    return [rng.permutation(n)]


@slips(EPOCH, "no_such_row")
def _(n, size, rng):
    order = rng.permutation(n) + 1
    return [order[i : i + size] for i in range(0, n, size)]


@slips(EPOCH, "not_batches")
def _(n, size, rng):
    return rng.permutation(n)


@slips(EPOCH, "not_batches")
def _(n, size, rng):
    return n // size


@slips(EPOCH, "not_batches")
def _(n, size, rng):
    return []


@slips(EPOCH, "index_not_whole")
def _(n, size, rng):
    for i in range(0, n, size):
        yield rng.permutation(n)[i / size]
