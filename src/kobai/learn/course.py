"""The course: its lessons in order, by their numbers and names."""

from functools import cache
from importlib.resources import files

from kobai.errors import KobaiError, suggest
from kobai.learn.source import Lesson, read_lesson


@cache
def lesson_names() -> dict[int, str]:
    """Return the names of the lessons by their numbers, in the order of the course.

    >>> lesson_names()[5]
    'derivative'
    """
    folder = files("kobai") / "lessons"
    found = sorted(entry.name for entry in folder.iterdir() if entry.name[0].isdigit())
    return {int(name[:2]): name[3:].removesuffix(".py") for name in found}


def find_lesson(wanted: str) -> Lesson:
    """Return a lesson by its number, from 1, or by its name.

    Raises `KobaiError` where there is none.

    >>> find_lesson("5").name
    'derivative'
    """
    numbers = {name: number for number, name in lesson_names().items()}
    number = int(wanted) if wanted.isascii() and wanted.isdecimal() else 0
    if number in lesson_names():
        return _lesson(number)
    if wanted in numbers:
        return _lesson(numbers[wanted])
    raise KobaiError(
        f'learn: got "{wanted}"; need a number from 1 to {max(numbers.values())}, or '
        f"one of {', '.join(numbers)}.{suggest(wanted, numbers)}"
    )


def lessons() -> list[Lesson]:
    """Return all lessons, in order."""
    return [_lesson(number) for number in lesson_names()]


@cache
def _lesson(number: int) -> Lesson:
    name = lesson_names()[number]
    source = files("kobai") / "lessons" / f"{number:02}_{name}.py"
    return read_lesson(source.read_text("utf-8"), number, name)
