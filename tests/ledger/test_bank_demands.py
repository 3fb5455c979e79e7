"""Money demanded back is expected on the bank as payments and capital are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from ledger import events as e
from ledger.decide.matching import Effect, Rule
from ledger.decide.refusal import AgainstTerms, OutOfOrder
from ledger.decide.rows import BankRow, Batch, Row
from ledger.money import ZERO, Amount
from ledger.parties import Role
from ledger.service import Ledger
from projections.posting import Account, post
from projections.reconciliation import ASKED_DAYS, differences
from tests.bank_books import differing
from tests.desk.good_input import small_ledger
from tests.trials import parts

ASKED, DUE = date(2022, 1, 3), date(2022, 2, 1)
SOON, CAME = date(2022, 1, 6), date(2022, 1, 20)
PAYABLE = ("state-fund", Role.OUTCOME_PAYER, "dsi")
FIRST, SECOND = "youth-1-C001", "youth-1-C002"
DEBT = Amount(1_000_00)
NUMBER = "0400-440116243"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A small ledger in which an investor is asked to pay 1,000.00 back to the state fund."""
    door = small_ledger(tmp_path)
    demand(door, DEBT)
    return door


def demand(ledger: Ledger, amount: Amount) -> None:
    """An adjustment takes back what was never owed, and the payee is asked for it."""
    part = ("state-fund", "dsi", str(-amount))
    ledger.actor = "vera"
    done = ledger.propose_adjustment("youth-1", [part], "sample 1", "counted twice", ASKED)
    (proposed,) = (x.event for x in done.recorded if isinstance(x.event, e.AdjustmentProposed))
    ledger.actor = "carla"
    ledger.decide_adjustment(proposed.adjustment, ASKED)
    ledger.demand_clawback("youth-1", PAYABLE, DUE, ASKED)


def row(line: str, minor: int, said: str = "", on: date = CAME) -> BankRow:
    return BankRow("state-fund", line, on, Amount(minor), said, "")


def read(ledger: Ledger, *rows: BankRow) -> list[e.Event]:
    """Read a file of lines; what is recorded of them."""
    numbered = tuple(Row(number, each) for number, each in enumerate(rows, start=2))
    sha256 = hashlib.sha256(repr(rows).encode()).hexdigest()
    done, _ = ledger.import_bank(Batch("bank.csv", sha256, numbered))
    return [each.event for each in done.recorded]


def left(ledger: Ledger, name: str = FIRST) -> Amount:
    """What is open of a demand; the books of who demanded it say the same of all together."""
    demands = ledger.agreement("youth-1").demands
    booked = sum(
        line.amount.minor
        for recorded in ledger.read("agreement/youth-1")
        for line in post(recorded)
        if (line.book, line.account) == ("state-fund", Account.CLAWBACK_RECEIVABLE)
    )
    assert booked == sum(each.outstanding.minor for each in demands.values())
    return demands[name].outstanding


def open_items(ledger: Ledger, today: date = CAME) -> dict[str, tuple[str, Amount | None]]:
    """What of the state fund's account the books and the bank do not agree on."""
    stands = ledger.reconciliation()
    assert stands.unrecorded == 0
    found = differences(stands.found, stands.items, ledger.banks(), today)
    return {each.name: (each.kind, each.amount) for each in found if each.account == "state-fund"}


def matches(ledger: Ledger) -> list[tuple[str, Effect, tuple[tuple[str, Amount], ...]]]:
    made = ledger.bank("state-fund").matches.values()
    return sorted((each.match.legs[0][0], each.match.effect, each.match.items) for each in made)


def test_a_line_that_names_the_demand_repays_it(ledger: Ledger) -> None:
    recorded = read(ledger, row("S1", DEBT.minor, FIRST))
    assert [type(each) for each in recorded[1:]] == [e.ClawbackRepaid, e.BankMatched]
    assert left(ledger) == ZERO
    assert open_items(ledger) == {}
    read(ledger, row("S2", DEBT.minor, FIRST))
    assert left(ledger) == ZERO
    assert open_items(ledger) == {"S2": ("line-again", DEBT)}


