"""Mini-batches and epochs: ask a few, and step more often."""
# %% [title] lang=en
# Mini-batches and epochs
# %% [title] lang=ja
# ミニバッチとエポック
# %% [title] lang=zh
# 小批量与轮次

# %% [markdown] step=1 lang=en
# ## Ask a few
#
# The loss is the mean over all training data. MNIST, the best known set of digits,
# has 60,000 images for training: to take one step by their mean loss, a network must
# read every one of them.
#
# An opinion poll does not ask everybody. It asks a thousand people, drawn at random,
# and comes close. So does a network: for each step it draws, say, 100 images, a
# mini-batch. Each step is a little off, but takes a 600th of the work: 600 steps for
# one. In the figure, too, single steps waver, and lead down all the same.
# %% [markdown] step=1 lang=ja
# ## 一部だけに聞く
#
# 損失は訓練データ全体の平均です。よく使われる数字のデータ MNIST には、
# 訓練用の画像が 60,000 枚あります。その平均の損失で一歩進むには、
# すべての画像を読まなければなりません。
#
# 世論調査は全員には聞きません。無作為に選んだ千人に聞けば、
# かなり近い答えが得られます。ネットワークも同じで、一歩ごとに、
# たとえば 100 枚を選びます。これがミニバッチです。一歩の向きは少しずれますが、
# 手間は 600 分の 1。同じ手間で 600 歩進めます。図でも、一歩ごとにはふらつきながら、
# 全体としては下っていきます。
# %% [markdown] step=1 lang=zh
# ## 只问一部分
#
# 损失是对全部训练数据的平均。最有名的数字数据 MNIST 有 60,000 幅训练图像：
# 要按它们的平均损失走一步，就得把每一幅都读一遍。
#
# 民意调查不会去问所有的人，随机抽一千人来问，结果就相当接近。
# 神经网络也是这样：每走一步，随机抽取比如 100 幅，这就是一个小批量。
# 每一步的方向略有偏差，但工夫只要 600 分之一：走一步的工夫，可以走 600 步。
# 图中也是这样：单看每一步摇摇摆摆，总的却在往下走。
# %% [figure] step=1 lab=minibatch gallery=step-losses


# %% [question] step=2 lang=en answer=1
# An epoch is one pass: so many steps that all samples have been seen once. How many
# steps is an epoch for 10,000 samples in batches of 1,000?
# 1. 10
# 2. 1,000
# 3. 10,000
# => 10,000 / 1,000 = 10. Where the division leaves a rest, it is one more, smaller
# batch.
# %% [question] step=2 lang=ja answer=1
# エポックとは、すべてのサンプルを一度ずつ見終わるまでの
# ステップのことです。10,000 個のサンプルを 1,000 個ずつのバッチにすると、1 エポックは
# 何ステップでしょう。
# 1. 10
# 2. 1,000
# 3. 10,000
# => 10,000 / 1,000 = 10 です。割り切れないときは、余りを入れた小さいバッチがひとつ
# 増えます。
# %% [question] step=2 lang=zh answer=1
# 把所有样本都看过一遍，叫一个轮次。10,000 个样本，每批 1,000 个，
# 一个轮次要走多少步？
# 1. 10
# 2. 1,000
# 3. 10,000
# => 10,000 / 1,000 = 10。除不尽时，余下的样本再组成一个较小的批。
# %% step=2
def steps_of_an_epoch(n, size):
    whole, rest = divmod(n, size)
    return whole + (rest > 0)


for n, size in ((10000, 1000), (60000, 100), (1438, 100)):
    print(f"{n}, {size}: {steps_of_an_epoch(n, size)}")

