"""A folded agreement as bytes and back: values only, in an order that both sides know.

It is read a thousand times for one answer about a fund, so days are numbers, who owes whom is named
once, and nothing is validated again but terms and law; and it is written as the interpreter writes
values for itself, which is read back twice as fast as JSON. Who keeps the bytes sees to it that
they are those of this program and this interpreter, and unchanged.
"""

from __future__ import annotations

import json
import marshal
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from ledger.dates import Period
from ledger.facts import CapitalPaidIn
from ledger.metrics.base import Outcome
from ledger.metrics.facts import Measured, Move, Person, Spell
from ledger.model import Position, SubjectRef
from ledger.money import Amount
from ledger.parties import Role
from ledger.policy.assess import AgreementFacts
from ledger.policy.given import Given
from ledger.policy.versions import Amendment, Law
from ledger.shelter.rules import RefundRuleTable
from ledger.store.envelope import canonical
from ledger.terms.agreement import Terms
from ledger.working import Part, Payable
from projections.whatif.folded import Folded, Paying, StayedAt
from projections.whatif.standing import Standing

_DAY = date.fromordinal
_ROLES = {role.value: role for role in Role}


def pack(folded: Folded) -> bytes:
    """A folded agreement as bytes."""
    payables: dict[Payable, int] = {}
    for each in (*(s.owed for s in folded.decided.values()), _payables(folded.payments)):
        for payable in each:
            payables.setdefault(payable, len(payables))
    content = {
        "own": _facts(folded.own),
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
                [(payables[payable], amount.minor) for payable, amount in each.owed.items()],
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


def unpack(packed: bytes) -> Folded:
    """The folded agreement of which these are the bytes."""
    content = marshal.loads(packed)  # noqa: S302 - sealed by this program under keys that it holds
    payables = [(payer, _ROLES[role], payee) for payer, role, payee in content["payables"]]
    return Folded(
        own=_facts_of(content["own"]),
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
                {payables[number]: Amount(minor) for number, minor in owed},
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
            cohort: tuple(_measured_of(each) for each in results)
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
        *(stays, [_measured(each) for each in person.measured], spells, person.group),
        *(_number(person.referred_on), _number(person.born_on), person.at, person.stays_at),
        *(moves, person.touched_at),
    ]


def _person_of(content: list[Any]) -> Person:
    subject, enrolled, until, stays, measured, spells, group, referred, *rest = content
    born, at, stays_at, moves, touched_at = rest
    return Person(
        subject=SubjectRef(subject),
        enrolled_on=_DAY(enrolled),
        register_until=_DAY(until),
        stays=tuple(
            [StayedAt(stay, span) for stay, span in stays]
        ),
        measured=tuple([Measured(name, v, _DAY(on), m, p) for name, v, on, m, p in measured]),
        spells=tuple(Spell(name, _DAY(a), _day(b), Position(p)) for name, a, b, p in spells),
        group=group,
        referred_on=_day(referred),
        born_on=_day(born),
        at=at,
        stays_at=tuple(stays_at),
        moves=tuple(Move(_DAY(on), before, after, p) for on, before, after, p in moves),
        touched_at=tuple(touched_at),
    )  # fmt: skip


def _measured(measured: Measured) -> tuple[Any, ...]:
    on = measured.measured_on.toordinal()
    return measured.indicator, measured.value, on, measured.months, measured.at


def _measured_of(content: list[Any]) -> Measured:
    indicator, value, on, months, at = content
    return Measured(indicator, value, _DAY(on), months, at)


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
