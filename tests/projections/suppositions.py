"""Suppositions: a change as a scenario says it, and the events as they would have been instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from ledger import events as e
from ledger.decide.decision import agreement_stream
from ledger.decide.state import AgreementState, LawState
from ledger.events import Recorded
from ledger.facts import Reading, Stay, TimeSpell
from ledger.model import Position, SubjectRef
from ledger.money import Amount
from ledger.parties import Role
from ledger.service import Ledger
from ledger.terms.agreement import Terms

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


def metric_of(data: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in data["metrics"] if each["id"] == name)


def price(random: Random, state: AgreementState) -> Supposition:
    amount = random.choice(("0.07", "1234.56", "66.66"))
    return _terms(
        {"kind": "price", "agreements": [state.agreement], "metric": "town", "price": amount},
        lambda data: metric_of(data, "town").update(price=amount),
    )


def steps(random: Random, state: AgreementState) -> Supposition:
    fields = {"steps": [{"weeks": 13, "price": random.choice(("1.01", "4000.00"))}]}
    return _terms(
        {"kind": "metric", "agreements": [state.agreement], "metric": "jobs", "set": fields},
        lambda data: metric_of(data, "jobs").update(fields),
    )


def nights(random: Random, state: AgreementState) -> Supposition:
    count = random.choice((0, 100, 300))

    def edit(data: dict[str, Any]) -> None:
        metric_of(data, "nights-saved")["counterfactual"].update(nights_per_year=count)

    change = {"kind": "counterfactual", "metric": "nights-saved", "nights_per_year": str(count)}
    return _terms(change, edit)


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


def stays_of(state: AgreementState) -> list[tuple[SubjectRef, Stay]]:
    """Everybody's stays, each with the pseudonym that it was told under."""
    here = ((ref, own) for ref, own in state.stays.items() if ref in state.enrolled)
    return [(ref, stay) for ref, own in here for _, stay in own.values()]


def named(random: Random, state: AgreementState, ref: SubjectRef) -> SubjectRef:
    """One of a person's pseudonyms, whichever a fact was told under."""
    same = sorted(state.same_as(ref))
    return random.choice(same) if len(same) > 1 else ref


def stay_removed(random: Random, state: AgreementState) -> Supposition | None:
    if not (stays := stays_of(state)):
        return None
    ref, gone = random.choice(stays)
    person = state.same_as(ref)

    def rewrite(recorded: Recorded) -> Recorded | None:
        event = recorded.event
        if not isinstance(event, e.StayRecorded) or event.subject not in person:
            return recorded
        assert isinstance(event.stay, Stay)
        return None if event.stay.stay == gone.stay else recorded

    change = {
        "kind": "stay", "do": "remove", "agreement": state.agreement,
        "person": named(random, state, ref), "stay": gone.stay,
    }  # fmt: skip
    return Supposition(change, rewrite)


