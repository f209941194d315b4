"""Losses: the answers are compared with sums taken one term after the other."""

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

Array = np.ndarray

add_slips(
    {
        "half_of_loss": {
            "en": "It is twice too large: the ½ of the formula is missing.",
            "ja": "2 倍になっています。式の ½ が抜けています。",
            "zh": "大了一倍：漏掉了公式里的 ½。",
        },
        "mean_of_outputs": {
            "en": "This is the mean over the outputs; the formula has ½ of their sum.",
            "ja": "出力についての平均になっています。式では和の ½ です。",
            "zh": "这是对各输出取的平均；公式是它们之和的 ½。",
        },
        "root_taken": {
            "en": "A root was taken: this is the distance itself, not half its square.",
            "ja": "平方根が取られています。これは距離そのもので、2 乗の半分ではありません。",
            "zh": "开了平方根：这是距离本身，而不是它平方的一半。",
        },
        "absolute_values": {
            "en": "These are absolute differences. Square them instead.",
            "ja": "差の絶対値になっています。2 乗しましょう。",
            "zh": "这里用的是差的绝对值。请改成平方。",
        },
        "not_squared": {
            "en": "The differences are not squared: those above and below 0 cancel.",
            "ja": "差が 2 乗されていないので、正と負が打ち消し合っています。",
            "zh": "差没有平方，正负互相抵消了。",
        },
        "squared_after_sum": {
            "en": "The sum was squared. Square each difference first, and then add.",
            "ja": "和を 2 乗しています。差をひとつずつ 2 乗してから足しましょう。",
            "zh": "这是先求和再平方。请先把每个差平方，再相加。",
        },
        "log_of_zero": {
            "en": "It gives {got} where an output is 0: the logarithm of 0 is −∞. Add the "
            "small δ inside the logarithm.",
            "ja": "出力に 0 があると {got} になります。0 の log は −∞ です。"
            "log の中に小さな δ を足しましょう。",
            "zh": "输出中有 0 时得到 {got}：0 的对数是 −∞。请在 log 里面加上微小的 δ。",
        },
        "log_base": {
            "en": "This is a logarithm to base 10 or 2. log is the natural one: np.log.",
            "ja": "底が 10 か 2 の対数です。この log は自然対数 np.log です。",
            "zh": "这是以 10 或 2 为底的对数。这里的 log 是自然对数 np.log。",
        },
        "log_forgotten": {
            "en": "This is the probability of the right class. Its logarithm is wanted.",
            "ja": "正解クラスの確率そのものです。その対数を取りましょう。",
            "zh": "这是真实类别的概率本身。要取它的对数。",
        },
        "y_and_t_swapped": {
            "en": "y and t are exchanged: the logarithm is that of y.",
            "ja": "y と t が逆です。log を取るのは y のほうです。",
            "zh": "y 和 t 弄反了：取对数的是 y。",
        },
        "t_forgotten": {
            "en": "All classes are in it. t says which is right, and that one alone counts.",
            "ja": "すべてのクラスが入っています。使うのは、t が示す正解クラスだけです。",
            "zh": "把所有类别都算进来了。只用 t 指出的真实类别。",
        },
        "mean_over_classes": {
            "en": "The mean was taken over the classes, too. Divide by the number of "
            "samples alone.",
            "ja": "クラスについても平均を取っています。サンプルの数だけで割りましょう。",
            "zh": "连类别也一起平均了。只除以样本数。",
        },
        "all_columns": {
            "en": "y[:, t] takes those columns from every row. One number a row is wanted: "
            "y[np.arange(len(y)), t].",
            "ja": "y[:, t] はどの行からもその列をすべて取り出します。必要なのは 1 行に 1 つ、"
            "y[np.arange(len(y)), t] です。",
            "zh": "y[:, t] 会从每一行都取出这些列。每行只要一个数：y[np.arange(len(y)), t]。",
        },
        "labels_multiplied": {
            "en": "The labels were multiplied as if they were one-hot. A label such as 2 "
            "says which column to take.",
            "ja": "ラベルを one-hot のように掛けています。ラベル 2 は、どの列を取るかを表します。",
            "zh": "把标签当成 one-hot 去相乘了。标签 2 表示的是取哪一列。",
        },
        "mean_for_sum": {
            "en": "This is the mean over the classes. The formula has their sum: "
            "np.sum.",
            "ja": "クラスについての平均になっています。式では和なので、np.sum "
            "を使いましょう。",
            "zh": "这是对各类取的平均。公式里是和：请用 np.sum。",
        },
        "only_t_squared": {
            "en": "`y - t ** 2` squares t alone. Put the difference in brackets.",
            "ja": "`y - t ** 2` では t だけが 2 乗されます。差をかっこで囲みましょう。",
            "zh": "`y - t ** 2` 只把 t 平方了。请先把差括起来。",
        },
        "squared_apart": {
            "en": "y and t were squared each for itself. Subtract first, and square the "
            "difference.",
            "ja": "y と t を別々に 2 乗しています。先に引き算をして、差を 2 乗しましょう。",
            "zh": "y 和 t 是各自平方的。请先相减，再把差平方。",
        },
        "largest_for_right": {
            "en": "This takes the largest probability. The loss looks at the right class, "
            "which may have a small one.",
            "ja": "いちばん大きい確率を使っています。損失が見るのは正解クラスの確率で、"
            "それが小さいこともあります。",
            "zh": "取的是最大的概率。损失看的是真实类别的概率，它也可能很小。",
        },
        "t_inside_log": {
            "en": "t was multiplied inside the logarithm, which is then taken of 0, too. "
            "Multiply the logarithm by t.",
            "ja": "log の中で t を掛けているので、0 の log まで足されます。t は log "
            "の外で掛けましょう。",
            "zh": "t 乘在 log 里面，连 0 的对数也加进来了。请把 t 乘在 log 外面。",
        },
        "columns_for_rows": {
            "en": "Rows and columns are exchanged: y[row, column], so the labels come "
            "second.",
            "ja": "行と列が逆です。y[行, 列] なので、ラベルは 2 番目に書きます。",
            "zh": "行和列写反了：是 y[行, 列]，标签应当写在第二个。",
        },
        "doubled_not_squared": {
            "en": "The differences were doubled. The square is `** 2`.",
            "ja": "差を 2 倍しています。2 乗は `** 2` です。",
            "zh": "差乘了 2。平方要写 `** 2`。",
        },
        "rows_by_label": {
            "en": "y[t] takes whole rows by the labels. From row n the column "
            "t[n] is wanted: y[np.arange(len(y)), t].",
            "ja": "y[t] はラベルの番号の行を丸ごと取り出します。n 行目からは t[n] "
            "列目を取るので、y[np.arange(len(y)), t] と書きましょう。",
            "zh": "y[t] 会按标签取出整行。要从第 n 行取第 t[n] 列："
            "y[np.arange(len(y)), t]。",
        },
        "log_of_mean": {
            "en": "The logarithm was taken of the mean. Take it of each sample "
            "first, and then the mean.",
            "ja": "平均を取ってから log を取っています。先にサンプルごとに log "
            "を取り、それから平均しましょう。",
            "zh": "先平均后取了对数。请先对每个样本取对数，再求平均。",
        },
    }
)


