"""The variants of gradient descent: how much data, and what is remembered."""
# %% [title] lang=en
# Variants of gradient descent
# %% [title] lang=ja
# 勾配降下法のバリエーション
# %% [title] lang=zh
# 梯度下降法的各种变体

# %% [markdown] step=1 lang=en
# ## Zigzag
#
# Gradient descent sees only the ground under its feet. In a long and narrow valley the
# steepest way down leads to the opposite wall and not along the valley: it swings from
# side to side, and comes forward slowly.
#
#     w ← w − η g
#
# Its variants change one of two things: how many samples the gradient g is taken from,
# or what is made of g before the step. In the picture several of them set out together.
# Which one swings, which ones shoot past the bottom, which ones go straight?
# %% [markdown] step=1 lang=ja
# ## ジグザグに進む
#
# 勾配降下法に見えるのは、足元の斜面だけです。細長い谷では、いちばん急な下り坂は谷に沿う
# 向きではなく、向かいの壁のほうを向いています。そのため左右に揺れ、なかなか前へ進みません。
#
#     w ← w − η g
#
# 改良のしかたはふた通りあります。いくつのサンプルから勾配 g を求めるかを変えるか、
# 求めた g を使う前にひと工夫するかです。図では、いくつかの手法が同じ場所から出発します。
# 揺れるのは、底を行き過ぎるのは、まっすぐ進むのは、それぞれどれでしょう。
# %% [markdown] step=1 lang=zh
# ## 之字形前进
#
# 梯度下降法只看得见脚下的坡面。在狭长的山谷里，最陡的下坡方向不是沿着山谷，
# 而是朝着对面的谷壁，所以它左右摇摆，前进得很慢。
#
#     w ← w − η g
#
# 改进的办法有两类：改变求梯度 g 所用的样本数，或者在走之前先对 g 加工一下。
# 图中有几种方法从同一处出发。哪个会摇摆，哪个会冲过谷底，哪个走得最直？
# %% [figure] step=1 gallery=optimizer-paths
# %% [figure] step=1 lab=descent

# %% [markdown] step=2 lang=en
# ## Batch, online, mini-batch
#
# From how many samples is g taken? Batch learning takes all of them: each step is exact,
# and costs much. Online learning takes one: steps cost nearly nothing, and each follows
# the whim of its sample. A mini-batch lies in between. With samples drawn at random, the
# last two are called stochastic gradient descent, SGD.
# %% [markdown] step=2 lang=ja
# ## バッチ、オンライン、ミニバッチ
#
# g はいくつのサンプルから求めるのでしょう。全部を使うのがバッチ学習で、一歩は正確ですが
# 手間がかかります。1 つだけ使うのがオンライン学習で、手間はわずかですが、一歩ごとに
# そのサンプルに振り回されます。ミニバッチ学習はその間です。サンプルを無作為に選ぶとき、
# あとのふたつを確率的勾配降下法（SGD）と呼びます。
# %% [markdown] step=2 lang=zh
# ## 批量、在线、小批量
#
# g 由多少个样本求出？批量学习用全部样本：每一步都准确，但很费时。
# 在线学习只用一个样本：一步几乎不花时间，却总被那个样本牵着走。小批量学习介于两者之间。
# 样本随机抽取时，后两种称为随机梯度下降法（SGD）。
# %% [question] step=2 lang=en answer=3
# An epoch over 1,438 digits: all at once, 100 at a time, or one at a time. Each reads
# every image once. Which epoch takes longest?
# 1. all at once
# 2. 100 at a time
# 3. one at a time
# => Every step has work besides the multiplications, and 1,438 steps have it 1,438
# times. Also, one product of large matrices is faster than many of small ones. After
# the seconds stands the accuracy on test data: in one epoch, the most steps lead furthest.
# %% [question] step=2 lang=ja answer=3
# 1,438 枚の数字を 1 エポック学習します。全部まとめてか、100 枚ずつか、1 枚ずつか。
# どれも、画像を一度ずつ読みます。いちばん時間がかかるのはどれでしょう。
# 1. 全部まとめて
# 2. 100 枚ずつ
# 3. 1 枚ずつ
# => 一歩ごとに掛け算以外の手間があり、1,438 歩ならそれが 1,438 回かかります。
# また、大きな行列の積を 1 回計算するほうが、小さな積を何度も計算するより速いのです。
# 秒数のあとの数はテストデータでの認識精度です。同じ 1 エポックなら、歩数の多いほうが先へ進みます。
# %% [question] step=2 lang=zh answer=3
# 用 1,438 幅数字图像训练一轮：一次用全部，每次 100 幅，或者每次 1 幅。
# 每幅图像都读一次。哪一种花的时间最长？
# 1. 一次用全部
# 2. 每次 100 幅
# 3. 每次 1 幅
# => 每一步除了乘法还有别的工作，1,438 步就要做 1,438 次。
# 而且大矩阵相乘一次，比小矩阵相乘许多次要快。秒数后面是测试数据上的识别精度：
# 同样一轮，步数多的走得更远。
# %% step=2
import time

