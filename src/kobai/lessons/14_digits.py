"""Training on handwritten digits, and judging by test data."""
# %% [title] lang=en
# Training on digits, judging by test data
# %% [title] lang=ja
# 手書き数字の学習と、テストデータでの評価
# %% [title] lang=zh
# 用手写数字训练，用测试数据评价

# %% [markdown] step=1 lang=en
# ## All of it together
#
# A loss, mini-batches, gradients by back-propagation, steps of gradient descent: you
# have all the parts. Here they are at work on 1,797 digits that people wrote, 8 × 8
# numbers each. 359 of them are kept back as test data: the network never learns from
# them, so they tell what it will do with a digit that it has never seen. Watch in the
# figure how fast the accuracy on them rises.
# %% [markdown] step=1 lang=ja
# ## すべてを組み合わせる
#
# 損失、ミニバッチ、誤差逆伝播法による勾配、勾配降下法の一歩。部品はもうそろっています。
# ここでは、人が書いた 1,797 個の数字（どれも 8 × 8 個の数）で動かしてみます。
# そのうち 359 個はテストデータとして取っておきます。学習には使わないので、
# 見たことのない数字をどれだけ読めるかがわかります。
# テストデータでの認識精度がどれだけ速く上がるか、図で見てみましょう。
# %% [markdown] step=1 lang=zh
# ## 全部合在一起
#
# 损失、小批量、用误差反向传播求梯度、梯度下降法的一步：零件都齐了。
# 现在让它们处理 1,797 个手写数字，每个是 8 × 8 个数。
# 其中 359 个留作测试数据：网络从不用它们学习，
# 因此它们能说明网络面对从未见过的数字会怎样。
# 请在图中看看，测试数据上的识别精度升得有多快。
# %% [figure] step=1 lab=digits gallery=training-curves

# %% [markdown] step=2 lang=en
# ## Your turn: one step
#
# Write `train_step(loss, params, learning_rate)`. `params` is a dictionary of arrays, and
# `loss(params)` one number. Return a new dictionary, each parameter one step further down.
# `kobai.gradient(loss, params)` gives the slopes, under the same names.
# %% [markdown] step=2 lang=ja
# ## 演習：一歩進む
#
# `train_step(loss, params, learning_rate)` を書きましょう。`params` は配列の辞書、
# `loss(params)` は 1 つの数です。どのパラメータも一歩下らせた、新しい辞書を返します。
# 傾きは `kobai.gradient(loss, params)` が同じ名前で返します。
# %% [markdown] step=2 lang=zh
# ## 练习：走一步
#
# 请写出 `train_step(loss, params, learning_rate)`。`params` 是由数组组成的字典，
# `loss(params)` 是一个数。返回一个新字典，其中每个参数都向下走了一步。
# `kobai.gradient(loss, params)` 会以同样的名字给出斜率。
# %% step=2
import kobai
import numpy as np


# %% [exercise] step=2 name=train_step
def train_step(loss, params, learning_rate):
    return ...


# %% [hint] name=train_step lang=en
# Work out all the slopes first, in one call.
# %% [hint] name=train_step lang=en
# Then a loop, or a comprehension, over the names in params.
# %% [hint] name=train_step lang=en
# Put the results into a new dictionary: the one that was given stays as it was.
# %% [hint] name=train_step lang=ja
# まず、1 回の呼び出しですべての傾きを求めます。
# %% [hint] name=train_step lang=ja
# 次に、params の名前について繰り返します。内包表記でも書けます。
# %% [hint] name=train_step lang=ja
# 結果は新しい辞書に入れ、受け取った辞書はそのままにします。
# %% [hint] name=train_step lang=zh
# 先用一次调用求出所有斜率。
# %% [hint] name=train_step lang=zh
# 然后对 params 中的名字循环，也可以用推导式。
# %% [hint] name=train_step lang=zh
# 把结果放进新的字典，传入的字典保持原样。
# %% [solution] name=train_step
def train_step(loss, params, learning_rate):
    slopes = kobai.gradient(loss, params)
    return {name: params[name] - learning_rate * slopes[name] for name in params}


# %% [markdown] step=3 lang=en
# ## A network of two layers, step by step
#
# This is a whole training: draw a mini-batch, find the gradients, take a step. Every
# hundred steps it is judged on both parts of the data: the step, the loss on the training
# data, the accuracy on training and on test data. In the first hundred steps the accuracy
# hardly moves, as the weights begin very small; the loss already falls.
# %% [markdown] step=3 lang=ja
# ## 2 層のネットワークを一歩ずつ
#
# これが学習のすべてです。ミニバッチを取り出し、勾配を求め、一歩進みます。
# 100 歩ごとに、両方のデータで調べます。ステップ、訓練データの損失、訓練データとテストデータの
# 認識精度の順に表示します。最初の 100 歩では、重みの初期値がとても小さいので、認識精度は
# ほとんど変わりません。それでも損失は下がり始めています。
# %% [markdown] step=3 lang=zh
# ## 一步一步训练两层网络
#
# 这就是训练的全部：抽取小批量，求梯度，走一步。
# 每走 100 步，用两部分数据各评价一次，依次显示步数、训练数据的损失、
# 训练数据和测试数据上的识别精度。最初的 100 步里，由于权重的初始值很小，
# 识别精度几乎不动，损失却已经开始下降。
# %% step=3
data = kobai.load_digits()
net = kobai.TwoLayerNet(64, 50, 10, seed=1)
rng = np.random.default_rng(1)
for step in range(601):
    rows = rng.choice(len(data.x_train), 100)
    slopes = net.gradient(data.x_train[rows], data.t_train[rows])
    for name in net.params:
        net.params[name] -= 0.5 * slopes[name]
    if step % 100 == 0:
        loss = net.loss(data.x_train, data.t_train)
        train = net.accuracy(data.x_train, data.t_train)
        test = net.accuracy(data.x_test, data.t_test)
        print(f"{step:3}  {loss:.3f}  {train:.3f}  {test:.3f}")

