"""One word for one thing: the lessons speak as the figures do."""

import re

import pytest

from kobai.learn import lessons
from kobai.learn.slips import SLIPS
from kobai.learn.words import WORDS
from kobai.plots.texts.glossary import GLOSSARY

# Words of the book in which a word stands that alone would be another's; and words that
# stand for something else in prose.
FINE = {
    "en": [
        "hyper-parameter",
        "step size",
        "unit",
        "valley",
        "prediction",
        "cost",
        "actual value",
    ],
    "ja": ["学習データから", "初期化"],
    "zh": ["数值微分", "初始化", "单元格", "误差函数"],
}
CODE = re.compile(r"`[^`]*`")


def strangers(text, language):
    """Return the words of a text for which the glossary has others."""
    text = CODE.sub("", text)
    terms = GLOSSARY[language].values()
    for word in sorted([*FINE[language], *(t.word for t in terms)], key=len)[::-1]:
        text = text.replace(word, "")
    return [word for term in terms for word in term.never if word in text]


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_lessons_keep_to_the_glossary(lesson):
    found = {
        f"line {cell.line}": words
        for cell in lesson.cells
        if cell.language and (words := strangers(cell.text, cell.language))
    }
    assert not found


@pytest.mark.parametrize("key", [*SLIPS, *WORDS])
def test_messages_keep_to_the_glossary(key):
    texts = (SLIPS | WORDS)[key]
    assert not {
        la: words for la, text in texts.items() if (words := strangers(text, la))
    }


def test_a_stranger_is_seen():
    assert strangers("ロスを小さくする", "ja") == ["ロス"]
