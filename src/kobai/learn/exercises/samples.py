"""Samples: data held back for the test, and what it is there for."""

from typing import Any

import numpy as np

from kobai.learn.comparison import (
    Case,
    OneOf,
    Slipped,
    called,
    called_so,
    compare,
    numbers,
    shape,
)
from kobai.learn.exercises.registry import add_slips, exercise

Array = np.ndarray

add_slips(
    {
        "not_so_many": {
            "en": "It needs to return {wanted} arrays; {got} came.",
            "ja": "配列を {wanted} 個返す必要がありますが、{got} 個でした。",
            "zh": "需要返回 {wanted} 个数组，实际返回了 {got} 个。",
        },
        "order_of_parts": {
            "en": "The order is x_train, t_train, x_test, t_test.",
            "ja": "返す順番は x_train, t_train, x_test, t_test です。",
            "zh": "返回的顺序应为 x_train, t_train, x_test, t_test。",
        },
        "strange_rows": {
            "en": "The result has rows that are not in x. Rows are chosen, not changed.",
            "ja": "x にない行が混じっています。行は選ぶだけで、書き換えません。",
            "zh": "结果里有 x 中没有的行。只能挑选行，不能改动它们。",
        },
        "rows_in_both": {
            "en": "Some rows are in both parts: the test would ask what was trained on, "
            "and praise learning by heart.",
            "ja": "両方に入っている行があります。訓練した問題がテストに出るので、"
            "丸暗記でも良い点になってしまいます。",
            "zh": "有些行同时出现在两部分里：考的是训练过的题，死记硬背也能得高分。",
        },
        "rows_lost": {
            "en": "{missing} of {n} rows are lost. Each row belongs somewhere.",
            "ja": "{n} 行のうち {missing} 行がなくなっています。どの行も必ずどこかに入れましょう。",
            "zh": "{n} 行里丢了 {missing} 行。每一行都要有归处。",
        },
        "rows_twice": {
            "en": "Some rows come twice. Shuffle all row numbers once, and then cut.",
            "ja": "2 回出てくる行があります。行番号全体を一度だけ混ぜてから、切り分けましょう。",
            "zh": "有些行出现了两次。先把全部行号打乱一次，再切开。",
        },
        "pairs_broken": {
            "en": "x and t no longer belong together. Take both by the same row numbers.",
            "ja": "x と t の対応が崩れています。どちらも同じ行番号で取り出しましょう。",
            "zh": "x 与 t 对不上了。两者要用同一组行号来取。",
        },
        "shares_swapped": {
            "en": "The two parts are exchanged: the share is that of the test data.",
            "ja": "ふたつが逆になっています。share はテストデータの割合です。",
            "zh": "两部分弄反了：share 是测试数据所占的比例。",
        },
        "share_wrong": {
            "en": "{got} rows are held back; it needs to be {needed}.",
            "ja": "テスト用が {got} 行になっています。{needed} 行にしましょう。",
            "zh": "留作测试的有 {got} 行，应当是 {needed} 行。",
        },
        "not_shuffled": {
            "en": "The rows keep their order. Data often comes sorted by label, so "
            "shuffle first.",
            "ja": "行が元の順番のままです。データはラベル順に並んでいることが多いので、"
            "先に混ぜましょう。",
            "zh": "行还是原来的顺序。数据常按标签排好，所以要先打乱。",
        },
        "part_shuffled": {
            "en": "Only the first rows were shuffled, and are always the test. Shuffle all "
            "row numbers, len(x) of them, and then cut.",
            "ja": "混ぜているのは先頭の行だけで、いつもそれがテスト用になります。"
            "len(x) 個の行番号全体を混ぜてから、切り分けましょう。",
            "zh": "只打乱了最前面的几行，测试用的总是它们。请把 len(x) 个行号全部打乱，"
            "再切开。",
        },
        "rng_not_used": {
            "en": "An rng that begins alike has to give the same rows again; these differ. "
            "Draw from the rng that is given, as rng.permutation does.",
            "ja": "同じ状態の rng なら同じ行になるはずですが、違う行が返りました。"
            "rng.permutation のように、渡された rng で選びましょう。",
            "zh": "起点相同的 rng 应当给出同样的行，这里却不同。请用传入的 rng 来抽取，"
            "例如 rng.permutation。",
        },
        "shape_of_part": {
            "en": "{part} has the shape {got}; as rows of x it needs {needed}.",
            "ja": "{part} の形が {got} です。x の行なので {needed} になるはずです。",
            "zh": "{part} 的形状是 {got}；它是 x 的若干行，应为 {needed}。",
        },
        "which_network": {
            "en": "One number is needed, which network it is; an array of shape {got} "
            "came.",
            "ja": "何番目のネットワークかを表す 1 つの数が必要ですが、形 {got} の配列が"
            "返りました。",
            "zh": "需要一个数，表示是第几个网络，却得到形状为 {got} 的数组。",
        },
        "all_ranked": {
            "en": "This ranks all networks. Return the number of the best alone.",
            "ja": "すべてのネットワークの順位になっています。"
            "いちばん良いものの番号だけを返しましょう。",
            "zh": "这是所有网络的排名。请只返回最好的那个的序号。",
        },
        "drawn_once": {
            "en": "The same rows come each time. Draw anew at each call, from the rng "
            "that is given.",
            "ja": "毎回同じ行になっています。渡された rng を使い、呼ばれるたびに選び直しましょう。",
            "zh": "每次都是同样的行。请用传入的 rng，每次调用都重新抽取。",
        },
        "chose_by_training": {
            "en": "This chooses by the training data, where learning by heart wins. "
            "Choose by the data held back.",
            "ja": "訓練データで選んでいます。それでは丸暗記がいちばんになります。"
            "取り分けておいたデータで選びましょう。",
            "zh": "这是按训练数据选的，那样死记硬背的会胜出。请按留出的数据来选。",
        },
        "smallest_gap": {
            "en": "This chooses the smallest gap. A network that is poor at both has a "
            "small gap, too.",
            "ja": "差がいちばん小さいものを選んでいます。どちらも低いネットワークでも、"
            "差は小さくなります。",
            "zh": "这是选差距最小的。两边都很差的网络，差距也很小。",
        },
        "chose_worst": {
            "en": "This is the worst of them. The highest accuracy is wanted.",
            "ja": "いちばん低いものを選んでいます。求めるのはいちばん高いものです。",
            "zh": "选到了最差的一个。要的是识别精度最高的。",
        },
        "value_not_index": {
            "en": "It returns the accuracy. Return which network it is, counted from 0.",
            "ja": "認識精度そのものが返っています。0 から数えて何番目のネットワークかを"
            "返しましょう。",
            "zh": "返回的是识别精度本身。请返回它是第几个网络，从 0 数起。",
        },
        "counted_from_one": {
            "en": "Counted from 1. In Python the first one has the number 0.",
            "ja": "1 から数えています。Python では最初が 0 番です。",
            "zh": "这是从 1 数起的。Python 里第一个是 0 号。",
        },
    }
)


