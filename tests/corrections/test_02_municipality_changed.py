"""A citizen moves: the split stays up to the date, and from it on the new municipality co-pays.

A year without the shelter at 1,000 kr. a night: the municipality's gain is 182,500, of which it
pays half. The person moved to Odense after 90 of the 365 days, which nobody told before all was
paid.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger.decide.refusal import AgainstTerms, AlreadyDone, OutOfOrder
from tests.corrections.nights import NIGHTS, opened
from tests.corrections.story import Story, owed
from tests.ledger.policy.test_versions import PRICED

UNTIL = date(2022, 12, 31)
MOVED_ON = date(2021, 4, 1)
THREE = NIGHTS.replace(
    "  - {id: home,", "  - {id: vejle, name: Vejle, roles: [co_payer]}\n  - {id: home,"
)


def paid_by_aarhus(folder: Path) -> Story:
    story = opened(folder)
    story.enrol(ada=date(2021, 1, 1))
    story.register_until(UNTIL)
    story.measured("ada", 12, date(2022, 1, 3))
    story.assess(UNTIL)
    assert story.pay(UNTIL) == ["fund pays big 182500.00", "aarhus pays big 91250.00"]
    return story


def test_the_old_municipality_pays_up_to_the_move_and_the_new_one_after(tmp_path: Path) -> None:
    story = paid_by_aarhus(tmp_path)
    moved = story.door.move_subject(story.ref("ada"), "odense", MOVED_ON, "told late")
    assert story.assess(UNTIL) == [
        "2022-01-01 aarhus: outcome-expense big -68750.00",
        "2022-01-01 aarhus: payable big 68750.00",
        "2022-01-01 big: receivable aarhus -68750.00",
        "2022-01-01 big: outcome-income aarhus 68750.00",
        "2022-01-01 odense: outcome-expense big 68750.00",
        "2022-01-01 odense: payable big -68750.00",
        "2022-01-01 big: receivable odense 68750.00",
        "2022-01-01 big: outcome-income odense -68750.00",
    ]
    (change,) = story.changes()
    assert str(change.before) == str(change.after) == "273750.00"
    assert [each.position for each in change.because] == [moved.recorded[0].position]
    assert story.pay(UNTIL) == ["odense pays big 68750.00"]
    assert [line for line in story.balances() if "aarhus" in line] == [
        "aarhus bank -91250.00",
        "aarhus outcome-expense big 22500.00",
        "aarhus payable big 68750.00",
        "big outcome-income aarhus -22500.00",
        "big receivable aarhus -68750.00",
    ]
    assert story.sound()


def test_a_move_that_was_wrong_is_voided_and_all_is_as_before(tmp_path: Path) -> None:
    story = paid_by_aarhus(tmp_path)
    before = story.balances()
    (moved,) = story.door.move_subject(story.ref("ada"), "odense", MOVED_ON, "a namesake").recorded
    story.assess(UNTIL)
    story.door.void_fact(moved.position, "it was a namesake")
    story.assess(UNTIL)
    assert story.balances() == before
    assert story.sound()


def test_moves_are_voided_from_the_last_under_whichever_id_they_were_told(tmp_path: Path) -> None:
    story = opened(tmp_path, THREE)
    story.enrol(ada=date(2021, 1, 1), twin=date(2021, 2, 1))
    ada, twin = story.ref("ada"), story.ref("twin")
    told = [
        story.door.move_subject(who, to, on, "moved").recorded[0].position
        for who, to, on in (
            (ada, "odense", MOVED_ON),
            (ada, "vejle", date(2021, 6, 1)),
            (twin, "odense", date(2021, 9, 1)),
        )
    ]
    with pytest.raises(OutOfOrder, match=f"^event {told[1]} moved the person later, from where"):
        story.door.void_fact(told[0], "a namesake")
    story.door.merge_subjects(ada, twin, "one citizen")
    before = story.door.log.head()
    with pytest.raises(OutOfOrder, match=f"^events {told[2]}, {told[1]} moved the person later"):
        story.door.void_fact(told[0], "a namesake")
    with pytest.raises(OutOfOrder, match="void the later ones first, beginning with the last"):
        story.door.void_fact(told[1], "a namesake")
    assert story.door.log.head() == before
    for position in reversed(told):
        story.door.void_fact(position, "a namesake")
    assert story.door.agreement("nights").people()[ada].moves == ()
    assert story.sound()


def test_what_has_a_price_is_owed_by_the_municipality_of_its_day(tmp_path: Path) -> None:
    split = "split:\n  - {payer: fund, share: 0.5}\n  - {payer: aarhus, share: 0.5}\n"
    terms = PRICED.replace("split:\n  - {payer: fund, share: 1}\n", split).replace(
        "  - {id: home,",
        "  - {id: aarhus, name: Aarhus, roles: [co_payer]}\n"
        "  - {id: odense, name: Odense, roles: [co_payer]}\n  - {id: home,",
    )
    story = Story(tmp_path, terms, "200.00", date(2024, 1, 2))
    story.enrol(ada=date(2024, 2, 1))
    story.measured("ada", 6, date(2024, 8, 2))
    story.measured("ada", 12, date(2025, 2, 2))
    story.door.move_subject(story.ref("ada"), "odense", date(2024, 8, 2), "moved")
    assert owed(story.door.assess("small", date(2025, 12, 31))[0].recorded) == [
        "2024-08-01 fund owes big 500.00",
        "2024-08-01 aarhus owes big 500.00",
        "2025-02-01 fund owes big 500.00",
        "2025-02-01 odense owes big 500.00",
    ]
    assert story.sound()


def test_a_municipality_outside_the_agreement_owes_nothing(tmp_path: Path) -> None:
    story = opened(tmp_path)
    story.enrol(ada=date(2021, 1, 1))
    ref = story.ref("ada")
    with pytest.raises(AgainstTerms, match="no co-payer in the terms"):
        story.door.move_subject(ref, "vejle", MOVED_ON, "moved")
    with pytest.raises(AlreadyDone):
        story.door.move_subject(ref, "aarhus", MOVED_ON, "moved")
    story.door.move_subject(ref, "odense", MOVED_ON, "moved")
    with pytest.raises(OutOfOrder, match="void it first"):
        story.door.move_subject(ref, "aarhus", date(2021, 3, 1), "moved before that")


def test_terms_that_do_not_bind_the_new_municipality_leave_the_old_one(tmp_path: Path) -> None:
    """Odense becomes a party by an amendment: outcomes judged by the terms before stay as split."""
    alone = NIGHTS.replace("  - {id: odense, name: Odense, roles: [co_payer]}\n", "")
    story = opened(tmp_path, alone.replace("[12]", "[12, 24]"))
    story.enrol(ada=date(2021, 1, 1))
    story.register_until(date(2023, 6, 1))
    story.measured("ada", 12, date(2022, 1, 3))
    story.measured("ada", 24, date(2023, 1, 3))
    amended = type(story.terms).model_validate(
        story.terms.model_copy(
            update={
                "parties": (
                    *story.terms.parties,
                    story.terms.parties[1].model_copy(update={"id": "odense", "name": "Odense"}),
                )
            }
        ).model_dump()
    )
    story.door.amend(
        amended, date(2022, 7, 1), story.door.agreement("nights").require_signed().source
    )
    story.door.move_subject(story.ref("ada"), "odense", MOVED_ON, "moved")
    found = owed(story.door.assess("nights", date(2023, 6, 1))[0].recorded)
    assert found == [
        "2022-01-01 fund owes big 182500.00",
        "2022-01-01 aarhus owes big 91250.00",
        "2023-01-01 fund owes big 182500.00",
        "2023-01-01 odense owes big 91250.00",
    ]
    assert story.sound()


def test_moves_told_under_either_id_of_one_citizen_count_in_order_of_day(tmp_path: Path) -> None:
    """The twin's id is merged into Ada's; the later move is told under it."""
    story = opened(tmp_path)
    story.enrol(ada=date(2021, 1, 1), twin=date(2021, 2, 1))
    story.register_until(UNTIL)
    story.measured("ada", 12, date(2022, 1, 3))
    story.door.merge_subjects(story.ref("ada"), story.ref("twin"), "one citizen")
    story.door.move_subject(story.ref("ada"), "odense", MOVED_ON, "moved")
    story.door.move_subject(story.ref("twin"), "aarhus", date(2021, 10, 1), "home again")
    assert [line for line in story.assess(UNTIL) if "outcome-expense" in line] == [
        "2022-01-01 fund: outcome-expense big 182500.00",
        "2022-01-01 aarhus: outcome-expense big 45500.00",
        "2022-01-01 odense: outcome-expense big 45750.00",
    ]
    assert story.sound()
