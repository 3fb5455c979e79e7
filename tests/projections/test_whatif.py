"""What if: the same policy on other facts, beside what is recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from desk.demo import example_folder
from desk.intake import files
from ledger.decide.refusal import AlreadyDone, NotFound
from ledger.decide.rows import BankRow
from ledger.decide.state import AgreementState, LawState
from ledger.facts import Reading
from ledger.model import Position
from ledger.money import Amount, total
from ledger.policy.assess import assess
from ledger.service import Ledger
from ledger.terms.agreement import Terms
from ledger.working import owed_by
from projections.moment import head
from projections.whatif import kept
from projections.whatif.compare import Compared
from projections.whatif.folded import fold, recorded
from projections.whatif.fund import NOTHING, Known, Question, stands, whatif
from projections.whatif.overlay import supposed_law
from projections.whatif.packed import pack, unpack
from projections.whatif.replay import as_decided, replay
from projections.whatif.scenario import Scenario
from projections.whatif.unfit import Unfit
from tests.corrections.nights import NIGHTS
from tests.corrections.story import Story, batch
from tests.histories import RandomHistory, play, scratch
from tests.projections.suppositions import (
    SUPPOSITIONS,
    Supposition,
    about_the_same,
    fits,
    had_been,
    metric_of,
    stays_of,
)
from tests.trials import parts

SEEDS = parts(3, 40)
SUPPOSED = parts(6, 200)
"""Of those in which much is supposed, which is soon done."""


def scenario(*changes: dict[str, Any], name: str = "a-scenario") -> Scenario:
    return Scenario.model_validate({"name": name, "text": "A test.", "changes": list(changes)})


def ask(ledger: Ledger, after: Scenario, before: Scenario = NOTHING, jobs: int = 1) -> Compared:
    return whatif(ledger, [Question(before, after)], head(ledger.log), jobs=jobs)[0]


def told(seed: int, folder: str) -> RandomHistory:
    """A random history that has decided something: of the seed, or else of one further on."""
    history = play(Path(folder) / f"{seed}", seed, steps=14)
    for _ in range(6):
        history.work_a_season()
    if sum(len(each.claims) for each in history.ledger().agreements().values()) > 1:
        return history
    history.close()
    return told(seed + 1_000, folder)


def known(ledger: Ledger) -> Known:
    return Known.at(ledger, Position(ledger.log.head()[0]))


def assessed_states(ledger: Ledger) -> Iterator[tuple[LawState, AgreementState]]:
    with closing(known(ledger)) as here:
        for name in ledger.agreements():
            state = here.state(name)
            if state.assessments:
                yield here.law, state


# --- nothing supposed -------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_replaying_everything_gives_what_is_recorded(seed: int) -> None:
    with scratch() as folder, closing(told(seed, folder)) as history:
        ledger, count = history.ledger(), 0
        for law, state in assessed_states(ledger):
            folded = fold(state, law)
            until = folded.assessed
            assert until is not None
            if not folded.all_assessed(law):
                # What was recorded since is decided now; then all that is known is assessed.
                ledger.command_id = f"now-{state.agreement}"
                ledger.assess(state.agreement, until)
                with closing(known(ledger)) as now:
                    state = now.state(state.agreement)  # noqa: PLW2901 - as it is now
                folded = fold(state, law)
            again = as_decided(folded, replay(folded, state.facts(law), until).standings)
            stood = recorded(state)
            assert again.keys() == stood.keys()
            assert all(again[name].same(each) for name, each in stood.items())
            count += len(stood)
        assert count > 1
        before = ledger.log.head()
        found = ask(ledger, NOTHING)
        assert (found.changed, found.unassessed, found.agreements) == (0, 0, [])
        assert ledger.log.head() == before


# --- as if the facts had been so from the start -----------------------------------------------


def compare_with_having_been_so(
    ledger: Ledger, law: LawState, state: AgreementState, suppositions: list[Supposition]
) -> int:
    """How many outcomes were compared, of which none differs."""
    asked = scenario(*(each.change for each in suppositions))
    folded = fold(state, law)
    until = folded.assessed
    assert until is not None
    law_supposed = supposed_law(asked, law)
    after = stands(asked, law, law_supposed, folded).outcomes
    remembered = unpack(pack(folded, law), law)
    assert stands(asked, law, law_supposed, remembered).outcomes == after
    other_law, other = had_been(ledger, state, suppositions)
    decided = {
        f"{state.agreement}/{each.outcome.unit}/{each.outcome.metric}/{each.outcome.key}": each
        for each in assess(other.facts(other_law), until).decided
    }
    told = [each.change for each in suppositions]
    for name, each in decided.items():
        owed = owed_by(each.entitlement.parts if each.entitlement else ())
        assert (after[name].achieved, after[name].owed) == (each.outcome.achieved, owed), told
    for name in after.keys() - decided.keys():
        assert after[name].waits or not after[name].owed, told
    return len(decided)


@pytest.mark.parametrize("seed", SUPPOSED)
def test_a_scenario_is_as_if_the_facts_had_been_so_from_the_start(seed: int) -> None:
    with scratch() as folder, closing(told(seed, folder)) as history:
        ledger, count, random = history.ledger(), 0, Random(seed)  # noqa: S311 - a tale
        for law, state in assessed_states(ledger):
            for suppose in SUPPOSITIONS:
                one = suppose(random, state)
                if one is not None and fits(one, state):
                    count += compare_with_having_been_so(ledger, law, state, [one])
            for _ in range(8):
                some = [s(random, state) for s in random.sample(SUPPOSITIONS, 3)]
                fitting = [each for each in some if each is not None and fits(each, state)]
                if not about_the_same(state, fitting):
                    count += compare_with_having_been_so(ledger, law, state, fitting)
        assert count > 20


# --- undone -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_a_scenario_and_its_opposite_change_nothing(seed: int) -> None:
    with scratch() as folder, closing(told(seed, folder)) as history:
        ledger = history.ledger()
        found, moved = 0, 0
        for _, state in assessed_states(ledger):
            random = Random(seed)  # noqa: S311 - a tale, not a secret
            there_and_back = list(_there_and_back(random, state))
            found += len(there_and_back)
            for there, back in there_and_back:
                assert ask(ledger, scenario(there, back)).changed == 0, (there, back)
                moved += ask(ledger, scenario(there)).changed > 0
        assert found > 3
        assert moved


def _there_and_back(
    random: Random, state: AgreementState
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    agreement = state.agreement
    rule = {"kind": "rule", "rule": "half-120-nights"}
    yield {**rule, "nights_per_running_year": "10"}, {**rule, "nights_per_running_year": "120"}
    metric = state.terms.metric("nights-saved")
    count = metric.counterfactual.nights_per_year  # type: ignore[attr-defined]
    fewer = {"kind": "counterfactual", "agreements": [agreement], "metric": metric.id}
    yield {**fewer, "nights_per_year": "7"}, {**fewer, "nights_per_year": str(count)}
    if stays := stays_of(state):
        ref, stay = random.choice(stays)
        person = {"kind": "stay", "agreement": agreement, "person": ref}
        yield (
            {**person, "do": "remove", "stay": stay.stay},
            {**person, "do": "add", **stay.model_dump(mode="json")},
        )
    for _, read in state.readings.values():
        assert isinstance(read.reading, Reading)
        reading = {"kind": "measurement", "agreement": agreement, "person": read.subject,
                   "indicator": read.indicator, "milestone_months": str(read.milestone_months),
                   "measured_on": str(read.measured_on)}  # fmt: skip
        yield (
            {**reading, "do": "remove"},
            {**reading, "do": "add", "value": read.reading.value},
        )
        return


# --- the sums ---------------------------------------------------------------------------------

NINETY = {"kind": "rule", "rule": "2023-10-01", "nights_per_running_year": "90"}
DEARER = {"kind": "cap", "scope": "agreement", "limit": "1000000.00"}


@pytest.fixture(name="aarhus")
def aarhus_ledger(demo: Path) -> Iterator[Ledger]:
    with Ledger(demo, actor="erik") as ledger:
        yield ledger


def assert_sums_hold(found: Compared) -> None:
    whole = total(each.difference for each in found.first)
    assert len(found.first) == found.changed
    assert whole == found.after - found.before
    assert whole == total(each.difference for each in found.payments)
    assert whole == total(each.after - each.before for each in found.years)
    assert whole == total(each.after - each.before for each in found.returns)
    for each in found.owed:
        assert each.after - each.paid == each.to_pay - each.to_claw_back
    for change in found.first:
        before, after = (total(each[side] for each in change.by_payer.values()) for side in (0, 1))
        assert (change.before, change.after) == (before, after)


def test_ninety_nights_instead_of_120_on_the_demo(aarhus: Ledger) -> None:
    found = ask(aarhus, scenario(NINETY))
    assert_sums_hold(found)
    assert (found.changed, found.outcomes, found.undecided, found.unassessed) == (105, 284, 0, 0)
    moved = {(each.agreement, each.payer): Amount(0) for each in found.owed}
    for each in found.owed:
        moved[each.agreement, each.payer] += each.difference
    assert {key: str(amount) for key, amount in moved.items()} == {
        ("aarhus-hf-1", "aarhus"): "327083.91",
        ("aarhus-hf-1", "state-fund"): "-678622.12",
        ("aarhus-hf-2", "aarhus"): "103521.51",
        ("aarhus-hf-2", "state-fund"): "-356052.43",
    }
    # Everything on the demo is paid, so what is less is claimed back and what is more is paid.
    assert str(total(each.to_claw_back for each in found.owed)) == "1034674.55"
    assert str(total(each.to_pay for each in found.owed)) == "430605.42"
    # One person had used up the agreement's ceiling; with the others' part smaller there is room.
    first = found.first[0]
    assert (first.before, str(first.after)) == (Amount(0), "123548.14")


def test_law_that_agreements_froze_is_theirs_unless_it_had_been_so(aarhus: Ledger) -> None:
    freeze = [
        {
            "kind": "terms",
            "terms": {
                **state.terms.model_dump(mode="json"),
                "refund_law": {"table": "dk-shelter-refund", "on_change": "freeze"},
            },
        }
        for state in aarhus.agreements().values()
    ]
    base = scenario(*freeze, name="frozen")
    assert ask(aarhus, scenario(*freeze, NINETY), base).changed == 0
    # Signed in 2024, the second agreement froze the rule of 2023; the first knew of none.
    had = ask(aarhus, scenario(*freeze, {**NINETY, "had_been": "true"}), base)
    assert had.agreements == ["aarhus-hf-2"]


def test_scenarios_are_compared_with_each_other(aarhus: Ledger) -> None:
    one, two = scenario(NINETY, name="ninety"), scenario(NINETY, DEARER, name="ninety-capped")
    questions = [Question(NOTHING, one), Question(NOTHING, two), Question(one, two)]
    first, second, between = whatif(aarhus, questions, head(aarhus.log))
    for each in (first, second, between):
        assert_sums_hold(each)
    assert first.after - first.before + (between.after - between.before) == (
        second.after - second.before
    )
    (whole,) = whatif(aarhus, [Question(one, one)], head(aarhus.log))
    assert whole.changed == 0


def test_the_answer_is_the_same_in_any_number_of_processes(aarhus: Ledger) -> None:
    asked = scenario(NINETY, DEARER)
    alone = ask(aarhus, asked)
    assert alone.changed
    assert ask(aarhus, asked, jobs=2) == alone
    few = whatif(aarhus, [Question(NOTHING, asked, 7)], head(aarhus.log), jobs=2)[0]
    assert few.first == alone.first[:7]
    assert (few.changed, few.owed, few.payments) == (alone.changed, alone.owed, alone.payments)


def amend_the_second(ledger: Ledger) -> None:
    terms, source = files.read_terms(example_folder() / "aarhus-hf-2.yaml")
    data = terms.model_dump(mode="json")
    metric_of(data, "shelter-nights-saved")["municipal_side"]["share"] = "0.12"
    ledger.amend(Terms.model_validate(data), date(2026, 1, 1), source)


def test_what_is_known_up_to_a_position_answers_the_same_later(aarhus: Ledger) -> None:
    asked, at = scenario(NINETY), head(aarhus.log)
    before = whatif(aarhus, [Question(NOTHING, asked)], at)
    amend_the_second(aarhus)
    aarhus.assess("aarhus-hf-2", date(2026, 10, 1))
    assert whatif(aarhus, [Question(NOTHING, asked)], head(aarhus.log)) != before
    assert whatif(aarhus, [Question(NOTHING, asked)], at) == before


def test_what_is_not_assessed_yet_is_told_apart(aarhus: Ledger) -> None:
    """Terms amended and not assessed count on both sides, and are counted."""
    amend_the_second(aarhus)
    nothing = ask(aarhus, NOTHING)
    assert (nothing.changed, nothing.unassessed) == (0, 48)
    found = ask(aarhus, scenario(NINETY))
    assert found.unassessed == 48
    aarhus.assess("aarhus-hf-2", date(2026, 10, 1))
    again = ask(aarhus, scenario(NINETY))
    assert again.unassessed == 0
    assert [(c.claim, c.after) for c in again.first] == [(c.claim, c.after) for c in found.first]


BESIDE_BIG = "Big, roles: [investor]}\n  - {id: other, name: Other, roles: [investor]}"


def test_capital_that_went_back_since_the_last_assessment_counts_on_both_sides(
    tmp_path: Path,
) -> None:
    """What is owed is owed to the others then, whatever is supposed of somebody else."""
    terms = NIGHTS.replace("Big, roles: [investor]}", BESIDE_BIG).replace(
        "amount: 200}", "amount: 200}\n  - {investor: other, amount: 200}"
    )
    story, until = Story(tmp_path, terms, "", date(2021, 1, 2)), date(2022, 12, 31)
    story.tariff("1000.00")
    story.enrol(ada=date(2021, 1, 1), bea=date(2021, 2, 1))
    story.register_until(until)
    story.measured("ada", 12, date(2022, 1, 3))
    story.door.call_drawdown("nights", Amount(400_00), date(2021, 1, 2))
    for line, minor, investor in (
        ("1", 200_00, "big"), ("2", 200_00, "other"), ("3", -200_00, "other")
    ):  # fmt: skip
        if line == "3":
            story.assess(until)
        on, item = date(2021, 1, 3), f"nights-D01/{investor}"
        story.door.import_bank(batch([BankRow("home", line, on, Amount(minor), item, "")]))
    assert [paid.investor for _, paid in story.door.agreement("nights").capital] == ["big"]
    asked = {"kind": "enrolment", "do": "remove", "agreement": "nights", "person": story.ref("bea")}
    found = ask(story.door, scenario(asked))
    assert (found.changed, found.unassessed) == (0, 1)


def test_an_outcome_that_would_wait_is_told_apart(aarhus: Ledger) -> None:
    state = aarhus.agreement("aarhus-hf-2")
    claim = next(each for each in state.claims.values() if each.parts)
    decided = claim.outcome
    found = ask(
        aarhus,
        scenario(
            {
                "kind": "measurement",
                "do": "remove",
                "agreement": "aarhus-hf-2",
                "person": decided.subject,
                "indicator": "no-shelter",
                "milestone_months": str(decided.milestone_months),
            }
        ),
    )
    waiting = [each for each in found.first if each.waits]
    assert [each.claim for each in waiting] == [decided.claim]
    assert found.undecided == 1
    assert found.undecided_before == total(part.amount for part in claim.parts)


# --- what does not fit ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"kind": "price", "metric": "shelter-nihgts", "price": "1.00",
             "agreements": ["aarhus-hf-1"]},
            ("changes, item 1: there is no metric in aarhus-hf-1 called 'shelter-nihgts'; "
            "did you mean 'shelter-nights-saved'?"),
        ),
        (
            {"kind": "price", "metric": "shelter-nihgts", "price": "1.00"},
            "changes, item 1: no agreement that is assessed has what is changed (shelter-nihgts)",
        ),
        (
            {"kind": "price", "metric": "shelter-nights-saved", "price": "1.00"},
            ("changes, item 1: shelter-nights-saved has no price of its own; "
            "say kind: metric, and set what it has"),
        ),
        (
            {"kind": "rule", "rule": "half-121-nights", "nights_per_running_year": "1"},
            ("changes, item 1: there is no rule in dk-shelter-refund 'half-121-nights'; "
            "did you mean 'half-120-nights'?"),
        ),
        (
            {"kind": "rule", "rule": "half-120-nights", "valid_from": "2027-01-01"},
            "changes, item 1: rules must stand in order of valid_from, each date once",
        ),
        (
            {"kind": "stay", "do": "remove", "agreement": "aarhus-hf-1", "person": "s1",
             "stay": "x"},
            "changes, item 1: there is no person enrolled in aarhus-hf-1 as 's1'; known are ",
        ),
        (
            {"kind": "tariff", "do": "remove", "shelter": "herberg-skovbrynet",
             "valid_from": "2024-02-02"},
            "changes, item 1: herberg-skovbrynet has no tariff from 2024-02-02, but from 2018",
        ),
        (
            {"kind": "split", "agreements": ["aarhus-hf-1"], "metric": "shelter-nights-saved",
             "split": [{"payer": "nobody", "share": "1"}]},
            "changes, item 1: metrics.1.split: each payer pays a share of its own gain here",
        ),
        (
            {"kind": "metric", "metric": "shelter-nights-saved", "set": {"shares": "1"}},
            "changes, item 1: there is no key of shelter_nights_saved called 'shares'; known are ",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_its_number(
    aarhus: Ledger, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(Unfit) as refused:
        ask(aarhus, scenario(change))
    assert str(refused.value).startswith(message)


def test_an_agreement_that_is_not_there_is_refused(aarhus: Ledger) -> None:
    change = {"kind": "enrolment", "do": "remove", "agreement": "aarhus-hf-3", "person": "s1"}
    with pytest.raises(NotFound, match="no agreement 'aarhus-hf-3'; did you mean 'aarhus-hf-"):
        ask(aarhus, scenario(change))


# --- kept -------------------------------------------------------------------------------------


def test_a_kept_scenario_is_read_back_as_it_was(tmp_path: Path) -> None:
    one, other = scenario(NINETY), scenario(DEARER)
    assert kept.keep(tmp_path, one)
    assert not kept.keep(tmp_path, one)
    with pytest.raises(AlreadyDone, match="--replace"):
        kept.keep(tmp_path, other)
    assert kept.named(tmp_path, "a-scenario") == one
    assert kept.named(tmp_path, "a-scenario").sha256 == one.sha256
    assert kept.keep(tmp_path, other, replace=True)
    assert [each.scenario for each in kept.kept(tmp_path)] == [other]
    with pytest.raises(NotFound, match="did you mean 'a-scenario'"):
        kept.named(tmp_path, "a-scenarios")


def test_the_hash_is_of_what_is_supposed() -> None:
    assert scenario(NINETY).sha256 == scenario(dict(reversed(NINETY.items()))).sha256
    assert scenario(NINETY).sha256 != scenario({**NINETY, "nights_per_running_year": "91"}).sha256
    # No limit is something else than nothing said of the limit.
    none = scenario({"kind": "rule", "rule": "x", "nights_per_running_year": None})
    assert json.loads(none.content)["changes"][0]["nights_per_running_year"] is None
