"""Why a loss and not accuracy: what is flat shows no way down."""
# %% [title] lang=en
# Why a loss and not accuracy
# %% [title] lang=ja
# なぜ認識精度ではなく損失なのか
# %% [title] lang=zh
# 为什么用损失而不用识别精度

# %% [markdown] step=1 lang=en
# ## What we want, and what we follow
#
# What we want of a network is accuracy: the share of its answers that are right. So
# why does it learn by another number, the loss?
#
# The figure shows both while a single weight is turned. The loss is a smooth slope:
# at each place it tells which way is down. The accuracy is a staircase. Whoever
# stands on a step of it sees flat ground all round, and cannot tell where to go.
# %% [markdown] step=1 lang=ja
# ## ほしいものと、手がかりにするもの
#
# ネットワークにほしいのは認識精度、つまり正しく答えた割合です。
# それなのに、なぜ損失という別の数を使って学習するのでしょう。
#
# 図は、重みをひとつだけ動かしたときの両方の変化です。損失はなめらかな坂で、
# どこに立っても下りの向きがわかります。認識精度は階段です。
# 段の上に立つとまわりはどこも平らで、どちらへ行けばよいかわかりません。
# %% [markdown] step=1 lang=zh
# ## 想要什么，跟着什么走
#
# 我们想要的是识别精度，也就是答对的比例。
# 那么学习时为什么要跟着另一个数，也就是损失走呢？
#
# 图中画的是只改变一个权重时两者的变化。损失是平滑的斜坡，站在哪里都知道哪边是下坡。
# 识别精度则是台阶：站在一级台阶上，四周都是平的，不知道该往哪里走。
# %% [figure] step=1 gallery=loss-and-accuracy

# %% [markdown] step=2 lang=en
# ## One weight is turned
#
# Here is a trained network. `W2` holds the weights of its last layer, and `weight` is the
# one that is turned next.
# %% [markdown] step=2 lang=ja
# ## 重みをひとつ動かす
#
# 訓練したネットワークを用意します。`W2` は最後の層の重みで、`weight` は、その中で
# これから動かすひとつです。
# %% [markdown] step=2 lang=zh
# ## 改变一个权重
#
# 先准备一个训练好的网络。`W2` 是它最后一层的权重，`weight` 是其中接下来要改变的那一个。
# %% step=2
import kobai
import numpy as np

data = kobai.load_digits()
x, t = data.x_train, data.t_train
network = kobai.TwoLayerNet(64, 50, 10)
adam = kobai.Adam(0.01)
kobai.train(network, data, optimizer=adam, epochs=5, progress=False)
W2 = network.params["W2"]
weight = float(W2[0, 0])


# %% [question] step=2 lang=en answer=1
# The network reads 1,438 images. The one weight grows by 0.01. What happens to the number
# of images that are read rightly?
# 1. Most likely nothing.
# 2. It grows or falls by a few.
# 3. It grows or falls by about 1 in 100.
# => For an answer to change, another class must overtake the largest output. Nearly
# always the outputs move, and their order stays. The loss sees each of these moves.
# %% [question] step=2 lang=ja answer=1
# このネットワークに 1,438 枚の画像を読ませます。その重みをひとつだけ、0.01 大きくすると、
# 正しく読める枚数はどうなるでしょう。
# 1. おそらく変わらない。
# 2. 数枚、増えるか減るかする。
# 3. 100 枚に 1 枚くらい、増えるか減るかする。
# => 答えが変わるのは、ほかのクラスがいちばん大きい出力を追い越したときだけです。
# たいていは、出力が動いても順番は変わりません。損失には、その動きがすべて表れます。
# %% [question] step=2 lang=zh answer=1
# 让这个网络读 1,438 幅图像。只把这一个权重增大 0.01，读对的幅数会怎样？
# 1. 多半不变。
# 2. 增加或减少几幅。
# 3. 每 100 幅增加或减少 1 幅左右。
# => 只有当别的类别超过最大的输出时，答案才会变。多数情况下，输出动了，名次没变。
# 而这些变动，损失全都看得见。
# %% [markdown] step=2 lang=en
# Each line below has what is added to the weight, the loss, and how many images are read
# rightly.
# %% [markdown] step=2 lang=ja
# 下の各行は、重みに足す数、損失、正しく読めた枚数です。
# %% [markdown] step=2 lang=zh
# 下面每行依次是：权重增加多少、损失、读对的幅数。
# %% step=2
def loss_at(w):
    W2[0, 0] = w
    return network.loss(x, t)


