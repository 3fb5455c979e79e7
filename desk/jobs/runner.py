"""Doing what is due: claim a run, do its work, end it; and take over what was left behind."""

from __future__ import annotations

import os
import secrets
import socket
import traceback
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from desk.jobs.job import Job, Report, Shift, Workplace
from ledger.decide.jobs import Run
from ledger.decide.refusal import OutOfOrder, Refusal
from ledger.service import Ledger
from ledger.shelter.nights import NoTariffError
from ledger.store.checkpoint import CheckpointError, NotTheSameLogError
from ledger.store.leader import leading
from projections.follow import Views

HAND_WAIT_SECONDS = 60
"""So long a person's run waits for others to be done."""

_SAID = (Refusal, CheckpointError, NotTheSameLogError, NoTariffError)
"""What is written for people and names none; of any other error only its kind is recorded."""

Told = Callable[[Run], None]
"""Called with a run when it begins and when it has ended."""


class JobsBusy(Refusal):
    """Another process is at work on the jobs."""


def process_name() -> str:
    """A name for this process that no other has: machine, number, and something random."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def tell_nobody(_: Run) -> None:
    """Report to nobody."""


class Runner:
    """One process that does the jobs of a ledger whenever it is asked to."""

    def __init__(self, place: Workplace, jobs: Sequence[Job], told: Told = tell_nobody) -> None:
        self.place = place
        self.jobs = jobs
        self.process = process_name()
        self._told = told

    def run_due(self) -> list[Run] | None:
        """Do all that is due, and what comes due meanwhile; None if another process is at it."""
        with leading(self.place.location) as leads:
            if not leads:
                return None
            done: list[Run] = []
            with self.place.ledger("") as ledger:
                for job in self.jobs:
                    _act_for(ledger, job)
                    given_up = ledger.give_up_run_by_hand(job.name)
                    done += [given_up] if given_up else []
                while fresh := [run for job in self.jobs if (run := self._run_next(ledger, job))]:
                    done += fresh
            return done

    def run_by_hand(self, job: Job) -> Run:
        """Do one job now, whatever its schedule says.

        Raises:
            JobsBusy: if another process is at work for long.
        """
        with leading(self.place.location, HAND_WAIT_SECONDS) as leads:
            if not leads:
                message = "another process is at work on the jobs; try again later"
                raise JobsBusy(message)
            with self.place.ledger(job.actor) as ledger:
                _act_for(ledger, job)
                ledger.give_up_run_by_hand(job.name)
                return self._work(ledger, job, ledger.claim_run_by_hand(job.name, self.process))

    def _run_next(self, ledger: Ledger, job: Job) -> Run | None:
        """Claim and do the next run of a job; None if nothing is due."""
        _act_for(ledger, job)

        def due(last: str | None) -> list[tuple[str, date]]:
            found = job.schedule.due(last, self.place.clock())
            return [(each.name, each.day) for each in found]

        run = ledger.claim_run(job.name, due, self.process)
        if run is None or run.ended is not None:
            return run
        return self._work(ledger, job, run)

    def _work(self, ledger: Ledger, job: Job, run: Run) -> Run:
        """Do a run that is claimed, and end it; as it stands if another took it over meanwhile."""
        self._told(run)
        report, reason = self._reported(ledger, job, run)
        ledger.command_id = None
        try:
            if report is None:
                ended = ledger.fail_run(run, self.process, reason)
            else:
                ended = ledger.finish_run(run, self.process, report.seen, report.figures)
        except OutOfOrder:
            ended = run  # who took it over will end it
        self._told(ended)
        return ended

    def _reported(self, ledger: Ledger, job: Job, run: Run) -> tuple[Report | None, str]:
        """What the work saw; or none, and why it failed."""
        try:
            with closing(Views(self.place.views)) as views:
                views.catch_up(ledger.log)
                return job.work(Shift(ledger, views, self.place, run)), ""
        except _SAID as error:
            return None, str(error)
        except Exception as error:  # noqa: BLE001 - one job's failure must not stop the others
            return None, _where(error)


def _act_for(ledger: Ledger, job: Job) -> None:
    """Act under the job's name; or, where people are let in, as whoever's the key at hand is."""
    ledger.actor = ledger.keys_account() or job.actor


def _where(error: Exception) -> str:
    """An error that was not foreseen: its kind and its place, for what it says may name people."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
