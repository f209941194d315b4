import math

import numpy as np

from tests.learn.slipped import Slip, keeping

SLIPPED: list[Slip] = []
slips = keeping(SLIPPED)

MOMENTUM = "momentum_step"


@slips(MOMENTUM, "memory_not_returned")
def _(w, g, v, learning_rate, momentum):
    return w + momentum * v - learning_rate * g


@slips(MOMENTUM, "results_swapped")
def _(w, g, v, learning_rate, momentum):
    v = momentum * v - learning_rate * g
    return v, w + v


@slips(MOMENTUM, "memory_not_used")
def _(w, g, v, learning_rate, momentum):
    return w - learning_rate * g, -learning_rate * g


@slips(MOMENTUM, "memory_too_old")
def _(w, g, v, learning_rate, momentum):
    return w + v, momentum * v - learning_rate * g


@slips(MOMENTUM, "friction_forgotten")
def _(w, g, v, learning_rate, momentum):
    v = v - learning_rate * g
    return w + v, v


@slips(MOMENTUM, "rate_twice")
def _(w, g, v, learning_rate, momentum):
    v = momentum * v - learning_rate * g
    return w + learning_rate * v, v


@slips(MOMENTUM, "rate_forgotten")
def _(w, g, v, learning_rate, momentum):
    v = momentum * v - g
    return w + v, v


@slips(MOMENTUM, "ascent")
def _(w, g, v, learning_rate, momentum):
    v = momentum * v + learning_rate * g
    return w + v, v


@slips(MOMENTUM, "input_changed")
def _(w, g, v, learning_rate, momentum):
    v *= momentum
    v -= learning_rate * g
    return w + v, v


ADAGRAD = "adagrad_step"


@slips(ADAGRAD, "memory_not_returned")
def _(w, g, h, learning_rate):
    return w - learning_rate * g / (np.sqrt(h + g * g) + 1e-7)


@slips(ADAGRAD, "memory_not_used")
def _(w, g, h, learning_rate):
    h = g * g
    return w - learning_rate * g / (np.sqrt(h) + 1e-7), h


@slips(ADAGRAD, "memory_too_old")
def _(w, g, h, learning_rate):
    return w - learning_rate * g / (np.sqrt(h) + 1e-7), h + g * g


@slips(ADAGRAD, "gradient_not_squared")
def _(w, g, h, learning_rate):
    h = h + np.abs(g)
    return w - learning_rate * g / (np.sqrt(h) + 1e-7), h


@slips(ADAGRAD, "gradient_not_squared")
def _(w, g, h, learning_rate):
    h = h + g
    return w - learning_rate * g / (np.sqrt(h) + 1e-7), h


@slips(ADAGRAD, "root_forgotten")
def _(w, g, h, learning_rate):
    h = h + g * g
    return w - learning_rate * g / (h + 1e-7), h


@slips(ADAGRAD, "rate_forgotten")
def _(w, g, h, learning_rate):
    h = h + g * g
    return w - g / (np.sqrt(h) + 1e-7), h


@slips(ADAGRAD, "ascent")
def _(w, g, h, learning_rate):
    h = h + g * g
    return w + learning_rate * g / (np.sqrt(h) + 1e-7), h


@slips(ADAGRAD, "divided_by_zero")
def _(w, g, h, learning_rate):
    h = h + g * g
    return w - learning_rate * g / np.sqrt(h), h


ADAM = "adam_step"


def averages(g, m, v, beta1=0.9, beta2=0.999):
    return beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g


def step(m, v, t, learning_rate, beta1=0.9, beta2=0.999):
    m, v = m / (1 - beta1**t), v / (1 - beta2**t)
    return learning_rate * m / (np.sqrt(v) + 1e-8)


@slips(ADAM, "memory_not_returned")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    return w - step(m, v, t, learning_rate)


@slips(ADAM, "results_swapped")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    return m, v, w - step(m, v, t, learning_rate)


