"""A ledger with people, at a point where every command has something to do.

Everybody acts in a relation to what waits: `own` took the step before it, `lineage` did what that
rests on, `other` did neither. A ledger is made for each duty, which all three have; the
administrators `adam` and `eva` and the job `job:nightly` are in all of them.
"""

# ruff: noqa: ARG005 - every step is given the same three values

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from desk.cli.session import VIEWS_FILE
from desk.intake import files
from ledger.decide.people import Newcomer, SetUp
from ledger.decide.sampling import Examination, hash_of
from ledger.decide.sampling_population import Rule
from ledger.duties import Duty
from ledger.events import PersonEnrolled
from ledger.model import Position
from ledger.money import Amount
from ledger.parties import Recognition
from ledger.service import Ledger
from ledger.store.personal_key import PersonalKey
from ledger.terms.shipped import shelter_refund_rules
from projections.follow import Views
from tests import staff_waiting

RELATIONS = ("own", "lineage", "other")
NIGHTLY = "job:nightly"
_TERMS = """
agreement: {name}
title: Housing for young people (invented)
currency: DKK
signed_on: 2021-01-01
starts_on: 2021-01-01
ends_on: {ends}
people: 6
parties:
  - {{id: state-fund, name: The state, roles: [outcome_payer]}}
  - {{id: home, name: The home, roles: [provider]}}
  - {{id: dsi, name: DSI, roles: [investor]}}
  - {{id: bikuben, name: Bikubenfonden, roles: [guarantor]}}
{more}investment:
  - {{investor: dsi, amount: 100000.00}}
guarantee: {{guarantor: bikuben, kind: first_loss, amount: 30000.00}}
indicators:
  - {{id: housed, title: Housed, kind: yes_no}}
  - {{id: job, title: In work, kind: spell}}
  - {{id: rate, title: Share in work, kind: number}}
metrics:
  - id: housed
    kind: per_person
    measured_at_months: [12]
    achieved_when: {{indicator: housed, equals: yes}}
    price: {price}
split: {split}
rounding: {{residual_payer: state-fund, residual_investor: dsi}}
"""
_ALONE = {"split": "[{payer: state-fund, share: 1}]", "more": ""}
_WITH_MUNICIPALITIES = {
    "split": "[{payer: state-fund, share: 0.5}, {payer: aarhus, share: 0.5}]",
    "more": "  - {id: aarhus, name: Aarhus, roles: [co_payer]}\n"
    "  - {id: odense, name: Odense, roles: [co_payer]}\n",
}
_READING = "agreement,person_id,milestone_months,measured_on,indicator,value,validator\n"
_FILES = {
    **{
        f"{name}.yaml": _TERMS.format(name=name, ends="2028-01-01", price="1000.00", **_ALONE)
        for name in ("hf", "seen", "new", "filed", "owing")
    },
    "gone.yaml": _TERMS.format(name="gone", ends="2022-06-01", price="1000.00", **_ALONE),
    "amended.yaml": _TERMS.format(name="hf", ends="2028-01-01", price="1100.00", **_ALONE),
    "facts.yaml": _TERMS.format(
        name="facts", ends="2028-01-01", price="1000.00", **_WITH_MUNICIPALITIES
    ),
    "rules.yaml": json.dumps(
        shelter_refund_rules()
        .model_copy(update={"title": "As it is called now"})
        .model_dump(mode="json", exclude_none=True)
    )
    + "\n",
    "tariffs0.csv": "shelter,valid_from,tariff,own_payment\nnord,2020-01-01,1100.00,91.00\n",
    "tariffs.csv": "shelter,valid_from,tariff,own_payment\nsyd,2020-01-01,1200.00,91.00\n",
    "enrolments0.csv": "agreement,person_id,enrolled_on\n"
    + "".join(f"hf,QX-{number},2021-01-01\n" for number in range(1, 6)),
    "enrolments9.csv": "agreement,person_id,enrolled_on\n"
    "seen,QX-8,2021-01-01\nseen,QX-9,2021-01-01\n",
    "measured8.csv": f"{_READING}seen,QX-8,12,2022-01-02,housed,yes,V\n",
    "measured9.csv": f"{_READING}seen,QX-9,12,2022-01-02,housed,yes,V\n",
    "paid.csv": "account,line_id,booked_on,amount,reference,text\n"
    "state-fund,S1,2022-06-02,-1000.00,seen-P001,\n",
    "enrolments.csv": "agreement,person_id,enrolled_on\nhf,QX-6,2021-02-01\n",
    "stays.csv": "stay_id,person_id,shelter,admitted,discharged\n"
    "S1,QX-1,nord,2020-05-06,2020-06-07\n",
    "spells.csv": "agreement,spell_id,person_id,indicator,started,ended\n"
    "hf,J1,QX-1,job,2021-05-06,\n",
    "results.csv": "agreement,cohort,measured_on,indicator,value,validator\n"
    "hf,all,2022-01-03,rate,0.4,V\n",
    "bank.csv": "account,line_id,booked_on,amount,reference,text\n"
    "dsi,L1,2022-01-11,-5.00,,\n",
    **{
        f"measured{number}.csv": f"{_READING}hf,QX-{number},12,2022-01-02,housed,yes,V\n"
        for number in range(1, 5)
    },
    "people.yaml": "founder: own\npeople:\n  - {id: xx, name: X}\n  - {id: yy, name: Y}\n",
    "measured.csv": f"{_READING}hf,QX-5,12,2022-01-02,housed,yes,V\n",
    **staff_waiting.FILES,
}  # fmt: skip
_UNTIL = date(2022, 6, 1)
_ON = date(2022, 6, 1)
_PAID = date(2021, 1, 10)
_THEN = datetime(2024, 1, 1, 9, tzinfo=UTC)
_EARLY = _THEN - timedelta(days=30)
TO_SEND, TO_APPROVE, TO_PROPOSE = "hf-P001", "hf-P002", "hf"


