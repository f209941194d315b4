"""The options for a user's own table."""

from typing import Annotated

import typer

from kobai.cli.options import names, number, whole

TABLE = "Table"
JUDGING = "How good it is"

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
TestLast = Annotated[
    float | None,
    typer.Option(
        "--test-last",
        parser=number("--test-last"),
        metavar="SHARE",
        rich_help_panel=TABLE,
        help="Test on the last rows, such as 0.2 of them, instead of drawn ones: for "
        "rows in the order of time.",
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
Text = Annotated[
    str | None,
    typer.Option(
        "--text",
        metavar="COLUMNS",
        rich_help_panel=TABLE,
        help="Columns of free text, to learn from their words. Usually found out.",
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
Id = Annotated[
    str | None,
    typer.Option(
        "--id",
        metavar="COLUMNS",
        rich_help_panel=TABLE,
        help="Columns to keep beside the predictions, such as names: a,b.",
    ),
]
Explain = Annotated[
    bool,
    typer.Option(
        "--explain",
        rich_help_panel=TABLE,
        help="Take the prediction of one row apart: what each column adds to it.",
    ),
]
Row = Annotated[
    int | None,
    typer.Option(
        "--row",
        parser=whole("--row", 1),
        metavar="N",
        rich_help_panel=TABLE,
        help="The row to explain. Usually 1, the first.",
    ),
]
Folds = Annotated[
    int | None,
    typer.Option(
        "--folds",
        parser=whole("--folds", 2),
        metavar="N",
        rich_help_panel=JUDGING,
        help="Train so many networks more, each tested on another part of the rows, "
        "and show how their scores spread: cross-validation, usually with 5.",
    ),
]
Seeds = Annotated[
    int | None,
    typer.Option(
        "--seeds",
        parser=whole("--seeds", 2),
        metavar="N",
        rich_help_panel=JUDGING,
        help="Train with so many seeds, this one and those after it, and show how far "
        "scores depend on them; the network of this one is kept.",
    ),
]
Threshold = Annotated[
    str | None,
    typer.Option(
        "--threshold",
        metavar="GOAL",
        autocompletion=names(("f1", "precision=0.9", "recall=0.9")),
        rich_help_panel=JUDGING,
        help="Of two classes: from which probability on to name the second. f1, "
        "precision=0.9, recall=0.9 (found on rows held out), or a number. Usually 0.5.",
    ),
]
Interval = Annotated[
    float | None,
    typer.Option(
        "--interval",
        parser=number("--interval"),
        metavar="SHARE",
        rich_help_panel=JUDGING,
        help="Of numbers: how often the interval is to hold the truth that stands "
        "beside each prediction, by rows held out. Usually 0.9; 0 for none.",
    ),
]
