"""Exported files give what the model itself predicts, whatever runs them."""

import json
import re
import shutil
import subprocess
import sys

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kobai.data.ranges import InputRange
from kobai.data.tables.columns import OTHER, Columns, Feature, Target
from kobai.formats import FORMATS, Model, export, load_json
from kobai.formats.exporting.as_c import C_TEMPLATES
from kobai.formats.exporting.as_javascript import JAVASCRIPT_TEMPLATES
from kobai.formats.exporting.as_numpy import TEMPLATES as NUMPY_TEMPLATES
from kobai.formats.exporting.as_onnx import OPERATORS
from kobai.formats.exporting.prediction import prediction_of
from kobai.networks import (
    GELU,
    BatchNorm,
    Dense,
    Dropout,
    Ensemble,
    Exponential,
    Flatten,
    Heads,
    Identity,
    LeakyReLU,
    Network,
    PiecewiseLinear,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
    TwoLayerNet,
)
from kobai.networks.layer import LAYERS

RNG = np.random.default_rng
FILES = {name: f.endings[0] for name, f in FORMATS.items() if name != "pytorch"}


def trained(network, seed=0):
    """Return a network with numbers such as training leaves: no zeros, no ones."""
    rng = RNG(seed)
    for kind in ("params", "statistics"):
        numbers = getattr(network, kind)
        for name, array in numbers.items():
            noise = rng.normal(scale=0.2, size=array.shape)
            numbers[name] = np.abs(array + noise if kind == "params" else noise)
            if kind == "params":
                numbers[name] = array + noise
            numbers[name] = numbers[name].astype(network.dtype)
    return network


def model(inputs, *layers, dtype=np.float32, **options):
    return Model(trained(Network(inputs, layers, dtype=dtype)), **options)


TABLE = Columns(
    (
        Feature("year", mean=2020.37, std=1.5, has_missing=True),
        Feature("fur", "category", categories=("long", "short"), has_other=True),
        Feature("weight", mean=1e6 + 0.3, std=3.0),
        Feature('日本 "?\\\n*/', "category", categories=("b?", "日本")),
        Feature("age", mean=0.5, std=0.1, has_missing=True),
    ),
    Target(("species",), classes=("cat", "dog", 'c"ow?\n')),
)
REGRESSION = Columns(
    (Feature("a", mean=-3.0, std=2.0), Feature("b", "category", categories=("u",))),
    Target(("height", "price"), means=(170.0, 1e6), stds=(10.0, 2e5)),
)
SEVERAL = Columns(
    TABLE.features,
    Target(
        ("fur", "price", "tail"),
        means=(0.0, 1e4, 0.0),
        stds=(1.0, 2e3, 1.0),
        heads=(("long", "short", 'c"ow?\n'), (), ("no", "yes")),
    ),
)

PICTURE = model(
    784,
    *(Dense(50), ReLU(), Dense(10), Softmax()),
    image_shape=(28, 28),
    scale=1 / 255,
)

