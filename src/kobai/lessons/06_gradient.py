"""The gradient: one slope for every variable."""
# %% [title] lang=en
# Partial derivatives and the gradient
# %% [title] lang=ja
# 偏微分と勾配
# %% [title] lang=zh
# 偏导数与梯度

# %% [markdown] step=1 lang=en
# ## A hillside has more than one slope
#
# A network has thousands of weights, and its loss depends on all of them. Begin with
# two variables:
#
#     f(x₀, x₁) = x₀² + x₁²
#
# Standing on this bowl you can walk east or north, and each way has a slope of its own.
# To measure one, hold the other variable still. That is a partial derivative, written
# with a rounded d: ∂f/∂x₀ or ∂f/∂x₁.
# %% [markdown] step=1 lang=ja
# ## 斜面の傾きはひとつではない
#
# ネットワークには何千もの重みがあり、損失はそのすべてによって決まります。
# まずは変数がふたつの場合から始めましょう。
#
#     f(x₀, x₁) = x₀² + x₁²
#
# このお椀形の斜面に立つと、東にも北にも歩けて、それぞれに別の傾きがあります。
# 一方を測るときは、もう一方の変数を止めておきます。これが偏微分で、d を丸めた記号 ∂ で
# ∂f/∂x₀ や ∂f/∂x₁ と書きます。
# %% [markdown] step=1 lang=zh
# ## 山坡上不止一个坡度
#
# 神经网络有成千上万个权重，损失取决于所有这些权重。先从两个变量开始：
#
#     f(x₀, x₁) = x₀² + x₁²
#
# 站在这个碗状曲面上，可以向东走，也可以向北走，两个方向各有各的坡度，也就是斜率。
# 要测其中一个，就让另一个变量保持不动。这就是偏导数，写的时候用弯曲的 d：
# ∂f/∂x₀ 或 ∂f/∂x₁。

# %% [question] step=2 lang=en answer=2
# At (3, 4), what are the two slopes of x₀² + x₁²?
# 1. 9 and 16
# 2. 6 and 8
# 3. both 14
# => With x₁ held at 4, the function is x₀² + 16, whose slope at 3 is 6. Likewise 8.
# %% [question] step=2 lang=ja answer=2
# 点 (3, 4) で、x₀² + x₁² のふたつの傾きはいくつでしょう。
# 1. 9 と 16
# 2. 6 と 8
# 3. どちらも 14
# => x₁ を 4 に止めると関数は x₀² + 16 で、3 での傾きは 6 です。同じように、もう一方は 8 です。
# %% [question] step=2 lang=zh answer=2
# 在点 (3, 4) 处，x₀² + x₁² 沿两个方向的斜率各是多少？
# 1. 9 和 16
# 2. 6 和 8
# 3. 都是 14
# => 让 x₁ 保持为 4，函数就是 x₀² + 16，它在 3 处的斜率是 6。同理另一个是 8。
# %% step=2
import kobai
import numpy as np


def bowl(x):
    return x[0] ** 2 + x[1] ** 2


def along_x0(x0):
    return bowl(np.array([x0, 4.0]))


def along_x1(x1):
    return bowl(np.array([3.0, x1]))


print(kobai.numerical_derivative(along_x0, 3.0))
print(kobai.numerical_derivative(along_x1, 4.0))

# %% [markdown] step=3 lang=en
# ## All slopes together: the gradient
#
# The slopes for all variables, put side by side, are a vector of the same shape as x:
# the gradient. It points where f rises fastest, and its length says how fast. So the
# opposite direction, −gradient, leads down most steeply; the arrows of the picture show
# it. They grow shorter towards the bottom, where the gradient is 0. Whoever follows them
# comes down, as in the figure that moves: the next lesson is about that.
# %% [markdown] step=3 lang=ja
# ## すべての傾きをまとめたもの：勾配
#
# すべての変数についての傾きを並べると、x と同じ形のベクトルになります。これが勾配です。
# 勾配は f がいちばん速く増える向きを指し、その長さは増える速さを表します。
# ですから、逆の向き −勾配 に進めば、いちばん急に下れます。図の矢印がそれです。
# 矢印は底に近づくほど短くなり、底では勾配が 0 になります。矢印をたどれば底に着きます。
# 動かせる図では、実際にそうして下りていきます。くわしくは次の課で学びます。
# %% [markdown] step=3 lang=zh
# ## 所有斜率合在一起：梯度
#
# 把对每个变量的斜率排在一起，就得到一个与 x 形状相同的向量，这就是梯度。
# 梯度指向 f 上升最快的方向，它的长度表示上升得有多快。
# 因此沿相反的方向，即 −梯度，下降得最快。图中的箭头画的就是它。
# 越接近底部箭头越短，到了底部梯度为 0。沿着箭头走就能到达底部，可以拖动的图演示的就是这个，
# 下一课再细讲。
# %% [figure] step=3 gallery=gradient-field
# %% [figure] step=3 lab=descent
# %% step=3
for x in ([3.0, 4.0], [0.0, 2.0], [3.0, 0.0], [0.0, 0.0]):
    print(x, kobai.numerical_gradient(bowl, np.array(x)))


