import numpy as np

from tests.learn.slipped import Slip, keeping

SLIPPED: list[Slip] = []
slips = keeping(SLIPPED)

EXERCISE = "partial_derivatives"
h = 1e-4


def difference(f, x, i):
    above, below = x.copy(), x.copy()
    above[i] += h
    below[i] -= h
    return (f(above) - f(below)) / (2 * h)


def right(f, x):
    x = x.astype(float)
    return np.array([difference(f, x, i) for i in range(len(x))])


@slips(EXERCISE, "all_at_once")
def _(f, x):
    return np.full(len(x), (f(x + h) - f(x - h)) / (2 * h))


@slips(EXERCISE, "integers")
def _(f, x):
    return np.array([difference(f, x, i) for i in range(len(x))])


@slips(EXERCISE, "input_changed")
def _(f, x):
    gradient = right(f, x)
    x[0] += 1
    return gradient


@slips(EXERCISE, "not_put_back")
def _(f, x):
    x, found = x.astype(float), []
    for i in range(len(x)):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        found.append((above - f(x)) / (2 * h))
    return found


@slips(EXERCISE, "sum_of_slopes")
def _(f, x):
    return right(f, x).sum()


@slips(EXERCISE, "sum_of_slopes")
def _(f, x):
    return (f(x + h) - f(x - h)) / (2 * h)


@slips(EXERCISE, "only_one_number")
def _(f, x):
    return np.linalg.norm(right(f, x))


@slips(EXERCISE, "shape")
def _(f, x):
    return [*right(f, x), 0.0]


@slips(EXERCISE, "both_points_alike")
def _(f, x):
    return np.zeros(len(x))


@slips(EXERCISE, "both_points_alike")
def _(f, x):
    found = np.zeros(len(x))
    for i in range(len(x)):
        above = below = x.astype(float)
        above[i] += h
        below[i] -= h
        found[i] = (f(above) - f(below)) / (2 * h)
    return found


@slips(EXERCISE, "not_central")
def _(f, x):
    steps = h * np.eye(len(x))
    return [(f(x + step) - f(x)) / h for step in steps]


@slips(EXERCISE, "moves_left")
def _(f, x):
    above, below = x.astype(float), x.astype(float)
    found = np.zeros(len(x))
    for i in range(len(x)):
        above[i] += h
        below[i] -= h
        found[i] = (f(above) - f(below)) / (2 * h)
    return found


@slips(EXERCISE, "returned_in_loop")
def _(f, x):
    found = np.zeros(len(x))
    found[0] = difference(f, x.astype(float), 0)
    return found


@slips(EXERCISE, "returned_in_loop")
def _(f, x):
    found = []
    for i in range(len(x)):
        found.append(difference(f, x.astype(float), i))
        return found


@slips(EXERCISE, "not_collected")
def _(f, x):
    for i in range(len(x)):
        found = difference(f, x.astype(float), i)
    return found


@slips(EXERCISE, "half_the_slope")
def _(f, x):
    found = np.zeros(len(x))
    for i in range(len(x)):
        above = x.astype(float)
        above[i] += h
        found[i] = (f(above) - f(x)) / (2 * h)
    return found


@slips(EXERCISE, "half_the_slope")
def _(f, x):
    x, found = x.astype(float), []
    for i in range(len(x)):
        x[i] += h
        above = f(x)
        x[i] -= h
        found.append((above - f(x)) / (2 * h))
    return found


@slips(EXERCISE, "f_of_one_element")
def _(f, x):
    return [(f(each + h) - f(each - h)) / (2 * h) for each in x]


@slips(EXERCISE, "two_elements")
def _(f, x):
    x0, x1 = x[:2]
    along_x0 = f(np.array([x0 + h, x1])) - f(np.array([x0 - h, x1]))
    along_x1 = f(np.array([x0, x1 + h])) - f(np.array([x0, x1 - h]))
    return np.array([along_x0, along_x1]) / (2 * h)


@slips(EXERCISE, "two_elements")
def _(f, x):
    found = np.zeros(len(x))
    for i in range(2):
        found[i] = difference(f, x.astype(float), i)
    return found


@slips(EXERCISE, "bowl_not_f")
def _(f, x):
    def bowl(x):
        return x[0] ** 2 + x[1] ** 2 + sum(x[2:] ** 2)

    return right(bowl, x)


@slips(EXERCISE, "both_points_alike")
def _(f, x):
    return right(f, x) * h * h


@slips(EXERCISE, "divided_by_two")
def _(f, x):
    return right(f, x) * h
