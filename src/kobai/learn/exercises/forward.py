"""Networks by hand: answers are compared with sums taken weight by weight."""

import math
from itertools import pairwise
from typing import Any

import numpy as np

from kobai.functions import sigmoid
from kobai.learn.comparison import Case, OneOf, compare
from kobai.learn.exercises.registry import add_slips, exercise
from kobai.networks import Dense, Network

Array = np.ndarray
Params = dict[str, Array]

add_slips(
    {
        "bias_forgotten": {
            "en": "The bias is missing: add b to every row.",
            "ja": "バイアスが抜けています。どの行にも b を足しましょう。",
            "zh": "漏掉了偏置：每一行都要加上 b。",
        },
        "weights_transposed": {
            "en": "W was turned: W.T exchanges inputs and neurons. The product is x @ W.",
            "ja": "W を転置しています。W.T では入力とニューロンが入れ替わります。積は x @ W です。",
            "zh": "W 被转置了：W.T 会把输入和神经元对调。应当用 x @ W。",
        },
        "weights_first": {
            "en": "This is W @ x. A sample is a row of x, so x stands first: x @ W.",
            "ja": "W @ x になっています。サンプルは x の行なので、x を先に書いて x @ W とします。",
            "zh": "这是 W @ x。样本是 x 的行，所以 x 在前：x @ W。",
        },
        "not_a_matrix_product": {
            "en": "`*` multiplies number by number. For the product of matrices write `@`.",
            "ja": "`*` は要素ごとの掛け算です。行列の積は `@` と書きます。",
            "zh": "`*` 是逐个元素相乘。矩阵乘积要写 `@`。",
        },
        "bias_of_samples": {
            "en": "b was laid along the samples. It has a number for each neuron: `+ b`.",
            "ja": "b がサンプルの向きに足されています。b はニューロンごとの数です。"
            "`+ b` で十分です。",
            "zh": "b 被加到样本方向上了。b 对每个神经元有一个数，写 `+ b` 就行。",
        },
        "activation_forgotten": {
            "en": "No activation function is used: three layers of this kind are one.",
            "ja": "活性化関数がどこにもありません。これでは 3 層でも 1 層と同じです。",
            "zh": "哪里都没有用激活函数：这样的三层只相当于一层。",
        },
        "first_not_activated": {
            "en": "The first hidden layer passes its sums on without the sigmoid.",
            "ja": "1 つ目の隠れ層で sigmoid 関数が抜けています。",
            "zh": "第一个隐藏层漏掉了 sigmoid。",
        },
        "second_not_activated": {
            "en": "The second hidden layer passes its sums on without the sigmoid.",
            "ja": "2 つ目の隠れ層で sigmoid 関数が抜けています。",
            "zh": "第二个隐藏层漏掉了 sigmoid。",
        },
        "output_activated": {
            "en": "The output went through the sigmoid, too. Here it is the sum itself.",
            "ja": "出力層にも sigmoid 関数が使われています。ここでは和をそのまま返します。",
            "zh": "输出层也用了 sigmoid。这里的输出就是总和本身。",
        },
        "output_forgotten": {
            "en": "These are the outputs of the second hidden layer. The output layer, W3 "
            "and b3, is still to come.",
            "ja": "2 つ目の隠れ層の出力です。このあとに W3 と b3 の出力層があります。",
            "zh": "这是第二个隐藏层的输出，后面还有输出层 W3 和 b3。",
        },
        "no_biases": {
            "en": "None of the biases is used: b1, b2, b3.",
            "ja": "バイアス b1、b2、b3 がどれも使われていません。",
            "zh": "偏置 b1、b2、b3 一个也没有用上。",
        },
        "biases_not_counted": {
            "en": "The weights are all there; the biases, one for each neuron, are not.",
            "ja": "重みは全部ありますが、バイアスが数えられていません。ニューロンごとに 1 つあります。",
            "zh": "权重都算了，偏置没有算：每个神经元还有一个偏置。",
        },
        "biases_of_inputs": {
            "en": "The inputs were given biases, too. They add nothing up, and have none.",
            "ja": "入力にもバイアスを数えています。入力は和を取らないので、バイアスはありません。",
            "zh": "给输入也算了偏置。输入不求和，没有偏置。",
        },
        "bias_of_layers": {
            "en": "One bias was counted for each layer. There is one for each neuron of it.",
            "ja": "バイアスを層ごとに 1 つと数えています。その層のニューロンごとに 1 つあります。",
            "zh": "每层只算了一个偏置。该层的每个神经元都有一个。",
        },
        "circles_counted": {
            "en": "These are the circles. Parameters are the lines between them, and a bias "
            "for each circle but the inputs.",
            "ja": "丸の数になっています。パラメータは丸をつなぐ線と、入力以外の丸のバイアスです。",
            "zh": "这是圆圈的个数。参数是圆圈之间的连线，再加上输入以外每个圆圈的偏置。",
        },
        "all_multiplied": {
            "en": "All sizes were multiplied together. Only neighbouring layers are "
            "connected: multiply these, and add.",
            "ja": "すべての数を掛け合わせています。つながっているのは隣どうしの層だけです。"
            "隣どうしを掛けて、足しましょう。",
            "zh": "把所有的数都乘在一起了。只有相邻的层相连：相邻的相乘，再相加。",
        },
        "layer_activated": {
            "en": "The sum went through an activation function. Here it is the "
            "sum itself.",
            "ja": "和に活性化関数を使っています。ここでは和をそのまま返します。",
            "zh": "总和又经过了激活函数。这里要返回的就是总和本身。",
        },
        "bias_times_inputs": {
            "en": "b was added to W, and so is multiplied by x. Add it after the "
            "product: x @ W + b.",
            "ja": "b を W に足しているので、x が掛かっています。"
            "積のあとで足しましょう：x @ W + b。",
            "zh": "b 加到了 W 上，于是也乘了 x。请在乘积之后再加：x @ W + b。",
        },
        "last_round_only": {
            "en": "Only the last layer was counted: add up, with `+=`.",
            "ja": "最後の層だけを数えています。`+=` で足していきましょう。",
            "zh": "只算了最后一层：请用 `+=` 累加。",
        },
        "before_the_first": {
            "en": "The loop begins at 0, and sizes[-1] is the last layer. Begin at 1.",
            "ja": "ループが 0 から始まっています。sizes[-1] は最後の層です。1 "
            "から始めましょう。",
            "zh": "循环从 0 开始了，而 sizes[-1] 是最后一层。请从 1 开始。",
        },
        "biases_of_layer_before": {
            "en": "The biases of the layer before were counted: there is one for "
            "each neuron of the layer itself.",
            "ja": "前の層の数だけバイアスを数えています。バイアスは、"
            "その層のニューロンごとに 1 つです。",
            "zh": "偏置按前一层的个数算了：应是本层的每个神经元一个。",
        },
    }
)


