"""Who is let in by whom, how a live ledger is one person's, and what an emergency gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.cli.session import VIEWS_FILE
from desk.dossier import dossier_lines
from desk.language import Language
from ledger.decide.people import Newcomer, SetUp
from ledger.decide.people_state import conflict
from ledger.decide.refusal import (
    AlreadyDone,
    FourEyes,
    NotAllowed,
    NotSignedIn,
    OutOfOrder,
    SingleUser,
)
from ledger.duties import Duty
from ledger.model import Position
from ledger.service import Ledger
from ledger.store.personal_key import PersonalKey, PersonalKeyError, is_good
from projections.explain import explain
from projections.follow import Views
from projections.status import Places, status
from tests.staff import STEPS, TO_APPROVE, World, base

NOW = datetime(2024, 2, 1, 9, tzinfo=UTC)


@pytest.fixture
def office(made: dict[Duty, World], tmp_path: Path) -> World:
    """A world in which three are registrars."""
    return made[Duty.REGISTRAR].copied(tmp_path / "office")


def newcomer(who: str, *duties: Duty, **more: Any) -> Newcomer:  # noqa: ANN401 - any field
    fields: dict[str, Any] = {"id": who, "name": who, "key": PersonalKey.new().public}
    return Newcomer(**(fields | {"duties": duties} | more))


ADMINISTRATOR = Duty.ADMINISTRATOR
ANNA, BO = newcomer("anna", ADMINISTRATOR), newcomer("bo", ADMINISTRATOR)


def test_a_live_ledger_without_people_approves_nothing_whatever_the_names(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    Ledger.create(path, "Fund", "DKK", actor="anna").close()
    with Ledger(path, actor="bo") as ledger:
        people = ledger.people()
        assert people.single
        assert people.person_of("bo") == people.person_of("anna")
        with pytest.raises(OutOfOrder, match="ofl people setup"):
            ledger.break_glass(Duty.APPROVER, "fire")


def test_approving_in_a_live_ledger_without_people_says_what_to_do(tmp_path: Path) -> None:
    base(tmp_path / "world", "live")
    world = World(tmp_path / "world", {})
    with Ledger(world.path, actor="anybody") as ledger:
        head = ledger.log.head()
        with pytest.raises(SingleUser, match="let people in with `ofl people setup`"):
            STEPS["approve"](ledger, world, "other")
        assert ledger.log.head() == head


def test_a_job_never_approves_even_where_names_are_trusted(tmp_path: Path) -> None:
    base(tmp_path / "world")
    world = World(tmp_path / "world", {})
    with Ledger(world.path, actor="job:nightly") as ledger:
        STEPS["assess"](ledger, world, "other")
        with pytest.raises(NotAllowed, match="is a job"):
            STEPS["approve"](ledger, world, "other")
    with Ledger(world.path, actor="anybody") as ledger:
        assert STEPS["approve"](ledger, world, "other").recorded


def test_what_was_done_before_the_set_up_of_a_live_ledger_was_done_by_the_founder(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger"
    Ledger.create(path, "Fund", "DKK", actor="somebody-else").close()
    with Ledger(path, actor="anna") as ledger:
        ledger.set_up_people(SetUp(founder="anna", people=(ANNA, BO)))
        people = ledger.people()
    assert people.person_of("somebody-else", Position(1)) == "anna"
    assert people.person_of("bo", Position(1)) == "anna"
    assert people.person_of("bo") == "bo"


@pytest.mark.parametrize(
    ("people", "actor", "message"),
    [
        ((ANNA, newcomer("bo")), "anna", "at least 2 different people must be administrators"),
        ((ANNA, newcomer("bo", ADMINISTRATOR, key=ANNA.key)), "anna", "stands there twice"),
        ((ANNA, newcomer("bo", ADMINISTRATOR, accounts=("anna",))), "anna", "account anna stands"),
        ((ANNA, BO), "bo", "who sets up is the founder, but 'bo'"),
        ((ANNA, newcomer("bo", ADMINISTRATOR, key=None)), "anna", "each with the key"),
        ((ANNA, BO, newcomer("cy", Duty.PAYER, Duty.PAYEE_MASTER)), "anna", "neither approves"),
        ((ANNA, BO, newcomer("cy", ADMINISTRATOR, Duty.PAYER)), "anna", "does no business"),
        ((ANNA, BO, newcomer("job:night", Duty.PAYER)), "anna", "a job has no duties"),
        ((ANNA, BO, newcomer("cy", accounts=("job:x",))), "anna", "are for jobs"),
        ((ANNA, BO, newcomer("cy", accounts=("anna\u200b",))), "anna", "nothing invisible"),
    ],
)
def test_a_set_up_that_breaks_a_rule_is_refused_whole(
    tmp_path: Path, people: tuple[Newcomer, ...], actor: str, message: str
) -> None:
    Ledger.create(tmp_path / "ledger", "Fund", "DKK", actor="anna").close()
    with Ledger(tmp_path / "ledger", actor=actor) as ledger:
        head = ledger.log.head()
        with pytest.raises(NotAllowed, match=message):
            ledger.set_up_people(SetUp(founder="anna", people=people))
        assert ledger.log.head() == head


def test_who_changes_account_numbers_neither_approves_nor_releases() -> None:
    assert conflict(Duty.PAYEE_MASTER, Duty.APPROVER)
    assert conflict(Duty.PAYER, Duty.PAYEE_MASTER)
    assert conflict(Duty.REGISTRAR, Duty.VALIDATOR) is None


def test_anothers_key_and_an_unknown_name_do_not_sign_anybody_in(office: World) -> None:
    for actor, key, refusal, message in (
        ("own", office.keys["other"], NotSignedIn, "not one that counts for own"),
        ("own", None, NotSignedIn, "OFL_KEY"),
        ("stranger", office.keys["own"], NotAllowed, "nobody's account"),
    ):
        with (
            Ledger(office.path, actor=actor, key=key) as ledger,
            pytest.raises(refusal, match=message),
        ):
            STEPS["stays"](ledger, office, "own")
    with Ledger(office.path, key=office.keys["own"]) as ledger:
        assert ledger.actor == "own"
        assert STEPS["stays"](ledger, office, "own").recorded


def test_a_withdrawn_duty_and_a_revoked_key_count_at_once(office: World) -> None:
    with office.as_("other") as door, office.as_("adam") as administrator:
        STEPS["stays"](door, office, "other")
        administrator.withdraw_duty("other", Duty.REGISTRAR, "enough")
        with pytest.raises(NotAllowed, match="it takes the duty of registrar"):
            STEPS["spells"](door, office, "other")
    with office.as_("lineage") as door, office.as_("adam") as administrator:
        administrator.revoke_key("lineage", office.keys["lineage"].public, "stolen")
        with pytest.raises(NotSignedIn):
            STEPS["spells"](door, office, "lineage")


def test_a_duty_withdrawn_while_a_command_is_decided_stops_it(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between asking who may and storing what was decided, an administrator was faster."""
    signing = Ledger._signed_by_key  # noqa: SLF001 - the last step before the append
    withdrawn: list[object] = []

    def slowly(door: Ledger, *given: Any) -> Any:  # noqa: ANN401 - what it is given
        if door.actor == "other" and not withdrawn:
            withdrawn.append(administrator.withdraw_duty("other", Duty.REGISTRAR, "now"))
        return signing(door, *given)

    monkeypatch.setattr(Ledger, "_signed_by_key", slowly)
    with office.as_("other") as door, office.as_("adam") as administrator:
        with pytest.raises(NotAllowed):
            STEPS["spells"](door, office, "other")
        assert len(withdrawn) == 1


