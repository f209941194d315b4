"""Kobai's own reading of tables as the text of a program that has no Kobai.

A rule for cells is written once, in the functions that are copied from here; what was
decided of each column, an exported program has as data.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from kobai import errors
from kobai.data import damage, refusals
from kobai.data.tables import cells, foreign, new_rows
from kobai.data.tables.reading import compounds, dates, grams, singly, tidy
from kobai.data.tables.text import delimited, encodings, layout, pieces
from kobai.formats import records
from kobai.formats.exporting.facts import WIDTH

SIGNATURE = re.compile(r"def (\w+)\(([^)]*)\):\n")
Named = ast.Assign | ast.AnnAssign | ast.FunctionDef | ast.ClassDef

# What is copied: everything between the bytes of a file and its raw rows.
COPIED: dict[ModuleType, str] = {
    errors: "SYNONYMS suggest meant _plain _initials",
    refusals: "MOST_CELLS few",
    damage: "MOST_UNPACKED MOST_TIMES check_unpacked readable _why",
    encodings: "SAMPLE BEGINNING MOST_BYTES MOST_CHAOS SAME_CHAOS MOSTLY_COMMON "
    "HALF_COMMON ENCODINGS CANDIDATES LATIN OF_TWO_BYTES WIDE MOSTLY_USUAL "
    "_USUAL _CONTROL BOMS checked_encoding find_encoding wide_encoding _usual_share "
    "_by_looks _likely _latin _decoded _common_japanese _common_chinese "
    "_common_korean _not_ascii",
    dates: "MONTHS ERAS AFTERNOON CENTURY field_number month_number days_of _days "
    "_weekday _calendar _cycle _of_year _of_week _of_day PARTS part",
    layout: "SEPARATORS SPACES MOST_LINES COMMENTS SEP CONSISTENT NUMERIC MOST_UNITS "
    "LONGEST_UNIT MOST_TWICE LONGEST_SHOWN LONGEST_RECORD LINE "
    "_VAGUE _IN_QUOTES _NUMBER _DATE Layout Record _usual _shown "
    "find_layout checked_separator _first_records _without_comments _separator _share "
    "_first_row _has_all _check_names _are_groups _are_names _has_header _are_years "
    "_numeric_columns is_number _is_vague _are_units _names _unique _notes_above "
    "_without_header",
    pieces: "BLOCK FIRST PICTURES KINDS OF_ZEROS opened _check_memory check_beginning "
    "utf8 without_start _zeros with_end whole_rows _end_of_last",
    delimited: "LONGEST_HEADER MOST_BELOW TOTAL SUMMARIES REMARK _RUNS _EDGES "
    "_BLANK_LINES mark_of row_blocks _cleaned _note _checked _bare _is_even "
    "_without_footer _without_padding _cells _without_totals _is_total _digits "
    "_check_counts cell_pattern _check_quotes open_text_table _torn _head",
    cells: "MOST_SHOWN shortened no_number no_rows too_large_number",
    new_rows: "MOST_NAMES lacking _list spelled _spellings",
    foreign: "is_missing word_of",
    compounds: "RANGE",
    tidy: "USUAL_FOR FULL_BOOLEANS BOOLEANS _STYLES TICKS BLANK _ARE_TOGETHER meanings "
    "tidied",
    grams: "SPACELESS words_in grams_of place_of text_numbers",
    singly: "VAGUE EPOCH DAY text_in number_in plain_number number_of signed_number "
    "middle_of moments_in typed_moment",
    records: "raw_rows _cells_of code_of numbers_of texts_of dates_of no_cell "
    "split_rows",
}

# What the copied functions read: a table, and how the one of the training was written.
TABLE = """\
TextTable = collections.namedtuple("TextTable", "path encoding layout notes")
Writing = collections.namedtuple("Writing", "separator encoding header")"""

IMPORTS = (
    "codecs collections contextlib csv dataclasses datetime decimal itertools logging "
    "math numbers os pathlib re unicodedata zlib"
)


@cache
def reader_source() -> str:
    """Return the constants and functions that a program needs to read tables."""
    constants, others = [TABLE], list[str]()
    for module in COPIED:
        for node, text in _copied(module):
            is_constant = isinstance(node, ast.Assign | ast.AnnAssign)
            # Some constants are made of functions.
            is_first = is_constant and "_cycle(" not in text
            (constants if is_first else others).append(text)
    # Whoever uses the program has no use for the errors of Kobai.
    first = ["KobaiError = ValueError", "DataError = ValueError", *constants]
    return "\n\n\n".join(["\n".join(first), *others])


def _copied(module: ModuleType) -> Iterator[tuple[Named, str]]:
    text = inspect.getsource(module)
    nodes = {_name(n): n for n in ast.parse(text).body if isinstance(n, Named)}
    for name in COPIED[module].split():
        yield nodes[name], _plain(text, nodes[name])


def _name(node: Named) -> str:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return target.id if isinstance(target, ast.Name) else ""


def _plain(text: str, node: Named) -> str:
    """Return a source without examples, and without the names in annotations."""

    def source(part: ast.AST) -> str:
        return ast.get_source_segment(text, part) or ""

    found = source(node)
    if isinstance(node, ast.Assign):
        return found
    if isinstance(node, ast.AnnAssign):
        return found.replace(f": {source(node.annotation)} =", " =", 1)
    decorators = [f"@{source(each)}\n" for each in node.decorator_list]
    if isinstance(node, ast.ClassDef):
        return "".join([*decorators, found])
    for part in ast.walk(node):
        if isinstance(part, ast.arg) and part.annotation:
            typed = f"{part.arg}: {source(part.annotation)}"
            found = found.replace(f"{typed} = ", f"{part.arg}=", 1)
            found = found.replace(typed, part.arg, 1)
        elif isinstance(part, ast.AnnAssign):
            found = found.replace(f": {source(part.annotation)} =", " =", 1)
        elif isinstance(part, ast.FunctionDef) and part.returns:
            found = found.replace(f" -> {source(part.returns)}:", ":", 1)
    found = SIGNATURE.sub(_on_one_line, found, count=1)
    return "".join([*decorators, _without_examples(found, ast.get_docstring(node))])


def _on_one_line(signature: re.Match[str]) -> str:
    line = f"def {signature[1]}({' '.join(signature[2].split()).rstrip(',')}):\n"
    return line if len(line) <= WIDTH else signature[0]


def _without_examples(source: str, docstring: str | None) -> str:
    """Return the source of a function without the examples in its docstring."""
    if docstring is None or ">>>" not in docstring:
        return source
    start = source.index("\n\n    >>>")
    end = source.index('"""', start)
    lines = source[:start].count("\n", source.index('"""'))
    return source[:start] + "\n    " * bool(lines) + source[end:]
