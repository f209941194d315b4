"""A small line chart as SVG, drawn in a millisecond: quick enough for a live figure."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 340, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 26, 52
MOST_POINTS = 300

# Between light and dark, so that they stand out from white and from black.
BLUE = "#2B8CD6"
VERMILION = "#E0662A"

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
Place = Callable[[float], float]


@dataclass(frozen=True)
class Line:
    """A curve: its points, its name in the legend, its colour and its dashes."""

    x: Sequence[float]
    y: Sequence[float]
    name: str = ""
    color: str = BLUE
    dashes: str = ""

    def points(self) -> list[tuple[float, float]]:
        """Return the points that are finite, thinned out to those that can be seen."""
        both = zip(map(float, self.x), map(float, self.y), strict=True)
        finite = [(x, y) for x, y in both if math.isfinite(x) and math.isfinite(y)]
        every = max(1, len(finite) // MOST_POINTS)
        return finite[:1] + finite[1:-1:every] + finite[1:][-1:]


def chart(
    lines: Sequence[Line],
    title: str,
    *,
    xlabel: str = "",
    bounds: tuple[float, float] | None = None,
) -> str:
    """Return curves as an `<svg>` element in the colours of the page, or "".

    The y axis spans `bounds`, or from 0 as far as the values go; positive values that
    differ more than a hundredfold get a logarithmic axis. Values that are not finite
    are left out; nothing is drawn where none is left.

    >>> chart([Line([0, 1], [0.5, 0.25])], "loss").startswith("<svg")
    True
    """
    curves = [(line, line.points()) for line in lines]
    curves = [(line, points) for line, points in curves if points]
    if not curves:
        return ""
    xs = [x for _, points in curves for x, _ in points]
    ys = [y for _, points in curves for _, y in points]
    is_log = bounds is None and min(ys) > 0 and max(ys) > 100 * min(ys)
    low, high = bounds or _span(ys, is_log)
    left, right = min(xs), max(max(xs), min(xs) + 1)
    at_x = _scale(left, right, LEFT, WIDTH - RIGHT)
    at_y = _scale(low, high, HEIGHT - BOTTOM, TOP, is_log)
    parts = [
        _text(LEFT, TOP - 10, title, "start", 'font-weight="600"'),
        *(_rung(at_y(y), name) for y, name in _ticks(low, high, is_log)),
        *(_mark(at_x(x), name) for x, name in _whole_ticks(left, right)),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 24, xlabel, "middle"),
        *(_curve(line, points, at_x, at_y) for line, points in curves),
        *_legend(curves),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{WIDTH}" '
        f'height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" aria-label="{escape(title)}"'
        ' style="max-width:100%;color:inherit;background:none" '
        'font-family="system-ui,sans-serif" font-size="11" fill="currentColor">'
        f"{''.join(parts)}</svg>"
    )


def _span(ys: Sequence[float], is_log: bool) -> tuple[float, float]:
    low, high = min(ys), max(ys)
    if is_log:
        return low, high
    low = min(low, 0.0)
    return low, high if high > low else low + 1.0


def _scale(
    low: float, high: float, start: float, end: float, is_log: bool = False
) -> Place:
    """Return the function from a value to its place between start and end."""
    measure = math.log10 if is_log else float
    first, span = measure(low), measure(high) - measure(low)
    return lambda value: start + (end - start) * ((measure(value) - first) / span)


def _ticks(low: float, high: float, is_log: bool) -> list[tuple[float, str]]:
    if not is_log:
        return _round_ticks(low, high, _round_step(high - low))
    first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
    every = max(1, -(-(last - first) // 4))
    powers = range(first, last + 1, every)
    return [(10.0**n, f"10{str(n).translate(_SUPERSCRIPTS)}") for n in powers]


def _whole_ticks(low: float, high: float) -> list[tuple[float, str]]:
    return _round_ticks(low, high, max(1.0, _round_step(high - low)))


def _round_step(span: float) -> float:
    """Return 1, 2 or 5 times a power of ten, of which 3 to 8 fill the span.

    >>> _round_step(1.0), _round_step(30.0)
    (0.2, 5.0)
    """
    power = 10.0 ** math.floor(math.log10(span / 4))
    return power * max(n for n in (1, 2, 5) if n * power <= span / 3)


def _round_ticks(low: float, high: float, step: float) -> list[tuple[float, str]]:
    numbers = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return [(n * step, f"{n * step:.6g}".replace("-", "−")) for n in numbers]


def _rung(y: float, name: str) -> str:
    line = (
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" '
        'stroke="currentColor" stroke-opacity="0.15"/>'
    )
    return line + _text(LEFT - 6, y + 4, name, "end")


def _mark(x: float, name: str) -> str:
    return _text(x, HEIGHT - BOTTOM + 15, name, "middle")


def _text(x: float, y: float, text: str, anchor: str, more: str = "") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>'
        f"{escape(text)}</text>"
    )


def _curve(
    line: Line, points: Sequence[tuple[float, float]], at_x: Place, at_y: Place
) -> str:
    places = [(at_x(x), at_y(y)) for x, y in points]
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = ""
    if len(places) <= 25:
        dots = "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{line.color}"/>'
            for x, y in places
        )
    return f'<polyline points="{drawn}" fill="none" {_stroke(line)}/>{dots}'


def _stroke(line: Line) -> str:
    dashes = f' stroke-dasharray="{line.dashes}"' if line.dashes else ""
    return f'stroke="{line.color}" stroke-width="1.8"{dashes}'


def _legend(curves: Sequence[tuple[Line, Sequence[tuple[float, float]]]]) -> list[str]:
    """Return the named curves' keys, each with its last value."""
    named = [(line, points) for line, points in curves if line.name]
    width = (WIDTH - LEFT) / max(1, len(named))
    parts = []
    for number, (line, points) in enumerate(named):
        x, y = LEFT + number * width, HEIGHT - 6
        key = (
            f'<line x1="{x}" x2="{x + 22}" y1="{y - 4}" y2="{y - 4}" {_stroke(line)}/>'
        )
        parts.append(
            key + _text(x + 28, y, f"{line.name} {points[-1][1]:.4g}", "start")
        )
    return parts
