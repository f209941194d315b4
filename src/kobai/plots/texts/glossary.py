"""One word for one thing: what the figures call it, in every language.

The tables of texts write `<accuracy>`, and `spelled` puts the word there; so a word is
changed here, and changes in all figures. Where the book "Deep Learning from Scratch"
(K. Saito, 2016; its Chinese translation 2018) has a word, it is the book's.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

MARK = re.compile(r"<(\w+)>")


class Term(NamedTuple):
    """The word for a thing, and others for it that no figure uses."""

    word: str
    never: tuple[str, ...] = ()


GLOSSARY: dict[str, dict[str, Term]] = {
    "en": {
        "accuracy": Term("accuracy", ("hit rate", "recognition rate")),
        "loss": Term("loss", ("cost",)),
        "epoch": Term("epoch", ("pass through",)),
        "train": Term("training data", ("training set", "training samples")),
        "test": Term("test data", ("test set", "test samples")),
        "predicted_class": Term("predicted class"),
        "true_class": Term("true class", ("actual class", "target class")),
        "predicted_value": Term("predicted value", ("prediction",)),
        "true_value": Term("true value", ("actual value",)),
        "probability": Term("probability", ("confidence",)),
        "neuron": Term("neuron", ("unit",)),
        "hidden_layer": Term("hidden layer", ("middle layer",)),
        "activation_function": Term("activation function"),
        "sigmoid": Term("sigmoid", ("logistic",)),
        "initial_value": Term("initial weights", ("initialization",)),
        "weight": Term("weight"),
        "weight_decay": Term("weight decay", ("L2 penalty",)),
        "overfitting": Term("over-fitting", ("overfitting", "overtraining")),
        "optimizer": Term("optimizer", ("solver", "optimization method")),
        "learning_rate": Term("learning rate", ("step size",)),
        "gradient_descent": Term("gradient descent", ("steepest descent method",)),
        "derivative": Term("derivative"),
        "step_h": Term("step h", ("increment",)),
        "path": Term("path", ("trajectory", "track")),
        "start": Term("start", ("initial point",)),
        "minimum": Term("minimum", ("valley",)),
        "decision_region": Term("decision region", ("decision area",)),
    },
    "ja": {
        "accuracy": Term("認識精度", ("正解率", "正答率", "認識率", "精度")),
        "loss": Term("損失", ("ロス", "コスト")),
        "epoch": Term("エポック", ("世代",)),
        "train": Term("訓練データ", ("学習データ", "教師データ", "訓練セット")),
        "test": Term("テストデータ", ("評価データ", "テストセット")),
        "predicted_class": Term("予測クラス", ("推定クラス",)),
        "true_class": Term("正解クラス", ("真のクラス", "正しいクラス")),
        "predicted_value": Term("予測値", ("推定値",)),
        "true_value": Term("正解の値", ("真の値", "真値", "実測値")),
        "probability": Term("確率", ("確信度",)),
        "neuron": Term("ニューロン", ("ユニット", "素子")),
        "hidden_layer": Term("隠れ層", ("中間層",)),
        "activation_function": Term("活性化関数", ("伝達関数",)),
        "sigmoid": Term("sigmoid", ("シグモイド",)),
        "initial_value": Term("初期値", ("初期化",)),
        "weight": Term("重み", ("荷重", "ウェイト")),
        "weight_decay": Term("重み減衰", ("荷重減衰",)),
        "overfitting": Term("過学習", ("過剰適合", "オーバーフィッティング")),
        "optimizer": Term("最適化手法", ("オプティマイザ", "最適化アルゴリズム")),
        "learning_rate": Term("学習率", ("学習係数",)),
        "gradient_descent": Term("勾配降下法", ("勾配降下", "最急降下法")),
        "derivative": Term("微分", ("導関数", "微分係数")),
        "step_h": Term("刻み幅 h", ("ステップ幅",)),
        "path": Term("経路", ("軌跡", "道筋")),
        "start": Term("開始点", ("出発点", "始点", "初期点")),
        "minimum": Term("極小値", ("局所解", "極小点")),
        "decision_region": Term("決定領域", ("判別領域", "識別領域")),
    },
    "zh": {
        "accuracy": Term("识别精度", ("正确率", "准确率", "识别率", "精度")),
        "loss": Term("损失", ("代价", "误差函数")),
        "epoch": Term("轮次", ("周期", "世代")),
        "train": Term("训练数据", ("训练集", "学习数据", "训练样本")),
        "test": Term("测试数据", ("测试集", "测试样本")),
        "predicted_class": Term("预测类别", ("预测类",)),
        "true_class": Term("真实类别", ("正确类别", "实际类别")),
        "predicted_value": Term("预测值", ("估计值",)),
        "true_value": Term("真实值", ("实际值", "真值")),
        "probability": Term("概率", ("几率", "置信度")),
        "neuron": Term("神经元", ("单元", "节点")),
        "hidden_layer": Term("隐藏层", ("中间层", "隐层", "隐含层")),
        "activation_function": Term("激活函数", ("激励函数", "活化函数")),
        "sigmoid": Term("sigmoid", ("S 型",)),
        "initial_value": Term("初始值", ("初始化", "初值")),
        "weight": Term("权重", ("权值",)),
        "weight_decay": Term("权重衰减", ("权值衰减",)),
        "overfitting": Term("过拟合", ("过度拟合", "过学习")),
        "optimizer": Term("优化方法", ("优化器", "最优化")),
        "learning_rate": Term("学习率", ("学习速率",)),
        "gradient_descent": Term("梯度下降法", ("梯度下降", "最速下降法")),
        "derivative": Term("导数", ("微分", "微商")),
        "step_h": Term("步长 h", ("步幅",)),
        "path": Term("路径", ("轨迹",)),
        "start": Term("起点", ("初始点", "出发点")),
        "minimum": Term("极小值", ("局部最优", "极小点")),
        "decision_region": Term("决策区域", ("判定区域",)),
    },
}


def spelled(texts: Mapping[str, str], language: str) -> dict[str, str]:
    """Return texts with the words of the glossary where they are asked for.

    >>> spelled({"title": "<Accuracy> over the <epoch>s"}, "en")
    {'title': 'Accuracy over the epochs'}
    """
    words = GLOSSARY[language]

    def word(match: re.Match[str]) -> str:
        name = match[1]
        found = words[name.lower()].word
        return found if name.islower() else found.capitalize()

    return {key: MARK.sub(word, text) for key, text in texts.items()}
