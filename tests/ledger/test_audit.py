"""The audit trail: nothing in it can be changed, removed, moved or cut off without showing."""

from __future__ import annotations

import getpass
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fintech_accelerator.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fintech_accelerator.ledger import Ledger
    from fintech_accelerator.ledger.audit import AuditVerification

EVENTS = 8
UNGUARDED = "drop trigger audit_events_are_not_changed; drop trigger audit_events_are_not_removed;"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def trail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with eight events, closed: tests tamper with copies."""
    path = tmp_path_factory.mktemp("trail") / "ledger.sqlite"
    with open_ledger(path) as ledger:
        for number in range(1, EVENTS + 1):
            ledger.audit.append("published", {"pack": "fraud", "publication_id": number}, actor="ana")
    return path


@pytest.fixture
def tampered(trail: Path, tmp_path: Path) -> Callable[..., AuditVerification]:
    """Run SQL on a copy of the trail, past its guards, and verify what is left."""

    def change(sql: str, anchors: tuple[tuple[int, str], ...] = ()) -> AuditVerification:
        path = shutil.copy(trail, tmp_path / "ledger.sqlite")
        raw = sqlite3.connect(path)
        raw.executescript(UNGUARDED + sql)
        raw.close()
        with open_ledger(tmp_path / "ledger.sqlite") as ledger:
            return ledger.audit.verify(anchors)

    return change


def anchors_of(trail: Path) -> list[tuple[int, str]]:
    with open_ledger(trail, read_only=True) as ledger:
        return [(event.sequence, event.hash) for event in ledger.audit.events()]


def test_events_follow_each_other(ledger: Ledger) -> None:
    first = ledger.audit.append("pack_enabled", {"pack": "fraud"})
    second = ledger.audit.append("rolled_back", {"pack": "fraud", "to": 3}, actor="ana")

    assert (first.sequence, second.sequence) == (1, 2)
    assert second.previous_hash == first.hash
    assert (first.actor, second.actor) == (getpass.getuser(), "ana")
    assert ledger.audit.anchor == (2, second.hash)
    assert ledger.audit.events(1) == (second,)
    assert ledger.audit.events() == (second, first)
    assert ledger.audit.verify([ledger.audit.anchor]).is_intact


def test_times_are_kept_in_utc(ledger: Ledger) -> None:
    prague = timezone(timedelta(hours=1))

    event = ledger.audit.append("exported", {}, at=datetime(2026, 3, 1, 0, 30, tzinfo=prague))

    assert event.at == datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    assert event.at.utcoffset() == timedelta(0)


def test_a_kind_that_nobody_knows_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="'pack_liked' is no kind"):
        ledger.audit.append("pack_liked", {})


@given(details=st.dictionaries(st.text(), JSON, max_size=4))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_details_verify_and_come_back_as_they_were(ledger: Ledger, details: dict[str, object]) -> None:
    event = ledger.audit.append("exported", details)

    assert event.details == details
    assert ledger.audit.events(1)[0].details == details
    assert ledger.audit.verify([(event.sequence, event.hash)]).is_intact


@pytest.mark.parametrize("sql", ["update audit_events set actor = 'bob'", "delete from audit_events"])
def test_the_file_itself_refuses_changes(trail: Path, sql: str) -> None:
    raw = sqlite3.connect(trail)
    with pytest.raises(sqlite3.IntegrityError, match="never"):
        raw.execute(sql)
    raw.close()


@given(
    number=st.integers(1, EVENTS),
    change=st.sampled_from(
        [
            "actor = 'bob'",
            "kind = 'exported'",
            "at = '2020-01-01T00:00:00.000000+00:00'",
            """details = '{"pack":"fraud","publication_id":99}'""",
            "details = details || ' '",
            "hash = previous_hash",
            "previous_hash = hash",
            f"hash = '{'a' * 64}'",
        ]
    ),
)
@settings(max_examples=64, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_edited_event_is_found(
    tampered: Callable[..., AuditVerification], number: int, change: str
) -> None:
    found = tampered(f"update audit_events set {change} where sequence = {number}")

    assert not found.is_intact
    assert found.first_broken == number


@given(number=st.integers(1, EVENTS - 1), last=st.booleans())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_removed_event_is_found_even_when_the_rest_is_renumbered(
    tampered: Callable[..., AuditVerification], number: int, last: bool
) -> None:
    renumber = f"update audit_events set sequence = sequence - 1 where sequence > {number};" if last else ""

    found = tampered(f"delete from audit_events where sequence = {number}; {renumber}")

    assert (found.is_intact, found.first_broken) == (False, number)


@given(pair=st.lists(st.integers(1, EVENTS), min_size=2, max_size=2, unique=True))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_events_that_changed_places_are_found(
    tampered: Callable[..., AuditVerification], pair: list[int]
) -> None:
    first, second = pair

    found = tampered(
        f"update audit_events set sequence = -1 where sequence = {first};"
        f"update audit_events set sequence = {first} where sequence = {second};"
        f"update audit_events set sequence = {second} where sequence = -1;"
    )

    assert (found.is_intact, found.first_broken) == (False, min(pair))


@pytest.mark.parametrize("left", range(EVENTS))
def test_a_tail_that_was_cut_off_is_found_by_what_was_kept_elsewhere(
    tampered: Callable[..., AuditVerification], trail: Path, left: int
) -> None:
    cut = f"delete from audit_events where sequence > {left}"
    anchors = tuple(anchors_of(trail))

    assert tampered(cut).is_intact  # the chain alone cannot know
    found = tampered(cut, anchors)
    assert (found.is_intact, found.first_broken) == (False, left + 1)
    assert "ends at event" in str(found.reason)


def test_a_trail_that_was_written_anew_is_found(trail: Path, ledger: Ledger) -> None:
    for number in range(EVENTS):
        ledger.audit.append("published", {"pack": "fraud", "publication_id": number}, actor="eve")

    found = ledger.audit.verify(anchors_of(trail))

    assert (found.is_intact, found.first_broken) == (False, 1)
    assert "anew" in str(found.reason)


def test_processes_that_append_at_once_keep_one_chain(path: Path, ledger: Ledger) -> None:
    code = (
        "import sys, pathlib; from fintech_accelerator.ledger import open_ledger\n"
        "with open_ledger(pathlib.Path(sys.argv[1])) as ledger:\n"
        "    for number in range(100):\n"
        "        ledger.audit.append('exported', {'number': number}, actor=sys.argv[2])\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(path), actor]) for actor in ("ana", "bob")]

    assert [process.wait(timeout=120) for process in processes] == [0, 0]
    found = ledger.audit.verify()
    assert (found.is_intact, found.events) == (True, 200)
    for actor in ("ana", "bob"):
        numbers = [event.details["number"] for event in ledger.audit.events() if event.actor == actor]
        assert numbers == list(range(99, -1, -1))