def test_it_is_repaid_in_parts_and_missed_after_thirty_days(ledger: Ledger) -> None:
    read(ledger, row("S0", -1, "a line, so that there is a statement at all"))
    overdue = ASKED + timedelta(days=ASKED_DAYS)
    assert FIRST not in open_items(ledger, overdue - timedelta(days=1))
    assert open_items(ledger, overdue)[FIRST] == ("item-overdue", DEBT)
    read(ledger, row("S1", 300_00, FIRST))
    assert left(ledger) == Amount(700_00)
    assert open_items(ledger, overdue)[FIRST] == ("item-part", Amount(700_00))
    read(ledger, row("S2", 800_00, FIRST))
    assert open_items(ledger)["S2"] == ("line-amount", Amount(800_00))
    read(ledger, row("S3", 700_00, FIRST))
    assert left(ledger) == ZERO
    assert FIRST not in open_items(ledger, date(2023, 1, 1))


def test_it_is_found_by_its_amount_only_on_an_account_that_is_the_payees(ledger: Ledger) -> None:
    unnamed = row("S1", DEBT.minor, on=SOON)
    read(ledger, unnamed)
    assert open_items(ledger) == {"S1": ("line-uncertain", DEBT)}
    ledger.name_account("dsi", NUMBER)
    from_payee = BankRow("state-fund", "S2", SOON, DEBT, "", "", counterparty=NUMBER)
    recorded = read(ledger, from_payee)
    (made,) = (each for each in recorded if isinstance(each, e.BankMatched))
    assert (made.rule, made.items[0].item) == (Rule.AMOUNT, FIRST)
    assert left(ledger) == ZERO
    assert open_items(ledger) == {"S1": ("line-unknown", DEBT)}


def test_a_person_matches_it_and_takes_it_apart_and_then_it_is_owed_as_before(
    ledger: Ledger,
) -> None:
    read(ledger, row("S1", DEBT.minor), row("S2", 50_00))
    ledger.match_lines(["S1", FIRST], "seen on the transfer")
    assert left(ledger) == ZERO
    (name,) = ledger.bank("state-fund").matches
    done, _ = ledger.unmatch(name, "it was a gift")
    assert e.RepaymentReversed in {type(each.event) for each in done.recorded}
    assert left(ledger) == DEBT
    ledger.match_lines(["S2", FIRST], "a first part")
    assert left(ledger) == Amount(950_00)
    with pytest.raises(AgainstTerms, match=r"1000\.00"):
        ledger.match_lines(["S1", FIRST], "all at once")


def test_what_was_repaid_and_went_back_is_owed_again(ledger: Ledger) -> None:
    read(ledger, row("S1", DEBT.minor, FIRST))
    read(ledger, row("S2", -DEBT.minor, FIRST, CAME + timedelta(days=2)))
    assert left(ledger) == DEBT
    assert [effect for _, effect, _ in matches(ledger)] == [Effect.SETTLES, Effect.RETURNS]
    assert "S2" not in open_items(ledger)


def by_hand(ledger: Ledger, *lines: str) -> None:
    """A person says of each line that it is the first demand."""
    for line in lines:
        ledger.match_lines([line, FIRST], "seen on the transfer")


def unmatch(ledger: Ledger, line: str) -> list[e.Event]:
    """A person says that it is not; what is recorded of it."""
    made = ledger.bank("state-fund").matches.values()
    (name,) = (each.name for each in made if each.match.legs[0][0] == line)
    done, _ = ledger.unmatch(name, "somebody else's")
    return [each.event for each in done.recorded]


def repaid_by(ledger: Ledger) -> set[str]:
    """The lines that repay the first demand; the next reconciliation finds nothing else."""
    ledger.reconcile()
    assert ledger.reconciliation().unrecorded == 0
    return {line.split("/")[1] for line in ledger.agreement("youth-1").demands[FIRST].repayments}


