"""What dbt does in the warehouse: with the product's login, under its time-out and query group."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import redshift_connector
from dbt.adapters.contracts.connection import Connection
from dbt.adapters.redshift.connections import RedshiftCredentials
from dbt.adapters.redshift.impl import RedshiftAdapter

from fintech_accelerator.engines.redshift.engine import RedshiftEngine
from fintech_accelerator.settings.redshift import RedshiftTarget

if TYPE_CHECKING:
    from fintech_accelerator.testing.standin import Database


def opened_by_dbt(engine: RedshiftEngine) -> Any:
    """A session as dbt opens it, from the profile."""
    profile = engine.outputs(temporary=Path(), scratch=Path())["a"]
    credentials = RedshiftCredentials.from_dict(RedshiftCredentials.translate_aliases(profile))
    return RedshiftAdapter.ConnectionManager.open(Connection("redshift", "test", credentials)).handle


def test_dbts_sessions_have_the_runs_login_time_out_and_query_group(
    redshift_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINTECH_REDSHIFT_PASSWORD", redshift_database.password)
    target = RedshiftTarget(
        engine="redshift",
        host=redshift_database.host,
        port=redshift_database.port,
        database=redshift_database.name,
        authentication="password",
        user=redshift_database.user,
        sslmode="disable" if redshift_database.sslmode == "disable" else "verify-full",
        statement_timeout_seconds=1,
        landing="s3://not-used",
    )
    engine = RedshiftEngine(target)
    asking = "select query_label from sys_query_history where session_id = pg_backend_pid()"
    with (
        engine.working("run-1"),
        engine.lent_to_dbt(connects=True) as variables,
        closing(opened_by_dbt(engine)) as session,
    ):
        assert redshift_database.password not in variables.values()
        cursor = session.cursor()
        cursor.execute("select current_user")
        assert [*map(tuple, cursor.fetchall())] == [(redshift_database.user,)]
        cursor.execute(asking)
        assert [*map(tuple, cursor.fetchall())] == [("fintech:run-1",)]
        with pytest.raises(redshift_connector.ProgrammingError, match="57014"):
            cursor.execute("select count(*) from generate_series(1, 1000000000)")


def test_what_only_parses_asks_nobody_for_a_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FINTECH_REDSHIFT_PASSWORD", raising=False)
    target = RedshiftTarget(
        engine="redshift",
        host="not.there",
        database="analytics",
        authentication="password",
        user="fintech",
        landing="s3://not-used",
    )
    with RedshiftEngine(target).lent_to_dbt(connects=False) as variables:
        assert "fintech" in variables.values()
