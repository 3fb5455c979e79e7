"""Small random ledgers, made by people giving commands to the real service.

A history is played by a cast: anna keeps the files, bo measures, carla approves, dan sends. Now and
then somebody does another's work, names what does not exist, or comes twice with the same paper;
then the ledger refuses, or does nothing, and its head must not move. `told` is the tale so far.

Everything is drawn from one `random.Random`, so a seed tells the same tale again; hypothesis may
lend its own, and then shrinks the tale.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from ledger.dates import add_months
from ledger.decide.owing import Payment
from ledger.decide.refusal import Refusal
from ledger.decide.rows import (
    BankBatch,
    BankRow,
    Batch,
    EnrolmentRow,
    MeasurementRow,
    ResultRow,
    Row,
    SpellRow,
    StatementRow,
    StayRow,
)
from ledger.decide.state import AgreementState, Drawdown
from ledger.events import Recorded
from ledger.facts import Source, Stay, Tariff, TimeSpell
from ledger.money import Amount
from ledger.parties import Recognition, Role
from ledger.service import Ledger
from ledger.terms.agreement import Terms
from tests.corrections.wrongs import Wrongs

CURRENCY = "DKK"
AGREEMENTS = ("hf", "hf-1", "hf-10")
"""Names of which one begins another."""
PEOPLE = tuple(f"EX-{number:04d}" for number in range(1, 13))
SHELTERS = ("nord", "nord-2", "nord2")
KEEPER, MEASURER, APPROVER, SENDER = "anna", "bo", "carla", "dan"

_SIGNED_ON = date(2021, 12, 15)
_STARTS_ON = date(2022, 1, 1)
_INVESTORS = ("dsi", "council-fund", "third-fund")
_INDICATOR = "no-shelter"
_JOB = "job"
_RATE = "rate"
_MILESTONES = ((3, 6, 12, 24), (6, 12, 18, 24, 36), (1, 2, 3, 9))
_SHARES = ("1.00", "0.27", "0.333333", "0.666667", "0.5", "0.000001", "0")
_CAPS_PER_PERSON = (None, None, None, "60000.01", "333.33")
_CAPS_PER_AGREEMENT = (None, None, None, "1234567.89", "50000.01")
_COMMITMENTS = ("100000.00", "99999.99", "33333.34", "0.07", "250000.01")
_PRICES = (("1180.00", "91.00"), ("1276.33", "97.05"), ("900.01", "0.00"), ("87.00", "91.00"))
_ENDS = (date(2022, 10, 1), date(2023, 4, 1), date(2027, 1, 1))
_GUARANTEES = (None, "0.07", "50000.01", "123456.78")
_FUND = "state-fund"
_A_YEAR = 365

T = TypeVar("T")


def draw_terms(random: Random, agreement: str) -> Terms:
    """Terms that press on rounding, caps and roles: odd shares, odd øre, one party in two roles."""
    state, municipality, provider = random.choice(
        [
            ("state-fund", "aarhus", "aarhus"),
            ("state-fund", "aarhus", "home-ngo"),
            ("state-fund", "dsi", "home-ngo"),  # an investor pays for outcomes, also to itself
            ("aarhus", "aarhus", "home-ngo"),  # one party is both payers
        ]
    )
    investors = _INVESTORS[: random.choice((2, 3))]
    roles: dict[str, list[Role]] = {state: [Role.OUTCOME_PAYER]}
    roles.setdefault(municipality, []).append(Role.CO_PAYER)
    roles.setdefault(provider, []).append(Role.PROVIDER)
    roles.setdefault("odense", []).append(Role.CO_PAYER)  # where people may move to
    for investor in investors:
        roles.setdefault(investor, []).append(Role.INVESTOR)
    guarantee = random.choice(_GUARANTEES)
    if guarantee is not None:
        roles.setdefault("bikuben", []).append(Role.GUARANTOR)
    odd_price = random.choice(_PRICES)
    return Terms.model_validate(
        {
            "agreement": agreement,
            "title": f"Random agreement {agreement}",
            "currency": CURRENCY,
            "signed_on": _SIGNED_ON,
            "starts_on": _STARTS_ON,
            "ends_on": random.choice(_ENDS),
            "people": random.choice((2, 6, 12)),
            "parties": [{"id": id_, "name": id_, "roles": held} for id_, held in roles.items()],
            "investment": [
                {"investor": each, "amount": random.choice(_COMMITMENTS)} for each in investors
            ],
            "waterfall": _draw_waterfall(random, investors),
            "guarantee": guarantee
            and {"guarantor": "bikuben", "kind": "first_loss", "amount": guarantee},
            "refund_law": {
                "table": "dk-shelter-refund",
                "on_change": random.choice(("freeze", "follow")),
            },
            "indicators": [
                {"id": _INDICATOR, "title": "No shelter", "kind": "yes_no"},
                {"id": _JOB, "title": "In work", "kind": "spell"},
                {"id": _RATE, "title": "Share of the town's young in work", "kind": "number"},
            ],
            "metrics": [
                {
                    "id": "nights-saved",
                    "kind": "shelter_nights_saved",
                    "measured_at_months": random.choice(_MILESTONES),
                    "achieved_when": {"indicator": _INDICATOR, "equals": "yes"},
                    "counterfactual": {
                        "nights_per_year": random.choice((0, 91, 240, 240, 365)),
                        "reference_tariffs": [
                            _reference_tariff(_STARTS_ON, *random.choice(_PRICES[:3])),
                            _reference_tariff(date(2023, 1, 1), *odd_price),
                        ],
                    },
                    "state_side": {"payer": state, "share": random.choice(_SHARES)},
                    "municipal_side": {"payer": municipality, "share": random.choice(_SHARES)},
                },
                *_other_metrics(),
            ],
            "split": _split(state, municipality),
            "caps": [
                {"scope": scope, "limit": limit}
                for scope, limits in (
                    ("person", _CAPS_PER_PERSON),
                    ("agreement", _CAPS_PER_AGREEMENT),
                )
                if (limit := random.choice(limits)) is not None
            ],
            "rounding": {
                "residual_payer": random.choice((state, municipality)),
                "residual_investor": random.choice(investors),
            },
        }
    )


def _draw_waterfall(random: Random, investors: tuple[str, ...]) -> list[dict[str, Any]]:
    """No order of payment, as a rule; or one with a senior, and a return before the rest."""
    first, *others = random.sample(investors, len(investors))
    last = {"to": list(investors), "up_to": "all"}
    orders: list[list[dict[str, Any]]] = [
        [],
        [],
        [{"to": [first], "up_to": "principal"}, {"to": others, "up_to": "principal"}, last],
        [{"to": list(investors), "multiple": "1.05"}, {"to": [first], "up_to": "all"}],
    ]
    return random.choice(orders)


def _other_metrics() -> list[dict[str, Any]]:
    """One that is paid for spells of people, and one for a cohort."""
    return [
        {
            "id": "jobs",
            "kind": "sustained",
            "indicator": _JOB,
            "continuity": "continuous",
            "steps": [{"weeks": 13, "price": "999.99"}, {"weeks": 26, "price": "2000.01"}],
        },
        {
            "id": "town",
            "kind": "cohort",
            "indicator": _RATE,
            "counterfactual": {"kind": "fixed", "value": "0.30"},
            "direction": "increase",
            "measure": "points",
            "threshold": "0.05",
            "per": "point",
            "price": "33.33",
        },
    ]


def _split(state: str, municipality: str) -> list[dict[str, Any]]:
    if state == municipality:
        return [{"payer": state, "share": "1"}]
    return [{"payer": state, "share": "0.333333"}, {"payer": municipality, "share": "0.666667"}]


def _reference_tariff(valid_from: date, per_night: str, own_payment: str) -> dict[str, Any]:
    return {"valid_from": valid_from, "per_night": per_night, "own_payment": own_payment}


@dataclass
class RandomHistory(Wrongs):
    """A ledger in a directory, the people who work on it, and the papers that lie around."""

    path: Path
    random: Random
    today: date = date(2022, 1, 3)
    told: list[str] = field(default_factory=list)
    refused: list[type[Refusal]] = field(default_factory=list)
    _doors: dict[str, Ledger] = field(default_factory=dict)
    _terms: dict[str, Terms] = field(default_factory=dict)
    _enrolled: dict[tuple[str, str], date] = field(default_factory=dict)
    register: dict[str, StayRow] = field(default_factory=dict)
    _bank_rows: list[BankRow] = field(default_factory=list)
    _jobs: dict[str, date | None] = field(default_factory=dict)
    _counted: int = 0

    def __post_init__(self) -> None:
        self._doors[KEEPER] = Ledger.create(
            self.path, "Random fund", CURRENCY, "demo", **self._options(KEEPER)
        )

    def close(self) -> None:
        """Close everybody's files."""
        for door in self._doors.values():
            door.close()

    def ledger(self, actor: str = KEEPER) -> Ledger:
        """The ledger as one person opens it: each with a process's own state of it."""
        if actor not in self._doors:
            self._doors[actor] = Ledger(self.path, **self._options(actor))
        return self._doors[actor]

    def events(self) -> list[Recorded]:
        """Every event so far."""
        return self.ledger().at(1, self.ledger().log.head()[0])

    @property
    def enrolled(self) -> list[tuple[str, str]]:
        """Who is enrolled in what: agreement and id."""
        return list(self._enrolled)

    def step(self) -> None:
        """Something happens."""
        operation = self.random.choice(OPERATIONS)
        operation(self)

    # --- what people do -----------------------------------------------------------------------

    def open_for_business(self) -> None:
        """Terms, tariffs, people and capital: enough that money can come to be owed."""
        self.sign()
        rows = [
            Tariff.model_validate(
                {"shelter": shelter, **_reference_tariff(date(2015, 1, 1), "1107.77", "87.01")}
            )
            for shelter in SHELTERS
        ]
        self.attempt(KEEPER, "tariffs", lambda ledger: ledger.import_tariffs(self._batch(rows)))
        places = min(3, *(terms.people for terms in self._terms.values()))
        self._enrol([EnrolmentRow(a, p, _STARTS_ON) for a in self._terms for p in PEOPLE[:places]])
        for agreement in self._terms:
            self._call(agreement, self._committed(agreement) // self.random.choice((1, 2, 7)))
        for drawdown, called in self._drawdowns():
            for part in called.called.parts[: self.random.choice((1, 2, 3))]:
                self._receive(drawdown, part.investor, self.today)

    def wait(self) -> None:
        """Time passes."""
        self.today += timedelta(days=self.random.choice((1, 17, 60, 100, 200)))

    def sign(self) -> None:
        """New terms; or a signed agreement again, with the same terms or others."""
        agreement = self.random.choice(AGREEMENTS)
        terms = draw_terms(self.random, agreement)
        if agreement in self._terms and self.random.randrange(2):
            terms = self._terms[agreement]
        source = Source(file=f"{agreement}.yaml", sha256="0" * 64)
        if self.attempt(KEEPER, f"signs {terms}", lambda ledger: ledger.sign(terms, source)):
            self._terms[agreement] = terms

    def import_tariffs(self) -> None:
        """A tariff from a day on, often long past, so that nights that are decided get dearer."""
        per_night, own_payment = self.random.choice(_PRICES)
        tariff = Tariff.model_validate(
            {
                "shelter": self.random.choice(SHELTERS),
                **_reference_tariff(self._earlier(600), per_night, own_payment),
            }
        )
        batch = self._batch([tariff])
        self.attempt(KEEPER, f"imports {tariff}", lambda ledger: ledger.import_tariffs(batch))

    def enrol(self) -> None:
        """Some people are enrolled; some of them are already, or are too many."""
        rows = [
            EnrolmentRow(agreement, person_id, self._enrolled.get((agreement, person_id), day))
            for agreement in self._some(AGREEMENTS if self._rarely() else tuple(self._terms))
            for person_id in self._some(PEOPLE)
            for day in [max(_STARTS_ON, self._earlier(400))]
        ]
        if rows and self._rarely():
            rows[0] = EnrolmentRow(rows[0].agreement, rows[0].person_id, self.today)
        self._enrol(rows)

    def _enrol(self, rows: list[EnrolmentRow]) -> None:
        batch = self._batch(rows)
        if self.attempt(KEEPER, f"enrols {rows}", lambda ledger: ledger.import_enrolments(batch)):
            self._enrolled |= {(row.agreement, row.person_id): row.enrolled_on for row in rows}

    def import_stays(self) -> None:
        """The register: new stays, late and overlapping ones; open stays, and their ends."""
        known = tuple(person_id for _, person_id in self._enrolled)
        register = dict(self.register)
        for person_id in self._some(PEOPLE if self._rarely(20) else known):
            stay = self._stay(f"S{len(register)}")
            register[stay.stay] = StayRow(person_id, stay)
        for row in register.copy().values():
            if self._rarely(3) if row.stay.discharged is None else self._rarely(100):
                end = max(row.stay.admitted, self._earlier(100))
                stay = row.stay.model_copy(update={"discharged": end})
                register[stay.stay] = StayRow(row.person_id, stay)
        changed = [row for stay, row in register.items() if self.register.get(stay) != row]
        rows = [*changed, *self._some(tuple(self.register.values()))]
        self.random.shuffle(rows)
        until = None if self._rarely(5) else self._earlier(100 if self._rarely() else 0)
        batch = self._batch(rows)
        if self.attempt(
            KEEPER,
            f"imports {rows} until {until}",
            lambda ledger: ledger.import_stays(batch, until),
        ):
            self.register = register

    def measure(self) -> None:
        """Readings of several milestones: due, late, too early, or known already."""
        everybody = tuple(self._enrolled)
        rows = [
            self._measurement(agreement, person_id, months)
            for agreement, person_id in (everybody if self._rarely(2) else self._some(everybody))
            for months in self._terms[agreement].milestones
            if self._due(agreement, person_id, months) <= self.today or self._rarely(40)
        ]
        batch = self._batch(rows)
        self.attempt(MEASURER, f"measured {rows}", lambda ledger: ledger.import_measurements(batch))

    def employ(self) -> None:
        """Jobs of some people, new ones and ends of those that were open."""
        rows = [
            self._job(agreement, person_id)
            for agreement, person_id in self._some(tuple(self._enrolled))
        ]
        batch = self._batch(rows)
        self.attempt(KEEPER, f"jobs {rows}", lambda ledger: ledger.import_spells(batch))

    def _job(self, agreement: str, person_id: str) -> SpellRow:
        started = self._enrolled[agreement, person_id] + timedelta(days=len(person_id) * 3)
        known = f"{agreement} {person_id}"
        over = known in self._jobs and self.random.choice((True, False))
        ended = max(started, self.today) if over else self._jobs.get(known)
        if ended is not None or known not in self._jobs:
            self._jobs[known] = ended
        spell = TimeSpell(spell=known, indicator=_JOB, started=started, ended=self._jobs[known])
        return SpellRow(agreement, person_id, spell)

    def measure_the_town(self) -> None:
        """A rate of everybody, measured before or after the terms began, or known already."""
        agreement = self._agreement()
        value = self.random.choice(("0.20", "0.34", "0.35", "0.419999"))
        row = ResultRow(agreement, "all", self._earlier(200), _RATE, value, "independent")
        batch = self._batch([row])
        self.attempt(MEASURER, f"rate {row}", lambda ledger: ledger.import_results(batch))

    def call_drawdown(self) -> None:
        """The provider draws on the commitments: little, much, or more than is left."""
        agreement = self._agreement()
        most = max(1, self._committed(agreement) // self.random.choice((1, 2, 3, 7)))
        self._call(agreement, self.random.choice((0, 1, 2, most, self.random.randint(1, most))))

    def _call(self, agreement: str, minor: int) -> None:
        amount, on = Amount(minor), self.today
        self.attempt(
            KEEPER,
            f"draws {amount} on {agreement}",
            lambda ledger: ledger.call_drawdown(agreement, amount, on),
        )

    def receive_capital(self) -> None:
        """An investor's part of a drawdown comes in, maybe heard of long after the day."""
        called = [name for name, drawdown in self._drawdowns()] or ["hf-D01"]
        self._receive(
            self.random.choice(called), self.random.choice(_INVESTORS), self._earlier(300)
        )

    def _receive(self, drawdown: str, investor: str, on: date) -> None:
        self.attempt(
            KEEPER,
            f"{drawdown}: {investor} paid on {on}",
            lambda ledger: ledger.receive_capital(drawdown, investor, on),
        )

    def assess(self) -> None:
        """Outcomes due by today, or once more by the day of the last assessment."""
        agreement, until = self._agreement(), self.today
        made = self.ledger().agreement(agreement).assessments
        if made and self._rarely(4):
            until = max(until for until in (each.until for _, each in made))
        self.attempt(
            KEEPER,
            f"assesses {agreement} until {until}",
            lambda ledger: ledger.assess(agreement, until),
        )

    def end(self) -> None:
        """An agreement ends and the guarantor pays; then somebody finds more measurements."""
        agreement = self._agreement()
        if agreement in self._terms and not self._rarely():
            self.today = max(self.today, self._terms[agreement].ends_on)
        self.assess_it(agreement)
        self.call_guarantee(agreement)
        self.import_stays()
        self.measure()
        self.assess_it(agreement)

    def assess_it(self, agreement: str) -> None:
        """What is due in one agreement by today."""
        until = self.today
        self.attempt(
            KEEPER,
            f"assesses {agreement} until {until}",
            lambda ledger: ledger.assess(agreement, until),
        )

    def call_guarantee(self, agreement: str) -> None:
        """The guarantor is called; where there is none, no loss or no end yet, in vain."""
        on = self.today
        self.attempt(
            KEEPER,
            f"calls the guarantee of {agreement}",
            lambda ledger: ledger.call_guarantee(agreement, on),
        )

    def administer_the_fund(self) -> None:
        """Appropriations and commitments, some of them too big, too late or for no one."""
        random, on, agreement = self.random, self._earlier(200), self._agreement()
        amount = Amount(random.choice((1, 77, 50_000_01, 300_000_00)))
        signed = -amount if self._rarely() else amount
        policy = random.choice(list(Recognition))
        acts: list[Callable[[Ledger], object]] = [
            lambda x: x.set_fund_policy(_FUND, policy, on),
            lambda x: x.appropriate(on.year, signed, "act", on),
            lambda x: x.appropriate(on.year, signed, "act", on),
            lambda x: x.commit(agreement, amount, on),
            lambda x: x.commit(agreement, amount, on),
            lambda x: x.reestimate(agreement, amount, "news", on),
            lambda x: x.annul(agreement, None, "over", on),
            lambda x: x.annul(agreement, amount, "over", on),
        ]
        for act in acts if self.ledger().fund().policy is None else random.sample(acts, 4):
            self.attempt(KEEPER, f"administers {agreement} {amount} {on}", act)

    def propose(self) -> None:
        """All that is owed in an agreement is proposed for payment."""
        agreement, on = self._agreement(), self.today
        self.attempt(
            KEEPER,
            f"proposes what {agreement} owes",
            lambda ledger: ledger.propose_payments(agreement, on),
        )

    def approve(self) -> None:
        """A payment is approved; now and then by somebody who may not, or twice."""
        payment, on = self._payment(lambda each: each.approved_at is None), self.today
        if payment is not None:
            self.attempt(
                self._mostly(APPROVER),
                f"approves {payment}",
                lambda ledger: ledger.approve_payment(payment, on),
            )

    def send(self) -> None:
        """A payment goes to the bank; now and then unapproved, or by who approved it, or twice."""
        on = self.today
        payment = self._payment(
            lambda each: each.approved_at is not None and each.instructed_at is None
        )
        if payment is not None:
            self.attempt(
                self._mostly(SENDER),
                f"sends {payment}",
                lambda ledger: ledger.send_payment(payment, on),
            )

    def import_bank(self) -> None:
        """A statement: lines that settle something, nearly settle it, or mean nothing here."""
        rows = [*self._some(tuple(self._settling())), *self._some(tuple(self._bank_rows))]
        if self._rarely():
            rows.append(self._bank_row("aarhus", Amount(self.random.randint(-900, 900)), "rent"))
        rows += self._some(tuple(self._strange())) if self._rarely(2) else []
        rows = [self._misread(row) if self._rarely(8) else row for row in rows]
        self.random.shuffle(rows)
        batch = self._batch(rows)
        if self.attempt(KEEPER, f"reads {rows}", lambda ledger: ledger.import_bank(batch)):
            self._bank_rows += [row for row in rows if row not in self._bank_rows]

    def match_by_hand(self) -> None:
        """Somebody says that a line is an item, rightly, wrongly, or of one that is not there."""
        states = self.ledger().banks()
        lines = [f"{name}/{line}" for name, bank in states.items() for line in bank.lines]
        items = [*(name for state in self._states() for name in state.payments), "hf-P999"]
        stands = self.ledger().reconciliation()
        likely = [
            [f"{party}/{each.leg.key[0]}", each.candidates[0]]
            for party, found in stands.found.items()
            for each in found.open
            if each.candidates
        ]
        if lines:
            names = [self.random.choice(lines), self.random.choice(items)]
            names = self.random.choice(likely) if likely and not self._rarely(5) else names
            self.attempt(
                KEEPER, f"matches {names}", lambda ledger: ledger.match_lines(names, "said so")
            )

    def take_apart(self) -> None:
        """A match is taken apart; now and then one that is not there."""
        made = [name for bank in self.ledger().banks().values() for name in bank.matches]
        name = self.random.choice(["aarhus-M99999", *made] if self._rarely(5) else made or ["M"])
        self.attempt(KEEPER, f"unmatches {name}", lambda ledger: ledger.unmatch(name, "wrong"))

    def say_what_lines_are(self) -> None:
        """A line is a fee, or is none after all; matched or not, resolved or not."""
        lines = [
            f"{name}/{line}" for name, bank in self.ledger().banks().items() for line in bank.lines
        ]
        if lines:
            stands = self.ledger().reconciliation().open
            one = self.random.choice(lines if self._rarely(3) else stands or lines)
            other = self.random.choice(lines)
            self.attempt(KEEPER, f"{one}: fee", lambda ledger: ledger.resolve(one, "fee", "a fee"))
            resolved = [
                f"{name}/{line}"
                for name, bank in self.ledger().banks().items()
                for line in bank.resolved
            ]
            back = self.random.choice(resolved) if resolved and not self._rarely(3) else other
            if self._rarely(2):
                self.attempt(KEEPER, f"{back}: open", lambda ledger: ledger.reopen(back, "none"))

    def read_a_statement(self) -> None:
        """A statement of an account that has a number, with a line that was told of before."""
        self._counted += 1
        account, number = "aarhus", "DK5000400440116243"
        if not self.ledger().bank(account).numbers:
            self.attempt(
                KEEPER,
                f"{account} has {number}",
                lambda ledger: ledger.name_account(account, number),
            )
        row = BankRow(
            "", f"S{self._counted}", self.today, Amount(self.random.randint(-9, 9)), "", "rent",
            number=number, noticed=True,
        )  # fmt: skip
        statement = StatementRow(
            number, f"ST{self._counted}", "", None, self.today, Amount(0), row.amount, row.amount,
            Amount(0), 1, (("count", "odd"),),
        )  # fmt: skip
        rows = tuple(
            Row(at, each) for at, each in enumerate((row, replace(row, noticed=False)), start=2)
        )
        digest = hashlib.sha256(repr((rows, statement)).encode()).hexdigest()
        batch = BankBatch("st.xml", digest, rows, (Row(1, statement),))
        self.attempt(KEEPER, f"reads {batch}", lambda ledger: ledger.import_bank(batch))

    def work_a_season(self) -> None:
        """Time passes, and everybody does some of what falls due."""
        self.wait()
        self.import_stays()
        self.measure()
        for _ in self._terms:
            self.assess()
            self.propose()
        for _ in range(self.random.randrange(5)):
            self.approve()
            self.send()
        self.import_bank()

    # --- how they do it -----------------------------------------------------------------------

    def attempt(self, actor: str, what: str, act: Callable[[Ledger], T]) -> T | None:
        """Somebody gives a command. Refused, or given twice, it must leave the head where it is.

        Returns the service's answer, None if it refused.
        """
        ledger = self.ledger(actor)
        self._counted += 1
        ledger.command_id = f"command-{self._counted}"
        before = ledger.log.head()
        try:
            answer = act(ledger)
        except Refusal as refusal:
            self.told.append(f"{self.today} {actor} {what}: refused, {refusal}")
            self.refused.append(type(refusal))
            assert ledger.log.head() == before, "a refused command was recorded"
            return None
        after = ledger.log.head()
        self.told.append(f"{self.today} {actor} {what}: {before[0]} -> {after[0]}")
        if self._rarely(5):
            act(ledger)
            assert ledger.log.head() == after, "a command given twice was done twice"
        return answer

    def _options(self, actor: str) -> dict[str, Any]:
        """Clock and pseudonyms without chance, so that a seed tells the same tale."""
        return {"actor": actor, "clock": self._clock, "refs": self._ref}

    def _clock(self) -> datetime:
        return datetime.combine(self.today, time(12), tzinfo=UTC)

    def _ref(self) -> str:
        # Hashed, so that the order of pseudonyms is not the order of enrolment.
        self._counted += 1
        return "s" + hashlib.sha256(str(self._counted).encode()).hexdigest()[:16]

    def _batch(self, rows: Iterable[T]) -> Batch[T]:
        numbered = tuple(Row(number, row) for number, row in enumerate(rows, start=2))
        return Batch("rows.csv", hashlib.sha256(repr(numbered).encode()).hexdigest(), numbered)

    # --- what they draw -----------------------------------------------------------------------

    def _rarely(self, one_in: int = 10) -> bool:
        return self.random.randrange(one_in) == one_in - 1

    def _mostly(self, actor: str) -> str:
        return self.random.choice((KEEPER, APPROVER, SENDER)) if self._rarely(5) else actor

    def _some(self, things: tuple[T, ...]) -> list[T]:
        """One to four of some things, in no order, none twice; nothing of nothing."""
        return self.random.sample(things, min(len(things), self.random.randint(1, 4)))

    def _earlier(self, days_most: int) -> date:
        return self.today - timedelta(days=self.random.choice((0, 0, 1, 30, days_most)))

    def _agreement(self) -> str:
        """A signed agreement; now and then one that may not be."""
        return self.random.choice(AGREEMENTS if self._rarely(20) else tuple(self._terms))

    def _committed(self, agreement: str) -> int:
        """What all investors have committed, in minor units; nothing if nobody signed."""
        terms = self._terms.get(agreement)
        return sum(each.amount.minor for each in terms.investment) if terms else 0

    def _due(self, agreement: str, person_id: str, months: int) -> date:
        return add_months(self._enrolled[agreement, person_id], months)

    def _measurement(self, agreement: str, person_id: str, months: int) -> MeasurementRow:
        return MeasurementRow(
            agreement=agreement,
            person_id=person_id,
            milestone_months=months,
            measured_on=self._due(agreement, person_id, months),
            indicator=_INDICATOR,
            # The same person reads the same each time, so that known readings are no conflict.
            value="no" if (sum(person_id.encode()) + months) % 5 == 0 else "yes",
            validator="independent",
        )

    def _stay(self, name: str) -> Stay:
        admitted = self.today - timedelta(days=self.random.randint(0, 2 * _A_YEAR))
        nights = self.random.choice((None, 0, 1, 30, 119, 121))
        discharged = None if nights is None else min(self.today, admitted + timedelta(days=nights))
        shelter = self.random.choice(SHELTERS)
        return Stay(stay=name, shelter=shelter, admitted=admitted, discharged=discharged)

    def _states(self) -> Iterator[AgreementState]:
        yield from self.ledger().agreements().values()

    def _drawdowns(self) -> list[tuple[str, Drawdown]]:
        return [each for state in self._states() for each in state.drawdowns.items()]

    def _payment(self, wanted: Callable[[Payment], bool]) -> str | None:
        """A payment that a step can be taken on; now and then any, or one that is not there.

        None if nobody can do anything.
        """
        payments = {name: each for state in self._states() for name, each in state.payments.items()}
        ready = [name for name, each in payments.items() if wanted(each) or self._rarely(20)]
        return self.random.choice(ready or ([*payments, "hf-P001"] if self._rarely(20) else [None]))

    def _settling(self) -> Iterator[BankRow]:
        """A bank line for each payment that was sent and each drawdown that was called.

        Now and then the bank is faster than whoever records that a payment was sent.
        """
        for state in self._states():
            for name, payment in state.payments.items():
                sent = payment.instructed_at is not None
                if payment.settled_at is None and (sent or self._rarely(2)):
                    proposed = payment.proposed
                    yield self._bank_row(proposed.payer, -proposed.amount, name)
        for name, drawdown in self._drawdowns():
            for part in drawdown.called.parts:
                if part.investor not in drawdown.received:
                    reference = f"{name}/{part.investor}"
                    yield self._bank_row(drawdown.called.provider, part.amount, reference)

    def _strange(self) -> Iterator[BankRow]:
        """Money that comes back, is paid again, or in part."""
        for state in self._states():
            for name, payment in state.payments.items():
                proposed = payment.proposed
                if payment.settlements:
                    yield self._bank_row(proposed.payer, proposed.amount, name)
                    yield self._bank_row(proposed.payer, -proposed.amount, name)
                elif payment.instructed_at is not None and proposed.amount.minor > 1:
                    part = Amount(-(proposed.amount.minor // 2))
                    yield self._bank_row(proposed.payer, part, name)
        for name, drawdown in self._drawdowns():
            for investor in drawdown.received:
                back = -drawdown.paid(investor)
                yield self._bank_row(drawdown.called.provider, back, f"{name}/{investor}")

    def _bank_row(self, account: str, amount: Amount, reference: str) -> BankRow:
        self._counted += 1
        return BankRow(account, f"L{self._counted}", self.today, amount, reference, "transfer")

    def _misread(self, row: BankRow) -> BankRow:
        """The line with an øre, or its account, wrong."""
        account, amount = self.random.choice(
            [
                (row.account, row.amount + Amount(1)),
                ("home-ngo", row.amount),
                ("nobody", row.amount),
            ]
        )
        return BankRow(account, row.line, row.booked_on, amount, row.reference, row.text)


OPERATIONS: tuple[Callable[[RandomHistory], None], ...] = (
    RandomHistory.wait,
    RandomHistory.wait,
    RandomHistory.sign,
    RandomHistory.import_tariffs,
    RandomHistory.enrol,
    RandomHistory.import_stays,
    RandomHistory.import_stays,
    RandomHistory.measure,
    RandomHistory.measure,
    RandomHistory.employ,
    RandomHistory.measure_the_town,
    RandomHistory.call_drawdown,
    RandomHistory.receive_capital,
    RandomHistory.assess,
    RandomHistory.assess,
    RandomHistory.assess,
    RandomHistory.propose,
    RandomHistory.approve,
    RandomHistory.send,
    RandomHistory.approve,
    RandomHistory.send,
    RandomHistory.import_bank,
    RandomHistory.import_bank,
    RandomHistory.match_by_hand,
    RandomHistory.take_apart,
    RandomHistory.say_what_lines_are,
    RandomHistory.read_a_statement,
    RandomHistory.work_a_season,
    RandomHistory.work_a_season,
    RandomHistory.work_a_season,
    RandomHistory.end,
    RandomHistory.administer_the_fund,
    RandomHistory.administer_the_fund,
    RandomHistory.go_over_the_facts,
    RandomHistory.go_over_the_people,
    RandomHistory.go_over_the_rest,
)
"""What `step` chooses from; what stands twice happens twice as often."""


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A directory that goes away; in memory where there is such a place, as syncs take long."""
    memory = Path("/dev/shm")  # noqa: S108 - its names are random, like those under /tmp
    return tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)


def play(path: Path, seed: int, steps: int) -> RandomHistory:
    """The history of a seed: opened for business, then so many steps."""
    history = RandomHistory(path, Random(seed))  # noqa: S311 - a tale, not a secret
    history.open_for_business()
    for _ in range(steps):
        history.step()
    return history