@dataclass
class World:
    """A ledger in a folder, everybody's keys, and what waits there."""

    folder: Path
    keys: Mapping[str, PersonalKey]
    things: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.folder / "ledger"

    def as_(self, who: str, clock: Callable[[], datetime] | None = None) -> Ledger:
        """The ledger as somebody opens it, with their own key."""
        options: dict[str, Any] = {"clock": clock} if clock else {}
        return Ledger(self.path, actor=who, key=self.keys[who], **options)

    def copied(self, folder: Path) -> World:
        """The same in another folder, to do anything with."""
        shutil.copytree(self.folder, folder, copy_function=_copied)
        return World(folder, self.keys, self.things)


def _copied(source: str, target: str) -> None:
    """A file again; one to import, a nonce or a checkpoint, written once, is only linked."""
    if source.endswith((".csv", ".yaml", ".txt")):
        os.link(source, target)
    else:
        shutil.copyfile(source, target)


def base(folder: Path, purpose: Literal["live", "demo"] = "demo") -> None:
    """A ledger without people yet, and files to import; in a live one nothing is approved."""
    folder.mkdir(parents=True)
    for name, text in _FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    now = _EARLY

    def as_(actor: str) -> Ledger:
        return Ledger(folder / "ledger", actor=actor, clock=lambda: now)

    Ledger.create(
        folder / "ledger", "Fund", "DKK", purpose, actor="lineage", clock=lambda: now
    ).close()

    with as_("lineage") as ledger:
        for name in ("hf", "gone"):
            ledger.sign(*files.read_terms(folder / f"{name}.yaml"))
            ledger.call_drawdown(name, Amount.parse("50000.00"), _PAID)
        ledger.receive_capital("gone-D01", "dsi", _PAID)
        ledger.receive_capital("hf-D01", "dsi", _PAID)
        ledger.call_drawdown("hf", Amount.parse("1000.00"), _ON)
        ledger.import_tariffs(files.read_tariffs(folder / "tariffs0.csv"))
        ledger.import_enrolments(files.read_enrolments(folder / "enrolments0.csv"))
        ledger.set_fund_policy("state-fund", Recognition.ONGOING, _ON)
        ledger.appropriate(2022, Amount.parse("900000.00"), "FL", _ON)
        ledger.commit("hf", Amount.parse("20000.00"), _ON)
    if purpose == "demo":
        staff_waiting.accounts(as_)
    else:  # one person confirms no account
        with as_("lineage") as ledger:
            policy = ledger.payment_policy().policy
            ledger.set_payment_policy(policy.model_copy(update={"accounts_required": False}), _ON)
    now = _THEN
    if purpose == "demo":
        staff_waiting.wait(folder, as_)
    # One payment is approved, by `own`; one is proposed, by `own`; one is owed; one is measured.
    for number, (proposer, approver) in enumerate(
        [("passer-by", "own"), ("own", None), (None, None)], start=1
    ):
        with as_("lineage") as ledger:
            ledger.import_measurements(files.read_measurements(folder / f"measured{number}.csv"))
        with as_("passer-by") as ledger:
            ledger.assess("hf", _UNTIL)
        if proposer:
            with as_(proposer) as ledger:
                ledger.propose_payments("hf", _ON)
        if approver and purpose == "demo":
            with as_(approver) as ledger:
                ledger.approve_payment(f"hf-P{number:03d}", _ON)
    with as_("lineage") as ledger:
        ledger.import_measurements(files.read_measurements(folder / "measured4.csv"))
        ledger.assess("gone", _UNTIL)
    if purpose == "demo":
        _sample(folder, as_)
        staff_waiting.send_late(as_)


