"""Text tables as people have them: encodings, separators, quotes, damage."""

import bz2
import gzip
import lzma
import tracemalloc

import numpy as np
import pytest

from kobai.data.tables.text import pieces
from kobai.data.tables.text.delimited import open_text_table
from kobai.data.tables.text.encodings import find_encoding
from kobai.errors import DataError


@pytest.fixture
def rows(tmp_path):
    """Write a file and read it back: encoding, names, and all rows as text."""

    def read(content, name="my.csv", encoding=None):
        path = tmp_path / name
        path.write_bytes(content)
        table = open_text_table(path, encoding)
        found = [row for frame in table.blocks(dict) for row in frame.rows()]
        return table.encoding, table.names, found

    return read


JAPANESE = "品種,がく片の長さ\nヒオウギアヤメ,5.1\nブルーフラッグ,\n"
CHINESE = "种类,花萼长度\n山鸢尾,5.1\n变色鸢尾,\n"


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [
        (JAPANESE, "utf-8", "utf-8"),
        (JAPANESE, "utf-8-sig", "utf-8-sig"),
        (JAPANESE, "cp932", "cp932"),
        (JAPANESE, "utf-16", "utf-16"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "gbk", "gbk"),
    ],
)
def test_encodings_are_recognised(rows, text, encoding, named):
    head, *lines = [line.split(",") for line in text.splitlines()]
    found, names, read = rows(text.encode(encoding))
    assert found == named
    assert list(names) == head
    assert read == [(word, number or None) for word, number in lines]


SENTENCES = {
    "cp932": [
        "都道府県,人口\n東京都,北海道\n青森県,岩手県\n",
        "氏名,年齢,性別\n田中,30,男\n佐藤,25,女\n",
        "品種\n",
        "色,値段\n赤,100\n青,200\n黄色,300\n",
    ],
    "gbk": [
        "省份,人口\n北京,上海\n广东,江苏\n",
        "姓名,年龄,性别\n王伟,30,男\n李娜,25,女\n",
        "品种\n",
        "颜色,价格\n红,100\n蓝,200\n黄色,300\n",
    ],
    "euc_jp": ["品種,花びらの幅\n東京,ひのき\n大阪,さくら\n京都,もみじ\n"],
    "big5": ["姓名,年齡,城市\n張三,34,臺北\n李四,28,高雄\n王五,45,臺中\n"],
    "cp949": ["이름,나이,도시\n김철수,34,서울\n이영희,28,부산\n박민수,45,대구\n"],
    "cp1250": ["jméno,město\nŘehoř,Plzeň\n", "imię,wiek\nŁukasz,3\nGąska,5\n"],
    "cp1251": ["имя,город\nИван,Москва\nМария,Казань\n"],
    "koi8_r": ["имя,город\nИван,Москва\nМария,Казань\nАнна,Нижний Новгород\n"],
    "cp1252": [
        *("prénom,âge\nÉlodie,34\nJérôme,28\n", "größe,x\n1,2\n", "año,x\n1,2\n"),
        *("région,x\nOù,1\n", "by,x\nKøge,1\nØrsted,2\n", "città,x\nperò,1\n"),
        "Ísafjörður,x\nþór,1\n",
    ],
    "cp1253": ["όνομα,πόλη\nΓιώργος,Αθήνα\nΜαρία,Πάτρα\n"],
    "cp1254": ["isim,şehir\nİbrahim,İstanbul\nŞule,Iğdır\n"],
}


@pytest.mark.parametrize(
    ("encoding", "text"), [(e, text) for e in SENTENCES for text in SENTENCES[e]]
)
def test_encodings_are_told_apart(tmp_path, encoding, text):
    path = tmp_path / "my.csv"
    path.write_bytes(text.encode(encoding))
    with path.open("rb") as file:
        assert find_encoding(file, path) == encoding


def test_an_encoding_late_in_the_file(tmp_path):
    path = tmp_path / "my.csv"
    path.write_bytes(b"a,b\n" + b"1,x\n" * 600_000 + "2,東京\n".encode("cp932"))
    assert open_text_table(path).encoding == "cp932"