def test_all_accounts_of_a_person_are_one_person(made: dict[Duty, World], tmp_path: Path) -> None:
    world = made[Duty.APPROVER].copied(tmp_path / "w")
    with world.as_("adam") as administrator:
        administrator.link_account("own", "own-too")
        with pytest.raises(NotAllowed, match="never changes hands"):
            administrator.link_account("other", "own-too")
    with (
        Ledger(world.path, actor="own-too", key=world.keys["own"]) as ledger,
        pytest.raises(FourEyes, match=r"own-too \(own\) took part in what"),
    ):
        STEPS["approve"](ledger, world, "own")


def test_who_gets_a_duty_neither_proposes_nor_confirms_it(office: World) -> None:
    """Also not while they are administrator by a broken glass."""
    with office.as_("adam", lambda: NOW) as administrator:
        administrator.propose_duty("other", Duty.TERMS_OWNER)
    with office.as_("other", lambda: NOW) as ledger:
        ledger.break_glass(Duty.ADMINISTRATOR, "nobody else is there")
        with pytest.raises(FourEyes, match="two others"):
            ledger.confirm_duty("other", Duty.TERMS_OWNER)
        with pytest.raises(FourEyes, match="two others"):
            ledger.propose_duty("other", Duty.VALIDATOR)
        assert ledger.confirm_duty("newbie", Duty.REGISTRAR).recorded


def test_what_somebody_proposed_lapses_when_they_lose_a_duty(office: World) -> None:
    with office.as_("eva") as ledger:
        ledger.withdraw_duty("adam", Duty.ADMINISTRATOR, "enough")
        with pytest.raises(OutOfOrder, match="lapsed"):
            ledger.confirm_duty("newbie", Duty.REGISTRAR)


