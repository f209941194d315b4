"""Text in which a sign may take two places of a line, and no blanks part the words."""

import re

WIDE = "\u3000-\u9fff\uff00-\uffef"
OPENING = "「『（《〈【“"
# A line does not begin with these.
CLOSING = "、。，．；：？！」』）》〉】”ー々っゃゅょァィゥェォッャュョ"
# What stays together: a span of code, a narrow word, a wide sign; each with its marks.
PIECE = re.compile(rf"[{OPENING}]*(?:`[^`]*`|[^\s`{WIDE}]+|`|[{WIDE}])[{CLOSING}]*|\s+")
MARKS = OPENING + CLOSING
# The end of a line that is no blank: between wide signs, and beside a mark, unless
# another part of Markdown begins there. Between words of the two kinds it is one.
LINE_END = re.compile(
    rf"(?<=[{WIDE}])\n(?=[{WIDE}])|(?<=\S)\n(?=[{MARKS}])"
    rf"|(?<=[{MARKS}])\n(?!\s|(?:[-*>#]|=>) |\d+\. |```|!\[|\|)"
)


def is_wide(text: str) -> bool:
    """Return whether a text has signs that take two places.

    >>> is_wide("loss"), is_wide("損失")
    (False, True)
    """
    return bool(re.search(f"[{WIDE}]", text))


def joined(text: str) -> str:
    """Return a paragraph as one line; between wide signs a break is no blank.

    >>> joined("学習\\nする"), joined("関数\\nf を\\nlearn"), joined("to\\nlearn")
    ('学習する', '関数 f を learn', 'to learn')
    """
    return " ".join(LINE_END.sub("", text).split())


def wrapped(text: str, width: int) -> str:
    """Return a text in lines of at most so many places.

    Narrow words and spans of code stay whole.

    >>> print(wrapped("損失は loss、（小さいほど）よい。", 12))
    損失は
    loss、（小さ
    いほど）よ
    い。
    """
    from rich.cells import cell_len

    lines, line = [], ""
    for piece in PIECE.findall(text):
        if line and cell_len((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return "\n".join([*lines, line])
