"""Derivatives and gradients: the answers are compared with the definition itself."""

from typing import Any

import numpy as np

from kobai.autodiff import numerical_derivative, numerical_gradient
from kobai.learn.comparison import (
    Case,
    OneOf,
    Slipped,
    called_so,
    compare,
    shown,
)
from kobai.learn.exercises.registry import add_slips, exercise

Array = np.ndarray

add_slips(
    {
        "forward_difference": {
            "en": "This is the forward difference (f(x + h) − f(x)) / h, whose error is "
            "about h. Go as far to the left as to the right.",
            "ja": "これは前方差分 (f(x + h) − f(x)) / h です。誤差が h に比例します。"
            "右だけでなく、左にも同じだけ動かしましょう。",
            "zh": "这是前向差分 (f(x + h) − f(x)) / h，误差与 h 成正比。"
            "请向左也移动同样的距离。",
        },
        "divided_by_h": {
            "en": "It is twice the slope: between x − h and x + h lies 2h, not h.",
            "ja": "傾きの 2 倍になっています。x − h と x + h の間は h ではなく 2h です。",
            "zh": "结果是斜率的 2 倍：x − h 与 x + h 之间的距离是 2h，不是 h。",
        },
        "own_h": {
            "en": "The h that is given is not used; the answer has one of its own.",
            "ja": "引数の h が使われず、別の値が使われています。",
            "zh": "没有使用给出的参数 h，而是用了别的值。",
        },
        "tiny_h": {
            "en": "The result is 0. Do the two points differ, f(x + h) and f(x - h)? And "
            "with an h of your own such as 1e-50, x + h is x itself.",
            "ja": "結果が 0 です。f(x + h) と f(x - h) は別の点になっていますか。"
            "1e-50 のような小さな h を自分で置くと、x + h は x と同じになります。",
            "zh": "结果是 0。f(x + h) 和 f(x - h) 是两个不同的点吗？"
            "若自己取 1e-50 这么小的 h，x + h 就等于 x。",
        },
        "both_points_alike": {
            "en": "The result is 0. Is h tiny, as 1e-50? Are the two points one array? (A "
            "copy for each.) Or is `/ 2 * h` without brackets?",
            "ja": "結果が 0 です。h が 1e-50 のように小さくありませんか。ふたつの点が同じ配列に"
            "なっていませんか（写しを別々に作ります）。`/ 2 * h` にかっこが抜けていませんか。",
            "zh": "结果是 0。h 是不是小到 1e-50？两个点是不是同一个数组（请各复制一份）？"
            "或者 `/ 2 * h` 漏了括号？",
        },
        "integers": {
            "en": "Right for [3.0, 4.0], wrong for [3, 4]: an array of ints cannot hold "
            "3.0001. Begin with x.astype(float).",
            "ja": "[3.0, 4.0] では正しいのに [3, 4] では誤りです。整数の配列には 3.0001 "
            "を入れられません。x.astype(float) から始めましょう。",
            "zh": "[3.0, 4.0] 时正确，[3, 4] 时错误：整数数组放不下 3.0001。"
            "请先用 x.astype(float)。",
        },
        "all_at_once": {
            "en": "All elements were moved at the same time. A partial derivative moves "
            "one, and holds the others still.",
            "ja": "すべての要素を同時に動かしています。偏微分では 1 つだけを動かし、"
            "ほかは止めておきます。",
            "zh": "所有元素被同时移动了。求偏导数时只动一个，其余保持不变。",
        },
        "not_put_back": {
            "en": "An element that was moved was not put back before the next one.",
            "ja": "動かした要素を元に戻さないまま、次の要素に進んでいます。",
            "zh": "移动过的元素没有放回原处，就去移动下一个了。",
        },
        "backward_difference": {
            "en": "This is the backward difference (f(x) − f(x − h)) / h, whose "
            "error is about h. Go as far to the right as to the left.",
            "ja": "これは後退差分 (f(x) − f(x − h)) / h です。誤差が h "
            "に比例します。左だけでなく、右にも同じだけ動かしましょう。",
            "zh": "这是后向差分 (f(x) − f(x − h)) / h，误差与 h 成正比。"
            "请向右也移动同样的距离。",
        },
        "brackets_forgotten": {
            "en": "`/ 2 * h` divides by 2 and then multiplies by h. Put 2h in "
            "brackets: `/ (2 * h)`.",
            "ja": "`/ 2 * h` は 2 で割ってから h を掛けます。`/ (2 * h)` "
            "とかっこを付けましょう。",
            "zh": "`/ 2 * h` 是先除以 2 再乘以 h。请给 2h 加上括号：`/ (2 * h)`。",
        },
        "difference_not_divided": {
            "en": "This is the difference of the two values. Divide it by the "
            "distance, 2h.",
            "ja": "ふたつの値の差のままです。点の間の距離 2h で割りましょう。",
            "zh": "这只是两个值的差。请再除以两点的距离 2h。",
        },
        "divided_by_two": {
            "en": "The difference was divided by 2. The distance of the points is 2h.",
            "ja": "差を 2 で割っています。点の間の距離は 2h です。",
            "zh": "差除以的是 2。两点的距离是 2h。",
        },
        "multiplied": {
            "en": "The difference was multiplied by 2h. Divide it.",
            "ja": "差に 2h を掛けています。掛けずに割りましょう。",
            "zh": "差被乘上了 2h，应当除以 2h。",
        },
        "values_added": {
            "en": "The two values were added. The slope is made of their difference.",
            "ja": "ふたつの値を足しています。傾きは差から求めます。",
            "zh": "两个值相加了。斜率要用它们的差来求。",
        },
        "half_steps": {
            "en": "This goes h / 2 to each side. The formula goes a whole h, to the left "
            "and to the right.",
            "ja": "左右に h / 2 ずつ動かしています。式では左にも右にも h だけ動かします。",
            "zh": "这是向两边各走 h / 2。公式里向左、向右都走整个 h。",
        },
        "part_divided": {
            "en": "Only f(x − h) was divided: put the difference in brackets first.",
            "ja": "割られているのは f(x − h) だけです。"
            "先に引き算をかっこで囲みましょう。",
            "zh": "只有 f(x − h) 被除了：请先把差括起来。",
        },
        "not_central": {
            "en": "It comes close, {got}, and by the definition it is {needed}. "
            "Is h about 1e-4, and does the difference go to both sides?",
            "ja": "{got} は近い値ですが、定義では {needed} です。h は 1e-4 "
            "くらいですか。左右の両方に動かしていますか。",
            "zh": "得到 {got}，已经接近，但按定义是 {needed}。h 是 1e-4 "
            "左右吗？左右两边都移动了吗？",
        },
        "half_the_slope": {
            "en": "It is half the slope: one point alone was moved, so their distance is "
            "h, not 2h. Move the other one, too.",
            "ja": "傾きの半分になっています。一方の点しか動いていないので、間は 2h ではなく h "
            "です。もう一方も動かしましょう。",
            "zh": "结果只有斜率的一半：只移动了一个点，两点的距离是 h 而不是 2h。"
            "请把另一个点也移动。",
        },
        "sum_of_slopes": {
            "en": "This is the sum of all slopes. Were all elements moved at once, or the "
            "slopes added up? There is to be one for each element.",
            "ja": "すべての傾きの和になっています。すべての要素を同時に動かしたか、"
            "傾きを足していませんか。要素ごとに 1 つずつ返しましょう。",
            "zh": "这是所有斜率之和。是不是同时移动了所有元素，或把斜率加在了一起？"
            "每个元素各要一个斜率。",
        },
        "f_of_one_element": {
            "en": "f was called with the single number {got}. It needs the whole vector, "
            "in which that one element has moved.",
            "ja": "f に 1 つの数 {got} だけを渡しています。渡すのはベクトル全体で、"
            "その要素だけを動かしたものです。",
            "zh": "只把一个数 {got} 传给了 f。应当传入整个向量，其中只有那个元素移动过。",
        },
        "two_elements": {
            "en": "Only the first two elements were looked at. x may have any number of "
            "them: len(x).",
            "ja": "はじめの 2 つの要素しか扱っていません。要素の数はいくつのこともあります。"
            "len(x) を使いましょう。",
            "zh": "只处理了前两个元素。x 的元素个数不一定是 2：请用 len(x)。",
        },
        "bowl_not_f": {
            "en": "For the bowl x₀² + x₁² of the lesson this would be right. Use the f "
            "that is given.",
            "ja": "この課のお椀 x₀² + x₁² になら正しい答えです。引数の f を使いましょう。",
            "zh": "对课文里的碗状曲面 x₀² + x₁² 来说是对的。请使用参数 f。",
        },
        "moves_left": {
            "en": "An element that was moved stays moved while the next is "
            "measured. Begin anew from x for each.",
            "ja": "動かした要素を戻さずに、次の要素も動かしています。要素ごとに "
            "x から始めましょう。",
            "zh": "移动过的元素没有还原，就又移动了下一个。每个元素都请从 x 重新开始。",
        },
    }
)


