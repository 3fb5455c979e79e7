"""Both workings of one outcome in words, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from textwrap import wrap

from desk.dossier import working_lines
from desk.language import Language
from ledger.working import parts_of
from projections.whatif.standing import Standing

Pair = tuple[str, str]
"""A line of what is recorded, and the one of the scenario beside it."""


def both_workings(
    before: Standing | None, after: Standing | None, lang: Language, width: int
) -> list[Pair]:
    """How an outcome was reached and how it would be, part by part beside each other.

    No line is wider than `width`; what goes on in the next is indented further.
    """
    sides = [_parts(_wrapped(_lines(each, lang), width)) for each in (before, after)]
    return [
        pair
        for one, two in zip_longest(*sides, fillvalue=[])
        for pair in zip_longest(one, two, fillvalue="")
    ]


def _lines(standing: Standing | None, lang: Language) -> Iterator[str]:
    if standing is None:
        yield lang.say("whatif_unknown")
        return
    if standing.waits is not None:
        yield lang.say(f"whatif_waits_{standing.waits.value}")
        return
    if not standing.achieved:
        yield lang.say("whatif_missed")
        return
    if standing.working is not None:
        yield from working_lines(standing.working, lang)
    elif standing.owed:
        yield lang.say("whatif_erased")
    yield lang.say("why_total", total=lang.amount(standing.whole))
    for part in parts_of(standing.owed):
        amount = lang.amount(part.amount)
        yield "  " + lang.say("why_part", payer=part.payer, payee=part.payee, amount=amount)


def _wrapped(lines: Iterator[str], width: int) -> Iterator[str]:
    for line in lines:
        deeper = " " * (len(line) - len(line.lstrip()) + 4)
        yield from wrap(line, width, subsequent_indent=deeper, break_on_hyphens=False)


def _parts(lines: Iterator[str]) -> list[list[str]]:
    """Lines grouped under the one that they are indented under."""
    found: list[list[str]] = []
    for line in lines:
        if line.startswith(" ") and found:
            found[-1].append(line)
        else:
            found.append([line])
    return found