@exercise
def layer(answer: Any, rng: np.random.Generator) -> None:
    """`layer(x, W, b)`: the sums of a layer, a row for each sample."""
    # A square first: only so do some slips give a number at all.
    for n, d, m in ((3, 3, 3), (4, 2, 3), (2, 3, 1)):
        compare(answer, [_sums(rng, n, d, m) for _ in range(3)])


def _sums(rng: np.random.Generator, n: int, d: int, m: int) -> Case:
    x, W, b = (rng.normal(size=size) for size in ((n, d), (d, m), (m,)))
    needed = [
        [sum(row[i] * W[i, j] for i in range(d)) + b[j] for j in range(m)] for row in x
    ]
    slips: dict[str, Any] = {
        "bias_forgotten": x @ W,
        "layer_activated": OneOf((sigmoid(x @ W + b), np.maximum(0, x @ W + b))),
        "bias_times_inputs": x @ (W + b),
    }
    if n == d == m:
        slips |= {
            "weights_transposed": x @ W.T + b,
            "weights_first": W @ x + b,
            "not_a_matrix_product": x * W + b,
            "bias_of_samples": x @ W + b[:, np.newaxis],
        }
    return Case((x, W, b), needed, slips)


@exercise
def predict(answer: Any, rng: np.random.Generator) -> None:
    """`predict(x, params)`: the drawn network 2-3-3-1, sigmoids in the hidden layers."""
    compare(answer, [_predicted(rng, n) for n in (2, 4, 5)])


def _predicted(rng: np.random.Generator, n: int) -> Case:
    sizes = (2, 3, 3, 1)
    params: Params = {}
    for i in range(1, 4):
        params[f"W{i}"] = rng.normal(size=sizes[i - 1 : i + 1])
        params[f"b{i}"] = rng.normal(size=sizes[i])
    x = rng.normal(size=(n, 2))
    bare = {name: p * (name[0] == "W") for name, p in params.items()}
    slips = {
        "activation_forgotten": _forward(x, params, ()),
        "first_not_activated": _forward(x, params, (2,)),
        "second_not_activated": _forward(x, params, (1,)),
        "output_activated": _forward(x, params, (1, 2, 3)),
        "output_forgotten": _forward(x, params, (1, 2), layers=2),
        "no_biases": _forward(x, bare, (1, 2)),
    }
    return Case((x, params), _forward(x, params, (1, 2)), slips)


def _forward(x: Array, params: Params, bent: tuple[int, ...], layers: int = 3) -> Array:
    """Return what comes out of some layers, of which those named end in a sigmoid."""
    for i in range(1, layers + 1):
        x = x @ params[f"W{i}"] + params[f"b{i}"]
        x = sigmoid(x) if i in bent else x
    return x


@exercise
def parameter_count(answer: Any, rng: np.random.Generator) -> None:
    """`parameter_count(sizes)`: the weights and biases of a network of these sizes."""
    compare(answer, [_counted(rng, layers) for layers in (3, 4, 5)])


def _counted(rng: np.random.Generator, layers: int) -> Case:
    sizes = [int(size) for size in rng.permutation(np.arange(2, 9))[:layers]]
    network = Network(sizes[0], [Dense(size) for size in sizes[1:]])
    needed = sum(array.size for array in network.params.values())
    rounds = [a * b + b for a, b in pairwise(sizes)]
    slips = {
        "returned_in_loop": rounds[0],
        "last_round_only": rounds[-1],
        "before_the_first": needed + sizes[-1] * sizes[0] + sizes[0],
        "biases_of_layer_before": needed - sizes[-1] + sizes[0],
        "biases_not_counted": needed - sum(sizes[1:]),
        "biases_of_inputs": needed + sizes[0],
        "bias_of_layers": needed - sum(sizes[1:]) + layers - 1,
        "circles_counted": sum(sizes),
        "all_multiplied": math.prod(sizes),
    }
    return Case((sizes,), needed, slips)
