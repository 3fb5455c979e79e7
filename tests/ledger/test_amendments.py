"""Terms amended and law enacted through the one door: what is refused, paid and corrected."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from desk.cli.session import VIEWS_FILE
from desk.dossier import item_lines
from desk.intake.files import read_rules, read_spells
from desk.language import Language
from ledger import events as e
from ledger.decide.refusal import AgainstTerms, FourEyes, NotFound
from ledger.decide.rows import Batch, EnrolmentRow, MeasurementRow, Row
from ledger.events import Recorded
from ledger.facts import Source
from ledger.metrics.base import Waiting
from ledger.money import Amount, from_exact, total
from ledger.service import Ledger
from ledger.terms.agreement import Terms
from ledger.terms.reader import read_model
from ledger.terms.shipped import support_refund_rules
from ledger.working import Working
from projections import report
from projections.explain import explain
from projections.follow import Views
from projections.verify import verify
from tests.desk.good_input import GOOD, TERMS, bring, small_ledger
from tests.ledger.policy.test_versions import DEARER, PRICED

FILE = Source(file="amended.yaml", sha256="0" * 64)
UNTIL = date(2025, 12, 31)


def terms(text: str) -> Terms:
    return read_model(text, Terms)


def opened(folder: Path, text: str = PRICED) -> Ledger:
    """Three people, enrolled on 1 February, 1 June and 1 October 2024, who all work ever after."""
    door = Ledger.create(
        folder / "ledger",
        "Fund",
        "DKK",
        "demo",
        actor="anna",
        clock=lambda: datetime(2027, 1, 1, tzinfo=UTC),
    )
    door.sign(terms(text), FILE)
    door.call_drawdown("small", Amount(200_00), date(2024, 1, 2))
    door.receive_capital("small-D01", "big", date(2024, 1, 3))
    people = {"X-1": date(2024, 2, 1), "X-2": date(2024, 6, 1), "X-3": date(2024, 10, 1)}
    enrolled = [EnrolmentRow("small", who, on) for who, on in people.items()]
    rows = tuple(Row(n, each) for n, each in enumerate(enrolled, start=2))
    door.import_enrolments(Batch("enrolments.csv", "1" * 64, rows))
    found = [
        MeasurementRow("small", who, months, date(2026, 1, 1), "works", "yes", "Validator")
        for who in people
        for months in (6, 12)
    ]
    measured = tuple(Row(n, each) for n, each in enumerate(found, start=2))
    door.import_measurements(Batch("measurements.csv", "2" * 64, measured))
    return door


def entitled(recorded: tuple[Recorded, ...]) -> list[tuple[str, str, str]]:
    """Of each entitlement: the day of achievement, the whole, and what is posted."""
    return [
        (
            str(event.achieved_on),
            str(event.total),
            str(total(part.amount for part in event.difference)),
        )
        for event in (each.event for each in recorded)
        if isinstance(event, e.EntitlementCalculated)
    ]


def sound(door: Ledger) -> bool:
    with closing(Views(door.location / VIEWS_FILE)) as views:  # type: ignore[operator]
        return verify(door, views).sound


def test_a_price_amended_midway_leaves_what_was_paid_and_changes_what_comes(tmp_path: Path) -> None:
    with opened(tmp_path) as door:
        first, _ = door.assess("small", date(2024, 12, 31))
        door.amend(terms(DEARER), date(2025, 2, 1), FILE)
        then, _ = door.assess("small", UNTIL)
        assert entitled(first.recorded) == [
            ("2024-08-01", "1000.00", "1000.00"),
            ("2024-12-01", "1000.00", "1000.00"),
        ]
        assert entitled(then.recorded) == [
            ("2025-02-01", "1500.00", "1500.00"),
            ("2025-04-01", "1500.00", "1500.00"),
            ("2025-06-01", "1500.00", "1500.00"),
            ("2025-10-01", "1500.00", "1500.00"),
        ]
        made, *rest = (each.event for each in then.recorded)
        assert isinstance(made, e.AssessmentMade)
        assert made.terms_version == 2
        assert {each.terms_version for each in rest if isinstance(each, e.OutcomeDecided)} == {2}
        assert sound(door)


def test_an_amendment_that_reaches_back_posts_only_the_difference(tmp_path: Path) -> None:
    with opened(tmp_path) as door:
        door.assess("small", UNTIL)
        door.propose_payments("small", UNTIL)
        door.amend(terms(DEARER), date(2024, 12, 1), FILE)
        done, _ = door.assess("small", UNTIL)
        assert entitled(done.recorded) == [
            ("2024-12-01", "1500.00", "500.00"),
            ("2025-02-01", "1500.00", "500.00"),
            ("2025-04-01", "1500.00", "500.00"),
            ("2025-06-01", "1500.00", "500.00"),
            ("2025-10-01", "1500.00", "500.00"),
        ]
        again, _ = door.assess("small", UNTIL)
        assert again.recorded == ()
        assert sound(door)


def test_who_amended_the_terms_cannot_approve_what_is_paid_by_them(tmp_path: Path) -> None:
    with opened(tmp_path) as door:
        door.actor = "bente"
        (amended,) = door.amend(terms(DEARER), date(2025, 1, 1), FILE).recorded
        door.actor = "anna"
        door.assess("small", UNTIL)
        door.propose_payments("small", UNTIL)
        door.actor = "bente"
        with pytest.raises(FourEyes, match="bente"):
            door.approve_payment("small-P001", UNTIL)
        why = explain(door, "small-P001")
    assert [each.position for each in why.amended] == [amended.position]
    judged = {str(item.entitlement.effective_on): item.terms.position for item in why.items}
    assert judged["2024-08-01"] == why.signed.position
    assert judged["2025-02-01"] == amended.position


def test_the_same_amendment_twice_is_recorded_once(tmp_path: Path) -> None:
    with opened(tmp_path) as door:
        assert len(door.amend(terms(DEARER), date(2025, 1, 1), FILE).recorded) == 1
        assert door.amend(terms(DEARER), date(2025, 1, 1), FILE).recorded == ()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_answers_tell_the_newest_terms(
    tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    """One investor commits more, one comes in, one that had paid nothing leaves."""
    new = "  - {id: %s, name: Another, roles: [investor]}\n"
    extra = "  - {investor: %s, amount: 50}\n"

    def with_investor(name: str, text: str) -> str:
        text = text.replace("investment:\n", new % name + "investment:\n" + extra % name)
        return text.replace("people: 9", "people: 12")

    more = with_investor("first", DEARER).replace("amount: 200}", "amount: 300}")
    last = with_investor("second", DEARER).replace("amount: 200}", "amount: 300}")
    place = tmp_path / "views.sqlite" if engine == "sqlite" else request.getfixturevalue("database")
    with opened(tmp_path) as door, closing(Views(place)) as views:
        for text in (more, last):
            door.amend(terms(text), date(2025, 1, 1), FILE)
        views.catch_up(door.log)
        (found,) = report.agreements(views)
        assert found.people == 12
        assert {
            each.investor: (each.committed, each.paid_in) for each in report.investors(views)
        } == {
            "big": (Amount(300_00), Amount(200_00)),
            "second": (Amount(50_00), Amount(0)),
        }


BIG = "- {id: big, name: Big, roles: [investor]}"


@pytest.mark.parametrize(
    ("before", "after", "on", "told"),
    [
        ("currency: DKK", "currency: EUR", "2025-01-01", "currency: DKK was agreed and stays"),
        ("signed_on: 2023-12-01", "signed_on: 2023-12-02", "2025-01-01", "signed_on"),
        ("starts_on: 2024-01-01", "starts_on: 2024-01-02", "2025-01-01", "starts_on"),
        ("people: 9", "people: 2", "2025-01-01", "3 are enrolled"),
        ("amount: 200}", "amount: 199.99}", "2025-01-01", "200.00 has been drawn on 'big'"),
        (BIG, BIG.replace("big", "bog"), "2025-01-01", "'big' must stay with the role 'investor'"),
        ("id: fund,", "id: other,", "2025-01-01", "'fund' must stay with the role 'outcome_payer'"),
        ("id: home,", "id: house,", "2025-01-01", "'home' must stay with the role 'provider'"),
        ("kind: yes_no", "kind: number", "2025-01-01", "indicators: 'works' must stay as it is"),
        ("Is in", "Is at", "2023-12-31", "cannot change on 2023-12-31"),
        ("Is in", "Is at", "2029-01-01", "cannot change on 2029-01-01"),
        ("rounding:", "amendments_apply_by: enrolment\nrounding:", "2025-01-01", "achievement was"),
        (
            "rounding:",
            "refund_law: {table: dk-refund, on_change: follow}\nrounding:",
            "2025-01-01",
            "there is no rule table 'dk-refund'",
        ),
    ],
)
def test_what_may_not_change_is_told(
    tmp_path: Path, before: str, after: str, on: str, told: str
) -> None:
    text = PRICED.replace(before, after)
    if before == BIG:
        text = text.replace("investor: big", "investor: bog").replace(
            "investor: big", "investor: bog"
        )
    if before == "id: fund,":
        text = text.replace("payer: fund", "payer: other")
    if before == "kind: yes_no":
        text = text.replace("equals: yes", "at_least: 1")
    with opened(tmp_path) as door:
        door.assess("small", UNTIL)
        head = door.log.head()
        with pytest.raises(AgainstTerms, match=told):
            door.amend(terms(text), date.fromisoformat(on), FILE)
        assert door.log.head() == head


def test_an_agreement_that_was_never_signed_is_not_amended(tmp_path: Path) -> None:
    with opened(tmp_path) as door, pytest.raises(NotFound):
        door.amend(terms(PRICED.replace("small", "other")), date(2025, 1, 1), FILE)


def test_milestones_that_would_count_nights_twice_are_refused(tmp_path: Path) -> None:
    with small_ledger(tmp_path) as door:
        signed = door.agreement("youth-1").terms.model_dump(mode="json")

        def amend(**changes: object) -> None:
            metric = signed["metrics"][0] | changes
            door.amend(Terms.model_validate(signed | {"metrics": [metric]}), date(2023, 1, 1), FILE)

        with pytest.raises(AgainstTerms, match="12, 24 may grow or shrink at the end only"):
            amend(measured_at_months=[24])
        with pytest.raises(AgainstTerms, match="'other' would pay again"):
            amend(id="other")
        amend(measured_at_months=[12])
        with pytest.raises(AgainstTerms, match="12, 24 may grow"):
            amend(measured_at_months=[12, 18])
        amend(measured_at_months=[12, 24, 36])


# --- law ----------------------------------------------------------------------------------------


def ninety(*, renamed: bool = False) -> str:
    """The law as if the limit had been 90 nights from 1 October 2023, in YAML."""
    name = "half-90-from-2023" if renamed else "half-120-nights"
    return f"""
