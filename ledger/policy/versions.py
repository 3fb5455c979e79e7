"""Versions of an agreement's terms: which is in force for an outcome, and which law each knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ledger.metrics.base import Outcome
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import AmendmentsApplyBy, OnRuleChange, Terms


@dataclass(frozen=True, slots=True)
class Law:
    """The tables of refund rules that terms refer to: of shelter nights, and of support."""

    nights: RefundRuleTable | None = None
    support: RefundRuleTable | None = None

    def frozen_at(self, day: date) -> Law:
        """As if no rule that takes effect after a day had been made."""
        support = self.support
        if support is not None and day < support.rules[0].valid_from:
            support = None  # there was no refund of support at all
        return Law(
            self.nights.frozen_at(day) if self.nights else None,
            support.frozen_at(day) if support else None,
        )

    def parts_from(self, other: Law) -> date | None:
        """The first day on which the law is not the other, where both have a table; if any."""
        pairs = ((self.nights, other.nights), (self.support, other.support))
        days = [one.parts_from(two) for one, two in pairs if one and two]
        return min((day for day in days if day), default=None)


@dataclass(frozen=True, slots=True)
class Amendment:
    """Terms that take the place of earlier ones from a day on, and the law known when recorded."""

    terms: Terms
    number: int
    effective_on: date
    law: Law


@dataclass(frozen=True, slots=True)
class Version:
    """The terms as signed, number 1, or as amended, with the law they know and how they follow it.

    `known_on` is the day by which a rule must take effect to be known to terms that freeze.
    """

    terms: Terms
    number: int
    effective_on: date
    known: Law
    known_on: date

    @property
    def on_change(self) -> OnRuleChange | None:
        """What a change of law does to these terms; None if no law matters."""
        return self.terms.refund_law.on_change if self.terms.refund_law else None

    def law(self, today: Law) -> Law:
        """The law that applies, by what the terms say of changes in it."""
        if self.known.nights is None or self.on_change is None:
            return Law()
        if self.on_change is OnRuleChange.FREEZE:
            return self.known.frozen_at(self.known_on)
        return today if self.on_change is OnRuleChange.FOLLOW else self.known


def versions(signed: Terms, law: Law, amendments: Iterable[Amendment]) -> tuple[Version, ...]:
    """Every version of the terms, in the order in which they were recorded.

    Terms that freeze, and froze before, go on with the law of the day on which that began: an
    amendment of something else does not let new law in.
    """
    found = [Version(signed, 1, date.min, law, signed.signed_on)]
    for each in amendments:
        version = Version(each.terms, each.number, each.effective_on, each.law, each.effective_on)
        last = found[-1]
        if version.on_change is OnRuleChange.FREEZE is last.on_change:
            known = Law(last.known.nights, last.known.support or each.law.support)
            version = replace(version, known=known, known_on=last.known_on)
        found.append(version)
    return tuple(found)


def in_force(found: Sequence[Version], outcome: Outcome, enrolled_on: date | None) -> Version:
    """The version that judges an outcome: of those in force on its day, the one recorded last.

    Its day is the day of achievement; or, of a person's outcome under terms that say so, the day
    of enrolment.
    """
    for version in reversed(found):
        by_enrolment = version.terms.amendments_apply_by is AmendmentsApplyBy.ENROLMENT
        day = enrolled_on if by_enrolment and enrolled_on else outcome.achieved_on
        if version.effective_on <= day:
            return version
    raise AssertionError


def unmet_change(found: Sequence[Version], version: Version, today: Law) -> date | None:
    """The day of a change of law over which the parties were to meet and have not; None if none.

    Outcomes whose periods reach to it wait. It is the first day on which today's law is not the one
    that the terms know, until terms are amended, from that day or later, in knowledge of that
    change.
    """
    if version.on_change is not OnRuleChange.RENEGOTIATE:
        return None
    changed = version.known.parts_from(today)
    if changed is None:
        return None
    later = found[found.index(version) + 1 :]
    met = any(
        changed <= each.effective_on
        and (each.known.nights is None or version.known.parts_from(each.known) == changed)
        for each in later
    )
    return None if met else changed
