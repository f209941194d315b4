"""A font for each language, so that no label becomes a row of empty boxes."""

import contextlib
import re
import warnings
from collections.abc import Iterable, Sequence
from functools import cache
from unicodedata import east_asian_width

from kobai.errors import suggest
from kobai.plots.texts import TEXTS

# It comes with matplotlib and has digits, the minus sign, Greek and subscripts, which
# several Chinese fonts lack; so it leads, and the others fill in what it has not.
LATIN = "DejaVu Sans"

NAMES = {"ja": "Japanese", "zh": "Chinese"}
LONGEST = 24

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
        "IPAPGothic",
        "TakaoPGothic",
        "MS PGothic",
        "WenQuanYi Zen Hei",
        "Droid Sans Fallback",
        "Arial Unicode MS",
        "Noto Serif CJK JP",
        "Noto Serif JP",
        "Yu Mincho",
        "IPAexMincho",
        "TakaoMincho",
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
        "Noto Serif SC",
        "SimSun",
        "STSong",
        "AR PL UMing CN",
        "AR PL UKai CN",
        "Noto Serif CJK JP",
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
        return "en", (LATIN,)
    needed = missing("".join(TEXTS[language].values()), (LATIN,))
    family = _having(needed, FAMILIES[language])
    if family is not None:
        return language, (LATIN, family)
    lack = f"no installed font can write {NAMES[language]}"
    warn(lack, "the figures are labelled in English", language)
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


def readable(
    words: Iterable[str],
    families: Sequence[str],
    prefix: str = "",
    longest: int = LONGEST,
) -> list[str]:
    """Return words of the user's as they can be drawn, on one line each.

    Where no installed font has all of their characters they become their numbers,
    behind the prefix, and one `FontWarning` per process says what to install. What is
    longer than `longest` Latin letters is cut.

    >>> readable(["cat", "a  very long name, longer than all the others"], [LATIN])
    ['cat', 'a very long name, longe…']
    """
    lines = [" ".join(word.split()) for word in words]
    if covering("".join(lines).replace("$", ""), families) is None:
        warn_of_words()
        return [f"{prefix}{i}" for i in range(len(lines))]
    # A dollar sign would begin a formula.
    return [_shortened(line, longest).replace("$", r"\$") for line in lines]


def letters(text: str) -> int:
    """Return how wide a text is, in Latin letters; a Chinese character is as two.

    >>> letters("cat"), letters("猫")
    (3, 2)
    """
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _shortened(word: str, longest: int) -> str:
    if letters(word) <= longest:
        return word
    while letters(word) >= longest:
        word = word[:-1]
    return f"{word.rstrip()}…"


def covering(text: str, families: Sequence[str]) -> tuple[str, ...] | None:
    """Return the families, and one more if they need it to write a text.

    It is None where no installed font has what they lack.

    >>> covering("η = 0.1", [LATIN])
    ('DejaVu Sans',)
    """
    lack = missing(text, families)
    if not lack:
        return tuple(families)
    family = _having(lack, (*FAMILIES["ja"], *FAMILIES["zh"]))
    return None if family is None else (*families, family)


@cache
def warn_of_words() -> None:
    """Say, once per process, that some words could not be drawn."""
    lack = "no installed font has all characters of the words in a figure"
    warn(lack, "numbers or question marks stand for them", "ja")


@cache
def _having(characters: str, families: tuple[str, ...]) -> str | None:
    """Return a font that has all of the characters, one of the families if it can."""
    for family in _installed(families):
        if not missing(characters, (family,)):
            return family
    return _unlisted(characters)


def _unlisted(characters: str) -> str | None:
    from matplotlib.font_manager import fontManager, get_font

    for font in fontManager.ttflist:
        # matplotlib's last resort has a box for everything.
        if "Last Resort" not in font.name and font.name in installed_families():
            with contextlib.suppress(Exception):
                has = get_font(font.fname).get_char_index
                if all(has(ord(character)) for character in characters):
                    return font.name
    return None


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

    path = findfont(FontProperties(family=[family]), fallback_to_default=False)
    return bool(get_font(path).get_char_index(ord(character)))


def warn(lack: str, instead: str, language: str) -> None:
    """Say in one line what is missing, what is drawn instead, and what to install."""
    remedy = f'install "{FAMILIES[language][0]}"'
    debian = "on Debian and Ubuntu: apt install fonts-noto-cjk"
    message = f"{lack}, so {instead}; {remedy} ({debian})"
    warnings.warn(message, FontWarning, stacklevel=2)
