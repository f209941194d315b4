"""The output layer: answers are compared one number after the other, and when large."""

import math
from typing import Any

import numpy as np

from kobai.autodiff import numerical_gradient
from kobai.functions import sigmoid, softmax_cross_entropy
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

Array = np.ndarray

add_slips(
    {
        "exp_overflows": {
            "en": "Right for small scores; for 1000 it gives {got}, for exp(1000) "
            "overflows. Subtract the largest score of the row first.",
            "ja": "小さなスコアでは正解ですが、1000 では {got} になります。exp(1000) が"
            "オーバーフローするからです。先に行の最大のスコアを引きましょう。",
            "zh": "得分小时是对的，到 1000 就成了 {got}，因为 exp(1000) 溢出了。"
            "请先减去该行最大的得分。",
        },
        "one_largest_for_all": {
            "en": "The largest of the whole batch was subtracted: a row far below it gives "
            "{got}. Each row has a largest of its own: axis=1.",
            "ja": "バッチ全体の最大値を引いています。それよりずっと小さい行は {got} になります。"
            "axis=1 で行ごとに最大値を取りましょう。",
            "zh": "减去的是整批的最大值，远小于它的行就成了 {got}。请用 axis=1 取每行的最大值。",
        },
        "sum_of_batch": {
            "en": "It divides by the sum over the whole batch. Each row is to sum to 1 by "
            "itself: axis=1.",
            "ja": "バッチ全体の和で割っています。axis=1 で、行ごとに和が 1 になるようにしましょう。",
            "zh": "除以的是整批之和。每一行自己的和要等于 1：axis=1。",
        },
        "sum_of_columns": {
            "en": "Here the columns sum to 1. The classes of a sample stand in a row: "
            "axis=1.",
            "ja": "列の和が 1 になっています。1 つのサンプルのクラスは行に並ぶので axis=1 です。",
            "zh": "这里是每列的和为 1。一个样本的各个类别排成一行，应取 axis=1。",
        },
        "keepdims_forgotten": {
            "en": "The sums of the rows were laid along the columns. With keepdims=True "
            "they stay a column, one beside each row.",
            "ja": "行の和が列に割り当てられています。keepdims=True なら縦に並んだまま残り、"
            "行ごとに割れます。",
            "zh": "各行的和被对到列上了。加上 keepdims=True，它们仍排成一列，每行对应一个。",
        },
        "exp_forgotten": {
            "en": "The scores themselves were divided by their sum. Take exp of them first.",
            "ja": "スコアをそのまま和で割っています。先に exp を取りましょう。",
            "zh": "直接用得分除以它们的和了。请先取 exp。",
        },
        "not_divided": {
            "en": "These are the exponentials. Divide them by the sum of their row.",
            "ja": "exp の値のままです。行の和で割りましょう。",
            "zh": "这只是 exp 的值，还要除以该行之和。",
        },
        "winner_takes_all": {
            "en": "It gives 1 to the largest and 0 to the others. Softmax is softer: every "
            "class gets its share.",
            "ja": "最大のものだけを 1 にしています。ソフトマックス関数はもっと柔らかく、"
            "どのクラスにも確率を分けます。",
            "zh": "最大的给了 1，其余都给了 0。softmax 更柔和：每个类别都能分到一份。",
        },
        "no_part_forgotten": {
            "en": "Only the samples with t = 1 count here. For t = 0 there is (1 − t) "
            "log(1 − y).",
            "ja": "t = 1 のサンプルしか数えられていません。"
            "t = 0 のために (1 − t) log(1 − y) があります。",
            "zh": "这里只算了 t = 1 的样本。t = 0 的样本要用 (1 − t) log(1 − y)。",
        },
        "same_log_for_both": {
            "en": "For t = 0 the logarithm is that of 1 − y, the probability of no.",
            "ja": "t = 0 のときに log を取るのは、「いいえ」の確率 1 − y です。",
            "zh": "t = 0 时取对数的是 1 − y，即“否”的概率。",
        },
        "scores_for_outputs": {
            "en": "The targets were subtracted from the scores. y is softmax(x).",
            "ja": "スコアから正解を引いています。y は softmax(x) です。",
            "zh": "是用得分减去了正确答案。y 是 softmax(x)。",
        },
        "t_not_subtracted": {
            "en": "These are the outputs y, divided by n. Subtract the targets t first.",
            "ja": "出力 y を n で割っただけです。先に正解 t を引きましょう。",
            "zh": "这只是输出 y 除以 n。请先减去正确答案 t。",
        },
        "slope_of_sigmoid_too": {
            "en": "Times y (1 − y): that slope is in y − t already, where it cancelled out.",
            "ja": "y (1 − y) を余分に掛けています。その傾きは約分されて、もう y − t に入っています。",
            "zh": "多乘了 y (1 − y)：这个斜率已经约掉，包含在 y − t 里了。",
        },
        "minus_for_one_part": {
            "en": "The minus belongs to both parts: put their sum in brackets.",
            "ja": "マイナスは両方の項に付きます。和をかっこで囲みましょう。",
            "zh": "负号对两项都起作用：请把它们的和括起来。",
        },
        "sigmoid_for_softmax": {
            "en": "This is y of the sigmoid. Of several classes one is right: "
            "take softmax.",
            "ja": "sigmoid 関数の y になっています。いくつかのクラスから 1 "
            "つを選ぶときは、ソフトマックス関数です。",
            "zh": "这里的 y 用的是 sigmoid。多个类别选一个，应当用 softmax。",
        },
        "divided_by_classes": {
            "en": "It was divided by the number of classes. The samples are the "
            "rows: len(x).",
            "ja": "クラスの数で割っています。サンプルの数は行の数 len(x) です。",
            "zh": "除以的是类别数。样本数是行数，即 len(x)。",
        },
    }
)


