"""What the help and the errors say in the reader's language.

English stands where it is used, in the commands. The other languages have a file each
in `texts`, which is read when its language is asked for; of an English text there is
nothing to look up. Names in brackets are keys, the lines below them the text.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kobai.cli.standins import can_write
from kobai.languages import users_language

FOLDER = Path(__file__).with_name("texts")
KEY = re.compile(r"^\[(.+)\]\n", re.MULTILINE)
AS_IT_IS = "\b"
# Signs that an encoding of another place lacks: Big5 those of the simplified script.
SAMPLES = {"ja": "日本語で学ぶ", "zh": "简体中文学习"}


def texts() -> Mapping[str, str]:
    """Return the texts of the reader's language; none of English, or where the
    terminal's encoding has no signs for them.
    """
    language = users_language()
    is_english = language == "en" or not can_write(SAMPLES[language])
    return {} if is_english else catalogue(language)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return all texts of a language by their keys.

    >>> catalogue("ja")["--steps"]
    'エポック数の代わりに、ステップ数。'
    """
    text = (FOLDER / f"{language}.txt").read_text("utf-8")
    _, *parts = KEY.split(text.replace("\\b\n", f"{AS_IT_IS}\n"))
    return {
        key: value.strip("\n")
        for key, value in zip(parts[::2], parts[1::2], strict=True)
    }


def told(english: str, *keys: str) -> str:
    """Return a text in the reader's language, by the first key that it has."""
    known = texts()
    return next((known[key] for key in keys if key in known), english)
