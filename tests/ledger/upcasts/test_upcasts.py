"""Events stored under an earlier version are read as those of today, each from a stored sample."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.events import EVENTS, AgreementSigned
from ledger.store.codec import UnknownTopicError, decode
from ledger.terms.agreement import Terms
from ledger.terms.reader import read_model
from ledger.upcasts import UPCASTS
from tests.desk.good_input import TERMS

SAMPLES = Path(__file__).parent


def sample(topic: str) -> bytes:
    """The bytes of an event as the program of its version stored them."""
    return (SAMPLES / f"{topic.replace(':', '-')}.json").read_bytes().rstrip(b"\n")


@pytest.mark.parametrize("topic", UPCASTS)
def test_every_earlier_version_has_a_sample_that_is_read_as_an_event_of_today(topic: str) -> None:
    stored = sample(topic)
    assert json.loads(stored)["topic"] == topic
    assert decode(stored).event.topic in EVENTS


def test_every_upcast_leads_to_a_known_event_and_no_event_is_both_old_and_new() -> None:
    assert not UPCASTS.keys() & EVENTS.keys()
    for topic in UPCASTS:
        seen = set()
        while topic in UPCASTS:
            assert topic not in seen
            seen.add(topic)
            topic = UPCASTS[topic][0]  # noqa: PLW2901 - following the chain
        assert topic in EVENTS


def test_terms_of_one_metric_are_read_as_the_same_terms_written_today() -> None:
    signed = decode(sample("AgreementSigned:1")).event
    assert isinstance(signed, AgreementSigned)
    assert signed.terms == read_model(TERMS, Terms)


def test_a_topic_that_was_never_known_is_still_refused() -> None:
    stored = sample("AgreementSigned:1").replace(b"AgreementSigned:1", b"AgreementSigned:0")
    with pytest.raises(UnknownTopicError, match="AgreementSigned:0"):
        decode(stored)
