"""Training on digits: a step is compared with the definition, a network is examined."""

from typing import Any

import numpy as np

from kobai.autodiff import numerical_gradient
from kobai.data import load_digits
from kobai.functions import accuracy, softmax_cross_entropy
from kobai.learn.comparison import (
    Case,
    OneOf,
    Slipped,
    called,
    called_so,
    expect,
    numbers,
    shape,
)
from kobai.learn.exercises.registry import add_slips, exercise
from kobai.training import History

Array = np.ndarray

# What the lesson asks for, and what chance and a network that hardly learned reach.
ASKED, CHANCE = 0.94, 0.25

add_slips(
    {
        "other_parameters": {
            "en": "The parameters that come back are those that were given: a step was "
            "taken with others, or with a copy that was not returned.",
            "ja": "渡したパラメータがそのまま返っています。別のパラメータを更新したか、"
            "更新した写しを返していません。",
            "zh": "返回的参数和传入的一样：更新的是别的参数，或者更新了副本却没有返回它。",
        },
        "one_parameter_left": {
            "en": "Not every parameter was moved: {names} is as it was.",
            "ja": "動いていないパラメータがあります：{names} が元のままです。",
            "zh": "不是每个参数都更新了：{names} 还是原来的样子。",
        },
        "parameters_changed": {
            "en": "The parameters that were given have changed. `-=` writes into the arrays, "
            "which a copy of the dictionary shares: put `params[name] - …` into a new one.",
            "ja": "受け取ったパラメータが書き換わっています。`-=` は配列そのものに書き込み、"
            "辞書を写しても配列は共有されます。`params[name] - …` を新しい辞書に入れましょう。",
            "zh": "传入的参数被改动了。`-=` 会写进数组本身，复制字典并不会复制其中的数组。"
            "请把 `params[name] - …` 放进新的字典。",
        },
        "one_by_one": {
            "en": "A slope was worked out after another parameter had moved. Work out all "
            "of them first, in one call.",
            "ja": "ほかのパラメータを動かしたあとで傾きを求めています。"
            "先に、1 回の呼び出しですべての傾きを求めましょう。",
            "zh": "有的斜率是在别的参数移动之后才求的。请先用一次调用求出所有斜率。",
        },
        "no_dict": {
            "en": "A dictionary of the parameters {names} is needed; {got} came.",
            "ja": "パラメータ {names} の辞書が必要ですが、{got} が返りました。",
            "zh": "需要包含参数 {names} 的字典，得到的却是 {got}。",
        },
        "history_for_network": {
            "en": "`kobai.train` returns the record of the training, and that is `network` "
            "now. The network it trains is the one it was given: keep its name.",
            "ja": "`network` が学習の記録になっています。`kobai.train` が返すのは記録で、学習するのは"
            "渡したネットワークのほうです。その名前に代入しないようにしましょう。",
            "zh": "`network` 成了训练的记录。`kobai.train` 返回的是记录，"
            "被训练的是传给它的网络：请不要用返回值覆盖这个名字。",
        },
        "no_network": {
            "en": "A network that can predict is needed; {got} came. Name it `network`.",
            "ja": "predict できるネットワークが必要ですが、{got} が渡されました。"
            "`network` という名前にしましょう。",
            "zh": "需要一个能 predict 的网络，收到的却是 {got}。请把它命名为 `network`。",
        },
        "wrong_sizes": {
            "en": "The network cannot read a digit: it needs {inputs} inputs and 10 outputs. "
            "({error})",
            "ja": "このネットワークは数字を読めません。入力は {inputs}、出力は 10 個必要です。"
            "（{error}）",
            "zh": "这个网络读不了数字：需要 {inputs} 个输入和 10 个输出。（{error}）",
        },
        "not_trained": {
            "en": "It is right for {share} % of the test digits, hardly more than one that "
            "guesses. Was it this network that was trained, and for long enough?",
            "ja": "テストデータの {share}% しか正解せず、当てずっぽうとほとんど同じです。"
            "学習したのはこのネットワークですか。エポックは足りていますか。",
            "zh": "测试数字只答对 {share}%，和瞎猜差不多。训练的是这个网络吗？轮次够不够？",
        },
        "not_enough": {
            "en": "It is right for {share} % of the test digits; {asked} % are asked for. More "
            "epochs, smaller batches, another optimizer, or more hidden neurons?",
            "ja": "テストデータの {share}% に正解しました。目標は {asked}% です。エポックを増やす、"
            "バッチを小さくする、最適化手法を替える、隠れ層を広げるなど、試してみましょう。",
            "zh": "测试数字答对了 {share}%，要求是 {asked}%。试试增加轮次数、减小批量、"
            "换个优化方法，或增加隐藏层的神经元。",
        },
        "slopes_returned": {
            "en": "The parameters are missing: only the slopes came back. Take these, times "
            "the learning rate, from `params[name]`.",
            "ja": "傾きだけが返っていて、もとのパラメータがありません。"
            "学習率を掛けた傾きを `params[name]` から引きましょう。",
            "zh": "返回的只有斜率，没有原来的参数。请从 `params[name]` 中减去学习率乘以斜率。",
        },
    }
)


