"""Reasons and names that the ledger cannot hold are refused in words, whatever the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from ledger.commands.wording import refused_wording
from ledger.events import FundPolicySet, PaymentCancelled
from tests.desk.test_cli import ofl

MOST = "Jens Hansen " + "x" * 188
TOO_LONG = MOST + "x"

COMMANDS = {
    "reopen": ("period", "reopen", "2021", "--reason"),
    "close": ("period", "close", "2022", "--even-though-unreconciled"),
    "resolve": ("bank", "resolve", "2022-12-003", "--is", "fee", "--reason"),
    "unmatch": ("bank", "unmatch", "state-fund-M00012", "--reason"),
    "void": ("correct", "void", "40", "--reason"),
    "adjust": ("agreement", "adjust", "aarhus-hf-1", "--part", "state-fund:dsi:-1.00",
               "--basis", "sample 1", "--reason"),
    "basis": ("agreement", "adjust", "aarhus-hf-1", "--part", "state-fund:dsi:-1.00",
              "--reason", "counted twice", "--basis"),
}  # fmt: skip


def test_every_command_says_what_to_do_about_a_long_or_empty_reason(demo: Path) -> None:
    ofl("period", "close", "2021", ledger=demo)
    before = json.loads(ofl("history", "--last", "1", "--json", ledger=demo))
    for name, command in COMMANDS.items():
        told = ofl(*command, TOO_LONG, ledger=demo, code=1)
        assert told.startswith("Refused: nothing was recorded."), (name, told)
        assert "has 201 characters, and at most 200 are kept; shorten it" in told, (name, told)
        assert "Jens" not in told, "what was written may be personal"
    refused = json.loads(ofl(*COMMANDS["void"], "", "--json", ledger=demo, code=1))
    assert refused["refused"] == ["the reason is empty; say it in a few words"]
    assert json.loads(ofl("history", "--last", "1", "--json", ledger=demo)) == before
    ofl(*COMMANDS["reopen"], MOST, ledger=demo)


def test_a_name_that_is_none_is_told_how_names_are_written() -> None:
    with pytest.raises(ValidationError) as found:
        FundPolicySet.model_validate({"party": "Jens Hansen", "recognition": "2.2.11"})
    refusal = refused_wording(found.value, ["fund-policy", "Jens Hansen", "2.2.11"])
    assert "the party is no short name; write 2 to 40 lower-case" in str(refusal)
    assert "Jens" not in str(refusal)


def test_only_the_commands_own_words_are_its_fault() -> None:
    """An event that was read and is not what it should be is no refusal, but trouble."""
    with pytest.raises(ValidationError) as found:
        PaymentCancelled.model_validate(
            {"payment": "hf-P001", "proposed_at": 3, "reason": TOO_LONG}
        )
    assert refused_wording(found.value, ["cancel", "hf-P001", "another reason"]) is None
    assert refused_wording(found.value, ["cancel", "hf-P001", TOO_LONG]) is not None
    with pytest.raises(ValidationError) as wrong:
        PaymentCancelled.model_validate({"payment": "hf-P001", "proposed_at": "x", "reason": "y"})
    assert refused_wording(wrong.value, ["cancel", "x", "y"]) is None
