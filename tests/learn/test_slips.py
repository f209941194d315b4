"""Every slip is told from every other, in each language."""

import importlib
import pkgutil
import string

import pytest

from kobai.languages import LANGUAGES
from kobai.learn import check
from kobai.learn.exercises import EXERCISES
from kobai.learn.slips import RIGHT, SLIPS
from kobai.learn.words import WORDS
from tests.learn import slipped

SLIPPED = [
    slip
    for each in pkgutil.iter_modules(slipped.__path__)
    for slip in importlib.import_module(f"tests.learn.slipped.{each.name}").SLIPPED
]

# Told where a file is judged, of which the tests are in test_judgement.py.
OF_FILES = {"too_long"}

NAMES = [f"{exercise}-{slip}" for exercise, slip, _ in SLIPPED]


@pytest.mark.parametrize(("exercise", "slip", "answer"), SLIPPED, ids=NAMES)
def test_a_slip_is_named(exercise, slip, answer):
    verdicts = [check(exercise, answer, language) for language in LANGUAGES]
    assert [verdict.slip for verdict in verdicts] == [slip] * len(LANGUAGES)
    assert len({verdict.message for verdict in verdicts}) == len(LANGUAGES)
    assert not any("\n" in verdict.message for verdict in verdicts)


def test_every_slip_is_tried():
    assert {slip for _, slip, _ in SLIPPED} | OF_FILES == set(SLIPS)


def test_every_exercise_is_slipped_in():
    assert {exercise for exercise, _, _ in SLIPPED} == set(EXERCISES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_slip_has_words_of_its_own(language):
    words = [texts[language] for texts in SLIPS.values()]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("key", [*SLIPS, *WORDS])
def test_the_languages_tell_the_same(key):
    texts = (SLIPS | WORDS)[key]
    assert set(texts) == set(LANGUAGES) == set(RIGHT)
    fields = [
        {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for text in texts.values()
    ]
    assert fields[0] == fields[1] == fields[2]