@exercise
def train_step(answer: Any, rng: np.random.Generator) -> None:
    """`train_step(loss, params, learning_rate)`: the parameters after one step."""
    x, t = rng.normal(size=(6, 3)), rng.integers(2, size=6)

    def loss(params: dict[str, Array]) -> Any:
        return softmax_cross_entropy(x @ params["W"] + params["b"], t)

    params = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}
    rate = float(rng.uniform(0.3, 0.9))
    slopes = numerical_gradient(loss, params)
    with called_so("input_changed", "parameters_changed"):
        after = called(answer, loss, params, rate)
    names = ", ".join(params)
    if not isinstance(after, dict) or after.keys() != params.keys():
        raise Slipped("no_dict", names=names, got=_kind(after))
    _check_moved(after, params)
    needed = {name: params[name] - rate * slopes[name] for name in params}
    for name in params:
        others = needed | {name: params[name]}
        later = numerical_gradient(loss, others)[name]
        moved = {
            "ascent": params[name] + rate * slopes[name],
            "rate_forgotten": params[name] - slopes[name],
            "slopes_returned": OneOf(k * slopes[name] for k in (1, -1, rate, -rate)),
            "one_by_one": params[name] - rate * later,
        }
        expect(after[name], Case((loss, params, rate), needed[name], moved), answer)


def _kind(after: Any) -> str:
    """Return what came in place of a dictionary; of one, the names in it."""
    if isinstance(after, dict):
        return f"{{{', '.join(map(str, after))}}}"
    return type(after).__name__


def _check_moved(after: dict[str, Any], params: dict[str, Array]) -> None:
    left = [
        name for name in params if np.array_equal(numbers(after[name]), params[name])
    ]
    if len(left) == len(params):
        raise Slipped("other_parameters")
    if left:
        raise Slipped("one_parameter_left", names=", ".join(left))


@exercise
def network(answer: Any, rng: np.random.Generator) -> None:
    """A trained network: right for 94 % of the digits that it has never seen."""
    if answer is ...:
        raise Slipped("untouched")
    if isinstance(answer, History):
        raise Slipped("history_for_network")
    if not hasattr(answer, "predict"):
        raise Slipped("no_network", got=type(answer).__name__)
    data = load_digits()
    inputs = data.x_test.shape[1]
    try:
        y = np.asarray(answer.predict(data.x_test))
    except Exception as error:
        raise Slipped("wrong_sizes", inputs=inputs, error=error) from error
    if y.shape != (len(data.x_test), 10):
        raise Slipped("wrong_sizes", inputs=inputs, error=f"predict: {shape(y)}")
    share = float(accuracy(y, data.t_test))
    percent = f"{100 * share:.1f}"
    if share < CHANCE:
        raise Slipped("not_trained", share=percent)
    if share < ASKED:
        raise Slipped("not_enough", share=percent, asked=f"{100 * ASKED:.0f}")