import kobai
import numpy as np

data = kobai.load_digits()
x, t = data.x_train, data.t_train
for size in (len(x), 100, 1):
    network = kobai.TwoLayerNet(64, 50, 10, weight_init_std=0.3)
    begin = time.perf_counter()
    for start in range(0, len(x), size):
        rows = slice(start, start + size)
        slopes = network.gradient(x[rows], t[rows])
        for name in network.params:
            network.params[name] -= 0.5 * slopes[name]
    seconds = time.perf_counter() - begin
    share = network.accuracy(data.x_test, data.t_test)
    print(f"{size}: {seconds:.3f} s, {share:.1%}")


# %% [markdown] step=3 lang=en
# ## Your turn: momentum
#
# A ball that rolls does not stop at every point to look around. It has a velocity v, 0 at
# the start, which the slope only bends:
#
#     v ← α v − η g
#     w ← w + v
#
# α, often 0.9, is what friction leaves of v. Across the valley the pushes cancel, along
# it they add up. Write `momentum_step(w, g, v, learning_rate, momentum)`, where
# `momentum` is α: return the new w and the new v, and leave the given ones as they are.
# %% [markdown] step=3 lang=ja
# ## 演習：Momentum
#
# 転がる球は、一点ごとに止まってまわりを見たりしません。速度 v（はじめは 0）をもっていて、
# 斜面はそれを少しずつ変えるだけです。
#
#     v ← α v − η g
#     w ← w + v
#
# α は摩擦のあとに残る速度の割合で、よく 0.9 にします。谷を横切る向きの力は打ち消し合い、
# 谷に沿う向きの力は積み重なります。`momentum_step(w, g, v, learning_rate, momentum)` を書き、
# 新しい w と新しい v を返しましょう。`momentum` が α です。受け取った配列は書き換えません。
# %% [markdown] step=3 lang=zh
# ## 练习：Momentum（动量）
#
# 滚动的小球不会在每一点停下来张望。它带着速度 v（开始时为 0），坡面只是逐渐改变这个速度：
#
#     v ← α v − η g
#     w ← w + v
#
# α 是摩擦之后剩下的速度的比例，常取 0.9。横穿山谷的推力互相抵消，沿着山谷的推力则累积起来。
# 请写出 `momentum_step(w, g, v, learning_rate, momentum)`，其中 `momentum` 就是 α：
# 返回新的 w 和新的 v，传入的数组请保持原样。
# %% [exercise] step=3 name=momentum_step
def momentum_step(w, g, v, learning_rate, momentum):
    return ...


