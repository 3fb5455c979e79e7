"""Once people of the demo are erased, on either engine: what is told, found, and noticed."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from desk.demo import example_folder
from ledger.commands.door import CHECKPOINTS
from ledger.model import SubjectRef
from ledger.service import Ledger
from ledger.store.location import Server
from projections.balances import balances
from projections.follow import Views
from projections.retention import retention
from projections.verification import Check, Verification
from tests.command_line import run
from tests.conftest import Told
from tests.projections.test_verify import burglar, rechained, verified

PAYMENT = "aarhus-hf-1-P001"

Forgery = Callable[[bytes, dict[str, Any]], bytes]
"""An event's bytes, and what they hold, to other bytes."""


def door(told: Told, actor: str = "erik") -> Ledger:
    return Ledger(told.location, actor=actor, key_file=told.key_file)


def paid_for(told: Told) -> SubjectRef:
    """Whose outcome the first payment's first item pays."""
    with door(told) as ledger:
        claim = ledger.agreement("aarhus-hf-1").payments[PAYMENT].proposed.items[0].claim
    return SubjectRef(claim.split("/")[1])


def erase(told: Told, *refs: SubjectRef) -> None:
    with door(told) as ledger:
        for ref in refs:
            ledger.erase_subject(ref, "time is up", even_though_undecided=True)


def ofl(told: Told, *arguments: str, stdin: str = "", code: int = 0) -> str:
    place = told.location.url if isinstance(told.location, Server) else str(told.location)
    env = {**os.environ, "OFL_VAULT_KEY": str(told.key_file), "OFL_ACTOR": "erik"}
    ran = run(["--ledger", place, *arguments], env, stdin=stdin)
    assert ran.code == code, ran.out + ran.err
    return ran.out if not code else ran.err


def rows(told: Told) -> bytes:
    """Every byte of every table, or of every file."""
    if not isinstance(told.location, Server):
        return b"".join(f.read_bytes() for f in told.location.rglob("*") if f.is_file())
    found = []
    with psycopg.connect(told.location.url) as connection:
        tables = connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables "
            "WHERE table_schema IN ('events', 'vault', 'views')"
        ).fetchall()
        assert len(tables) > 10
        for (table,) in tables:
            with connection.cursor().copy(f"COPY {table} TO STDOUT".encode()) as lines:
                found += [bytes(line) for line in lines]
    return b"".join(found)


def vault_row(told: Told, ref: SubjectRef) -> list[bytes]:
    """Fingerprint and wrapped key, as bytes and as a dump writes them."""
    with door(told) as ledger, ledger.vault.database.reading() as c:
        c.execute("SELECT digest, wrapped_key FROM subject WHERE ref = ?", (ref,))
        found = [bytes(each) for each in c.fetchone()]
    return [*found, *(each.hex().encode() for each in found)]


def test_the_books_are_the_same_and_the_vault_has_forgotten(any_demo: Told) -> None:
    with door(any_demo) as ledger, closing(Views(any_demo.views)) as views:
        views.catch_up(ledger.log)
        before = repr(balances(views))
        everybody = sorted(r for state in ledger.agreements().values() for r in state.enrolled)
    gone = everybody[::3]
    kept = [each for ref in gone for each in vault_row(any_demo, ref)]
    assert sum(each in rows(any_demo) for each in kept) == 2 * len(gone)
    erase(any_demo, *gone)
    left = rows(any_demo)
    assert not [each for each in kept if each in left]
    found = verified(any_demo)
    assert found.sound, found.faults
    assert found.erased == len(gone)
    with door(any_demo) as ledger, closing(Views(any_demo.views)) as views:
        views.catch_up(ledger.log)
        assert repr(balances(views)) == before
        views.rebuild(ledger.log)
        assert repr(balances(views)) == before
        assert {each.subject for each in retention(ledger.log)} == set(everybody) - set(gone)


def test_explain_and_report_say_when_somebody_was_erased(any_demo: Told) -> None:
    ref = paid_for(any_demo)
    assert "Erased on" not in ofl(any_demo, "explain", PAYMENT)
    assert ref in ofl(any_demo, "subject", "erase", ref, "--reason", "time is up",
                      "--even-though-undecided")  # fmt: skip
    explained = ofl(any_demo, "explain", PAYMENT)
    assert re.search(r"Erased on \d", explained)
    assert "(erased or locked)" in explained
    assert re.search(r"Slettet \d", ofl(any_demo, "--lang", "da", "explain", PAYMENT))
    assert "aarhus-hf-1: 1 erased, last on" in ofl(any_demo, "report")
    assert "aarhus-hf-1: 1 slettet, senest" in ofl(any_demo, "--lang", "da", "report")
    assert f"{ref} erased: time is up" in ofl(any_demo, "history", "--last", "1")
    assert "1 erased: what was decided" in ofl(any_demo, "verify")
    assert "is erased already" in ofl(
        any_demo, "subject", "erase", ref, "--reason", "time is up", code=1
    )


def forged(told: Told, subject: SubjectRef, change: Forgery) -> Verification:
    """What is found once the first entitlement of somebody is changed and all chained anew."""
    shutil.rmtree(told.key_file.with_name(CHECKPOINTS))
    topic, left = "EntitlementCalculated:1", [1]

    def forge(state: bytes) -> bytes:
        whole = json.loads(state)
        data = whole.get("data", {})
        if left and data.get("subject") == str(subject) and f'"{topic}"'.encode() in state:
            left.pop()
            return change(state, data)
        return state

    with burglar(told) as at_work:
        assert rechained(at_work, forge)
    return verified(told)


