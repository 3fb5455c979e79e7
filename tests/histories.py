"""Small random ledgers, made by people giving commands to the real service.

A history is played by a `cast`, part by part: how money moves is in `treasury`, what turns out
wrong in `wrongs`, and all else here.

Everything is drawn from one `random.Random`, so a seed tells the same tale again; hypothesis may
lend its own, and then shrinks the tale.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from ledger.dates import add_months
from ledger.decide.rows import EnrolmentRow, MeasurementRow, ResultRow, SpellRow, StayRow
from ledger.facts import Source, Stay, Tariff, TimeSpell
from ledger.money import Amount
from ledger.parties import Recognition
from ledger.service import Ledger
from tests.cast import AGREEMENTS, KEEPER, MEASURER
from tests.corrections.wrongs import Wrongs
from tests.drawn_terms import INDICATOR, JOB, PRICES, RATE, STARTS_ON, draw_terms, reference_tariff
from tests.treasury import Treasury

PEOPLE = tuple(f"EX-{number:04d}" for number in range(1, 13))
SHELTERS = ("nord", "nord-2", "nord2")
_FUND = "state-fund"
_A_YEAR = 365


@dataclass
class RandomHistory(Treasury, Wrongs):
    """All that the cast does, and the papers that lie around."""

    _enrolled: dict[tuple[str, str], date] = field(default_factory=dict)
    register: dict[str, StayRow] = field(default_factory=dict)
    _jobs: dict[str, date | None] = field(default_factory=dict)

    @property
    def enrolled(self) -> list[tuple[str, str]]:
        """Who is enrolled in what: agreement and id."""
        return list(self._enrolled)

    def step(self) -> None:
        """Something happens."""
        operation = self.random.choice(OPERATIONS)
        operation(self)

    def open_for_business(self) -> None:
        """Terms, tariffs, people and capital: enough that money can come to be owed."""
        self.sign()
        rows = [
            Tariff.model_validate(
                {"shelter": shelter, **reference_tariff(date(2015, 1, 1), "1107.77", "87.01")}
            )
            for shelter in SHELTERS
        ]
        self.attempt(KEEPER, "tariffs", lambda ledger: ledger.import_tariffs(self._batch(rows)))
        places = min(3, *(terms.people for terms in self._terms.values()))
        self._enrol([EnrolmentRow(a, p, STARTS_ON) for a in self._terms for p in PEOPLE[:places]])
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
        per_night, own_payment = self.random.choice(PRICES)
        tariff = Tariff.model_validate(
            {
                "shelter": self.random.choice(SHELTERS),
                **reference_tariff(self._earlier(600), per_night, own_payment),
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
            for day in [max(STARTS_ON, self._earlier(400))]
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
        spell = TimeSpell(spell=known, indicator=JOB, started=started, ended=self._jobs[known])
        return SpellRow(agreement, person_id, spell)

    def measure_the_town(self) -> None:
        """A rate of everybody, measured before or after the terms began, or known already."""
        agreement = self._agreement()
        value = self.random.choice(("0.20", "0.34", "0.35", "0.419999"))
        row = ResultRow(agreement, "all", self._earlier(200), RATE, value, "independent")
        batch = self._batch([row])
        self.attempt(MEASURER, f"rate {row}", lambda ledger: ledger.import_results(batch))

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

    def _due(self, agreement: str, person_id: str, months: int) -> date:
        return add_months(self._enrolled[agreement, person_id], months)

    def _measurement(self, agreement: str, person_id: str, months: int) -> MeasurementRow:
        return MeasurementRow(
            agreement=agreement,
            person_id=person_id,
            milestone_months=months,
            measured_on=self._due(agreement, person_id, months),
            indicator=INDICATOR,
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
