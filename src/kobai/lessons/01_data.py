"""Learning from data: examples in place of rules, and a test that is fair."""
# %% [title] lang=en
# Learning from data
# %% [title] lang=ja
# データから学ぶ
# %% [title] lang=zh
# 从数据中学习

# %% [markdown] step=1 lang=en
# ## What is a 5?
#
# You know a 5 when you see one. Now say how: a stroke, a bend, a belly. And the next
# person writes it otherwise. There are three ways to a program that reads digits:
#
# - Rules by hand: a person thinks up everything.
# - Features by hand: a person decides what to measure, and the program learns from
#   examples how to decide by it.
# - End to end: a network is given the pixels, and learns what to look at, too.
#
# From way to way a person thinks up less, and the data says more. The figure has digits
# that a network of the third way still misreads. Would you have read them?
# %% [markdown] step=1 lang=ja
# ## 「5」とは何か
#
# 5 は見ればわかります。では、どう見分けているのかを言葉にできるでしょうか。
# 線があって、曲がって、ふくらんで……。しかも書く人が変われば形も変わります。
# 数字を読むプログラムの作り方は三つあります。
#
# - 規則を人が考える。すべてを人が決めます。
# - 特徴量を人が考える。何を測るかは人が決め、それでどう見分けるかは例から学びます。
# - end-to-end で学ぶ。ネットワークに画素をそのまま渡し、どこを見るかも学ばせます。
#
# 後のものほど、人が考えることは減り、データに任せることが増えます。
# 図は、三つ目の方法で学んだネットワークが、それでも読み間違えた数字です。
# あなたなら読めたでしょうか。
# %% [markdown] step=1 lang=zh
# ## 什么是“5”
#
# 看到 5，你一眼就认得出来。可是怎么认的，说得清吗？一横，一折，一个肚子……
# 换个人写，样子又不一样了。要让程序认数字，有三条路：
#
# - 人写规则：一切都由人来想。
# - 人设计特征量：量什么由人决定，怎样据此判断则从例子中学。
# - 端到端：把像素直接交给神经网络，连该看哪里也由它来学。
#
# 越往后，要人去想的越少，让数据说的越多。图中的数字，就连走第三条路的网络也认错了。
# 换了你，认得对吗？
# %% [figure] step=1 lab=digits gallery=misclassified

# %% [markdown] step=2 lang=en
# ## Images and labels
#
# Kobai brings images of handwritten digits, of 8 × 8 pixels. They come in two parts:
# training data to learn from, and test data, kept back to see what was learned. In
# both, `x` has a row of 64 numbers for each image, and `t` its label: the digit that
# the writer meant. Here is one of them, with 0 for white and 16 for black.
# %% [markdown] step=2 lang=ja
# ## 画像とラベル
#
# Kobai には、8 × 8 画素の手書き数字の画像が入っています。画像は、学習に使う訓練データと、
# 何を学んだかを確かめるために取り分けておくテストデータに分かれています。
# どちらも、`x` では 1 枚の画像が 64 個の数からなる 1 行になっていて、`t` には
# そのラベル、つまり書いた人が書こうとした数字が入っています。
# そのうちの 1 枚を、0 を白、16 を黒として表示します。
# %% [markdown] step=2 lang=zh
# ## 图像与标签
#
# Kobai 自带手写数字的图像，每幅 8 × 8 像素。图像分成两份：训练数据用来学习，
# 测试数据留着检验学得怎样。两份里都有 `x` 和 `t`：`x` 中每幅图像占一行，共 64 个数；
# `t` 是标签，也就是写字的人想写的那个数字。下面显示其中一幅，0 为白，16 为黑。
# %% step=2
import kobai
import numpy as np

data = kobai.load_digits()
image = data.x_test[4].reshape(8, 8)
print((16 * image).astype(int))
print(data.t_test[4])


