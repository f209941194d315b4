"""What exported files say besides their numbers, and what cannot be exported."""

import hashlib
import json
import re
import shutil
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kobai.autodiff import operations as ops
from kobai.data.tables.columns import OTHER, Columns, Feature, Target
from kobai.errors import KobaiError, MissingExtraError
from kobai.formats import Model, export, load_json, save_model
from kobai.formats.exporting import ExportError
from kobai.formats.exporting.as_c import C_TEMPLATES
from kobai.formats.exporting.as_javascript import JAVASCRIPT_TEMPLATES
from kobai.formats.exporting.as_numpy import TEMPLATES as NUMPY_TEMPLATES
from kobai.formats.exporting.as_onnx import OPERATORS
from kobai.formats.exporting.expressions import template_of
from kobai.graph.node import Builder
from kobai.networks import Dense, Network, ReLU, Sigmoid, Softmax, Tanh

WORDS = ("b?", "日本", *(f"words with spaces {i}" for i in range(9)))
# Names that mean something in every language that they are written in.
TABLE = Columns(
    (
        Feature("year", mean=2020.37, std=1.5, has_missing=True),
        Feature("fur", "category", categories=("long", "short"), has_other=True),
        Feature("weight", mean=1e6, std=3.0),
        Feature('日本 "?\\\n*/', "category", categories=WORDS),
        Feature("age", mean=0.5, std=0.1, has_missing=True),
    ),
    Target(("species",), classes=("cat", "dog", 'c"ow?\n\'"""')),
)
MODEL = Model(
    Network(TABLE.width, [Dense(7), ReLU(), Dense(3), Softmax()]), columns=TABLE
)
NETWORK = Network(4, [Dense(3), Tanh(), Dense(2)])
PICTURE = Network(784, [Dense(50), ReLU(), Dense(10), Softmax()], seed=1)
SCALED_PICTURE = Model(PICTURE, scale=1 / 255)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the files that the tests look at."""
    folder = tmp_path_factory.mktemp("exported")
    for ending in (".onnx", ".py", ".mjs", ".c", ".json"):
        export(MODEL, folder / f"table{ending}")
    for ending in (".onnx", ".c", ".py", ".mjs"):
        export(SCALED_PICTURE, folder / f"picture{ending}")
    export(NETWORK, folder / "regression.onnx")
    return folder


def test_onnx_says_what_it_takes_and_gives(folder):
    loaded = onnx.load(folder / "table.onnx")
    onnx.checker.check_model(loaded, full_check=True)
    session = onnxruntime.InferenceSession(folder / "table.onnx")
    (taken,), (given) = session.get_inputs(), session.get_outputs()
    assert (taken.name, taken.type, taken.shape) == ("x", "tensor(float)", ["n", 5])
    (given,) = given
    assert (given.name, given.type) == ("probabilities", "tensor(float)")
    assert given.shape == ["n", 3]
    known = session.get_modelmeta().custom_metadata_map
    assert tuple(json.loads(known["features"])) == TABLE.names
    assert tuple(json.loads(known["classes"])) == TABLE.target.classes
    assert json.loads(known["categories"])["fur"] == ["long", "short"]
    assert session.get_modelmeta().producer_name == "kobai"
    values = onnxruntime.InferenceSession(folder / "regression.onnx").get_outputs()
    assert [each.name for each in values] == ["values"]


def test_onnx_has_an_operator_for_a_layer(folder):
    graph = onnx.load(folder / "picture.onnx").graph
    kinds = [node.op_type for node in graph.node]
    # Before the layers stands whether the pixels are scaled already.
    layers = kinds[kinds.index("Mul") :]
    assert layers == ["Mul", "Gemm", "Relu", "Gemm", "Softmax", "Where"]
    assert {"W1", "W2"} <= {array.name for array in graph.initializer}


RECORDS = [
    {"year": 2021, "fur": "short", "weight": 1000001, "age": "NA", "more": 1},
    {"year": None, "fur": "none", "weight": "999998.5", "age": 0.4},
]
RECORDS = [{**r, TABLE.names[3]: word} for r, word in zip(RECORDS, "日?", strict=True)]
RAW = [[2021, 1, 1000001, OTHER, np.nan], [np.nan, OTHER, 999998.5, OTHER, 0.4]]


def test_the_numpy_file_takes_records_and_csv(folder, tmp_path):
    expected = MODEL.predict(RAW)
    namespace = {"__name__": "table"}
    exec((folder / "table.py").read_text(), namespace)
    found = namespace["predict_records"](RECORDS)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    assert namespace["CLASSES"] == TABLE.target.classes
    # One row and two are multiplied in another order, to the last bit of float32.
    np.testing.assert_allclose(namespace["predict"](RAW[0]), found[0], rtol=1e-6)
    with pytest.raises(ValueError, match=r"got rows of shape \(4,\); need \(5,\)"):
        namespace["predict"](np.zeros((2, 4)))
    columns = [f'"{name.replace(chr(34), chr(34) * 2)}"' for name in TABLE.names]
    lines = [",".join(columns)]
    for record in RECORDS:
        cells = [record[name] for name in TABLE.names]
        lines.append(",".join("" if c is None else str(c) for c in cells))
    (tmp_path / "new.csv").write_text("\n".join(lines), encoding="cp932")
    command = [sys.executable, folder / "table.py", tmp_path / "new.csv", "cp932"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    numbers = [
        float(n) for line in done.stdout.splitlines()[-2:] for n in line.split(",")
    ]
    np.testing.assert_allclose(numbers, np.ravel(expected), rtol=0, atol=1e-5)


def test_a_single_probability_is_called_by_its_class(tmp_path):
    columns = Columns((Feature("size"),), Target(("fraud",), ("no", "yes")))
    export(Model(Network(1, [Dense(1), Sigmoid()]), columns=columns), tmp_path / "a.py")
    (tmp_path / "new.csv").write_text("size\n3\n")
    command = [sys.executable, tmp_path / "a.py", tmp_path / "new.csv"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[0] == "yes"


def test_the_javascript_module_takes_records(folder):
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    script = (
        'import * as m from "./table.mjs";\n'
        "let message = '';\n"
        "try { m.predict([[1, 2]]); } catch (error) { message = error.message; }\n"
        f"const records = {json.dumps(RECORDS)};\n"
        "const found = m.predictRecords(records);\n"
        "console.log(JSON.stringify([found, m.CLASSES, m.FEATURES, message]));"
    )
    command = ["node", "--input-type=module", "-e", script]
    done = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True
    )
    found, classes, features, message = json.loads(done.stdout)
    expected = MODEL.predict(RAW)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    assert (tuple(classes), tuple(features)) == (TABLE.target.classes, TABLE.names)
    assert message == "got a row of 2 numbers; need 5"


def test_the_c_file_names_features_and_classes(folder):
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    main = (
        '#include "table.c"\n#include <stdio.h>\n'
        "static void say(const char *word) { puts(word); putchar(0); }\n"
        "int main(void) {\n"
        "for (int i = 0; i < TABLE_INPUTS; i++) say(table_features[i]);\n"
        "for (int i = 0; i < TABLE_OUTPUTS; i++) say(table_classes[i]);\n"
        f"for (int i = 0; i < {len(WORDS)}; i++) say(table_categories_3[i]);\n"
        "return 0; }\n"
    )
    (folder / "names.c").write_text(main)
    options = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"]
    # The buffers may also lie in memory of their own.
    options.append("-DTABLE_BUFFER=static")
    command = ["gcc", *options, "names.c", "-lm", "-o", "names"]
    subprocess.run(command, cwd=folder, check=True)
    done = subprocess.run(["./names"], cwd=folder, check=True, capture_output=True)
    words = done.stdout.decode().split("\n\0")[:-1]
    assert words == [*TABLE.names, *TABLE.target.classes, *WORDS]


def test_the_c_file_says_how_much_memory_it_takes(folder):
    text = (folder / "picture.c").read_text()
    assert f"{4 * (784 * 50 + 50 + 50 * 10 + 10):,} bytes of constants" in text
    # The scaled pixels, the hidden layer and three numbers that say how to scale; the
    # outputs are the caller's.
    assert f"{4 * (784 + 50 + 3):,} bytes of buffers" in text
    assert "malloc" not in text


STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-Wmissing-declarations"]
COMPILERS = {
    "c99": ["gcc", "-std=c99", "-Wmissing-prototypes", *STRICT],
    "c11": ["gcc", "-std=c11", "-Wmissing-prototypes", *STRICT],
    "c++11": ["g++", "-x", "c++", "-std=c++11", *STRICT],
    "c++20": ["g++", "-x", "c++", "-std=c++20", *STRICT],
}


@pytest.mark.parametrize("language", COMPILERS)
def test_c_files_and_headers_are_c_and_c_plus_plus(folder, language):
    compiler = COMPILERS[language]
    if shutil.which(compiler[0]) is None:
        pytest.skip(f"{compiler[0]} is not installed")
    # Included twice a header says no more than once, and the file has it in itself.
    (folder / "twice.c").write_text('#include "table.h"\n#include "table.h"\n')
    for name in ("table.c", "picture.c", "table.h", "twice.c"):
        subprocess.run([*compiler, "-fsyntax-only", name], cwd=folder, check=True)


def test_a_program_in_c_plus_plus_links_what_c_has_compiled(folder):
    if shutil.which("g++") is None:
        pytest.skip("g++ is not installed")
    (folder / "main.cpp").write_text(
        '#include "table.h"\n#include <cmath>\n#include <cstdio>\n'
        "int main() {\n"
        "const float x[TABLE_INPUTS] = {NAN, 1, 1000001, 0, 0.4f};\n"
        "float y[TABLE_OUTPUTS];\n"
        "table_predict(x, y);\n"
        'for (float each : y) std::printf("%.9g %s\\n", each, table_features[1]);\n'
        "}\n"
    )
    subprocess.run(["gcc", "-std=c99", "-c", "table.c"], cwd=folder, check=True)
    command = ["g++", "main.cpp", "table.o", "-lm", "-o", "main"]
    subprocess.run(command, cwd=folder, check=True)
    done = subprocess.run(["./main"], cwd=folder, check=True, capture_output=True)
    numbers, words = zip(
        *(line.split() for line in done.stdout.splitlines()), strict=True
    )
    assert set(words) == {b"fur"}
    expected = MODEL.predict([np.nan, 1, 1000001, 0, 0.4])
    np.testing.assert_allclose(np.array(numbers, float), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("option", ["-ffast-math", "-Ofast", "-ffinite-math-only"])
def test_options_that_take_a_number_for_nan_are_refused(folder, option):
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    command = ["gcc", "-std=c99", option, "-fsyntax-only", "table.c"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode != 0
    assert "Compile without -ffast-math" in done.stderr


def test_a_c_file_and_its_header_are_replaced_together(tmp_path):
    export(NETWORK, tmp_path / "m.c")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.c", "m.h"]
    before = (tmp_path / "m.c").read_bytes()
    (tmp_path / "m.h").unlink()
    (tmp_path / "m.h").mkdir()
    with pytest.raises(OSError, match=re.escape(str(tmp_path / "m.h"))):
        export(MODEL, tmp_path / "m.c")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.c", "m.h"]
    assert (tmp_path / "m.c").read_bytes() == before
    with pytest.raises(ExportError, match="what the header is called"):
        export(MODEL, tmp_path / "n.h", "c")


def test_json_has_the_checksum_that_it_says(folder):
    """As the format's description has it: that of all lines above the last but one."""
    *above, entry, end = (folder / "table.json").read_bytes().splitlines(keepends=True)
    assert end == b"}\n"
    wanted = hashlib.sha256(b"".join(above)).hexdigest()
    assert entry == f'"sha256": "{wanted}"\n'.encode()


