"""Networks by hand: from one matrix to the network that reads digits."""
# %% [title] lang=en
# Networks by hand
# %% [title] lang=ja
# ネットワークを手で組む
# %% [title] lang=zh
# 亲手搭建神经网络

# %% [markdown] step=1 lang=en
# ## Circles and lines
#
# Networks are drawn as circles and lines. A circle is a number, and a line a weight. Each
# circle adds up the numbers of the layer before, each times the weight of its line, adds
# a bias, and bends the sum by its activation function. For one circle, with a sigmoid:
#
#     y = sigmoid(x₁ w₁ + x₂ w₂ + b)
#
# In the figure, follow one sample from left to right: how many circles does each number
# reach?
# %% [markdown] step=1 lang=ja
# ## 丸と線
#
# ネットワークは丸と線で描きます。丸は数、線は重みです。どの丸も、前の層の数に線の重みを掛けて
# 足し合わせ、バイアスを足し、その和を活性化関数に通します。sigmoid 関数を使う丸ひとつなら、
# 次のとおりです。
#
#     y = sigmoid(x₁ w₁ + x₂ w₂ + b)
#
# 図で、1 つのサンプルを左から右へたどってみましょう。ひとつの数は、次の層の丸いくつに届くでしょうか。
# %% [markdown] step=1 lang=zh
# ## 圆圈与连线
#
# 神经网络画成圆圈和连线：圆圈是数，连线是权重。每个圆圈把前一层的数乘以连线的权重，
# 加在一起，再加上偏置，最后让总和经过激活函数。使用 sigmoid 的单个圆圈就是：
#
#     y = sigmoid(x₁ w₁ + x₂ w₂ + b)
#
# 请在图中跟着一个样本，从左走到右：每个数会送到下一层的几个圆圈？
# %% [figure] step=1 gallery=network-drawing

# %% [markdown] step=2 lang=en
# ## The smallest: SimpleNet
#
# Two inputs, three outputs, and six weights between them: the `SimpleNet` of *Deep
# Learning from Scratch*. Its weights stand in a matrix W with a row for each input and
# a column for each output. There are no biases, and no activation function. What comes out are
# scores, one for each class.
# %% [markdown] step=2 lang=ja
# ## いちばん小さい SimpleNet
#
# 入力が 2 つ、出力が 3 つ、その間に重みが 6 つ。『ゼロから作る Deep Learning』に
# 出てくる `SimpleNet` です。
# 重みは行列 W に並び、行が入力、列が出力に対応します。バイアスも活性化関数もありません。
# 出てくるのはスコアで、クラスごとに 1 つです。
# %% [markdown] step=2 lang=zh
# ## 最小的 SimpleNet
#
# 两个输入，三个输出，中间有六个权重，这就是《深度学习入门》中的 `SimpleNet`。
# 权重排成矩阵 W：每行对应一个输入，每列对应一个输出。
# 既没有偏置，也没有激活函数。输出的是得分，每个类别一个。
# %% [question] step=2 lang=en answer=2
# The first row of W is about (−0.86, 0.26, −0.36), the second (−1.07, −1.07, −1.03), and
# x = (0.6, 0.9). Which class gets the largest score? No need to work it out to the end:
# look at each row by itself.
# 1. class 0, the first
# 2. class 1, the second
# 3. class 2, the third
# => The second row has nearly the same number three times, and adds about −0.95 to each; the
# first adds most to class 1. Negative scores are fine: softmax looks only at differences.
# %% [question] step=2 lang=ja answer=2
# W の 1 行目はおよそ (−0.86, 0.26, −0.36)、2 行目は (−1.07, −1.07, −1.03)、x = (0.6, 0.9)
# です。スコアがいちばん大きいのはどのクラスでしょう。最後まで計算しなくても、
# 行をひとつずつ見ればわかります。
# 1. 最初のクラス 0
# 2. 2 番目のクラス 1
# 3. 3 番目のクラス 2
# => 2 行目の数は三つともほぼ同じで、どのクラスにも約 −0.95 を足します。1 行目がいちばん多く
# 足すのはクラス 1 です。スコアは負でもかまいません。ソフトマックス関数が見るのは差だけです。
# %% [question] step=2 lang=zh answer=2
# W 的第一行约为 (−0.86, 0.26, −0.36)，第二行约为 (−1.07, −1.07, −1.03)，x = (0.6, 0.9)。
# 哪个类别的得分最高？不必算到底，一行一行地看就知道。
# 1. 类别 0，即第一个
# 2. 类别 1，即第二个
# 3. 类别 2，即第三个
# => 第二行的三个数几乎一样，给每个类别都加上约 −0.95；第一行给类别 1 加得最多。
# 得分是负数也没关系，softmax 只看它们的差。
# %% step=2
import numpy as np
from kobai.book import SimpleNet

