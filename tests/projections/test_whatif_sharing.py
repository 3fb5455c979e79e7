"""Work that is shared with others is all done, each piece once, whoever is slow or refuses."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.decide.refusal import NotFound
from projections.whatif.sharing import shared

NAMES = [f"n{number:02d}" for number in range(20)]


@given(st.integers(0, 20), st.integers(1, 5), st.integers(1, 3))
def test_every_name_is_answered_once(count: int, size: int, workers: int) -> None:
    done: Counter[str] = Counter()

    def work(names: Sequence[str]) -> list[str]:
        done.update(names)
        return [*names]

    with ThreadPoolExecutor(workers) as pool:
        assert sorted(shared(pool, work, work, NAMES[:count], size)) == NAMES[:count]
    assert all(times == 1 for times in done.values())


def test_what_others_are_slow_to_take_is_done_here() -> None:
    """From the last on, while they still do the first."""
    begun, may_end, here = threading.Event(), threading.Event(), list[str]()

    def theirs(names: Sequence[str]) -> list[str]:
        begun.set()
        may_end.wait()
        return [*names]

    def mine(names: Sequence[str]) -> list[str]:
        begun.wait()
        here.extend(names)
        if names[0] == NAMES[4]:
            may_end.set()
        return [*names]

    with ThreadPoolExecutor(1) as pool:
        assert sorted(shared(pool, theirs, mine, NAMES, 2)) == NAMES
    assert here[:4] == ["n18", "n19", "n16", "n17"]
    assert set(NAMES[4:]) <= set(here)


@given(st.sets(st.sampled_from(NAMES), min_size=1), st.integers(1, 5), st.integers(1, 3))
def test_the_first_refusal_in_order_is_told(refused: set[str], size: int, workers: int) -> None:
    def work(names: Sequence[str]) -> list[str]:
        for name in names:
            if name in refused:
                raise NotFound(name)
        return [*names]

    with ThreadPoolExecutor(workers) as pool, pytest.raises(NotFound, match=min(refused)):
        list(shared(pool, work, work, NAMES, size))
