"""A folded agreement as bytes and back: values only, in an order that both sides know.

It is read a thousand times for one answer about a fund, so days are numbers, who owes whom is named
once, and nothing is validated again but terms and law; and it is written as the interpreter writes
values for itself, which is read back twice as fast as JSON. Who keeps the bytes sees to it that
they are those of this program and this interpreter, and unchanged.
"""

from __future__ import annotations

import json
import marshal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from ledger.dates import Period
from ledger.decide.state import LawState
from ledger.facts import CapitalPaidIn, Stayed, Tariff
from ledger.metrics.base import Outcome, Waiting
from ledger.metrics.facts import Due, Half, Measured, Move, Person, Spell
from ledger.metrics.shelter_nights_saved import ShelterNightsSaved
from ledger.model import Position, SubjectRef
from ledger.money import Amount
from ledger.parties import Role
from ledger.policy.assess import AgreementFacts
from ledger.policy.given import Given
from ledger.policy.versions import Amendment, Law
from ledger.shelter.nights import REFERENCE, PricedNights
from ledger.shelter.rules import RefundRuleTable
from ledger.store.envelope import canonical
from ledger.terms.agreement import Terms
from ledger.working import Part, Payable
from projections.whatif.folded import Folded, Paying, StayedAt
from projections.whatif.later import Later
from projections.whatif.standing import Standing

_DAY = date.fromordinal
_ROLES = {role.value: role for role in Role}


def pack(folded: Folded, law: LawState) -> bytes:
    """An agreement as bytes that was folded under a law."""
    payables: dict[Payable, int] = {}
    for each in (*(s.owed for s in folded.decided.values()), _payables(folded.payments)):
        for payable in each:
            payables.setdefault(payable, len(payables))
    content = {
        "own": _facts(folded.own),
        "halves": _halves(folded.own, law),
        "merged": dict(folded.merged_into),
        "tables": folded.tables,
        "assessed": _number(folded.assessed),
        "facts_to": folded.facts_to,
        "last_fact": folded.last_fact,
        "sealed": folded.sealed,
        "subjects": sorted(folded.subjects),
        "spells_at": folded.spells_at,
        "payables": [(payer, role.value, payee) for payer, role, payee in payables],
        "decided": [
            (
                *(name, each.unit, each.metric, each.key, *map(_number, each.period)),
                each.achieved,
                [(payables[payable], minor) for payable, minor in each.owed.items()],
            )
            for name, each in folded.decided.items()
        ],
        "payments": [
            (
                *(name, payables[each.payable], each.stage, each.amount.minor, each.sent),
                each.items,
            )
            for name, each in folded.payments.items()
        ],
    }
    return marshal.dumps(content)


def unpack(packed: bytes, law: LawState) -> Folded:
    """The folded agreement of which these are the bytes, as it is looked at under a law."""
    content = marshal.loads(packed)  # noqa: S302 - sealed by this program under keys that it holds
    payables = [(payer, _ROLES[role], payee) for payer, role, payee in content["payables"]]
    return Folded(
        own=_with_halves(_facts_of(content["own"]), content["halves"], law),
        merged_into=content["merged"],
        tables=tuple(content["tables"]),
        assessed=_day(content["assessed"]),
        facts_to=content["facts_to"],
        last_fact=content["last_fact"],
        sealed=content["sealed"],
        subjects=frozenset(content["subjects"]),
        spells_at=content["spells_at"],
        decided={
            name: Standing(
                unit,
                metric,
                key,
                Period(_DAY(start), _DAY(end)),
                achieved,
                {payables[number]: minor for number, minor in owed},
            )
            for name, unit, metric, key, start, end, achieved, owed in content["decided"]
        },
        payments={
            name: Paying(
                payables[number],
                stage,
                Amount(minor),
                sent,
                items,
            )
            for name, number, stage, minor, sent, items in content["payments"]
        },
    )


def _payables(payments: Mapping[str, Paying]) -> list[Payable]:
    return [each.payable for each in payments.values()]


