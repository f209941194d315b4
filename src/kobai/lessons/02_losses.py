"""Losses: how wrong a network is, in one number."""
# %% [title] lang=en
# Loss functions
# %% [title] lang=ja
# 損失関数
# %% [title] lang=zh
# 损失函数

# %% [markdown] step=1 lang=en
# ## How wrong is it?
#
# To learn, a network must be told how wrong it is, in a single number: the loss. It
# is 0 where everything is right, and grows with the error. Learning is to make it
# small.
#
# A network that tells three kinds of things apart, three classes, answers with three
# probabilities y. The target t is 1 at the right class and 0 at the others: one-hot.
# The plainest loss is half the sum of the squared differences, over all classes k:
#
#     E = ½ Σₖ (yₖ − tₖ)²
# %% [markdown] step=1 lang=ja
# ## どれだけ間違っているか
#
# 学習するには、どれだけ間違っているかをひとつの数で表す必要があります。
# それが損失です。すべて正しければ 0 で、間違いが大きいほど大きくなります。学習とは、
# 損失を小さくすることです。
#
# ものを 3 種類、つまり 3 クラスに分けるネットワークは、三つの確率 y を答えます。正解 t は、
# 正解のクラスが 1、ほかが 0 です。この書き方を one-hot といいます。
# いちばん素直な損失は、すべてのクラス k についての、差の 2 乗の和の半分です。
#
#     E = ½ Σₖ (yₖ − tₖ)²
# %% [markdown] step=1 lang=zh
# ## 错得有多厉害
#
# 要学习，就得先用一个数说清错得有多厉害。这个数就是损失：
# 全对时为 0，错得越多就越大。所谓学习，就是让损失变小。
#
# 如果神经网络要把事物分成三类，它会给出三个概率 y。正确答案 t 在真实类别处为 1，
# 其余为 0，这种写法叫 one-hot。最朴素的损失，是对所有类别 k 求差的平方和，再取一半：
#
#     E = ½ Σₖ (yₖ − tₖ)²
# %% [question] step=2 lang=en answer=2
# The last class is right. One network answers `[0.1, 0.2, 0.7]`, another one
# `[0.3, 0.3, 0.4]`. What are their losses?
# 1. Both 0, for both give the right class the most.
# 2. Both are above 0; the first is smaller.
# 3. Both are above 0; the second is smaller.
# => A loss does not only ask who wins, but by how much. The surer one has the smaller
# loss.
# %% [question] step=2 lang=ja answer=2
# 正解は最後のクラスです。あるネットワークは `[0.1, 0.2, 0.7]`、別のネットワークは
# `[0.3, 0.3, 0.4]` と答えました。損失はどうなるでしょう。
# 1. どちらも正解クラスがいちばん大きいので、どちらも 0。
# 2. どちらも 0 より大きく、最初のほうが小さい。
# 3. どちらも 0 より大きく、あとのほうが小さい。
# => 損失は、どのクラスが勝つかだけでなく、どれだけの差で勝つかも見ます。
# 確かなほうが小さくなります。
# %% [question] step=2 lang=zh answer=2
# 正确的是最后一类。一个网络回答 `[0.1, 0.2, 0.7]`，另一个回答 `[0.3, 0.3, 0.4]`。
# 它们的损失各是怎样的？
# 1. 都是 0，因为两者都把最大的概率给了真实类别。
# 2. 都大于 0，前者较小。
# 3. 都大于 0，后者较小。
# => 损失不只看哪一类胜出，还看胜出多少。把握更大的，损失更小。
# %% step=2
import numpy as np
from kobai.functions import cross_entropy_error, sum_squared_error

t = np.array([0, 0, 1])
for y in ([0.1, 0.2, 0.7], [0.3, 0.3, 0.4], [0.7, 0.2, 0.1]):
    print(y, f"{sum_squared_error(np.array(y), t):.3f}")


# %% [markdown] step=3 lang=en
# ## Your turn: the squares
#
# Write `squared_error(y, t)`. `y` and `t` are arrays of the same length, and the result
# is one number:
#
#     E = ½ Σₖ (yₖ − tₖ)²
# %% [markdown] step=3 lang=ja
# ## 演習：2 乗和誤差
#
# `squared_error(y, t)` を書きましょう。`y` と `t` は同じ長さの配列で、
# 結果はひとつの数です。
#
#     E = ½ Σₖ (yₖ − tₖ)²
# %% [markdown] step=3 lang=zh
# ## 练习：平方和误差
#
# 请写出 `squared_error(y, t)`。`y` 和 `t` 是长度相同的数组，结果是一个数：
#
#     E = ½ Σₖ (yₖ − tₖ)²
# %% [exercise] step=3 name=squared_error
def squared_error(y, t):
    return ...


