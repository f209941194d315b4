"""Every word that a figure shows, in every language."""

from kobai.plots.texts import en, ja, zh

TEXTS: dict[str, dict[str, str]] = {"en": en.TEXTS, "ja": ja.TEXTS, "zh": zh.TEXTS}