@exercise
def split(answer: Any, rng: np.random.Generator) -> None:
    """`split(x, t, share, rng)`: x_train, t_train, x_test, t_test, drawn at random."""
    # Targets that are no row numbers, which else might come in their place.
    x, t = rng.normal(size=(30, 3)), 100 + rng.permutation(30)
    test_rows = [
        _test_rows(answer, x, t, share, seed)
        for share, seed in ((0.2, 1), (0.2, 2), (0.3, 3), (0.3, 3))
    ]
    if not np.array_equal(test_rows[2], test_rows[3]):
        raise Slipped("rng_not_used")
    if np.array_equal(test_rows[0], test_rows[1]):
        raise Slipped("drawn_once")


def _test_rows(answer: Any, x: Array, t: Array, share: float, seed: int) -> Array:
    """Return the numbers of the rows held back; `Slipped` where a part is wrong."""
    got = called(answer, x, t, share, np.random.default_rng(seed))
    x_train, t_train, x_test, t_test = parts(got, 4)
    if t_train.ndim == 2 and x_test.ndim == 1:
        raise Slipped("order_of_parts")
    train, test = rows_of(x_train, x, "x_train"), rows_of(x_test, x, "x_test")
    if np.intersect1d(train, test).size:
        raise Slipped("rows_in_both")
    expect_each_once(np.concatenate([train, test]), len(x))
    _expect_share(len(test), round(share * len(x)), len(x))
    expect_pairs(train, t_train, t)
    expect_pairs(test, t_test, t)
    if np.ptp(test) == len(test) - 1:
        is_sorted = (np.diff(test) > 0).all()
        raise Slipped("not_shuffled" if is_sorted else "part_shuffled")
    return test


