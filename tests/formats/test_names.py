"""Names of columns and classes come back from every export, whatever is in them."""

import ast
import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kobai.data.tables.columns import Columns, Feature, Target
from kobai.data.tables.text.writing import Writing
from kobai.formats import Model, export, load_json, load_model, save_model
from kobai.networks import Dense, Network, Softmax

HOSTILE = [
    *("'", '"', "\\", "\n", "\r\n", "\0", "\t", "`", "${process.exit(1)}", "{}", "{0}"),
    *("*/ int x; /*", "// x", "# x", "</script><script>alert(1)</script>", "<!--"),
    *('"""', "'''", '""" + exit() + """', "??/", "??/n", "??'", "%s%n", "\\u0041"),
    *(
        "\u2028",
        "\u2029",
        "\u202edrow",
        "\u200f",
        "\ufeff",
        "\u0085",
        "\x7f",
        "\x1b[2J",
    ),
    *("日本", "種\\", "𝔘𝔫𝔦", "😀", "e\u0301", "__proto__", "constructor", "toString"),
    *("\\", "\\\\", "\\x41", "\\N{BULLET}", "7", "0\0007", "-1", " a ", "NA", ""),
    *("a" * 300, "\n\n\n\n\n\n", "def predict(x):", "import os\nos._exit(1)\n"),
]
# No halves of characters: they are no text, and are refused.
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.one_of(
    st.sampled_from(HOSTILE),
    ANY,
    st.builds("".join, st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=4)),
)


def model_of(names):
    """Return a model with the names wherever a model has some."""
    half = len(names) // 2 or 1
    numbers = [Feature(name, mean=1.0, std=2.0) for name in names[:half]]
    words = [Feature(f"{name}.", "category", categories=names) for name in names[half:]]
    classes = names if len(names) > 1 else (*names, f"{names[0]}!")
    columns = Columns((*numbers, *words), Target((names[0] + "?",), classes))
    net = Network(columns.width, [Dense(len(classes)), Softmax()])
    return Model(net, classes, name=names[0], columns=columns, writing=Writing(";"))


def expected_of(model):
    columns = model.columns
    return {
        "FEATURES": list(columns.names),
        "CATEGORIES": {
            f.name: list(f.categories) for f in columns.features if f.kind == "category"
        },
        "CLASSES": list(columns.target.classes),
        "TARGETS": list(columns.target.names),
    }


def listed(value):
    if isinstance(value, dict):
        return {name: list(words) for name, words in value.items()}
    return list(value)


