"""One file for one idea: what a new file defines is known everywhere by its name."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from kobai import gradient, load_model, numerical_gradient, save_model, train
from kobai.book import MultiLayerNet
from kobai.cli.app import app
from kobai.errors import KobaiError
from kobai.formats import export
from kobai.networks import ACTIVATIONS, LAYERS, LOSSES, Dense, Network, Softmax
from kobai.optimizers import OPTIMIZERS

ROOT = Path(__file__).parents[1]

IDEAS = """
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kobai.networks import LOSSES, Activation, Layer, Loss
from kobai.optimizers import Optimizer


@dataclass(frozen=True, repr=False)
class Swish(Activation, name="swish"):
    \"\"\"y = x / (1 + exp(-x)).\"\"\"

    def _function(self, x):
        return x * (0.5 + 0.5 * np.tanh(0.5 * x))


@dataclass(frozen=True, repr=False)
class ArcSinh(Activation, name="arcsinh"):
    \"\"\"y = ln(x + sqrt(x x + 1)), for which no export has a form.\"\"\"

    def _function(self, x):
        return np.arcsinh(x)


@dataclass(frozen=True, repr=False)
class Scale(Layer, known=True):
    \"\"\"Multiply every number by the same one.\"\"\"

    factor: float = 2.0

    def forward(self, values, x, training):
        return self.factor * x, {}


def log_cosh(y, t, weights=None):
    \"\"\"Return the mean of ln cosh(y - t).\"\"\"
    d = y - np.reshape(t, y.shape)
    losses = np.logaddexp(d, -d) - np.log(2)
    return np.mean(losses if weights is None else losses * weights[:, np.newaxis])


LOSSES["log_cosh"] = Loss("log_cosh", log_cosh)


@dataclass(frozen=True)
class Lion(Optimizer, name="lion"):
    \"\"\"Step by the sign of a running mean of the gradients.\"\"\"

    slots: ClassVar[tuple[str, ...]] = ("mean",)

    def rule(self, w, g, rate, step, *memory):
        (mean,) = memory
        moved = w - rate * np.sign(0.9 * mean + 0.1 * g)
        return moved, 0.99 * mean + 0.01 * g
