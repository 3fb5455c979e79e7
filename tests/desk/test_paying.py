"""A payment's life on the command line, from an account that is set to money that is owed back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.cli.session import VIEWS_FILE
from ledger import events as e
from ledger.decide import clawback, settling
from ledger.decide.decision import New, agreement_stream, numbered
from ledger.money import Amount
from ledger.parties import Role
from ledger.service import Ledger
from projections import views as v
from projections.follow import Views
from projections.posting import Account
from tests import command_line
from tests.books import Books, Entry, check_rebuild
from tests.desk.iso20022.schemas import errors
from tests.desk.iso20022.test_pain001 import independently
from tests.desk.iso20022.test_pain002 import reason, report, transfer
from tests.invariants import (
    every_book_balances,
    every_event_balances_in_each_book,
    no_entitlement_is_paid_twice,
    what_a_owes_b_is_what_b_is_owed_by_a,
    what_is_settled_and_what_is_owed_is_what_was_decided,
)
from tests.oracle.test_journal_export import compare_with_hledger
from tests.test_ten_thousand_payments import fund, terms

ON = date(2025, 3, 3)
FIRST, SECOND, THIRD = "0400-440116243", "DK2220005030014632", "5678-1234567890"
ONE, TWO = "deal-P001", "deal-P002"


class Bank(Ledger):
    """What a statement would show, one line at a time."""

    def say(self, what: str, news: Sequence[New]) -> None:
        self._run(["bank", what], lambda: news)


@dataclass
class House:
    """A ledger, and the people who give it commands."""

    path: Path
    folder: Path

    def run(self, who: str, *arguments: str, code: int = 0) -> str:
        """Give a command and return what it prints, refusals included."""
        ran = command_line.run(
            ["--ledger", str(self.path), "--as", who, *arguments], {}, together=True
        )
        assert ran.code == code, ran.out
        return ran.out

    def ask(self, *arguments: str) -> Any:  # noqa: ANN401 - what was answered, as JSON
        return json.loads(self.run("anna", "--json", *arguments))

    def stages(self) -> dict[str, str]:
        return {each["payment"]: each["state"] for each in self.ask("payments", "list")["payments"]}

    def account(self, party: str, account: str) -> None:
        holder = ("--holder", f"Holder of {party}")
        self.run("petra", "payee", "set", party, account, *holder, "--evidence", "letter")
        self.run("paul", "payee", "confirm", party, account, "--evidence", "call")


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Two payments are proposed; accounts are demanded, and used at once."""
    path = tmp_path / "ledger"
    with Ledger.create(path, "Fund", "DKK", "demo", actor="anna") as anna:
        fund(anna, [terms("deal", investors=2)])
    made = House(path, tmp_path)
    made.run("anna", "payments", "policy", "--cooling-off", "0", "--accounts")
    return made


def test_nothing_is_approved_for_an_account_that_nobody_else_confirmed(house: House) -> None:
    told = house.run("carla", "payments", "approve", ONE, code=1)
    assert "no account of inv-000 is known" in told
    given = ("--holder", "Holder", "--evidence", "letter")
    house.run("petra", "payee", "set", "inv-000", FIRST, *given)
    assert "nobody has confirmed" in house.run("carla", "payments", "approve", ONE, code=1)
    evidence = ("--evidence", "call")
    told = house.run("petra", "payee", "confirm", "inv-000", FIRST, *evidence, code=1)
    assert "another person must confirm it" in told
    told = house.run("paul", "payee", "confirm", "inv-000", SECOND, *evidence, code=1)
    assert "this is not the account that was set" in told
    house.run("paul", "payee", "confirm", "inv-000", FIRST, *evidence)
    for keeper in ("petra", "paul", "anna"):
        assert "took part" in house.run(keeper, "payments", "approve", ONE, code=1)
    house.run("carla", "payments", "approve", ONE)
    shown = house.run("anna", "payee", "list") + json.dumps(house.ask("payee", "list"))
    assert "…6243" in shown
    assert "440116243" not in shown
    wrong = ("payee", "set", "inv-000", "DK5000400440116244", *given)
    assert "not an IBAN" in house.run("petra", *wrong, code=2)


def test_a_new_account_cools_off(house: House) -> None:
    house.run("anna", "payments", "policy", "--cooling-off", "2")
    house.account("inv-000", FIRST)
    told = house.run("carla", "payments", "approve", ONE, "--on", "2030-01-01", code=1)
    assert "nothing goes there before" in told


