"""Run blocks of a document with nothing importable but what it says to install.

python tests/only_named.py ".[table]" onnxruntime < blocks.json

Reads [[language, block], ...]: Python is run in one namespace, of console blocks the
lines that begin with `kobai` or `python`. Kobai's own requirements are read from
pyproject.toml, the others' from what is installed.
"""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def requirements(name, extras):
    """Return what a distribution needs with some extras."""
    if name == "kobai":
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        lists = [project["optional-dependencies"][extra] for extra in extras]
        return [Requirement(r) for r in sum(lists, project["dependencies"])]
    found = [Requirement(text) for text in metadata.requires(name) or []]
    return [
        r
        for r in found
        if not r.marker
        or any(r.marker.evaluate({"extra": extra}) for extra in ("", *extras))
    ]


def closure(words):
    """Return the names of all distributions that `pip install WORDS` brings.

    >>> {"numpy", "polars"} <= closure([".[table]"])
    True
    >>> "polars" in closure(["."])
    False
    """
    left = [Requirement(re.sub(r"^\.", "kobai", word)) for word in words]
    seen = set()
    while left:
        each = left.pop()
        name = canonicalize_name(each.name)
        key = name, frozenset(each.extras)
        if key not in seen:
            seen.add(key)
            try:
                left += requirements(name, each.extras)
            except metadata.PackageNotFoundError:
                raise SystemExit(f"{name} is not installed here") from None
    return {name for name, _ in seen}


class Hiding:
    """A finder of modules that finds some packages no more."""

    def __init__(self, finder, hidden):
        self._finder, self._hidden = finder, hidden

    def __getattr__(self, name):
        return getattr(self._finder, name)

    def find_spec(self, name, *others):
        """Find a module, unless it is to be absent."""
        if name.partition(".")[0] in self._hidden:
            return None
        return self._finder.find_spec(name, *others)


def hide_all_but(names):
    """Make every other installed package as good as absent."""
    hidden = {
        module
        for module, owners in metadata.packages_distributions().items()
        if not names & {canonicalize_name(owner) for owner in owners}
    }
    sys.meta_path[:] = [Hiding(finder, hidden) for finder in sys.meta_path]


def run_commands(block):
    """Run a block's commands, one after the other; each must end well."""
    from typer.testing import CliRunner

    from kobai.cli.app import app

    for line in block.splitlines():
        _, *words = shlex.split(line, comments=True)
        if words[0] == "kobai":
            done = CliRunner().invoke(app, words[1:], catch_exceptions=False)
            assert done.exit_code == 0, f"{line}\n{done.output}"
        elif words[0] == "python":
            command = line.replace("$ python", shlex.quote(sys.executable), 1)
            subprocess.run(command, shell=True, check=True)


def main():
    """Run what standard input gives."""
    hide_all_but(closure(sys.argv[1:] or ["."]) | {"kobai"})
    namespace = {"__name__": "__main__"}
    for language, block in json.load(sys.stdin):
        if language == "python":
            exec(compile(block, "block", "exec"), namespace)
        else:
            run_commands(block)


if __name__ == "__main__":
    main()