# A model for every layer, and for what else has a form of its own.
MODELS = {
    "Dense": model(4, Dense(3)),
    "Dropout": model(4, Dropout(0.5), Dense(3), Dropout(0.2)),
    "BatchNorm": model(4, BatchNorm(), Dense(3), BatchNorm(epsilon=0.1), Tanh()),
    "Flatten": model((2, 3), Flatten(), Dense(2)),
    "Identity": model(3, Identity()),
    "Sigmoid": model(4, Dense(5), Sigmoid(), Dense(1), Sigmoid(), classes=("n", "y")),
    "Tanh": model(4, Dense(5), Tanh(), Dense(2), Tanh()),
    "ReLU": model(4, Dense(5), ReLU(), Dense(2), ReLU()),
    "LeakyReLU": model(4, Dense(5), LeakyReLU(0.2), Dense(2)),
    "Softplus": model(4, Softplus(), Dense(5), Softplus(), Dense(2)),
    "GELU": model(4, Dense(5), GELU(), Dense(2)),
    # Beyond 88 there is no float32.
    "Exponential": model(4, Dense(5), Tanh(), Dense(2, init=0.1), Exponential()),
    "PiecewiseLinear": model(
        4, PiecewiseLinear(5, [[-1, 0, 2], [-3, 1, 1]]), ReLU(), Dense(2)
    ),
    "Softmax": model(4, Dense(5), Softmax(), Dense(3), Softmax(), classes="abc"),
    "all": model(6, Dense(6), ReLU(), BatchNorm(), Dense(6), GELU(), Dense(6), Tanh()),
    "no bias": model(4, Dense(3, bias=False), ReLU(), Dense(2, bias=False)),
    "one unit": model(1, Dense(1), ReLU(), Dense(1)),
    "untrained": Model(Network(4, [Dense(3), BatchNorm(), ReLU(), Dense(2)])),
    "axes": model((2, 3), BatchNorm(), Softmax(), Tanh(), Flatten(), Dense(2)),
    "axes only": model((2, 3), ReLU(), Flatten()),
    "float64": model(4, Dense(5), Sigmoid(), Dense(3), Softmax(), dtype=np.float64),
    "picture": PICTURE,
    "scaled picture": PICTURE,
    "raw picture": model(
        (1, 3, 4),
        *(Flatten(), Dense(2)),
        image_shape=(3, 4),
        input_range=InputRange(0, 255, is_full=True),
    ),
    "digits": model(64, Dense(10), Softmax(), image_shape=(8, 8), scale=1 / 16),
    "measured": model(3, Dense(2), input_range=InputRange(-9, 9, "float64")),
    "ensemble": Model(
        trained(Ensemble(4, [Dense(5), BatchNorm(), Dense(3), Softmax()], members=3))
    ),
    "two-layer": Model(trained(TwoLayerNet(6, 5, 3))),
    "table": model(TABLE.width, Dense(7), ReLU(), Dense(3), Softmax(), columns=TABLE),
    "table, yes or no": model(
        1,
        *(Dense(1), Sigmoid()),
        columns=Columns(TABLE.features[2:3], Target(("t",), classes=("n", "y"))),
    ),
    "Heads": model(
        TABLE.width, Dense(5), ReLU(), Dense(6), Heads((3, 1, 2)), columns=SEVERAL
    ),
    "regression": model(
        REGRESSION.width, Dense(5), Tanh(), Dense(2), columns=REGRESSION
    ),
}


def rows_for(model):
    """Return raw rows, usual and extreme, that float32 holds exactly."""
    rng = RNG(1)
    columns = model.columns
    if columns is None:
        shape = (6, *model.network.inputs)
        if model.known_range and model.known_range.is_full:
            x = rng.integers(0, int(model.known_range.high) + 1, shape)
            # A white one and a black one.
            x[3], x[4] = model.known_range.high, 0
            return x.astype(np.float32)
        x = rng.normal(size=shape) / model.scale
        x[3:] = 1000 * np.sign(x[3:])
        x[4] = 0
        return x.astype(np.float32)
    found = []
    for feature in columns.features:
        if feature.kind == "category":
            found.append([0, OTHER, 1, 0, 1, 0])
        else:
            values = feature.mean + feature.std * rng.normal(size=6)
            values[3:5] = 1000, -1000
            values[5] = np.nan
            found.append(values)
    return np.array(found).T.astype(np.float32)


ROWS = {name: rows_for(model) for name, model in MODELS.items()}
ROWS["scaled picture"] /= np.float32(255)


