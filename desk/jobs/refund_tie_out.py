"""The job `refund-tie-out`: register, rules of law and municipality say the same of each quarter.

Three counts of the same nights, those *in* the quarter: what the register recorded, what the rules
in force refund of it, and what the municipality stated that it claimed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from desk.jobs.job import Report, Shift
from ledger.dates import Period
from ledger.decide.facts_state import NOT_KNOWN_YET
from ledger.decide.jobs import Seen
from ledger.decide.refunds import Quarter, days_of, quarter_before
from ledger.decide.state import AgreementState
from ledger.events import RefundStated, Severity
from ledger.money import Amount
from ledger.shelter.nights import NoTariffError
from ledger.shelter.rules import RefundRuleTable
from ledger.shelter.statement import Refunded, refunded_in

KINDS = ("refund_not_stated", "refund_not_comparable", "refund_differs")
TOLERANCE = Amount(100)
"""A krone: a municipality may round each person's refund, the ledger rounds the sum once."""


def work(shift: Shift) -> Report:
    """Compare every statement there is, and miss those of the last quarter."""
    law, report = shift.ledger.law(), Report(figures={"compared": 0, "equal": 0})
    stated: dict[str, list[RefundStated]] = {}
    for each in shift.ledger.all_refunds():
        for (agreement, _), event in each.stated.items():
            stated.setdefault(agreement, []).append(event)
    last = quarter_before(shift.day)
    for name, state in shift.ledger.agreements().items():
        nights, _ = state.tables
        if nights is None:
            continue
        table = law.rules[nights][1]
        statements = stated.get(name, [])
        report.seen += _not_stated(state, statements, last)
        for event in statements:
            report.figures["compared"] += 1
            found = list(_compared(shift, state, table, event))
            report.figures["equal"] += not found
            report.seen += found
    return report


def _not_stated(
    state: AgreementState, statements: list[RefundStated], last: Quarter
) -> Iterator[Seen]:
    """Nobody stated the last quarter, in which the agreement was in force and had people."""
    days = days_of(last)
    terms = state.terms
    in_force = days.overlap(Period(terms.starts_on, terms.ends_on)).days
    if state.enrolled and in_force and not any((e.year, e.quarter) == last for e in statements):
        told = {"quarter": _written(last)}
        key = f"not-stated/{state.agreement}/{_written(last)}"
        yield Seen("refund_not_stated", key, Severity.WARNING, told, state.agreement)


def _compared(
    shift: Shift, state: AgreementState, table: RefundRuleTable, event: RefundStated
) -> Iterator[Seen]:
    """What differs in one statement."""
    quarter = event.year, event.quarter
    days = days_of(quarter)
    where = {"municipality": event.municipality, "quarter": _written(quarter)}
    key = f"{event.municipality}/{state.agreement}/{_written(quarter)}"
    known, reason = _known_until(state, days), "–"
    # As decisions see them: two who were merged are one person, with the stays of both.
    stays = (list(person.stays) for person in state.people().values())
    try:
        found = refunded_in(days, stays, shift.ledger.law().tariffs, table)
    except NoTariffError as error:
        reason, found = str(error), Refunded(0, 0, Amount(0))
    if known < days.end or reason != "–":
        until = "–" if known == NOT_KNOWN_YET else f"{known}"
        told = where | {"until": until, "reason": reason}
        not_yet = f"not-comparable/{key}"
        yield Seen("refund_not_comparable", not_yet, Severity.WARNING, told, state.agreement)
    elif _differs(found, event):
        told = where | {
            "nights_register": str(found.nights),
            "nights_stated": str(event.nights),
            "refunded_ledger": str(found.refunded_nights),
            "refunded_stated": str(event.refunded_nights),
            "refund_ledger": str(found.refund),
            "refund_stated": str(event.refund),
            "erased": str(len(state.erased)),
        }
        said = "/".join(list(told.values())[2:])
        differs = f"differs/{key}/{said}"
        yield Seen("refund_differs", differs, Severity.SERIOUS, told, state.agreement)


def _known_until(state: AgreementState, days: Period) -> date:
    """Up to where the register is known for everybody who was enrolled by the end of a quarter."""
    enrolled = (
        subject
        for subject, (_, event) in state.enrolled.items()
        if event.enrolled_on < days.end and subject not in state.erased
    )
    return min((state.register_until[subject] for subject in enrolled), default=days.end)


def _differs(found: Refunded, event: RefundStated) -> bool:
    nights = (found.nights, found.refunded_nights) != (event.nights, event.refunded_nights)
    return nights or abs((found.refund - event.refund).minor) > TOLERANCE.minor


def _written(quarter: Quarter) -> str:
    year, number = quarter
    return f"{year}-Q{number}"
