"""Activation functions: what bends, and what lets the gradient through."""
# %% [title] lang=en
# Activation functions
# %% [title] lang=ja
# 活性化関数
# %% [title] lang=zh
# 激活函数

# %% [markdown] step=1 lang=en
# ## Step, sigmoid, ReLU
#
# A neuron adds up its inputs, each times its weight. What it passes on is decided by its
# activation function. The oldest is the step: silent up to 0, and 1 above. The sigmoid
# rounds the step off. ReLU lets what is positive through, and nothing else:
#
#     sigmoid(x) = 1 / (1 + exp(−x))
#     ReLU(x) = max(0, x)
#
# exp(x) is eˣ. Look at the curves and, below them, at their slopes: it is by the slopes
# that a network learns. Tanh, in the picture too, has the sigmoid's shape, from −1 to 1.
# %% [markdown] step=1 lang=ja
# ## ステップ関数、sigmoid 関数、ReLU
#
# ニューロンは、入力に重みを掛けて足し合わせます。その和から何を次へ送るかを決めるのが
# 活性化関数です。いちばん古いのはステップ関数で、0 以下なら 0、0 より大きければ 1 です。
# sigmoid 関数は、その段差をなめらかにしたものです。ReLU は正の値だけをそのまま通します。
#
#     sigmoid(x) = 1 / (1 + exp(−x))
#     ReLU(x) = max(0, x)
#
# exp(x) は eˣ です。上の段の曲線と、下の段のその傾きを見比べてみましょう。ネットワークは傾きを
# 頼りに学習します。図にある tanh は、sigmoid 関数と似た形で、−1 から 1 までの値を取ります。
# %% [markdown] step=1 lang=zh
# ## 阶跃函数、sigmoid 函数、ReLU
#
# 神经元把各个输入乘以权重再相加。向后传什么，由激活函数决定。
# 最早的是阶跃函数：不超过 0 时输出 0，大于 0 时输出 1。sigmoid 函数把这个台阶磨圆了。
# ReLU 只让正数通过，原样不变：
#
#     sigmoid(x) = 1 / (1 + exp(−x))
#     ReLU(x) = max(0, x)
#
# exp(x) 就是 eˣ。看看这些曲线，以及下面一排它们的斜率：神经网络正是靠斜率来学习的。
# 图中的 tanh 与 sigmoid 形状相似，值在 −1 到 1 之间。
# %% [figure] step=1 gallery=activation-functions
# %% [figure] step=1 lab=activation

# %% [question] step=2 lang=en answer=1
# A network has ten layers and no activation functions: each only multiplies by its
# matrix. What can it do that a single layer cannot?
# 1. nothing
# 2. bend its line ten times
# 3. separate ten classes
# => The product of matrices is a matrix: ten such layers are one. It takes activation
# functions in between, which bend. Below, two layers are compared with one: first as they
# are, then with a sigmoid between them.
# %% [question] step=2 lang=ja answer=1
# 活性化関数のない層を 10 層重ねました。どの層も行列を掛けるだけです。
# 1 層ではできなくて、このネットワークならできることは何でしょう。
# 1. 何もない
# 2. 直線を 10 回曲げること
# 3. 10 個のクラスを分けること
# => 行列の積は行列なので、10 層あっても 1 層と同じです。間に「曲げる」もの、つまり活性化関数が
# 必要です。下では 2 層を 1 層と比べています。1 行目はそのまま、2 行目は間に sigmoid 関数を
# はさんだ場合です。
# %% [question] step=2 lang=zh answer=1
# 一个网络有十层，没有激活函数，每层只是乘以一个矩阵。
# 它能做到什么一层做不到的事？
# 1. 什么也没有
# 2. 把直线弯折十次
# 3. 区分十个类别
# => 矩阵的乘积还是矩阵，十层等于一层。层与层之间要有能“弯”的激活函数。
# 下面把两层与一层作比较：先是直接相乘，然后是中间加上 sigmoid。
# %% step=2
import numpy as np

