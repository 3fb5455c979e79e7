"""The language of scenarios: what is supposed to be otherwise than recorded.

A change of facts names an agreement and, of people, a pseudonym; what it changes is named by its
own key or by its position. A change of terms goes for the agreements it names, or for all that it
fits; it holds from the signature on, or from `valid_from`. A change of law goes for everybody.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from ledger.dates import Day
from ledger.facts import Tariff
from ledger.metrics.counterfactual import Values
from ledger.metrics.modifiers import Factor
from ledger.model import WHOLE, Identifier, Model, Text
from ledger.money import Amount, Share
from ledger.parties import PayerShare
from ledger.shelter.counterfactual import ReferenceTariff
from ledger.shelter.rules import OpenWindows, RefundRuleTable
from ledger.store.envelope import canonical
from ledger.terms.agreement import Terms
from ledger.working import Scope

At = Annotated[int, Field(ge=1), WHOLE] | None
Months = Annotated[int, Field(ge=0, le=999), WHOLE] | None


class Do(StrEnum):
    """What is done to a fact."""

    ADD = "add"
    REPLACE = "replace"
    REMOVE = "remove"


class FactChange(Model):
    """A fact that is added, replaced or removed. What is replaced keeps what is not given."""

    key: ClassVar[tuple[str, ...]]
    """The fields that name a fact where its position does not."""
    whole: ClassVar[tuple[str, ...]]
    """The fields without which there is no such fact."""

    do: Do
    agreement: Identifier
    at: Annotated[At, Field(description="the position of the fact")] = None

    @model_validator(mode="after")
    def _is_named(self) -> FactChange:
        given = self.model_fields_set
        if self.do is Do.ADD:
            missing = [name for name in self.whole if getattr(self, name) is None]
            if missing or self.at is not None:
                what = f"write {', '.join(missing)}" if missing else "leave 'at' out"
                message = f"to add, {what}"
                raise ValueError(message)
        elif self.at is None and not set(self.key) <= given:
            message = f"name what to {self.do.value}: by 'at', or by {' and '.join(self.key)}"
            raise ValueError(message)
        return self

    def given(self, *names: str) -> dict[str, Any]:
        """Those of some fields that the scenario gives, also where it says that there is none."""
        return {name: getattr(self, name) for name in names if name in self.model_fields_set}


class StayChange(FactChange):
    """A stay at a shelter."""

    key: ClassVar[tuple[str, ...]] = ("stay",)
    whole: ClassVar[tuple[str, ...]] = ("stay", "shelter", "admitted")

    kind: Literal["stay"]
    person: Text
    stay: Text | None = None
    shelter: Identifier | None = None
    admitted: Day | None = None
    discharged: Day | None = None


class SpellChange(FactChange):
    """A time in which something held for a person, such as a job."""

    key: ClassVar[tuple[str, ...]] = ("spell",)
    whole: ClassVar[tuple[str, ...]] = ("spell", "indicator", "started")

    kind: Literal["spell"]
    person: Text
    spell: Text | None = None
    indicator: Identifier | None = None
    started: Day | None = None
    ended: Day | None = None


class MeasurementChange(FactChange):
    """What an indicator showed for a person, at a milestone or else on a day."""

    key: ClassVar[tuple[str, ...]] = ("indicator",)
    whole: ClassVar[tuple[str, ...]] = ("indicator", "measured_on", "value")

    kind: Literal["measurement"]
    person: Text
    indicator: Identifier | None = None
    milestone_months: Months = None
    measured_on: Day | None = None
    value: Text | None = None


class ResultChange(FactChange):
    """What an indicator showed for a cohort on a day."""

    key: ClassVar[tuple[str, ...]] = ("indicator", "measured_on")
    whole: ClassVar[tuple[str, ...]] = ("indicator", "measured_on", "value")

    kind: Literal["result"]
    cohort: Identifier = "all"
    indicator: Identifier | None = None
    measured_on: Day | None = None
    value: Text | None = None


class EnrolmentChange(FactChange):
    """A person's enrolment; removed, the person's facts go with it."""

    key: ClassVar[tuple[str, ...]] = ("person",)
    whole: ClassVar[tuple[str, ...]] = ("person", "enrolled_on")

    kind: Literal["enrolment"]
    person: Text
    enrolled_on: Day | None = None
    group: Identifier | None = None
    referred_on: Day | None = None
    born_on: Day | None = None
    register_until: Annotated[
        Day | None, Field(description="how far stays are known; as for the others if left out")
    ] = None


class MoveChange(FactChange):
    """A person's move to another municipality, which co-pays from that day on."""

    key: ClassVar[tuple[str, ...]] = ("moved_on",)
    whole: ClassVar[tuple[str, ...]] = ("moved_on", "municipality")

    kind: Literal["move"]
    person: Text
    moved_on: Day | None = None
    municipality: Identifier | None = None


