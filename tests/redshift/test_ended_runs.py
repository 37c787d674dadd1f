"""Sessions of a run that are ended from outside, and what a run says it sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.pipeline.small_bank import SmallBank, pack_of
from tests.redshift.sessions import ask
from tests.redshift.story import PLACES, Story, story
from tests.redshift.wide_bank import served

from fintech_accelerator.errors import EnvironmentFailure

__all__ = ["story"]  # the fixture
OWN, SESSIONS = 150, 4  # what a run may ask of the warehouse


@pytest.mark.long
@pytest.mark.parametrize("place", PLACES)
def test_a_session_that_is_ended_costs_one_run_at_most(story: Story, place: str) -> None:
    before = served(story.database)
    story.deliver()
    with ThreadPoolExecutor(1) as pool:
        with story.held(place):
            running = pool.submit(story.go)
            ask(story.database, f"select pg_terminate_backend({story.somebody_waits()})")
        try:
            report = running.result()
        except EnvironmentFailure:  # dbt alone knows what it may send twice
            assert place == "dbt"
            assert served(story.database) == before
            report = story.go()

    assert pack_of(report).status == "published"
    story.is_right()


def test_a_run_whose_build_loses_its_connection_says_so_and_readers_see_what_they_saw(story: Story) -> None:
    before = served(story.database)
    story.deliver()
    with story.held("dbt"):
        process = story.bank.start("run", "--target", "wide")
        ask(story.database, f"select pg_terminate_backend({story.somebody_waits()})")
    _, error = process.communicate(timeout=300)

    assert process.returncode == 3, error
    assert "dbt lost its connection to the warehouse" in error
    assert "fix: run again when the warehouse answers" in error
    assert "Traceback" not in error
    assert served(story.database) == before != {}


def test_a_first_run_asks_little_too(story: Story) -> None:
    assert 0 < story.asked_first["statements"] <= OWN
    assert story.asked_first["sessions"] <= SESSIONS


@pytest.mark.long
def test_a_run_asks_little_and_says_how_much(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    story.deliver()
    seen = len(story.database.statements)

    assert story.bank.run(capsys, "run", "--target", "wide") == 0

    sent = [each.sql for each in story.database.statements[seen:]]
    (line,) = (each for each in story.bank.output.splitlines() if each.startswith("asked of the warehouse"))
    own, sessions, by_dbt = (int(word) for word in line.split() if word.isdigit())
    assert own <= OWN
    assert sessions <= SESSIONS
    assert by_dbt <= 12 * nodes_of_last_run(story.bank)
    of_dbt = [each for each in sent if each.startswith("/* fintech:")]
    assert len(of_dbt) <= by_dbt <= len(sent) - own
    assert any("/* fintech:2026" in each and "model.tidy.tidy__daily_totals" in each for each in of_dbt)


def nodes_of_last_run(bank: SmallBank) -> int:
    """The models and seeds that the last run built."""
    from fintech_accelerator.ledger import open_ledger

    with open_ledger(bank.settings.workspace.ledger, read_only=True) as ledger:
        run = ledger.runs.last()
        assert run is not None
        (stage,) = (each for each in ledger.runs.stages(run.run_id) if each.stage == "statements")
        assert stage.detail is not None
        assert run.run_id in stage.detail
        return sum(each.stage == "build" for each in ledger.runs.steps(run.run_id))
