"""The languages that Kobai speaks, and which of them its user reads."""

import os
from collections.abc import Mapping

LANGUAGES = ("en", "ja", "zh")
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def readers_language(environment: Mapping[str, str]) -> str:
    """Return the language of an environment: "ja", "zh", and "en" for all others.

    The first variable that is set decides, as it does for other programs.

    >>> readers_language({"LANG": "ja_JP.UTF-8"})
    'ja'
    >>> readers_language({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"})
    'en'
    """
    found = next(filter(None, map(environment.get, VARIABLES)), "")
    start = found[:2].lower()
    return start if start in LANGUAGES else "en"


def users_language() -> str:
    """Return the language of this process's environment."""
    return readers_language(os.environ)


def check_language(language: str) -> str:
    """Return a language; ValueError where it is none that Kobai speaks.

    >>> check_language("ja")
    'ja'
    """
    if language not in LANGUAGES:
        raise ValueError(
            f'language: got "{language}"; need one of {", ".join(LANGUAGES)}'
        )
    return language
