"""Verify an auditor's bundle of an outcome fund's ledger, or a proof that it handed out.

    python verify_ledger.py DIRECTORY --public-key 'NAME+KEYID+KEY'
    python verify_ledger.py FILE.tlog-proof --public-key 'NAME+KEYID+KEY'

Needs Python 3.11 or newer and the package `cryptography`, and nothing of the program that wrote
the bundle. README.txt describes every format, so that this file need not be trusted either: read
it, or write another. The public key must have reached you by another way than the bundle.

Exit 0: everything fits. Exit 1: something was altered. Exit 3: it cannot be told.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    print("UNVERIFIABLE: install the package `cryptography` first")
    raise SystemExit(3) from None

EVENT_LINE = re.compile(rb"([1-9][0-9]{0,15}) ([0-9a-f]{64}) ([A-Za-z0-9+/]+={0,2})\n")
CHECKPOINT_TEXT = re.compile(
    r"([^\n]+)\n(0|[1-9][0-9]*)\n([A-Za-z0-9+/]{43}=)\n"
    r"chain ([0-9a-f]{64})\nposition-time ([^\n]+)\n"
)
HASHES = r"((?:\n[A-Za-z0-9+/]{43}=)*)"
INCLUSION_HEAD = re.compile(
    r"c2sp\.org/tlog-proof@v1\nextra ([A-Za-z0-9+/]+={0,2})\nindex (0|[1-9][0-9]{0,15})" + HASHES
)
CONSISTENCY_HEAD = re.compile(r"outcome-fund-ledger/consistency@v1" + HASHES)
AMOUNT = re.compile(r"(-?)([0-9]{1,15})\.([0-9]{2})")
JOURNAL_COLUMNS = [
    "position", "line", "agreement", "book", "role", "account", "counterparty", "value_date",
    "booked_on", "debit", "credit",
]  # fmt: skip
MIRROR = {
    "receivable": "payable",
    "payable": "receivable",
    "investment": "funding",
    "funding": "investment",
    "outcome-expense": "outcome-income",
    "outcome-income": "outcome-expense",
    "guarantee-expense": "guarantee-income",
    "guarantee-income": "guarantee-expense",
    "clawback-receivable": "clawback-payable",
    "clawback-payable": "clawback-receivable",
    "write-off-expense": "write-off-income",
    "write-off-income": "write-off-expense",
}
SILENT = {
    "LedgerOpened:1", "RefundRuleEnacted:1", "TariffsRecorded:1", "AgreementSigned:1",
    "AgreementSigned:2", "AgreementAmended:1", "OutcomeDecided:2", "SpellRecorded:1",
    "CohortMeasured:1",
    "PersonEnrolled:1", "RegisterCovered:1", "StayRecorded:1", "MeasurementRecorded:1",
    "AssessmentMade:1", "OutcomeDecided:1", "PaymentProposed:1", "PaymentApproved:1",
    "PaymentInstructed:1", "BankLineSeen:1", "BankLineMatched:1",
    "BankAccountNamed:1", "StatementRead:1", "BankNoticeSeen:1", "BankMatched:1", "BankUnmatched:1",
    "BankLineResolved:1", "BankLineReopened:1", "FundPolicySet:1",
    "AppropriationGranted:1", "SubjectErased:1", "PayeeAccountSet:1", "PayeeAccountConfirmed:1",
    "PaymentPolicySet:1", "PaymentFileMade:1", "PaymentCancelled:1", "PaymentAcknowledged:1",
    "PaymentFailed:1", "PaymentRecallRequested:1", "PaymentRecalled:1", "PaymentRecallRefused:1",
    "WriteOffProposed:1",
    "EnrolmentCorrected:1", "StayCorrected:1",
    "MeasurementCorrected:1", "SpellCorrected:1", "CohortCorrected:1", "FactVoided:1",
    "RegisterCorrected:1", "TariffCorrected:1", "PersonsMerged:1", "PersonsUnmerged:1",
    "MunicipalityChanged:1", "AdjustmentProposed:1",
    "PeriodClosed:1", "PeriodReopenRequested:1", "PeriodReopened:1",
    "JobStarted:1", "JobTakenOver:1", "JobFinished:1", "JobFailed:1", "FindingRaised:1",
    "FindingGone:1", "FindingResolved:1", "RefundStated:1",
    "PeopleSetUp:1", "SetUpWitnessed:1", "ColleagueAdded:1", "AccountLinked:1", "KeyProposed:1",
    "KeyAdded:1", "KeyRevoked:1", "DutyProposed:1", "DutyGranted:1", "DutyWithdrawn:1",
    "ColleagueLeft:1", "GlassBroken:1", "GlassReviewed:1",
    "SampleCommitted:1", "SampleWitnessed:1", "SampleDrawn:1", "SampleItemExamined:1",
    "SampleClosed:1",
}  # fmt: skip
"""Events that move no money."""

Posted = tuple[int, int, str, str, str, str, str, str, int]
"""Position, line, agreement, book, role, account, counterparty, value date, minor units."""
Line = tuple[int, int, str, str, str, str, str, str, str, int]
"""The same, with the day on which it is booked before the minor units."""


class Altered(Exception):
    """Something is not as it was recorded; `check` names what found it."""

    def __init__(self, check: str, position: int | None, message: str) -> None:
        where = f"position {position}: " if position else ""
        super().__init__(f"[{check}] {where}{message}")


class Unverifiable(Exception):
    """What is needed to tell is not there."""


@dataclass
class Found:
    """What the bundle holds, as far as it was read."""

    events: int = 0
    chain: str = "00" * 32
    checkpoints: int = 0
    covered: int = 0
    lines: list[Line] = field(default_factory=list)
    sent: list[tuple[int, int]] = field(default_factory=list)
    """Each sending of a payment, and the approval that it rests on."""
    currency: str = ""
    closed: list[str] = field(default_factory=list)
    """The first open day after each period that is closed."""
    faults: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says of the first events."""

    file: str
    origin: str
    size: int
    root: bytes
    chain: str
    position_time: str


