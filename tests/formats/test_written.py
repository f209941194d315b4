"""An exported Python program reads the file that its model was trained on."""

import ast
import builtins
import bz2
import csv
import gzip
import io
import lzma
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from kobai.data import load_table
from kobai.data.tables.text import pieces
from kobai.data.tables.text.writing import Writing
from kobai.errors import DataError
from kobai.formats import Model, export, load_model, save_model
from kobai.formats.predictions import predictions
from kobai.networks import Dense, Identity, Network, Softmax

PACKERS = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
WORDS = {
    "cp932": ("大きさ", "色", ("赤", "青い 表")),
    "gbk": ("尺寸", "颜色", ("红", "蓝 表")),
    "utf-16": ("größe", "色", ("赤", "😀")),
    "utf-8-sig": ("size", "Farbe", ("rot", "blau")),
    "latin-1": ("größe", "Farbe", ("weiß", "grün")),
}
# How a file is called, what parts its cells, its decimal sign and its encoding.
FORMS = [
    ("a.csv", ";", ",", "cp932"),
    ("a.csv", ",", ".", "utf-16"),
    ("a.csv", ",", ",", "utf-8-sig"),
    ("a.tsv", "\t", ",", "gbk"),
    ("a.txt", "|", ".", "latin-1"),
    *((f"a.csv{ending}", ";", ",", "gbk") for ending in PACKERS),
]


def write(path, separator, decimal, encoding):
    """Write a table such as a spreadsheet does, and return the name of its target."""
    size, colour, words = WORDS[encoding]
    rng = np.random.default_rng(0)
    colour = f'{colour} "{separator}"\nI'
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow([f" {size} ", colour, "", "kind, of"])
    for row in range(40):
        number = f" {rng.normal(20, 5):.2f}".replace(".", decimal)
        word = ["NA", *words][row % 3]
        year = "" if row % 7 == 3 else f"{rng.integers(1990, 2030)}"
        writer.writerow([number, f"{word} ", year, "yes, no"[5 * (row % 2) :][:4]])
        if row == 20:
            # A blank line is no row.
            text.write("\r\n")
    packed = PACKERS.get(path.suffix, bytes)
    path.write_bytes(packed(text.getvalue().encode(encoding)))
    return "kind, of"