# %% [markdown] step=4 lang=en
# ## Your turn: the gradient by differences
#
# Write `partial_derivatives(f, x)`, which returns the gradient of f at the vector `x`. For
# each element move that element alone by h, say `1e-4`, to the right and to the left, and
# take the central difference. Three things to mind: the other elements stay as they are;
# `x` itself must not change; and `x` may hold whole numbers such as `[3, 4]`.
# %% [markdown] step=4 lang=ja
# ## 演習：差分で勾配を求める
#
# ベクトル `x` での f の勾配を返す `partial_derivatives(f, x)` を書きましょう。
# 要素ひとつずつについて、その要素だけを h（`1e-4` など）だけ右と左に動かし、中心差分を
# 求めます。気をつけることは三つです。ほかの要素は動かさないこと、`x` そのものを
# 書き換えないこと、そして `[3, 4]` のような整数でも正しく動くことです。
# %% [markdown] step=4 lang=zh
# ## 练习：用差分求梯度
#
# 请写出 `partial_derivatives(f, x)`，返回 f 在向量 `x` 处的梯度。
# 对每个元素，只把这一个元素向右、向左各移动 h（比如 `1e-4`），求中心差分。
# 要注意三点：其余元素保持不动；不能改动 `x` 本身；像 `[3, 4]` 这样的整数也要算对。
# %% [exercise] step=4 name=partial_derivatives
def partial_derivatives(f, x):
    return ...


# %% [hint] name=partial_derivatives lang=en
# Make the result first: an array of zeros of x's shape. Then loop over the elements.
# %% [hint] name=partial_derivatives lang=en
# A fresh copy for each side is safest: `above = x.astype(float)`, then `above[i] += h`.
# %% [hint] name=partial_derivatives lang=en
# With h about `1e-4`, element i of the result is the difference divided by `2 * h`.
# %% [hint] name=partial_derivatives lang=ja
# まず、結果を入れるための、x と同じ形で中身が 0 の配列を作ります。次に要素についてループします。
# %% [hint] name=partial_derivatives lang=ja
# 左右それぞれに新しい写しを作ると安全です。`above = x.astype(float)` のあと `above[i] += h` とします。
# %% [hint] name=partial_derivatives lang=ja
# h を `1e-4` くらいにして、差を `2 * h` で割ったものが結果の i 番目です。
# %% [hint] name=partial_derivatives lang=zh
# 先做一个与 x 形状相同、全为 0 的结果数组，再对各元素循环。
# %% [hint] name=partial_derivatives lang=zh
# 左右两侧各用一份新的副本最稳妥：`above = x.astype(float)`，然后 `above[i] += h`。
# %% [hint] name=partial_derivatives lang=zh
# 取 h 为 `1e-4` 左右，差除以 `2 * h` 就是结果的第 i 个元素。
# %% [solution] name=partial_derivatives
def partial_derivatives(f, x):
    h = 1e-4
    gradient = np.zeros(len(x))
    for i in range(len(x)):
        above, below = x.astype(float), x.astype(float)
        above[i] += h
        below[i] -= h
        gradient[i] = (f(above) - f(below)) / (2 * h)
    return gradient


