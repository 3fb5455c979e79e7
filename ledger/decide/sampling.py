"""Samples of payments: committed to, witnessed, drawn, examined and closed, so that nobody steers.

The auditor commits to a nonce by its hash, and with that the population and the interval are fixed.
Then another person records that it was witnessed, and the chain value of that event, together with
the nonce, is the seed. The auditor cannot know the chain value beforehand, the other cannot know
the nonce, and there is one such event only. Who examines a claim may have acted in nothing that it
rests on. How the numbers are reckoned stands in `ledger.policy.sampling`.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction

from ledger import events as e
from ledger.decide.decision import New, numbered, sample_stream
from ledger.decide.four_eyes import another_person
from ledger.decide.payment import acted_in
from ledger.decide.people_state import PeopleState
from ledger.decide.refusal import (
    AgainstTerms,
    AlreadyDone,
    FileRefused,
    Finding,
    NotAllowed,
    NotFound,
    OutOfOrder,
)
from ledger.decide.rows import Batch
from ledger.decide.sampling_population import Found, Rule, claims_of, payments_meant
from ledger.decide.sampling_state import SampleState
from ledger.decide.state import AgreementState, LawState
from ledger.duties import Duty
from ledger.events.sampling import Purpose
from ledger.facts import Source
from ledger.model import Position
from ledger.money import ZERO, Amount, total, written
from ledger.policy import sampling as policy

NONCE_HEX = re.compile(r"(?:[0-9a-f]{2}){16,64}", re.ASCII)
_SHA256_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9-]{1,39}", re.ASCII)
_DUTIES: dict[Purpose, Duty] = {"validation": Duty.VALIDATOR, "audit": Duty.AUDITOR}


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found of one claim, and where that was read if in a file."""

    claim: str
    audited: Amount
    remark: str
    evidence: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, among whom, and when."""

    actor: str
    people: PeopleState
    moment: datetime

    def require_duty(self, purpose: Purpose) -> None:
        """Refuse who has not the duty that a sample's purpose asks for.

        Raises:
            NotAllowed: if so.
        """
        if not self.people.staffed:
            return
        duty = _DUTIES[purpose]
        colleague = self.people.colleague_of(self.actor)
        if colleague is None or duty not in self.people.duties_of(colleague.id, self.moment):
            holders = ", ".join(self.people.holders(duty)) or "nobody"
            message = (
                f"{self.people.named(self.actor)} has no part in a sample for {purpose}: it takes "
                f"the duty of {duty.value} ({holders})"
            )
            raise NotAllowed(message)


# --- the steps ----------------------------------------------------------------------------------


def commit(
    states: Mapping[str, AgreementState],
    known: Mapping[str, SampleState],
    rule: Rule,
    acting: Acting,
    on: date,
) -> list[New]:
    """Fix a sample's population, interval and nonce, of which only the hash is told.

    Raises:
        AlreadyDone: if there is a sample of that name, or one with that nonce.
        AgainstTerms: if the rule cannot be reckoned with, or no payment is meant.
        NotFound: if it names an agreement that is not there.
    """
    acting.require_duty(rule.purpose)
    _require_sound(rule)
    if rule.sample in known:
        message = f"there is a sample {rule.sample}; give this one another name"
        raise AlreadyDone(message)
    for name, other in known.items():
        if other.committed and other.committed.nonce_sha256 == rule.nonce_sha256:
            message = f"the nonce of {name} cannot serve again; make another"
            raise AlreadyDone(message)
    payments = payments_meant(states, rule)
    claims, _ = claims_of(states, payments)
    if not claims:
        waiting = "wait to be sent" if rule.purpose == "validation" else "are settled"
        message = f"no payments for outcomes {waiting} of those that the sample is to be of"
        raise AgainstTerms(message)
    population = total(found.booked for found in claims.values())
    interval, tolerable = _interval(population, rule)
    committed = e.SampleCommitted(
        sample=rule.sample,
        purpose=rule.purpose,
        nonce_sha256=rule.nonce_sha256,
        agreements=rule.agreements or tuple(sorted(states)),
        payer=rule.payer,
        sent_from=rule.sent_from,
        sent_until=rule.sent_until,
        payments=tuple(payments),
        claims=len(claims),
        population=population,
        confidence=rule.confidence,
        tolerable=tolerable,
        interval=interval,
    )
    return numbered(sample_stream(rule.sample), 0, [(on, committed)])


def _require_sound(rule: Rule) -> None:
    if not _NAME.fullmatch(rule.sample):
        message = "name the sample in a-z, 0-9 and hyphens, from a letter, such as audit-2025"
        raise AgainstTerms(message)
    if not _SHA256_HEX.fullmatch(rule.nonce_sha256):
        message = "the hash of the nonce is 64 digits of 0-9 and a-f"
        raise AgainstTerms(message)
    if rule.purpose == "validation" and (rule.sent_from or rule.sent_until):
        message = "a validation sample is of what is not sent yet; leave out the days of sending"
        raise AgainstTerms(message)
    nothing = rule.tolerable is None and rule.size is None
    if nothing or (rule.tolerable is not None and rule.tolerable <= ZERO):
        message = (
            "say what misstatement is tolerable, as an amount above zero, or how large the sample "
            "is to be"
        )
        raise AgainstTerms(message)


def _interval(population: Amount, rule: Rule) -> tuple[Amount, Amount]:
    """The interval, and what is tolerated: what a sample of that size without errors shows."""
    try:
        factor = policy.poisson_factor(rule.confidence, 0)
        widest = rule.tolerable and policy.interval_for_confidence(rule.tolerable, rule.confidence)
        sized = rule.size is not None and policy.interval_for_size(population, rule.size)
    except ValueError as error:
        raise AgainstTerms(str(error)) from None
    interval = sized or widest
    assert interval
    tolerable = rule.tolerable or Amount(math.ceil(factor * interval.minor))
    if widest and interval > widest:
        message = (
            f"a sample of {rule.size} cannot show that no more than {rule.tolerable} is wrong: "
            f"it takes {math.ceil(Fraction(population.minor, widest.minor))}"
        )
        raise AgainstTerms(message)
    if tolerable >= population:
        message = (
            f"{tolerable} of {population} would be tolerated, which is all of it; tolerate less, "
            "or look at more"
        )
        raise AgainstTerms(message)
    return interval, tolerable


def witness(state: SampleState, acting: Acting, on: date) -> list[New]:
    """Put an event after the commitment, as another person, for the seed to be made of.

    Raises:
        AlreadyDone: if it was witnessed.
        FourEyes: if the same person committed to the sample.
    """
    state.require_committed()
    if state.witnessed_at is not None:
        message = f"{state.sample} is witnessed already (event {state.witnessed_at})"
        raise AlreadyDone(message)
    acted = {state.committed_at: state.actors[state.committed_at]}
    did = f"committed to the sample {state.sample}"
    another_person(acting.people, acting.actor, acted, did, "witness it")
    witnessed = e.SampleWitnessed(sample=state.sample, committed_at=state.committed_at)
    return numbered(sample_stream(state.sample), state.version, [(on, witnessed)])


def draw(
    state: SampleState,
    states: Mapping[str, AgreementState],
    nonce: str,
    chain: bytes,
    acting: Acting,
    on: date,
) -> list[New]:
    """Show the nonce and draw; `chain` is the chain value of the event that witnessed it.

    Raises:
        AlreadyDone: if it is drawn.
        OutOfOrder: if nobody has witnessed it.
        AgainstTerms: if it is not the nonce that was committed to.
    """
    committed = state.require_committed()
    acting.require_duty(committed.purpose)
    if state.drawn is not None:
        message = f"{state.sample} is drawn (event {state.drawn_at}), and is never drawn anew"
        raise AlreadyDone(message)
    if state.witnessed_at is None:
        message = (
            f"another person than who committed to it runs `ofl sample witness {state.sample}` "
            "first: what that adds to the chain decides the draw"
        )
        raise OutOfOrder(message)
    if not NONCE_HEX.fullmatch(nonce) or hash_of(nonce) != committed.nonce_sha256:
        message = f"this is not the nonce that {state.sample} is committed to"
        raise AgainstTerms(message)
    claims, _ = claims_of(states, committed.payments)
    items = [policy.Item(claim, found.booked) for claim, found in claims.items()]
    seeded = policy.seed(chain, bytes.fromhex(nonce))
    made = policy.draw(items, committed.interval, seeded)
    assert (len(claims), made.population) == (committed.claims, committed.population)
    drawn = e.SampleDrawn(
        sample=state.sample,
        nonce=nonce,
        witnessed_at=state.witnessed_at,
        chain=chain.hex(),
        start=Amount(made.start),
        items=tuple(
            e.SampledItem(
                claim=each.identity,
                payments=tuple(claims[each.identity].payments),
                booked=each.booked,
                top=each in made.top,
            )
            for each in sorted((*made.top, *made.drawn))
        ),
    )
    return numbered(sample_stream(state.sample), state.version, [(on, drawn)])


def hash_of(nonce: str) -> str:
    """The SHA-256 of a nonce's bytes, in hexadecimal digits as the nonce is."""
    return hashlib.sha256(bytes.fromhex(nonce)).hexdigest()


