"""A lesson as a notebook runs, and its exercises answer there."""

import json

import nbclient
import nbformat
import pytest

from kobai.languages import LANGUAGES
from kobai.learn import find_lesson, lessons
from kobai.learn.notebook import notebook


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_a_notebook_is_valid(lesson, language):
    book = nbformat.reads(notebook(lesson, language), as_version=4)
    nbformat.validate(book)
    assert lesson.title(language) in book.cells[0].source
    code = "\n".join(cell.source for cell in book.cells if cell.cell_type == "code")
    assert all(f'check("{name}"' in code for name in lesson.exercises)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_notebook_runs(tmp_path):
    book = nbformat.reads(notebook(find_lesson("derivative"), "ja"), as_version=4)
    nbclient.NotebookClient(book, timeout=120).execute(cwd=str(tmp_path))
    shown = json.dumps(book.cells, ensure_ascii=False)
    assert "まだ何も書かれていません" in shown
    assert "image/png" in shown
