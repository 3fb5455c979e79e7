"""A plot as SVG: capital in and payments out, all years so far, in each scenario."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from xml.sax.saxutils import escape

from desk.language import Language
from ledger.money import Amount
from ledger.terms.agreement import Terms
from projections.simulate import Simulation

WIDTH, HEIGHT = 860, 480
LEFT, RIGHT, TOP, BOTTOM = 130, 210, 60, 60
_TICKS = 5
_STYLES = {
    "capital": ("#444444", "8 4"),
    "low": ("#b35806", "2 3"),
    "expected": ("#1b4f8a", "none"),
    "high": ("#2f7d32", "12 3 2 3"),
}
"""A colour and a dash for each line: neither is needed to tell them apart without the other."""

_ROLE = 'role="img" aria-labelledby="title about"'

Line = tuple[str, list[int]]
"""A line's name and its minor units at the end of each year."""
Span = tuple[int, int]


def drawn(terms: Terms, runs: tuple[Simulation, ...], lang: Language) -> str:
    """The plot, whole in one file, with a title and a description for who cannot see it."""
    years = _years(runs)
    lines = _lines(runs, years)
    title = lang.say("plot_title", agreement=terms.agreement)
    paid = "; ".join(
        f"{lang.say(f'plot_{name}')} {lang.amount(Amount(values[-1]))}"
        for name, values in lines[1:]
    )
    capital = lang.amount(Amount(lines[0][1][-1]))
    about = lang.say("plot_about", year=years[-1], capital=capital, paid=paid)
    span = _span(lines)
    head = f'viewBox="0 0 {WIDTH} {HEIGHT}" lang="{lang.value}" font-family="sans-serif"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {head} font-size="13" {_ROLE}>',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="about">{escape(about)}</desc>',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            _text(LEFT, TOP - 25, title, more=' font-size="16" font-weight="bold"'),
            *_axes(terms, years, span, lang),
            *_drawn_lines(lines, span, lang),
            "</svg>\n",
        ]
    )


def _years(runs: Iterable[Simulation]) -> list[int]:
    """The year before the first, in which nothing had moved, up to the last of any scenario."""
    found = [year.year for run in runs for year in run.years]
    return list(range(min(found) - 1, max(found) + 1))


def _lines(runs: tuple[Simulation, ...], years: list[int]) -> list[Line]:
    capital = {each.year: each.capital_in.minor for each in runs[0].years}
    lines = [("capital", list(accumulate(capital.get(year, 0) for year in years)))]
    for run in runs:
        paid = {each.year: each.paid_in_all.minor for each in run.years}
        sums = accumulate(paid.get(year, 0) for year in years)
        lines.append((run.scenario.value, list(sums)))
    return lines


def _span(lines: Iterable[Line]) -> Span:
    """The ends of the axis: round numbers of minor units around everything, and zero."""
    values = [value for _, each in lines for value in each]
    return -_round(-min(0, *values)), _round(max(1, *values))


def _round(most: int) -> int:
    """The least of 1, 2, 5 with noughts that is not below a number; nought for nought."""
    size = int("1" + "0" * (len(str(most)) - 1))
    return next(size * n for n in (1, 2, 5, 10) if size * n >= most) if most else 0


def _x(place: int, count: int) -> int:
    return LEFT + (WIDTH - LEFT - RIGHT) * place // max(1, count - 1)


def _y(minor: int, span: Span) -> int:
    low, top = span
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (minor - low) // (top - low)


def _axes(terms: Terms, years: list[int], span: Span, lang: Language) -> Iterator[str]:
    for tick in range(_TICKS + 1):
        minor = span[0] + (span[1] - span[0]) * tick // _TICKS
        y = _y(minor, span)
        yield f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="#dddddd"/>'
        yield _text(LEFT - 8, y + 4, lang.whole(minor // 100), more=' text-anchor="end"')
    every = -(-len(years) // 12)
    for place, year in enumerate(years):
        if place % every == 0:
            x = _x(place, len(years))
            yield _text(x, HEIGHT - BOTTOM + 20, str(year), more=' text-anchor="middle"')
    middle = (LEFT + WIDTH - RIGHT) // 2
    yield _text(middle, HEIGHT - 15, lang.say("plot_years"), more=' text-anchor="middle"')
    label = lang.say("plot_amounts", currency=terms.currency)
    height = (TOP + HEIGHT - BOTTOM) // 2
    turned = f' text-anchor="middle" transform="rotate(-90 18 {height})"'
    yield _text(18, height, label, more=turned)


def _drawn_lines(lines: list[Line], span: Span, lang: Language) -> Iterator[str]:
    for number, (name, values) in enumerate(lines):
        colour, dash = _STYLES[name]
        style = f'stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dash}" fill="none"'
        points = " ".join(f"{_x(n, len(values))},{_y(v, span)}" for n, v in enumerate(values))
        yield f'<polyline points="{points}" {style}/>'
        x, y = WIDTH - RIGHT + 20, TOP + 10 + 24 * number
        yield f'<path d="M{x} {y}h34" {style}/>'
        yield _text(x + 42, y + 4, lang.say(f"plot_{name}"))


def _text(x: int, y: int, text: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" fill="#222222"{more}>{escape(text)}</text>'