# --- events and checkpoints ---------------------------------------------------------------------


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


class MerkleTree:
    """RFC 9162: a stack of the roots of full subtrees, with the number of leaves of each."""

    def __init__(self) -> None:
        self.stack: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        leaves, node = 1, leaf
        while self.stack and self.stack[-1][0] == leaves:
            leaves, node = 2 * leaves, sha256(b"\x01", self.stack.pop()[1], node)
        self.stack.append((leaves, node))

    def root(self) -> bytes:
        node = b""
        for _, left in reversed(self.stack):
            node = sha256(b"\x01", left, node) if node else left
        return node or sha256(b"")


def no_field_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        message = "a field is named twice"
        raise ValueError(message)
    return fields


def read_lines(path: Path) -> Iterator[tuple[int, str, bytes]]:
    """Position, chain value and stored bytes of every line of events.txt."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            found = EVENT_LINE.fullmatch(line)
            if found is None:
                raise Altered("format", number, "the line is not as README.txt describes")
            try:
                stored = base64.b64decode(found[3], validate=True)
            except ValueError:
                raise Altered("format", number, "the bytes are not base64") from None
            yield int(found[1]), found[2].decode(), stored


def check_events(path: Path, checkpoints: dict[int, list[Checkpoint]], found: Found) -> None:
    """Hash every event again in order, and meet each checkpoint at its size."""
    chain, last_time, tree = bytes(32), "", MerkleTree()
    versions: dict[str, int] = {}
    for position, said_chain, stored in read_lines(path):
        expected = found.events + 1
        if position != expected:
            raise Altered("gap", expected, f"missing; the next event is {position}")
        leaf = sha256(b"\x00", stored)
        chain = sha256(b"\x02", position.to_bytes(8, "big"), chain, leaf)
        if chain.hex() != said_chain:
            raise Altered("chain", position, "the bytes are not those that were chained")
        try:
            event = json.loads(stored, object_pairs_hook=no_field_twice)
        except ValueError as error:
            raise Altered("json", position, f"not one JSON object: {error}") from None
        if event["position"] != position:
            raise Altered("place", position, f"the bytes say position {event['position']}")
        if event["version"] != versions.get(event["stream"], 0) + 1:
            message = f"version {event['version']} of {event['stream']} is out of order"
            raise Altered("version", position, message)
        if event["recorded_at"] < last_time:
            raise Altered("time", position, "recorded before the event ahead of it")
        versions[event["stream"]], last_time = event["version"], event["recorded_at"]
        tree.add(leaf)
        take_in(event, found)
        for checkpoint in checkpoints.get(position, ()):
            # Roots of all sizes are over the same leaves, so each checkpoint that fits is also
            # consistent with the ones before it.
            meet(checkpoint, tree.root(), said_chain, last_time, found)
        found.events, found.chain = position, said_chain
    last = max(checkpoints, default=0)
    if last > found.events:
        message = f"{last} events were sealed; the rest is cut off, or this is an older backup"
        raise Altered("truncated", found.events + 1, message)


def take_in(event: dict[str, Any], found: Found) -> None:
    topic, data = event["topic"], event["data"]
    for line in post(event):
        *before, day, amount = line
        found.lines.append((*before, day, max([day, *found.closed[-1:]]), amount))  # type: ignore[arg-type]
    if topic == "PaymentInstructed:1":
        found.sent.append((event["position"], data["approved_at"]))
    elif topic == "LedgerOpened:1":
        found.currency = data["currency"]
    elif topic == "PeriodClosed:1":
        hashed = hashlib.sha256(trial_balance(data, found).encode()).hexdigest()
        if hashed != data["trial_balance"]:
            name, place = data["period"], event["position"]
            raise Altered("period", place, f"the books of {name} are not those that were closed")
        found.closed.append(data["until"])
    elif topic == "PeriodReopened:1":
        found.closed.pop()


def trial_balance(data: dict[str, Any], found: Found) -> str:
    """The text whose hash a period's close carries, of the lines up to the event it covers."""
    start, until, accounts = data["start"], data["until"], defaultdict[Any, list[int]](list)
    for position, _, agreement, book, role, account, other, _, booked, amount in found.lines:
        if position <= data["covers"] and booked < until:
            sums = accounts[book, role, agreement, account, other] or [0, 0, 0]
            sums[0 if booked < start else 1 if amount > 0 else 2] += amount
            accounts[book, role, agreement, account, other] = sums
    text = (
        f"outcome-fund-ledger trial balance v1\nperiod\t{data['period']}\nfrom\t{start}\n"
        f"until\t{until}\ncovers\t{data['covers']}\ncurrency\t{found.currency}\nbook\trole\t"
        "agreement\taccount\tcounterparty\topening\tdebit\tcredit\tclosing\n"
    )
    for words, (opening, debit, credit) in sorted(accounts.items()):
        if opening or debit or credit:
            amounts = (opening, debit, -credit, opening + debit + credit)
            text += "\t".join([*words, *map(decimal, amounts)]) + "\n"
    return f"{text}turnover\t{decimal(sum(debit for _, debit, _ in accounts.values()))}\n"


