"""Back-propagation through one layer, compared with numerical gradients."""

from typing import Any

import numpy as np

from kobai.autodiff import numerical_gradient
from kobai.functions import sigmoid
from kobai.learn.comparison import Case, OneOf, compare
from kobai.learn.exercises.registry import add_slips, exercise

Array = np.ndarray

add_slips(
    {
        "one_sample_only": {
            "en": "Only one sample counts here. The slope is the sum over all of them.",
            "ja": "サンプルが 1 つしか使われていません。傾きは全サンプルについての和です。",
            "zh": "这里只用了一个样本。斜率是所有样本之和。",
        },
        "samples_not_summed": {
            "en": "There is still one for each sample. The slope is the sum over the "
            "samples.",
            "ja": "サンプルごとの値が残っています。傾きはサンプルについての和です。",
            "zh": "每个样本还各有一个值。斜率是对样本求和。",
        },
        "wrong_axis": {
            "en": "The sum goes along the wrong axis: samples are axis 0, and one number "
            "for each neuron is to be left.",
            "ja": "和を取る軸が違います。サンプルは axis 0 で、ニューロンごとに 1 つの数が残ります。",
            "zh": "求和的轴错了：样本在 axis 0，最后应给每个神经元留下一个数。",
        },
        "hidden_slope_forgotten": {
            "en": "The way back through the sigmoid is missing: times (1 − y) y.",
            "ja": "sigmoid 関数を戻るところが抜けています。(1 − y) y を掛けましょう。",
            "zh": "漏掉了往回穿过 sigmoid 的一步：还要乘以 (1 − y) y。",
        },
        "weights_forgotten": {
            "en": "δ came back without its weights: what a neuron did acts on the next "
            "through W.",
            "ja": "δ が重みを通らずに戻っています。ニューロンは W を通して次の層に働きます。",
            "zh": "δ 没有经过权重就传回来了：神经元是通过 W 影响下一层的。",
        },
        "not_transposed": {
            "en": "W was used forwards. On the way back it is Wᵀ: W.T",
            "ja": "W を順方向のまま使っています。戻るときは Wᵀ、つまり W.T です。",
            "zh": "W 用成了正向的。往回传时要用 Wᵀ，即 W.T。",
        },
        "half_of_slope": {
            "en": "Of the slope (1 − y) y only one factor is there.",
            "ja": "傾き (1 − y) y のうち、掛けてあるのは片方だけです。",
            "zh": "斜率 (1 − y) y 只乘了其中一个因子。",
        },
        "output_bent_again": {
            "en": "y is the output of the sigmoid already: no second sigmoid.",
            "ja": "y はすでに sigmoid 関数の出力です。もう一度通す必要はありません。",
            "zh": "y 已经是 sigmoid 的输出了，不必再用一次 sigmoid。",
        },
    }
)


@exercise
def weight_gradient(answer: Any, rng: np.random.Generator) -> None:
    """`weight_gradient(x, delta)`: ∂E/∂W of a layer z = x W + b, with δ = ∂E/∂z."""
    cases = []
    for n, d, m in ((4, 2, 3), (5, 3, 2)):
        x, delta = rng.normal(size=(n, d)), rng.normal(size=(n, m))

        def loss(W: Array, x: Array = x, delta: Array = delta) -> Any:
            return np.sum(delta * (x @ W))

        needed = numerical_gradient(loss, np.zeros((d, m)))
        each = x[:, :, np.newaxis] * delta[:, np.newaxis, :]
        slips = {"one_sample_only": OneOf(each), "samples_not_summed": each}
        cases.append(Case((x, delta), needed, slips, rows=n))
    compare(answer, cases)


@exercise
def bias_gradient(answer: Any, rng: np.random.Generator) -> None:
    """`bias_gradient(delta)`: ∂E/∂b of a layer z = x W + b, with δ = ∂E/∂z."""
    cases = []
    for n, m in ((4, 3), (5, 2)):
        delta = rng.normal(size=(n, m))

        def loss(b: Array, delta: Array = delta) -> Any:
            return np.sum(delta * b)

        needed = numerical_gradient(loss, np.zeros(m))
        slips = {
            "wrong_axis": OneOf((delta.sum(axis=1), delta.mean(axis=1))),
            "one_sample_only": OneOf(delta),
            "samples_not_summed": delta,
        }
        cases.append(Case((delta,), needed, slips, rows=n))
    compare(answer, cases)


@exercise
def hidden_delta(answer: Any, rng: np.random.Generator) -> None:
    """`hidden_delta(delta, W, y)`: δ before a sigmoid whose output y meets W next."""
    cases = []
    for n, d, m in ((3, 2, 2), (4, 3, 3)):
        z, W, delta = (rng.normal(size=shape) for shape in ((n, d), (d, m), (n, m)))
        y = sigmoid(z)

        def loss(z: Array, W: Array = W, delta: Array = delta) -> Any:
            return np.sum(delta * (sigmoid(z) @ W))

        slope = (1 - y) * y
        slips = {
            "hidden_slope_forgotten": delta @ W.T,
            "weights_forgotten": delta * slope,
            "not_transposed": (delta @ W) * slope,
            "half_of_slope": OneOf(delta @ W.T * part for part in (y, 1 - y)),
            "output_bent_again": delta @ W.T * sigmoid(y) * (1 - sigmoid(y)),
        }
        needed = numerical_gradient(loss, z)
        cases.append(Case((delta, W, y), needed, slips, rows=n))
    compare(answer, cases)