# %% [hint] name=momentum_step lang=en
# The two formulas are two lines of code, in this order.
# %% [hint] name=momentum_step lang=en
# The learning rate is in the first line only.
# %% [hint] name=momentum_step lang=en
# The first is `v = momentum * v - learning_rate * g`; at the end, `return w + v, v`.
# %% [hint] name=momentum_step lang=ja
# ふたつの式を、この順に二行のコードにします。
# %% [hint] name=momentum_step lang=ja
# 学習率が出てくるのは最初の行だけです。
# %% [hint] name=momentum_step lang=ja
# 最初の行は `v = momentum * v - learning_rate * g`、最後は `return w + v, v` です。
# %% [hint] name=momentum_step lang=zh
# 两个公式就是两行代码，顺序不变。
# %% [hint] name=momentum_step lang=zh
# 学习率只出现在第一行。
# %% [hint] name=momentum_step lang=zh
# 第一行是 `v = momentum * v - learning_rate * g`，最后 `return w + v, v`。
# %% [solution] name=momentum_step
def momentum_step(w, g, v, learning_rate, momentum):
    v = momentum * v - learning_rate * g
    return w + v, v


# %% [markdown] step=4 lang=en
# ## Your turn: AdaGrad
#
# The valley is steep in one direction and flat in the other; so let every weight have a
# learning rate of its own. AdaGrad adds up the squares of each weight's gradients in h, 0
# at the start, and divides by its root: what was steep takes smaller steps.
#
#     h ← h + g²
#     w ← w − η g / (√h + ε)
#
# Write `adagrad_step(w, g, h, learning_rate)`: return the new w and h. The small ε, say
# `1e-7`, is for weights whose gradient has always been 0.
# %% [markdown] step=4 lang=ja
# ## 演習：AdaGrad
#
# 谷は、ある向きには急で、別の向きにはなだらかです。それなら、学習率を重みごとに変えましょう。
# AdaGrad は、重みごとに勾配の 2 乗を h（はじめは 0）に足していき、その平方根で割ります。
# 急だった重みほど、歩幅が小さくなります。
#
#     h ← h + g²
#     w ← w − η g / (√h + ε)
#
# `adagrad_step(w, g, h, learning_rate)` を書き、新しい w と h を返しましょう。
# 小さな ε（`1e-7` など）は、勾配がずっと 0 だった重みのためのものです。
# %% [markdown] step=4 lang=zh
# ## 练习：AdaGrad
#
# 山谷在一个方向上陡，在另一个方向上缓，那就让每个权重有自己的学习率。AdaGrad 把每个权重
# 的梯度平方累加到 h 里（开始时为 0），再除以它的平方根：越陡的方向，步子越小。
#
#     h ← h + g²
#     w ← w − η g / (√h + ε)
#
# 请写出 `adagrad_step(w, g, h, learning_rate)`：返回新的 w 和 h。
# 微小的 ε（比如 `1e-7`）是为梯度一直是 0 的权重准备的。
# %% [exercise] step=4 name=adagrad_step
def adagrad_step(w, g, h, learning_rate):
    return ...


# %% [hint] name=adagrad_step lang=en
# First the new h, then the step that uses it.
# %% [hint] name=adagrad_step lang=en
# Write `h = h + g * g`, not `h += g * g`: the array that you were given stays as it was.
# %% [hint] name=adagrad_step lang=en
# The divisor is `np.sqrt(h) + 1e-7`, in brackets.
# %% [hint] name=adagrad_step lang=ja
# まず h を新しくし、それを使って一歩進みます。
# %% [hint] name=adagrad_step lang=ja
# `h += g * g` ではなく `h = h + g * g` と書きます。受け取った配列は書き換えません。
# %% [hint] name=adagrad_step lang=ja
# 割る数は `np.sqrt(h) + 1e-7` です。かっこを忘れずに。
# %% [hint] name=adagrad_step lang=zh
# 先求新的 h，再用它走一步。
# %% [hint] name=adagrad_step lang=zh
# 写成 `h = h + g * g`，不要写 `h += g * g`：传入的数组应保持原样。
# %% [hint] name=adagrad_step lang=zh
# 除数是 `np.sqrt(h) + 1e-7`，要加括号。
# %% [solution] name=adagrad_step
def adagrad_step(w, g, h, learning_rate):
    h = h + g * g
    return w - learning_rate * g / (np.sqrt(h) + 1e-7), h


