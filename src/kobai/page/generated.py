"""The files of `web/src` that are written from Kobai's own definitions.

python -m kobai.page.generated web/src
"""

import sys
from pathlib import Path

from kobai.page import formulas, latex, rules


def written() -> dict[str, str]:
    """Return the text of each, by its path in `web/src`."""
    return {
        "engine/formulas.ts": formulas.formulas(),
        "engine/steps.ts": formulas.steps(),
        "engine/formulas.tex": latex.tex(),
        "data/table/rules.ts": rules.typescript(),
    }


def main(folder: str) -> None:
    """Write them."""
    for name, text in written().items():
        Path(folder, name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
