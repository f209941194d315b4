"""Cells with more in them than one number: ranges, feet and inches, remarks behind."""

RANGE = "range"
FIRST, BRACKETS = "first", "brackets"
FEET, DASHED_FEET = "feet", "feet-inches"
STYLES = {
    RANGE: "of a range the middle, of an open one its end",
    FIRST: "the first number, without what is behind it in brackets, or after @ or ±",
    BRACKETS: "without the brackets around all of them",
    FEET: "feet and inches, in inches",
    DASHED_FEET: "feet-inches, in inches",
}
"""What a cell may be besides a number, and what is read of it."""
JOINT = (
    r"(?: ?(?:-|~|\u2014|\u301c|\u223c|至|到|から) ?"
    r"| (?:to|bis|à|a|até|do|до) )"
)
"""What stands between the ends of a range."""
OPEN_START = "(?:[~\u2014\u301c] ?)?"
"""What stands before the only end of one; a minus is that of a number."""
OPEN_END = r"(?:[-~+\u2014\u301c]|以上|以下|未満|未满|以内|起|から|まで)"
"""What stands behind the only end of one."""
REMARK = r"(?: ?\([^0-9]*\))?"
REST = r"(?: ?(?:[(\[±]|\+/-|@ ?[0-9]).*)?"
"""What may follow the first of several numbers; before an address is no blank."""
_INCHES = "([0-9]{1,2}(?:[.][0-9]+)?)"
_SIGNS = "()()"
PAIRS = {
    FEET: (
        rf"^{_SIGNS}([0-9]{{1,2}}) ?(?:['\u2032\u00b4`]|ft\.?|feet|foot)()"
        rf"(?:,? ?{_SIGNS}{_INCHES} ?(?:[\"\u2033\u201d]|''|\u2032\u2032|in\.?|inch|"
        r"inches)?())?$"
    ),
    DASHED_FEET: rf"^{_SIGNS}([4-7])()-{_SIGNS}([0-9]|1[01])()$",
}
"""Two numbers in a cell: the signs, the digits and the unit of each."""
INCHES, LATE = 12, 8
"""So many are a foot; from so many on they are no games of a set of tennis."""
LONGEST = 60
"""Longer words are text."""
TAIL = "tail"
"""Numbers with the same words behind them, as a unit: "out of 5 stars"."""
_END = r"[^0-9()]{0,8}?[-+]?(?:[1-9][0-9.,' ]*|0(?:[.,][0-9]+)?)[^0-9()]{0,14}?"
SPLITS = {
    RANGE: (
        rf"^\(? ?(?:(?P<low>{_END})(?:{JOINT}(?P<high>{_END})| ?{OPEN_END})"
        rf"|{OPEN_START}(?P<only>{_END})) ?\)?{REMARK}$"
    ),
    FIRST: (
        r"^(?P<low>[^(\[@±]*[0-9][^(\[@±]*?)(?:(?P<only>$)(?P<high>$))?"
        r" ?(?:[(\[±]|\+/-|@ ?[0-9]).*$"
    ),
    TAIL: (
        r"^(?P<low>[^0-9]{0,5}[0-9](?:[0-9.,' ]*[0-9])?)(?:(?P<only>$)(?P<high>$))? ?"
        r"(?P<tail>[^0-9 .,'+-].*[ /(].*)$"
    ),
}
"""How a cell is taken apart before it is known how its column writes numbers."""
ORDINALS = frozenset(("st", "nd", "rd", "th", "er", "re", "e", "ème"))
"""What makes places of numbers: 1st, 2nd; 1er, 2e."""
ABOUT = ("約", "约", "ca", "circa", "ab", "from", "dès")
"""Words in front of numbers that are not exact, or the least of several."""