class TermsChange(Model):
    """A change of terms: of the agreements named, or of all it fits; from signature or a day."""

    agreements: tuple[Identifier, ...] = ()
    valid_from: Day | None = None


class PriceChange(TermsChange):
    """Another price of a metric."""

    kind: Literal["price"]
    metric: Identifier
    price: Amount
    group: Identifier | None = None


class SplitChange(TermsChange):
    """Other shares of the payers: of one metric, or of all that go by the agreement's split."""

    kind: Literal["split"]
    metric: Identifier | None = None
    split: Annotated[tuple[PayerShare, ...], Field(min_length=1)]


class CapChange(TermsChange):
    """A ceiling set, changed or removed; a new one is counted after the others."""

    kind: Literal["cap"]
    scope: Scope
    metric: Identifier | None = None
    payer: Identifier | None = None
    limit: Amount | None = None
    multiple: Factor | None = None
    yearly_rate: Share | None = None
    remove: bool = False

    @model_validator(mode="after")
    def _says_one(self) -> CapChange:
        given = [each for each in (self.limit, self.multiple, self.yearly_rate) if each is not None]
        if len(given) != (0 if self.remove else 1):
            message = "write one of limit, multiple and yearly_rate, or remove: true"
            raise ValueError(message)
        return self


class CounterfactualChange(TermsChange):
    """Another idea of what would have happened anyway."""

    kind: Literal["counterfactual"]
    metric: Identifier
    nights_per_year: Annotated[int, Field(ge=0, le=365), WHOLE] | None = None
    reference_tariffs: tuple[ReferenceTariff, ...] = ()
    value: Values = ()

    @model_validator(mode="after")
    def _says_something(self) -> CounterfactualChange:
        if self.nights_per_year is None and not self.reference_tariffs and not self.value:
            message = "write nights_per_year, reference_tariffs or value"
            raise ValueError(message)
        return self


class MetricChange(TermsChange):
    """Other terms of one metric: fields as the metric's kind has them, each replaced whole."""

    kind: Literal["metric"]
    metric: Identifier
    set: Annotated[dict[str, Any], Field(min_length=1)]


class WholeTerms(TermsChange):
    """Other terms altogether, in a file or here; they say themselves of which agreement."""

    kind: Literal["terms"]
    file: Text | None = None
    terms: Terms | None = None

    @model_validator(mode="after")
    def _says_one(self) -> WholeTerms:
        if (self.file is None) == (self.terms is None) or self.agreements:
            message = "write either file or terms, and no agreements: the terms name theirs"
            raise ValueError(message)
        return self


class LawChange(Model):
    """A change of law. With `had_been`, it was so already when agreements were signed."""

    had_been: bool = False


class RuleChange(LawChange):
    """One refund rule, named by its id or the day from which it is in force, with other fields."""

    kind: Literal["rule"]
    table: Identifier = "dk-shelter-refund"
    rule: Text
    id: Annotated[Identifier | None, Field(description="what it is called in workings")] = None
    valid_from: Day | None = None
    state_share: Share | None = None
    nights_per_running_year: Annotated[int, Field(ge=0, le=366), WHOLE] | None = None
    open_windows: OpenWindows | None = None
    years_after_discharge: Annotated[int, Field(ge=1, le=100), WHOLE] | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """What of the rule is otherwise; a limit that is given as nothing is no limit."""
        named = {"kind", "table", "rule", "had_been"}
        return {name: getattr(self, name) for name in self.model_fields_set - named}

    @model_validator(mode="after")
    def _says_something(self) -> RuleChange:
        if not self.fields:
            message = "write what of the rule is otherwise, such as nights_per_running_year: 90"
            raise ValueError(message)
        return self