rng = np.random.default_rng(0)
x = rng.normal(size=(4, 3))
W1, W2 = rng.normal(size=(3, 5)), rng.normal(size=(5, 2))
print(np.allclose((x @ W1) @ W2, x @ (W1 @ W2)))
bent = 1 / (1 + np.exp(-(x @ W1)))
print(np.allclose(bent @ W2, x @ (W1 @ W2)))
# %% [figure] step=2 gallery=linear-and-nonlinear


# %% [markdown] step=3 lang=en
# ## Your turn: ReLU
#
# Write `relu(x)` for an array `x` of any shape: what is positive stays as it is, the rest
# becomes 0.
# %% [markdown] step=3 lang=ja
# ## 演習：ReLU
#
# どんな形の配列 `x` にも使える `relu(x)` を書きましょう。正の値はそのまま、
# ほかの値は 0 にします。
# %% [markdown] step=3 lang=zh
# ## 练习：ReLU
#
# 请写出 `relu(x)`，`x` 是任意形状的数组：正数保持不变，其余变成 0。
# %% [exercise] step=3 name=relu
def relu(x):
    return ...


# %% [hint] name=relu lang=en
# The result has the shape of `x`: one number for each number.
# %% [hint] name=relu lang=en
# Of each number and 0 the larger one is wanted.
# %% [hint] name=relu lang=en
# `np.maximum` compares two things number by number; `np.max` looks for the largest of all.
# %% [hint] name=relu lang=ja
# 結果は `x` と同じ形で、ひとつの数にひとつの数が対応します。
# %% [hint] name=relu lang=ja
# それぞれの数と 0 のうち、大きいほうを取ります。
# %% [hint] name=relu lang=ja
# `np.maximum` はふたつを要素ごとに比べます。`np.max` は全体の最大値を探します。
# %% [hint] name=relu lang=zh
# 结果与 `x` 形状相同，一个数对应一个数。
# %% [hint] name=relu lang=zh
# 每个数与 0 相比，取较大的那个。
# %% [hint] name=relu lang=zh
# `np.maximum` 把两者逐个比较；`np.max` 是找出全体中最大的。
# %% [solution] name=relu
def relu(x):
    return np.maximum(0, x)


# %% [markdown] step=4 lang=en
# ## Three slopes
#
# The step is flat on both sides: its slope is 0, and tells a network nothing. ReLU's is 1
# for positive x, else 0. The sigmoid's can be written with its own output y, which has
# been worked out already:
#
#     dy/dx = (1 − y) y
# %% [markdown] step=4 lang=ja
# ## 三つの傾き
#
# ステップ関数は左右とも平らです。傾きは 0 で、ネットワークに何も教えてくれません。
# ReLU の傾きは、x が正なら 1、そうでなければ 0 です。sigmoid 関数の傾きは、
# すでに求めてある出力 y だけで書けます。
#
#     dy/dx = (1 − y) y
# %% [markdown] step=4 lang=zh
# ## 三种斜率
#
# 阶跃函数两边都是平的：斜率为 0，什么也告诉不了网络。
# ReLU 的斜率在 x 为正时是 1，否则是 0。
# sigmoid 函数的斜率可以用它自己的输出 y 来表示，而 y 早已算好：
#
#     dy/dx = (1 − y) y
# %% [question] step=4 lang=en answer=3
# How large can the slope of the sigmoid be?
# 1. as large as one likes
# 2. 1
# 3. 0.25
# => (1 − y) y is largest where y is one half, at x = 0: ½ · ½ = 0.25. The lines have x, y
# and the slope by differences.
# %% [question] step=4 lang=ja answer=3
# sigmoid 関数の傾きは、最大でいくつでしょう。
# 1. いくらでも大きくなる
# 2. 1
# 3. 0.25
# => (1 − y) y が最大になるのは y が 2 分の 1、つまり x = 0 のときで、½ · ½ = 0.25 です。
# 各行は x、y、差分で求めた傾きです。
# %% [question] step=4 lang=zh answer=3
# sigmoid 函数的斜率最大是多少？
# 1. 要多大有多大
# 2. 1
# 3. 0.25
# => y 等于二分之一，即 x = 0 时，(1 − y) y 最大：½ · ½ = 0.25。
# 每行依次是 x、y 和用差分求出的斜率。
# %% step=4
import kobai
from kobai.functions import sigmoid

