"""Node, and what of the lab is bundled for it."""

import atexit
import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"


def needs_node() -> None:
    """Skip where the lab's tests cannot be built."""
    if shutil.which("node") is None:
        pytest.skip("needs Node")
    if not (WEB / "node_modules").is_dir():
        pytest.skip("needs web/node_modules: cd web && npm ci")


@cache
def bundled_tests() -> Path:
    """Return the folder with the tests of web/test, bundled, of this process alone."""
    folder = Path(mkdtemp(prefix="kobai-lab-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    built = subprocess.run(
        ["node", "build.mjs", "--tests", str(folder)],
        cwd=WEB,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    return folder


def run_node_test(name: str, fixtures: Any, folder: Path) -> None:
    """Run a test of web/test on what Python made; fail with its words."""
    needs_node()
    file = folder / "fixtures.json"
    file.write_text(json.dumps(fixtures), "utf-8")
    done = subprocess.run(
        ["node", "--test", str(bundled_tests() / name)],
        cwd=WEB,
        env=os.environ | {"KOBAI_FIXTURES": str(file)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    # Without fixtures each would skip itself.
    assert "# skipped 0" in done.stdout, done.stdout[-6000:]
