"""The state refunds half of each night, up to the limit of the person's running year."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ledger.shelter.refund import RefundedNights
from ledger.shelter.rules import OpenWindows, RefundRule, RefundRuleTable
from tests.ledger.shelter.examples import LAW, day, law, nights_refunded, period, refunded


def total_refund(nights: list[RefundedNights]) -> Fraction:
    """What the state refunds of nights, in øre."""
    return sum((each.refund(each.period.days) for each in nights), Fraction(0))


def test_before_the_first_rule_nothing_is_refunded() -> None:
    nights = refunded("nord 1998-06-01..1998-08-01")
    assert nights_refunded(nights, "1998-06-01..1998-07-01") == 0
    assert nights_refunded(nights, "1998-07-01..1998-08-01") == 31
    assert nights[0].rule is None


def test_without_a_limit_every_night_is_refunded() -> None:
    assert (
        nights_refunded(refunded("nord 2020-01-01..2023-01-01"), "2020-01-01..2023-01-01") == 1096
    )


def test_a_stay_across_the_reform_is_refunded_120_nights_from_the_reform() -> None:
    nights = refunded("nord 2023-09-01..2024-03-01")
    assert nights_refunded(nights, "2023-09-01..2023-10-01") == 30
    assert nights_refunded(nights, "2023-10-01..2024-01-29") == 120
    assert nights_refunded(nights, "2024-01-29..2024-03-01") == 0
    assert total_refund(nights) == 150 * 500_00
    assert nights[-1].window == period("2023-10-01..2024-10-01")


def test_the_running_year_starts_with_the_first_night_after_the_reform() -> None:
    nights = refunded("nord 2023-09-01..2023-09-30", "nord 2023-12-24..2024-12-31")
    assert nights_refunded(nights, "2023-12-24..2024-04-22") == 120
    assert nights_refunded(nights, "2024-04-22..2024-12-24") == 0
    assert nights_refunded(nights, "2024-12-24..2024-12-31") == 7


def test_after_a_running_year_the_next_night_starts_another() -> None:
    nights = refunded("nord 2023-10-01..2023-10-02", "nord 2024-11-15..2025-11-15")
    assert [each.window for each in nights] == [
        period("2023-10-01..2024-10-01"),
        period("2024-11-15..2025-11-15"),
        period("2024-11-15..2025-11-15"),
    ]
    assert [each.refunded for each in nights] == [True, True, False]


def test_a_running_year_from_29_february_ends_on_28_february() -> None:
    nights = refunded("nord 2024-02-29..2025-03-01")
    assert nights_refunded(nights, "2024-02-29..2025-02-28") == 120
    assert nights_refunded(nights, "2025-02-28..2025-03-01") == 1


# On 2026-04-01 the limit falls from 120 nights to 90. Moved in on 22 December 2025, a person has
# had 100 nights refunded by then.

HUNDRED_USED = "nord 2025-12-22..2026-12-31"


def test_a_running_year_that_continues_past_its_new_limit_gives_no_more() -> None:
    nights = refunded(HUNDRED_USED, table=law(OpenWindows.CONTINUE))
    assert nights_refunded(nights, "2025-12-22..2026-04-01") == 100
    assert nights_refunded(nights, "2026-04-01..2026-12-22") == 0
    assert nights_refunded(nights, "2026-12-22..2026-12-31") == 9


def test_a_running_year_that_restarts_gives_all_of_the_new_limit() -> None:
    nights = refunded(HUNDRED_USED, table=law(OpenWindows.RESTART))
    assert nights_refunded(nights, "2025-12-22..2026-04-01") == 100
    assert nights_refunded(nights, "2026-04-01..2026-06-30") == 90
    assert nights_refunded(nights, "2026-06-30..2026-12-31") == 0


def test_a_running_year_that_continues_gives_what_the_new_limit_leaves() -> None:
    nights = refunded("nord 2026-02-20..2026-12-31", table=law(OpenWindows.CONTINUE))
    assert nights_refunded(nights, "2026-02-20..2026-04-01") == 40
    assert nights_refunded(nights, "2026-04-01..2026-12-31") == 50


def test_a_running_year_that_restarts_is_shown_as_ended_on_that_day() -> None:
    nights = refunded(HUNDRED_USED, table=law(OpenWindows.RESTART))
    assert nights[0].window == period("2025-12-22..2026-04-01")


def limits(*lines: str) -> RefundRuleTable:
    """A table of lines such as "2024-01-01 120" or "2024-06-01 none"."""
    rules = []
    for line in lines:
        valid_from, limit = line.split()
        rules.append(
            LAW.rules[0].model_copy(
                update={
                    "id": f"from-{valid_from}",
                    "valid_from": day(valid_from),
                    "nights_per_running_year": None if limit == "none" else int(limit),
                }
            )
        )
    return LAW.model_copy(update={"rules": tuple(rules)})


@pytest.mark.parametrize(
    "stays",
    [
        ("nord 2024-01-01..2024-12-31",),
        ("nord 2024-01-01..2024-05-20", "nord 2024-07-01..2024-12-31"),
    ],
    ids=["nights under every rule", "no night under the rule without a limit"],
)
def test_a_rule_without_a_limit_ends_running_years(stays: tuple[str, ...]) -> None:
    table = limits("2024-01-01 100", "2024-06-01 none", "2024-07-01 100")
    nights = refunded(*stays, table=table)
    assert nights_refunded(nights, "2024-01-01..2024-06-01") == 100
    assert nights_refunded(nights, "2024-07-01..2024-10-09") == 100
    assert nights_refunded(nights, "2024-10-09..2024-12-31") == 0


def test_a_night_that_is_not_refunded_starts_a_running_year_too() -> None:
    table = limits("2024-01-01 0", "2024-06-01 100")
    nights = refunded("nord 2024-03-01..2024-03-02", "nord 2025-02-01..2025-04-01", table=table)
    assert [each.window for each in nights] == [
        period("2024-03-01..2025-03-01"),
        period("2024-03-01..2025-03-01"),
        period("2025-03-01..2026-03-01"),
    ]


def test_a_rule_that_refunds_none_of_a_price_still_uses_up_its_nights() -> None:
    nothing = RefundRule.model_validate(
        {**LAW.rules[1].model_dump(), "state_share": "0", "valid_from": "2024-01-01"}
    )
    nights = refunded(
        "nord 2024-01-01..2024-12-31", table=LAW.model_copy(update={"rules": (nothing,)})
    )
    assert total_refund(nights) == 0
    assert nights_refunded(nights, "2024-01-01..2024-12-31") == 120