for x in (-10.0, -2.0, 0.0, 2.0, 10.0):
    slope = kobai.numerical_derivative(sigmoid, x)
    print(f"{x:5}  {sigmoid(x):.5f}  {slope:.5f}")


# %% [markdown] step=5 lang=en
# ## Your turn: the slope of the sigmoid
#
# Write `sigmoid_slope(x)`: the slope at each number of the array `x`. The function
# `sigmoid` is there already.
# %% [markdown] step=5 lang=ja
# ## 演習：sigmoid 関数の傾き
#
# 配列 `x` のそれぞれの数での傾きを返す `sigmoid_slope(x)` を書きましょう。
# 関数 `sigmoid` はもうあります。
# %% [markdown] step=5 lang=zh
# ## 练习：sigmoid 函数的斜率
#
# 请写出 `sigmoid_slope(x)`：返回数组 `x` 中每个数处的斜率。函数 `sigmoid` 已经有了。
# %% [exercise] step=5 name=sigmoid_slope
def sigmoid_slope(x):
    return ...


# %% [hint] name=sigmoid_slope lang=en
# The formula has y in it, and not x: work out y first.
# %% [hint] name=sigmoid_slope lang=en
# `y = sigmoid(x)`
# %% [hint] name=sigmoid_slope lang=en
# Then return `(1 - y) * y`.
# %% [hint] name=sigmoid_slope lang=ja
# 式にあるのは x ではなく y です。まず y を求めましょう。
# %% [hint] name=sigmoid_slope lang=ja
# `y = sigmoid(x)` です。
# %% [hint] name=sigmoid_slope lang=ja
# あとは `(1 - y) * y` を返します。
# %% [hint] name=sigmoid_slope lang=zh
# 公式里是 y，不是 x：先求出 y。
# %% [hint] name=sigmoid_slope lang=zh
# `y = sigmoid(x)`。
# %% [hint] name=sigmoid_slope lang=zh
# 然后返回 `(1 - y) * y`。
# %% [solution] name=sigmoid_slope
def sigmoid_slope(x):
    y = sigmoid(x)
    return (1 - y) * y


# %% [markdown] step=6 lang=en
# ## The gradient that vanishes
#
# On its way back from the loss to the first layer, the gradient is multiplied by the slope
# of every activation function it meets. With a sigmoid that is at most 0.25, each time.
#
# Below is a network of six layers, of which `Dense(50)` is one with 50 neurons. The lines
# tell how large the slopes of the weights are on average in each layer, from the first to
# the last: first with sigmoids, then with ReLU. The picture is of ten layers; L in it is
# the loss.
# %% [markdown] step=6 lang=ja
# ## 消えていく勾配
#
# 損失から最初の層へ戻る途中、勾配には、通った活性化関数の傾きが次々に掛けられます。
# sigmoid 関数なら、1 回につき 0.25 倍以下です。
#
# 下は 6 層のネットワークで、`Dense(50)` は 50 個のニューロンの層です。出力の各行は、重みの傾きの
# 大きさの平均を、最初の層から順に並べたものです。上の行が sigmoid 関数、下の行が ReLU の場合です。
# 図は 10 層の場合で、L は損失です。
# %% [markdown] step=6 lang=zh
# ## 消失的梯度
#
# 梯度从损失回到第一层的路上，每经过一个激活函数，就要乘以它的斜率。
# 如果是 sigmoid，每次最多乘以 0.25。
#
# 下面是一个六层的网络，其中 `Dense(50)` 是有 50 个神经元的层。输出的每一行，是各层权重的斜率
# 大小的平均值，从第一层排到最后一层：上一行用 sigmoid，下一行用 ReLU。
# 图中是十层的情形，L 是损失。
# %% [figure] step=6 gallery=vanishing-gradients
# %% [figure] step=6 lab=vanishing
# %% step=6
from kobai.networks import Dense, Network, ReLU, Sigmoid, Softmax

