"""Activation functions: compared with their pictures, slopes with the definition."""

import re
from typing import Any

import numpy as np

from kobai.autodiff import numerical_gradient
from kobai.functions import sigmoid
from kobai.learn.comparison import (
    Case,
    OneOf,
    Slipped,
    called_so,
    compare,
    shown,
    single,
)
from kobai.learn.exercises.registry import add_slips, exercise

Array = np.ndarray

# The share of the gradient that the lesson lets through, and a sigmoid's largest slope.
ASKED = 0.001
STEEPEST = 0.25

add_slips(
    {
        "one_at_a_time": {
            "en": "`if` and max() look at one number, and x is an array; so is each row of "
            "it. np.maximum looks at every number.",
            "ja": "`if` や max() が調べるのは数 1 つですが、x は配列で、その 1 行も配列です。"
            "np.maximum なら要素ごとに比べます。",
            "zh": "`if` 和 max() 只看一个数，而 x 是数组，它的一行也是数组。"
            "np.maximum 会逐个比较。",
        },
        "largest_of_all": {
            "en": "np.max looks for the largest number of one array. np.maximum compares "
            "each number with 0.",
            "ja": "np.max は 1 つの配列の最大値を探す関数です。要素ごとに 0 と比べるのは "
            "np.maximum です。",
            "zh": "np.max 找的是一个数组里最大的数。要逐个与 0 比较，请用 np.maximum。",
        },
        "step_not_relu": {
            "en": "This is the step function, 0 or 1. ReLU lets what is positive through "
            "as it is.",
            "ja": "これは 0 か 1 のステップ関数です。ReLU は正の値をそのまま通します。",
            "zh": "这是取 0 或 1 的阶跃函数。ReLU 让正数原样通过。",
        },
        "absolute_value": {
            "en": "This is |x|. What is negative becomes 0, not positive.",
            "ja": "|x| になっています。負の値は正にするのではなく、0 にします。",
            "zh": "这是 |x|。负数要变成 0，而不是变成正数。",
        },
        "other_half_kept": {
            "en": "It keeps what is negative, and makes the rest 0: the other way round.",
            "ja": "負の値を残し、正の値を 0 にしています。逆にしましょう。",
            "zh": "留下的是负数，正数变成了 0：正好反了。",
        },
        "negative_kept": {
            "en": "What is negative came back as it was. It becomes 0.",
            "ja": "負の値がそのまま返っています。0 にしましょう。",
            "zh": "负数原样返回了。它们应当变成 0。",
        },
        "where_alone": {
            "en": "np.where with a condition alone tells positions. With three arguments it "
            "chooses: what, where it holds, and what else.",
            "ja": "np.where に条件だけを渡すと、位置が返ります。条件、成り立つときの値、"
            "そうでないときの値の三つを渡しましょう。",
            "zh": "np.where 只给条件时，返回的是位置。请给三个参数：条件、成立时的值、"
            "不成立时的值。",
        },
        "one_minus_in_brackets": {
            "en": "`*` goes before `-`. Put `1 - …` in brackets, and then multiply.",
            "ja": "`*` は `-` より先に計算されます。`1 - …` をかっこで囲んでから掛けましょう。",
            "zh": "`*` 比 `-` 先算。请把 `1 - …` 括起来再乘。",
        },
        "sum_for_output": {
            "en": "x stands where y belongs. In (1 − y) y each y is the output, sigmoid(x).",
            "ja": "y のところに x を使っています。(1 − y) y の y は、どちらも出力 "
            "sigmoid(x) です。",
            "zh": "该用 y 的地方用了 x。(1 − y) y 里的两个 y 都是输出 sigmoid(x)。",
        },
        "function_not_slope": {
            "en": "This is the sigmoid itself. Its slope is (1 − y) y.",
            "ja": "sigmoid 関数の値そのものです。その傾きは (1 − y) y です。",
            "zh": "这是 sigmoid 函数本身的值。它的斜率是 (1 − y) y。",
        },
        "times_forgotten": {
            "en": "In line {line} brackets stand right behind brackets, which Python takes "
            "for a call. Write the `*` between them ({error})",
            "ja": "{line} 行目で、かっこのすぐ後ろにかっこがあり、関数の呼び出しになっています。"
            "間に `*` を書きましょう（{error}）",
            "zh": "第 {line} 行的括号后面直接跟着括号，成了函数调用。请在中间写上 `*`"
            "（{error}）",
        },
        "one_part_only": {
            "en": "This is 1 − y. It is still to be multiplied by y.",
            "ja": "1 − y で終わっています。さらに y を掛けましょう。",
            "zh": "这只是 1 − y，还要再乘以 y。",
        },
        "sigmoid_twice": {
            "en": "The sigmoid was taken of its own output. y is sigmoid(x), once.",
            "ja": "出力にもう一度 sigmoid 関数を掛けています。y は sigmoid(x) で、1 回だけです。",
            "zh": "对输出又取了一次 sigmoid。y 就是 sigmoid(x)，只取一次。",
        },
        "not_whole": {
            "en": "Sigmoids are counted, so {got} will not do: give a whole number, 1 or "
            "more.",
            "ja": "sigmoid 関数の個数なので、{got} は答えになりません。"
            "1 以上の整数にしましょう。",
            "zh": "要的是 sigmoid 的个数，{got} 不行：请填 1 或更大的整数。",
        },
        "too_few_layers": {
            "en": "With a depth of {got}, {left:.2g} of the gradient may still come through, "
            "more than a thousandth.",
            "ja": "{got} では、まだ勾配の {left:.2g} が届くことがあります。"
            "1000 分の 1 より大きい値です。",
            "zh": "经过 {got} 个，还可能剩下梯度的 {left:.2g}，比千分之一大。",
        },
        "too_many_layers": {
            "en": "It is less than a thousandth already with fewer than {got}.",
            "ja": "{got} より少なくても、もう 1000 分の 1 より小さくなります。",
            "zh": "用不着 {got} 个，更少就已经小于千分之一了。",
        },
    }
)


