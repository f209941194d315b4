"""The options for a user's own table."""

from typing import Annotated

import typer

from kobai.cli.options import names, number

TABLE = "Table"

Target = Annotated[
    str | None,
    typer.Option(
        "--target",
        metavar="COLUMN",
        rich_help_panel=TABLE,
        help="The column to predict, or several: a,b.",
    ),
]
Task = Annotated[
    str | None,
    typer.Option(
        "--task",
        metavar="KIND",
        autocompletion=names(("classification", "regression")),
        rich_help_panel=TABLE,
        help="classification or regression. Usually what the target looks like.",
    ),
]
Test = Annotated[
    str | None,
    typer.Option(
        "--test",
        metavar="FILE",
        rich_help_panel=TABLE,
        help="A second table to test on, instead of a part of the first.",
    ),
]
TestSize = Annotated[
    float | None,
    typer.Option(
        "--test-size",
        parser=number("--test-size"),
        metavar="SHARE",
        rich_help_panel=TABLE,
        help="The share of the rows to test on. Usually 0.2.",
    ),
]
Drop = Annotated[
    str | None,
    typer.Option(
        "--drop",
        metavar="COLUMNS",
        rich_help_panel=TABLE,
        help="Columns to leave out: a,b.",
    ),
]
Keep = Annotated[
    str | None,
    typer.Option(
        "--keep",
        metavar="COLUMNS",
        rich_help_panel=TABLE,
        help="Columns to use that would be left out, such as row numbers.",
    ),
]
Category = Annotated[
    str | None,
    typer.Option(
        "--category",
        metavar="COLUMNS",
        rich_help_panel=TABLE,
        help="Columns whose numbers are only names, such as codes.",
    ),
]
Number = Annotated[
    str | None,
    typer.Option(
        "--number",
        metavar="COLUMNS",
        rich_help_panel=TABLE,
        help="Columns of numbers that look like something else, such as 007.",
    ),
]
Missing = Annotated[
    str | None,
    typer.Option(
        "--missing",
        metavar="WORDS",
        rich_help_panel=TABLE,
        help='What stands for a missing value, besides the usual: "-,n.a.,-999". '
        'Numbers that lie far apart are found; "" finds none.',
    ),
]
DateOrder = Annotated[
    str | None,
    typer.Option(
        "--date-order",
        metavar="ORDER",
        autocompletion=names(("dmy", "mdy")),
        rich_help_panel=TABLE,
        help="dmy or mdy, where 03/04/2024 may be either. Usually found out.",
    ),
]
Weight = Annotated[
    str | None,
    typer.Option(
        "--weight",
        metavar="COLUMN",
        rich_help_panel=TABLE,
        help="A column that says how much each row counts.",
    ),
]
ClassWeight = Annotated[
    str | None,
    typer.Option(
        "--class-weight",
        metavar="WEIGHTS",
        autocompletion=names(("balanced",)),
        rich_help_panel=TABLE,
        help="balanced (rare classes count as much as frequent ones), or a weight for "
        "classes: yes=10,no=1.",
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        autocompletion=names(("utf-8", "cp932", "gbk", "utf-16", "latin-1")),
        rich_help_panel=TABLE,
        help="Of the text. Usually found out: utf-8, cp932 or gbk.",
    ),
]
Separator = Annotated[
    str | None,
    typer.Option(
        "--separator",
        metavar="MARK",
        rich_help_panel=TABLE,
        help="What stands between cells. Usually found out: , ; | a tab, or blanks.",
    ),
]
Header = Annotated[
    bool | None,
    typer.Option(
        "--header/--no-header",
        rich_help_panel=TABLE,
        help="Whether the first line has the columns' names; without, they are called "
        "1, 2, … Usually found out.",
    ),
]