def decimal(minor_units: int) -> str:
    """Minor units as 90420.00."""
    whole, rest = divmod(abs(minor_units), 100)
    return f"{'-' if minor_units < 0 else ''}{whole}.{rest:02d}"


def check_sent(found: Found) -> Iterator[str]:
    """What a payment rests on is sealed before it is sent, so a checkpoint must cover it."""
    for position, approved_at in found.sent:
        if approved_at > found.covered:
            yield (
                f"[unsealed] position {position}: a payment was sent, but no checkpoint here "
                f"covers its approval at {approved_at}; ask for the checkpoints that are missing"
            )
            return


def meet(said: Checkpoint, root: bytes, chain: str, time: str, found: Found) -> None:
    """A checkpoint must say what the events up to its size are."""
    since = found.covered + 1
    rewritten = f"rewritten after {found.covered}: {said.file} sealed other events"
    if said.root != root:
        raise Altered("root", since, rewritten)
    if said.chain != chain:
        raise Altered("checkpoint-chain", since, rewritten)
    if said.position_time != time:
        raise Altered("checkpoint-time", since, rewritten)
    found.checkpoints, found.covered = found.checkpoints + 1, said.size


def read_public_key(vkey: str) -> tuple[str, bytes, bytes]:
    """The name, id and raw bytes of a key written as NAME+KEYID+BASE64."""
    name, _, rest = vkey.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        blob = base64.b64decode(encoded, validate=True)
        raw = blob[1:]
        Ed25519PublicKey.from_public_bytes(raw)
        whole = blob[:1] == b"\x01" and sha256(f"{name}\n".encode(), blob)[:4].hex() == key_id
    except ValueError:
        whole, raw = False, b""
    if not whole:
        message = "the public key is not whole; copy it again"
        raise Unverifiable(message)
    return name, bytes.fromhex(key_id), raw


