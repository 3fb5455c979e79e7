"""The one door for writing: who may do what, what is done once, and what a late fact changes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from ledger import events as e
from ledger.decide.facts_state import NOT_KNOWN_YET
from ledger.decide.payment import lineage
from ledger.decide.refusal import AgainstTerms, AlreadyDone, FourEyes, NotFound, OutOfOrder
from ledger.decide.rows import BankRow, Batch, MeasurementRow, Row
from ledger.metrics.base import Waiting
from ledger.money import ZERO, Amount, total
from ledger.service import Ledger
from ledger.store.location import EVENTS_FILE, VAULT_FILE, NoLedger
from ledger.store.log import CommandConflictError
from ledger.store.vault import VaultKeyError, VaultMissingError
from tests.desk.good_input import ENROLMENTS, TERMS, bring, small_ledger

UNTIL = date(2022, 3, 1)
LATER = date(2023, 6, 1)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A small ledger in which `anna` signed, imported, and recorded the capital."""
    with small_ledger(tmp_path) as door:
        bring(door, "stays", tmp_path / "stays.csv", covers_until=LATER)
        door.call_drawdown("youth-1", Amount.parse("600000.00"), date(2021, 1, 4))
        for investor in ("dsi", "council-fund"):
            door.receive_capital("youth-1-D01", investor, date(2021, 1, 6))
    return tmp_path / "ledger"


def reading(months: int, value: str, on: date, person: str = "QX-7001") -> Batch[MeasurementRow]:
    row = MeasurementRow("youth-1", person, months, on, "no-shelter", value, "Validator")
    return Batch("late.csv", f"{hash((months, value, person)) & (2**256 - 1):064x}", (Row(2, row),))


def proposed(path: Path) -> str:
    with Ledger(path, actor="bo") as door:
        door.assess("youth-1", UNTIL)
        done, _ = door.propose_payments("youth-1", UNTIL)
    event = done.recorded[0].event
    assert isinstance(event, e.PaymentProposed)
    return event.payment


def test_who_took_part_in_what_a_payment_rests_on_cannot_approve_it(ledger: Path) -> None:
    payment = proposed(ledger)
    for actor in ("anna", "bo"):
        with Ledger(ledger, actor=actor) as door, pytest.raises(FourEyes, match=actor):
            door.approve_payment(payment, UNTIL)
    with Ledger(ledger, actor="carla") as door:
        assert len(door.approve_payment(payment, UNTIL).recorded) == 1


def test_who_approved_a_payment_cannot_send_it(ledger: Path) -> None:
    payment = proposed(ledger)
    with Ledger(ledger, actor="carla") as door:
        with pytest.raises(OutOfOrder, match="not approved"):
            door.send_payment(payment, UNTIL)
        door.approve_payment(payment, UNTIL)
        with pytest.raises(FourEyes, match="carla approved"):
            door.send_payment(payment, UNTIL)
    with Ledger(ledger, actor="dan") as door:
        door.send_payment(payment, UNTIL)
        with pytest.raises(AlreadyDone):
            door.send_payment(payment, UNTIL)


def test_an_approval_binds_the_hash_of_what_was_proposed(ledger: Path) -> None:
    payment = proposed(ledger)
    with Ledger(ledger, actor="carla") as door:
        (approved,) = door.approve_payment(payment, UNTIL).recorded
        state = door.agreement("youth-1").payments[payment]
    assert isinstance(approved.event, e.PaymentApproved)
    assert approved.event.content_hash == state.proposed.content_hash


def test_assessing_again_decides_nothing_new(ledger: Path) -> None:
    with Ledger(ledger, actor="bo") as door:
        done, first = door.assess("youth-1", UNTIL)
        again, second = door.assess("youth-1", UNTIL)
    assert len(done.recorded) == 3  # the assessment, one outcome, its entitlement
    assert again.recorded == ()
    assert second == first