"""

X = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
Y = np.sin(X[:, 0]) + X[:, 1]
T = (X[:, 2] > 0).astype(int)


@pytest.fixture(scope="module", autouse=True)
def ideas(tmp_path_factory):
    """Import a file of new ideas, and forget them afterwards."""
    path = tmp_path_factory.mktemp("ideas") / "ideas.py"
    path.write_text(IDEAS)
    before = [(table, dict(table)) for table in (ACTIVATIONS, LAYERS, LOSSES)]
    before.append((OPTIMIZERS, dict(OPTIMIZERS)))
    spec = importlib.util.spec_from_file_location("ideas", path)
    sys.modules["ideas"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules["ideas"]
    for table, known in before:
        table.clear()
        table.update(known)


@pytest.fixture
def network():
    return Network(
        4, [LAYERS["Scale"](3.0), Dense(5), ACTIVATIONS["swish"](), Dense(2), Softmax()]
    )


def test_the_command_lists_and_takes_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = typer.testing.CliRunner().invoke(app, ["train", "--help"]).output
    for name in ("swish", "log_cosh", "lion"):
        assert name in text
    np.savez("my.npz", x=X, t=Y[:, np.newaxis])
    options = ["--activation", "swish", "--loss", "log_cosh", "--optimizer", "lion"]
    rest = ["--lr", "0.01", "--epochs", "3", "--run", "run", "--quiet"]
    done = CliRunner().invoke(app, ["train", "my.npz", *options, *rest])
    assert done.exit_code == 0, done.output
    model = load_model(tmp_path / "run" / "model.safetensors")
    assert model.network.loss_name == "log_cosh"


def test_the_estimators_and_the_book_take_them():
    estimators = pytest.importorskip("kobai.estimators")
    options = {"activation": "swish", "solver": "lion", "max_iter": 60, "tol": 0.0}
    given = {"learning_rate_init": 0.01, "random_state": 0, "n_iter_no_change": 99}
    with pytest.warns(Warning, match="converged"):
        model = estimators.MLPRegressor("log_cosh", **options, **given).fit(X, Y)
    assert model.loss_curve_[-1] < model.loss_curve_[0] / 4
    with pytest.warns(Warning, match="converged"):
        classifier = estimators.MLPClassifier(**options, **given).fit(X, T)
    assert classifier.score(X, T) > 0.9
    assert MultiLayerNet(4, [3], 2, "swish").layers[1] == ACTIVATIONS["swish"]()


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_every_engine_takes_the_steps_that_plain_numpy_takes(network, engine):
    if engine == "numba":
        pytest.importorskip("numba")
    found = []
    for each in ("eager", engine):
        network.params = {name: np.ones_like(w) for name, w in network.params.items()}
        options = {
            "optimizer": OPTIMIZERS["lion"](0.01),
            "epochs": 2,
            "progress": False,
        }
        train(network, (X, T), engine=each, batch_size=20, **options)
        found.append(network.predict(X))
    # float32 rounds by 6e-8, a few steps long.
    np.testing.assert_allclose(*found, atol=1e-5)


def test_their_gradients_agree(network):
    x, t = network.prepare(X[:5], T[:5])
    params = {name: w.astype(float) for name, w in network.params.items()}

    def loss(params):
        return network.objective(params, x.astype(float), t, {})[0]

    exact, close = gradient(loss, params), numerical_gradient(loss, params)
    for name in params:
        np.testing.assert_allclose(exact[name], close[name], atol=1e-7)


def test_files_and_exports_take_them(network, tmp_path):
    expected = network.predict(X)
    save_model(tmp_path / "model.safetensors", network)
    loaded = load_model(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(loaded.predict(X), expected)
    export(network, tmp_path / "model.json")
    written = json.loads((tmp_path / "model.json").read_text())
    assert {"kind": "Swish"} in written["model"]["architecture"]["layers"]
    export(network, tmp_path / "model.py")
    np.save(tmp_path / "x.npy", X)
    code = "import numpy, model; print(model.predict(numpy.load('x.npy')).tolist())"
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, check=True)
    # float32 rounds by 6e-8, a few operations long.
    np.testing.assert_allclose(json.loads(done.stdout), expected, atol=1e-6)
    for ending in ("mjs", "c"):
        assert export(network, tmp_path / f"model.{ending}").stat().st_size


@pytest.mark.parametrize("ending", ["py", "mjs", "c", "onnx"])
def test_what_no_export_has_a_form_for_is_refused(tmp_path, ending):
    if ending == "onnx":
        pytest.importorskip("onnx")
    network = Network(4, [Dense(3), ACTIVATIONS["arcsinh"](), Dense(2), Softmax()])
    with pytest.raises(KobaiError, match="no form for the operation arcsinh"):
        export(network, tmp_path / f"model.{ending}")
    assert not list(tmp_path.iterdir())


def test_the_reference_lists_them():
    path = ROOT / "docs" / "extensions" / "names.py"
    spec = importlib.util.spec_from_file_location("names", path)
    names = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(names)
    pages = [
        ROOT / "docs" / "reference" / f"{p}.md" for p in ("networks", "optimizers")
    ]
    text = "".join(names.on_page_markdown(page.read_text()) for page in pages)
    for row in (
        "| `swish` | `Swish` | y = x / (1 + exp(-x)). |",
        "| `Scale` | `Scale` | Multiply every number by the same one. |",
        "| `log_cosh` | `log_cosh` | Return the mean of ln cosh(y - t). |",
        "| `lion` | `Lion` | Step by the sign of a running mean of the gradients. |",
    ):
        assert row in text


def test_a_name_that_another_has_is_refused(ideas):
    with pytest.raises(ValueError, match=r'Mine: the name "relu" is that of kobai\.'):
        type("Mine", (ideas.Activation,), {}, name="relu")
    with pytest.raises(ValueError, match=r'the name "adam" is that of kobai\.'):
        type("Mine", (ideas.Optimizer,), {}, name="adam")
    assert ACTIVATIONS["relu"].__module__ == "kobai.networks.activations"