def test_a_return_falls_with_anything_that_went_back_with_it_and_the_rest_is_there_again(
    ledger: Ledger,
) -> None:
    read(ledger, row("A1", 400_00), row("A2", 600_00), row("B", -DEBT.minor), row("C", 400_00))
    by_hand(ledger, "A1", "A2", "B", "C")
    assert (left(ledger), repaid_by(ledger)) == (Amount(600_00), {"C"})
    undone = unmatch(ledger, "A1")
    assert [type(each) for each in undone] == [e.ClawbackRepaid, e.BankUnmatched, e.BankUnmatched]
    assert [each.by_hand for each in undone[1:] if isinstance(each, e.BankUnmatched)] == [
        False,
        True,
    ]
    assert (left(ledger), repaid_by(ledger)) == (ZERO, {"A2", "C"})
    assert open_items(ledger)["B"] == ("line-unknown", -DEBT)
    by_hand(ledger, "B")
    assert (left(ledger), repaid_by(ledger)) == (DEBT, set())
    assert [type(each) for each in unmatch(ledger, "B")] == [
        e.ClawbackRepaid,
        e.ClawbackRepaid,
        e.BankUnmatched,
    ]
    assert (left(ledger), repaid_by(ledger)) == (ZERO, {"A2", "C"})


def test_of_what_went_back_twice_each_return_had_its_own(ledger: Ledger) -> None:
    debt = DEBT.minor
    read(ledger, row("A", debt), row("B", -debt), row("C", debt), row("D", -debt))
    by_hand(ledger, "A", "B", "C", "D")
    assert repaid_by(ledger) == set()
    unmatch(ledger, "D")
    assert repaid_by(ledger) == {"C"}
    by_hand(ledger, "D")
    unmatch(ledger, "B")
    assert repaid_by(ledger) == {"A"}
    assert left(ledger) == ZERO


def test_a_return_is_not_taken_apart_while_what_came_since_takes_its_place(
    ledger: Ledger,
) -> None:
    read(ledger, row("A", DEBT.minor), row("B", -DEBT.minor), row("C", 300_00))
    by_hand(ledger, "A", "B", "C")
    with pytest.raises(OutOfOrder, match="ofl bank unmatch"):
        unmatch(ledger, "B")
    assert (left(ledger), repaid_by(ledger)) == (Amount(700_00), {"C"})
    unmatch(ledger, "C")
    unmatch(ledger, "B")
    assert (left(ledger), repaid_by(ledger)) == (ZERO, {"A"})


@pytest.mark.parametrize("parts", [[1_000_00], [400_00, 600_00]])
def test_what_went_back_by_its_name_and_was_set_off_then_stays_so(
    ledger: Ledger, parts: list[int]
) -> None:
    lines = [f"A{number}" for number, _ in enumerate(parts)]
    read(ledger, *(row(line, minor) for line, minor in zip(lines, parts, strict=True)))
    by_hand(ledger, *lines)
    read(ledger, row("B", -DEBT.minor, FIRST))
    assert left(ledger) == DEBT
    ledger.withdraw_demand(FIRST, "set it off", CAME)
    assert repaid_by(ledger) == set()
    effects = [effect for _, effect, _ in matches(ledger)]
    assert effects == [Effect.SETTLES] * len(parts) + [Effect.RETURNS]
    assert open_items(ledger, date(2023, 1, 1)) == {}
    read(ledger, row("C", 7_00))  # the bank is read as ever
    with pytest.raises(OutOfOrder, match="ofl bank unmatch"):
        unmatch(ledger, "B")
    undone = unmatch(ledger, lines[0])
    assert [type(each) for each in undone] == [e.BankUnmatched] * (len(lines) + 1)
    assert (left(ledger), repaid_by(ledger)) == (ZERO, set())
    assert [line for line, _, _ in matches(ledger)] == []