# %% [markdown] step=5 lang=en
# ## Adam: both at once
#
# AdaGrad's h only grows, so in time its steps die away. Adam keeps running means instead,
# which forget: m of the gradients, much as momentum does, and v (another v) of their
# squares. β₁ and β₂, often 0.9 and 0.999, are the shares of the old that are kept. With g
# itself in place of m it is RMSProp, which is in the picture, too.
#
#     m ← β₁ m + (1 − β₁) g
#     v ← β₂ v + (1 − β₂) g²
#
# Both begin at 0, and are too small at first: at step t, counted from 1, they have the
# share 1 − βᵗ of their full size. Divided by it, they are right from the first step on:
#
#     m̂ = m / (1 − β₁ᵗ)
#     v̂ = v / (1 − β₂ᵗ)
#     w ← w − η m̂ / (√v̂ + ε)
# %% [markdown] step=5 lang=ja
# ## Adam：両方を一度に
#
# AdaGrad の h は増える一方なので、やがて歩幅がなくなってしまいます。Adam は、古いものを
# 少しずつ忘れる平均を使います。m は Momentum に似た勾配の平均、v は（Momentum の v とは別の）
# 勾配の 2 乗の平均です。β₁ と β₂ は古い値を残す割合で、よく 0.9 と 0.999 にします。
# m の代わりに g をそのまま使うと、図にもある RMSProp になります。
#
#     m ← β₁ m + (1 − β₁) g
#     v ← β₂ v + (1 − β₂) g²
#
# どちらも 0 から始まるので、最初は小さすぎます。t 歩目（1 から数えます）では、本来の大きさの
# 1 − βᵗ 倍です。それで割っておけば、一歩目から正しい大きさになります。
#
#     m̂ = m / (1 − β₁ᵗ)
#     v̂ = v / (1 − β₂ᵗ)
#     w ← w − η m̂ / (√v̂ + ε)
# %% [markdown] step=5 lang=zh
# ## Adam：两者合一
#
# AdaGrad 的 h 只增不减，步子迟早会小到走不动。Adam 改用会逐渐遗忘的平均：
# m 是梯度的平均，与 Momentum 相似；v（不是 Momentum 的 v）是梯度平方的平均。
# β₁ 和 β₂ 是旧值保留的比例，常取 0.9 和 0.999。不用 m 而直接用 g，就是图中也有的 RMSProp。
#
#     m ← β₁ m + (1 − β₁) g
#     v ← β₂ v + (1 − β₂) g²
#
# 两者都从 0 开始，起初偏小：到第 t 步（从 1 数起），只有应有大小的 1 − βᵗ 倍。
# 除以这个比例，从第一步起大小就对了：
#
#     m̂ = m / (1 − β₁ᵗ)
#     v̂ = v / (1 − β₂ᵗ)
#     w ← w − η m̂ / (√v̂ + ε)
# %% [question] step=5 lang=en answer=2
# The gradient of the very first step is 1234.5, and η = 0.1. How long is Adam's step?
# 1. 123.45
# 2. 0.1
# 3. nearly 0
# => At t = 1, m̂ is g and v̂ is g²: what is left of g / √g² is its sign. So w, which begins
# at 0, is −0.1 after the first step, however steep the slope.
# %% [question] step=5 lang=ja answer=2
# いちばん最初の一歩で、勾配が 1234.5、η = 0.1 でした。Adam の一歩の長さはどれだけでしょう。
# 1. 123.45
# 2. 0.1
# 3. ほぼ 0
# => t = 1 では m̂ は g、v̂ は g² です。g / √g² に残るのは符号だけです。
# ですから 0 から始めた w は、どんなに急でも、一歩目で −0.1 になります。
# %% [question] step=5 lang=zh answer=2
# 第一步的梯度是 1234.5，η = 0.1。Adam 这一步有多长？
# 1. 123.45
# 2. 0.1
# 3. 接近 0
# => t = 1 时，m̂ 就是 g，v̂ 就是 g²，g / √g² 只剩下符号。
# 所以从 0 出发的 w，不管坡多陡，第一步之后都是 −0.1。
# %% step=5
for g in (0.001, 1.0, 1234.5):
    adam = kobai.Adam(0.1)
    params = {"w": np.array([0.0])}
    after, _ = adam.update(params, {"w": np.array([g])}, adam.init(params))
    print(f"g = {g:g}: {after['w'][0]:.4f}")