def test_a_late_measurement_adds_its_outcome_and_leaves_the_others_alone(ledger: Path) -> None:
    with Ledger(ledger, actor="bo") as door:
        door.assess("youth-1", UNTIL)
        before = door.agreement("youth-1").claims
        (was,) = [total(part.amount for part in claim.parts) for claim in before.values()]
        door.import_measurements(reading(12, "yes", date(2022, 3, 10), person="QX-7002"))
        done, _ = door.assess("youth-1", LATER)
        events = [each.event for each in done.recorded]
        fresh = [event for event in events if isinstance(event, e.EntitlementCalculated)]
        owed = sum(
            (item.amount.minor for items in door.agreement("youth-1").unproposed.values()
             for item in items), start=0,
        )  # fmt: skip
    assert [event.corrects for event in fresh] == [None]
    assert owed == was.minor + fresh[0].total.minor


def test_a_command_id_makes_a_retry_harmless_and_a_reuse_impossible(ledger: Path) -> None:
    with Ledger(ledger, actor="anna", command_id="draw-1") as door:
        door.call_drawdown("youth-1", Amount.parse("10000.00"), UNTIL)
        head = door.log.head()
        again = door.call_drawdown("youth-1", Amount.parse("10000.00"), UNTIL)
        assert again.repeated
        assert again.recorded[0].position == head[0]
        with pytest.raises(CommandConflictError):
            door.call_drawdown("youth-1", Amount.parse("10000.01"), UNTIL)
        assert door.log.head() == head


def test_a_drawdown_stays_within_the_commitments(ledger: Path) -> None:
    with Ledger(ledger, actor="anna") as door:
        left = total(door.agreement("youth-1").committed.values()) - total(
            door.agreement("youth-1").called().values()
        )
        for amount in (left + Amount(1), ZERO, Amount(-1)):
            with pytest.raises(AgainstTerms):
                door.call_drawdown("youth-1", amount, UNTIL)
        done = door.call_drawdown("youth-1", left, UNTIL)
        (called,) = [each.event for each in done.recorded]
        assert isinstance(called, e.DrawdownCalled)
        assert total(part.amount for part in called.parts) == left


def test_what_does_not_exist_is_named(ledger: Path, tmp_path: Path) -> None:
    with Ledger(ledger, actor="anna") as door:
        with pytest.raises(NotFound, match="no agreement 'nowhere'"):
            door.assess("nowhere", UNTIL)
        with pytest.raises(NotFound, match="no payment"):
            door.approve_payment("youth-1-P999", UNTIL)
        with pytest.raises(NotFound, match="no drawdown"):
            door.receive_capital("youth-1-D99", "dsi", UNTIL)
    with pytest.raises(NoLedger, match="ofl init"):
        Ledger(tmp_path / "empty")


def test_another_key_than_the_vaults_own_is_refused(ledger: Path) -> None:
    (ledger / "vault.key").write_text("ab" * 32)
    with pytest.raises(VaultKeyError, match="not the key"):
        Ledger(ledger, actor="anna")
    (ledger / "vault.key").unlink()
    with pytest.raises(VaultKeyError, match="missing"):
        Ledger(ledger, actor="anna")


def test_nothing_personal_lies_in_the_files(ledger: Path) -> None:
    secrets = (b"QX-7001", b"QX7001", b"ST-501", b"2020-05-06", b"2020-06-07", b'"value":"7"')
    for name in (EVENTS_FILE, VAULT_FILE):
        content = (ledger / name).read_bytes()
        assert not [secret for secret in secrets if secret in content], name


def test_without_its_key_a_stay_stays_shut(ledger: Path) -> None:
    with Ledger(ledger, actor="anna") as door:
        stays = [
            each.event
            for each in door.read("agreement/youth-1")
            if isinstance(each.event, e.StayRecorded)
        ]
        assert all(not isinstance(stay.stay, e.Sealed) for stay in stays)
        stored = [
            json.loads(row.state)["data"]["stay"]
            for batch in door.log.batches()
            for row in batch
            if row.topic == "StayRecorded:1"
        ]
    assert stays
    assert all(set(each) == {"sealed"} for each in stored)