id: dk-shelter-refund
title: State refund of shelter nights, changed backwards in time (invented)
sources: [Invented for this test]
rules:
  - {{id: half-no-limit, valid_from: 1998-07-01, state_share: 0.50}}
  - {{id: {name}, valid_from: 2023-10-01, state_share: 0.50, nights_per_running_year: 90}}
  - {{id: half-90-nights, valid_from: 2026-04-01, state_share: 0.50, nights_per_running_year: 90}}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    return path


DEMO_UNTIL = date(2026, 10, 1)


def test_a_limit_lowered_backwards_in_time_changes_what_is_owed_by_the_differences(
    demo: Path, tmp_path: Path
) -> None:
    """120 → 90 nights from 1 October 2023, on agreements that follow the law."""
    table = read_rules(written(tmp_path, ninety()))
    with Ledger(demo, actor="jonas.controller") as door:
        (enacted,) = door.enact(table).recorded
        assert enacted.effective_on == date(2023, 10, 1)
        assert door.enact(table).recorded == ()
        for name in ("aarhus-hf-1", "aarhus-hf-2"):
            state = door.agreement(name)
            before = {claim: total(p.amount for p in c.parts) for claim, c in state.claims.items()}
            done, assessment = door.assess(name, DEMO_UNTIL)
            changed = [
                each.event
                for each in done.recorded
                if isinstance(each.event, e.EntitlementCalculated)
            ]
            assert changed
            for event in changed:
                assert event.corrects is not None
                posted = total(part.amount for part in event.difference)
                assert posted == event.total - before[event.claim]
                assert event.achieved_on > date(2023, 10, 1)
            fresh = total(total(part.amount for part in event.difference) for event in changed)
            owed = total(each.entitlement.total for each in assessment.decided if each.entitlement)
            assert owed == total(before.values()) + fresh
            assert door.assess(name, DEMO_UNTIL)[0].recorded == ()
        assert sound(door)