# %% [markdown] step=6 lang=en
# ## Your turn: Adam
#
# Write `adam_step(w, g, m, v, t, learning_rate)` with the five formulas above: return the
# new w, m and v. `t` is 1 at the first step; β₁ is 0.9, β₂ is 0.999, and ε is `1e-8`.
# %% [markdown] step=6 lang=ja
# ## 演習：Adam
#
# 上の五つの式で `adam_step(w, g, m, v, t, learning_rate)` を書き、新しい w、m、v を
# 返しましょう。`t` は最初のステップで 1 です。β₁ は 0.9、β₂ は 0.999、ε は `1e-8` とします。
# %% [markdown] step=6 lang=zh
# ## 练习：Adam
#
# 请用上面五个公式写出 `adam_step(w, g, m, v, t, learning_rate)`：返回新的 w、m、v。
# 第一步的 `t` 是 1；β₁ 取 0.9，β₂ 取 0.999，ε 取 `1e-8`。
# %% [exercise] step=6 name=adam_step
def adam_step(w, g, m, v, t, learning_rate):
    return ...


# %% [hint] name=adam_step lang=en
# Five formulas, five lines; the first is `m = 0.9 * m + 0.1 * g`.
# %% [hint] name=adam_step lang=en
# The corrected ones need names of their own: `m_hat = m / (1 - 0.9**t)`.
# %% [hint] name=adam_step lang=en
# Move w by `m_hat` and `v_hat`, and return `m` and `v`.
# %% [hint] name=adam_step lang=ja
# 五つの式を五行にします。最初は `m = 0.9 * m + 0.1 * g` です。
# %% [hint] name=adam_step lang=ja
# 補正した値には別の名前を付けます。`m_hat = m / (1 - 0.9**t)` のようにします。
# %% [hint] name=adam_step lang=ja
# w は `m_hat` と `v_hat` で動かし、返すのは `m` と `v` です。
# %% [hint] name=adam_step lang=zh
# 五个公式，五行代码；第一行是 `m = 0.9 * m + 0.1 * g`。
# %% [hint] name=adam_step lang=zh
# 修正后的量要另取名字：`m_hat = m / (1 - 0.9**t)`。
# %% [hint] name=adam_step lang=zh
# 用 `m_hat` 和 `v_hat` 移动 w，返回的则是 `m` 和 `v`。
# %% [solution] name=adam_step
def adam_step(w, g, m, v, t, learning_rate):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g * g
    m_hat = m / (1 - 0.9**t)
    v_hat = v / (1 - 0.999**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


# %% [markdown] step=7 lang=en
# ## What it takes, and what it gives
#
# Besides its arithmetic a variant takes memory: momentum and AdaGrad keep one more number
# for each weight, Adam two. Below stand for each one the loss on training data and the
# accuracy on test data after five epochs, and then how many more numbers it keeps.
#
# No variant is always best. Each has a learning rate of its own that suits it: change the
# numbers and see. Adam asks for the least care, so it is where many people begin.
# %% [markdown] step=7 lang=ja
# ## 必要なものと、得られるもの
#
# 計算のほかに、メモリも必要です。Momentum と AdaGrad は重みひとつにつき数を 1 つ、
# Adam は 2 つ余分に覚えます。下の最後の列がその個数です。その前は、5 エポック学習したあとの、
# 訓練データでの損失と、テストデータでの認識精度です。
#
# いつでもいちばん良い手法はありません。合う学習率も手法ごとに違います。数を変えて
# 試してみましょう。Adam は調整の手間が少ないので、最初に選ばれることが多い手法です。
# %% [markdown] step=7 lang=zh
# ## 要付出什么，能得到什么
#
# 除了计算，还要占用内存：Momentum 和 AdaGrad 为每个权重多记 1 个数，Adam 多记 2 个。
# 下面最后一列就是这个个数，前面是训练五轮之后，训练数据上的损失和测试数据上的识别精度。
#
# 没有哪种方法永远最好，各自适合的学习率也不同：改改数字试试看。Adam 最不需要费心调
# 整，所以很多人从它开始。
# %% step=7
from kobai.optimizers import AdaGrad

for rule in (kobai.SGD(0.5), kobai.Momentum(0.05), AdaGrad(0.1), kobai.Adam(0.01)):
    network = kobai.TwoLayerNet(64, 50, 10, weight_init_std=0.1)
    kobai.train(network, data, optimizer=rule, batch_size=100, epochs=5, progress=False)
    share = network.accuracy(data.x_test, data.t_test)
    kind = type(rule).__name__
    print(f"{kind:8} {network.loss(x, t):.3f}  {share:.1%}  {len(rule.slots)}")

# %% [summary] lang=en
# - All samples, one, or a few: truer steps against more of them. A few is the usual.
# - Momentum remembers the way it came: swinging cancels, going on adds up.
# - AdaGrad gives every weight a rate of its own; Adam does both, and forgets.
# - Momentum and AdaGrad keep one more number for each weight, Adam two.
# %% [summary] lang=ja
# - 全サンプルか、1 つか、少しずつか。正確さと歩数との兼ね合いで、ふつうは少しずつです。
# - Momentum は進んできた向きを覚えています。揺れは打ち消し合い、前進は積み重なります。
# - AdaGrad は重みごとに学習率を変えます。Adam は両方を行い、古いものを忘れます。
# - 重みひとつにつき、Momentum と AdaGrad は数を 1 つ、Adam は 2 つ余分に覚えます。
# %% [summary] lang=zh
# - 用全部样本、一个样本还是一小批：是每步更准，还是步数更多？通常用一小批。
# - Momentum 记得来时的方向：摇摆互相抵消，前进逐渐累积。
# - AdaGrad 让每个权重有自己的学习率；Adam 两者兼有，还会遗忘过去。
# - 每个权重，Momentum 和 AdaGrad 多记 1 个数，Adam 多记 2 个。
# %% [reading] lang=en
# K. Saito, *Deep Learning from Scratch* (in Japanese), section 6.1. H. Robbins and S.
# Monro, "A Stochastic Approximation Method", 1951. J. Duchi, E. Hazan and Y. Singer,
# "Adaptive Subgradient Methods", 2011. D. P. Kingma and J. Ba, "Adam", 2015.
# %% [reading] lang=ja
# 斎藤康毅『ゼロから作る Deep Learning』6.1 節。H. Robbins, S. Monro "A Stochastic
# Approximation Method" 1951 年。J. Duchi, E. Hazan, Y. Singer "Adaptive Subgradient
# Methods" 2011 年。D. P. Kingma, J. Ba "Adam" 2015 年。
# %% [reading] lang=zh
# 斋藤康毅《深度学习入门：基于 Python 的理论与实现》6.1 节。H. Robbins, S. Monro, "A
# Stochastic Approximation Method", 1951。J. Duchi, E. Hazan, Y. Singer, "Adaptive
# Subgradient Methods", 2011。D. P. Kingma, J. Ba, "Adam", 2015。
