"""Commands on people under their pseudonyms: finding and erasing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ledger.commands.door import Done, Door
from ledger.dates import danish_day
from ledger.decide import erasure
from ledger.decide.decision import New
from ledger.decide.refusal import AgainstTerms, AlreadyDone, NotFound
from ledger.decide.state import AgreementState
from ledger.model import SubjectRef


class SubjectCommands(Door):
    """Who is behind a pseudonym, and how that is forgotten."""

    def erase_subject(
        self, ref: SubjectRef, reason: str, *, even_though_undecided: bool = False
    ) -> Done:
        """Erase a person: record that it is done, then destroy the key. Given again, it is done.

        Nothing is recorded if only the key was left to destroy.

        Raises:
            NotFound: if nobody has that pseudonym.
            AlreadyDone: if the person is erased, and the key is gone.
            OutOfOrder: if outcomes of the person are undecided or unpaid, unless that is accepted.
            AgainstTerms: if the reason names the person.
        """
        name = self._agreement_of(ref)

        def decide() -> list[New]:
            state = self.agreement(name)
            if ref in state.erased:
                return []
            self._impersonal([state], reason)
            return erasure.erase(
                self.law(),
                state,
                ref,
                reason,
                danish_day(self.clock()),
                even_though_undecided=even_though_undecided,
            )

        content = ["erase", ref, reason, even_though_undecided]
        done = self._run(content, decide)
        # A person who was found twice is erased under every pseudonym.
        everyone = self.agreement(name).same_as(ref)
        had_key = bool(self.vault.known(everyone))
        for each in everyone:
            self.vault.erase(each)
        if not done.recorded and not had_key:
            message = f"{ref} is erased already; nothing of the person is in the vault"
            raise AlreadyDone(message)
        return done

    def _impersonal(self, states: Iterable[AgreementState], reason: str) -> None:
        """Refuse a reason that names a person, for it is kept for ever.

        Raises:
            AgainstTerms: if a word of it is the id of somebody who is known.
        """
        names = [state.agreement for state in states]
        if any(self.vault.find(name, word) for name in names for word in reason.split()):
            message = "the reason holds the person's id, and would keep it; leave the id out"
            raise AgainstTerms(message)

    def find_subject(self, name: str, person_id: str) -> SubjectRef:
        """The pseudonym of a person in an agreement.

        Raises:
            NotFound: if the person is not enrolled there, or is erased.
        """
        state = self._signed(name)
        ref = self.vault.find(name, person_id)
        if ref is None or ref not in state.enrolled or ref in state.erased:
            message = f"nobody with that id is enrolled in {name}, or the person is erased"
            raise NotFound(message)
        return ref

    def _subjects(
        self, states: Mapping[str, AgreementState], person_ids: Iterable[str]
    ) -> dict[tuple[str, str], SubjectRef]:
        found = {
            (name, person_id): self.vault.find(name, person_id)
            for person_id in set(person_ids)
            for name in states
        }
        return {
            (name, person_id): ref
            for (name, person_id), ref in found.items()
            if ref is not None and ref not in states[name].erased
        }

    def _finish_erasing(self, states: Mapping[str, AgreementState]) -> None:
        """Destroy the keys that are left where erasing was broken off.

        An erased person who comes back is a new one, who must not get the old pseudonym.
        """
        erased = [ref for state in states.values() for ref in state.erased]
        for ref in sorted(self.vault.known(erased)) if erased else []:
            self.vault.erase(ref)

    def _agreement_of(self, ref: SubjectRef) -> str:
        """The agreement that a pseudonym is of.

        Raises:
            NotFound: if nobody has it.
        """
        for name, state in self.agreements().items():
            if ref in state.pseudonyms:
                return name
        message = f"nobody is enrolled as {ref!r}; `ofl subject find` tells a person's pseudonym"
        raise NotFound(message)
