"""Every kind of cell means the same to `predict`, to records, and in every export.

The kinds stand in one table, KINDS; strategies make more of them. What one refuses, all
refuse. The models differ in how their columns are read. Exports compute in float32 from
the raw row on, hence the tolerance of 1e-5.
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

from kobai.data.tables.columns import Columns, Feature, Target
from kobai.data.tables.reading.dates import FORMS, parts_of
from kobai.data.tables.reading.missing import AMONG_NUMBERS, MISSING
from kobai.data.tables.reading.numerals import Numerals
from kobai.data.tables.reading.reading import Reading
from kobai.data.tables.text.encodings import find_encoding
from kobai.data.tables.text.writing import Writing
from kobai.errors import DataError
from kobai.formats import Model, export, load_json
from kobai.formats.predictions import predictions
from kobai.networks import Dense, Network, Softmax

FEATURES = (
    Feature("size", mean=3.0, std=2.0),
    Feature("age", mean=40.0, std=9.0, has_missing=True),
    Feature("paid", "category", categories=("False", "True")),
    Feature("code", "category", categories=("007", "1", "2.0"), has_other=True),
    Feature("色", "category", categories=("赤", "青い 表", "a,b;c")),
    Feature("印", "category", categories=("(blank)", "✓")),
)
TARGET = Target(("kind",), ("cat", "dog", "owl"))
USUAL = {"size": 2.5, "age": 30, "paid": True, "code": "1", "色": "赤", "印": "✓"}
COMMAS = tuple(
    replace(f, reading=Reading(Numerals(",."))) if f.kind == "number" else f
    for f in FEATURES
)

# By the name of a column: how its numbers are read, one of them, and other cells.
PEOPLE = {
    "thousands": (
        Reading(Numerals(group=",")),
        "1,234.5",
        [
            "12,34,567",
            "1,23",
            "1234",
            "0,123",
            "1,234,567",
            "12 345",
            "-1,000",
            "1.5e3",
        ],
    ),
    "german": (
        Reading(Numerals(",", ".")),
        "1.234,5",
        ["1.234", "1.5", "7,5", "1.234.567,8", "12", 1.5, "1,234.5", "−1.000"],
    ),
    "swiss": (Reading(Numerals(".", "'")), "1'234.5", ["1’234", "1'23", "12'345'678"]),
    "french": (
        Reading(Numerals(",", " ")),
        "12 345,5",
        ["12\xa0345", "12\u202f345,25", "1 23", "12345", "1.5"],
    ),
    "price": (
        Reading(Numerals(group=",", before="$")),
        "$12.50",
        ["$ 1,250", "-$5", "$-5", "12", "€5", "5$", "($30)", "$(30)", "$", "＄９"],
    ),
    "weight": (
        Reading(Numerals(after={"kg": 1.0, "kgs": 1.0})),
        "12.5 kg",
        ["12kg", "12 kgs", "12  kg", "12 g", "kg", "12", "1２ ｋｇ", "-3 kg"],
    ),
    "load": (
        Reading(Numerals(after={"kg": 1.0, "g": 1e-3, "m²": 1.0})),
        "1.5 kg",
        ["800 g", "800g", "８００ ｇ", "(2 g)", "2 t", "7", "-1.5e3 g"],
    ),
    "share": (
        Reading(Numerals(after={"%": 1.0})),
        "45%",
        ["45 %", "４５％", "45", "%", "1e2%"],
    ),
    "views": (
        Reading(Numerals(after={"K": 1e3, "M": 1e6})),
        "1.2K",
        ["3M", "3 M", "500", "1k", "1.2KM", "0.0005M"],
    ),
    "yen": (
        Reading(Numerals(after={"円": 1.0, "万円": 1e4, "億円": 1e8})),
        "1億2000万円",
        [
            *("1億50万円", "１億2,800万円", "3億 5万円", "1万2000円", "9万500円"),
            *("1億2000万3500円", "3万5円", "1.5億2000万円", "1,2億3万円"),
            *("億5万円", "-1億2万円", "1億2万", "7円", "2万1,500円", "1万23456円"),
            *("万2000円", "1億円"),
        ],
    ),
    "wage": (
        Reading(Numerals(before="$", after={"K": 1e3}, style="range")),
        "$53K-$91K",
        [
            *("15-30K", "900-1.2K", "90K+", "~$7", "30-15", "5", "-5", "-5 - -2"),
            *("５３～９１K", "$53K to $91K", "(1-3)", "1-3 (est.)", "1-3 (2)", "K-2"),
        ],
    ),
    "height": (
        Reading(Numerals(style="feet")),
        "6'9",
        ["5' 11\"", "5’7″", "6 ft", "5 ft 10.5 in", "6'12", "7", "6-9", "5''"],
    ),
    "height of players": (
        Reading(Numerals(style="feet-inches")),
        "6-11",
        ["6-12", "5-", "6-9", "6'9", "-5", "11-6"],
    ),
    "torque": (
        Reading(Numerals(group=",", after={"Nm": 1.0}, style="first")),
        "190Nm@ 2000rpm",
        [
            *("1,190 Nm (19 kgm)", "5 ± 0.2", "7[2]", "8 +/- 1", "9Nm@2", "9@x.de"),
            *("(3) (4)", "3 4", "12 kgm", "(5 [1]"),
        ],
    ),
    "film": (
        Reading(Numerals(style="brackets")),
        "(1994)",
        ["1994", "( 7 )", "(-3)", "(2010-)", "（５）", "5-", "(I) (2010)"],
    ),
    "walk": (
        Reading(Numerals(before="徒歩", after={"分": 1.0})),
        "徒歩5分",
        ["徒歩 5 分", "5分", "徒歩５分", "徒歩5", "-徒歩5分", "走5分", "徒歩分"],
    ),
    "limit": (
        Reading(Numerals(before="<")),
        "< 0.5",
        ["<0.5", ">=7", "≤ 7", "≈3", "~ 3", "7", "<<7", "-<7", "<-7", "=7", "＜７"],
    ),
    "score": (
        Reading(Numerals(after={"/10": 1.0})),
        "8.5/10",
        ["8 /10", "８／１０", "8/5", "8", "/10", "8/100"],
    ),
    "longitude": (
        Reading(Numerals(after={"° E": 1.0, "° W": -1.0})),
        "1.5° E",
        ["1.5° W", "-1.5° W", "2°W", "3"],
    ),
    "account": (
        Reading(Numerals(group=",")),
        "(1,200.5)",
        [
            "(5",
            "5)",
            "-(5)",
            "((5)",
            "5-",
            "(-5)",
            "- 5",
            "--5",
            "+5",
            "（７）",
            "( 7 )",
            "-+5",
        ],
    ),
    "pressure": (
        Reading(missing=("-999", "9999", "kaputt")),
        "-900",
        [
            "-999",
            -999,
            -999.0,
            "-999.0",
            "-9.99e2",
            "９９９９",
            "kaputt",
            "Kaputt",
            998,
        ],
    ),
}
DATED = {
    "iso": (
        "year-month-day",
        "2024-02-29T13:05:06",
        [
            "2023-02-29",
            "2024/2/9",
            "29.2.2024",
            "2024-02-29 24:30",
            "２０２４－１－３１",
        ],
    ),
    "day": (
        "day-month-year",
        "29.2.2024",
        ["31/12/68", "1-1-69 0:30", "30.2.2024", "13:00"],
    ),
    "us": (
        "month-day-year",
        "2/29/2024 1:05 pm",
        ["12/31/2024", "31/12/2024", "2-3-24"],
    ),
    "named": (
        "day month year",
        "3. März 2024",
        ["3 Foo 2024", "1st of May 24", "3 mai 2024"],
    ),
    "年": (
        "年月日",
        "2024年2月29日",
        ["2024年2月", "２０２４年３月１日(金)", "2024年13月1日"],
    ),
    "和暦": (
        "era 年月日",
        "令和6年2月29日",
        [
            "令和元年5月",
            "㋿5年４月１日",
            "S64年1月7日",
            "民國112年5月3日",
            "2024年2月1日",
        ],
    ),
    "era": (
        "era year-month-day",
        "R6.2.29",
        ["H31/4/30", "R5.2.29", "Ｓ６４．１．７", "㍻3-1-2", "Q5.4.1", "2024/2/1"],
    ),
    "年度": ("era 年", "令和6年度", ["平成31年", "令和元年", "2024年", "R5"]),
    "roc": (
        "ROC year/month/day",
        "112/05/03",
        ["099/12/31 13:05", "88/05/03", "112/13/01", "112/2/29"],
    ),
    "compact": ("yearmonthday", "20240229", ["20240230", 20240131, "2024-01-31", 7]),
    "quarter": ("quarter-year", "Q3 2024", ["q4-2023", "Q5 2024", "2024 Q3"]),
    "clock": (
        "time of day",
        "13:05:30",
        ["1:05 pm", "12:00 a.m.", "24:00", "25:00", "1305", "午後1:05", "1:05 오전"],
    ),
    "form": (
        "year-month-day",
        "2026/11/30 9:05:12 午後 GMT+9",
        ["2026/11/30 午前 9:05:12", "2026. 11. 30. 오후 9:05", "2026/11/30 25:05:12"],
    ),
    "race": (
        "hours:minutes",
        "125:30",
        ["1:02:33", "2 days 03:04:05.5", "1:75", "0:00", "12"],
    ),
    "lap": ("minutes:seconds", "1:43.21", ["75:03,5", "1:60.0", "1:43", "9.5"]),
    "registration": ("month/year", "02/2024", ["12-1999", "13/2024", "2024/02"]),
    "flight": (
        "hours and minutes",
        "2h 50m",
        ["19h", "45 Min.", "PT4M13.5S", "1日 2時間", "2小时30分钟", "P", "h", "50"],
    ),
}
TEXTS = {
    "review": (
        "Good value, and it's sturdy!",
        [
            "GOOD  value",
            "größer, naïve",
            "ＧＯＯＤ",
            "don’t",
            "3.0 of 5",
            "?",
            "!!!",
            "a_b",
        ],
    ),
    "感想": (
        "とても良い。USB充電もOK",
        [
            "良い",
            "良",
            "ﾀﾞﾒ",
            "ดีมาก",
            "हिन्दी अच्छा",
            "좋아요 정말",
            "İstanbul 🎉",
            "𠮷野家",
        ],
    ),
}
PLACES_OF_TEXT = 16
OF_PEOPLE = (
    *(
        Feature(name, mean=500.0, std=1e3, has_missing=name != "price", reading=reading)
        for name, (reading, _, _) in PEOPLE.items()
    ),
    *(
        Feature(f"{name} ({part})", "number", 20.0, 4e3, True, (), False, name, reading)
        for name, (form, _, _) in DATED.items()
        for part in parts_of(form)
        for reading in [Reading(date=form, part=part)]
    ),
    *(
        Feature(f"{name} (text {k})", "text", source=name, reading=reading)
        for name in TEXTS
        for k in range(1, PLACES_OF_TEXT + 1)
        for reading in [Reading(part=str(k), places=PLACES_OF_TEXT)]
    ),
    Feature("smokes", "category", categories=("FALSE", "True"), has_other=True),
    Feature("city", "category", categories=("Köln", "New York", "北京")),
)
USUAL_PEOPLE = {
    **{name: usual for name, (_, usual, _) in (PEOPLE | DATED).items()},
    **{name: usual for name, (usual, _) in TEXTS.items()},
    "smokes": "true",
    "city": "北京",
}

ROWS_OF = {"point": USUAL, "comma": USUAL, "people": USUAL_PEOPLE}
MODELS = {}
for name, features in (("point", FEATURES), ("comma", COMMAS), ("people", OF_PEOPLE)):
    columns = Columns(features, TARGET)
    network = Network(columns.width, [Dense(3), Softmax()], seed=5)
    MODELS[name] = Model(network, columns=columns, writing=Writing(";", "cp932"))

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
KINDS_OF_ALL = [
    *((name, cell) for name in ("size", "age") for cell in NUMBERS),
    *((name, cell) for name in ("paid", "code", "色") for cell in WORDS),
    *(("印", cell) for cell in ("✔", "☑\ufe0f", "☐", "×", "", " ", "NA", "no", "x")),
    *((f.name, cell) for f in FEATURES for cell in (None, UNDEFINED, NAN, ABSENT)),
]
ANYWHERE = [
    "",
    "-",
    "n.a.",
    "NA",
    "NAN",
    "x",
    "7",
    7,
    2.5,
    True,
    "不明",
    "Ｎ／Ａ",
    None,
    [1],
]
KINDS = {
    "point": KINDS_OF_ALL,
    "comma": KINDS_OF_ALL,
    "people": [
        *((n, c) for n, (_, _, cells) in (PEOPLE | DATED).items() for c in cells),
        *((n, c) for n, (_, cells) in TEXTS.items() for c in cells),
        *((n, c) for n in USUAL_PEOPLE for c in (*ANYWHERE, UNDEFINED, NAN, ABSENT)),
        *(("smokes", cell) for cell in (False, "TRUE", 0, 1, "1", "1.0", "yes")),
        *(("city", cell) for cell in (" Köln\u3000", "KÖLN", "New  York")),
    ],
}


def record_of(name, cell):
    """Return a usual record with another cell, as Python has it."""
    record = {
        **(USUAL if name in USUAL else USUAL_PEOPLE),
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
    for name, model in MODELS.items():
        for ending in (".py", ".mjs", ".c", ".json", ".onnx"):
            export(model, folder / f"{name}{ending}")
    return folder


@pytest.fixture(scope="module")
def programs(folder):
    """The exported Python files as namespaces, by the names of the models."""
    found = {}
    for name in MODELS:
        found[name] = {"__name__": name}
        exec((folder / f"{name}.py").read_text("utf-8"), found[name])
    return found


def in_node(folder, lists):
    """Return what the modules make of lists of records: outputs, or None."""
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    (folder / "lists.json").write_text(json.dumps(lists))
    script = (
        'import { readFileSync } from "node:fs";\n'
        "const models = {\n"
        '  point: await import("./point.mjs"), comma: await import("./comma.mjs"),\n'
        '  people: await import("./people.mjs")};\n'
        "console.warn = () => {};\n"
        f"const special = {{{json.dumps(UNDEFINED)}: undefined,\n"
        f"  {json.dumps(NAN)}: NaN}};\n"
        "const cell = (c) => typeof c === 'string' && c in special ? special[c] : c;\n"
        "const record = (r) => Object.fromEntries(\n"
        "  Object.entries(r).map(([n, c]) => [n, cell(c)]));\n"
        'const lists = JSON.parse(readFileSync("lists.json", "utf8"));\n'
        "console.log(JSON.stringify(lists.map(([name, records]) => {\n"
        "  try { return models[name].predictRecords(records.map(record)); }\n"
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


@pytest.mark.parametrize("model", MODELS)
def test_every_kind_of_cell_in_a_record(model, programs, folder):
    again = load_json(folder / f"{model}.json")
    for kind in KINDS[model]:
        record = record_of(*kind)
        expected = outputs_of(MODELS[model].predict, [record])
        found = outputs_of(programs[model]["predict_records"], [record])
        check_alike(found, expected, kind)
        check_alike(outputs_of(again.predict, [record]), expected, kind)


def test_the_usual_rows_are_read():
    for name, row in ROWS_OF.items():
        assert MODELS[name].predict([row]).shape == (1, 3)


def test_every_kind_of_cell_in_javascript(folder):
    kinds = [(model, kind) for model in MODELS for kind in KINDS[model]]
    lists = []
    for model, (name, cell) in kinds:
        record = {**ROWS_OF[model], name: cell}
        if cell == ABSENT:
            del record[name]
        lists.append([model, [record]])
    for (model, kind), found in zip(kinds, in_node(folder, lists), strict=True):
        expected = outputs_of(MODELS[model].predict, [record_of(*kind)])
        check_alike(found, expected, kind)


@pytest.mark.parametrize("model", MODELS)
def test_every_kind_of_cell_in_a_file(model, programs, tmp_path):
    """Text is what it is in a record, but for what parts lines or is no text."""
    for name, cell in KINDS[model]:
        if not isinstance(cell, str) or cell in (UNDEFINED, NAN, ABSENT):
            continue
        record = record_of(name, cell)
        path = write_table(tmp_path / "a.csv", [record])
        expected = from_file(MODELS[model], path)
        check_alike(read_by(programs[model], path), expected, (name, cell))
        if not {"\0", "\n"} & set(cell):
            text = {key: str(value) for key, value in record.items()}
            found = outputs_of(MODELS[model].predict, [text])
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
        found = []
        for records, first in program["read_blocks"](path):
            raw = program["raw_rows"](records, program["READERS"], path, first)
            found.extend(program["predict"](raw))
        if not found:
            raise ValueError("no rows")
        return found

    return outputs_of(predict)


@pytest.mark.parametrize("model", MODELS)
def test_the_formats_that_take_raw_rows(model, folder, programs):
    """ONNX, C and JavaScript's arrays take what `encode_records` makes of the cells."""
    predict = MODELS[model].predict
    records = [record_of(*kind) for kind in KINDS[model]]
    rows = [r for r in records if outputs_of(predict, [r]) is not None]
    assert len(rows) > 100
    raw = np.array(programs[model]["encode_records"](rows), np.float32)
    expected = predict(rows)
    session = onnxruntime.InferenceSession(folder / f"{model}.onnx")
    found = session.run(None, {"x": raw})[0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    upper = model.upper()
    (folder / "rows.c").write_text(
        f'#include "{model}.h"\n#include <stdio.h>\n'
        "int main(void) {\n"
        f"float x[{upper}_INPUTS], y[{upper}_OUTPUTS];\n"
        "while (fread(x, sizeof x, 1, stdin) == 1) {\n"
        f"{model}_predict(x, y); fwrite(y, sizeof y, 1, stdout); }}\n"
        "return 0; }\n"
    )
    command = ["gcc", "-std=c99", "-O2", "rows.c", f"{model}.c", "-lm", "-o", "rows"]
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
    rows = [[3.0, entry, 1, 0, 0, 0] for entry in ENTRIES]
    expected = [outputs_of(MODELS["point"].predict, [row]) for row in rows]
    assert sum(each is None for each in expected) == 6
    for row, each in zip(rows, expected, strict=True):
        check_alike(outputs_of(programs["point"]["predict"], [row]), each, row)
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
    columns = Columns(FEATURES[2:], TARGET)
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
PIECES = st.sampled_from(
    [
        *"0123456789.,'()+-eE $€%kgKM/:T年月日",
        *("12", "2024", "1,234", "1.234", "1 234", "kg", "-999", "31", "Feb", "pm"),
        *(
            "−",
            "－",
            "（",
            "１２",
            "．",
            "\u3000",
            "\xa0",
            "’",
            "\x85",
            "٣",
            "Q",
            " of ",
        ),
    ]
)
# The three that stand for what no text is are no texts that anybody writes.
TEXTS_OF_PEOPLE = {c for _, c in KINDS["people"] if isinstance(c, str)}
CELLS_OF_PEOPLE = st.one_of(
    st.sampled_from(sorted(TEXTS_OF_PEOPLE - {UNDEFINED, NAN, ABSENT})),
    st.sampled_from([*AMONG_NUMBERS, *MISSING, None, True, -999, 0.5]),
    st.integers(-(2**60), 2**60),
    st.lists(PIECES, max_size=6).map("".join),
    st.floats(-1e9, 1e9).map(lambda number: f"{number:,.2f}"),
    st.dates().map(str),
    st.datetimes().map(lambda date: f"{date:%d.%m.}{date.year:04} {date:%H:%M:%S}"),
)
# Changing few cells leaves some that are read.


def as_written(cells):
    """Return cells whose numbers in columns of text are words: a language has its own.

    JavaScript writes 1.0 as 1, and has no whole numbers above 2**53.
    """
    return {
        name: str(cell) if name in TEXTS and isinstance(cell, int | float) else cell
        for name, cell in cells.items()
    }


OF_PEOPLE_RECORDS = st.lists(
    st.dictionaries(
        st.sampled_from(list(USUAL_PEOPLE)), CELLS_OF_PEOPLE, max_size=2
    ).map(lambda cells: {**USUAL_PEOPLE, **as_written(cells)}),
    min_size=1,
    max_size=3,
)
TABLES = st.one_of(
    st.tuples(st.sampled_from(["point", "comma"]), RECORDS),
    st.tuples(st.just("people"), OF_PEOPLE_RECORDS),
)
SLOW = {
    "deadline": None,
    "suppress_health_check": [
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
    ],
}


@settings(max_examples=250, **SLOW)
@given(table=TABLES)
def test_any_records_in_python(table, programs):
    model, records = table
    expected = outputs_of(MODELS[model].predict, records)
    found = outputs_of(programs[model]["predict_records"], records)
    check_alike(found, expected, records)


@settings(max_examples=250, **SLOW)
@given(records=OF_PEOPLE_RECORDS)
def test_any_records_are_what_a_frame_of_them_is(records):
    """Polars reads columns where Python reads cells."""
    texts = [{n: None if c is None else str(c) for n, c in r.items()} for r in records]
    expected = outputs_of(MODELS["people"].predict, pl.DataFrame(texts))
    check_alike(outputs_of(MODELS["people"].predict, texts), expected, records)


@settings(max_examples=10, **SLOW)
@given(st.lists(TABLES, min_size=20, max_size=40))
def test_any_records_in_javascript(folder, lists):
    found = in_node(folder, lists)
    for (model, records), each in zip(lists, found, strict=True):
        check_alike(each, outputs_of(MODELS[model].predict, records), records)


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
    model=st.sampled_from(["point", "comma"]),
    order=st.permutations([f.name for f in FEATURES]),
    extra=st.booleans(),
    lines=LINES,
    separator=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\n\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_table_in_a_file(
    model, order, extra, lines, separator, end, encoding, programs, tmp_path
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
    check_alike(read_by(programs[model], path), from_file(MODELS[model], path), text)


def test_patterns_have_only_what_three_languages_share():
    """Digits and words are those of ASCII in JavaScript alone."""
    assert len(FORMS) == 22
    for pattern in (
        *FORMS.values(),
        *(r.numerals.pattern for r, _, _ in PEOPLE.values()),
    ):
        assert not re.search(r"\\[dDwWsSbB]|\(\?[=!<]", pattern)


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
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp932"):
        # cp932 has no tick.
        record = USUAL | {"印": ""}
        path = write_table(tmp_path / f"{encoding}.csv", [record] * 3, encoding)
        expected = from_file(MODELS["point"], path)
        assert expected is not None
        check_alike(read_by(programs["point"], path), expected, encoding)


@pytest.mark.parametrize(
    ("encoding", "name"), [("cp1250", "größe"), ("cp932", "色"), ("gbk", "颜色")]
)
def test_what_training_was_told_is_taken_where_little_text_leaves_it_open(
    encoding, name, tmp_path
):
    columns = Columns((Feature(name),), TARGET)
    path = tmp_path / "a.csv"
    path.write_bytes(f"{name}\n3\n".encode(encoding))
    network = Network(1, [Dense(3), Softmax()])
    told = Model(network, columns=columns, writing=Writing(encoding=encoding))
    assert predictions(told, path).table.encoding == encoding
    program = {"__name__": "m"}
    exec(export(told, tmp_path / "m.py").read_text("utf-8"), program)
    check_alike(read_by(program, path), from_file(told, path), encoding)


def test_without_charset_normalizer_the_usual_encodings_are_known(
    monkeypatch, tmp_path
):
    """An exported program needs NumPy alone."""
    monkeypatch.setitem(sys.modules, "charset_normalizer", None)
    texts = {"cp932": "商品の色,がく\n赤い花,3\n", "gbk": "花萼长度,种类\n蓝色,3\n"}
    for encoding, text in texts.items():
        file = io.BytesIO(text.encode(encoding))
        assert find_encoding(file, "a.csv") == encoding
    with pytest.raises(DataError, match="say what it is"):
        find_encoding(io.BytesIO("имя,возраст\n".encode("cp1251")), "a.csv")