def right_at(w):
    W2[0, 0] = w
    return round(network.accuracy(x, t) * len(t))


for change in (0.0, 0.001, 0.01, 0.1, 5.0):
    w = weight + change
    print(f"{change:g}: {loss_at(w):.6f}, {right_at(w)}")


# %% [markdown] step=3 lang=en
# ## Your turn: accuracy
#
# Write `accuracy(y, t)`: `y` has a row of outputs for each sample, and `t` holds the
# labels. The network's answer is the class with the largest output. Return the share
# of right answers, from 0 to 1.
# %% [markdown] step=3 lang=ja
# ## 演習：認識精度
#
# `accuracy(y, t)` を書きましょう。`y` はサンプルごとに 1 行の出力、`t` はラベルです。
# いちばん大きい出力のクラスが、ネットワークの答えです。
# 正しく答えた割合を 0 から 1 の数で返します。
# %% [markdown] step=3 lang=zh
# ## 练习：识别精度
#
# 请写出 `accuracy(y, t)`：`y` 中每个样本占一行输出，`t` 是标签。
# 输出最大的类别就是网络的回答。返回答对的比例，在 0 到 1 之间。
# %% [exercise] step=3 name=accuracy
def accuracy(y, t):
    return ...


# %% [hint] name=accuracy lang=en
# `np.argmax` tells where the largest number is; you need that for each row.
# %% [hint] name=accuracy lang=en
# `y.argmax(axis=1) == t` is an array of True and False.
# %% [hint] name=accuracy lang=en
# True counts as 1: the mean of that array, `np.mean`, is the share.
# %% [hint] name=accuracy lang=ja
# `np.argmax` は最大の数の位置を教えてくれます。行ごとに求めましょう。
# %% [hint] name=accuracy lang=ja
# `y.argmax(axis=1) == t` は、True と False の配列になります。
# %% [hint] name=accuracy lang=ja
# True は 1 と数えます。その配列の平均 `np.mean` が割合です。
# %% [hint] name=accuracy lang=zh
# `np.argmax` 会告诉你最大的数在哪里；要对每一行去求。
# %% [hint] name=accuracy lang=zh
# `y.argmax(axis=1) == t` 是由 True 和 False 组成的数组。
# %% [hint] name=accuracy lang=zh
# True 算作 1：这个数组的平均 `np.mean` 就是比例。
# %% [solution] name=accuracy
def accuracy(y, t):
    return np.mean(y.argmax(axis=1) == t)


# %% [markdown] step=4 lang=en
# ## The slope of a staircase
#
# A network learns by asking for each weight: if it moves a little, how fast does the
# number change? That rate is the derivative, and the next lessons are about it. Kobai
# works it out for you below: at three values of the weight, for the loss and for the
# number of right answers.
# %% [markdown] step=4 lang=ja
# ## 階段の傾き
#
# ネットワークは、重みのひとつひとつについて「少し動かしたら、
# その数はどれだけ速く変わるか」を調べて学習します。その速さが微分で、
# この先の課で詳しく学びます。ここでは Kobai に計算させて、重みの三つの値で、
# 損失の微分と、正しく答えた枚数の微分を比べます。
# %% [markdown] step=4 lang=zh
# ## 台阶的坡度
#
# 神经网络学习时会对每个权重发问：它稍微动一点，那个数变得多快？
# 这个快慢就是导数，接下来几课会细讲。这里先让 Kobai 来算：
# 在权重的三个取值处，比较损失的导数和答对幅数的导数。
# %% [question] step=4 lang=en answer=2
# What are the three derivatives of the number of right answers?
# 1. small, but of the same sign as those of the loss
# 2. all 0
# 3. all very large
# => On a step the number stays the same, so its derivative is 0; at an edge it jumps,
# and has none. A step function inside a network has the same trouble: so functions
# with a slope are used there.
# %% [question] step=4 lang=ja answer=2
# 正しく答えた枚数の微分は、三つともどんな値でしょう。
# 1. 小さいが、損失の微分と同じ符号
# 2. どれも 0
# 3. どれもとても大きい
# => 段の上では枚数が変わらないので微分は 0 です。段の端では跳ぶので、
# 微分がありません。ネットワークの中で段のある関数を使っても、同じことが起きます。だから、
# 傾きのある関数を使うのです。
# %% [question] step=4 lang=zh answer=2
# 答对幅数的三个导数各是多少？
# 1. 很小，但与损失的导数同号
# 2. 全是 0
# 3. 全都很大
# => 在一级台阶上，幅数不变，导数就是 0；到了台阶边缘会跳变，那里没有导数。
# 网络里若用台阶一样的函数，也有同样的麻烦，所以要用有坡度的函数。
# %% step=4
for w in (weight - 1, weight, weight + 1):
    slopes = [kobai.numerical_derivative(f, w) for f in (loss_at, right_at)]
    print(f"{w:.3f}: {slopes[0]:.6f}, {slopes[1]:.6f}")


