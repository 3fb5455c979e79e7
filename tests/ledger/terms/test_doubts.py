"""Each doubt is raised where it should be, is not where it should not, and has words."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from desk.language import Language
from desk.phrases import PHRASES
from desk.terms import doubt_told
from ledger.terms.agreement import Terms
from ledger.terms.doubts import doubts
from ledger.terms.reader import read_model
from ledger.terms.shipped import shelter_refund_rules
from tests.desk.good_input import TERMS

# Caps for everything and every year, everybody pays, no law to come: nothing to talk about.
CALM = """
agreement: calm
title: Nothing to talk about
currency: DKK
signed_on: 2023-12-01
starts_on: 2024-01-01
ends_on: 2026-12-31
people: 10
parties:
  - {id: fund, name: The fund, roles: [outcome_payer]}
  - {id: town, name: The town, roles: [co_payer]}
  - {id: home, name: The home, roles: [provider]}
  - {id: bank, name: The bank, roles: [investor]}
  - {id: friend, name: The friend, roles: [guarantor]}
investment: [{investor: bank, amount: 1000.00}]
guarantee: {guarantor: friend, kind: first_loss, amount: 100.00}
indicators:
  - {id: works, title: Is in work, kind: yes_no}
  - {id: studies, title: Studies, kind: yes_no}
  - {id: units, title: Units, kind: number}
  - {id: job, title: Has a job, kind: spell}
metrics:
  - {id: work, kind: per_person, measured_at_months: [12], price: 100.00,
     achieved_when: {indicator: works, equals: yes}}
  - {id: study, kind: per_person, measured_at_months: [12], price: 100.00,
     achieved_when: {indicator: studies, equals: yes}}
split: [{payer: fund, share: 0.5}, {payer: town, share: 0.5}]
caps: [{scope: year, limit: 900.00}, {scope: agreement, limit: 1500.00}]
rounding: {residual_payer: fund, residual_investor: bank}
"""
NIGHTS = TERMS.replace("ends_on: 2028-12-31", "ends_on: 2022-03-01").replace("[12, 24]", "[12]")
UNTIL_2030: dict[str, object] = {"ends_on": "2030-12-31"}


def changed(text: str, **changes: object) -> Terms:
    """The terms with keys replaced; `work` and `study` change that metric."""
    whole: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - all is text
    for key, value in changes.items():
        named = [each for each in whole["metrics"] if each["id"] == key]
        if named and isinstance(value, dict):
            named[0].update(value)
        else:
            whole[key] = value
    return read_model(yaml.safe_dump(whole), Terms)


def raised(terms: Terms) -> dict[str, str]:
    """Every doubt's code and what it is about."""
    law = shelter_refund_rules() if terms.refund_law else None
    if terms.refund_law and law and terms.refund_law.table != law.id:
        law = None
    return {each.code: each.about for each in doubts(terms, law)}


def metric(**keys: object) -> list[object]:
    """The calm metrics and one more."""
    calm: list[object] = yaml.load(CALM, Loader=yaml.BaseLoader)["metrics"]  # noqa: S506
    return [*calm, {"id": "more", **keys}]


YEAR, ALL = {"scope": "year", "limit": "900.00"}, {"scope": "agreement", "limit": "1500.00"}
TWELVE = {"measured_at_months": ["12"], "price": "100.00"}
FEE = {"kind": "service_fee", "dated": [{"on": "2025-01-01", "amount": "5.00"}]}
PARTIES = yaml.load(CALM, Loader=yaml.BaseLoader)["parties"]  # noqa: S506
INVESTS_TOO = [{**PARTIES[0], "roles": ["outcome_payer", "investor"]}, *PARTIES[1:]]
TOWN_PAYS = {"payer": "town", "share": "1"}

