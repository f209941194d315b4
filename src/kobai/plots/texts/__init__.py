"""Every word that a figure shows, in every language."""

from kobai.plots.texts import en, ja, zh
from kobai.plots.texts.glossary import spelled

TEXTS: dict[str, dict[str, str]] = {
    "en": spelled(en.TEXTS, "en"),
    "ja": spelled(ja.TEXTS, "ja"),
    "zh": spelled(zh.TEXTS, "zh"),
}
