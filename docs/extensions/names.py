"""Lists of what has a name, for the reference, written from the tables of names."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kobai.networks import ACTIVATIONS, LAYERS, LOSSES
from kobai.optimizers import OPTIMIZERS

TABLES: dict[str, Mapping[str, Any]] = {
    "activations": ACTIVATIONS,
    "layers": LAYERS,
    "losses": LOSSES,
    "optimizers": OPTIMIZERS,
}


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the names of a table where a page asks for them: <!-- names: losses -->."""
    return re.sub(
        r"<!-- names: (\w+) -->",
        lambda found: "\n".join(_rows(TABLES[found[1]])),
        markdown,
    )


def _rows(table: Mapping[str, Any]) -> Iterator[str]:
    yield "| Name | What it is | |\n|---|---|---|"
    for name, each in table.items():
        # A loss is an entry, its formula a function.
        what = getattr(each, "function", each)
        first = (what.__doc__ or "").strip().split("\n")[0].replace("|", "\\|")
        yield f"| `{name}` | `{what.__name__}` | {first} |"
