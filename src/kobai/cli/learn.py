"""`kobai learn`: the lessons, with exercises that check themselves."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kobai.cli import options
from kobai.cli.browser import show_page
from kobai.cli.folder import LESSONS, check_place
from kobai.cli.screen import columns, plain, say, short, show
from kobai.cli.settings import SettingError, one_of

if TYPE_CHECKING:
    from kobai.learn.source import Lesson


def _lesson_names(incomplete: str) -> list[str]:
    from kobai.learn.course import lesson_names

    return [name for name in lesson_names().values() if name.startswith(incomplete)]


def learn(
    lesson: Annotated[
        str | None,
        typer.Argument(
            metavar="LESSON",
            autocompletion=_lesson_names,
            show_default=False,
            help="Its number or name; none named: a list of all.",
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Check the exercises of your file, and no more."),
    ] = False,
    notebook: Annotated[
        bool, typer.Option("--notebook", help="Write the lesson as a notebook.")
    ] = False,
    lab: Annotated[
        bool,
        typer.Option("--lab", help="Open the lesson's figures, which move, beside it."),
    ] = False,
    no_open: Annotated[
        bool,
        typer.Option("--no-open", help="With --lab: write the page, and open nothing."),
    ] = False,
    folder: Annotated[
        Path,
        typer.Option("--folder", metavar="FOLDER", help="Where your files are kept."),
    ] = LESSONS,
    language: options.Language = "en",
) -> None:
    """Learn how a neural network learns, in fourteen lessons of about ten minutes.

    \b
    kobai learn                       what there is, and how far you are
    kobai learn 5                     a lesson; it writes learn/05_derivative.py
    kobai learn 5 --check             check the exercises in that file
    kobai learn 5 --notebook          for Jupyter, VS Code or Colab
    kobai learn 5 --lab               its figures in the browser, to play with
    kobai learn 5 --language ja       日本語で; zh: 中文

    Each lesson has code to run and exercises to write, in a file of yours. It is
    watched: when you save it, the exercises are checked, and you are told which slip
    it was. Keys: n next, p previous, h hint, s solution, q quit.
    """
    from kobai.learn.course import find_lesson

    one_of("--language", language, options.LANGUAGES)
    chosen = {"--check": check, "--notebook": notebook, "--lab": lab}
    _check_together([name for name, is_on in chosen.items() if is_on], lesson, no_open)
    if lesson is None:
        _list(folder, language)
        return
    found = find_lesson(lesson)
    check_place(folder / "progress.json")
    if notebook:
        _write_notebook(found, folder, language)
        return
    if lab:
        _show_figures(found, folder, language, no_open)
        return
    from kobai.cli.lesson import LessonScreen

    screen = LessonScreen(found, folder, language)
    if check:
        if not screen.judge(found.exercises):
            raise typer.Exit(1)
    elif sys.stdin.isatty() and sys.stdout.isatty():
        screen.walk()
    else:
        screen.read_through()


def _check_together(chosen: list[str], lesson: str | None, no_open: bool) -> None:
    """Refuse options that do not go together."""
    if len(chosen) > 1:
        raise SettingError(f"learn: got {' and '.join(chosen)}; need one of them")
    if chosen and lesson is None:
        raise SettingError(f"learn: {chosen[0]} needs a lesson, such as kobai learn 1")
    if no_open and chosen != ["--lab"]:
        raise SettingError("--no-open: is of no use without --lab")


def _list(folder: Path, language: str) -> None:
    from kobai.cli.lesson import learn_again, read_progress
    from kobai.learn.course import lessons
    from kobai.learn.words import word

    progress = read_progress(folder, language)
    heading = word("title", language), word("exercises_done", language)
    table = columns("", *heading, left=(1,))
    following = None
    for each in lessons():
        solved = sum(name in progress.solved for name in each.exercises)
        mark = "✓" if solved == len(each.exercises) else ""
        done = f"{solved}/{len(each.exercises)} {mark}".rstrip()
        table.add_row(str(each.number), each.title(language), done)
        if following is None and not mark:
            following = each
    say(f"[bold]{plain(word('course', language))}[/bold]\n")
    show(table)
    if following is not None:
        key = "go_on" if progress.steps else "begin"
        text = learn_again(following.number, folder, language)
        say(f"\n{word(key, language, command=text)}")


def _write_notebook(lesson: "Lesson", folder: Path, language: str) -> None:
    from kobai.files import write_atomically
    from kobai.learn.notebook import notebook

    path = folder / f"{lesson.stem}_{language}.ipynb"
    if path.exists():
        raise SettingError(
            f"learn: {plain(short(path))} exists, and may hold your work; need another "
            "--folder, or move it away"
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(path, notebook(lesson, language).encode())
    say(f"[cyan]{plain(short(path))}[/cyan]")


def _show_figures(lesson: "Lesson", folder: Path, language: str, no_open: bool) -> None:
    from kobai.learn.figures import figures_page

    page = figures_page(lesson, language)
    path = folder / f"{lesson.stem}_{language}.html"
    show_page(path, page, "The figures are in", no_open=no_open)
