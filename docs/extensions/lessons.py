"""The lessons as pages, in three languages, from the one source of each.

The pages are made before the site is built: prose of one language, code with what it
prints, the lab's figures with a drawing that stands in where there is no script, hints
and solutions folded away.
"""

import copy
import re
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import outputs
from mkdocs.structure.files import File, Files

from kobai.languages import LANGUAGES
from kobai.learn import lessons
from kobai.learn.notebook import folded, help_text, notebook
from kobai.learn.source import Cell, Lesson, read_question
from kobai.learn.words import word
from kobai.learn.worksheet import question_text
from kobai.wide import LINE_END

NAMES = {"en": "Lessons", "ja": "レッスン", "zh": "课程"}
# What there is in the language besides its lessons.
PAGES = {
    "日本語": {
        "Kobai": "ja/index.md",
        "はじめに": "ja/getting-started.md",
        "自分の表": "ja/tables.md",
        "よい設定を探す": "ja/sweeps.md",
        "勾配": "ja/gradients.md",
    },
    "中文": {
        "Kobai": "zh/index.md",
        "入门": "zh/getting-started.md",
        "自己的表格": "zh/tables.md",
        "寻找好的设置": "zh/sweeps.md",
        "梯度": "zh/gradients.md",
    },
}
LANGUAGE_NAMES = dict(zip(LANGUAGES, ["English", *PAGES], strict=True))
LANGUAGE = re.compile(r"(?:lessons/)?(ja|zh)/")


def on_config(config: Any) -> None:
    """Put the lessons and the pages of each language into the navigation."""
    english, *others = LANGUAGES
    sections = [{NAMES[english]: _course(english)}]
    for language, (title, pages) in zip(others, PAGES.items(), strict=True):
        every = [{name: path} for name, path in pages.items()]
        sections.append({title: [*every, {NAMES[language]: _course(language)}]})
    config.nav[1:1] = sections


def _course(language: str) -> list[dict[str, str]]:
    return [{_title(each, language): _path(each, language)} for each in lessons()]


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Join lines of Japanese and Chinese prose, whose words have no blanks between."""
    if not LANGUAGE.match(page.file.src_uri):
        return markdown
    return LINE_END.sub("", markdown)


def on_page_context(context: Any, page: Any, config: Any, nav: Any) -> Any:
    """Have what stands around a page in its language, and lead to the others.

    Browsers, too, choose the shapes of signs by the language of a page.
    """
    uri = page.file.src_uri
    language = _language(uri)
    # The theme is asked for its words when the page is written, next after this.
    config.theme["language"] = language
    config.extra["alternate"] = [
        {"name": name, "lang": other, "link": _twin(uri, other, Path(config.docs_dir))}
        for other, name in LANGUAGE_NAMES.items()
    ]
    context["nav"] = copy.copy(nav)
    context["nav"].items = _around(nav.items, language)
    for way in ("previous_page", "next_page"):
        beside = getattr(page, way)
        if beside and _language(beside.file.src_uri) != language:
            setattr(page, way, None)
    return context


def _language(uri: str) -> str:
    found = LANGUAGE.match(uri)
    return found[1] if found else "en"


def _around(items: list[Any], language: str) -> list[Any]:
    """Return the navigation for a language: its own section first, no other's.

    What exists in English alone stays; the lessons are in every language.
    """
    own = LANGUAGE_NAMES[language]
    others = {*LANGUAGE_NAMES.values(), *([] if language == "en" else [NAMES["en"]])}
    kept = [item for item in items if item.title == own or item.title not in others]
    return sorted(kept, key=lambda item: item.title != own)


def _twin(uri: str, language: str, folder: Path) -> str:
    """Return where a page is in a language; where it is not, that language's first."""
    if uri.startswith("lessons/"):
        twin = f"lessons/{language}/{uri.rpartition('/')[2]}"
    elif _language(uri) == language:
        twin = uri
    else:
        start, pages = ("", "guide/") if language == "en" else (f"{language}/",) * 2
        twin = pages + uri.rpartition("/")[2]
        if not (folder / twin).exists():
            twin = f"{start}index.md"
    return twin.replace(".md", ".html")


