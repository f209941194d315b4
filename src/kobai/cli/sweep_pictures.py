"""The pictures of a sweep."""

from kobai.sweeps.search import Search


def write_pictures(search: Search, metric: str, language: str) -> dict[str, str]:
    """Write them into the folder; return what each shows, by its name."""
    return {}
