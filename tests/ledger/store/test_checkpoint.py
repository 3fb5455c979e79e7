"""Checkpoints: a published note verifies, and nothing that was changed does."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.store.checkpoint import (
    Checkpoint,
    CheckpointKeyError,
    ForgedCheckpointError,
    PublicKey,
    SigningKey,
    files,
    make_key_files,
    public_file,
    read,
    read_public_key,
    read_signing_key,
    write,
)

NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
    "otpRZb6KE6RyyBwJnAM=\n"
)
"""The signed note that the format's first implementation documents."""

KEY = SigningKey("ledger/one", bytes(range(32)))
SEEN = Checkpoint("ledger/one", 3, bytes(32), bytes(range(32)), "2026-01-02T03:04:05.000006Z")


def test_a_published_note_verifies() -> None:
    key = PublicKey.parse(NEUMANN)
    assert key.vkey() == NEUMANN
    assert key.verify(NOTE).endswith("your problem is.\n")
    with pytest.raises(ForgedCheckpointError, match=r"PeterNeumann\+c74f20a3"):
        key.verify(NOTE.replace("answer", "Answer"))


def test_a_checkpoint_reads_as_documented() -> None:
    note = KEY.sign(SEEN.text())
    text, _, signature = note.partition("\n\n")
    assert text.split("\n") == [
        "ledger/one",
        "3",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "chain 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "position-time 2026-01-02T03:04:05.000006Z",
    ]
    assert signature.startswith("— ledger/one ")
    assert KEY.public.open(note) == SEEN


@given(st.data())
def test_no_changed_character_passes(data: st.DataObject) -> None:
    note = KEY.sign(SEEN.text())
    at = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.sampled_from("0A\n +=é").filter(lambda each: each != note[at]))
    # The last character but two of base64 may hold bits that decode to nothing; "\n" ends it.
    if at < len(note) - 4:
        with pytest.raises(ForgedCheckpointError):
            KEY.public.open(note[:at] + other + note[at + 1 :])


def test_another_key_of_the_same_name_is_refused() -> None:
    other = SigningKey(KEY.name, bytes(32))
    with pytest.raises(ForgedCheckpointError, match="not signed by"):
        KEY.public.open(other.sign(SEEN.text()))


@pytest.mark.parametrize(
    "text",
    [
        "another/ledger\n" + SEEN.text().partition("\n")[2],
        SEEN.text().replace("\n3\n", "\n03\n"),
        SEEN.text().replace("chain ", "chains "),
        SEEN.text() + "more\n",
        "ledger/one\n3\n",
    ],
)
def test_what_is_signed_must_be_a_checkpoint_of_this_ledger(text: str) -> None:
    with pytest.raises(ForgedCheckpointError, match="not a checkpoint of ledger/one"):
        KEY.public.open(KEY.sign(text))


def test_the_key_files_are_for_the_owner_and_the_world(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "checkpoint.key"
    make_key_files(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_signing_key(path).public == read_public_key(public_file(path))
    with pytest.raises(FileExistsError):
        make_key_files(path)


@pytest.mark.parametrize("content", ["", "x", "PRIVATE+KEY+a+00000000+AAAA", NEUMANN])
def test_what_is_no_key_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "checkpoint.key"
    path.write_text(content)
    with pytest.raises(CheckpointKeyError, match="does not hold a checkpoint key"):
        read_signing_key(path)


@pytest.mark.parametrize(
    "vkey", ["", "x", NEUMANN[:-1], NEUMANN.replace("c7", "c8"), NEUMANN.replace("+AR", "+BR")]
)
def test_what_is_no_public_key_is_said_to_be_none(vkey: str) -> None:
    with pytest.raises(CheckpointKeyError, match="copy it again"):
        PublicKey.parse(vkey)


def test_a_missing_key_says_where_it_may_be_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointKeyError, match="OFL_CHECKPOINT_KEY"):
        read_signing_key(tmp_path / "checkpoint.key")
    with pytest.raises(CheckpointKeyError, match="put it back"):
        read_public_key(tmp_path / "checkpoint.pub")


def test_a_checkpoint_is_never_written_over(tmp_path: Path) -> None:
    path = write(tmp_path, SEEN, KEY)
    assert path.name == "000000000003.txt"
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        write(tmp_path, Checkpoint(KEY.name, 3, bytes(32), bytes(32), ""), KEY)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_checkpoints_are_read_in_order_and_a_renamed_one_is_refused(tmp_path: Path) -> None:
    for size in (40, 7, 300):
        write(tmp_path, Checkpoint(KEY.name, size, bytes(32), bytes(32), "t"), KEY)
    assert [each.size for each in read(tmp_path, KEY.public)] == [7, 40, 300]
    files(tmp_path)[0].rename(tmp_path / "000000000999.txt")
    with pytest.raises(ForgedCheckpointError, match="it was renamed"):
        list(read(tmp_path, KEY.public))