def output_of(program, *arguments):
    command = [sys.executable, "-W", "error", program, *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8")


@pytest.mark.parametrize(("name", "separator", "decimal", "encoding"), FORMS)
def test_the_program_reads_the_training_file(
    name, separator, decimal, encoding, tmp_path
):
    path = tmp_path / name
    target = write(path, separator, decimal, encoding)
    given = "latin-1" if encoding == "latin-1" else None
    data = load_table(path, target, encoding=given)
    width = data.columns.width
    assert width > 3
    save_model(tmp_path / "m", Network(width, [Dense(2), Softmax()], seed=1), data=data)
    each = load_model(tmp_path / "m")
    assert each.writing == data.writing
    done = output_of(export(each, tmp_path / "m.py"), path)
    assert (done.returncode, done.stderr) == (0, "")
    head, *rows = csv.reader(io.StringIO(done.stdout))
    assert tuple(head) == each.classes
    _, *expected = pl.concat(predictions(each, path, given).frames())
    # The exported program computes in float32.
    found = np.array(rows, float).T
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def test_a_table_for_people_is_read_by_the_program_as_in_training(tmp_path):
    lines = ["Sales of 2024;;;;;", "", "price;weight;when;at;level;paid;kind"]
    lines.append("$;kg;;;;;")
    for i in range(60):
        price = f"$1.{i:03},5" if i % 4 else "k.A."
        weight = f"{i},5 kg" if i % 3 else "−5 kg"
        when = f"{i % 28 + 1}. {('März', 'Mai', 'Okt.')[i % 3]} 20{i % 20 + 10}"
        level = -999 if i % 6 == 1 else 7 * i % 31
        paid = ("TRUE", "false", "true", "False")[i % 4]
        clock = f"{i % 12 + 1}:{i % 60:02} {('am', 'pm')[i % 2]}"
        lines.append(f"{price};{weight};{when};{clock};{level};{paid};{'ab'[i % 2]}")
    path = tmp_path / "sales"
    path.write_text("\n".join([*lines, "Source: the till", ""]))
    data = load_table(path, "kind")
    parts = {each.column for each in data.columns.features if each.reading.date}
    assert parts == {"when", "at"}
    assert data.columns.sources == ("price", "weight", "when", "at", "level", "paid")
    assert not np.abs(data.x_train).max() > 9
    each = Model.of(Network(data.columns.width, [Dense(2), Softmax()], seed=1), data)
    save_model(tmp_path / "m", each.network, data=data)
    expected = load_model(tmp_path / "m").predict_table(path)
    assert len(expected) == 60
    done = output_of(export(each, tmp_path / "m.py"), path)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [list(map(float, row)) for row in csv.reader(done.stdout.splitlines()[1:])]
    found = expected.to_numpy()[:, 1:].astype(float)
    np.testing.assert_allclose(rows, found, rtol=0, atol=1e-5)


def test_a_file_of_many_blocks_is_read_by_the_program_as_by_predict(
    model, program, tmp_path, monkeypatch
):
    """The header comes again, and a note stands below."""
    path = tmp_path / "long.csv"
    rows = [f'"{i},5";{i % 7}' if i % 5 else f"{i},5;{i % 7}" for i in range(90)]
    lines = ["a;b", *rows[:40], "a;b", "", *rows[40:], "By: us"]
    path.write_text("\n".join([*lines, ""]), "utf-8")
    expected = model.predict_table(path).to_numpy()[:, 1:].astype(float)
    assert len(expected) == 90
    copied = {"__name__": "m"}
    exec(program.read_text("utf-8"), copied)
    for name in ("BLOCK", "FIRST"):
        monkeypatch.setattr(pieces, name, 60)
        copied[name] = 60
    again = model.predict_table(path).to_numpy()[:, 1:].astype(float)
    np.testing.assert_array_equal(again, expected)
    blocks = [
        copied["raw_rows"](r, copied["READERS"], path, first)
        for r, first in copied["read_blocks"](path)
    ]
    assert len(blocks) > 9
    found = copied["predict"](np.concatenate(blocks))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def test_names_of_targets_and_classes_come_as_csv(tmp_path):
    lines = ['a;"b, c"', *(f"{i};{2 * i},5" for i in range(40))]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    data = load_table(tmp_path / "a.csv", ["b, c"], task="regression", keep="a")
    net = Network(1, [Dense(1), Identity()])
    export(Model.of(net, data), tmp_path / "m.py")
    done = output_of(tmp_path / "m.py", tmp_path / "a.csv")
    assert done.stdout.splitlines()[0] == '"b, c"'


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a;b;kind\n" + "1,5;3;x\n2,5;4;y\n" * 20)
    data = load_table(path, "kind")
    return Model.of(Network(data.columns.width, [Dense(2), Softmax()]), data)


@pytest.fixture
def program(model, tmp_path):
    return export(model, tmp_path / "m.py")


@pytest.mark.parametrize(
    "content",
    [
        b"a;c\n1;2\n",
        b"a;b\n1;2\n3\n",
        b"a;b\n1;2;3\n",
        b"a;b\n1;2\n1\n1;2;3\n",
        b"a;b\nx;2\n",
        b"a;b\n1_0;2\n",
        b"a;b\n1e31;2\n",
        "a;b\n٣;2\n".encode(),
        b"a;b\n",
        b"",
        b"a;b\n\xff;2\n",
        b"a;a\n1;2\n",
        b'a;b\n"1;2\n',
        b'a;b\n1;2\n"3"4;5\n',
        b"a;b\r1;2\r3;x\r",
        b"PK\x03\x04",
        b"a;b\n\0;1\n",
    ],
)
def test_what_predict_refuses_the_program_refuses_in_the_same_words(
    model, program, content, tmp_path
):
    (tmp_path / "new.csv").write_bytes(content)
    with pytest.raises(DataError) as refused:
        model.predict_table(tmp_path / "new.csv")
    done = output_of(program, tmp_path / "new.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{refused.value}\n"


TIDY = b"a;b\n1,5;3\n2,5;4\n3,5;3\n"


@pytest.mark.parametrize(
    "content",
    [
        TIDY.replace(b"\n", b"\r"),
        TIDY.replace(b";", b"\t"),
        TIDY.replace(b";", b"   "),
        TIDY.replace(b"\n", b";\n"),
        TIDY.replace(b";", b"   ").replace(b"\n1", b"\n  1"),
        "a;b\n１，５;３\n２，５;４\n３，５;３\n".encode(),
        b"Sales;\n;\n" + TIDY,
        b"# by hand\n# 2024\n" + TIDY,
        b"sep=;\r\n" + TIDY.replace(b"\n", b"\r\n"),
        TIDY.replace(b"a;b\n", b"a;b\nkg;m\n"),
        TIDY + b"a;b\n1,5;3\n",
        TIDY + b"Source: us\n",
        b"\xef\xbb\xbf" + TIDY,
        b'"a";"b"\n"1,5"; "3"\n2,5; "4"\n3,5;3\n',
    ],
)
def test_the_program_finds_the_table_in_a_file_as_predict_does(
    model, program, content, tmp_path
):
    path = tmp_path / "new.csv"
    path.write_bytes(content)
    expected = model.predict(
        [{"a": a, "b": b} for a, b in ((1.5, 3), (2.5, 4), (3.5, 3))]
    )
    found = model.predict_table(path).to_numpy()[:, 1:].astype(float)
    np.testing.assert_allclose(found[:3], expected, rtol=0, atol=1e-6)
    done = output_of(program, path)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [list(map(float, row)) for row in csv.reader(done.stdout.splitlines()[1:])]
    np.testing.assert_allclose(rows, found, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ("1,5;x\n2,5;y\n" * 20, {}),
        ("1,5;x\n2,5;y\n" * 20, {"header": False}),
        ("a;kind\n" + "1,5;x\n2,5;y\n" * 20, {"separator": ";"}),
        ("a~kind\n" + "1,5~x\n2,5~y\n" * 20, {"separator": "~"}),
        ("a;kind\n" + "1,5;x\n2,5;y\nnix;x\n" * 20, {"missing": "nix"}),
        ("größe;kind\n" + "1,5;x\n2,5;y\n" * 20, {"encoding": "cp1250"}),
    ],
)
def test_what_training_was_told_holds_for_later_files(content, options, tmp_path):
    """A single row would be a header by its looks, if nothing else were known."""
    encoding = options.get("encoding", "utf-8")
    path = tmp_path / "a.csv"
    path.write_bytes(content.encode(encoding))
    name = "2" if content[0] == "1" else "kind"
    data = load_table(path, name, **options)
    each = Model.of(Network(data.columns.width, [Dense(2), Softmax()], seed=1), data)
    lines = content.splitlines()
    start = 0 if content[0] == "1" else 1
    path.write_bytes("\n".join([*lines[:start], lines[-1], ""]).encode(encoding))
    expected = each.predict_table(path).to_numpy()[:, 1:].astype(float)
    assert len(expected) == 1
    done = output_of(export(each, tmp_path / "m.py"), path)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [list(map(float, row)) for row in csv.reader(done.stdout.splitlines()[1:])]
    np.testing.assert_allclose(rows, expected, rtol=0, atol=1e-5)


def test_other_wrong_use_of_the_program(program, tmp_path):
    (tmp_path / "new.csv").write_text("a;b\n1;2\n")
    assert output_of(program, tmp_path / "new.csv").returncode == 0
    for arguments, message in [
        ((), "usage: python"),
        ((tmp_path / "none.csv",), "No such file"),
        ((tmp_path,), "Is a directory"),
        ((tmp_path / "new.csv", "utf-9"), 'unknown encoding "utf-9"'),
        ((tmp_path / "new.csv", "--encoding", "utf-9"), 'Did you mean "utf-8"?'),
        ((tmp_path / "new.parquet",), "a Parquet file; save it as CSV"),
    ]:
        done = output_of(program, *arguments)
        assert message in done.stderr
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_whatever_the_program_names_is_there(program):
    """Functions are copied by their names: each, and all that they call."""
    tree = ast.parse(program.read_text(encoding="utf-8"))
    top = [
        name
        for node in tree.body
        for name in (
            [node.name]
            if isinstance(node, ast.FunctionDef)
            else [target.id for target in getattr(node, "targets", [])]
        )
    ]
    assert len(set(top)) == len(top)
    bound = {
        n.asname or n.name
        for node in ast.walk(tree)
        for n in getattr(node, "names", [])
        if isinstance(n, ast.alias)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler):
            bound.add(node.name)
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    assert used - bound - set(dir(builtins)) <= {"__name__"}
    assert ">>>" not in program.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "damage",
    [3, {"separator": ""}, {"decimal": ":"}, {"encoding": "no"}, {"encoding": 3}],
)
def test_damaged_descriptions_are_refused(damage):
    with pytest.raises(ValueError, match=r"^writing: not as described"):
        Writing.from_json(damage)
