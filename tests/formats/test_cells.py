"""Every kind of cell means the same to `predict`, to records, and in every export.

The kinds stand in one table, KINDS; strategies make more of them. What one refuses, all
refuse. Exports compute in float32 from the raw row on, hence the tolerance of 1e-5.
"""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import onnxruntime
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kobai.data.tables import cells, delimited
from kobai.data.tables.columns import Columns, Feature, Target
from kobai.data.tables.writing import CELLS, Writing
from kobai.errors import DataError
from kobai.formats import Model, export, load_json
from kobai.formats.exporting import facts
from kobai.networks import Dense, Network, Softmax

FEATURES = (
    Feature("size", mean=3.0, std=2.0),
    Feature("age", mean=40.0, std=9.0, has_missing=True),
    Feature("paid", "category", categories=("False", "True")),
    Feature("code", "category", categories=("007", "1", "2.0"), has_other=True),
    Feature("色", "category", categories=("赤", "青い 表", "a,b;c")),
)
COLUMNS = Columns(FEATURES, Target(("kind",), ("cat", "dog", "owl")))
NETWORK = Network(COLUMNS.width, [Dense(3), Softmax()], seed=5)
MODELS = {
    sign: Model(NETWORK, columns=COLUMNS, writing=Writing(";", "cp932", sign))
    for sign in (".", ",")
}
USUAL = {"size": 2.5, "age": 30, "paid": True, "code": "1", "色": "赤"}

UNDEFINED, NAN, ABSENT = "<undefined>", "<nan>", "<absent>"
"""What JSON has no form for."""

NUMBERS = [
    *(0, 3, -2, 2.5, -0.0, 1e-7, 1e30, 1e31, -1e31, 2**60, True, False),
    *(
        "3",
        "2.5",
        " 2.5 ",
        "\u30002.5",
        "\xa02\t",
        "+3",
        "-3",
        "3.",
        ".5",
        "1e3",
        "1E+3",
    ),
    *(
        "007",
        "1,5",
        "1,200",
        ",5",
        "1,2,3",
        "1.200,5",
        "1_000",
        "1 000",
        "１",
        "٣",
        "1e",
    ),
    *(
        "inf",
        "-inf",
        "Infinity",
        "1e400",
        "0x10",
        "true",
        "True",
        "x",
        "赤",
        "--1",
        ".",
    ),
    *("NaN", "nan", "-nan", "+nan", "NAN", "", " ", "NA", "n/a", "?", "None", "null"),
    *("\x1c2", "\u200b2", "\ufeff2", "\x852", "2\x00", [1], {"a": 1}),
]
WORDS = [
    *(True, False, "True", "true", "TRUE", "tRue", "False", "FALSE", " True ", "yes"),
    *(
        1,
        1.0,
        2,
        2.0,
        7,
        "1",
        "1.0",
        "2",
        "2.0",
        "007",
        "7",
        "07",
        "赤",
        " 赤",
        "赤\u3000",
    ),
    *(
        "青い 表",
        "青い  表",
        "a,b;c",
        "green",
        "",
        " ",
        "NA",
        "?",
        "NULL",
        "none",
        "\x1c赤",
    ),
    *('"赤"', "赤\n", "\ufeff赤", [1], {"a": 1}),
]
KINDS = [
    *((name, cell) for name in ("size", "age") for cell in NUMBERS),
    *((name, cell) for name in ("paid", "code", "色") for cell in WORDS),
    *((f.name, cell) for f in FEATURES for cell in (None, UNDEFINED, NAN, ABSENT)),
]


def record_of(name, cell):
    """Return a usual record with another cell, as Python has it."""
    record = {
        **USUAL,
        "other": "x",
        name: {UNDEFINED: None, NAN: np.nan}.get(cell, cell)
        if isinstance(cell, str)
        else cell,
    }
    if cell == ABSENT:
        del record[name]
    return record


def outputs_of(predict, *given):
    """Return the outputs as an array, or None where the input is refused."""
    try:
        return np.asarray(predict(*given), float)
    except (ValueError, TypeError):
        return None


