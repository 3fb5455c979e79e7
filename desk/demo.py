"""The demo: the Aarhus agreements from signature to the last reconciled krone.

The story is told to a fresh ledger through the same commands as everybody uses. Its clock is the
story's: every command is recorded on the day on which it would have been given, by one of five
invented people, so that the history reads like a real one.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import desk
from desk.intake import files
from ledger.decide.refusal import Refusal
from ledger.money import Amount
from ledger.service import Ledger
from ledger.store.location import Location, holds_a_ledger

REGISTRAR = "maja.registrar"
CONTROLLER = "jonas.controller"
APPROVER = "birgit.approver"
CASHIER = "ali.cashier"
RECONCILER = "sofie.reconciler"

FUND = "State outcome fund (demo, invented people)"
FIRST_YEAR, LAST_YEAR = 2021, 2026
SATURDAY = 5
_SEED = "ofl demo"

DRAWDOWNS = {
    2021: [("aarhus-hf-1", "6000000.00", date(2021, 1, 4))],
    2022: [("aarhus-hf-1", "5000000.00", date(2022, 1, 3))],
    2023: [("aarhus-hf-1", "4900000.00", date(2023, 1, 2))],
    2024: [("aarhus-hf-2", "4300000.00", date(2024, 6, 3))],
    2025: [("aarhus-hf-2", "3000000.00", date(2025, 6, 2))],
}
"""What the provider draws on the commitments, by year: agreement, amount, day."""


class NotADemo(Refusal):
    """The directory holds something else than a demo ledger."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the story: on which day, by whom, what it is, and what it did."""

    on: date
    actor: str
    what: str
    count: int


def example_folder() -> Path:
    """The folder of the example's input files."""
    package = Path(desk.__file__).parent
    installed = package / "example"
    return installed if installed.is_dir() else package.parent / "docs/examples/housing-first"


def clear(into: Path) -> None:
    """Make room for the demo: an earlier demo is thrown away, anything else is left alone.

    Raises:
        NotADemo: if the directory holds anything but an earlier demo.
    """
    if not into.exists() or not any(into.iterdir()):
        return
    demo = False
    if holds_a_ledger(into):
        with Ledger(into) as ledger:
            opened = ledger.law().opened
            demo = opened is not None and opened.purpose == "demo"
    if not demo:
        message = f"{into} holds something else than a demo ledger; name another directory"
        raise NotADemo(message)
    shutil.rmtree(into)


def office_day(day: date, later: int) -> date:
    """So many days later, or the Monday after if that is in a weekend."""
    then = day + timedelta(days=later)
    return then + timedelta(days=max(0, 7 - then.weekday()) if then.weekday() >= SATURDAY else 0)


