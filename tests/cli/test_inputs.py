"""A trained run gives its test accuracy for raw and for scaled data, whoever asks."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from kobai.data import load_digits, load_mnist
from kobai.formats import export, load_json, load_model

MNIST = Path(__file__).parents[3] / "shared" / "data" / "mnist"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("exported")


def onnx(folder, x):
    session = onnxruntime.InferenceSession(folder / "m.onnx")
    return session.run(None, {"x": x.astype(np.float32)})[0]


def numpy(folder, x):
    spec = importlib.util.spec_from_file_location("exported", folder / "m.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.predict(x)


def json(folder, x):
    return load_json(folder / "m.json").predict(x)


def read(path, columns):
    return np.fromfile(path, np.float32).reshape(-1, columns)


def javascript(folder, x):
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    kind = "Uint8Array" if x.dtype == np.uint8 else "Float32Array"
    x.tofile(folder / "x.bin")
    (folder / "main.mjs").write_text(
        'import { readFileSync, writeFileSync } from "node:fs";\n'
        'import { predict } from "./m.mjs";\n'
        f'const x = new {kind}(new Uint8Array(readFileSync("x.bin")).buffer);\n'
        "const rows = [];\n"
        f"for (let i = 0; i < x.length; i += {x.shape[1]})\n"
        f"  rows.push(x.subarray(i, i + {x.shape[1]}));\n"
        'writeFileSync("y.bin", new Float32Array(predict(rows).flat()));\n'
    )
    subprocess.run(["node", "main.mjs"], cwd=folder, check=True)
    return read(folder / "y.bin", 10)


def c(folder, x):
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    x.astype(np.float32).tofile(folder / "x.bin")
    (folder / "main.c").write_text(
        '#include "m.c"\n#include <stdio.h>\n'
        "int main(void) {\n"
        "static float x[M_INPUTS], y[M_OUTPUTS];\n"
        'FILE *in = fopen("x.bin", "rb"), *out = fopen("y.bin", "wb");\n'
        "while (fread(x, sizeof x, 1, in) == 1) {\n"
        "m_predict(x, y); fwrite(y, sizeof y, 1, out); }\n"
        "return fclose(out); }\n"
    )
    strict = ["-std=c99", "-O2", "-Wall", "-Wextra", "-pedantic", "-Werror"]
    command = ["gcc", *strict, "main.c", "-lm", "-o", "main"]
    subprocess.run(command, cwd=folder, check=True)
    subprocess.run(["./main"], cwd=folder, check=True)
    return read(folder / "y.bin", 10)


def model(folder, x):
    return load_model(folder / "m.safetensors").predict(x)


RUNNERS = [model, onnx, numpy, json, javascript, c]
FILES = ["onnx", "py", "json", "mjs", "c"]


def accuracy(outputs, labels):
    return float((outputs.argmax(axis=1) == labels).mean())


def printed(out):
    """Return the test accuracy that a training has printed."""
    return float(re.search(r"Test accuracy ([\d.]+)", out)[1])


def check_everywhere(folder, run, raw, scaled, labels, wanted):
    """Ask the model and every export, about raw rows and about scaled ones."""
    shutil.copy(run / "model.safetensors", folder / "m.safetensors")
    for ending in FILES:
        export(folder / "m.safetensors", folder / f"m.{ending}")
    for runner in RUNNERS:
        for x in (raw, raw.astype(np.float32), scaled):
            found = accuracy(runner(folder, x), labels)
            # It was printed with four digits.
            assert found == pytest.approx(wanted, abs=5.1e-5), (runner, x.dtype)


def test_digits_give_the_accuracy_of_the_run(kobai, here, folder):
    out = kobai("train", "--epochs", 3, "--run", "r").out
    data = load_digits(seed=0)
    raw = np.rint(16 * data.x_test).astype(np.uint8)
    assert printed(out) > 0.8
    check_everywhere(folder, here / "r", raw, data.x_test, data.t_test, printed(out))
    assert "(n, 64): from 0 to 16, or from 0 to 1" in kobai("export", "r", "a.c").out
    assert "(n, 64)\n" in kobai("export", "r", "a.safetensors").out
    shown = set()
    for x in (raw, data.x_test, raw.reshape(-1, 8, 8).astype(float), raw.astype(int)):
        np.savez(here / "a.npz", x=x, t=data.t_test)
        done = kobai("evaluate", "r", "a.npz")
        shown.add(float(re.search(r"Accuracy +([\d.]+)", done.out)[1]))
    # They are the rows that the run was tested on, all of them.
    assert shown == {printed(out)}


@pytest.mark.skipif(not MNIST.exists(), reason="the MNIST files are not here")
def test_mnist_gives_the_accuracy_of_the_run(kobai, here, folder):
    out = kobai("train", "mnist", "--data-dir", MNIST, "--epochs", 1, "--run", "r").out
    data = load_mnist(data_dir=MNIST)
    raw = load_mnist(normalize=False, data_dir=MNIST).x_test.astype(np.uint8)
    assert printed(out) > 0.8
    check_everywhere(folder, here / "r", raw, data.x_test, data.t_test, printed(out))


def guesses(out):
    return [int(n) for n in re.findall(r"^ *\d+ +(\d) .*%$", out, re.MULTILINE)]


def test_predict_takes_an_npz_in_every_unit(kobai, here):
    kobai("train", "--epochs", 3, "--run", "r", "-q")
    data = load_digits(seed=0)
    scaled = data.x_test[:20]
    raw = np.rint(16 * scaled).astype(np.uint8)
    expected = load_model(here / "r/model.safetensors").network.predict(scaled)
    for x in (scaled, raw, raw.astype(float), raw.reshape(20, 8, 8), raw.astype("i8")):
        np.savez(here / "a.npz", x=x)
        assert (
            guesses(kobai("predict", "r", "a.npz").out) == expected.argmax(1).tolist()
        )
    for x in (raw[3], raw[3].reshape(8, 8), scaled[3]):
        np.savez(here / "a.npz", x=x)
        assert guesses(kobai("predict", "r", "a.npz").out) == [expected[3].argmax()]


def test_what_is_in_neither_unit_is_refused(kobai, here, blobs):
    kobai("train", "--epochs", 1, "--run", "r", "-q")
    for x, message in [
        (np.full((3, 64), 200), "got numbers from 200 to 200; need raw numbers from 0"),
        (np.full((3, 64), -1.0), "got numbers from -1 to -1"),
        (np.eye(64, dtype=int), "0 and 1 alone"),
        (np.zeros((3, 63)), "63"),
        (np.array(["a"] * 64), "need numbers"),
    ]:
        np.savez(here / "a.npz", x=x)
        done = kobai("predict", "r", "a.npz")
        assert (done.code, done.err.count("\n")) == (2, 1)
        assert done.err.startswith("error: a.npz: ")
        assert message in done.err


def test_evaluate_brings_other_data_into_the_unit_of_the_model(kobai, here):
    data = load_digits(seed=0)
    whole = np.rint(16 * data.x_train)
    ink = {"t": data.t_train}
    np.savez(here / "scaled.npz", x=data.x_train, **ink)
    np.savez(here / "raw.npz", x=whole, **ink)
    kobai("train", "--epochs", 3, "--run", "r", "-q")
    line = r"Accuracy +([\d.]+)"
    found = [
        re.search(line, kobai("evaluate", "r", name).out)[1]
        for name in ("scaled.npz", "raw.npz")
    ]
    assert found[0] == found[1]
    kobai("train", "scaled.npz", "--epochs", 1, "--run", "floats", "-q")
    done = kobai("evaluate", "floats", "raw.npz")
    assert done.code == 2
    assert "was trained on numbers from 0 to 1" in done.err


def test_a_picture_for_a_network_of_raw_pixels(kobai, here):
    """The ink from 0 to 1 is multiplied where training had 0 to 255."""
    data = load_digits(seed=0)
    images = np.rint(255 * data.x_train).reshape(-1, 8, 8)
    rng = np.random.default_rng(0)
    picture = np.kron(255 - images[0], np.ones((9, 9)))
    Image.fromarray(np.pad(picture, 9, constant_values=255).astype(np.uint8)).save(
        here / "a.png"
    )
    for x, code in [
        (images.astype(np.uint8), 0),
        (images / 255, 0),
        (images.astype(int), 2),
        (rng.normal(size=images.shape), 2),
    ]:
        np.savez(here / "a.npz", x=x, t=data.t_train)
        shutil.rmtree(here / "r", ignore_errors=True)
        kobai("train", "a.npz", "--epochs", 1, "--run", "r", "-q")
        done = kobai("predict", "r", "a.png")
        assert done.code == code
        assert code == 0 or "a picture is made of numbers from 0 to 1" in done.err
