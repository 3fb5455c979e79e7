"""Balances and trial balances worked out the naive way, from the stored bytes alone.

All facts up to T, those of them that count by D, each turned into debits and credits and summed:
nothing is kept from one question to the next, and no code is shared with what is tested.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

Words = tuple[str, str, str, str, str]
"""Book, role, agreement, account, counterparty."""


class Move(NamedTuple):
    """One debit (above zero) or credit of an account, in minor units."""

    position: int
    counts_on: str
    booked_on: str
    words: Words
    minor: int


def ore(text: str) -> int:
    return int(text.replace(".", ""))


def owes(debtor: str, as_role: str, creditor: str, why: tuple[str, str], minor: int) -> list[Any]:
    """Somebody comes to owe an investor, or a provider is to be funded: four entries."""
    expense, income = why
    to = "provider" if income == "funding" else "investor"
    if (expense, income) == ("guarantee-income", "guarantee-expense"):
        to = "guarantor"
    return [
        (debtor, as_role, expense, creditor, minor),
        (debtor, as_role, "payable", creditor, -minor),
        (creditor, to, "receivable", debtor, minor),
        (creditor, to, income, debtor, -minor),
    ]


def pays(payer: str, as_role: str, payee: str, to: str, minor: int) -> list[Any]:
    return [
        (payer, as_role, "payable", payee, minor),
        (payer, as_role, "bank", "", -minor),
        (payee, to, "bank", "", minor),
        (payee, to, "receivable", payer, -minor),
    ]


def payee_role(data: dict[str, Any]) -> str:
    """Who pays an investor back is one as well; a guarantor is who an investor gives back to."""
    return "guarantor" if data["role"] == "investor" else "investor"


def demands(data: dict[str, Any], debit: str, credit: str) -> list[Any]:
    """What a payee owes back moves, told by the payer's two accounts, debit first."""
    mirror = {
        "clawback-receivable": "clawback-payable",
        "payable": "receivable",
        "write-off-expense": "write-off-income",
        "bank": "bank",
    }
    payer, payee, minor = data["payer"], data["payee"], ore(data["amount"])
    found = []
    for account, sign in ((debit, 1), (credit, -1)):
        to_payee, to_payer = ("", "") if account == "bank" else (payee, payer)
        found.append((payer, data["role"], account, to_payee, sign * minor))
        found.append((payee, payee_role(data), mirror[account], to_payer, -sign * minor))
    return found


def guarantee(data: dict[str, Any]) -> Iterator[Any]:
    giver = data["guarantor"]
    outward = ("guarantee-expense", "guarantee-income")
    for part in data["parts"]:
        who = part["investor"]
        minor = ore(part["amount"]) if "amount" in part else -ore(part["set_off"])
        yield from owes(giver, "guarantor", who, outward, minor)
        back = ore(part.get("owed_back", "0.00"))
        yield from owes(who, "investor", giver, outward[::-1], back)


def commitment(data: dict[str, Any], minor: int) -> list[Any]:
    if data["recognition"] != "2.2.11":
        return []
    fund = (data["fund"], "outcome_payer")
    return [(*fund, "commitment-expense", "", minor), (*fund, "provision", "", -minor)]


def entries(  # noqa: C901, PLR0912 - one case per event that books
    topic: str, data: dict[str, Any]
) -> Iterable[Any]:
    """What an event books: book, role, account, counterparty, minor units."""
    outcome, drawn = ("outcome-expense", "outcome-income"), ("investment", "funding")
    match topic:
        case "DrawdownCalled:1":
            for part in data["parts"]:
                minor = ore(part["amount"])
                yield from owes(part["investor"], "investor", data["provider"], drawn, minor)
        case "CapitalReceived:1" | "CapitalReversed:1":
            minor = ore(data["amount"]) * (-1 if topic == "CapitalReversed:1" else 1)
            yield from pays(data["investor"], "investor", data["provider"], "provider", minor)
        case "EntitlementCalculated:1":
            for part in data["difference"]:
                minor = ore(part["amount"])
                yield from owes(part["payer"], part["role"], part["payee"], outcome, minor)
        case "AdjustmentDecided:1":
            for part in data["parts"]:
                minor = ore(part["amount"])
                yield from owes(part["payer"], part["role"], part["payee"], outcome, minor)
        case "PaymentSettled:1" | "ReturnReversed:1" | "PaymentReturned:1" | "SettlementReversed:1":
            sign = 1 if topic in {"PaymentSettled:1", "ReturnReversed:1"} else -1
            minor = sign * ore(data["amount"])
            yield from pays(data["payer"], data["role"], data["payee"], payee_role(data), minor)
        case "ClawbackDemanded:1":
            yield from demands(data, "clawback-receivable", "payable")
        case "ClawbackWithdrawn:1":
            yield from demands(data, "payable", "clawback-receivable")
        case "ClawbackRepaid:1":
            yield from demands(data, "bank", "clawback-receivable")
        case "RepaymentReversed:1":
            yield from demands(data, "clawback-receivable", "bank")
        case "WrittenOff:1":
            given_up = "payable" if data["demand"] is None else "clawback-receivable"
            yield from demands(data, "write-off-expense", given_up)
        case "GuaranteeCalled:1" | "GuaranteeReversed:1":
            yield from guarantee(data)
        case "CommitmentGiven:1":
            yield from commitment(data, ore(data["amount"]))
        case "CommitmentReestimated:1":
            yield from commitment(data, ore(data["amount"]) - ore(data["before"]))
        case "CommitmentAnnulled:1" | "CommitmentDrawn:1":
            yield from commitment(data, -ore(data["amount"]))


def moves(stored: Iterable[bytes], known_at: int) -> list[Move]:
    """Every debit and credit known at a position, with the day on which it is booked."""
    found, closed = [], []
    for event in map(json.loads, stored):
        topic, data, day = event["topic"], event["data"], event["effective_on"]
        if event["position"] > known_at:
            break
        if topic == "PeriodClosed:1":
            closed.append(data["until"])
        if topic == "PeriodReopened:1":
            del closed[-1]
        booked = closed[-1] if closed and closed[-1] > day else day
        agreement = data.get("agreement", event["stream"].split("/", 1)[-1])
        for book, role, account, other, minor in entries(topic, data):
            if minor:
                words = (book, role, agreement, account, other)
                found.append(Move(event["position"], day, booked, words, minor))
    return found


def balances(
    stored: Iterable[bytes], known_at: int, on: str | None
) -> dict[Words, tuple[int, int]]:
    """Debit and credit of every account that moved, as known at a position, effective by a day."""
    sums: dict[Words, tuple[int, int]] = {}
    for move in moves(stored, known_at):
        if on is None or move.counts_on <= on:
            debit, credit = sums.get(move.words, (0, 0))
            sums[move.words] = (debit + max(move.minor, 0), credit + max(-move.minor, 0))
    return sums


def trial_balance(
    stored: Iterable[bytes], known_at: int, start: str, until: str, *, restated: bool = False
) -> dict[Words, tuple[int, int, int]]:
    """Opening, debit and credit by account: of what is booked in a period, or counts in it."""
    sums: dict[Words, list[int]] = defaultdict(lambda: [0, 0, 0])
    for move in moves(stored, known_at):
        day = move.counts_on if restated else move.booked_on
        if day < start:
            sums[move.words][0] += move.minor
        elif day < until:
            sums[move.words][1 if move.minor > 0 else 2] += abs(move.minor)
    return {words: (a, b, c) for words, (a, b, c) in sums.items() if a or b or c}
