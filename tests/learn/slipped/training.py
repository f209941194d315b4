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


@slips(STEP, "input_changed")
def _(loss, params, learning_rate):
    slopes = kobai.gradient(loss, params)
    for name in params:
        params[name] -= learning_rate * slopes[name]
    return params


@slips(STEP, "no_dict")
def _(loss, params, learning_rate):
    return list(moved(loss, params, learning_rate).values())


def digits_network(epochs, hidden=8):
    network = Network(64, [Dense(hidden), ReLU(), Dense(10), Softmax()])
    if epochs:
        kobai.train(network, kobai.load_digits(), epochs=epochs, batch_size=50)
    return network


NETWORK = "network"

slips(NETWORK, "not_trained")(digits_network(0))
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
