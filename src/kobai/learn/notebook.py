"""A lesson as a notebook, for Jupyter, VS Code and Colab."""

import json
from collections.abc import Iterator
from typing import Any

from kobai.learn.source import Cell, Lesson, read_question
from kobai.learn.words import word
from kobai.learn.worksheet import question_text
from kobai.version import __version__

INSTALL = """\
try:
    import kobai
except ImportError:
    %pip {action} --quiet "kobai[fast]=={version}"

from kobai.learn import check

language = {language!r}"""

FIGURE = """\
from kobai.gallery import FIGURES

FIGURES["{name}"](language=language)"""

Part = tuple[str, str]


def notebook(lesson: Lesson, language: str) -> str:
    """Return a lesson as the text of an .ipynb file, of format 4.5, without outputs."""
    cells = [
        _cell(kind, text, f"{lesson.name}-{number}".replace("_", "-"))
        for number, (kind, text) in enumerate(_parts(lesson, language))
    ]
    about = {
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    whole = {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _cell(kind: str, text: str, identity: str) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": identity,
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell


def _parts(lesson: Lesson, language: str) -> Iterator[Part]:
    heading = f"# {lesson.title(language)}\n\n{word('your_copy', language)}"
    yield "markdown", heading
    yield (
        "code",
        INSTALL.format(action="install", version=__version__, language=language),
    )
    for number in lesson.steps:
        for cell in lesson.step(number, language):
            yield from _shown(lesson, cell, language)
    for kind in ("summary", "reading"):
        text = lesson.one(kind, language).text
        yield "markdown", f"## {word(kind, language)}\n\n{text}"


def _shown(lesson: Lesson, cell: Cell, language: str) -> Iterator[Part]:
    if cell.kind == "markdown":
        yield "markdown", cell.text
    elif cell.kind == "question":
        question = read_question(cell)
        answer = f"{question.answer}. {question.why}"
        unfolded = folded(word("answer", language), answer)
        yield "markdown", f"{question_text(cell, language)}\n\n{unfolded}"
    elif cell.kind == "code":
        yield "code", cell.text
    elif cell.kind == "figure" and "gallery" in cell.options:
        name = cell.options["gallery"]
        yield "code", FIGURE.format(name=name)
    elif cell.kind == "exercise":
        call = f'check("{cell.name}", {cell.name}, language)'
        yield "code", f"{cell.text}\n\n\n{call}"
        yield "markdown", help_text(lesson, cell.name, language)


def help_text(lesson: Lesson, name: str, language: str) -> str:
    """Return the hints and the solution of an exercise, each folded away."""
    hints = lesson.of("hint", language, name)
    parts = [
        folded(word("hint", language, n=n), hint.text)
        for n, hint in enumerate(hints, 1)
    ]
    code = lesson.one("solution", name=name).text
    parts.append(folded(word("solution", language), f"```python\n{code}\n```"))
    return "\n\n".join(parts)


def folded(title: str, text: str) -> str:
    """Return Markdown that shows its text when its title is clicked."""
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"
