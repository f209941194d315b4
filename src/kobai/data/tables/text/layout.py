"""Where the table begins in a text file, what parts its cells, what its columns are."""

import collections
import csv
import dataclasses
import itertools
import re
from collections.abc import Collection, Sequence
from pathlib import Path

from kobai.data.tables.reading.dates import ERAS
from kobai.data.tables.reading.missing import AMONG_NUMBERS, MISSING
from kobai.errors import DataError

SEPARATORS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas"}
"""A file that has two of them in every row is parted by the first of these."""
SPACES = " "
"""Stands for any number of blanks between two cells."""
MOST_TWICE = 5
"""So many columns of one name are told of singly."""
MOST_LINES = 200
COMMENTS = ("#", "%", "//", "!", "'#", '"#')
SEP = re.compile(r'"?sep=([!#-/:-@[-`{-~\t ])"?', re.IGNORECASE)
CONSISTENT = 0.8
NUMERIC = 0.9
LONGEST_UNIT = 15
MOST_UNITS = 3
"""So many rows between the names and the data may say what the numbers are."""
LONGEST_SHOWN = 50
LONGEST_RECORD = 10_000
LINE = re.compile(r"[-+=_|:,; \t]*[-=_]{2}[-+=_|:,; \t]*")
"""What is drawn below the names, as in Markdown and by programs for databases."""
_VAGUE = frozenset((*MISSING, *AMONG_NUMBERS))
_IN_QUOTES = re.compile('"[^"]*"')
_NUMBER = re.compile(
    r"[-+(]?\s*[^\w\s]?\s*[-+]?\d[\d.,'’ ]*([eE][-+]?\d+)?\s*(%|[^\W\d]{1,3}\d?)?\)?"
    r"|[-+]?[.,]\d+"
)
_DATE = re.compile(
    r"\d{1,4}[-/.年:]\d{1,2}([-/.月:]\d{1,4}日?)?([T ]\d.*)?"
    rf"|({'|'.join(ERAS)})\.? ?(\d{{1,3}}|元)(年(度|\d.*)?|([-/.]\d{{1,2}}){{2}})"
)


@dataclasses.dataclass(frozen=True)
class Layout:
    """How a text file holds its table.

    `start` is where the first row of data begins, in bytes of the text as UTF-8;
    `header` is the line of names, by which its repetitions are known. `notes` say what
    was taken for something else than a row.
    """

    separator: str
    names: tuple[str, ...]
    start: int = 0
    header: bytes = b""
    quotes_after_blanks: bool = False
    notes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Record:
    """A line of a file, or several where quotation marks hold them together."""

    text: str
    start: int
    end: int

    def cells(self, separator: str) -> list[str]:
        """Return what stands between the separators, without blanks around it."""
        line = " ".join(self.text.split()) if separator == SPACES else self.text
        reader = csv.reader([line], delimiter=separator, skipinitialspace=True)
        # Some programs put a byte order mark before another one.
        return [cell.strip("\ufeff").strip() for cell in next(reader, [])]


def find_layout(
    head: str,
    path: Path,
    separator: str | None = None,
    header: bool | None = None,
    wanted: Collection[str] = (),
) -> Layout:
    r"""Return how a file is laid out, as its beginning shows.

    `separator` and `header` are what the user says; `wanted` are names that a header
    is known by. Raises `DataError` where there is no table.

    >>> layout = find_layout("Sales 2024\nx;y\nkg;m\n1;2\n3;4\n", Path("my.csv"))
    >>> layout.separator, layout.names, layout.notes
    (';', ('x', 'y'), ('left out above the table: "Sales 2024"', 'units: kg, m'))
    """
    above, told, records = _without_comments(_first_records(head))
    separator = separator or told or _separator(records)
    rows = [record.cells(separator) for record in records]
    width = collections.Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
    if not width:
        raise DataError(f"{path}: has no rows; need the columns' names and rows below")
    first = _first_row(rows, width, wanted)
    _check_names(rows[: first + 1], width, wanted, path)
    notes = _notes_above([*above, *(record.text for record in records[:first])])
    records, rows = records[first:], rows[first:]
    if header if header is not None else _has_header(rows, wanted):
        names, more = _names(rows, width)
        notes += more
        start, line = records[0].end, records[0].text.encode()
        # A logger writes below them how it measured: "Avg", "Max".
        units = 0
        while units < min(MOST_UNITS, len(rows) - 1):
            is_line = bool(LINE.fullmatch(records[units + 1].text))
            if not (is_line or _are_units([rows[0], *rows[1 + units :]])):
                break
            units += 1
            words = ", ".join(filter(None, rows[units]))
            notes += [] if is_line else [f"units: {_shown(words)}"]
            start = records[units].end
    else:
        names, start, line = [str(i + 1) for i in range(width)], records[0].start, b""
        notes += [_without_header(rows[0])] * (header is None)
    unique, twice = _unique(names)
    return Layout(
        separator,
        unique,
        start,
        line,
        separator != SPACES and f'{separator} "' in head,
        (*notes, *twice),
    )


