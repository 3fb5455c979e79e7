"""A payment fails, and another comes back: what is owed is owed as before, and is paid anew.

The fund owes 1,000 for Ada's half year in work. The bank first refuses the payment, then its
replacement comes back from a closed account; the third, with an identity of its own, is paid.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger.bank_account import BankAccount
from ledger.commands.banking import Answer
from ledger.decide.owing import Stage
from ledger.decide.payees import AccountWords
from ledger.decide.refusal import Refusal
from ledger.decide.rows import BankRow
from ledger.money import Amount
from tests.corrections.story import FILE, Story, batch, told
from tests.ledger.policy.test_versions import PRICED
from tests.test_ten_thousand_payments import RENDER

TERMS = PRICED.replace("[6, 12]", "[6]")
DAYS = [date(2024, 12, day) for day in (2, 3, 4, 5, 6)]


@pytest.fixture
def story(tmp_path: Path) -> Story:
    story = Story(tmp_path, TERMS, "200.00", date(2024, 1, 2))
    story.enrol(ada=date(2024, 2, 1))
    story.measured("ada", 6, date(2024, 8, 2))
    story.assess(date(2024, 12, 1))
    return story


def set_accounts(story: Story) -> None:
    """One person sets the accounts that a payment file needs, and another confirms them."""
    policy = story.door.payment_policy().policy.model_copy(update={"cooling_off_days": 0})
    story.door.actor = "petra"
    story.door.set_payment_policy(policy, DAYS[0])
    for number, party in enumerate(("fund", "big"), start=1):
        account = BankAccount(f"{number:014d}")
        story.door.actor = "petra"
        story.door.set_payee_account(party, account, AccountWords(party, "a letter"), DAYS[0])
        story.door.actor = "paul"
        story.door.confirm_payee_account(party, account, "a call", DAYS[0])


def send(story: Story, on: date, *, in_a_file: bool = False) -> tuple[str, str]:
    """Propose, approve and send what is owed; the payment and the id that the bank is given."""
    story.door.actor = "anna"
    (proposed,) = story.door.propose_payments("small", on)[0].recorded
    payment = proposed.event.payment  # type: ignore[attr-defined]
    story.door.actor = "carla"
    story.door.approve_payment(payment, on)
    story.door.actor = "dan"
    if in_a_file:
        story.door.make_payment_file("fund", on, on, RENDER)
    else:
        story.door.send_payment(payment, on)
    story.door.actor = "anna"
    identity = story.door.agreement("small").payments[payment].end_to_end_id
    assert identity is not None
    return payment, identity


def seen(
    story: Story, line: str, on: date, amount: str, reference: str, why: str = ""
) -> list[str]:
    """A line of the bank; the lines that are posted for it."""
    row = BankRow("fund", line, on, Amount.parse(amount), reference, why, returned=why)
    return told(story.door.import_bank(batch([row]))[0].recorded)


def refuse(story: Story, payment: str, on: date) -> list[str]:
    """The bank's answer that it does not make a payment; the lines that are posted for it."""
    (message,) = story.door.payment_files()
    answer = Answer("AC04", rejected=True, reason="closed account")
    done, refused = story.door.take_answers(message, {payment: answer}, FILE, on)
    assert refused == {}
    return told(done.recorded)


def test_a_payment_that_fails_and_one_that_comes_back_are_paid_by_new_ones(story: Story) -> None:
    set_accounts(story)
    first, first_id = send(story, DAYS[0], in_a_file=True)
    # Nothing was paid, so nothing is booked: what is owed is owed as before.
    assert refuse(story, first, DAYS[1]) == []
    second, second_id = send(story, DAYS[1])
    assert (first, second) == ("small-P001", "small-P002")
    assert first_id != second_id
    assert seen(story, "L1", DAYS[2], "-1000.00", second_id) == [
        "2024-12-04 fund: payable big 1000.00",
        "2024-12-04 fund: bank  -1000.00",
        "2024-12-04 big: bank  1000.00",
        "2024-12-04 big: receivable fund -1000.00",
    ]
    # It comes back: the books of its settlement are turned round, on the day of the return.
    assert seen(story, "L2", DAYS[3], "1000.00", second_id, "AC04") == [
        "2024-12-05 fund: payable big -1000.00",
        "2024-12-05 fund: bank  1000.00",
        "2024-12-05 big: bank  -1000.00",
        "2024-12-05 big: receivable fund 1000.00",
    ]
    third, third_id = send(story, DAYS[3])
    assert len({first_id, second_id, third_id}) == 3
    seen(story, "L3", DAYS[4], "-1000.00", third_id)
    payments = story.door.agreement("small").payments
    assert [payments[name].stage for name in (first, second, third)] == [
        Stage.FAILED, Stage.RETURNED, Stage.SETTLED,
    ]  # fmt: skip
    assert payments[third].proposed.replaces == (second,)
    with pytest.raises(Refusal):
        story.door.send_payment(first, DAYS[4])
    assert story.door.propose_payments("small", DAYS[4])[0].recorded == ()
    assert story.balances() == [
        "big bank 800.00",
        "big investment home 200.00",
        "big outcome-income fund -1000.00",
        "fund bank -1000.00",
        "fund outcome-expense big 1000.00",
        "home bank 200.00",
        "home funding big -200.00",
    ]
    assert story.sound()


def test_a_payment_that_is_recalled_in_time_is_owed_as_before(story: Story) -> None:
    payment, _ = send(story, DAYS[0])
    story.door.recall_payment(payment, "the payee has moved", DAYS[0])
    story.door.actor = "bo"  # who asked for it does not say that it worked
    assert told(story.door.answer_recall(payment, DAYS[1]).recorded) == []
    assert story.door.agreement("small").payments[payment].stage is Stage.RECALLED
    again, identity = send(story, DAYS[1])
    seen(story, "L1", DAYS[2], "-1000.00", identity)
    assert story.door.agreement("small").payments[again].stage is Stage.SETTLED
    assert "fund bank -1000.00" in story.balances()
    assert story.sound()


def test_the_bank_may_say_that_a_recall_came_too_late(story: Story) -> None:
    payment, identity = send(story, DAYS[0])
    story.door.recall_payment(payment, "the payee has moved", DAYS[0])
    story.door.answer_recall(payment, DAYS[1], refused="already paid out")
    assert story.door.propose_payments("small", DAYS[1])[0].recorded == ()
    seen(story, "L1", DAYS[2], "-1000.00", identity)
    assert story.door.agreement("small").payments[payment].stage is Stage.SETTLED
    assert story.sound()
