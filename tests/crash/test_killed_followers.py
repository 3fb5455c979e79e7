"""Who makes views is killed again and again: readers see whole views, and a rebuild agrees."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from time import sleep

import pytest
from sqlalchemy import select

from ledger.store.location import Location, Server
from projections.follow import Views
from projections.views import progress
from tests.crash.conftest import Scene, sums
from tests.crash.processes import (
    again_and_again,
    catch_up,
    chosen,
    killed_at,
    points_of,
    rebuild,
    running,
    write_one,
)

A_REBUILD_OR_SO_SECONDS = 0.12
LONG = [pytest.mark.long, pytest.mark.timeout(3_600)]


def look(scene: Scene) -> int:
    """Up to where the views know; they say what the commands up to there come to."""
    with closing(Views(scene.views)) as views, views.engine.connect() as connection:
        position = connection.execute(select(progress.c.position)).scalar_one()
        assert sums(connection) == scene.expected(scene.oracle(), position)
    return int(position)


@pytest.mark.parametrize("lives", [15, pytest.param(500, marks=LONG)])
def test_killed_at_any_moment_while_others_write(scene: Scene, lives: int) -> None:
    """Two follow and two rebuild at the same time, and all four are killed, one by one."""
    random = Random(lives)  # noqa: S311 - only moments
    seen = look(scene)
    for _ in range(lives):
        write_one(scene.place, scene.key_file, scene.told)
        at = scene.place, scene.views
        with (
            running(again_and_again, catch_up, *at) as one,
            running(again_and_again, rebuild, *at) as two,
            running(again_and_again, catch_up, *at) as three,
            running(again_and_again, rebuild, *at) as four,
        ):
            for victim in random.sample((one, two, three, four), 4):
                sleep(random.uniform(0, A_REBUILD_OR_SO_SECONDS / 2))
                assert victim.is_alive()
                victim.kill()
                now = look(scene)
                assert now >= seen
                seen = now
    assert seen > scene.starts_at
    scene.check()


@pytest.mark.parametrize("work", [catch_up, rebuild])
@pytest.mark.parametrize("kills", [10, pytest.param(1_000, marks=LONG)])
def test_killed_at_chosen_points(
    scene: Scene, work: Callable[[Location, Path | Server], None], kills: int
) -> None:
    random = Random(kills)  # noqa: S311 - only points
    write_one(scene.place, scene.key_file, scene.told)
    points = points_of(work, scene.place, scene.views)
    killed = 0
    for point in chosen(random, points, kills):
        write_one(scene.place, scene.key_file, scene.told)
        killed += killed_at(point, work, scene.place, scene.views)
        look(scene)
    assert killed > kills // 2
    scene.check()
