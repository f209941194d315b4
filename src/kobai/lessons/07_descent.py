"""Gradient descent: walking down without seeing the valley."""
# %% [title] lang=en
# Gradient descent and the learning rate
# %% [title] lang=ja
# 勾配降下法と学習率
# %% [title] lang=zh
# 梯度下降法与学习率

# %% [markdown] step=1 lang=en
# ## Downhill in the fog
#
# You stand on a hillside in fog and want to reach the valley. You cannot see it, but
# you feel with your feet which way is down. Take a step that way, feel again, and so on.
# That is gradient descent:
#
#     x ← x − η g
#
# The arrow says what x becomes. Here g is the gradient where you stand, and η (eta), the
# learning rate, says how far to go. A network learns in just this way, with its weights
# for x and its loss for the height.
# %% [markdown] step=1 lang=ja
# ## 霧の中を下る
#
# 霧の中、山の斜面に立って谷へ下りたいとします。谷は見えませんが、
# どちらが下りかは足元でわかります。そちらへ一歩進み、また確かめ、これを繰り返します。
# これが勾配降下法です。
#
#     x ← x − η g
#
# 矢印は、x を右の値に置き換えるという意味です。g はいまいる場所の勾配、η（イータ）は学習率で、
# どれだけ進むかを決めます。ネットワークの学習もこれと同じです。x にあたるのが重み、
# 高さにあたるのが損失です。
# %% [markdown] step=1 lang=zh
# ## 雾中下山
#
# 你站在大雾笼罩的山坡上，想走到谷底。虽然看不见山谷，脚下却能感觉出哪边是下坡。
# 朝那边走一步，再感觉一次，如此反复。这就是梯度下降法：
#
#     x ← x − η g
#
# 箭头表示把 x 换成右边的值。g 是当前位置的梯度；η（读作 eta）是学习率，决定走多远。
# 神经网络正是这样学习的：x 相当于权重，高度相当于损失。
# %% [figure] step=1 lab=descent gallery=descent-surface

# %% [markdown] step=2 lang=en
# ## A hundred steps
#
# Down the bowl x₀² + x₁² from (3, 4), with a learning rate of 0.1. Each step takes away
# a fifth of what is left, so a hundred of them end very near the bottom.
# %% [markdown] step=2 lang=ja
# ## 100 歩
#
# お椀 x₀² + x₁² を点 (3, 4) から、学習率 0.1 で下ります。
# 一歩ごとに残りの 5 分の 1 が減るので、100 歩で底のすぐそばに着きます。
# %% [markdown] step=2 lang=zh
# ## 一百步
#
# 从点 (3, 4) 沿碗状曲面 x₀² + x₁² 下降，学习率为 0.1。
# 每一步都减去剩余部分的五分之一，所以走一百步就非常接近谷底。
# %% step=2
import kobai
import numpy as np


def bowl(x):
    return np.sum(x**2)


start = np.array([3.0, 4.0])
walk = kobai.gradient_descent(bowl, start, learning_rate=0.1, steps=100)
print(walk.x)

# %% [question] step=3 lang=en answer=2
# The same walk with a learning rate of 10.0: what happens?
# 1. It arrives a hundred times sooner.
# 2. It leaps over the bottom, farther each time, and never comes back.
# 3. It stops where it began.
# => A step is 10 times the gradient: 60 from 3, which lands at −57, and so on. The walk
# diverges. Each line has the rate, the number of steps, the end, and whether it diverged.
# With 1e-10 the walk has hardly moved after 100 steps.
# %% [question] step=3 lang=ja answer=2
# 学習率を 10.0 にして同じように下ると、どうなるでしょう。
# 1. 100 倍早く着く。
# 2. 底を飛び越え、そのたびに遠ざかり、戻ってこない。
# 3. 開始点から動かない。
# => 一歩は勾配の 10 倍です。3 から 60 動いて −57 に着き、次はもっと遠くへ飛びます。これが発散です。
# 各行は、学習率、歩数、最後の点、発散したかどうかです。1e-10 では、100 歩でもほとんど動きません。
# %% [question] step=3 lang=zh answer=2
# 把学习率改成 10.0，同样地走，会怎样？
# 1. 快一百倍到达。
# 2. 越过谷底，一次比一次远，再也回不来。
# 3. 停在起点不动。
# => 一步是梯度的 10 倍：从 3 移动 60，落到 −57，下一步更远。这就叫发散。
# 每行依次是学习率、步数、终点、是否发散。取 1e-10 时，走了 100 步也几乎没动。
# %% step=3
for rate in (10.0, 1e-10):
    walk = kobai.gradient_descent(bowl, start, learning_rate=rate, steps=100)
    print(f"{rate:g}: {walk.steps}, {walk.x}, {walk.diverged}")
