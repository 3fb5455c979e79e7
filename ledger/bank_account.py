"""A bank account: an IBAN, or a Danish registration and account number. A value, checked when made.

An IBAN is checked by its two check digits and its country's length. A Danish number cannot be:
modulus 11 holds for some banks' accounts and not for others', so only its form is looked at. That
somebody confirms a new account before money goes there is a rule of its own, elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum import iban
from stdnum.exceptions import ValidationError

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII)
_DANISH = re.compile(r"([0-9]{4})[ -]?([0-9]{1,10})", re.ASCII)
DANISH_DIGITS = 14
_SHOWN = 4


@dataclass(frozen=True, slots=True, order=True)
class BankAccount:
    """An account at a bank; make it with `parse`.

    `number` is an IBAN without spaces, or 14 digits: the registration number, and the account
    number filled up with zeros to ten.
    """

    number: str

    def __post_init__(self) -> None:
        if self.is_iban:
            _check_iban(self.number)
        elif len(self.number) != DANISH_DIGITS or not _DANISH.fullmatch(self.number):
            message = "a Danish account is 4 digits of registration number and 10 of account number"
            raise ValueError(message)

    @classmethod
    def parse(cls, text: str) -> BankAccount:
        """Read an IBAN, with or without spaces in it, or a Danish number as 0400-440116243.

        Raises:
            ValueError: if it is neither, or if an IBAN's check digits are wrong. The text does not
                repeat the number.
        """
        compact = text.replace(" ", "")
        if _IBAN.fullmatch(compact):
            return cls(compact)
        found = _DANISH.fullmatch(text)
        if found is None or not int(found[1]) or not int(found[2]):
            message = (
                "this is no account; write an IBAN, or the four digits of a Danish registration "
                "number, a hyphen, and up to ten digits of the account number"
            )
            raise ValueError(message)
        return cls(found[1] + found[2].zfill(DANISH_DIGITS - len(found[1])))

    @property
    def is_iban(self) -> bool:
        """Whether it was given as an IBAN."""
        return not self.number[:1].isdigit()

    @property
    def iban(self) -> str:
        """The account's IBAN, reckoned if it was given as a Danish number.

        Two accounts are the same account if and only if these are equal.
        """
        if self.is_iban:
            return self.number
        return f"DK{iban.calc_check_digits('DK00' + self.number)}{self.number}"

    @property
    def danish(self) -> str | None:
        """The 14 digits of a Danish account; None for an account in another country."""
        if self.is_iban:
            return self.number[4:] if self.number.startswith("DK") else None
        return self.number

    @property
    def masked(self) -> str:
        """Its last digits, for messages that others may see."""
        return "…" + self.number[-_SHOWN:]


def _check_iban(number: str) -> None:
    try:
        well = iban.validate(number) == number
    except ValidationError:
        well = False
    if not well:
        message = "this is not an IBAN: a digit or letter is wrong, missing or swapped with another"
        raise ValueError(message)
