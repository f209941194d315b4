"""The variants of gradient descent: one update each, compared with Kobai's optimizers."""

from typing import Any

import numpy as np

from kobai.learn.comparison import (
    Case,
    OneOf,
    Slipped,
    called,
    compare,
    numbers,
    shown,
)
from kobai.learn.exercises.registry import add_slips, exercise
from kobai.optimizers import AdaGrad, Adam, Momentum, Optimizer

Array = np.ndarray

add_slips(
    {
        "memory_not_returned": {
            "en": "Only the new w came back. What is remembered is needed at the next "
            "step: return it, too.",
            "ja": "新しい w だけが返っています。覚えておく値も次のステップで必要なので、"
            "一緒に返しましょう。",
            "zh": "只返回了新的 w。要记住的量下一步还要用，请一起返回。",
        },
        "results_swapped": {
            "en": "The numbers are right, in another order: w comes first.",
            "ja": "値は合っていますが、順序が違います。w を最初に返しましょう。",
            "zh": "数都对，只是顺序反了：请先返回 w。",
        },
        "memory_not_used": {
            "en": "This would be right for the first step. What was remembered before it "
            "is not used.",
            "ja": "最初の一歩なら正解です。それまで覚えていた値が使われていません。",
            "zh": "若是第一步，这样就对了。之前记住的量没有用上。",
        },
        "memory_too_old": {
            "en": "w was moved by what was remembered before this step. Bring the memory "
            "up to date first, and then move w.",
            "ja": "w を動かすのに、更新前の値を使っています。"
            "覚えている値を先に更新し、それから w を動かしましょう。",
            "zh": "移动 w 时用的是更新之前的量。请先更新记住的量，再移动 w。",
        },
        "friction_forgotten": {
            "en": "The velocity never grows less: multiply the old v by the momentum.",
            "ja": "速度が減りません。前の v に momentum を掛けましょう。",
            "zh": "速度不会减小：请把原来的 v 乘以 momentum。",
        },
        "rate_twice": {
            "en": "The learning rate was used twice: it is in v already.",
            "ja": "学習率が 2 回掛かっています。v の中にもう入っています。",
            "zh": "学习率乘了两次：v 里已经有了。",
        },
        "gradient_not_squared": {
            "en": "The gradient itself was added up. It is its square, g * g.",
            "ja": "勾配そのものを足しています。足すのは 2 乗した g * g です。",
            "zh": "加上去的是梯度本身，应当是它的平方 g * g。",
        },
        "root_forgotten": {
            "en": "It divides by the squares. Take their root first: np.sqrt.",
            "ja": "2 乗のままで割っています。np.sqrt で平方根を取ってから割りましょう。",
            "zh": "除以的是平方。请先用 np.sqrt 开方再除。",
        },
        "divided_by_zero": {
            "en": "Where the gradient has always been 0 it gives {got}: 0 / 0. Add the "
            "small ε below the line, within brackets.",
            "ja": "勾配がずっと 0 だった重みで {got} になります。0 / 0 です。"
            "分母のかっこの中に小さな ε を足しましょう。",
            "zh": "梯度一直为 0 的权重得到了 {got}，因为出现了 0 / 0。"
            "请在分母的括号里加上微小的 ε。",
        },
        "not_corrected": {
            "en": "m and v are right, but w was moved by them as they are. They began at "
            "0, so divide them by 1 − βᵗ first.",
            "ja": "m と v は正しいのですが、w をそのまま動かしています。0 から始まったぶん、"
            "先に 1 − βᵗ で割りましょう。",
            "zh": "m 和 v 是对的，但直接拿来移动了 w。它们从 0 开始，要先除以 1 − βᵗ。",
        },
        "corrected_returned": {
            "en": "w is right, but m̂ and v̂ came back. The next step goes on with m and v "
            "themselves.",
            "ja": "w は正しいのですが、m̂ と v̂ が返っています。"
            "次のステップで使うのは m と v そのものです。",
            "zh": "w 是对的，但返回的是 m̂ 和 v̂。下一步要接着用的是 m 和 v 本身。",
        },
        "betas_swapped": {
            "en": "The two β are exchanged: 0.9 belongs to m, 0.999 to v.",
            "ja": "ふたつの β が逆です。m には 0.9、v には 0.999 を使います。",
            "zh": "两个 β 用反了：m 用 0.9，v 用 0.999。",
        },
        "velocity_subtracted": {
            "en": "The velocity already goes downhill: it is added to w.",
            "ja": "速度はもう下りの向きです。w に足しましょう。",
            "zh": "速度已经朝着下坡：请把它加到 w 上。",
        },
        "w_not_returned": {
            "en": "What is remembered came back without the new w. Return w "
            "first, then that.",
            "ja": "覚えておく値だけが返っています。新しい w を最初に、"
            "続けてその値を返しましょう。",
            "zh": "只返回了要记住的量。请先返回新的 w，再返回它。",
        },
        "one_not_corrected": {
            "en": "One of m and v was corrected, and the other was not. Divide both.",
            "ja": "m と v の片方しか補正していません。両方を割りましょう。",
            "zh": "m 和 v 只修正了一个。两个都要除。",
        },
        "t_too_large": {
            "en": "t is 1 at the first step: the power is t, not t + 1.",
            "ja": "t は最初のステップで 1 です。指数は t + 1 ではなく t です。",
            "zh": "第一步的 t 就是 1：指数是 t，不是 t + 1。",
        },
    }
)


