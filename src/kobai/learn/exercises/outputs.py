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
        "one_number_for_row": {
            "en": "Within a row the same number is to be subtracted from every score; here "
            "each column loses another. keepdims=True keeps the largest of a row beside it.",
            "ja": "1 つの行からは、どのスコアからも同じ数を引きます。ここでは列ごとに別の数が"
            "引かれています。axis=1, keepdims=True なら、行の最大値がその行に対応します。",
            "zh": "同一行的每个得分应减去同一个数，这里却是每列减去不同的数。"
            "用 axis=1, keepdims=True，每行的最大值才会对应那一行。",
        },
        "largest_on_one_side": {
            "en": "The largest score was subtracted above the line or below it, not in "
            "both. Work the powers out once, and use them twice.",
            "ja": "最大のスコアを引いたのが、分子と分母の一方だけです。"
            "exp の値を 1 度だけ求めて、両方に使いましょう。",
            "zh": "只在分子或分母的一边减去了最大的得分。请把 exp 的值算一次，两边都用它。",
        },
        "not_the_largest": {
            "en": "With scores far apart, 1000 and −1000, it gives {got}. It is the largest "
            "of the row that must be subtracted.",
            "ja": "1000 と −1000 のように離れたスコアでは {got} になります。"
            "引くのは行の最大値です。",
            "zh": "得分相差很大（1000 与 −1000）时得到 {got}。减去的必须是该行的最大值。",
        },
        "upside_down": {
            "en": "The largest score got the smallest probability: a sign is the other way "
            "round inside exp.",
            "ja": "最大のスコアの確率が最小になっています。exp の中の符号が逆です。",
            "zh": "得分最大的反而概率最小：exp 里面的符号反了。",
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
            "en": "These are the outputs y. Subtract the targets t from them.",
            "ja": "出力 y だけになっています。正解 t を引きましょう。",
            "zh": "这里只有输出 y。请减去正确答案 t。",
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
        "yes_and_no_swapped": {
            "en": "For t = 1 the logarithm is that of y, for t = 0 that of 1 − y: here it "
            "is the other way round.",
            "ja": "t = 1 なら log y、t = 0 なら log(1 − y) です。逆になっています。",
            "zh": "t = 1 时是 log y，t = 0 时是 log(1 − y)：这里正好反了。",
        },
        "t_for_both": {
            "en": "Both parts are multiplied by t. The second belongs to 1 − t.",
            "ja": "両方の項に t を掛けています。2 番目の項に掛けるのは 1 − t です。",
            "zh": "两项都乘了 t。第二项应当乘 1 − t。",
        },
        "squares_for_logs": {
            "en": "These are squares. For yes or no the logarithms of the formula are "
            "wanted.",
            "ja": "差の 2 乗になっています。ここでは式のとおり log を使います。",
            "zh": "这里用的是差的平方。是或否的损失要用公式里的 log。",
        },
        "log_of_no_zero": {
            "en": "Where y is 1 it gives {got}: 1 − y is 0 there, and log(1 − y) needs a δ of "
            "its own, 1 - y + 1e-7.",
            "ja": "y が 1 のとき {got} になります。1 − y が 0 になるからです。"
            "log(1 − y) のほうにも、1 - y + 1e-7 のように δ を足しましょう。",
            "zh": "y 为 1 时得到 {got}：这时 1 − y 是 0。log(1 − y) 里也要加 δ，"
            "即 1 - y + 1e-7。",
        },
        "part_divided_by_n": {
            "en": "Only one of y and t was divided by n: put y − t in brackets.",
            "ja": "y と t の一方しか n で割られていません。y − t をかっこで囲みましょう。",
            "zh": "y 和 t 只有一个除以了 n：请把 y − t 括起来。",
        },
        "rows_merged": {
            "en": "The samples were merged into one row. Each keeps its own: divide by n, "
            "but do not add them up.",
            "ja": "サンプルを 1 行にまとめています。n で割るだけで、足し合わせずに、"
            "1 行ずつ残しましょう。",
            "zh": "把各个样本合成了一行。只除以 n，不要相加，每个样本各留一行。",
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
    # As many classes as samples first: only so do some slips give a number at all.
    for sizes in ([(3, 3)] * 3, [(2, 4), (5, 4)]):
        compare(answer, [_shares(rng.normal(size=size).round(1)) for size in sizes])
    large = np.array([[1000.0, 1001.0, 999.0]])
    for x, slip in (
        (large, "exp_overflows"),
        (np.concatenate([large, -large]), "one_largest_for_all"),
        (np.array([[1000.0, 0.0, -1000.0]]), "not_the_largest"),
    ):
        got = numbers(called(answer, x))
        if not np.isfinite(got).all():
            raise Slipped(slip, got=shown(got[-1]))
        compare(answer, [_shares(x)])


def _shares(x: Array) -> Case:
    # Of two scores only their difference counts: yₖ = 1 / Σⱼ exp(xⱼ − xₖ). Above 709
    # exp overflows, and 1 / exp(700) is as good as 0.
    needed = np.array(
        [[1 / sum(math.exp(min(a - b, 700)) for a in row) for b in row] for row in x]
    )
    if np.abs(x).max() > 100:
        return Case((x,), needed)
    from_top = x - x.max(axis=1, keepdims=True)
    powers, below = np.exp(x), np.exp(from_top)
    beside = [np.exp(x - x.max(axis=0))]
    slips = {
        "sum_of_batch": OneOf(p / p.sum() for p in (powers, below)),
        "sum_of_columns": OneOf(p / p.sum(axis=0) for p in (powers, below)),
        "exp_forgotten": OneOf(map(_by_row, (x, from_top))),
        "not_divided": OneOf((powers, below)),
        "winner_takes_all": x == x.max(axis=1, keepdims=True),
        "largest_on_one_side": OneOf(
            (
                below / powers.sum(axis=1, keepdims=True),
                powers / below.sum(axis=1, keepdims=True),
            )
        ),
        "upside_down": _by_row(np.exp(-x)),
        "sigmoid_for_softmax": sigmoid(x),
        "returned_in_loop": needed[0],
        "not_collected": needed[-1],
    }
    if len(x) == len(x.T):
        beside.append(np.exp(x - x.max(axis=1)))
        slips["keepdims_forgotten"] = OneOf(
            p / p.sum(axis=1) for p in (powers, below, beside[1])
        )
    slips["one_number_for_row"] = OneOf(map(_by_row, beside))
    return Case((x,), needed, slips)


def _by_row(x: Array) -> Any:
    return x / x.sum(axis=1, keepdims=True)


@exercise
def binary_cross_entropy(answer: Any, rng: np.random.Generator) -> None:
    """`binary_cross_entropy(y, t)`: the mean, for probabilities and answers 0 or 1."""
    compare(answer, [_yes_or_no(rng, n) for n in (4, 5, 7)])
    t = np.array([0, 1])
    # Sure and right, in each of the two logarithms; sure and wrong.
    for y, slip in (
        (np.array([0.0, 0.5]), "log_of_zero"),
        (np.array([0.5, 1.0]), "log_of_no_zero"),
        (np.array([1.0, 0.0]), "log_of_zero"),
    ):
        got = numbers(called(answer, y, t))
        if not np.isfinite(got):
            raise Slipped(slip, got=shown(got))


def _yes_or_no(rng: np.random.Generator, n: int) -> Case:
    y, t = rng.uniform(0.1, 0.9, n).round(2), rng.integers(0, 2, n)
    t[:2] = 0, 1
    right = [p if yes else 1 - p for p, yes in zip(y, t, strict=True)]
    needed = -sum(math.log(p) for p in right) / n

    def mean(y: Array, t: Array, other: Array) -> Any:
        return -np.mean(t * np.log(y) + other * np.log(1 - y))

    yes, no = t * np.log(y), (1 - t) * np.log(1 - y)
    squares = np.sum((y - t) ** 2)
    slips = {
        "no_part_forgotten": OneOf((-np.mean(yes), -np.sum(yes))),
        "same_log_for_both": -np.mean(np.log(y)),
        "yes_and_no_swapped": mean(y, 1 - t, t),
        "t_for_both": mean(y, t, t),
        "y_and_t_swapped": mean(np.clip(t, 1e-7, 1 - 1e-7), y, 1 - y),
        "log_base": needed / np.log(10),
        "log_forgotten": -np.mean(right),
        "minus_for_one_part": OneOf(
            (np.mean(no - yes), np.sum(no) - np.mean(yes)),
        ),
        "one_minus_in_brackets": -np.mean(yes + 1 - t * np.log(1 - y)),
        "sigmoid_twice": mean(sigmoid(y), t, 1 - t),
        "squares_for_logs": OneOf(squares / part for part in (1, 2, n, 2 * n)),
    }
    return Case((y, t), needed, slips, rows=n)


@exercise
def score_gradient(answer: Any, rng: np.random.Generator) -> None:
    """`score_gradient(x, t)`: ∂E/∂x of softmax and cross-entropy, one-hot targets."""
    compare(answer, [_scored(rng, n, k) for n, k in ((2, 3), (3, 2), (4, 2))])


def _scored(rng: np.random.Generator, n: int, k: int) -> Case:
    x, labels = rng.normal(size=(n, k)).round(1), rng.permutation(np.arange(n) % k)
    t = np.eye(k)[labels]
    needed = numerical_gradient(lambda x: softmax_cross_entropy(x, labels), x)
    powers = np.exp(x)
    y = _by_row(powers)
    slips = {
        "scores_for_outputs": x - t,
        "slope_of_sigmoid_too": (y - t) * y * (1 - y),
        "t_not_subtracted": y,
        "sigmoid_for_softmax": sigmoid(x) - t,
        "sum_of_batch": powers / powers.sum() - t,
        "sum_of_columns": powers / powers.sum(axis=0) - t,
        "rows_merged": np.sum(y - t, axis=0),
    }
    # The mean may be forgotten besides.
    slips = {slip: OneOf((value / n, value)) for slip, value in slips.items()} | {
        "part_divided_by_n": OneOf((y - t / n, y / n - t)),
        "mean_over_classes": (y - t) / n / k,
        "divided_by_classes": (y - t) / k,
    }
    return Case((x, t), needed, slips, rows=n)
