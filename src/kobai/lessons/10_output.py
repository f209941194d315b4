"""The output layer: what is asked decides how the network answers."""
# %% [title] lang=en
# The output layer and its loss
# %% [title] lang=ja
# 出力層と損失
# %% [title] lang=zh
# 输出层与损失

# %% [markdown] step=1 lang=en
# ## What is asked?
#
# The last layer makes scores: numbers of any size. What becomes of them depends on the
# question, and to each answer belongs a loss:
#
# - Which of several? Softmax, and cross-entropy.
# - Yes or no? A sigmoid, and binary cross-entropy.
# - How much? The score as it is (identity), and squared error.
#
# Softmax turns scores into probabilities, which sum to 1. Where one score rises and the
# others stay, its probability rises, and the others fall:
#
#     yₖ = exp(xₖ) / Σⱼ exp(xⱼ)
# %% [markdown] step=1 lang=ja
# ## 何を聞かれているか
#
# 最後の層が出すのはスコア、つまり大きさに制限のない数です。それをどう使うかは、
# 何を聞かれているかで決まります。答え方ごとに、組になる損失もあります。
#
# - どれですか？ ソフトマックス関数と交差エントロピー誤差
# - はいか、いいえか？ sigmoid 関数と 2 値の交差エントロピー誤差
# - いくつですか？ スコアそのまま（恒等関数）と 2 乗和誤差
#
# ソフトマックス関数は、スコアを、和が 1 になる確率に変えます。あるスコアだけを大きくすると、
# その確率は増え、ほかの確率は減ります。
#
#     yₖ = exp(xₖ) / Σⱼ exp(xⱼ)
# %% [markdown] step=1 lang=zh
# ## 问的是什么？
#
# 最后一层给出的是得分，大小不限。怎样使用得分，取决于问的是什么；
# 每种回答方式都有与它配对的损失：
#
# - 是哪一类？softmax 函数，配交叉熵误差。
# - 是或否？sigmoid 函数，配二元交叉熵误差。
# - 是多少？得分本身（恒等函数），配平方和误差。
#
# softmax 函数把得分变成概率，各概率之和为 1。只增大一个得分，它的概率上升，其余的下降：
#
#     yₖ = exp(xₖ) / Σⱼ exp(xⱼ)
# %% [figure] step=1 lab=softmax gallery=softmax-and-cross-entropy

# %% [question] step=2 lang=en answer=2
# The scores are 0.3, 2.9 and 4.0. Now 100 is added to each. What does softmax give?
# 1. 1 for the last, for the exponentials are huge
# 2. the same as before
# 3. three probabilities that are nearly alike
# => Above and below the line stands the same factor, exp(100). Only differences of scores
# count.
# %% [question] step=2 lang=ja answer=2
# スコアは 0.3、2.9、4.0 です。それぞれに 100 を足すと、ソフトマックス関数の値はどうなるでしょう。
# 1. exp がとても大きくなるので、最後が 1 になる
# 2. 前と同じ
# 3. 三つの確率がほとんど等しくなる
# => 分母と分子に同じ exp(100) が掛かり、約分されます。効くのはスコアの差だけです。
# %% [question] step=2 lang=zh answer=2
# 得分是 0.3、2.9、4.0。现在每个都加上 100，softmax 会给出什么？
# 1. exp 的值极大，最后一个变成 1
# 2. 与原来相同
# 3. 三个概率几乎相等
# => 分子和分母都乘上了同一个 exp(100)，可以约去。起作用的只是得分之差。
# %% step=2
import numpy as np

x = np.array([0.3, 2.9, 4.0])


def shares(x):
    return np.exp(x) / np.exp(x).sum()


print(shares(x), shares(x).sum())
print(shares(x + 100))
with np.errstate(all="ignore"):
    print(shares(x + 1000))


# %% [markdown] step=3 lang=en
# ## Your turn: softmax
#
# At 1000 the exponentials are larger than any float, and ∞ / ∞ is `nan`. As only
# differences count, subtract the largest score of a row first: then the largest
# exponential is exp(0) = 1.
#
# Write `softmax(x)` for a batch: `x` has a row for each sample, and each row of the
# result sums to 1.
# %% [markdown] step=3 lang=ja
# ## 演習：ソフトマックス関数
#
# 1000 になると、exp の値はどんな float よりも大きくなり、∞ / ∞ は `nan` です。
# 効くのは差だけなので、先に行の最大のスコアを引いておきましょう。
# いちばん大きな値が exp(0) = 1 になります。
#
# バッチに使える `softmax(x)` を書きましょう。`x` は 1 行が 1 サンプルで、
# 結果は行ごとに和が 1 になります。
# %% [markdown] step=3 lang=zh
# ## 练习：softmax 函数
#
# 到了 1000，exp 的值超过了任何浮点数，∞ / ∞ 就成了 `nan`。
# 既然起作用的只是差，就先减去该行最大的得分，这样最大的一项是 exp(0) = 1。
#
# 请写出用于一批样本的 `softmax(x)`：`x` 每行一个样本，结果每行的和为 1。
# %% [exercise] step=3 name=softmax
def softmax(x):
    return ...