PURPOSES: tuple[Literal["validation", "audit"], ...] = ("validation", "audit")
TO_TAKE = ("witness", "draw", "examine", "close", "adjust")
"""The steps of a sample, in order; of each purpose there is a sample waiting for each step."""


def _sample(folder: Path, as_: Callable[[str], Ledger]) -> None:
    """An agreement with a payment to validate and one to audit, and samples at every step."""
    with as_("lineage") as ledger:
        ledger.sign(*files.read_terms(folder / "seen.yaml"))
        ledger.call_drawdown("seen", Amount.parse("50000.00"), _PAID)
        ledger.receive_capital("seen-D01", "dsi", _PAID)
        ledger.import_enrolments(files.read_enrolments(folder / "enrolments9.csv"))
    for number in (8, 9):
        with as_("lineage") as ledger:
            ledger.import_measurements(files.read_measurements(folder / f"measured{number}.csv"))
        with as_("passer-by") as ledger:
            ledger.assess("seen", _UNTIL)
            ledger.propose_payments("seen", _ON)
        if number == 8:
            with as_("adam") as ledger:
                ledger.approve_payment("seen-P001", _ON)
            with as_("eva") as ledger:
                ledger.send_payment("seen-P001", _ON)
            with as_("lineage") as ledger:
                ledger.import_bank(files.read_bank(folder / "paid.csv"))
    for purpose in PURPOSES:
        for number, step in enumerate(TO_TAKE):
            _sample_until(folder, as_, purpose, f"{purpose}-{step}", number)


def _sample_until(
    folder: Path,
    as_: Callable[[str], Ledger],
    purpose: Literal["validation", "audit"],
    name: str,
    steps: int,
) -> None:
    """A sample that `own` committed to, and so many steps of it taken by others."""
    nonce = hashlib.sha256(name.encode()).hexdigest()
    (folder / f"nonce-{name}.txt").write_text(nonce + "\n", encoding="utf-8")
    with as_("own") as ledger:
        ledger.commit_sample(_sample_rule(name, purpose, nonce), _ON)
    if steps > 0:
        with as_("eva") as ledger:
            ledger.witness_sample(name, _ON)
    with as_("passer-by") as ledger:
        if steps > 1:
            ledger.draw_sample(name, nonce, _ON)
    with as_("zoe") as ledger:
        if steps > 2:
            claim = ledger.sample(name).require_drawn().items[0].claim
            ledger.examine_sample(name, Examination(claim, Amount(0), "", "seen"), _ON)
        if steps > 3:
            ledger.close_sample(name, _ON)


def _sample_rule(name: str, purpose: Literal["validation", "audit"], nonce: str) -> Rule:
    return Rule(
        sample=name,
        purpose=purpose,
        nonce_sha256=hash_of(nonce),
        confidence=Decimal("0.95"),
        size=5,
        agreements=("seen",),
    )


