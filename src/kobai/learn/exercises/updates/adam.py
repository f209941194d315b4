"""Adam: running means of the gradients and of their squares."""

from typing import Any

import numpy as np

from kobai.learn.comparison import Case, OneOf
from kobai.learn.exercises.registry import add_slips, exercise
from kobai.learn.exercises.updates.results import (
    RATES,
    compare_results,
    expect_finite,
    updated,
    vectors,
    with_order,
)
from kobai.optimizers import Adam

Array = np.ndarray

add_slips(
    {
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
    }
)


@exercise
def adam_step(answer: Any, rng: np.random.Generator) -> None:
    """`adam_step(w, g, m, v, t, learning_rate)`: the new w, m and v."""
    # Rising slopes first: of falling ones the root of their mean may not exist.
    # A third step first: at the second, 1 − βᵗ⁻¹ is 1 − β.
    names = "w", "m", "v"
    compare_results(answer, [_averaged(rng, t, [1]) for t in (3, 2, 5)], *names)
    compare_results(answer, [_averaged(rng, t, [-1, 1]) for t in (1, 4)], *names)
    zero = np.zeros(2)
    expect_finite(answer, np.ones(2), zero, zero, zero, 1, 0.1)


def _averaged(rng: np.random.Generator, t: int, signs: list[int]) -> Case:
    w, g, m = vectors(rng, 3, signs)
    v, rate = rng.uniform(0.1, 0.4, 2).round(2), round(rng.uniform(0.2, 0.4), 2)

    def adam(
        m: Array,
        v: Array,
        beta1: float = 0.9,
        beta2: float = 0.999,
        rate: float = rate,
    ) -> Array:
        optimizer = Adam(rate, beta1, beta2)
        return updated(optimizer, w, g, steps=t - 1, mean=m, squares=v)

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
    return Case((w, g, m, v, t, rate), needed, with_order(slips, needed))
