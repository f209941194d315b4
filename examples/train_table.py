"""Learn a column of a table, and predict it for new rows.

python examples/train_table.py

Needs Polars, the extra `table`. With a file of your own the same is

kobai train my.csv --target kind
kobai predict runs/my-1 new.csv -o predictions.csv
"""

import numpy as np
import polars as pl

import kobai
from kobai.formats import Model
from kobai.networks import ReLU, Softmax


def pets(rows, seed):
    """Make up some cats, dogs and rabbits; one cell in ten is empty."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(3, size=rows)
    weight = np.array([4.5, 18.0, 2.0])[kind] * rng.lognormal(0, 0.3, rows)
    ears = np.array([6.0, 10.0, 11.0])[kind] + rng.normal(0, 1.5, rows)
    fur = rng.choice(["short", "long", "wiry"], rows)
    table = {"weight": weight, "ears": ears, "fur": fur}
    table = pl.DataFrame(table).with_columns(
        pl.when(pl.lit(rng.random(rows)) < 0.9).then(pl.col("ears")).alias("ears"),
        kind=np.array(["cat", "dog", "rabbit"])[kind],
    )
    return table


data = kobai.load_table(pets(600, seed=0), "kind")
print(data)

layers = [kobai.Dense(20), ReLU(), kobai.Dense(len(data.classes)), Softmax()]
network = kobai.Network(data.columns.width, layers)
optimizer = kobai.Adam(0.005)
history = kobai.train(network, data, optimizer=optimizer, epochs=20, batch_size=20)
print(f"Test accuracy {history['test_accuracy'][-1]:.3f}")

model = Model(network, data.classes, columns=data.columns)
print(model.predict_table(pets(5, seed=1).drop("kind")))
