"""The house itself: where things stand, where imports may point, what one costs."""

import ast
import importlib
import importlib.util
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import kobai

SOURCE = Path(kobai.__file__).parent

# Data flows down this list; an import points up it. Alike are those on one line.
ORDER = [
    ["version", "extras"],
    ["errors", "checks"],
    ["files", "html", "keywords", "languages", "lock", "wide"],
    ["functions", "run_folder"],
    ["plots"],
    ["autodiff"],
    ["graph"],
    ["engines"],
    ["optimizers", "processes"],
    ["networks"],
    ["training"],
    ["data"],
    ["formats"],
    ["explanations", "judging"],
    ["estimators", "tabular"],
    ["sweeps"],
    ["gallery", "page"],
    ["book"],
    ["lessons"],
    ["learn"],
    ["cli", "__init__"],
    ["__main__"],
]

# The same inside engines/, whose folders are houses of their own.
ENGINES = [
    ["options"],
    ["__init__"],
    ["reference", "fusions", "kept", "machine"],
    ["numpy_engine"],
    ["numba_engine", "jax_engine"],
    ["blocks"],
    ["differences"],
    ["versions"],
    ["compile"],
]

# Commands are found by their names, so theirs may be a long list.
MOST_MODULES, LONG = 15, {"cli"}


def ranks(order: list[list[str]]) -> dict[str, int]:
    return {name: rank for rank, names in enumerate(order) for name in names}


def modules(source: Path) -> list[Path]:
    return sorted(source.rglob("*.py"))


def imports(path: Path, run: bool = False) -> set[tuple[str, ...]]:
    """Return the modules of kobai that a module names in an import, wherever it is.

    A lazy import is one too, but with `run` not one that only type checkers read. Of
    `from kobai import x` x is the module.
    """
    return imported_by(path.read_text("utf-8"), run)


@cache
def imported_by(text: str, run: bool) -> set[tuple[str, ...]]:
    found = set()
    tree = ast.parse(text)
    for_checkers = {
        inner
        for node in ast.walk(tree)
        if run
        and isinstance(node, ast.If)
        and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in for_checkers:
            continue
        names = []
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        parts = [tuple(name.split(".")) for name in names]
        found |= {p[1:] for p in parts if p[0] == "kobai" and len(p) > 1}
    return found


def arrows_back(source: Path) -> list[str]:
    """Return the imports that point down the house, or to nowhere in it."""
    outer, inner = ranks(ORDER), ranks(ENGINES)
    wrong = []
    for path in modules(source):
        here = path.relative_to(source).with_suffix("").parts
        for there in sorted(imports(path)):
            if there[0] == "version" or there[0] == "__version__":
                continue
            if here[0] != there[0]:
                is_right = outer.get(there[0], 99) < outer.get(here[0], -1)
            elif here[0] == "engines" and here[1] != there[1]:
                at, to = here[1], there[1] if there[1] in inner else "__init__"
                is_right = inner[to] < inner.get(at, -1)
            else:
                is_right = True
            if not is_right:
                wrong.append(f"{'/'.join(here)} imports {'.'.join(there)}")
    return wrong


def top_folder(path: Path) -> str:
    """Return the folder within which a name stands for one file.

    Engines are alike on purpose: each has its names and its source.
    """
    *folders, _ = path.parts
    return "/".join(folders[: 2 if folders[:1] == ["engines"] else 1])


def names_twice(source: Path) -> list[str]:
    seen: dict[tuple[str, str], Path] = {}
    wrong = []
    for path in modules(source):
        inside = path.relative_to(source)
        if path.name == "__init__.py" or len(inside.parts) == 1:
            continue
        other = seen.setdefault((top_folder(inside), path.name), inside)
        if other != inside:
            wrong.append(f"{inside} and {other}")
    return wrong


def verbs(source: Path) -> list[str]:
    """Return the modules of engines/ that are called by what they do."""
    engines = source / "engines"
    return [str(p) for p in modules(engines) if p.stem.endswith("ing")]


def crowds(source: Path) -> list[str]:
    inside = [p.relative_to(source) for p in modules(source) if p.stem != "__init__"]
    folders = Counter(path.parent for path in inside)
    return [
        f"{folder}: {count}"
        for folder, count in folders.items()
        if count > MOST_MODULES and str(folder) not in LONG
    ]


def strangers_of_plots(source: Path) -> list[str]:
    return [
        f"{path.name} imports {'.'.join(there)}"
        for path in modules(source / "plots")
        for there in sorted(imports(path))
        if there[0] not in ("plots", "errors")
    ]


def circles(source: Path) -> list[str]:
    """Return the modules that, by way of others, import themselves.

    What is imported for type checkers alone is not imported.
    """
    names = {path: ".".join(name_of(path, source)) for path in modules(source)}
    known = set(names.values())
    arrows = {}
    for path, name in names.items():
        parts = [there[:n] for there in imports(path, run=True) for n in range(1, 5)]
        there = {".".join(part) for part in parts} & known - {name}
        # A package has been imported before what lies in it.
        arrows[name] = {other for other in there if not name.startswith(f"{other}.")}
    while True:
        imported = set().union(*arrows.values())
        kept = {n for n, there in arrows.items() if there and n in imported}
        if len(kept) == len(arrows):
            return sorted(kept)
        arrows = {name: arrows[name] & kept for name in kept}


def name_of(path: Path, source: Path) -> tuple[str, ...]:
    parts = path.relative_to(source).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def names_for_primitives(source: Path) -> list[str]:
    """Return where a primitive is told by its name, and not by its constant.

    The name is for text that is written: it is compared with nothing, and no key.
    """
    return [
        f"{path.relative_to(source)}:{line}"
        for path in modules(source)
        for line in telling_by_name(path.read_text("utf-8"))
    ]


@cache
def telling_by_name(text: str) -> list[int]:
    """Return the lines that compare a primitive's name, or look something up by it."""
    return sorted(set(_telling_by_name(ast.parse(text))))


def _telling_by_name(tree: ast.AST) -> Iterator[int]:
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.FunctionDef | ast.Module):
            continue
        nodes = list(inside(scope))
        variables = {name for node in nodes for name in named_after_primitive(node)}
        for node in nodes:
            for part in deciding_parts(node):
                is_variable = isinstance(part, ast.Name) and part.id in variables
                if is_variable or is_name_of_primitive(part):
                    yield node.lineno