def test_a_rule_in_force_is_dropped_only_if_told(demo: Path, tmp_path: Path) -> None:
    table = read_rules(written(tmp_path, ninety(renamed=True)))
    with Ledger(demo, actor="jonas.controller") as door:
        with pytest.raises(AgainstTerms, match=r"'half-120-nights' \(since 2023-10-01\)"):
            door.enact(table)
        assert len(door.enact(table, drop=True).recorded) == 1


@pytest.mark.parametrize("on_change", ["follow", "freeze", "renegotiate"])
def test_agreements_meet_new_law_as_their_terms_say(
    demo: Path, tmp_path: Path, on_change: str
) -> None:
    """A new agreement beside the demo's, in force before the change is enacted."""
    table = read_rules(written(tmp_path, ninety()))
    with Ledger(demo, actor="jonas.controller") as door:
        signed = door.agreement("aarhus-hf-2").terms.model_dump(mode="json")
        signed["refund_law"]["on_change"] = on_change
        door.amend(Terms.model_validate(signed), date(2024, 6, 1), FILE)
        door.assess("aarhus-hf-2", DEMO_UNTIL)
        before = door.agreement("aarhus-hf-2").claims.copy()
        door.enact(table)
        done, assessment = door.assess("aarhus-hf-2", DEMO_UNTIL)
        waits = sum(each.waiting is Waiting.RENEGOTIATION for each in assessment.waiting)
        corrected = entitled(done.recorded)
        if on_change == "follow":
            assert corrected
        else:
            assert done.recorded == ()
        assert bool(waits) == (on_change == "renegotiate")
        assert door.agreement("aarhus-hf-2").claims.keys() == before.keys()
        if on_change == "renegotiate":
            door.amend(Terms.model_validate(signed), date(2024, 6, 1), FILE)
            done, assessment = door.assess("aarhus-hf-2", DEMO_UNTIL)
            assert entitled(done.recorded)
            assert not [w for w in assessment.waiting if w.waiting is Waiting.RENEGOTIATION]
        assert sound(door)