class RulesChange(LawChange):
    """A whole table of refund rules, in a file or here, in place of the one with its id."""

    kind: Literal["rules"]
    file: Text | None = None
    rules: RefundRuleTable | None = None

    @model_validator(mode="after")
    def _says_one(self) -> RulesChange:
        if (self.file is None) == (self.rules is None):
            message = "write either file or rules"
            raise ValueError(message)
        return self


class TariffChange(Model):
    """What a night at a shelter costs from a day on."""

    kind: Literal["tariff"]
    do: Do
    shelter: Identifier
    valid_from: Day
    per_night: Amount | None = None
    own_payment: Amount | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> TariffChange:
        if (self.do is Do.REMOVE) != (self.per_night is None and self.own_payment is None) or (
            self.do is Do.ADD and None in {self.per_night, self.own_payment}
        ):
            message = "write per_night and own_payment; neither of them to remove a tariff"
            raise ValueError(message)
        return self

    def over(self, before: Tariff | None) -> Tariff:
        """The tariff with what is given in place of what was."""
        figures = {"per_night": self.per_night, "own_payment": self.own_payment}
        given = {name: figure for name, figure in figures.items() if figure is not None}
        kept = before.model_dump(include={"per_night", "own_payment"}) if before else {}
        return Tariff.model_validate(
            {"shelter": self.shelter, "valid_from": self.valid_from, **kept, **given}
        )


RowChange = StayChange | SpellChange | MeasurementChange | ResultChange | EnrolmentChange
"""A change of a fact that a row of a file tells."""

AnyFact = RowChange | MoveChange
AnyTerms = PriceChange | SplitChange | CapChange | CounterfactualChange | MetricChange | WholeTerms
AnyLaw = RuleChange | RulesChange | TariffChange


def _is_no_merge(change: object) -> object:
    if isinstance(change, dict) and change.get("kind") in {"merge", "unmerge"}:
        message = (
            "that two people are one is not supposed; `ofl subject merge` records it, and "
            "`ofl subject unmerge` gives back what was"
        )
        raise ValueError(message)
    return change


Change = Annotated[
    AnyFact | AnyTerms | AnyLaw, Field(discriminator="kind"), BeforeValidator(_is_no_merge)
]


class Scenario(Model):
    """What is supposed: a name, a text that says it in words, and the changes, in their order."""

    name: Identifier
    text: Annotated[str, Field(min_length=1, max_length=2_000)]
    changes: tuple[Change, ...] = ()

    @property
    def law(self) -> tuple[tuple[int, AnyLaw], ...]:
        """The changes of law, each with its number from 1."""
        return tuple((n, each) for n, each in self._numbered if isinstance(each, AnyLaw))

    @property
    def terms(self) -> tuple[tuple[int, AnyTerms], ...]:
        """The changes of terms, each with its number from 1."""
        return tuple((n, each) for n, each in self._numbered if isinstance(each, AnyTerms))

    @property
    def facts(self) -> tuple[tuple[int, AnyFact], ...]:
        """The changes of facts, each with its number from 1."""
        return tuple((n, each) for n, each in self._numbered if isinstance(each, AnyFact))

    @property
    def _numbered(self) -> enumerate[Change]:
        return enumerate(self.changes, start=1)

    @property
    def named(self) -> frozenset[str]:
        """The agreements that are named."""
        found = {each.agreement for _, each in self.facts}
        for _, each in self.terms:
            found |= set(each.agreements)
            if isinstance(each, WholeTerms) and each.terms is not None:
                found.add(each.terms.agreement)
        return frozenset(found)

    @property
    def of_any(self) -> bool:
        """Whether it may touch agreements that it does not name."""
        terms = (each for _, each in self.terms if not isinstance(each, WholeTerms))
        return bool(self.law) or any(not each.agreements for each in terms)

    @property
    def content(self) -> bytes:
        """What is supposed, as canonical bytes: what the scenario is kept as, and hashed."""
        return canonical(self.model_dump(mode="json", exclude_unset=True))

    @property
    def sha256(self) -> str:
        """The hash of all that is supposed; the same scenario has the same."""
        return hashlib.sha256(self.content).hexdigest()
