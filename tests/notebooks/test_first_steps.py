"""The notebook that the documents offer: it opens, and every cell runs and shows."""

from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "docs" / "notebooks" / "first-steps.ipynb"


@pytest.fixture
def notebook():
    return nbformat.read(NOTEBOOK, as_version=4)


def test_it_is_a_notebook_without_outputs(notebook):
    nbformat.validate(notebook)
    # What it shows is the reader's own; what is kept here would grow old.
    assert all(not cell.get("outputs") for cell in notebook.cells)
    assert notebook.metadata.kernelspec.name == "python3"


def test_every_cell_runs_and_shows_something(notebook, execute):
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    done = execute(*sources)
    for cell in done[1:]:
        assert cell.outputs, cell.source
        for output in cell.outputs:
            assert output.output_type != "error"
            # Not a word on standard error, such as a warning.
            assert output.get("name") != "stderr", output.text
    (seven,) = (cell for cell in done if "seven.png" in cell.source)
    assert "7" in seven.outputs[-1].data["text/plain"]