# %% [markdown] step=3 lang=en
# ## The first way: a rule
#
# A 0 is hollow. So here is a rule that tells 0 from 1: if the four pixels in the middle
# are dark, it is a 1. `middle` works out their mean for each image.
# %% [markdown] step=3 lang=ja
# ## 一つ目の方法：規則
#
# 0 は中が空いています。そこで、「真ん中の 4 画素が濃ければ 1」という規則で 0 と 1 を
# 見分けることにします。`middle` は、画像ごとにその 4 画素の平均を求めます。
# %% [markdown] step=3 lang=zh
# ## 第一条路：规则
#
# 0 的中间是空的。于是定一条区分 0 和 1 的规则：中间 4 个像素够深，就判为 1。
# `middle` 对每幅图像求这 4 个像素的平均。
# %% [question] step=3 lang=en answer=3
# How many of the images of 0 and 1 does this one rule get right?
# 1. about half
# 2. three in four
# 3. more than nine in ten
# => A good rule for two digits is easily found. For all ten, nobody has
# found rules that do.
# %% [question] step=3 lang=ja answer=3
# この規則ひとつで、0 と 1 の画像はどれだけ正しく読めるでしょう。
# 1. 半分くらい
# 2. 4 分の 3
# 3. 10 分の 9 より多い
# => ふたつの数字なら、よい規則はすぐ見つかります。10 種類となると、
# だれにも見つけられません。
# %% [question] step=3 lang=zh answer=3
# 仅凭这一条规则，0 和 1 的图像能认对多少？
# 1. 一半左右
# 2. 四分之三
# 3. 十分之九以上
# => 只分两个数字，好规则不难找；要分十个数字，就没有人找得到了。
# %% step=3
def middle(x):
    return x.reshape(-1, 8, 8)[:, 3:5, 3:5].mean(axis=(1, 2))


few = data.t_test < 2
is_one = middle(data.x_test[few]) > 0.5
print(f"{np.mean(is_one == data.t_test[few]):.1%}")

# %% [markdown] step=4 lang=en
# ## The other two ways
#
# Why just 0.5? The second way leaves that to the data: of many thresholds, the one is
# taken that does best on the training data. What to measure, the middle, is still
# ours. Here the threshold is another one, and as good.
#
# The third way gives a network all 64 pixels and all ten digits, and no rule at all. A
# network is a formula with many numbers in it, its weights; learning changes these. How
# it does so, and what `Adam` and `epochs` are, later lessons tell; see first that it
# does. The last number below is its accuracy, the share of right answers, for all ten
# digits.
# %% [markdown] step=4 lang=ja
# ## 二つ目と三つ目の方法
#
# なぜ 0.5 なのでしょう。二つ目の方法では、それをデータに決めさせます。
# たくさんのしきい値の中から、訓練データでいちばん良いものを選びます。真ん中を測る、
# という考えは人のものです。ここではしきい値は変わりますが、成績は変わりません。
#
# 三つ目の方法では、64 画素すべてと 10 種類の数字をネットワークに渡し、
# 規則は与えません。ネットワークとは、重みと呼ばれる数をたくさん含んだ計算式です。
# 学習とは、その重みを変えていくことです。どのように変えるのか、`Adam` や `epochs` が
# 何なのかは、これからの課で見ていきます。まずは、学ぶところを見てみましょう。
# 下の最後の数は、10 種類すべての数字についての認識精度、つまり正解の割合です。
# %% [markdown] step=4 lang=zh
# ## 另外两条路
#
# 为什么偏偏是 0.5？第二条路把它交给数据：在许多阈值中，选在训练数据上表现最好的那个。
# 而“量中间”这个主意，仍是人想出来的。这里选出的阈值变了，成绩没有变。
#
# 第三条路把全部 64 个像素、全部十个数字都交给神经网络，一条规则也不给。
# 神经网络是含有许多数的算式，这些数叫权重，学习就是改变权重。
# 怎样改变，`Adam` 和 `epochs` 又是什么，后面的课会讲。先看看它确实学得会。
# 下面最后一个数是它对全部十个数字的识别精度，也就是答对的比例。
# %% step=4
few_train = data.t_train < 2
ink, label = middle(data.x_train[few_train]), data.t_train[few_train]
thresholds = np.linspace(0.0, 1.0, 101)
shares = [np.mean((ink > threshold) == label) for threshold in thresholds]
threshold = thresholds[np.argmax(shares)]
is_one = middle(data.x_test[few]) > threshold
print(f"{threshold:.2f}: {np.mean(is_one == data.t_test[few]):.1%}")

