"""What a trained network takes pictures for: one at length, several a line each."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kobai.cli.classes import bars, best_of, line, record
from kobai.cli.leaving import complain, describe
from kobai.cli.screen import columns, console, plain, say, show
from kobai.cli.standins import can_write
from kobai.errors import DataError
from kobai.files import as_text

if TYPE_CHECKING:
    import numpy as np

    from kobai.formats import Model

ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".pgm")
FEW_PIXELS = 16
SHADES = " .:-=+*#%@"

Outputs = list[tuple[Path, "np.ndarray"]]


def pictures_in(places: Iterable[Path]) -> list[Path]:
    """Return the pictures named, those in a folder in the order of their numbers."""
    found: list[Path] = []
    for place in places:
        if not place.is_dir():
            found.append(place)
            continue
        inside = [p for p in place.iterdir() if p.suffix.lower() in ENDINGS]
        if not inside:
            raise DataError(
                f"{place}: is a folder without pictures ({', '.join(ENDINGS)}); name "
                "a picture, a folder of them, a table or an .npz"
            )
        found += sorted(inside, key=_by_number)
    return list(dict.fromkeys(found))


def _by_number(path: Path) -> list[tuple[int, str]]:
    """Return what sorts 2.png before 10.png."""
    parts = re.findall(r"\d+|\D+", path.name)
    return [(int(part) if part.isdecimal() else -1, part) for part in parts]


def predict_pictures(model: "Model", files: list[Path]) -> Outputs:
    """Return the outputs for pictures; of several, one may be none, which is said."""
    found = []
    for file in files:
        try:
            found.append((file, _seen(model, file)[1]))
        except (DataError, OSError) as error:
            if len(files) == 1:
                raise
            complain(f"error: {describe(error)}")
    return found


def show_picture(model: "Model", file: Path) -> None:
    """Print one picture as the network sees it, beside all probabilities."""
    from rich.table import Table

    seen, outputs = _seen(model, file)
    say(f"{plain(file)}: [bold green]{plain(best_of(model, outputs)[0])}[/bold green]")
    say()
    screen, table = console(), bars(model, outputs)
    if not screen.is_terminal:
        show(table)
        return
    picture = _picture(seen, screen.width)
    if not table.fits(screen, screen.width - picture.split()[1].cell_len - 3):
        show(picture, table)
        return
    grid = Table.grid(padding=(0, 3, 0, 0))
    grid.add_row(picture, table)
    show(grid)


def show_pictures(model: "Model", found: Outputs) -> None:
    """Print a line for each picture: its name, its class, how sure that is."""
    table = columns("picture", "class", "", "probability", left=(0, 1, 2))
    for file, outputs in found:
        table.add_row(plain(file), *line(model, outputs))
    show(table)


def picture_records(model: "Model", found: Outputs) -> list[dict[str, Any]]:
    """Return for each picture its name, its class, and all probabilities."""
    return [{"file": as_text(file), **record(model, each)} for file, each in found]


def _seen(model: "Model", file: Path) -> tuple["np.ndarray", "np.ndarray"]:
    """Return a picture as the network sees it, and what it makes of it."""
    from kobai.data.images.drawing import read_image

    if model.columns:
        raise DataError(
            f"{file}: is no table, and {model.name} was trained on one; name a CSV, "
            "TSV or Parquet file"
        )
    # A thing has no strokes, and い is one letter of two marks.
    is_digit = bool(model.classes) and all(c.isdecimal() for c in model.classes)
    shape = model.image_shape or model.network.inputs
    seen = read_image(file, shape, strokes=is_digit)
    _check_ink(model, file)
    inputs = seen.reshape(1, *model.network.inputs)
    return seen, model.network.predict(model.scaled(inputs))[0]


def _check_ink(model: "Model", file: Path) -> None:
    """Refuse a picture, which is ink from 0 to 1, where training had other numbers."""
    known = model.known_range
    if known and not known.is_full and (known.low < 0 or known.high > 1):
        raise DataError(
            f"{file}: a picture is made of numbers from 0 to 1, and {model.name} was "
            f"trained on numbers from {known.low:g} to {known.high:g}; give an .npz "
            "of such numbers"
        )


def _picture(seen: "np.ndarray", room: int) -> Any:
    """Draw what the network sees: two pixels in a character, or one of few in two."""
    import numpy as np
    from rich.text import Text

    grey = np.round(255 * seen).astype(int)
    if max(seen.shape) <= FEW_PIXELS:
        grey = grey.repeat(2, axis=0).repeat(2, axis=1)
    # Of a picture that is wider than the terminal every second pixel, or third.
    thin = -(-grey.shape[1] // room)
    grey = grey[::thin, ::thin]
    grey = np.pad(grey, ((0, grey.shape[0] % 2), (0, 0)))
    text = Text("what it sees\n", style="bold")
    has_colour = console().color_system is not None and not console().no_color
    for upper, lower in zip(grey[::2], grey[1::2], strict=True):
        for a, b in zip(upper, lower, strict=True):
            if has_colour and can_write("▀"):
                text.append("▀", style=f"rgb({a},{a},{a}) on rgb({b},{b},{b})")
            else:
                text.append(SHADES[int(a + b) * len(SHADES) // 511], style="not bold")
        text.append("\n")
    return text
