"""Nothing about fonts may depend on which ones this machine has."""

import pytest
from matplotlib import font_manager

from kobai.plots import fonts

CACHES = (
    fonts.choose,
    fonts.installed_families,
    fonts.warn_of_words,
    fonts._having,
    fonts._has,
)


def forget():
    for each in CACHES:
        each.cache_clear()


@pytest.fixture
def only_fonts(monkeypatch):
    """Return the function that hides all fonts but those whose name has a word."""

    def hide_all_but(*words):
        manager = font_manager.fontManager
        rest = [f for f in manager.ttflist if any(word in f.name for word in words)]
        monkeypatch.setattr(manager, "ttflist", rest)
        monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [])
        forget()

    forget()
    fonts.installed_families()
    yield hide_all_but
    forget()


@pytest.fixture
def no_cjk_fonts(only_fonts):
    """Make the machine one that has only the fonts that come with matplotlib."""
    only_fonts("DejaVu", "Last Resort", "STIX", "cm")
