"""The page's reading of tables and drawings against Kobai's own."""

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from kobai.data import load_table
from kobai.data.images.drawing import read_image
from kobai.errors import DataError
from tests.lab.node import run_node_test

TABLES, DRAWINGS = 200, 200
SIDE = 140

Rng = np.random.Generator
Cells = Callable[[Rng, int], list[str]]


def test_tables_are_read_as_in_python(tmp_path: Path) -> None:
    cases = [
        table_case(np.random.default_rng(seed), tmp_path) for seed in range(TABLES)
    ]
    assert sum(case["expected"] is not None for case in cases) > 0.8 * TABLES
    run_node_test("tables.test.mjs", cases, tmp_path)


def table_case(rng: Rng, folder: Path) -> dict[str, Any]:
    """Return a table of drawn columns, and what Kobai makes of it."""
    rows = int(rng.integers(24, 60))
    separator = ";" if rng.random() < 0.3 else ","
    kinds = [*(DECIMALS if separator == ";" else POINTS), *COMMON]
    chosen = [kinds[i] for i in rng.choice(len(kinds), 5, replace=False)]
    columns = [
        (f"{kind.__name__} {i}", kind(rng, rows)) for i, kind in enumerate(chosen)
    ]
    columns.append(("goal", TARGETS[int(rng.integers(len(TARGETS)))](rng, rows)))
    lines = [[name for name, _ in columns]]
    lines += [
        list(cells) for cells in zip(*(cells for _, cells in columns), strict=True)
    ]
    for around in AROUND:
        if rng.random() < 0.15:
            around(rng, lines)
    quoted = [[_quoted(cell, separator) for cell in line] for line in lines]
    text = "\n".join(separator.join(line) for line in quoted) + "\n"
    path = folder / "table.csv"
    path.write_text(text, "utf-8")
    seed, test_size = int(rng.integers(100)), float(rng.choice([0.2, 0.25, 0.4]))
    case = {"name": path.name, "text": text, "target": "goal"}
    return case | {
        "testSize": test_size,
        "seed": seed,
        "expected": expected_table(path, test_size, seed),
    }


def titles(rng: Rng, lines: list[list[str]]) -> None:
    width = len(lines[0])
    title = ["Results of 2024", "売上", "# measured by hand"][rng.integers(3)]
    filled = [""] * (width - 1) * int(rng.integers(2))
    lines[:0] = [[title, *filled]] * int(rng.integers(1, 3))
    if rng.random() < 0.2:
        lines.insert(0, ["TOA5", "v3", *["12"] * (width - 3)])


def units(rng: Rng, lines: list[list[str]]) -> None:
    first = next(i for i, line in enumerate(lines) if "goal" in line)
    if len(lines[first + 1]) > len(lines[first]):
        return
    for unit in ("m", "The mean of a whole hour", "---")[: int(rng.integers(1, 4))]:
        lines.insert(first + 1, [unit] * (len(lines[first]) - 1) + ["kg"])


def header_again(rng: Rng, lines: list[list[str]]) -> None:
    header = next(line for line in lines if "goal" in line)
    lines.insert(int(rng.integers(5, len(lines))), header)


def unnamed_rows(rng: Rng, lines: list[list[str]]) -> None:
    for i, line in enumerate(lines):
        if len(line) > 2 and "goal" not in line:
            lines[i] = [f"r{rng.integers(1e6)}", *line]


def sums(rng: Rng, lines: list[list[str]]) -> None:
    word = rng.choice(["Total", "Grand total:", "合計", "Summe", "总计", "Totally"])
    lines.append([str(word), *map(str, rng.integers(1, 999, len(lines[-1]) - 1))])


def averages(_: Rng, lines: list[list[str]]) -> None:
    width = len(lines[-1])
    rows = [line for line in lines if len(line) == width and "goal" not in line]
    cells = []
    for column in list(zip(*rows, strict=True))[1:]:
        numbers = [float(cell) for cell in column if re.fullmatch(r"-?\d+\.?\d*", cell)]
        cells.append(f"{sum(numbers) / len(numbers):.2f}" if numbers else "")
    lines.append(["Average", *cells])


