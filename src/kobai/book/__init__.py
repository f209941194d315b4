"""The names that readers of "Deep Learning from Scratch" know.

`from kobai.book import *` brings the book's activation functions and losses, numerical
gradient and gradient descent, `SimpleNet`, `TwoLayerNet`, `MultiLayerNet`, the
optimizers, `Trainer` and `load_mnist`, and NumPy as `np`, which comes with the star in
the book too. A notebook that needs no more of the book than these runs with its imports
replaced: names, arguments and meanings are the book's, the work is done by the rest of
Kobai. Where the two differ (a mean over the batch, the name of a learning rate, first
weights that are others each time unless there is a `seed`), the book's way holds here
and the field's in `kobai`.

Not here are the layer classes of chapters 5 to 7 with their `forward` and `backward`
(`Affine`, `Relu`, `Sigmoid`, `SoftmaxWithLoss`, `BatchNormalization`, `Dropout`,
`Convolution`, `Pooling`) and the networks made of them: `kobai.gradient` differentiates
plain NumPy without them, and `kobai.networks` has layers of its own.

>>> from kobai.book import *
>>> net = TwoLayerNet(input_size=784, hidden_size=50, output_size=10)
>>> net.params["W1"].shape
(784, 50)

Source: Saito, "Deep Learning from Scratch", 2016.
"""

import numpy as np

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
    "np",
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
