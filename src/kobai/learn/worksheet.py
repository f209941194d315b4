"""The file in which a learner works: the lesson in one language, exercises open."""

from collections.abc import Iterator
from pathlib import Path

from rich.cells import cell_len

from kobai.files import write_atomically
from kobai.learn.source import CODE, MARK, Cell, Lesson, read_question
from kobai.learn.words import word

WIDTH = 84


def worksheet_name(lesson: Lesson) -> str:
    """Return the file's name, such as 05_derivative.py."""
    return f"{lesson.number:02}_{lesson.name}.py"


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
    lines = (part for line in text.splitlines() for part in _wrapped(line))
    return "\n".join(f"# {line}".rstrip() for line in lines)


def _wrapped(line: str) -> list[str]:
    """Cut a line of prose where it is too wide for an editor."""
    if line.startswith("    ") or cell_len(line) <= WIDTH:
        return [line]
    lines, start, width = [], 0, 0
    for i, sign in enumerate(line):
        width += cell_len(sign)
        if width > WIDTH and (sign == " " or cell_len(sign) == 2):
            lines.append(line[start:i])
            start, width = i, cell_len(sign)
    return [part.strip() for part in (*lines, line[start:])]