# %% [markdown] step=5 lang=en
# ## Your turn: right, and yet not good
#
# Accuracy cannot tell a sure answer from a lucky one; the loss can. There are three
# classes, and class 1, the one in the middle, is right. Give `barely_right`, a list
# of three probabilities that is right, and yet has a cross-entropy −log y₁ of more
# than 1. See in the figure where the loss passes 1.
# %% [markdown] step=5 lang=ja
# ## 演習：正解だが、まだ良くない
#
# 認識精度では、確かな答えとまぐれの答えを区別できません。損失ならできます。
# クラスが三つあり、真ん中のクラス 1 が正解だとします。正解でありながら、
# 交差エントロピー誤差 −log y₁ が 1 より大きい三つの確率のリスト `barely_right` を
# 作りましょう。図で、損失が 1 を超えるのはどこかを見てください。
# %% [markdown] step=5 lang=zh
# ## 练习：答对了，但还不够好
#
# 识别精度分不清有把握的回答和侥幸的回答，损失却分得清。
# 设有三个类别，中间的类别 1 是正确的。请给出由三个概率组成的列表 `barely_right`：
# 它答对了，但交叉熵误差 −log y₁ 大于 1。可以在图中看看，损失在哪里超过 1。
# %% [figure] step=5 lab=loss gallery=softmax-and-cross-entropy

# %% [exercise] step=5 name=barely_right
barely_right = ...


# %% [hint] name=barely_right lang=en
# They add up to 1, as in `[0.1, 0.8, 0.1]`, which is right and has a loss of 0.22.
# %% [hint] name=barely_right lang=en
# For a loss above 1, the one in the middle must be below 0.3679, which is 1/e.
# %% [hint] name=barely_right lang=en
# And it must be above 1/3, else another one is as large. Share the rest between the
# two.
# %% [hint] name=barely_right lang=ja
# 足して 1 になるようにします。たとえば `[0.1, 0.8, 0.1]` は正解で、損失は 0.22 です。
# %% [hint] name=barely_right lang=ja
# 損失が 1 を超えるには、真ん中の確率が 1/e、つまり 0.3679 より
# 小さくなければなりません。
# %% [hint] name=barely_right lang=ja
# また、1/3 より大きくないと、ほかのクラスに並ばれます。残りは両側に分けましょう。
# %% [hint] name=barely_right lang=zh
# 三个数加起来是 1，例如 `[0.1, 0.8, 0.1]`：答对了，损失是 0.22。
# %% [hint] name=barely_right lang=zh
# 要使损失大于 1，中间的概率必须小于 1/e，即 0.3679。
# %% [hint] name=barely_right lang=zh
# 它还必须大于 1/3，否则别的类别会与它一样大。剩下的分给两边。
# %% [solution] name=barely_right
barely_right = [0.33, 0.35, 0.32]


