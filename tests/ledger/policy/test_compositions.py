"""What must hold of any terms: every kind with every modifier, composed at random."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.metrics.facts import merged
from ledger.metrics.kinds import KINDS
from ledger.money import ZERO, Amount, total
from ledger.policy.assess import AgreementFacts, Assessment, assess
from ledger.policy.caps import Spent
from ledger.terms.agreement import Terms
from tests.ledger.policy import compositions as c

RANDOMS = st.integers(0, 2**40).map(Random)
"""A seed tells the same agreement again; hypothesis keeps those that failed."""


def composed(random: Random) -> AgreementFacts:
    """An agreement of one to four metrics, each with some modifiers, and its facts."""
    while True:
        metrics = [
            c.metric(
                random,
                random.choice(list(c.KIND_TERMS)),
                number,
                {name: c.MODIFIERS[name](random) for name in c.MODIFIERS if random.random() < 0.25},
            )
            for number in range(random.randint(1, 4))
        ]
        signed = _signed(random, metrics)
        if signed is not None:
            return c.facts(random, signed)


def _signed(random: Random, metrics: list[c.Draw]) -> Terms | None:
    """The terms, unless they contradict themselves."""
    try:
        return c.terms(random, metrics)
    except ValueError:
        return None


def counted(known: AgreementFacts, found: Assessment) -> Iterator[tuple[str, str, Amount]]:
    """What every scope of a cap counts: scope, over what, how much."""
    for each in found.decided:
        if each.entitlement is None:
            continue
        owed, outcome = each.entitlement.total, each.outcome
        yield "agreement", "", owed
        yield "metric", outcome.metric, owed
        yield "year", str(outcome.achieved_on.year), owed
        if outcome.subject is not None:
            yield "person", outcome.subject, owed
        for part in each.entitlement.parts:
            yield "payer", part.payer, part.amount


@settings(max_examples=400, deadline=None)
@given(RANDOMS)
def test_no_cap_is_exceeded_at_any_moment(random: Random) -> None:
    caps_hold(composed(random))


def caps_hold_in_many_compositions() -> None:
    """Fifty of them, the same each time."""
    for seed in range(50):
        caps_hold(composed(Random(seed)))  # noqa: S311 - a test


def caps_hold(known: AgreementFacts) -> None:
    """Every sum that a cap counts stays within it, after every decision."""
    found = assess(known, c.UNTIL)
    limits: dict[tuple[str, str | None], list[Amount]] = defaultdict(list)
    for cap in known.terms.caps:
        if cap.limit is not None:
            limits[cap.scope, cap.metric or cap.payer].append(cap.limit)
    sums: dict[tuple[str, str], Amount] = defaultdict(lambda: ZERO)
    for scope, over, amount in counted(known, found):
        sums[scope, over] += amount
        name = over if scope in ("metric", "payer") else None
        for limit in limits.get((scope, name), ()):
            assert sums[scope, over] <= max(limit, sums[scope, over] - amount), (scope, over)


@settings(max_examples=300, deadline=None)
@given(RANDOMS)
def test_parts_sum_to_the_entitlement_and_payers_pay_their_shares_to_the_ore(
    random: Random,
) -> None:
    known = composed(random)
    for each in assess(known, c.UNTIL).decided:
        if each.entitlement is None:
            continue
        assert total(part.amount for part in each.entitlement.parts) == each.entitlement.total
        uncut = not any(cap.cut for cap in each.entitlement.working.caps)
        if uncut and not each.outcome.sides:
            shares = dict(known.terms.shares(known.terms.metric(each.outcome.metric)))
            for (role, payer), share in shares.items():
                paid = sum(
                    part.amount.minor
                    for part in each.entitlement.parts
                    if (part.role, part.payer) == (role, payer)
                )
                assert abs(paid - Fraction(each.entitlement.total.minor) * share) <= len(shares)


@settings(max_examples=300, deadline=None)
@given(RANDOMS, RANDOMS)
def test_the_order_in_which_facts_were_recorded_changes_nothing(
    random: Random, other: Random
) -> None:
    known = composed(random)
    assert assess(c.shuffled(other, known), c.UNTIL) == assess(known, c.UNTIL)


@settings(max_examples=400, deadline=None)
@given(RANDOMS, st.dates(c.STARTS, c.ENDS))
def test_a_fact_of_a_later_day_changes_nothing_that_was_achieved_before(
    random: Random, day: date
) -> None:
    known = composed(random)
    more = c.with_a_later_fact(random, known, day)

    def before(facts: AgreementFacts) -> list[object]:
        decided = assess(facts, c.UNTIL).decided
        return [each for each in decided if each.outcome.achieved_on <= day]

    assert before(more) == before(known)


@settings(max_examples=200, deadline=None)
@given(RANDOMS)
def test_each_outcome_is_decided_once_and_within_the_agreement(random: Random) -> None:
    known = composed(random)
    found = assess(known, c.UNTIL)
    every = [*(each.outcome for each in found.decided), *found.waiting]
    names = Counter((each.metric, each.unit, each.key) for each in every)
    assert not {name: count for name, count in names.items() if count > 1}
    assert all(each.achieved_on <= c.ENDS for each in every)
    days = [each.outcome.achieved_on for each in found.decided]
    assert days == sorted(days)


@settings(max_examples=200, deadline=None)
@given(RANDOMS)
def test_two_people_who_are_one_get_the_cap_of_a_person_once(random: Random) -> None:
    known = composed(random)
    one, *others = known.people.values()
    if not others:
        return
    whole = merged(one, others[0])
    people = {**known.people, whole.subject: whole}
    del people[(others[0] if whole.subject == one.subject else one).subject]
    limits = [cap.limit for cap in known.terms.caps if cap.scope == "person" and cap.limit]
    sums: Counter[str] = Counter()
    for each in assess(replace(known, people=people), c.UNTIL).decided:
        if each.entitlement and each.outcome.subject:
            sums[each.outcome.subject] += max(0, each.entitlement.total.minor)
    assert others[0].subject not in sums or one.subject not in sums
    owed = sums[whole.subject]
    negative = any(metric.negative for metric in known.terms.metrics)
    assert negative or all(owed <= limit.minor for limit in limits)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("modifier", c.MODIFIERS)
def test_every_kind_composes_with_every_modifier_or_says_why_not(kind: str, modifier: str) -> None:
    """Terms that a kind has no meaning for are refused in words, and never silently ignored."""
    random = Random(f"{kind} {modifier}")  # noqa: S311 - a test
    plain, changed, refused = 0, 0, ""
    for _ in range(40):
        value = {modifier: c.MODIFIERS[modifier](random)}
        own = c.KIND_TERMS[kind](random)
        base = {"id": "metric-0", "kind": kind, **own}
        signed = _signed(random, [base])
        if signed is None:
            continue
        plain += 1
        try:
            other = c.terms(random, [base | value]).model_copy(update={"caps": ()})
        except ValueError as error:
            refused = str(error)
            continue
        known = c.facts(random, signed.model_copy(update={"caps": ()}))
        changed += assess(replace(known, terms=other), c.UNTIL) != assess(known, c.UNTIL)
    assert plain > 10
    assert changed or refused


def test_the_templates_cover_every_kind() -> None:
    assert c.KIND_TERMS.keys() == KINDS.keys()


def test_compositions_pay_and_do_not_pay_and_are_cut_by_every_cap() -> None:
    """What is asserted above of entitlements would mean little if there were none."""
    met: Counter[str] = Counter()
    for seed in range(400):
        random = Random(seed)  # noqa: S311 - a test
        found = assess(composed(random), c.UNTIL)
        met["waits"] += len(found.waiting)
        for each in found.decided:
            paid = each.entitlement and each.entitlement.total
            met["paid" if paid else "not paid"] += 1
            met[f"refused by {each.outcome.refused}"] += each.outcome.refused is not None
            if each.entitlement:
                met["negative"] += each.entitlement.total < ZERO
                for cap in each.entitlement.working.caps:
                    met[f"cut by {cap.scope}"] += cap.cut
    wanted = {f"cut by {s}" for s in ("person", "metric", "year", "payer", "agreement", "return")}
    wanted |= {f"refused by {r}" for r in ("group", "age", "claimed-late", "achieved-outside")}
    assert not (wanted | {"paid", "not paid", "waits", "negative"}) - {
        k for k, n in met.items() if n
    }


def test_a_cap_that_is_not_counted_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Spent, "add", lambda *_: None)
    with pytest.raises(AssertionError):
        caps_hold_in_many_compositions()