# %% [figure] step=3 lab=learning-rate gallery=learning-rates


# %% [markdown] step=4 lang=en
# ## Your turn: walk
#
# Write `gradient_descent(f, x, learning_rate, steps)`: take that many steps, each against
# the gradient of the place where you are, and return the point where you end. Use
# `kobai.numerical_gradient(f, x)`; leave the array that you were given as it was.
# %% [markdown] step=4 lang=ja
# ## 演習：下ってみる
#
# `gradient_descent(f, x, learning_rate, steps)` を書きましょう。その回数だけ、
# いまいる場所の勾配と逆の向きに進み、最後の点を返します。勾配は
# `kobai.numerical_gradient(f, x)` で求められます。受け取った配列は書き換えないようにします。
# %% [markdown] step=4 lang=zh
# ## 练习：走下去
#
# 请写出 `gradient_descent(f, x, learning_rate, steps)`：走这么多步，每一步都逆着当前位置的梯度，
# 最后返回到达的点。梯度可用 `kobai.numerical_gradient(f, x)` 求出；传入的数组请保持原样。
# %% [exercise] step=4 name=gradient_descent
def gradient_descent(f, x, learning_rate, steps):
    return ...


# %% [hint] name=gradient_descent lang=en
# A loop over `range(steps)`, with one line in it.
# %% [hint] name=gradient_descent lang=en
# The line is the formula x ← x − η g; work the gradient out anew each time.
# %% [hint] name=gradient_descent lang=en
# Write `x = x - …`, which makes a new array; `x -= …` changes the one you were given.
# %% [hint] name=gradient_descent lang=ja
# `range(steps)` のループを書き、その中は一行です。
# %% [hint] name=gradient_descent lang=ja
# その一行は式 x ← x − η g です。勾配は毎回計算し直します。
# %% [hint] name=gradient_descent lang=ja
# `x = x - …` なら新しい配列になります。`x -= …` は受け取った配列を書き換えます。
# %% [hint] name=gradient_descent lang=zh
# 用 `range(steps)` 写一个循环，里面只有一行。
# %% [hint] name=gradient_descent lang=zh
# 这一行就是公式 x ← x − η g；每次都要重新计算梯度。
# %% [hint] name=gradient_descent lang=zh
# 写成 `x = x - …` 会产生新数组；`x -= …` 会改动传入的数组。
# %% [solution] name=gradient_descent
def gradient_descent(f, x, learning_rate, steps):
    for _ in range(steps):
        x = x - learning_rate * kobai.numerical_gradient(f, x)
    return x


# %% [markdown] step=5 lang=en
# ## Your turn: a rate for a narrow valley
#
# Few valleys are round. This one is twenty times as steep across as along:
#
#     f(x₀, x₁) = x₀² / 20 + x₁²
#
# Find a `learning_rate` with which 100 steps from (−7, 2) come down below a hundredth of
# the height. Too large, and the steps swing across; too small, and they creep along. Save
# a number, and see what the check says of it.
# %% [markdown] step=5 lang=ja
# ## 演習：細長い谷の学習率
#
# 谷は丸いものばかりではありません。この谷を横切る向きの傾きは、沿う向きの 20 倍もあります。
#
#     f(x₀, x₁) = x₀² / 20 + x₁²
#
# 点 (−7, 2) から 100 歩で高さが 100 分の 1 未満になるような `learning_rate` を見つけましょう。
# 大きすぎると谷を横切って揺れ、小さすぎるとなかなか進みません。
# まず何か数を入れて保存し、どう判定されるかを見ましょう。
# %% [markdown] step=5 lang=zh
# ## 练习：狭长山谷的学习率
#
# 山谷很少是圆的。这个山谷，横穿方向的坡度是沿着山谷方向的 20 倍：
#
#     f(x₀, x₁) = x₀² / 20 + x₁²
#
# 请找出一个 `learning_rate`，使得从点 (−7, 2) 出发走 100 步，高度降到百分之一以下。
# 太大会左右摇摆，太小则走得太慢。先填一个数保存，看看检查怎么说。
# %% [exercise] step=5 name=learning_rate
learning_rate = ...


