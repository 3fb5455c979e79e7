"""Deadlines: what is late from which day on, and what is late no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from desk.intake import files
from desk.jobs.job import Workplace
from ledger.decide.rows import MeasurementRow
from ledger.events import PaymentPolicySet
from ledger.facts import Quality, Validation
from ledger.money import Amount
from ledger.parties import Recognition
from ledger.service import Ledger
from tests.desk.debts import A_YEAR_ON, correct, pay
from tests.desk.good_input import BANK
from tests.desk.workplace import SetClock, kinds_seen, seen_by


def test_deadlines_of_facts(small: Workplace) -> None:
    with small.ledger("anna") as ledger:
        ledger.call_drawdown("youth-1", Amount.parse("100.00"), date(2021, 1, 10))
    missing = {"register_old", "capital_not_received"}
    assert kinds_seen(small, "deadlines", date(2021, 2, 8)) == set()
    assert kinds_seen(small, "deadlines", date(2021, 2, 9)) == {"capital_not_received"}
    assert kinds_seen(small, "deadlines", date(2021, 8, 1)) == missing
    late = seen_by(small, "deadlines", date(2022, 4, 10)).seen
    assert {each.kind for each in late} == missing | {"measurement_missing"}
    (measure,) = (each for each in late if each.kind == "measurement_missing")
    assert measure.details["due"] == "2022-03-04"


def test_deadlines_of_decisions_and_payments(owing: Workplace) -> None:
    def late(day: date) -> set[str]:
        return kinds_seen(owing, "deadlines", day) - {"register_old", "measurement_missing"}

    # What is owed is known since it was recorded, on 1 March 2027.
    assert late(date(2027, 3, 30)) == set()
    assert late(date(2027, 3, 31)) == {"owed_not_proposed"}
    pay(owing, "proposed")
    assert late(date(2022, 3, 15)) == set()
    assert late(date(2022, 3, 16)) == {"payment_not_approved"}
    with owing.ledger("carla") as ledger:
        ledger.approve_payment("youth-1-P001", date(2022, 3, 3))
    assert late(date(2022, 3, 8)) == {"payment_not_sent"}
    with owing.ledger("dan") as ledger:
        ledger.send_payment("youth-1-P001", date(2022, 3, 4))
    assert late(date(2022, 3, 9)) == {"payment_not_settled"}


def test_deadlines_of_every_stage_that_a_payment_may_stand_at(owing: Workplace) -> None:
    def late(day: date) -> set[str]:
        seen = seen_by(owing, "deadlines", day).seen
        return {each.kind for each in seen if each.details.get("payment") == first}

    with owing.ledger("olga") as ledger:
        policy = PaymentPolicySet(
            two_approvals_from=Amount.parse("1.00"),
            cooling_off_days=0,
            recovery_minimum=Amount.parse("1.00"),
            accounts_required=False,
        )
        ledger.set_payment_policy(policy, date(2022, 3, 1))
    first, *_ = pay(owing, "approved")
    assert late(date(2022, 3, 15)) == set()
    assert late(date(2022, 3, 16)) == {"payment_not_approved"}
    with owing.ledger("eva") as ledger:
        ledger.approve_payment(first, date(2022, 3, 3))
    with owing.ledger("dan") as ledger:
        ledger.send_payment(first, date(2022, 3, 4))
        ledger.recall_payment(first, "the amount is wrong", date(2022, 3, 5))
    assert late(date(2022, 3, 25)) == set()
    assert late(date(2022, 3, 26)) == {"recall_not_answered"}
    with owing.ledger("dan") as ledger:
        ledger.answer_recall(first, date(2022, 3, 6), refused="it was made already")
    assert late(date(2022, 3, 9)) == {"payment_not_settled"}
    with owing.ledger("dan") as ledger:
        ledger.recall_payment(first, "the amount is wrong", date(2022, 3, 10))
    with owing.ledger("sofie") as ledger:
        ledger.answer_recall(first, date(2022, 3, 11))
    assert late(date(2023, 3, 9)) == set()


def test_what_came_to_nothing_is_late_from_then_on_and_paid_twice_by_nobody(
    owing: Workplace,
) -> None:
    names = pay(owing, "sent")
    owed = {"owed_not_proposed"}
    clock = owing.clock
    assert isinstance(clock, SetClock)
    clock.go(days=60)
    with owing.ledger("dan") as ledger:
        for name in names:
            ledger.recall_payment(name, "to another account", date(2022, 3, 10))
    with owing.ledger("sofie") as ledger:
        for name in names:
            ledger.answer_recall(name, date(2022, 3, 11))
    assert not owed & kinds_seen(owing, "deadlines", date(2027, 5, 29))
    assert owed <= kinds_seen(owing, "deadlines", date(2027, 5, 30))
    assert kinds_seen(owing, "missing-evidence", A_YEAR_ON) == set()
    again = pay(owing, "sent")
    assert len(again) == len(names)
    assert kinds_seen(owing, "double-payments", A_YEAR_ON) == set()
    assert kinds_seen(owing, "missing-evidence", A_YEAR_ON) == {"evidence_missing"}


def test_capital_that_came_in_part_is_missed_for_the_rest(small: Workplace, tmp_path: Path) -> None:
    path = tmp_path / "part.csv"
    head = BANK.splitlines()[0]
    path.write_text(f"{head}\naarhus,77,2021-02-02,400.00,youth-1-D01/dsi,\n", encoding="utf-8")
    with small.ledger("anna") as ledger:
        ledger.call_drawdown("youth-1", Amount.parse("1000.00"), date(2021, 2, 1))
        ledger.import_bank(files.read_bank(path))
    seen = seen_by(small, "deadlines", date(2021, 3, 10)).seen
    missed = {
        each.details["investor"]: each.details["amount"]
        for each in seen
        if each.kind == "capital_not_received"
    }
    assert missed == {"dsi": "100.00", "council-fund": "500.00"}


def test_deadlines_of_an_agreement_that_is_over(owing: Workplace) -> None:
    after = date(2029, 6, 1)
    with owing.ledger("anna") as ledger:
        ledger.set_fund_policy("state-fund", Recognition("2.2.11"), date(2021, 1, 1))
        ledger.appropriate(2021, Amount.parse("900000.00"), "FL21", date(2021, 1, 1))
        ledger.commit("youth-1", Amount.parse("800000.00"), date(2021, 1, 2))
    over = {"assessment_overdue", "commitment_left"}
    assert over <= kinds_seen(owing, "deadlines", after)
    with owing.ledger("anna") as ledger:
        ledger.assess("youth-1", date(2028, 12, 31))
    seen = kinds_seen(owing, "deadlines", after)
    assert {"guarantee_callable", "commitment_left"} <= seen
    assert "assessment_overdue" not in seen


def test_money_demanded_back_is_missed_when_due_and_what_was_repaid_is_no_second_payment(
    owing: Workplace, tmp_path: Path
) -> None:
    first, *others = pay(owing, "sent")
    correct(owing, first, None, Validation.REJECTED)
    with owing.ledger("bo") as ledger:
        for name in others:
            ledger.recall_payment(name, "not due", date(2022, 3, 5))
    with owing.ledger("sofie") as ledger:
        for name in others:
            ledger.answer_recall(name, date(2022, 3, 5))
        state = ledger.agreement("youth-1")
        paid = state.payments[first].proposed
        lines = [f"{paid.payer},81,2022-03-04,-{paid.amount},{first},"]
        take(ledger, tmp_path / "paid.csv", lines)
        ledger.assess("youth-1", A_YEAR_ON)
        payable = paid.payer, paid.role, paid.payee
        ledger.demand_clawback("youth-1", payable, date(2022, 3, 10), date(2022, 3, 6))
        demand = "youth-1-C001"

    def overdue(day: date) -> list[tuple[str, str]]:
        seen = seen_by(owing, "deadlines", day).seen
        late = [each.details for each in seen if each.kind == "demand_overdue"]
        return [(each["demand"], each["amount"]) for each in late]

    assert overdue(date(2022, 3, 10)) == []
    assert overdue(date(2022, 3, 11)) == [(demand, str(paid.amount))]
    with owing.ledger("bo") as ledger:
        take(ledger, tmp_path / "back.csv", [f"{paid.payer},82,2022-03-12,1000.00,{demand},"])
    left = paid.amount - Amount.parse("1000.00")
    assert overdue(date(2022, 3, 13)) == [(demand, str(left))]
    correct_again(owing, first)
    with owing.ledger("bo") as ledger:
        ledger.assess("youth-1", A_YEAR_ON)
        ledger.propose_payments("youth-1", date(2022, 3, 14))
    # It is paid again while it is owed back in part, and that is worth a look.
    assert kinds_seen(owing, "double-payments", A_YEAR_ON) == {"same_amount_twice"}
    with owing.ledger("bo") as ledger:
        take(ledger, tmp_path / "rest.csv", [f"{paid.payer},83,2022-03-15,{left},{demand},"])
    assert overdue(date(2022, 3, 16)) == []
    assert kinds_seen(owing, "double-payments", A_YEAR_ON) == set()


def take(ledger: Ledger, path: Path, lines: list[str]) -> None:
    path.write_text("\n".join([BANK.splitlines()[0], *lines]) + "\n", encoding="utf-8")
    ledger.import_bank(files.read_bank(path))


def correct_again(place: Workplace, payment: str) -> None:
    """Let the measurements that were rejected stand after all."""
    with place.ledger("vera") as ledger:
        state = ledger.agreement("youth-1")
        rejected = [at for at, each in state.readings.values() if not each.quality.pays]
        for position in rejected:
            row = ledger.fact_at(position)
            assert isinstance(row, MeasurementRow)
            ledger.correct_fact(position, replace(row, quality=Quality()), "it was right")