network = kobai.TwoLayerNet(64, 50, 10)
adam = kobai.Adam(0.01)
kobai.train(network, data, optimizer=adam, epochs=10, progress=False)
print(f"{network.accuracy(data.x_test, data.t_test):.1%}")

# %% [question] step=5 lang=en answer=2
# Another program learns the training data by heart: it knows each image again to the
# last pixel, and says its label; to any other image it says 0. How well does it do?
# 1. Well on both training data and test data.
# 2. It is perfect on training data, and on test data no better than guessing.
# 3. Badly on both.
# => It has stored everything and learned nothing. What we want is to be right about
# images never seen before; that is called generalisation, and only test data shows
# it.
# %% [question] step=5 lang=ja answer=2
# 訓練データを丸暗記するプログラムがあります。画素がすべて一致する画像なら覚えた
# ラベルを答え、ほかの画像には 0 と答えます。成績はどうなるでしょう。
# 1. 訓練データでもテストデータでも良い。
# 2. 訓練データでは満点、テストデータではあてずっぽうと変わらない。
# 3. どちらでも悪い。
# => すべて覚えただけで、何も学んでいません。大切なのは、
# 初めて見る画像に正しく答えることです。これを汎化といい、
# テストデータでしか確かめられません。
# %% [question] step=5 lang=zh answer=2
# 另有一个程序，把训练数据死记硬背下来：像素完全一致的图像，就报出记住的标签；
# 其他图像一律答 0。它的成绩会怎样？
# 1. 在训练数据和测试数据上都好。
# 2. 训练数据上满分，测试数据上和瞎猜差不多。
# 3. 两边都差。
# => 它什么都记住了，却什么也没学会。我们要的是对从未见过的图像也能答对，
# 这叫泛化，只有测试数据才看得出来。
# %% step=5
memory = {}
for row, digit in zip(data.x_train, data.t_train, strict=True):
    memory[row.tobytes()] = digit

for x, t in ((data.x_train, data.t_train), (data.x_test, data.t_test)):
    said = np.array([memory.get(row.tobytes(), 0) for row in x])
    print(f"{np.mean(said == t):.1%}")


# %% [markdown] step=6 lang=en
# ## Your turn: hold some back
#
# Write `split(x, t, share, rng)`. `x` has a row for each image, and `t` its label. Hold
# `round(share * len(x))` of the rows back for the test, chosen at random, and return
# `x_train, t_train, x_test, t_test`. The rows may come sorted by label, so the last ones
# will not do. Chance is `rng`: `rng.permutation(n)` gives the numbers from 0 to n − 1 in
# a random order.
# %% [markdown] step=6 lang=ja
# ## 演習：一部を取り分ける
#
# `split(x, t, share, rng)` を書きましょう。`x` は 1 枚の画像が 1 行で、`t` は
# そのラベルです。`round(share * len(x))` 行を無作為に選んでテスト用に取り分け、
# `x_train, t_train, x_test, t_test` を返します。行がラベル順に並んでいることもあるので、
# 最後の部分をそのまま取るわけにはいきません。無作為に選ぶには `rng` を使います。
# `rng.permutation(n)` は、0 から n − 1 までの数をばらばらの順に並べたものです。
# %% [markdown] step=6 lang=zh
# ## 练习：留出一部分
#
# 请写出 `split(x, t, share, rng)`：`x` 中每幅图像占一行，`t` 是它们的标签。
# 随机选出 `round(share * len(x))` 行留作测试，返回 `x_train, t_train, x_test, t_test`。
# 行可能是按标签排好的，所以不能直接取最后几行。随机抽取要用 `rng`：
# `rng.permutation(n)` 给出从 0 到 n − 1 的数的一个随机排列。
# %% [exercise] step=6 name=split
def split(x, t, share, rng):
    return ...