GIVEN: list[tuple[str, dict[str, object], dict[str, object]]] = [
    # code, the change that raises it, a change like it that does not
    ("payer-pays-nothing", {"split": [{"payer": "fund", "share": "1"}]}, {}),
    (
        "share-zero",
        {"split": [{"payer": "fund", "share": "1"}, {"payer": "town", "share": "0"}]},
        {"split": [{"payer": "fund", "share": "0.99"}, {"payer": "town", "share": "0.01"}]},
    ),
    (
        "guarantee-covers-all",
        {"guarantee": {"guarantor": "friend", "kind": "first_loss", "amount": "1000.00"}},
        {"guarantee": {"guarantor": "friend", "kind": "first_loss", "amount": "999.99"}},
    ),
    (
        "residual-holder-capped",
        {"caps": [YEAR, ALL, {"scope": "payer", "payer": "fund", "limit": "9.00"}]},
        {"caps": [YEAR, ALL, {"scope": "payer", "payer": "town", "limit": "9.00"}]},
    ),
    (
        "milestone-out-of-reach",
        {"work": {"measured_at_months": ["12", "36"]}},
        {"work": {"measured_at_months": ["12", "35"]}},
    ),
    (
        "time-out-of-reach",
        {"metrics": metric(kind="sustained", indicator="job", continuity="continuous",
                           steps=[{"weeks": "157", "price": "1.00"}])},
        {"metrics": metric(kind="sustained", indicator="job", continuity="continuous",
                           steps=[{"weeks": "156", "price": "1.00"}])},
    ),
    ("price-not-dated", UNTIL_2030, {"ends_on": "2027-01-01"}),
    (
        "guard-needs-birth",
        {"work": {"guards": {"age_from": "18"}}},
        {"work": {"guards": {"enrolled_from": "2024-02-01"}}},
    ),
    (
        "guard-needs-referral",
        {"work": {"guards": {"referred_before": "2025-01-01"}}},
        {"work": {"guards": {"enrolled_before": "2025-01-01"}}},
    ),
    (
        "guard-leaves-nobody",
        {"work": {"guards": {"enrolled_before": "2024-01-01"}}},
        {"work": {"guards": {"enrolled_before": "2024-01-02"}}},
    ),
    (
        "exclusive-alone",
        {"work": {"exclusive": {"among": "aim", "keep": "first"}}},
        {"work": {"exclusive": {"among": "aim", "keep": "first"}},
         "study": {"exclusive": {"among": "aim", "keep": "first"}}},
    ),
    (
        "deadweight-without-people",
        {"metrics": metric(**FEE, deadweight={"share": "0.2", "on": "count"})},
        {"work": {"deadweight": {"share": "0.2", "on": "count"}}},
    ),
    ("no-agreement-cap", {"caps": [YEAR]}, {"caps": [
        YEAR, {"scope": "payer", "payer": "fund", "limit": "800.00"},
        {"scope": "payer", "payer": "town", "limit": "800.00"}]}),
    ("no-year-cap", {"caps": [ALL]}, {"caps": [YEAR]}),
    (
        "unbounded",
        {"metrics": metric(kind="units", indicator="units", price="1.00"), "caps": []},
        {"metrics": metric(kind="units", indicator="units", price="1.00"),
         "caps": [{"scope": "metric", "metric": "more", "limit": "9.00"}]},
    ),
    (
        "person-cap-without-people",
        {"metrics": metric(**FEE), "caps": [YEAR, ALL, {"scope": "person", "limit": "150.00"}]},
        {"caps": [YEAR, ALL, {"scope": "person", "limit": "150.00"}]},
    ),
    (
        "return-to-itself",
        {"parties": INVESTS_TOO, "investment": [{"investor": "fund", "amount": "1000.00"}],
         "rounding": {"residual_payer": "fund", "residual_investor": "fund"},
         "caps": [YEAR, ALL, {"scope": "return", "multiple": "1.1"}]},
        {"caps": [YEAR, ALL, {"scope": "return", "multiple": "1.1"}]},
    ),
    (
        "return-with-internal",
        {"investment": [
            {"investor": "bank", "amount": "1000.00"},
            {"investor": "pool", "amount": "500.00", "instrument": "internal"}],
         "parties": [*PARTIES, {"id": "pool", "name": "The pool", "roles": ["investor"]}],
         "waterfall": [{"to": ["bank", "pool"], "up_to": "principal"},
                       {"to": ["bank"], "up_to": "all"}],
         "caps": [YEAR, ALL, {"scope": "return", "multiple": "1.1"}]},
        {"caps": [YEAR, ALL, {"scope": "return", "multiple": "1.1"}]},
    ),
    (
        "cap-out-of-reach",
        {"caps": [YEAR, {"scope": "agreement", "limit": "2000.01"}]},
        {"caps": [YEAR, {"scope": "agreement", "limit": "2000.00"}]},
    ),
]  # fmt: skip

