"""Runs that die in COPY, in dbt or in the switch: the next one ends right, and readers saw nothing of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.pipeline.small_bank import pack_of
from tests.redshift.sessions import wait_for
from tests.redshift.story import PLACES, WAITING, Story, story
from tests.redshift.wide_bank import served

__all__ = ["story"]  # the fixture


@pytest.mark.long
@pytest.mark.parametrize("place", PLACES)
def test_the_run_after_a_killed_process_ends_its_sessions_and_ends_right(story: Story, place: str) -> None:
    before = served(story.database)
    story.deliver()
    with ThreadPoolExecutor(1) as pool:
        with story.held(place):
            process = story.bank.start("run", "--target", "wide")
            session = story.somebody_waits()
            process.kill()
            process.communicate()
            assert served_beside(story, place) == before
            following = pool.submit(story.go)
            story.gone(session)  # although what it waits for is held still
        report = following.result()

    assert pack_of(report).status == "published"
    assert report.facts["warehouse"]["took_over"]
    story.is_right()


def served_beside(story: Story, place: str) -> dict[str, list[tuple[Any, ...]]]:
    """What readers see while a dead process's statement goes on: behind a switch they wait for it."""
    if place == "switch":
        wait_for(story.database, f"select case when ({WAITING}) is null then 1 else 0 end")
    return served(story.database)
