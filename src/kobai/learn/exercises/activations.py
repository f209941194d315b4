"""Activation functions: compared with their pictures, slopes with the definition."""

from typing import Any

import numpy as np

from kobai.autodiff import numerical_gradient
from kobai.functions import sigmoid
from kobai.learn.comparison import Case, Slipped, compare, numbers, shown
from kobai.learn.exercises.registry import add_slips, exercise

Array = np.ndarray

# The share of the gradient that the lesson lets through, and a sigmoid's largest slope.
ASKED = 0.001
STEEPEST = 0.25

add_slips(
    {
        "one_at_a_time": {
            "en": "`if` and max() look at one number, and x is an array. np.maximum looks "
            "at each of them.",
            "ja": "`if` や max() が調べるのは数 1 つですが、x は配列です。"
            "np.maximum なら要素ごとに比べます。",
            "zh": "`if` 和 max() 只看一个数，而 x 是数组。np.maximum 会逐个比较。",
        },
        "largest_of_all": {
            "en": "This is the largest of all numbers. Each is compared with 0 by itself: "
            "np.maximum, not np.max.",
            "ja": "配列全体の最大値になっています。np.max ではなく np.maximum で、"
            "要素ごとに 0 と比べましょう。",
            "zh": "这是整个数组的最大值。请用 np.maximum 而不是 np.max，逐个与 0 比较。",
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
        "sum_for_output": {
            "en": "(1 − x) x was worked out. In (1 − y) y, y is the output, sigmoid(x).",
            "ja": "(1 − x) x を計算しています。(1 − y) y の y は出力 sigmoid(x) です。",
            "zh": "算成了 (1 − x) x。(1 − y) y 里的 y 是输出 sigmoid(x)。",
        },
        "function_not_slope": {
            "en": "This is the sigmoid itself. Its slope is (1 − y) y.",
            "ja": "sigmoid 関数の値そのものです。その傾きは (1 − y) y です。",
            "zh": "这是 sigmoid 函数本身的值。它的斜率是 (1 − y) y。",
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
            "en": "{got} is no number of layers: it needs to be whole, and 1 or more.",
            "ja": "{got} は層の数になりません。1 以上の整数にしましょう。",
            "zh": "{got} 不能作层数：应是 1 或更大的整数。",
        },
        "too_few_layers": {
            "en": "Through {got} layers {left:.2g} of the gradient may still come, more "
            "than a thousandth.",
            "ja": "{got} 層では、まだ勾配の {left:.2g} が届きます。1000 分の 1 より多いです。",
            "zh": "经过 {got} 层，还可能剩下梯度的 {left:.2g}，比千分之一多。",
        },
        "too_many_layers": {
            "en": "It is less than a thousandth already with fewer layers than {got}.",
            "ja": "{got} 層より少なくても、もう 1000 分の 1 より小さくなります。",
            "zh": "用不着 {got} 层，更少的层数就已经小于千分之一了。",
        },
    }
)


@exercise
def relu(answer: Any, rng: np.random.Generator) -> None:
    """`relu(x)`: x where it is positive, else 0, for arrays of any shape."""
    try:
        compare(answer, [_rectified(rng, shape) for shape in ((6,), (4, 3))])
    except Slipped as slipped:
        if "ambiguous" in str(slipped.values.get("error")):
            raise Slipped("one_at_a_time") from None
        raise


def _rectified(rng: np.random.Generator, shape: tuple[int, ...]) -> Case:
    x = rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape)
    # One of each sign, whatever chance brings.
    x.flat[:2] = rng.uniform(-3, -2), rng.uniform(2, 3)
    needed = [value if value > 0 else 0 for value in x.flat]
    slips = {
        "largest_of_all": x.max(),
        "step_not_relu": x > 0,
        "absolute_value": np.abs(x),
        "other_half_kept": np.minimum(x, 0),
    }
    return Case((x,), np.reshape(needed, shape), slips)


@exercise
def sigmoid_slope(answer: Any, rng: np.random.Generator) -> None:
    """`sigmoid_slope(x)`: the derivative of the sigmoid at each x."""
    compare(answer, [_bent(rng.uniform(-3, 3, size)) for size in (4, 5)])


def _bent(x: Array) -> Case:
    y = sigmoid(x)
    needed = numerical_gradient(lambda x: np.sum(sigmoid(x)), x)
    slips = {
        "sum_for_output": (1 - x) * x,
        "function_not_slope": y,
        "one_part_only": 1 - y,
        "sigmoid_twice": (1 - sigmoid(y)) * sigmoid(y),
    }
    return Case((x,), needed, slips)


@exercise
def depth(answer: Any, rng: np.random.Generator) -> None:
    """The fewest sigmoids through which less than a thousandth of the gradient comes."""
    if answer is ...:
        raise Slipped("untouched")
    array = numbers(answer)
    if array.size != 1:
        raise Slipped("not_one_number", got=str(array.shape))
    layers = float(array.reshape(()))
    if layers < 1 or layers != round(layers):
        raise Slipped("not_whole", got=shown(layers))
    if (left := STEEPEST**layers) >= ASKED:
        raise Slipped("too_few_layers", got=int(layers), left=left)
    if STEEPEST ** (layers - 1) < ASKED:
        raise Slipped("too_many_layers", got=int(layers))
