"""An account is an IBAN whose digits agree, or a Danish number in its two parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.bank_account import BankAccount

DANISH = "DK5000400440116243"  # the example of the IBAN registry


def iban_of(country: str, rest: str) -> str:
    """The IBAN by the rule of ISO 7064, written anew: letters are 10 to 35, modulus 97."""
    digits = "".join(str(int(each, 36)) for each in f"{rest}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{rest}"


@given(st.integers(1, 9_999), st.integers(1, 9_999_999_999))
def test_a_danish_number_and_its_iban_are_one_account(registration: int, number: int) -> None:
    account = BankAccount.parse(f"{registration:04d}-{number}")
    assert account.number == f"{registration:04d}{number:010d}"
    assert account.iban == iban_of("DK", account.number)
    same = BankAccount.parse(account.iban)
    assert same.iban == account.iban
    assert same.danish == account.danish == account.number
    assert (same.is_iban, account.is_iban) == (True, False)


@given(st.integers(0, 10**14 - 1), st.integers(4, 17), st.integers(1, 9))
def test_one_wrong_digit_is_seen(number: int, at: int, off: int) -> None:
    right = iban_of("DK", f"{number:014d}")
    wrong = right[:at] + str((int(right[at]) + off) % 10) + right[at + 1 :]
    assert BankAccount.parse(right).number == right
    with pytest.raises(ValueError, match="not an IBAN"):
        BankAccount.parse(wrong)


def test_spaces_are_how_people_write_it() -> None:
    assert BankAccount.parse("DK50 0040 0440 1162 43").number == DANISH
    assert BankAccount.parse("0040 440116243") == BankAccount.parse("0040-0440116243")


def test_an_account_abroad_has_no_danish_number() -> None:
    account = BankAccount.parse("NL91ABNA0417164300")
    assert account.danish is None
    assert account.iban == account.number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0040",
        "0040-",
        "040-440116243",
        "0040-12345678901",
        "0000-440116243",
        "0040-0000000000",
        "٠٠٤٠-440116243",
        "dk5000400440116243",
        "DK500040044011624",
        "DK50004004401162430",
        "DK5100400440116243",
        "XX5000400440116243",
        "DK50-0040-0440116243",
        "0040--440116243",
        "0040 440116243 ",
    ],
)
def test_anything_else_is_no_account(text: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - what it says is compared below
        BankAccount.parse(text)
    assert not any(part in str(caught.value) for part in ("440116243", "12345678901"))


def test_made_without_parsing_it_is_looked_at_too() -> None:
    for number in ("0040440116243", "DK51", "", "DK50 0040 0440 1162 43"):
        with pytest.raises(ValueError):  # noqa: PT011 - which of the two texts does not matter
            BankAccount(number)


def test_a_message_shows_its_last_digits_only() -> None:
    assert BankAccount.parse(DANISH).masked == "…6243"
