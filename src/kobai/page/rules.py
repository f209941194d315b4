"""The rules by which tables are read, for the page: `web/src/data/table/rules.ts`."""

import json

from kobai.data.tables.reading import (
    dates,
    deciding,
    evidence,
    missing,
    money,
    numerals,
    tidy,
)
from kobai.data.tables.text import delimited, layout

HEAD = """\
// Written by `python -m kobai.page.generated` from `kobai.data.tables`, whose rules
// these are: change them there.

"""


def typescript() -> str:
    """Return the module: the words and the patterns, by the names they have there."""
    constants = {
        "MISSING": missing.MISSING,
        "AMONG_NUMBERS": missing.AMONG_NUMBERS,
        "NAN": missing.NAN,
        "FORMS": {name: _pattern(form) for name, form in dates.FORMS.items()},
        "ERAS": dates.ERAS,
        "MONTHS": dates.MONTHS,
        "AFTERNOON": dates.AFTERNOON,
        "DURATIONS": dates.DURATIONS,
        "SEVERAL": dates.SEVERAL,
        "CENTURY": dates.CENTURY,
        "GROUPS": deciding.GROUPS,
        "CURRENCIES": sorted(money.CURRENCIES),
        "MULTIPLES": money.MULTIPLES,
        "BOOLEANS": tidy.BOOLEANS,
        "FULL_BOOLEANS": list(tidy.FULL_BOOLEANS),
        "SEP": layout.SEP.pattern,
        "LINE": layout.LINE.pattern,
        "TOTAL": delimited.TOTAL.pattern,
        "SUMMARIES": list(delimited.SUMMARIES),
        "REMARK": delimited.REMARK.pattern,
        "TYPOS": deciding.TYPOS,
        "STATUS": deciding.STATUS,
        "FEW_NUMBERS": deciding.FEW_NUMBERS,
        "MAY_BE_DATE": evidence.MAY_BE_DATE,
        "SCORE": evidence.SCORE,
        "WRITINGS": {n: _pattern(p) for n, p in evidence.WRITINGS.items()},
        "LOOSE": _pattern(evidence._LOOSE),
        "LIMIT": numerals.LIMIT,
        "FLAG": deciding.FLAG,
        "FEW_ODD": deciding.FEW_ODD,
        "HALF": deciding.HALF,
        "MONEY": money.MONEY,
        "GROUPED": numerals._GROUPED.replace("{{", "{").replace("}}", "}"),
    }
    types = {
        "FORMS": "Record<string, string>",
        "ERAS": "Record<string, number>",
        "GROUPS": "Record<string, [string, string]>",
        "MULTIPLES": "Record<string, number>",
        "BOOLEANS": "Record<string, string>",
        "WRITINGS": "Record<string, string>",
        "MONTHS": "string[][]",
    }
    lines = []
    for name, value in constants.items():
        annotated = f"{name}: {types[name]}" if name in types else name
        text = json.dumps(value, ensure_ascii=False)
        lines.append(f"export const {annotated} = {text};\n")
    return HEAD + "".join(lines)


def _pattern(python: str) -> str:
    """Return a regular expression as JavaScript writes it."""
    return python.replace("(?P<", "(?<")
