"""The first-loss guarantee: called on a loss, paid, and given back when success comes late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import events as e
from ledger.decide import guarantee
from ledger.decide.refusal import AgainstTerms, AlreadyDone, FourEyes, OutOfOrder
from ledger.decide.rows import BankRow, Batch, EnrolmentRow, MeasurementRow, Row
from ledger.decide.state import AgreementState
from ledger.events import Recorded
from ledger.facts import CapitalPaidIn, Source
from ledger.model import Position
from ledger.money import ZERO, Amount, total
from ledger.service import Ledger
from ledger.terms.agreement import Terms
from ledger.terms.reader import read_model
from projections import report
from projections.balances import balances
from projections.explain import explain
from projections.follow import Views
from projections.verify import verify

TERMS = """
agreement: hf
title: Two investors, 15.9m, and a guarantee of 3m
currency: DKK
signed_on: 2021-01-01
starts_on: 2021-01-01
ends_on: 2023-01-01
people: 36
parties:
  - {id: state-fund, name: The state, roles: [outcome_payer]}
  - {id: home, name: The home, roles: [provider]}
  - {id: dsi, name: DSI, roles: [investor]}
  - {id: pool, name: The council's fund, roles: [investor]}
  - {id: bikuben, name: Bikubenfonden, roles: [guarantor]}
investment:
  - {investor: dsi, amount: 7950000.00}
  - {investor: pool, amount: 7950000.00}
guarantee: {guarantor: bikuben, kind: first_loss, amount: 3000000.00}
indicators:
  - {id: housed, title: Housed, kind: yes_no}
  - {id: working, title: In work, kind: yes_no}
metrics:
  - id: housed
    kind: per_person
    measured_at_months: [12]
    achieved_when: {indicator: housed, equals: yes}
    price: 1090000.00
  - id: working
    kind: per_person
    measured_at_months: [12]
    achieved_when: {indicator: working, equals: yes}
    price: 1200000.00
split: [{payer: state-fund, share: 1}]
rounding: {residual_payer: state-fund, residual_investor: dsi}
"""
START, END = date(2021, 1, 1), date(2023, 1, 1)
SOURCE = Source(file="x", sha256="0" * 64)
PEOPLE = [f"EX-{number:02d}" for number in range(1, 11)]


def kroner(text: str) -> Amount:
    return Amount.parse(text)


class House:
    """A ledger in which ten people were housed: 10.9m of the 15.9m came back."""

    def __init__(self, folder: Path) -> None:
        clock = lambda: datetime(2024, 1, 1, tzinfo=UTC)  # noqa: E731 - one line
        self.ledger = Ledger.create(folder, "A fund", "DKK", "demo", actor="anna", clock=clock)
        self.folder, self.files = folder, 0
        self.ledger.sign(read_model(TERMS, Terms), SOURCE)
        self.ledger.call_drawdown("hf", kroner("15900000.00"), START)
        for investor in ("dsi", "pool"):
            self.ledger.receive_capital("hf-D01", investor, START)
        self.ledger.import_enrolments(self._batch([EnrolmentRow("hf", p, START) for p in PEOPLE]))
        self.measure("housed", PEOPLE)

    def _batch(self, rows: list) -> Batch:  # type: ignore[type-arg]
        self.files += 1
        numbered = tuple(Row(n, row) for n, row in enumerate(rows, start=2))
        return Batch("rows.csv", f"{self.files:064d}", numbered)

    def measure(self, indicator: str, people: list[str]) -> None:
        day = date(2022, 1, 1)
        rows = [MeasurementRow("hf", p, 12, day, indicator, "yes", "v") for p in people]
        self.ledger.import_measurements(self._batch(rows))

    def assess(self, until: date = END) -> list[e.Event]:
        return [each.event for each in self.ledger.assess("hf", until)[0].recorded]

    def call(self, on: date = END) -> e.GuaranteeCalled:
        (*_, called) = self.ledger.call_guarantee("hf", on).recorded
        assert isinstance(called.event, e.GuaranteeCalled)
        return called.event

    def pay(self, on: date) -> dict[str, tuple[str, str, Amount]]:
        """Everything owed is proposed, approved, sent and settled, by the people it takes."""
        done, _ = self.ledger.propose_payments("hf", on)
        paid = {}
        for recorded in done.recorded:
            event = recorded.event
            assert isinstance(event, e.PaymentProposed)
            paid[event.payment] = (event.payer, event.payee, event.amount)
            with pytest.raises(FourEyes):
                self.ledger.approve_payment(event.payment, on)
            for actor, step in (("carla", Ledger.approve_payment), ("dan", Ledger.send_payment)):
                with Ledger(self.folder, actor=actor) as door:
                    step(door, event.payment, on)
        rows = [
            BankRow(payer, f"L{name}", on, -amount, name, "transfer")
            for name, (payer, _, amount) in paid.items()
        ]
        self.ledger.import_bank(self._batch(rows))
        return paid

    def views(self) -> Views:
        views = Views(self.folder / "views.sqlite")
        views.catch_up(self.ledger.log)
        return views

    def owed(self) -> dict[tuple[str, str, str], Amount]:
        """What is not zero by party, account and counterparty; banks and drawdowns aside."""
        views, left = self.views(), ("bank", "funding", "investment")
        return {
            (each.book, each.account, each.counterparty): each.balance
            for each in balances(views)
            if each.balance and each.account not in left
        }


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path / "ledger")
    yield made
    made.ledger.close()


def reversed_parts(events: list[e.Event]) -> list[tuple[str, str, str]]:
    return [
        (part.investor, str(part.set_off), str(part.owed_back))
        for event in events
        if isinstance(event, e.GuaranteeReversed)
        for part in event.parts
    ]


def test_the_guarantor_takes_the_first_loss_and_late_success_gives_it_back(house: House) -> None:
    """15.9m in, 10.9m entitled: 5m lost, of which the guarantee takes 3m (Aarhus' amounts).

    2.4m of success then leaves 2.6m lost, so 0.4m is reversed; 3.6m more leaves no loss, so the
    other 2.6m is, and only then is there a return, of 1m.
    """
    house.assess()
    called = house.call()
    assert called.amount == kroner("3000000.00")
    assert [(p.investor, str(p.loss), str(p.amount)) for p in called.parts] == [
        ("dsi", "2500000.00", "1500000.00"),
        ("pool", "2500000.00", "1500000.00"),
    ]
    assert house.pay(END) == {
        "hf-P001": ("state-fund", "dsi", kroner("5450000.00")),
        "hf-P002": ("state-fund", "pool", kroner("5450000.00")),
        "hf-P003": ("bikuben", "dsi", kroner("1500000.00")),
        "hf-P004": ("bikuben", "pool", kroner("1500000.00")),
    }

    house.measure("working", PEOPLE[:2])
    assert reversed_parts(house.assess(date(2023, 6, 1))) == [
        ("dsi", "0.00", "200000.00"),
        ("pool", "0.00", "200000.00"),
    ]
    house.measure("working", PEOPLE[2:5])
    assert reversed_parts(house.assess(date(2023, 7, 1))) == [
        ("dsi", "0.00", "1300000.00"),
        ("pool", "0.00", "1300000.00"),
    ]
    state = house.ledger.agreement("hf")
    assert not any(state.covered.values())
    assert sorted(house.pay(date(2023, 7, 2)).values()) == [
        ("dsi", "bikuben", kroner("1500000.00")),
        ("pool", "bikuben", kroner("1500000.00")),
        ("state-fund", "dsi", kroner("3000000.00")),
        ("state-fund", "pool", kroner("3000000.00")),
    ]
    # All is paid; nothing is left of the guarantee, on either side.
    assert house.owed() == {
        ("dsi", "outcome-income", "state-fund"): kroner("-8450000.00"),
        ("pool", "outcome-income", "state-fund"): kroner("-8450000.00"),
        ("state-fund", "outcome-expense", "dsi"): kroner("8450000.00"),
        ("state-fund", "outcome-expense", "pool"): kroner("8450000.00"),
    }
    views = house.views()
    assert verify(house.ledger, views).faults == []
    (dsi, _) = report.investors(views)
    assert (dsi.received, dsi.guaranteed) == (kroner("8450000.00"), ZERO)


def test_what_is_not_proposed_yet_is_set_off(house: House) -> None:
    house.assess()
    house.call()
    house.measure("working", PEOPLE[:2])
    assert reversed_parts(house.assess(date(2023, 6, 1))) == [
        ("dsi", "200000.00", "0.00"),
        ("pool", "200000.00", "0.00"),
    ]
    paid = house.pay(date(2023, 6, 2))
    assert sorted(each for each in paid.values() if each[0] == "bikuben") == [
        ("bikuben", "dsi", kroner("1300000.00")),
        ("bikuben", "pool", kroner("1300000.00")),
    ]


def test_a_payment_of_a_call_is_explained(house: House) -> None:
    house.assess()
    house.call()
    house.pay(END)
    dossier = explain(house.ledger, "hf-P003")
    assert dossier.items == ()
    (called,) = dossier.guarantees
    assert isinstance(called.event, e.GuaranteeCalled)
    assert called.event.amount == kroner("3000000.00")


def test_a_call_comes_after_the_end_after_the_assessment_and_once(house: House) -> None:
    with pytest.raises(OutOfOrder, match="lasts until 2023-01-01"):
        house.call(date(2022, 12, 31))
    with pytest.raises(OutOfOrder, match="not assessed until its end"):
        house.call()
    house.assess()
    house.call()
    with pytest.raises(AlreadyDone, match="no loss that is not covered"):
        house.call()


def test_terms_without_a_guarantee_have_none_to_call() -> None:
    text = "\n".join(line for line in TERMS.splitlines() if not line.startswith("guarantee"))
    with pytest.raises(AgainstTerms, match="no guarantee"):
        guarantee.call(_state(text, {}), END)


# --- any losses ---------------------------------------------------------------------------------


def _state(text: str, capital: dict[str, int]) -> AgreementState:
    """An agreement over and assessed, with capital paid in and nothing else."""
    state = AgreementState("hf")
    signed = e.AgreementSigned(
        terms=read_model(text, Terms), terms_version=1, rules_at_signature=None, source=SOURCE
    )
    made = e.AssessmentMade(
        assessment="A", until=END, facts_to=Position(1), terms_version=1, policy_version=1,
        rule_table=None, rules=(), based_on=(), decided=0, waiting=0,
    )  # fmt: skip
    for event in (signed, made):
        _apply(state, event)
    for investor, minor in capital.items():
        paid = CapitalPaidIn(investor=investor, paid_on=START, amount=Amount(minor))
        state.capital.append((Position(9), paid))
    return state


def _apply(state: AgreementState, event: e.Event) -> None:
    at = Position(state.version + 1)
    state.apply(Recorded(at, "agreement/hf", at, "now", END, "anna", "c", event))


ENTITLED = st.fixed_dictionaries({"dsi": st.integers(0, 900), "pool": st.integers(0, 900)})


@given(
    st.fixed_dictionaries({"dsi": st.integers(1, 500), "pool": st.integers(1, 500)}),
    st.integers(1, 700),
    st.lists(ENTITLED, min_size=1, max_size=5),
)
def test_covered_is_never_beyond_the_guarantee_nor_beyond_a_loss(
    capital: dict[str, int], limit: int, course: list[dict[str, int]]
) -> None:
    """Whatever comes after: what is covered, and what the two come to owe each other, fit."""
    state = _state(TERMS.replace("3000000.00", str(Amount(limit))), capital)
    try:
        for new in guarantee.call(state, END):
            _apply(state, new.event)
    except AlreadyDone:
        raise AssertionError from None  # nothing is entitled yet, so all is lost
    assert total(state.covered.values()) == min(Amount(limit), Amount(sum(capital.values())))
    for entitled in course:
        amounts = {name: Amount(minor) for name, minor in entitled.items()}
        for _, event in guarantee.reversal(state, amounts, END, ()):
            _apply(state, event)
        losses = {name: max(0, capital[name] - entitled[name]) for name in capital}
        assert sum(each.minor for each in state.covered.values()) <= limit
        for name, covered in state.covered.items():
            assert ZERO <= covered <= Amount(losses[name])
    owed: Counter[str] = Counter()
    for (payer, _, payee), items in state.unproposed.items():
        for item in items:
            owed[payee if payer == "bikuben" else payer] += item.amount.minor * (
                1 if payer == "bikuben" else -1
            )
    assert owed == Counter({name: each.minor for name, each in state.covered.items()})
