"""A single neuron that learns a sine."""
# %% [title] lang=en
# A single neuron learns a sine
# %% [title] lang=ja
# 1 つのニューロンがサインを学ぶ
# %% [title] lang=zh
# 单个神经元学习正弦

# %% [markdown] step=1 lang=en
# ## The smallest network there is
#
# One neuron with one input: it multiplies, adds, and bends the sum into 0 to 1.
#
#     u = x w + b
#     y = sigmoid(u)
#
# Two numbers, w and b, are all it can learn. It shall learn half a wave of the sine, on
# inputs from −π/2 to π/2, moved up and made half as high, so that it lies between 0 and
# 1. Watch how its curve bends towards the dashed one.
# %% [markdown] step=1 lang=ja
# ## いちばん小さなネットワーク
#
# 入力が 1 つのニューロンが 1 つだけ。掛けて、足して、その和を 0 から 1 の間の値に変えます。
#
#     u = x w + b
#     y = sigmoid(u)
#
# 学習できるのは w と b の 2 つの数だけです。−π/2 から π/2 までの入力に対するサインの波の半分を、
# 0 と 1 の間に収まるように持ち上げ、高さを半分にして学ばせます。
# 曲線が破線の目標に近づいていく様子を見てみましょう。
# %% [markdown] step=1 lang=zh
# ## 最小的神经网络
#
# 只有一个输入的单个神经元：先乘，再加，然后把总和变到 0 与 1 之间。
#
#     u = x w + b
#     y = sigmoid(u)
#
# 它能学的只有 w 和 b 两个数。要学的是半个正弦波，输入从 −π/2 到 π/2，
# 并且上移、高度减半，使它落在 0 与 1 之间。看看它的曲线是怎样靠近虚线的。
# %% [figure] step=1 lab=neuron gallery=neuron-sine

# %% [markdown] step=2 lang=en
# ## How wrong is it?
#
# Nine points of the wave are enough to learn from. Below is the error, half the sum of the
# squares over the nine, for four choices of w and b: three numbers in a line, w, b and the
# error.
# %% [markdown] step=2 lang=ja
# ## どれだけ外れているか
#
# 波の上の 9 個の点があれば学べます。下は、w と b の選び方 4 通りについての誤差、
# つまり 9 個の点についての 2 乗和の半分です。1 行に w、b、誤差の順に並びます。
# %% [markdown] step=2 lang=zh
# ## 差了多少？
#
# 取波上的九个点就足够学习了。下面对 w 和 b 的四种取值求误差，
# 即九个点上平方和的一半：每行三个数，依次是 w、b 和误差。
# %% step=2
import numpy as np

x = np.linspace(-np.pi / 2, np.pi / 2, 9)
t = (np.sin(x) + 1) / 2


def sigmoid(u):
    return 1 / (1 + np.exp(-u))


def error(w, b):
    y = sigmoid(x * w + b)
    return np.sum((t - y) ** 2) / 2


