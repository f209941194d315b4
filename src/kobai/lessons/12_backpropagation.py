"""Back-propagation: all slopes in one walk back."""
# %% [title] lang=en
# Back-propagation
# %% [title] lang=ja
# 誤差逆伝播法
# %% [title] lang=zh
# 误差反向传播

# %% [markdown] step=1 lang=en
# ## Two runs for every weight?
#
# The numerical gradient asks every weight in turn: a little more, a little less. These
# are two runs of the whole network for each. The network that reads digits has 39,760
# weights and biases; a single step would take 79,520 runs.
#
# Back-propagation finds all slopes exactly in one walk forwards and one walk back. How
# is that possible? Every weight's answer uses the same parts again.
# %% [markdown] step=1 lang=ja
# ## 重みごとに 2 回も計算する？
#
# 数値微分は、重みをひとつずつ「少し増やす」「少し減らす」と調べます。
# 重みひとつにつき、ネットワーク全体を 2 回計算することになります。
# 数字を読むネットワークには重みとバイアスが 39,760 個あるので、一歩進むだけで
# 79,520 回です。
#
# 誤差逆伝播法は、行きと帰りを 1 回ずつ歩くだけで、すべての傾きを正確に求めます。
# どの重みの計算にも、同じ部分が何度も出てくるからです。
# %% [markdown] step=1 lang=zh
# ## 每个权重都要算两遍？
#
# 数值微分对每个权重逐一试探：加一点，减一点。每个权重都要把整个网络算两遍。
# 识别数字的网络有 39,760 个权重和偏置，走一步就要算 79,520 遍。
#
# 误差反向传播只需一次正向、一次反向，就能精确求出所有斜率。
# 为什么可以？因为每个权重的计算里，都反复用到同样的部分。
# %% [markdown] step=1 lang=en
# It works for any calculation, even for a purchase. Above each line stands a number that is
# worked out on the way forwards; below it, with an arrow, one from the way back: how fast
# the sum to pay rises with the number above. Where a product is passed, it is the one to
# its right times the other factor; where a sum is passed, it stays as it is.
# %% [markdown] step=1 lang=ja
# この方法は、買い物のようなどんな計算にも使えます。線の上の数は行きに、矢印の付いた線の下の数は
# 帰りに求めます。下の数は、上の数が増えると支払額がどれだけ速く増えるかを表します。
# 掛け算を戻るときは、右隣の数にもう一方の数を掛け、足し算を戻るときは、そのまま伝えます。
# %% [markdown] step=1 lang=zh
# 这个方法适用于任何计算，哪怕是买东西。线上方的数在正向时求出，线下方带箭头的数在反向时求出：
# 它表示上方的数增大时，付款额增大得多快。往回经过乘法，就把右边的数乘以另一个因数；
# 经过加法，则原样传回。
# %% [figure] step=1 gallery=computational-graph

# %% [question] step=2 lang=en answer=3
# A network gets twice as many weights, and one run through it takes twice as long. How
# much longer does a gradient take?
# 1. twice, in both ways
# 2. twice by numerical derivatives, and no longer by back-propagation
# 3. four times by numerical derivatives, twice by back-propagation
# => The numerical gradient needs twice as many runs, and each takes twice as long.
# Back-propagation always needs one there and back. Below, the runs are counted.
# %% [question] step=2 lang=ja answer=3
# ネットワークの重みを 2 倍に増やし、1 回の計算にかかる時間も 2 倍になりました。
# 勾配を求める時間はどうなるでしょう。
# 1. どちらの方法でも 2 倍
# 2. 数値微分では 2 倍、誤差逆伝播法では変わらない
# 3. 数値微分では 4 倍、誤差逆伝播法では 2 倍
# => 数値微分では計算の回数が 2 倍になり、1 回の時間も 2 倍です。誤差逆伝播法はいつも 1 往復です。
# 下で、計算の回数を数えます。
# %% [question] step=2 lang=zh answer=3
# 网络的权重增加到 2 倍，算一遍的时间也成了 2 倍。求梯度的时间会怎样？
# 1. 两种方法都是 2 倍
# 2. 数值微分是 2 倍，误差反向传播不变
# 3. 数值微分是 4 倍，误差反向传播是 2 倍
# => 数值微分要算的遍数成了 2 倍，每遍的时间也是 2 倍。误差反向传播总是一去一回。
# 下面来数一数算了几遍。
# %% step=2
import kobai
import numpy as np
from kobai.functions import sigmoid, softmax_cross_entropy