@exercise
def relu(answer: Any, rng: np.random.Generator) -> None:
    """`relu(x)`: x where it is positive, else 0, for arrays of any shape."""
    try:
        with called_so("many_truths", "one_at_a_time"):
            compare(answer, [_rectified(rng, shape) for shape in ((5,), (3, 2))])
    except Slipped as slipped:
        # What np.max says when it is given 0 and an array.
        if re.search("scalar index|inhomogeneous", str(slipped.values.get("error"))):
            raise Slipped("largest_of_all") from None
        raise


def _rectified(rng: np.random.Generator, shape: tuple[int, ...]) -> Case:
    x = rng.uniform(0.5, 2, shape).round(1) * rng.choice([-1, 1], shape)
    # Of each sign, and on both sides of 1, whatever chance brings.
    large = rng.uniform(2, 3, 2).round(1)
    x.flat[:4] = -large[0], large[1], -0.5, 0.5
    needed = [value if value > 0 else 0 for value in x.flat]
    slips = {
        "largest_of_all": x.max(),
        "step_not_relu": x > 0,
        "absolute_value": np.abs(x),
        "other_half_kept": OneOf((np.minimum(x, 0), np.maximum(-x, 0))),
        "negative_kept": x,
        "where_alone": np.nonzero(x > 0),
    }
    return Case((x,), np.reshape(needed, shape), slips)


@exercise
def sigmoid_slope(answer: Any, rng: np.random.Generator) -> None:
    """`sigmoid_slope(x)`: the derivative of the sigmoid at each x."""
    with called_so("array_called", "times_forgotten"):
        compare(answer, [_bent(rng.uniform(-3, 3, size).round(1)) for size in (3, 4)])


def _bent(x: Array) -> Case:
    y = sigmoid(x)
    needed = numerical_gradient(lambda x: np.sum(sigmoid(x)), x)
    slips = {
        "sum_for_output": OneOf(((1 - x) * x, (1 - x) * y, (1 - y) * x)),
        "one_minus_in_brackets": 1 - y * y,
        "function_not_slope": y,
        "one_part_only": 1 - y,
        "sigmoid_twice": (1 - sigmoid(y)) * sigmoid(y),
    }
    return Case((x,), needed, slips)


@exercise
def depth(answer: Any, rng: np.random.Generator) -> None:
    """The fewest sigmoids through which less than a thousandth of the gradient comes."""
    layers = single(answer)
    if layers < 1 or not layers.is_integer():
        raise Slipped("not_whole", got=shown(layers))
    if (left := STEEPEST**layers) >= ASKED:
        raise Slipped("too_few_layers", got=int(layers), left=left)
    if STEEPEST ** (layers - 1) < ASKED:
        raise Slipped("too_many_layers", got=int(layers))