for w, b in ((0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (2.0, 1.0)):
    print(w, b, round(error(w, b), 4))

# %% [question] step=2 lang=en answer=3
# Where t is larger than y, which way should w be changed?
# 1. always up
# 2. always down
# 3. up for x above 0, down for x below 0
# => A larger w raises the sum only where x is positive; where it is negative, it lowers it.
# %% [question] step=2 lang=ja answer=3
# t が y より大きいとき、w をどちらに変えればよいでしょう。
# 1. いつも大きくする
# 2. いつも小さくする
# 3. x が 0 より大きければ大きく、0 より小さければ小さくする
# => w を大きくすると総和が増えるのは x が正のときだけで、負なら減ります。
# %% [question] step=2 lang=zh answer=3
# 当 t 比 y 大时，w 应当往哪边改？
# 1. 总是变大
# 2. 总是变小
# 3. x 大于 0 时变大，小于 0 时变小
# => 只有 x 为正时，w 变大才会使总和变大；x 为负时反而变小。

# %% [markdown] step=3 lang=en
# ## The error goes back, link by link
#
# For one sample the error is
#
#     E = ½ (t − y)²
#
# How it depends on w is a chain: w changes u, u changes y, y changes E. The slopes of
# the links are multiplied. The sigmoid's own slope is written with its output:
#
#     δ = (y − t) (1 − y) y
#     ∂E/∂w = x δ
#     ∂E/∂b = δ
# %% [markdown] step=3 lang=ja
# ## 誤差がひとつずつ戻っていく
#
# 1 つのサンプルの誤差は次のとおりです。
#
#     E = ½ (t − y)²
#
# E が w によって変わる経路は鎖のようです。w が u を、u が y を、y が E を変えます。
# それぞれの傾きを掛け合わせます。sigmoid 関数の傾きは、その出力で書けます。
#
#     δ = (y − t) (1 − y) y
#     ∂E/∂w = x δ
#     ∂E/∂b = δ
# %% [markdown] step=3 lang=zh
# ## 误差一环一环往回传
#
# 一个样本的误差是：
#
#     E = ½ (t − y)²
#
# E 随 w 变化的路径像一条链：w 改变 u，u 改变 y，y 改变 E。把每一环的斜率相乘即可。
# sigmoid 函数自身的斜率可以用它的输出来表示：
#
#     δ = (y − t) (1 − y) y
#     ∂E/∂w = x δ
#     ∂E/∂b = δ


# %% [markdown] step=4 lang=en
# ## Your turn: the two slopes
#
# Write `neuron_gradients(w, b, x, t)` for a single sample: return ∂E/∂w and ∂E/∂b, in
# this order. The function `sigmoid` is there already.
# %% [markdown] step=4 lang=ja
# ## 演習：ふたつの傾き
#
# 1 つのサンプルについて `neuron_gradients(w, b, x, t)` を書き、∂E/∂w と ∂E/∂b を
# この順に返しましょう。関数 `sigmoid` はもうあります。
# %% [markdown] step=4 lang=zh
# ## 练习：两个斜率
#
# 请为单个样本写出 `neuron_gradients(w, b, x, t)`，依次返回 ∂E/∂w 和 ∂E/∂b。
# 函数 `sigmoid` 已经有了。
# %% [exercise] step=4 name=neuron_gradients
def neuron_gradients(w, b, x, t):
    return ...


# %% [hint] name=neuron_gradients lang=en
# First forwards: the sum, then the output y.
# %% [hint] name=neuron_gradients lang=en
# Then δ, from y and t alone.
# %% [hint] name=neuron_gradients lang=en
# The weight's slope is `x * delta`, the bias's `delta`.
# %% [hint] name=neuron_gradients lang=ja
# まず順方向に、総和を、次に出力 y を求めます。
# %% [hint] name=neuron_gradients lang=ja
# 次に、y と t だけから δ を求めます。
# %% [hint] name=neuron_gradients lang=ja
# 重みの傾きは `x * delta`、バイアスの傾きは `delta` です。
# %% [hint] name=neuron_gradients lang=zh
# 先正向计算：先求总和，再求输出 y。
# %% [hint] name=neuron_gradients lang=zh
# 然后只用 y 和 t 求出 δ。
# %% [hint] name=neuron_gradients lang=zh
# 权重的斜率是 `x * delta`，偏置的斜率是 `delta`。
# %% [solution] name=neuron_gradients
def neuron_gradients(w, b, x, t):
    y = sigmoid(w * x + b)
    delta = (y - t) * (1 - y) * y
    return x * delta, delta


# %% [markdown] step=5 lang=en
# ## Your turn: an epoch, sample by sample
#
# Write `train_epoch(w, b, x, t, learning_rate)`: for each sample in turn take one step of
# gradient descent, and return w and b after the last. Mind that both slopes belong to the
# same moment: work out both before you change either.
# %% [markdown] step=5 lang=ja
# ## 演習：1 サンプルずつ、1 エポック
#
# `train_epoch(w, b, x, t, learning_rate)` を書きましょう。サンプルをひとつずつ順に取り、
# そのたびに勾配降下法で一歩進み、最後の w と b を返します。
# ふたつの傾きは同じ時点のものです。どちらかを変える前に、両方を求めておきましょう。
# %% [markdown] step=5 lang=zh
# ## 练习：逐个样本训练一轮
#
# 请写出 `train_epoch(w, b, x, t, learning_rate)`：依次对每个样本做一步梯度下降法，
# 返回最后的 w 和 b。注意两个斜率属于同一时刻：改动任何一个之前，先把两个都求出来。
# %% [exercise] step=5 name=train_epoch
def train_epoch(w, b, x, t, learning_rate):
    return ...


# %% [hint] name=train_epoch lang=en
# A loop over pairs: `for each, target in zip(x, t):`
# %% [hint] name=train_epoch lang=en
# In it the lines of the exercise before, and then two subtractions.
# %% [hint] name=train_epoch lang=en
# The `return` stands after the loop, not inside.
# %% [hint] name=train_epoch lang=ja
# 組のループです。`for each, target in zip(x, t):`
# %% [hint] name=train_epoch lang=ja
# その中に前の演習の行を書き、そのあとに引き算をふたつ書きます。
# %% [hint] name=train_epoch lang=ja
# `return` はループの中ではなく、後に書きます。
# %% [hint] name=train_epoch lang=zh
# 对成对的数循环：`for each, target in zip(x, t):`
# %% [hint] name=train_epoch lang=zh
# 循环里写上一个练习的那几行，再写两个减法。
# %% [hint] name=train_epoch lang=zh
# `return` 写在循环之后，不要写在里面。
# %% [solution] name=train_epoch
def train_epoch(w, b, x, t, learning_rate):
    for each, target in zip(x, t, strict=True):
        y = sigmoid(w * each + b)
        delta = (y - target) * (1 - y) * y
        w = w - learning_rate * each * delta
        b = b - learning_rate * delta
    return w, b


# %% [markdown] step=6 lang=en
# ## The whole training
#
# Kobai needs only the function `error` from above, in plain NumPy, and finds the slopes by
# itself. Here it takes 100 steps on all samples together, from w = −1 and b = 1: the step, w
# and b, the error. It comes close, and below the error of w = 2; perfect it cannot be, since
# no sigmoid is a sine.
# %% [markdown] step=6 lang=ja
# ## 学習の全体
#
# Kobai には、上でふつうの NumPy で書いた関数 `error` だけを渡します。傾きは Kobai が
# 求めます。ここでは w = −1、b = 1 から始め、全サンプルをまとめて 100 歩進みます。ステップ、w と b、
# 誤差の順に表示します。曲線はかなり近づき、誤差は w = 2 のときより小さくなります。
# 完全には一致しません。sigmoid 関数はサインではないからです。
# %% [markdown] step=6 lang=zh
# ## 完整的训练
#
# Kobai 只需要上面用普通 NumPy 写出的函数 `error`，斜率由它自己求出。
# 这里从 w = −1、b = 1 开始，用全部样本走 100 步，依次显示步数、w 和 b、误差。
# 曲线很接近了，误差比 w = 2 时还小；但不可能完全重合，因为 sigmoid 毕竟不是正弦。
# %% step=6
import kobai


def total(params):
    return error(params[0], params[1])


start = np.array([-1.0, 1.0])
walk = kobai.gradient_descent(total, start, learning_rate=0.5, steps=100)
for step in (0, 10, 100):
    print(step, walk.path[step].round(3), walk.values[step].round(5))

# %% [summary] lang=en
# - A neuron multiplies, adds and bends; w and b are what it learns.
# - δ carries the error back through the sigmoid; times the input it is the weight's slope.
# - Work out all slopes before you change any parameter.
# %% [summary] lang=ja
# - ニューロンは、掛けて、足して、sigmoid 関数に通します。学習するのは w と b です。
# - δ は誤差を sigmoid 関数の手前に戻したものです。入力を掛けると重みの傾きになります。
# - どのパラメータを変えるときも、先にすべての傾きを求めておきます。
# %% [summary] lang=zh
# - 神经元先乘，再加，再经过 sigmoid；它学习的是 w 和 b。
# - δ 把误差传回 sigmoid 之前；乘以输入就是权重的斜率。
# - 改动任何参数之前，先求出所有的斜率。
# %% [reading] lang=en
# K. Saito, *Deep Learning from Scratch* (in Japanese), chapter 5. D. Rumelhart, G.
# Hinton and R. Williams, *Learning representations by back-propagating errors*, Nature,
# 1986.
# %% [reading] lang=ja
# 斎藤康毅『ゼロから作る Deep Learning』5 章。D. Rumelhart、G. Hinton、R. Williams、
# *Learning representations by back-propagating errors*、Nature、1986 年。
# %% [reading] lang=zh
# 斋藤康毅《深度学习入门：基于 Python 的理论与实现》第 5 章。D. Rumelhart、G. Hinton、R. Williams，
# *Learning representations by back-propagating errors*，Nature，1986 年。