@pytest.mark.parametrize("part", ["W1", "stds", "fur", "equal"])
def test_damaged_json_is_refused(folder, tmp_path, part):
    """Numbers, words and steps: the file is still JSON, but not the same."""
    text = (folder / "table.json").read_text(encoding="utf-8")
    start = text.index(f'"{part}"')
    digit = re.compile(r"[1-8]").search(text, start)
    damaged = f"{text[: digit.start()]}9{text[digit.end() :]}"
    json.loads(damaged)
    path = tmp_path / "m.json"
    path.write_text(damaged, encoding="utf-8")
    with pytest.raises(KobaiError, match="damaged: the checksum does not match"):
        load_json(path)
    path.write_text(re.sub(r'"sha256": ".', '"sha256": "x', text), encoding="utf-8")
    with pytest.raises(KobaiError, match="damaged: the checksum does not match"):
        load_json(path)
    path.write_text(re.sub(r',\n"sha256": "\w+"', "", text), encoding="utf-8")
    with pytest.raises(KobaiError, match="damaged: the checksum does not match"):
        load_json(path)
    # The ends of its lines are no part of what it says.
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert load_json(path).columns == TABLE


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_damaged_byte_of_json_goes_unseen(folder, data):
    content = bytearray((folder / "table.json").read_bytes())
    place = data.draw(st.integers(0, len(content) - 4))
    content[place] ^= data.draw(st.integers(1, 255))
    (folder / "damaged.json").write_bytes(content)
    with pytest.raises(KobaiError, match="not a usable JSON model"):
        load_json(folder / "damaged.json")


