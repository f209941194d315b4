"""The file in which a learner works: the lesson in one language, exercises open."""

from collections.abc import Iterator
from pathlib import Path

from kobai.files import write_atomically
from kobai.learn.source import CODE, MARK, Cell, Lesson, read_question
from kobai.learn.words import word
from kobai.wide import wrapped

WIDTH = 84


def worksheet_name(lesson: Lesson) -> str:
    """Return the file's name, such as 05_derivative.py."""
    return f"{lesson.stem}.py"


def write_worksheet(lesson: Lesson, folder: Path, language: str) -> Path:
    """Write the file where there is none, and return its path: work is never lost.

    Raises `OSError` where the folder cannot be written.
    """
    path = folder / worksheet_name(lesson)
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, worksheet(lesson, language).encode())
    return path


def worksheet(lesson: Lesson, language: str) -> str:
    """Return the text of the file.

    It is Python that runs, in cells that editors know. Hints and solutions are not in
    it.
    """
    parts = [f"{MARK} [markdown]\n{_comment(f'# {lesson.title(language)}')}"]
    parts.append(f"{MARK}\nlanguage = {language!r}")
    for number in lesson.steps:
        parts += map("\n".join, _step(lesson.step(number, language), language))
    return "\n\n".join(parts) + "\n"


def _step(cells: list[Cell], language: str) -> Iterator[list[str]]:
    for cell in cells:
        if cell.kind in CODE:
            yield [MARK, cell.text]
        elif cell.kind == "question":
            yield [f"{MARK} [markdown]", _comment(question_text(cell, language))]
        elif cell.kind == "markdown":
            yield [f"{MARK} [markdown]", _comment(cell.text)]


def question_text(cell: Cell, language: str) -> str:
    """Return a question with its choices, without the answer."""
    question = read_question(cell)
    choices = [f"{n}. {choice}" for n, choice in enumerate(question.choices, 1)]
    heading = f"## {word('question', language)}"
    return "\n".join([heading, "", question.text, "", *choices])


def _comment(text: str) -> str:
    lines = "\n".join(map(_fitting, text.splitlines())).split("\n")
    return "\n".join(f"# {line}".rstrip() for line in lines)


def _fitting(line: str) -> str:
    """Break a line of prose where it is too wide for an editor; a formula stays."""
    return line if line.startswith("    ") else wrapped(line, WIDTH)
