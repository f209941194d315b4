"""Gradient descent: the answers are compared with steps along the definition."""

from typing import Any

import numpy as np

from kobai.autodiff import numerical_gradient
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

add_slips(
    {
        "ascent": {
            "en": "It walks uphill: the gradient points up, so a step goes against it. "
            "Subtract.",
            "ja": "坂を上っています。勾配は上りの向きなので、逆に進みます。引き算にしましょう。",
            "zh": "在往上走：梯度指向上坡，所以要逆着它走。请用减法。",
        },
        "rate_forgotten": {
            "en": "The learning rate is not used: every step is as long as the gradient.",
            "ja": "学習率が使われていません。どの一歩も勾配そのものの長さになっています。",
            "zh": "没有用到学习率：每一步都与梯度本身一样长。",
        },
        "one_step": {
            "en": "It ends one step from where it began. Is the `return` inside the loop, "
            "or does each round begin at the old x again?",
            "ja": "開始点から 1 歩のところで終わっています。`return` がループの中にありませんか。"
            "毎回、元の x から進んでいませんか。",
            "zh": "离起点只有一步。`return` 是不是写在循环里面了？"
            "或者每一轮都是从原来的 x 出发的？",
        },
        "gradient_once": {
            "en": "Every step takes the gradient of the starting point. Work it out anew "
            "where you stand.",
            "ja": "どの一歩でも開始点の勾配を使っています。いまいる場所で計算し直しましょう。",
            "zh": "每一步用的都是起点的梯度。请在当前所在的位置重新计算。",
        },
        "not_moved": {
            "en": "It returns the point where it began.",
            "ja": "開始点がそのまま返っています。",
            "zh": "返回的仍是起点。",
        },
        "value_not_point": {
            "en": "It returns the value f(x); the point x is asked for.",
            "ja": "値 f(x) が返っています。求めるのは点 x です。",
            "zh": "返回的是函数值 f(x)，要求的是点 x。",
        },
        "rate_negative": {
            "en": "The rate is {got}. It needs to be above 0: at 0 nothing moves, and "
            "below 0 it climbs.",
            "ja": "学習率が {got} です。正の数にしましょう。0 なら動かず、負なら上ってしまいます。",
            "zh": "学习率是 {got}。应当大于 0：等于 0 就不动，小于 0 会往上爬。",
        },
        "rate_too_large": {
            "en": "With {got} the steps leap over the bottom and grow. Take a smaller one.",
            "ja": "{got} では底を飛び越え、一歩がだんだん大きくなります。小さくしましょう。",
            "zh": "取 {got} 时会越过谷底，步子越来越大。请取小一些。",
        },
        "rate_too_small": {
            "en": "With {got}, {left} of the height is left after the 100 steps. Take a "
            "larger one.",
            "ja": "{got} では、100 歩のあとも高さの {left} が残っています。大きくしましょう。",
            "zh": "取 {got} 时，走完 100 步还剩下高度的 {left}。请取大一些。",
        },
        "one_step_more": {
            "en": "It takes one step more than was asked for.",
            "ja": "求められたより 1 歩多く進んでいます。",
            "zh": "比要求的多走了一步。",
        },
        "one_step_less": {
            "en": "It takes one step less than was asked for.",
            "ja": "求められたより 1 歩少なくなっています。",
            "zh": "比要求的少走了一步。",
        },
        "gradient_not_point": {
            "en": "It returns a gradient; the point x is asked for.",
            "ja": "勾配が返っています。求めるのは点 x です。",
            "zh": "返回的是梯度，要求的是点 x。",
        },
        "point_replaced": {
            "en": "x became the step itself. A step is taken away from x: `x - …`.",
            "ja": "x が一歩ぶんの値そのものになっています。`x - …` のように x から引きましょう。",
            "zh": "x 变成了那一步本身。应当从 x 里减去它：`x - …`。",
        },
        "rate_divides": {
            "en": "The gradient was divided by the learning rate. Multiply by it.",
            "ja": "勾配を学習率で割っています。割るのではなく、掛けましょう。",
            "zh": "梯度除以了学习率。应当是乘以它。",
        },
        "own_start": {
            "en": "It begins somewhere else. Begin at the x that is given.",
            "ja": "別の場所から始めています。引数の x から始めましょう。",
            "zh": "是从别处出发的。请从参数 x 出发。",
        },
        "whole_path": {
            "en": "Every point of the walk came back. The last one alone is asked for.",
            "ja": "途中の点がすべて返っています。返すのは最後の点だけです。",
            "zh": "返回了途中所有的点。只要最后一个点。",
        },
        "point_alone": {
            "en": "The point where the walk ends is asked for, and no more; {got} came.",
            "ja": "返すのは最後の点だけですが、{got} が返っています。",
            "zh": "只要最后到达的点，返回的却是 {got}。",
        },
        "own_rate_or_steps": {
            "en": "It ends where other numbers lead. Use the `learning_rate` and "
            "`steps` that are given.",
            "ja": "決まった数で進んでいるようです。引数の `learning_rate` と "
            "`steps` を使いましょう。",
            "zh": "步数或学习率是另外定的。请使用参数 `learning_rate` 和 `steps`。",
        },
        "rate_swings": {
            "en": "With {got} it still swings across the valley, from wall to "
            "wall. Take a slightly smaller one.",
            "ja": "{got} では、まだ谷を横切って揺れています。"
            "もう少し小さくしましょう。",
            "zh": "取 {got} 时还在山谷两壁之间来回摇摆。请再取小一点。",
        },
    }
)


