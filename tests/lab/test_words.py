"""The lab's texts use the words of the figures: one word for one thing."""

import re
from pathlib import Path

import pytest

from kobai.plots.texts.glossary import GLOSSARY

TEXTS = Path(__file__).parents[2] / "web" / "src" / "texts"
ENTRY = re.compile(r'^  "?([\w.-]+)"?:\s+"((?:[^"\\]|\\.)*)"', re.MULTILINE)


def entries(language):
    """Return the texts of the page and the panels in one language."""
    found = {}
    for name in (f"{language}.ts", f"page-{language}.ts", f"said-{language}.ts"):
        found |= dict(ENTRY.findall((TEXTS / name).read_text("utf-8")))
    return found


def other_words(text, language):
    """Return the words of a text that the glossary has another one for."""
    terms = GLOSSARY[language].values()
    text = re.sub(r"\{.*?\}", "", text).lower()
    for term in sorted(terms, key=lambda term: -len(term.word)):
        text = text.replace(term.word.lower(), "·")
    return [
        word
        for term in terms
        for word in term.never
        if re.search(boundary(word, language), text)
    ]


def boundary(word, language):
    """Return a pattern of a word: in English the whole one, its plural too."""
    pattern = re.escape(word.lower())
    return rf"\b{pattern}s?\b" if language == "en" else pattern


@pytest.mark.parametrize("language", GLOSSARY)
def test_a_thing_has_one_word(language):
    texts = entries(language)
    assert len(texts) > 300
    found = {key: other_words(text, language) for key, text in texts.items()}
    assert {key: words for key, words in found.items() if words} == {}


def test_another_word_is_found():
    assert other_words("Units of the hidden layer", "en") == ["unit"]
    assert other_words("中間層のようす", "ja") == ["中間層"]
    assert other_words("测试集的准确率", "zh") == ["准确率", "测试集"]
