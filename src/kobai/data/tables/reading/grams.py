"""Free text as numbers: its words and threes of letters, in a fixed number of places.

Exported programs hold these very functions, and in JavaScript the same once more.
"""

import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from kobai.data.dataset import Array

PLACES = 256
"""So many numbers a text becomes; words that share one are told apart by the others."""
SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\U00020000-\U0003ffff"
)
"""Scripts that put no blanks between words: Thai, Lao, Burmese, Khmer, kana, Han."""
MOST_SEEN = 1000
LEAST_WORDS, LEAST_SHARED = 2.3, 0.4
"""So many words has a cell of text, and so many of these stand in other cells too."""


def words_in(text: str) -> list[str]:
    """Return the words of a text in small letters, without signs between them.

    A run of letters of a script without blanks is one word.

    >>> words_in("It’s a very ＧＯＯＤ coffee-maker!")
    ['it', 's', 'a', 'very', 'good', 'coffee', 'maker']
    >>> words_in("とても良い。USB充電")
    ['とても良い', 'usb', '充電']
    """
    if text.isascii():
        return re.findall(r"[a-z0-9]+", text.lower())
    text = unicodedata.normalize("NFKC", text).lower()
    letters = (c if unicodedata.category(c)[0] in "LMN" else " " for c in text)
    return re.findall(f"[{SPACELESS}]+|[^ {SPACELESS}]+", "".join(letters))


def grams_of(word: str) -> list[tuple[str, float]]:
    """Return what is counted of a word, and by how much.

    It is itself, and the threes of letters in it, which words of one stem share: n of
    them count 1/√n each. Of a script without blanks it is each letter, and each two
    that stand side by side.

    >>> grams_of("cat"), grams_of("良い")
    ([('cat', 1.0)], [('良', 1.0), ('い', 1.0), ('良い', 1.0)])
    >>> grams_of("cats")[:2]
    [('cats', 1.0), ('+<ca', 0.5)]
    """
    if re.match(f"[{SPACELESS}]", word):
        pairs = [word[i : i + 2] for i in range(len(word) - 1)]
        return [(gram, 1.0) for gram in (*word, *pairs)]
    threes = [f"<{word}>"[i : i + 3] for i in range(len(word))]
    share = 1 / math.sqrt(len(threes))
    of_letters = [(f"+{three}", share) for three in threes]
    return [(word, 1.0), *(of_letters if len(word) > 3 else [])]


def place_of(gram: str, count: float, places: int) -> tuple[int, float]:
    """Return where a piece of text is counted, and by how much, with its sign.

    Place and sign are of its CRC-32, the same on every machine. By the signs pieces
    that share a place rather cancel than pile up.
    """
    code = zlib.crc32(gram.encode("utf-8", "surrogatepass"))
    return code % places, -count if code >> 31 else count


def text_numbers(texts: Iterable[str | None], places: int) -> Array:
    """Return texts as rows `(n, places)` of length 1, or 0 where one is missing.

        c = Σ over pieces of the text ± their counts, at the place of each
        v = sign(c) log(1 + |c|) / ‖sign(c) log(1 + |c|)‖

    >>> found = text_numbers(["good food", None, "food, good!"], 64)
    >>> bool((found[0] == found[2]).all()), float(abs(found[1]).sum())
    (True, 0.0)

    Weinberger, Dasgupta, Langford, Smola & Attenberg (2009), "Feature Hashing for Large
    Scale Multitask Learning".
    """
    known: dict[str, list[tuple[int, float]]] = {}
    rows = list(texts)
    counts = np.zeros((len(rows), places))
    for count, text in zip(counts, rows, strict=True):
        for word in words_in(text or ""):
            if word not in known:
                known[word] = [place_of(*gram, places) for gram in grams_of(word)]
            for place, number in known[word]:
                count[place] += number
    damped = np.sign(counts) * np.log1p(np.abs(counts))
    length = np.sqrt((damped * damped).sum(axis=1, keepdims=True))
    found: Array = damped / np.where(length > 0, length, 1)
    return found


def is_prose(cells: Collection[str]) -> bool:
    """Tell whether cells hold text whose words say something, not names or codes.

    Text has several words, and most of them are in other cells as well.

    >>> is_prose(["a very good phone", "not a good phone", "a very bad one"])
    True
    >>> is_prose(["Ann Lee", "Bob Ray"]), is_prose(["a1-7f 9c", "b2-4e 0d"])
    (False, False)
    """
    every = list(cells)[:: max(1, len(cells) // MOST_SEEN)]
    found = [_spoken(cell) for cell in every]
    number = sum(_words(words) for words in found)
    if number < LEAST_WORDS * len(found):
        return False
    in_cells = Counter(gram for words in found for gram in {*_pieces(words)})
    shared = sum(n for n in in_cells.values() if n > 1)
    return shared >= LEAST_SHARED * in_cells.total()


def _spoken(cell: str) -> list[str]:
    return [word for word in words_in(cell) if not re.search(r"\d", word)]


def _words(words: Sequence[str]) -> float:
    """Return how many words there are; without blanks two letters count as one."""
    is_run = [bool(re.match(f"[{SPACELESS}]", word)) for word in words]
    pairs = zip(words, is_run, strict=True)
    return sum(len(word) / 2 if run else float(len(word) > 1) for word, run in pairs)


def _pieces(words: Sequence[str]) -> list[str]:
    return [
        piece
        for word in words
        for piece in (list(word) if re.match(f"[{SPACELESS}]", word) else [word])
    ]