FROZEN = {"table": "dk-shelter-refund", "on_change": "freeze"}
FOLLOWED = {"table": "dk-shelter-refund", "on_change": "follow"}
AFTER_THE_LAST_RULE = {"signed_on": "2026-04-01", "starts_on": "2026-04-01",
                       "ends_on": "2027-03-31"}  # fmt: skip
GIVEN_ON_NIGHTS: list[tuple[str, dict[str, object], dict[str, object]]] = [
    (
        "law-frozen",
        {"refund_law": FROZEN, "ends_on": "2024-03-01"},
        {"refund_law": FROZEN, "ends_on": "2022-03-01"},
    ),
    (
        "law-followed",
        {"refund_law": FOLLOWED, "ends_on": "2024-03-01"},
        {"refund_law": FOLLOWED, **AFTER_THE_LAST_RULE},
    ),
    ("law-unknown", {"refund_law": {**FROZEN, "table": "another"}}, {"refund_law": FROZEN}),
    (
        "no-nights-to-save",
        {"ends_on": "2026-01-01", "shelter-nights-saved": {
            "measured_at_months": ["12", "18", "24"],
            "counterfactual": {"nights_per_year": "181", "reference_tariffs": [
                {"valid_from": "2021-01-01", "per_night": "9.00", "own_payment": "1.00"}]}}},
        {"ends_on": "2026-01-01", "shelter-nights-saved": {
            "measured_at_months": ["12", "18", "24"],
            "counterfactual": {"nights_per_year": "182", "reference_tariffs": [
                {"valid_from": "2021-01-01", "per_night": "9.00", "own_payment": "1.00"}]}}},
    ),
    ("tariff-stands-still", {"ends_on": "2022-01-02"}, {"ends_on": "2022-01-01"}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "change", "like_it"), GIVEN, ids=lambda each: str(each)[:30])
def test_a_doubt_is_raised_and_not_where_nothing_is_doubtful(
    code: str, change: dict[str, object], like_it: dict[str, object]
) -> None:
    assert code in raised(changed(CALM, **change))
    assert code not in raised(changed(CALM, **like_it))


@pytest.mark.parametrize(("code", "change", "like_it"), GIVEN_ON_NIGHTS, ids=lambda e: str(e)[:30])
def test_a_doubt_about_nights_and_their_law(
    code: str, change: dict[str, object], like_it: dict[str, object]
) -> None:
    assert code in raised(changed(NIGHTS, **change))
    assert code not in raised(changed(NIGHTS, **like_it))


def test_there_is_nothing_to_say_of_calm_terms() -> None:
    assert raised(changed(CALM)) == {}


def test_every_doubt_is_tried_and_has_words_for_its_values() -> None:
    tried = [*GIVEN, *GIVEN_ON_NIGHTS]
    worded = {key.removeprefix("doubt_") for key in PHRASES if key.startswith("doubt_")}
    assert {code for code, _, _ in tried} == worded
    for text, given in ((CALM, GIVEN), (NIGHTS, GIVEN_ON_NIGHTS)):
        for code, change, _ in given:
            terms = changed(text, **change)
            law = None if code == "law-unknown" else shelter_refund_rules()
            (found, *_) = [each for each in doubts(terms, law) if each.code == code]
            said = {lang: doubt_told(found, lang) for lang in Language}
            assert said[Language.EN] != said[Language.DA]
            for words in said.values():
                assert "{" not in words
                assert found.about in words
