"""Ten thousand payments in one file: approved, sent, written, read by others, made again."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from stdnum import iban

from desk.bank_files import renderer
from ledger import events as e
from ledger.bank_account import BankAccount
from ledger.commands.banking import Answer
from ledger.decide.payees import AccountWords
from ledger.decide.rows import BankRow, Batch, Row
from ledger.facts import Source
from ledger.money import Amount
from ledger.service import Ledger
from ledger.terms.agreement import Terms
from projections.follow import Views
from projections.payments import payments
from tests.desk.iso20022.schemas import errors
from tests.desk.iso20022.test_pain001 import independently
from tests.histories import scratch

AGREEMENTS, INVESTORS = 50, 200
FEES = (date(2025, 1, 2), date(2025, 2, 3))
ON = date(2025, 3, 3)
SECONDS_MAX = 30.0
"""Of the processor, for each step: another's work on the machine does not count."""
PAYER = "state-fund"


@contextmanager
def unseen(_count: int, _what: str) -> Iterator[Callable[[int], None]]:
    """Progress that nobody looks at."""
    yield lambda _count: None


RENDER = renderer(unseen)
MADE = datetime(2027, 3, 3, 9, 30, tzinfo=UTC)


def terms(agreement: str, fees: tuple[date, ...] = FEES[:1], investors: int = INVESTORS) -> Terms:
    """Terms by which the state pays a fee that is shared by many investors."""
    names = [f"inv-{number:03d}" for number in range(investors)]
    parties = [
        {"id": PAYER, "name": "State fund", "roles": ["outcome_payer"]},
        {"id": "home", "name": "A home", "roles": ["provider"]},
        *({"id": name, "name": name, "roles": ["investor"]} for name in names),
    ]
    return Terms.model_validate(
        {
            "agreement": agreement,
            "title": agreement,
            "currency": "DKK",
            "signed_on": date(2024, 12, 1),
            "starts_on": date(2025, 1, 1),
            "ends_on": date(2027, 1, 1),
            "people": 1,
            "parties": parties,
            "investment": [{"investor": name, "amount": "100.00"} for name in names],
            "indicators": [{"id": "count", "title": "Count", "kind": "number"}],
            "metrics": [
                {
                    "id": "fee",
                    "kind": "service_fee",
                    "dated": [{"on": day, "amount": f"{investors * 10}.07"} for day in fees],
                }
            ],
            "split": [{"payer": PAYER, "share": "1"}],
            "rounding": {"residual_payer": PAYER, "residual_investor": names[0]},
        }
    )


def account(number: int) -> BankAccount:
    """A Danish number, or an IBAN, by turns."""
    digits = f"0400{number + 1:010d}"
    if number % 2:
        return BankAccount(digits)
    return BankAccount(f"DK{iban.calc_check_digits('DK00' + digits)}{digits}")


def fund(ledger: Ledger, agreements: list[Terms]) -> None:
    """Sign agreements, pay all their capital in, and decide what is owed."""
    lines = []
    for each in agreements:
        ledger.sign(each, Source(file="terms.yaml", sha256="0" * 64))
        called = Amount(sum(part.amount.minor for part in each.investment))
        ledger.call_drawdown(each.agreement, called, each.starts_on)
        lines += [
            BankRow(
                "home",
                f"{each.agreement}-{number}",
                each.starts_on,
                part.amount,
                f"{each.agreement}-D01/{part.investor}",
                "",
            )
            for number, part in enumerate(each.investment)
        ]
    rows = tuple(Row(number, line) for number, line in enumerate(lines, start=2))
    sha = sha256(repr(lines).encode()).hexdigest()
    _, matched = ledger.import_bank(Batch("bank.csv", sha, rows))
    assert not matched.open
    for each in agreements:
        ledger.assess(each.agreement, ON)
        ledger.propose_payments(each.agreement, ON)


def set_accounts(ledgers: tuple[Ledger, Ledger], parties: list[str]) -> None:
    """One person sets the accounts, and another confirms them."""
    setting, confirming = ledgers
    for number, party in enumerate(parties):
        words = AccountWords(f"Holder of {party}", "letter")
        setting.set_payee_account(party, account(number), words, ON)
        confirming.confirm_payee_account(party, account(number), "call", ON)


