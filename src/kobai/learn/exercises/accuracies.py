"""Accuracy: how it is counted, and why it cannot lead the way down."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kobai.autodiff import numerical_gradient
from kobai.functions import softmax_cross_entropy
from kobai.learn.comparison import (
    Case,
    Slipped,
    called,
    called_so,
    compare,
    numbers,
    shape,
    shown,
)
from kobai.learn.exercises.registry import add_slips, exercise

Array = np.ndarray

add_slips(
    {
        "counts_not_share": {
            "en": "This is how many are right. Divide by how many there are.",
            "ja": "正解の個数になっています。全体の個数で割りましょう。",
            "zh": "这是答对的个数。请再除以总数。",
        },
        "percent": {
            "en": "This is in percent. The accuracy is a share, from 0 to 1.",
            "ja": "百分率になっています。認識精度は 0 から 1 までの割合です。",
            "zh": "这是百分数。识别精度是 0 到 1 之间的比例。",
        },
        "share_of_errors": {
            "en": "This is the share of the errors. The share of the right ones is wanted.",
            "ja": "間違いの割合になっています。正解の割合を返しましょう。",
            "zh": "这是答错的比例。要的是答对的比例。",
        },
        "along_samples": {
            "en": "The largest was looked for among the samples. The scores of one sample "
            "are a row: axis=1.",
            "ja": "サンプルの間で最大を探しています。ひとつのサンプルの出力は行に並ぶので、"
            "axis=1 です。",
            "zh": "这是在样本之间找最大值。一个样本的输出排成一行，应取 axis=1。",
        },
        "axis_forgotten": {
            "en": "Without an axis, argmax gives one place for the whole array. axis=1 "
            "gives one for each row.",
            "ja": "axis がないと、argmax は配列全体でひとつの位置だけを返します。"
            "axis=1 なら行ごとに返します。",
            "zh": "不写 axis 时，argmax 只给出整个数组的一个位置。axis=1 才会每行给出一个。",
        },
        "labels_as_one_hot": {
            "en": "t holds labels, not one-hot rows: compare with t itself, without argmax.",
            "ja": "t は one-hot ではなくラベルです。argmax を使わず、t そのものと比べましょう。",
            "zh": "t 是标签，不是 one-hot。不用 argmax，直接与 t 本身比较。",
        },
        "classes_alone": {
            "en": "These are the classes that the network says. Compare them with t, and "
            "return the share of those alike.",
            "ja": "ネットワークが答えたクラスのままです。t と比べ、一致した割合を"
            "返しましょう。",
            "zh": "这还只是网络回答的类别。请与 t 比较，返回一致的比例。",
        },
        "comparison_alone": {
            "en": "These are True and False for each sample. Return the share of True: "
            "np.mean.",
            "ja": "サンプルごとの True と False のままです。True の割合を np.mean で"
            "求めましょう。",
            "zh": "这是每个样本的 True 和 False。请用 np.mean 求 True 的比例。",
        },
        "smallest_output": {
            "en": "The smallest output was looked for. The answer is the class with the "
            "largest: argmax.",
            "ja": "いちばん小さい出力を探しています。答えはいちばん大きい出力のクラス、"
            "argmax です。",
            "zh": "找的是最小的输出。回答应是输出最大的类别：argmax。",
        },
        "log_of_outputs": {
            "en": "There is {got} in it. Outputs can be negative, and have no logarithm: "
            "make them probabilities first, by the softmax.",
            "ja": "{got} になります。出力は負にもなり、そのままでは log を取れません。"
            "先にソフトマックス関数で確率にしましょう。",
            "zh": "得到了 {got}。输出可能是负数，不能直接取对数：请先用 softmax 变成概率。",
        },
        "not_probabilities": {
            "en": "{got} are no probabilities: none may be below 0, and the sum must be 1.",
            "ja": "{got} は確率ではありません。どれも 0 以上で、和が 1 になるようにします。",
            "zh": "{got} 不是概率：每个数都不能小于 0，总和必须是 1。",
        },
        "not_right": {
            "en": "With {got} the answer is wrong: class 1, the one in the middle, needs "
            "the largest number.",
            "ja": "{got} では不正解です。真ん中のクラス 1 をいちばん大きくしましょう。",
            "zh": "{got} 答错了：中间的类别 1 必须最大。",
        },
        "loss_too_small": {
            "en": "Right, but the loss is {got}, not above 1: it is too sure. Let the "
            "others come closer.",
            "ja": "正解ですが、損失が {got} で 1 を超えません。自信がありすぎます。"
            "ほかのクラスをもっと近づけましょう。",
            "zh": "答对了，但损失是 {got}，没有超过 1：把握太大了。让其他类别再接近一些。",
        },
        "accuracy_as_loss": {
            "en": "This number stays the same when a weight moves a little, as accuracy "
            "does: its gradient is 0. Return a loss.",
            "ja": "この数は、認識精度と同じで、重みを少し動かしても変わりません。"
            "勾配が 0 です。損失を返しましょう。",
            "zh": "权重稍微动一下，这个数并不变，和识别精度一样：梯度是 0。请返回损失。",
        },
        "guide_rises": {
            "en": "Descent makes this number small, and the answers get worse. It must "
            "fall as they get better: is a minus missing?",
            "ja": "この数を小さくしていくと、答えが悪くなります。良くなるほど小さくなる数に"
            "しましょう。マイナスが抜けていませんか。",
            "zh": "让这个数变小，答案反而变差。它应当随着答案变好而减小：是不是少了负号？",
        },
        "guide_elsewhere": {
            "en": "Descent makes this number small, and the answers hardly change. Compare "
            "the outputs with t.",
            "ja": "この数を小さくしても、答えはほとんど変わりません。出力を t と比べましょう。",
            "zh": "让这个数变小，答案几乎没有变化。请把输出与 t 相比较。",
        },
        "never_right": {
            "en": "It finds no answer right. Compare the place of the largest "
            "output, argmax, with the label, row by row.",
            "ja": "正解がひとつもないことになっています。行ごとに、"
            "いちばん大きい出力の位置 argmax をラベルと比べましょう。",
            "zh": "一个也没算对。请逐行把最大输出的位置 argmax 与标签相比较。",
        },
    }
)


@exercise
def accuracy(answer: Any, rng: np.random.Generator) -> None:
    """`accuracy(y, t)`: the share of the rows whose largest output is at the label."""
    try:
        with called_so("all_zero", "never_right"):
            compare(answer, [_telling(rng, 4 * wrong, wrong) for wrong in (5, 6, 7)])
            compare(answer, [_outputs(rng, 8, 3, wrong) for wrong in (1, 3)])
    except Slipped as slipped:
        # The label of each row was looked for, by axis=1, in labels that have no rows.
        if "AxisError" in str(slipped.values.get("error")):
            raise Slipped("labels_as_one_hot") from None
        raise


def _telling(rng: np.random.Generator, n: int, wrong: int) -> Case:
    """Draw a case in which every slip gives another number."""
    while True:
        # As many classes as samples: only so do some slips give a number at all.
        case = _outputs(rng, n, n, wrong)
        found = [slip for slip in case.slips.values() if np.ndim(slip) == 0]
        if len({0.0, 1.0, case.needed, *found}) == 3 + len(found):
            return case


def _outputs(rng: np.random.Generator, n: int, k: int, wrong: int) -> Case:
    t = rng.integers(0, min(k, 5), n)
    y = rng.random((n, k))
    said = np.concatenate([t[:-wrong], (t[-wrong:] + 1) % k])
    y[np.arange(n), said] += 1
    # Of the wrong rows all but one are wrong by as much as they can be.
    y[np.arange(n - wrong + 1, n), t[n - wrong + 1 :]] -= 1
    right = [int(row.argmax()) == label for row, label in zip(y, t, strict=True)]
    slips: dict[str, Any] = {
        "counts_not_share": sum(right),
        "percent": 100 * sum(right) / n,
        "share_of_errors": 1 - sum(right) / n,
        "returned_in_loop": 1 / n,
        "classes_alone": y.argmax(axis=1),
        "comparison_alone": np.array(right),
        "smallest_output": np.mean(y.argmin(axis=1) == t),
        "axis_forgotten": np.mean(np.argmax(y) == t),
        "labels_as_one_hot": np.mean(y.argmax(axis=1) == t.argmax()),
    }
    if n == k:
        slips["along_samples"] = np.mean(y.argmax(axis=0) == t)
    return Case((y, t), sum(right) / n, slips)


@exercise
def barely_right(answer: Any, rng: np.random.Generator) -> None:
    """Three probabilities: right, for class 1, with a cross-entropy of more than 1."""
    if answer is ...:
        raise Slipped("untouched")
    y = numbers(answer)
    if y.shape != (3,):
        raise Slipped("shape", got=shape(y), needed="(3,)")
    if (y < 0).any() or abs(y.sum() - 1) > 1e-6:
        raise Slipped("not_probabilities", got=shown(y))
    if y[1] <= max(y[0], y[2]):
        raise Slipped("not_right", got=shown(y))
    if (loss := -np.log(y[1])) <= 1:
        raise Slipped("loss_too_small", got=shown(float(loss)))


@exercise
def guide(answer: Any, rng: np.random.Generator) -> None:
    """`guide(W, x, t)`: a number that leads to better answers by its gradient."""
    t = np.arange(30) % 3
    centres = np.array([[2.0, 0.0], [-1.0, 2.0], [-1.0, -2.0]])
    x = centres[t] + rng.normal(size=(30, 2))

    def height(W: Array) -> float:
        array = numbers(called(answer, W, x, t))
        if array.size != 1:
            raise Slipped("not_one_number", got=shape(array))
        if np.isnan(array).any():
            raise Slipped("log_of_outputs", got=shown(array))
        return float(array.reshape(()))

    start = 0.01 * rng.normal(size=(2, 3))
    elsewhere = rng.normal(size=(2, 2, 3))
    slopes = [numerical_gradient(height, W) for W in (start, *elsewhere)]
    # A jump may lie within h of one of the three.
    if sum(not slope.any() for slope in slopes) > 1:
        raise Slipped("accuracy_as_loss")
    end = _descended(height, start)
    before, after = (softmax_cross_entropy(x @ W, t) for W in (start, end))
    if not after < 1.05 * before:
        raise Slipped("guide_rises")
    if after > 0.9 * before:
        raise Slipped("guide_elsewhere")


def _descended(height: Callable[[Array], float], W: Array) -> Array:
    """Return where descent comes by steps that are halved until the number falls.

    A sum over the samples has a slope many times that of their mean, and needs another
    learning rate.
    """
    for _ in range(60):
        step, here = 0.3 * numerical_gradient(height, W), height(W)
        while height(W - step) > here and 1e-9 < np.abs(step).max() < np.inf:
            step = step / 2
        W = W - step
    return W