def _number(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


def _day(number: int | None) -> date | None:
    return None if number is None else _DAY(number)


# --- what policy may look at ------------------------------------------------------------------


def _facts(own: AgreementFacts) -> dict[str, Any]:
    signed = Law(own.rules_at_signature, own.support_at_signature)
    return {
        "terms": own.terms.model_dump(mode="json"),
        "law": _law(signed),
        "amendments": [
            (
                *(each.terms.model_dump(mode="json"), each.number, _number(each.effective_on)),
                _law(each.law),
            )
            for each in own.amendments
        ],
        "people": [_person(each) for each in own.people.values()],
        "capital": [each.model_dump(mode="json") for each in own.capital],
        "cohorts": {
            cohort: [_measured(each) for each in results] for cohort, results in own.cohorts.items()
        },
        "erased": sorted(own.erased),
        "given": [_given(each) for each in own.given.values()],
        "touched_at": own.touched_at,
    }


def _facts_of(content: dict[str, Any]) -> AgreementFacts:
    signed = _law_of(content["law"])
    people = [_person_of(each) for each in content["people"]]
    given = [_given_of(each) for each in content["given"]]
    return AgreementFacts(
        terms=Terms.model_validate(content["terms"]),
        rules_at_signature=signed.nights,
        rules_today=None,
        tariffs={},
        people={each.subject: each for each in people},
        capital=tuple(CapitalPaidIn.model_validate(each) for each in content["capital"]),
        cohorts={
            cohort: tuple(_all_measured_of(results))
            for cohort, results in content["cohorts"].items()
        },
        erased=frozenset(content["erased"]),
        given={each.outcome.identity: each for each in given},
        amendments=tuple(
            Amendment(Terms.model_validate(terms), number, _DAY(on), _law_of(law))
            for terms, number, on, law in content["amendments"]
        ),
        touched_at={unit: tuple(at) for unit, at in content["touched_at"].items()},
        support_at_signature=signed.support,
    )


def _law(law: Law) -> list[str | None]:
    """The tables as text, of which there are few that are different."""
    return [
        None if table is None else canonical(table.model_dump(mode="json")).decode()
        for table in (law.nights, law.support)
    ]


def _law_of(texts: list[str | None]) -> Law:
    nights, support = (None if text is None else _table(text) for text in texts)
    return Law(nights, support)


@lru_cache(maxsize=100)
def _table(text: str) -> RefundRuleTable:
    return RefundRuleTable.model_validate(json.loads(text))


def _person(person: Person) -> list[Any]:
    stays = [(each.stay, each.span) for each in person.stays]
    spells = [
        (each.indicator, _number(each.started), _number(each.ended), each.at)
        for each in person.spells
    ]
    moves = [(_number(each.on), each.before, each.after, each.at) for each in person.moves]
    return [
        *(person.subject, _number(person.enrolled_on), _number(person.register_until)),
        *(_bundled(stays), _bundled([_measured(each) for each in person.measured])),
        *(spells, person.group),
        *(_number(person.referred_on), _number(person.born_on), person.at),
        _bundled([*person.stays_at]),
        *(moves, person.touched_at),
    ]


def _person_of(content: list[Any]) -> Person:
    subject, enrolled, until, stays, measured, spells, group, referred, *rest = content
    born, at, stays_at, moves, touched_at = rest
    return Person(
        subject=SubjectRef(subject),
        enrolled_on=_DAY(enrolled),
        register_until=_DAY(until),
        stays=_later(stays, _stays_of),
        measured=_later(measured, _all_measured_of),
        spells=tuple(Spell(name, _DAY(a), _day(b), Position(p)) for name, a, b, p in spells),
        group=group,
        referred_on=_day(referred),
        born_on=_day(born),
        at=at,
        stays_at=_later(stays_at, list),
        moves=tuple(Move(_DAY(on), before, after, p) for on, before, after, p in moves),
        touched_at=tuple(touched_at),
    )  # fmt: skip


_Bundle = tuple[int, bytes]
"""How many values, and the values as bytes of their own: most are never looked at."""
_V = TypeVar("_V")


def _bundled(values: list[Any]) -> _Bundle:
    return len(values), marshal.dumps(values)


def _later(packed: _Bundle, make: Callable[[list[Any]], list[_V]]) -> Later[_V]:
    count, content = packed
    return Later(count, lambda: make(marshal.loads(content)))  # noqa: S302 - part of what is sealed


def _stays_of(content: list[Any]) -> list[Stayed]:
    return [StayedAt(stay, span) for stay, span in content]


def _all_measured_of(content: list[Any]) -> list[Measured]:
    return [Measured(name, v, _DAY(on), m, p) for name, v, on, m, p in content]


def _measured(measured: Measured) -> tuple[Any, ...]:
    on = measured.measured_on.toordinal()
    return measured.indicator, measured.value, on, measured.months, measured.at


# --- what was found without the law -----------------------------------------------------------


def _halves(own: AgreementFacts, law: LawState) -> list[Any]:
    """By version and metric; nights by the number of their tariff among those of the law."""
    numbers = {tariff: number for number, tariff in enumerate(_all_tariffs(law))}
    packed = []
    for version in own.versions:
        for metric in version.terms.metrics:
            of_metric = own.halves.get(version.number, {})
            halves = [half for (name, _), half in of_metric.items() if name == metric.id]
            if isinstance(metric, ShelterNightsSaved) and halves:
                for number, tariff in enumerate(_references(metric), start=1):
                    numbers[tariff] = -number
                of_people = [_half(half, numbers) for half in halves]
                one = halves[0]
                times = one.last.toordinal(), one.until.toordinal()
                packed.append((version.number, metric.id, *times, of_people))
    return [[*law.tariff_positions], packed]


def _with_halves(own: AgreementFacts, content: list[Any], law: LawState) -> AgreementFacts:
    """The facts with what was found of them; without, if there are other tariffs by now."""
    tariffs_at, packed = content
    if tariffs_at != [*law.tariff_positions]:
        return own
    every = _all_tariffs(law)
    terms = {version.number: version.terms for version in own.versions}
    found: dict[int, dict[tuple[str, SubjectRef], Half]] = {}
    for version, name, last, until, of_people in packed:
        metric = terms[version].metric(name)
        assert isinstance(metric, ShelterNightsSaved)
        tariffs = [*every, *reversed(_references(metric))]
        halves = found.setdefault(version, {})
        days = _DAY(last), _DAY(until)
        for subject, due, nights in of_people:
            milestones = tuple([_due_of(each) for each in due])
            both = nights and tuple([_nights_of(each, tariffs) for each in nights])
            person = own.people[subject]
            halves[name, subject] = Half(metric, person, law.tariffs, *days, milestones, both)
    return replace(own, halves=found)


def _all_tariffs(law: LawState) -> list[Tariff]:
    return [tariff for shelter in sorted(law.tariffs) for tariff in law.tariffs[shelter]]


def _references(metric: ShelterNightsSaved) -> tuple[Tariff, ...]:
    return metric.counterfactual.tariffs(REFERENCE)


def _half(half: Half, numbers: Mapping[Tariff, int]) -> tuple[Any, ...]:
    due = [
        (
            *(each.months, *map(_number, each.period), _number(each.claimed_on), each.read_at),
            *(each.waiting and each.waiting.value, each.achieved),
        )
        for each in half.due
    ]
    nights = half.nights and [
        [(start, end, net, numbers[tariff]) for start, end, net, tariff in course]
        for course in half.nights
    ]
    return half.person.subject, due, nights


def _due_of(content: list[Any]) -> Due:
    months, start, end, claimed_on, read_at, waiting, achieved = content
    period = Period(_DAY(start), _DAY(end))
    why = None if waiting is None else Waiting(waiting)
    return Due(months, period, _day(claimed_on), read_at, why, achieved)


def _nights_of(content: list[Any], tariffs: Sequence[Tariff]) -> list[PricedNights]:
    return [(start, end, net, tariffs[number]) for start, end, net, number in content]


def _given(given: Given) -> list[Any]:
    each = given.outcome
    return [
        *(each.metric, each.key, *map(_number, each.period), each.subject, each.cohort),
        *(each.months, each.achieved, each.refused, each.read_at),
        [part.model_dump(mode="json") for part in given.parts],
    ]


def _given_of(content: list[Any]) -> Given:
    metric, key, start, end, subject, cohort, months, achieved, refused, read_at, parts = content
    outcome = Outcome(
        metric=metric,
        key=key,
        period=Period(_DAY(start), _DAY(end)),
        subject=subject,
        cohort=cohort,
        months=months,
        achieved=achieved,
        refused=refused,
        read_at=tuple(read_at),
    )
    return Given(outcome, tuple(Part.model_validate(part) for part in parts))