def check_alike(found, expected, what):
    assert (found is None) == (expected is None), what
    if expected is not None:
        np.testing.assert_allclose(
            found, expected, rtol=0, atol=1e-5, err_msg=str(what)
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cells")
    for name, sign in (("point", "."), ("comma", ",")):
        for ending in (".py", ".mjs", ".c", ".json", ".onnx"):
            export(MODELS[sign], folder / f"{name}{ending}")
    return folder


@pytest.fixture(scope="module")
def programs(folder):
    """The exported Python files as namespaces, by the decimal sign."""
    found = {}
    for name, sign in (("point", "."), ("comma", ",")):
        found[sign] = {"__name__": name}
        exec((folder / f"{name}.py").read_text("utf-8"), found[sign])
    return found


def in_node(folder, lists):
    """Return what the modules make of lists of records: outputs, or None."""
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    (folder / "lists.json").write_text(json.dumps(lists))
    script = (
        'import { readFileSync } from "node:fs";\n'
        'const models = {".": await import("./point.mjs"),\n'
        '  ",": await import("./comma.mjs")};\n'
        "console.warn = () => {};\n"
        f"const special = {{{json.dumps(UNDEFINED)}: undefined,\n"
        f"  {json.dumps(NAN)}: NaN}};\n"
        "const cell = (c) => typeof c === 'string' && c in special ? special[c] : c;\n"
        "const record = (r) => Object.fromEntries(\n"
        "  Object.entries(r).map(([n, c]) => [n, cell(c)]));\n"
        'const lists = JSON.parse(readFileSync("lists.json", "utf8"));\n'
        "console.log(JSON.stringify(lists.map(([sign, records]) => {\n"
        "  try { return models[sign].predictRecords(records.map(record)); }\n"
        "  catch (error) {\n"
        "    if (!(error instanceof RangeError)) throw error;\n"
        "    return null;\n"
        "  }\n"
        "})));\n"
    )
    (folder / "main.mjs").write_text(script)
    command = ["node", "main.mjs"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return json.loads(done.stdout)


SIGNS = st.sampled_from(list(MODELS))


@pytest.mark.parametrize("sign", MODELS)
def test_every_kind_of_cell_in_a_record(sign, programs, folder):
    again = load_json(folder / {".": "point.json", ",": "comma.json"}[sign])
    for kind in KINDS:
        record = record_of(*kind)
        expected = outputs_of(MODELS[sign].predict, [record])
        found = outputs_of(programs[sign]["predict_records"], [record])
        check_alike(found, expected, kind)
        check_alike(outputs_of(again.predict, [record]), expected, kind)


def test_every_kind_of_cell_in_javascript(folder):
    kinds = [(sign, kind) for sign in MODELS for kind in KINDS]
    lists = []
    for sign, (name, cell) in kinds:
        record = {**USUAL, name: cell}
        if cell == ABSENT:
            del record[name]
        lists.append([sign, [record]])
    for (sign, kind), found in zip(kinds, in_node(folder, lists), strict=True):
        expected = outputs_of(MODELS[sign].predict, [record_of(*kind)])
        check_alike(found, expected, kind)


@pytest.mark.parametrize("sign", MODELS)
def test_every_kind_of_cell_in_a_file(sign, programs, tmp_path):
    """Text is what it is in a record, but for what parts lines or is no text."""
    for name, cell in KINDS:
        if not isinstance(cell, str) or cell in (UNDEFINED, NAN, ABSENT):
            continue
        record = record_of(name, cell)
        path = write_table(tmp_path / "a.csv", [record])
        expected = from_file(MODELS[sign], path)
        check_alike(read_by(programs[sign], path), expected, (name, cell))
        if not {"\0", "\n"} & set(cell):
            text = {key: str(value) for key, value in record.items()}
            found = outputs_of(MODELS[sign].predict, [text])
            check_alike(found, expected, (name, cell))


def write_table(path, records, encoding="utf-8"):
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(records[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(records)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def from_file(model, path):
    """Return what `kobai predict` has for a file, or None where it refuses it."""
    found = outputs_of(lambda: model.predict_table(path).to_numpy()[:, 1:])
    return found


def read_by(program, path):
    """Return what an exported program has for a file, or None."""

    def predict():
        found, commas = [], program["decimal_commas"]()
        for records, first in program["read_blocks"](path):
            raw = program["raw_rows"](
                records, program["FEATURES"], program["CODES"], commas, path, first
            )
            found.extend(program["predict"](raw))
        if not found:
            raise ValueError("no rows")
        return found

    return outputs_of(predict)


ROWS = [
    record
    for kind in KINDS
    if outputs_of(MODELS["."].predict, [record := record_of(*kind)]) is not None
]


def test_the_formats_that_take_raw_rows(folder, programs):
    """ONNX, C and JavaScript's arrays take what `encode_records` makes of the cells."""
    raw = np.array(programs["."]["encode_records"](ROWS), np.float32)
    expected = MODELS["."].predict(ROWS)
    session = onnxruntime.InferenceSession(folder / "point.onnx")
    found = session.run(None, {"x": raw})[0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    (folder / "rows.c").write_text(
        '#include "point.h"\n#include <stdio.h>\n'
        "int main(void) {\n"
        "float x[POINT_INPUTS], y[POINT_OUTPUTS];\n"
        "while (fread(x, sizeof x, 1, stdin) == 1) {\n"
        "point_predict(x, y); fwrite(y, sizeof y, 1, stdout); }\n"
        "return 0; }\n"
    )
    command = ["gcc", "-std=c99", "-O2", "rows.c", "point.c", "-lm", "-o", "rows"]
    subprocess.run(command, cwd=folder, check=True)
    done = subprocess.run(
        ["./rows"], cwd=folder, check=True, capture_output=True, input=raw.tobytes()
    )
    found = np.frombuffer(done.stdout, np.float32).reshape(-1, 3)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


ENTRIES = [
    2.5,
    None,
    True,
    "2.5",
    " -1e3 ",
    "nan",
    "x",
    "",
    "1,5",
    "0x10",
    [1],
    {"a": 1},
]


def test_what_stands_in_a_raw_row(folder, programs):
    """JSON has null for what is missing: it is no 0."""
    rows = [[3.0, entry, 1, 0, 0] for entry in ENTRIES]
    expected = [outputs_of(MODELS["."].predict, [row]) for row in rows]
    assert sum(each is None for each in expected) == 6
    for row, each in zip(rows, expected, strict=True):
        check_alike(outputs_of(programs["."]["predict"], [row]), each, row)
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    script = (
        'import { predict } from "./point.mjs";\n'
        f"const rows = {json.dumps(rows)};\n"
        "console.log(JSON.stringify(rows.map((row) => {\n"
        "  try { return predict([row]); } catch { return null; }\n"
        "})));\n"
    )
    command = ["node", "--input-type=module", "-e", script]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True)
    for row, each, found in zip(rows, expected, json.loads(done.stdout), strict=True):
        # An array within a row is flattened, as a picture is.
        if not isinstance(row[1], list):
            check_alike(found, each, row)


def test_records_of_words_alone_are_what_a_frame_of_them_is():
    columns = Columns(FEATURES[2:], COLUMNS.target)
    each = Model(Network(columns.width, [Dense(3), Softmax()]), columns=columns)
    expected = each.predict(pl.DataFrame([USUAL, {**USUAL, "paid": None}]))
    found = each.predict([USUAL, {**USUAL, "paid": None}])
    np.testing.assert_array_equal(found, expected)


# --- any cells at all

MARKS = st.text(
    st.sampled_from("0123456789.,+-eE nNaA赤\t\r\u3000\xa0\x85\ufeff\u200b'\\_x"),
    max_size=6,
)
CELLS_OF_NUMBERS = st.one_of(
    st.sampled_from([c for c in NUMBERS if not isinstance(c, list | dict)]),
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    MARKS,
)
CELLS_OF_WORDS = st.one_of(
    st.sampled_from([c for c in WORDS if not isinstance(c, list | dict)]),
    st.none(),
    st.booleans(),
    st.integers(-9, 9),
    MARKS,
)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            f.name: CELLS_OF_NUMBERS if f.kind == "number" else CELLS_OF_WORDS
            for f in FEATURES
        }
    ),
    min_size=1,
    max_size=3,
)
SLOW = {
    "deadline": None,
    "suppress_health_check": [
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
    ],
}


@settings(max_examples=150, **SLOW)
@given(sign=SIGNS, records=RECORDS)
def test_any_records_in_python(sign, records, programs):
    expected = outputs_of(MODELS[sign].predict, records)
    found = outputs_of(programs[sign]["predict_records"], records)
    check_alike(found, expected, records)


@settings(max_examples=10, **SLOW)
@given(st.lists(st.tuples(SIGNS, RECORDS), min_size=20, max_size=40))
def test_any_records_in_javascript(folder, lists):
    found = in_node(folder, lists)
    for (sign, records), each in zip(lists, found, strict=True):
        check_alike(each, outputs_of(MODELS[sign].predict, records), records)


QUOTED = st.sampled_from(
    [
        '"1"',
        '" 2 "',
        '""',
        '"NA"',
        '"',
        '""""',
        '5" x 6"',
        '"a"b"c"',
        '1"2',
        '"1"2',
        '""1',
    ]
)
LINES = st.lists(
    st.tuples(
        *(
            st.one_of(CELLS_OF_NUMBERS, QUOTED)
            if f.kind == "number"
            else st.one_of(CELLS_OF_WORDS, QUOTED)
            for f in FEATURES
        )
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=200, **SLOW)
@given(
    sign=SIGNS,
    order=st.permutations([f.name for f in FEATURES]),
    extra=st.booleans(),
    lines=LINES,
    separator=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\n\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_table_in_a_file(
    sign, order, extra, lines, separator, end, encoding, programs, tmp_path
):
    """Cells stand in the file as they are; where they break its rows, for all alike."""
    names = [*order, *["other"] * extra]
    rows = [dict(zip([f.name for f in FEATURES], line, strict=True)) for line in lines]
    text = [separator.join(f" {name} " for name in names)]
    for row in rows:
        cells = [row.get(name, "") for name in names]
        text.append(separator.join("" if c is None else str(c) for c in cells))
    path = tmp_path / "a.csv"
    path.write_bytes(end.join([*text, ""]).encode(encoding))
    check_alike(read_by(programs[sign], path), from_file(MODELS[sign], path), text)


@settings(max_examples=300, deadline=None)
@given(MARKS)
def test_a_number_is_what_its_pattern_says(text):
    """Polars casts text by itself: it takes what the pattern takes, and infinity."""
    text = text.strip(CELLS.blanks)
    (found,) = cells.numbers(pl.Series([text]).cast(pl.String)).to_list()
    if not re.search("inf", text, re.I) and not re.search(r"\d,\d", text):
        is_number = bool(re.fullmatch(CELLS.number, text))
        assert (found is not None) == is_number, text


def test_a_rule_is_written_once(monkeypatch, tmp_path):
    """What is added to CELLS is in `predict`, in records and in what is exported."""
    missing = (*CELLS.missing, "欠測")
    currency = ("[¥円]", "")
    rewrites = {sign: (currency, *steps) for sign, steps in CELLS.rewrites.items()}
    rules = replace(CELLS, missing=missing, rewrites=rewrites)
    for module in (cells, delimited, facts):
        monkeypatch.setattr(module, "CELLS", rules)
    monkeypatch.setattr("kobai.formats.records.MISSING", missing)
    monkeypatch.setattr("kobai.formats.records.REWRITES", rewrites)
    rows = [{**USUAL, "size": "¥3.5"}, {**USUAL, "age": "欠測", "size": "2 円"}]
    same = [{**USUAL, "size": 3.5}, {**USUAL, "age": None, "size": None}]
    for name, sign in (("point", "."), ("comma", ",")):
        export(MODELS[sign], tmp_path / f"{name}.mjs")
    program = {"__name__": "m"}
    exec(export(MODELS["."], tmp_path / "m.py").read_text("utf-8"), program)
    path = write_table(tmp_path / "a.csv", rows[:1])
    expected = MODELS["."].predict(same[:1])
    check_alike(MODELS["."].predict(rows[:1]), expected, rows)
    check_alike(from_file(MODELS["."], path), expected, rows)
    check_alike(read_by(program, path), expected, rows)
    check_alike(in_node(tmp_path, [[".", rows[:1]]])[0], expected, rows)
    # A blank between them is still none of a number.
    assert outputs_of(MODELS["."].predict, rows) is None
    assert outputs_of(program["predict_records"], rows) is None
    assert in_node(tmp_path, [[".", rows]]) == [None]
    rows[1]["size"] = ""
    expected = MODELS["."].predict(same)
    check_alike(program["predict_records"](rows), expected, rows)
    check_alike(in_node(tmp_path, [[".", rows]])[0], expected, rows)


# --- as a program


def test_a_new_word_is_named_as_predict_names_its_column(folder, tmp_path):
    records = [
        {**USUAL, "色": "green"},
        {**USUAL, "size": "NA"},
        {**USUAL, "code": "z"},
    ]
    path = write_table(tmp_path / "new.csv", [*records, {**USUAL, "色": "green"}])
    command = [sys.executable, folder / "point.py", path]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert done.stderr.splitlines() == [
        f'{path}: column "色": "green" in 2 rows, as in no training row',
        f'{path}: column "size": nothing in 1 row, as in no training row',
    ]
    assert len(done.stdout.splitlines()) == 5


def test_encodings_are_found_as_predict_finds_them(folder, programs, tmp_path):
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp932"):
        path = write_table(tmp_path / f"{encoding}.csv", [USUAL] * 3, encoding)
        expected = from_file(MODELS["."], path)
        assert expected is not None
        check_alike(read_by(programs["."], path), expected, encoding)


def test_what_training_was_told_is_taken_where_nothing_else_is_known(tmp_path):
    columns = Columns((Feature("größe"),), Target(("t",), ("a", "b")))
    network = Network(1, [Dense(2), Softmax()])
    path = tmp_path / "a.csv"
    path.write_bytes("größe\n3\n".encode("latin-1"))
    told = Model(network, columns=columns, writing=Writing(encoding="latin-1"))
    program = {"__name__": "m"}
    exec(export(told, tmp_path / "m.py").read_text("utf-8"), program)
    check_alike(read_by(program, path), from_file(told, path), "latin-1")
    assert from_file(told, path) is not None
    with pytest.raises(DataError, match="say what it is"):
        Model(network, columns=columns).predict_table(path)
