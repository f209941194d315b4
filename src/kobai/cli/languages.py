"""The language of what is shown: as it is asked for, or the reader's own."""

import typer

from kobai.languages import users_language


def spoken(context: typer.Context, value: str) -> str:
    """Return the value of --language, or where it is not given the reader's own."""
    source = context.get_parameter_source("language")
    if source is not None and source.name == "DEFAULT":
        return users_language()
    return value
