"""The single neuron: its answers are compared with numerical gradients of its error."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kobai.autodiff import numerical_gradient
from kobai.functions import sigmoid
from kobai.learn.comparison import Case, OneOf, compare
from kobai.learn.exercises.registry import add_slips, exercise

Array = np.ndarray

add_slips(
    {
        "slope_forgotten": {
            "en": "The slope of the sigmoid is missing: δ = (y − t)(1 − y) y.",
            "ja": "sigmoid 関数の傾きが抜けています。δ = (y − t)(1 − y) y です。",
            "zh": "漏掉了 sigmoid 函数的斜率：δ = (y − t)(1 − y) y。",
        },
        "slope_of_sum": {
            "en": "The slope was worked out from the sum u; it is (1 − y) y, from the "
            "output.",
            "ja": "傾きを総和 u から求めています。出力から (1 − y) y と求めます。",
            "zh": "斜率是用总和 u 算的；应当用输出来算：(1 − y) y。",
        },
        "input_forgotten": {
            "en": "∂E/∂w is δ itself here; it is x δ: the weight acts through its input.",
            "ja": "∂E/∂w が δ のままです。重みは入力を通して働くので x δ になります。",
            "zh": "这里的 ∂E/∂w 就是 δ；应为 x δ：权重是通过输入起作用的。",
        },
        "bias_times_input": {
            "en": "∂E/∂b is δ alone: the bias has no input to multiply by.",
            "ja": "∂E/∂b は δ だけです。バイアスには掛ける入力がありません。",
            "zh": "∂E/∂b 就是 δ，不再乘别的：偏置没有输入。",
        },
        "half_forgotten": {
            "en": "It is twice too large: the ½ of E cancels the 2 of the square.",
            "ja": "2 倍になっています。E の ½ と、2 乗の微分で出る 2 が打ち消し合います。",
            "zh": "大了一倍：E 中的 ½ 与平方求导得到的 2 相消。",
        },
        "whole_batch": {
            "en": "All samples were used for one step. Here each sample is a step of its "
            "own.",
            "ja": "すべてのサンプルで一度に更新しています。ここでは 1 サンプルごとに更新します。",
            "zh": "把所有样本合在一起更新了一次。这里每个样本都要单独更新一次。",
        },
        "updated_too_early": {
            "en": "b was updated with the output of the new w. Work out both gradients "
            "first, then update both.",
            "ja": "新しい w の出力を使って b を更新しています。"
            "両方の勾配を求めてから、両方を更新しましょう。",
            "zh": "更新 b 时用的是新 w 的输出。请先求出两个梯度，再一起更新。",
        },
        "last_sample_only": {
            "en": "Only the last sample was learned from. Is the update outside the loop?",
            "ja": "最後のサンプルだけから学習しています。更新がループの外にありませんか。",
            "zh": "只从最后一个样本学习了。更新是不是写在循环外面了？",
        },
        "weight_for_input": {
            "en": "∂E/∂w is x δ: the input, not the weight itself.",
            "ja": "∂E/∂w は x δ です。掛けるのは重みではなく入力です。",
            "zh": "∂E/∂w 是 x δ：乘的是输入，不是权重自己。",
        },
        "sigmoid_forgotten": {
            "en": "The sum u went on without the sigmoid: y = sigmoid(u).",
            "ja": "総和 u を sigmoid 関数に通していません。y = sigmoid(u) です。",
            "zh": "总和 u 没有经过 sigmoid：y = sigmoid(u)。",
        },
        "bias_not_in_sum": {
            "en": "The bias is missing in the sum: u = x w + b.",
            "ja": "総和にバイアスがありません。u = x w + b です。",
            "zh": "总和里漏掉了偏置：u = x w + b。",
        },
        "only_one_moved": {
            "en": "Only one of w and b was moved. Both take a step.",
            "ja": "w と b の片方しか動いていません。両方を一歩進めましょう。",
            "zh": "w 和 b 只动了一个。两个都要走一步。",
        },
        "sample_lost": {
            "en": "The first or the last sample is left out. Does the loop go over all?",
            "ja": "最初か最後のサンプルが抜けています。ループはすべてのサンプルを回っていますか。",
            "zh": "漏掉了第一个或最后一个样本。循环是否走遍了所有样本？",
        },
        "steps_alone": {
            "en": "Each step begins at 0: what w and b were is lost. `=-` is not `-=`.",
            "ja": "一歩ごとに、それまでの w と b が消えています。`=-` ではなく `-=` です。",
            "zh": "每走一步，原来的 w 和 b 就丢了。要写 `-=`，不是 `=-`。",
        },
        "target_slope": {
            "en": "The slope was worked out from t; it is (1 − y) y, from the output.",
            "ja": "傾きを t から求めています。出力から (1 − y) y と求めます。",
            "zh": "斜率是用 t 算的；应当用输出来算：(1 − y) y。",
        },
        "other_order": {
            "en": "The samples were taken in another order: begin with the first.",
            "ja": "サンプルの順序が違います。最初のものから順に使いましょう。",
            "zh": "样本的顺序不对：请从第一个开始依次使用。",
        },
    }
)


def _error(x: Any, t: Any) -> Any:
    def error(params: Array) -> Any:
        return np.sum(0.5 * (t - sigmoid(params[0] * x + params[1])) ** 2)

    return error


def _output(u: float) -> float:
    return float(sigmoid(np.array(u)))


def _slopes(x: float, y: float, t: float, slope: float) -> Array:
    """Return ∂E/∂w and ∂E/∂b by the formula, with any slope of the sigmoid."""
    return (y - t) * slope * np.array([x, 1.0])


@exercise
def neuron_gradients(answer: Any, rng: np.random.Generator) -> None:
    """`neuron_gradients(w, b, x, t)`: ∂E/∂w and ∂E/∂b of one sample."""
    # No minus in the first alone: what helps there fails in another.
    signs = ((1, 1), (-1, 1), (1, -1), (-1, -1))
    compare(answer, [_sample(rng, *each) for each in signs])


def _sample(rng: np.random.Generator, side: int, way: int) -> Case:
    """Return a case with x on a side of 0, and t below the output or above it."""
    w, b, x = (float(value) for value in rng.uniform(0.5, 1.5, 3))
    x *= side
    u = w * x + b
    y = _output(u)
    t = y - way * float(rng.uniform(0.1, 0.4))
    needed = numerical_gradient(_error(x, t), np.array([w, b]))
    delta, again, unbiased = needed[1], _output(y), _output(w * x)
    slips = {
        "slope_forgotten": _slopes(x, y, t, 1),
        "half_of_slope": OneOf(_slopes(x, y, t, part) for part in (y, 1 - y)),
        "output_bent_again": _slopes(x, y, t, (1 - again) * again),
        "slope_of_sum": _slopes(x, y, t, (1 - u) * u),
        "target_slope": _slopes(x, y, t, (1 - t) * t),
        "input_forgotten": [delta, delta],
        "bias_times_input": OneOf(([delta * x, delta * x], [delta * x, delta * b])),
        "half_forgotten": 2 * needed,
        "sign": -needed,
        "weight_for_input": OneOf(([delta * w, delta], [delta * w, delta * b])),
        "sigmoid_forgotten": _slopes(x, u, t, (1 - u) * u),
        "bias_not_in_sum": _slopes(x, unbiased, t, (1 - unbiased) * unbiased),
        "results_swapped": needed[::-1],
        "one_of_two": OneOf(needed),
    }
    return Case((w, b, x, t), needed, slips)


@exercise
def train_epoch(answer: Any, rng: np.random.Generator) -> None:
    """`train_epoch(w, b, x, t, learning_rate)`: w and b after one pass, one by one."""
    cases = []
    for n in (5, 9):
        x = np.linspace(-np.pi / 2, np.pi / 2, n)
        start = rng.uniform(-1, 1, 2)
        cases.append(_epoch(start, x, (np.sin(x) + 1) / 2, float(rng.uniform(0.3, 1))))
    compare(answer, cases)


def _epoch(start: Array, x: Array, t: Array, rate: float) -> Case:
    n = len(x)
    whole = numerical_gradient(_error(x, t), start)
    needed = _walked(start, x, t, rate)
    one_by_one = rate * np.tile(np.eye(2), (n, 1))
    slips = {
        "not_moved": start,
        "only_one_moved": OneOf(_walked(start, x, t, rate * one) for one in np.eye(2)),
        "sample_lost": OneOf(
            _walked(start, x[kept], t[kept], rate)
            for kept in (slice(1, n), slice(n - 1))
        ),
        "other_order": _walked(start, x[::-1], t[::-1], rate),
        "results_swapped": needed[::-1],
        "one_of_two": OneOf(needed),
        "whole_batch": OneOf((start - rate * whole, start - rate * whole / n)),
        "ascent": _walked(start, x, t, -rate),
        "rate_forgotten": _walked(start, x, t, 1.0),
        "one_step": _walked(start, x[:1], t[:1], rate),
        "last_sample_only": _walked(start, x[-1:], t[-1:], rate),
        "updated_too_early": _walked(
            start, np.repeat(x, 2), np.repeat(t, 2), one_by_one
        ),
        "input_forgotten": _walked(start, x, t, rate, _input_forgotten),
        "bias_times_input": _walked(start, x, t, rate, _bias_times_input),
        "slope_forgotten": _walked(start, x, t, rate, _slope_forgotten),
        "steps_alone": _walked(
            start, x, t, rate, lambda p, x, t: _gradient(p, x, t) + p / rate
        ),
    }
    arguments = (float(start[0]), float(start[1]), x, t, rate)
    return Case(arguments, needed, slips)


def _gradient(params: Array, x: float, t: float) -> Array:
    return np.asarray(numerical_gradient(_error(x, t), params))


def _input_forgotten(params: Array, x: float, t: float) -> Array:
    return _gradient(params, x, t)[[1, 1]]


def _bias_times_input(params: Array, x: float, t: float) -> Array:
    return _gradient(params, x, t)[[0, 0]]


def _slope_forgotten(params: Array, x: float, t: float) -> Array:
    return _slopes(x, _output(params[0] * x + params[1]), t, 1)


def _walked(
    params: Array,
    x: Array,
    t: Array,
    rates: Any,
    slopes: Callable[[Array, float, float], Array] = _gradient,
) -> Array:
    """Return the parameters after a step for each sample, all of one rate or each."""
    each = zip(x, t, np.broadcast_to(rates, (len(x), 2)), strict=True)
    for inputs, target, rate in each:
        params = params - rate * slopes(params, inputs, target)
    return params
