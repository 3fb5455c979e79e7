"""A small ledger in which outcomes come to be owed for, and what is done about that."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from desk.intake import files
from desk.jobs.job import Workplace
from ledger.decide.rows import MeasurementRow
from ledger.events import MeasurementRecorded, PaymentProposed
from ledger.facts import Quality, Validation
from ledger.money import Amount
from tests.desk.good_input import STAYS

A_YEAR_ON = date(2022, 3, 1)


def come_to_owe(place: Workplace, folder: Path) -> Workplace:
    later = folder / "later.csv"
    later.write_text(STAYS, encoding="utf-8")
    with place.ledger("anna") as ledger:
        ledger.import_stays(files.read_stays(later), A_YEAR_ON)
        ledger.call_drawdown("youth-1", Amount.parse("400000.00"), date(2021, 1, 10))
        for investor in ("dsi", "council-fund"):
            ledger.receive_capital("youth-1-D01", investor, date(2021, 1, 12))
        ledger.assess("youth-1", A_YEAR_ON)
    return place


def pay(place: Workplace, upto: str) -> list[str]:
    """Propose what is owed, and take the payments so far: proposed, approved or sent."""
    with place.ledger("bo") as ledger:
        done, _ = ledger.propose_payments("youth-1", date(2022, 3, 2))
    names = [e.event.payment for e in done.recorded if isinstance(e.event, PaymentProposed)]
    for name in names if upto != "proposed" else ():
        with place.ledger("carla") as ledger:
            ledger.approve_payment(name, date(2022, 3, 3))
        with place.ledger("dan") as ledger:
            if upto == "sent":
                ledger.send_payment(name, date(2022, 3, 4))
    return names


def correct(place: Workplace, payment: str, evidence: str | None, status: Validation) -> None:
    """Correct the evidence and status of every measurement that a payment rests on."""
    with place.ledger("vera") as ledger:
        state = ledger.agreement("youth-1")
        claims = {item.claim for item in state.payments[payment].proposed.items}
        at = {each for claim in claims for each in state.claims[claim].outcome.based_on}
        for position in sorted(at):
            if isinstance(ledger.at(position)[0].event, MeasurementRecorded):
                row = ledger.fact_at(position)
                assert isinstance(row, MeasurementRow)
                quality = Quality(status=status, evidence=evidence)
                ledger.correct_fact(position, replace(row, quality=quality), "looked into again")