def higher_total(state: bytes, data: dict[str, Any]) -> bytes:
    total = data["total"]
    return state.replace(f'"total":"{total}"'.encode(), f'"total":"9{total}"'.encode())


def higher_sum(state: bytes, data: dict[str, Any]) -> bytes:
    spent = data["agreement_total"]
    old, new = (f'"agreement_total":"{each}"'.encode() for each in (spent, f"9{spent}"))
    return state.replace(old, new)


def other_division(state: bytes, data: dict[str, Any]) -> bytes:
    first, second = (part["payee"] for part in data["parts"][:2])
    return (
        state.replace(f'"payee":"{first}"'.encode(), b'"payee":"?"')
        .replace(f'"payee":"{second}"'.encode(), f'"payee":"{first}"'.encode())
        .replace(b'"payee":"?"', f'"payee":"{second}"'.encode())
    )


@pytest.mark.parametrize("change", [higher_total, higher_sum, other_division])
@pytest.mark.parametrize("whose", ["erased", "another's"])
def test_a_forged_decision_is_noticed_all_the_same(
    demo_told: Told, whose: str, change: Forgery
) -> None:
    ref = paid_for(demo_told)
    with door(demo_told) as ledger:
        claims = ledger.agreement("aarhus-hf-1").claims.values()
        others = (c.outcome.subject for c in claims if c.parts and c.outcome.subject != ref)
        other = next(each for each in others if each is not None)
    erase(demo_told, ref)
    found = forged(demo_told, ref if whose == "erased" else other, change)
    assert Check.DECISIONS in {fault.check for fault in found.faults}


@pytest.fixture
def demo_told(demo: Path) -> Told:
    """A copy of the demo on SQLite."""
    return Told(demo, demo / "views.sqlite", demo / "vault.key")


def test_facts_that_cannot_be_opened_without_an_erasure_cannot_be_verified(demo_told: Told) -> None:
    with door(demo_told) as ledger:
        ledger.vault.erase(paid_for(demo_told))
    (fault,) = verified(demo_told).faults
    assert "cannot be opened" in fault.message


def test_what_an_older_vault_brings_back_is_told(demo_told: Told) -> None:
    ref = paid_for(demo_told)
    assert not isinstance(demo_told.location, Server)
    vault = demo_told.location / "vault.sqlite"
    backup = vault.read_bytes()
    erase(demo_told, ref)
    vault.write_bytes(backup)
    (fault,) = verified(demo_told).faults
    assert fault.check is Check.ERASURES
    erase(demo_told, ref)
    assert verified(demo_told).sound


def test_a_person_is_found_by_an_id_that_no_argument_holds(demo_told: Told) -> None:
    with door(demo_told) as ledger:
        everybody = ledger.agreement("aarhus-hf-1").enrolled
    files = example_folder().rglob("*enrolments*.csv")
    lines = [line for file in files for line in file.read_text().splitlines()]
    line = next(each for each in lines if each.startswith("aarhus-hf-1"))
    person_id = line.split(",")[1]
    told = ofl(demo_told, "subject", "find", "--agreement", "aarhus-hf-1", stdin=f"{person_id}\n")
    assert told.strip() in everybody
    wrong = ofl(demo_told, "subject", "find", "--agreement", "aarhus-hf-1", stdin="x\n", code=1)
    assert "nobody with that id" in wrong
    ofl(demo_told, "subject", "find", "--agreement", "aarhus-hf-1", stdin="", code=1)


def test_who_may_be_erased_is_told_five_years_after_the_last_accounting_year(
    demo_told: Told,
) -> None:
    with door(demo_told) as ledger:
        last: dict[str, int] = {}
        claims: dict[str, str] = {}
        items: dict[str, list[str]] = {}
        for each in ledger.at(1, ledger.log.head()[0]):
            data = each.event.model_dump()
            who = {data["subject"]} if data.get("subject") else set()
            if "items" in data and "payment" in data:
                items[data["payment"]] = [item["claim"] for item in data["items"]]
            if who and "claim" in data:
                claims[data["claim"]] = data["subject"]
            who |= {claims[c] for c in items.get(data.get("payment", ""), ())}
            for subject in who:
                last[subject] = max(last.get(subject, 0), each.effective_on.year)
        kept = {each.subject: each for each in retention(ledger.log, 5)}
    assert {ref: each.last_year for ref, each in kept.items()} == last
    assert all(each.erasable_from == date(last[ref] + 6, 1, 1) for ref, each in kept.items())
    year = min(last.values()) + 6

    def erasable(on: str) -> int:
        told = ofl(demo_told, "--json", "subject", "retention", "--on", on)
        return len(json.loads(told)["erasable"])

    assert erasable(f"{year - 1}-12-31") == 0
    assert erasable(f"{year}-01-01") == sum(each == year - 6 for each in last.values())
    assert "PERSON" in ofl(demo_told, "subject", "retention", "--on", f"{year}-01-01").upper()


def test_who_is_through_and_paid_is_erased_without_being_asked_twice(demo_told: Told) -> None:
    with door(demo_told) as ledger:
        ref = min(ledger.agreement("aarhus-hf-1").enrolled)
        assert ledger.erase_subject(ref, "time is up").recorded
