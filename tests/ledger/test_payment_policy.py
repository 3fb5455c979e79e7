"""Who sets the payment policy leaves the room for good: others who change it later do not help."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger.decide.refusal import FourEyes
from tests.corrections.story import Story
from tests.ledger.policy.test_versions import PRICED

ON = date(2025, 1, 2)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    story = Story(tmp_path, PRICED.replace("[6, 12]", "[6]"), "200.00", date(2024, 1, 2))
    story.enrol(ada=date(2024, 2, 1))
    story.measured("ada", 6, date(2024, 8, 2))
    story.assess(ON)
    story.door.propose_payments("small", ON)
    return story


def change(story: Story, who: str, **what: object) -> None:
    story.door.actor = who
    policy = story.door.payment_policy().policy
    story.door.set_payment_policy(policy.model_copy(update=what), ON)


def test_who_weakened_the_policy_approves_nothing_after_another_changed_something_else(
    story: Story,
) -> None:
    change(story, "petra", two_approvals_from=None, cooling_off_days=0)
    change(story, "paul", cooling_off_days=5)
    for who in ("petra", "paul"):
        story.door.actor = who
        with pytest.raises(FourEyes, match=who):
            story.door.approve_payment("small-P001", ON)
    story.door.actor = "carla"
    assert story.door.approve_payment("small-P001", ON).recorded
    story.door.actor = "petra"
    with pytest.raises(FourEyes, match="petra"):
        story.door.send_payment("small-P001", ON)
