"""Training on digits: a step is compared with the definition, a network is examined."""

from typing import Any

import numpy as np

from kobai.autodiff import numerical_gradient
from kobai.data import load_digits
from kobai.functions import accuracy, softmax_cross_entropy
from kobai.learn.comparison import (
    Case,
    Slipped,
    called,
    compare,
    numbers,
    shape,
)
from kobai.learn.exercises.registry import add_slips, exercise

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
        "no_dict": {
            "en": "A dictionary of the parameters {names} is needed; {got} came.",
            "ja": "パラメータ {names} の辞書が必要ですが、{got} が返りました。",
            "zh": "需要包含参数 {names} 的字典，得到的却是 {got}。",
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
            "en": "It is right for {share} % of the test digits, as one that guesses. Was it "
            "this network that was trained?",
            "ja": "テストデータの {share} % しか正解しません。当てずっぽうと同じです。"
            "学習したのは、このネットワークですか。",
            "zh": "测试数字只答对 {share} %，和瞎猜差不多。训练的是这个网络吗？",
        },
        "not_enough": {
            "en": "It is right for {share} % of the test digits; {asked} % are asked for. More "
            "epochs, a larger rate, or more hidden neurons?",
            "ja": "テストデータの {share} % に正解しました。目標は {asked} % です。エポックを増やす、"
            "学習率を大きくする、隠れ層を広げるなど、試してみましょう。",
            "zh": "测试数字答对了 {share} %，要求是 {asked} %。试试增加轮次数、加大学习率或增加隐藏层的神经元。",
        },
        "slopes_returned": {
            "en": "These are the slopes themselves. Take them, times the "
            "learning rate, from the parameters.",
            "ja": "傾きがそのまま返っています。学習率を掛けて、"
            "パラメータから引きましょう。",
            "zh": "返回的是斜率本身。请乘以学习率，再从参数中减去。",
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
    rate = float(rng.uniform(0.1, 0.9))
    slopes = numerical_gradient(loss, params)
    after = called(answer, loss, params, rate)
    names = ", ".join(params)
    if not isinstance(after, dict) or after.keys() != params.keys():
        raise Slipped("no_dict", names=names, got=_kind(after))
    _check_moved(after, params)
    for name in params:
        moved = {
            "ascent": params[name] + rate * slopes[name],
            "rate_forgotten": params[name] - slopes[name],
            "slopes_returned": slopes[name],
        }
        needed = params[name] - rate * slopes[name]
        compare(lambda found: found, [Case((after[name],), needed, moved)])


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
    if not hasattr(answer, "predict"):
        raise Slipped("no_network", got=type(answer).__name__)
    data = load_digits()
    inputs = data.x_test.shape[1]
    try:
        y = np.asarray(answer.predict(data.x_test))
    except Exception as error:
        raise Slipped("wrong_sizes", inputs=inputs, error=error) from error
    if y.shape != (len(data.x_test), 10):
        raise Slipped("wrong_sizes", inputs=inputs, error=shape(y))
    share = float(accuracy(y, data.t_test))
    percent = f"{100 * share:.1f}"
    if share < CHANCE:
        raise Slipped("not_trained", share=percent)
    if share < ASKED:
        raise Slipped("not_enough", share=percent, asked=f"{100 * ASKED:.0f}")
