"""What messages may show of names that others have chosen."""

import pickle
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kobai import errors
from kobai.errors import DataError, KobaiError, visible

CONTROL = "\x00\a\b\t\r\x1b\x7f\x85\x9b"
HIDDEN = CONTROL + "\u061c\u200b\u200e\u202a\u202e\u2028\u2066\ufeff"


@pytest.mark.parametrize("sign", HIDDEN, ids=ascii)
def test_signs_that_steer_or_hide_are_shown_by_number(sign: str) -> None:
    shown = visible(f"a{sign}b")
    assert shown.isprintable()
    assert shown == "a" + repr(sign)[1:-1] + "b"


def test_bytes_of_names_that_are_no_text_are_shown_as_bytes() -> None:
    name = b"a\xff\x81.csv".decode("utf-8", "surrogateescape")
    assert visible(name) == r"a\xff\x81.csv"


@pytest.mark.parametrize(
    "text", ["花弁の長さ\u3000cm", "1\u202f000\u00a0€", "👩\u200d🔬"]
)
def test_words_of_any_language_stay_as_they_are(text: str) -> None:
    assert visible(text) == text
    assert visible("a\nb") == "a\nb"


@given(st.text())
def test_what_is_shown_is_safe_and_stays_so(text: str) -> None:
    shown = visible(text)
    kinds = {unicodedata.category(c) for c in shown.replace("\n", "")}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
    assert visible(shown) == shown
    shown.encode()


def kinds_of(kind: type) -> list[type]:
    return [kind, *(each for sub in kind.__subclasses__() for each in kinds_of(sub))]


def test_no_error_of_ours_steers_a_terminal() -> None:
    import kobai.cli.app  # noqa: F401 - it knows them all

    assert str(DataError("a \x1b[2J b")) == "a \\x1b[2J b"
    assert {kind.__str__ for kind in kinds_of(KobaiError)} == {KobaiError.__str__}


def test_an_error_still_goes_to_another_process() -> None:
    found = pickle.loads(pickle.dumps(DataError("a \x1b b")))
    assert isinstance(found, errors.DataError)
    assert str(found) == "a \\x1b b"
