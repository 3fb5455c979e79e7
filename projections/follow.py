"""Following the events: catching up, rebuilding beside, swapping, and how far behind we are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, bindparam, case, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from ledger import events as e
from ledger.events import Recorded
from ledger.store import codec
from ledger.store.location import Server
from ledger.store.log import EventLog, StoredRow
from ledger.terms.agreement import Terms
from projections import follow_payments
from projections import views as v
from projections.home import MAKING, USE, WRITING, Home, home
from projections.journal import write_journal_of
from projections.writing import Writer

Progress = Callable[[int], None]
"""Called with the number of events just taken in."""


_ENROLMENTS = (e.PersonEnrolled.topic, e.EnrolmentCorrected.topic)


def quiet(_: int) -> None:
    """Report progress to nobody."""


class Views:
    """The views of a ledger in a home of their own, at a position of the events."""

    def __init__(self, place: Path | Server | Home) -> None:
        self.home = home(place)
        self.engine = self.home.engine

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def catch_up(self, log: EventLog, progress: Progress = quiet) -> int:
        """Take in every event since the last one, a batch and its position in one transaction.

        Views made by another version of the tables are thrown away and made again.
        Returns how many events were taken in.
        """
        at = self.position()
        if at is None or at > log.head()[0]:
            return self.rebuild(log, progress)
        taken = 0
        for batch in log.batches(at):
            try:
                taken += self.take(batch)
            except DBAPIError as error:
                if self.home.was_replaced(error):
                    return taken + self.catch_up(log, progress)
                raise
            progress(len(batch))
        return taken

    def take(self, batch: list[StoredRow]) -> int:
        """Take in what is new of a batch, and its position, in one transaction; how many it was."""
        with self.engine.execution_options(**{USE: WRITING}).begin() as connection:
            return _take(connection, batch)

    def rebuild(self, log: EventLog, progress: Progress = quiet) -> int:
        """Make the views anew beside the present ones, and put them in their place when done."""
        with self.home.beside() as beside:
            fresh = Views(beside)
            fresh.create()
            return fresh.catch_up(log, progress)

    def create(self) -> None:
        """Make empty tables, at position 0."""
        start = {
            "schema_version": v.SCHEMA_VERSION, "position": 0, "chain": "", "recorded_at": "",
            "lines_since_total": 0,
        }  # fmt: skip
        with self.engine.execution_options(**{USE: MAKING}).begin() as connection:
            v.metadata.create_all(connection)
            connection.execute(insert(v.progress).values(start))

    def position(self) -> int | None:
        """The position of the last event taken in; None if there are no views of this version."""
        if not self.home.has_table(v.progress.name):
            return None
        with self.engine.connect() as connection:
            row = connection.execute(select(v.progress)).one_or_none()
        return row.position if row and row.schema_version == v.SCHEMA_VERSION else None

    def rows(self, table: Table) -> list[tuple[Any, ...]]:
        """Every row of a table in order of its key."""
        with self.engine.connect() as connection:
            query = select(table).order_by(*table.primary_key.columns)
            return [tuple(row) for row in connection.execute(query)]


def _take(connection: Connection, batch: list[StoredRow]) -> int:
    """Apply a batch that follows on the position; nothing if another follower was faster."""
    position = connection.execute(select(v.progress.c.position)).scalar_one()
    fresh = [row for row in batch if row.position > position]
    if not fresh:
        return 0
    recorded = [codec.decode(row.state) for row in fresh]
    write_journal_of(connection, recorded)
    apply_events(connection, recorded)
    last = fresh[-1]
    connection.execute(
        update(v.progress).values(
            position=last.position, chain=last.chain.hex(), recorded_at=last.recorded_at
        )
    )
    return len(fresh)


def apply_events(connection: Connection, recorded: Iterable[Recorded]) -> None:
    """Bring the tables other than the journal up to date with events, whatever is between them."""
    writer = Writer(connection)
    for each in recorded:
        _apply(writer, each)
    writer.flush()


def _apply(writer: Writer, recorded: Recorded) -> None:
    """Bring the tables other than the journal up to date with one event."""
    name = recorded.stream.removeprefix("agreement/")
    match recorded.event:
        case e.AgreementSigned() | e.AgreementAmended():
            _apply_terms(writer, recorded)
        case e.RefundRuleEnacted(table=table):
            _version(writer, recorded, "rules", table.id, recorded.version)
        case e.PersonEnrolled() | e.SubjectErased() | e.PersonsMerged() | e.PersonsUnmerged():
            _apply_person(writer, name, recorded)
        case e.RegisterCovered() | e.RegisterCorrected() | e.FactVoided():
            _apply_fact(writer, name, recorded)
        case e.AssessmentMade(until=until, waiting=waiting):
            writer.change(v.agreement, name, {"assessed_until": until, "waiting": waiting})
        case e.OutcomeDecided() | e.EntitlementCalculated():
            _apply_claim(writer, name, recorded)
        case e.BankLineSeen():
            _apply_bank(writer, recorded)
        case _ if isinstance(recorded.event, follow_payments.FOLLOWED):
            follow_payments.apply(writer, name, recorded)
        case _:
            _apply_capital(writer, name, recorded)


def _apply_capital(writer: Writer, name: str, recorded: Recorded) -> None:
    """What investors were asked for, paid in, and are covered for."""
    match recorded.event:
        case e.DrawdownCalled(parts=parts):
            for part in parts:
                _add_capital(writer, name, part.investor, "called", part.amount.minor)
        case e.CapitalReceived(investor=investor, amount=amount):
            _add_capital(writer, name, investor, "paid_in", amount.minor)
        case e.CapitalReversed(investor=investor, amount=amount):
            _add_capital(writer, name, investor, "paid_in", -amount.minor)
        case e.GuaranteeCalled(parts=losses):
            for loss in losses:
                _add_capital(writer, name, loss.investor, "guaranteed", loss.amount.minor)
        case e.GuaranteeReversed(parts=returns):
            for each in returns:
                back = -(each.set_off + each.owed_back).minor
                _add_capital(writer, name, each.investor, "guaranteed", back)


def _apply_fact(writer: Writer, agreement: str, recorded: Recorded) -> None:
    known = v.agreement.c.register_until
    match recorded.event:
        case e.RegisterCovered(until=until):
            newest = case((known > until, known), else_=until)
            writer.change(v.agreement, agreement, {"register_until": newest})
        case e.RegisterCorrected(until=until):
            oldest = case((known < until, known), else_=until)
            writer.change(v.agreement, agreement, {"register_until": oldest})
        case e.FactVoided(fact=fact) if fact in _ENROLMENTS:
            _apply_person(writer, agreement, recorded)


def _apply_person(writer: Writer, agreement: str, recorded: Recorded) -> None:
    table = v.agreement
    if isinstance(recorded.event, e.EnrolmentCorrected):
        return  # the person is counted already
    one_less = isinstance(recorded.event, e.PersonsMerged | e.FactVoided)
    values: dict[str, Any] = {"enrolled": table.c.enrolled + (-1 if one_less else 1)}
    if isinstance(recorded.event, e.SubjectErased):
        # Claims stay: payments rest on them, and their pseudonym now leads to nobody.
        values = {"erased": table.c.erased + 1, "erased_on": recorded.effective_on}
    writer.change(table, agreement, values)


def _apply_bank(writer: Writer, recorded: Recorded) -> None:
    event = recorded.event
    assert isinstance(event, e.BankLineSeen)
    row = {
        "account": event.account,
        "line": event.line,
        "position": recorded.position,
        "booked_on": event.booked_on,
        "amount": event.amount.minor,
        "reference": event.reference,
        "text": event.text,
    }
    writer.put(v.bank_line, [row])


def _apply_terms(writer: Writer, recorded: Recorded) -> None:
    match recorded.event:
        case e.AgreementSigned(terms=terms) as event:
            _sign(writer, recorded, event)
            _version(writer, recorded, "terms", terms.agreement, event.terms_version)
        case e.AgreementAmended(terms=terms, terms_version=number):
            _amend(writer, terms)
            _version(writer, recorded, "terms", terms.agreement, number)


def _version(writer: Writer, recorded: Recorded, kind: str, name: str, number: int) -> None:
    """Note a version of an agreement's terms, or of a table of rules."""
    row = {
        "kind": kind, "name": name, "number": number,
        "position": recorded.position, "counts_from": recorded.effective_on,
    }  # fmt: skip
    writer.put(v.version, [row])


