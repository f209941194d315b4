"""Mutate tables as people and programs mutate them, and count what came of it.

python -m tests.fuzzing.tables --tables 10000 --seed 0 [--folder TABLES]
"""

import argparse
import random
import re
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import kobai
from kobai.data import load_table
from kobai.errors import KobaiError
from kobai.formats import Model
from kobai.formats.predictions import predict_table
from kobai.networks import suited

ROWS = 40
SLOW = 4
"""Seconds of the processor after which a small file hides a mistake; more per MB."""
TELLING = re.compile(
    r'columns? "|\b(row|line) \d|--\w|'
    r"\b(need|use|save|say|give|take|write|put|make|name|end|unpack|close)\b"
)
"""A refusal names a row or a column, or says what to do."""
INTERNAL = re.compile(
    r"<class|object at|NoneType|polars|\bdtype|codec|Traceback|ComputeError|"
    r"newline|new-line|\bNone\b"
)
UNREAD = re.compile(r'row [\d,]+ has "')


@dataclass
class Draft:
    """A table that is being mutated: cells, and how they will be written."""

    rows: list[list[str]]
    separator: str = ","
    ending: str = "\n"
    encoding: str = "utf-8"
    above: str = ""
    below: str = ""
    target: str = "y"


@dataclass(frozen=True)
class Mutated:
    """A file of a table, the column to predict, and what was done to it."""

    content: bytes
    target: str
    done: tuple[str, ...]


@dataclass(frozen=True)
class Came:
    """What came of a table: "learned", "refused", or what is wrong and where."""

    verdict: str
    detail: str = ""


# --- tables as they are at first


def plain(rng: random.Random) -> Draft:
    """Numbers, words and classes."""
    rows = [["a", "b", "word", "y"]]
    for i in range(ROWS):
        a, b = rng.gauss(0, 1), rng.randrange(100)
        rows.append([f"{a:.3f}", f"{b}", rng.choice("pqr"), ["no", "yes"][i % 2]])
    return Draft(rows)


def german(rng: random.Random) -> Draft:
    """Decimal commas, thousands with points, dates with points."""
    rows = [["Größe", "Preis", "Datum", "y"]]
    for i in range(ROWS):
        price = f"{rng.uniform(1000, 90000):,.2f}".translate({44: ".", 46: ","})
        day = f"{i % 28 + 1:02}.{i % 12 + 1:02}.2023"
        rows.append([f"{rng.gauss(5, 1):.2f}".replace(".", ","), price, day, f"{i},5"])
    return Draft(rows, ";", "\r\n", "cp1252")


def prices(rng: random.Random) -> Draft:
    """Dollars, percent, units, brackets for what is below 0."""
    rows = [["cost", "share", "weight", "gain", "y"]]
    for _ in range(ROWS):
        cost, gain = rng.uniform(10, 9000), rng.gauss(0, 500)
        written = f"({-gain:.0f})" if gain < 0 else f"{gain:.0f}"
        share, weight = rng.randrange(100), rng.uniform(1, 90)
        head = [f'"${cost:,.2f}"', f"{share}%", f"{weight:.1f} kg", written]
        rows.append([*head, f"{cost + gain:.1f}"])
    return Draft(rows, above="Costs of 2023\n\n", below="Total,,,,123\n")


def texts(rng: random.Random) -> Draft:
    """Sentences, times and truths."""
    words = [
        "a",
        "good",
        "day",
        "for",
        "old",
        "ships",
        "and",
        "new",
        "harbours",
        "in",
        "the",
        "rain",
    ]
    rows = [["note", "at", "is new", "y"]]
    for i in range(ROWS):
        note = " ".join(rng.choices(words, k=7))
        at = f"2024-{i % 12 + 1:02}-{i % 28 + 1:02} {i % 24:02}:15"
        rows.append(
            [f'"{note}, {note[:9]}"', at, rng.choice(["True", "False"]), f"{i}"]
        )
    return Draft(rows, ending="\r\n")


def japanese(rng: random.Random) -> Draft:
    """Shift-JIS, dates in kanji, a column of two spellings for missing."""
    rows = [["日付", "店名", "売上", "y"]]
    for i in range(ROWS):
        day = f"2023年{i % 12 + 1}月{i % 28 + 1}日"
        sold = rng.choice([f"{rng.randrange(9999)}円", "不明", "-"])
        rows.append([day, rng.choice(["東京", "大阪", "京都"]), sold, f"{i % 3}"])
    return Draft(rows, encoding="cp932")


