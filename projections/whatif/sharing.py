"""Work shared between this process and others, which take a second to start."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from ledger.decide.refusal import Refusal

T = TypeVar("T")


class _Share(NamedTuple, Generic[T]):
    """Some names, by their number in the order of all, and the answers once others give them."""

    number: int
    names: Sequence[str]
    answers: Future[list[T]]


def shared(
    pool: Executor,
    theirs: Callable[[Sequence[str]], list[T]],
    mine: Callable[[Sequence[str]], list[T]],
    names: Sequence[str],
    size: int,
) -> Iterator[T]:
    """An answer for each name, in any order; others take so many at a time, from the first on.

    What none of them has taken yet, this process does, from the last on: none waits for another.

    Raises:
        ledger.decide.refusal.Refusal: that of the first name in order that is refused.
    """
    starts = range(0, len(names), size)
    chunks = [names[start : start + size] for start in starts]
    left = deque(_Share(n, some, pool.submit(theirs, some)) for n, some in enumerate(chunks))
    refused: dict[int, Refusal] = {}
    try:
        while left:
            first, last = left[0], left[-1]
            if first.answers.done() or not last.answers.cancel():
                share, work = left.popleft(), first.answers.result
            else:
                share, work = left.pop(), partial(mine, last.names)
            # After a refusal only those before it are asked, in which there may be an earlier one.
            if all(share.number < number for number in refused):
                try:
                    yield from work()
                except Refusal as refusal:
                    refused[share.number] = refusal
    finally:
        pool.shutdown(cancel_futures=True)
    if refused:
        raise refused[min(refused)]
