"""Commands of scheduled jobs: claiming and ending runs, and resolving what they found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.commands.door import Door
from ledger.dates import danish_day
from ledger.decide import jobs
from ledger.decide.decision import New
from ledger.decide.jobs import Due, Finding, FindingsState, Run, Seen, run_prefix
from ledger.store.envelope import timestamp


class JobCommands(Door):
    """Runs of jobs, each an event for one occurrence of its schedule, and their findings."""

    def last_run(self, job: str, *, by_hand: bool = False) -> Run | None:
        """The newest run of a job: of those of its schedule, or those that people asked for."""
        stream = self.log.last_stream(run_prefix(job, by_hand=by_hand))
        return jobs.fold(self.read(stream)) if stream else None

    def findings(self, job: str) -> FindingsState:
        """What a job has found that is not gone."""
        state = FindingsState(job)
        for recorded in self.read(jobs.findings_stream(job)):
            state.apply(recorded)
        return state

    def claim_run(self, job: str, due: Due, process: str) -> Run | None:
        """Claim the run that was left behind, or else what is due; None if there is nothing.

        The caller must have seen to it that no other process is at work on the job's last run.
        A run that is given up, having been broken off too often, is answered as ended.
        """
        done = self._run(
            ["claim-run", job, process],
            lambda: jobs.start(job, self.last_run(job), due, process),
            at_head=True,
        )
        return self._run_of(done.recorded[0].stream) if done.recorded else None

    def claim_run_by_hand(self, job: str, process: str) -> Run:
        """Claim a run that a person asks for now."""
        moment = self.clock()

        def decide() -> list[New]:
            named = timestamp(moment)
            return jobs.start_by_hand(job, named, danish_day(moment), process)

        done = self._run(["claim-run-by-hand", job, process], decide)
        return self._run_of(done.recorded[0].stream)

    def give_up_run_by_hand(self, job: str) -> Run | None:
        """End the last run that a person asked for, if its process is gone; None if it has ended.

        The caller must have seen to it that no other process is at work on it.
        """
        done = self._run(
            ["give-up-run", job], lambda: jobs.give_up(self.last_run(job, by_hand=True))
        )
        return self._run_of(done.recorded[0].stream) if done.recorded else None

    def finish_run(
        self, run: Run, process: str, seen: Sequence[Seen], figures: Mapping[str, int]
    ) -> Run:
        """End a run with what it saw, and say what is new and what is gone.

        Raises:
            OutOfOrder: if another process has taken the run over, or ended it.
        """
        self._run(
            ["finish-run", run.stream, process],
            lambda: jobs.finish(
                self._run_of(run.stream), self.findings(run.job), process, seen, figures
            ),
        )
        return self._run_of(run.stream)

    def fail_run(self, run: Run, process: str, reason: str) -> Run:
        """End a run without an answer.

        Raises:
            OutOfOrder: if another process has taken the run over, or ended it.
        """
        self._run(
            ["fail-run", run.stream, process],
            lambda: jobs.fail(self._run_of(run.stream), process, reason),
        )
        return self._run_of(run.stream)

    def resolve_finding(self, finding: str, reason: str) -> Finding:
        """Say what was done about a finding, as the acting person.

        Raises:
            NotFound: if there is no such finding now.
            AlreadyDone: if somebody has resolved it.
            FourEyes: if a job would do it.
        """
        job = finding.rpartition("-")[0]
        on = danish_day(self.clock())
        self._run(
            ["resolve-finding", finding, reason],
            lambda: jobs.resolve(self.findings(job), finding, reason, self.actor, on),
        )
        return self.findings(job).named(finding)

    def _run_of(self, stream: str) -> Run:
        run = jobs.fold(self.read(stream))
        assert run is not None
        return run