# %% [question] step=3 lang=en answer=2
# The book *Deep Learning from Scratch* trains for 10,000 steps with batches of 100, on
# 60,000 images. About how many times does it see each image?
# 1. 100 times
# 2. 17 times
# 3. once
# => 10,000 steps of 100 are 1,000,000 images, and that is 16.7 epochs.
# %% [question] step=3 lang=ja answer=2
# 『ゼロから作る Deep Learning』では、60,000 枚の画像を 100 枚ずつのバッチで
# 10,000 ステップ学習します。1 枚の画像を、およそ何回見ることになるでしょう。
# 1. 100 回
# 2. 17 回
# 3. 1 回
# => 100 枚ずつ 10,000 ステップで 1,000,000 枚です。16.7 エポックにあたります。
# %% [question] step=3 lang=zh answer=2
# 《深度学习入门》一书用 60,000 幅图像、每批 100 幅训练 10,000 步。每幅图像大约会被看到多少次？
# 1. 100 次
# 2. 17 次
# 3. 1 次
# => 10,000 步，每步 100 幅，共 1,000,000 幅，即 16.7 个轮次。
# %% step=3
print(f"{10000 * 100 / 60000:.1f}")

# %% [markdown] step=4 lang=en
# ## How good is the poll?
#
# Below, a network that has learned a little reads all 1,438 training images, and then
# five mini-batches. The rows are drawn by their numbers, so that each image keeps its
# label. Compare the losses: each is a little off, and none is far off. With 10 images
# in place of 100 they scatter more.
# %% [markdown] step=4 lang=ja
# ## 調査はどれだけ当たるか
#
# 少し学習したネットワークで、訓練用の画像 1,438 枚すべての損失と、
# 五つのミニバッチの損失を比べます。行は番号で選ぶので、
# 画像とラベルの対応は保たれます。どの損失も少しずつずれますが、
# 大きくは外れません。100 枚の代わりに 10 枚にすると、ばらつきは大きくなります。
# %% [markdown] step=4 lang=zh
# ## 抽查有多准
#
# 下面让一个学过一点的网络读全部 1,438 幅训练图像，再读五个小批量，比较它们的损失。
# 行是按行号抽取的，所以图像和标签不会错位。每个损失都略有偏差，但都差得不远。
# 把 100 幅换成 10 幅，就分散得厉害一些。
# %% step=4
import kobai
import numpy as np

data = kobai.load_digits()
x, t = data.x_train, data.t_train
network = kobai.TwoLayerNet(64, 50, 10)
kobai.train(network, data, optimizer=kobai.Adam(0.01), epochs=2, progress=False)
print(f"{len(x)}: {network.loss(x, t):.3f}")

rng = np.random.default_rng(0)
for size in (100, 10):
    losses = []
    for _ in range(5):
        rows = rng.choice(len(x), size)
        losses.append(f"{network.loss(x[rows], t[rows]):.3f}")
    print(f"{size}:", *losses)


# %% [markdown] step=5 lang=en
# ## Your turn: draw a mini-batch
#
# Write `draw_batch(x, t, size, rng)`: draw `size` rows at random, by `rng`, and return
# them as `x_batch, t_batch`. Each call draws anew; x and t stay together.
# %% [markdown] step=5 lang=ja
# ## 演習：ミニバッチを選ぶ
#
# `draw_batch(x, t, size, rng)` を書きましょう。`rng` を使って無作為に `size` 行を
# 選び、`x_batch, t_batch` として返します。呼ばれるたびに選び直し、x と t の対応は
# 保ちます。
# %% [markdown] step=5 lang=zh
# ## 练习：抽取小批量
#
# 请写出 `draw_batch(x, t, size, rng)`：用 `rng` 随机抽取 `size` 行，
# 以 `x_batch, t_batch` 返回。每次调用都重新抽取，x 与 t 要保持对应。
# %% [exercise] step=5 name=draw_batch
def draw_batch(x, t, size, rng):
    return ...


