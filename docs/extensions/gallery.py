"""The gallery: every figure of the registry, its code, and its picture.

The figures are drawn while the site is built, in each language, for light pages and for
dark ones.
"""

import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from mkdocs.structure.files import File, Files

from kobai.gallery import FIGURES
from kobai.plots.inline import inline_svg

PLACE = "<!-- gallery -->"
LANGUAGES = {"en": "English", "ja": "日本語", "zh": "中文"}
INKS = {"light": "#222222", "dark": "#dddddd"}


def on_files(files: Files, config: Any) -> Files:
    """Add a drawing for every figure, language and theme."""
    for name in FIGURES:
        for language in LANGUAGES:
            for theme, svg in drawings(FIGURES[name](language=language)).items():
                path = picture(name, language, theme)
                files.append(File.generated(config, path, content=svg))
    return files


def picture(name: str, language: str, theme: str) -> str:
    """Return where the site has the picture of a figure."""
    return f"images/gallery/{name}-{language}-{theme}.svg"


def drawings(figure: Any) -> dict[str, str]:
    """Return a figure as SVG on a clear ground, with an ink for each theme."""
    svg = with_plain_names(inline_svg(figure))
    return {theme: svg.replace("currentColor", ink) for theme, ink in INKS.items()}


def with_plain_names(svg: str) -> str:
    """Return a drawing whose parts are numbered, for matplotlib names some by lot."""
    names = dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))
    short = {name: f"n{k}" for k, name in enumerate(names)}
    return re.sub(
        r'(\bid="|href="#|url\(#)([^")]+)',
        lambda found: found[1] + short.get(found[2], found[2]),
        svg,
    )


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put every figure where the page asks for them."""
    if PLACE not in markdown:
        return markdown
    return markdown.replace(PLACE, "\n".join(map("\n".join, map(_entry, FIGURES))))


def _entry(name: str) -> Iterator[str]:
    draw = drawn_by(FIGURES[name])
    yield f"## {name}\n\n{summary(draw)}\n"
    for language, title in LANGUAGES.items():
        yield f'=== "{title}"\n'
        for theme in INKS:
            place = f"{picture(name, language, theme)}#only-{theme}"
            yield f"    ![{name}]({place}){{ loading=lazy }}"
        command = f"$ kobai figures {name}{_option(language)}"
        yield f"\n    ```console\n    {command}\n    ```\n"
    yield f'??? note "The code"\n\n{textwrap.indent(_fenced(draw), "    ")}\n'


def _option(language: str) -> str:
    return "" if language == "en" else f" --language {language}"


def _fenced(draw: Callable[..., Any]) -> str:
    place = draw.__module__.replace(".", "/")
    return f'```python title="src/{place}.py"\n{inspect.getsource(draw)}```\n'


def drawn_by(figure: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that does the drawing, behind what the registry adds."""
    inner = inspect.getclosurevars(figure).nonlocals.get("draw")
    return inner if callable(inner) else figure


def summary(draw: Callable[..., Any]) -> str:
    """Return the first sentence of a docstring."""
    return (inspect.getdoc(draw) or "").split("\n\n")[0].replace("\n", " ")
