"""The results of an update, w and what is remembered: compared one by one."""

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
from kobai.learn.exercises.registry import add_slips
from kobai.optimizers import Optimizer

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
        "w_not_returned": {
            "en": "What is remembered came back without the new w. Return w "
            "first, then that.",
            "ja": "覚えておく値だけが返っています。新しい w を最初に、"
            "続けてその値を返しましょう。",
            "zh": "只返回了要记住的量。请先返回新的 w，再返回它。",
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


def compare_results(answer: Any, cases: Sequence[Case], *names: str) -> None:
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


def expect_finite(answer: Any, *arguments: Any) -> None:
    """Raise `Slipped` where a gradient that has always been 0 is divided by 0."""
    got = numbers(called(answer, *arguments))
    if not np.isfinite(got).all():
        raise Slipped("divided_by_zero", got=shown(got[0]))


def vectors(rng: np.random.Generator, n: int, signs: Sequence[int]) -> Any:
    """Return n vectors of two numbers, short enough to work with on paper."""
    return rng.uniform(0.5, 2, (n, 2)).round(1) * rng.choice(signs, (n, 2))


def updated(
    optimizer: Optimizer, w: Array, g: Array, steps: int = 0, **memory: Array
) -> Array:
    """Return the new w, and after it what the optimizer remembers, as rows."""
    state = {slot: {"w": array} for slot, array in memory.items()}
    params, state = optimizer.update(
        {"w": w}, {"w": g}, {"step": np.array(steps), **state}
    )
    return np.array([params["w"], *(state[slot]["w"] for slot in optimizer.slots)])


def with_order(slips: dict[str, Any], needed: Array) -> dict[str, Any]:
    """Add the slips of returning too little, and in the other order."""
    return slips | {
        "memory_not_returned": needed[0],
        "w_not_returned": needed[1] if len(needed) == 2 else needed[1:],
        "results_swapped": OneOf(map(list, [*permutations(needed)][1:])),
    }