# %% [hint] name=softmax lang=en
# The largest of each row: `x.max(axis=1, keepdims=True)`. It stays a column.
# %% [hint] name=softmax lang=en
# Subtract it, then take `np.exp`.
# %% [hint] name=softmax lang=en
# Divide by the sum of each row, again with `axis=1, keepdims=True`.
# %% [hint] name=softmax lang=ja
# 行ごとの最大値は `x.max(axis=1, keepdims=True)` です。縦に並んだまま残ります。
# %% [hint] name=softmax lang=ja
# それを引いてから `np.exp` を取ります。
# %% [hint] name=softmax lang=ja
# 行ごとの和で割ります。ここでも `axis=1, keepdims=True` です。
# %% [hint] name=softmax lang=zh
# 每行的最大值是 `x.max(axis=1, keepdims=True)`，仍排成一列。
# %% [hint] name=softmax lang=zh
# 先减去它，再取 `np.exp`。
# %% [hint] name=softmax lang=zh
# 除以每行之和，同样要用 `axis=1, keepdims=True`。
# %% [solution] name=softmax
def softmax(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


# %% [markdown] step=4 lang=en
# ## Your turn: yes or no
#
# For a question with two answers one score is enough. The sigmoid makes of it y, the
# probability of yes; that of no is 1 − y. With t = 1 for yes and 0 for no, the loss is
#
#     E = −1/n Σ (t log y + (1 − t) log(1 − y))
#
# Of its two parts one is always 0. Write `binary_cross_entropy(y, t)` for arrays of n
# samples. As y may be 0 or 1, add a small δ such as `1e-7` inside both logarithms.
# %% [markdown] step=4 lang=ja
# ## 演習：「はい」か「いいえ」か
#
# 答えがふたつしかないときは、スコアは 1 つで足ります。sigmoid 関数を通した値 y が「はい」の
# 確率で、「いいえ」の確率は 1 − y です。正解 t を、はいなら 1、いいえなら 0 とすると、損失は
#
#     E = −1/n Σ (t log y + (1 − t) log(1 − y))
#
# です。ふたつの項の一方は必ず 0 になります。n 個のサンプルの配列に使える
# `binary_cross_entropy(y, t)` を書きましょう。y は 0 や 1 にもなるので、
# どちらの log の中にも `1e-7` のような小さな δ を足しておきます。
# %% [markdown] step=4 lang=zh
# ## 练习：是或否
#
# 只有两种答案时，一个得分就够了。它经过 sigmoid 得到 y，即“是”的概率，“否”的概率是 1 − y。
# 正确答案 t 取 1 表示是，取 0 表示否，损失就是：
#
#     E = −1/n Σ (t log y + (1 − t) log(1 − y))
#
# 两项中总有一项为 0。请写出 `binary_cross_entropy(y, t)`，参数是 n 个样本的数组。y 可能
# 是 0 或 1，所以两个 log 里面都要加上微小的 δ，比如 `1e-7`。
# %% [exercise] step=4 name=binary_cross_entropy
def binary_cross_entropy(y, t):
    return ...


# %% [hint] name=binary_cross_entropy lang=en
# The first part is `t * np.log(y + 1e-7)`: one number for each sample.
# %% [hint] name=binary_cross_entropy lang=en
# The second has `1 - t` for t, and `1 - y` for y.
# %% [hint] name=binary_cross_entropy lang=en
# Add the two, take the mean over the samples with `np.mean`, and mind the minus.
# %% [hint] name=binary_cross_entropy lang=ja
# 最初の項は `t * np.log(y + 1e-7)` で、サンプルごとにひとつの数です。
# %% [hint] name=binary_cross_entropy lang=ja
# 2 番目の項では、t が `1 - t` に、y が `1 - y` になります。
# %% [hint] name=binary_cross_entropy lang=ja
# ふたつを足し、`np.mean` でサンプルの平均を取ります。マイナスも忘れずに。
# %% [hint] name=binary_cross_entropy lang=zh
# 第一项是 `t * np.log(y + 1e-7)`，每个样本一个数。
# %% [hint] name=binary_cross_entropy lang=zh
# 第二项把 t 换成 `1 - t`，把 y 换成 `1 - y`。
# %% [hint] name=binary_cross_entropy lang=zh
# 两项相加，用 `np.mean` 对样本取平均，别忘了负号。
# %% [solution] name=binary_cross_entropy
def binary_cross_entropy(y, t):
    return -np.mean(t * np.log(y + 1e-7) + (1 - t) * np.log(1 - y + 1e-7))


# %% [markdown] step=5 lang=en
# ## How much?
#
# A temperature, a price, a length: here the score itself is the answer. The identity
# changes nothing, and the loss is half the square of the difference.
#
#     y = x
#     E = ½ (y − t)²
# %% [markdown] step=5 lang=ja
# ## いくつですか
#
# 気温、価格、長さなどを答えるときは、スコアがそのまま答えです。恒等関数は何も変えません。
# 損失は、差の 2 乗の半分です。
#
#     y = x
#     E = ½ (y − t)²
# %% [markdown] step=5 lang=zh
# ## 是多少？
#
# 回答气温、价格、长度之类的数，得分本身就是答案。恒等函数什么也不改变，
# 损失是差的平方的一半。
#
#     y = x
#     E = ½ (y − t)²
# %% [question] step=5 lang=en answer=3
# A network is to predict temperatures from −20 to 35 °C. Its last layer is a sigmoid, by
# mistake. What comes out?
# 1. the same, only learned more slowly
# 2. temperatures that are too high
# 3. never anything below 0 or above 1
# => A sigmoid lies between 0 and 1, whatever the network learns. Such a loss stays large.
# %% [question] step=5 lang=ja answer=3
# −20 ℃から 35 ℃までの気温を答えるネットワークで、最後の層をうっかり sigmoid 関数にしました。
# どうなるでしょう。
# 1. 同じ答えになるが、学習が遅い
# 2. 高すぎる気温になる
# 3. 0 より小さい値も 1 より大きい値も出ない
# => どう学習しても、sigmoid 関数の値は 0 と 1 の間です。損失は大きいままです。
# %% [question] step=5 lang=zh answer=3
# 一个网络要预报 −20 ℃ 到 35 ℃ 的气温，最后一层却误用了 sigmoid。会输出什么？
# 1. 结果一样，只是学得慢一些
# 2. 偏高的气温
# 3. 永远不会小于 0 或大于 1
# => 不管怎么学，sigmoid 的值都在 0 与 1 之间，损失会一直很大。
# %% step=5
from kobai.functions import identity, sigmoid

scores = np.array([-20.0, 0.0, 35.0])
print(sigmoid(scores).round(3))
print(identity(scores))

# %% [markdown] step=6 lang=en
# ## Why these pairs
#
# Each output has its loss because the two fit. Work out how the loss changes with a score
# x, and all that is complicated cancels out. The same is left in all three cases:
#
#     ∂E/∂x = y − t
#
# The output minus what is right; it is what back-propagation begins with. Below, for one
# score each, the definition comes first, and y − t beside it.
# %% [markdown] step=6 lang=ja
# ## この組み合わせの理由
#
# それぞれの出力に決まった損失があるのは、ふたつの相性が良いからです。損失をスコア x で
# 微分すると、複雑な部分がすべて打ち消し合い、どの場合も同じ形が残ります。
#
#     ∂E/∂x = y − t
#
# 「出力 − 正解」です。誤差逆伝播法はここから始まります。
# 下では、スコアをひとつずつ選び、定義どおりの値（左）と y − t（右）を比べています。
# %% [markdown] step=6 lang=zh
# ## 为什么这样配对
#
# 每种输出都有自己的损失，因为两者正好相配：求损失对得分 x 的导数时，
# 复杂的部分全部抵消，三种情况剩下的都一样：
#
#     ∂E/∂x = y − t
#
# 也就是输出减去正确答案，误差反向传播就从这里开始。
# 下面各取一个得分作对照：左边按定义求出，右边是 y − t。
# %% step=6
import kobai
from kobai.functions import binary_cross_entropy as binary
from kobai.functions import softmax_cross_entropy, sum_squared_error

x, t = np.array([1.5]), np.array([1])


def of_two(x):
    return softmax_cross_entropy(np.array([[x, 0.0]]), np.array([0]))


print(kobai.numerical_derivative(of_two, 1.5), shares(np.array([1.5, 0.0]))[0] - 1)
print(kobai.numerical_gradient(lambda x: binary(sigmoid(x), t), x), sigmoid(x) - t)
print(kobai.numerical_gradient(lambda x: sum_squared_error(x, t), x), x - t)


# %% [markdown] step=7 lang=en
# ## Your turn: the slope of a batch
#
# The loss of a batch is the mean over its n samples, so each slope is divided by n, too.
# Write `score_gradient(x, t)`: for each score in `x` the slope of the loss, after softmax
# and cross-entropy, in an array of the same shape. `x` and the one-hot `t` have a row for
# each sample. For softmax you may take yours, or `kobai.functions.softmax`.
# %% [markdown] step=7 lang=ja
# ## 演習：バッチの傾き
#
# バッチの損失は n 個のサンプルの平均なので、傾きもそれぞれ n 分の 1 になります。
# ソフトマックス関数と交差エントロピー誤差について、`x` のスコアごとの損失の傾きを、
# `x` と同じ形の配列で返す `score_gradient(x, t)` を書きましょう。`x` も one-hot の `t` も、
# 1 行が 1 サンプルです。
# ソフトマックス関数は、自分で書いたものか `kobai.functions.softmax` を使えます。
# %% [markdown] step=7 lang=zh
# ## 练习：一批样本的斜率
#
# 一批的损失是 n 个样本的平均，所以每个斜率也都要除以 n。
# 请写出 `score_gradient(x, t)`：用 softmax 和交叉熵误差时，损失对 `x` 中每个得分的斜率，
# 以形状相同的数组返回。`x` 和 one-hot 形式的 `t` 都是每行一个样本。
# softmax 可以用自己写的，也可以用 `kobai.functions.softmax`。
# %% [exercise] step=7 name=score_gradient
def score_gradient(x, t):
    return ...


# %% [hint] name=score_gradient lang=en
# First y, from the scores.
# %% [hint] name=score_gradient lang=en
# Then y − t, as the step before has it.
# %% [hint] name=score_gradient lang=en
# And the mean: divide by the number of samples, `len(x)`.
# %% [hint] name=score_gradient lang=ja
# まず、スコアから y を求めます。
# %% [hint] name=score_gradient lang=ja
# 次に、前のステップのとおり y − t を求めます。
# %% [hint] name=score_gradient lang=ja
# 平均なので、サンプル数 `len(x)` で割ります。
# %% [hint] name=score_gradient lang=zh
# 先由得分求出 y。
# %% [hint] name=score_gradient lang=zh
# 再照上一步的式子求 y − t。
# %% [hint] name=score_gradient lang=zh
# 因为是平均，要除以样本数 `len(x)`。
# %% [solution] name=score_gradient
def score_gradient(x, t):
    return (kobai.functions.softmax(x) - t) / len(x)


# %% [summary] lang=en
# - Which: softmax and cross-entropy. Yes or no: sigmoid and binary cross-entropy. How
#   much: identity and squared error.
# - For softmax only differences count: subtract the largest score, and nothing overflows.
# - With the loss that belongs to it, the slope at each of these outputs is y − t.
# %% [summary] lang=ja
# - 「どれ」にはソフトマックス関数と交差エントロピー誤差、「はいか、いいえか」には sigmoid 関数と
#   2 値の交差エントロピー誤差、「いくつ」には恒等関数と 2 乗和誤差を使います。
# - ソフトマックス関数で効くのは差だけです。最大のスコアを引いておけば、オーバーフローしません。
# - 組になる損失を使えば、どの出力でも傾きは y − t です。
# %% [summary] lang=zh
# - “哪一类”用 softmax 和交叉熵误差；“是或否”用 sigmoid 和二元交叉熵误差；
#   “是多少”用恒等函数和平方和误差。
# - softmax 只看得分之差：先减去最大的得分，就不会溢出。
# - 用配对的损失，三种输出的斜率都是 y − t。
# %% [reading] lang=en
# K. Saito, *Deep Learning from Scratch* (in Japanese), sections 3.5 and 5.6.3; its
# appendix A works out y − t. J. S. Bridle, "Probabilistic interpretation of feedforward
# classification network outputs", 1990.
# %% [reading] lang=ja
# 斎藤康毅『ゼロから作る Deep Learning』3.5 節と 5.6.3 節。y − t の導出は付録 A にあります。
# J. S. Bridle "Probabilistic interpretation of feedforward classification network
# outputs" 1990 年。
# %% [reading] lang=zh
# 斋藤康毅《深度学习入门：基于 Python 的理论与实现》3.5 节与 5.6.3 节；y − t 的推导见附录 A。
# J. S. Bridle, "Probabilistic interpretation of feedforward classification network
# outputs", 1990。
