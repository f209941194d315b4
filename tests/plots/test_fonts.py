"""A label is readable or English, and never a row of boxes."""

import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.font_manager import fontManager
from matplotlib.text import Text

from kobai.graph import draw, trace
from kobai.plots import (
    confusion_matrix,
    fonts,
    network_drawing,
    step_losses,
    training_curves,
)
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


def test_a_family_that_lacks_a_character_is_not_chosen(monkeypatch, no_cjk_fonts):
    # Here the only "Japanese" font is one without kana.
    monkeypatch.setitem(fonts.FAMILIES, "ja", ("DejaVu Serif",))
    with pytest.warns(fonts.FontWarning):
        assert fonts.choose("ja")[0] == "en"


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
    assert families[:2] == (fonts.LATIN, fonts.FAMILIES[language][0])


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


def test_unreadable_class_names_become_numbers(only_fonts):
    with pytest.warns(fonts.FontWarning):
        figure = confusion_matrix([[1, 0], [0, 1]], ["cat", UNASSIGNED])
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert labels == ["0", "1"]


def test_japanese_class_names_without_a_font_become_numbers(no_cjk_fonts):
    with pytest.warns(fonts.FontWarning):
        figure = confusion_matrix([[1, 0], [0, 1]], ["お", "き"])
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert labels == ["0", "1"]


def test_an_unknown_language_is_named():
    with pytest.raises(ValueError, match='got "fr"; need "en"'):
        network_drawing(language="fr")
    with pytest.raises(ValueError, match='Did you mean "zh"'):
        network_drawing(language="zhe")


def cjk_or_skip():
    if not any("CJK" in name for name in fonts.installed_families()):
        pytest.skip("needs a font such as Debian's fonts-noto-cjk")


def drawn(figure):
    """Draw a figure; matplotlib warns of every box, and warnings are errors."""
    png = figure._repr_png_()
    assert png.startswith(b"\x89PNG")
    return [text.get_text() for text in figure.findobj(Text)]


NAMES = {"ja": ("迷惑メール", "通常"), "zh": ("认证", "未认证")}


@pytest.mark.parametrize("language", ["en", "ja", "zh"])
@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
def test_names_in_any_language_are_drawn_in_any_other(language, names, only_fonts):
    cjk_or_skip()
    figure = confusion_matrix([[1, 0], [0, 1]], names, language)
    assert set(names) <= set(drawn(figure))


@pytest.mark.parametrize("language", ["ja", "zh"])
def test_a_font_that_nobody_listed_will_do(language, only_fonts, monkeypatch):
    cjk_or_skip()
    monkeypatch.setitem(fonts.FAMILIES, language, ())
    only_fonts("DejaVu Sans", "Serif CJK", "Last Resort")
    spoken, families = fonts.choose(language)
    assert spoken == language
    assert "Serif CJK" in families[1]


def test_the_last_resort_is_no_font(no_cjk_fonts):
    # It has a glyph for every character: a box.
    assert any("Last Resort" in name for name in fonts.installed_families())
    assert fonts.covering("学", [fonts.LATIN]) is None


def test_names_that_cannot_be_written_are_numbers_and_one_line_of_advice(no_cjk_fonts):
    with pytest.warns(fonts.FontWarning, match="install") as caught:
        texts = [drawn(confusion_matrix(np.eye(2), names)) for names in NAMES.values()]
    assert len(caught) == 1
    for names, found in zip(NAMES.values(), texts, strict=True):
        assert not set(names) & set(found)
        assert {"0", "1"} <= set(found)
    assert "\n" not in str(caught[0].message)


def japanese_graph():
    return trace(
        lambda 重み, 入力: np.sum(入力 @ 重み), np.ones((3, 1)), np.ones((2, 3))
    )


def test_a_graph_with_japanese_names(only_fonts):
    cjk_or_skip()
    assert {"重み", "入力"} <= set(drawn(draw(japanese_graph())))


def test_no_boxes_in_a_graph_where_no_font_has_its_names(no_cjk_fonts):
    with pytest.warns(fonts.FontWarning, match="numbers"):
        assert {"x0", "x1", "@"} <= set(drawn(draw(japanese_graph())))


def test_a_title_added_later_has_no_boxes_either(no_cjk_fonts):
    figure = network_drawing()
    figure.suptitle("私の network")
    with pytest.warns(fonts.FontWarning):
        assert "?? network" in drawn(figure)


RECORDS = [
    {"epoch": i, "train_loss": 10.0**-i, "train_accuracy": i / 4} for i in range(5)
]


@pytest.mark.parametrize("language", ["en", "ja", "zh"])
def test_logarithmic_ticks_and_minus_signs(language, only_fonts):
    if language != "en":
        cjk_or_skip()
    texts = drawn(training_curves(SimpleNamespace(records=RECORDS), language))
    assert "0.01" in texts
    assert not any("10^{-2}" in text for text in texts)
    small = [{**each, "test_loss": each["train_loss"] * 1e-6} for each in RECORDS]
    texts = drawn(training_curves(SimpleNamespace(records=small), language))
    assert any("10^{-6}" in text for text in texts)
    # The hyphen is no minus: matplotlib writes U+2212, which DejaVu Sans has.
    figure = step_losses([1.0, -2.0, -1.0, -3.0], language)
    assert any(text.startswith("−") for text in drawn(figure))


def test_a_class_name_is_no_formula_and_no_novel():
    texts = drawn(confusion_matrix([[1, 0], [0, 1]], ["$1 to $2", "x" * 200]))
    assert r"\$1 to \$2" in texts
    assert max(map(len, texts)) < 100