rng = np.random.default_rng(0)
x, t = rng.normal(size=(20, 6)), rng.integers(3, size=20)
params = {"W1": rng.normal(size=(6, 5)), "b1": np.zeros(5)}
params |= {"W2": rng.normal(size=(5, 3)), "b2": np.zeros(3)}
runs = 0


def loss(params):
    global runs
    runs += 1
    y = sigmoid(x @ params["W1"] + params["b1"])
    return softmax_cross_entropy(y @ params["W2"] + params["b2"], t)


backward = kobai.gradient(loss, params)
print(runs, [g.shape for g in backward.values()])

# %% [markdown] step=3 lang=en
# ## What goes back: δ
#
# Take one layer, z = x W + b. Suppose somebody tells us, for each of its sums z, how
# fast the error E rises with it. This is δ, another one than the small δ inside the
# logarithm:
#
#     δ = ∂E/∂z
#
# Then the weights are easy; xᵀ is x with rows and columns exchanged:
#
#     ∂E/∂W = xᵀ δ
#
# A weight that leads from input i to neuron j acts through xᵢ, for each sample; the
# product of the matrices adds the samples up. For the last layer, with softmax and
# cross-entropy, δ is the probability y less t, 1 for the true class and else 0, divided by
# the number of samples n, as E is a mean:
#
#     δ = (y − t) / n
# %% [markdown] step=3 lang=ja
# ## 戻っていくもの：δ
#
# 1 つの層 z = x W + b を考えます。総和 z のそれぞれについて、それが増えると誤差 E がどれだけ
# 速く増えるかを、だれかが教えてくれたとします。これを δ と書きます
# （log の中の小さな δ とは別のものです）。
#
#     δ = ∂E/∂z
#
# これがあれば、重みの傾きは簡単です。xᵀ は x の行と列を入れ替えたものです。
#
#     ∂E/∂W = xᵀ δ
#
# 入力 i からニューロン j への重みは、サンプルごとに xᵢ を通して働きます。
# サンプルについての和は行列の積が取ってくれます。ソフトマックス関数と交差エントロピー誤差を使う
# 最後の層では、確率 y から t（正解クラスなら 1、ほかは 0）を引き、E は平均なのでサンプル数 n で
# 割ったものが δ です。
#
#     δ = (y − t) / n
# %% [markdown] step=3 lang=zh
# ## 往回传的是 δ
#
# 取一层 z = x W + b。假设有人告诉我们：每个总和 z 增大时，误差 E 增大得多快。
# 把它记作 δ（不是 log 里面那个微小的 δ）：
#
#     δ = ∂E/∂z
#
# 有了它，权重的斜率就很简单；xᵀ 是把 x 的行和列对调：
#
#     ∂E/∂W = xᵀ δ
#
# 从输入 i 到神经元 j 的权重，在每个样本中都通过 xᵢ 起作用；对样本求和由矩阵乘积完成。
# 最后一层用 softmax 和交叉熵误差时，用概率 y 减去 t（真实类别为 1，其余为 0），
# 再除以样本数 n（因为 E 是平均值），就是 δ：
#
#     δ = (y − t) / n


# %% [markdown] step=4 lang=en
# ## Your turn: the weights and the biases of a layer
#
# Write `weight_gradient(x, delta)` and `bias_gradient(delta)`, for ∂E/∂W and ∂E/∂b. The
# inputs `x` have a row for each sample, `delta` too. A bias is a weight whose input is
# always 1.
# %% [markdown] step=4 lang=ja
# ## 演習：層の重みとバイアス
#
# ∂E/∂W を返す `weight_gradient(x, delta)` と、∂E/∂b を返す `bias_gradient(delta)` を
# 書きましょう。入力 `x` も `delta` も、1 行が 1 サンプルです。バイアスは、入力がいつも 1 の重みと考えられます。
# %% [markdown] step=4 lang=zh
# ## 练习：一层的权重与偏置
#
# 请写出 `weight_gradient(x, delta)` 和 `bias_gradient(delta)`，分别返回 ∂E/∂W 和 ∂E/∂b。
# 输入 `x` 和 `delta` 都是每行一个样本。偏置可以看作输入恒为 1 的权重。
# %% [exercise] step=4 name=weight_gradient
def weight_gradient(x, delta):
    return ...


# %% [exercise] step=4 name=bias_gradient
def bias_gradient(delta):
    return ...