# %% [hint] name=squared_error lang=en
# NumPy subtracts arrays element by element: `y - t` holds all differences.
# %% [hint] name=squared_error lang=en
# Square first, `(y - t) ** 2`, and then add.
# %% [hint] name=squared_error lang=en
# `np.sum` adds the squares; half of that is the loss.
# %% [hint] name=squared_error lang=ja
# NumPy の引き算は要素ごとに行われます。`y - t` にすべての差が入ります。
# %% [hint] name=squared_error lang=ja
# 先に 2 乗して `(y - t) ** 2`、それから足します。
# %% [hint] name=squared_error lang=ja
# `np.sum` で 2 乗の和を取り、その半分が損失です。
# %% [hint] name=squared_error lang=zh
# NumPy 的减法是逐元素进行的：`y - t` 里就是所有的差。
# %% [hint] name=squared_error lang=zh
# 先平方：`(y - t) ** 2`，再相加。
# %% [hint] name=squared_error lang=zh
# 用 `np.sum` 求平方之和，它的一半就是损失。
# %% [solution] name=squared_error
def squared_error(y, t):
    return 0.5 * np.sum((y - t) ** 2)


# %% [markdown] step=4 lang=en
# ## Cross-entropy
#
# For classes another loss serves better. As t is 0 everywhere else, it looks only at
# the probability of the right class, and takes the logarithm, the natural one, which
# schools often call ln:
#
#     E = −Σₖ tₖ log yₖ
#
# Where that probability is 1, the loss is 0. The smaller it is, the steeper the loss
# rises: to be sure and wrong is the worst. And log 0 is −∞, which no program can go
# on from. So a small δ is added inside the logarithm:
#
#     E = −Σₖ tₖ log (yₖ + δ),   δ = 1e-7
#
# The figure has the loss over the probability of the right class.
# %% [markdown] step=4 lang=ja
# ## 交差エントロピー誤差
#
# クラスを見分けるときは、別の損失のほうが向いています。t は正解のほかでは 0 なので、
# 正解クラスの確率だけを見て、その対数を取ることになります。log は自然対数です。
#
#     E = −Σₖ tₖ log yₖ
#
# その確率が 1 なら損失は 0 です。小さくなるほど損失は急に大きくなります。
# 自信をもって間違えるのが、いちばん大きな損失です。ただし log 0 は −∞ で、
# その先の計算ができません。そこで、log の中に小さな δ を足しておきます。
#
#     E = −Σₖ tₖ log (yₖ + δ),   δ = 1e-7
#
# 図は、正解クラスの確率に対する損失です。
# %% [markdown] step=4 lang=zh
# ## 交叉熵误差
#
# 分类时，另一种损失更合适。t 只在真实类别处不为 0，
# 所以它只看真实类别的概率，再取对数。这里的 log 是自然对数，也就是课本里的 ln：
#
#     E = −Σₖ tₖ log yₖ
#
# 这个概率是 1 时损失为 0；概率越小，损失升得越陡：最吃亏的是满有把握地答错。
# 不过 log 0 是 −∞，程序到这里就算不下去了。所以在 log 里面加一个微小的 δ：
#
#     E = −Σₖ tₖ log (yₖ + δ),   δ = 1e-7
#
# 图中画的是损失随真实类别的概率怎样变化。
# %% [figure] step=4 lab=loss gallery=softmax-and-cross-entropy

# %% [question] step=4 lang=en answer=3
# The right class is given the probability 0. What is the loss, with the δ?
# 1. 0
# 2. 1
# 3. about 16
# => −log 1e-7 is 16.1: large, but a number.
# %% [question] step=4 lang=ja answer=3
# 正解クラスの確率が 0 のとき、δ を足した損失はいくつでしょう。
# 1. 0
# 2. 1
# 3. 約 16
# => −log 1e-7 は 16.1 です。大きいですが、ちゃんとした数です。
# %% [question] step=4 lang=zh answer=3
# 给真实类别的概率是 0 时，加上 δ 后的损失是多少？
# 1. 0
# 2. 1
# 3. 约 16
# => −log 1e-7 是 16.1：虽然大，但总归是一个数。
# %% step=4
for p in (0.99, 0.7, 0.5, 0.1, 0.01, 0.0):
    print(f"p = {p:g}: {-np.log(p + 1e-7):.4f}")