def test_short_words_of_kanji_are_not_rare_syllables_of_korean(rows):
    lines = [f"{i}人,{i / 7:.1f}％,▲{i / 9:.1f},第{i}位" for i in range(60)]
    text = "\n".join(["人数,率,増減,順位", *lines]) + "\n"
    assert rows(text.encode("cp932"))[:2] == ("cp932", ("人数", "率", "増減", "順位"))


def test_the_encoding_can_be_said(rows):
    content = "name,x\nMüller,1\n".encode("latin-1")
    assert rows(content, encoding="latin-1")[2] == [("Müller", "1")]
    with pytest.raises(DataError, match='unknown encoding "shift-jsi"'):
        rows(content, encoding="shift-jsi")
    with pytest.raises(DataError, match="text that is not utf-8"):
        rows(content, encoding="utf-8")


WIDE = ("utf-16-le", "utf-16-be")
NUMBERS = "time,°C\r\n" + "".join(f"{i},{i / 7:.3f}\r\n" for i in range(900))
PROSE = {
    "kana": "ひにち\tことば\nあした\tさくらがさいた\n",
    "kanji": "氏名,感想\n"
    + "上野,上下左右から一つ目の門を開けて不思議な国へ入った話\n" * 90,
    "hanzi": "一,上\r\n" + "不一,开上万一不上开一\r\n" * 90,
    "one row": "一,上\n",
    "numbers": NUMBERS,
    "emoji": "mark,text\n" + "😀,a😀\n" * 60,
}
TEXTS = [text for texts in SENTENCES.values() for text in texts] + [*PROSE.values()]


@pytest.mark.parametrize("encoding", WIDE)
@pytest.mark.parametrize("text", TEXTS)
def test_utf_16_without_a_byte_order_mark(rows, encoding, text):
    separator = "\t" if "\t" in text else ","
    head, *lines = [line.split(separator) for line in text.splitlines()]
    found, names, read = rows(text.encode(encoding))
    assert (found, list(names)) == (encoding, head)
    assert read == [tuple(line) for line in lines]
    assert rows(text.encode(encoding), encoding=encoding)[2] == read


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be", "utf-16-le"])
def test_an_encoding_that_is_told_may_have_bytes_of_0(rows, encoding):
    # Nothing of this is usual, so that it is not found out.
    text = "ꀀ,ꀁ\nꀂ,ꀃ\n"
    assert rows(text.encode(encoding), encoding=encoding)[2] == [("ꀂ", "ꀃ")]


rng = np.random.default_rng(0)
BINARY = {
    "random": rng.bytes(5000),
    "whole numbers": rng.integers(0, 200, 2000).astype(np.int16).tobytes(),
    "more whole numbers": rng.integers(0, 60000, 2000).astype(np.int32).tobytes(),
    "fractions": rng.normal(size=1000).astype(np.float32).tobytes(),
    "a sound": (3000 * np.sin(np.arange(4000) / 9)).astype(np.int16).tobytes(),
    "utf-32": NUMBERS.encode("utf-32-le"),
    "damaged": NUMBERS.encode().replace(b"7", b"\0"),
    "damaged ends": NUMBERS.encode().replace(b"\r\n", b"\0\n"),
    "damaged, Japanese": (JAPANESE * 20).encode("cp932").replace(b"5", b"\0"),
    "bitten": NUMBERS.encode("utf-16-le")[:1001] + NUMBERS.encode("utf-16-le")[1002:],
}


@pytest.mark.parametrize("content", BINARY)
def test_what_is_no_text_is_not_taken_for_utf_16(rows, content):
    with pytest.raises(DataError, match="a binary file"):
        rows(BINARY[content])


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_separators_are_recognised(rows, mark):
    text = f"a{mark}b{mark}c\n1{mark}2{mark}3\n"
    assert rows(text.encode())[1:] == (("a", "b", "c"), [("1", "2", "3")])


def test_a_separator_within_quotation_marks_is_none(rows):
    content = b'"a;b;c;d",e\n"x,\ny",2\n"he said ""no""",3\n'
    assert rows(content)[1:] == (
        ("a;b;c;d", "e"),
        [("x,\ny", "2"), ('he said "no"', "3")],
    )


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_blank_lines_and_ends_of_lines(rows, end):
    text = end.join(["a,b", "1,2", "", "3,4", "", "", ""])
    assert rows(text.encode())[2] == [("1", "2"), ("3", "4")]
    assert rows(text.rstrip().encode())[2] == [("1", "2"), ("3", "4")]


