"""Nothing is settled that books nothing: matched lines come to what the journal has by them.

Capital of two investors, a demand and a payment, of 1,000.00 each; the bank shows them in any way,
people say what lines are, and tell of money without a line. After every command both sides are the
same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import pytest

from ledger import events as e
from ledger.decide.decision import New, agreement_stream
from ledger.decide.matching import Effect
from ledger.decide.refusal import Refusal
from ledger.decide.rows import BankRow, Batch, Row
from ledger.model import Position
from ledger.money import Amount
from ledger.parties import Role
from ledger.service import Ledger
from tests.bank_books import differing
from tests.desk.good_input import small_ledger
from tests.trials import parts

ON, NAME = date(2022, 1, 6), "youth-1"
WHOLE = 1_000_00


@dataclass(frozen=True)
class Subject:
    """What a bank should show: whose account, the names of items, which way their money goes."""

    account: str
    items: tuple[str, ...]
    sign: int
    otherwise: Callable[[Ledger], object]
    """It is settled, or comes to nothing, without a line."""


def capital(ledger: Ledger) -> Subject:
    ledger.call_drawdown(NAME, Amount(2 * WHOLE), ON)
    (drawdown,) = ledger.agreement(NAME).drawdowns
    items = f"{drawdown}/dsi", f"{drawdown}/council-fund"
    return Subject("aarhus", items, 1, lambda door: door.receive_capital(drawdown, "dsi", ON))


def demanded(ledger: Ledger) -> Subject:
    part = ("state-fund", "dsi", str(Amount(-WHOLE)))
    ledger.actor = "vera"
    done = ledger.propose_adjustment(NAME, [part], "sample 1", "counted twice", ON)
    (proposed,) = (x.event for x in done.recorded if isinstance(x.event, e.AdjustmentProposed))
    ledger.actor = "carla"
    ledger.decide_adjustment(proposed.adjustment, ON)
    ledger.demand_clawback(NAME, ("state-fund", Role.OUTCOME_PAYER, "dsi"), ON, ON)
    (name,) = ledger.agreement(NAME).demands
    return Subject(
        "state-fund", (name,), 1, lambda door: door.withdraw_demand(name, "set it off", ON)
    )


def sent(ledger: Ledger) -> Subject:
    """A payment that was sent; the other way for it to end is that another pays instead of it."""
    part = ("state-fund", "dsi", str(Amount(WHOLE)))
    ledger.actor = "vera"
    done = ledger.propose_adjustment(NAME, [part], "sample 1", "left out", ON)
    (proposed,) = (x.event for x in done.recorded if isinstance(x.event, e.AdjustmentProposed))
    ledger.actor = "carla"
    ledger.decide_adjustment(proposed.adjustment, ON)
    ledger.propose_payments(NAME, ON)
    (name,) = ledger.agreement(NAME).payments

    def steps() -> list[New]:
        """Who approves and sends is tried elsewhere."""
        state, at = ledger.agreement(NAME), ledger.log.head()[0]
        known = state.payments[name]
        content, stream = known.proposed.content_hash, agreement_stream(NAME)
        events = (
            e.PaymentApproved(payment=name, proposed_at=known.proposed_at, content_hash=content),
            e.PaymentInstructed(
                payment=name, approved_at=Position(at + 1), end_to_end_id="E1", message="M1"
            ),
        )
        return [
            New(stream, state.version + n, ON, event) for n, event in enumerate(events, start=1)
        ]

    ledger._run(["send"], steps)  # noqa: SLF001 - see above
    return Subject("state-fund", (name,), -1, lambda door: door.propose_payments(NAME, ON))


KINDS = {"capital": capital, "demand": demanded, "payment": sent}


def read(ledger: Ledger, *rows: BankRow) -> None:
    numbered = tuple(Row(number, each) for number, each in enumerate(rows, start=2))
    sha256 = hashlib.sha256(repr(rows).encode()).hexdigest()
    ledger.import_bank(Batch("bank.csv", sha256, numbered))


AMOUNTS = (400_00, 600_00, WHOLE, WHOLE, -WHOLE, -WHOLE)
STEPS = ("read", "read", "read", "say", "say", "unsay", "otherwise", "reconcile")


def step(ledger: Ledger, it: Subject, random: Random, number: int) -> str:
    """One thing that happens; what it was. A person may be refused, reading never is."""
    lines = list(ledger.bank(it.account).lines)
    matches = list(ledger.bank(it.account).matches)
    what = random.choice(STEPS) if lines else "read"
    items = random.sample(it.items, random.choice((1, 1, len(it.items))))
    if what == "read":
        minor = it.sign * random.choice(AMOUNTS) * len(items)
        said, text = random.choice((items[0], items[0], "")), random.choice(("", " ".join(items)))
        said = said if len(items) == 1 else ""
        read(ledger, BankRow(it.account, f"L{number}", ON, Amount(minor), said, text))
        return f"{what} L{number} {minor} {said!r} {text!r}"
    some = [*random.sample(lines, min(len(lines), random.choice((1, 1, 1, 2)))), *items]
    try:
        if what == "say":
            ledger.match_lines(some, "seen on the transfer")
            return f"{what} {some}"
        if what == "unsay" and matches:
            name = random.choice(matches)
            ledger.unmatch(name, "somebody else's")
            return f"{what} {name}"
        if what == "otherwise" and random.randrange(3) == 0:
            it.otherwise(ledger)
            return what
    except Refusal as refused:
        return f"{what} {some}: refused, {refused}"
    ledger.reconcile()
    return "reconcile"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", parts(12, 200))
def test_matched_lines_come_to_what_is_booked(tmp_path: Path, kind: str, seed: int) -> None:
    ledger = small_ledger(tmp_path)
    it = KINDS[kind](ledger)
    random = Random(seed)  # noqa: S311 - a trial, not a secret
    tale: list[str] = []
    for number in range(14):
        tale.append(step(ledger, it, random, number))
        assert differing(ledger) == [], tale
        if not (tale[-1] == "otherwise" or "refused" in tale[-1]):
            assert ledger.reconciliation().unrecorded == 0, tale


@pytest.mark.parametrize("kind", KINDS)
def test_what_came_back_is_put_together_anew_with_what_it_came_back_from(
    tmp_path: Path, kind: str
) -> None:
    """Two parts went back; then a line of the whole is read, which fits better than the parts."""
    ledger = small_ledger(tmp_path)
    it = KINDS[kind](ledger)
    for line, minor in {"A": 400_00, "B": 600_00, "C": -WHOLE, "D": WHOLE}.items():
        read(ledger, BankRow(it.account, line, ON, Amount(it.sign * minor), it.items[0], ""))
    made = ledger.bank(it.account).matches.values()
    assert [(each.match.effect, each.match.legs) for each in made] == [
        (Effect.SETTLES, (("D", 0),)),
        (Effect.RETURNS, (("C", 0),)),
    ]
    assert differing(ledger) == []
    assert ledger.reconciliation().unrecorded == 0