@slips(ADAM, "memory_not_used")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, 0, 0)
    return w - step(m, v, t, learning_rate), m, v


@slips(ADAM, "memory_too_old")
def _(w, g, m, v, t, learning_rate):
    w = w - step(m, v, t, learning_rate)
    return w, *averages(g, m, v)


@slips(ADAM, "not_corrected")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    return w - learning_rate * m / (np.sqrt(v) + 1e-8), m, v


@slips(ADAM, "corrected_returned")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    w = w - step(m, v, t, learning_rate)
    return w, m / (1 - 0.9**t), v / (1 - 0.999**t)


@slips(ADAM, "betas_swapped")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v, 0.999, 0.9)
    return w - step(m, v, t, learning_rate, 0.999, 0.9), m, v


@slips(ADAM, "gradient_not_squared")
def _(w, g, m, v, t, learning_rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g
    return w - step(m, v, t, learning_rate), m, v


@slips(ADAM, "root_forgotten")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return w - learning_rate * m_hat / (v_hat + 1e-8), m, v


@slips(ADAM, "rate_forgotten")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    return w - step(m, v, t, 1), m, v


@slips(ADAM, "ascent")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    return w + step(m, v, t, learning_rate), m, v


@slips(ADAM, "divided_by_zero")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return w - learning_rate * m_hat / np.sqrt(v_hat), m, v


@slips(MOMENTUM, "velocity_subtracted")
def _(w, g, v, learning_rate, momentum):
    v = momentum * v - learning_rate * g
    return w - v, v


@slips(MOMENTUM, "w_not_returned")
def _(w, g, v, learning_rate, momentum):
    return momentum * v - learning_rate * g


@slips(ADAM, "w_not_returned")
def _(w, g, m, v, t, learning_rate):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g * g
    return m, v


@slips(ADAM, "one_not_corrected")
def _(w, g, m, v, t, learning_rate):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g * g
    return w - learning_rate * m / (1 - 0.9**t) / (np.sqrt(v) + 1e-8), m, v


@slips(ADAM, "t_shifted")
def _(w, g, m, v, t, learning_rate):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g * g
    m_hat, v_hat = m / (1 - 0.9 ** (t + 1)), v / (1 - 0.999 ** (t + 1))
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


@slips(MOMENTUM, "velocity_subtracted")
def _(w, g, v, learning_rate, momentum):
    v = momentum * v + learning_rate * g
    return w - v, v


@slips(MOMENTUM, "rate_misplaced")
def _(w, g, v, learning_rate, momentum):
    v = momentum * v + g
    return w - learning_rate * v, v


@slips(MOMENTUM, "rate_misplaced")
def _(w, g, v, learning_rate, momentum):
    v = momentum * v - g
    return w + learning_rate * v, v


@slips(MOMENTUM, "gradient_weakened")
def _(w, g, v, learning_rate, momentum):
    v = momentum * v - (1 - momentum) * learning_rate * g
    return w + v, v


@slips(MOMENTUM, "gradient_weakened")
def _(w, g, v, learning_rate, momentum):
    v = momentum * v + (1 - momentum) * g
    return w - learning_rate * v, v


@slips(MOMENTUM, "factors_swapped")
def _(w, g, v, learning_rate, momentum):
    v = learning_rate * v - momentum * g
    return w + v, v


@slips(MOMENTUM, "old_memory_returned")
def _(w, g, v, learning_rate, momentum):
    return w + momentum * v - learning_rate * g, v


@slips(MOMENTUM, "w_not_moved")
def _(w, g, v, learning_rate, momentum):
    return w, momentum * v - learning_rate * g


@slips(MOMENTUM, "own_number")
def _(w, g, v, learning_rate, momentum):
    v = 0.9 * v - learning_rate * g
    return w + v, v


@slips(MOMENTUM, "one_result_wrong")
def _(w, g, v, learning_rate, momentum):
    v = momentum * v - learning_rate * g
    return w + momentum * v, v


@slips(MOMENTUM, "first_result_wrong")
def _(w, g, v, learning_rate, momentum):
    v = momentum * (v - learning_rate * g)
    return w + v, v


@slips(MOMENTUM, "results_missing")
def _(w, g, v, learning_rate, momentum):
    v = momentum * v - learning_rate * g
    return {"w": w + v, "v": v}


@slips(MOMENTUM, "number_of_results")
def _(w, g, v, learning_rate, momentum):
    v = momentum * v - learning_rate * g
    return w + v, g, v


@slips(MOMENTUM, "open_inside")
def _(w, g, v, learning_rate, momentum):
    v = momentum * v - learning_rate * ...
    return w + v, v


@slips(ADAGRAD, "old_memory_returned")
def _(w, g, h, learning_rate):
    return w - learning_rate * g / (np.sqrt(h + g * g) + 1e-7), h


@slips(ADAGRAD, "root_kept")
def _(w, g, h, learning_rate):
    h = np.sqrt(h + g * g)
    return w - learning_rate * g / (h + 1e-7), h


@slips(ADAGRAD, "root_multiplied")
def _(w, g, h, learning_rate):
    h = h + g * g
    return w - learning_rate * g * np.sqrt(h), h


@slips(ADAGRAD, "summed_over_weights")
def _(w, g, h, learning_rate):
    h = h + np.sum(g * g)
    return w - learning_rate * g / (np.sqrt(h) + 1e-7), h


@slips(ADAGRAD, "own_number")
def _(w, g, h, learning_rate):
    h = h + g * g
    return w - 0.01 * g / (np.sqrt(h) + 1e-7), h


@slips(ADAGRAD, "divided_by_zero")
def _(w, g, h, learning_rate):
    h = h + g * g
    return w - learning_rate * g / np.sqrt(h) + 1e-7, h


@slips(ADAGRAD, "one_number_function")
def _(w, g, h, learning_rate):
    h = h + g * g
    return w - learning_rate * g / (math.sqrt(h) + 1e-7), h


@slips(ADAGRAD, "caret")
def _(w, g, h, learning_rate):
    h = h + g ^ 2
    return w - learning_rate * g / (np.sqrt(h) + 1e-7), h


@slips(ADAM, "t_shifted")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    return w - step(m, v, t - 1, learning_rate), m, v


@slips(ADAM, "power_of_beta")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    return w - step(m, v, 1, learning_rate), m, v


@slips(ADAM, "power_of_beta")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    m_hat, v_hat = m / (1 - 0.9) ** t, v / (1 - 0.999) ** t
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


@slips(ADAM, "correction_multiplied")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    m_hat, v_hat = m * (1 - 0.9**t), v * (1 - 0.999**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


@slips(ADAM, "new_share_forgotten")
def _(w, g, m, v, t, learning_rate):
    m, v = 0.9 * m + g, 0.999 * v + g * g
    return w - step(m, v, t, learning_rate), m, v


@slips(ADAM, "old_and_new_swapped")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v, 0.1, 0.001)
    return w - step(m, v, t, learning_rate), m, v


@slips(ADAM, "gradient_for_mean")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    return w - learning_rate * g / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), m, v


@slips(ADAM, "old_memory_returned")
def _(w, g, m, v, t, learning_rate):
    return w - step(*averages(g, m, v), t, learning_rate), m, v


@slips(ADAM, "w_not_moved")
def _(w, g, m, v, t, learning_rate):
    return w, *averages(g, m, v)


@slips(ADAM, "results_swapped")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    return w - step(m, v, t, learning_rate), v, m


@slips(ADAM, "own_number")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    return w - step(m, v, t, 0.001), m, v


@slips(ADAM, "one_result_wrong")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    m_hat, v_hat = m / (1 - 0.9 * t), v / (1 - 0.999 * t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


@slips(ADAM, "number_of_results")
def _(w, g, m, v, t, learning_rate):
    m, v = averages(g, m, v)
    return w - step(m, v, t, learning_rate), m