def is_signed(text: str, signatures: str, name: str, key_id: bytes, raw: bytes) -> bool:
    """Whether one of the signature lines of a note is the key's over its text."""
    for line in signatures.split("\n"):
        words = line.split(" ")
        try:
            dash, signer, encoded = words
            blob = base64.b64decode(encoded, validate=True)
            if (dash, signer, blob[:4]) == ("—", name, key_id):
                Ed25519PublicKey.from_public_bytes(raw).verify(blob[4:], text.encode())
                return True
        except (ValueError, InvalidSignature):
            continue
    return False


def read_checkpoint(note: str, file: str, vkey: str) -> Checkpoint:
    """The checkpoint in a signed note; it must be signed by the key."""
    name, key_id, raw = read_public_key(vkey)
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    if not is_signed(text, signatures, name, key_id, raw):
        raise Altered("signature", None, f"{file} is not signed by the public key")
    said = CHECKPOINT_TEXT.fullmatch(text)
    if said is None:
        raise Altered("format", None, f"{file} is not a checkpoint")
    if said[1] != name:
        raise Altered("origin", None, f"{file} is of another ledger, {said[1]}")
    return Checkpoint(file, said[1], int(said[2]), base64.b64decode(said[3]), said[4], said[5])


def read_checkpoints(directory: Path, vkey: str) -> dict[int, list[Checkpoint]]:
    """All checkpoints in a directory by size; all must be signed by the key."""
    read_public_key(vkey)
    checkpoints: dict[int, list[Checkpoint]] = {}
    for path in sorted(directory.glob("*.txt")):
        note = path.read_bytes().decode(errors="replace")
        checkpoint = read_checkpoint(note, path.name, vkey)
        checkpoints.setdefault(checkpoint.size, []).append(checkpoint)
    return checkpoints


# --- proofs of one event, and of two checkpoints ------------------------------------------------


def split(size: int) -> int:
    """The largest power of two below a size above one."""
    half = 1
    while half * 2 < size:
        half *= 2
    return half


def root_above(leaf: bytes, index: int, size: int, hashes: list[bytes]) -> bytes:
    """The root that a leaf has by the hashes beside its way up; they are used up from the last."""
    if size == 1:
        return leaf
    half, beside = split(size), hashes.pop()
    if index < half:
        return sha256(b"\x01", root_above(leaf, index, half, hashes), beside)
    return sha256(b"\x01", beside, root_above(leaf, index - half, size - half, hashes))


def roots_above(
    old: bytes | None, first: int, size: int, hashes: list[bytes]
) -> tuple[bytes, bytes]:
    """The roots of the first leaves and of all, by a consistency proof.

    `old` is the root of the first ones as it was said, as long as they may be a whole subtree.
    """
    if first == size:
        node = old or hashes.pop()
        return node, node
    half, beside = split(size), hashes.pop()
    if first <= half:
        before, after = roots_above(old, first, half, hashes)
        return before, sha256(b"\x01", after, beside)
    before, after = roots_above(None, first - half, size - half, hashes)
    return sha256(b"\x01", beside, before), sha256(b"\x01", beside, after)


