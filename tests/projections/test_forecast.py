"""Forecasts give the published figures from the stated assumptions, and agree with plain loops."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.intake.files import TermsRefused, read_forecast
from ledger.money import Amount
from projections.forecast import BusinessCase, RevolvingFund, case, internal_rate, revolve
from tests.desk.test_cli import ofl
from tests.examples.agreement import EXAMPLES

FUND_FILE = EXAMPLES / "revolving-fund.yaml"
CASE_FILE = EXAMPLES / "holbaek" / "business-case.yaml"


def fund() -> RevolvingFund:
    found = read_forecast(FUND_FILE).revolving_fund
    assert found is not None
    return found


def business_case() -> BusinessCase:
    found = read_forecast(CASE_FILE).business_case
    assert found is not None
    return found


def millions(amount: Amount) -> Decimal:
    return (Decimal(amount.minor) / 10**8).quantize(Decimal("0.01"))


# --- the revolving fund -----------------------------------------------------------------------


def test_25_million_becomes_71_million() -> None:
    """The published forecast of the fund for 2024-2029."""
    found = revolve(fund())
    assert [each.year for each in found.years] == list(range(2024, 2030))
    assert [str(millions(each.invested)) for each in found.years] == [
        "25.00",
        "5.80",
        "7.15",
        "8.81",
        "10.86",
        "13.38",
    ]
    assert str(millions(found.invested)) == "71.00"
    assert [each.people_in_all for each in found.years] == [652, 804, 990, 1220, 1503, 1852]
    assert found.municipalities == 18
    assert round(Decimal(float(found.yearly_return)) * 100, 1) == Decimal("5.2")


def test_741_in_work_stands_beside_the_reports_730() -> None:
    assumed = fund()
    assert revolve(assumed).people_achieving == 741
    assert assumed.published is not None
    assert assumed.published.people_achieving == 730
    assert abs(741 - 730) / 730 < 0.016  # the tolerance: 1.5 %


def test_in_the_first_years_it_grows_as_the_closed_form_says() -> None:
    """While no investment is fully repaid, all that was invested grows by R / 5 a year."""
    a = Fraction("1.1608") / 5
    for year, each in enumerate(revolve(fund()).years):
        assert abs(Fraction(each.invested_in_all.minor) - 25 * 10**8 * (1 + a) ** year) <= Fraction(
            1, 2
        )


@given(
    st.integers(1, 10**9),
    st.integers(1, 30000),
    st.integers(1, 7),
    st.integers(1, 12),
)
def test_it_agrees_with_single_instalments(
    capital: int, repaid: int, over: int, years: int
) -> None:
    """A book of instalments, entered one by one, shares no code with the sum over years."""
    assumed = RevolvingFund(
        title="x",
        capital=Amount(capital),
        first_year=2000,
        years=years,
        repaid=Decimal(repaid) / 10000,
        repaid_over_years=over,
        cost_per_person=Amount(100),
        cost_per_municipality=Amount(100),
        achieved=Decimal("0.5"),
    )
    due = {year: Fraction(0) for year in range(years + over + 1)}
    due[0] = Fraction(capital)
    for year in range(years):
        for later in range(year + 1, year + over + 1):
            due[later] += due[year] * repaid / 10000 / over
    found = revolve(assumed)
    assert len(found.years) == years
    for year, each in enumerate(found.years):
        assert abs(each.invested.minor - due[year]) <= Fraction(1, 2)
    whole = sum((due[year] for year in range(years)), Fraction(0))
    assert abs(found.invested.minor - whole) <= Fraction(1, 2)
    assert abs(found.people - whole / 100) <= Fraction(1, 2)


@given(st.integers(1, 4000), st.integers(1, 10))
def test_the_rate_makes_the_payments_worth_what_was_invested(part: int, years: int) -> None:
    """Paid forward instead of back: the debt at that rate is paid off by the last payment."""
    paid = Fraction(part, 1000)
    rate = internal_rate(paid, years)
    for each, left in ((rate, 1), (rate + Fraction(1, 10**6), -1)):
        debt = Fraction(1)
        for _ in range(years):
            debt = debt * (1 + each) - paid
        if Fraction(-98, 100) < rate < 9:
            assert debt * left <= 0


# --- the business case ------------------------------------------------------------------------


def test_holbaek_breaks_even_after_four_years_and_nets_about_eight_million() -> None:
    """Published: 180 citizens, 6.9m kr., 10 % dropout, 16 points more, 4 years, about 8m."""
    found = case(business_case())
    assert found.completing == 162
    assert found.additional_share == Fraction(16, 100)
    assert found.additional == Fraction(2592, 100)
    assert found.breaks_even == 4
    assert [str(amount) for amount in found.years[-1].net.values()] == [
        "3986400.00",
        "777600.00",
        "3265920.00",
    ]
    assert round(millions(found.net)) == 8


def test_30_percent_anyway_takes_37_5_percent_of_every_gain() -> None:
    assumed = business_case()
    before = case(assumed)
    after = case(assumed.model_copy(update={"anyway": Decimal("0.30")}))
    assert after.additional / before.additional - 1 == Fraction(-375, 1000)
    for name in ("Regionen", "Staten"):
        was, is_now = (each.years[-1].net[name].minor for each in (before, after))
        assert Fraction(is_now, was) == Fraction(625, 1000)
    assert after.breaks_even is None  # within six years


@given(st.integers(0, 10**6), st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=4))
def test_it_agrees_with_a_plain_sum(cost: int, gains: list[int]) -> None:
    assumed = BusinessCase.model_validate(
        {
            "title": "x",
            "people": 200,
            "cost": str(Amount(cost)),
            "paid_by": "a0",
            "dropout": "0.5",
            "achieved": "0.5",
            "anyway": "0.25",
            "years": 7,
            "gains": [
                {"authority": f"a{n}", "per_person_and_year": str(Amount(each))}
                for n, each in enumerate(gains)
            ],
        }
    )
    found = case(assumed)
    mine = [25 * year * gains[0] - cost for year in range(1, 8)]
    assert [each.net["a0"].minor for each in found.years] == mine
    assert found.breaks_even == next((n for n, net in enumerate(mine, 1) if net >= 0), None)
    assert found.net.minor == 25 * 7 * sum(gains) - cost


# --- the command ------------------------------------------------------------------------------


@pytest.mark.parametrize("file", [FUND_FILE, CASE_FILE], ids=lambda file: file.name)
def test_the_command_answers_in_both_languages_and_json(file: Path, tmp_path: Path) -> None:
    english = ofl("forecast", str(file), ledger=tmp_path / "none")
    danish = ofl("forecast", str(file), "--lang", "da", ledger=tmp_path / "none")
    assert "not money of a ledger" in english
    assert "ikke penge i et regnskab" in danish
    assert json.loads(ofl("forecast", str(file), "--json", ledger=tmp_path / "none"))["years"]
    assert list(tmp_path.iterdir()) == []


def test_the_command_prints_741_beside_730(tmp_path: Path) -> None:
    shown = ofl("forecast", str(FUND_FILE), ledger=tmp_path)
    assert "741" in shown
    assert "about 730: a difference of 11, or 1.5 %" in shown
    assert "5.2 %" in shown


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("revolving_fund:", "revolving_found:", "did you mean 'revolving_fund'"),
        ("capital: 25000000.00", "capital: 0.00", "above zero"),
        ("repaid: 1.1608", "repaid: 0", "repaid must be above zero"),
        ("years: 6", "years: 0", "at least 1"),
        ("achieved: 0.40", "achieved: 40 %", "not a share"),
    ],
)
def test_assumptions_that_cannot_be_reckoned_are_refused(
    old: str, new: str, says: str, tmp_path: Path
) -> None:
    text = FUND_FILE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "fund.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TermsRefused) as refused:
        read_forecast(file)
    assert says in "\n".join(refused.value.lines())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("paid_by: Holbæk Kommune", "paid_by: Nobody", "one of the authorities that gain"),
        ("authority: Regionen", "authority: Staten", "stands twice"),
    ],
)
def test_cases_that_contradict_themselves_are_refused(
    old: str, new: str, says: str, tmp_path: Path
) -> None:
    text = CASE_FILE.read_text(encoding="utf-8")
    file = tmp_path / "case.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TermsRefused) as refused:
        read_forecast(file)
    assert says in "\n".join(refused.value.lines())
