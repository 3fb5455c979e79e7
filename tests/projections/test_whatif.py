"""What if: the same policy on other facts, beside what is recorded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from desk.demo import example_folder
from desk.intake import files
from ledger import events as e
from ledger.decide.decision import agreement_stream
from ledger.decide.refusal import AlreadyDone, NotFound
from ledger.decide.state import AgreementState, LawState
from ledger.events import Recorded
from ledger.facts import Reading, Stay, TimeSpell
from ledger.model import Position, SubjectRef
from ledger.money import Amount, total
from ledger.policy.assess import assess
from ledger.service import Ledger
from ledger.terms.agreement import Terms
from projections.moment import Stamp
from projections.whatif import kept
from projections.whatif.compare import Compared
from projections.whatif.folded import fold, recorded
from projections.whatif.fund import NOTHING, Known, Question, stands, whatif
from projections.whatif.overlay import supposed_law
from projections.whatif.replay import as_decided, replay
from projections.whatif.scenario import Scenario
from projections.whatif.unfit import Unfit
from tests.histories import RandomHistory, play, scratch
from tests.trials import parts

SEEDS = parts(3, 40)


def head(ledger: Ledger) -> Stamp:
    position, recorded_at, chain = ledger.log.head()
    return Stamp(position, recorded_at, chain.hex())


def scenario(*changes: dict[str, Any], name: str = "a-scenario") -> Scenario:
    return Scenario.model_validate({"name": name, "text": "A test.", "changes": list(changes)})


def ask(ledger: Ledger, after: Scenario, before: Scenario = NOTHING, jobs: int = 1) -> Compared:
    return whatif(ledger, [Question(before, after)], head(ledger), jobs=jobs)[0]


def told(seed: int, folder: str) -> RandomHistory:
    """A random history that has decided something."""
    history = play(Path(folder) / "ledger", seed, steps=14)
    for _ in range(6):
        history.work_a_season()
    return history


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

Rewrite = Callable[[Recorded], Recorded | None]


@dataclass(frozen=True, slots=True)
class Supposition:
    """A change as a scenario says it, and what the events would have been instead."""

    change: dict[str, Any]
    rewrite: Rewrite
    more: tuple[Recorded, ...] = ()


def _event(recorded: Recorded, event: e.Event) -> Recorded:
    return replace(recorded, event=event)


def _terms(change: dict[str, Any], edit: Callable[[dict[str, Any]], object]) -> Supposition:
    """Terms that were otherwise from the signature on, in every version."""

    def rewrite(recorded: Recorded) -> Recorded:
        event = recorded.event
        if not isinstance(event, e.AgreementSigned | e.AgreementAmended):
            return recorded
        data = event.terms.model_dump(mode="json")
        edit(data)
        return _event(recorded, event.model_copy(update={"terms": Terms.model_validate(data)}))

    return Supposition(change, rewrite)


def _metric(data: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in data["metrics"] if each["id"] == name)


def price(random: Random, state: AgreementState) -> Supposition:
    amount = random.choice(("0.07", "1234.56", "66.66"))
    return _terms(
        {"kind": "price", "agreements": [state.agreement], "metric": "town", "price": amount},
        lambda data: _metric(data, "town").update(price=amount),
    )


def steps(random: Random, state: AgreementState) -> Supposition:
    fields = {"steps": [{"weeks": 13, "price": random.choice(("1.01", "4000.00"))}]}
    return _terms(
        {"kind": "metric", "agreements": [state.agreement], "metric": "jobs", "set": fields},
        lambda data: _metric(data, "jobs").update(fields),
    )


def nights(random: Random, state: AgreementState) -> Supposition:
    count = random.choice((0, 100, 300))
    return _terms(
        {"kind": "counterfactual", "metric": "nights-saved", "nights_per_year": str(count)},
        lambda data: _metric(data, "nights-saved")["counterfactual"].update(nights_per_year=count),
    )


def cap(random: Random, state: AgreementState) -> Supposition:
    limit = random.choice(("10000.01", "70000.00", "7.77"))
    scope = random.choice(("person", "agreement"))

    def edit(data: dict[str, Any]) -> None:
        own = [each for each in data["caps"] if each["scope"] == scope]
        for each in own:
            each["limit"] = limit
        if not own:
            data["caps"].append({"scope": scope, "limit": limit})

    change = {"kind": "cap", "agreements": [state.agreement], "scope": scope, "limit": limit}
    return _terms(change, edit)


def no_cap(random: Random, state: AgreementState) -> Supposition:
    del random
    return _terms(
        {"kind": "cap", "scope": "agreement", "remove": "true"},
        lambda data: data.update(caps=[c for c in data["caps"] if c["scope"] != "agreement"]),
    )


def split(random: Random, state: AgreementState) -> Supposition:
    payers = [each.payer for each in state.terms.split]
    shares = (
        ("1",) if len(payers) == 1 else random.choice((("0.9", "0.1"), ("0.000001", "0.999999")))
    )
    fresh = [{"payer": p, "share": s} for p, s in zip(payers, shares, strict=True)]
    return _terms({"kind": "split", "split": fresh}, lambda data: data.update(split=fresh))


def rule(random: Random, state: AgreementState) -> Supposition:
    limit = random.choice((0, 30, 90, 200))

    def rewrite(recorded: Recorded) -> Recorded:
        if not isinstance(event := recorded.event, e.RefundRuleEnacted):
            return recorded
        data = event.table.model_dump(mode="json")
        data["rules"][1]["nights_per_running_year"] = limit
        return _event(recorded, e.RefundRuleEnacted.model_validate({"table": data}))

    change = {"kind": "rule", "rule": "2023-10-01", "nights_per_running_year": str(limit)}
    return Supposition(change, rewrite)


def tariff(random: Random, state: AgreementState) -> Supposition:
    dearer = random.choice(("1.00", "2222.22"))

    def rewrite(recorded: Recorded) -> Recorded:
        if not isinstance(event := recorded.event, e.TariffsRecorded):
            return recorded
        tariffs = tuple(
            each.model_copy(update={"per_night": Amount.parse(dearer)})
            if (each.shelter, each.valid_from) == ("nord", date(2015, 1, 1))
            else each
            for each in event.tariffs
        )
        return _event(recorded, event.model_copy(update={"tariffs": tariffs}))

    change = {
        "kind": "tariff", "do": "replace", "shelter": "nord", "valid_from": "2015-01-01",
        "per_night": dearer,
    }  # fmt: skip
    return Supposition(change, rewrite)


def _stays(state: AgreementState) -> list[tuple[SubjectRef, Stay]]:
    return [(ref, stay) for ref, own in state.stays.items() for _, stay in own.values()]


def stay_removed(random: Random, state: AgreementState) -> Supposition | None:
    if not (stays := _stays(state)):
        return None
    ref, gone = random.choice(stays)

    def rewrite(recorded: Recorded) -> Recorded | None:
        event = recorded.event
        if not isinstance(event, e.StayRecorded) or event.subject != ref:
            return recorded
        assert isinstance(event.stay, Stay)
        return None if event.stay.stay == gone.stay else recorded

    change = {
        "kind": "stay", "do": "remove", "agreement": state.agreement, "person": ref,
        "stay": gone.stay,
    }  # fmt: skip
    return Supposition(change, rewrite)


def stay_replaced(random: Random, state: AgreementState) -> Supposition | None:
    if not (stays := _stays(state)):
        return None
    ref, stay = random.choice(stays)
    longer = (stay.discharged or stay.admitted) + timedelta(days=random.choice((1, 77, 400)))

    def rewrite(recorded: Recorded) -> Recorded:
        event = recorded.event
        if isinstance(event, e.StayRecorded) and event.subject == ref:
            assert isinstance(event.stay, Stay)
            if event.stay.stay == stay.stay:
                changed = event.stay.model_copy(update={"discharged": longer})
                return _event(recorded, event.model_copy(update={"stay": changed}))
        return recorded

    change = {
        "kind": "stay", "do": "replace", "agreement": state.agreement, "person": ref,
        "at": str(state.stays[ref][stay.stay][0]), "discharged": str(longer),
    }  # fmt: skip
    return Supposition(change, rewrite)


def stay_added(random: Random, state: AgreementState) -> Supposition | None:
    if not state.enrolled:
        return None
    ref, (_, enrolled) = random.choice(list(state.enrolled.items()))
    admitted = enrolled.enrolled_on + timedelta(days=random.choice((-50, 10, 200)))
    stay = {"stay": "new", "shelter": "nord-2", "admitted": str(admitted),
            "discharged": str(admitted + timedelta(days=99))}  # fmt: skip
    source = {"file": "new.csv", "sha256": "0" * 64}
    event = e.StayRecorded.model_validate({"subject": ref, "stay": stay, "source": source})
    new = Recorded(
        Position(10**6), agreement_stream(state.agreement), 0, "", admitted, "anna", "new", event
    )
    change = {"kind": "stay", "do": "add", "agreement": state.agreement, "person": ref, **stay}
    return Supposition(change, lambda recorded: recorded, (new,))


def measured_otherwise(random: Random, state: AgreementState) -> Supposition | None:
    known = [each for _, each in state.readings.values() if each.indicator == "no-shelter"]
    if not known:
        return None
    wrong = random.choice(known)
    assert isinstance(wrong.reading, Reading)
    other = {"yes": "no", "no": "yes"}[wrong.reading.value]
    gone = random.randrange(3) == 0

    def rewrite(recorded: Recorded) -> Recorded | None:
        event = recorded.event
        own = (wrong.subject, wrong.milestone_months)
        if not isinstance(event, e.MeasurementRecorded) or own != (
            event.subject, event.milestone_months
        ):  # fmt: skip
            return recorded
        value = Reading(value=other)
        return None if gone else _event(recorded, event.model_copy(update={"reading": value}))

    change = {
        "kind": "measurement", "do": "remove" if gone else "replace", "person": wrong.subject,
        "agreement": state.agreement, "indicator": "no-shelter",
        "milestone_months": str(wrong.milestone_months), **({} if gone else {"value": other}),
    }  # fmt: skip
    return Supposition(change, rewrite)


def job_ended(random: Random, state: AgreementState) -> Supposition | None:
    jobs = [(ref, job) for ref, own in state.spells.items() for _, job in own.values()]
    if not jobs:
        return None
    ref, job = random.choice(jobs)
    ended = job.started + timedelta(days=random.choice((0, 91, 182, 300)))

    def rewrite(recorded: Recorded) -> Recorded:
        event = recorded.event
        if isinstance(event, e.SpellRecorded) and event.subject == ref:
            assert isinstance(event.spell, TimeSpell)
            if event.spell.spell == job.spell:
                changed = event.spell.model_copy(update={"ended": ended})
                return _event(recorded, event.model_copy(update={"spell": changed}))
        return recorded

    change = {
        "kind": "spell", "do": "replace", "agreement": state.agreement, "person": ref,
        "spell": job.spell, "ended": str(ended),
    }  # fmt: skip
    return Supposition(change, rewrite)


def town_better(random: Random, state: AgreementState) -> Supposition | None:
    if not state.results:
        return None
    _, result = random.choice(list(state.results.values()))
    value = random.choice(("0.10", "0.99"))

    def rewrite(recorded: Recorded) -> Recorded:
        event = recorded.event
        if isinstance(event, e.CohortMeasured) and event.measured_on == result.measured_on:
            changed = Reading(value=value)
            return _event(recorded, event.model_copy(update={"reading": changed}))
        return recorded

    change = {
        "kind": "result", "do": "replace", "agreement": state.agreement, "indicator": "rate",
        "cohort": result.cohort, "measured_on": str(result.measured_on), "value": value,
    }  # fmt: skip
    return Supposition(change, rewrite)


def enrolled_otherwise(random: Random, state: AgreementState) -> Supposition | None:
    if not state.enrolled:
        return None
    ref, (_, enrolled) = random.choice(list(state.enrolled.items()))
    on = enrolled.enrolled_on + timedelta(days=random.choice((1, 90)))
    gone = random.randrange(3) == 0

    def rewrite(recorded: Recorded) -> Recorded | None:
        event = recorded.event
        if gone and getattr(event, "subject", None) == ref:
            return None
        if not isinstance(event, e.PersonEnrolled) or event.subject != ref:
            return recorded
        return _event(recorded, event.model_copy(update={"enrolled_on": on}))

    change = {
        "kind": "enrolment", "do": "remove" if gone else "replace", "person": ref,
        "agreement": state.agreement, **({} if gone else {"enrolled_on": str(on)}),
    }  # fmt: skip
    return Supposition(change, rewrite)


def amended(random: Random, state: AgreementState) -> Supposition:
    """Another share from a day on: the event that `ofl agreement amend` would record."""
    on = state.terms.starts_on + timedelta(days=random.choice((0, 200, 500)))
    on = min(on, state.terms.ends_on - timedelta(days=1))
    data = state.terms.model_dump(mode="json")
    _metric(data, "nights-saved")["state_side"]["share"] = "0.123456"
    side = _metric(data, "nights-saved")["state_side"]
    signed = state.require_signed()
    event = e.AgreementAmended(
        terms=Terms.model_validate(data),
        terms_version=state.terms_version + 1,
        rules_at_amendment=signed.rules_at_signature,
        support_rules_at_amendment=signed.support_rules_at_signature,
        source=signed.source,
    )
    new = Recorded(
        Position(10**6), agreement_stream(state.agreement), 0, "", on, "anna", "new", event
    )
    change = {
        "kind": "metric", "agreements": [state.agreement], "metric": "nights-saved",
        "set": {"state_side": side}, "valid_from": str(on),
    }  # fmt: skip
    return Supposition(change, lambda recorded: recorded, (new,))


SUPPOSITIONS: tuple[Callable[[Random, AgreementState], Supposition | None], ...] = (
    price, steps, nights, cap, no_cap, split, rule, tariff, stay_removed, stay_replaced,
    stay_added, measured_otherwise, job_ended, town_better, enrolled_otherwise, amended,
)  # fmt: skip

_DECIDED = {f"ledger.events.{page}" for page in ("outcomes", "guarantee", "payments", "clawback")}
"""Where the events stand that follow from facts."""


def _follows(event: e.Event) -> bool:
    own = (e.SettlementReversed, e.ReturnReversed)
    return type(event).__module__ in _DECIDED or isinstance(event, own)


def had_been(
    ledger: Ledger, state: AgreementState, suppositions: list[Supposition]
) -> tuple[LawState, AgreementState]:
    """The law and the agreement folded from facts that were so from the start, undecided."""
    law, other = LawState(), AgreementState(state.agreement)
    for events, target in (
        (ledger.law_events(), law),
        ([*ledger.read(agreement_stream(state.agreement))], other),
    ):
        more = [each for s in suppositions for each in s.more] if target is other else []
        for each in (*events, *more):
            found: Recorded | None = each
            for supposition in suppositions:
                found = found and supposition.rewrite(found)
            if found is not None and not _follows(found.event):
                target.apply(found)
    return law, other


def compare_with_having_been_so(
    ledger: Ledger, law: LawState, state: AgreementState, suppositions: list[Supposition]
) -> int:
    """How many outcomes were compared, of which none differs."""
    asked = scenario(*(each.change for each in suppositions))
    folded = fold(state, law)
    until = folded.assessed
    assert until is not None
    after = stands(asked, law, supposed_law(asked, law), folded).outcomes
    other_law, other = had_been(ledger, state, suppositions)
    decided = {
        f"{state.agreement}/{each.outcome.unit}/{each.outcome.metric}/{each.outcome.key}": each
        for each in assess(other.facts(other_law), until).decided
    }
    told = [each.change for each in suppositions]
    for name, each in decided.items():
        parts = each.entitlement.parts if each.entitlement else ()
        owed = {(part.payer, part.role, part.payee): part.amount for part in parts}
        assert (after[name].achieved, after[name].owed) == (each.outcome.achieved, owed), told
    for name in after.keys() - decided.keys():
        assert after[name].waits or not after[name].owed, told
    return len(decided)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_scenario_is_as_if_the_facts_had_been_so_from_the_start(seed: int) -> None:
    with scratch() as folder, closing(told(seed, folder)) as history:
        ledger, count, random = history.ledger(), 0, Random(seed)  # noqa: S311 - a tale
        for law, state in assessed_states(ledger):
            for suppose in SUPPOSITIONS:
                one = suppose(random, state)
                if one is not None and _fits(one, state):
                    count += compare_with_having_been_so(ledger, law, state, [one])
            for _ in range(6):
                some = [s(random, state) for s in random.sample(SUPPOSITIONS, 3)]
                fitting = [each for each in some if each is not None and _fits(each, state)]
                if not _about_the_same(fitting):
                    count += compare_with_having_been_so(ledger, law, state, fitting)
        assert count > 20


def _fits(supposition: Supposition, state: AgreementState) -> bool:
    scoped = supposition.change["kind"] == "cap" and "remove" in supposition.change
    return not scoped or any(each.scope == "agreement" for each in state.terms.caps)


def _about_the_same(suppositions: list[Supposition]) -> bool:
    """Whether one takes away, or changes, what another is about."""
    people = [s.change["person"] for s in suppositions if "person" in s.change]
    kinds = [s.change["kind"] for s in suppositions]
    # An amendment is made of the terms as they are; changed from the start, it would be another.
    amends = any("valid_from" in s.change and s.more for s in suppositions)
    return (
        len(set(people)) < len(people)
        or len(set(kinds)) < len(kinds)
        or (amends and bool({"price", "cap", "split", "counterfactual"} & set(kinds)))
    )


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
    if stays := _stays(state):
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
    first, second, between = whatif(aarhus, questions, head(aarhus))
    for each in (first, second, between):
        assert_sums_hold(each)
    assert first.after - first.before + (between.after - between.before) == (
        second.after - second.before
    )
    (whole,) = whatif(aarhus, [Question(one, one)], head(aarhus))
    assert whole.changed == 0


def test_the_answer_is_the_same_in_any_number_of_processes(aarhus: Ledger) -> None:
    asked = scenario(NINETY, DEARER)
    alone = ask(aarhus, asked)
    assert alone.changed
    assert ask(aarhus, asked, jobs=2) == alone
    few = whatif(aarhus, [Question(NOTHING, asked, 7)], head(aarhus), jobs=2)[0]
    assert few.first == alone.first[:7]
    assert (few.changed, few.owed, few.payments) == (alone.changed, alone.owed, alone.payments)


def amend_the_second(ledger: Ledger) -> None:
    terms, source = files.read_terms(example_folder() / "aarhus-hf-2.yaml")
    data = terms.model_dump(mode="json")
    _metric(data, "shelter-nights-saved")["municipal_side"]["share"] = "0.12"
    ledger.amend(Terms.model_validate(data), date(2026, 1, 1), source)


def test_what_is_known_up_to_a_position_answers_the_same_later(aarhus: Ledger) -> None:
    asked, at = scenario(NINETY), head(aarhus)
    before = whatif(aarhus, [Question(NOTHING, asked)], at)
    amend_the_second(aarhus)
    aarhus.assess("aarhus-hf-2", date(2026, 10, 1))
    assert whatif(aarhus, [Question(NOTHING, asked)], head(aarhus)) != before
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
