"""hledger as an oracle: another program's reading of the same books.

It is a program of its own, installed with `apt-get install hledger`. Without it the tests that
ask it are skipped, except in CI (CI=true), where they fail.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from ledger.money import Amount

Balances = dict[str, int]
"""Minor units by account name; debit above zero."""

_SECONDS_MOST = 60


def program() -> str:
    """The path of hledger; skips the test that asks if there is none, or fails it in CI."""
    found = shutil.which("hledger")
    if found is not None:
        return found
    reason = "hledger is not installed; run `apt-get install hledger` to check against it"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def check(journal: Path) -> None:
    """Have hledger check that transactions balance, and that what is used is declared.

    Raises:
        AssertionError: with hledger's message, if it finds anything.
    """
    _ask(journal, "check", "--strict")


def balances(journal: Path, currency: str, before: date | None = None) -> Balances:
    """The balance of every account with a line, of lines before a day if one is given."""
    end = () if before is None else ("--end", str(before))
    table = _ask(
        journal, "balance", "--flat", "--no-total", "--empty", "--output-format", "csv", *end
    )
    rows = list(csv.reader(table.splitlines()))
    assert rows[0] == ["account", "balance"], rows
    return {account: _minor(text, currency) for account, text in rows[1:]}


def _minor(text: str, currency: str) -> int:
    """Minor units of a balance as hledger writes it: zero without a currency."""
    number = text.removesuffix(f" {currency}")
    assert number != text or number == "0", text
    return Amount.parse(number).minor


def _ask(journal: Path, *command: str) -> str:
    answer = subprocess.run(  # noqa: S603 - a fixed program on a file of ours
        [program(), "--file", str(journal), *command],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=_SECONDS_MOST,
    )
    assert answer.returncode == 0, f"hledger {' '.join(command)}: {answer.stderr}"
    return answer.stdout
