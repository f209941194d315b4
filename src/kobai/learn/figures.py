"""The lab's figures of a lesson, as one page to open beside it."""

from html import escape

from kobai.learn.source import Lesson
from kobai.page.built import FIGURES, built

# As the lab itself: nothing is ever asked of a network.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'"
)
_STYLE = (
    "body { max-width: 640px; margin: 2em auto; padding: 0 1em; "
    "font: 17px/1.6 system-ui, sans-serif; color: #1f2733; background: #f6f8fa } "
    "h1 { font-size: 1.6em } h2 { font-size: 1.2em; margin-top: 2em } "
    "[data-md-color-scheme=slate] body { color: #e4e8ee; background: #12161c }"
)
# The name by which the site's pages tell the figures, too, that it is dark.
_THEME = (
    'const dark = matchMedia("(prefers-color-scheme: dark)"); dark.onchange = () => { '
    'document.documentElement.dataset.mdColorScheme = dark.matches ? "slate" : "" }; '
    "dark.onchange();"
)


def figures_page(lesson: Lesson, language: str) -> str:
    """Return a page of HTML with the figures of a lesson, which move and answer.

    It is complete in itself. Raises `LabError` where Kobai was installed without them.
    """
    # An end of the script may stand in one of its texts.
    script = built(FIGURES).replace("</script", "<\\/script")
    title = escape(f"{lesson.number}  {lesson.title(language)}")
    figures = "\n".join(
        f"<h2>{escape(_heading(lesson, cell.step, language))}</h2>\n"
        f'<div data-kobai="{escape(cell.options["lab"])}"></div>'
        for cell in lesson.of("figure")
        if "lab" in cell.options
    )
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{_STYLE}</style>
<script>{_THEME}</script>
</head>
<body>
<h1>{title}</h1>
{figures}
<script>{script}</script>
</body>
</html>
"""


def _heading(lesson: Lesson, step: int, language: str) -> str:
    """Return the last heading before the end of a step, which may have none itself."""
    lines = [
        cell.text.partition("\n")[0]
        for cell in lesson.of("markdown", language)
        if cell.step <= step and cell.text.startswith("#")
    ]
    return lines[-1].lstrip("# ")
