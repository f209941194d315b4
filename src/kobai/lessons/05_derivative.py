"""The derivative: how fast a function rises."""
# %% [title] lang=en
# The derivative
# %% [title] lang=ja
# 微分
# %% [title] lang=zh
# 导数

# %% [markdown] step=1 lang=en
# ## How fast does it rise?
#
# A network learns by asking, of every weight: if I turn this one a little, does the
# loss rise or fall, and how fast? That number is the derivative.
#
# A car's distance is a function of time, and its derivative is the speedometer. To
# measure speed, one takes two moments close to each other and divides:
#
#     df/dx ≈ (f(x + h) − f(x)) / h
#
# The smaller h, the truer it should be. Should it?
# %% [markdown] step=1 lang=ja
# ## どれだけ速く増えるか
#
# ネットワークは、重みのひとつひとつについて「これを少し動かしたら、損失は増えるか減るか、
# どれだけ速く変わるか」を調べて学習します。その数が微分です。
#
# 走った距離を時間の関数と考えると、その微分は速度計の値です。速さを測るには、
# 近いふたつの時刻を取り、割り算をします。
#
#     df/dx ≈ (f(x + h) − f(x)) / h
#
# h が小さいほど正確になるはずです。本当にそうでしょうか。
# %% [markdown] step=1 lang=zh
# ## 变化得有多快
#
# 神经网络学习时，会对每个权重发问：把它稍微动一点，损失是变大还是变小，变得多快？
# 这个数就是导数。
#
# 把行驶的距离看作时间的函数，它的导数就是车速表上的数。要测速度，
# 就取两个靠得很近的时刻，再相除：
#
#     df/dx ≈ (f(x + h) − f(x)) / h
#
# h 越小应该越准确。真的是这样吗？


# %% [question] step=2 lang=en answer=3
# `f(x) = x ** 2` has the slope 6 at 3. What does the formula give with `h = 1e-50`?
# 1. 6, more exactly than with any larger h
# 2. nearly 6
# 3. 0
# => A float has about 16 digits. `3 + 1e-50` is `3` again, so the difference is 0.
# %% [question] step=2 lang=ja answer=3
# `f(x) = x ** 2` の 3 での傾きは 6 です。`h = 1e-50` とすると、この式の値はどうなるでしょう。
# 1. 6。h が大きいときより正確
# 2. ほぼ 6
# 3. 0
# => float の有効桁数は約 16 桁です。`3 + 1e-50` は `3` のままなので、差が 0 になります。
# %% [question] step=2 lang=zh answer=3
# `f(x) = x ** 2` 在 3 处的斜率是 6。取 `h = 1e-50` 时，这个式子会得到什么？
# 1. 6，比 h 较大时更准确
# 2. 接近 6
# 3. 0
# => 浮点数大约有 16 位有效数字。`3 + 1e-50` 仍然是 `3`，所以差为 0。
# %% step=2
def forward_difference(f, x, h):
    return (f(x + h) - f(x)) / h


def square(x):
    return x**2


for h in (1.0, 1e-2, 1e-4, 1e-8, 1e-12, 1e-50):
    print(f"h = {h:g}: {forward_difference(square, 3.0, h)}")

# %% [markdown] step=3 lang=en
# ## Two errors that pull in opposite directions
#
# The line through the two points cuts the curve: its slope is wrong in proportion to h.
# And the subtraction of two nearly equal numbers throws digits away: that error grows as h
# shrinks. In between, about `1e-4`, both are small.
#
# There is a better formula at no cost. Step to the left as far as to the right:
#
#     df/dx ≈ (f(x + h) − f(x − h)) / 2h
#
# By symmetry the largest error cancels, and what is left is in proportion to h², not h.
# This is the central difference. The figure has the errors of both for many h; each axis
# goes by powers of ten.
# %% [markdown] step=3 lang=ja
# ## 逆向きに働くふたつの誤差
#
# ふたつの点を通る直線は曲線を横切るので、その傾きには h に比例する誤差があります。
# 一方、ほとんど等しい数どうしの引き算では桁が失われ、この誤差は h が小さいほど大きくなります。
# その間の `1e-4` あたりなら、どちらも小さくてすみます。
#
# 手間を増やさずに、もっと良い式にできます。右に動かすのと同じだけ、左にも動かすのです。
#
#     df/dx ≈ (f(x + h) − f(x − h)) / 2h
#
# 対称なので、いちばん大きな誤差が打ち消し合い、残る誤差は h ではなく h² に比例します。
# これが中心差分です。図は、さまざまな h での両方の誤差です。
# どちらの軸も 10 の累乗で目盛ってあります。
# %% [markdown] step=3 lang=zh
# ## 两种方向相反的误差
#
# 过两点的直线与曲线相交，它的斜率带有与 h 成正比的误差。
# 而两个几乎相等的数相减会丢掉有效数字，h 越小，这种误差越大。
# 介于两者之间，取 `1e-4` 左右，两种误差都很小。
#
# 不用多花力气，还有更好的公式：向右走多少，也向左走多少。
#
#     df/dx ≈ (f(x + h) − f(x − h)) / 2h
#
# 由于对称，最大的误差相互抵消，剩下的误差与 h² 成正比，而不是 h。
# 这就是中心差分。图中是两种差分在各种 h 下的误差，两个轴都按 10 的幂标度。
# %% [figure] step=3 gallery=difference-errors
# %% [figure] step=3 lab=derivative


