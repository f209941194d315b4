"""Train the book's two-layer network on MNIST, with the loop written out.

    python examples/two_layer_net_mnist_by_hand.py [ITERATIONS] [FOLDER]

FOLDER holds MNIST's four files; without it they are downloaded once.
"""

import sys

import numpy as np

from kobai.book import *  # noqa: F403
from kobai.errors import DataError

iters_num = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
folder = sys.argv[2] if len(sys.argv) > 2 else None

try:
    (x_train, t_train), (x_test, t_test) = load_mnist(  # noqa: F405
        normalize=True, one_hot_label=True, data_dir=folder
    )
except DataError as error:
    reason = str(error).splitlines()[0].rstrip(".:")
    remedy = "let KOBAI_DATA_DIR, or FOLDER, name the folder of MNIST's files"
    print(f"error: {reason}; {remedy}", file=sys.stderr)
    sys.exit(2)
network = TwoLayerNet(784, 50, 10, seed=0)  # noqa: F405
rng = np.random.default_rng(0)

batch_size = 100
learning_rate = 0.1
train_size = x_train.shape[0]
iter_per_epoch = -(-train_size // batch_size)
train_loss_list = []

for i in range(1, iters_num + 1):
    batch_mask = rng.choice(train_size, batch_size)
    x_batch = x_train[batch_mask]
    t_batch = t_train[batch_mask]

    grad = network.gradient(x_batch, t_batch)
    for key in ("W1", "b1", "W2", "b2"):
        network.params[key] -= learning_rate * grad[key]

    train_loss_list.append(network.loss(x_batch, t_batch))
    if i % iter_per_epoch == 0 or i == iters_num:
        train_acc = network.accuracy(x_train, t_train)
        test_acc = network.accuracy(x_test, t_test)
        loss = np.mean(train_loss_list[-iter_per_epoch:])
        print(
            f"iteration {i}: loss {loss:.4f}, "
            f"train acc {train_acc:.4f}, test acc {test_acc:.4f}"
        )