@pytest.fixture(scope="module")
def ready() -> Iterator[Path]:
    """A ledger in which ten thousand payments are proposed, and every account is confirmed."""
    with scratch() as folder:
        path = Path(folder) / "ledger"
        with (
            Ledger.create(path, "Fund", "DKK", "demo", actor="anna") as anna,
            Ledger(path, actor="petra") as petra,
            Ledger(path, actor="paul") as paul,
        ):
            policy = anna.payment_policy().policy
            patient = policy.model_copy(update={"cooling_off_days": 0, "accounts_required": True})
            petra.set_payment_policy(patient, ON)
            fund(anna, [terms(f"deal-{number:02d}") for number in range(AGREEMENTS)])
            parties = [PAYER, *(f"inv-{number:03d}" for number in range(INVESTORS))]
            set_accounts((petra, paul), parties)
        yield path


def test_ten_thousand_payments_go_out_in_one_file_and_are_answered(ready: Path) -> None:
    go_out_in_one_file(ready)
    are_answered_at_once(ready)


def go_out_in_one_file(path: Path) -> None:
    """Approved, sent and written, and made again; others read the same."""
    count, took = AGREEMENTS * INVESTORS, {}
    with Ledger(path, actor="carla") as carla:
        start = time.process_time()
        done, refused = carla.approve_payments(None, ON)
        took["approve"] = time.process_time() - start
    assert (len(done.recorded), refused) == (count, {})
    with Ledger(path, actor="dan", clock=lambda: MADE) as dan:
        start = time.process_time()
        done, made, refused = dan.make_payment_file(PAYER, ON, ON, RENDER)
        took["make"] = time.process_time() - start
        start = time.process_time()
        again = dan.payment_file_again(made.made.message, RENDER)
        took["make again"] = time.process_time() - start
        proposed = {
            name: each.proposed
            for state in dan.agreements().values()
            for name, each in state.payments.items()
        }
        sealed = dan.seal().checkpoint
    print({step: round(seconds, 2) for step, seconds in took.items()})  # noqa: T201 - with -s
    assert all(seconds < SECONDS_MAX for seconds in took.values()), took
    assert (len(done.recorded), refused) == (count + 1, {})
    assert again.content == made.content
    assert sha256(made.content).hexdigest() == made.made.sha256
    assert errors("pain.001.001.09", made.content) == []

    seen = independently(made.content)
    numbers = {f"inv-{number:03d}": account(number + 1).number for number in range(INVESTORS)}
    assert Counter((x[0], x[3], x[4], x[5], x[6], x[7]) for x in seen) == Counter(
        (
            name,
            Decimal(str(each.amount)),
            account(0).number,
            str(ON),
            f"Holder of {each.payee}",
            numbers[each.payee],
        )
        for name, each in proposed.items()
    )
    assert {x[8].rpartition(" ofl ")[0] for x in seen} == proposed.keys()
    (checkpoint,) = {x[8].rpartition(" ofl ")[2] for x in seen}
    assert checkpoint == f"{made.made.size} {made.made.tree[:16]}"
    assert sealed.size > made.made.size


def are_answered_at_once(ready: Path) -> None:
    """The bank's answer on all of them, some rejected, is taken in, and what failed is owed."""
    with Ledger(ready, actor="rita") as rita:
        (made,) = rita.payment_files().values()
        rejected = set(made.payments[::50])
        said = {
            name: Answer("AC04", rejected=True, reason="closed")
            if name in rejected
            else Answer("ACSP", rejected=False)
            for name in made.payments
        }
        source = Source(file="answer.xml", sha256="1" * 64)
        start = time.process_time()
        done, refused = rita.take_answers(made.message, said, source, ON)
        assert time.process_time() - start < SECONDS_MAX
        assert (len(done.recorded), refused) == (len(made.payments), {})
        failed = [each for each in done.recorded if isinstance(each.event, e.PaymentFailed)]
        assert len(failed) == len(rejected)
        for number in range(AGREEMENTS):
            rita.propose_payments(f"deal-{number:02d}", ON)
        fresh = [
            each.proposed
            for state in rita.agreements().values()
            for each in state.payments.values()
            if each.proposed.replaces
        ]
        assert {name for each in fresh for name in each.replaces} == rejected
        assert not {each.payment for each in fresh} & {*made.payments}
        views = Views(ready / "views.sqlite")
        views.catch_up(rita.log)
        states = Counter(each.state for each in payments(views))
        views.close()
    assert states == {
        "received": len(made.payments) - len(rejected),
        "failed": len(rejected),
        "proposed": len(rejected),
    }
