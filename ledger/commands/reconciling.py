"""Commands on what the bank shows: reading it, matching it, saying what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ledger.bank_account import BankAccount
from ledger.commands.door import Done
from ledger.commands.payees import PayeeCommands
from ledger.dates import danish_day
from ledger.decide import bank, by_hand
from ledger.decide.ahead import Ahead
from ledger.decide.decision import New
from ledger.decide.expected import Expected, Numbers
from ledger.decide.matching import Found
from ledger.decide.reconcile import Reconciliation
from ledger.decide.refusal import AgainstTerms, FileRefused, Finding, NotFound
from ledger.decide.rows import BankBatch, BankRow, Batch, Row, StatementRow
from ledger.events import Resolution
from ledger.model import Position


@dataclass(frozen=True, slots=True)
class Matched:
    """How the lines and items of the parties stand after a command."""

    lines: int
    """How many lines were new."""
    found: dict[str, Found]
    """What was found, by party."""
    items: dict[str, dict[str, Expected]]
    """What the bank should show, by party and name."""
    unrecorded: int = 0
    """How many events it takes until it is recorded so."""

    @property
    def open(self) -> list[str]:
        """The lines that nothing explains, as ACCOUNT/LINE, each once."""
        return [
            f"{party}/{line}"
            for party, found in self.found.items()
            for line in dict.fromkeys(each.leg.key[0] for each in found.open)
        ]


_NOTHING = Matched(0, {}, {})


class ReconcilingCommands(PayeeCommands):
    """Reading statements, matching their lines, and saying what they are."""

    def import_bank(self, *batches: Batch[BankRow]) -> tuple[Done, Matched]:
        """Read bank files, in any order, and match all that is known of their accounts.

        Raises:
            FileRefused: if an account is nobody's, or a line stands for two different lines.
        """
        lines: list[int] = []

        def act(ahead: Ahead) -> Iterable[str]:
            taken = [self._with_accounts(batch) for batch in batches]
            lines.append(bank.record_files(ahead, taken))
            return dict.fromkeys(account for batch in taken for account in _accounts(batch))

        done, matched = self._reconciled(["bank", *(each.sha256 for each in batches)], act)
        return done, replace(matched, lines=lines[-1] if lines else 0)

    def reconcile(self) -> tuple[Done, Matched]:
        """Match all lines and items that are known."""
        return self._reconciled(["reconcile"], lambda _: self.banks())

    def reconciliation(self) -> Matched:
        """How everything stands now, if it were matched; nothing is recorded."""
        ahead = self._ahead()
        matched = self._matched(ahead, self.banks())
        return replace(matched, unrecorded=len(ahead.news))

    def match_lines(self, names: Sequence[str], reason: str) -> tuple[Done, Matched]:
        """Say that some lines are some items, both by name.

        Raises:
            NotFound: if a name is neither a line's nor an item's.
            AgainstTerms: if they do not fit together.
        """

        def act(ahead: Ahead) -> Iterable[str]:
            return [by_hand.match_lines(self._each(ahead), names, reason)]

        return self._reconciled(["match", *names, reason], act)

    def unmatch(self, name: str, reason: str) -> tuple[Done, Matched]:
        """Take a match apart; what it settled is reversed, and no rule makes it again.

        Raises:
            NotFound: if no match of that name stands.
            OutOfOrder: if money has moved on from it.
        """

        def act(ahead: Ahead) -> Iterable[str]:
            return [by_hand.unmatch(self._each(ahead), name, reason)]

        return self._reconciled(["unmatch", name, reason], act)

    def resolve(self, line: str, resolution: Resolution, reason: str) -> tuple[Done, Matched]:
        """Say what a line is that no item explains.

        Raises:
            NotFound: if there is no such line.
            OutOfOrder: if it is matched.
            AlreadyDone: if it is resolved.
        """

        def act(ahead: Ahead) -> Iterable[str]:
            return [by_hand.resolve(ahead, self._each(ahead), line, resolution, reason)]

        return self._reconciled(["resolve", line, resolution, reason], act)

    def reopen(self, line: str, reason: str) -> tuple[Done, Matched]:
        """Say that a line that was resolved is open after all.

        Raises:
            NotFound: if it is not resolved.
        """

        def act(ahead: Ahead) -> Iterable[str]:
            return [by_hand.reopen(ahead, self._each(ahead), line, reason)]

        return self._reconciled(["reopen", line, reason], act)

    def name_account(self, party: str, number: str) -> Done:
        """Say whose an account number is; only its fingerprint is kept.

        Raises:
            AgainstTerms: if it is no account number.
            NotFound: if nobody is called that.
            AlreadyDone: if somebody has it.
        """
        try:
            account = BankAccount.parse(number)
        except ValueError as error:
            raise AgainstTerms(str(error)) from None
        mark = self._mark(account.number)

        def act(ahead: Ahead) -> Iterable[str]:
            known = bank.parties(ahead.agreements())
            if party not in known:
                listed = ", ".join(sorted(known)) or "none is signed"
                message = f"no agreement has a party {party!r} (parties: {listed})"
                raise NotFound(message)
            bank.name_account(ahead, party, mark, bank.owners_of(self.banks().values()))
            return []

        return self._reconciled(["account", party, mark], act)[0]

    # --- how it is done -----------------------------------------------------------------------

    def _reconciled(
        self, content: Sequence[object], act: Callable[[Ahead], Iterable[str]]
    ) -> tuple[Done, Matched]:
        """Do something, then match again whatever it may have changed."""
        result = [_NOTHING]

        def decide() -> list[New]:
            ahead = self._ahead()
            result[0] = self._matched(ahead, act(ahead))
            return ahead.news

        done = self._run(content, decide, at_head=True)
        return done, result[0]

    def _ahead(self) -> Ahead:
        head, today = Position(self.log.head()[0]), danish_day(self.clock())
        return Ahead(self.agreements(), self.bank, head, self.actor, today)

    def _matched(self, ahead: Ahead, parties: Iterable[str]) -> Matched:
        numbers = self._numbers()
        found, items = {}, {}
        for party in parties:
            one = Reconciliation(ahead, party, numbers)
            found[party] = one.run()
            items[party] = one.items()
        return Matched(0, found, items)

    def _each(self, ahead: Ahead) -> dict[str, Reconciliation]:
        numbers = self._numbers()
        return {party: Reconciliation(ahead, party, numbers) for party in self.banks()}

    def _numbers(self) -> Numbers:
        """The fingerprints of every account number that is known."""
        return Numbers(
            {name: frozenset(bank.numbers) for name, bank in self.banks().items()},
            {
                position: self._mark(account.account)
                for payee in self.payees().values()
                for position, account in payee.accounts.items()
            },
        )

    def _owners(self) -> dict[str, str]:
        """Whose account each number is: as it was named, or as it is confirmed for payments."""
        confirmed = {
            self._mark(payee.account.account): name
            for name, payee in self.payees().items()
            if payee.account is not None and payee.confirmed_at is not None
        }
        return confirmed | bank.owners_of(self.banks().values())

    def _mark(self, number: str) -> str:
        """The fingerprint of an account number, however it is written; none of none."""
        if not number:
            return ""
        try:
            return self.vault.fingerprint(BankAccount.parse(number).iban)
        except ValueError:
            return self.vault.fingerprint(number)

    def _with_accounts(self, batch: Batch[BankRow]) -> Batch[BankRow]:
        """The lines of a file under the parties whose accounts they are, without numbers.

        Raises:
            FileRefused: if an account is nobody's.
        """
        owners = self._owners()
        marks: dict[str, str] = {}
        findings: dict[str, Finding] = {}

        def mark(number: str) -> str:
            if number not in marks:
                marks[number] = self._mark(number)
            return marks[number]

        def owner(row: int, number: str) -> str:
            party = owners.get(mark(number))
            if party is None:
                message = (
                    f"nobody is known to have the account {bank.shown(mark(number))}; "
                    "say whose it is with `ofl bank account`"
                )
                findings.setdefault(number, Finding(row, "Acct", message))
            return party or ""

        rows = [
            Row(each.number, _marked(each.value, owner, mark, each.number)) for each in batch.rows
        ]
        if not isinstance(batch, BankBatch):
            return replace(batch, rows=tuple(rows))
        statements = [
            Row(each.number, _owned(each.value, owner, mark, each.number))
            for each in batch.statements
        ]
        if findings:
            raise FileRefused(batch.file, list(findings.values()))
        return replace(batch, rows=tuple(rows), statements=tuple(statements))


def _accounts(batch: Batch[BankRow]) -> Iterable[str]:
    """The parties that a file is about, once for each line and statement."""
    yield from (row.value.account for row in batch.rows)
    if isinstance(batch, BankBatch):
        yield from (row.value.account for row in batch.statements)


def _marked(
    row: BankRow, owner: Callable[[int, str], str], mark: Callable[[str], str], number: int
) -> BankRow:
    details = tuple(
        replace(each, counterparty=mark(each.counterparty)) if each.counterparty else each
        for each in row.details
    )
    if not row.number:
        return replace(row, counterparty=mark(row.counterparty), details=details)
    return replace(
        row,
        account=owner(number, row.number),
        number=mark(row.number),
        counterparty=mark(row.counterparty),
        details=details,
    )


def _owned(
    row: StatementRow, owner: Callable[[int, str], str], mark: Callable[[str], str], number: int
) -> StatementRow:
    return replace(row, account=owner(number, row.number), number=mark(row.number))
