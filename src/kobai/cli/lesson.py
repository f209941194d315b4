"""A lesson in the terminal: step by step, the learner's file watched meanwhile."""

from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from kobai.cli.folder import LESSONS
from kobai.cli.keys import keys
from kobai.cli.screen import command, console, plain, say, short, show
from kobai.languages import users_language
from kobai.learn.course import lesson_names
from kobai.learn.execution import Execution
from kobai.learn.judgement import judge_file
from kobai.learn.progress import Progress
from kobai.learn.source import Cell, Lesson, read_question
from kobai.learn.verdict import Verdict
from kobai.learn.words import word
from kobai.learn.worksheet import question_text, write_worksheet
from kobai.wide import wrapped

# Often enough that saving seems to be answered at once.
WATCH = 0.3

# What a list takes from the width of its lines.
INDENT = 4

Key = Callable[[float], str]


class LessonScreen:
    """Shows a lesson, and keeps how far its reader has come."""

    def __init__(self, lesson: Lesson, folder: Path, language: str) -> None:
        self.lesson, self.folder, self.language = lesson, folder, language
        self.progress = read_progress(folder, language)
        self.path = write_worksheet(lesson, folder, language)
        self.execution = Execution(language)
        self.outputs: dict[int, tuple[str, Any]] = {}
        self.hints = 0
        self.is_watching = False

    def read_through(self) -> None:
        """Print the whole lesson, for a reader who is no terminal."""
        self._head()
        for step in self.lesson.steps:
            for cell in self.lesson.step(step, self.language):
                self._show(cell)
                if cell.kind == "question":
                    self._explain(cell)
        self._end()

    def walk(self) -> None:
        """Go through the steps by single keys, from where the reader left."""
        self.is_watching = True
        self._head()
        steps = self.lesson.steps
        left = self.progress.steps.get(self.lesson.name, steps[0])
        at = steps.index(left) if left in steps else 0
        with keys() as key:
            while 0 <= at < len(steps):
                self.progress.steps[self.lesson.name] = steps[at]
                self.progress.write(self.folder)
                console().rule(f"{at + 1}/{len(steps)}", style="dim", align="left")
                moved = self._step(steps[at], key) and self._wait(steps[at], key)
                if not moved:
                    return
                at = max(at + moved, 0)
        self.progress.steps[self.lesson.name] = steps[0]
        self.progress.write(self.folder)
        self._end()

    def judge(self, names: tuple[str, ...]) -> bool:
        """Judge exercises of the file, say how they stand, and keep what is solved."""
        verdicts = judge_file(self.path, names, self.language)
        self._say(verdicts.values())
        return self._keep(verdicts)

    def _judge_begun(self) -> None:
        """Judge what is written of all exercises, where a step has none of its own."""
        verdicts = judge_file(self.path, self.lesson.exercises, self.language)
        begun = [each for each in verdicts.values() if each.slip != "untouched"]
        self._say(begun)
        if not begun:
            say(word("none_begun", self.language))
        self._keep(verdicts)

    def _say(self, verdicts: Iterable[Verdict]) -> None:
        """Say verdicts; where the file stops, or never ends, once for all of them."""
        said: set[str] = set()
        for verdict in verdicts:
            if verdict.slip not in {"stopped", "too_long"} & said:
                colour = "red" if verdict.slip else "green"
                say(f"[{colour}]{self._lines(str(verdict))}[/{colour}]")
            said.add(verdict.slip)

    def _lines(self, text: str) -> str:
        """Return a message whose lines end where those of its language can."""
        screen = console()
        if self.language != "en" and screen.is_terminal:
            text = wrapped(text, screen.width)
        return "\n".join(map(plain, text.split("\n")))

    def _keep(self, verdicts: dict[str, Verdict]) -> bool:
        """Keep what is solved; tell whether all of it is."""
        solved = {name for name, verdict in verdicts.items() if not verdict.slip}
        if solved - self.progress.solved:
            self.progress.solved |= solved
            self.progress.write(self.folder)
        return len(solved) == len(verdicts)

    def _step(self, step: int, key: Key) -> bool:
        """Show a step; tell whether the reader stays, which a question may end."""
        for cell in self.lesson.step(step, self.language):
            self._show(cell)
            if cell.kind == "question" and self._ask(cell, key) == "q":
                return False
        return True

    def _wait(self, step: int, key: Key) -> int:
        """Answer keys, and the file's being saved; return how many steps to move."""
        names = self._exercises(step)
        saved, is_told = self._saved(), False
        self.hints = 0
        self._tell_keys()
        while True:
            pressed = key(WATCH)
            before, saved = saved, self._saved()
            if not saved and not before:
                saved = self._write_anew()
            elif saved and saved != before and self._check(names):
                self._tell_keys()
            if pressed in ("n", "\n", "\r", " "):
                # What was written before this step was reached may be right already.
                if is_told or self._is_done(names) or self._check(names):
                    return 1
                is_told = True
                say(word("still_open", self.language))
            elif pressed == "p":
                return -1
            elif pressed == "q":
                return 0
            elif pressed in ("h", "s"):
                self._help(names, pressed)

    def _tell_keys(self) -> None:
        say(f"[dim]{plain(word('keys', self.language))}[/dim]")

    def _check(self, names: tuple[str, ...]) -> bool:
        """Judge what is written; Ctrl-C ends the check alone, not the lesson."""
        try:
            say(f"[dim]{word('checking', self.language)}[/dim]")
            if names:
                return self.judge(names)
            self._judge_begun()
        except KeyboardInterrupt:
            say(word("check_stopped", self.language))
        return False

    def _write_anew(self) -> float:
        """Write the file that is gone: at two looks, so no editor is saving it."""
        write_worksheet(self.lesson, self.folder, self.language)
        shown = f"[cyan]{plain(short(self.path))}[/cyan]"
        say(word("written_anew", self.language, path=shown))
        return self._saved()

    def _is_done(self, names: tuple[str, ...]) -> bool:
        return set(names) <= self.progress.solved

    def _saved(self) -> float:
        """Return when the file was saved; 0 where there is none."""
        try:
            return self.path.stat().st_mtime
        except OSError:
            return 0.0

    def _exercises(self, step: int) -> tuple[str, ...]:
        cells = self.lesson.step(step, self.language)
        return tuple(cell.name for cell in cells if cell.kind == "exercise")

    def _help(self, names: tuple[str, ...], pressed: str) -> None:
        if not names:
            say(word("no_exercise", self.language))
            return
        # Of several exercises in a step the first that is open.
        name = next((n for n in names if n not in self.progress.solved), names[0])
        hints = self.lesson.of("hint", self.language, name)
        if pressed == "s":
            self._code(self.lesson.one("solution", name=name).text)
        elif self.hints < len(hints):
            self.hints += 1
            heading = word("hint", self.language, n=self.hints)
            self._prose(f"**{heading}** {hints[self.hints - 1].text}")
        else:
            say(word("no_more_hints", self.language))

    def _head(self) -> None:
        title = self.lesson.title(self.language)
        number = word("lesson", self.language, n=self.lesson.number)
        say(f"\n[bold]{plain(number)}  {plain(title)}[/bold]\n")

    def _end(self) -> None:
        for kind in ("summary", "reading"):
            heading = word(kind, self.language)
            text = self.lesson.one(kind, self.language).text
            self._prose(f"## {heading}\n\n{text}")
        if self.lesson.number == max(lesson_names()):
            say(word("all_finished", self.language))
        else:
            following = learn_again(self.lesson.number + 1, self.folder, self.language)
            say(word("finished", self.language, command=following))

    def _show(self, cell: Cell) -> None:
        if cell.kind == "markdown":
            self._prose(cell.text)
        elif cell.kind == "question":
            self._prose(question_text(cell, self.language))
        elif cell.kind == "figure":
            self._figure(cell)
        elif cell.kind == "code":
            self._code(cell.text)
            self._output(cell)
        elif cell.kind == "exercise":
            self._code(cell.text)
            say(f"{self._where_to_write()}\n")

    def _where_to_write(self) -> str:
        path = f"[cyan]{plain(short(self.path))}[/cyan]"
        if self.is_watching:
            return word("write_here", self.language, path=path)
        check = self._again("--check")
        return word("write_and_check", self.language, path=path, command=check)

    def _again(self, *options: str) -> str:
        return learn_again(self.lesson.number, self.folder, self.language, *options)

    def _ask(self, cell: Cell, key: Key) -> str:
        """Wait for the number of a choice, and say whether it is the right one.

        Return the key that was pressed: "n" passes the question by, "q" leaves.
        """
        question = read_question(cell)
        last = len(question.choices)
        say(plain(word("choose", self.language, last=last)))
        numbers = [str(n) for n in range(1, last + 1)]
        pressed = ""
        while pressed not in (*numbers, "n", "q"):
            pressed = key(60)
        if pressed in numbers:
            is_right = pressed == str(question.answer)
            heard = "right_choice" if is_right else "wrong_choice"
            text = word(heard, self.language, n=question.answer)
            self._prose(f"{text}{question.why}")
        elif pressed == "n":
            self._explain(cell)
        return pressed

    def _explain(self, cell: Cell) -> None:
        question = read_question(cell)
        answer = word("answer_is", self.language, n=question.answer)
        self._prose(f"{answer}{question.why}")

    def _prose(self, text: str) -> None:
        from rich.markdown import Markdown
        from rich.text import Text

        if self.language != "en":
            text = broken(text, console().width - INDENT)
        # Formulas by themselves: Markdown would put two empty lines around each.
        parts = groupby(text.split("\n\n"), lambda part: part.startswith("    "))
        for is_formula, found in parts:
            part = "\n\n".join(found)
            show(Text(part) if is_formula else Markdown(part))
            say()

    def _code(self, text: str) -> None:
        from rich.padding import Padding
        from rich.syntax import Syntax

        theme = "ansi_dark"
        code = Syntax(text, "python", theme=theme, background_color="default")
        # What a narrow terminal would cut off goes on in the next line.
        code.word_wrap = True
        show(Padding(code, (0, 0, 0, 2)))
        say()

    def _output(self, cell: Cell) -> None:
        """Run the cells up to this one, and print what this one gives."""
        for each in self.lesson.of("code"):
            if each.line not in self.outputs:
                self.outputs[each.line] = self.execution.run(each.text)
            if each is cell:
                break
        printed, figure = self.outputs[cell.line]
        if printed:
            say(plain(printed).replace("\\n", "\n"))
            say()
        if figure is not None:
            self._picture(figure, f"{self.lesson.name}-{cell.step}")

    def _figure(self, cell: Cell) -> None:
        from kobai.gallery import FIGURES

        if name := cell.options.get("gallery"):
            self._picture(FIGURES[name](language=self.language), name)
        if "lab" in cell.options:
            say(word("play", self.language, command=self._again("--lab")))
            say()

    def _picture(self, figure: Any, name: str) -> None:
        from kobai.cli.folder import write_figure

        path = self.folder / "pictures" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_figure(path, figure)
        shown = f"[cyan]{plain(short(path))}[/cyan]"
        say(f"{word('picture', self.language, path=shown)}\n")


def read_progress(folder: Path, language: str) -> Progress:
    """Return how far a learner has come; say so where that could not be read."""
    progress = Progress.read(folder)
    if progress.damaged:
        shown = f"[cyan]{plain(short(progress.damaged))}[/cyan]"
        say(word("damaged", language, path=shown))
    return progress


def learn_again(number: int, folder: Path, language: str, *options: str) -> str:
    """Return the command for a lesson, in the language and the folder of this one."""
    words = ["learn", str(number), *options]
    if language != users_language():
        words += ["--language", language]
    if folder != LESSONS:
        words += ["--folder", str(folder)]
    return plain(command(*words))


def broken(text: str, width: int) -> str:
    """Return Markdown with its lines broken where Japanese and Chinese can be.

    Between wide signs there are no blanks, at which alone a terminal would break.

    >>> broken("勾配は、下る。", 8)
    '勾配は、  \\n下る。'
    """
    return "\n".join(_broken(line, width) for line in text.split("\n"))


def _broken(line: str, width: int) -> str:
    # Two blanks at its end make a line of Markdown end there; a formula stays.
    if line.startswith("    "):
        return line
    return wrapped(line, width).replace("\n", "  \n")