@exercise
def momentum_step(answer: Any, rng: np.random.Generator) -> None:
    """`momentum_step(w, g, v, learning_rate, momentum)`: the new w and v."""
    compare(answer, [_rolled(rng) for _ in range(4)])


def _rolled(rng: np.random.Generator) -> Case:
    w, g, v = rng.uniform(0.5, 2, (3, 3)) * rng.choice([-1, 1], (3, 3))
    rate, momentum = rng.uniform(0.1, 0.4), rng.uniform(0.5, 0.9)
    needed = _updated(Momentum(rate, momentum), w, g, velocity=v)
    new = momentum * v - rate * g
    slips = {
        "memory_not_used": (w - rate * g, -rate * g),
        "memory_too_old": (w + v, new),
        "friction_forgotten": (w + v - rate * g, v - rate * g),
        "rate_twice": (w + rate * new, new),
        "velocity_subtracted": OneOf(((w - new, new), (w + new, -new))),
        "rate_forgotten": (w + momentum * v - g, momentum * v - g),
        "ascent": (w + momentum * v + rate * g, momentum * v + rate * g),
    }
    arguments = (w, g, v, float(rate), float(momentum))
    return Case(arguments, needed, _with_order(slips, needed))


@exercise
def adagrad_step(answer: Any, rng: np.random.Generator) -> None:
    """`adagrad_step(w, g, h, learning_rate)`: the new w and h."""
    # Rising slopes first: of falling ones the root of their sum may not exist.
    for signs in ([1], [-1, 1]):
        compare(answer, [_divided(rng, signs) for _ in range(3)])
    zero = np.zeros(2)
    got = numbers(called(answer, np.ones(2), zero, zero, 0.1))
    if not np.isfinite(got).all():
        raise Slipped("divided_by_zero", got=shown(got[0]))


def _divided(rng: np.random.Generator, signs: list[int]) -> Case:
    w, g = rng.uniform(0.5, 2, (2, 3)) * rng.choice(signs, (2, 3))
    h, rate = rng.uniform(1, 4, 3), float(rng.uniform(0.1, 0.4))
    needed = _updated(AdaGrad(rate), w, g, squares=h)
    new = h + g * g
    unsquared = h + np.abs(g)
    slips = {
        "memory_not_used": (w - rate * np.sign(g), g * g),
        "memory_too_old": (w - rate * g / np.sqrt(h), new),
        "gradient_not_squared": (w - rate * g / np.sqrt(unsquared), unsquared),
        "root_forgotten": (w - rate * g / new, new),
        "rate_forgotten": (w - g / np.sqrt(new), new),
        "ascent": (w + rate * g / np.sqrt(new), new),
    }
    return Case((w, g, h, rate), needed, _with_order(slips, needed))