@pytest.mark.parametrize("given_up", [True, False])
def test_what_was_given_up_or_set_off_is_expected_no_more(
    ledger: Ledger, *, given_up: bool
) -> None:
    read(ledger, row("S1", 400_00, FIRST))
    if given_up:
        ledger.actor = "dan"
        ledger.propose_write_off("youth-1", FIRST, "bankrupt", CAME)
        ledger.actor = "paula"
        ledger.write_off("youth-1-W001", CAME)
    else:
        ledger.withdraw_demand(FIRST, "set it off", CAME)
    assert left(ledger) == ZERO
    assert open_items(ledger, date(2023, 1, 1)) == {}
    read(ledger, row("S2", 600_00, FIRST, date(2022, 6, 1)))
    assert left(ledger) == ZERO
    assert open_items(ledger) == {"S2": ("line-amount", Amount(600_00))}
    read(ledger, row("S3", -DEBT.minor, FIRST, date(2022, 6, 2)))
    assert left(ledger) == ZERO
    assert open_items(ledger)["S3"] == ("line-return", -DEBT)
    with pytest.raises(AgainstTerms, match="what is open"):
        by_hand(ledger, "S3")


LINES = [
    row("S1", 250_00, FIRST, date(2022, 1, 10)),
    row("S2", 750_00, FIRST, date(2022, 1, 11)),
    row("S3", 300_00, SECOND, date(2022, 1, 12)),
    row("S4", 300_00, SECOND, date(2022, 1, 13)),
    row("S5", -300_00, SECOND, date(2022, 1, 14)),
    row("S6", 100_00, f"{FIRST} {SECOND}", date(2022, 1, 15)),
    row("S7", 9_00, "", date(2022, 1, 16)),
]
"""Two parts of the first; the second paid twice, once back; and two that nobody can place."""


@pytest.mark.parametrize("seed", range(8))
def test_in_whatever_order_files_are_read_the_same_is_open(ledger: Ledger, seed: int) -> None:
    demand(ledger, Amount(300_00))
    random = Random(seed)  # noqa: S311 - a trial, not a secret
    lines: Sequence[BankRow] = random.sample(LINES, len(LINES))
    while lines:
        many = random.randint(1, 3)
        read(ledger, *lines[:many])
        lines = lines[many:]
    assert (left(ledger, FIRST), left(ledger, SECOND)) == (ZERO, ZERO)
    assert open_items(ledger, date(2023, 1, 1)) == {
        "S6": ("line-again", Amount(100_00)),
        "S7": ("line-unknown", Amount(9_00)),
    }
    settled = [(line, effect) for line, effect, _ in matches(ledger)]
    assert settled == [
        ("S1", Effect.SETTLES),
        ("S2", Effect.SETTLES),
        ("S3", Effect.SETTLES),
        ("S4", Effect.CANCELS),
    ]


STEPS = ("read", "read", "say", "say", "say", "unsay", "set off")


@pytest.mark.parametrize("seed", parts(12, 100))
def test_whatever_people_say_of_lines_the_bank_is_read_and_matched_as_ever(
    ledger: Ledger, seed: int
) -> None:
    """A person may be refused, and told what to do; reading and matching never is."""
    random = Random(seed)  # noqa: S311 - a trial, not a secret
    known: list[str] = []
    for number in range(14):
        step = "read" if number < 2 else random.choice(STEPS)
        if step == "read":
            known.append(f"L{number}")
            minor = random.choice((400_00, 600_00, DEBT.minor, DEBT.minor, -DEBT.minor))
            said = FIRST if random.randrange(4) == 0 or minor < 0 else ""
            read(ledger, row(known[-1], minor, said))
        try:
            made = list(ledger.bank("state-fund").matches)
            if step == "say":
                by_hand(ledger, random.choice(known))
            elif step == "unsay" and made:
                ledger.unmatch(random.choice(made), "somebody else's")
            elif step == "set off" and number > 6:
                ledger.withdraw_demand(FIRST, "set it off", CAME)
        except (AgainstTerms, OutOfOrder) as refused:
            if step == "unsay" and "`ofl bank unmatch`" not in str(refused):
                raise
        assert differing(ledger) == []
        assert repaid_by(ledger) <= set(known)
        assert ZERO <= left(ledger) <= DEBT