def stem(name):
    return re.sub(r"\W+", "_", name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with every model in every format."""
    folder = tmp_path_factory.mktemp("exported")
    for name, each in MODELS.items():
        for ending in FILES.values():
            export(each, folder / f"{stem(name)}{ending}")
    return folder


def run_onnx(folder):
    outputs = {}
    for name, x in ROWS.items():
        session = onnxruntime.InferenceSession(folder / f"{stem(name)}.onnx")
        whole = session.run(None, {"x": x})[0]
        # The number of rows is free: one, and none, are as good as several.
        np.testing.assert_allclose(session.run(None, {"x": x[:1]})[0], whole[:1], 1e-5)
        assert session.run(None, {"x": x[:0]})[0].shape == (0, *whole.shape[1:])
        outputs[name] = whole
    return outputs


def run_numpy(folder):
    """Run the files in a process of its own, where Kobai cannot be imported."""
    np.savez(folder / "rows.npz", **{stem(name): x for name, x in ROWS.items()})
    (folder / "main.py").write_text(
        "import importlib, sys\n"
        "sys.modules['kobai'] = None\n"
        "import numpy as np\n"
        "with np.load('rows.npz') as rows:\n"
        "    found = {n: importlib.import_module(n).predict(rows[n]) for n in rows}\n"
        "np.savez('outputs.npz', **found)\n"
    )
    command = [sys.executable, "-W", "error", "main.py"]
    subprocess.run(command, cwd=folder, check=True)
    with np.load(folder / "outputs.npz") as outputs:
        return {name: outputs[stem(name)] for name in ROWS}


def run_javascript(folder):
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    names = [stem(name) for name in ROWS]
    imports = [f'import * as {n} from "./{n}.mjs";' for n in names]
    rows = [
        np.where(np.isnan(x), None, x.astype(object)).tolist() for x in ROWS.values()
    ]
    script = [
        *imports,
        f"const rows = {json.dumps(rows)};",
        "const number = (x) => Array.isArray(x) ? x.map(number) : x ?? NaN;",
        f"const models = [{', '.join(names)}];",
        "const outputs = models.map((m, i) => m.predict(rows[i].map(number)));",
        "console.log(JSON.stringify(outputs));",
    ]
    (folder / "main.mjs").write_text("\n".join(script))
    done = subprocess.run(
        ["node", "main.mjs"], cwd=folder, check=True, capture_output=True, text=True
    )
    return dict(zip(ROWS, map(np.array, json.loads(done.stdout)), strict=True))


def run_c(folder):
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    lines = ["#include <stdio.h>", "#include <stdlib.h>", "static char word[64];"]
    body = []
    for name, x in ROWS.items():
        given, returned = x[0].size, MODELS[name].network.outputs
        size = int(np.prod(returned))
        lines.append(f"void {identifier(name)}_predict(const float *x, float *y);")
        body += [
            f"for (int r = 0; r < {len(x)}; r++) {{",
            f"static float x[{given}], y[{size}];",
            f'for (int i = 0; i < {given}; i++) if (scanf("%63s", word) == 1)',
            "x[i] = strtof(word, NULL);",
            f"{identifier(name)}_predict(x, y);",
            f'for (int i = 0; i < {size}; i++) printf("%.9g\\n", y[i]);',
            "}",
        ]
    lines += ["int main(void) {", *body, "return 0; }"]
    (folder / "main.c").write_text("\n".join(lines))
    strict = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"]
    sources = [f"{stem(name)}.c" for name in ROWS]
    command = ["gcc", *strict, "main.c", *sources, "-lm", "-o", "main"]
    subprocess.run(command, cwd=folder, check=True)
    numbers = "\n".join(str(n) for x in ROWS.values() for n in x.ravel())
    done = subprocess.run(
        ["./main"],
        cwd=folder,
        check=True,
        input=numbers,
        capture_output=True,
        text=True,
    )
    flat = np.array(done.stdout.split(), np.float64)
    outputs = {}
    for name, x in ROWS.items():
        shape = (len(x), *MODELS[name].network.outputs)
        size = int(np.prod(shape))
        outputs[name], flat = flat[:size].reshape(shape), flat[size:]
    return outputs


def identifier(name):
    return stem(name).lower().strip("_")


def run_json(folder):
    """Interpret the graph in each file, as a program that knows no Kobai would."""
    return {
        name: interpret(json.loads((folder / f"{stem(name)}.json").read_text()), x)
        for name, x in ROWS.items()
    }


def interpret(content, x):
    arrays = content["arrays"] | content["constants"]
    values = {
        name: np.array(each["values"]).reshape(each["shape"])
        for name, each in arrays.items()
    }
    graph = content["graph"]
    values |= {graph["input"]: x.astype(np.float64), "nan": np.nan}
    functions = {
        "dense": lambda x, w, b: x @ w + b,
        "softmax": softmax,
        "sigmoid": lambda x: 0.5 * (1 + np.tanh(x / 2)),
        "softplus": lambda x: np.logaddexp(0, x),
        "astype": lambda x: x.astype(float),
        "max": lambda x: np.max(x, axis=tuple(range(1, x.ndim)), keepdims=True),
    }
    for step in graph["operations"]:
        given = [values[n] if isinstance(n, str) else n for n in step["operands"]]
        operation = step["operation"]
        if operation == "concatenate":
            out = np.concatenate(given, axis=step["axis"])
        elif operation in ("reshape", "pick"):
            rows = given[0].reshape(len(x), -1)
            picked = rows[:, step["places"]] if operation == "pick" else rows
            out = picked.reshape(len(x), *step["shape"])
        else:
            out = functions.get(operation, getattr(np, operation, None))(*given)
        values[step["name"]] = out
    return values[graph["output"]]


def softmax(x):
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


RUNNERS = {
    "onnx": run_onnx,
    "numpy": run_numpy,
    "javascript": run_javascript,
    "c": run_c,
    "json": run_json,
}


@pytest.fixture(scope="module")
def outputs(folder):
    """What the files of a format give for ROWS, by model; run once."""
    known = {}

    def of(format):
        if format not in known:
            known[format] = RUNNERS[format](folder)
        return known[format]

    return of


def allowed(model, x, y):
    """Return how far a prediction may be off: 1e-5, of large numbers relatively."""
    if model.network.loss_name.endswith("cross_entropy"):
        return np.full(y.shape, 1e-5)
    # When sums of thousands cancel, what is left has the error of a thousand.
    largest = 0.0 if model.columns else np.abs(x).max() * model.scale
    return 1e-5 * np.maximum(1, np.abs(y)) + np.finfo(np.float32).eps * largest


def test_every_layer_has_a_model():
    assert set(LAYERS) <= set(MODELS)
    for name in LAYERS:
        kinds = [type(layer).__name__ for layer in MODELS[name].network.layers]
        assert name in kinds


def test_every_operation_that_can_be_written_is_in_a_model():
    graphs = [prediction_of(each).graph for each in MODELS.values()]
    used = {n.primitive for graph in graphs for n in graph.operations}
    for table in (C_TEMPLATES, JAVASCRIPT_TEMPLATES, NUMPY_TEMPLATES, OPERATORS):
        assert set(table) <= used


@pytest.mark.parametrize("format", FILES)
@pytest.mark.parametrize("name", MODELS)
def test_a_file_gives_what_the_model_predicts(name, format, outputs):
    model, x = MODELS[name], ROWS[name]
    expected = model.predict(x)
    found = outputs(format)[name]
    assert found.shape == expected.shape
    assert np.all(np.isfinite(expected))
    assert np.all(np.abs(found - expected) <= allowed(model, x, expected))


HIDDEN = st.one_of(
    st.builds(Dense, st.integers(1, 6), bias=st.booleans()),
    st.builds(BatchNorm, st.just(0.9), st.floats(1e-5, 1)),
    st.builds(LeakyReLU, st.floats(0, 0.5)),
    st.sampled_from([Dropout(0.5), ReLU(), Tanh(), Sigmoid(), Softmax(), Softplus()]),
    st.sampled_from([GELU(), Identity()]),
)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=3),
    st.lists(HIDDEN, max_size=6),
    st.integers(1, 4),
    st.booleans(),
    st.sampled_from([np.float32, np.float64]),
    st.integers(1, 9),
)
def test_any_network_in_onnx_and_numpy(
    tmp_path_factory, shape, hidden, units, classifies, dtype, n
):
    folder = tmp_path_factory.mktemp("random")
    last = [Dense(units + 1), Softmax()] if classifies else [Dense(units)]
    layers = [Flatten(), *hidden, *last]
    network = trained(Network(tuple(shape), layers, dtype=dtype), seed=n)
    x = RNG(n).normal(size=(n, *shape)).astype(np.float32)
    expected = network.predict(x)
    session = onnxruntime.InferenceSession(export(network, folder / "m.onnx"))
    namespace = {}
    exec(export(network, folder / "m.py").read_text(), namespace)
    for found in (session.run(None, {"x": x})[0], namespace["predict"](x)):
        assert found.dtype == np.float32
        assert np.all(np.abs(found - expected) <= allowed(Model(network), x, expected))


def test_years_keep_their_digits(folder):
    """Standardised in float32 as one number, 2020.37 would be off by 6e-5."""
    columns = Columns(
        (Feature("year", mean=2020.37, std=0.01),), Target(("y",), ("a", "b", "c"))
    )
    each = Model(Network(1, [Dense(3), Softmax()]), columns=columns)
    raw = np.linspace(2020.34, 2020.40, 20, dtype=np.float32)[:, np.newaxis]
    session = onnxruntime.InferenceSession(export(each, folder / "year.onnx"))
    found = session.run(None, {"x": raw})[0]
    np.testing.assert_allclose(found, each.predict(raw), rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_json_comes_back_as_the_same_model(name, folder):
    again = load_json(folder / f"{stem(name)}.json")
    saved = MODELS[name]
    assert again.network.architecture() == saved.network.architecture()
    assert (again.columns, again.scale) == (saved.columns, saved.scale)
    for kind in ("params", "statistics"):
        numbers = getattr(again.network, kind)
        for name, array in getattr(saved.network, kind).items():
            np.testing.assert_array_equal(numbers[name], array)
            assert numbers[name].dtype == array.dtype
