"""The house itself: where imports may point, what `import kobai` costs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import kobai

SOURCE = Path(kobai.__file__).parent

# Data flows down this list; an import points up it. Alike are those on one line.
ORDER = [
    ["errors", "version", "html"],
    ["functions"],
    ["autodiff"],
    ["graph"],
    ["engines"],
    ["networks"],
    ["optimizers"],
    ["training"],
    ["data"],
    ["formats"],
    ["estimators"],
    ["plots"],
    ["cli", "book", "__init__"],
]
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}

# history.plot() and graph.draw() open a face of the house, below them, when called.
FACES = {("training", "plots"), ("graph", "plots")}


def folder_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Return the folders of kobai that a module names in an import, wherever it is."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
            if node.module == "kobai":
                names = [f"kobai.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        parts = [name.split(".") for name in names]
        found |= {p[1] for p in parts if p[0] == "kobai" and len(p) > 1}
    return found


MODULES = sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_point_up_the_house(path: Path) -> None:
    here = folder_of(path)
    assert here in RANK, f"{here} has no place in the house"
    for there in imports(path):
        allowed = RANK[there] < RANK[here] or there == here or (here, there) in FACES
        assert allowed or there == "version", f"{here} imports {there}, below it"


def test_data_depends_on_nothing_above() -> None:
    for path in (SOURCE / "data").rglob("*.py"):
        assert imports(path) <= {"data", "errors"}


def test_the_guard_sees_an_arrow_that_runs_back(tmp_path: Path) -> None:
    module = tmp_path / "wrong.py"
    module.write_text("def f():\n    from kobai.training import train\n")
    assert imports(module) == {"training"}
    assert RANK["training"] > RANK["functions"]


def test_every_public_name_is_there() -> None:
    for name in kobai.__all__:
        assert getattr(kobai, name) is not None
    assert set(kobai.__all__) <= set(dir(kobai))


def loaded_by(code: str) -> set[str]:
    listing = f"import sys; {code}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def test_import_kobai_loads_nothing_heavy() -> None:
    heavy = {"matplotlib", "rich", "typer", "pooch", "safetensors", "PIL", "numba"}
    assert not heavy & loaded_by("import kobai")
    assert not heavy & loaded_by("import kobai; kobai.gradient; kobai.train")


def test_import_kobai_adds_few_modules_to_numpy() -> None:
    added = loaded_by("import numpy, kobai") - loaded_by("import numpy")
    assert added <= {"kobai"}
