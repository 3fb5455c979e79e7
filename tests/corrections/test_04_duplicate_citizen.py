"""One citizen is enrolled twice: merged, a night counts once and the cap per person holds once.

Ada was enrolled on 1 January 2021 and again, under another id, on 1 February. Her stay in March
is in the register under both ids, from other days: ten nights each, fifteen in all. The cap is
300,000 for a person, so twice as much was paid for her as for anybody.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger.decide.refusal import AlreadyDone, NotFound, OutOfOrder
from ledger.decide.rows import StayRow
from ledger.facts import Stay
from tests.corrections.nights import NIGHTS, opened
from tests.corrections.story import Story, batch

TERMS = NIGHTS.replace("[12]", "[12, 24]").replace(
    "payer: aarhus, share: 0.50", "payer: aarhus, share: 0"
)
TERMS = TERMS.replace("rounding:", "caps:\n  - {scope: person, limit: 300000.00}\nrounding:")
UNTIL = date(2023, 6, 1)


def enrolled_twice(folder: Path) -> Story:
    story = opened(folder, TERMS)
    story.enrol(ada=date(2021, 1, 1), twin=date(2021, 2, 1))
    story.stayed("ada", "A", date(2021, 3, 1), date(2021, 3, 11))
    story.stayed("twin", "B", date(2021, 3, 6), date(2021, 3, 16))
    story.register_until(UNTIL)
    for who, first in (("ada", date(2022, 1, 3)), ("twin", date(2022, 2, 3))):
        story.measured(who, 12, first)
        story.measured(who, 24, first.replace(year=2023))
    return story


def test_merged_a_night_counts_once_and_the_cap_holds_once_and_back(tmp_path: Path) -> None:
    story = enrolled_twice(tmp_path)
    story.assess(UNTIL)
    ada, twin = story.ref("ada"), story.ref("twin")
    apart = {
        f"nights/{ada}/saved/12m": "177500.00",
        f"nights/{twin}/saved/12m": "177500.00",
        f"nights/{ada}/saved/24m": "122500.00",
        f"nights/{twin}/saved/24m": "122500.00",
    }
    assert story.claims() == apart
    assert story.pay(UNTIL) == ["fund pays big 600000.00"]
    before = story.balances()

    story.door.actor = "bo"
    (merged,) = story.door.merge_subjects(twin, ada, "one citizen with two ids").recorded
    story.door.actor = "anna"
    lines = [line for line in story.assess(UNTIL) if "expense" in line]
    assert lines == [
        "2022-01-01 fund: outcome-expense big -2500.00",
        "2023-01-01 fund: outcome-expense big 2500.00",
        "2022-02-01 fund: outcome-expense big -177500.00",
        "2023-02-01 fund: outcome-expense big -122500.00",
    ]
    assert story.claims() == {
        f"nights/{ada}/saved/12m": "175000.00",  # 365 - 15 nights at half of 1,000
        f"nights/{ada}/saved/24m": "125000.00",  # what the cap leaves
    }
    for change in story.changes():
        assert merged.position in {each.position for each in change.because}
    assert [line for line in story.balances() if line.startswith("fund")] == [
        "fund bank -600000.00",
        "fund outcome-expense big 300000.00",
        "fund payable big 300000.00",
    ]

    story.door.unmerge_subject(twin, "twins, after all")
    story.assess(UNTIL)
    assert story.claims() == apart
    assert story.balances() == before
    assert story.sound()


def test_the_register_may_go_on_telling_of_either_id(tmp_path: Path) -> None:
    story = enrolled_twice(tmp_path)
    ada, twin = story.ref("ada"), story.ref("twin")
    story.stayed("ada", "C", date(2021, 9, 1), None)
    story.door.merge_subjects(ada, twin, "one citizen with two ids")
    ended = Stay(
        stay="C", shelter="herberg", admitted=date(2021, 9, 1), discharged=date(2021, 9, 2)
    )
    (closed,) = story.door.import_stays(batch([StayRow("twin", ended)])).recorded
    assert closed.event.subject == ada  # type: ignore[attr-defined]
    again = story.door.import_stays(
        batch(
            [
                StayRow("ada", ended),
            ]
        )
    )
    assert again.recorded == ()
    story.door.assess("nights", UNTIL)
    assert story.claims()[f"nights/{ada}/saved/12m"] == "174500.00"
    assert story.sound()


def test_two_who_are_one_take_one_place_and_are_forgotten_together(tmp_path: Path) -> None:
    story = enrolled_twice(tmp_path)
    ada, twin = story.ref("ada"), story.ref("twin")
    story.assess(UNTIL)
    story.pay(UNTIL)
    story.door.merge_subjects(ada, twin, "one citizen with two ids")
    story.assess(UNTIL)
    books = story.balances()
    assert story.door.agreement("nights").places_taken == 1
    with pytest.raises(OutOfOrder, match="not paid yet"):
        story.door.erase_subject(twin, "asked for")
    story.door.erase_subject(twin, "asked for", even_though_undecided=True)
    assert story.door.vault.known([ada, twin]) == set()
    assert story.assess(UNTIL) == []
    assert story.balances() == books
    assert story.sound()
    with pytest.raises(AlreadyDone, match="is erased"):
        story.door.unmerge_subject(twin, "twins, after all")


def test_who_may_be_merged(tmp_path: Path) -> None:
    story = enrolled_twice(tmp_path)
    ada, twin = story.ref("ada"), story.ref("twin")
    with pytest.raises(AlreadyDone, match="one person already"):
        story.door.merge_subjects(ada, ada, "the same")
    with pytest.raises(NotFound):
        story.door.merge_subjects(ada, type(ada)("s0123456789abcdef"), "nobody")
    with pytest.raises(AlreadyDone, match="not merged"):
        story.door.unmerge_subject(twin, "not merged at all")
    story.door.merge_subjects(ada, twin, "one")
    with pytest.raises(AlreadyDone, match="one person already"):
        story.door.merge_subjects(twin, ada, "one again")
    story.enrol(third=date(2021, 3, 1))
    with pytest.raises(OutOfOrder, match="which they count as"):
        story.door.merge_subjects(story.ref("third"), twin, "one of three")
    story.door.merge_subjects(story.ref("third"), ada, "one of three")
    assert story.door.agreement("nights").places_taken == 1
