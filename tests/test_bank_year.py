"""A year of a payer's bank: the open differences are those that the year was made with.

In whatever order its files come, one by one or together, once or again, everything ends the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter

import pytest

from desk.intake.bank import taken
from desk.iso20022 import camt
from ledger import events as e
from ledger.decide.decision import New, agreement_stream
from ledger.decide.matching import Match
from ledger.model import Position
from ledger.money import Amount
from ledger.parties import Role
from ledger.service import Ledger
from projections.posting import post
from projections.reconciliation import differences
from tests import bank_year
from tests.bank_books import differing
from tests.bank_year import ACCOUNTS, FATES, PAYER, Open, Year
from tests.desk.good_input import GOOD, small_ledger
from tests.histories import scratch

AGREEMENT = "youth-1"
SECONDS_MOST = 60


@contextmanager
def ledger_of(year: Year) -> Iterator[Ledger]:
    """A ledger in which everything of the year was sent, and no statement is read."""
    with scratch() as folder:
        path = Path(folder)
        good = {kind: text for kind, text in GOOD.items() if kind != "bank"}
        small_ledger(path, good).close()
        today = datetime.combine(year.until, datetime.min.time(), UTC) + timedelta(days=40)
        with Ledger(path / "ledger", actor="rikke", clock=lambda: today) as ledger:
            for party, number in ACCOUNTS.items():
                ledger.name_account(party, number)
            ledger._run(["send"], lambda: list(_sent(ledger, year)))  # noqa: SLF001 - see below
            yield ledger


def _sent(ledger: Ledger, year: Year) -> Iterator[New]:
    """The events of payments by the guarantor: to make 5,000 by commands takes minutes."""
    stream, version = agreement_stream(AGREEMENT), ledger.agreement(AGREEMENT).version
    at = Position(ledger.log.head()[0])
    for each in year.sent:
        amount = Amount(each.minor)
        loss = e.GuaranteedLoss(
            investor=each.payee, paid_in=amount, entitled=Amount(0), loss=amount, amount=amount
        )
        steps: tuple[e.Event, ...] = (
            e.GuaranteeCalled(
                call=each.name, guarantor=PAYER, guarantee=amount, amount=amount, parts=(loss,),
                based_on=(),
            ),
            e.PaymentProposed(
                payment=each.name, payer=PAYER, role=Role.GUARANTOR, payee=each.payee,
                amount=amount, content_hash="0",
                items=(e.PaymentItem(
                    entitlement_at=Position(at + 1), claim=each.name, amount=amount),),
            ),
            e.PaymentApproved(payment=each.name, proposed_at=Position(at + 2), content_hash="0"),
            e.PaymentInstructed(
                payment=each.name, approved_at=Position(at + 3), end_to_end_id=each.end_to_end,
                message=each.message,
            ),
        )  # fmt: skip
        for event in steps:
            at, version = Position(at + 1), version + 1
            yield New(stream, version, each.sent_on, event)


def read(ledger: Ledger, year: Year, names: list[str]) -> None:
    """Read some of the year's files with one command."""
    files = [camt.statements_in(name, year.files[name].encode(), "DKK") for name in names]
    ledger.import_bank(*(taken(each, "DKK") for each in files))


def told(ledger: Ledger) -> set[Open]:
    """The open differences, under the names that the year gives."""
    stands, banks = ledger.reconciliation(), ledger.banks()
    found = []
    for each in differences(stands.found, stands.items, banks, ledger.clock().date()):
        name = each.name
        if each.kind.startswith("line-"):
            (tag,) = re.findall(r"line-\d{6}", each.text)
            name = tag + (f"#{name.partition('#')[2]}" if "#" in name else "")
        minor = None if each.amount is None else each.amount.minor
        found.append(Open(each.kind, name, minor, each.candidates))
    assert len(found) == len(set(found))
    return set(found)


@dataclass(frozen=True)
class End:
    """How everything ended."""

    matches: Counter[Match]
    payments: dict[str, tuple[int, int, str]]
    balances: dict[tuple[str, str, str], int]


def end(ledger: Ledger) -> End:
    """What the files have led to, whichever way they came."""
    payments = ledger.agreement(AGREEMENT).payments
    balances: Counter[tuple[str, str, str]] = Counter()
    for recorded in ledger.read(agreement_stream(AGREEMENT)):
        for line in post(recorded):
            balances[line.book, line.account.value, line.counterparty] += line.amount.minor
    return End(
        Counter(made.match for made in ledger.bank(PAYER).matches.values()),
        {
            name: (each.settled.minor, each.returned.minor, each.stage.value)
            for name, each in payments.items()
        },
        dict(balances),
    )


@pytest.mark.parametrize("number", range(6))
def test_a_small_year_ends_the_same_in_any_order_of_its_files(number: int) -> None:
    random = Random(number)  # noqa: S311 - a tale, not a secret
    year = bank_year.make(random, 60, days=45)
    with ledger_of(year) as ledger:
        read(ledger, year, list(year.files))
        assert told(ledger) == year.open
        assert differing(ledger) == []
        at_once, head = end(ledger), ledger.log.head()
        read(ledger, year, random.sample(list(year.files), 5))
        ledger.reconcile()
        assert ledger.log.head() == head
    with ledger_of(year) as ledger:
        names = random.sample(list(year.files), len(year.files))
        while names:
            some = random.randint(1, 9)
            read(ledger, year, names[:some])
            assert differing(ledger) == []
            names = names[some:]
        assert told(ledger) == year.open
        assert end(ledger) == at_once


def test_every_fate_is_in_a_small_year() -> None:
    year = bank_year.make(Random(0), 60, days=45)  # noqa: S311 - a tale, not a secret
    assert {each.__name__ for each in FATES} == year.fates.keys()


def test_a_year_of_five_thousand_payments(capsys: pytest.CaptureFixture[str]) -> None:
    year = bank_year.make(Random(2024), 5_000)  # noqa: S311 - a tale, not a secret
    with ledger_of(year) as ledger:
        start = perf_counter()
        read(ledger, year, list(year.files))
        seconds = perf_counter() - start
        assert told(ledger) == year.open
        assert differing(ledger) == []
        head = ledger.log.head()
        read(ledger, year, sorted(year.files, reverse=True))
        assert ledger.log.head() == head
    with capsys.disabled():
        print(f"\n{len(year.sent)} payments, {len(year.entries)} lines: {seconds:.1f} s")  # noqa: T201
    assert seconds < SECONDS_MOST
    assert date.max not in (year.missing, year.until)
