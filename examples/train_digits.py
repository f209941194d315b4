"""Train a network on the digits that come with Kobai, save it and use it.

python examples/train_digits.py [EPOCHS]
"""

import sys
import tempfile
from pathlib import Path

from kobai.data import load_digits
from kobai.formats import load_model, save_model
from kobai.networks import Dense, Network, ReLU, Softmax
from kobai.optimizers import Adam
from kobai.training import train

epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 20

data = load_digits()
print(data, end="\n\n")
network = Network(64, [Dense(50), ReLU(), Dense(10), Softmax()])
print(network, end="\n\n")
history = train(network, data, optimizer=Adam(0.01), batch_size=50, epochs=epochs)
print(f"test accuracy {history['test_accuracy'][-1]:.4f}")

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "digits.safetensors"
    save_model(
        path,
        network,
        classes=data.classes,
        image_shape=data.image_shape,
        scale=data.scale,
        name="digits",
    )
    model = load_model(path)

raw = data.x_test[:5] / data.scale
chances = model.predict(raw)
for row, t in zip(chances, data.t_test[:5], strict=True):
    best = row.argmax()
    print(f"a {t}: taken for {model.classes[best]} with probability {row[best]:.3f}")