# %% [markdown] step=4 lang=en
# ## Your turn: the central difference
#
# Write `central_difference(f, x, h)`: the slope of `f` at `x` by the central difference.
# Replace the `...`.
#
#     df/dx ≈ (f(x + h) − f(x − h)) / 2h
# %% [markdown] step=4 lang=ja
# ## 演習：中心差分
#
# `x` における `f` の傾きを中心差分で返す `central_difference(f, x, h)` を書きましょう。
# `...` を置き換えてください。
#
#     df/dx ≈ (f(x + h) − f(x − h)) / 2h
# %% [markdown] step=4 lang=zh
# ## 练习：中心差分
#
# 请写出 `central_difference(f, x, h)`：用中心差分返回 `f` 在 `x` 处的斜率。
# 把 `...` 换掉。
#
#     df/dx ≈ (f(x + h) − f(x − h)) / 2h
# %% [exercise] step=4 name=central_difference
def central_difference(f, x, h):
    return ...


# %% [hint] name=central_difference lang=en
# How far apart are the two points `x - h` and `x + h`?
# %% [hint] name=central_difference lang=en
# Rise over run: the difference of the two values of f, divided by the distance.
# %% [hint] name=central_difference lang=en
# The distance is `2 * h`; mind the brackets: `/ 2 * h` divides by 2 and multiplies by h.
# %% [hint] name=central_difference lang=ja
# ふたつの点 `x - h` と `x + h` は、どれだけ離れていますか。
# %% [hint] name=central_difference lang=ja
# 傾きは「縦の変化 ÷ 横の変化」です。f の値の差を、点の間の距離で割ります。
# %% [hint] name=central_difference lang=ja
# 距離は `2 * h` です。`/ 2 * h` と書くと、2 で割って h を掛けることになるので、かっこが必要です。
# %% [hint] name=central_difference lang=zh
# `x - h` 和 `x + h` 这两点相距多远？
# %% [hint] name=central_difference lang=zh
# 斜率等于纵向变化除以横向变化：f 的两个值之差，除以两点的距离。
# %% [hint] name=central_difference lang=zh
# 距离是 `2 * h`。注意括号：`/ 2 * h` 是先除以 2 再乘以 h。
# %% [solution] name=central_difference
def central_difference(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


# %% [markdown] step=5 lang=en
# ## The derivative by itself
#
# The central difference is the definition, put to use. Kobai has it, too, and beside it
# the exact derivative, which it reads off the function itself: the rule for `x ** 2`
# is `2 * x`. The two have the same arguments, and are compared with each other.
# %% [markdown] step=5 lang=ja
# ## 微分を自動で
#
# 中心差分は、微分の定義をそのまま使ったものです。Kobai にもこれがあり、さらに関数そのものから
# 正確な微分を求める方法もあります。`x ** 2` の規則は `2 * x` です。ふたつは引数が同じで、
# 互いに比べることができます。
# %% [markdown] step=5 lang=zh
# ## 自动求导
#
# 中心差分就是把导数的定义直接拿来用。Kobai 里也有它，此外还能从函数本身求出精确的导数：
# `x ** 2` 的规则是 `2 * x`。两者的参数相同，可以相互对照。
# %% step=5
import kobai


def curve(x):
    return 0.01 * x**2 + 0.1 * x


print(kobai.numerical_derivative(curve, 5.0))
print(kobai.gradient(curve, 5.0))

# %% [summary] lang=en
# - The derivative says how fast a function rises where one stands.
# - A tiny h is not better: below about 1e-8 rounding eats the difference.
# - The central difference (f(x + h) − f(x − h)) / 2h has an error in proportion to h².
# %% [summary] lang=ja
# - 微分は、いまいる場所で関数がどれだけ速く増えるかを表します。
# - h は小さければよいわけではありません。1e-8 より小さいと丸め誤差で差が消えます。
# - 中心差分 (f(x + h) − f(x − h)) / 2h の誤差は h² に比例します。
# %% [summary] lang=zh
# - 导数表示函数在当前位置变化得有多快。
# - h 并不是越小越好：小于约 1e-8 时，舍入误差会吞掉差值。
# - 中心差分 (f(x + h) − f(x − h)) / 2h 的误差与 h² 成正比。
# %% [reading] lang=en
# K. Saito, *Deep Learning from Scratch* (in Japanese), section 4.3.
# %% [reading] lang=ja
# 斎藤康毅『ゼロから作る Deep Learning』4.3 節。
# %% [reading] lang=zh
# 斋藤康毅《深度学习入门：基于 Python 的理论与实现》4.3 节。