def padding(rng: Rng, lines: list[list[str]]) -> None:
    empty = [""] * (len(lines[-1]) - 1)
    lines += [["", *empty]] * int(rng.integers(3))
    lines.append([str(rng.choice(["Source: x", "Kowalski", "注 1"])), *empty])


def remarks(_: Rng, lines: list[list[str]]) -> None:
    lines += [["Source: the office"], ["updated", "yesterday"]]


AROUND = [
    *(unnamed_rows, units, titles, header_again, averages, sums, padding, remarks)
]
"""What people put around a table, in the order in which it is put there."""


def _quoted(cell: str, separator: str) -> str:
    return f'"{cell}"' if separator in cell else cell


def expected_table(path: Path, test_size: float, seed: int) -> dict[str, Any] | None:
    try:
        data = load_table(path, "goal", test_size=test_size, seed=seed)
    except DataError:
        return None
    assert data.columns is not None
    return {
        "inputs": list(data.columns.input_names),
        "classes": list(data.classes),
        "train": data.x_train.tolist(),
        "test": data.x_test.tolist(),
        "t": np.concatenate([data.t_train, data.t_test]).ravel().tolist(),
    }


def with_missing(rng: Rng, cells: list[str], word: str = "") -> list[str]:
    return [word if rng.random() < 0.1 else cell for cell in cells]


def whole(rng: Rng, rows: int) -> list[str]:
    return list(map(str, rng.integers(-50, 500, rows)))


def points(rng: Rng, rows: int) -> list[str]:
    return with_missing(rng, [f"{v:.2f}" for v in rng.normal(10, 5, rows)])


def thousands(rng: Rng, rows: int) -> list[str]:
    return [f"{v:,.1f}" for v in rng.uniform(500, 90_000, rows)]


def dollars(rng: Rng, rows: int) -> list[str]:
    return with_missing(rng, [f"${v:,.2f}" for v in rng.uniform(1, 5000, rows)], "n/a")


def commas(rng: Rng, rows: int) -> list[str]:
    return [f"{v:.2f}".replace(".", ",") for v in rng.normal(3, 2, rows)]


def swiss(rng: Rng, rows: int) -> list[str]:
    swap = str.maketrans(",.", ".,")
    return [f"{v:,.2f}".translate(swap) for v in rng.uniform(800, 1e6, rows)]


def brackets(rng: Rng, rows: int) -> list[str]:
    numbers = rng.integers(-90, 90, rows)
    return [f"({-v})" if v < 0 else str(v) for v in numbers]


def kilograms(rng: Rng, rows: int) -> list[str]:
    return [f"{v} kg" for v in rng.integers(1, 99, rows)]


def gaps(rng: Rng, rows: int) -> list[str]:
    return [f"+{v:.3f}s" for v in rng.uniform(0, 9, rows)]


def percents(rng: Rng, rows: int) -> list[str]:
    return [f"{v}%" for v in rng.integers(0, 101, rows)]


def multiples(rng: Rng, rows: int) -> list[str]:
    return [f"{v}{rng.choice(['K', 'M'])}" for v in rng.integers(1, 99, rows)]


def dashes(rng: Rng, rows: int) -> list[str]:
    return with_missing(
        rng, whole(rng, rows), str(rng.choice(["-", "unknown", "不明"]))
    )


def typo(rng: Rng, rows: int) -> list[str]:
    return [*whole(rng, rows - 1), "12o"]


def sentinel(rng: Rng, rows: int) -> list[str]:
    return [
        "-999" if i % 7 == 0 else str(v)
        for i, v in enumerate(rng.integers(0, 60, rows))
    ]


def words(rng: Rng, rows: int) -> list[str]:
    return with_missing(rng, list(rng.choice(["red", "green", "Blue", "été"], rows)))


def codes(rng: Rng, rows: int) -> list[str]:
    return [f"0{v}" for v in rng.integers(10, 14, rows)]