# %% [hint] name=split lang=en
# Shuffle row numbers, not rows: by the same numbers, x and t stay together.
# %% [hint] name=split lang=en
# Of the shuffled numbers the first `round(share * len(x))` are for the test, all
# others for training.
# %% [hint] name=split lang=en
# With `order = rng.permutation(len(x))` and `n` rows for the test, `x[order[n:]]` is
# the first of the four.
# %% [hint] name=split lang=ja
# 行そのものではなく、行番号を混ぜましょう。同じ番号で取り出せば、x と t の対応は
# 崩れません。
# %% [hint] name=split lang=ja
# 混ぜた番号のうち、最初の `round(share * len(x))` 個をテスト用に、
# 残りを訓練用にします。
# %% [hint] name=split lang=ja
# `order = rng.permutation(len(x))` とし、テスト用を `n` 行とすると、
# 返す四つのうち最初のものは `x[order[n:]]` です。
# %% [hint] name=split lang=zh
# 不要打乱行本身，而是打乱行号：用同一组行号去取，x 与 t 就不会错位。
# %% [hint] name=split lang=zh
# 打乱后的行号中，前 `round(share * len(x))` 个留作测试，其余用来训练。
# %% [hint] name=split lang=zh
# 设 `order = rng.permutation(len(x))`，测试用 `n` 行，
# 那么要返回的四个数组中，第一个就是 `x[order[n:]]`。
# %% [solution] name=split
def split(x, t, share, rng):
    order = rng.permutation(len(x))
    n = round(share * len(x))
    test, train = order[:n], order[n:]
    return x[train], t[train], x[test], t[test]


# %% [markdown] step=7 lang=en
# ## Over-fitting
#
# A network can learn by heart as well, if the data is small and it has many weights.
# It then fits the training data down to its accidents, and fails on new data:
# over-fitting.
#
# The gap between two accuracies gives it away: on training data, and on test data. The
# best cure is more data: below, the same network learns from 20, from 100 and from 1,000
# images, and each line has both accuracies. Others are weight decay, which keeps the
# weights small, and dropout, which switches parts of the network off by chance while it
# learns.
#
# The figure has the loss for its height: how wrong a network is, of which the next lesson
# tells. On training data it falls; on test data, with nothing against it, it rises again.
# %% [markdown] step=7 lang=ja
# ## 過学習
#
# データが少なく重みが多いと、ネットワークも丸暗記をしてしまいます。
# 訓練データのたまたまの癖にまで合わせてしまい、新しいデータでは間違えます。
# これが過学習です。
#
# 訓練データとテストデータでの認識精度の差を見ればわかります。いちばんの薬は、
# データを増やすことです。下では、同じネットワークを 20 枚、100 枚、1,000 枚の画像で
# 学習させ、ふたつの認識精度をこの順に表示します。ほかに、重みを小さく保つ重み減衰や、
# 学習中にネットワークの一部を無作為に休ませる Dropout という方法もあります。
#
# 図の縦軸は損失です。どれだけ間違っているかを表す数で、次の課で学びます。
# 訓練データでは下がり続けますが、何も対策をしないと、テストデータではまた上がります。
# %% [markdown] step=7 lang=zh
# ## 过拟合
#
# 数据少而权重多时，神经网络也会死记硬背：连训练数据里偶然的细节都一并迎合，
# 遇到新数据就出错。这就是过拟合。
#
# 看训练数据和测试数据上的识别精度之差，就能发现它。最好的药是更多的数据：
# 下面让同一个网络分别用 20、100、1,000 幅图像学习，每行依次是这两个识别精度。
# 另外还有让权重保持较小的权重衰减，和学习时随机关掉网络一部分的 Dropout。
#
# 图的纵轴是损失，表示网络错得有多厉害，下一课再讲。训练数据上它一路下降；
# 测试数据上，如果不采取办法，它又会升上去。
# %% step=7
for n in (20, 100, 1000):
    x, t = data.x_train[:n], data.t_train[:n]
    network = kobai.TwoLayerNet(64, 50, 10)
    kobai.train(network, (x, t), optimizer=adam, steps=200, progress=False)
    test = network.accuracy(data.x_test, data.t_test)
    print(f"{n}: {network.accuracy(x, t):.1%}, {test:.1%}")
# %% [figure] step=7 lab=overfitting gallery=overfitting


