import numpy as np

import kobai
from kobai.networks import Dense, Network, ReLU, Softmax
from tests.learn.slipped import Slip, keeping

SLIPPED: list[Slip] = []
slips = keeping(SLIPPED)

STEP = "train_step"


def moved(loss, params, learning_rate):
    slopes = kobai.gradient(loss, params)
    return {name: params[name] - learning_rate * slopes[name] for name in params}


@slips(STEP, "other_parameters")
def _(loss, params, learning_rate):
    others = {name: array.copy() for name, array in params.items()}
    moved(loss, others, learning_rate)
    return params


@slips(STEP, "one_parameter_left")
def _(loss, params, learning_rate):
    return params | {"W": moved(loss, params, learning_rate)["W"]}


@slips(STEP, "ascent")
def _(loss, params, learning_rate):
    return moved(loss, params, -learning_rate)


@slips(STEP, "rate_forgotten")
def _(loss, params, learning_rate):
    return moved(loss, params, 1.0)


@slips(STEP, "parameters_changed")
def _(loss, params, learning_rate):
    slopes = kobai.gradient(loss, params)
    for name in params:
        params[name] -= learning_rate * slopes[name]
    return params


@slips(STEP, "parameters_changed")
def _(loss, params, learning_rate):
    slopes = kobai.gradient(loss, params)
    moved = dict(params)
    for name in moved:
        moved[name] -= learning_rate * slopes[name]
    return moved


@slips(STEP, "one_by_one")
def _(loss, params, learning_rate):
    moved = dict(params)
    for name in params:
        moved[name] = moved[name] - learning_rate * kobai.gradient(loss, moved)[name]
    return moved


@slips(STEP, "slopes_returned")
def _(loss, params, learning_rate):
    slopes = kobai.gradient(loss, params)
    return {name: -learning_rate * slopes[name] for name in params}


@slips(STEP, "other")
def _(loss, params, learning_rate):
    return {name: params[name] - learning_rate * loss(params) for name in params}


@slips(STEP, "no_dict")
def _(loss, params, learning_rate):
    return list(moved(loss, params, learning_rate).values())


UNTRAINED = Network(64, [Dense(8), ReLU(), Dense(10), Softmax()])

NETWORK = "network"

slips(NETWORK, "not_trained")(UNTRAINED)
slips(NETWORK, "history_for_network")(
    kobai.train(
        Network(64, [Dense(10), Softmax()]),
        kobai.load_digits(),
        epochs=1,
        progress=False,
    )
)
slips(NETWORK, "no_network")(0.94)
slips(NETWORK, "wrong_sizes")(Network(784, [Dense(10), Softmax()]))
slips(NETWORK, "untouched")(...)


class Poor:
    """Right for about two digits of three."""

    def predict(self, x):
        t = kobai.load_digits().t_test
        y = np.eye(10)[t]
        y[::3] = np.roll(y[::3], 1, axis=1)
        return y


slips(NETWORK, "not_enough")(Poor())


@slips(STEP, "slopes_returned")
def _(loss, params, learning_rate):
    return kobai.gradient(loss, params)


@slips(STEP, "no_dict")
def _(loss, params, learning_rate):
    slopes = kobai.gradient(loss, params)
    for name in params:
        return {name: params[name] - learning_rate * slopes[name]}


slips(NETWORK, "wrong_sizes")(Network(64, [Dense(9), Softmax()]))
