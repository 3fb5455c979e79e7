"""A portfolio as its sources publish it: sums per source, and where the figures disagree.

It is no part of the ledger: nothing in it is recorded or paid. It shows a finance person the whole
fund beside the agreements that are signed, each figure under the source that says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ledger.model import WHOLE, Identifier, Model, Text
from ledger.money import CURRENCIES, Amount, total
from ledger.parties import Instrument

Measure = Literal["total", "share", "people", "rows"]


class Investment(Model):
    """One investment as a source tells of it; what it does not tell is left out."""

    id: Identifier
    name: Text
    municipality: Text | None = None
    instrument: Instrument
    total: Amount | None = None
    share: Amount | None = None
    people: Annotated[int | None, WHOLE] = None
    note: Text | None = None


class Group(Model):
    """Investments that a source lists together, such as its pipeline."""

    id: Identifier
    rows: Annotated[tuple[Investment, ...], Field(min_length=1)]


class Source(Model):
    """Who published the figures."""

    id: Identifier
    name: Text
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]


class Comparison(Model):
    """A published figure, and the rows or groups (`SOURCE/GROUP`) that should come to it."""

    what: Text
    measure: Measure
    rows: tuple[Identifier, ...] = ()
    groups: tuple[Text, ...] = ()
    published: Text
    by: Identifier

    @model_validator(mode="after")
    def _is_a_figure(self) -> Comparison:
        if self.measure in {"people", "rows"}:
            if not self.published.isascii() or not self.published.isdigit():
                message = f"published: {self.published!r} is not a number of {self.measure}"
                raise ValueError(message)
        else:
            Amount.parse(self.published)
        return self


class Portfolio(Model):
    """Everything that is published of a portfolio, by source."""

    title: Text
    currency: Literal[CURRENCIES]  # type: ignore[valid-type]  # one list, also used by the CLI
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    checks: tuple[Comparison, ...] = ()

    @model_validator(mode="after")
    def _hangs_together(self) -> Portfolio:
        problems = list(self._problems())
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _problems(self) -> Iterator[str]:
        names = [row.id for row in self.rows()]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{name!r} stands twice; give each row an id of its own"
        groups = {f"{source.id}/{group.id}" for source in self.sources for group in source.groups}
        sources = {source.id for source in self.sources}
        for number, check in enumerate(self.checks):
            for name in sorted({*check.rows} - {*names} | {*check.groups} - groups):
                yield f"checks.{number}: there is no {name!r}"
            if check.by not in sources:
                yield f"checks.{number}.by: there is no source {check.by!r}"

    def rows(self) -> Iterator[Investment]:
        """Every row of every source."""
        for source in self.sources:
            for group in source.groups:
                yield from group.rows


@dataclass(frozen=True, slots=True)
class Sum:
    """What a source's group comes to; `untold` is how many rows have no total or no share."""

    source: str
    group: str
    instruments: tuple[str, ...]
    rows: int
    total: Amount
    share: Amount
    total_untold: int
    share_untold: int


@dataclass(frozen=True, slots=True)
class Compared:
    """What rows come to, beside what is published, in the measure's own unit."""

    what: str
    measure: Measure
    found: str
    published: str
    difference: str
    untold: int
    by: str

    @property
    def agrees(self) -> bool:
        """Whether they come to the same, and no row is silent."""
        return self.found == self.published and not self.untold


def sums(portfolio: Portfolio) -> list[Sum]:
    """Every group of every source, in the order of the file."""
    return [
        Sum(
            source.id,
            group.id,
            tuple(dict.fromkeys(row.instrument.value for row in group.rows)),
            len(group.rows),
            total(row.total for row in group.rows if row.total is not None),
            total(row.share for row in group.rows if row.share is not None),
            sum(row.total is None for row in group.rows),
            sum(row.share is None for row in group.rows),
        )
        for source in portfolio.sources
        for group in source.groups
    ]


def compared(portfolio: Portfolio) -> list[Compared]:
    """Every published figure beside what it should be the sum of; those that disagree stay."""
    return [_compare(portfolio, check) for check in portfolio.checks]


def _compare(portfolio: Portfolio, check: Comparison) -> Compared:
    rows = [
        row
        for source in portfolio.sources
        for group in source.groups
        for row in group.rows
        if row.id in check.rows or f"{source.id}/{group.id}" in check.groups
    ]
    untold = 0
    if check.measure == "rows":
        found, published = len(rows), int(check.published)
    elif check.measure == "people":
        found, published = sum(row.people or 0 for row in rows), int(check.published)
        untold = sum(row.people is None for row in rows)
    else:
        told = [row.total if check.measure == "total" else row.share for row in rows]
        untold = sum(amount is None for amount in told)
        found = total(amount for amount in told if amount is not None).minor
        published = Amount.parse(check.published).minor
    count = check.measure in {"rows", "people"}
    shown, said, difference = (
        str(number) if count else str(Amount(number))
        for number in (found, published, found - published)
    )
    return Compared(check.what, check.measure, shown, said, difference, untold, check.by)