def _sign(writer: Writer, recorded: Recorded, event: e.AgreementSigned) -> None:
    terms = event.terms
    row = {
        "agreement": terms.agreement,
        "currency": terms.currency,
        "signed_at": recorded.position,
        "signed_on": terms.signed_on,
        "starts_on": terms.starts_on,
        "enrolled": 0,
        "erased": 0,
        "waiting": 0,
        **_changeable(terms),
    }
    writer.put(v.agreement, [row])
    capital = [
        {
            "agreement": terms.agreement,
            "investor": each.investor,
            "instrument": each.instrument.value,
            "committed": each.amount.minor,
            "called": 0,
            "paid_in": 0,
            "guaranteed": 0,
        }
        for each in terms.investment
    ]
    writer.put(v.capital, capital)


def _changeable(terms: Terms) -> dict[str, Any]:
    """What the view of an agreement shows of its terms and an amendment may change."""
    caps = (each.limit for each in terms.caps if each.scope == "agreement")
    cap, guarantee, bound = next(caps, None), terms.guarantee, terms.continuation
    return {
        "title": terms.title,
        "ends_on": terms.ends_on,
        "people": terms.people,
        "cap": cap.minor if cap else None,
        "guarantor": guarantee.guarantor if guarantee else None,
        "guarantee": guarantee.amount.minor if guarantee else None,
        "continues": bound.party if bound else None,
        "continues_metric": bound.metric if bound else None,
        "continues_at_least": str(bound.at_least) if bound else None,
    }


