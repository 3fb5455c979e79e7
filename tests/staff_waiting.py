"""What waits in a ledger with people besides payments: answers, debts, bank lines, periods, runs.

It stands in agreements of its own, so that nothing else that waits is touched by it. `own` took
the step before each, and `lineage` did what that rests on.
"""

# ruff: noqa: ARG005 - every step is given the same three values

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk.bank_files import renderer
from desk.cli.session import VIEWS_FILE
from desk.intake import files
from desk.intake.single import changed
from ledger.bank_account import BankAccount
from ledger.commands.banking import Answer
from ledger.decide.jobs import Seen
from ledger.decide.payees import AccountWords
from ledger.decide.period import Reasons
from ledger.events import (
    BankMatched,
    MeasurementRecorded,
    PaymentFileMade,
    Severity,
)
from ledger.facts import Source
from ledger.money import Amount
from ledger.parties import Role
from ledger.service import Ledger
from projections.follow import Views
from projections.periods import look_at

if TYPE_CHECKING:
    from tests.staff import World

As = Callable[[str], Ledger]
"""The ledger as somebody opens it while nobody needs a key."""

_ON = date(2022, 6, 1)
_PAID = date(2021, 1, 10)
ACCOUNT = {"state-fund": "0400-440116243", "dsi": "DK2220005030014632"}
OWN_ACCOUNT = "5678-1234567890"
"""The account that `own` set, and that another person is to confirm."""
NEW_ACCOUNT = "3000-1234567890"
DEBT = ("state-fund", Role.OUTCOME_PAYER, "dsi")
RENDER = renderer(lambda count, what: nullcontext(lambda done: None))
"""Writes payment files, and shows nobody how far it is."""
UNRECONCILED = Reasons(unreconciled="the bank is slow")
_READING = "agreement,person_id,milestone_months,measured_on,indicator,value,validator\n"
_LINES = "account,line_id,booked_on,amount,reference,text\n"
FILES = {
    "enrolments20.csv": "agreement,person_id,enrolled_on\n"
    + "".join(f"filed,QX-{number},2021-01-01\n" for number in (21, 22, 23))
    + "".join(f"facts,QX-{number},2021-01-01\n" for number in (31, 32, 33, 34)),
    **{
        f"measured{number}.csv": f"{_READING}filed,QX-{number},12,2022-01-02,housed,yes,V\n"
        for number in (21, 22, 23)
    },
    "measured31.csv": f"{_READING}facts,QX-31,12,2022-01-02,housed,yes,V\n",
    "measured31-no.csv": f"{_READING}facts,QX-31,12,2022-01-02,housed,no,V\n",
    "stays31.csv": "stay_id,person_id,shelter,admitted,discharged\n"
    "S31,QX-31,nord,2020-05-06,2020-06-07\n",
    "stays31-longer.csv": "stay_id,person_id,shelter,admitted,discharged\n"
    "S31,QX-31,nord,2020-05-06,2020-06-09\n",
    "spells31.csv": "agreement,spell_id,person_id,indicator,started,ended\n"
    "facts,J31,QX-31,job,2021-05-06,\n",
    "spells31-over.csv": "agreement,spell_id,person_id,indicator,started,ended\n"
    "facts,J31,QX-31,job,2021-05-06,2021-06-06\n",
    "results31.csv": "agreement,cohort,measured_on,indicator,value,validator\n"
    "facts,all,2022-01-03,rate,0.4,V\n",
    "results31-less.csv": "agreement,cohort,measured_on,indicator,value,validator\n"
    "facts,all,2022-01-03,rate,0.3,V\n",
    "enrolments31-later.csv": "agreement,person_id,enrolled_on\nfacts,QX-31,2021-01-02\n",
    "tariffs0-less.csv": "shelter,valid_from,tariff,own_payment\nnord,2020-01-01,1000.00,91.00\n",
    "refunds.csv": "municipality,agreement,quarter,nights,refunded_nights,refund\n"
    "aarhus,facts,2021-Q2,3,2,100.00\n",
    # S2 may be one of two payments; S3 comes before its payment is sent; no item explains X1.
    "early.csv": f"{_LINES}state-fund,S3,2022-06-02,-1000.00,filed-P003,\n",
    "open.csv": f"{_LINES}state-fund,S2,2022-06-02,-1000.00,,\n"
    "dsi,X1,2022-06-02,-7.00,,\ndsi,X2,2022-06-02,-8.00,,\n",
}