def check_event_proof(parts: list[str], vkey: str) -> str:
    """A tlog-proof: the event's bytes are at their place among those that were sealed."""
    head, *note = parts
    found = INCLUSION_HEAD.fullmatch(head)
    if found is None:
        raise Altered("format", None, "the proof is not as README.txt describes")
    stored, index = base64.b64decode(found[1], validate=True), int(found[2])
    said = read_checkpoint("\n\n".join(note), "the checkpoint", vkey)
    hashes = [base64.b64decode(each, validate=True) for each in found[3].split()]
    if index >= said.size:
        raise Altered("format", index + 1, f"the checkpoint is of {said.size} events")
    if root_above(sha256(b"\x00", stored), index, said.size, hashes) != said.root or hashes:
        raise Altered("inclusion", index + 1, "these bytes are not among those that were sealed")
    event = json.loads(stored, object_pairs_hook=no_field_twice)
    if event["position"] != index + 1:
        raise Altered("own-place", index + 1, f"the bytes say position {event['position']}")
    return (
        f"Event {index + 1} is one of the {said.size} events that {said.origin} sealed, the last "
        f"at {said.position_time}.\n{stored.decode()}"
    )


def check_growth_proof(parts: list[str], vkey: str) -> str:
    """A consistency proof: what an earlier checkpoint sealed is the beginning of a later one."""
    head, text, signatures, *note = parts
    found = CONSISTENCY_HEAD.fullmatch(head)
    if found is None:
        raise Altered("format", None, "the proof is not as README.txt describes")
    older = read_checkpoint(f"{text}\n\n{signatures}", "the first checkpoint", vkey)
    newer = read_checkpoint("\n\n".join(note), "the second checkpoint", vkey)
    hashes = [base64.b64decode(each, validate=True) for each in found[1].split()]
    if not 0 < older.size <= newer.size:
        raise Altered("format", None, "the second checkpoint is the smaller")
    before, after = roots_above(older.root, older.size, newer.size, hashes)
    if before != older.root:
        raise Altered("older-root", None, "the proof is not for the first checkpoint")
    if after != newer.root or hashes:
        raise Altered("consistency", None, f"other events than the first {older.size} were sealed")
    return (
        f"The {older.size} events that {newer.origin} sealed at first are the beginning of the "
        f"{newer.size} that it sealed later."
    )


def check_proof(path: Path, vkey: str) -> int:
    """Check a file with a proof, print what it proves, and give back the exit code."""
    try:
        read_public_key(vkey)
        parts = path.read_bytes().decode().split("\n\n")
        check = check_growth_proof if CONSISTENCY_HEAD.match(parts[0]) else check_event_proof
        print("Proved.", check(parts, vkey))
    except Altered as altered:
        print(f"ALTERED\n  {altered}")
        return 1
    except (KeyError, TypeError, ValueError, IndexError) as error:
        print(f"ALTERED\n  [format] not a proof: {error!r}")
        return 1
    return 0


# --- the journal --------------------------------------------------------------------------------


def minor(text: str) -> int:
    """An amount such as 90420.00 in minor units."""
    found = AMOUNT.fullmatch(text)
    if found is None:
        message = f"{text!r} is not an amount"
        raise ValueError(message)
    value = int(found[2]) * 100 + int(found[3])
    return -value if found[1] else value


GUARANTEE = ("GuaranteeCalled:1", "GuaranteeReversed:1")
COMMITMENTS: dict[str, Callable[[dict[str, Any]], int]] = {
    "CommitmentGiven:1": lambda data: minor(data["amount"]),
    "CommitmentReestimated:1": lambda data: minor(data["amount"]) - minor(data["before"]),
    "CommitmentAnnulled:1": lambda data: -minor(data["amount"]),
    "CommitmentDrawn:1": lambda data: -minor(data["amount"]),
}
"""What an event adds to the provision."""


