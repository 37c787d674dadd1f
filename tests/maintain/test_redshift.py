"""Maintenance of a Redshift target, on the stand-in: rows go in both places, tables are tended past marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.maintain.conftest import OF_LEFT, AgedBank, aged_bank, deleted
from tests.maintain.wide import do
from tests.pipeline.small_bank import pack_of
from tests.redshift.sessions import ask
from tests.redshift.wide_bank import let_in, served, target_entry

from fintech_accelerator.engines.redshift.engine import RedshiftEngine
from fintech_accelerator.engines.redshift.lease import at_work
from fintech_accelerator.engines.redshift.maintenance import TableFacts, findings, statements, thresholds
from fintech_accelerator.errors import RunInProgressError
from fintech_accelerator.pipeline.maintain import maintain
from fintech_accelerator.testing.standin.fixtures import redshift_database, redshift_standin

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.testing.standin import Database, RedshiftStandin

__all__ = ["redshift_database", "redshift_standin"]
SQUARED = (
    "insert into raw_data.accounts select one.account_id"
    " from raw_data.accounts as one, raw_data.accounts as other"
)
# A table that lost AUTO, and one of which a third is deleted after it was analyzed, with advice about it.
PAST_MARKS = (
    "create schema ops",
    "create schema raw_data",
    (
        "create table ops.serving_slots (pack varchar(63), active_content varchar(64),"
        " spare_content varchar(64), spare_state varchar(8))"
    ),
    "create table raw_data.cards (card_token varchar(64)) diststyle all",
    "create table raw_data.accounts (account_id varchar(64))",
    "insert into raw_data.accounts select 'a1' union all select 'a2' union all select 'a3'",
    *[SQUARED] * 3,  # 12, 156, then 24,492 rows
    "analyze raw_data.accounts",
    "delete from raw_data.accounts where account_id = 'a1'",
    (
        "insert into standin.recommendations select 'sortkey', 'x', table_id::int, -1,"
        " 'alter table raw_data.accounts alter sortkey (account_id)', 'f' from svv_table_info"
        " where \"table\" = 'accounts'"
    ),
)


@pytest.fixture
def wide_bank(
    redshift_standin: RedshiftStandin,
    redshift_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AgedBank:
    """A bank with a Redshift target beside its DuckDB one; nothing has run."""
    let_in(redshift_database, monkeypatch)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    bank = aged_bank(tmp_path / "bank")
    bank.keep(target_entry(redshift_database, redshift_standin.buckets))
    return bank


@pytest.mark.long
def test_rows_go_everywhere_and_marts_are_those_of_duckdb(
    wide_bank: AgedBank,
    redshift_database: Database,
) -> None:
    bank, database = wide_bank, redshift_database
    bank.go(target="wide")

    planned = deleted(maintain(bank.settings, target="wide"))
    assert planned["raw_data.transactions"] == len(OF_LEFT)
    assert deleted(maintain(bank.settings, target="wide", is_applied=True)) == planned

    of_left = "select count(*) from raw_data.transactions where account_id = 'a2'"
    assert ask(database, of_left) == [(0,)]
    assert maintain(bank.settings, target="wide", is_applied=True).actions == ()
    bank.add("2026-03.csv", [*OF_LEFT, "new1,a0,2026-03-01 09:00:00,5.00,D"])
    report = bank.go(target="wide")
    assert pack_of(report).status == "published", report
    assert ask(database, of_left) == [(0,)]
    bank.go()
    maintain(bank.settings, is_applied=True)
    bank.go(full_refresh=True)
    alone = {name: sorted(rows) for name, rows in bank.marts().items()}
    assert served(database, with_batch=False) == alone != {}

    spare = [each.kind for each in maintain(bank.settings, target="wide", is_applied=True).actions]
    assert "empty spare slot" in spare
    schemas = "select count(*) from information_schema.tables where table_schema like 'tidy%__a'"
    assert ask(database, schemas) == [(0,)]
    assert maintain(bank.settings, target="wide", is_applied=True).actions == ()


def test_tables_past_their_marks_are_tended_and_the_rest_is_told(
    wide_bank: AgedBank,
    redshift_database: Database,
) -> None:
    bank, database = wide_bank, redshift_database
    bank.keep('[retention.years]\nlogin_activity = "keep"\nrelationship = "keep"')
    assert maintain(bank.settings, target="wide").actions == ()  # nothing is there yet
    do(database, *PAST_MARKS)

    found = maintain(bank.settings, target="wide", is_applied=True)

    done = {(each.kind, each.what): each.rows for each in found.actions}
    assert done["vacuum delete only", "raw_data.accounts"] == 24_492 // 3
    assert ("analyze", "raw_data.accounts") in done
    told = {(each.kind, each.what): each.why for each in found.findings}
    assert "alter diststyle auto" in told["lost auto", "raw_data.cards"]
    assert "yours to decide" in told["advisor", "raw_data.accounts"]
    assert ("lost auto", "raw_data.accounts") not in told
    assert maintain(bank.settings, target="wide", is_applied=True).actions == ()
    _, target = bank.settings.target("wide")
    assert target.engine == "redshift"
    with (
        at_work(RedshiftEngine(target), bank.root / "other", run_id="7", command="fintech run"),
        pytest.raises(RunInProgressError, match="fintech run"),
    ):
        maintain(bank.settings, target="wide", is_applied=True)


def facts(**changed: Any) -> TableFacts:
    table: dict[str, Any] = {
        "schema": "fraud__a",
        "name": "fraud__scores",
        "table_id": 1,
        "diststyle": "AUTO(EVEN)",
        "sortkey": "AUTO(SORTKEY(event_ts))",
        "megabytes": 10,
        "rows": 10_000,
        "visible_rows": 10_000,
        "unsorted": 0.0,
        "stats_off": 0.0,
        "skew": 1.0,
    }
    return TableFacts(**{**table, **changed})


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"stats_off": 10.0}, []),
        ({"stats_off": 10.1}, ['analyze "fraud__a"."fraud__scores"']),
        ({"unsorted": 20.0}, []),
        ({"unsorted": 20.5}, ['vacuum recluster "fraud__a"."fraud__scores"']),
        ({"unsorted": None, "stats_off": None, "skew": None}, []),
        ({"unsorted": 90.0, "diststyle": "AUTO(ALL)"}, []),
        ({"unsorted": 90.0, "sortkey": "INTERLEAVED"}, []),
        ({"visible_rows": 9500}, []),
        ({"visible_rows": 9000}, ['vacuum delete only "fraud__a"."fraud__scores"']),
        ({"rows": 0, "visible_rows": 0}, []),
        ({"rows": 9999, "visible_rows": 1, "unsorted": 99.0, "stats_off": 99.0}, []),
    ],
)
def test_only_what_is_past_a_mark_is_run(changed: dict[str, Any], expected: list[str]) -> None:
    assert [statement for _, statement in statements(facts(**changed), thresholds())] == expected


@pytest.mark.parametrize(
    ("changed", "reasons", "expected"),
    [
        ({}, {}, []),
        ({"diststyle": "KEY(customer_id)"}, {}, ["lost auto"]),
        ({"sortkey": "event_ts"}, {}, ["lost auto"]),
        ({"sortkey": ""}, {}, []),
        ({"diststyle": "KEY(customer_id)"}, {"fraud__scores": "joined by customer"}, []),
        ({"skew": 4.0}, {}, ["skewed"]),
        ({"skew": 3.9}, {}, []),
        ({"unsorted": 90.0, "diststyle": "AUTO(ALL)"}, {}, ["unsorted"]),
    ],
)
def test_what_a_person_decides_is_told(
    changed: dict[str, Any], reasons: dict[str, str], expected: list[str]
) -> None:
    assert [each.kind for each in findings([facts(**changed)], thresholds(), reasons)] == expected