def check_numpy(path, expected):
    """Read the constants as data, and find nothing else at the top than there is."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            (target,) = node.targets
            if target.id in expected:
                found[target.id] = listed(ast.literal_eval(node.value))
        else:
            kinds = (ast.Import, ast.FunctionDef, ast.ClassDef, ast.If)
            is_docstring = node is tree.body[0]
            assert isinstance(node, kinds) or is_docstring
    assert found == expected


def check_json(path, model):
    assert "<" not in path.read_text(encoding="utf-8")
    again = load_json(path)
    assert (again.columns, again.classes, again.name) == (
        model.columns,
        model.classes,
        model.name,
    )


def check_onnx(path, expected):
    loaded = onnx.load(path)
    onnx.checker.check_model(loaded)
    found = {p.key.upper(): p.value for p in loaded.metadata_props}
    assert {name: json.loads(found[name]) for name in expected} == expected


def c_strings(text, kind):
    """Return the literals of an array, their escapes undone as C does it."""
    (body,) = re.findall(
        rf"const char \*const \w+_{kind}\[\d+\] = \{{(.*?)\}};\n", text, re.S
    )
    found = []
    for literal in re.findall(r'"((?:[^"\\\n]|\\.)*)"', body):
        raw = re.sub(
            rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]), literal.encode()
        )
        found.append(raw.decode())
    return found


def check_c(path, expected):
    text = path.read_text(encoding="utf-8")
    # Nothing that a reviewer's screen, or a preprocessor, could take for another.
    assert "??" not in text
    assert all(letter.isprintable() or letter == "\n" for letter in text)
    for kind in ("FEATURES", "CLASSES", "TARGETS"):
        assert c_strings(text, kind.lower()) == expected[kind]
    for name, words in expected["CATEGORIES"].items():
        place = expected["FEATURES"].index(name)
        assert c_strings(text, f"categories_{place}") == words


def run(*command, folder):
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def check_all_in_node(folder, expected):
    """Import every module, and compare the names that it has."""
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    (folder / "main.mjs").write_text(
        "for (let i = 0; ; i++) {\n"
        f"  if (i === {len(expected)}) break;\n"
        "  const m = await import(`./m${i}.mjs`);\n"
        "  const categories = Object.entries(m.CATEGORIES);\n"
        "  const record = JSON.parse(JSON.stringify(Object.fromEntries(\n"
        "    m.FEATURES.map((name) => [name, Object.hasOwn(m.CATEGORIES, name)\n"
        "      ? m.CATEGORIES[name][0] : 1]))));\n"
        "  const row = m.encodeRecord(record);\n"
        "  const seen = [m.FEATURES, categories, m.CLASSES, m.TARGETS, row];\n"
        "  console.log(JSON.stringify(seen));\n"
        "}\n"
    )
    lines = run("node", "main.mjs", folder=folder).split("\n")[:-1]
    for line, each in zip(lines, expected, strict=True):
        features, categories, classes, targets, row = json.loads(line)
        assert {
            "FEATURES": features,
            "CATEGORIES": dict(categories),
            "CLASSES": classes,
            "TARGETS": targets,
        } == each
        for name, entry in zip(features, row, strict=True):
            # A name of a method, or of the prototype, is a column like any other.
            assert entry == (0 if name in each["CATEGORIES"] else 1)


def check_all_with_gcc(folder, expected):
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    files = [f"m{i}.c" for i in range(len(expected))]
    strict = ["-std=c99", "-trigraphs", "-Wall", "-Wextra", "-pedantic", "-Werror"]
    run("gcc", *strict, "-fsyntax-only", *files, folder=folder)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.lists(NAMES, min_size=1, max_size=6, unique=True).map(tuple),
        min_size=1,
        max_size=8,
    )
)
def test_names_come_back_and_cannot_break_out(tmp_path_factory, models):
    folder = tmp_path_factory.mktemp("names")
    models = [model_of(names) for names in models]
    expected = [expected_of(each) for each in models]
    for i, (each, known) in enumerate(zip(models, expected, strict=True)):
        check_numpy(export(each, folder / f"m{i}.py"), known)
        check_json(export(each, folder / f"m{i}.json"), each)
        check_onnx(export(each, folder / f"m{i}.onnx"), known)
        check_c(export(each, folder / f"m{i}.c"), known)
        text = export(each, folder / f"m{i}.mjs").read_text(encoding="utf-8")
        assert "</script" not in text.lower()
        assert "<!--" not in text
        assert "\u2028" not in text
        options = {"classes": each.classes, "columns": each.columns}
        save_model(folder / f"m{i}", each.network, name=each.name, **options)
        again = load_model(folder / f"m{i}")
        assert (again.columns, again.name) == (each.columns, each.name)
    check_all_in_node(folder, expected)
    check_all_with_gcc(folder, expected)


def test_every_hostile_name_at_once(tmp_path):
    names = tuple(dict.fromkeys(HOSTILE))
    each = model_of(names)
    known = expected_of(each)
    check_numpy(export(each, tmp_path / "m0.py"), known)
    check_json(export(each, tmp_path / "m0.json"), each)
    check_onnx(export(each, tmp_path / "m0.onnx"), known)
    check_c(export(each, tmp_path / "m0.c"), known)
    export(each, tmp_path / "m0.mjs")
    check_all_in_node(tmp_path, [known])
    check_all_with_gcc(tmp_path, [known])


STEMS = [
    *("a b", "*", "a*", "a'\"b", "${x}", "{}", "%s", "\\", "int", "日本", "\u202ea"),
    *("a\nb", "7", "-", "'''", "??", "</script>".replace("/", "-"), "main", "x", "y"),
]


@pytest.mark.parametrize("stem", STEMS)
def test_names_of_files_cannot_break_out(stem, tmp_path):
    columns = Columns((Feature("a"),), Target(("t",), ("u", "v")))
    each = Model(Network(1, [Dense(2), Softmax()]), columns=columns)
    path = export(each, tmp_path / f"{stem}.c")
    assert all(c.isprintable() or c == "\n" for c in path.read_text(encoding="utf-8"))
    ast.parse(export(each, tmp_path / f"{stem}.py").read_text(encoding="utf-8"))
    onnx.checker.check_model(onnx.load(export(each, tmp_path / f"{stem}.onnx")))
    if shutil.which("gcc") is not None:
        strict = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"]
        run("gcc", *strict, "-fsyntax-only", "-x", "c", path, folder=tmp_path)


def test_a_file_name_that_is_no_text(tmp_path):
    """On Linux a name is bytes; those that are no UTF-8 come as halves."""
    columns = Columns((Feature("a"),), Target(("t",), ("u", "v")))
    each = Model(Network(1, [Dense(2), Softmax()]), columns=columns)
    folder = Path(str(tmp_path))
    for ending in ("onnx", "c", "py", "mjs", "json"):
        path = folder / f"a\udcff.{ending}"
        try:
            path.touch()
        except OSError:
            pytest.skip("this file system takes no such names")
        assert np.all(export(each, path).stat().st_size > 100)