@dataclass(slots=True)
class Examiner:
    """Who examines what was drawn; several claims in one go."""

    acting: Acting
    law: LawState
    states: Mapping[str, AgreementState]
    _others: set[Position] = field(default_factory=set)

    def examine(self, state: SampleState, found: Sequence[Examination], on: date) -> list[New]:
        """What should have been paid for claims that were drawn; what is known changes nothing.

        Raises:
            NotFound: if a claim was not drawn.
            AlreadyDone: if the sample is closed.
            AgainstTerms: if an amount is below zero.
            FourEyes: if the examiner acted in what a claim rests on.
        """
        drawn = state.require_drawn()
        committed = state.require_committed()
        self.acting.require_duty(committed.purpose)
        if state.closed is not None:
            message = f"{state.sample} is closed (event {state.closed_at})"
            raise AlreadyDone(message)
        items = {item.claim: item for item in drawn.items}
        claims, _ = claims_of(self.states, committed.payments)
        news: list[tuple[date, e.Event]] = []
        for each in found:
            item = items.get(each.claim)
            if item is None:
                message = f"{each.claim!r} is not in {state.sample}; `ofl sample show` lists it"
                raise NotFound(message)
            if each.audited < ZERO:
                message = "what should have been paid is not below zero"
                raise AgainstTerms(message)
            self._require_another_person(claims[each.claim], item)
            known = state.examined.get(each.claim)
            event = e.SampleItemExamined(
                sample=state.sample,
                claim=each.claim,
                booked=item.booked,
                audited=each.audited,
                remark=each.remark,
                evidence=each.evidence,
                replaces=known[0] if known else None,
                source=each.source,
            )
            if known is None or not _says_the_same(known[1], event):
                news.append((on, event))
        return numbered(sample_stream(state.sample), state.version, news)

    def _require_another_person(self, found: Found, item: e.SampledItem) -> None:
        state = self.states[found.agreement]
        acted: dict[Position, str] = {}
        for position in found.rests_on:
            acted |= acted_in(self.law, state, position, self._others)
        for payment in (state.payments[name] for name in item.payments):
            steps = [payment.proposed_at, *(each.at for each in payment.approvals)]
            if payment.instructed_at is not None:
                steps.append(payment.instructed_at)
            acted |= {at: state.actors[at] for at in steps}
        did = f"took part in what {item.claim} rests on, or in its payment"
        another_person(self.acting.people, self.acting.actor, acted, did, "examine it")
        self._others |= acted.keys()

    def examine_file(self, state: SampleState, batch: Batch[Examination], on: date) -> list[New]:
        """The same for a file of claims.

        Raises:
            FileRefused: if it names claims that were not drawn; and as `examine`.
        """
        drawn = {item.claim for item in state.require_drawn().items}
        message = f"this claim is not in {state.sample}; `ofl sample show {state.sample}` lists it"
        strange = [
            Finding(row.number, "claim", message)
            for row in batch.rows
            if row.value.claim not in drawn
        ]
        if strange:
            raise FileRefused(batch.file, strange)
        found = [replace(row.value, source=batch.source(row.number)) for row in batch.rows]
        return self.examine(state, found, on)