# %% [hint] name=learning_rate lang=en
# Try values a factor of ten apart, and see which way things get worse.
# %% [hint] name=learning_rate lang=en
# Across the valley a step multiplies the distance by 1 − 2η: its size must be below 1.
# %% [hint] name=learning_rate lang=en
# Along it a step multiplies by 1 − η/10; so take η as large as the other allows.
# %% [hint] name=learning_rate lang=ja
# 10 倍ずつ違う値を試し、どちらへ行くと悪くなるかを見ましょう。
# %% [hint] name=learning_rate lang=ja
# 谷を横切る向きでは、一歩ごとに距離が 1 − 2η 倍になります。その大きさは 1 未満でなければなりません。
# %% [hint] name=learning_rate lang=ja
# 谷に沿う向きでは 1 − η/10 倍です。ですから η は、もう一方が許すかぎり大きくします。
# %% [hint] name=learning_rate lang=zh
# 先试相差十倍的几个值，看往哪边会变差。
# %% [hint] name=learning_rate lang=zh
# 在横穿山谷的方向上，每走一步，距离乘以 1 − 2η：它的绝对值必须小于 1。
# %% [hint] name=learning_rate lang=zh
# 在沿着山谷的方向上，每步乘以 1 − η/10；所以在前一条允许的范围内，η 取得尽量大。
# %% [solution] name=learning_rate
learning_rate = 0.9


# %% [markdown] step=6 lang=en
# ## Where the walk may end
#
# The gradient is 0 at the bottom, but not only there. A hollow higher up is a local
# minimum; a pass between two hills is a saddle point; on a plateau the gradient is nearly
# 0 far and wide, and the walk hardly moves. Where it ends depends on where it began: the
# lines below are the two walks of the picture, with the start, the end and its height.
# %% [markdown] step=6 lang=ja
# ## どこに着くか
#
# 勾配が 0 になるのは底だけではありません。高いところのくぼみは極小値、
# ふたつの山の間の峠は鞍点（あんてん）です。プラトーと呼ばれる平らな場所では
# 勾配がどこまでもほぼ 0 で、なかなか先へ進めません。どこに着くかは、どこから始めたかで
# 変わります。下の 2 行は図のふたつの経路で、開始点、終点、その高さです。
# %% [markdown] step=6 lang=zh
# ## 会走到哪里
#
# 梯度为 0 的地方不只有谷底。高处的小坑是局部极小值，两座山之间的山口是鞍点；
# 在平坦的高原上，梯度到处都接近 0，几乎走不动。走到哪里，取决于从哪里出发：
# 下面两行就是图中的两条路径，依次是起点、终点和终点的高度。
# %% [figure] step=6 gallery=local-minimum
# %% step=6
def hills(x):
    return x**4 / 4 - x**2 + 0.3 * x


for begin in (0.0, 0.3):
    walk = kobai.gradient_descent(hills, begin, learning_rate=0.1, steps=100)
    print(f"{begin:g}: {float(walk.x):.4f}, {walk.values[-1]:.4f}")

# %% [summary] lang=en
# - A step goes against the gradient, and is as long as the learning rate times it.
# - Too large a rate diverges; too small a one hardly moves.
# - Where the gradient is 0 the walk ends: a minimum, a saddle, or a plateau.
# %% [summary] lang=ja
# - 一歩は勾配と逆の向きに進み、その長さは勾配に学習率を掛けたものです。
# - 学習率が大きすぎると発散し、小さすぎるとほとんど動きません。
# - 勾配が 0 のところで止まります。極小値のほか、鞍点やプラトーのこともあります。
# %% [summary] lang=zh
# - 每一步都逆着梯度走，步长是梯度乘以学习率。
# - 学习率太大会发散，太小则几乎不动。
# - 梯度为 0 处就会停下：可能是极小值、鞍点或高原。
# %% [reading] lang=en
# K. Saito, *Deep Learning from Scratch* (in Japanese), section 4.4.1.
# %% [reading] lang=ja
# 斎藤康毅『ゼロから作る Deep Learning』4.4.1 節。
# %% [reading] lang=zh
# 斋藤康毅《深度学习入门：基于 Python 的理论与实现》4.4.1 节。
