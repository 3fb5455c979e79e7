"""A person is erased: what is personal goes, amounts stay, and replay gives identical balances."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from ledger.decide.refusal import AlreadyDone, FileRefused
from ledger.decide.rows import StayRow
from ledger.events import Sealed, StayCorrected, StayRecorded
from ledger.facts import Stay
from tests.corrections.nights import opened
from tests.corrections.story import batch

UNTIL = date(2022, 12, 31)


def test_after_erasing_the_books_are_the_same_and_nothing_personal_is_left(tmp_path: Path) -> None:
    story = opened(tmp_path)
    story.enrol(ada=date(2021, 1, 1), bea=date(2021, 2, 1))
    wrong = story.stayed("ada", "A", date(2021, 3, 1), date(2021, 3, 11))
    story.register_until(UNTIL)
    story.measured("ada", 12, date(2022, 1, 3))
    story.measured("bea", 12, date(2022, 2, 3))
    story.assess(UNTIL)
    assert story.pay(UNTIL) == ["fund pays big 360000.00", "aarhus pays big 180000.00"]
    stay = Stay(stay="A", shelter="herberg", admitted=date(2021, 3, 1), discharged=date(2021, 3, 5))
    story.door.correct_facts(batch([StayRow("ada", stay)]), "discharged earlier")
    assert [line for line in story.assess(UNTIL) if "expense" in line] == [
        "2022-01-01 fund: outcome-expense big 3000.00",
        "2022-01-01 aarhus: outcome-expense big 1500.00",
    ]
    assert story.pay(UNTIL) == ["fund pays big 3000.00", "aarhus pays big 1500.00"]
    before, ada = story.balances(), story.ref("ada")

    story.door.erase_subject(ada, "asked for", even_though_undecided=True)
    assert story.balances() == before
    with closing(story.views()) as views:
        views.rebuild(story.door.log)
    assert story.balances() == before
    assert story.assess(UNTIL) == []
    assert story.sound()

    kept = [
        each.event
        for each in story.door.at(1, story.head())
        if isinstance(each.event, StayRecorded) and each.event.subject == ada
    ]
    assert [type(each) for each in kept] == [StayRecorded, StayCorrected]
    assert all(isinstance(each.stay, Sealed) for each in kept)
    with pytest.raises(AlreadyDone):
        story.door.void_fact(wrong, "too late")
    with pytest.raises(FileRefused, match="never recorded"):
        story.door.correct_facts(batch([StayRow("ada", stay)]), "too late")