@exercise
def gradient_descent(answer: Any, rng: np.random.Generator) -> None:
    """`gradient_descent(f, x, learning_rate, steps)`: where the walk ends."""

    def bowl(x: Array) -> Any:
        return np.sum(x * x)

    def tilted(x: Array) -> Any:
        return x[0] ** 2 / 4 + x[1] ** 2 + 0.5 * x[0] * x[1]

    cases = []
    for f in (bowl, tilted):
        for steps in (3, 7):
            x, rate = rng.uniform(1, 3, 2).round(1), round(rng.uniform(0.05, 0.2), 2)
            cases.append(_walk(f, x, rate, steps))
    with called_so("not_numbers", "point_alone"):
        compare(answer, cases)


def _walk(f: Any, x: Array, rate: float, steps: int) -> Case:
    path = _path(f, x, rate, steps)
    needed = path[-1]
    only_step = [x]
    for _ in range(steps):
        only_step.append(rate * numerical_gradient(f, only_step[-1]))
    slips = {
        "ascent": _after(f, x, -rate, steps),
        "rate_forgotten": _after(f, x, 1.0, steps),
        "one_step": _after(f, x, rate, 1),
        "gradient_once": x - steps * rate * numerical_gradient(f, x),
        "not_moved": x,
        "value_not_point": f(needed),
        "one_step_more": _after(f, x, rate, steps + 1),
        "one_step_less": path[-2],
        "gradient_not_point": OneOf(numerical_gradient(f, at) for at in path[-2:]),
        "point_replaced": OneOf((only_step[-1], (-1) ** steps * only_step[-1])),
        "rate_divides": _after(f, x, 1 / rate, steps),
        "all_at_once": _path(f, x, rate, steps, np.sum)[-1],
        "bowl_not_f": x * (1 - 2 * rate) ** steps,
        "own_start": _after(f, np.array([3.0, 4.0]), rate, steps),
        "whole_path": OneOf((path, path[1:])),
        "own_rate_or_steps": OneOf(
            (_after(f, x, 0.1, steps), *(_after(f, x, rate, n) for n in (10, 100)))
        ),
    }
    return Case((f, x, rate, steps), needed, slips)


def _after(f: Any, x: Array, rate: float, steps: int) -> Any:
    return _path(f, x, rate, steps)[-1]


def _path(f: Any, x: Array, rate: float, steps: int, of: Any = np.asarray) -> Array:
    """Return every point of a walk; `of` is what each step makes of the gradient."""
    path = [x]
    for _ in range(steps):
        path.append(path[-1] - rate * of(numerical_gradient(f, path[-1])))
    return np.array(path)


@exercise
def learning_rate(answer: Any, rng: np.random.Generator) -> None:
    """A learning rate with which 100 steps reach the bottom of a narrow valley."""
    rate = single(answer)
    if not rate > 0:
        raise Slipped("rate_negative", got=shown(rate))

    def valley(x: Array) -> Any:
        return x[0] ** 2 / 20 + x[1] ** 2

    start = np.array([-7.0, 2.0])
    with np.errstate(all="ignore"):
        end = _after(valley, start, rate, 100)
        left = valley(end) / valley(start)
    if not left < 0.01:
        slip = _why_still_high(rate)
        raise Slipped(slip, got=shown(rate), left=f"{100 * left:.3g} %")


def _why_still_high(rate: float) -> str:
    """Return the slip of a rate: across the valley a step multiplies by 1 − 2 rate."""
    if rate > 1:
        return "rate_too_large"
    # Across more is left than along it, where a step multiplies by 1 − rate / 10.
    swings = 2 * abs(1 - 2 * rate) ** 100 > 7 * abs(1 - rate / 10) ** 100
    return "rate_swings" if swings and rate > 0.5 else "rate_too_small"
