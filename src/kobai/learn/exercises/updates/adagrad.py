"""AdaGrad: for each weight a rate of its own."""

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
from kobai.optimizers import AdaGrad

Array = np.ndarray

add_slips(
    {
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
    }
)


@exercise
def adagrad_step(answer: Any, rng: np.random.Generator) -> None:
    """`adagrad_step(w, g, h, learning_rate)`: the new w and h."""
    # Rising slopes first: of falling ones the root of their sum may not exist.
    for signs in ([1], [-1, 1]):
        compare_results(answer, [_divided(rng, signs) for _ in range(3)], "w", "h")
    expect_finite(answer, np.ones(2), np.zeros(2), np.zeros(2), 0.1)


def _divided(rng: np.random.Generator, signs: list[int]) -> Case:
    w, g = vectors(rng, 2, signs)
    h, rate = rng.uniform(1, 4, 2).round(1), round(rng.uniform(0.2, 0.4), 2)
    needed = updated(AdaGrad(rate), w, g, squares=h)
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
    return Case((w, g, h, rate), needed, with_order(slips, needed))
