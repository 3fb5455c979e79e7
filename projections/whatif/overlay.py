"""A scenario laid over the law and over the facts of one agreement: other inputs, same policy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ledger.decide.facts_state import as_one
from ledger.decide.state import LawState
from ledger.facts import Tariff
from ledger.policy.assess import AgreementFacts
from ledger.policy.versions import Law
from ledger.shelter.rules import RefundRule, RefundRuleTable
from ledger.terms.agreement import OnRuleChange
from projections.whatif.facts import day_of, with_facts
from projections.whatif.folded import Folded
from projections.whatif.moves import chained
from projections.whatif.scenario import AnyLaw, Do, RuleChange, RulesChange, Scenario, TariffChange
from projections.whatif.terms import with_terms
from projections.whatif.unfit import Unfit, unknown, validated


@dataclass(frozen=True, slots=True)
class Supposed:
    """What policy is to look at, and the numbers of the changes of terms that were made."""

    facts: AgreementFacts
    fitted: frozenset[int]


def supposed_law(scenario: Scenario, law: LawState) -> LawState:
    """The law and the tariffs as the scenario supposes them.

    Raises:
        Unfit: if a change names what is not there, or makes what cannot be.
    """
    rules, tariffs = dict(law.rules), law.tariffs
    for number, change in scenario.law:
        match change:
            case TariffChange():
                tariffs = {**tariffs, change.shelter: _tariffs(number, change, tariffs)}
            case RuleChange():
                if change.table not in rules:
                    raise unknown(number, "table of refund rules", change.table, rules)
                position, table = rules[change.table]
                if _named(table, change.rule) is None:
                    raise unknown(number, f"rule in {table.id}", change.rule, _names(table))
                rules[change.table] = position, _ruled(number, change, table)
            case RulesChange(rules=RefundRuleTable() as table):
                if table.id not in rules:
                    raise unknown(number, "table of refund rules", table.id, rules)
                rules[table.id] = rules[table.id][0], table
    return replace(law, rules=rules, tariffs=tariffs)


def supposed(scenario: Scenario, law: LawState, folded: Folded) -> Supposed:
    """The facts of an agreement as the scenario supposes them, under a law so supposed.

    Raises:
        Unfit: if a change names what is not there, or makes what cannot be.
    """
    facts = recorded = folded.facts(law)
    own = [each for each in scenario.facts if each[1].agreement == folded.agreement]
    if own:
        told = with_facts(folded.own, folded.merged_into, folded.spells_at, own)
        people = as_one(told.people, folded.merged_into)
        facts = replace(facts, people=people, cohorts=told.cohorts)
    facts = _had_been(facts, [each for each in scenario.law if _of_old(each[1])])
    facts, fitted = with_terms(facts, scenario.terms)
    if own:
        facts = chained(recorded, facts, own, folded.merged_into)
    return Supposed(facts, fitted)


def alike(one: AgreementFacts, other: AgreementFacts) -> bool:
    """Whether policy cannot tell two agreements apart, so that it need not be asked again.

    Law that their terms do not follow, and tariffs of shelters where nobody stayed, are no
    difference; but terms that renegotiate look at any change of law.
    """
    laws = [[version.law(each.today) for version in each.versions] for each in (one, other)]
    looks = any(each.on_change is OnRuleChange.RENEGOTIATE for each in one.versions)
    if laws[0] != laws[1] or (looks and one.today != other.today):
        return False
    slept_at = {stay.shelter for person in one.people.values() for stay in person.stays}
    if any(one.tariffs.get(each) != other.tariffs.get(each) for each in slept_at):
        return False
    rest = replace(
        other,
        tariffs=one.tariffs,
        rules_today=one.rules_today,
        support_today=one.support_today,
    )
    return rest == one


def _of_old(change: AnyLaw) -> bool:
    return not isinstance(change, TariffChange) and change.had_been


def _had_been(facts: AgreementFacts, changes: Iterable[tuple[int, AnyLaw]]) -> AgreementFacts:
    """The facts with other law known when the agreement was signed and when it was amended."""
    for number, change in changes:
        amendments = (
            replace(
                each,
                law=Law(
                    _known(number, change, each.law.nights),
                    _known(number, change, each.law.support),
                ),
            )
            for each in facts.amendments
        )
        facts = replace(
            facts,
            rules_at_signature=_known(number, change, facts.rules_at_signature),
            support_at_signature=_known(number, change, facts.support_at_signature),
            amendments=tuple(amendments),
        )
    return facts


def _known(number: int, change: AnyLaw, table: RefundRuleTable | None) -> RefundRuleTable | None:
    """A table as it was known, changed where the change is of it and of a rule that it has."""
    match change:
        case RulesChange(rules=RefundRuleTable() as other) if table and table.id == other.id:
            return other
        case RuleChange() if table and table.id == change.table and _named(table, change.rule):
            return _ruled(number, change, table)
    return table


def _ruled(number: int, change: RuleChange, table: RefundRuleTable) -> RefundRuleTable:
    """A table with one rule changed; it must have it."""
    rule = _named(table, change.rule)
    assert rule is not None
    values = {name: getattr(rule, name) for name in type(rule).model_fields}
    new = validated(number, lambda: RefundRule.model_validate({**values, **change.fields}))
    rules = tuple(new if each is rule else each for each in table.rules)
    whole = {name: getattr(table, name) for name in type(table).model_fields}
    return validated(number, lambda: RefundRuleTable.model_validate({**whole, "rules": rules}))


def _named(table: RefundRuleTable, name: str) -> RefundRule | None:
    """The rule with an id, or in force from a day."""
    day = day_of(name)
    return next((each for each in table.rules if name == each.id or day == each.valid_from), None)


def _names(table: RefundRuleTable) -> list[str]:
    return [name for rule in table.rules for name in (rule.id, str(rule.valid_from))]


def _tariffs(
    number: int, change: TariffChange, known: dict[str, tuple[Tariff, ...]]
) -> tuple[Tariff, ...]:
    """The tariffs of one shelter with one added, replaced or removed."""
    own = known.get(change.shelter, ())
    # Of two from one day, the first is the one that counts.
    before = next((each for each in own if each.valid_from == change.valid_from), None)
    if change.do is Do.ADD:
        if before is not None:
            message = f"{change.shelter} has a tariff from {change.valid_from}; say replace"
            raise Unfit(number, message)
        return (*own, change.over(None))
    if not own:
        raise unknown(number, "shelter", change.shelter, known)
    if before is None:
        days = ", ".join(str(each.valid_from) for each in own)
        message = f"{change.shelter} has no tariff from {change.valid_from}, but from {days}"
        raise Unfit(number, message)
    after = () if change.do is Do.REMOVE else (change.over(before),)
    return (*(each for each in own if each.valid_from != change.valid_from), *after)