def gaps(rng: random.Random) -> Draft:
    """Blanks for separators, codes with leading zeros, missing cells."""
    rows = [["id", "code", "x1", "y"]]
    for i in range(ROWS):
        x = rng.choice(["NA", "-999", f"{rng.random():.4f}"])
        rows.append([f"{i}", f"{i % 7:05}", x, f"{rng.random():.3f}"])
    return Draft(rows, "\t")


SEEDS: list[Callable[[random.Random], Draft]] = [
    plain,
    german,
    prices,
    texts,
    japanese,
    gaps,
]


def from_file(path: Path, rng: random.Random) -> Draft:
    """Rows of a public table, whose last column is the target."""
    lines = path.read_text("utf-8", errors="replace").splitlines()
    start = rng.randrange(1, max(2, len(lines) - ROWS))
    separator = max(",;\t", key=lines[0].count)
    rows = [line.split(separator) for line in [lines[0], *lines[start : start + ROWS]]]
    return Draft(rows, separator, target=rows[0][-1].strip('"'))


# --- what is done to them

NUMBERS = [
    "1e400",
    "-1e308",
    "inf",
    "-inf",
    "nan",
    "1_000",
    "0x1F",
    "1,2,3",
    "1.2.3",
    "٣٫٥",
]
NUMBERS += [
    "１２３",
    "1 234",
    "1.234,5",
    "½",
    "5e",
    "--3",
    "+",
    ".",
    "1e-400",
    "9" * 400,
]
NUMBERS += [
    "12:30",
    "31.02.2024",
    "2024-13-45",
    "00/00/0000",
    "=1+1",
    "#DIV/0!",
    "1e5 kg",
]
NUMBERS += ["€12", "12%", "(3)", "−5", "1'000", "0007", "TRUE", "99999-01-01", "3 / 4"]
WORDS = ["", " ", "\t", "NA", "-", "?", "NULL", "\u200b", "\ufeff", "\xa0", "a\nb", '"']
WORDS += [
    '""',
    'a"b',
    "'",
    "\\",
    "\\n",
    "x" * 70_000,
    "😀",
    "ا",
    "\0",
    "\x1b[2J",
    "\x1a",
]
WORDS += ["a,b;c\td", "[red]", "%s{0}", "y", "../..", "\r", "\u2028", "\x85", "ﬀ", "é"]
NAMES = ["", " ", "y", "a", "a.1", "1", "2024", "x" * 300, "\0", "[bold]", "é", '"']
JUNK = ["\n", ",,,\n", "Notes: see below\n", "# made by hand\n", "----\n", "\0\0\n"]
JUNK += ["kg,m,,\n", "sep=;\n", "y\n", '"\n', "Sum,,9,9\n", "\t\n", ";;;;;;;;;;;\n"]
ENCODINGS = ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "gbk", "cp932"]
ENCODINGS += ["latin-1", "big5", "euc-jp", "cp949", "cp1251", "utf-7", "cp037"]

Mutation = Callable[[Draft, random.Random], None]


def _place(draft: Draft, rng: random.Random) -> tuple[int, int]:
    full = [i for i, row in enumerate(draft.rows) if row]
    row = rng.choice(full) if full else 0
    return row, rng.randrange(len(draft.rows[row])) if full else 0


def cell(draft: Draft, rng: random.Random) -> None:
    """Put something strange into a few cells."""
    for _ in range(rng.choice([1, 1, 3])):
        row, column = _place(draft, rng)
        draft.rows[row][column : column + 1] = [rng.choice(NUMBERS + WORDS)]


def column(draft: Draft, rng: random.Random) -> None:
    """Put something strange into most cells of a column."""
    others = rng.sample(NUMBERS + WORDS, rng.choice([1, 1, 2, 5]))
    share, place = rng.choice([0.2, 0.7, 1.0]), _place(draft, rng)[1]
    for row in draft.rows[1:]:
        if place < len(row) and rng.random() < share:
            row[place] = rng.choice(others)


def rewritten(draft: Draft, rng: random.Random) -> None:
    """Write the cells of a column otherwise."""
    forms = [
        "{} kg",
        "${}",
        "{}%",
        "({})",
        '"{}"',
        " {} ",
        "~{}",
        "{}*",
        "00{}",
        "{}e3",
    ]
    forms += ["{},5", "{}.000", "'{}", "{}\xa0€", "<{}", "{}:00", "{}-01-02", "{}\0"]
    form, share, place = rng.choice(forms), rng.choice([0.3, 1]), _place(draft, rng)[1]
    for row in draft.rows[1:]:
        if place < len(row) and rng.random() < share:
            row[place] = form.format(row[place])