def post(event: dict[str, Any]) -> list[Posted]:
    """What an event books: one book per party, debit above zero."""
    entries: list[tuple[str, str, str, str, int]] = []

    def book(debit: tuple[str, str, str, str], credit: tuple[str, str, str, str], by: int) -> None:
        entries.append((*debit, by))
        entries.append((*credit, -by))

    topic, data = event["topic"], event["data"]
    if topic == "DrawdownCalled:1":
        provider = data["provider"]
        for part in data["parts"]:
            who, by = part["investor"], minor(part["amount"])
            book(
                (who, "investor", "investment", provider),
                (who, "investor", "payable", provider),
                by,
            )
            book(
                (provider, "provider", "receivable", who),
                (provider, "provider", "funding", who),
                by,
            )
    elif topic in {"CapitalReceived:1", "CapitalReversed:1"}:
        who, provider, by = data["investor"], data["provider"], minor(data["amount"])
        by = by if topic == "CapitalReceived:1" else -by
        book((who, "investor", "payable", provider), (who, "investor", "bank", ""), by)
        book((provider, "provider", "bank", ""), (provider, "provider", "receivable", who), by)
    elif topic in {"EntitlementCalculated:1", "AdjustmentDecided:1"}:
        for part in data["difference" if topic.startswith("Ent") else "parts"]:
            payer, role, payee = part["payer"], part["role"], part["payee"]
            by = minor(part["amount"])
            book((payer, role, "outcome-expense", payee), (payer, role, "payable", payee), by)
            book(
                (payee, "investor", "receivable", payer),
                (payee, "investor", "outcome-income", payer),
                by,
            )
    elif topic in {*SETTLED, *CLAWBACK}:
        post_settled(topic, data, book)
    elif topic in {*GUARANTEE, *COMMITMENTS}:
        (post_guarantee if topic in GUARANTEE else post_commitment)(topic, data, book)
    elif topic not in SILENT:
        message = f"position {event['position']}: this verifier does not know {topic}"
        raise Unverifiable(message)
    stream = event["stream"].removeprefix("agreement/")
    agreement = data["agreement"] if topic in COMMITMENTS else stream
    return [
        (event["position"], number, agreement, who, role, account, other, event["effective_on"], by)
        for number, (who, role, account, other, by) in enumerate(entries, start=1)
    ]


SETTLED = {
    "PaymentSettled:1": 1, "ReturnReversed:1": 1, "PaymentReturned:1": -1,
    "SettlementReversed:1": -1,
}  # fmt: skip
"""What the bank paid, and what it turned out not to have paid or sent back."""

CLAWBACK = {
    "ClawbackDemanded:1": ("clawback-receivable", "payable"),
    "ClawbackWithdrawn:1": ("payable", "clawback-receivable"),
    "ClawbackRepaid:1": ("bank", "clawback-receivable"),
    "RepaymentReversed:1": ("clawback-receivable", "bank"),
    "WrittenOff:1": ("write-off-expense", "clawback-receivable"),
}
"""What a payee owes back moves, in the payer's book, to the first account from the second."""


def post_settled(topic: str, data: dict[str, Any], book: Callable[..., None]) -> None:
    """A payment moves, or what is owed back for one that was too big."""
    payer, role, payee, by = data["payer"], data["role"], data["payee"], minor(data["amount"])
    to, of = CLAWBACK.get(topic, ("payable", "bank"))
    if topic == "WrittenOff:1" and data["demand"] is None:
        of = "payable"
    by *= SETTLED.get(topic, 1)
    paid = "guarantor" if role == "investor" else "investor"

    def line(who: str, what: str, account: str, other: str) -> tuple[str, str, str, str]:
        return who, what, account, "" if account == "bank" else other

    book(line(payer, role, to, payee), line(payer, role, of, payee), by)
    mirror_to, mirror_of = MIRROR.get(to, to), MIRROR.get(of, of)
    book(line(payee, paid, mirror_of, payer), line(payee, paid, mirror_to, payer), by)


def post_commitment(topic: str, data: dict[str, Any], book: Callable[..., None]) -> None:
    """By 2.2.11 the fund expenses what it commits and holds it as a provision."""
    by = COMMITMENTS[topic](data) if data["recognition"] == "2.2.11" else 0
    fund = (data["fund"], "outcome_payer")
    if by:
        book((*fund, "commitment-expense", ""), (*fund, "provision", ""), by)


def post_guarantee(topic: str, data: dict[str, Any], book: Callable[..., None]) -> None:
    """A call: the guarantor owes. Its reversal: it owes less, and the investor owes the rest."""
    called = topic == "GuaranteeCalled:1"
    giver = data["guarantor"]
    for part in data["parts"]:
        who = part["investor"]
        gives = (giver, "guarantor", "guarantee-expense", who)
        gets = (who, "investor", "guarantee-income", giver)
        owes = (giver, "guarantor", "payable", who)
        owed = (who, "investor", "receivable", giver)
        by = minor(part["amount"]) if called else -minor(part["set_off"])
        back = 0 if called else minor(part["owed_back"])
        if by:
            book(gives, owes, by)
            book(owed, gets, by)
        if back:
            book(gets, (who, "investor", "payable", giver), back)
            book((giver, "guarantor", "receivable", who), gives, back)