def accounts(as_: As) -> None:
    """Confirmed accounts to pay from and to; they cool off before anything is paid."""
    for party, number in ACCOUNT.items():
        account = BankAccount.parse(number)
        with as_("petra") as ledger:
            ledger.set_payee_account(party, account, AccountWords(party, "letter"), _PAID)
        with as_("paul") as ledger:
            ledger.confirm_payee_account(party, account, "call", _PAID)


def wait(folder: Path, as_: As) -> None:
    """Let one thing wait for each command."""
    with as_("lineage") as ledger:
        for name in ("filed", "facts", "owing"):
            ledger.sign(*files.read_terms(folder / f"{name}.yaml"))
            ledger.call_drawdown(name, Amount.parse("50000.00"), _PAID)
            ledger.receive_capital(f"{name}-D01", "dsi", _PAID)
        ledger.import_enrolments(files.read_enrolments(folder / "enrolments20.csv"))
        ledger.import_bank(files.read_bank(folder / "early.csv"))
    inbox = folder / "inbox"  # the job that reads it cannot put any file away
    inbox.mkdir()
    for name in ("done", "refused"):
        (inbox / name).write_text("in the way\n", encoding="utf-8")
    _payments(folder, as_)
    _debts(as_)
    _facts(folder, as_)
    _bank(folder, as_)
    with as_("own") as ledger:
        words = AccountWords("Bikubenfonden", "letter")
        ledger.set_payee_account("bikuben", BankAccount.parse(OWN_ACCOUNT), words, _ON)
    _period(folder, as_)
    _runs(as_)


def send_late(as_: As) -> None:
    """Send a payment whose line was read before; only then is there something to match anew."""
    with as_("eva") as ledger:
        ledger.send_payment("filed-P003", _ON)


def _payments(folder: Path, as_: As) -> None:
    """The first is in a file, the second is being recalled, the third is approved."""
    for number in (1, 2, 3):
        with as_("lineage") as ledger:
            ledger.import_measurements(files.read_measurements(folder / f"measured2{number}.csv"))
        with as_("passer-by") as ledger:
            ledger.assess("filed", _ON)
            ledger.propose_payments("filed", _ON)
        with as_("adam") as ledger:
            ledger.approve_payment(f"filed-P00{number}", _ON)
        if number == 1:
            with as_("eva") as ledger:
                ledger.make_payment_file("state-fund", _ON, _ON, RENDER)
    with as_("lineage") as ledger:
        ledger.send_payment("filed-P002", _ON)
    with as_("own") as ledger:
        ledger.recall_payment("filed-P002", "wrong person", _ON)


def _debts(as_: As) -> None:
    """One debt is demanded, and `own` would give it up; another is not; one may come to be."""
    amounts = {"lineage": "-100.00", "lineage ": "-50.00", "own": "-20.00"}
    for number, (who, amount) in enumerate(amounts.items(), start=1):
        part = ("state-fund", "dsi", amount)
        with as_(who.strip()) as ledger:
            ledger.propose_adjustment("owing", [part], "sample 7", "counted twice", _ON)
        if who == "own":
            continue
        with as_("passer-by") as ledger:
            ledger.decide_adjustment(f"owing-J0{number}", _ON)
            if number == 1:
                ledger.demand_clawback("owing", DEBT, date(2022, 7, 1), _ON)
    with as_("own") as ledger:
        ledger.propose_write_off("owing", "owing-C001", "closed down", _ON)


