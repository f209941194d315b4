"""A look at the finished site: every link leads somewhere, nothing is loaded from afar.

MkDocs itself checks the links of Markdown, but not those that docstrings, themes and
hooks write. A warning makes `mkdocs build --strict` fail.
"""

import logging
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

log = logging.getLogger("mkdocs.hooks.links")


def on_post_build(config: Any, **_: Any) -> None:
    """Warn of every problem, once all pages are written."""
    for problem in problems(Path(config.site_dir)):
        log.warning(problem)


def problems(site: Path) -> Iterator[str]:
    """Give a line for each link without an end, and for what others would load."""
    pages = {path: Page(path) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        name = path.relative_to(site)
        for link in page.loaded:
            if urlsplit(link).netloc:
                yield f"{name} loads {link}"
        # The error page may stand anywhere, so its links begin at the root.
        links = page.links if name.name != "404.html" else ()
        for link in links:
            if not leads_somewhere(path, link, pages):
                yield f"{name} links to {link}, which is not there"


def leads_somewhere(path: Path, link: str, pages: "dict[Path, Page]") -> bool:
    """Tell whether the file and the place in it that a link names exist."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
    if target.is_dir():
        target /= "index.html"
    if not target.exists():
        return False
    place = unquote(parts.fragment)
    return not place or target not in pages or place in pages[target].places


class Page(HTMLParser):
    """The links of a page, what it loads, and the places that can be linked to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag links to, loads, or is called."""
        found = {name: value for name, value in attrs if value}
        self.places |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        is_loaded = tag in ("img", "script", "iframe", "source")
        for name in ("src", "href") if tag == "link" or is_loaded else ():
            if name in found and found.get("rel") not in ("canonical", "alternate"):
                self.loaded.append(found[name])
                self.links.append(found[name])