@exercise
def squared_error(answer: Any, rng: np.random.Generator) -> None:
    """`squared_error(y, t)`: half the sum of the squares, for one sample."""
    compare(answer, [_squares(*rng.normal(size=(2, k))) for k in (3, 4, 5)])


def _squares(y: Array, t: Array) -> Case:
    squares = [(a - b) * (a - b) for a, b in zip(y, t, strict=True)]
    slips = {
        "half_of_loss": sum(squares),
        "mean_of_outputs": sum(squares) / len(y),
        "root_taken": np.sqrt(sum(squares)),
        "mean_for_sum": sum(squares) / len(y) / 2,
        "absolute_values": OneOf((np.sum(np.abs(y - t)), np.sum(np.abs(y - t)) / 2)),
        "not_squared": np.sum(y - t) / 2,
        "doubled_not_squared": np.sum(y - t),
        "squared_after_sum": np.sum(y - t) ** 2 / 2,
        "only_t_squared": np.sum(y - t**2) / 2,
        "squared_apart": np.sum(y**2 - t**2) / 2,
        "returned_in_loop": OneOf((squares[0], squares[0] / 2)),
        "only_last": OneOf((squares[-1], squares[-1] / 2)),
        "round_lost": OneOf((sum(squares[1:]) / 2, sum(squares[:-1]) / 2)),
    }
    return Case((y, t), sum(squares) / 2, slips)