# %% [hint] name=draw_batch lang=en
# Draw the numbers of the rows once, and use them twice.
# %% [hint] name=draw_batch lang=en
# `rng.choice(len(x), size)` draws that many numbers from 0 to the last row.
# %% [hint] name=draw_batch lang=en
# With `rows` for those numbers, the batch is `x[rows], t[rows]`.
# %% [hint] name=draw_batch lang=ja
# 行番号を一度だけ選び、それを 2 回使います。
# %% [hint] name=draw_batch lang=ja
# `rng.choice(len(x), size)` は、0 から最後の行までの番号をその個数だけ選びます。
# %% [hint] name=draw_batch lang=ja
# その番号を `rows` とすると、バッチは `x[rows], t[rows]` です。
# %% [hint] name=draw_batch lang=zh
# 行号只抽一次，用两次。
# %% [hint] name=draw_batch lang=zh
# `rng.choice(len(x), size)` 会从 0 到最后一行的行号中抽取这么多个。
# %% [hint] name=draw_batch lang=zh
# 把这些行号记作 `rows`，这一批就是 `x[rows], t[rows]`。
# %% [solution] name=draw_batch
def draw_batch(x, t, size, rng):
    rows = rng.choice(len(x), size)
    return x[rows], t[rows]


# %% [markdown] step=6 lang=en
# ## Your turn: a whole epoch
#
# By chance some rows are drawn often, and others have to wait long. It is fairer to
# shuffle all row numbers once an epoch, and to cut them into batches. Write
# `epoch_batches(n, size, rng)`: shuffle by `rng`, and return a list of arrays of row
# numbers, in which each of the numbers from 0 to n − 1 comes once. Where the last batch
# is not full, keep it smaller.
# %% [markdown] step=6 lang=ja
# ## 演習：1 エポック分のバッチ
#
# 毎回無作為に選ぶと、何度も出る行や、なかなか出ない行があります。
# エポックごとに行番号全体を一度混ぜ、それをバッチに切り分けるほうが
# 公平です。`epoch_batches(n, size, rng)` を書きましょう。`rng` で混ぜ、
# 行番号の配列のリストを返します。0 から n − 1 までのどの番号も一度ずつ出るようにします。
# 最後のバッチの行数が足りないときは、小さいまま残します。
# %% [markdown] step=6 lang=zh
# ## 练习：一个完整的轮次
#
# 每次都随机抽取，有的行会反复出现，有的行迟迟轮不到。更公平的做法是：
# 每个轮次把全部行号打乱一次，再切成一批一批。请写出 `epoch_batches(n, size, rng)`：
# 用 `rng` 打乱，返回一个由行号数组组成的列表，从 0 到 n − 1 的每个行号恰好出现一次。
# 最后一批不满时，就让它小一些。
# %% [exercise] step=6 name=epoch_batches
def epoch_batches(n, size, rng):
    return ...


# %% [hint] name=epoch_batches lang=en
# `rng.permutation(n)` gives all row numbers in a random order.
# %% [hint] name=epoch_batches lang=en
# The batches begin at 0, `size`, 2 × `size` and so on: `range(0, n, size)`.
# %% [hint] name=epoch_batches lang=en
# `order[start : start + size]` is a batch; at the end of the array a slice is shorter
# by itself.
# %% [hint] name=epoch_batches lang=ja
# `rng.permutation(n)` は、すべての行番号をばらばらの順に並べたものです。
# %% [hint] name=epoch_batches lang=ja
# バッチの始まりは 0、`size`、2 × `size`、…です。これは `range(0, n, size)` と
# 書けます。
# %% [hint] name=epoch_batches lang=ja
# `order[start : start + size]` がひとつのバッチです。配列の終わりでは、
# 自然に短くなります。
# %% [hint] name=epoch_batches lang=zh
# `rng.permutation(n)` 给出全部行号的一个随机排列。
# %% [hint] name=epoch_batches lang=zh
# 各批从 0、`size`、2 × `size`……处开始，可写成 `range(0, n, size)`。
# %% [hint] name=epoch_batches lang=zh
# `order[start : start + size]` 就是一批；到了数组末尾，切片自然会短一些。
# %% [solution] name=epoch_batches
def epoch_batches(n, size, rng):
    order = rng.permutation(n)
    return [order[start : start + size] for start in range(0, n, size)]


