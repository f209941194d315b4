"""A formula as docstrings write it, on a line of plain text, in LaTeX.

`w ← w − η g / (√h + ε)` can be read in a terminal, and is set here as in print. What
stands side by side is multiplied, and before it is divided: `a b / c d` is a fraction.
"""

import re
from collections.abc import Callable
from itertools import pairwise, starmap

GAP = "\t"
TOKEN = re.compile(
    r"\t|\d+(?:\.\d+)?(?:e-?\d+)?|Σ|[a-z]+_[a-z]+|[A-Za-zΑ-Ωα-ω]+[\u0302\u0304]?"
    r"|[⁰¹²³⁴⁵⁶⁷⁸⁹ⁿᵗᵀ]+|½|[₀-₉ᵢⱼₖₙₜ]+|[^\w\s]"
)
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿᵗᵀ", "0123456789ntT", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙₜ", "0123456789ijknt", strict=True))
MARKS = {"\u0302": r"\hat", "\u0304": r"\bar"}
PAIRS = {"(": ")", "[": "]", "{": "}", "⌊": "⌋", "‖": "‖", "|": "|"}
# Greek letters and the like are LaTeX as they stand; these would be letters, too.
LATEX = {
    **{"←": r"\leftarrow", "−": "-", "·": r"\cdot", "×": r"\times", "≈": r"\approx"},
    **{"≤": r"\le", "≥": r"\ge", "∈": r"\in", "~": r"\sim", "½": r"\frac{1}{2}"},
    **{"{": r"\{", "}": r"\}", "%": r"\%"},
}
# From what binds loosest to what binds tightest.
RELATIONS = set("←=≈~∈≤≥<>,;:" + GAP)
SUMS = set("+-−")
PRODUCTS = set("·×")

NAMES = {"cos", "exp", "ln", "log", "max", "min", "sigmoid", "sin", "tanh"}
SLOPES = {"df", "dx", "dy"}


def latex(line: str) -> str:
    """Return a formula in LaTeX.

    >>> print(latex("w ← w − η g / (√h + ε)"))
    w \\leftarrow w - \\frac{η g}{\\sqrt{h} + ε}
    >>> print(latex("E = 1/n Σ (y - t)²"))
    E = \\frac{1}{n} \\sum \\left(y - t\\right)^{2}
    """
    # Three blanks are a gap between two formulas, unless they put signs in a column.
    text = re.sub(r"\s{3,}(?![\s=])", GAP, line.strip())
    tokens = TOKEN.findall(text)
    if "".join(tokens) != text.replace(" ", ""):
        raise ValueError(f"formula: {line.strip()} has signs that are not known")
    return _Reader(tokens).all()


class _Reader:
    """Reads tokens from left to right; a method for what binds equally tightly."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens

    def all(self) -> str:
        parts = []
        while self.tokens:
            parts.append(self.row(RELATIONS, self.sum))
            if self.tokens:
                parts.append(_symbol(self.tokens.pop(0)))
        return " ".join(parts)

    def next(self) -> str:
        """Return the next token, or "" at the end."""
        return self.tokens[0] if self.tokens else ""

    def row(self, between: set[str], part: Callable[[], str]) -> str:
        """Read parts with operators between them, and perhaps before the first."""
        found = []
        while True:
            while self.next() in between:
                found.append(_symbol(self.tokens.pop(0)))
            found.append(part())
            if self.next() not in between:
                return " ".join(filter(None, found))

    def sum(self) -> str:
        return self.row(SUMS, self.product)

    def product(self) -> str:
        found = [self.fraction()]
        while self.next() in PRODUCTS or self.next() == "Σ":
            if self.next() in PRODUCTS:
                found.append(_symbol(self.tokens.pop(0)))
            found.append(self.fraction())
        return " ".join(filter(None, found))

    def fraction(self) -> str:
        above = self.side_by_side()
        while self.next() == "/":
            self.tokens.pop(0)
            above = rf"\frac{{{_bare(above)}}}{{{_bare(self.side_by_side())}}}"
        return above

    def side_by_side(self) -> str:
        found = []
        while self.begins() and not (found and self.next() == "Σ"):
            found.append(self.powered())
        return "".join(starmap(_apart, pairwise(["", *found])))

    def begins(self) -> bool:
        """Tell whether something that can be multiplied comes next."""
        token = self.next()
        closing = set(PAIRS.values()) - set(PAIRS)
        stops = RELATIONS | SUMS | PRODUCTS | closing | {"/", "", *self.open}
        return token not in stops

    open: tuple[str, ...] = ()

    def powered(self) -> str:
        base = self.atom()
        while self.tokens and (self.tokens[0][0] in {*RAISED, *LOWERED, "^"}):
            token = self.tokens.pop(0)
            if token == "^":
                base += f"^{{{_bare(self.atom())}}}"
            elif token[0] in RAISED:
                base += f"^{{{''.join(RAISED[c] for c in token)}}}"
            else:
                base += f"_{{{''.join(LOWERED[c] for c in token)}}}"
        return base

    def atom(self) -> str:
        token = self.tokens.pop(0)
        if token == "Σ":
            return self.summed()
        if token == "√":
            return rf"\sqrt{{{_bare(self.powered())}}}"
        if token in PAIRS and token not in self.open:
            return self.paired(token)
        return _symbol(token)

    def summed(self) -> str:
        below = ""
        if self.tokens and self.tokens[0][0] in LOWERED:
            below = f"_{{{''.join(LOWERED[c] for c in self.tokens.pop(0))}}}"
        return rf"\sum{below} {self.side_by_side()}".rstrip()

    def paired(self, opening: str) -> str:
        closing = PAIRS[opening]
        before, self.open = self.open, (*self.open, closing)
        inside = self.row(RELATIONS, self.sum)
        self.open = before
        if self.next() != closing:
            raise ValueError(f"formula: {opening} is not closed before {self.tokens}")
        self.tokens.pop(0)
        return rf"\left{_symbol(opening)}{inside}\right{_symbol(closing)}"


def _symbol(token: str) -> str:
    if token == GAP:
        return r"\qquad"
    if token[-1] in MARKS:
        return f"{MARKS[token[-1]]}{{{_symbol(token[:-1])}}}"
    if "_" in token:
        name, _, place = token.partition("_")
        return rf"{_symbol(name)}_{{\text{{{place}}}}}"
    if re.fullmatch(r"1e-?\d+", token):
        return f"10^{{{token[2:]}}}"
    if len(token) > 1 and token.isalpha() and token not in SLOPES:
        kind = "operatorname" if token in NAMES else "text"
        return rf"\{kind}{{{token}}}"
    return LATEX.get(token, token)


def _apart(before: str, after: str) -> str:
    """Return what stands after something, with the blank that words need."""
    is_word = before.startswith(r"\text"), after.startswith(r"\text")
    if is_word[0] and after.startswith(r"\left("):
        return after
    return (r"\ " if before and any(is_word) else " " if before else "") + after


def _bare(part: str) -> str:
    """Return a part without the parentheses that a fraction or a root replaces."""
    if not part.startswith(r"\left("):
        return part
    depth = 0
    for found in re.finditer(r"\\(left|right)", part):
        depth += 1 if found[1] == "left" else -1
        if depth == 0:
            whole = found.end() + 1 == len(part)
            return part[len(r"\left(") : found.start()] if whole else part
    return part