# %% [markdown] step=5 lang=en
# ## Your turn: cross-entropy
#
# Write `cross_entropy(y, t)` for one sample: `y` holds the probabilities, `t` is
# one-hot. It must give a number even where `y` holds a 0.
# %% [markdown] step=5 lang=ja
# ## 演習：交差エントロピー誤差
#
# サンプルひとつについて `cross_entropy(y, t)` を書きましょう。`y` は
# 確率、`t` は one-hot です。`y` に 0 があっても、数を返すようにします。
# %% [markdown] step=5 lang=zh
# ## 练习：交叉熵误差
#
# 请为一个样本写出 `cross_entropy(y, t)`：`y` 是各类的概率，`t` 是 one-hot。
# 即使 `y` 里有 0，也要得出一个数。
# %% [exercise] step=5 name=cross_entropy
def cross_entropy(y, t):
    return ...


# %% [hint] name=cross_entropy lang=en
# `np.log` is the natural logarithm, and works on a whole array.
# %% [hint] name=cross_entropy lang=en
# Multiplying by `t` leaves only the right class; mind the minus sign.
# %% [hint] name=cross_entropy lang=en
# The δ belongs inside the logarithm: `np.log(y + 1e-7)`.
# %% [hint] name=cross_entropy lang=ja
# `np.log` は自然対数で、配列全体に使えます。
# %% [hint] name=cross_entropy lang=ja
# `t` を掛けると正解クラスだけが残ります。マイナスの符号を忘れずに。
# %% [hint] name=cross_entropy lang=ja
# δ は log の中に入れます：`np.log(y + 1e-7)`。
# %% [hint] name=cross_entropy lang=zh
# `np.log` 是自然对数，可以直接用于整个数组。
# %% [hint] name=cross_entropy lang=zh
# 乘以 `t` 后只剩下真实类别；别忘了负号。
# %% [hint] name=cross_entropy lang=zh
# δ 要加在 log 里面：`np.log(y + 1e-7)`。
# %% [solution] name=cross_entropy
def cross_entropy(y, t):
    return -np.sum(t * np.log(y + 1e-7))


# %% [markdown] step=6 lang=en
# ## A batch: the mean
#
# A network gets many samples at once, a batch. The loss of a batch is the mean over
# its N samples, so that it does not depend on how many there are:
#
#     E = −1/N Σₙ Σₖ tₙₖ log yₙₖ
#
# Instead of one-hot rows, t may hold labels: the number of the right class of each
# sample. That is shorter, and says the same.
# %% [markdown] step=6 lang=ja
# ## バッチでは平均を取る
#
# ネットワークは、たくさんのサンプルをまとめて受け取ります。これがバッチです。
# バッチの損失は N 個のサンプルの平均です。個数が変わっても
# 比べられるようにするためです。
#
#     E = −1/N Σₙ Σₖ tₙₖ log yₙₖ
#
# t には、one-hot の行の代わりに、正解クラスの番号を並べてもかまいません。
# これをラベルといいます。短くなるだけで、表すことは同じです。
# %% [markdown] step=6 lang=zh
# ## 一批样本：取平均
#
# 神经网络会一次收到许多样本，称为一批。一批的损失是其中 N 个样本的平均，
# 这样就不受样本多少的影响：
#
#     E = −1/N Σₙ Σₖ tₙₖ log yₙₖ
#
# t 不一定要写成 one-hot 的行，也可以写成标签，即每个样本真实类别的序号。
# 这样更短，意思一样。
# %% [question] step=6 lang=en answer=1
# In each of three rows the right class has the probability 0.7, and −log 0.7 is
# 0.357. What is the loss of the batch?
# 1. 0.357
# 2. 3 × 0.357
# 3. 0.7
# => The mean of three equal numbers is that number.
# %% [question] step=6 lang=ja answer=1
# 3 行のどれでも正解クラスの確率が 0.7 です。−log 0.7 は 0.357 です。
# バッチの損失はいくつでしょう。
# 1. 0.357
# 2. 3 × 0.357
# 3. 0.7
# => 同じ数が三つなら、その平均も同じ数です。
# %% [question] step=6 lang=zh answer=1
# 三行中真实类别的概率都是 0.7，而 −log 0.7 是 0.357。这一批的损失是多少？
# 1. 0.357
# 2. 3 × 0.357
# 3. 0.7
# => 三个相同的数，平均还是这个数。
# %% step=6
y = np.array([[0.1, 0.2, 0.7], [0.7, 0.1, 0.2], [0.1, 0.7, 0.2]])
labels = np.array([2, 0, 1])
one_hot = np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]])
print(cross_entropy_error(y, labels))
print(cross_entropy_error(y, one_hot))


