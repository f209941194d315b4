"""Momentum: a velocity that the slope bends."""

from typing import Any

import numpy as np

from kobai.learn.comparison import Case, OneOf
from kobai.learn.exercises.registry import add_slips, exercise
from kobai.learn.exercises.updates.results import (
    RATES,
    compare_results,
    updated,
    vectors,
    with_order,
)
from kobai.optimizers import Momentum

Array = np.ndarray

add_slips(
    {
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
        "velocity_subtracted": {
            "en": "The velocity v points downhill here: g is taken away from it, and it is "
            "added to w.",
            "ja": "ここでの速度 v は下りの向きです。v からは g を引き、w には v を足します。",
            "zh": "这里的速度 v 朝着下坡：从 v 里减去 g，再把 v 加到 w 上。",
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
    }
)


@exercise
def momentum_step(answer: Any, rng: np.random.Generator) -> None:
    """`momentum_step(w, g, v, learning_rate, momentum)`: the new w and v."""
    compare_results(answer, [_rolled(rng) for _ in range(4)], "w", "v")


def _rolled(rng: np.random.Generator) -> Case:
    w, g, v = vectors(rng, 3, [-1, 1])
    rate, momentum = round(rng.uniform(0.2, 0.4), 2), round(rng.uniform(0.5, 0.8), 2)
    needed = updated(Momentum(rate, momentum), w, g, velocity=v)
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
    return Case(arguments, needed, with_order(slips, needed))
