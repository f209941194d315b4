"""Words for the search in Japanese and Chinese, which have no blanks between them.

The search knows words by the separators between them. Where the kind of script changes,
from kanji to kana or to Latin letters, a word of Japanese begins, and jieba, which the
search calls where it is installed, parts what is left of both languages. The separator
has no width, so nobody sees it.
"""

import json
import re
from pathlib import Path
from typing import Any

BREAK = "\u200b"
HAN, HIRAGANA, KATAKANA, LATIN = "一-鿿々", "ぁ-ゖ", "ァ-ヺー", "A-Za-z0-9_"
KINDS = (HAN, HIRAGANA, KATAKANA, LATIN)
EDGE = re.compile(
    "|".join(
        f"(?<=[{one}])(?=[{other}])" for one in KINDS for other in KINDS if one != other
    )
)


def on_post_build(config: Any, **_: Any) -> None:
    """Part the words of the index, before it becomes part of the pages."""
    path = Path(config.site_dir) / "search" / "search_index.json"
    index = json.loads(path.read_text("utf-8"))
    for entry in index["docs"]:
        for name in ("title", "text"):
            entry[name] = parted(entry[name])
    path.write_text(json.dumps(index, ensure_ascii=False), "utf-8")


def parted(text: str) -> str:
    """Return a text with a separator wherever the kind of script changes.

    >>> parted("勾配は損失関数の").split("\u200b")
    ['勾配', 'は', '損失関数', 'の']
    >>> parted("learning rate")
    'learning rate'
    """
    return EDGE.sub(BREAK, text)
