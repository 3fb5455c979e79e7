"""Erasing people: the books stay, verification holds, and nothing of the person is left."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from desk.cli.session import VIEWS_FILE
from ledger.model import SubjectRef
from projections.balances import balances
from projections.follow import Views
from projections.verify import verify
from projections.views import metadata
from tests.histories import RandomHistory, play, scratch

SEEDS = range(12)
STEPS = 40


def enrolled(history: RandomHistory) -> list[SubjectRef]:
    states = history.ledger().agreements().values()
    return sorted(ref for state in states for ref in state.enrolled)


def erase(history: RandomHistory, ref: SubjectRef) -> None:
    ledger = history.ledger("erik")
    ledger.command_id = f"erase-{ref}"
    ledger.erase_subject(ref, "time is up", even_though_undecided=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_erasing_anybody_leaves_the_books_as_they_are(seed: int) -> None:
    with scratch() as folder:
        path = Path(folder) / "ledger"
        with (
            closing(play(path, seed, STEPS)) as history,
            closing(Views(path / VIEWS_FILE)) as views,
        ):
            ledger = history.ledger()
            views.catch_up(ledger.log)
            before = repr(balances(views))
            people = enrolled(history)
            random = Random(seed)  # noqa: S311 - the same people each time
            for ref in random.sample(people, random.randint(1, len(people))):
                erase(history, ref)
            assert repr(balances(views)) == before
            ledger.seal()
            found = verify(history.ledger("auditor"), views)
            assert found.sound, found.faults
            views.catch_up(ledger.log)
            assert repr(balances(views)) == before
            kept = [views.rows(table) for table in metadata.sorted_tables]
            views.rebuild(ledger.log)
            assert [views.rows(table) for table in metadata.sorted_tables] == kept