def staffed(world: World, duty: Duty) -> World:
    """Set up the people of a world, and let them begin what others are to end."""
    keys = world.keys
    plain = dict.fromkeys(("passer-by", NIGHTLY), ())
    duties = plain | dict.fromkeys(RELATIONS, (duty,))
    duties |= dict.fromkeys(("adam", "eva"), (Duty.ADMINISTRATOR,))
    newcomers = tuple(
        Newcomer(id=who, name=who.title(), key=keys[who].public, duties=held)
        for who, held in duties.items()
    )
    with Ledger(world.path, actor="own", clock=lambda: _THEN) as ledger:
        ledger.set_up_people(SetUp(founder="own", people=newcomers))
        ref = next(
            each.event.subject
            for each in ledger.of_topic(PersonEnrolled.topic)
            if isinstance(each.event, PersonEnrolled)
        )
    administrator = duty is Duty.ADMINISTRATOR
    glass = Duty.VALIDATOR if duty is Duty.REGISTRAR else Duty.REGISTRAR
    with world.as_("adam" if duty is Duty.AUDITOR else "own", lambda: _THEN) as ledger:
        broken = ledger.break_glass(glass, "nobody else was there").recorded[0].position
    after = lambda: _THEN + timedelta(hours=5)  # noqa: E731 - one line
    with world.as_("own" if administrator else "adam", after) as ledger:
        ledger.add_colleague("newbie", "New Bie")
        ledger.propose_duty("newbie", Duty.REGISTRAR)
        ledger.propose_key("lineage", keys["lineage-2"].public)
    with Ledger(world.path, actor="reader") as ledger:
        views = Views(world.path / VIEWS_FILE)
        views.catch_up(ledger.log)
        views.close()
        world.things |= staff_waiting.things(ledger)
        claims = {
            purpose: ledger.sample(f"{purpose}-examine").require_drawn().items[0].claim
            for purpose in PURPOSES
        }
    world.things |= {"broken": broken, "ref": ref, "claims": claims}
    return world


def worlds(folder: Path) -> dict[Duty, World]:
    """A world for each duty."""
    base(folder / "base")
    who = (*RELATIONS, "passer-by", "adam", "eva", NIGHTLY, "newbie", "lineage-2", "fresh")
    keys = {each: PersonalKey.new() for each in who}
    made = {}
    for duty in Duty:
        place = folder / duty.value
        shutil.copytree(folder / "base", place)
        made[duty] = staffed(World(place, keys), duty)
    return made


Step = Callable[[Ledger, World, str], Any]
"""A command given by somebody in a relation to what it is about."""


def _file(name: str, read: str) -> Step:
    importing = {"spells": "import_spells", "results": "import_results"}.get(read, f"import_{read}")
    return lambda x, w, _: getattr(x, importing)(getattr(files, f"read_{read}")(w.folder / name))


def _amount(text: str) -> Amount:
    return Amount.parse(text)


def _new_checkpoint_key(ledger: Ledger, world: World, _: str) -> None:
    (world.path / "checkpoint.key").unlink()
    shutil.rmtree(world.path / "checkpoints")  # as if it was made before there were any
    ledger.make_checkpoint_key()


def _target(who: str) -> str:
    """Whom one does something about: oneself, or in another relation somebody else."""
    return "own" if who == "own" else "passer-by"


def _purpose(ledger: Ledger) -> Literal["validation", "audit"]:
    """What who acts may sample for; those who may nothing try to validate."""
    colleague = ledger.people().colleague_of(ledger.actor)
    assert colleague is not None
    return "audit" if Duty.AUDITOR in colleague.duties else "validation"


