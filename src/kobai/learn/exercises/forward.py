"""Networks by hand: answers are compared with sums taken weight by weight."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from kobai.functions import relu, sigmoid, softmax
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
        "other_activation": {
            "en": "The hidden layers bend their sums with another function. Here it is "
            "sigmoid.",
            "ja": "隠れ層で別の活性化関数を使っています。ここでは sigmoid 関数です。",
            "zh": "隐藏层用了别的激活函数。这里要用 sigmoid。",
        },
        "input_activated": {
            "en": "The inputs went through the sigmoid before the first layer. They enter "
            "as they are.",
            "ja": "入力を、最初の層の前に sigmoid 関数に通しています。入力はそのまま使います。",
            "zh": "输入在第一层之前就经过了 sigmoid。输入应原样送进去。",
        },
        "output_activated": {
            "en": "The output went through an activation function, too. Here it is the sum "
            "itself.",
            "ja": "出力層にも活性化関数が使われています。ここでは和をそのまま返します。",
            "zh": "输出层也用了激活函数。这里的输出就是总和本身。",
        },
        "output_forgotten": {
            "en": "This comes out of a hidden layer. There is more behind it, up to the "
            "output layer with W3 and b3.",
            "ja": "隠れ層の値で終わっています。そのあとに、W3 と b3 の出力層まで続きます。",
            "zh": "到隐藏层就结束了，后面还要一直算到 W3 和 b3 的输出层。",
        },
        "layer_skipped": {
            "en": "The output layer gets what comes out of the first hidden layer; the "
            "second is passed by.",
            "ja": "出力層に 1 つ目の隠れ層の出力が入っていて、2 つ目が飛ばされています。",
            "zh": "输出层的输入是第一个隐藏层的输出，第二个隐藏层被跳过了。",
        },
        "one_bias_missing": {
            "en": "Two of the biases are there, and one of b1, b2, b3 is not.",
            "ja": "バイアス b1、b2、b3 のうち、1 つが抜けています。",
            "zh": "偏置 b1、b2、b3 中漏掉了一个。",
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
            "en": "A layer has more than one bias: there is one for each of its neurons.",
            "ja": "バイアスは層に 1 つではありません。その層のニューロンごとに 1 つあります。",
            "zh": "一层不止一个偏置：该层的每个神经元都有一个。",
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
        "one_row_only": {
            "en": "Only the first row of x is in it. `x @ W` takes all the rows at once.",
            "ja": "x の最初の行しか使われていません。`x @ W` なら、全部の行をまとめて計算します。",
            "zh": "只用了 x 的第一行。`x @ W` 会一次算出所有的行。",
        },
        "bias_times_inputs": {
            "en": "b was added before the product, and so is multiplied, too. Add it "
            "after: x @ W + b.",
            "ja": "b を積より先に足しているので、b まで掛け算されています。"
            "積のあとで足しましょう：x @ W + b。",
            "zh": "b 在乘积之前就加了，于是也参与了相乘。请在乘积之后再加：x @ W + b。",
        },
        "last_round_only": {
            "en": "Only the last layer was counted: add up, with `+=`.",
            "ja": "最後の層だけを数えています。`+=` で足していきましょう。",
            "zh": "只算了最后一层：请用 `+=` 累加。",
        },
        "last_layer_missing": {
            "en": "The last layer is not counted. Does the loop end too early?",
            "ja": "最後の層が数えられていません。ループが早く終わっていませんか。",
            "zh": "最后一层没有算进去。循环是不是结束得太早了？",
        },
        "last_biases_only": {
            "en": "Of the biases only those of the last layer were counted. Count each "
            "layer's, inside the loop.",
            "ja": "バイアスは最後の層の分しか数えられていません。ループの中で、層ごとに数えましょう。",
            "zh": "偏置只算了最后一层的。请在循环里逐层计算。",
        },
        "weights_not_counted": {
            "en": "These are the biases alone. The weights, a line from each circle to "
            "each of the next layer, are missing.",
            "ja": "バイアスだけの数です。前の層の丸から次の層の丸への線、つまり重みが抜けています。",
            "zh": "这只是偏置的个数，漏掉了权重，即前一层每个圆圈到后一层每个圆圈的连线。",
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
    # A square first: only so do some slips give a number at all; a small one, to be read.
    for n, d, m in ((2, 2, 2), (4, 2, 3), (2, 3, 1)):
        compare(answer, [_sums(rng, n, d, m) for _ in range(3)])


def _sums(rng: np.random.Generator, n: int, d: int, m: int) -> Case:
    x, W, b = (rng.normal(size=size) for size in ((n, d), (d, m), (m,)))
    needed = [
        [sum(row[i] * W[i, j] for i in range(d)) + b[j] for j in range(m)] for row in x
    ]
    z = x @ W + b
    slips: dict[str, Any] = {
        "bias_forgotten": x @ W,
        "layer_activated": OneOf(bend(z) for bend in (sigmoid, relu, np.tanh, softmax)),
        "bias_times_inputs": x @ (W + b),
        "one_row_only": x[0] @ W + b,
    }
    if n == d == m:
        slips["bias_times_inputs"] = OneOf((x @ (W + b), (x + b) @ W))
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
    needed = _forward(x, params, (1, 2))
    slips = {
        "activation_forgotten": _forward(x, params, ()),
        "first_not_activated": _forward(x, params, (2,)),
        "second_not_activated": _forward(x, params, (1,)),
        "other_activation": OneOf(
            _forward(x, params, (1, 2), bend=bend) for bend in (relu, np.tanh)
        ),
        "input_activated": _forward(sigmoid(x), params, (1, 2)),
        "output_activated": OneOf(bend(needed) for bend in (sigmoid, relu, softmax)),
        "output_forgotten": OneOf(
            _forward(x, params, bent, layers)
            for layers, bent in (
                ((1,), ()),
                ((1,), (1,)),
                ((1, 2), (1,)),
                ((1, 2), (1, 2)),
            )
        ),
        "layer_skipped": _forward(x, params, (1,), layers=(1, 3)),
        "one_bias_missing": OneOf(
            _forward(x, params | {name: 0 * params[name]}, (1, 2))
            for name in ("b1", "b2", "b3")
        ),
        "no_biases": _forward(
            x, {name: p * (name[0] == "W") for name, p in params.items()}, (1, 2)
        ),
    }
    return Case((x, params), needed, slips)


def _forward(
    x: Array,
    params: Params,
    bent: tuple[int, ...],
    layers: tuple[int, ...] = (1, 2, 3),
    bend: Callable[[Array], Array] = sigmoid,
) -> Array:
    """Return what comes out of some layers, of which those in `bent` are activated."""
    for i in layers:
        x = x @ params[f"W{i}"] + params[f"b{i}"]
        x = bend(x) if i in bent else x
    return x


@exercise
def parameter_count(answer: Any, rng: np.random.Generator) -> None:
    """`parameter_count(sizes)`: the weights and biases of a network of these sizes."""
    # Four first: of three, all layers but one are the first alone.
    compare(answer, [_counted(rng, layers) for layers in (4, 3, 5)])


def _counted(rng: np.random.Generator, layers: int) -> Case:
    sizes = [int(size) for size in rng.permutation(np.arange(2, 9))[:layers]]
    network = Network(sizes[0], [Dense(size) for size in sizes[1:]])
    needed = sum(array.size for array in network.params.values())
    rounds = [a * b + b for a, b in pairwise(sizes)]
    weights = needed - sum(sizes[1:])
    slips = {
        "returned_in_loop": rounds[0],
        "last_round_only": rounds[-1],
        "last_layer_missing": needed - rounds[-1],
        "before_the_first": needed + sizes[-1] * sizes[0] + sizes[0],
        "biases_of_layer_before": needed - sizes[-1] + sizes[0],
        "biases_not_counted": weights,
        "biases_of_inputs": needed + sizes[0],
        "bias_of_layers": OneOf((weights + layers - 1, weights + 1)),
        "last_biases_only": weights + sizes[-1],
        "weights_not_counted": needed - weights,
        "circles_counted": sum(sizes),
        "all_multiplied": math.prod(sizes),
    }
    return Case((sizes,), needed, slips)