def test_a_bank_line_that_came_too_early_settles_when_it_is_read_again(ledger: Path) -> None:
    line = BankRow("aarhus", "L-1", date(2022, 1, 5), Amount(150_000_00), "youth-1-D02/dsi", "in")
    batch = Batch("bank.csv", "0" * 64, (Row(2, line),))
    with Ledger(ledger, actor="anna") as door:
        _, matched = door.import_bank(batch)
        assert "aarhus/L-1" in matched.open
        assert not door.bank("aarhus").matches
        door.call_drawdown("youth-1", Amount.parse("300000.00"), date(2022, 1, 3))
        done, matched = door.import_bank(batch)
        assert "aarhus/L-1" not in matched.open
        assert [type(each.event) for each in done.recorded] == [
            e.CapitalReceived,
            e.BankMatched,
        ]
        assert door.import_bank(batch)[0].recorded == ()
        (made,) = door.bank("aarhus").matches.values()
        assert made.match.legs == (("L-1", 0),)


def test_an_export_read_before_a_person_was_enrolled_says_nothing_of_that_person(
    tmp_path: Path,
) -> None:
    """The late comer's stays were not in the export: their absence is no saving."""
    with small_ledger(tmp_path) as door:
        bring(door, "stays", tmp_path / "stays.csv", covers_until=LATER)
        state = door.agreement("youth-1")
        assert set(state.register_until.values()) == {LATER}
        terms = TERMS.replace("youth-1", "youth-2")
        (tmp_path / "terms.yaml").write_text(terms, encoding="utf-8")
        bring(door, "terms", tmp_path / "terms.yaml")
        (tmp_path / "enrolments.csv").write_text(ENROLMENTS.replace("youth-1", "youth-2"))
        bring(door, "enrolments", tmp_path / "enrolments.csv")
        late = door.agreement("youth-2")
        assert set(late.register_until.values()) == {NOT_KNOWN_YET}
        assert {each.waiting for each in door.assess("youth-2", LATER)[1].waiting} <= {
            Waiting.MEASUREMENT,
            Waiting.REGISTER,
        }
        bring(door, "stays", tmp_path / "stays.csv", covers_until=UNTIL)
        late = door.agreement("youth-2")
        assert set(late.register_until.values()) == {UNTIL}
        assert len(late.stays) == 2
        assert set(door.agreement("youth-1").register_until.values()) == {LATER}


def test_who_recorded_only_the_beginning_of_a_stay_took_part_in_it(tmp_path: Path) -> None:
    """A stay's end was imported by somebody else; its beginning still counts."""
    with small_ledger(tmp_path) as door:
        path = tmp_path / "ledger"
        door.call_drawdown("youth-1", Amount.parse("600000.00"), date(2021, 1, 4))
        door.receive_capital("youth-1-D01", "dsi", date(2021, 1, 6))
        stay_at = [
            each.position
            for each in door.read("agreement/youth-1")
            if isinstance(each.event, e.StayRecorded)
        ]
        closed = (
            (tmp_path / "stays.csv").read_text().replace("2021-04-05,", "2021-04-05,2021-04-09")
        )
    (tmp_path / "stays.csv").write_text(closed)
    with Ledger(path, actor="eve") as door:
        bring(door, "stays", tmp_path / "stays.csv", covers_until=LATER)
        state = door.agreement("youth-1")
        ((closing, _),) = [
            each for each in state.stays[list(state.enrolled)[1]].values() if each[0] > max(stay_at)
        ]
        assert lineage(state, closing) & set(stay_at)


def test_an_earlier_day_than_the_last_assessment_is_refused(ledger: Path) -> None:
    with Ledger(ledger, actor="bo") as door:
        door.assess("youth-1", LATER)
        with pytest.raises(OutOfOrder, match="assess until that day or later"):
            door.assess("youth-1", UNTIL)


def test_a_lost_vault_or_another_key_enrols_nobody_twice(ledger: Path) -> None:
    other = ledger.parent / "other.key"
    other.write_text("cd" * 32)
    with pytest.raises(VaultKeyError, match="not the key"):
        Ledger(ledger, actor="anna", key_file=other)
    (ledger / VAULT_FILE).unlink()
    with pytest.raises(VaultMissingError, match="put it back"):
        Ledger(ledger, actor="anna")


def test_what_init_refuses_leaves_no_files(tmp_path: Path) -> None:
    with pytest.raises(AgainstTerms):
        Ledger.create(tmp_path / "new", "Fund", "XYZ")
    assert not (tmp_path / "new").exists()