def _facts(folder: Path, as_: As) -> None:
    with as_("lineage") as ledger:
        ledger.import_stays(files.read_stays(folder / "stays31.csv"), date(2021, 6, 1))
    with as_("own") as ledger:
        ledger.import_measurements(files.read_measurements(folder / "measured31.csv"))
        ledger.import_spells(files.read_spells(folder / "spells31.csv"))
        ledger.import_results(files.read_results(folder / "results31.csv"))
        one, other = (ledger.find_subject("facts", f"QX-{number}") for number in (33, 34))
        ledger.merge_subjects(one, other, "the same")


def _bank(folder: Path, as_: As) -> None:
    with as_("own") as ledger:
        ledger.import_bank(files.read_bank(folder / "open.csv"))
        ledger.resolve("dsi/X2", "fee", "the bank's")


def _period(folder: Path, as_: As) -> None:
    """A year is closed, and `own` asked for it to be opened again."""
    with as_("lineage") as ledger:
        _close(ledger, folder / "ledger", "2019")
    with as_("own") as ledger:
        ledger.reopen_period("2019", "a bill was forgotten")


def _close(ledger: Ledger, path: Path, name: str) -> None:
    views = Views(path / VIEWS_FILE)
    try:
        ledger.close_period(name, lambda: "sound", look_at(ledger, views, name), UNRECONCILED)
    finally:
        views.close()


def _once(name: str) -> Callable[[str | None], list[tuple[str, date]]]:
    return lambda last: [] if last else [(name, _ON)]


def _runs(as_: As) -> None:
    """A run that is under way, one by hand that was left behind, and one that found something."""
    with as_("job:nightly") as ledger:
        ledger.claim_run("look", _once("2022-06-01"), "a")
        found = ledger.claim_run("deadlines", _once("2022-06-01"), "a")
        assert found is not None
        seen = Seen("payment_not_approved", "k", Severity.WARNING)
        ledger.finish_run(found, "a", [seen], {})
    with as_("own") as ledger:
        ledger.claim_run_by_hand("missing-evidence", "gone")


def things(ledger: Ledger) -> dict[str, Any]:
    """The names that what waits was given."""
    (measured,) = (
        each.position
        for each in ledger.of_topic(MeasurementRecorded.topic)
        if each.stream == "agreement/facts"
    )
    (made,) = ledger.of_topic(PaymentFileMade.topic)
    assert isinstance(made.event, PaymentFileMade)
    matched = next(
        each.event.match
        for each in ledger.of_topic(BankMatched.topic)
        if isinstance(each.event, BankMatched) and each.event.items[0].item == "seen-P001"
    )
    people = {
        f"QX-{number}": ledger.find_subject("facts", f"QX-{number}") for number in range(31, 35)
    }
    merged = next(ref for ref in people.values() if ref in ledger.agreement("facts").merged)
    return {
        "measured": measured,
        "message": made.event.message,
        "match": matched,
        "people": people,
        "merged": merged,
    }


Step = Callable[[Ledger, "World", str], Any]


def _correct(ledger: Ledger, world: World) -> None:
    position = world.things["measured"]
    row = changed("event", ledger.fact_at(position), {"value": "no"})
    ledger.correct_fact(position, row, "misread")


def _close_next(ledger: Ledger, world: World) -> None:
    _close(ledger, world.path, "2020")


def _run_of(ledger: Ledger) -> Any:  # noqa: ANN401 - a run that is there
    return ledger.last_run("look")