def checked_separator(mark: str) -> str:
    r"""Return a mark that a user names for what parts cells, or raise `DataError`.

    >>> checked_separator("~"), checked_separator(r"\t")
    ('~', '\t')
    """
    mark = {"\\t": "\t", "tab": "\t"}.get(mark, mark)
    if not re.fullmatch(r"[!#-/:-@[-`{-~\t ]", mark):
        raise DataError(
            f"separator: got {mark!r}; need one character of ASCII that is no letter, "
            r'digit or quotation mark, such as ; or | or "\t"'
        )
    return mark


def _first_records(head: str) -> list[Record]:
    """Return the first lines; a line's end in quotation marks is none."""
    found: list[Record] = []
    text, start, end = "", 0, 0
    for line in re.findall(r"[^\n]*\n|[^\n]+", head):
        text += line
        end += len(line.encode())
        if text.count('"') % 2 and len(text) < LONGEST_RECORD:
            continue
        if text.strip():
            found.append(Record(text.strip("\r\n"), start, end))
        text, start = "", end
        if len(found) == MOST_LINES:
            break
    return found


def _without_comments(
    records: list[Record],
) -> tuple[list[str], str, list[Record]]:
    """Return the comments above a table, the separator that one says, and the rest.

    A comment right above rows that it has as many names for is their header.
    """
    told = ""
    if records and (match := SEP.fullmatch(records[0].text.strip())):
        told, records = match[1], records[1:]
    count = 0
    while count < len(records) and records[count].text.lstrip().startswith(COMMENTS):
        count += 1
    if 0 < count < len(records):
        last = records[count - 1]
        bare = Record(last.text.lstrip("#%!/ '\""), last.start, last.end)
        separator = told or _separator(records[count:])
        names, row = bare.cells(separator), records[count].cells(separator)
        if len(names) == len(row) > 1 and not any(map(is_number, names)):
            return (
                [r.text for r in records[: count - 1]],
                told,
                [bare, *records[count:]],
            )
    return [record.text for record in records[:count]], told, records[count:]


def _separator(records: Sequence[Record]) -> str:
    """Return what parts the cells of most rows into the same number of them."""
    bare = [_IN_QUOTES.sub("", record.text) for record in records]
    shares = {mark: _share([line.count(mark) for line in bare]) for mark in SEPARATORS}
    best = max(shares, key=lambda mark: shares[mark])
    # A mark that the names lack may be one of decimals.
    is_doubtful = shares[best] < CONSISTENT or best not in bare[0]
    if is_doubtful:
        blanks = [len(line.split()) - 1 for line in bare]
        # A blank in a name stands where there are more marks: Area 3,1.5,2.
        are_more = _usual(blanks) + 1 >= _usual([line.count(best) for line in bare])
        if are_more and _share(blanks) > shares[best] and _share(blanks) >= CONSISTENT:
            return SPACES
    return best if shares[best] else ","


def _share(counts: Sequence[int]) -> float:
    """Return how large a part of the rows has the most frequent number of marks."""
    return counts.count(_usual(counts)) / len(counts) if any(counts) else 0.0


def _usual(counts: Sequence[int]) -> int:
    """Return the most frequent number of marks, of those rows that have one."""
    found = collections.Counter(filter(None, counts))
    return max(found, key=lambda count: found[count], default=0)


def _first_row(rows: Sequence[list[str]], width: int, wanted: Collection[str]) -> int:
    """Return the index of the first row of the table: above it are titles."""
    for index, row in enumerate(rows):
        # Titles may follow one another, and a row of separators end them.
        rest = [row for row in rows[index + 1 :] if sum(map(bool, row)) > 1]
        below = rest[0] if rest else []
        lacks_one = len(row) == width - 1 >= 2 and len(below) == width
        # A title of several cells may have as many by chance; names of rows have no
        # unit.
        is_title = _are_names(rest) and (below[0] or not _has_all(row, wanted))
        if len(row) != width and (not lacks_one or is_title):
            continue
        is_title = width > 1 and sum(map(bool, row)) <= 1 < sum(map(bool, below))
        if not (is_title or _are_groups(rows[index:], width)) or len(below) != width:
            return index
    return 0


def _has_all(row: Sequence[str], wanted: Collection[str]) -> bool:
    return bool(wanted) and set(wanted) <= set(row)


def _check_names(
    rows: Sequence[list[str]], width: int, wanted: Collection[str], path: Path
) -> None:
    """Refuse names that were taken for a title, as there are not enough of them."""
    *titles, first = rows
    for row in titles:
        if len(row) < width and _has_all(row, wanted) and not _has_all(first, wanted):
            raise DataError(
                f'{path}: the line "{_shown(", ".join(row))}" has {len(row)} names, '
                f"and the rows below it have {width} cells; give each column a name"
            )


