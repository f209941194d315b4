"""The names that readers of "Deep Learning from Scratch" know.

A notebook whose imports are replaced by `from kobai.book import *` runs: the names,
arguments and meanings are the book's, the work is done by the rest of Kobai. Where the
two differ (a mean over the batch, the name of a learning rate), the book's way holds
here and the field's in `kobai`.

>>> from kobai.book import *
>>> net = TwoLayerNet(input_size=784, hidden_size=50, output_size=10)
>>> net.params["W1"].shape
(784, 50)

Source: Saito, "Deep Learning from Scratch", 2016.
"""

from kobai.book.functions import (
    cross_entropy_error,
    d_mean_squared_error,
    identity_function,
    mean_squared_error,
    relu,
    relu_grad,
    sigmoid,
    sigmoid_grad,
    softmax,
    softmax_loss,
    step_function,
    sum_squared_error,
)
from kobai.book.gradients import (
    gradient_check,
    gradient_descent,
    numerical_diff,
    numerical_gradient,
)
from kobai.book.networks import MultiLayerNet, SimpleNet, TwoLayerNet
from kobai.book.optimizers import (
    SGD,
    AdaGrad,
    Adam,
    Momentum,
    Nesterov,
    RMSProp,
    RMSprop,
)
from kobai.book.trainer import Trainer
from kobai.data import load_mnist

__all__ = [
    "SGD",
    "AdaGrad",
    "Adam",
    "Momentum",
    "MultiLayerNet",
    "Nesterov",
    "RMSProp",
    "RMSprop",
    "SimpleNet",
    "Trainer",
    "TwoLayerNet",
    "cross_entropy_error",
    "d_mean_squared_error",
    "gradient_check",
    "gradient_descent",
    "identity_function",
    "load_mnist",
    "mean_squared_error",
    "numerical_diff",
    "numerical_gradient",
    "relu",
    "relu_grad",
    "sigmoid",
    "sigmoid_grad",
    "softmax",
    "softmax_loss",
    "step_function",
    "sum_squared_error",
]
