"""The variants of gradient descent: one update each, compared with Kobai's optimizers."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import numpy as np

from kobai.learn.comparison import (
    Case,
    OneOf,
    Slipped,
    called,
    compare,
    given_to,
    is_close,
    numbers,
    shown,
    told_apart,
)
from kobai.learn.exercises.registry import add_slips, exercise
from kobai.optimizers import AdaGrad, Adam, Momentum, Optimizer

Array = np.ndarray

# Learning rates that one writes down without being asked.
RATES = (0.1, 0.01, 0.001)

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
            "en": "The numbers are right, in another order. Return w first, and the rest "
            "in the order in which it is given.",
            "ja": "値は合っていますが、順序が違います。w を最初に、"
            "残りは引数と同じ順に返しましょう。",
            "zh": "数都对，只是顺序不对：请先返回 w，其余按参数的顺序返回。",
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
            "en": "The velocity v points downhill here: g is taken away from it, and it is "
            "added to w.",
            "ja": "ここでの速度 v は下りの向きです。v からは g を引き、w には v を足します。",
            "zh": "这里的速度 v 朝着下坡：从 v 里减去 g，再把 v 加到 w 上。",
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
        "t_shifted": {
            "en": "t is 1 at the first step: the power is t itself, not t + 1 or t − 1.",
            "ja": "t は最初のステップで 1 です。指数は t + 1 や t − 1 ではなく、t そのものです。",
            "zh": "第一步的 t 就是 1：指数就是 t，不是 t + 1 或 t − 1。",
        },
        "old_memory_returned": {
            "en": "The new w is right, but what is remembered came back as it was. Return "
            "its new value.",
            "ja": "新しい w は正しいのですが、覚えておく値が前のままで返っています。"
            "新しい値を返しましょう。",
            "zh": "新的 w 是对的，但要记住的量还是原来的值。请返回更新后的值。",
        },
        "w_not_moved": {
            "en": "w came back as it was given. Return the new one.",
            "ja": "w が受け取ったままで返っています。動かしたあとの w を返しましょう。",
            "zh": "w 原样返回了。请返回移动之后的 w。",
        },
        "own_number": {
            "en": "The code has a number of its own where an argument is given. Use the "
            "arguments.",
            "ja": "引数があるのに、コードの中で決めた数を使っています。引数を使いましょう。",
            "zh": "有参数可用，代码里却写了固定的数。请使用参数。",
        },
        "rate_misplaced": {
            "en": "The learning rate multiplies all of v. It belongs to g alone, in the "
            "first formula.",
            "ja": "学習率が v 全体に掛かっています。掛けるのは最初の式の g だけです。",
            "zh": "学习率乘到了整个 v 上。它只乘第一个公式里的 g。",
        },
        "gradient_weakened": {
            "en": "g was multiplied by 1 − α, too. This v is no mean: leave that out.",
            "ja": "g に 1 − α も掛かっています。この v は平均ではないので、掛けません。",
            "zh": "g 还多乘了 1 − α。这里的 v 不是平均，不用乘。",
        },
        "factors_swapped": {
            "en": "The two factors are exchanged: v is multiplied by momentum, g by "
            "learning_rate.",
            "ja": "ふたつの係数が逆です。v に掛けるのが momentum、g に掛けるのが "
            "learning_rate です。",
            "zh": "两个系数用反了：v 乘 momentum，g 乘 learning_rate。",
        },
        "root_kept": {
            "en": "w is right, but the root of h came back. The next step goes on with h "
            "itself.",
            "ja": "w は正しいのですが、h の平方根が返っています。"
            "次のステップで使うのは h そのものです。",
            "zh": "w 是对的，但返回的是 h 的平方根。下一步要接着用的是 h 本身。",
        },
        "summed_over_weights": {
            "en": "The squares of all weights were added together. Each weight has a sum "
            "of its own.",
            "ja": "すべての重みの 2 乗をまとめて足しています。重みごとに別々に足しましょう。",
            "zh": "把所有权重的平方加在了一起。每个权重要各算各的和。",
        },
        "root_multiplied": {
            "en": "The step was multiplied by the root of h. Divide by it.",
            "ja": "h の平方根を掛けています。割りましょう。",
            "zh": "乘以了 h 的平方根，应当是除以它。",
        },
        "power_of_beta": {
            "en": "m and v are right, but the correction is not: the power belongs to β "
            "alone, 1 − βᵗ, in code 1 - 0.9**t.",
            "ja": "m と v は正しいのですが、補正が違います。t 乗するのは β だけです。"
            "1 − βᵗ、コードでは 1 - 0.9**t です。",
            "zh": "m 和 v 是对的，修正却不对：t 次方只加在 β 上，即 1 − βᵗ，"
            "写成代码是 1 - 0.9**t。",
        },
        "correction_multiplied": {
            "en": "m and v were multiplied by 1 − βᵗ. Divide by it: they are too small.",
            "ja": "m と v に 1 − βᵗ を掛けています。小さすぎる値なので、割りましょう。",
            "zh": "m 和 v 乘以了 1 − βᵗ。它们偏小，应当是除以它。",
        },
        "new_share_forgotten": {
            "en": "The new part is to be multiplied by 1 − β: m = 0.9 * m + 0.1 * g, and v "
            "likewise.",
            "ja": "新しい部分に 1 − β が掛かっていません。m = 0.9 * m + 0.1 * g で、"
            "v も同じようにします。",
            "zh": "新的部分要乘以 1 − β：m = 0.9 * m + 0.1 * g，v 也一样。",
        },
        "old_and_new_swapped": {
            "en": "β multiplies the old m and v, 1 − β the new part: here it is the other "
            "way round.",
            "ja": "β は古い m や v に、1 − β は新しい部分に掛けます。逆になっています。",
            "zh": "β 乘旧的 m 和 v，1 − β 乘新的部分：这里用反了。",
        },
        "gradient_for_mean": {
            "en": "w was moved by g itself. Here m̂ takes its place.",
            "ja": "w を g そのもので動かしています。ここでは代わりに m̂ を使います。",
            "zh": "移动 w 时用的是 g 本身。这里要换成 m̂。",
        },
        "one_result_wrong": {
            "en": "All is right but {name}: it is {got}, and by its formula {needed} (for "
            "{given}).",
            "ja": "{name} だけが違います。{got} ですが、式では {needed} です"
            "（引数は {given}）。",
            "zh": "只有 {name} 不对：得到 {got}，按公式应为 {needed}（参数是 {given}）。",
        },
        "first_result_wrong": {
            "en": "See to {name} first: it is {got}, and by its formula {needed} (for "
            "{given}).",
            "ja": "まず {name} を見直しましょう。{got} ですが、式では {needed} です"
            "（引数は {given}）。",
            "zh": "请先看 {name}：得到 {got}，按公式应为 {needed}（参数是 {given}）。",
        },
        "results_missing": {
            "en": "Return {names}, with commas between; {got} came.",
            "ja": "{names} をコンマで区切って返しましょう。いまは {got} が返っています。",
            "zh": "请返回 {names}，用逗号隔开；现在返回的是 {got}。",
        },
        "number_of_results": {
            "en": "{got} results came. Return {names}, with commas between.",
            "ja": "{got} 個の結果が返っています。{names} をコンマで区切って返しましょう。",
            "zh": "返回了 {got} 个结果。请返回 {names}，用逗号隔开。",
        },
    }
)

# What the other exercises say of results that no slip explains. Here it is said which
# of the results is wrong.
UNEXPLAINED = {"other", "inexact", "shape", "not_numbers", "not_a_number", "infinite"}


def _compare(answer: Any, cases: Sequence[Case], *names: str) -> None:
    """Compare results that have names, w first, and then what is remembered."""
    try:
        compare(answer, cases)
    except Slipped as slipped:
        if slipped.slip in UNEXPLAINED:
            for case in cases:
                _expect_each(answer, case, names)
        raise


def _expect_each(answer: Any, case: Case, names: Sequence[str]) -> None:
    got, all_names = called(answer, *case.arguments), ", ".join(names)
    if not isinstance(got, tuple | list | np.ndarray):
        raise Slipped("results_missing", names=all_names, got=shown(got))
    if len(got) != len(names):
        raise Slipped("number_of_results", names=all_names, got=len(got))
    found = dict(zip(names, map(numbers, got), strict=True))
    needed = dict(zip(names, case.needed, strict=True))
    wrong = [name for name in names if not is_close(found[name], needed[name])]
    if wrong:
        # w comes last of those that are wrong: it is moved by the others.
        name = min(wrong, key=lambda each: each == "w")
        raise Slipped(
            "one_result_wrong" if len(wrong) == 1 else "first_result_wrong",
            name=name,
            given=given_to(answer, case.arguments),
            **told_apart(found[name], needed[name]),
        )


@exercise
def momentum_step(answer: Any, rng: np.random.Generator) -> None:
    """`momentum_step(w, g, v, learning_rate, momentum)`: the new w and v."""
    _compare(answer, [_rolled(rng) for _ in range(4)], "w", "v")


def _vectors(rng: np.random.Generator, n: int, signs: Sequence[int]) -> Array:
    """Return n vectors of two numbers, short enough to work with on paper."""
    return rng.uniform(0.5, 2, (n, 2)).round(1) * rng.choice(signs, (n, 2))


def _rolled(rng: np.random.Generator) -> Case:
    w, g, v = _vectors(rng, 3, [-1, 1])
    rate, momentum = round(rng.uniform(0.2, 0.4), 2), round(rng.uniform(0.5, 0.8), 2)
    needed = _updated(Momentum(rate, momentum), w, g, velocity=v)
    old, weak = momentum * v, (1 - momentum) * g
    new = old - rate * g
    slips = {
        "memory_not_used": (w - rate * g, -rate * g),
        "memory_too_old": (w + v, new),
        "friction_forgotten": (w + v - rate * g, v - rate * g),
        "rate_twice": (w + rate * new, new),
        "velocity_subtracted": OneOf(
            (
                (w - new, new),
                (w + new, -new),
                (w - old - rate * g, old + rate * g),
            )
        ),
        "rate_misplaced": OneOf(
            (w - sign * rate * (old + sign * g), old + sign * g) for sign in (-1, 1)
        ),
        "gradient_weakened": OneOf(
            (
                (w + old - rate * weak, old - rate * weak),
                (w + rate * (old - weak), old - weak),
                (w - rate * (old + weak), old + weak),
            )
        ),
        "factors_swapped": (w + rate * v - momentum * g, rate * v - momentum * g),
        "old_memory_returned": (w + new, v),
        "w_not_moved": (w, new),
        "own_number": OneOf(
            (w + own, own)
            for own in (
                0.9 * v - rate * g,
                *(old - fixed * g for fixed in RATES),
                *(0.9 * v - fixed * g for fixed in RATES),
            )
        ),
        "rate_forgotten": (w + old - g, old - g),
        "ascent": (w + old + rate * g, old + rate * g),
    }
    arguments = (w, g, v, rate, momentum)
    return Case(arguments, needed, _with_order(slips, needed))


@exercise
def adagrad_step(answer: Any, rng: np.random.Generator) -> None:
    """`adagrad_step(w, g, h, learning_rate)`: the new w and h."""
    # Rising slopes first: of falling ones the root of their sum may not exist.
    for signs in ([1], [-1, 1]):
        _compare(answer, [_divided(rng, signs) for _ in range(3)], "w", "h")
    zero = np.zeros(2)
    got = numbers(called(answer, np.ones(2), zero, zero, 0.1))
    if not np.isfinite(got).all():
        raise Slipped("divided_by_zero", got=shown(got[0]))


def _divided(rng: np.random.Generator, signs: list[int]) -> Case:
    w, g = _vectors(rng, 2, signs)
    h, rate = rng.uniform(1, 4, 2).round(1), round(rng.uniform(0.2, 0.4), 2)
    needed = _updated(AdaGrad(rate), w, g, squares=h)
    new = h + g * g
    unsquared = h + np.abs(g)
    together = h + np.sum(g * g)
    slips = {
        "old_memory_returned": (needed[0], h),
        "w_not_moved": (w, new),
        "root_kept": (needed[0], np.sqrt(new)),
        "root_multiplied": (w - rate * g * np.sqrt(new), new),
        "summed_over_weights": (w - rate * g / np.sqrt(together), together),
        "own_number": OneOf((w - fixed * g / np.sqrt(new), new) for fixed in RATES),
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
    # A third step first: at the second, 1 − βᵗ⁻¹ is 1 − β.
    names = "w", "m", "v"
    _compare(answer, [_averaged(rng, t, [1]) for t in (3, 2, 5)], *names)
    _compare(answer, [_averaged(rng, t, [-1, 1]) for t in (1, 4)], *names)
    zero = np.zeros(2)
    got = numbers(called(answer, np.ones(2), zero, zero, zero, 1, 0.1))
    if not np.isfinite(got).all():
        raise Slipped("divided_by_zero", got=shown(got[0]))


def _averaged(rng: np.random.Generator, t: int, signs: list[int]) -> Case:
    w, g, m = _vectors(rng, 3, signs)
    v, rate = rng.uniform(0.1, 0.4, 2).round(2), round(rng.uniform(0.2, 0.4), 2)

    def adam(
        m: Array,
        v: Array,
        beta1: float = 0.9,
        beta2: float = 0.999,
        rate: float = rate,
    ) -> Array:
        optimizer = Adam(rate, beta1, beta2)
        return _updated(optimizer, w, g, steps=t - 1, mean=m, squares=v)

    def moved(m: Array, v: Array) -> Any:
        return w - rate * m / np.sqrt(v)

    def moved_by(share: float, share_of_squares: float) -> Any:
        """Return what comes out where m and v are divided by other shares."""
        return moved(mean / share, squares / share_of_squares), mean, squares

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
        "t_shifted": OneOf(
            moved_by(1 - 0.9**other, 1 - 0.999**other) for other in {t + 1, t - 1} - {0}
        ),
        "power_of_beta": OneOf(
            moved_by(*shares)
            for shares in (
                (1 - 0.9, 1 - 0.999),
                ((1 - 0.9) ** t, (1 - 0.999) ** t),
            )
        ),
        "correction_multiplied": moved_by(1 / (1 - 0.9**t), 1 / (1 - 0.999**t)),
        "gradient_for_mean": (moved(g, v_hat), mean, squares),
        "new_share_forgotten": OneOf(
            (moved(a / (1 - 0.9**t), b / (1 - 0.999**t)), a, b)
            for a, b in (
                (0.9 * m + g, 0.999 * v + g * g),
                (0.9 * m + g, squares),
                (mean, 0.999 * v + g * g),
            )
        ),
        "old_and_new_swapped": (
            moved(
                (0.1 * m + 0.9 * g) / (1 - 0.9**t),
                (0.001 * v + 0.999 * g * g) / (1 - 0.999**t),
            ),
            0.1 * m + 0.9 * g,
            0.001 * v + 0.999 * g * g,
        ),
        "old_memory_returned": (new, m, v),
        "w_not_moved": (w, mean, squares),
        "own_number": OneOf(adam(m, v, rate=fixed) for fixed in RATES),
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
        "results_swapped": OneOf(map(list, [*permutations(needed)][1:])),
    }