def test_json_without_a_checksum_is_read_as_it_was(folder, tmp_path):
    text = (folder / "table.json").read_text(encoding="utf-8")
    older = re.sub(r',\n"sha256": "\w+"', "", text).replace(
        '"version": 2,\n"written', '"version": 1,\n"written'
    )
    (tmp_path / "m.json").write_text(older, encoding="utf-8")
    assert load_json(tmp_path / "m.json").columns == TABLE


def test_json_that_is_no_model_is_refused(folder, tmp_path):
    path = tmp_path / "m.json"
    whole = (folder / "table.json").read_text()
    for text in ("", "[]", "{}", whole[:-9], whole.replace('"W1"', '"W9"', 1)):
        path.write_text(text)
        with pytest.raises(KobaiError, match=r"m\.json: not a usable JSON model: "):
            load_json(path)
    for missing in (tmp_path / "none.json", tmp_path):
        with pytest.raises(KobaiError, match="not a usable JSON model"):
            load_json(missing)


# --- rows in neither unit

NEITHER = np.array(
    [[1.5] * 784, [-0.1] * 784, [256.0] * 784, [0.5] * 784, [200.0] * 784], np.float32
)


def test_rows_in_neither_unit_give_nan_or_are_refused(folder, tmp_path):
    """Each row for itself: the last two are scaled and raw."""
    session = onnxruntime.InferenceSession(folder / "picture.onnx")
    found = session.run(None, {"x": NEITHER})[0]
    assert np.isnan(found).all(axis=1).tolist() == [True, True, True, False, False]
    for row, outputs in zip(NEITHER[3:], found[3:], strict=True):
        expected = SCALED_PICTURE.predict(row)
        np.testing.assert_allclose(outputs, expected, rtol=0, atol=1e-5)
    namespace = {}
    exec((folder / "picture.py").read_text(), namespace)
    for row in NEITHER[:3]:
        with pytest.raises(ValueError, match="neither from 0 to 255 nor from 0 to 1"):
            namespace["predict"](row)
    for row in (np.full(784, 256), np.full(784, -1)):
        with pytest.raises(ValueError, match=r"got whole numbers.*need 0 to 255"):
            namespace["predict"](row)
    assert np.isfinite(namespace["predict"](np.eye(784, dtype=bool))).all()
    with pytest.raises(ValueError, match="from 0 to 1; need 0 to 255"):
        namespace["predict"](np.eye(784, dtype=np.uint8))


