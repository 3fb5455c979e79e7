"""What each job sees besides deadlines, and that it sees no more than that."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from desk.intake import files
from desk.jobs.job import Workplace
from ledger.decide.decision import New, agreement_stream
from ledger.events import PaymentApproved, PaymentInstructed, Severity
from ledger.facts import Validation
from ledger.money import Amount
from ledger.parties import Recognition
from projections import views as v
from projections.follow import Views
from tests.desk.debts import A_YEAR_ON, come_to_owe, correct, pay
from tests.desk.good_input import GOOD, TERMS, small_ledger
from tests.desk.workplace import SetClock, events_of, kinds_seen, place_of, seen_by


def test_headroom_tells_the_highest_step_that_is_reached(owing: Workplace) -> None:
    with owing.ledger("anna") as ledger:
        ledger.set_fund_policy("state-fund", Recognition("2.2.11"), date(2022, 1, 1))
        ledger.appropriate(2022, Amount.parse("1000000.00"), "FL22", date(2022, 1, 1))
        ledger.commit("youth-1", Amount.parse("799999.99"), date(2022, 1, 2))
    assert kinds_seen(owing, "headroom", A_YEAR_ON) == set()
    for amount, percent in (("800000.00", "80"), ("899999.99", "80"), ("1000000.00", "100")):
        with owing.ledger("anna") as ledger:
            ledger.reestimate("youth-1", Amount.parse(amount), "known", date(2022, 1, 3))
        (found,) = seen_by(owing, "headroom", A_YEAR_ON).seen
        assert (found.kind, found.details["percent"]) == ("appropriation_used", percent)
    assert kinds_seen(owing, "headroom", date(2023, 1, 1)) == set()
    with owing.ledger("anna") as ledger:
        drawn = ledger.fund().commitments["youth-1"].drawn
        ledger.reestimate("youth-1", drawn, "no more", date(2022, 1, 4))
    (found,) = seen_by(owing, "headroom", A_YEAR_ON).seen
    assert (found.kind, found.details["percent"]) == ("commitment_used", "100")


@pytest.mark.parametrize(("limit", "percent"), [("10000.00", "100"), ("1200000.00", None)])
def test_a_ceiling_that_is_used_is_seen(tmp_path: Path, limit: str, percent: str | None) -> None:
    good = GOOD | {"terms": TERMS.replace("limit: 1200000.00", f"limit: {limit}")}
    small_ledger(tmp_path, good).close()
    place = come_to_owe(place_of(tmp_path / "ledger", SetClock()), tmp_path)
    found = [each.details["percent"] for each in seen_by(place, "headroom", A_YEAR_ON).seen]
    assert found == ([percent] if percent else [])


def test_a_payment_without_evidence_is_seen_and_a_proposal_is_not(owing: Workplace) -> None:
    assert kinds_seen(owing, "missing-evidence", A_YEAR_ON) == set()
    names = pay(owing, "sent")
    found = seen_by(owing, "missing-evidence", A_YEAR_ON).seen
    assert {(each.kind, each.details["payment"]) for each in found} == {
        ("evidence_missing", name) for name in names
    }


def test_of_a_corrected_measurement_what_stands_counts(owing: Workplace) -> None:
    first, *_ = pay(owing, "sent")
    correct(owing, first, "letter 7", Validation.VALIDATED)
    assert kinds_seen(owing, "missing-evidence", A_YEAR_ON) == set()


def test_a_payment_by_a_measurement_that_is_rejected_since_is_serious(owing: Workplace) -> None:
    first, *_ = pay(owing, "sent")
    correct(owing, first, "letter 7", Validation.REJECTED)
    found = seen_by(owing, "missing-evidence", A_YEAR_ON).seen
    assert {each.kind for each in found} == {"measurement_not_valid"}
    assert {each.severity for each in found} == {Severity.SERIOUS}


def test_what_the_ledger_would_refuse_is_seen_all_the_same(owing: Workplace) -> None:
    """Events that no command of today records: a fault of a program to come, or a forgery."""
    first, *_ = pay(owing, "sent")
    with owing.ledger("mallory") as ledger:
        state = ledger.agreement("youth-1")
        payment = state.payments[first]
        again = payment.proposed.model_copy(update={"payment": "youth-1-P900"})
        head = events_of(ledger)
        events = [
            again,
            PaymentApproved(
                payment="youth-1-P900", proposed_at=head + 1, content_hash=again.content_hash
            ),
            PaymentInstructed(payment="youth-1-P900", approved_at=head + 2, end_to_end_id=first),
        ]
        key = (again.payer, again.role, again.payee)
        state.unproposed[key] = []
        news = [
            New(agreement_stream("youth-1"), state.version + n, A_YEAR_ON, event)
            for n, event in enumerate(events, start=1)
        ]
        ledger._run(["propose"], lambda: news)  # noqa: SLF001 - no command does this
    found = {each.kind: each for each in seen_by(owing, "double-payments", A_YEAR_ON).seen}
    assert found.keys() == {"owed_once_paid_twice", "same_amount_twice", "end_to_end_id_twice"}
    assert found["owed_once_paid_twice"].details["payments"] == f"{first}, youth-1-P900"


def test_money_that_left_twice_by_the_bank_is_seen(small: Workplace, tmp_path: Path) -> None:
    assert kinds_seen(small, "double-payments", A_YEAR_ON) == set()
    path = tmp_path / "twice.csv"
    lines = ["account,line_id,booked_on,amount,reference,text"]
    lines += [f"dsi,9{n},2022-01-0{n},-75.00,REF-1," for n in (1, 2)]
    lines += ["dsi,93,2022-01-03,-75.01,REF-1,", "dsi,94,2022-01-03,75.00,REF-2,"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with small.ledger("anna") as ledger:
        ledger.import_bank(files.read_bank(path))
    (found,) = seen_by(small, "double-payments", A_YEAR_ON).seen
    assert (found.kind, found.details["lines"]) == ("bank_paid_twice", "91, 92")
    path.write_text(f"{lines[0]}\ndsi,95,2022-01-05,75.00,REF-1,\n", encoding="utf-8")
    with small.ledger("anna") as ledger:
        ledger.import_bank(files.read_bank(path))
    assert kinds_seen(small, "double-payments", A_YEAR_ON) == set()


def test_verify_sees_a_view_that_differs_from_a_rebuild(small: Workplace) -> None:
    assert kinds_seen(small, "verify", A_YEAR_ON) == set()
    with closing(Views(small.views)) as views, views.engine.begin() as connection:
        connection.execute(update(v.bank_line).values(amount=1))
    (found,) = seen_by(small, "verify", A_YEAR_ON).seen
    assert found.details["check"] == "views"
    assert "ofl rebuild" in found.details["message"]


def test_a_timestamp_that_cannot_be_had_is_seen(small: Workplace) -> None:
    nowhere = replace(small, timestamp_url="http://127.0.0.1:9/")
    assert kinds_seen(nowhere, "checkpoint", A_YEAR_ON) == {"no_timestamp"}
    assert kinds_seen(small, "checkpoint", A_YEAR_ON) == set()


def test_assess_decides_until_yesterday_and_tells_what_it_could_not(owing: Workplace) -> None:
    with owing.ledger("anna") as ledger:
        before = ledger.agreement("youth-1").assessments[-1][1].until
    assert before == A_YEAR_ON
    assert kinds_seen(owing, "assess", date(2022, 2, 1)) == set()
    report = seen_by(owing, "assess", date(2029, 1, 2))
    assert report.seen == []
    assert report.figures["events"] > 0
    with owing.ledger("anna") as ledger:
        assert ledger.agreement("youth-1").assessments[-1][1].until == date(2029, 1, 1)
    again = seen_by(owing, "assess", date(2029, 1, 2))
    assert again.figures["events"] == report.figures["events"]  # the same run, told again


def test_an_agreement_that_cannot_be_assessed_is_seen_and_the_others_go_on(
    small: Workplace, tmp_path: Path
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(TERMS.replace("agreement: youth-1", "agreement: youth-2"), encoding="utf-8")
    with small.ledger("anna") as ledger:
        ledger.sign(*files.read_terms(other))
        subject = next(iter(ledger.agreement("youth-1").enrolled))
        ledger.vault.erase(subject)  # a vault that was restored from before the enrolment
    report = seen_by(small, "assess", date(2029, 1, 2))
    (refused,) = report.seen
    assert (refused.kind, refused.agreement) == ("assessment_refused", "youth-1")
    assert "vault" in refused.details["reason"]
    assert "assessment_overdue" in kinds_seen(small, "deadlines", date(2029, 1, 10))
    assert report.figures["agreements"] == 2
    with small.ledger("anna") as ledger:
        assert ledger.agreement("youth-1").assessments == []
        assert len(ledger.agreement("youth-2").assessments) == 1
