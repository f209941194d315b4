"""The source of a lesson: one Python file, its code once, its prose in each language.

The file is divided into cells, as editors divide it that know notebooks, by lines that
begin with `# %%`. What a cell is stands there in brackets, and then what belongs to it:

    # %% [markdown] step=2 lang=ja
    # %% step=2
    # %% [exercise] step=3 name=central_difference

A cell without brackets is code. Prose is a comment, each line of it; four blanks begin
a formula, in plain text.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from kobai.wide import LINE_END

MARK = "# %%"
PROSE = ("title", "markdown", "question", "hint", "summary", "reading")
CODE = ("code", "exercise", "solution")
KINDS = (*PROSE, *CODE, "figure")


@dataclass(frozen=True)
class Cell:
    """A piece of a lesson: what it is, its text without signs of comment, its options.

    `step` is 0 for what belongs to no step: title, summary, what to read. `language` is
    empty for code and figures, which all languages share.
    """

    kind: str
    text: str
    step: int = 0
    language: str = ""
    name: str = ""
    options: dict[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True)
class Question:
    """Something to answer before running: the choices, which is right, and why."""

    text: str
    choices: tuple[str, ...]
    answer: int
    why: str


@dataclass(frozen=True)
class Lesson:
    """A lesson: its number, its name, and its cells in order."""

    number: int
    name: str
    cells: tuple[Cell, ...]

    @property
    def stem(self) -> str:
        """What its files are called: 05_derivative."""
        return f"{self.number:02}_{self.name}"

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """The numbers of the steps, in order."""
        return tuple(dict.fromkeys(cell.step for cell in self.cells if cell.step))

    @cached_property
    def exercises(self) -> tuple[str, ...]:
        """The names of the exercises, in order."""
        return tuple(cell.name for cell in self.cells if cell.kind == "exercise")

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.one("title", language).text

    def one(self, kind: str, language: str = "", name: str = "") -> Cell:
        """Return the only cell of its kind in a language, or of a name."""
        (cell,) = self.of(kind, language, name)
        return cell

    def of(self, kind: str, language: str = "", name: str = "") -> list[Cell]:
        """Return the cells of a kind, of a language and a name where they are given."""
        return [
            cell
            for cell in self.cells
            if cell.kind == kind
            and (not language or cell.language == language)
            and (not name or cell.name == name)
        ]

    def step(self, number: int, language: str) -> list[Cell]:
        """Return what a step shows to a reader of a language, in order."""
        return [
            cell
            for cell in self.cells
            if cell.step == number and cell.language in ("", language)
        ]


def read_lesson(text: str, number: int, name: str) -> Lesson:
    """Return a lesson from its source.

    Raises ValueError, with the line, for a cell of an unknown kind, prose that is not
    a comment, or an option that is not `name=value`.

    >>> text = "# %% [title] lang=en\\n# Slopes\\n# %% step=1\\n2 + 3\\n"
    >>> lesson = read_lesson(text, 5, "slopes")
    >>> lesson.title("en"), [cell.text for cell in lesson.of("code")]
    ('Slopes', ['2 + 3'])
    """
    return Lesson(number, name, tuple(_cells(text, name)))


def read_question(cell: Cell) -> Question:
    """Return the question of a cell.

    Its lines are the question, the choices (`1. …`), and after `=>` why it is so.

    >>> text = "How much?\\n1. one\\n2. two\\n=> It is two."
    >>> read_question(Cell("question", text, options={"answer": "2"})).choices
    ('one', 'two')
    """
    before, _, why = cell.text.partition("\n=>")
    lines = before.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("1. "))
    choices = "\n".join(lines[first:]).split("\n")
    return Question(
        text="\n".join(lines[:first]).strip(),
        choices=tuple(choice.partition(". ")[2] for choice in choices if choice),
        answer=int(cell.options["answer"]),
        why=why.strip(),
    )


def _cells(text: str, name: str) -> Iterator[Cell]:
    head, first = "", 0
    body: list[str] = []
    for number, line in enumerate([*text.splitlines(), MARK], 1):
        if not line.startswith(MARK):
            body.append(line)
            continue
        if head:
            yield _cell(head, body, f"{name}, line {first}", first)
        elif "".join(body).strip() and not _is_docstring(body):
            raise ValueError(f"{name}: got text before the first {MARK}")
        head, first, body = line, number, []


def _is_docstring(lines: list[str]) -> bool:
    text = "\n".join(lines).strip()
    return text.startswith('"""') and text.endswith('"""')


def _cell(head: str, body: list[str], place: str, line: int) -> Cell:
    words = shlex.split(head.removeprefix(MARK))
    kind = "code"
    if words and words[0].startswith("["):
        kind = words.pop(0).strip("[]")
    if kind not in KINDS:
        raise ValueError(f"{place}: unknown kind [{kind}]; need one of {KINDS}")
    if wrong := [word for word in words if "=" not in word]:
        raise ValueError(f"{place}: got {wrong[0]}; need name=value")
    options = dict(word.split("=", 1) for word in words)
    text = "\n".join(body).strip("\n")
    return Cell(
        kind=kind,
        text=text.rstrip() if kind in CODE else _prose(text, place),
        step=int(options.pop("step", 0)),
        language=options.pop("lang", ""),
        name=options.pop("name", ""),
        options=options,
        line=line,
    )


def _prose(text: str, place: str) -> str:
    lines = text.rstrip().splitlines()
    if wrong := [line for line in lines if line and not line.startswith("#")]:
        raise ValueError(f"{place}: got {wrong[0]!r}; need a comment in prose")
    text = "\n".join(line[1:].removeprefix(" ").rstrip() for line in lines)
    return LINE_END.sub("", text.strip("\n"))