def on_files(files: Files, config: Any) -> Files:
    """Add a page and a notebook for every lesson and language."""
    for language in LANGUAGES:
        for lesson in lessons():
            page = "\n\n".join(_page(lesson, language))
            path = _path(lesson, language)
            files.append(File.generated(config, path, content=f"{page}\n"))
            book = path.replace(".md", ".ipynb")
            content = notebook(lesson, language)
            files.append(File.generated(config, book, content=content))
    return files


def _path(lesson: Lesson, language: str) -> str:
    name = lesson.stem.replace("_", "-")
    return f"lessons/{language}/{name}.md"


def _title(lesson: Lesson, language: str) -> str:
    return f"{lesson.number}  {lesson.title(language)}"


def _page(lesson: Lesson, language: str) -> Iterator[str]:
    others = [
        f"[{name}](../{other}/{_path(lesson, other).rpartition('/')[2]})"
        for other, name in LANGUAGE_NAMES.items()
        if other != language
    ]
    yield f"---\ntitle: {lesson.title(language)}\n---"
    yield f"# {_title(lesson, language)}"
    book = _path(lesson, language).rpartition("/")[2].replace(".md", ".ipynb")
    start = f"`kobai learn {lesson.number} --language {language}`"
    yield f"{' · '.join(others)} · [.ipynb]({book}) · {start}"
    printed = iter(_outputs(lesson, language))
    for number in lesson.steps:
        for cell in lesson.step(number, language):
            yield from _shown(lesson, cell, language, printed)
    for kind in ("summary", "reading"):
        yield f"## {word(kind, language)}\n\n{lesson.one(kind, language).text}"


def _outputs(lesson: Lesson, language: str) -> list[str]:
    """Run the code of a lesson, and return what each cell prints and shows."""
    code = [cell.text for cell in lesson.of("code")]
    spoken = language if any("language" in text for text in code) else "en"
    _, *found = _run((f"language = {spoken!r}", *code))
    return ["\n".join(outputs.shown(*part) for part in parts) for parts in found]


@cache
def _run(code: tuple[str, ...]) -> list[list[outputs.Part]]:
    """Run code once for all the languages in which it prints the same."""
    return outputs.run([("python", text) for text in code])


def _shown(
    lesson: Lesson, cell: Cell, language: str, printed: Iterator[str]
) -> Iterator[str]:
    if cell.kind == "markdown":
        yield _with_formulas(cell.text)
    elif cell.kind == "figure":
        yield _figure(cell, language)
    elif cell.kind == "question":
        question = read_question(cell)
        yield question_text(cell, language)
        answer = f"{question.answer}. {question.why}"
        yield folded(word("answer", language), answer)
    elif cell.kind == "code":
        yield f"```{{.python}}\n{cell.text}\n```"
        yield next(printed)
    elif cell.kind == "exercise":
        yield f"```{{.python}}\n{cell.text}\n```"
        yield help_text(lesson, cell.name, language)


def _with_formulas(text: str) -> str:
    """Set what is indented as formulas."""
    parts = []
    for part in text.split("\n\n"):
        if part.startswith("    "):
            part = f"```formula\n{textwrap.dedent(part)}\n```"
        parts.append(part)
    return "\n\n".join(parts)


def _figure(cell: Cell, language: str) -> str:
    """Return the lab's figure, or in its place a drawing of the gallery."""
    name = cell.options.get("gallery", "")
    drawn = "\n".join(
        f"![{name}](../../images/gallery/{name}-{language}-{theme}.svg#only-{theme})"
        for theme in ("light", "dark")
        if name
    )
    if "lab" not in cell.options:
        return drawn
    about = f'data-kobai="{cell.options["lab"]}" lang="{language}" markdown="1"'
    return f'<div class="lab-figure" {about}>\n\n{drawn}\n\n</div>'