def _cube(x: Any) -> Any:
    return x**3 - 2 * x


def _wave(x: Any) -> Any:
    return np.sin(x) + 0.5 * x * x


@exercise
def central_difference(answer: Any, rng: np.random.Generator) -> None:
    """`central_difference(f, x, h)`: the slope between x − h and x + h."""
    cases = []
    for f in (_cube, _wave):
        # In quarters two slips would come to the same: 2h · 2h is h.
        for h in (1e-4, 0.2):
            x = float(rng.uniform(0.5, 2.0))
            needed = (f(x + h) - f(x - h)) / (2 * h)
            slips = {
                "forward_difference": (f(x + h) - f(x)) / h,
                "backward_difference": (f(x) - f(x - h)) / h,
                "brackets_forgotten": needed * h * h,
                "difference_not_divided": needed * 2 * h,
                "divided_by_two": needed * h,
                "multiplied": needed * (2 * h) ** 2,
                "values_added": (f(x + h) + f(x - h)) / (2 * h),
                "half_steps": (f(x + h / 2) - f(x - h / 2)) / h,
                "part_divided": OneOf(f(x + h) - f(x - h) / d for d in (2 * h, 2 / h)),
                "divided_by_h": 2 * needed,
                "sign": -needed,
                "own_h": float(numerical_derivative(f, x)),
                "tiny_h": 0.0,
            }
            cases.append(Case((f, x, h), needed, slips))
    # A large h first: with a small one the forward difference is nearly right.
    compare(answer, cases[::-1])


