"""A timestamp says when a checkpoint was there; without one, there is still the checkpoint."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.cli.session import VIEWS_FILE
from ledger.commands.door import CHECKPOINTS
from ledger.service import Ledger
from ledger.store import timestamp
from ledger.store.location import KEY_FILE, Server
from projections.bundle import write_bundle
from projections.follow import Views
from projections.verification import Check, Kind, Outcome, Verification
from projections.verify import verify
from tests.conftest import Told
from tests.desk.good_input import small_ledger
from tests.desk.test_cli import ofl
from tests.timestamp_authority import Authority, running_authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running_authority(tmp_path_factory.mktemp("authority")) as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Told:
    """A small ledger on each engine in turn."""
    server = request.getfixturevalue("database") if request.param == "postgresql" else None
    with small_ledger(tmp_path, place=server) as ledger:
        folder = ledger.checkpoints.parent
        return Told(ledger.location, server or folder / VIEWS_FILE, folder / KEY_FILE)


def env(place: Told) -> dict[str, str]:
    url = place.location.url if isinstance(place.location, Server) else str(place.location)
    return {"OFL_LEDGER": url, "OFL_VAULT_KEY": str(place.key_file)}


def run(place: Told, *arguments: str, code: int = 0, **more: str) -> str:
    return ofl(*arguments, ledger="", code=code, **(env(place) | more))


def token(place: Told) -> Path:
    (path,) = place.key_file.with_name(CHECKPOINTS).glob("*.tsr")
    return path


def test_a_timestamp_is_the_authoritys_and_verify_tells_its_time(
    place: Told, authority: Authority
) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    sealed = json.loads(run(place, "checkpoint", "--json", OFL_TIMESTAMP_URL=authority.url))
    assert (sealed["timestamp"], sealed["no_timestamp"]) == (str(token(place)), None)
    note = token(place).with_suffix(".txt")
    openssl = ["openssl", "ts", "-verify", "-data", str(note), "-in", str(token(place))]
    done = subprocess.run(  # noqa: S603 - OpenSSL's own program
        [*openssl, "-CAfile", str(authority.certificate)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "1 timestamps not looked at" in run(place, "verify")
    trusting = ("--timestamp-certificate", str(authority.certificate))
    found = json.loads(run(place, "verify", "--json", *trusting))["verification"]
    ((size, moment),) = found["stamped"].items()
    assert int(size) == sealed["size"]
    assert before <= datetime.fromisoformat(moment) <= datetime.now(UTC) + timedelta(seconds=1)
    assert f"first {size} events were there at {moment}" in run(place, "verify", *trusting)
    kept = token(place).read_bytes()
    again = json.loads(run(place, "checkpoint", "--timestamp", authority.url, "--json"))
    assert (again["sealed"], token(place).read_bytes()) == (False, kept)


def verified(place: Told, certificate: Path | None) -> Verification:
    with (
        Ledger(place.location, key_file=place.key_file) as ledger,
        closing(Views(place.views)) as views,
    ):
        return verify(ledger, views, authority=certificate)


def test_a_timestamp_of_something_else_or_by_somebody_else_is_told(
    place: Told, authority: Authority, tmp_path: Path
) -> None:
    run(place, "checkpoint", "--timestamp", authority.url)
    true, note = token(place).read_bytes(), token(place).with_suffix(".txt")
    assert verified(place, authority.certificate).sound
    with running_authority(tmp_path_of(tmp_path, "other")) as other:
        run(place, "checkpoint", "--timestamp", other.url)
        found = verified(place, other.certificate)
    assert [fault.kind for fault in found.faults] == [Kind.FORGED_TIMESTAMP]
    for at in range(0, len(true), 197):
        altered = bytearray(true)
        altered[at] ^= 1
        token(place).write_bytes(altered)
        found = verified(place, authority.certificate)
        # A bit that is told, or one of what the authority did not sign, such as its certificate's
        # own signature by the root that is trusted anyway: then the time is the same.
        assert not found.sound or found.stamped == stamped(place, true, authority), at
    elsewhere = tmp_path / "note"
    elsewhere.write_bytes(note.read_bytes() + b"\n")
    with Ledger(place.location, key_file=place.key_file) as ledger:
        sealed = ledger.seal()
        token(place).write_bytes(timestamp.ask(authority.url, elsewhere.read_bytes()))
        assert ledger.stamp(sealed, authority.url) == token(place)  # it is never written over
    (fault,) = verified(place, authority.certificate).faults
    assert (fault.check, fault.kind) == (Check.TIMESTAMPS, Kind.FORGED_TIMESTAMP)


def stamped(place: Told, true: bytes, authority: Authority) -> dict[int, str]:
    kept = token(place).read_bytes()
    token(place).write_bytes(true)
    found = verified(place, authority.certificate).stamped
    token(place).write_bytes(kept)
    return found


def tmp_path_of(tmp_path: Path, name: str) -> Path:
    (tmp_path / name).mkdir()
    return tmp_path / name


def test_what_cannot_be_told_of_a_timestamp_is_said(place: Told, authority: Authority) -> None:
    run(place, "checkpoint", "--timestamp", authority.url)
    nowhere = verified(place, Path("nowhere.pem"))
    assert nowhere.outcome is Outcome.UNVERIFIABLE
    assert "PEM" in nowhere.faults[0].message
    token(place).with_suffix(".txt").unlink()
    gone = verified(place, authority.certificate)
    assert [fault.kind for fault in gone.faults] == [Kind.MISSING_CHECKPOINT]


@pytest.mark.parametrize("instead", [None, b"", b"not a timestamp", "refused", "another"])
def test_without_a_timestamp_the_checkpoint_is_made_and_the_failure_told(
    tmp_path: Path, authority: Authority, instead: bytes | str | None
) -> None:
    small_ledger(tmp_path).close()
    url = authority.url if instead is not None else "http://127.0.0.1:1/"
    if instead == "refused":
        instead = bytes.fromhex("30053003020102")  # status: rejection, and no token
    elif instead == "another":
        instead = timestamp.ask(url, b"something else")
    authority.says_instead = instead if isinstance(instead, bytes) else None
    try:
        ledger = tmp_path / "ledger"
        told = ofl("checkpoint", "--timestamp", url, ledger=ledger, code=5)
    finally:
        authority.says_instead = None
    assert "events sealed" in told
    assert "NO TIMESTAMP: the timestamp authority" in told
    (made,) = (ledger / CHECKPOINTS).iterdir()
    assert made.suffix == ".txt"
    told = ofl("checkpoint", "--timestamp", authority.url, ledger=ledger)
    assert "were sealed before" in told
    assert str(made.with_suffix(".tsr")) in told


def test_an_address_that_is_none_is_said_to_be_none(tmp_path: Path) -> None:
    small_ledger(tmp_path).close()
    told = ofl("checkpoint", "--timestamp", "file:///x", ledger=tmp_path / "ledger", code=5)
    assert "is not the address of a timestamp authority" in told


def test_the_bundle_holds_the_timestamps(tmp_path: Path, authority: Authority) -> None:
    with small_ledger(tmp_path) as ledger, closing(Views(tmp_path / "views")) as views:
        kept = ledger.stamp(ledger.seal(), authority.url)
        write_bundle(ledger, views, tmp_path / "bundle")
    assert (tmp_path / "bundle" / CHECKPOINTS / kept.name).read_bytes() == kept.read_bytes()
