"""The three tables of words say the same things."""

import string

import pytest

from kobai.plots.texts import TEXTS

KEYS = sorted(TEXTS["en"])
CJK = range(0x3040, 0xA000)


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_three_languages_have_the_same_keys():
    assert set(TEXTS) == {"en", "ja", "zh"}
    assert sorted(TEXTS["ja"]) == KEYS
    assert sorted(TEXTS["zh"]) == KEYS


@pytest.mark.parametrize("language", ["ja", "zh"])
def test_a_translation_fills_in_the_same_values(language):
    for key in KEYS:
        assert fields(TEXTS[language][key]) == fields(TEXTS["en"][key]), key


@pytest.mark.parametrize("language", ["ja", "zh"])
def test_almost_everything_is_translated(language):
    # These are written alike everywhere: formulas and the names of initializers.
    alike = {k for k in KEYS if not any(ord(c) in CJK for c in TEXTS[language][k])}
    assert alike <= {"network_output"}, alike


def test_english_has_no_cjk_characters():
    assert not any(ord(c) in CJK for text in TEXTS["en"].values() for c in text)


def test_words_are_not_mixed_with_mathtext():
    # mathtext writes words in the first font alone, without the fallback that
    # Japanese and Chinese need.
    assert not any("$" in t for table in TEXTS.values() for t in table.values())
