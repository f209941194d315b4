"""What to do after an error, for readers of other languages than English.

The message itself stays English, as people search for it. What kind of error it is, its
words say; what they name stands in the remedy again.
"""

import re

from kobai.cli.translations import texts

NAMED = r"^([^:]+): "
KINDS = {
    "meant": r'Did you mean "([^"]+)"\?',
    "command": "^No such command",
    "option": "^No such option",
    "missing": r"^Missing (?:argument|option) '([^']+)'",
    "extra": "is not installed; (.+)",
    "whole": f"{NAMED}got .*; need a whole number",
    "above": rf"{NAMED}got .*; need a number above (\S+),",
    "number": f"{NAMED}got .*; need a number",
    "least": rf"{NAMED}got \S+; need (\S+) or more",
    "span": rf"{NAMED}got \S+; need (\S+) to ([\d,]+)$",
    "sizes": f"{NAMED}got .*; need whole numbers",
    "choice": f"{NAMED}got .*; need one of",
    "data": "unknown data set",
    "download": "could not be downloaded",
    "run": "no such run",
    "address": "is an address",
    "file": "no such file|cannot be found",
    "space": "Free some space",
    "permission": "change the permissions|a place that can be written",
    "memory": "not enough memory",
}
"""Regular expressions for the messages; the first that is found decides."""


def remedy(message: str) -> str:
    """Return a line on what to do, in the reader's language, or "" where none is known.

    >>> remedy("No such option: --foo.")
    ''
    """
    known = texts()
    for kind, pattern in KINDS.items() if known else ():
        found = re.search(pattern, message, re.IGNORECASE)
        if found:
            return known[f"error {kind}"].format(*found.groups())
    return ""
