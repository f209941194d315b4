/** The words of the small figures. */

export type Language = "en" | "ja" | "zh";

const en = {
  pause: "Pause",
  play: "Play",
  again: "Again",
  function: "function",
  derivative: "derivative",
  activation:
    "Each activation function and its slope. Try: where is the slope of sigmoid largest, and how large is it?",
  derivativeOf:
    "The central difference: the slope of the line through two points, 2h apart. Try: make h small.",
  slope: "slope of the line {slope}, derivative {exact}",
  descent:
    "Gradient descent on f(x₀, x₁) = x₀²/8 + x₁². Try: click anywhere to start there, and change the learning rate.",
  rate: "learning rate η",
  learningRate:
    "The same start, f(x) = x². Try: find the η that is fastest, and the one from which it diverges.",
  diverges: "diverges",
  oscillates: "oscillates",
  slow: "creeps",
  arrives: "arrives",
  minibatch:
    "A line is fitted to 60 points. Try: with one sample a step the path staggers, with all of them it goes straight.",
  batch: "batch size",
  lossOf:
    "The loss of one sample whose true class has probability p. Try: how much more does a sure mistake cost?",
  crossEntropy: "cross-entropy −log p",
  squared: "squared error (1 − p)²",
  probability: "probability p",
  overfitting:
    "24 noisy points, tanh. Try: with many neurons the training loss falls, and the test loss rises again.",
  neurons: "neurons",
  train: "training data",
  test: "test data",
  vanishing:
    "Mean size of the gradient in each layer, before training. Try: more layers, and ReLU instead of sigmoid.",
  layers: "hidden layers",
  layer: "layer",
  neuron: "One neuron, y = sigmoid(w x + b), learns the sine. Try: change the learning rate.",
  target: "target",
  step: "step {step}, loss {loss}",
  network: "A small network learns two moons. Try: how few neurons are enough?",
  softmax:
    "Softmax turns scores into probabilities. Try: raise one score; the others fall, the sum stays 1.",
  score: "score {n}",
  digits:
    "A network of 64-30-10 learns handwritten digits. The pictures are test data that it gets wrong. Try: change the learning rate.",
  accuracy: "step {step}, accuracy on test data {accuracy} %",
};

type Words = Record<keyof typeof en, string>;

const ja: Words = {
  pause: "一時停止",
  play: "動かす",
  again: "最初から",
  function: "関数",
  derivative: "微分",
  activation:
    "活性化関数とその傾き。sigmoid の傾きはどこで最大になり、どのくらいの大きさでしょうか。",
  derivativeOf: "中心差分：2h だけ離れた 2 点を通る直線の傾き。h を小さくしてみましょう。",
  slope: "直線の傾き {slope}、微分 {exact}",
  descent:
    "f(x₀, x₁) = x₀²/8 + x₁² の勾配降下法。好きな場所をクリックすると、そこから始まります。学習率も変えてみましょう。",
  rate: "学習率 η",
  learningRate: "同じ開始点から、f(x) = x²。最も速い η と、発散し始める η を見つけましょう。",
  diverges: "発散する",
  oscillates: "振動する",
  slow: "なかなか進まない",
  arrives: "たどり着く",
  minibatch:
    "60 個の点に直線を当てはめます。1 サンプルずつだと経路はふらつき、全部を使うとまっすぐ進みます。",
  batch: "バッチサイズ",
  lossOf:
    "正解クラスの確率が p である 1 サンプルの損失。自信をもった間違いは、どれだけ高くつくでしょうか。",
  crossEntropy: "交差エントロピー誤差 −log p",
  squared: "二乗誤差 (1 − p)²",
  probability: "確率 p",
  overfitting:
    "ノイズのある 24 個の点、tanh。ニューロンが多いと、訓練データの損失は下がり、テストデータの損失はまた上がります。",
  neurons: "ニューロンの数",
  train: "訓練データ",
  test: "テストデータ",
  vanishing:
    "学習前の、各層の勾配の絶対値の平均。層を増やしたり、sigmoid を ReLU に替えたりしてみましょう。",
  layers: "隠れ層の数",
  layer: "層",
  neuron:
    "1 つのニューロン y = sigmoid(w x + b) がサイン曲線を学びます。学習率を変えてみましょう。",
  target: "目標",
  step: "ステップ {step}、損失 {loss}",
  network:
    "小さなネットワークが 2 つの三日月を学びます。ニューロンはいくつあれば足りるでしょうか。",
  softmax:
    "ソフトマックス関数はスコアを確率にします。1 つを上げると、ほかは下がり、合計は 1 のままです。",
  score: "スコア {n}",
  digits:
    "64-30-10 のネットワークが手書き数字を学びます。画像は誤認識したテストデータです。学習率を変えてみましょう。",
  accuracy: "ステップ {step}、テストデータの認識精度 {accuracy} %",
};

const zh: Words = {
  pause: "暂停",
  play: "播放",
  again: "重来",
  function: "函数",
  derivative: "导数",
  activation: "激活函数及其斜率。试一试：sigmoid 的斜率在哪里最大，有多大？",
  derivativeOf: "中心差分：过相距 2h 的两点的直线的斜率。试一试：把 h 调小。",
  slope: "直线的斜率 {slope}，导数 {exact}",
  descent:
    "f(x₀, x₁) = x₀²/8 + x₁² 上的梯度下降法。试一试：点击任何地方就从那里开始，再改变学习率。",
  rate: "学习率 η",
  learningRate: "同一个起点，f(x) = x²。试一试：找出最快的 η，以及从哪个 η 起发散。",
  diverges: "发散",
  oscillates: "振荡",
  slow: "几乎不动",
  arrives: "到达",
  minibatch: "用直线拟合 60 个点。试一试：每步一个样本时路径摇摆，用全部样本时笔直前进。",
  batch: "批次大小",
  lossOf: "真实类别的概率为 p 的一个样本的损失。试一试：自信的错误要付出多大代价？",
  crossEntropy: "交叉熵误差 −log p",
  squared: "平方误差 (1 − p)²",
  probability: "概率 p",
  overfitting:
    "24 个带噪声的点，tanh。试一试：神经元多时，训练数据的损失下降，测试数据的损失又上升。",
  neurons: "神经元个数",
  train: "训练数据",
  test: "测试数据",
  vanishing: "训练之前各层梯度绝对值的平均。试一试：增加层数，或把 sigmoid 换成 ReLU。",
  layers: "隐藏层数",
  layer: "层",
  neuron: "一个神经元 y = sigmoid(w x + b) 学习正弦曲线。试一试：改变学习率。",
  target: "目标",
  step: "第 {step} 步，损失 {loss}",
  network: "一个小网络学习两个月牙。试一试：最少几个神经元就够了？",
  softmax: "softmax 函数把分数变成概率。试一试：提高一个分数，其他的就下降，合计仍是 1。",
  score: "分数 {n}",
  digits: "64-30-10 的网络学习手写数字。图中是它认错的测试数据。试一试：改变学习率。",
  accuracy: "第 {step} 步，测试数据的识别精度 {accuracy} %",
};

export const WORDS: Record<Language, Words> = { en, ja, zh };

export type Say = (key: keyof Words, values?: Record<string, string | number>) => string;

export function sayer(language: Language): Say {
  return (key, values = {}) =>
    WORDS[language][key].replace(/\{(\w+)\}/g, (_, name: string) => `${values[name]}`);
}