def test_two_approve_from_an_amount(house: House) -> None:
    house.run("anna", "payments", "policy", "--two-from", "10.04")
    house.account("inv-000", FIRST)
    house.account("inv-001", SECOND)
    house.run("carla", "payments", "approve", "--all")
    assert house.stages() == {ONE: "approved_once", TWO: "approved"}
    assert "needs two" in house.run("dan", "payments", "send", ONE, code=1)
    told = house.run("carla", "payments", "approve", ONE, code=1)
    assert "approved deal-P001" in told
    house.run("dora", "payments", "approve", "--all")
    assert "approved deal-P001" in house.run("dora", "payments", "send", ONE, code=1)
    house.run("dan", "payments", "send", "--all")
    assert house.stages() == {ONE: "sent", TWO: "sent"}


def test_from_a_file_to_a_payment_that_takes_the_place_of_another(house: House) -> None:
    for party, account in (("state-fund", THIRD), ("inv-000", FIRST), ("inv-001", SECOND)):
        house.account(party, account)
    house.run("carla", "payments", "approve", "--all")
    house.account("inv-001", "1234-1")  # voids the approval
    assert house.stages() == {ONE: "approved", TWO: "proposed"}

    out = house.folder / "out.xml"
    making = ("payments", "file", "--payer", "state-fund", "--execute-on", "2025-03-04")
    told = house.run("dan", *making, "--out", str(out), code=1)
    assert "voids the approval" in told
    assert "is there already" in house.run("dan", *making, "--out", str(out), code=1)
    content = out.read_bytes()
    assert errors("pain.001.001.09", content) == []
    (seen,) = independently(content)
    assert (seen[0], str(seen[3]), seen[5]) == (ONE, "10.04", "2025-03-04")
    (made,) = house.ask("payments", "files")["files"]
    assert hashlib.sha256(content).hexdigest() == made["sha256"]
    assert seen[8].startswith(f"{ONE} ofl {made['size']} {made['tree'][:16]}")
    again = house.folder / "again.xml"
    told = house.run("rita", "payments", "file", "--again", made["message"], "--out", str(again))
    assert f"events 1 to {made['size']}" in told
    assert f"SHA-256 {made['sha256']}" in told
    assert again.read_bytes() == content
    told = house.run("dan", "payments", "file", "--payer", "aarhus", code=1)
    assert "no payment of aarhus is approved" in told

    answer = house.folder / "answer.xml"
    group = "<OrgnlPmtInfAndSts><OrgnlPmtInfId>{}-001</OrgnlPmtInfId>{}</OrgnlPmtInfAndSts>"
    closed = transfer(ONE, "RJCT", reason("AC04", "Konto lukket"))
    xml = report(group.format(made["message"], closed)).decode()
    answer.write_text(xml.replace("OFL-7f3a9c", made["message"]), encoding="utf-8")
    house.run("rita", "payments", "status", str(answer))
    assert house.stages()[ONE] == "failed"
    told = house.run("rita", "payments", "status", str(answer), code=1)
    assert "owed anew" in told
    house.run("anna", "payments", "propose")
    listed = {each["payment"]: each for each in house.ask("payments", "list")["payments"]}
    assert listed[ONE]["replaced_by"] == "deal-P003"
    assert listed["deal-P003"]["state"] == "proposed"
    # Who had the payment fail does not approve what takes its place.
    assert "took part" in house.run("rita", "payments", "approve", "deal-P003", code=1)
    house.run("carla", "payments", "approve", "--all")
    house.run("anna", "payments", "cancel", TWO, "--reason", "wrong deal")
    second = house.folder / "second.xml"
    house.run("dan", *making, "--out", str(second))
    (fresh,) = independently(second.read_bytes())
    assert fresh[0] == "deal-P003"

    recall_and_explain(house)


def recall_and_explain(house: House) -> None:
    """The bank does not stop the second; the dossiers tell where they went and why."""
    house.run("rita", "payments", "recall", "deal-P003", "--reason", "wrong person")
    assert house.stages()["deal-P003"] == "recall_asked"
    house.run("rita", "payments", "recall-answer", "deal-P003", "--refused", "too late")
    assert house.stages() == {ONE: "failed", TWO: "cancelled", "deal-P003": "sent"}
    why = house.run("anna", "--lang", "da", "explain", "deal-P003")
    for text in ("…6243", "Holder of inv-000", "Den træder i stedet for deal-P001", "i filen OFL"):
        assert text in why
    gone = house.run("anna", "explain", ONE)
    assert "AC04" in gone
    assert "deal-P003 took its place" in gone
    assert "440116243" not in why + gone
    assert house.ask("verify")["outcome"] == "sound"