STEPS: dict[str, Step] = {
    "init": lambda x, w, _: Ledger.create(
        w.path, "Fund", "DKK", actor=x.actor, key=x.key, command_id="again"
    ).close(),
    "checkpoint": lambda x, w, _: x.seal(),
    "new-checkpoint-key": _new_checkpoint_key,
    "sign": lambda x, w, _: x.sign(*files.read_terms(w.folder / "new.yaml")),
    "amend": lambda x, w, _: x.amend(
        (terms := files.read_terms(w.folder / "amended.yaml"))[0], _ON, terms[1]
    ),
    "enact": lambda x, w, _: x.enact(files.read_rules(w.folder / "rules.yaml")),
    "drawdown": lambda x, w, _: x.call_drawdown("hf", _amount("5.00"), _ON),
    "guarantee": lambda x, w, _: x.call_guarantee("gone", _ON),
    "fund-policy": lambda x, w, _: x.set_fund_policy("dsi", Recognition.ONGOING, _ON),
    "appropriate": lambda x, w, _: x.appropriate(2022, _amount("5.00"), "FL", _ON),
    "commit": lambda x, w, _: x.commit("gone", _amount("5.00"), _ON),
    "reestimate": lambda x, w, _: x.reestimate("hf", _amount("20001.00"), "more", _ON),
    "annul": lambda x, w, _: x.annul("hf", _amount("5.00"), "less", _ON),
    "tariffs": _file("tariffs.csv", "tariffs"),
    "enrolments": _file("enrolments.csv", "enrolments"),
    "stays": _file("stays.csv", "stays"),
    "spells": _file("spells.csv", "spells"),
    "erase": lambda x, w, _: x.erase_subject(w.things["ref"], "asked", even_though_undecided=True),
    "measurements": _file("measured.csv", "measurements"),
    "results": _file("results.csv", "results"),
    "assess": lambda x, w, _: x.assess("hf", _UNTIL),
    "propose": lambda x, w, _: x.propose_payments("hf", _ON),
    "approve": lambda x, w, _: x.approve_payment(TO_APPROVE, _ON),
    "send": lambda x, w, _: x.send_payment(TO_SEND, _ON),
    "bank": _file("bank.csv", "bank"),
    "received": lambda x, w, _: x.receive_capital("hf-D02", "dsi", _ON),
    "sample-commit": lambda x, w, _: x.commit_sample(
        _sample_rule("new", _purpose(x), "ab" * 32), _ON
    ),
    "sample-witness": lambda x, w, _: x.witness_sample(f"{_purpose(x)}-witness", _ON),
    "sample-draw": lambda x, w, _: x.draw_sample(
        f"{_purpose(x)}-draw", hashlib.sha256(f"{_purpose(x)}-draw".encode()).hexdigest(), _ON
    ),
    "sample-examine": lambda x, w, _: x.examine_sample(
        f"{_purpose(x)}-examine",
        Examination(w.things["claims"][_purpose(x)], _amount("1.00"), "", "seen"),
        _ON,
    ),
    "sample-close": lambda x, w, _: x.close_sample(f"{_purpose(x)}-close", _ON),
    "sample-adjust": lambda x, w, _: x.adjust_by_sample("audit-adjust", "extrapolated", _ON),
    **staff_waiting.WAITING,
    "people-setup": lambda x, w, _: x.set_up_people(
        SetUp(founder="own", people=(Newcomer(id="xx", name="X"), Newcomer(id="yy", name="Y")))
    ),
    "people-witness": lambda x, w, _: x.witness_set_up(),
    "people-add": lambda x, w, _: x.add_colleague("zoe", "Zoe"),
    "people-link": lambda x, w, _: x.link_account("newbie", "nb"),
    "people-propose-key": lambda x, w, who: x.propose_key(_target(who), w.keys["fresh"].public),
    "people-confirm-key": lambda x, w, _: x.confirm_key("lineage", w.keys["lineage-2"].public),
    "people-revoke-key": lambda x, w, who: x.revoke_key(
        _target(who), w.keys[_target(who)].public, "lost"
    ),
    "people-propose-duty": lambda x, w, who: x.propose_duty(
        "own" if who == "own" else "newbie", Duty.PAYEE_MASTER
    ),
    "people-confirm-duty": lambda x, w, _: x.confirm_duty("newbie", Duty.REGISTRAR),
    "people-withdraw": lambda x, w, _: x.withdraw_duty("eva", Duty.ADMINISTRATOR, "enough"),
    "people-left": lambda x, w, _: x.record_leaving("passer-by", "moved"),
    "people-break-glass": lambda x, w, _: x.break_glass(
        Duty.VALIDATOR
        if Duty.REGISTRAR in x.people().duties_of(x.people().owners[x.actor], x.moment())
        else Duty.REGISTRAR,
        "fire",
    ),
    "people-review": lambda x, w, _: x.review_glass(Position(w.things["broken"]), "in order"),
}
"""How each command of the service is given; for each there is something to do."""


def terms_of(name: str) -> str:
    """Terms under which one measurement of a person makes 1,000.00 due."""
    return _TERMS.format(name=name, ends="2028-01-01", price="1000.00", **_ALONE)
