"""The gallery: every figure of the registry, its code, and its picture.

The figures are drawn while the site is built, in each language, for light pages and for
dark ones.
"""

import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from drawn import themed
from mkdocs.structure.files import File, Files

from kobai.gallery import FIGURES

PLACE = "<!-- gallery -->"
LANGUAGES = {"en": "English", "ja": "日本語", "zh": "中文"}
THEMES = ("light", "dark")


def on_files(files: Files, config: Any) -> Files:
    """Add a drawing for every figure, language and theme."""
    for name in FIGURES:
        for language in LANGUAGES:
            for theme, svg in themed(FIGURES[name](language=language)).items():
                path = picture(name, language, theme)
                files.append(File.generated(config, path, content=svg))
    return files


def picture(name: str, language: str, theme: str) -> str:
    """Return where the site has the picture of a figure."""
    return f"images/gallery/{name}-{language}-{theme}.svg"


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
        for theme in THEMES:
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
