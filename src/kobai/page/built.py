"""The page as it was built: inside the package, or in a copy of the repository."""

from importlib.resources import files
from pathlib import Path

from kobai.errors import KobaiError
from kobai.extras import install_extra

PAGE = "lab.html"
MODULE = "lab.js"
FIGURES = "figures.js"
PLACE = '<script type="application/json" id="kobai-given">null</script>'
"""Where the page takes what it is given."""


class LabError(KobaiError, RuntimeError):
    """The lab cannot be shown; the message says why."""


def built(name: str) -> str:
    """Return the text of a built file; raise `LabError` where none was built."""
    for folder in (files("kobai.page") / "built", _repository()):
        file = folder / name
        if file.is_file():
            return file.read_text(encoding="utf-8")
    raise LabError(f"lab: this Kobai was installed without the lab's page; {_remedy()}")


def page_with(script: str) -> str:
    """Return the page that is given something, as `as_script` wrote it."""
    before, place, after = built(PAGE).partition(PLACE)
    if not place:
        raise LabError(f"lab: the built page is of another Kobai; {_remedy()}")
    return before + place.replace("null", script) + after


def _repository() -> Path:
    """Return where a copy of the repository has what was built."""
    return Path(__file__).parents[3] / "web" / "dist"


def _remedy() -> str:
    """Say how to have the page built, which needs Node."""
    if _repository().parent.is_dir():
        return f"build it: make -C {_repository().parents[1]} lab"
    return (
        "with Node 20 or newer on the path, install Kobai once more: "
        f"{install_extra()} --force-reinstall --no-deps"
    )