def ragged(draft: Draft, rng: random.Random) -> None:
    """Add or leave out cells in rows."""
    for _ in range(rng.choice([1, 1, 4, 30])):
        row, place = _place(draft, rng)
        if rng.random() < 0.5:
            draft.rows[row].insert(place, rng.choice(WORDS + NUMBERS))
        else:
            del draft.rows[row][place : place + rng.choice([1, 1, 9])]


def lines(draft: Draft, rng: random.Random) -> None:
    """Double, cut, empty, move or leave out rows."""
    place, count = rng.randrange(len(draft.rows)), rng.choice([1, 1, 5, 38, 99])
    some = [list(row) for row in draft.rows[place : place + count]]
    match rng.randrange(5):
        case 0:
            draft.rows[place:place] = some
        case 1:
            draft.rows[place : place + count] = []
        case 2:
            draft.rows[place : place + count] = [[""] for _ in some]
        case 3:
            rng.shuffle(draft.rows)
        case 4:
            draft.rows += [list(row) for row in draft.rows] * rng.choice([1, 5])
    draft.rows = draft.rows or [[]]


def header(draft: Draft, rng: random.Random) -> None:
    """Change, double, empty or leave out names."""
    names = draft.rows[0]
    match rng.randrange(5):
        case 0 if names:
            names[rng.randrange(len(names))] = rng.choice(NAMES)
        case 1 if names:
            names[rng.randrange(len(names))] = rng.choice(names)
        case 2:
            draft.rows[0] = [rng.choice(NAMES) for _ in names]
        case 3:
            del draft.rows[0]
            draft.rows = draft.rows or [[]]
        case _:
            draft.rows.insert(rng.randrange(len(draft.rows)), list(names))


def separators(draft: Draft, rng: random.Random) -> None:
    """Write it with other separators, or some rows of it."""
    draft.separator = rng.choice([",", ";", "\t", "|", " ", "  ", ", ", ":", "^", "\0"])


def endings(draft: Draft, rng: random.Random) -> None:
    """End its lines otherwise."""
    draft.ending = rng.choice(["\n", "\r\n", "\r", "\n\n", "\r\r\n", "\n\r", "\x0b"])


def around(draft: Draft, rng: random.Random) -> None:
    """Put lines above or below it."""
    text = "".join(rng.choices(JUNK, k=rng.choice([1, 2, 9])))
    if rng.random() < 0.5:
        draft.above = text + draft.above
    else:
        draft.below += text


def encoding(draft: Draft, rng: random.Random) -> None:
    """Write it in another encoding."""
    draft.encoding = rng.choice(ENCODINGS)


def quotes(draft: Draft, rng: random.Random) -> None:
    """Quote all cells, or open a quote that nothing closes."""
    if rng.random() < 0.5:
        mark = rng.choice(['"', "'", "“"])
        draft.rows = [[f"{mark}{c}{mark}" for c in row] for row in draft.rows]
    else:
        row, place = _place(draft, rng)
        draft.rows[row][place : place + 1] = [f'"{rng.choice(WORDS)}']


def wide(draft: Draft, rng: random.Random) -> None:
    """Add very many columns, or one again and again."""
    count, word = rng.choice([1, 20, 300]), rng.choice(NUMBERS + WORDS)
    for i, row in enumerate(draft.rows):
        row[:0] = [f"n{j}" if not i else word for j in range(count)]


def target(draft: Draft, rng: random.Random) -> None:
    """Ask for another column."""
    known = draft.rows[0] or [""]
    both = f"{draft.target},{rng.choice(known)}"
    draft.target = rng.choice([*known, both, both, rng.choice(NAMES)])


MUTATIONS: list[Mutation] = [
    cell,
    column,
    rewritten,
    ragged,
    lines,
    header,
    separators,
    endings,
    around,
    encoding,
    quotes,
    wide,
    target,
]


def bitten(content: bytes, rng: random.Random) -> bytes:
    """Return bytes of which a few are others, more, or fewer."""
    data = bytearray(content)
    at = rng.randrange(len(data) + 1)
    match rng.randrange(4):
        case 0:
            data[at : at + 1] = bytes([rng.randrange(256)])
        case 1:
            del data[at : at + rng.choice([1, 3, len(data)])]
        case 2:
            data[at:at] = rng.choice([b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"\n"])
        case 3:
            data[at:at] = data[: rng.choice([9, 99])]
    return bytes(data)


