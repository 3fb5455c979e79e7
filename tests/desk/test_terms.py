"""`ofl terms …` as a person and a program meet it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from desk import terms as words
from desk.intake.files import read_terms
from desk.language import Language
from desk.phrases import PHRASES
from desk.phrases_terms import TERMS_PHRASES
from ledger.metrics.kinds import KINDS
from ledger.terms.reader import read_model
from projections.assumptions import Assumptions
from tests.desk.good_input import TERMS
from tests.desk.test_cli import ofl
from tests.ledger.metrics import plain

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
AGREEMENTS = [
    path
    for path in sorted(EXAMPLES.glob("*/*.yaml"))
    if "\nagreement:" in path.read_text(encoding="utf-8")
]
HOUSING = str(EXAMPLES / "housing-first" / "aarhus-hf-2.yaml")
ASSUMED = str(EXAMPLES / "assumptions-housing-first.yaml")


def answer(*arguments: str, ledger: Path, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ofl("terms", *arguments, "--json", ledger=ledger, code=code))
    return found


def test_check_needs_no_ledger_and_makes_none(tmp_path: Path) -> None:
    place = tmp_path / "none"
    found = answer("check", HOUSING, ledger=place)
    assert not place.exists()
    assert found["exposure"]["whole"] == {
        "before_caps": "23819616.00",
        "after_caps": "7900000.00",
    }
    assert {each["code"] for each in found["warnings"]} == {
        "law-followed",
        "tariff-stands-still",
        "no-year-cap",
    }
    for each in found["warnings"]:
        assert set(each["words"]) == {"en", "da"}


def test_a_refused_file_exits_with_1_and_names_every_problem(tmp_path: Path) -> None:
    path = tmp_path / "terms.yaml"
    path.write_text(TERMS.replace("people: 2", "people: 0").replace("limit:", "limt:", 1))
    said = ofl("terms", "check", str(path), ledger=tmp_path / "none", code=1)
    signed = ofl("agreement", "sign", str(path), ledger=tmp_path / "none", code=1)
    assert said == signed
    assert "line 7: people must be at least 1" in said
    assert "did you mean 'limit'?" in said


@pytest.mark.parametrize("path", AGREEMENTS, ids=lambda path: path.parent.name)
def test_every_example_is_told_whole_in_both_languages(path: Path) -> None:
    terms, _ = read_terms(path)
    told = {lang: words.told(terms, lang) for lang in Language}
    assert len(told[Language.EN]) == len(told[Language.DA])
    for lines in told.values():
        text = "\n".join(lines)
        assert "{" not in text
        for name in [m.id for m in terms.metrics] + [p.id for p in terms.parties]:
            assert name in text


def test_every_modifier_is_told() -> None:
    metric = (
        "id: job, kind: per_person, price: 1000, achieved_when: {indicator: works, equals: yes}, "
        "measured_at_months: [12], claim: {earliest_working_days: 15, latest_days: 60}, "
        "guards: {groups: [young], age_from: 18, age_below: 25, enrolled_from: 2024-02-01, "
        "referred_before: 2026-01-01, achieved_from: 2025-03-01}, "
        "multipliers: [{group: young, factor: 1.5}], deadweight: {share: 0.4, on: price}, "
        "indexation: [{valid_from: 2026-01-01, factor: 1.025}], negative: true, "
        "exclusive: {among: work, keep: best}, split: [{payer: fund, share: 1}]"
    )
    (found,) = plain.terms(metric, groups="[young]").metrics
    english = list(words.modifiers(found, Language.EN))
    assert english == [
        "Only for the groups young.",
        "Only from the age of 18, counted at enrolment.",
        "Only below the age of 25, counted at enrolment.",
        "Only if enrolled on 2024-02-01 or later.",
        "Only if referred before 2026-01-01.",
        "Only if achieved on 2025-03-01 or later.",
        "Claimable 15 working days after it was achieved.",
        "Not paid if it is measured more than 60 days after it was achieved.",
        "Group young: × 1.5.",
        "Achieved from 2026-01-01: × 1.025.",
        "40 % of each outcome is taken off: it would have come anyway.",
        "It costs the investors: it is taken off what they get.",
        "Of a person's outcomes among 'work', only the dearest is paid.",
        "Paid by fund 100 %.",
    ]
    danish = list(words.modifiers(found, Language.DA))
    assert len(danish) == len(english)
    assert "Gruppen young: × 1,5." in danish


def test_words_of_terms_are_in_both_languages_with_the_same_values() -> None:
    for key, (english, danish) in TERMS_PHRASES.items():
        assert PHRASES[key] == (english, danish), f"{key} stands in two places"
        values = [sorted(re.findall(r"\{(\w+)", text)) for text in (english, danish)]
        assert values[0] == values[1], key
        assert english
        assert danish


def test_every_kind_is_listed_in_both_languages(tmp_path: Path) -> None:
    found = answer("kinds", ledger=tmp_path)["kinds"]
    assert [each["kind"] for each in found] == list(KINDS)
    for each in found:
        assert each["about"]["en"]
        assert each["about"]["da"] not in {"", each["about"]["en"]}


def test_the_schema_of_assumptions_is_that_of_the_model(tmp_path: Path) -> None:
    schema = json.loads(ofl("terms", "schema", "--assumptions", ledger=tmp_path))
    text = Path(ASSUMED).read_text(encoding="utf-8")
    whole = read_model(text, Assumptions).model_dump(mode="json", exclude_none=True)
    jsonschema.validate(whole, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**whole, "chance": 1}, schema)


def test_simulate_answers_and_draws(tmp_path: Path) -> None:
    plot = tmp_path / "plan.svg"
    found = answer(
        "simulate", HOUSING, "--assumptions", ASSUMED, "--plot", str(plot), ledger=tmp_path
    )
    assert [each["scenario"] for each in found["scenarios"]] == ["low", "expected", "high"]
    assert found["scenarios"][2]["paid"] == "7900000.00" == found["most"]["after_caps"]
    assert plot.read_text(encoding="utf-8").startswith("<svg ")
    danish = ofl(
        "terms", "simulate", HOUSING, "--assumptions", ASSUMED, "--lang", "da", ledger=tmp_path
    )
    assert "7.900.000,00" in danish


def test_assumptions_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "assumed.yaml"
    text = Path(ASSUMED).read_text(encoding="utf-8")
    path.write_text(text.replace("people_a_month: 5", "people_a_month: 6"), encoding="utf-8")
    said = ofl("terms", "simulate", HOUSING, "--assumptions", str(path), ledger=tmp_path, code=1)
    assert "assumed.yaml, enrolments: 54 people, but the terms are for 45" in said
