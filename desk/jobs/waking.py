"""Being woken when something is due; what is to be done then, the events say."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from desk.jobs.job import Job
from desk.jobs.schedule import DENMARK, Schedule

LOOK_SECONDS = 60
"""So often one looks anyway: a leader may have died, or a clock been put forward."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def trigger(schedule: Schedule) -> CronTrigger:
    """The moments of a schedule, as the scheduler keeps them."""
    return CronTrigger(
        hour=",".join(map(str, schedule.hours)),
        minute=schedule.minute,
        # By name: the numbers of a crontab begin on another day.
        day_of_week=",".join(_DAYS[each] for each in schedule.weekdays) or "*",
        month=",".join(map(str, schedule.months)) or "*",
        day=schedule.day or "*",
        timezone=DENMARK,
    )


def keep_awake(jobs: tuple[Job, ...], look: Callable[[], object]) -> None:
    """Look what is due: now, whenever a job is, and every minute. Until told to end (SIGTERM).

    One look at a time; what is at work when the end comes is done first.
    """
    # That a look was left out because another takes long, or came late, is nothing to tell.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BlockingScheduler(
        timezone=DENMARK,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    for job in jobs:
        scheduler.add_job(look, trigger(job.schedule), id=job.name)
    every = IntervalTrigger(seconds=LOOK_SECONDS, timezone=DENMARK)
    scheduler.add_job(look, every, id="look", next_run_time=datetime.now(UTC))

    def end(_: int, __: FrameType | None) -> None:
        scheduler.shutdown(wait=False)

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)
    scheduler.start()
