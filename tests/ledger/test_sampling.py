"""Samples of payments: drawn so that nobody steers, and what is not validated is not paid."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from desk.intake.sampling import read_examinations
from ledger import events as e
from ledger.decide import sampling
from ledger.decide.people import Newcomer, SetUp
from ledger.decide.refusal import (
    AgainstTerms,
    AlreadyDone,
    FileRefused,
    FourEyes,
    NotAllowed,
    NotFound,
    OutOfOrder,
    Refusal,
    SingleUser,
)
from ledger.decide.rows import BankRow
from ledger.decide.sampling import Examination, hash_of
from ledger.decide.sampling_population import Rule
from ledger.duties import Duty
from ledger.money import Amount
from ledger.service import Ledger
from ledger.store.personal_key import PersonalKey
from projections.explain import explain
from projections.standalone import verify_ledger
from tests.corrections.story import Story, batch, told
from tests.ledger.policy.test_versions import PRICED

UNTIL, LATER = date(2025, 12, 31), date(2026, 3, 1)
NONCE = "00112233445566778899aabbccddeeff"
TERMS = (
    PRICED.replace("[6, 12]", "[6]")
    .replace("people: 9", "people: 99")
    .replace("  - {id: big, name: Big, roles: [investor]}\n",
             "  - {id: big, name: Big, roles: [investor]}\n"
             "  - {id: town, name: The town, roles: [co_payer]}\n"
             "  - {id: wee, name: Wee, roles: [investor]}\n")
    .replace("  - {investor: big, amount: 200}\n",
             "  - {investor: big, amount: 150}\n  - {investor: wee, amount: 50}\n")
    .replace("  - {payer: fund, share: 1}\n",
             "  - {payer: fund, share: 0.8}\n  - {payer: town, share: 0.2}\n")
)  # fmt: skip
"""1,000 kr. for each, of which fund pays 80 % and town 20 %; 75 % of it to big, 25 % to wee."""

RULE = Rule(
    sample="s-one", purpose="validation", nonce_sha256=hash_of(NONCE),
    confidence=Decimal("0.95"), size=5,
)  # fmt: skip


def proposed(folder: Path, people: int = 20) -> Story:
    """Many outcomes, all in four payments that anna proposed; she recorded everything."""
    story = Story(folder, TERMS, "200.00", date(2024, 1, 2))
    everybody = [f"p{number}" for number in range(people)]
    story.enrol(**dict.fromkeys(everybody, date(2024, 2, 1)))
    for who in everybody:
        story.measured(who, 6, date(2024, 12, 1))
    story.assess(UNTIL)
    story.door.propose_payments("small", UNTIL)
    return story


def paid(folder: Path, people: int = 20) -> Story:
    """The same, approved by carla, sent by dan and settled."""
    story = proposed(folder, people)
    for number in range(1, 5):
        as_(story, "carla").approve_payment(f"small-P00{number}", UNTIL)
        as_(story, "dan").send_payment(f"small-P00{number}", UNTIL)
    payments = story.door.agreement("small").payments.values()
    rows = [
        BankRow(each.proposed.payer, f"L{number}", UNTIL, -each.proposed.amount,
                each.proposed.payment, "paid")
        for number, each in enumerate(payments)
    ]  # fmt: skip
    as_(story, "anna").import_bank(batch(rows))
    assert all(each.settled_at for each in story.door.agreement("small").payments.values())
    return story


def as_(story: Story, actor: str) -> Ledger:
    story.door.actor = actor
    return story.door


def drawn(story: Story, rule: Rule = RULE) -> e.SampleDrawn:
    """Vera commits and draws; anna witnesses."""
    as_(story, "vera").commit_sample(rule, LATER)
    as_(story, "anna").witness_sample(rule.sample, LATER)
    as_(story, "vera").draw_sample(rule.sample, NONCE, LATER)
    return story.door.sample(rule.sample).require_drawn()


def examined(story: Story, sample: str = RULE.sample, wrong: dict[int, str] | None = None) -> None:
    """Vera finds everything right but for some, by their number."""
    items = story.door.sample(sample).require_drawn().items
    for number, item in enumerate(items):
        audited = Amount.parse((wrong or {}).get(number, str(item.booked)))
        found = Examination(item.claim, audited, "", f"file {number}")
        as_(story, "vera").examine_sample(sample, found, LATER)


# --- the draw -----------------------------------------------------------------------------------


def drawn_again(rows: list[dict[str, Any]], chains: list[str], name: str) -> list[str]:
    """The sample as anybody can draw it from the stored events alone: every øre in a row."""
    mine = [row for row in rows if row["stream"] == f"sample/{name}"]
    (committed,) = [row["data"] for row in mine if row["topic"] == "SampleCommitted:1"]
    (witnessed,) = [row for row in mine if row["topic"] == "SampleWitnessed:1"]
    (shown,) = [row["data"] for row in mine if row["topic"] == "SampleDrawn:1"]
    assert hashlib.sha256(bytes.fromhex(shown["nonce"])).hexdigest() == committed["nonce_sha256"]
    chain = chains[witnessed["position"] - 1]
    assert chain == shown["chain"]
    booked: dict[str, int] = {}
    for row in rows:
        if row["topic"] == "PaymentProposed:1" and row["data"]["payment"] in committed["payments"]:
            for item in row["data"]["items"]:
                minor = int(item["amount"].replace(".", ""))
                booked[item["claim"]] = booked.get(item["claim"], 0) + minor
    booked = {claim: minor for claim, minor in booked.items() if minor > 0}
    interval = int(committed["interval"].replace(".", ""))
    seed = hashlib.sha256(bytes.fromhex(chain) + bytes.fromhex(shown["nonce"])).digest()
    number, attempt = interval, 0
    while number >= interval:
        digest = hashlib.sha256(seed + attempt.to_bytes(8, "big")).digest()
        number = int.from_bytes(digest, "big") >> (256 - interval.bit_length())
        attempt += 1
    top = {claim for claim, minor in booked.items() if minor >= interval}
    owners: list[str] = []
    for claim in sorted(set(booked) - top):
        owners += [claim] * booked[claim]
    return sorted(top | set(owners[number::interval]))


def stored(door: Ledger) -> tuple[list[dict[str, Any]], list[str]]:
    """The events as they lie, and the chain value of each."""
    rows = [row for found in door.log.batches() for row in found]
    return [json.loads(row.state) for row in rows], [row.chain.hex() for row in rows]


@pytest.mark.parametrize("size", [5, 12, 40])
def test_a_sample_is_drawn_again_from_the_stored_events_alone(tmp_path: Path, size: int) -> None:
    story = proposed(tmp_path)
    made = drawn(story, replace(RULE, size=size))
    assert [item.claim for item in made.items] == drawn_again(*stored(story.door), "s-one")
    assert {item.top for item in made.items} == {size == 40}
    assert len(made.items) == min(size, 20)
    for item in made.items:
        assert item.booked == Amount(100000)
        assert item.payments == ("small-P001", "small-P002", "small-P003", "small-P004")


def test_the_same_nonce_in_another_hand_draws_others(tmp_path: Path) -> None:
    """Neither the nonce nor the chain decides alone."""
    story = proposed(tmp_path / "one")
    as_(story, "vera").commit_sample(RULE, LATER)
    story.close()
    samples = set()
    for number in range(6):
        folder = tmp_path / f"copy-{number}"
        shutil.copytree(tmp_path / "one" / "ledger", folder)
        with Ledger(folder, actor="anna") as door:
            door.witness_sample("s-one", LATER)
            door.actor = "vera"
            door.draw_sample("s-one", NONCE, LATER)
            samples.add(tuple(x.claim for x in door.sample("s-one").require_drawn().items))
    assert len(samples) > 1


def test_what_is_recorded_after_the_commitment_is_not_drawn_from(tmp_path: Path) -> None:
    story = proposed(tmp_path, people=5)
    as_(story, "vera").commit_sample(replace(RULE, size=4), LATER)
    as_(story, "anna")
    story.enrol(late=date(2024, 2, 1))
    story.measured("late", 6, date(2024, 12, 1))
    story.assess(UNTIL)
    story.door.propose_payments("small", UNTIL)
    assert len(story.door.agreement("small").payments) == 8
    story.door.witness_sample("s-one", LATER)
    made = as_(story, "vera").draw_sample("s-one", NONCE, LATER).recorded[0].event
    assert isinstance(made, e.SampleDrawn)
    committed = story.door.sample("s-one").require_committed()
    assert (committed.claims, committed.population) == (5, Amount.parse("5000.00"))
    assert {p for item in made.items for p in item.payments} == set(committed.payments)
    assert len(committed.payments) == 4


def test_nobody_steers_a_sample(tmp_path: Path) -> None:
    story = proposed(tmp_path)
    door = as_(story, "vera")
    with pytest.raises(NotFound, match="no sample"):
        door.witness_sample("s-one", LATER)
    door.commit_sample(RULE, LATER)
    with pytest.raises(OutOfOrder, match="another person"):
        door.draw_sample("s-one", NONCE, LATER)
    with pytest.raises(FourEyes, match="vera"):
        door.witness_sample("s-one", LATER)
    with pytest.raises(AlreadyDone, match="another name"):
        door.commit_sample(RULE, LATER)
    with pytest.raises(AlreadyDone, match="nonce"):
        door.commit_sample(replace(RULE, sample="s-two"), LATER)
    as_(story, "anna").witness_sample("s-one", LATER)
    with pytest.raises(AlreadyDone, match="witnessed"):
        as_(story, "bo").witness_sample("s-one", LATER)
    door = as_(story, "vera")
    for other in ("ff" + NONCE[2:], NONCE[:-2], NONCE.upper(), "", "zz" * 16):
        with pytest.raises(AgainstTerms, match="not the nonce"):
            door.draw_sample("s-one", other, LATER)
    head = door.log.head()
    door.draw_sample("s-one", NONCE, LATER)
    with pytest.raises(AlreadyDone, match="never drawn anew"):
        door.draw_sample("s-one", NONCE, LATER)
    assert door.log.head()[0] == head[0] + 1
    # The population is as it was when the hash was told; the seed is of what came after.
    made, state = door.sample("s-one").require_drawn(), door.sample("s-one")
    assert state.committed_at < made.witnessed_at < state.drawn_at


def test_one_person_alone_samples_nothing(tmp_path: Path) -> None:
    story = proposed(tmp_path)
    as_(story, "vera").commit_sample(RULE, LATER)
    people = story.door.people()
    people.demo = False
    door = as_(story, "anna")
    acting = sampling.Acting("anna", people, datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(SingleUser):
        sampling.witness(door.sample("s-one"), acting, LATER)


@pytest.mark.parametrize(
    ("changes", "refusal", "says"),
    [
        ({"sample": "S one"}, AgainstTerms, "name the sample"),
        ({"nonce_sha256": "abc"}, AgainstTerms, "64 digits"),
        ({"size": None}, AgainstTerms, "tolerable"),
        ({"tolerable": Amount(0)}, AgainstTerms, "above zero"),
        ({"size": None, "tolerable": Amount(2)}, AgainstTerms, "too small"),
        ({"tolerable": Amount.parse("2000.00"), "size": 5}, AgainstTerms, "it takes 31"),
        ({"size": 2}, AgainstTerms, "which is all of it"),
        ({"size": 10_000_000}, AgainstTerms, "at most"),
        ({"confidence": Decimal("0.9999")}, AgainstTerms, "confidence"),
        ({"sent_from": LATER}, AgainstTerms, "not sent yet"),
        ({"payer": "nobody"}, AgainstTerms, "no payments"),
        ({"purpose": "audit"}, AgainstTerms, "are settled"),
        ({"agreements": ("other",)}, NotFound, "other"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(
    tmp_path_factory: pytest.TempPathFactory,
    changes: dict[str, Any],
    refusal: type[Refusal],
    says: str,
) -> None:
    story = _shared(tmp_path_factory)
    with pytest.raises(refusal, match=says):
        as_(story, "vera").commit_sample(replace(RULE, **changes), LATER)


_MADE: list[Story] = []


def _shared(factory: pytest.TempPathFactory) -> Story:
    """One ledger for all the rules that are refused: nothing is recorded in it."""
    if not _MADE:
        _MADE.append(proposed(factory.mktemp("rules")))
    return _MADE[0]


def test_the_interval_is_of_the_tolerable_misstatement(tmp_path: Path) -> None:
    story = proposed(tmp_path)
    rule = replace(RULE, size=None, tolerable=Amount.parse("6000.00"))
    as_(story, "vera").commit_sample(rule, LATER)
    committed = story.door.sample("s-one").require_committed()
    assert committed.interval == Amount.parse("2000.00")
    assert committed.population == Amount.parse("20000.00")


# --- what is not validated is not paid ----------------------------------------------------------


def test_a_payment_waits_for_the_sample_that_it_is_in(tmp_path: Path) -> None:
    story = proposed(tmp_path)
    as_(story, "carla").approve_payment("small-P001", LATER)
    drawn(story)
    with pytest.raises(OutOfOrder, match="not closed"):
        as_(story, "carla").approve_payment("small-P002", LATER)
    with pytest.raises(OutOfOrder, match="not closed"):
        as_(story, "dan").send_payment("small-P001", LATER)
    _, refused = as_(story, "carla").approve_payments(["small-P002", "small-P003"], LATER)
    assert len(refused) == 2
    with pytest.raises(OutOfOrder, match=r"\d of 5 claims .* not examined"):
        as_(story, "vera").close_sample("s-one", LATER)
    examined(story)
    (closed,) = as_(story, "vera").close_sample("s-one", LATER).recorded
    assert isinstance(closed.event, e.SampleClosed)
    assert closed.event.conclusion == "within"
    as_(story, "dan").send_payment("small-P001", LATER)
    as_(story, "carla").approve_payment("small-P002", LATER)
    assert explain(story.door, "small-P002").samples == (("s-one", "validation", "within"),)
    for again in (story.door.close_sample, story.door.witness_sample):
        with pytest.raises(AlreadyDone):
            again("s-one", LATER)
    with pytest.raises(AlreadyDone, match="closed"):
        examined(story, wrong={0: "1.00"})
    assert story.sound()


def test_beyond_what_is_tolerated_nothing_is_paid_and_no_new_name_helps(tmp_path: Path) -> None:
    story = proposed(tmp_path)
    drawn(story)
    examined(story, wrong={0: "0.00"})
    (closed,) = as_(story, "vera").close_sample("s-one", LATER).recorded
    assert isinstance(closed.event, e.SampleClosed)
    assert closed.event.conclusion == "beyond"
    with pytest.raises(OutOfOrder, match="more may be wrong"):
        as_(story, "carla").approve_payment("small-P001", LATER)
    # Cancelled and proposed anew, twice, it is the same money and needs a sample of its own.
    for earlier, later in (("small-P001", "small-P005"), ("small-P005", "small-P006")):
        as_(story, "dan").cancel_payment(earlier, "sampled", LATER)
        as_(story, "anna").propose_payments("small", LATER)
        with pytest.raises(OutOfOrder, match=f"{later} pays what small-P001 was to pay"):
            as_(story, "carla").approve_payment(later, LATER)
    other = "ab" * 20
    rule = replace(RULE, sample="s-two", nonce_sha256=hash_of(other))
    as_(story, "vera").commit_sample(rule, LATER)
    assert "small-P006" in story.door.sample("s-two").require_committed().payments
    as_(story, "anna").witness_sample("s-two", LATER)
    as_(story, "vera").draw_sample("s-two", other, LATER)
    examined(story, "s-two")
    as_(story, "vera").close_sample("s-two", LATER)
    as_(story, "carla").approve_payment("small-P006", LATER)
    with pytest.raises(OutOfOrder, match="s-one"):
        as_(story, "carla").approve_payment("small-P002", LATER)


def test_what_was_found_too_high_is_not_paid_though_all_is_within(tmp_path: Path) -> None:
    story = proposed(tmp_path)
    drawn(story, replace(RULE, size=10, tolerable=Amount.parse("12000.00")))
    examined(story, wrong={0: "900.00"})
    (closed,) = as_(story, "vera").close_sample("s-one", LATER).recorded
    assert isinstance(closed.event, e.SampleClosed)
    assert closed.event.conclusion == "within"
    with pytest.raises(OutOfOrder, match="found too high"):
        as_(story, "carla").approve_payment("small-P001", LATER)


# --- who examines -------------------------------------------------------------------------------


def test_who_acted_in_a_claim_or_its_payment_does_not_examine_it(tmp_path: Path) -> None:
    story = paid(tmp_path)
    made = drawn(story, replace(RULE, purpose="audit"))
    found = Examination(made.items[0].claim, Amount(1), "", "file 1")
    for who in ("anna", "carla", "dan"):
        with pytest.raises(FourEyes, match=who):
            as_(story, who).examine_sample("s-one", found, LATER)
    assert as_(story, "vera").examine_sample("s-one", found, LATER).recorded
    assert not story.door.examine_sample("s-one", found, LATER).recorded
    (anew,) = story.door.examine_sample("s-one", replace(found, audited=Amount(2)), LATER).recorded
    assert isinstance(anew.event, e.SampleItemExamined)
    assert anew.event.replaces == anew.position - 1
    with pytest.raises(NotFound, match="not in s-one"):
        story.door.examine_sample("s-one", replace(found, claim="other"), LATER)
    with pytest.raises(AgainstTerms, match="below zero"):
        story.door.examine_sample("s-one", replace(found, audited=Amount(-1)), LATER)
    with pytest.raises(AgainstTerms, match="person's id"):
        story.door.examine_sample("s-one", replace(found, remark="p3 was away"), LATER)


def test_each_purpose_takes_a_duty_of_its_own(tmp_path: Path) -> None:
    story = paid(tmp_path)
    story.close()
    keys = {who: PersonalKey.new() for who in ("anna", "vera", "otto", "adam", "eva")}
    held = {
        "anna": (Duty.REGISTRAR,), "vera": (Duty.VALIDATOR,), "otto": (Duty.AUDITOR,),
        "adam": (Duty.ADMINISTRATOR,), "eva": (Duty.ADMINISTRATOR,),
    }  # fmt: skip
    people = tuple(
        Newcomer(id=who, name=who.title(), key=keys[who].public, duties=duties)
        for who, duties in held.items()
    )
    folder = tmp_path / "ledger"
    with Ledger(folder, actor="adam") as door:
        door.set_up_people(SetUp(founder="adam", people=people))

    def by(who: str) -> Ledger:
        return Ledger(folder, actor=who, key=keys[who])

    audit = replace(RULE, purpose="audit")
    for who, rule in (("vera", audit), ("otto", RULE), ("anna", audit), ("anna", RULE)):
        with by(who) as door, pytest.raises(NotAllowed):
            door.commit_sample(rule, LATER)
    with by("otto") as door:
        door.commit_sample(audit, LATER)
        with pytest.raises(NotAllowed):
            door.witness_sample("s-one", LATER)
    with by("vera") as door:
        door.witness_sample("s-one", LATER)
        with pytest.raises(NotAllowed, match="audit"):
            door.draw_sample("s-one", NONCE, LATER)
    with by("otto") as door:
        door.draw_sample("s-one", NONCE, LATER)
        claim = door.sample("s-one").require_drawn().items[0].claim
    found = Examination(claim, Amount(0), "", "file 1")
    with by("vera") as door, pytest.raises(NotAllowed, match="audit"):
        door.examine_sample("s-one", found, LATER)
    with by("otto") as door:
        door.examine_sample("s-one", found, LATER)


def test_a_file_of_examinations_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    story = proposed(tmp_path)
    made = drawn(story)
    good = [f"{item.claim},{item.booked},file {n}," for n, item in enumerate(made.items)]
    file = tmp_path / "found.csv"
    head = "claim,audited,evidence,remark"

    def refused(*rows: str) -> list[str]:
        file.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
        with pytest.raises(FileRefused) as refusal:
            as_(story, "vera").examine_sample_file("s-one", read_examinations(file), LATER)
        return refusal.value.lines()

    before = story.door.log.head()
    assert refused(*good, "small/other,1.00,file,") == [
        (
            "found.csv, row 7, column claim: this claim is not in s-one; `ofl sample show s-one` "
            "lists it"
        )
    ]
    assert refused(f"{made.items[0].claim},1.234,,") == [
        (
            "found.csv, row 2, column audited: write the amount as 1507.00: two decimals after a "
            "point, nothing between the thousands, no currency"
        ),
        "found.csv, row 2, column evidence: the cell is empty; fill it in",
    ]
    (below,) = refused(f"{made.items[0].claim},-1.00,file,")
    assert "row 2, column audited: what should have been paid is not below zero" in below
    (twice,) = refused(*good, f"{made.items[0].claim},1.00,file,")
    assert twice == "found.csv, row 7, column claim: row 2 is of this claim too; keep one of them"
    assert story.door.log.head() == before
    file.write_text("\n".join([head, *good, ""]), encoding="utf-8")
    recorded = story.door.examine_sample_file("s-one", read_examinations(file), LATER).recorded
    assert len(recorded) == len(made.items)
    assert isinstance(recorded[0].event, e.SampleItemExamined)
    assert recorded[0].event.source is not None
    assert recorded[0].event.source.row == 2
    story.door.close_sample("s-one", LATER)


# --- from the sample to the books ---------------------------------------------------------------


def test_what_an_audit_sample_says_is_proposed_and_decided_and_booked(tmp_path: Path) -> None:
    """20,000.00 paid, five looked at, one of 1,000.00 should have been 600.00: 8 % of all."""
    story = paid(tmp_path)
    drawn(story, replace(RULE, purpose="audit", payer=None))
    examined(story, wrong={2: "600.00"})
    with pytest.raises(OutOfOrder, match="not closed"):
        as_(story, "vera").adjust_by_sample("s-one", "errors extrapolated", LATER)
    (closed,) = as_(story, "vera").close_sample("s-one", LATER).recorded
    assert isinstance(closed.event, e.SampleClosed)
    # An interval of 4,000.00, tainted by 40 %; R(1) - R(0) at 95 % is 4.75 - 3.00.
    said = (closed.event.found, closed.event.projected, closed.event.upper_limit)
    assert said == (Amount.parse("400.00"), "1600.00", "14800.00")
    assert closed.event.conclusion == "beyond"
    (proposed_,) = story.door.adjust_by_sample("s-one", "errors extrapolated", LATER).recorded
    assert isinstance(proposed_.event, e.AdjustmentProposed)
    assert proposed_.event.basis == f"sample s-one (event {closed.position})"
    with pytest.raises(AlreadyDone, match="small-J01"):
        story.door.adjust_by_sample("s-one", "again", LATER)
    with pytest.raises(FourEyes, match="vera"):
        story.door.decide_adjustment("small-J01", LATER)
    decided = as_(story, "bo").decide_adjustment("small-J01", LATER).recorded
    assert told(decided) == [
        "2026-03-01 fund: outcome-expense big -960.00",
        "2026-03-01 fund: payable big 960.00",
        "2026-03-01 big: receivable fund -960.00",
        "2026-03-01 big: outcome-income fund 960.00",
        "2026-03-01 fund: outcome-expense wee -320.00",
        "2026-03-01 fund: payable wee 320.00",
        "2026-03-01 wee: receivable fund -320.00",
        "2026-03-01 wee: outcome-income fund 320.00",
        "2026-03-01 town: outcome-expense big -240.00",
        "2026-03-01 town: payable big 240.00",
        "2026-03-01 big: receivable town -240.00",
        "2026-03-01 big: outcome-income town 240.00",
        "2026-03-01 town: outcome-expense wee -80.00",
        "2026-03-01 town: payable wee 80.00",
        "2026-03-01 wee: receivable town -80.00",
        "2026-03-01 wee: outcome-income town 80.00",
    ]
    assert story.sound()


def test_what_is_corrected_claim_by_claim_is_left_out_of_the_adjustment(tmp_path: Path) -> None:
    story = paid(tmp_path)
    drawn(story, replace(RULE, purpose="audit", payer="fund"))
    assert story.door.sample("s-one").require_committed().population == Amount.parse("16000.00")
    # Of each 1,000.00 fund pays 800.00; the interval is 3,200.00.
    examined(story, wrong={0: "400.00"})
    as_(story, "vera").close_sample("s-one", LATER)
    (made,) = story.door.adjust_by_sample("s-one", "x", LATER, less_found=True).recorded
    assert isinstance(made.event, e.AdjustmentProposed)
    assert made.event.amount == Amount.parse("-1200.00")
    assert {(p.payer, p.payee, str(p.amount)) for p in made.event.parts} == {
        ("fund", "big", "-900.00"),
        ("fund", "wee", "-300.00"),
    }


def test_a_clean_sample_leaves_nothing_to_adjust_and_days_bound_an_audit(tmp_path: Path) -> None:
    story = paid(tmp_path)
    audit = replace(RULE, purpose="audit")
    for other in (replace(audit, sent_from=LATER), replace(audit, sent_until=UNTIL)):
        with pytest.raises(AgainstTerms, match="are settled"):
            as_(story, "vera").commit_sample(other, LATER)
    drawn(story, replace(audit, sent_from=UNTIL, sent_until=LATER))
    examined(story)
    as_(story, "vera").close_sample("s-one", LATER)
    with pytest.raises(AgainstTerms, match="nothing to adjust"):
        story.door.adjust_by_sample("s-one", "x", LATER)


def test_a_validation_sample_adjusts_nothing(tmp_path: Path) -> None:
    story = proposed(tmp_path)
    drawn(story)
    examined(story, wrong={0: "0.00"})
    as_(story, "vera").close_sample("s-one", LATER)
    with pytest.raises(AgainstTerms, match="not made"):
        story.door.adjust_by_sample("s-one", "x", LATER)


def test_the_auditors_verifier_knows_samples(tmp_path: Path) -> None:
    story = proposed(tmp_path)
    drawn(story)
    examined(story)
    as_(story, "vera").close_sample("s-one", LATER)
    rows, _ = stored(story.door)
    topics = {row["topic"] for row in rows if row["stream"].startswith("sample/")}
    assert topics == {kind.topic for kind in e.EVENTS.values() if kind.__name__[:6] == "Sample"}
    assert [verify_ledger.post(row) for row in rows if row["topic"] in topics] == [[]] * 9
    assert story.sound()
