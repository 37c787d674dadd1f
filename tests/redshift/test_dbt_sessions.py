"""What dbt does in the warehouse: with the product's login, under its time-out and query group."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import redshift_connector
from tests.redshift.sessions import opened_by_dbt, target_of

from fintech_accelerator.engines.redshift.engine import RedshiftEngine
from fintech_accelerator.settings.redshift import RedshiftTarget

if TYPE_CHECKING:
    from fintech_accelerator.testing.standin import Database


def test_dbts_sessions_have_the_runs_login_time_out_and_query_group(
    redshift_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINTECH_REDSHIFT_PASSWORD", redshift_database.password)
    engine = RedshiftEngine(target_of(redshift_database, statement_timeout_seconds=1))
    asking = "select distinct query_label from sys_query_history where session_id = pg_backend_pid()"
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