net = SimpleNet()
net.W = np.array(
    [
        [-0.85962715, 0.26073598, -0.36334443],
        [-1.07225197, -1.06688374, -1.02781945],
    ]
)
x, t = np.array([0.6, 0.9]), np.array([0, 1, 0])
print(net.predict(x).round(3), net.predict(x).argmax())
print(round(float(net.loss(x, t)), 3))


# %% [markdown] step=3 lang=en
# ## Your turn: a layer
#
# A layer is a product of matrices, and a bias for each of its neurons:
#
#     z = x W + b
#
# `x` has a row for each sample, W a row for each input and a column for each neuron; the
# inner sizes must agree, (n, 2) with (2, 3), and what is left is (n, 3). A batch costs no
# more code than one sample. Write `layer(x, W, b)`.
# %% [markdown] step=3 lang=ja
# ## 演習：層
#
# 層は、行列の積と、ニューロンごとのバイアスでできています。
#
#     z = x W + b
#
# `x` は行がサンプル、W は行が入力、列がニューロンです。(n, 2) と (2, 3) のように内側の数が
# 一致していれば、結果は外側の (n, 3) になります。バッチでも、コードは 1 つのサンプルのときと
# 同じです。`layer(x, W, b)` を書きましょう。
# %% [markdown] step=3 lang=zh
# ## 练习：一层
#
# 一层就是一次矩阵乘积，再给每个神经元加上一个偏置：
#
#     z = x W + b
#
# `x` 每行一个样本；W 每行对应一个输入，每列对应一个神经元。里面的两个数必须相等，
# 如 (n, 2) 与 (2, 3)，剩下外面的 (n, 3)。处理一批样本，代码与处理一个样本时一样。
# 请写出 `layer(x, W, b)`。
# %% [exercise] step=3 name=layer
def layer(x, W, b):
    return ...


# %% [hint] name=layer lang=en
# The formula can be written as it stands, with the sign for a product of matrices.
# %% [hint] name=layer lang=en
# The product of matrices is `@`; `*` would multiply number by number.
# %% [hint] name=layer lang=en
# `x @ W` has a row for each sample, and `+ b` adds b to each row by itself.
# %% [hint] name=layer lang=ja
# 式をほとんどそのまま書けます。行列の積の記号を使いましょう。
# %% [hint] name=layer lang=ja
# 行列の積は `@` です。`*` では要素ごとの掛け算になります。
# %% [hint] name=layer lang=ja
# `x @ W` は 1 行が 1 サンプルで、`+ b` と書けば、どの行にも b が足されます。
# %% [hint] name=layer lang=zh
# 公式几乎可以照写，只是要用矩阵乘积的符号。
# %% [hint] name=layer lang=zh
# 矩阵乘积是 `@`；`*` 是逐个元素相乘。
# %% [hint] name=layer lang=zh
# `x @ W` 每行一个样本，写 `+ b` 就会给每一行都加上 b。
# %% [solution] name=layer
def layer(x, W, b):
    return x @ W + b


