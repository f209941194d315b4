"""The language of a picture's words: as it is asked for, or the reader's own."""

import os
from collections.abc import Mapping

import typer

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
KNOWN = ("ja", "zh")


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
    return start if start in KNOWN else "en"


def spoken(context: typer.Context, value: str) -> str:
    """Return the value of --language, or where it is not given the reader's own."""
    source = context.get_parameter_source("language")
    if source is not None and source.name == "DEFAULT":
        return readers_language(os.environ)
    return value