def _expect_share(got: int, needed: int, n: int) -> None:
    if got == n - needed:
        raise Slipped("shares_swapped")
    if got != needed:
        raise Slipped("share_wrong", got=got, needed=needed)


def parts(got: Any, wanted: int) -> list[Array]:
    """Return the arrays that an answer returned; `Slipped` unless so many came."""
    count = len(got) if isinstance(got, tuple | list) else 1
    if count != wanted:
        raise Slipped("not_so_many", wanted=wanted, got=count)
    return [numbers(part) for part in got]


def rows_of(part: Array, x: Array, name: str) -> Array:
    """Return which rows of x a part of it holds, which messages call by its name."""
    if part.shape[1:] != x.shape[1:]:
        needed = f"(n, {x.shape[1]})"
        raise Slipped("shape_of_part", part=name, got=shape(part), needed=needed)
    is_same = (part[:, np.newaxis] == x).all(axis=2)
    if not is_same.any(axis=1).all():
        raise Slipped("strange_rows")
    rows: Array = is_same.argmax(axis=1)
    return rows


def expect_pairs(rows: Array, t_part: Array, t: Array) -> None:
    """Raise `Slipped` unless the targets are those of the rows."""
    if t_part.shape != rows.shape or (t_part != t[rows]).any():
        raise Slipped("pairs_broken")


def expect_each_once(rows: Array, n: int) -> None:
    """Raise `Slipped` unless each of n rows is there, and only once."""
    found = np.unique(rows)
    if len(found) < len(rows):
        raise Slipped("rows_twice")
    if len(found) < n:
        raise Slipped("rows_lost", missing=n - len(found), n=n)


@exercise
def best_network(answer: Any, rng: np.random.Generator) -> None:
    """`best_network(train, held_out)`: the one that is best on what it never saw."""
    # One that learned by heart wins by the sum, too; after the best comes a fair one.
    train = np.array([0.60, 0.96, 0.85, 1.00, 0.70]) - 0.002 * rng.random(5)
    held_out = train - np.array([0.01, 0.03, 0.05, 0.09, 0.20])
    with called_so("not_one_number", "which_network"):
        compare(answer, [_choice(train, held_out, turn) for turn in (0, 1, 2)])


def _choice(train: Array, held_out: Array, turn: int) -> Case:
    # Other numbers each time: what is always the same would be another slip.
    train, held_out = np.roll(train, turn), np.roll(held_out - 0.02 * turn, turn)
    slips = {
        "chose_by_training": np.argmax(train),
        "smallest_gap": np.argmin(train - held_out),
        "chose_worst": np.argmin(held_out),
        "counted_from_one": np.argmax(held_out) + 1,
        "value_not_index": np.max(held_out),
        "all_ranked": OneOf((np.argsort(held_out), np.argsort(-held_out))),
    }
    return Case((train, held_out), np.argmax(held_out), slips)