# %% [markdown] step=4 lang=en
# ## Your turn: the drawn network
#
# The network in the figure above is 2-3-3-1: two inputs, two hidden layers of three, one
# output. Its weights and biases are in a dictionary `params`, as W1, b1, W2, b2, W3 and
# b3: `params["W1"]` is the first matrix.
#
# Write `predict(x, params)`: through three layers, with `sigmoid` after each of the two
# hidden ones. The output is a number of any size, so leave it as it is.
# %% [markdown] step=4 lang=ja
# ## 演習：描かれたネットワーク
#
# 上の図のネットワークは 2-3-3-1 です。入力が 2 つ、ニューロン 3 つの隠れ層が 2 つ、
# 出力が 1 つです。重みとバイアスは W1、b1、W2、b2、W3、b3 という名前で、辞書 `params` に
# 入っています。最初の行列は `params["W1"]` です。
#
# `predict(x, params)` を書きましょう。3 つの層を順に通り、2 つの隠れ層のあとではそれぞれ
# `sigmoid` を使います。出力は大きさに制限のない数なので、そのまま返します。
# %% [markdown] step=4 lang=zh
# ## 练习：画出来的网络
#
# 上图中的网络是 2-3-3-1：两个输入，两个各有三个神经元的隐藏层，一个输出。
# 权重和偏置放在字典 `params` 里，名字是 W1、b1、W2、b2、W3、b3，
# 比如第一个矩阵是 `params["W1"]`。
#
# 请写出 `predict(x, params)`：依次经过三层，两个隐藏层之后各用一次 `sigmoid`。
# 输出的数大小不限，保持原样即可。
# %% step=4
from kobai.functions import sigmoid

rng = np.random.default_rng(0)
sizes = [2, 3, 3, 1]
params = {}
for i in range(1, 4):
    params[f"W{i}"] = rng.normal(size=(sizes[i - 1], sizes[i]))
    params[f"b{i}"] = np.zeros(sizes[i])
for name, array in params.items():
    print(name, array.shape)


# %% [exercise] step=4 name=predict
def predict(x, params):
    return ...


# %% [hint] name=predict lang=en
# The first hidden layer: `y1 = sigmoid(x @ params["W1"] + params["b1"])`.
# %% [hint] name=predict lang=en
# The second has y1 for its input, and the output layer what comes out of the second.
# %% [hint] name=predict lang=en
# Three lines; the last has no `sigmoid`.
# %% [hint] name=predict lang=ja
# 1 つ目の隠れ層は `y1 = sigmoid(x @ params["W1"] + params["b1"])` です。
# %% [hint] name=predict lang=ja
# 2 つ目の隠れ層の入力は y1、出力層の入力は 2 つ目の隠れ層の出力です。
# %% [hint] name=predict lang=ja
# 3 行です。最後の行に `sigmoid` はありません。
# %% [hint] name=predict lang=zh
# 第一个隐藏层是 `y1 = sigmoid(x @ params["W1"] + params["b1"])`。
# %% [hint] name=predict lang=zh
# 第二个隐藏层的输入是 y1，输出层的输入是第二个隐藏层的输出。
# %% [hint] name=predict lang=zh
# 一共三行，最后一行没有 `sigmoid`。
# %% [solution] name=predict
def predict(x, params):
    y1 = sigmoid(x @ params["W1"] + params["b1"])
    y2 = sigmoid(y1 @ params["W2"] + params["b2"])
    return y2 @ params["W3"] + params["b3"]


# %% [question] step=5 lang=en answer=3
# How many numbers does the network 2-3-3-1 learn?
# 1. 9
# 2. 18
# 3. 25
# => There are 2·3 + 3·3 + 3·1 = 18 lines, each a weight, and 3 + 3 + 1 = 7 biases. What
# the 9 circles hold is worked out anew for each sample, and is not learned.
# %% [question] step=5 lang=ja answer=3
# ネットワーク 2-3-3-1 が学習する数は、いくつあるでしょう。
# 1. 9
# 2. 18
# 3. 25
# => 線、つまり重みが 2·3 + 3·3 + 3·1 = 18、バイアスが 3 + 3 + 1 = 7 です。9 つの丸に
# 入るのはサンプルごとに計算される値で、学習する数ではありません。
# %% [question] step=5 lang=zh answer=3
# 网络 2-3-3-1 要学习多少个数？
# 1. 9
# 2. 18
# 3. 25
# => 连线即权重有 2·3 + 3·3 + 3·1 = 18 条，偏置有 3 + 3 + 1 = 7 个。
# 9 个圆圈里的值对每个样本重新计算，不是学出来的。
# %% [markdown] step=5 lang=en
# ## Your turn: count
#
# Write `parameter_count(sizes)` for a list such as `[2, 3, 3, 1]`, short or long: the
# number of all weights and biases.
# %% [markdown] step=5 lang=ja
# ## 演習：数えてみる
#
# `[2, 3, 3, 1]` のようなリストから、重みとバイアスの総数を返す
# `parameter_count(sizes)` を書きましょう。リストの長さはさまざまです。
# %% [markdown] step=5 lang=zh
# ## 练习：数一数
#
# 请写出 `parameter_count(sizes)`：给它 `[2, 3, 3, 1]` 这样的列表，
# 长短不限，返回权重和偏置的总数。
# %% [exercise] step=5 name=parameter_count
def parameter_count(sizes):
    return ...


