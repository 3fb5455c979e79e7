"""Values on the command line, read as strictly as in files."""

from __future__ import annotations

from datetime import date

import typer

from ledger.commands.door import now
from ledger.dates import danish_day, parse_date
from ledger.money import Amount


def day(text: str | date) -> date:
    """A date written as 2024-02-29."""
    try:
        return text if isinstance(text, date) else parse_date(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def amount(text: str | Amount) -> Amount:
    """An amount written as 90420.00."""
    try:
        return text if isinstance(text, Amount) else Amount.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def today() -> date:
    """The calendar day in Denmark, wherever the machine is and whatever its time zone."""
    return danish_day(now())