@exercise
def partial_derivatives(answer: Any, rng: np.random.Generator) -> None:
    """`partial_derivatives(f, x)`: the gradient of f at a vector x, whole or not."""

    def tilted(x: Array) -> Any:
        _expect_vector(x)
        return x[0] ** 2 + 3 * x[1] ** 2 + x[0] * x[1]

    def wave(x: Array) -> Any:
        if len(x) == 2:
            raise Slipped("two_elements")
        return np.sum(np.sin(x)) + x[0] * x[-1]

    points = [
        _at(f, rng.uniform(1, 3, n).round(1)) for f, n in ((tilted, 2), (wave, 3))
    ]
    with called_so("inexact", "not_central"):
        compare(answer, points)
    try:
        compare(answer, [_at(tilted, np.array([3, 4]))])
    except Slipped as slipped:
        if slipped.slip == "input_changed":
            raise
        raise Slipped("integers") from None


def _expect_vector(x: Any) -> None:
    if np.ndim(x) == 0:
        raise Slipped("f_of_one_element", got=shown(x))


def _at(f: Any, x: Array) -> Case:
    floats = x.astype(float)
    needed = numerical_gradient(f, floats)
    h = 1e-4
    step = np.full_like(floats, h)
    together = (f(floats + step) - f(floats - step)) / (2 * h)
    first = np.arange(len(x)) < 1
    slips = {
        "all_at_once": np.full(len(x), together),
        "sum_of_slopes": together,
        "not_put_back": _without_putting_back(f, floats, h),
        "moves_left": _all_so_far(f, floats, h),
        "returned_in_loop": OneOf((needed * first, needed[first], needed[0])),
        "not_collected": OneOf((needed[-1:], needed[-1])),
        "half_the_slope": OneOf(_one_sided(f, floats)),
        "difference_not_divided": needed * 2 * h,
        "divided_by_two": needed * h,
        "divided_by_h": 2 * needed,
        "bowl_not_f": 2 * floats,
        "sign": -needed,
        # Multiplied by h twice, for brackets forgotten, it is nearly 0.
        "both_points_alike": OneOf((np.zeros(len(x)), needed * h * h)),
    }
    if len(x) > 2:
        slips["two_elements"] = OneOf((needed[:2], needed * (np.arange(len(x)) < 2)))
    return Case((f, x), needed, slips)


def _one_sided(f: Any, x: Array) -> list[Array]:
    """Return what comes out where one point alone is moved, to either side."""
    return [
        np.array([(f(x + h * e) - f(x)) / (2 * h) for e in np.eye(len(x))])
        for h in (1e-3, -1e-3, 1e-4, -1e-4, 1e-5, -1e-5)
    ]


def _all_so_far(f: Any, x: Array, h: float) -> Array:
    """Return what comes out where every element stays at x + h, and at x − h."""
    steps = h * np.tri(len(x))
    return np.array([(f(x + step) - f(x - step)) / (2 * h) for step in steps])


def _without_putting_back(f: Any, x: Array, h: float) -> Array:
    """Return what comes out where every element stays at x − h."""
    x, found = x.copy(), []
    for i in range(len(x)):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        found.append((above - f(x)) / (2 * h))
    return np.array(found)