# %% [hint] name=parameter_count lang=en
# Each layer after the inputs has (size before) × (its size) weights, and its size in
# biases.
# %% [hint] name=parameter_count lang=en
# Go over the layers with `for i in range(1, len(sizes))`: before them comes `sizes[i - 1]`.
# %% [hint] name=parameter_count lang=en
# Add up `sizes[i - 1] * sizes[i] + sizes[i]`.
# %% [hint] name=parameter_count lang=ja
# 入力のあとのどの層にも、重みが（前の層の数）×（その層の数）、バイアスがその層の数だけあります。
# %% [hint] name=parameter_count lang=ja
# `for i in range(1, len(sizes))` で層を順に回ります。前の層の数は `sizes[i - 1]` です。
# %% [hint] name=parameter_count lang=ja
# `sizes[i - 1] * sizes[i] + sizes[i]` を足していきます。
# %% [hint] name=parameter_count lang=zh
# 输入之后的每一层，权重有（前一层的个数）×（本层的个数）个，偏置与本层的个数相同。
# %% [hint] name=parameter_count lang=zh
# 用 `for i in range(1, len(sizes))` 逐层循环，前一层的个数是 `sizes[i - 1]`。
# %% [hint] name=parameter_count lang=zh
# 把 `sizes[i - 1] * sizes[i] + sizes[i]` 累加起来。
# %% [solution] name=parameter_count
def parameter_count(sizes):
    count = 0
    for i in range(1, len(sizes)):
        count += sizes[i - 1] * sizes[i] + sizes[i]
    return count


# %% [markdown] step=6 lang=en
# ## TwoLayerNet, which reads digits
#
# That book's network for MNIST is 784-50-10: a picture of 28 × 28 points, 50 hidden
# neurons with sigmoids, ten classes with softmax. `TwoLayerNet` has all that training
# takes: `params`, `predict`, `loss`, `accuracy` and `gradient`. Each gradient has the
# shape of its parameter, so a step of gradient descent is one subtraction.
#
# Below is the same network for the small digits of 8 × 8 points: what it gives for one of
# them, its loss and accuracy, the shapes. The last number is what 784-50-10 has to learn;
# compare it with `parameter_count([784, 50, 10])`.
# %% [markdown] step=6 lang=ja
# ## 数字を読む TwoLayerNet
#
# 同じ本の MNIST 用のネットワークは 784-50-10 です。28 × 28 の画像、sigmoid 関数の隠れ層に
# ニューロンが 50 個、ソフトマックス関数で 10 クラスを答えます。`TwoLayerNet` には、学習に
# 必要な `params`、`predict`、`loss`、`accuracy`、`gradient` がそろっています。
# 勾配はどれもパラメータと同じ形なので、勾配降下法の一歩は引き算ひとつです。
#
# 次は、8 × 8 の小さな数字を読む、同じ作りのネットワークです。数字ひとつへの答え、損失と認識精度、
# 配列の形を順に表示します。最後の数は、784-50-10 が学習する数の個数です。
# `parameter_count([784, 50, 10])` と比べてみましょう。
# %% [markdown] step=6 lang=zh
# ## 识别数字的 TwoLayerNet
#
# 同一本书中用于 MNIST 的网络是 784-50-10：28 × 28 的图像，隐藏层有 50 个用 sigmoid 的神经元，
# 输出用 softmax 给出 10 个类别。`TwoLayerNet` 具备训练所需的一切：
# `params`、`predict`、`loss`、`accuracy` 和 `gradient`。
# 每个梯度与对应参数形状相同，所以梯度下降法的一步就是一次减法。
#
# 下面是同样结构的网络，用来识别 8 × 8 的小数字图像：依次显示它对一个数字的输出、
# 损失和识别精度、各数组的形状。最后一个数是 784-50-10 要学习的数的个数，
# 请与 `parameter_count([784, 50, 10])` 比较。
# %% [question] step=6 lang=en answer=2
# It has learned nothing yet, and gives each of the ten classes about a tenth. How large
# is its loss, −log y of the right class?
# 1. 0
# 2. about 2.3
# 3. 10
# => −log 0.1 = 2.303. A network of ten classes whose loss stays there has learned nothing.
# %% [question] step=6 lang=ja answer=2
# まだ何も学習していないので、10 個のクラスの確率はどれも約 10 分の 1 です。
# 損失、つまり正解クラスの −log y はいくつでしょう。
# 1. 0
# 2. 約 2.3
# 3. 10
# => −log 0.1 = 2.303 です。10 クラスで損失がここから動かないネットワークは、
# まだ何も学習していません。
# %% [question] step=6 lang=zh answer=2
# 它还什么都没有学，给十个类别的概率都是约十分之一。
# 它的损失，即真实类别的 −log y，是多少？
# 1. 0
# 2. 约 2.3
# 3. 10
# => −log 0.1 = 2.303。有十个类别而损失一直停在这里的网络，什么也没学到。
# %% step=6
import kobai

