"""Mini-batches: rows drawn at random, and a pass that leaves none of them out."""

import inspect
from typing import Any

import numpy as np

from kobai.learn.comparison import Slipped, called, shown, stopped
from kobai.learn.exercises.registry import add_slips, exercise
from kobai.learn.exercises.samples import (
    expect_each_once,
    expect_pairs,
    parts,
    rows_of,
)

Array = np.ndarray

add_slips(
    {
        "batch_size": {
            "en": "The batch has {got} rows; {needed} are asked for.",
            "ja": "バッチが {got} 行になっています。{needed} 行にしましょう。",
            "zh": "这一批有 {got} 行，要的是 {needed} 行。",
        },
        "first_rows": {
            "en": "These are always the first rows. Most of the data would never be seen.",
            "ja": "いつも先頭の行です。これでは、ほとんどのデータが使われません。",
            "zh": "总是最前面的几行。这样大部分数据永远用不上。",
        },
        "part_of_rows": {
            "en": "After 100 draws {missing} of {n} rows have never come. Draw from all of "
            "them: from len(x).",
            "ja": "100 回選んでも、{n} 行のうち {missing} 行が一度も出ません。"
            "len(x) 行すべてから選びましょう。",
            "zh": "抽了 100 次，{n} 行里有 {missing} 行从未出现。请从全部 len(x) 行中抽取。",
        },
        "not_batches": {
            "en": "It returned {got}. It needs to return a list, with an array of row "
            "numbers for each batch.",
            "ja": "{got} が返りました。バッチごとに行番号の配列を作り、リストで返しましょう。",
            "zh": "返回的是 {got}。请返回一个列表，每一批是一个行号数组。",
        },
        "no_such_row": {
            "en": "There is no row {got}: they are counted from 0 to {last}.",
            "ja": "{got} という行はありません。行番号は 0 から {last} までです。",
            "zh": "没有第 {got} 行：行号从 0 到 {last}。",
        },
        "last_batch_lost": {
            "en": "The last {missing} of {n} rows are lost, as they do not fill a batch. "
            "Keep a smaller last batch.",
            "ja": "{n} 行のうち、バッチに満たない最後の {missing} 行が捨てられています。"
            "最後だけ小さいバッチにしましょう。",
            "zh": "{n} 行里最后 {missing} 行凑不满一批，被丢掉了。请保留较小的最后一批。",
        },
        "slice_ends_early": {
            "en": "All batches behind the first are empty: in [start:end] the end counts "
            "from 0, too. It is start + size.",
            "ja": "2 番目からのバッチが空です。[start:end] の end も 0 から数えるので、"
            "start + size と書きましょう。",
            "zh": "从第二批起都是空的：[start:end] 的 end 也从 0 数起，应为 start + size。",
        },
        "batch_sizes": {
            "en": "The batches have {got} rows; {needed} are asked for, and what is left "
            "in the last one.",
            "ja": "バッチの行数が {got} です。{needed} 行ずつ、最後だけ残りの行数にしましょう。",
            "zh": "各批的行数是 {got}。每批应有 {needed} 行，最后一批是剩下的行。",
        },
    }
)


@exercise
def draw_batch(answer: Any, rng: np.random.Generator) -> None:
    """`draw_batch(x, t, size, rng)`: rows of x and t, drawn together at random."""
    # Targets that are no row numbers, which else might come in their place.
    x, t = rng.normal(size=(40, 3)), 100 + rng.permutation(40)
    draws = [_drawn(answer, x, t, 5, seed) for seed in range(100)]
    if all(np.array_equal(rows, np.arange(5)) for rows in draws):
        raise Slipped("first_rows")
    if all(np.array_equal(rows, draws[0]) for rows in draws):
        raise Slipped("drawn_once")
    missing = len(x) - len(np.unique(draws))
    # Of fair draws one in 100,000 leaves a row out: 40 (35/40)¹⁰⁰.
    if missing:
        raise Slipped("part_of_rows", missing=missing, n=len(x))
    once, again = (_drawn(answer, x, t, 8, 0) for _ in range(2))
    if not np.array_equal(once, again):
        raise Slipped("rng_not_used")


def _drawn(answer: Any, x: Array, t: Array, size: int, seed: int) -> Array:
    """Return the numbers of the rows drawn."""
    got = called(answer, x, t, size, np.random.default_rng(seed))
    x_batch, t_batch = parts(got, 2)
    rows = rows_of(x_batch, x, "x_batch")
    if len(rows) != size:
        raise Slipped("batch_size", got=len(rows), needed=size)
    expect_pairs(rows, t_batch, t)
    return rows


@exercise
def epoch_batches(answer: Any, rng: np.random.Generator) -> None:
    """`epoch_batches(n, size, rng)`: row numbers, in batches, each of them once."""
    passes = [_one_pass(answer, 23, 5, seed) for seed in (1, 2)]
    if np.array_equal(passes[0], np.arange(23)):
        raise Slipped("not_shuffled")
    if np.array_equal(passes[0], passes[1]):
        raise Slipped("drawn_once")
    once, again = (_one_pass(answer, 12, 4, 3) for _ in range(2))
    if not np.array_equal(once, again):
        raise Slipped("rng_not_used")


def _one_pass(answer: Any, n: int, size: int, seed: int) -> Array:
    """Return the row numbers of one pass, in order."""
    batches = _batches(answer, n, size, seed)
    rows = np.concatenate(batches)
    if (outside := rows[(rows < 0) | (rows >= n)]).size:
        raise Slipped("no_such_row", got=int(outside[0]), last=n - 1)
    if len(batches) == 1 and len(rows) == size < n:
        raise Slipped("returned_in_loop")
    if len(batches) > 1 and not any(map(len, batches[1:])):
        raise Slipped("slice_ends_early")
    missing = n - len(rows)
    if missing == n % size and missing and len(np.unique(rows)) == len(rows):
        raise Slipped("last_batch_lost", missing=missing, n=n)
    expect_each_once(rows, n)
    sizes = [len(batch) for batch in batches]
    if sizes[:-1] != [size] * (n // size - (n % size == 0)) or sizes[-1] > size:
        raise Slipped("batch_sizes", got=shown(sizes), needed=size)
    return rows


def _batches(answer: Any, n: int, size: int, seed: int) -> list[Array]:
    arguments = (n, size, np.random.default_rng(seed))
    got = called(answer, *arguments)
    try:
        # A generator runs only now, and may stop with any error.
        batches = [np.asarray(batch) for batch in got]
    except Exception as error:
        if not inspect.isgenerator(got):
            raise Slipped("not_batches", got=shown(got)) from error
        raise stopped(answer, error, arguments) from error
    for batch in batches:
        if batch.ndim != 1 or batch.dtype.kind not in "iu":
            raise Slipped("not_batches", got=f"[{shown(batch)}, …]")
    if not batches:
        raise Slipped("not_batches", got="[]")
    return batches
