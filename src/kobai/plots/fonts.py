"""A font for each language, so that no label becomes a row of empty boxes."""

import contextlib
import re
import warnings
from collections.abc import Iterable, Sequence
from functools import cache

from kobai.errors import suggest
from kobai.plots.texts import TEXTS

# It comes with matplotlib and has digits, the minus sign, Greek and subscripts, which
# several Chinese fonts lack; so it leads, and the others fill in what it has not.
LATIN = "DejaVu Sans"

FAMILIES: dict[str, tuple[str, ...]] = {
    "en": (),
    "ja": (
        "Noto Sans CJK JP",
        "Noto Sans JP",
        "Source Han Sans JP",
        "Source Han Sans",
        "Hiragino Sans",
        "Hiragino Kaku Gothic ProN",
        "Hiragino Maru Gothic Pro",
        "BIZ UDGothic",
        "Yu Gothic",
        "Meiryo",
        "MS Gothic",
        "IPAexGothic",
        "IPAGothic",
        "TakaoGothic",
        "VL Gothic",
        "Droid Sans Fallback",
        "Arial Unicode MS",
        "Noto Serif CJK JP",
    ),
    "zh": (
        "Noto Sans CJK SC",
        "Noto Sans SC",
        "Source Han Sans SC",
        "Source Han Sans CN",
        "PingFang SC",
        "PingFang HK",
        "Hiragino Sans GB",
        "Heiti SC",
        "Heiti TC",
        "STHeiti",
        "Songti SC",
        "Microsoft YaHei",
        "DengXian",
        "SimHei",
        "WenQuanYi Micro Hei",
        "WenQuanYi Zen Hei",
        "Droid Sans Fallback",
        "Arial Unicode MS",
        "Noto Sans CJK JP",
        "Noto Serif CJK SC",
    ),
}


class FontWarning(UserWarning):
    """No installed font can write the language that was asked for."""


def check_language(language: str) -> None:
    """Refuse a language that has no table of texts.

    Raises:
        ValueError: the language is not one of "en", "ja" and "zh".

    >>> check_language("ja")
    """
    if language not in TEXTS:
        raise ValueError(
            f'language: got "{language}"; need "en" (English), "ja" (Japanese) or '
            f'"zh" (simplified Chinese).{suggest(language, TEXTS)}'
        )


@cache
def choose(language: str) -> tuple[str, tuple[str, ...]]:
    """Return the language that can be written here and the fonts to write it with.

    A language whose characters no installed font has is replaced by English, and one
    `FontWarning` per process says what to install.

    Raises:
        ValueError: the language is not one of "en", "ja" and "zh".

    >>> choose("en")[0]
    'en'
    """
    check_language(language)
    if language == "en":
        return "en", (LATIN, *_extra_fonts())
    needed = "".join(TEXTS[language].values())
    for family in _installed(FAMILIES[language]):
        if not missing(needed, (LATIN, family)):
            return language, (LATIN, family)
    warnings.warn(_advice(language), FontWarning, stacklevel=2)
    return choose("en")


def missing(text: str, families: Sequence[str]) -> str:
    """Return the characters of `text` that none of the font families has.

    Formulas between dollar signs are left out: mathtext draws them with fonts of its
    own.

    >>> missing("η = 0.1", ["DejaVu Sans"])
    ''
    """
    plain = re.sub(r"\$[^$]*\$", "", text)
    wanted = sorted(set(plain) - set("\n "))
    return "".join(c for c in wanted if not any(_has(f, c) for f in families))


def readable(words: Iterable[str], families: Sequence[str]) -> list[str]:
    """Return words of the user's, or their numbers where a font lacks a character.

    >>> readable(["cat", "\\U000f0000"], ["DejaVu Sans"])
    ['0', '1']
    """
    words = list(words)
    if missing("".join(words), families):
        return [str(i) for i in range(len(words))]
    return words


def _extra_fonts() -> list[str]:
    # A user's class names may be Japanese or Chinese in an English figure.
    return _installed((*FAMILIES["ja"], *FAMILIES["zh"]))[:1]


def _installed(families: Sequence[str]) -> list[str]:
    known = installed_families()
    return [family for family in families if family in known]


@cache
def installed_families() -> frozenset[str]:
    """Return the names of the fonts on this machine.

    >>> "DejaVu Sans" in installed_families()
    True
    """
    from matplotlib.font_manager import findSystemFonts, fontManager

    seen = {font.fname for font in fontManager.ttflist}
    # matplotlib remembers the fonts of its first start: without this, a font that was
    # installed since (perhaps on our own advice) would stay unknown.
    for path in sorted(set(findSystemFonts()) - seen):
        with contextlib.suppress(Exception):
            fontManager.addfont(path)
    return frozenset(font.name for font in fontManager.ttflist)


@cache
def _has(family: str, character: str) -> bool:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    path = findfont(FontProperties(family=family), fallback_to_default=False)
    return bool(get_font(path).get_char_index(ord(character)))


def _advice(language: str) -> str:
    names = {"ja": "Japanese", "zh": "Chinese"}
    return (
        f"no installed font can write {names[language]}, so the figures are labelled "
        f'in English; install "{FAMILIES[language][0]}" '
        "(on Debian and Ubuntu: apt install fonts-noto-cjk)"
    )