def stay_replaced(random: Random, state: AgreementState) -> Supposition | None:
    if not (stays := stays_of(state)):
        return None
    ref, stay = random.choice(stays)
    longer = (stay.discharged or stay.admitted) + timedelta(days=random.choice((1, 77, 400)))
    by_position = not random.randrange(2)
    told_under = [ref] if by_position else state.same_as(ref)

    def rewrite(recorded: Recorded) -> Recorded:
        event = recorded.event
        if isinstance(event, e.StayRecorded) and event.subject in told_under:
            assert isinstance(event.stay, Stay)
            if event.stay.stay == stay.stay:
                changed = event.stay.model_copy(update={"discharged": longer})
                return _event(recorded, event.model_copy(update={"stay": changed}))
        return recorded

    change = {
        "kind": "stay", "do": "replace", "agreement": state.agreement,
        "person": named(random, state, ref), "discharged": str(longer),
        **({"at": str(state.stays[ref][stay.stay][0])} if by_position else {"stay": stay.stay}),
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
    known = [
        each
        for _, each in state.readings.values()
        if each.indicator == "no-shelter" and each.subject in state.enrolled
    ]
    if not known:
        return None
    wrong = random.choice(known)
    assert isinstance(wrong.reading, Reading)
    other = {"yes": "no", "no": "yes"}[wrong.reading.value]
    gone = random.randrange(3) == 0
    person = state.same_as(wrong.subject)

    def rewrite(recorded: Recorded) -> Recorded | None:
        event = recorded.event
        if not isinstance(event, e.MeasurementRecorded) or event.subject not in person:
            return recorded
        if event.milestone_months != wrong.milestone_months:
            return recorded
        value = Reading(value=other)
        return None if gone else _event(recorded, event.model_copy(update={"reading": value}))

    change = {
        "kind": "measurement", "do": "remove" if gone else "replace",
        "person": named(random, state, wrong.subject),
        "agreement": state.agreement, "indicator": "no-shelter",
        "milestone_months": str(wrong.milestone_months), **({} if gone else {"value": other}),
    }  # fmt: skip
    return Supposition(change, rewrite)


def job_ended(random: Random, state: AgreementState) -> Supposition | None:
    here = ((ref, own) for ref, own in state.spells.items() if ref in state.enrolled)
    jobs = [(ref, job) for ref, own in here for _, job in own.values()]
    if not jobs:
        return None
    ref, job = random.choice(jobs)
    ended = job.started + timedelta(days=random.choice((0, 91, 182, 300)))
    person = state.same_as(ref)

    def rewrite(recorded: Recorded) -> Recorded:
        event = recorded.event
        if isinstance(event, e.SpellRecorded) and event.subject in person:
            assert isinstance(event.spell, TimeSpell)
            if event.spell.spell == job.spell:
                changed = event.spell.model_copy(update={"ended": ended})
                return _event(recorded, event.model_copy(update={"spell": changed}))
        return recorded

    change = {
        "kind": "spell", "do": "replace", "agreement": state.agreement,
        "person": named(random, state, ref), "spell": job.spell, "ended": str(ended),
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
    person = state.same_as(ref)

    def rewrite(recorded: Recorded) -> Recorded | None:
        event = recorded.event
        if gone and getattr(event, "subject", None) in person:
            return None
        if not isinstance(event, e.PersonEnrolled) or event.subject not in person:
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
    metric_of(data, "nights-saved")["state_side"]["share"] = "0.123456"
    side = metric_of(data, "nights-saved")["state_side"]
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


def moved(random: Random, state: AgreementState) -> Supposition | None:
    """Somebody of whom no move is known lives elsewhere from a day on."""
    known = {each for ref, own in state.moves.items() if own for each in state.same_as(ref)}
    stayed = sorted(state.enrolled.keys() - known)
    home = next(payer for payer, role in state.terms.payers if role is Role.CO_PAYER)
    places = [p.id for p in state.terms.parties if Role.CO_PAYER in p.roles and p.id != home]
    if not stayed or not places:
        return None
    ref, to = random.choice(stayed), random.choice(places)
    on = state.enrolled[ref][1].enrolled_on + timedelta(days=random.choice((0, 100, 500)))
    event = e.MunicipalityChanged(subject=ref, before=home, municipality=to, reason="moved")
    new = Recorded(
        Position(10**6), agreement_stream(state.agreement), 0, "", on, "anna", "new", event
    )
    change = {
        "kind": "move", "do": "add", "agreement": state.agreement, "person": ref,
        "moved_on": str(on), "municipality": to,
    }  # fmt: skip
    return Supposition(change, lambda recorded: recorded, (new,))


SUPPOSITIONS: tuple[Callable[[Random, AgreementState], Supposition | None], ...] = (
    price, steps, nights, cap, no_cap, split, rule, tariff, stay_removed, stay_replaced,
    stay_added, measured_otherwise, job_ended, town_better, enrolled_otherwise, amended,
    moved,
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


def fits(supposition: Supposition, state: AgreementState) -> bool:
    scoped = supposition.change["kind"] == "cap" and "remove" in supposition.change
    return not scoped or any(each.scope == "agreement" for each in state.terms.caps)


def about_the_same(state: AgreementState, suppositions: list[Supposition]) -> bool:
    """Whether one takes away, or changes, what another is about."""
    people = [state.person_of(s.change["person"]) for s in suppositions if "person" in s.change]
    kinds = [s.change["kind"] for s in suppositions]
    # An amendment is made of the terms as they are; changed from the start, it would be another.
    amends = any("valid_from" in s.change and s.more for s in suppositions)
    return (
        len(set(people)) < len(people)
        or len(set(kinds)) < len(kinds)
        or (amends and bool({"price", "cap", "split", "counterfactual"} & set(kinds)))
    )