def test_the_javascript_module_refuses_rows_in_neither_unit(folder):
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    script = (
        'import { predict } from "./picture.mjs";\n'
        "const found = [1.5, -0.1, 256, 0.5, 200].map((n) => {\n"
        "  try { return predict([Array(784).fill(n)]).length; }\n"
        "  catch (error) { return error.message; }\n"
        "});\n"
        "const dark = new Uint8Array(784).fill(1);\n"
        "const [y] = predict([dark]), [z] = predict([Array(784).fill(1 / 255)]);\n"
        "console.log(JSON.stringify([found, y.map((n, i) => n - z[i])]));"
    )
    command = ["node", "--input-type=module", "-e", script]
    done = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True
    )
    found, differences = json.loads(done.stdout)
    message = "got a row that is neither from 0 to 255 nor from 0 to 1"
    assert found == [message] * 3 + [1, 1]
    # Bytes are raw, however dark; float32 rounds 1 / 255.
    assert np.abs(differences).max() < 1e-6


def test_the_javascript_module_refuses_one_row_alone(folder):
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    script = (
        'import { predict } from "./picture.mjs";\n'
        'const found = [Array(784).fill(1), [null], ["7"]].map((rows) => {\n'
        "  try { return predict(rows).length; }\n"
        "  catch (error) { return error.message; }\n"
        "});\n"
        "console.log(JSON.stringify(found));"
    )
    command = ["node", "--input-type=module", "-e", script]
    done = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True
    )
    remedy = "one row x alone is predict([x])[0]"
    wanted = [f"got {given} as a row; {remedy}" for given in ("1", "null", '"7"')]
    assert json.loads(done.stdout) == wanted


