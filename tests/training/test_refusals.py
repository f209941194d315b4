"""Wrong use of train: one clear message that says what to do, before any step."""

from pathlib import Path

import numpy as np
import pytest

from kobai.networks import Dense, Identity, Network
from kobai.optimizers import SGD
from kobai.training import train

NAN = np.array([[0.0, 1.0], [2.0, np.nan]])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs must be 1 or more, got 0"),
        ({"epochs": -3}, ValueError, "epochs must be 1 or more, got -3"),
        ({"epochs": 2.5}, TypeError, "epochs must be a whole number, got 2.5"),
        ({"epochs": True}, TypeError, "epochs must be a whole number, got True"),
        ({"steps": 0}, ValueError, "steps must be 1 or more, got 0"),
        ({"epochs": 1, "steps": 1}, ValueError, "got epochs=1 and steps=1; give one"),
        ({"batch_size": 0}, ValueError, "batch_size must be 1 or more, got 0"),
        ({"batch_size": 61}, ValueError, "batch_size=61 is larger than the data, 60"),
        (
            {"batch_size": 61, "batches": "random"},
            ValueError,
            'choose at most 60, or batches="full"',
        ),
        ({"batches": "shuffled"}, ValueError, 'Did you mean "shuffle"?'),
        ({"gradient": "backprob"}, ValueError, 'Did you mean "backprop"?'),
        ({"seed": -1}, ValueError, "seed must be 0 or more, got -1"),
        ({"optimizer": "adam"}, TypeError, "got 'adam'"),
        ({"optimizer": SGD}, TypeError, r"such as SGD\(0.1\) or Adam\(\), got SGD"),
        ({"progress": "yes"}, ValueError, 'progress must be "auto", True or False'),
        ({"checkpoint_every": 3}, ValueError, "checkpoint_every needs a file"),
        ({"resume": True}, ValueError, "resume needs the file to go on from"),
        ({"callbacks": [object()]}, TypeError, "object has none of the methods"),
    ],
)
def test_settings(make_network, data, options, error, message):
    network = make_network()
    before = network.params
    options = {"batch_size": 20, "progress": False} | options
    with pytest.raises(error, match=message):
        train(network, data, **options)
    assert network.params is before


def test_an_unknown_engine(make_network, data):
    with pytest.raises(ValueError, match="eager"):
        train(make_network(), data, batch_size=20, engine="eagre", progress=False)


X, T = np.zeros((4, 2)), np.array([0, 1, 0, 1])


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        ((np.zeros((4, 3)), T), ValueError, r"network expects \(n, 2\), got \(n, 3\)"),
        ((np.zeros(4), T), ValueError, r"network expects \(n, 2\), got \(n,\)"),
        ((X, T[:3]), ValueError, "got 4 rows of x and 3 of t; need one target"),
        ((X[:0], T[:0]), ValueError, "training data: .*0 samples"),
        ((NAN, T[:2]), ValueError, "x of the training data is nan in row 1, column 1"),
        ((X, np.array([0, 1, 2, 1])), ValueError, r"label 2.*0 to 1 \(row 2,"),
        ((X, np.array([0, 1, 0, -1])), ValueError, r"label -1.*0 to 1 \(row 3,"),
        ((X, np.zeros((4, 3))), ValueError, r"targets of shape \(4, 3\)"),
        ((X, T.reshape(4, 1)), ValueError, r"targets of shape \(4, 1\)"),
        (((X, T), (X, T[:3])), ValueError, "test data: got 4 rows of x and 3 of t"),
        (((X, T), (NAN, T[:2])), ValueError, "x of the test data is nan in row 1"),
        ((X.astype(str), T), TypeError, "must be real numbers, got dtype <U"),
        ((X, ["cat", "dog", "cat", "dog"]), TypeError, "t of the training data must"),
        ((X, ["cat", "dog", "cat", "dog"]), TypeError, "return_inverse=True"),
        (([[1, 2], [3]], [0, 1]), ValueError, "got rows of different lengths"),
        ((X, T, T), TypeError, "data must be a Dataset"),
        (
            (X, T.astype(float)),
            ValueError,
            r"shape \(4,\).*labels \(n,\): t\.astype\(int\)",
        ),
        ((X, T + 0.5), ValueError, r"need \(n, 2\) or integer labels \(n,\)$"),
        ("mnist", TypeError, r"got str\. Load it first: kobai\.load_"),
        (Path("my.csv"), TypeError, r"kobai\.load_table\(path, target\)"),
        (X, TypeError, r"got ndarray\. Give the targets with x: \(x, t\)"),
        (None, TypeError, "got NoneType$"),
    ],
)
def test_data(make_network, data, error, message):
    with pytest.raises(error, match=f"train: .*{message}"):
        train(make_network(), data, batch_size=2, epochs=1, progress=False)


@pytest.mark.parametrize(
    ("given", "got"),
    [("net", "got str"), (Network, "got the class Network"), ((X, T), "got tuple")],
)
def test_what_is_no_network(given, got):
    with pytest.raises(TypeError, match=f"first argument must be a network.* {got}"):
        train(given, (X, T), progress=False)


def test_infinite_targets():
    network = Network(2, [Dense(1), Identity()])
    t = np.array([0.0, 1.0, np.inf, 0.0])
    with pytest.raises(ValueError, match="t of the training data is inf in row 2 "):
        train(network, (X, t), batch_size=2, progress=False)


def test_a_misspelt_hook_is_answered_with_the_near_one(make_network, data):
    class Callback:
        def on_epoch_ends(self, state): ...

    with pytest.raises(TypeError, match=r"Did you mean .on_epoch_end.\?"):
        train(make_network(), data, batch_size=20, callbacks=[Callback()])
    with pytest.raises(TypeError, match=r"Callback is a class; pass Callback\(\)"):
        train(make_network(), data, batch_size=20, callbacks=[Callback])


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_frame(make_network, library):
    frame = pytest.importorskip(library).DataFrame({"a": [1.0], "b": [2.0]})
    with pytest.raises(TypeError, match=r"got DataFrame.*TableModel\(column\)\.fit"):
        train(make_network(), frame, progress=False)
