"""The lessons cannot rot: one code for all languages, which runs; open exercises."""

import re
from pathlib import Path

import numpy as np
import pytest

import kobai
from kobai.gallery import FIGURES
from kobai.languages import LANGUAGES
from kobai.learn import check, lessons
from kobai.learn.execution import Execution
from kobai.learn.exercises import EXERCISES
from kobai.learn.source import read_question
from kobai.learn.worksheet import worksheet

LESSONS = lessons()
IDS = [lesson.name for lesson in LESSONS]
every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=IDS)

# What must be alike in all languages: formulas, code, and figures of numbers.
FORMULA = re.compile(r"^    .+$", re.MULTILINE)
CODE = re.compile(r"`[^`]+`")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def told(lesson, kind, language):
    return [(cell.step, cell.name) for cell in lesson.of(kind, language)]


@every_lesson
@pytest.mark.parametrize("kind", ["title", "markdown", "question", "hint", "reading"])
def test_each_language_has_every_cell(lesson, kind):
    cells = [told(lesson, kind, language) for language in LANGUAGES]
    assert cells[0] == cells[1] == cells[2]
    assert all(cell.text for cell in lesson.of(kind))


@every_lesson
@pytest.mark.parametrize("sign", [FORMULA, CODE], ids=["formulas", "code"])
def test_each_language_has_the_same_signs(lesson, sign):
    for kind in ("markdown", "question", "hint", "summary"):
        for cells in zip(*(lesson.of(kind, la) for la in LANGUAGES), strict=True):
            found = [set(sign.findall(cell.text)) for cell in cells]
            assert found[0] == found[1] == found[2], f"line {cells[0].line}"


@every_lesson
def test_questions_have_one_right_answer_in_all_languages(lesson):
    for cells in zip(*(lesson.of("question", la) for la in LANGUAGES), strict=True):
        questions = [read_question(cell) for cell in cells]
        assert len({(q.answer, len(q.choices)) for q in questions}) == 1
        assert all(1 <= q.answer <= len(q.choices) and q.why for q in questions)


@every_lesson
def test_a_lesson_has_what_one_needs_to_finish_it(lesson):
    assert lesson.steps == tuple(range(1, len(lesson.steps) + 1))
    assert lesson.of("figure")
    assert lesson.of("question")
    assert 1 <= len(lesson.exercises) <= 3
    for language in LANGUAGES:
        lesson.one("summary", language)
        lesson.one("reading", language)
    for name in lesson.exercises:
        assert name in EXERCISES
        assert [len(lesson.of("hint", la, name)) for la in LANGUAGES] == [3, 3, 3]
        assert "..." in lesson.one("exercise", name=name).text


@every_lesson
def test_figures_exist(lesson):
    for cell in lesson.of("figure"):
        assert cell.options.get("gallery", "learning-rates") in FIGURES


@every_lesson
def test_code_holds_no_prose(lesson):
    """Comments and sentences in code would be in one language for all readers."""
    for kind in ("code", "exercise", "solution"):
        for cell in lesson.of(kind):
            assert "#" not in re.sub(r'"[^"]*"', "", cell.text), f"line {cell.line}"
            assert not re.search(r'"[^"]*[a-z]{3,} [a-z]{3,} [a-z]{3,}', cell.text)


@every_lesson
def test_a_lesson_runs_and_its_solutions_pass(lesson):
    cells = Execution("en")
    for cell in lesson.cells:
        if cell.kind in ("code", "exercise", "solution"):
            cells.run(cell.text)
        if cell.kind == "solution":
            assert check(cell.name, cells.names[cell.name], "en")


@every_lesson
def test_an_untouched_file_runs_and_none_of_its_exercises_passes(lesson, tmp_path):
    names = {"__name__": "__main__"}
    for language in LANGUAGES:
        compile(worksheet(lesson, language), "worksheet", "exec")
    exec(worksheet(lesson, "ja"), names)
    for name in lesson.exercises:
        assert check(name, names[name], "en").slip == "untouched"


def test_every_exercise_is_in_one_lesson():
    asked = [name for lesson in LESSONS for name in lesson.exercises]
    assert sorted(asked) == sorted(EXERCISES)


def test_lessons_are_in_the_package():
    folder = Path(kobai.__file__).parent / "lessons"
    names = {f"{lesson.number:02}_{lesson.name}.py" for lesson in LESSONS}
    assert {path.name for path in folder.glob("*.py")} == names


def test_the_same_answer_hears_the_same_each_time():
    rng = np.random.default_rng(1)
    noisy = [rng.normal() for _ in range(8)]
    messages = {
        str(check("central_difference", lambda f, x, h: noisy[0], "en"))
        for _ in range(3)
    }
    assert len(messages) == 1