data = kobai.load_digits()


def deep(activation):
    layers = []
    for _ in range(5):
        layers += [Dense(50), activation()]
    return Network(64, [*layers, Dense(10), Softmax()])


for activation in (Sigmoid, ReLU):
    slopes = deep(activation).gradient(data.x_train, data.t_train)
    sizes = [np.abs(slopes[f"W{i}"]).mean() for i in range(1, 7)]
    print(" ".join(f"{size:.0e}" for size in sizes))

# %% [markdown] step=7 lang=en
# ## Your turn: how deep?
#
# With paper or code: let the weights count as 1. How many sigmoids must the gradient pass
# at least, until surely less than a thousandth of it is left? Put the number into `depth`.
# %% [markdown] step=7 lang=ja
# ## 演習：いくつ通ると消えるか
#
# 紙の上でもコードでもかまいません。重みは 1 と考えます。sigmoid 関数を少なくともいくつ通れば、
# 届く勾配が必ず 1000 分の 1 より小さくなるでしょう。その数を `depth` に入れてください。
# %% [markdown] step=7 lang=zh
# ## 练习：经过几个就消失
#
# 用纸笔或代码都行，权重都当作 1。梯度至少要经过多少个 sigmoid，
# 剩下的才一定小于千分之一？请写入 `depth`。
# %% [exercise] step=7 name=depth
depth = ...


# %% [hint] name=depth lang=en
# After one sigmoid at most 0.25 is left, after two at most 0.25 · 0.25.
# %% [hint] name=depth lang=en
# Print `0.25**n` for n = 1, 2, 3 and so on.
# %% [hint] name=depth lang=en
# The first that is below 0.001. Compare with 2¹⁰ = 1024.
# %% [hint] name=depth lang=ja
# 1 つ通ると 0.25 以下、2 つ通ると 0.25 · 0.25 以下になります。
# %% [hint] name=depth lang=ja
# n = 1、2、3、… について `0.25**n` を表示してみましょう。
# %% [hint] name=depth lang=ja
# 初めて 0.001 より小さくなる n です。2¹⁰ = 1024 も手がかりになります。
# %% [hint] name=depth lang=zh
# 经过一个最多剩 0.25，经过两个最多剩 0.25 · 0.25。
# %% [hint] name=depth lang=zh
# 对 n = 1、2、3……逐个显示 `0.25**n`。
# %% [hint] name=depth lang=zh
# 第一个小于 0.001 的 n 就是。2¹⁰ = 1024 也是线索。
# %% [solution] name=depth
depth = 5