def inside(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield what is in a function or module, but not in the functions in it."""
    for node in ast.iter_child_nodes(scope):
        if not isinstance(node, ast.FunctionDef):
            yield node
            yield from inside(node)


def deciding_parts(node: ast.AST) -> list[ast.expr]:
    """Return the parts of a node by whose value it tells one thing from another."""
    match node:
        case ast.Compare(left=left, comparators=others):
            return [left, *others]
        case ast.Subscript(slice=key) | ast.Match(subject=key):
            return [key]
        # Whoever asks for it would compare it.
        case ast.Return(value=ast.Attribute() as name):
            return [name]
        case ast.Call(func=ast.Attribute(attr="get"), args=[key, *_]):
            return [key]
    return []


def named_after_primitive(node: ast.AST) -> Iterator[str]:
    """Yield the variables that an assignment gives the name of a primitive."""
    if isinstance(node, ast.Assign):
        (target,) = node.targets[:1]
        pairs = [(target, node.value)]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(target.elts, node.value.elts, strict=False))
        yield from (ast.unparse(t) for t, v in pairs if is_name_of_primitive(v))
    elif isinstance(node, ast.NamedExpr) and is_name_of_primitive(node.value):
        yield node.target.id


def is_name_of_primitive(node: ast.AST) -> bool:
    """Whether an expression is `primitive.name`, or `anything.primitive.name`."""
    if not (isinstance(node, ast.Attribute) and node.attr == "name"):
        return False
    return ast.unparse(node.value).split(".")[-1] == "primitive"


RULES = [
    names_for_primitives,
    circles,
    arrows_back,
    names_twice,
    verbs,
    crowds,
    strangers_of_plots,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule: Callable[[Path], list[str]]) -> None:
    assert rule(SOURCE) == []


def test_every_module_has_a_place() -> None:
    homes = {path.relative_to(SOURCE).parts[0] for path in modules(SOURCE)}
    assert {name.removesuffix(".py") for name in homes} == set(ranks(ORDER))


# Data can be read where nothing learns.
DATA_IMPORTS = {"keywords", "data", "errors", "files", "checks", "functions"}


def test_data_depends_on_nothing_that_learns() -> None:
    for path in modules(SOURCE / "data"):
        assert {there[0] for there in imports(path)} <= DATA_IMPORTS


PLANTED = [
    (arrows_back, "functions/wrong.py", "from kobai.training import train\n"),
    (arrows_back, "graph/wrong.py", "def f():\n    import kobai.networks.network\n"),
    (arrows_back, "autodiff/wrong.py", "def f():\n    from kobai import training\n"),
    (
        arrows_back,
        "engines/numpy_engine/wrong.py",
        "from kobai.engines.numba_engine import cache\n",
    ),
    (
        arrows_back,
        "engines/machine/wrong.py",
        "def f():\n    from kobai.engines.differences.gradient import x\n",
    ),
    (arrows_back, "engines/wrong.py", "from kobai.training import steppers\n"),
    (names_twice, "graph/identities/node.py", ""),
    (names_twice, "engines/numba_engine/kernels/source.py", ""),
    (verbs, "engines/numba_engine/lowering.py", ""),
    (names_for_primitives, "graph/wrong.py", 'a = node.primitive.name == "add"\n'),
    (names_for_primitives, "graph/wrong.py", 'a = "add" != primitive.name\n'),
    (
        names_for_primitives,
        "engines/wrong.py",
        "def name(self):\n    return self.node.primitive.name\n",
    ),
    (
        names_for_primitives,
        "formats/wrong.py",
        'def f(op):\n    return op.primitive.name in ("add", "scatter")\n',
    ),
    (
        names_for_primitives,
        "engines/wrong.py",
        "def f(node):\n    return TABLE.get(node.primitive.name, 0)\n",
    ),
    (
        names_for_primitives,
        "engines/wrong.py",
        'def f(n):\n    name, k = n.primitive.name, 0\n    return name == "where"\n',
    ),
    (strangers_of_plots, "plots/wrong.py", "from kobai.graph import Graph\n"),
    (strangers_of_plots, "plots/wrong.py", "def f():\n    import kobai.files\n"),
]


@pytest.mark.parametrize(("rule", "name", "text"), PLANTED)
def test_a_planted_violation_is_found(
    rule: Callable[[Path], list[str]], name: str, text: str, tmp_path: Path
) -> None:
    source = tmp_path / "kobai"
    shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__"))
    (source / name).write_text(text)
    assert len(rule(source)) == 1


def test_a_circle_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f():\n    from kobai.b import g\n")
    (tmp_path / "b.py").write_text("from kobai.c import h\n")
    (tmp_path / "c.py").write_text("import kobai.a\n")
    assert circles(tmp_path) == ["a", "b", "c"]
    (tmp_path / "c.py").write_text("if TYPE_CHECKING:\n    import kobai.a\n")
    assert circles(tmp_path) == []


def test_a_crowded_folder_is_found(tmp_path: Path) -> None:
    for number in range(MOST_MODULES + 1):
        (tmp_path / f"module_{number}.py").touch()
    assert len(crowds(tmp_path)) == 1


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


OUTSIDE = sorted(
    path
    for folder in ("benchmarks", "examples")
    for path in (SOURCE.parents[1] / folder).rglob("*.py")
)


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: path.name)
def test_benchmarks_and_examples_find_what_they_import(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.ImportFrom) or node.level or not node.module:
            continue
        if node.module.split(".")[0] == "kobai":
            module = importlib.import_module(node.module)
            names = [alias.name for alias in node.names if alias.name != "*"]
            missing = [name for name in names if not has(module, name)]
            assert missing == [], f"{node.module} has no {missing}"


def has(module: ModuleType, name: str) -> bool:
    """Tell whether a module has a name, or a package a module of that name."""
    if hasattr(module, name) or not hasattr(module, "__path__"):
        return hasattr(module, name)
    return importlib.util.find_spec(f"{module.__name__}.{name}") is not None
