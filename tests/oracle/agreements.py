"""Random small agreements: a few people, several investors, caps that often bind.

An agreement is plain data of the oracle; `as_facts` translates it for `ledger`.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from ledger.facts import CapitalPaidIn
from ledger.indicator import Condition, Indicator, IndicatorKind
from ledger.metrics.facts import Measured
from ledger.metrics.facts import Person as LedgerPerson
from ledger.metrics.shelter_nights_saved import ShelterNightsSaved
from ledger.model import SubjectRef
from ledger.money import Amount
from ledger.parties import Commitment, Party, PayerShare, Role
from ledger.policy.assess import AgreementFacts
from ledger.terms.agreement import OnRuleChange, RefundLaw, Rounding, Terms
from ledger.terms.caps import Cap
from tests.oracle import shelter_rule as oracle
from tests.oracle.agreement import MUNICIPALITY, STATE, Agreement, PaidIn, Person
from tests.oracle.people import (
    LEAP_DAY,
    LIMIT_120,
    SHELTERS,
    as_counterfactual,
    as_share,
    as_stays,
    as_table,
    as_tariffs,
    law,
)

STARTS = date(2021, 1, 1)
ENDS = date(2029, 1, 1)
MONTHS = (12, 18, 24, 36, 48)
INVESTORS = ("den-ene", "den-anden", "den-tredje")

_ENROLMENTS = (
    date(2022, 1, 15),
    date(2023, 1, 15),
    date(2024, 1, 15),
    date(2023, 8, 29),
    date(2023, 8, 30),
    date(2023, 8, 31),
    LEAP_DAY,
    LIMIT_120,
    date(2025, 1, 1),
)
"""Many milestones of these fall on one day: 2024-01-15, and 18 months on, 2025-02-28."""

_SHARES = (Fraction(1), Fraction(1, 2), Fraction(333_333, 1_000_000), Fraction(1), Fraction(0))
_CAPS = (None, 60_000_001, 9_041_999, 120_000_000, 4_999_999, 7)
_PAID_IN = (1, 100_000_000, 33_333_333, 250_000_001)


def _later(draw: st.DrawFn, day: date, least: int, most: int) -> date:
    return day + timedelta(days=draw(st.integers(least, most)))


def _person(draw: st.DrawFn, subject: str, months: list[int]) -> Person:
    enrolled = draw(st.sampled_from(_ENROLMENTS))
    stays = []
    for _ in range(draw(st.sampled_from((2, 3, 1, 0)))):
        admitted = _later(draw, enrolled, -300, 1000)
        nights = draw(st.sampled_from((10, 45, 130, 0, None)))
        discharged = None if nights is None else admitted + timedelta(days=nights)
        stays.append(oracle.Stay(draw(st.sampled_from(SHELTERS)), admitted, discharged))
    achieved: dict[int, bool] = {
        each: result
        for each in months
        if (result := draw(st.sampled_from((True, True, True, True, False, None)))) is not None
    }
    return Person(subject, enrolled, stays, achieved)


def _prices(draw: st.DrawFn) -> list[oracle.Price]:
    prices = []
    for shelter in (*SHELTERS, oracle.REFERENCE):
        tariff = draw(st.integers(80_000, 160_000))
        prices.append(oracle.Price(shelter, date(2000, 1, 1), tariff, 9_100))
        prices.append(oracle.Price(shelter, date(2024, 1, 1), tariff + 1_333, 9_133))
    return prices


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    """An agreement with two to six people."""
    months = sorted(draw(st.sets(st.sampled_from(MONTHS), min_size=2)))
    people = [
        _person(draw, f"subject-{number}", months)
        for number in draw(st.permutations(range(draw(st.integers(2, 6)))))
    ]
    investors = list(INVESTORS[: draw(st.sampled_from((3, 2, 3, 1)))])
    restart = draw(st.booleans())
    paid_in = [
        PaidIn(
            draw(st.sampled_from(investors)),
            draw(st.sampled_from((STARTS, date(2024, 1, 15), date(2025, 2, 28), LEAP_DAY))),
            draw(st.sampled_from(_PAID_IN)),
        )
        for _ in range(draw(st.integers(1, 5)))
    ]
    if draw(st.sampled_from((True, True, False))):
        paid_in += [PaidIn(each, STARTS, draw(st.sampled_from(_PAID_IN))) for each in investors]
    return Agreement(
        months=months,
        nights_per_year=draw(st.sampled_from((365, 250, 120, 250, 90, 0))),
        prices=_prices(draw),
        rules=law(restart_2026=restart),
        shares={
            STATE: draw(st.sampled_from(_SHARES)),
            MUNICIPALITY: draw(st.sampled_from(_SHARES)),
        },
        cap_per_person=draw(st.sampled_from(_CAPS)),
        cap_per_agreement=draw(st.sampled_from(_CAPS)),
        residual_payer=draw(st.sampled_from((STATE, MUNICIPALITY))),
        residual_investor=draw(st.sampled_from(investors)),
        investors=investors,
        paid_in=paid_in,
        people=people,
        ends=draw(st.sampled_from((ENDS, date(2027, 1, 1), date(2026, 1, 15)))),
        register_until=draw(st.sampled_from((ENDS, date(2027, 6, 1), date(2025, 2, 28)))),
    )


def as_terms(agreement: Agreement) -> Terms:
    """The terms as signed."""
    investors = tuple(
        Party(id=name, name=name, roles=(Role.INVESTOR,)) for name in agreement.investors
    )
    return Terms(
        agreement="small-agreement",
        title="A small agreement",
        currency="DKK",
        signed_on=STARTS,
        starts_on=STARTS,
        ends_on=agreement.ends,
        people=len(agreement.people),
        parties=(
            Party(id=STATE, name="The state", roles=(Role.OUTCOME_PAYER,)),
            Party(id=MUNICIPALITY, name="The municipality", roles=(Role.CO_PAYER,)),
            Party(id="provider", name="The provider", roles=(Role.PROVIDER,)),
            *investors,
        ),
        investment=tuple(
            Commitment(investor=name, amount=Amount(100)) for name in agreement.investors
        ),
        refund_law=RefundLaw(table="a-table", on_change=OnRuleChange.FOLLOW),
        indicators=(
            Indicator(id="no-shelter", title="Uses no shelter", kind=IndicatorKind.YES_NO),
        ),
        metrics=(
            ShelterNightsSaved(
                id="nights-saved",
                kind="shelter_nights_saved",
                measured_at_months=tuple(agreement.months),
                achieved_when=Condition(indicator="no-shelter", equals="yes"),
                counterfactual=as_counterfactual(agreement.nights_per_year, agreement.prices),
                state_side=PayerShare(payer=STATE, share=as_share(agreement.shares[STATE])),
                municipal_side=PayerShare(
                    payer=MUNICIPALITY, share=as_share(agreement.shares[MUNICIPALITY])
                ),
            ),
        ),
        caps=as_caps(agreement),
        rounding=Rounding(
            residual_payer=agreement.residual_payer,
            residual_investor=agreement.residual_investor,
        ),
    )


def as_caps(agreement: Agreement) -> tuple[Cap, ...]:
    """The ceilings that there are: by person, then of all."""
    person, whole = agreement.cap_per_person, agreement.cap_per_agreement
    by_person = () if person is None else (Cap(scope="person", limit=Amount(person)),)
    of_all = () if whole is None else (Cap(scope="agreement", limit=Amount(whole)),)
    return by_person + of_all


def as_facts(agreement: Agreement) -> AgreementFacts:
    """All that policy may look at, in the order of the agreement's lists."""
    table = as_table(agreement.rules)
    return AgreementFacts(
        terms=as_terms(agreement),
        rules_at_signature=table,
        rules_today=table,
        tariffs=as_tariffs(agreement.prices),
        people={
            SubjectRef(person.subject): LedgerPerson(
                subject=SubjectRef(person.subject),
                enrolled_on=person.enrolled,
                register_until=agreement.register_until,
                stays=tuple(as_stays(person.stays)),
                measured=tuple(
                    Measured("no-shelter", "yes" if achieved else "no", ENDS, months)
                    for months, achieved in person.achieved.items()
                ),
            )
            for person in agreement.people
        },
        capital=tuple(
            CapitalPaidIn(investor=paid.investor, paid_on=paid.day, amount=Amount(paid.amount))
            for paid in agreement.paid_in
        ),
    )