# %% [hint] name=weight_gradient lang=en
# The result has a row for each input and a column for each neuron, as W has.
# %% [hint] name=weight_gradient lang=en
# x is (n, inputs) and δ (n, neurons): what product gives (inputs, neurons)?
# %% [hint] name=weight_gradient lang=en
# `x.T` is (inputs, n). The mean is in δ already.
# %% [hint] name=weight_gradient lang=ja
# 結果は W と同じく、行が入力、列がニューロンです。
# %% [hint] name=weight_gradient lang=ja
# x は（n、入力数）、δ は（n、ニューロン数）です。どんな積なら（入力数、ニューロン数）になるでしょう。
# %% [hint] name=weight_gradient lang=ja
# `x.T` は（入力数、n）です。平均はもう δ に含まれています。
# %% [hint] name=weight_gradient lang=zh
# 结果与 W 一样：每行对应一个输入，每列对应一个神经元。
# %% [hint] name=weight_gradient lang=zh
# x 是（n，输入数），δ 是（n，神经元数）：怎样相乘才得到（输入数，神经元数）？
# %% [hint] name=weight_gradient lang=zh
# `x.T` 是（输入数，n）。平均已经包含在 δ 里了。
# %% [solution] name=weight_gradient
def weight_gradient(x, delta):
    return x.T @ delta


# %% [hint] name=bias_gradient lang=en
# Put a 1 for every input of the formula for the weights.
# %% [hint] name=bias_gradient lang=en
# What is left is a sum over the samples.
# %% [hint] name=bias_gradient lang=en
# Samples are the rows: sum with `axis=0`.
# %% [hint] name=bias_gradient lang=ja
# 重みの式で、入力をすべて 1 にしてみましょう。
# %% [hint] name=bias_gradient lang=ja
# 残るのはサンプルについての和です。
# %% [hint] name=bias_gradient lang=ja
# サンプルは行なので、`axis=0` で和を取ります。
# %% [hint] name=bias_gradient lang=zh
# 在权重的公式里，把输入全部换成 1。
# %% [hint] name=bias_gradient lang=zh
# 剩下的就是对样本求和。
# %% [hint] name=bias_gradient lang=zh
# 样本是行，所以用 `axis=0` 求和。
# %% [solution] name=bias_gradient
def bias_gradient(delta):
    return delta.sum(axis=0)


# %% [markdown] step=5 lang=en
# ## Your turn: one layer back
#
# The inputs of this layer were the outputs y of the sigmoids before it. Each y acts on
# every neuron of this layer, through its weights, so the δ of all of them come back to it,
# each times its weight. From y back to its sum the slope of the sigmoid is one factor more:
#
#     δ₁ = (δ₂ Wᵀ) (1 − y) y
#
# Write `hidden_delta(delta, W, y)`; `delta` is δ₂. With this, any number of layers can be
# walked back. But at each of them the gradient is multiplied by a slope of ¼ at most: in
# the figure, see how much of it comes to the first.
# %% [markdown] step=5 lang=ja
# ## 演習：ひとつ前の層へ
#
# この層の入力は、前の層の sigmoid 関数の出力 y でした。y のひとつひとつは、重みを通して、
# この層のすべてのニューロンに働きます。だから、どのニューロンの δ も、その重みを掛けて y に
# 戻ってきます。y からその総和まで戻るには、さらに sigmoid 関数の傾きを掛けます。
#
#     δ₁ = (δ₂ Wᵀ) (1 − y) y
#
# `hidden_delta(delta, W, y)` を書きましょう。`delta` は δ₂ です。これで何層でも戻れます。
# ただし、1 層ごとに ¼ 以下の傾きが掛かります。最初の層にどれだけ届くか、図で見てみましょう。
# %% [markdown] step=5 lang=zh
# ## 练习：往前一层
#
# 这一层的输入，就是前一层 sigmoid 的输出 y。每个 y 都通过权重影响这一层的所有神经元，
# 所以每个神经元的 δ 都要乘以相应的权重，传回给 y。从 y 再往回到它的总和，
# 还要乘以 sigmoid 的斜率：
#
#     δ₁ = (δ₂ Wᵀ) (1 − y) y
#
# 请写出 `hidden_delta(delta, W, y)`，其中 `delta` 是 δ₂。有了它，多少层都能传回去。
# 不过每经过一层，就要乘上一个不超过 ¼ 的斜率：请在图中看看，传到第一层还剩多少。
# %% [figure] step=5 lab=vanishing gallery=vanishing-gradients
# %% [exercise] step=5 name=hidden_delta
def hidden_delta(delta, W, y):
    return ...


