"""Nothing about fonts may depend on which ones this machine has."""

import pytest

from kobai.plots import fonts


@pytest.fixture
def no_cjk_fonts(monkeypatch):
    """Make the machine one that has only the font that comes with matplotlib."""
    only = frozenset({fonts.LATIN})
    monkeypatch.setattr(fonts, "installed_families", lambda: only)
    fonts.choose.cache_clear()
    yield
    fonts.choose.cache_clear()