data = kobai.load_digits()
net = kobai.TwoLayerNet(64, 50, 10)
x, t = data.x_test, data.t_test
print(net.predict(x[:1]).round(2))
print(f"{net.loss(x, t):.3f}, {net.accuracy(x, t):.1%}")
for name, slopes in net.gradient(x, t).items():
    print(name, net.params[name].shape, slopes.shape)

large = kobai.TwoLayerNet(784, 50, 10)
print(sum(p.size for p in large.params.values()))

# %% [markdown] step=6 lang=en
# What can such a network do once it has learned? In the figure one with two inputs parts
# points of two classes: the more hidden neurons, the more its border can bend. How it
# learns is the next lesson.
# %% [markdown] step=6 lang=ja
# 学習すると、こうしたネットワークに何ができるのでしょう。図では、入力が 2 つのネットワークが
# 2 クラスの点を分けます。隠れ層のニューロンが多いほど、境界は自由に曲がります。
# どうやって学習するのかは、次の課で説明します。
# %% [markdown] step=6 lang=zh
# 学好之后，这样的网络能做什么？图中，有两个输入的网络把两类点分开：
# 隐藏层的神经元越多，边界就能弯得越自由。它怎样学习，下一课来讲。
# %% [figure] step=6 lab=network gallery=decision-regions

# %% [summary] lang=en
# - A layer is x W + b: a row for each sample, a column for each neuron.
# - A network is its layers one after the other, with something that bends in between.
# - It learns its weights and biases; the gradient has the shape of each of them.
# - Untrained, with ten classes, its loss is about log 10 = 2.3.
# %% [summary] lang=ja
# - 層は x W + b です。行がサンプル、列がニューロンです。
# - ネットワークは層を順につないだもので、間に「曲げる」活性化関数が入ります。
# - 学習するのは重みとバイアスで、勾配はそれぞれと同じ形です。
# - 10 クラスなら、学習前の損失は約 log 10 = 2.3 です。
# %% [summary] lang=zh
# - 一层就是 x W + b：每行一个样本，每列一个神经元。
# - 网络就是把层依次连起来，中间夹着会“弯”的激活函数。
# - 要学习的是权重和偏置，梯度与它们形状相同。
# - 有十个类别时，训练前的损失约为 log 10 = 2.3。
# %% [reading] lang=en
# K. Saito, *Deep Learning from Scratch* (in Japanese), sections 3.3, 3.4, 4.4.2 and
# 4.5.1. F. Rosenblatt, "The perceptron", 1958.
# %% [reading] lang=ja
# 斎藤康毅『ゼロから作る Deep Learning』3.3、3.4、4.4.2、4.5.1 節。F. Rosenblatt
# "The perceptron" 1958 年。
# %% [reading] lang=zh
# 斋藤康毅《深度学习入门：基于 Python 的理论与实现》3.3、3.4、4.4.2、4.5.1 节。
# F. Rosenblatt, "The perceptron", 1958。