def _are_groups(rows: Sequence[list[str]], width: int) -> bool:
    """Tell whether the first row has headings of groups, and the next one all names.

    It has gaps where the next row has none, and says less than that, which is of words,
    above columns of numbers that begin below it.
    """
    if len(rows) < 4 or not len(rows[0]) == len(rows[1]) == width:
        return False
    groups, names = rows[:2]
    # One name may stand above several: of a station, or of a year.
    different = len(set(filter(None, groups)))
    has_gaps = 0 < different <= width - 2 and not all(groups)
    are_words = all(cell and not is_number(cell) for cell in names)
    return has_gaps and are_words and bool(_numeric_columns(rows[2:]))


def _are_names(rows: Sequence[list[str]]) -> bool:
    """Tell whether the first row has words above all columns of numbers."""
    numeric = [j for j in _numeric_columns(rows[1:]) if j < len(rows[0])]
    cells = [rows[0][j] for j in numeric]
    return bool(cells) and all(
        cell and not is_number(cell) and not _is_vague(cell) for cell in cells
    )


def _has_header(rows: Sequence[list[str]], wanted: Collection[str]) -> bool:
    """Tell whether the first row has names: words above numbers, or what is wanted."""
    first, below = rows[0], rows[1:]
    if not below or (wanted and set(wanted) <= set(_unique(first)[0])):
        return True
    numeric = [j for j in _numeric_columns(below) if j < len(first)]
    cells = [first[j] for j in numeric]
    if not cells or any(
        cell and not is_number(cell) and not _is_vague(cell) for cell in cells
    ):
        return True
    return _are_years(cells)


def _are_years(cells: Sequence[str]) -> bool:
    """Tell whether numbers are names of columns: 2019, 2020, 2021."""
    if len(cells) < 3 or not all(cell.isdigit() for cell in cells):
        return False
    steps = {int(b) - int(a) for a, b in itertools.pairwise(cells)}
    return len(steps) == 1 and steps != {0}


def _numeric_columns(rows: Sequence[list[str]]) -> list[int]:
    """Return which columns hold numbers in nearly all rows."""
    found = []
    for j in range(max(map(len, rows), default=0)):
        cells = [row[j] for row in rows if len(row) > j and not _is_vague(row[j])]
        if cells and sum(map(is_number, cells)) >= NUMERIC * len(cells):
            found.append(j)
    return found


def is_number(cell: str) -> bool:
    """Tell whether a cell looks like a number or a date that somebody wrote.

    >>> [is_number(cell) for cell in ("$1,200", "12 kg", "2024-01-31", "R5.4.1", "kg")]
    [True, True, True, True, False]
    """
    return bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))


def _is_vague(cell: str) -> bool:
    return cell in _VAGUE


def _are_units(rows: Sequence[list[str]]) -> bool:
    """Tell whether the row below the names has units, above columns of numbers."""
    if len(rows) < 3:
        return False
    row, below = rows[1], rows[2:]
    numeric = [j for j in _numeric_columns(below) if j < len(row)]
    cells = [row[j] for j in numeric]
    others = [cell for j, cell in enumerate(row) if j not in numeric and cell]
    words = [cell for cell in cells if cell and not is_number(cell)]
    # Longer words, above all numbers, are what the names mean.
    are_short = all(len(cell) <= LONGEST_UNIT for cell in row)
    are_short |= len(words) == len(cells) > 1
    has_several = len(words) > 1 or (len(words) == 1 and not others)
    is_clear = all(not is_number(cell) for cell in cells) and not any(
        cell and _is_vague(cell) for cell in words
    )
    return are_short and has_several and is_clear


def _names(rows: Sequence[list[str]], width: int) -> tuple[list[str], list[str]]:
    """Return the names, one more where the rows have one cell more than the header."""
    names = rows[0]
    if len(names) == width:
        return names, []
    below = [row for row in rows[1:] if len(row) == width]
    if not any(row[-1] for row in below):
        return [*names, ""], ["rows end in a separator"]
    note = 'the header has one name less than the rows have cells: the first is "row"'
    return ["row", *names], [note]


def _unique(names: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the names, those without one or with another's numbered."""
    found: dict[str, None] = {}
    counts: dict[str, int] = {}
    twice = []
    for index, name in enumerate(names, start=1):
        unique = wanted = name or f"column {index}"
        while unique in found:
            # Counted on, so that thousands of one name take no time.
            counts[wanted] = counts.get(wanted, 1) + 1
            unique = f"{wanted} ({counts[wanted]})"
        if unique != wanted:
            twice.append(f'two columns are called "{wanted}": one is now "{unique}"')
        found[unique] = None
    if more := twice[MOST_TWICE:]:
        twice[MOST_TWICE:] = [f"{len(more):,} columns more are numbered so"]
    return tuple(found), twice


def _notes_above(lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    first = _shown(lines[0].strip(",;\t "))
    more = f" and {len(lines) - 1} more" * (len(lines) > 1)
    return [f'left out above the table: "{first}"{more}']


def _shown(text: str) -> str:
    """Return a text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SHOWN else f"{line[: LONGEST_SHOWN - 1]}…"


def _without_header(row: Sequence[str]) -> str:
    example = ", ".join(row[:3]) + ", …" * (len(row) > 3)
    return (
        f'the first line looks like data ("{example}"), so the columns are called 1, '
        "2, …; if it has their names: --header"
    )