@exercise
def softmax(answer: Any, rng: np.random.Generator) -> None:
    """`softmax(x)`: probabilities of each row, for scores of any size."""
    # As many classes as samples: only so do some slips give a number at all.
    compare(answer, [_shares(rng.normal(size=(3, 3))) for _ in range(3)])
    compare(answer, [_shares(rng.normal(size=(n, 4))) for n in (2, 5)])
    large = np.array([[1000.0, 1001.0, 999.0]])
    for x, slip in (
        (large, "exp_overflows"),
        (np.concatenate([large, -large]), "one_largest_for_all"),
    ):
        got = numbers(called(answer, x))
        if not np.isfinite(got).all():
            raise Slipped(slip, got=shown(got[-1]))
        compare(answer, [_shares(x)])


def _shares(x: Array) -> Case:
    # Of two scores only their difference counts: yₖ = 1 / Σⱼ exp(xⱼ − xₖ).
    needed = [[1 / sum(math.exp(a - b) for a in row) for b in row] for row in x]
    if np.abs(x).max() > 100:
        return Case((x,), needed)
    powers, below = np.exp(x), np.exp(x - x.max(axis=1, keepdims=True))
    slips = {
        "sum_of_batch": powers / powers.sum(),
        "sum_of_columns": powers / powers.sum(axis=0),
        "exp_forgotten": x / x.sum(axis=1, keepdims=True),
        "not_divided": OneOf((powers, below)),
        "winner_takes_all": x == x.max(axis=1, keepdims=True),
    }
    if len(x) == len(x.T):
        flat = np.exp(x - x.max(axis=1))
        slips["keepdims_forgotten"] = OneOf(
            p / p.sum(axis=1) for p in (powers, below, flat)
        )
    return Case((x,), needed, slips)


@exercise
def binary_cross_entropy(answer: Any, rng: np.random.Generator) -> None:
    """`binary_cross_entropy(y, t)`: the mean, for probabilities and answers 0 or 1."""
    compare(answer, [_yes_or_no(rng, n) for n in (4, 5, 7)])
    t = np.array([0, 1])
    # Sure and right, and sure and wrong: what is nearly 0, and what is large.
    for y in (np.array([0.0, 1.0]), np.array([1.0, 0.0])):
        got = numbers(called(answer, y, t))
        if not np.isfinite(got):
            raise Slipped("log_of_zero", got=shown(got))


def _yes_or_no(rng: np.random.Generator, n: int) -> Case:
    y, t = rng.uniform(0.1, 0.9, n), rng.integers(0, 2, n)
    t[:2] = 0, 1
    right = [p if yes else 1 - p for p, yes in zip(y, t, strict=True)]
    needed = -sum(math.log(p) for p in right) / n
    swapped = y * np.log(t + 1e-7) + (1 - y) * np.log(1 - t + 1e-7)
    slips = {
        "no_part_forgotten": -np.mean(t * np.log(y)),
        "same_log_for_both": -np.mean(np.log(y)),
        "y_and_t_swapped": -np.mean(swapped),
        "log_base": needed / np.log(10),
        "log_forgotten": -np.mean(right),
        "minus_for_one_part": np.mean((1 - t) * np.log(1 - y) - t * np.log(y)),
    }
    return Case((y, t), needed, slips, rows=n)


@exercise
def score_gradient(answer: Any, rng: np.random.Generator) -> None:
    """`score_gradient(x, t)`: ∂E/∂x of softmax and cross-entropy, one-hot targets."""
    compare(answer, [_scored(rng, n, k) for n, k in ((4, 3), (5, 2), (3, 4))])


def _scored(rng: np.random.Generator, n: int, k: int) -> Case:
    x, labels = rng.normal(size=(n, k)), rng.integers(0, k, n)
    t = np.eye(k)[labels]
    needed = numerical_gradient(lambda x: softmax_cross_entropy(x, labels), x)
    y = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    slips = {
        "scores_for_outputs": (x - t) / n,
        "slope_of_sigmoid_too": (y - t) * y * (1 - y) / n,
        "t_not_subtracted": y / n,
        "sigmoid_for_softmax": (sigmoid(x) - t) / n,
        "mean_over_classes": (y - t) / n / k,
        "divided_by_classes": (y - t) / k,
    }
    return Case((x, t), needed, slips, rows=n)