def _says_the_same(one: e.SampleItemExamined, other: e.SampleItemExamined) -> bool:
    said = ("audited", "remark", "evidence")
    return all(getattr(one, name) == getattr(other, name) for name in said)


def close(state: SampleState, acting: Acting, on: date) -> list[New]:
    """Say what the examined claims say of the whole population.

    Raises:
        AlreadyDone: if it is closed.
        OutOfOrder: if a claim that was drawn is not examined.
    """
    drawn, committed = state.require_drawn(), state.require_committed()
    acting.require_duty(committed.purpose)
    if state.closed is not None:
        message = f"{state.sample} is closed (event {state.closed_at})"
        raise AlreadyDone(message)
    missing = [item.claim for item in drawn.items if item.claim not in state.examined]
    if missing:
        message = (
            f"{len(missing)} of {len(drawn.items)} claims of {state.sample} are not examined, "
            f"such as {missing[0]}"
        )
        raise OutOfOrder(message)
    found = evaluated(state)
    closed = e.SampleClosed(
        sample=state.sample,
        drawn_at=state.drawn_at,
        examined_at=tuple(sorted(at for at, _ in state.examined.values())),
        found=found.found,
        projected=written(found.projected),
        upper_limit=written(found.upper_limit),
        adjustment=found.adjustment,
        conclusion="within" if found.upper_limit <= committed.tolerable.minor else "beyond",
    )
    return numbered(sample_stream(state.sample), state.version, [(on, closed)])


def evaluated(state: SampleState) -> policy.Evaluation:
    """What a sample whose claims are all examined says of its population."""
    drawn, committed = state.require_drawn(), state.require_committed()
    top = tuple(policy.Item(x.claim, x.booked) for x in drawn.items if x.top)
    below = tuple(policy.Item(x.claim, x.booked) for x in drawn.items if not x.top)
    rest = committed.population - total(each.booked for each in top)
    made = policy.Sample(
        committed.interval, drawn.start.minor, committed.population, rest, top, below
    )
    audited = {claim: examined.audited for claim, (_, examined) in state.examined.items()}
    return policy.evaluate(made, audited, committed.confidence)