@exercise
def cross_entropy(answer: Any, rng: np.random.Generator) -> None:
    """`cross_entropy(y, t)`: for one sample with a one-hot target."""
    # Of the right class the probability is not the largest.
    each = [np.sort(_probabilities(rng, (k,))) for k in (3, 4, 5)]
    compare(answer, [_entropy(y, len(y) - 2) for y in each])
    y = np.array([0.0, 0.3, 0.7])
    # First a wrong class has the probability 0, and then the right one.
    for right, least in ((1, 0.0), (0, 9.0)):
        array = numbers(called(answer, y, np.eye(3)[right]))
        if not np.isfinite(array) or array < least:
            raise Slipped("log_of_zero", got=shown(array))


def _entropy(y: Array, right: int) -> Case:
    t = np.eye(len(y))[right]
    needed = -np.log(y[right])
    slips = {
        "log_base": OneOf(needed / np.log((10, 2))),
        "largest_for_right": -np.log(y.max()),
        "t_inside_log": -np.sum(np.log(t * y + 1e-7)),
        "log_forgotten": OneOf((-y[right], y[right])),
        "mean_for_sum": needed / len(y),
        "y_and_t_swapped": OneOf((-np.sum(y * np.log(t + 1e-7)), np.inf)),
        "t_forgotten": -np.sum(np.log(y)),
    }
    return Case((y, t), needed, slips)


@exercise
def mean_cross_entropy(answer: Any, rng: np.random.Generator) -> None:
    """`mean_cross_entropy(y, t)`: the mean over a batch, with labels for targets."""
    square = _batch(rng, 4, 4)
    try:
        compare(answer, [_batch(rng, 5, 3) for _ in range(3)])
    except Slipped as slipped:
        # With as many classes as samples code runs that elsewhere cannot.
        if slipped.slip == "raised":
            compare(answer, [square])
        raise
    compare(answer, [square])


def _batch(rng: np.random.Generator, n: int, k: int) -> Case:
    y, t = _probabilities(rng, (n, k)), rng.integers(0, k, n)
    needed = sum(-np.log(row[label]) for row, label in zip(y, t, strict=True)) / n
    right = y[np.arange(n), t]
    last = -np.log(right[-1])
    slips: dict[str, Any] = {
        "log_base": OneOf(needed / np.log((10, 2))),
        "log_forgotten": OneOf((-np.mean(right), np.mean(right))),
        "t_forgotten": OneOf((-np.sum(np.log(y)) / n, -np.mean(np.log(y)))),
        "largest_for_right": -np.mean(np.log(y.max(axis=1))),
        "only_last": OneOf((last, last / n)),
        "mean_over_classes": needed / k,
        "all_columns": OneOf((-np.sum(np.log(y[:, t])) / n, -np.mean(np.log(y[:, t])))),
        "log_of_mean": -np.log(np.mean(right)),
        "returned_in_loop": OneOf((-np.log(right[0]), -np.log(right[0]) / n)),
    }
    if t.max() < n:
        slips["rows_by_label"] = -np.mean(np.log(y[t]))
    if n == k:
        multiplied = -np.sum(t * np.log(y))
        slips["labels_multiplied"] = OneOf((multiplied, multiplied / n))
        slips["columns_for_rows"] = -np.mean(np.log(y[t, np.arange(n)]))
    return Case((y, t), needed, slips, rows=n)


def _probabilities(rng: np.random.Generator, size: tuple[int, ...]) -> Array:
    y = rng.uniform(0.5, 2.0, size)
    shares: Array = y / y.sum(axis=-1, keepdims=True)
    return shares