# %% [markdown] step=6 lang=en
# ## Your turn: the guide
#
# Write `guide(W, x, t)`: the number that descent is to make small, so that the answers
# get better. The outputs are `x @ W`, one row for each sample: each output adds up the
# inputs, each times a weight. `t` holds the labels. The check starts from small
# weights, follows the slope of your number downhill, and looks whether the answers have
# improved. Any good loss will do.
# %% [markdown] step=6 lang=ja
# ## 演習：道しるべ
#
# `guide(W, x, t)` を書きましょう。小さくしていけば答えが良くなる、
# そんな数を返します。出力は `x @ W` で、サンプルごとに 1 行です。どの出力も、
# 入力にそれぞれの重みを掛けて足したものです。`t` はラベルです。
# 確かめるときは、小さな重みから始め、その数の傾きに従って下り、
# 答えが良くなったかを見ます。良い損失なら、どれでもかまいません。
# %% [markdown] step=6 lang=zh
# ## 练习：路标
#
# 请写出 `guide(W, x, t)`：返回这样一个数，让它变小，答案就会变好。
# 输出是 `x @ W`，每个样本占一行：每个输出都是各个输入乘以权重再相加。`t` 是标签。
# 检查时从很小的权重出发，
# 沿着这个数的坡度往下走，看答案有没有变好。只要是好的损失，哪一种都行。
# %% [exercise] step=6 name=guide
def guide(W, x, t):
    return ...


# %% [hint] name=guide lang=en
# The share of right answers is a staircase. What have you met that is smooth?
# %% [hint] name=guide lang=en
# Outputs are not yet probabilities; the softmax, of lesson 10, makes them so, and then
# comes cross-entropy.
# %% [hint] name=guide lang=en
# `kobai.functions.softmax_cross_entropy(y, t)` does both, with outputs for `y`.
# %% [hint] name=guide lang=ja
# 正しく答えた割合は階段です。なめらかに変わるものを、もう学びましたね。
# %% [hint] name=guide lang=ja
# 出力はまだ確率ではありません。ソフトマックス関数（第 10 課で学びます）で確率にしてから、
# 交差エントロピー誤差を求めます。
# %% [hint] name=guide lang=ja
# `kobai.functions.softmax_cross_entropy(y, t)` は両方を行います。`y` は出力です。
# %% [hint] name=guide lang=zh
# 答对的比例是台阶。已经学过的数里，哪一个是平滑变化的？
# %% [hint] name=guide lang=zh
# 输出还不是概率；先用 softmax（第 10 课会讲）变成概率，再求交叉熵误差。
# %% [hint] name=guide lang=zh
# `kobai.functions.softmax_cross_entropy(y, t)` 两步一起做，其中 `y` 是输出。
# %% [solution] name=guide
def guide(W, x, t):
    return kobai.functions.softmax_cross_entropy(x @ W, t)


# %% [summary] lang=en
# - Accuracy is the share of right answers: good to judge by, and easy to understand.
# - It is flat nearly everywhere: its derivative is 0, and shows no way to go.
# - The loss moves with every small change of a weight, so learning follows the loss.
# %% [summary] lang=ja
# - 認識精度は正しく答えた割合です。わかりやすく、評価に向いています。
# - ただし、ほとんどどこでも平らで、微分は 0 です。進む向きがわかりません。
# - 損失は重みの小さな変化にもいつも応えます。だから、学習では損失をたどります。
# %% [summary] lang=zh
# - 识别精度是答对的比例：容易理解，适合用来评判。
# - 但它几乎处处平坦，导数是 0，看不出该往哪里走。
# - 权重稍有变化，损失就跟着变，所以学习时跟着损失走。
# %% [reading] lang=en
# K. Saito, *Deep Learning from Scratch* (in Japanese), section 4.2.5.
#
# On smooth neurons:
# D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning representations by
# back-propagating errors", 1986.
# %% [reading] lang=ja
# 斎藤康毅『ゼロから作る Deep Learning』4.2.5 節。
#
# なめらかなニューロンについて：D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning representations by
# back-propagating errors", 1986.
# %% [reading] lang=zh
# 斋藤康毅《深度学习入门：基于 Python 的理论与实现》4.2.5 节。
#
# 关于平滑的神经元：D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning representations by
# back-propagating errors", 1986.