def truths(rng: Rng, rows: int) -> list[str]:
    ways = [["true", "True", "FALSE", "false"], ["Yes", "y", "no", "N", "1", "0"]]
    return list(rng.choice(ways[rng.integers(2)], rows))


def sizes(rng: Rng, rows: int) -> list[str]:
    return list(rng.choice(["1", "2", "3+"], rows))


def names(rng: Rng, rows: int) -> list[str]:
    return [f"person {i} {rng.integers(1e6)}" for i in range(rows)]


def number_of_row(rng: Rng, rows: int) -> list[str]:
    return list(map(str, range(1, rows + 1)))


def shuffled(rng: Rng, rows: int) -> list[str]:
    return list(map(str, rng.permutation(rows)))


def always(rng: Rng, rows: int) -> list[str]:
    return ["same"] * rows


def nothing(rng: Rng, rows: int) -> list[str]:
    return [""] * rows


def _moments(rng: Rng, rows: int, form: str) -> list[str]:
    start = np.datetime64("2019-01-01T00:00:00")
    hours = rng.integers(0, 24 * 900, rows).astype("timedelta64[h]")
    moments = (start + hours).tolist()
    return [moment.strftime(form) for moment in moments]


def dates(rng: Rng, rows: int) -> list[str]:
    form = str(rng.choice(["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%Y年%m月%d日"]))
    return with_missing(rng, _moments(rng, rows, form))


def months(rng: Rng, rows: int) -> list[str]:
    return _moments(
        rng, rows, str(rng.choice(["%B %d, %Y", "%d %b %Y", "%Y-%m", "%m/%Y"]))
    )


def clocks(rng: Rng, rows: int) -> list[str]:
    return _moments(rng, rows, str(rng.choice(["%Y-%m-%d %H:%M", "%H:%M", "%m/%d/%Y"])))


def durations(rng: Rng, rows: int) -> list[str]:
    long, short = [
        ("{h}:{m:02}:{s:02}",) * 2,
        ("{h}h {m}m", "{m}m"),
        ("{h}時間{m}分",) * 2,
    ][rng.integers(3)]
    drawn = rng.integers((0, 0, 0), (90, 60, 60), (rows, 3)).tolist()
    return [(short if s < 9 else long).format(h=h, m=m, s=s) for h, m, s in drawn]


def halves(rng: Rng, rows: int) -> list[str]:
    half = ["午前", "午後"]
    times = _moments(rng, rows, "%Y/%m/%d {} %I:%M:%S")
    return [time.format(half[rng.integers(2)]) for time in times]


def labels(rng: Rng, rows: int) -> list[str]:
    return [f"{rng.choice(['TCGA', 'Mark'])}-{n:04}" for n in rng.integers(1, 9, rows)]


def limits(rng: Rng, rows: int) -> list[str]:
    signs = rng.choice(["", "<", ">=", ""], rows)
    return [
        f"{sign}{v:.1f}"
        for sign, v in zip(signs, rng.uniform(1, 99, rows), strict=True)
    ]


def flags(rng: Rng, rows: int) -> list[str]:
    signs = rng.choice(["", "", " p", " b"], rows)
    return [
        f"{v:.1f}{sign}"
        for sign, v in zip(signs, rng.uniform(1, 99, rows), strict=True)
    ]


def traces(rng: Rng, rows: int) -> list[str]:
    return [
        str(rng.choice(["T", "Trace"])) if rng.random() < 0.4 else f"{v:.1f}"
        for v in rng.uniform(1, 99, rows)
    ]


def money(rng: Rng, rows: int) -> list[str]:
    sums = (
        ["{v}円", "{v}万円", "{v}億円"],
        ["{v}", "{v} Mio. €"],
        ["$ ({v})", "$ {v}"],
        ["{v} m", "{v}"],
    )
    chosen = sums[rng.integers(4)]
    return [str(rng.choice(chosen)).format(v=v) for v in rng.integers(1, 999, rows)]