def _amend(writer: Writer, terms: Terms) -> None:
    """The newest terms; an investor that left had nothing called and nothing paid in."""
    writer.change(v.agreement, terms.agreement, _changeable(terms))
    table, investors = v.capital, [each.investor for each in terms.investment]
    left = (table.c.agreement == terms.agreement) & table.c.investor.not_in(investors)
    writer.execute(delete(table).where(left))
    for each in terms.investment:
        key = {"agreement": terms.agreement, "investor": each.investor}
        committed = {"committed": each.amount.minor, "instrument": each.instrument.value}
        empty = {"called": 0, "paid_in": 0, "guaranteed": 0}
        writer.put_missing(table, {**key, **committed, **empty})
        mine = (table.c.agreement == terms.agreement) & (table.c.investor == each.investor)
        writer.execute(update(table).where(mine).values(committed))


_CAPITAL = v.capital.c
_ADD = {
    column: update(v.capital)
    .where(
        _CAPITAL.agreement == bindparam("in_agreement"),
        _CAPITAL.investor == bindparam("of_investor"),
    )
    .values({column: _CAPITAL[column] + bindparam("more")})
    for column in ("called", "paid_in", "guaranteed")
}


def _add_capital(writer: Writer, agreement: str, investor: str, column: str, amount: int) -> None:
    row = {"in_agreement": agreement, "of_investor": investor, "more": amount}
    writer.keep_back(_ADD[column], row)


def _apply_claim(writer: Writer, agreement: str, recorded: Recorded) -> None:
    match recorded.event:
        case e.OutcomeDecided() as outcome:
            row = {
                "claim": outcome.claim,
                "agreement": agreement,
                "subject": outcome.subject,
                "metric": outcome.metric,
                "milestone_months": outcome.milestone_months,
                "period_start": outcome.period_start,
                "period_end": outcome.period_end,
                "achieved": outcome.achieved,
                "outcome_at": recorded.position,
            }
            writer.put(v.claim, [row])
        case e.EntitlementCalculated() as entitled:
            changed = {"entitlement_at": recorded.position, "total": entitled.total.minor}
            writer.change(v.claim, entitled.claim, changed)
            for table in (v.claim_part, v.gain):
                writer.execute(delete(table).where(table.c.claim == entitled.claim))
            parts = [
                {
                    "claim": entitled.claim,
                    "payer": part.payer,
                    "role": part.role.value,
                    "payee": part.payee,
                    "amount": part.amount.minor,
                }
                for part in entitled.parts
            ]
            writer.put(v.claim_part, parts)
            gains = [{"claim": entitled.claim, **gain.model_dump()} for gain in entitled.gains]
            writer.put(v.gain, gains)
