"""A large CSV with Kobai: read, train one epoch, evaluate.

python benchmarks/scripts/million_kobai.py table.csv
"""

import sys

import kobai
from kobai.networks import Dense, Network, ReLU, Softmax

data = kobai.load_table(sys.argv[1], "kind")
layers = [Dense(50), ReLU(), Dense(len(data.classes)), Softmax()]
network = Network(data.columns.width, layers)
history = kobai.train(
    network,
    data,
    optimizer=kobai.Adam(0.005),
    batch_size=100,
    epochs=1,
    progress=False,
)
print(history["train_accuracy"][-1], history["test_accuracy"][-1])