def mutated(number: int, folder: Path | None = None) -> Mutated:
    """Return the table of a number: a seed, one to four things done to it."""
    rng = random.Random(number)
    files = sorted(folder.glob("*.csv")) if folder else []
    first = rng.choice([*SEEDS, *files])
    draft = from_file(first, rng) if isinstance(first, Path) else first(rng)
    done = [first.stem if isinstance(first, Path) else first.__name__]
    for mutation in rng.choices(MUTATIONS, k=rng.choice([1, 1, 2, 3])):
        done.append(mutation.__name__)
        mutation(draft, rng)
    body = draft.ending.join(map(draft.separator.join, draft.rows))
    text = f"{draft.above}{body}{draft.ending}{draft.below}"
    content = text.encode(draft.encoding, errors="replace")
    if rng.random() < 0.2:
        done.append("bitten")
        content = bitten(content, rng)
    return Mutated(content, draft.target, tuple(done))


# --- what comes of them


def came_of(table: Mutated, path: Path, steps: int = 0) -> Came:
    """Load a table, train on it for some steps, and predict it, or be refused."""
    start = time.process_time()
    came = _came_of(table, path, steps)
    seconds = time.process_time() - start
    most = SLOW + 3e-6 * len(table.content)
    return Came("slow", f"{seconds:.1f} s") if seconds > most else came


def _came_of(table: Mutated, path: Path, steps: int) -> Came:
    path.write_bytes(table.content)
    before = sorted(path.parent.iterdir())
    try:
        data = load_table(path, table.target)
    except KobaiError as error:
        left = sorted(path.parent.iterdir()) != before
        return _refused(str(error), path) if not left else Came("left something", "")
    except Exception as error:
        return Came("crash", _told(error))
    return _learned(data, path, steps)


def _refused(text: str, path: Path) -> Came:
    if INTERNAL.search(text.replace(str(path), "")):
        return Came("an inner message", text)
    if not TELLING.search(text):
        return Came("no remedy", text)
    return Came("refused", text)


def _learned(data: Any, path: Path, steps: int) -> Came:
    for x in (data.x_train, data.x_test):
        if x.shape[1] != data.columns.width or not np.isfinite(x).all():
            return Came("no numbers", f"{data.columns.features}")
    network, settings = suited(data, members=1)
    try:
        if steps:
            given = {**settings, "epochs": None, "steps": steps, "engine": "eager"}
            kobai.train(network, data, **given, progress=False)
        # Whatever it predicts: that the rows are read is the matter.
        predicted = predict_table(Model.of(network, data), path)
    except KobaiError as error:
        # A cell that is none counts as missing in training, and is told of; in new
        # rows it is an error.
        is_known = UNREAD.search(str(error)) and data.notes
        verdict = "learned" if is_known else "trained on, and then refused"
        return Came(verdict, str(error))
    except Exception as error:
        return Came("crash", _told(error))
    few = len(predicted) < len(data.x_train) + len(data.x_test)
    return Came("rows lost", f"{len(predicted)}") if few else Came("learned")


def _told(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "kobai" in f.filename or f is frames[0]][-1]
    where = f"{Path(ours.filename).name}:{ours.lineno}"
    return f"{type(error).__name__} in {where}: {str(error)[:200]}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Load mutated tables.")
    parser.add_argument("--tables", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="public tables, as seeds as well")
    parser.add_argument("--steps", type=int, default=0, help="train each so long")
    parser.add_argument("--examples", type=int, default=3, help="shown of each kind")
    arguments = parser.parse_args()
    first = arguments.seed * 10_000_000
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    refusals: Counter[str] = Counter()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, first + arguments.tables):
            table = mutated(number, arguments.folder)
            came = came_of(table, Path(folder) / "t.csv", arguments.steps)
            found[came.verdict].append((number, came.detail))
            if came.verdict == "refused":
                refusals[re.sub(r'".*?"|\d[\d,.]*|/\S+', "#", came.detail)[:110]] += 1
    seconds = time.perf_counter() - start
    counts = {kind: len(each) for kind, each in found.items()}
    print(f"{arguments.tables} tables in {seconds:.0f} s:", counts)
    for text, count in refusals.most_common():
        print(f"  {count:6} {text!r}")
    for kind in sorted(set(found) - {"learned", "refused"}):
        print(f"\n=== {len(found[kind])} x {kind}")
        for number, detail in found[kind][: arguments.examples]:
            print(f"--- {number} {mutated(number, arguments.folder).done}\n{detail}")
    return bool(set(found) - {"learned", "refused"})


if __name__ == "__main__":
    raise SystemExit(main())
