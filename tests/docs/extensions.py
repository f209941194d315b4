"""The modules of docs/extensions, which are no package."""

import importlib
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "extensions"


def extension(name, needs="kobai"):
    """Return a module of docs/extensions; skip where what it needs is not installed."""
    pytest.importorskip(needs, reason="needs the extra docs")
    sys.path.insert(0, str(FOLDER))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(FOLDER))
