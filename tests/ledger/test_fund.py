"""The fund of many agreements: appropriations, commitments, draws, and what is expensed when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import events as e
from ledger.decide import fund
from ledger.decide.decision import New
from ledger.decide.fund import FundState
from ledger.decide.refusal import (
    AgainstTerms,
    AlreadyDone,
    BeyondAppropriation,
    NotFound,
    OutOfOrder,
    Refusal,
)
from ledger.decide.state import AgreementState, Claim
from ledger.events import Recorded
from ledger.model import Position
from ledger.money import ZERO, Amount, total
from ledger.parties import Recognition, Role
from ledger.working import Part
from projections.balances import balances
from projections.export import JournalFormat, write_journal
from projections.fund import status
from projections.posting import Account, post
from projections.verify import verify
from tests.ledger.test_guarantee import END, PEOPLE, START, TERMS, House, _state, kroner
from tests.oracle import hledger

GIVEN = date(2021, 2, 1)


@pytest.fixture(params=list(Recognition))
def any_house(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    made = House(tmp_path / "ledger")
    made.ledger.set_fund_policy("state-fund", request.param, START)
    made.ledger.appropriate(2021, kroner("20000000.00"), "finance act", START)
    yield made
    made.ledger.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path / "ledger")
    made.ledger.set_fund_policy("state-fund", Recognition.COMMITMENT, START)
    made.ledger.appropriate(2021, kroner("20000000.00"), "finance act", START)
    yield made
    made.ledger.close()


def expensed(house: House) -> dict[int, str]:
    found = status(house.ledger.fund(), house.views())
    return {each.year: str(each.expensed) for each in found.years}


# --- golden -------------------------------------------------------------------------------------


def test_the_whole_commitment_is_expensed_when_given_and_drawn_as_outcomes_come(
    house: House,
) -> None:
    """Budgetvejledning 2.2.11: expense and provision at once, nothing again when it is drawn.

    15m are committed in 2021. In 2022 ten people are housed, 10.9m. In 2023 it is re-estimated at
    14m, and in 2024 the 3.1m that nobody will need are annulled: a negative expense of 2024.
    """
    house.ledger.commit("hf", kroner("15000000.00"), GIVEN)
    assert expensed(house) == {2021: "15000000.00"}
    house.assess()
    assert expensed(house) == {2021: "15000000.00", 2022: "0.00"}
    house.pay(END)
    house.ledger.reestimate("hf", kroner("14000000.00"), "fewer people", date(2023, 3, 1))
    house.ledger.annul("hf", None, "the agreement is over", date(2024, 1, 1))
    assert expensed(house) == {
        2021: "15000000.00",
        2022: "0.00",
        2023: "-1000000.00",
        2024: "-3100000.00",
    }
    found = status(house.ledger.fund(), house.views())
    (hf,) = found.commitments
    assert (hf.drawn, hf.undrawn, hf.beyond, hf.paid) == (
        kroner("10900000.00"),
        ZERO,
        ZERO,
        kroner("10900000.00"),
    )
    assert found.provision == ZERO
    assert (found.years[0].year, str(found.years[0].available)) == (2021, "5000000.00")
    assert total(each.expensed for each in found.years) == hf.paid
    assert verify(house.ledger, house.views()).faults == []


def test_ongoing_grants_are_expensed_as_outcomes_come(tmp_path: Path) -> None:
    """Budgetvejledning 2.2.10: the same year by year, but the commitment books nothing."""
    house = House(tmp_path / "ledger")
    house.ledger.set_fund_policy("state-fund", Recognition.ONGOING, START)
    house.ledger.appropriate(2021, kroner("20000000.00"), "finance act", START)
    house.ledger.commit("hf", kroner("15000000.00"), GIVEN)
    house.assess()
    found = status(house.ledger.fund(), house.views())
    assert expensed(house) == {2021: "0.00", 2022: "10900000.00"}
    assert found.provision == ZERO
    assert found.commitments[0].undrawn == kroner("4100000.00")
    house.ledger.close()


def test_outcomes_beyond_the_commitment_are_expensed_as_they_come(house: House) -> None:
    house.ledger.commit("hf", kroner("10000000.00"), GIVEN)
    house.assess()
    found = status(house.ledger.fund(), house.views())
    assert expensed(house) == {2021: "10000000.00", 2022: "900000.00"}
    assert (found.commitments[0].beyond, found.provision) == (kroner("900000.00"), ZERO)
    # Raised to what it takes, the commitment takes in what was beyond it.
    house.ledger.reestimate("hf", kroner("12000000.00"), "more people", date(2021, 12, 1))
    assert expensed(house) == {2021: "12000000.00", 2022: "0.00"}
    found = status(house.ledger.fund(), house.views())
    assert (found.commitments[0].drawn, found.provision) == (
        kroner("10900000.00"),
        kroner("1100000.00"),
    )


def test_a_commitment_given_late_takes_in_what_is_owed_already(house: House) -> None:
    house.assess()
    house.ledger.commit("hf", kroner("15000000.00"), date(2021, 5, 1))
    assert status(house.ledger.fund(), house.views()).provision == kroner("4100000.00")
    # Each draw counts on its outcome's day, so the years are those of a commitment given in time.
    assert expensed(house) == {2021: "15000000.00", 2022: "0.00"}


def test_in_any_policy_the_fund_expenses_once_what_it_pays(any_house: House) -> None:
    """Once the rest is annulled, both policies have expensed what was paid, in other years."""
    any_house.ledger.commit("hf", kroner("15000000.00"), GIVEN)
    any_house.assess()
    any_house.measure("working", PEOPLE[:1])
    any_house.assess(date(2023, 2, 1))
    any_house.ledger.annul("hf", None, "over", date(2023, 3, 1))
    found = status(any_house.ledger.fund(), any_house.views())
    assert total(year.expensed for year in found.years) == kroner("12100000.00")
    assert found.provision == ZERO
    sums: Counter[str] = Counter()
    for each in balances(any_house.views()):
        sums[each.book] += each.balance.minor
    assert not any(sums.values())


def test_hledger_reads_the_same_provision(any_house: House, tmp_path: Path) -> None:
    any_house.ledger.commit("hf", kroner("15000000.00"), GIVEN)
    any_house.assess()
    any_house.call()
    out = StringIO()
    write_journal(any_house.views(), "DKK", JournalFormat.HLEDGER, out)
    journal = tmp_path / "books.journal"
    journal.write_text(out.getvalue(), encoding="ascii")
    hledger.check(journal)
    read = hledger.balances(journal, "DKK")
    whole = any_house.ledger.fund().require_policy().recognition is Recognition.COMMITMENT
    provision = read.get("state-fund:outcome_payer:hf:provision", 0)
    assert provision == (-410_000_000 if whole else 0)
    assert read["bikuben:guarantor:hf:guarantee-expense:dsi"] == 150_000_000


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "refusal", "told"),
    [
        (
            lambda x: x.commit("hf", kroner("20000000.01"), GIVEN),
            BeyondAppropriation,
            "20000000.00 that is available of the appropriation of 2021",
        ),
        (lambda x: x.commit("hf", kroner("1.00"), date(2022, 2, 1)), BeyondAppropriation, "2022"),
        (lambda x: x.commit("nowhere", kroner("1.00"), GIVEN), NotFound, "no agreement"),
        (lambda x: x.commit("hf", ZERO, GIVEN), AgainstTerms, "above zero"),
        (lambda x: x.annul("hf", None, "x", GIVEN), NotFound, "no commitment to 'hf'"),
        (
            lambda x: x.appropriate(2021, kroner("-20000000.01"), "cut", GIVEN),
            BeyondAppropriation,
            "by 20000000.00 at most",
        ),
        (lambda x: x.appropriate(2021, ZERO, "cut", GIVEN), AgainstTerms, "nothing"),
    ],
)
def test_what_the_appropriation_or_the_terms_do_not_hold_is_refused(
    house: House, act: Callable[[object], object], refusal: type[Refusal], told: str
) -> None:
    head = house.ledger.log.head()
    with pytest.raises(refusal, match=told):
        act(house.ledger)
    assert house.ledger.log.head() == head


def test_a_commitment_is_given_once_and_never_falls_below_what_is_drawn(house: House) -> None:
    house.ledger.commit("hf", kroner("15000000.00"), GIVEN)
    house.assess()
    with pytest.raises(AlreadyDone, match="reestimate"):
        house.ledger.commit("hf", kroner("1.00"), GIVEN)
    with pytest.raises(AgainstTerms, match=r"10900000\.00 of the commitment"):
        house.ledger.reestimate("hf", kroner("10899999.99"), "x", END)
    with pytest.raises(AgainstTerms, match=r"4100000\.00 of the commitment"):
        house.ledger.annul("hf", kroner("4100000.01"), "x", END)
    with pytest.raises(OutOfOrder, match="given on 2021-02-01"):
        house.ledger.annul("hf", None, "x", START)
    with pytest.raises(OutOfOrder, match="booked by the fund's policy"):
        house.ledger.set_fund_policy("state-fund", Recognition.ONGOING, END)


def test_nothing_is_committed_by_a_fund_without_a_policy() -> None:
    with pytest.raises(OutOfOrder, match="ofl fund policy"):
        fund.commit(FundState(), _state(TERMS, {}), Amount(1), GIVEN)


# --- any order ----------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(("appropriate", "commit", "reestimate", "annul", "draw")),
        st.integers(-900, 900),
        st.sampled_from((2021, 2022)),
    ),
    max_size=25,
)


@given(STEPS)
def test_whatever_is_done_the_provision_is_what_is_committed_and_not_drawn(  # noqa: C901
    steps: list[tuple[str, int, int]],
) -> None:
    """An oracle of plain sums: appropriation ≥ committed each year, provision = undrawn."""
    state, found = _state(TERMS, {}), FundState()
    taken: list[Recorded] = []
    book: Counter[Account] = Counter()
    granted, used, entitled = Counter[int](), Counter[int](), 0

    def take(news: list[New]) -> None:
        for new in news:
            at = Position(len(taken) + 1)
            recorded = Recorded(
                at, new.stream, new.version, "now", new.effective_on, "a", "c", new.event
            )
            assert new.version == found.version + 1
            found.apply(recorded)
            taken.append(recorded)
            for line in post(recorded):
                assert (line.book, line.role, line.agreement) == (
                    "state-fund",
                    Role.OUTCOME_PAYER,
                    "hf",
                )
                book[line.account] += line.amount.minor

    take(fund.set_policy(found, "state-fund", Recognition.COMMITMENT, START))
    for what, minor, year in steps:
        amount, on = Amount(minor), date(year, 6, 1)
        before = found.commitments["hf"].amount if "hf" in found.commitments else ZERO
        try:
            match what:
                case "appropriate":
                    take(fund.appropriate(found, year, amount, "act", on))
                    granted[year] += minor
                case "commit":
                    take(fund.commit(found, state, amount, on))
                case "reestimate":
                    take(fund.reestimate(found, state, amount, "why", on))
                case "annul":
                    take(fund.annul(found, "hf", amount, "why", on))
                case _:
                    owed = max(0, entitled + minor)
                    take(fund.draw(found, state, [_entitlement(owed - entitled)], Position(1)))
                    # What is owed is known to the state only once it is recorded.
                    _record(state, owed - entitled)
                    entitled = owed
        except Refusal:
            continue
        after = found.commitments["hf"].amount if "hf" in found.commitments else ZERO
        used[year] += (after - before).minor
        for each in (2021, 2022):
            assert used[each] <= granted[each]
            assert found.available(each).minor == granted[each] - used[each]
        if "hf" in found.commitments:
            hf = found.commitments["hf"]
            assert ZERO <= hf.drawn <= hf.amount
            assert hf.drawn.minor <= max(0, entitled)
        assert book[Account.PROVISION] == -book[Account.COMMITMENT_EXPENSE]
        left = found.commitments["hf"].undrawn if "hf" in found.commitments else ZERO
        assert book[Account.PROVISION] == -left.minor


def _entitlement(minor: int) -> New:
    part = Part(payer="state-fund", role=Role.OUTCOME_PAYER, payee="dsi", amount=Amount(minor))
    event = e.EntitlementCalculated(
        claim="hf/x", outcome_at=Position(1), assessed_at=Position(1), subject=None,
        metric="housed", achieved_on=END, total=Amount(minor), parts=(part,), difference=(part,),
        gains=(), person_total=ZERO, agreement_total=ZERO, working=None, based_on=(),
    )  # fmt: skip
    return New("agreement/hf", 1, END, event)


_OUTCOME = e.OutcomeDecided(
    claim="hf/x", assessed_at=Position(1), subject=None, metric="housed", key="x",
    period_start=END, period_end=END, milestone_months=None, achieved=True, based_on=(),
)  # fmt: skip


def _record(state: AgreementState, minor: int) -> None:
    """The claim is now worth so much more."""
    known = state.claims.get("hf/x", Claim(Position(1), _OUTCOME))
    amount = total(part.amount for part in known.parts) + Amount(minor)
    part = Part(payer="state-fund", role=Role.OUTCOME_PAYER, payee="dsi", amount=amount)
    known.parts = (part,)
    state.claims["hf/x"] = known