def test_missing_values(rows):
    words = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "?", "None"]
    content = "\n".join(["a,b", *(f"{word},1" for word in words)])
    assert {row[0] for row in rows(content.encode())[2]} == {None}


@pytest.mark.parametrize("pack", [gzip, bz2, lzma])
def test_packed_files(rows, pack):
    ending = {gzip: "gz", bz2: "bz2", lzma: "xz"}[pack]
    content = pack.compress(b"a,b\n1,2\n")
    assert rows(content, f"my.csv.{ending}")[2] == [("1", "2")]
    with pytest.raises(DataError, match="it cannot be read"):
        rows(content[:-12], f"my.csv.{ending}")


def test_blocks_never_cut_a_row(rows, monkeypatch):
    monkeypatch.setattr(pieces, "BLOCK", 64)
    monkeypatch.setattr(pieces, "FIRST", 16)
    wanted = [(f"line\n{i}" * (i % 3), str(i), "é") for i in range(200)]
    lines = [f'"{a}",{b},{c}' for a, b, c in wanted]
    found = rows("\n".join(["a,b,c", *lines]).encode())[2]
    assert found == [(a or None, b, c) for a, b, c in wanted]


WRONG = {
    "empty": (b"", "the file is empty"),
    "only a mark": (b"\xef\xbb\xbf", "the file is empty"),
    "blank": (b"\n \n", "the file is empty"),
    "too few": (b"a,b\n1,2\n3\n", "row 2 has 1 cell, and the table has 2"),
    "too many": (b"a,b\n1,2\n3,4,5\n", "row 2 has 3 cells"),
    "too few and too many": (b"a,b\n1\n3,4,5\n", "row 1 has 1 cell"),
    "open quotes": (b'a,b\n1,"2\n3,4\n', "quotation mark"),
    "binary": (b"\x00\x01\x02" * 9, "a binary file"),
    "parquet": (b"PAR1....", "this is a Parquet file"),
    "excel": (b"PK\x03\x04....", "Excel"),
}


@pytest.mark.parametrize("content", WRONG)
def test_damaged_tables(rows, content):
    content, message = WRONG[content]
    with pytest.raises(DataError, match=message):
        rows(content)


def test_only_names(rows):
    assert rows(b"a,b\n")[2] == rows(b"a,b")[2] == []


@pytest.mark.parametrize(
    ("head", "message"),
    [(b"", "first line is longer than 1 MiB"), (b"a,b\n", "a row is longer than 4")],
)
def test_an_endless_line_takes_no_memory(rows, tmp_path, head, message):
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(head + b"1")
        for _ in range(50):
            file.write(b"1," * (1 << 19))
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=message):
            list(open_text_table(path).blocks(dict))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # The file has 50 MiB; what is held are a few blocks of 4 MiB.
    assert peak < 25 << 20


@pytest.mark.parametrize("mark", ["ab", "", "、", '"', "\n", "a", "1"])
def test_what_no_separator_can_be(tmp_path, mark):
    (tmp_path / "a.csv").write_text("a;b\n1;2\n")
    with pytest.raises(DataError, match=r"^separator: got .*; need one character"):
        open_text_table(tmp_path / "a.csv", separator=mark)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><table><tr><td>x</td></tr></table>", "a page of HTML"),
        (b'\xef\xbb\xbf\r\n<!DOCTYPE html>\n<html lang="ja">', "a page of HTML"),
        (b'<?xml version="1.0"?>\n<Workbook>', "a page of HTML or XML"),
        (b'{"x": 1, "y": 2}\n{"x": 2, "y": 3}\n', "this is JSON"),
        (b'[\n  {"x": 1, "y": 2}\n]\n', "this is JSON"),
        (gzip.compress(b"x,y\n1,2\n", mtime=0), "its name must end in .gz"),
        (bz2.compress(b"x,y\n1,2\n"), "its name must end in .bz2"),
        (lzma.compress(b"x,y\n1,2\n"), "its name must end in .xz"),
    ],
)
def test_what_is_no_table_of_text_is_called_by_its_name(tmp_path, content, said):
    path = tmp_path / "my.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=said):
        open_text_table(path)
