"""A label is readable or English, and never a row of boxes."""

import warnings

import pytest
from matplotlib.font_manager import fontManager

from kobai.plots import confusion_matrix, fonts, network_drawing
from kobai.plots.style import speaker

UNASSIGNED = "\U000f0000"  # private use: no font has it


def test_english_needs_no_other_font(no_cjk_fonts):
    assert fonts.choose("en") == ("en", (fonts.LATIN,))


@pytest.mark.parametrize(("language", "name"), [("ja", "Japanese"), ("zh", "Chinese")])
def test_without_a_font_labels_are_english_and_advice_is_given_once(
    no_cjk_fonts, language, name
):
    with pytest.warns(fonts.FontWarning, match=f"{name}.*install"):
        figure = network_drawing(language=language)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = network_drawing(language=language)
    english = network_drawing(language="en").axes[0].get_title()
    assert figure.axes[0].get_title() == again.axes[0].get_title() == english


def test_advice_is_one_line(no_cjk_fonts):
    with pytest.warns(fonts.FontWarning) as caught:
        fonts.choose("ja")
    assert len(caught) == 1
    assert "\n" not in str(caught[0].message)


def test_a_family_that_lacks_a_character_is_not_chosen(monkeypatch):
    # Here the only "Japanese" font is one without kana.
    monkeypatch.setitem(fonts.FAMILIES, "ja", ("DejaVu Serif",))
    fonts.choose.cache_clear()
    with pytest.warns(fonts.FontWarning):
        assert fonts.choose("ja")[0] == "en"
    fonts.choose.cache_clear()


def test_missing_looks_into_the_fonts():
    assert fonts.missing("−1 ≤ η x₀² ∂", [fonts.LATIN]) == ""
    assert fonts.missing(f"a{UNASSIGNED}", [fonts.LATIN]) == UNASSIGNED
    assert fonts.missing("学", [fonts.LATIN]) == "学"


def test_missing_leaves_formulas_to_mathtext():
    assert fonts.missing("$\\partial 学$ x", [fonts.LATIN]) == ""


@pytest.mark.parametrize("language", ["ja", "zh"])
def test_an_installed_font_is_used(language):
    known = {font.name for font in fontManager.ttflist} | fonts.installed_families()
    if fonts.FAMILIES[language][0] not in known:
        pytest.skip(f"{fonts.FAMILIES[language][0]} is not installed here")
    spoken, families = fonts.choose(language)
    assert spoken == language
    assert speaker(language)("loss") in ("損失", "损失")
    assert len(families) == 2


def test_a_font_installed_after_matplotlibs_first_start_is_found(tmp_path, monkeypatch):
    from matplotlib import font_manager

    known = font_manager.findfont("DejaVu Serif")
    manager = font_manager.fontManager
    rest = [font for font in manager.ttflist if font.name != "DejaVu Serif"]
    monkeypatch.setattr(manager, "ttflist", rest)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [known])
    fonts.installed_families.cache_clear()
    assert "DejaVu Serif" in fonts.installed_families()
    fonts.installed_families.cache_clear()


def test_unreadable_class_names_become_numbers():
    figure = confusion_matrix([[1, 0], [0, 1]], ["cat", UNASSIGNED])
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert labels == ["0", "1"]


def test_japanese_class_names_without_a_font_become_numbers(no_cjk_fonts):
    figure = confusion_matrix([[1, 0], [0, 1]], ["お", "き"])
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert labels == ["0", "1"]


def test_an_unknown_language_is_named():
    with pytest.raises(ValueError, match='got "fr"; need "en"'):
        network_drawing(language="fr")
    with pytest.raises(ValueError, match='Did you mean "zh"'):
        network_drawing(language="zhe")