WAITING: Mapping[str, Step] = {
    "refunds": lambda x, w, _: x.import_refunds(files.read_refunds(w.folder / "refunds.csv")),
    "merge": lambda x, w, _: x.merge_subjects(
        w.things["people"]["QX-31"], w.things["people"]["QX-32"], "the same"
    ),
    "unmerge": lambda x, w, _: x.unmerge_subject(w.things["merged"], "another"),
    "move": lambda x, w, _: x.move_subject(
        w.things["people"]["QX-31"], "odense", date(2021, 6, 1), "moved"
    ),
    "correct": lambda x, w, _: _correct(x, w),
    "correct-file": lambda x, w, _: x.correct_facts(
        files.read_measurements(w.folder / "measured31-no.csv"), "misread"
    ),
    "correct-register": lambda x, w, _: x.correct_register("facts", date(2021, 5, 1), "too far"),
    "correct-tariffs": lambda x, w, _: x.correct_tariffs(
        files.read_tariffs(w.folder / "tariffs0-less.csv"), "misread"
    ),
    "void": lambda x, w, _: x.void_fact(w.things["measured"], "somebody else's"),
    "adjust": lambda x, w, _: x.propose_adjustment(
        "owing", [("state-fund", "dsi", "5.00")], "sample 8", "forgotten", _ON
    ),
    "decide-adjustment": lambda x, w, _: x.decide_adjustment("owing-J03", _ON),
    "payment-policy": lambda x, w, _: x.set_payment_policy(
        x.payment_policy().policy.model_copy(update={"cooling_off_days": 4}), _ON
    ),
    "payee-set": lambda x, w, _: x.set_payee_account(
        "home", BankAccount.parse(NEW_ACCOUNT), AccountWords("The home", "letter"), _ON
    ),
    "payee-confirm": lambda x, w, _: x.confirm_payee_account(
        "bikuben", BankAccount.parse(OWN_ACCOUNT), "call", _ON
    ),
    "cancel": lambda x, w, _: x.cancel_payment("hf-P002", "not now", _ON),
    "payment-file": lambda x, w, _: x.make_payment_file("state-fund", _ON, _ON, RENDER),
    "bank-answers": lambda x, w, _: x.take_answers(
        w.things["message"],
        {"filed-P001": Answer("ACSP", rejected=False)},
        Source(file="x", sha256="1" * 64),
        _ON,
    ),
    "recall": lambda x, w, _: x.recall_payment("filed-P001", "wrong person", _ON),
    "recall-answer": lambda x, w, _: x.answer_recall("filed-P002", _ON),
    "demand": lambda x, w, _: x.demand_clawback("owing", DEBT, date(2022, 7, 1), _ON),
    "withdraw-demand": lambda x, w, _: x.withdraw_demand("owing-C001", "set it off", _ON),
    "propose-write-off": lambda x, w, _: x.propose_write_off("owing", "owing-C001", "gone", _ON),
    "write-off": lambda x, w, _: x.write_off("owing-W001", _ON),
    "account": lambda x, w, _: x.name_account("home", NEW_ACCOUNT),
    "reconcile": lambda x, w, _: x.reconcile(),
    "match": lambda x, w, _: x.match_lines(["S2", "filed-P001"], "by the letter"),
    "unmatch": lambda x, w, _: x.unmatch(w.things["match"], "another payment's"),
    "resolve": lambda x, w, _: x.resolve("dsi/X1", "fee", "the bank's"),
    "reopen": lambda x, w, _: x.reopen("dsi/X2", "not the bank's"),
    "close-period": lambda x, w, _: _close_next(x, w),
    "reopen-period": lambda x, w, _: x.reopen_period("2019", None),
    "claim-run": lambda x, w, _: x.claim_run("headroom", _once("2022-06-01"), "b"),
    "claim-run-by-hand": lambda x, w, _: x.claim_run_by_hand("headroom", "b"),
    "give-up-run": lambda x, w, _: x.give_up_run_by_hand("missing-evidence"),
    "finish-run": lambda x, w, _: x.finish_run(_run_of(x), "a", [], {}),
    "fail-run": lambda x, w, _: x.fail_run(_run_of(x), "a", "no disk"),
    "resolve-finding": lambda x, w, _: x.resolve_finding("deadlines-1", "seen to"),
}
"""How each of these commands of the service is given; for each there is something to do."""