# %% [question] step=7 lang=en answer=3
# Three networks begin alike, and each sees the 1,438 images five times: all at once,
# 100 at a time, or 10 at a time. Which of them reads the test data best?
# 1. The one that sees all at once, for its steps are the truest.
# 2. There is no difference, for all have seen the same images.
# 3. The one with 10 at a time, for it takes the most steps.
# => The last one takes 720 steps, and the others 75 and 5. Smaller is not always better: with
# very few images a step is mostly chance, and a computer is faster with many at a
# time.
# %% [question] step=7 lang=ja answer=3
# 同じ初期値の三つのネットワークが、1,438 枚の画像を五回ずつ見ます。
# ひとつは全部まとめて、ひとつは 100 枚ずつ、ひとつは 10 枚ずつです。
# テストデータをいちばんよく読むのはどれでしょう。
# 1. 全部まとめて見るもの。一歩がいちばん正確だから。
# 2. どれも同じ。見た画像が同じだから。
# 3. 10 枚ずつ見るもの。歩数がいちばん多いから。
# => 10 枚ずつだと 720 ステップで、ほかは 75 と 5 です。ただし、
# 小さいほど良いわけではありません。ごく少ないと一歩がほとんど偶然になり、
# 計算機もまとめたほうが速く計算できます。
# %% [question] step=7 lang=zh answer=3
# 三个初始值相同的网络，各把 1,438 幅图像看五遍：一个一次看全部，一个每次看 100 幅，
# 一个每次看 10 幅。哪一个读测试数据读得最好？
# 1. 一次看全部的，因为每一步最准确。
# 2. 没有差别，因为看过的图像都一样。
# 3. 每次看 10 幅的，因为走的步数最多。
# => 它走了 720 步，另外两个是 75 步和 5 步。但也不是越小越好：
# 图像太少时，一步多半靠运气；而计算机成批计算也更快。
# %% step=7
for size in (len(x), 100, 10):
    network = kobai.TwoLayerNet(64, 50, 10, weight_init_std=0.1)
    sgd = kobai.SGD(learning_rate=1.0)
    kobai.train(network, data, optimizer=sgd, batch_size=size, epochs=5, progress=False)
    steps = 5 * steps_of_an_epoch(len(x), size)
    share = network.accuracy(data.x_test, data.t_test)
    print(f"{size}: {steps}, {share:.1%}")

# %% [summary] lang=en
# - A mini-batch is a few samples drawn at random: its loss is nearly that of all.
# - For the same work many steps that are a little off lead further than a few true ones.
# - An epoch is one pass over all training data; shuffle, then cut, and lose no row.
# %% [summary] lang=ja
# - ミニバッチは無作為に選んだ少しのサンプルです。その損失は、全体の損失に近い値になります。
# - 同じ手間なら、正確な数歩より、少しずれた多くの歩みのほうが先へ進めます。
# - 1 エポックで訓練データを一度ずつ見ます。混ぜてから切り分け、どの行も捨てません。
# %% [summary] lang=zh
# - 小批量是随机抽取的少量样本，它的损失接近全部样本的损失。
# - 花同样的工夫，许多略有偏差的步子，比几步准确的走得更远。
# - 一个轮次把训练数据看一遍：先打乱，再切开，一行也不丢。
# %% [reading] lang=en
# K. Saito, *Deep Learning from Scratch* (in Japanese), sections 4.2.3 and 4.5.2.
#
# The first of its kind:
# H. Robbins, S. Monro, "A Stochastic Approximation Method", 1951.
# %% [reading] lang=ja
# 斎藤康毅『ゼロから作る Deep Learning』4.2.3 節と 4.5.2 節。
#
# この考え方の始まり：H. Robbins, S. Monro, "A Stochastic Approximation Method", 1951.
# %% [reading] lang=zh
# 斋藤康毅《深度学习入门：基于 Python 的理论与实现》4.2.3 节与 4.5.2 节。
#
# 这一思想的开端：H. Robbins, S. Monro, "A Stochastic Approximation Method", 1951.