def test_a_broken_glass_lasts_four_hours_and_suspends_what_does_not_go_with_it(
    office: World,
) -> None:
    time = [NOW]
    clock: Callable[[], datetime] = lambda: time[0]  # noqa: E731 - one line
    with office.as_("adam", clock) as ledger:
        (broken,) = ledger.break_glass(Duty.REGISTRAR, "fire").recorded
        with pytest.raises(NotAllowed):  # no administrator meanwhile
            ledger.add_colleague("zoe", "Zoe")
        with pytest.raises(AlreadyDone):
            ledger.break_glass(Duty.REGISTRAR, "fire")
        STEPS["stays"](ledger, office, "adam")
        time[0] = NOW - timedelta(hours=9)  # a clock that is put back gains nothing
        assert ledger.moment() == NOW
        time[0] = NOW + timedelta(hours=4)
        with pytest.raises(NotAllowed):
            STEPS["spells"](ledger, office, "adam")
        with pytest.raises(FourEyes):
            ledger.review_glass(broken.position, "all well")
    with office.as_("eva", clock) as ledger:
        ledger.review_glass(broken.position, "all well")
        assert [each.broken_at for each in ledger.people().unreviewed] == [office.things["broken"]]


def test_a_glass_is_not_reviewed_while_it_is_broken(office: World) -> None:
    with office.as_("adam", lambda: NOW) as ledger:
        (broken,) = ledger.break_glass(Duty.REGISTRAR, "fire").recorded
    with office.as_("eva", lambda: NOW) as ledger:
        with pytest.raises(OutOfOrder, match="more may happen"):
            ledger.review_glass(broken.position, "all well")
        ledger.withdraw_duty("adam", Duty.REGISTRAR, "enough")
        ledger.review_glass(broken.position, "all well")


def test_no_emergency_lets_one_approve_ones_own_work(
    made: dict[Duty, World], tmp_path: Path
) -> None:
    world = made[Duty.REGISTRAR].copied(tmp_path / "w")
    with world.as_("own", lambda: NOW) as ledger:
        ledger.break_glass(Duty.APPROVER, "fire")
        with pytest.raises(FourEyes):
            ledger.approve_payment(TO_APPROVE, NOW.date())
    with world.as_("other", lambda: NOW) as ledger:
        ledger.break_glass(Duty.APPROVER, "fire")
        assert ledger.approve_payment(TO_APPROVE, NOW.date()).recorded


def test_a_personal_key_with_a_passphrase_opens_with_it_only(tmp_path: Path) -> None:
    key = PersonalKey.new()
    key.write(tmp_path / "my.key", "hemmelig")
    assert (tmp_path / "my.key").stat().st_mode & 0o077 == 0
    again = PersonalKey.at(tmp_path / "my.key", lambda: "hemmelig")
    assert again.public == key.public
    assert is_good(key.public, b"text", again.sign(b"text"))
    assert not is_good(key.public, b"other", again.sign(b"text"))
    with pytest.raises(PersonalKeyError, match="another"):
        PersonalKey.at(tmp_path / "my.key", lambda: "wrong").sign(b"text")
    with pytest.raises(PersonalKeyError, match="cannot be read"):
        PersonalKey.at(tmp_path / "none.key", str).sign(b"text")
    with pytest.raises(FileExistsError):
        key.write(tmp_path / "my.key", "")


def test_an_emergency_in_its_lineage_stands_in_a_payments_dossier(
    made: dict[Duty, World], tmp_path: Path
) -> None:
    world = made[Duty.REGISTRAR].copied(tmp_path / "w")
    with world.as_("other", lambda: NOW) as ledger:
        before = explain(ledger, TO_APPROVE)
        (broken,) = ledger.break_glass(Duty.APPROVER, "nobody else is there").recorded
        (approved,) = ledger.approve_payment(TO_APPROVE, NOW.date()).recorded
        after = explain(ledger, TO_APPROVE)
    assert before.emergencies == ()
    assert before.set_up_by == "own"
    (told,) = after.emergencies
    assert (told.position, told.actor) == (approved.position, "other")
    assert told.glass.broken_at == broken.position
    (line,) = [x for x in dossier_lines(after, Language.EN) if "IN AN EMERGENCY" in x]
    assert "nobody else is there" in line
    assert "NOT REVIEWED" in line


def test_the_status_tells_of_one_person_of_an_emergency_and_of_its_end(
    office: World, tmp_path: Path
) -> None:
    Ledger.create(tmp_path / "live", "Fund", "DKK", actor="anna").close()

    def warned(path: Path, at: datetime) -> set[str]:
        found = status(Places(path), Views(path / VIEWS_FILE), at)
        return {each.name for each in found.warnings}

    assert "single_user" in warned(tmp_path / "live", NOW)
    with office.as_("adam", lambda: NOW) as ledger:
        ledger.break_glass(Duty.REGISTRAR, "fire")
    now, later = warned(office.path, NOW), warned(office.path, NOW + timedelta(hours=4))
    assert "single_user" not in now
    assert {"glass_broken", "set_up_by_one"} <= now
    assert "glass_unreviewed" in later
    assert "glass_broken" not in later
