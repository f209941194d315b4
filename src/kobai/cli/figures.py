"""`kobai figures`: the textbook's figures, drawn anew."""

from pathlib import Path
from typing import Annotated

import typer

from kobai.cli import options
from kobai.cli.folder import check_place
from kobai.cli.screen import plain, say, short
from kobai.cli.settings import one_of


def _figure_names(incomplete: str) -> list[str]:
    from kobai.gallery import FIGURES, MOVIES

    return [name for name in (*FIGURES, *MOVIES) if name.startswith(incomplete)]


def figures(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            autocompletion=_figure_names,
            show_default=False,
            help="Which figures; none named: all of them.",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="Where to write them.")
    ] = Path("figures"),
    language: options.Language = "en",
    listing: Annotated[
        bool, typer.Option("--list", help="Print the names, and draw nothing.")
    ] = False,
) -> None:
    """Draw figures on how a network learns, ready for a textbook.

    \b
    kobai figures                                   all of them
    kobai figures learning                          the one that moves, a .gif
    kobai figures --list                            their names
    kobai figures learning-rates --language ja --out pictures
    """
    # matplotlib takes half a second to import.
    from kobai.gallery import FIGURES, MOVIES, save_figures

    known = [*FIGURES, *MOVIES]
    wanted = [one_of("figures", name, known) for name in names or known]
    if listing:
        say("\n".join(wanted))
        return
    one_of("--language", language, options.LANGUAGES)
    check_place(out / "figure.png")
    for name in wanted:
        (path,) = save_figures([name], out, language)
        say(plain(short(path)))