# %% [question] step=4 lang=en answer=2
# Few samples, some of them wrong, and a network with many more weights than samples. It
# learns on and on; the loss on the training data falls and falls. What does the loss on the
# test data do?
# 1. it falls as well, only later
# 2. it falls, and after a while rises again
# 3. it stays where it began
# => At first the network learns what all samples have in common, later its examples by
# heart, mistakes and all. This is over-fitting, and only test data show it. More data, fewer
# weights or weight decay help.
# %% [question] step=4 lang=ja answer=2
# サンプルが少なく、間違いも混じっていて、ネットワークの重みはサンプルよりずっと多いとします。
# 学習を続けると、訓練データの損失は下がり続けます。テストデータの損失はどうなるでしょう。
# 1. 遅れて、同じように下がる
# 2. いったん下がり、やがてまた上がる
# 3. はじめの値のまま動かない
# => 初めのうちは、どのサンプルにも共通することを学びます。やがて、間違いも含めて例を丸暗記し
# 始めます。これが過学習で、テストデータを見なければわかりません。データを増やす、重みを減らす、
# 重み減衰を使うなどが役立ちます。
# %% [question] step=4 lang=zh answer=2
# 样本很少，其中还有错误，而网络的权重比样本多得多。一直训练下去，训练数据的损失不断下降。
# 测试数据的损失会怎样？
# 1. 也会下降，只是晚一些
# 2. 先下降，过一阵又上升
# 3. 一直停在最初的值
# => 起初，网络学到的是所有样本共有的东西；后来就连错误也一起死记硬背下来了。
# 这就是过拟合，只有看测试数据才能发现。增加数据、减少权重或使用权重衰减都有帮助。
# %% [figure] step=4 lab=overfitting gallery=overfitting

# %% [markdown] step=5 lang=en
# ## Your turn: a network of your own
#
# Make a `network`, train it in the line below with `kobai.train(network, data, …)`, and
# bring it to 94 % on the test data. You choose the layers and `epochs`, `batch_size` and
# `optimizer`. Digits have 64 inputs and 10 classes.
# %% [markdown] step=5 lang=ja
# ## 演習：自分のネットワーク
#
# `network` を作り、次の行の `kobai.train(network, data, …)` で学習させ、テストデータで
# 94% を目指しましょう。層も、`epochs`（エポック数）、`batch_size`（バッチサイズ）、
# `optimizer`（最適化手法）も自由です。数字の入力は 64 個、クラスは 10 個です。
# %% [markdown] step=5 lang=zh
# ## 练习：自己的网络
#
# 做一个 `network`，在下一行用 `kobai.train(network, data, …)` 训练，让它在测试数据上达到 94%。
# 层由你来选，`epochs`（轮次数）、`batch_size`（批量大小）和 `optimizer`（优化方法）也是。
# 数字有 64 个输入、10 个类别。
# %% step=5
from kobai.networks import Dense, Network, ReLU, Softmax

# %% [exercise] step=5 name=network
network = ...


# %% [hint] name=network lang=en
# Begin with one hidden layer: `Network(64, [Dense(50), ReLU(), Dense(10), Softmax()])`.
# %% [hint] name=network lang=en
# Twenty epochs with `batch_size=20` take about a second.
# %% [hint] name=network lang=en
# Another optimizer learns faster: `optimizer=kobai.Adam()`.
# %% [hint] name=network lang=ja
# まずは隠れ層 1 つから。`Network(64, [Dense(50), ReLU(), Dense(10), Softmax()])`
# %% [hint] name=network lang=ja
# `batch_size=20` で 20 エポックなら、1 秒ほどです。
# %% [hint] name=network lang=ja
# ほかの最適化手法のほうが速く学習します。`optimizer=kobai.Adam()`
# %% [hint] name=network lang=zh
# 先用一个隐藏层：`Network(64, [Dense(50), ReLU(), Dense(10), Softmax()])`。
# %% [hint] name=network lang=zh
# `batch_size=20` 训练 20 轮，大约一秒钟。
# %% [hint] name=network lang=zh
# 换个优化方法学得更快：`optimizer=kobai.Adam()`。
# %% [solution] name=network
network = Network(64, [Dense(50), ReLU(), Dense(10), Softmax()])
history = kobai.train(network, data, epochs=20, batch_size=20, optimizer=kobai.Adam())


# %% [summary] lang=en
# - A training is a loop: mini-batch, gradients, step.
# - All parameters move together, by slopes of the same moment.
# - Judge by data that it never learned from.
# %% [summary] lang=ja
# - 学習は、ミニバッチ、勾配、一歩、の繰り返しです。
# - すべてのパラメータを、同じ時点の傾きで一緒に動かします。
# - 学習に使っていないデータで評価します。
# %% [summary] lang=zh
# - 训练就是循环：小批量、梯度、走一步。
# - 所有参数用同一时刻的斜率一起移动。
# - 用网络从未学过的数据来评价。
# %% [reading] lang=en
# K. Saito, *Deep Learning from Scratch* (in Japanese), section 4.5. Then `kobai train`
# with your own table, and the guide of Kobai.
# %% [reading] lang=ja
# 斎藤康毅『ゼロから作る Deep Learning』4.5 節。次は自分の表で `kobai train` を。
# 続きは Kobai のガイドへ。
# %% [reading] lang=zh
# 斋藤康毅《深度学习入门：基于 Python 的理论与实现》4.5 节。接着用自己的表格试试 `kobai train`，
# 再看 Kobai 的指南。
