"""A name for each line of an account that is the same every time the bank sends the line.

Banks give references, but not all do, some repeat them, and some only number the lines of each
statement from 1. So the name is a hash of what the line is, and the reference is part of that:

- with the bank's reference: the reference, status, day, amount and direction. What a bank words
  differently in a later delivery does not make it another line, and two lines to which the bank
  gave the same reference are told apart;
- without: all that the line says, with its details.

Lines of one statement that are the same in all this are numbered: the second ends in -2.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, replace

from desk.iso20022.statement import BankAmount, Entry

_DIGITS = 32


def named(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries of one statement, each with its `line_id`."""
    seen: Counter[str] = Counter()
    result = []
    for entry in entries:
        name = _name(entry)
        seen[name] += 1
        suffix = f"-{seen[name]}" if seen[name] > 1 else ""
        result.append(replace(entry, line_id=name + suffix))
    return tuple(result)


def _name(entry: Entry) -> str:
    parts: list[object] = [
        entry.status,
        entry.booked.day.isoformat() if entry.booked else "",
        *_plain(entry.amount),
        entry.reversal,
    ]
    if entry.servicer_reference:
        parts += ["servicer", entry.servicer_reference]
    elif entry.reference:
        parts += ["entry", entry.reference]
    else:
        parts += ["all", _content(entry)]
    text = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _plain(amount: BankAmount | None) -> tuple[str, str]:
    """An amount whose name does not depend on how many zeros it was written with."""
    if amount is None:
        return "", ""
    return f"{amount.value.normalize():f}", amount.currency


def _content(entry: Entry) -> list[object]:
    return [
        entry.valued.day.isoformat() if entry.valued else "",
        astuple(entry.code),
        entry.info,
        [
            [
                astuple(each.references),
                _plain(each.amount),
                each.remittance,
                [astuple(part) for part in each.structured],
                [
                    [party.name, party.account.number if party.account else ""]
                    for party in (each.debtor, each.creditor)
                    if party is not None
                ],
                each.info,
            ]
            for each in entry.details
        ],
    ]
