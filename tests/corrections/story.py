"""A small agreement told from its facts to its books, for the corrections of this folder.

What is owed, paid and booked is told in lines of text that a finance person can read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from desk.cli.session import VIEWS_FILE
from ledger.decide.rows import (
    BankRow,
    Batch,
    EnrolmentRow,
    MeasurementRow,
    ResultRow,
    Row,
    StayRow,
)
from ledger.events import Recorded
from ledger.facts import Source, Stay, Tariff
from ledger.model import Position, SubjectRef
from ledger.money import Amount
from ledger.service import Ledger
from ledger.terms.agreement import Terms
from ledger.terms.reader import read_model
from projections.balances import balances
from projections.changes import Change, changes
from projections.follow import Views
from projections.posting import post
from projections.verify import verify

FILE = Source(file="terms.yaml", sha256="0" * 64)


def batch(rows: Iterable[Any]) -> Batch[Any]:
    """A file of rows; its hash is of what it says."""
    found = tuple(Row(n, each) for n, each in enumerate(rows, start=2))
    sha256 = hashlib.sha256(repr(found).encode()).hexdigest()
    return Batch("file.csv", sha256, found)


class Story:
    """A ledger with one agreement, and the people who work on it: anna, bo, carla and dan."""

    def __init__(self, folder: Path, terms: str, capital: str, paid_in_on: date) -> None:
        self.door = Ledger.create(
            folder / "ledger", "Fund", "DKK", "demo", actor="anna",
            clock=lambda: datetime(2030, 1, 2, tzinfo=UTC),
        )  # fmt: skip
        self.terms = read_model(terms, Terms)
        self.name = self.terms.agreement
        self.door.sign(self.terms, FILE)
        self._lines = 0
        if capital:
            self.door.call_drawdown(self.name, Amount.parse(capital), paid_in_on)
            for part in self.door.agreement(self.name).drawdowns[f"{self.name}-D01"].called.parts:
                self.door.receive_capital(f"{self.name}-D01", part.investor, paid_in_on)

    def close(self) -> None:
        """Close the ledger."""
        self.door.close()

    # --- facts --------------------------------------------------------------------------------

    def enrol(self, **people: date) -> None:
        """People by their id, and the day on which they were enrolled."""
        rows = [EnrolmentRow(self.name, who, on) for who, on in people.items()]
        self.door.import_enrolments(batch(rows))

    def ref(self, person_id: str) -> SubjectRef:
        """A person's pseudonym."""
        return self.door.find_subject(self.name, person_id)

    def measured(self, who: str, months: int, on: date, value: str = "yes") -> Position:
        """A reading of the terms' first indicator; where it was recorded."""
        indicator = self.terms.indicators[0].id
        row = MeasurementRow(self.name, who, months, on, indicator, value, "Validator")
        return self.door.import_measurements(batch([row])).recorded[0].position

    def measured_cohort(self, cohort: str, indicator: str, on: date, value: str) -> Position:
        """A reading of a cohort; where it was recorded."""
        row = ResultRow(self.name, cohort, on, indicator, value, "Validator")
        return self.door.import_results(batch([row])).recorded[0].position

    def stayed(self, who: str, stay: str, admitted: date, discharged: date | None) -> Position:
        """A stay at the shelter; where it was recorded."""
        row = StayRow(
            who, Stay(stay=stay, shelter="herberg", admitted=admitted, discharged=discharged)
        )
        return self.door.import_stays(batch([row])).recorded[0].position

    def register_until(self, until: date) -> None:
        """The register is known up to a day."""
        self.door.import_stays(batch([]), until)

    def tariff(self, per_night: str) -> None:
        """What a night at the shelter costs."""
        row = Tariff.model_validate(
            {
                "shelter": "herberg",
                "valid_from": date(2015, 1, 1),
                "per_night": per_night,
                "own_payment": "0.00",
            }
        )
        self.door.import_tariffs(batch([row]))

    # --- decisions ----------------------------------------------------------------------------

    def assess(self, until: date) -> list[str]:
        """Assess, and tell the lines that are posted."""
        return told(self.door.assess(self.name, until)[0].recorded)

    def pay(self, on: date) -> list[str]:
        """Propose, approve, send and settle all that is owed; tell who paid whom what."""
        proposed, _ = self.door.propose_payments(self.name, on)
        found = []
        for recorded in proposed.recorded:
            payment = recorded.event.payment  # type: ignore[attr-defined]
            self._as("carla").approve_payment(payment, on)
            self._as("dan").send_payment(payment, on)
            made = self.door.agreement(self.name).payments[payment].proposed
            self._lines += 1
            row = BankRow(made.payer, f"L{self._lines}", on, -made.amount, payment, "paid")
            self._as("anna").import_bank(batch([row]))
            found.append(f"{made.payer} pays {made.payee} {made.amount}")
        return found

    def _as(self, actor: str) -> Ledger:
        self.door.actor = actor
        return self.door

    # --- answers ------------------------------------------------------------------------------

    def claims(self) -> dict[str, str]:
        """What every claim comes to, zeros left out; people by their order of enrolment."""
        found = {}
        for name, claim in self.door.agreement(self.name).claims.items():
            whole = sum(part.amount.minor for part in claim.parts)
            if whole:
                found[name] = str(Amount(whole))
        return found

    def changes(self, since: int = 0) -> list[Change]:
        """Whose entitlement moved, and because of what."""
        return changes(self.door, self.name, since)

    def head(self) -> int:
        """The newest position."""
        return self.door.log.head()[0]

    def balances(self) -> list[str]:
        """What every party has and owes, a line each; zeros left out."""
        with closing(self.views()) as views:
            return [
                f"{each.book} {each.account} {each.counterparty}".strip() + f" {each.balance}"
                for each in balances(views)
                if each.balance
            ]

    def sound(self) -> bool:
        """Whether the whole ledger verifies: chain, views, and every decision made again."""
        with closing(self.views()) as views:
            found = verify(self.door, views)
            assert found.sound, found.faults
            return found.sound

    def views(self) -> Views:
        """The views, caught up; to be closed."""
        assert isinstance(self.door.location, Path)
        views = Views(self.door.location / VIEWS_FILE)
        views.catch_up(self.door.log)
        return views


def told(recorded: Iterable[Recorded]) -> list[str]:
    """Journal lines: the day, whose book, the account, with whom, and the amount."""
    return [
        f"{line.value_date} {line.book}: {line.account} {line.counterparty} {line.amount}"
        for each in recorded
        for line in post(each)
    ]


def owed(recorded: Iterable[Recorded]) -> list[str]:
    """Only the payers' expenses of those lines: who comes to owe whom what, from which day."""
    return [
        f"{line.value_date} {line.book} owes {line.counterparty} {line.amount}"
        for each in recorded
        for line in post(each)
        if line.account == "outcome-expense"
    ]
