"""Values that are made of what was packed only when somebody looks at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class Later(Sequence[T], Generic[T]):
    """A sequence of which only the length is known until it is first looked at."""

    __slots__ = ("_count", "_found", "_make")

    def __init__(self, count: int, make: Callable[[], list[T]]) -> None:
        self._count, self._make = count, make
        self._found: list[T] | None = None

    def _all(self) -> list[T]:
        if self._found is None:
            self._found = self._make()
        return self._found

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        return self._all()[index]

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and [*self] == [*other]

    __hash__ = None  # type: ignore[assignment] # as lists have none
