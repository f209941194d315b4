"""The three tables of words say the same things."""

import re
import string

import pytest

from kobai.plots.texts import TEXTS, en, ja, zh
from kobai.plots.texts.glossary import GLOSSARY, MARK, spelled

KEYS = sorted(TEXTS["en"])
TABLES = {"en": en.TEXTS, "ja": ja.TEXTS, "zh": zh.TEXTS}
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
    assert alike <= {"network_output", "of_what", "with_dropout"}, alike


def test_english_has_no_cjk_characters():
    assert not any(ord(c) in CJK for text in TEXTS["en"].values() for c in text)


def test_words_are_not_mixed_with_mathtext():
    # mathtext writes words in the first font alone, without the fallback that
    # Japanese and Chinese need.
    assert not any("$" in t for table in TEXTS.values() for t in table.values())


def test_three_languages_have_the_same_terms():
    assert list(GLOSSARY["en"]) == list(GLOSSARY["ja"]) == list(GLOSSARY["zh"])


def other_words(text, language):
    """Return the words of a text that the glossary has another one for."""
    terms = GLOSSARY[language].values()
    text = re.sub(r"\{.*?\}", "", text)
    # The longest first: 识别精度 has 精度 in it, 重み減衰 has 重み.
    for term in sorted(terms, key=lambda term: -len(term.word)):
        text = text.lower().replace(term.word.lower(), "·")
    return [w for term in terms for w in term.never if w.lower() in text]


@pytest.mark.parametrize("language", TEXTS)
def test_a_thing_has_one_word(language):
    found = {k: other_words(t, language) for k, t in TEXTS[language].items()}
    assert {k: words for k, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("text", "language", "word"),
    [
        ("各轮次的正确率", "zh", "正确率"),
        ("精度平坦", "zh", "精度"),
        ("混同行列：正解率", "ja", "正解率"),
        ("最急降下法", "ja", "最急降下法"),
        ("The Training Set", "en", "training set"),
    ],
)
def test_another_word_is_found(text, language, word):
    assert other_words(text, language) == [word]


@pytest.mark.parametrize("language", ["ja", "zh"])
def test_the_words_of_the_glossary_come_from_it(language):
    for key, text in TABLES[language].items():
        plain = MARK.sub("", text)
        for term in GLOSSARY[language].values():
            assert term.word not in plain, key


def test_a_word_is_changed_in_one_place(monkeypatch):
    term = GLOSSARY["ja"]["accuracy"]._replace(word="正解率")
    monkeypatch.setitem(GLOSSARY["ja"], "accuracy", term)
    changed = spelled(ja.TEXTS, "ja")
    assert "正解率" in changed["confusion_title"]
    assert "正解率" in changed["accuracy_title"]


def test_an_unknown_word_is_an_error():
    with pytest.raises(KeyError, match="speed"):
        spelled({"title": "<speed>"}, "en")