# %% [markdown] step=8 lang=en
# ## Your turn: choose a network
#
# You have trained several networks, and hold two arrays: `train`, the accuracy of
# each on training data, and `held_out`, on data that none of them has seen. Write
# `best_network(train, held_out)`: which network do you keep? Return its number,
# counted from 0.
#
# Whoever chooses often by the same data has, in a way, learned from it: for the last
# word keep test data that you look at once.
# %% [markdown] step=8 lang=ja
# ## 演習：ネットワークを選ぶ
#
# いくつかのネットワークを訓練しました。手元には配列がふたつあります。`train` は
# 訓練データでの、`held_out` はどのネットワークも見ていないデータでの、
# それぞれの認識精度です。どれを残しますか。その番号を 0 から数えて
# 返す `best_network(train, held_out)` を書きましょう。
#
# 同じデータで何度も選べば、そのデータからも学んだことになります。
# 最後の評価には、一度しか見ないテストデータを別に残しておきます。
# %% [markdown] step=8 lang=zh
# ## 练习：挑选网络
#
# 你训练了几个网络，手里有两个数组：`train` 是各网络在训练数据上的
# 识别精度，`held_out` 是在它们都没见过的数据上的识别精度。该留下哪一个？
# 请写出 `best_network(train, held_out)`，返回它的序号，从 0 数起。
#
# 反复用同一份数据来挑选，也就等于从它那里学了东西。
# 最后的评判，要另留一份只看一次的测试数据。
# %% [exercise] step=8 name=best_network
def best_network(train, held_out):
    return ...


# %% [hint] name=best_network lang=en
# Learning by heart shines on training data. Which of the two arrays does it not
# reach?
# %% [hint] name=best_network lang=en
# Not the gap counts, but how well a network does on what it has never seen.
# %% [hint] name=best_network lang=en
# `np.argmax` tells where an array is largest.
# %% [hint] name=best_network lang=ja
# 丸暗記は訓練データで光ります。それが通用しないのは、どちらの配列でしょう。
# %% [hint] name=best_network lang=ja
# 差の小ささではなく、見たことのないデータでどれだけできるかが大切です。
# %% [hint] name=best_network lang=ja
# `np.argmax` は、配列の値がいちばん大きい場所を教えてくれます。
# %% [hint] name=best_network lang=zh
# 死记硬背只在训练数据上出彩。两个数组中，它在哪一个上行不通？
# %% [hint] name=best_network lang=zh
# 重要的不是差距小，而是在没见过的数据上做得好。
# %% [hint] name=best_network lang=zh
# `np.argmax` 会告诉你数组的最大值在哪里。
# %% [solution] name=best_network
def best_network(train, held_out):
    return np.argmax(held_out)


# %% [summary] lang=en
# - Instead of rules, a network gets examples: inputs and their labels.
# - It learns from training data; only test data that it has never seen shows whether it
#   generalises.
# - Over-fitting is to be good at training data alone; more data helps most.
# %% [summary] lang=ja
# - ネットワークには、規則の代わりに例を与えます。入力とそのラベルの組です。
# - 訓練データで学び、汎化しているかどうかは、一度も見ていないテストデータで確かめます。
# - 訓練データだけに強くなるのが過学習です。データを増やすのがいちばん効きます。
# %% [summary] lang=zh
# - 给神经网络的不是规则，而是例子：输入和对应的标签。
# - 它从训练数据中学习；能不能泛化，只有从未见过的测试数据才能检验。
# - 只在训练数据上表现好，就是过拟合；增加数据最有效。
# %% [reading] lang=en
# K. Saito, *Deep Learning from Scratch* (in Japanese), sections 4.1 and 6.4.1.
#
# On over-fitting:
# S. Geman, E. Bienenstock, R. Doursat, "Neural Networks and the Bias/Variance
# Dilemma", 1992.
# %% [reading] lang=ja
# 斎藤康毅『ゼロから作る Deep Learning』4.1 節と 6.4.1 節。
#
# 過学習について：S. Geman, E. Bienenstock, R. Doursat, "Neural Networks and the Bias/Variance
# Dilemma", 1992.
# %% [reading] lang=zh
# 斋藤康毅《深度学习入门：基于 Python 的理论与实现》4.1 节与 6.4.1 节。
#
# 关于过拟合：S. Geman, E. Bienenstock, R. Doursat, "Neural Networks and the Bias/Variance
# Dilemma", 1992.