@exercise
def adam_step(answer: Any, rng: np.random.Generator) -> None:
    """`adam_step(w, g, m, v, t, learning_rate)`: the new w, m and v."""
    # Rising slopes first: of falling ones the root of their mean may not exist.
    compare(answer, [_averaged(rng, t, [1]) for t in (2, 3, 5)])
    compare(answer, [_averaged(rng, t, [-1, 1]) for t in (1, 4)])
    zero = np.zeros(2)
    got = numbers(called(answer, np.ones(2), zero, zero, zero, 1, 0.1))
    if not np.isfinite(got).all():
        raise Slipped("divided_by_zero", got=shown(got[0]))


def _averaged(rng: np.random.Generator, t: int, signs: list[int]) -> Case:
    w, g, m = rng.uniform(0.5, 2, (3, 3)) * rng.choice(signs, (3, 3))
    v, rate = rng.uniform(0.1, 0.4, 3), float(rng.uniform(0.1, 0.4))

    def adam(
        m: Array,
        v: Array,
        beta1: float = 0.9,
        beta2: float = 0.999,
        rate: float = rate,
        later: int = 0,
    ) -> Array:
        optimizer = Adam(rate, beta1, beta2)
        return _updated(optimizer, w, g, steps=t - 1 + later, mean=m, squares=v)

    def moved(m: Array, v: Array) -> Any:
        return w - rate * m / np.sqrt(v)

    needed = adam(m, v)
    new, mean, squares = needed
    m_hat, v_hat = mean / (1 - 0.9**t), squares / (1 - 0.999**t)
    unsquared = 0.999 * v + 0.001 * np.abs(g)
    slips = {
        "memory_not_used": adam(0 * m, 0 * v),
        "memory_too_old": (moved(m / (1 - 0.9**t), v / (1 - 0.999**t)), mean, squares),
        "not_corrected": (moved(mean, squares), mean, squares),
        "corrected_returned": (new, m_hat, v_hat),
        "one_not_corrected": OneOf(
            (
                (moved(m_hat, squares), mean, squares),
                (moved(mean, v_hat), mean, squares),
            )
        ),
        "t_too_large": adam(m, v, later=1),
        "betas_swapped": adam(m, v, 0.999, 0.9),
        "gradient_not_squared": (
            moved(m_hat, unsquared / (1 - 0.999**t)),
            mean,
            unsquared,
        ),
        "root_forgotten": (moved(m_hat, v_hat**2), mean, squares),
        "rate_forgotten": adam(m, v, rate=1.0),
        "ascent": (2 * w - new, mean, squares),
    }
    return Case((w, g, m, v, t, rate), needed, _with_order(slips, needed))


def _updated(
    optimizer: Optimizer, w: Array, g: Array, steps: int = 0, **memory: Array
) -> Array:
    """Return the new w, and after it what the optimizer remembers, as rows."""
    state = {slot: {"w": array} for slot, array in memory.items()}
    params, state = optimizer.update(
        {"w": w}, {"w": g}, {"step": np.array(steps), **state}
    )
    return np.array([params["w"], *(state[slot]["w"] for slot in optimizer.slots)])


def _with_order(slips: dict[str, Any], needed: Array) -> dict[str, Any]:
    """Add the slips of returning too little, and in the other order."""
    return slips | {
        "memory_not_returned": needed[0],
        "w_not_returned": needed[1] if len(needed) == 2 else needed[1:],
        "results_swapped": np.roll(needed, -1, axis=0),
    }