def correction(ledger: Ledger, share: int) -> list[New]:
    """What an assessment of changed facts would record: the first investor is owed less."""
    state = ledger.agreement("deal")
    ((name, claim),) = state.claims.items()
    before = claim.parts[0]
    assert claim.entitlement_at is not None
    parts = (before.model_copy(update={"amount": before.amount - Amount(share)}), *claim.parts[1:])
    entitled = e.EntitlementCalculated(
        claim=name,
        outcome_at=claim.outcome_at,
        assessed_at=claim.outcome.assessed_at,
        subject=None,
        metric="fee",
        achieved_on=ON,
        total=Amount(sum(each.amount.minor for each in parts)),
        parts=parts,
        difference=(before.model_copy(update={"amount": Amount(-share)}),),
        gains=(),
        person_total=Amount(0),
        agreement_total=Amount(0),
        working=None,
        based_on=(),
        corrects=claim.entitlement_at,
    )
    return numbered(agreement_stream("deal"), state.version, [(ON, entitled)])


def test_what_was_paid_too_much_is_demanded_repaid_and_written_off(house: House) -> None:
    house.run("anna", "payments", "policy", "--no-accounts", "--minimum", "2.00")
    house.run("carla", "payments", "approve", "--all")
    house.run("dan", "payments", "send", "--all")
    with Bank(house.path, actor="rita") as bank:
        for number, payment in enumerate((ONE, TWO)):
            state = bank.agreement("deal")
            amount = state.payments[payment].proposed.amount
            line = f"state-fund/{number}"
            bank.say(f"pays {payment}", settling.settle(state, payment, ON, line, amount))
        back = settling.give_back(bank.agreement("deal"), TWO, ON, "state-fund/2", Amount(3))
        bank.say("sends back", back)
        bank.say("corrects", correction(bank, 199))
    debt = ("payments", "demand", "deal", "--payer", "state-fund", "--payee", "inv-000")
    due = ("--due", str(date.today() + timedelta(days=30)))  # noqa: DTZ011 - some day ahead
    assert "below the 2.00" in house.run("anna", *debt, *due, code=1)
    with Bank(house.path, actor="rita") as bank:
        bank.say("corrects again", correction(bank, 301))
    house.run("anna", *debt, *due)
    with Bank(house.path, actor="rita") as bank:
        repaid = clawback.repay(
            bank.agreement("deal"), "deal-C001", ON, "state-fund/3", Amount(100)
        )
        bank.say("repays", repaid)
    found = house.ask("payments", "demands")
    assert [(x["amount"], x["outstanding"]) for x in found["demands"]] == [("5.00", "4.00")]
    assert found["set_off"] == []
    giving_up = ("payments", "write-off", "deal-C001", "--reason", "bankrupt")
    house.run("anna", *giving_up)
    assert "another person must" in house.run("anna", "payments", "write-off", "deal-W001", code=1)
    house.run("carla", "payments", "write-off", "deal-W001")
    assert house.ask("payments", "demands", "--open")["demands"] == []
    house.run("anna", "payments", "propose")
    assert house.stages() == {ONE: "settled", TWO: "returned", "deal-P003": "proposed"}
    assert "0.03" in house.run("anna", "explain", "deal-P003")
    # The corrections above were made up, and that is all that a verification finds.
    found = json.loads(house.run("anna", "--json", "verify", code=1))["verification"]["faults"]
    told = "deal/all/fee/2025-01-02 was decided by no assessment"
    assert {(each["check"], each["message"]) for each in found} == {("decisions", told)}
    check_books_of(house.path)


def check_books_of(path: Path) -> None:
    """The books of both parties balance, mirror each other, and are read alike by others."""
    views = Views(path / VIEWS_FILE)
    with Ledger(path, actor="tester") as ledger:
        check_rebuild(views, ledger.log)
        events = tuple(ledger.at(1, ledger.log.head()[0]))
    entries = tuple(
        Entry(at, agreement, book, Role(role), Account(account), other, amount)
        for at, _, agreement, book, role, account, other, _, amount, *_ in views.rows(v.line)
    )
    books = Books(events, entries)
    every_event_balances_in_each_book(books)
    every_book_balances(books)
    what_a_owes_b_is_what_b_is_owed_by_a(books)
    no_entitlement_is_paid_twice(books)
    what_is_settled_and_what_is_owed_is_what_was_decided(books)
    compare_with_hledger(views)
    views.close()