def read_journal(path: Path) -> list[Line]:
    """The lines of journal.csv by position and line."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, strict=True)
        if next(rows, None) != JOURNAL_COLUMNS:
            raise Altered("format", None, "journal.csv has not the columns of README.txt")
        lines = []
        for row in rows:
            try:
                (
                    position,
                    number,
                    agreement,
                    book,
                    role,
                    account,
                    other,
                    day,
                    booked,
                    debit,
                    credit,
                ) = row
                amount = minor(debit) if debit else -minor(credit)
                lines.append(
                    (
                        int(position),
                        int(number),
                        agreement,
                        book,
                        role,
                        account,
                        other,
                        day,
                        booked,
                        amount,
                    )
                )
            except ValueError as error:
                message = f"journal.csv, row {rows.line_num}: {error}"
                raise Altered("format", None, message) from None
    return sorted(lines)


def check_journal(lines: list[Line], found: Found) -> Iterator[str]:
    """The books must balance, agree with each other, and be what the events say."""
    books: defaultdict[tuple[int, str], int] = defaultdict(int)
    between: defaultdict[tuple[str, str, str, str], int] = defaultdict(int)
    for position, _, agreement, book, _, account, other, _, _, amount in lines:
        books[position, book] += amount
        if other:
            between[agreement, book, account, other] += amount
    wrong = next((key for key, amount in books.items() if amount), None)
    if wrong is not None:
        yield f"[balance] position {wrong[0]}: the book of {wrong[1]} does not sum to zero"
    for (agreement, book, account, other), amount in between.items():
        mirrored = between.get((agreement, other, MIRROR.get(account, ""), book), 0)
        if amount != -mirrored:
            yield f"[mirror] {agreement}: {account} of {book} is not what {other} says of it"
            break
    expected = sorted(found.lines)
    if lines != expected:
        first = min(set(lines) ^ set(expected), default=lines[0] if lines else expected[0])
        yield f"[journal] position {first[0]}: journal.csv is not what the events say"


# --- the report ---------------------------------------------------------------------------------


def verify(directory: Path, vkey: str) -> Found:
    """Everything, in order; after altered events nothing more is worth checking."""
    found = Found()
    try:
        checkpoints = read_checkpoints(directory / "checkpoints", vkey)
        check_events(directory / "events.txt", checkpoints, found)
        found.doubts += check_sent(found)
        found.faults += check_journal(read_journal(directory / "journal.csv"), found)
    except Altered as altered:
        found.faults.append(str(altered))
    except (KeyError, TypeError, AttributeError, ValueError, csv.Error) as error:
        found.faults.append(f"[format] after position {found.events}: {error!r}")
    return found


def main(arguments: list[str]) -> int:
    """Verify, print the report, and give back the exit code."""
    parser = argparse.ArgumentParser(description="Verify an auditor's bundle, or a proof.")
    parser.add_argument("path", type=Path, help="the bundle's directory, or the file of a proof")
    parser.add_argument("--public-key", required=True, metavar="NAME+KEYID+KEY")
    options = parser.parse_args(arguments)
    try:
        if options.path.is_file():
            return check_proof(options.path, options.public_key)
        found = verify(options.path, options.public_key)
    except (Unverifiable, OSError) as reason:
        print(f"UNVERIFIABLE: {reason}")
        return 3
    if found.faults:
        print("ALTERED")
    else:
        print("UNVERIFIABLE" if found.doubts else "Sound: everything fits.")
    for each in found.faults + found.doubts:
        print(f"  {each}")
    print(f"{found.events} events, chain head {found.chain}")
    print(
        f"{found.checkpoints} checkpoints hold; they cover events 1 to {found.covered}, and the "
        f"{found.events - found.covered} after that are not covered"
    )
    print(f"{len(found.lines)} journal lines made again from the events")
    if found.faults:
        return 1
    return 3 if found.doubts else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