# --- the refund of support ----------------------------------------------------------------------

SUPPORTED = GOOD | {
    "terms": TERMS.replace(
        "    state_side:",
        "    support:\n"
        "      indicator: support\n"
        "      decided: support-decided\n"
        "      cost_per_day: [{valid_from: 2021-01-01, amount: 100.00}]\n"
        "      table: dk-support-refund\n"
        "    state_side:",
    ).replace(
        "metrics:",
        "  - {id: support, title: Is given support at home, kind: spell}\n"
        "  - {id: support-decided, title: Has a decision on support, kind: spell}\n"
        "metrics:",
    ),
    "enrolments": "agreement,person_id,enrolled_on\nyouth-1,QX-7001,2024-02-03\n",
    "stays": (
        "stay_id,person_id,shelter,admitted,discharged\n"
        "ST-501,QX-7001,herberg-nord,2024-01-06,2024-02-03\n"
    ),
    "measurements": (
        "agreement,person_id,milestone_months,measured_on,indicator,value,validator\n"
        "youth-1,QX-7001,12,2025-02-09,no-shelter,yes,Validator Example ApS\n"
    ),
}
SPELLS = """\
agreement,spell_id,person_id,indicator,started,ended
youth-1,SP-1,QX-7001,support,2024-02-03,2024-05-13
youth-1,SP-2,QX-7001,support-decided,2024-01-20,
"""


def test_support_that_the_state_refunds_is_taken_off_what_it_saves(tmp_path: Path) -> None:
    """100 days at 100.00 from the discharge: the state gives 5,000.00 back, the town keeps it."""
    with small_ledger(tmp_path, SUPPORTED) as door:
        assert door.law().rules["dk-support-refund"][1] == support_refund_rules()
        bring(door, "stays", tmp_path / "stays.csv", covers_until=date(2025, 6, 1))
        door.call_drawdown("youth-1", Amount(1000_00), date(2024, 1, 4))
        door.receive_capital("youth-1-D01", "dsi", date(2024, 1, 6))
        until = date(2025, 6, 1)
        first, _ = door.assess("youth-1", until)
        (tmp_path / "spells.csv").write_text(SPELLS, encoding="utf-8")
        door.import_spells(read_spells(tmp_path / "spells.csv"))
        then, _ = door.assess("youth-1", until)
        (before,), (after,) = (
            [
                each.event
                for each in done.recorded
                if isinstance(each.event, e.EntitlementCalculated)
            ]
            for done in (first, then)
        )
        assert isinstance(after.working, Working)
        assert isinstance(before.working, Working)
        state, was = after.working.state, before.working.state
        town, town_was = after.working.municipality, before.working.municipality
        assert state is not None
        assert was is not None
        assert town is not None
        assert town_was is not None
        assert from_exact(state.gain) == from_exact(was.gain) - 5_000_00
        assert from_exact(town.gain) == from_exact(town_was.gain) + 5_000_00
        assert [each.by for each in after.working.steps] == ["100 x 100.00 x 0.50"]
        assert {each.rule for each in after.gains} == {"half-120-nights", "half-support-two-years"}
        assert total(part.amount for part in after.difference) == Amount(-5_000_00 + 1_350_00)
        door.propose_payments("youth-1", until)
        told = "\n".join(item_lines(explain(door, "youth-1-P001"), 2, Language.EN))
        assert "5,000.00 refunded of support" in told
        assert sound(door)
