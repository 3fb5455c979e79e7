"""Danish and English for what finance people read: words, amounts and dates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from babel.dates import format_date
from babel.numbers import format_decimal

from desk.phrases import PHRASES
from ledger.money import Amount


class Language(StrEnum):
    """The languages the ledger answers in."""

    EN = "en"
    DA = "da"

    def say(self, key: str, **values: object) -> str:
        """A phrase with its values filled in."""
        english, danish = PHRASES[key]
        return (english if self is Language.EN else danish).format(**values)

    def called(self, key: str) -> str:
        """What something is called: in words if there are any for it, or else by its own name."""
        return self.say(key) if key in PHRASES else key

    def amount(self, amount: Amount | None) -> str:
        """An amount as 1,507.00 or 1.507,00; a dash for none."""
        return "–" if amount is None else self.decimal(str(amount))

    def decimal(self, text: str) -> str:
        """An exact decimal, with all its decimals, in the language's way of writing."""
        value = Decimal(text)
        decimals = max(2, -int(value.as_tuple().exponent))
        pattern = "#,##0." + "0" * decimals
        return format_decimal(value, pattern, self._locale, decimal_quantization=False)

    def exact(self, text: str) -> str:
        """What `ledger.money.written` wrote: a decimal, or a fraction as it stands."""
        return text if "/" in text else self.decimal(text)

    def percent(self, share: Decimal) -> str:
        """A share of one as 38 % or 33.3333 %, exactly."""
        text = f"{(share * 100).normalize():f} %"
        return text if self is Language.EN else text.replace(".", ",")

    def whole(self, number: int) -> str:
        """A count as 1,004 or 1.004."""
        return format_decimal(number, locale=self._locale)

    def day(self, day: date | None) -> str:
        """A date as 2024-02-29 or 29.02.2024; a dash for none."""
        if day is None:
            return "–"
        return day.isoformat() if self is Language.EN else format_date(day, "dd.MM.yyyy")

    @property
    def _locale(self) -> str:
        return "en_GB" if self is Language.EN else "da_DK"