# %% [markdown] step=7 lang=en
# ## Your turn: the loss of a batch
#
# Write `mean_cross_entropy(y, t)`: `y` has a row of probabilities for each sample,
# and `t` holds the labels. Take from each row the probability of its label, and return
# the mean of the losses.
# %% [markdown] step=7 lang=ja
# ## 演習：バッチの損失
#
# `mean_cross_entropy(y, t)` を書きましょう。`y` はサンプルごとに 1 行の確率、`t` は
# ラベルです。各行からそのラベルの確率を取り出し、損失の平均を返します。
# %% [markdown] step=7 lang=zh
# ## 练习：一批的损失
#
# 请写出 `mean_cross_entropy(y, t)`：`y` 中每个样本占一行概率，`t` 是标签。
# 从每一行取出它的标签所对应的概率，返回各样本损失的平均。
# %% [exercise] step=7 name=mean_cross_entropy
def mean_cross_entropy(y, t):
    return ...


# %% [hint] name=mean_cross_entropy lang=en
# From row 0 take column `t[0]`, from row 1 column `t[1]`, and so on.
# %% [hint] name=mean_cross_entropy lang=en
# NumPy takes pairs of row and column numbers: `y[rows, columns]`, with
# `np.arange(len(y))` for the rows.
# %% [hint] name=mean_cross_entropy lang=en
# Then the logarithm of each, the mean of them, and the minus sign.
# %% [hint] name=mean_cross_entropy lang=ja
# 0 行目からは `t[0]` 列目、1 行目からは `t[1]` 列目、と取り出していきます。
# %% [hint] name=mean_cross_entropy lang=ja
# NumPy では、行番号と列番号の組で `y[rows, columns]` と取り出せます。
# 行番号は `np.arange(len(y))` です。
# %% [hint] name=mean_cross_entropy lang=ja
# あとはそれぞれの対数を取り、平均して、マイナスを付けます。
# %% [hint] name=mean_cross_entropy lang=zh
# 第 0 行取第 `t[0]` 列，第 1 行取第 `t[1]` 列，依此类推。
# %% [hint] name=mean_cross_entropy lang=zh
# NumPy 可以按行号、列号成对地取：`y[rows, columns]`，其中行号是 `np.arange(len(y))`。
# %% [hint] name=mean_cross_entropy lang=zh
# 然后各取对数，求平均，再加上负号。
# %% [solution] name=mean_cross_entropy
def mean_cross_entropy(y, t):
    right = y[np.arange(len(y)), t]
    return -np.mean(np.log(right + 1e-7))


# %% [summary] lang=en
# - The loss says in one number how wrong a network is; learning makes it small.
# - Half the sum of squares looks at all outputs; cross-entropy at the right class alone.
# - log 0 is −∞: a small δ inside the logarithm keeps it a number.
# - Over a batch the mean is taken; t is one-hot, or holds labels.
# %% [summary] lang=ja
# - 損失は、どれだけ間違っているかをひとつの数で表します。学習はそれを小さくすることです。
# - 2 乗和誤差はすべての出力を見ます。交差エントロピー誤差は正解クラスだけを見ます。
# - log 0 は −∞ です。log の中に小さな δ を足せば、有限の値になります。
# - バッチでは平均を取ります。t は one-hot でも、ラベルでもかまいません。
# %% [summary] lang=zh
# - 损失用一个数表示网络错得有多厉害；学习就是让它变小。
# - 平方和误差看所有输出，交叉熵误差只看真实类别。
# - log 0 是 −∞：在 log 里面加上微小的 δ，结果就是有限的。
# - 对一批样本取平均；t 可以是 one-hot，也可以是标签。
# %% [reading] lang=en
# K. Saito, *Deep Learning from Scratch* (in Japanese), section 4.2.
#
# Where the entropy comes from:
# C. E. Shannon, "A Mathematical Theory of Communication", 1948.
# %% [reading] lang=ja
# 斎藤康毅『ゼロから作る Deep Learning』4.2 節。
#
# エントロピーの出どころ：C. E. Shannon, "A Mathematical Theory of Communication", 1948.
# %% [reading] lang=zh
# 斋藤康毅《深度学习入门：基于 Python 的理论与实现》4.2 节。
#
# 熵的出处：C. E. Shannon, "A Mathematical Theory of Communication", 1948.
