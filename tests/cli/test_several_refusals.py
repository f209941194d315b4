"""All that is wrong with a table is told at once on the command line, too."""

import numpy as np
import polars as pl


def written(path, **others):
    numbers = np.random.default_rng(0).normal(size=(2, 40)).round(3)
    size, width = ([str(number) for number in row] for row in numbers)
    for row, cell in others.get("size", {}).items():
        size[row - 1] = cell
    for row, cell in others.get("width", {}).items():
        width[row - 1] = cell
    table = {"size": size, "width": width, "kind": ["cat", "dog"] * 20}
    pl.DataFrame(table).write_csv(path)
    return path


def test_training_with_names_that_no_column_has(kobai, here):
    written(here / "a.csv", size={3: "1e300"})
    options = "--target", "knid", "--drop", "sise", "--run", "r"
    done = kobai("train", "a.csv", *options)
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines() == [
        "error: 3 problems:",
        '- target: a.csv has no column "knid". Did you mean "kind"?',
        '- drop: a.csv has no column "sise". Did you mean "size"?',
        '- a.csv: column "size": row 3 is 1e+300; need numbers up to 1e+30: put one '
        "there or leave it empty",
        'The columns of a.csv: "size", "width", "kind"',
    ]
    assert not (here / "r").exists()


def test_predicting_for_cells_that_cannot_be_read(kobai, here):
    written(here / "a.csv")
    kobai("train", "a.csv", "--target", "kind", "--epochs", 1, "--run", "r", "-q")
    written(here / "b.csv", size={7: "1O.5"}, width={30: "-", 31: "wide"})
    told = [
        "error: 2 problems:",
        '- b.csv: column "size": row 7 has "1O.5"; need a number, or nothing',
        '- b.csv: column "width": row 31 has "wide"; need a number, or nothing',
    ]
    done = kobai("predict", "r", "b.csv", "-o", "p.csv")
    assert (done.code, done.out, done.err.splitlines()) == (2, "", told)
    assert not (here / "p.csv").exists()
    done = kobai("evaluate", "r", "b.csv")
    assert (done.code, done.out, done.err.splitlines()) == (2, "", told)


def test_several_columns_of_classes_are_no_regression(kobai, here):
    pl.read_csv(written(here / "a.csv")).with_columns(
        colour=pl.Series(["red", "blue", "red", "red"] * 10)
    ).write_csv(here / "a.csv")
    options = ("--target", "kind,colour", "--task", "regression")
    done = kobai("train", "a.csv", *options, "--run", "r")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        'error: a.csv: the targets "kind", "colour" are no numbers; a regression needs '
        "numbers, and of several targets each is what it looks like without --task\n"
    )
