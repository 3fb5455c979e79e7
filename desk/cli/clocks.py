"""The two clocks of an answer: what was known, and by which day it counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import typer

from desk.cli.session import Session
from desk.cli.values import day
from ledger.service import Ledger
from projections.follow import Views
from projections.moment import Stamp, moment, views_at

KnownAt = Annotated[
    str | None,
    typer.Option(help="As known then: a position, a time with its zone, or the end of a day."),
]
EffectiveOn = Annotated[
    date | None,
    typer.Option("--on", parser=day, help="Only what counts on that day or before."),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """The ledger and its views, the moment that is asked about, and the views of that moment."""

    ledger: Ledger
    views: Views
    at: Stamp
    then: Views
    """But for the journal, whose lines say themselves when they were known and count."""


@contextmanager
def asked(
    session: Session, known_at: str | None, on: date | None, agreement: str | None = None
) -> Iterator[Asked]:
    """What answers a question about a moment; with the views of one agreement if it is given."""
    with session.views() as (ledger, views):
        at = moment(ledger.log, views, known_at, on)
        with views_at(ledger, views, at, agreement) as then:
            yield Asked(ledger, views, at, then)
