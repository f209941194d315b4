"""The same with pandas and scikit-learn.

python benchmarks/scripts/million_sklearn.py table.csv
"""

import sys

import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

table = pd.read_csv(sys.argv[1])
t = table.pop("kind").to_numpy()
x = pd.get_dummies(table, dtype="float32").to_numpy("float32")
del table
x_train, x_test, t_train, t_test = train_test_split(
    x, t, test_size=0.2, stratify=t, random_state=0
)
scaler = StandardScaler(copy=False).fit(x_train)
x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)
network = MLPClassifier(
    hidden_layer_sizes=(50,),
    batch_size=100,
    learning_rate_init=0.005,
    random_state=0,
)
# One call is one epoch.
network.partial_fit(x_train, t_train, classes=sorted(set(t)))
print(network.score(x_train, t_train), network.score(x_test, t_test))
