"""The office of an auditor, set up once for the tests of a module."""

from __future__ import annotations

import pytest

from desk.cli.session import VIEWS_FILE
from ledger.commands.door import CHECKPOINT_KEY_FILE
from ledger.service import Ledger
from ledger.store.checkpoint import read_signing_key
from projections.bundle import write_bundle
from projections.follow import Views
from tests.attacks import set_scene
from tests.projections.office import Office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    scene = set_scene(tmp_path_factory.mktemp("scene") / "ledger")
    bundle = scene.ledger.parent / "bundle"
    with Ledger(scene.ledger, actor="auditor") as ledger:
        views = Views(scene.ledger / VIEWS_FILE)
        write_bundle(ledger, views, bundle)
        views.close()
    return Office(scene, bundle, read_signing_key(scene.ledger / CHECKPOINT_KEY_FILE))
