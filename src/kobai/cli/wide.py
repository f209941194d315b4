"""Text in which a sign may take two places of a line, and no blanks part the words."""

import re

WIDE = "\u3000-\u9fff\uff00-\uffef"
OPENING = "「『（《〈【“"
# A line does not begin with these.
CLOSING = "、。，．；：？！」』）》〉】”ー々っゃゅょァィゥェォッャュョ"
PIECE = re.compile(rf"[{OPENING}]*(?:[^\s{WIDE}]+|[{WIDE}])[{CLOSING}]*|\s+")
MARKS = OPENING + CLOSING
# Between words of the two kinds there is a blank, beside a mark or within one none.
BREAK = re.compile(rf"(?<=[{WIDE}])\n(?=[{WIDE}])|(?<=[{MARKS}])\n|\n(?=[{MARKS}])")


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
    return " ".join(BREAK.sub("", text).split())


def wrapped(text: str, width: int) -> str:
    """Return a text in lines of at most so many places; narrow words stay whole.

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
