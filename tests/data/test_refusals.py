"""All that is wrong with a table is told at once."""

import re

import numpy as np
import polars as pl
import pytest

from kobai.data import load_more_rows, load_table
from kobai.data.tables.frames import open_table
from kobai.data.tables.new_rows import coded_blocks
from kobai.errors import DataError

ROWS = 40


def table(**others):
    rng = np.random.default_rng(0)
    columns = {
        "day": [f"2024-{1 + i % 12:02}-{1 + i % 28:02}" for i in range(ROWS)],
        "size": rng.normal(size=ROWS).round(3).astype(str).tolist(),
        "width": rng.normal(size=ROWS).round(3).astype(str).tolist(),
        "kind": ["cat", "dog"] * (ROWS // 2),
    }
    return {**columns, **others}


def written(path, columns):
    pl.DataFrame(columns).write_csv(path)
    return path


def changed(values, cells):
    values = list(values)
    for row, cell in cells.items():
        values[row - 1] = cell
    return values


def problems(call, *arguments, **options):
    """Return the lines of a message that says how many problems there are."""
    with pytest.raises(DataError) as caught:
        call(*arguments, **options)
    head, *lines = str(caught.value).splitlines()
    told = [line for line in lines if line.startswith("- ")]
    assert head == f"{len(told)} problems:"
    return lines


def test_names_of_columns_and_cells_of_a_file(tmp_path):
    width = changed(table()["width"], {5: "1e300", 9: "inf"})
    path = written(tmp_path / "a.csv", table(width=width, weight=["1", "-1"] * 20))
    lines = problems(
        load_table,
        path,
        "knid",
        drop=["sise", "day"],
        category="colour",
        weight="weight",
        test=tmp_path / "none.csv",
    )
    assert lines == [
        f'- target: {path} has no column "knid". Did you mean "kind"?',
        f'- drop: {path} has no column "sise". Did you mean "size"?',
        f'- category: {path} has no column "colour".',
        f"- {tmp_path / 'none.csv'}: there is no such file",
        f'- {path}: column "weight": row 2 is -1.0, row 4 is -1.0, row 6 is -1.0 and '
        "17 more; a weight is a number of 0 or more in every row",
        f'- {path}: column "width": row 5 is 1e+300, row 9 is inf; need numbers up to '
        "1e+30: put one there or leave it empty",
        f'The columns of {path}: "day", "size", "width", "kind", "weight"',
    ]


def test_a_target_and_an_input(tmp_path):
    width = changed(table()["width"], {5: "1e300"})
    path = written(tmp_path / "a.csv", table(width=width, kind=["cat"] * ROWS))
    lines = problems(load_table, path, "kind", task="clasification")
    assert [re.sub(r"^- |\d+ problems", "", line)[:14] for line in lines] == [
        'task: got "cla',
        *[str(path)[:14]] * 2,
    ]
    assert '"cat" in every row' in lines[1]
    assert "row 5 is 1e+300" in lines[2]


def test_a_column_left_out_is_no_problem_beside_one_that_is_not_there():
    frame = pl.DataFrame({"x": [1.0, 2.0] * 9, "y": ["a", "b"] * 9, "l": [[1]] * 18})
    with pytest.raises(DataError, match=r'^drop: table has no column "z"[^\n]*$'):
        load_table(frame, "y", drop="l,z")


def test_several_columns_of_strange_values():
    frame = pl.DataFrame(
        {"x": [1.0, 2.0] * 9, "l": [[1]] * 18, "m": [[2]] * 18, "y": ["a", "b"] * 9}
    )
    told = problems(load_table, frame, "y")
    assert len(told) == 2
    assert 'column "l": holds values of type List' in told[0]
    assert 'column "m": holds values of type List' in told[1]


def test_numbers_too_large_in_rows_far_apart():
    x = np.random.default_rng(0).normal(size=30_000)
    frame = pl.DataFrame({"x": x, "y": x, "kind": ["a", "b"] * 15_000}).to_dict()
    for name, row in (("x", 2), ("y", 3), ("x", 20_000), ("y", 29_999)):
        frame[name][row - 1] = np.inf
    told = problems(load_table, pl.DataFrame(frame), "kind")
    for line, name, rows in (
        (told[0], "x", "row 2 is inf, row 20,000 is inf;"),
        (told[1], "y", "row 3 is inf, row 29,999 is inf;"),
    ):
        assert f'column "{name}": {rows}' in line


@pytest.fixture(scope="module")
def columns():
    return load_table(pl.DataFrame(table()), "kind").columns


def test_new_rows(tmp_path, columns):
    strange = table(
        day=changed(table()["day"], {3: "2024-13-45", 4: "soon"}),
        size=changed(table()["size"], {7: "1O.5"}),
        kind=changed(table()["kind"], {2: "dgo", 8: "horse"}),
    )
    del strange["width"]
    path = written(tmp_path / "b.csv", strange)
    lines = problems(load_more_rows, path, columns)
    assert lines == [
        f'- {path}: lacks the column "width", which the network needs. It has "day", '
        '"size", "kind"',
        f'- {path}: column "day": row 3 has "2024-13-45", row 4 has "soon"; need a '
        "date (year-month-day), or nothing",
        f'- {path}: column "size": row 7 has "1O.5"; need a number, or nothing',
        f'- {path}: column "kind": row 2 has "dgo" (perhaps "dog"), row 8 has "horse"; '
        'the classes that the network knows are "cat", "dog"',
    ]


def test_rows_far_apart_and_a_row_that_is_none(tmp_path, columns):
    """The file is read in several pieces, and the last row has a cell too many."""
    repeats = 6_000
    whole = {name: values * repeats for name, values in table().items()}
    size = ROWS * repeats
    whole["size"] = changed(whole["size"], {2: "x", size - 1: "y"})
    path = written(tmp_path / "long.csv", whole)
    opened = open_table(path)
    assert sum(1 for _ in opened.frames(dict)) > 1

    def read():
        return list(coded_blocks(columns, opened))

    with pytest.raises(DataError, match=rf'row 2 has "x", row {size - 1:,} has "y";'):
        read()
    with path.open("a") as file:
        file.write("2024-01-01,1,2,cat,5\n")
    told = problems(read)
    assert f"row {size + 1:,} has 5 cells, and the table has 4 columns" in told[0]
    assert 'row 2 has "x"' in told[1]


def test_every_row_that_has_another_number_of_cells(tmp_path):
    path = written(tmp_path / "a.csv", table())
    lines = path.read_text().splitlines()
    for row in (2, 3, 5, 8, 9):
        lines[row] += ",9"
    lines[20] = "2024-01-01"
    path.write_text("\n".join(lines))
    with pytest.raises(DataError) as caught:
        load_table(path, "kind")
    assert (
        f"{path}: row 2 has 5 cells, row 3 has 5 cells, row 5 has 5 cells and 3 more, "
        "and the table has 4 columns" in str(caught.value)
    )


def test_of_very_many_problems_the_first_are_told(columns):
    wide = {f"x{i}": np.arange(18.0) ** 2 for i in range(50)}
    good = pl.DataFrame({**wide, "y": ["a", "b"] * 9})
    known = load_table(good, "y").columns
    bad = good.with_columns(pl.lit("word").alias(name) for name in wide)
    with pytest.raises(DataError) as caught:
        load_more_rows(bad, known)
    lines = str(caught.value).splitlines()
    assert (lines[0], len(lines), lines[-1]) == ("50 problems:", 22, "- and 30 more")