class Storyteller:
    """Gives the story's commands to a ledger, each on its day and by its person."""

    def __init__(self, into: Location, example: Path, key_file: Path | None = None) -> None:
        self.into = into
        self.example = example
        self._moment = datetime(2020, 12, 15, 9, 0, tzinfo=UTC)
        # Invented people may have foreseeable pseudonyms: the same story gives the same ledger.
        generator = random.Random(_SEED)  # noqa: S311 - nobody's privacy depends on it
        self._ledger = Ledger.create(
            into,
            FUND,
            "DKK",
            "demo",
            actor=CONTROLLER,
            key_file=key_file,
            clock=self._tick,
            refs=lambda: f"s{generator.getrandbits(64):016x}",
        )

    def _tick(self) -> datetime:
        self._moment += timedelta(seconds=1)
        return self._moment

    def _as(self, actor: str, on: date) -> Ledger:
        """The ledger with a person at it on a day; several commands a day follow on each other."""
        self._moment = max(self._moment, datetime(on.year, on.month, on.day, 9, 0, tzinfo=UTC))
        self._ledger.actor = actor
        return self._ledger

    def tell(self, before_statement: Callable[[Ledger, Path, date], None]) -> Iterator[Step]:
        """The whole story, step by step.

        `before_statement` is called with the path of each bank statement and the day up to which
        it reaches, before it is read: the maker of the example writes the statements there.
        """
        with self._ledger:
            for year in range(FIRST_YEAR, LAST_YEAR + 1):
                yield from self._in_the_year(year)
                last = year == LAST_YEAR
                end = date(2026, 10, 1) if last else date(year + 1, 1, 1)
                statement = self.example / str(year) / "bank-statement.csv"
                yield from self._year_end(year, end, statement, before_statement)
            final = self.example / str(LAST_YEAR) / "bank-statement-october.csv"
            yield self._read_statement(final, date(2026, 11, 2), before_statement)

    def _in_the_year(self, year: int) -> Iterator[Step]:
        """The tariffs of the year, what is signed in it, and the drawdowns called."""
        folder = self.example / str(year)
        first = date(2020, 12, 15) if year == FIRST_YEAR else date(year, 1, 2)
        done = self._as(REGISTRAR, first).import_tariffs(files.read_tariffs(folder / "tariffs.csv"))
        yield Step(first, REGISTRAR, f"tariffs of {year}", len(done.recorded))
        for path in sorted(self.example.glob("*.yaml")):
            terms, source = files.read_terms(path)
            if terms.starts_on.year == year:
                done = self._as(CONTROLLER, terms.signed_on).sign(terms, source)
                yield Step(terms.signed_on, CONTROLLER, f"{terms.agreement} signed", 1)
        for agreement, amount, on in DRAWDOWNS.get(year, ()):
            done = self._as(CONTROLLER, on).call_drawdown(agreement, Amount.parse(amount), on)
            yield Step(on, CONTROLLER, f"{agreement}: {amount} drawn", len(done.recorded))

    def _year_end(
        self,
        year: int,
        end: date,
        statement: Path,
        before_statement: Callable[[Ledger, Path, date], None],
    ) -> Iterator[Step]:
        """The year's statement, enrolments, stays and measurements; assessed; paid."""
        folder, day = self.example / str(year), office_day(end, 7)
        yield self._read_statement(statement, day, before_statement)
        if (enrolments := folder / "enrolments.csv").is_file():
            batch = files.read_enrolments(enrolments)
            done = self._as(REGISTRAR, day).import_enrolments(batch)
            yield Step(day, REGISTRAR, "people enrolled", len(done.recorded))
        done = self._as(REGISTRAR, day).import_stays(files.read_stays(folder / "stays.csv"), end)
        yield Step(day, REGISTRAR, f"register of {year}", len(done.recorded))
        if (measurements := folder / "measurements.csv").is_file():
            read = files.read_measurements(measurements)
            done = self._as(REGISTRAR, day).import_measurements(read)
            yield Step(day, REGISTRAR, "measurements", len(done.recorded))
        yield from self._pay(end, day)

    def _pay(self, until: date, day: date) -> Iterator[Step]:
        """Assess, propose, approve and send, each by its person."""
        agreements = list(self._ledger.agreements())
        decided = proposed = 0
        for agreement in agreements:
            done, _ = self._as(CONTROLLER, day).assess(agreement, until)
            decided += len(done.recorded)
        yield Step(day, CONTROLLER, f"assessed until {until}", decided)
        for agreement in agreements:
            done, _ = self._as(CONTROLLER, day).propose_payments(agreement, day)
            proposed += len(done.recorded)
        yield Step(day, CONTROLLER, "payments proposed", proposed)
        approval, sending = office_day(day, 3), office_day(day, 5)
        for name in self._payments(approved=False):
            self._as(APPROVER, approval).approve_payment(name, approval)
        yield Step(approval, APPROVER, "payments approved", proposed)
        for name in self._payments(approved=True):
            self._as(CASHIER, sending).send_payment(name, sending)
        yield Step(sending, CASHIER, "payments sent to the bank", proposed)

    def _payments(self, *, approved: bool) -> list[str]:
        """Payments that wait to be approved, or that are approved and wait to be sent."""
        return [
            name
            for state in self._ledger.agreements().values()
            for name, payment in state.payments.items()
            if payment.instructed_at is None and (payment.approved_at is not None) == approved
        ]

    def _read_statement(
        self, path: Path, day: date, before: Callable[[Ledger, Path, date], None]
    ) -> Step:
        before(self._ledger, path, day)
        done, _ = self._as(RECONCILER, day).import_bank(files.read_bank(path))
        return Step(day, RECONCILER, f"{path.parent.name}/{path.name}", len(done.recorded))
