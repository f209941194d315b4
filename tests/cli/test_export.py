"""`kobai export`: which file is written, what is said of it, what is refused."""

import numpy as np
import onnxruntime
import pytest

from kobai.data.tables.columns import Columns, Feature, Target
from kobai.formats import load_json, load_model, save_model
from kobai.networks import Dense, Network, Softmax


@pytest.fixture
def run(here):
    """A run folder with a model of a table."""
    features = (Feature("age", mean=40.0, std=9.0), Feature("weight", mean=70.0))
    columns = Columns(features, Target(("species",), classes=("cat", "dog")))
    folder = here / "runs" / "pets-1"
    folder.mkdir(parents=True)
    network = Network(2, [Dense(2), Softmax()])
    classes = columns.target.classes
    save_model(folder / "model.safetensors", network, classes=classes, columns=columns)
    return "runs/pets-1"


def test_the_ending_says_the_format(kobai, run, here):
    done = kobai("export", run, "pets.onnx")
    assert (done.code, done.err) == (0, "")
    assert f"pets.onnx  onnx, {(here / 'pets.onnx').stat().st_size:,} bytes" in done.out
    assert "(n, 2): age, weight" in done.out
    assert "(n, 2): cat, dog" in done.out
    raw = np.array([[39, 80], [50, 60]], np.float32)
    found = onnxruntime.InferenceSession(here / "pets.onnx").run(None, {"x": raw})[0]
    model = load_model(here / run / "model.safetensors")
    np.testing.assert_allclose(found, model.predict(raw), rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("format", "file", "use"),
    [
        ("onnx", "pets-1.onnx", 'run(None, {"x": rows})'),
        ("numpy", "pets_1.py", 'import_module("pets_1").predict(rows)'),
        ("javascript", "pets-1.mjs", 'import { predict } from "./pets-1.mjs"'),
        ("c", "pets-1.c", "pets_1_predict(x, y)"),
        ("json", "pets-1.json", 'load_json("pets-1.json").predict(rows)'),
        ("pytorch", "pets-1.safetensors", "load_state_dict"),
    ],
)
def test_without_a_file_it_is_named_after_the_run(kobai, run, here, format, file, use):
    done = kobai("export", run, "--format", format)
    assert (done.code, done.err) == (0, "")
    assert (here / file).stat().st_size > 100
    assert file in done.out
    assert use in done.out


def test_folders_are_made_and_older_files_replaced(kobai, run, here):
    for _ in range(2):
        assert kobai("export", f"{run}/model.safetensors", "out/a.json").code == 0
    assert load_json(here / "out/a.json").classes == ("cat", "dog")
    assert [path.name for path in (here / "out").iterdir()] == ["a.json"]


def test_wrong_use_gets_one_message(kobai, run, here):
    (here / "file").write_text("")
    for arguments, message in [
        ((run,), "name a file, such as model.onnx, or a --format"),
        ((run, "m.onx"), 'Did you mean ".onnx"?'),
        ((run, "m"), "ends in no known way"),
        ((run, "m.pt"), "PyTorch reads m.safetensors"),
        ((run, "--format", "numpi"), 'Did you mean "numpy"?'),
        ((run, run, "--format", "c"), f"{run} is a folder; name a file"),
        ((run, "file/m.c"), "file is a file, not a folder"),
        ((run, f"{run}/model.safetensors"), "is the model itself; choose another"),
        (("runs/pets-2", "m.c"), 'Did you mean "runs/pets-1"?'),
    ]:
        done = kobai("export", *arguments)
        assert done.code == 2
        assert done.out == ""
        assert message in done.err
        assert done.err.count("\n") == 1
    assert load_model(here / run / "model.safetensors").columns is not None
