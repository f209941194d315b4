"""The lab on the site: its page, and the small figures of other pages.

Both are built by Node (`make page`). Without them the pages say how to have the lab,
and what stands inside a figure's place stays as it is.
"""

from typing import Any

from mkdocs.structure.files import File, Files

from kobai.page.built import LabError, built

PLACE = "<!-- lab -->"
FIGURE = "data-kobai="
FILES = {"lab/page.html": "lab.html", "lab/figures.js": "figures.js"}
FRAME = """\
<p><a href="lab/page.html">Open it alone</a>, which gives it the whole window.</p>
<iframe class="lab" src="lab/page.html" title="The lab" loading="lazy"></iframe>
"""
WITHOUT = "This copy of the site was built without the lab: `kobai lab` opens it."


def built_files() -> dict[str, str]:
    """Return the built files by their place on the site; none where none was built."""
    try:
        return {place: built(name) for place, name in FILES.items()}
    except LabError:
        return {}


def on_files(files: Files, config: Any) -> Files:
    """Add the page and the script of the figures."""
    for place, text in built_files().items():
        files.append(File.generated(config, place, content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the lab where a page asks for it."""
    return markdown.replace(PLACE, FRAME if built_files() else WITHOUT)


def on_page_content(html: str, page: Any, **_: Any) -> str:
    """Add the figures' script to a page that has some."""
    if FIGURE not in html or not built_files():
        return html
    up = "../" * page.file.dest_uri.count("/")
    return f'{html}\n<script src="{up}lab/figures.js"></script>\n'
