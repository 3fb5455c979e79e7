"""The command lines for what waits besides payments, as `tests.staff_waiting` gives the commands.

Some commands are given in several ways; they stand here as COMMAND/WAY.
"""

# ruff: noqa: ARG005 - every line is given the same two values

from __future__ import annotations

from collections.abc import Callable

from tests.desk.iso20022.test_pain002 import report, transfer
from tests.staff import World
from tests.staff_waiting import NEW_ACCOUNT, OWN_ACCOUNT

Line = Callable[[World, str], str]
"""A command line, given by somebody in a relation to what it is about."""


def _answers(world: World) -> str:
    """A file of the bank that says that it has the payment."""
    text = report(transfer("filed-P001", "ACSP")).decode()
    path = world.folder / "answers.xml"
    if world.folder.is_dir():
        path.write_text(text.replace("OFL-7f3a9c", world.things["message"]), encoding="utf-8")
    return str(path)


def _payment_file(world: World) -> str:
    return f"payments file --payer state-fund --on 2022-06-01 --out {world.folder}/out.xml"


def _correct(kind: str, file: str) -> Line:
    return lambda w, _: f"correct {kind} {w.folder}/{file} --reason misread"


WAITING_LINES: dict[str, Line] = {
    "refunds": lambda w, _: f"import refunds {w.folder}/refunds.csv",
    "merge": lambda w, _: (
        f"subject merge {w.things['people']['QX-31']} {w.things['people']['QX-32']} --reason same"
    ),
    "unmerge": lambda w, _: f"subject unmerge {w.things['merged']} --reason another",
    "move": lambda w, _: (
        f"subject move {w.things['people']['QX-31']} --to odense --on 2021-06-01 --reason moved"
    ),
    "correct": lambda w, _: f"correct fact {w.things['measured']} --set value=no --reason misread",
    "correct-file": _correct("measurements", "measured31-no.csv"),
    "correct-file/enrolments": _correct("enrolments", "enrolments31-later.csv"),
    "correct-file/stays": _correct("stays", "stays31-longer.csv"),
    "correct-file/spells": _correct("spells", "spells31-over.csv"),
    "correct-file/results": _correct("results", "results31-less.csv"),
    "correct-register": lambda w, _: "correct register facts --until 2021-05-01 --reason far",
    "correct-tariffs": _correct("tariffs", "tariffs0-less.csv"),
    "void": lambda w, _: f"correct void {w.things['measured']} --reason another's",
    "adjust": lambda w, _: (
        "agreement adjust owing --part state-fund:dsi:5.00 --basis sample --reason forgotten"
    ),
    "decide-adjustment": lambda w, _: "agreement decide owing-J03 --on 2022-06-01",
    "payment-policy": lambda w, _: "payments policy --cooling-off 4",
    "payee-set": lambda w, _: f"payee set home {NEW_ACCOUNT} --holder Home --evidence letter",
    "payee-confirm": lambda w, _: f"payee confirm bikuben {OWN_ACCOUNT} --evidence call",
    "cancel": lambda w, _: "payments cancel hf-P002 --reason later --on 2022-06-01",
    "payment-file": lambda w, _: _payment_file(w),
    "bank-answers": lambda w, _: f"payments status {_answers(w)} --on 2022-06-01",
    "recall": lambda w, _: "payments recall filed-P001 --reason wrong --on 2022-06-01",
    "recall-answer": lambda w, _: "payments recall-answer filed-P002 --on 2022-06-01",
    "demand": lambda w, _: (
        "payments demand owing --payer state-fund --payee dsi --due 2022-07-01 --on 2022-06-01"
    ),
    "withdraw-demand": lambda w, _: "payments withdraw owing-C001 --reason later",
    "propose-write-off": lambda w, _: "payments write-off owing-C001 --reason gone",
    "write-off": lambda w, _: "payments write-off owing-W001 --on 2022-06-01",
    "account": lambda w, _: f"bank account home {NEW_ACCOUNT}",
    "reconcile": lambda w, _: "bank reconcile",
    "match": lambda w, _: "bank match S2 filed-P001 --reason letter",
    "unmatch": lambda w, _: f"bank unmatch {w.things['match']} --reason another",
    "resolve": lambda w, _: "bank resolve dsi/X1 --is fee --reason theirs",
    "reopen": lambda w, _: "bank reopen dsi/X2 --reason ours",
    "close-period": lambda w, _: "period close 2020 --even-though-unreconciled slow",
    "reopen-period": lambda w, _: "period reopen 2019",
    "claim-run": lambda w, _: "jobs run-once headroom",
    "claim-run-by-hand": lambda w, _: "jobs run-once headroom --now",
    "give-up-run": lambda w, _: "jobs run-once missing-evidence --now",
    "finish-run": lambda w, _: "jobs run-once double-payments --now",
    "fail-run": lambda w, _: "jobs run-once bank --now",
    "resolve-finding": lambda w, _: "jobs resolve deadlines-1 --reason seen",
}