def scores(rng: Rng, rows: int) -> list[str]:
    return [f"{v:.1f}/10" for v in rng.uniform(0, 10, rows)]


def compact(rng: Rng, rows: int) -> list[str]:
    return _moments(rng, rows, "%Y%m%d")


def eras(rng: Rng, rows: int) -> list[str]:
    form = [
        "令和{y}年{m}月{d}日",
        "R{y}.{m}.{d}",
        "民國{y}年{m}月",
        "11{y}/{m:02}/{d:02}",
    ]
    drawn = rng.integers((1, 1, 1), (6, 13, 29), (rows, 3)).tolist()
    written = form[rng.integers(4)]
    cells = [written.format(y=y, m=m, d=d) for y, m, d in drawn]
    return with_missing(rng, [cell.replace("令和1年", "令和元年") for cell in cells])


def marks(rng: Rng, rows: int) -> list[str]:
    return with_missing(rng, list(map(str, rng.integers(1, 4, rows))))


def binary(rng: Rng, rows: int) -> list[str]:
    return list(rng.choice(["7", "10"], rows))


def nine_and_ten(rng: Rng, rows: int) -> list[str]:
    return list(rng.choice(["10", "9", "b", "a"], rows))


POINTS = [points, thousands, dollars, gaps]
DECIMALS = [commas, swiss]
COMMON = [
    *(whole, brackets, kilograms, percents, multiples, dashes, typo, sentinel, words),
    *(codes, truths, sizes, names, number_of_row, shuffled, always, nothing, dates),
    *(months, clocks, compact, eras, durations, halves, labels, limits, flags),
    *(traces, money, scores),
]
TARGETS: list[Cells] = [whole, words, marks, binary, nine_and_ten, truths, percents]


def test_drawings_are_seen_as_in_python(tmp_path: Path) -> None:
    cases = [*drawing_cases(tmp_path)]
    refused = [case["expected"] for case in cases if isinstance(case["expected"], int)]
    assert 0 in refused
    assert max(refused) > 1
    run_node_test("drawings.test.mjs", cases, tmp_path)


def drawing_cases(folder: Path) -> Iterator[dict[str, Any]]:
    for number in range(DRAWINGS):
        image = drawing(np.random.default_rng(number), number)
        pixels = np.asarray(image)
        path = folder / "drawing.png"
        Image.fromarray(255 - pixels).save(path)
        shape = [(8, 8), (28, 28), (20, 12)][number % 3]
        yield {
            "pixels": base64.b64encode(pixels.tobytes()).decode(),
            "width": SIDE,
            "height": SIDE,
            "shape": shape,
            "expected": expected_drawing(path, shape),
        }


def drawing(rng: Rng, number: int) -> Image.Image:
    """Return a pad with strokes of ink: none now and then, or two figures apart."""
    image = Image.new("L", (SIDE, SIDE), 0)
    if number % 50 == 49:
        return image
    draw = ImageDraw.Draw(image)
    width = int(rng.integers(4, 15))
    for _ in range(int(rng.integers(1, 4))):
        steps = rng.normal(0, 22, (int(rng.integers(3, 8)), 2))
        start = rng.uniform(45, 95, 2)
        points = np.clip(start + np.cumsum(steps, axis=0), 10, SIDE - 10)
        ink = int(rng.integers(150, 256))
        draw.line([tuple(point) for point in points.tolist()], ink, width, "curve")
    if number % 40 == 7:
        image.paste(0, (0, 0, SIDE, SIDE))
        for left in (20, 100):
            draw.line([(left, 30), (left, 110)], 255, 8)
    return image.filter(ImageFilter.GaussianBlur(1)) if number % 3 else image


def expected_drawing(path: Path, shape: tuple[int, int]) -> list[float] | int:
    try:
        field: list[float] = read_image(path, shape).ravel().tolist()
        return field
    except DataError as error:
        if "empty" in str(error):
            return 0
        return int(str(error).split("shows ")[1].split()[0])