# %% [hint] name=hidden_delta lang=en
# The result has the shape of y: a row for each sample, a column for each hidden neuron.
# %% [hint] name=hidden_delta lang=en
# The product with `W.T` comes first.
# %% [hint] name=hidden_delta lang=en
# The slope is multiplied number by number: `*`, not `@`.
# %% [hint] name=hidden_delta lang=ja
# 結果は y と同じ形で、行がサンプル、列が隠れ層のニューロンです。
# %% [hint] name=hidden_delta lang=ja
# まず `W.T` との積です。
# %% [hint] name=hidden_delta lang=ja
# 傾きは要素ごとに掛けます。`@` ではなく `*` です。
# %% [hint] name=hidden_delta lang=zh
# 结果的形状与 y 相同：每行一个样本，每列一个隐藏层的神经元。
# %% [hint] name=hidden_delta lang=zh
# 先与 `W.T` 相乘。
# %% [hint] name=hidden_delta lang=zh
# 斜率是逐个元素相乘：用 `*`，不是 `@`。
# %% [solution] name=hidden_delta
def hidden_delta(delta, W, y):
    return (delta @ W.T) * (1 - y) * y


# %% [markdown] step=6 lang=en
# ## Never trust, compare
#
# Here are your three formulas at work on the network above: the whole of
# back-propagation, by hand. Whoever writes it makes mistakes; what helps is the
# definition. So it is compared with the numerical gradient, number by number, and so is
# Kobai's own. The first number counts the runs of the numerical gradient: two for each of
# the 53 weights and biases.
# %% [markdown] step=6 lang=ja
# ## 信じるより、確かめる
#
# 三つの式を、上で使ったネットワークに当てはめます。手で書いた誤差逆伝播法は、これで全部です。
# 誤差逆伝播法を書けば、だれでも間違えます。助けになるのは定義です。そこで、数値微分と
# ひとつひとつの数で比べます。Kobai が求めたものも比べます。最初の数は数値微分の計算回数で、
# 53 個の重みとバイアスに 2 回ずつかかっています。
# %% [markdown] step=6 lang=zh
# ## 不要轻信，要对照
#
# 把三个公式用到上面的网络上，亲手写的误差反向传播就是这些。
# 谁写误差反向传播都会出错，能帮上忙的是定义，所以要与数值微分逐个数地对照，
# Kobai 求出的也一样。第一个数是数值微分的计算遍数：53 个权重和偏置，每个两遍。
# %% step=6
from kobai.functions import softmax

y1 = sigmoid(x @ params["W1"] + params["b1"])
y2 = softmax(y1 @ params["W2"] + params["b2"])
delta2 = (y2 - np.eye(3)[t]) / len(x)
delta1 = (delta2 @ params["W2"].T) * (1 - y1) * y1
by_hand = {
    "W1": x.T @ delta1,
    "b1": delta1.sum(axis=0),
    "W2": y1.T @ delta2,
    "b2": delta2.sum(axis=0),
}

runs = 0
numerical = kobai.numerical_gradient(loss, params)
print(runs)
for name in params:
    print(name, [np.allclose(g[name], numerical[name]) for g in (by_hand, backward)])

# %% [summary] lang=en
# - δ says how fast the error rises with the sums of a layer; it is what goes back.
# - The weights' slopes are xᵀ δ, the biases' the sum of δ over the samples.
# - One layer back it is δ Wᵀ, times the slope of the activation function.
# - The numerical gradient is too slow to train with, and just right to check with.
# %% [summary] lang=ja
# - δ は、層の総和が増えると誤差がどれだけ速く増えるかを表し、これが戻っていきます。
# - 重みの傾きは xᵀ δ、バイアスの傾きはサンプルについての δ の和です。
# - ひとつ前の層へは δ Wᵀ に活性化関数の傾きを掛けます。
# - 数値微分は学習には遅すぎますが、確かめるにはぴったりです。
# %% [summary] lang=zh
# - δ 表示一层的总和增大时误差增大得多快，往回传的就是它。
# - 权重的斜率是 xᵀ δ，偏置的斜率是 δ 对样本之和。
# - 再往前一层，就是 δ Wᵀ 乘以激活函数的斜率。
# - 数值微分用来训练太慢，用来检查正好。
# %% [reading] lang=en
# K. Saito, *Deep Learning from Scratch* (in Japanese), chapter 5; the 100 lines of
# examples/backpropagation_in_100_lines.py in Kobai's repository.
# %% [reading] lang=ja
# 斎藤康毅『ゼロから作る Deep Learning』5 章。Kobai のリポジトリにある
# examples/backpropagation_in_100_lines.py の 100 行。
# %% [reading] lang=zh
# 斋藤康毅《深度学习入门：基于 Python 的理论与实现》第 5 章；Kobai 代码仓库中
# examples/backpropagation_in_100_lines.py 的 100 行代码。