def test_the_c_file_gives_nan_for_rows_in_neither_unit(folder):
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    (folder / "neither.c").write_text(
        '#include "picture.c"\n#include <stdio.h>\n'
        "int main(void) {\n"
        "const float values[] = {1.5f, -0.1f, 256.0f, NAN, 0.5f, 200.0f};\n"
        "static float x[784], y[10];\n"
        "for (int r = 0; r < 6; r++) {\n"
        "for (int i = 0; i < 784; i++) x[i] = values[r];\n"
        "picture_predict(x, y);\n"
        'printf("%d", isnan(y[0]) != 0); }\n'
        "return 0; }\n"
    )
    command = ["gcc", "-std=c99", "neither.c", "-lm", "-o", "neither"]
    subprocess.run(command, cwd=folder, check=True)
    done = subprocess.run(["./neither"], cwd=folder, check=True, capture_output=True)
    assert done.stdout == b"111100"


# --- wrong use


def test_a_model_file_and_a_network_are_exported_like_a_model(tmp_path):
    network = NETWORK
    save_model(tmp_path / "m.safetensors", network)
    export(NETWORK, tmp_path / "a.json")
    for each in (network, tmp_path / "m.safetensors", str(tmp_path / "m.safetensors")):
        export(each, tmp_path / "b.txt", "json")
        assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.txt").read_bytes()


def test_the_format_must_be_known(tmp_path):
    network = NETWORK
    with pytest.raises(ExportError, match=r'Did you mean "\.onnx"\?'):
        export(network, tmp_path / "m.onx")
    with pytest.raises(ExportError, match=r'unknown format "numpyy".*"numpy"\?'):
        export(network, tmp_path / "m", "numpyy")
    with pytest.raises(ExportError, match=r"is a folder; name a file, such as .*onnx"):
        export(network, tmp_path, "onnx")
    with pytest.raises(OSError, match=re.escape(str(tmp_path / "no/m.c"))):
        export(network, tmp_path / "no/m.c")
    assert not list(tmp_path.iterdir())


def test_numbers_that_are_not_finite_are_refused(tmp_path):
    for dtype, wrong in ((np.float32, np.nan), (np.float64, 1e39)):
        network = Network(4, [Dense(3)], dtype=dtype)
        network.params["W1"][0, 0] = wrong
        with pytest.raises(
            ExportError, match="W1 holds NaN, infinity or numbers beyond"
        ):
            export(network, tmp_path / "m.onnx")


def test_without_onnx_the_error_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match=r"pip install .*\[onnx\]"):
        export(NETWORK, tmp_path / "m.onnx")


def test_an_operation_without_a_form_is_named(monkeypatch, tmp_path):
    network = NETWORK
    for table in (C_TEMPLATES, JAVASCRIPT_TEMPLATES, NUMPY_TEMPLATES, OPERATORS):
        monkeypatch.delitem(table, ops.TANH)
    for ending in (".onnx", ".py", ".mjs", ".c"):
        with pytest.raises(ExportError, match="no form for the operation tanh"):
            export(network, tmp_path / f"m{ending}")


def test_a_conversion_to_whole_numbers_is_not_taken_for_one_to_floats():
    builder = Builder()
    x = builder.input("x", np.ones((2, 3), np.float32))
    node = builder.operation(ops.ASTYPE_CONSTANT, x, dtype=np.dtype(np.int64))
    for table in (C_TEMPLATES, JAVASCRIPT_TEMPLATES, NUMPY_TEMPLATES, OPERATORS):
        with pytest.raises(ExportError, match="no form for the operation astype"):
            template_of(node, table)