# %% [markdown] step=5 lang=en
# ## The gradient of a network
#
# A network is no different: its variables are its weights. Here is one with a single
# weight matrix of 2 × 3 numbers, the `SimpleNet` of *Deep Learning from Scratch*, a
# sample x and its target t. `softmax_cross_entropy` makes probabilities of the outputs
# `x @ W`, and takes their cross-entropy. The gradient of the loss has the shape of W: a
# slope for every weight.
#
# A negative slope says: make this weight larger, and the loss falls.
# %% [markdown] step=5 lang=ja
# ## ネットワークの勾配
#
# ネットワークでも同じで、変数にあたるのは重みです。次のコードは、2 × 3 の重み行列を
# ひとつだけもつ『ゼロから作る Deep Learning』の `SimpleNet` と、サンプル x、正解 t です。
# `softmax_cross_entropy` は出力 `x @ W` を確率にし、その交差エントロピー誤差を求めます。
# 損失の勾配は W と同じ形で、重みごとにひとつの傾きがあります。
#
# 傾きが負なら、その重みを大きくすると損失が減る、ということです。
# %% [markdown] step=5 lang=zh
# ## 神经网络的梯度
#
# 神经网络也一样，变量就是它的权重。下面是《深度学习入门》中的 `SimpleNet`，
# 它只有一个 2 × 3 的权重矩阵，另有一个样本 x 和它的正确答案 t。
# `softmax_cross_entropy` 把输出 `x @ W` 变成概率，再求交叉熵误差。
# 损失的梯度与 W 形状相同：每个权重对应一个斜率。
#
# 斜率为负，意思是：把这个权重变大，损失就会减小。
# %% step=5
from kobai.functions import softmax_cross_entropy

W = np.array(
    [
        [-0.85962715, 0.26073598, -0.36334443],
        [-1.07225197, -1.06688374, -1.02781945],
    ]
)
x, t = np.array([[0.6, 0.9]]), np.array([1])


def loss(W):
    return softmax_cross_entropy(x @ W, t)


print(loss(W))
print(kobai.numerical_gradient(loss, W))

# %% [question] step=6 lang=en answer=1
# One weight may be made a little larger. With which one does this loss fall most?
# 1. the middle one of the second row
# 2. the last one of the second row
# 3. the middle one of the first row
# => Its slope, about −0.49, is the most negative one: there the loss falls fastest. With the
# last one, whose slope is positive, the loss would rise.
# %% [question] step=6 lang=ja answer=1
# 重みをひとつだけ、少し大きくします。この損失がいちばん減るのはどれでしょう。
# 1. 2 行目の中央
# 2. 2 行目の最後
# 3. 1 行目の中央
# => その傾きは約 −0.49 で、負の向きにいちばん急です。2 行目の最後は傾きが正なので、
# 大きくすると損失が増えてしまいます。
# %% [question] step=6 lang=zh answer=1
# 只把一个权重稍微变大，变哪一个，这个损失减小得最多？
# 1. 第 2 行中间那个
# 2. 第 2 行最后那个
# 3. 第 1 行中间那个
# => 它的斜率约为 −0.49，负得最多，损失下降最快。第 2 行最后那个斜率为正，变大反而会使损失增加。

# %% [summary] lang=en
# - A partial derivative moves one variable, and holds the others still.
# - The gradient holds all of them, in the shape of x; it points where f rises fastest.
# - A network's variables are its weights: the gradient of its loss has their shape.
# %% [summary] lang=ja
# - 偏微分では、ひとつの変数だけを動かし、ほかは止めておきます。
# - 勾配は x と同じ形で、すべての偏微分をまとめたものです。f がいちばん速く増える向きを指します。
# - ネットワークの変数は重みです。損失の勾配は重みと同じ形をしています。
# %% [summary] lang=zh
# - 求偏导数时，只移动一个变量，其余保持不动。
# - 梯度把所有偏导数合在一起，形状与 x 相同，指向 f 上升最快的方向。
# - 神经网络的变量是权重：损失的梯度与权重形状相同。
# %% [reading] lang=en
# K. Saito, *Deep Learning from Scratch* (in Japanese), sections 4.3.3 and 4.4.
# %% [reading] lang=ja
# 斎藤康毅『ゼロから作る Deep Learning』4.3.3 節と 4.4 節。
# %% [reading] lang=zh
# 斋藤康毅《深度学习入门：基于 Python 的理论与实现》4.3.3 节与 4.4 节。