# %% [markdown] step=8 lang=en
# ## Why deep networks use ReLU
#
# Where ReLU is not silent, its slope is 1: the gradient passes as it is. So after ten
# epochs the network of six layers only guesses with sigmoids, and with ReLU it has learned:
# below is the accuracy of both on test data.
#
# There is a second gain. Of random sums about half are negative, and become 0: the outputs
# are sparse. The last line has the share of zeros, with ReLU and with sigmoids. But a
# neuron that is silent for every sample has the slope 0 everywhere, and learns no more.
# %% [markdown] step=8 lang=ja
# ## 深いネットワークが ReLU を使う理由
#
# ReLU の傾きは、x が正なら 1 です。勾配はそのまま通り抜けます。そのため、同じ 6 層でも
# 10 エポックのあと、sigmoid 関数では当てずっぽうのままで、ReLU なら学習できています。
# 下の数は、それぞれのテストデータでの認識精度です。
#
# 良い点はもうひとつあります。無作為な数の和のおよそ半分は負で、0 になります。0 の多い出力を
# 「疎」と言います。最後の行は、出力に占める 0 の割合を ReLU、sigmoid 関数の順に並べたものです。
# ただし、どのサンプルにも 0 を返すようになったニューロンは、傾きもすべて 0 で、もう学習できません。
# %% [markdown] step=8 lang=zh
# ## 深层网络为什么用 ReLU
#
# x 为正时，ReLU 的斜率是 1，梯度原样通过。所以同样是六层，训练十轮之后，
# 用 sigmoid 还只是瞎猜，用 ReLU 已经学会了。下面是两者在测试数据上的识别精度。
#
# 还有一个好处：随机的和大约有一半是负数，都变成 0，这样的输出是稀疏的。
# 最后一行是输出中 0 所占的比例，依次是 ReLU 和 sigmoid。
# 不过，如果一个神经元对所有样本都输出 0，它的斜率也全是 0，就再也学不动了。
# %% step=8
for activation in (Sigmoid, ReLU):
    network = deep(activation)
    sgd = kobai.SGD(learning_rate=0.2)
    kobai.train(network, data, optimizer=sgd, batch_size=50, epochs=10, progress=False)
    print(f"{network.accuracy(data.x_test, data.t_test):.1%}")

sums = rng.normal(size=(1000, 50))
print(f"{np.mean(np.maximum(0, sums) == 0):.2f}, {np.mean(sigmoid(sums) == 0):.2f}")

# %% [summary] lang=en
# - Without activation functions between them, many layers are no more than one.
# - The step's slope is 0, the sigmoid's (1 − y) y at most 0.25, ReLU's 1 or 0.
# - Slopes multiply on the way back: through sigmoids the gradient vanishes with depth.
# - ReLU passes the gradient as it is, and makes about half of the outputs 0.
# %% [summary] lang=ja
# - 間に活性化関数がなければ、何層重ねても 1 層と同じです。
# - 傾きは、ステップ関数が 0、sigmoid 関数が (1 − y) y で 0.25 以下、ReLU が 1 か 0 です。
# - 戻る途中で傾きが掛け合わされるので、sigmoid 関数を重ねると勾配が消えていきます。
# - ReLU は勾配をそのまま通し、出力のおよそ半分を 0 にします。
# %% [summary] lang=zh
# - 层与层之间没有激活函数，再多层也只相当于一层。
# - 斜率：阶跃函数是 0，sigmoid 是 (1 − y) y，不超过 0.25，ReLU 是 1 或 0。
# - 往回传时斜率连乘，sigmoid 的层数一多，梯度就消失了。
# - ReLU 让梯度原样通过，还使大约一半的输出为 0。
# %% [reading] lang=en
# K. Saito, *Deep Learning from Scratch* (in Japanese), sections 3.2 and 6.2. X. Glorot
# and Y. Bengio, "Understanding the difficulty of training deep feedforward neural
# networks", 2010. V. Nair and G. E. Hinton, "Rectified linear units improve restricted
# Boltzmann machines", 2010.
# %% [reading] lang=ja
# 斎藤康毅『ゼロから作る Deep Learning』3.2 節と 6.2 節。X. Glorot, Y. Bengio
# "Understanding the difficulty of training deep feedforward neural networks" 2010 年。
# V. Nair, G. E. Hinton "Rectified linear units improve restricted Boltzmann machines"
# 2010 年。
# %% [reading] lang=zh
# 斋藤康毅《深度学习入门：基于 Python 的理论与实现》3.2 节与 6.2 节。X. Glorot, Y. Bengio,
# "Understanding the difficulty of training deep feedforward neural networks", 2010。
# V. Nair, G. E. Hinton, "Rectified linear units improve restricted Boltzmann machines",
# 2010。
