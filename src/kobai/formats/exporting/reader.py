"""Kobai's own reading of tables as the text of a program that has no Kobai.

A rule for cells is written once, in the functions that are copied from here and in
`CELLS`; an exported program follows both.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from kobai import errors
from kobai.data import damage
from kobai.data.tables import cells, delimited, encodings, foreign, new_rows
from kobai.formats import records
from kobai.formats.exporting.facts import WIDTH

SIGNATURE = re.compile(r"def (\w+)\(([^)]*)\):\n")
Named = ast.Assign | ast.FunctionDef

# What is copied: everything between the bytes of a file and its raw rows.
COPIED: dict[ModuleType, str] = {
    errors: "SYNONYMS suggest meant _plain _initials",
    damage: "MOST_UNPACKED MOST_TIMES check_unpacked readable _why",
    encodings: "SAMPLE ENCODINGS BOMS checked_encoding find_encoding _decoded "
    "_common_japanese _common_chinese _not_ascii",
    delimited: "BLOCK FIRST LONGEST_HEADER LONGEST_NAME SEPARATORS _BLANK_LINES "
    "row_blocks _checked _bare _is_even _check_counts cell_pattern _check_quotes "
    "open_text_table checked_names _first_line _separator _opened _check_memory "
    "_check_beginning _utf8 _records _end_of_first _end_of_last",
    cells: "MOST_SHOWN shortened no_number too_large_number",
    new_rows: "MOST_NAMES lacking _list spelled _spellings",
    foreign: "is_missing word_of",
    records: "raw_rows _cells_of _word code_of number_text _shows_comma number_of "
    "split_rows",
}

# What of a table the copied functions read.
TABLE = (
    'TextTable = collections.namedtuple("TextTable", "path encoding separator names")'
)

IMPORTS = (
    "codecs collections contextlib csv datetime decimal logging numbers os pathlib re"
)


@cache
def reader_source() -> str:
    """Return the constants and functions that a program needs to read tables."""
    found = [each for module in COPIED for each in _copied(module)]
    constants = [text for node, text in found if isinstance(node, ast.Assign)]
    functions = [text for node, text in found if isinstance(node, ast.FunctionDef)]
    # Whoever uses the program has no use for the errors of Kobai.
    first = ["KobaiError = ValueError", "DataError = ValueError", TABLE, *constants]
    return "\n\n\n".join(["\n".join(first), *functions])


def _copied(module: ModuleType) -> Iterator[tuple[Named, str]]:
    text = inspect.getsource(module)
    nodes = {_name(n): n for n in ast.parse(text).body if isinstance(n, Named)}
    for name in COPIED[module].split():
        yield nodes[name], _plain(text, nodes[name])


def _name(node: Named) -> str:
    if isinstance(node, ast.FunctionDef):
        return node.name
    target = node.targets[0]
    return target.id if isinstance(target, ast.Name) else ""


def _plain(text: str, node: Named) -> str:
    """Return a source without examples, and without the names in annotations."""

    def source(part: ast.AST) -> str:
        return ast.get_source_segment(text, part) or ""

    found = source(node)
    if isinstance(node, ast.Assign):
        return found
    for part in ast.walk(node):
        if isinstance(part, ast.arg) and part.annotation:
            typed = f"{part.arg}: {source(part.annotation)}"
            found = found.replace(f"{typed} = ", f"{part.arg}=", 1)
            found = found.replace(typed, part.arg, 1)
        elif isinstance(part, ast.AnnAssign):
            found = found.replace(f": {source(part.annotation)} =", " =", 1)
    if node.returns:
        found = found.replace(f" -> {source(node.returns)}:", ":", 1)
    found = SIGNATURE.sub(_on_one_line, found, count=1)
    decorators = [f"@{source(each)}\n" for each in node.decorator_list]
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
