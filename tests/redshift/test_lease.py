"""The lease of a warehouse: a second run is refused, a dead one is taken over, and its sessions are ended."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from tests.redshift.sessions import ask, connecting, holder, tell, wait_for

from fintech_accelerator.engines.redshift import lease
from fintech_accelerator.engines.redshift.connection import LostConnectionError
from fintech_accelerator.engines.redshift.lease import LeaseLostError, guard, leased, project_identity
from fintech_accelerator.errors import RunInProgressError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fintech_accelerator.engines.redshift.connection import Connection
    from fintech_accelerator.engines.redshift.lease import Holder
    from fintech_accelerator.testing.standin import Database


@contextmanager
def killed(connect: Callable[[], Connection], whose: Holder) -> Iterator[Connection]:
    """A process that took a lease and never gives it back; its session lives."""
    keeper = lease._Keeper(connect, whose)  # what dies runs none of its own code
    keeper.take()
    connection = keeper.open()
    try:
        yield connection
    finally:
        connection.close()


def test_a_second_run_is_refused_and_told_who_works_and_since_when(redshift_database: Database) -> None:
    connect = connecting(redshift_database)

    with leased(connect, holder("run-1")) as dead:
        assert dead is None
        with (
            pytest.raises(
                RunInProgressError, match=r"`fintech run` of .* since 20.* \(run run-1, process"
            ) as refused,
            leased(connect, holder("run-2", "two")),
        ):
            pass
        assert "wait until it ends" in refused.value.fix

    with leased(connect, holder("run-2", "two")) as dead:
        assert dead is None
    assert ask(redshift_database, "select count(*) from ops.run_lease") == [(0,)]


def test_a_dead_run_loses_its_lease_and_its_sessions(redshift_database: Database) -> None:
    first = connecting(redshift_database, "fintech:run-1")
    others = connecting(redshift_database, "someone:else")
    with killed(first, holder("run-1")), first() as stalling, others() as other:
        stalling.execute("create table public.held (number integer)")
        stalling.execute("begin")
        stalling.execute("lock table public.held")

        with leased(connecting(redshift_database), holder("run-2")) as dead:
            assert dead is not None
            assert (dead.run_id, len(dead.sessions)) == ("run-1", 2)
            tell(redshift_database, "drop table public.held")

        with pytest.raises(LostConnectionError):
            stalling.execute("select 1")
        assert other.value("select 1") == 1


def test_a_statement_of_dbt_is_found_by_its_comment(redshift_database: Database) -> None:
    connect = connecting(redshift_database)
    tell(redshift_database, "create table public.held (number integer)")
    of_dbt = connecting(redshift_database, "default")
    with killed(connect, holder("run-1")), of_dbt() as building, connect() as other:
        other.execute("begin")
        other.execute("lock table public.held")
        sql = "/* fintech:run-1 model.a.b */ insert into public.held values (1)"
        stuck = threading.Thread(target=fails, args=(building, sql))
        stuck.start()
        wait_for(redshift_database, "select count(*) from stv_recents where query like '/* fintech:run-1%'")

        with leased(connect, holder("run-2")) as dead:
            assert dead is not None
            stuck.join(timeout=20)
            assert not stuck.is_alive()


def test_another_projects_lease_ends_with_its_session(redshift_database: Database) -> None:
    connect = connecting(redshift_database)
    with killed(connect, holder("run-1")) as connection:
        number = connection.value("select pg_backend_pid()")
    wait_for(redshift_database, f"select 1 - count(*) from stv_sessions where process = {number}")

    with leased(connect, holder("run-2", "two")) as dead:
        assert dead is not None
        assert dead.run_id == "run-1"


def test_another_projects_lease_ends_when_it_was_not_renewed(redshift_database: Database) -> None:
    connect = connecting(redshift_database)
    with killed(connect, holder("run-1")):
        with pytest.raises(RunInProgressError), leased(connect, holder("run-2", "two")):
            pass
        tell(redshift_database, "update ops.run_lease set expires_at = dateadd(second, -5, getdate())")

        with leased(connect, holder("run-2", "two")) as dead:
            assert dead is not None


def test_a_lease_is_renewed_and_whoever_lost_it_changes_nothing(
    redshift_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "RENEWAL_SECONDS", 0.1)
    connect = connecting(redshift_database)
    with leased(connect, holder("run-1")), connect() as connection:
        tell(redshift_database, "update ops.run_lease set expires_at = dateadd(second, -5, getdate())")
        wait_for(redshift_database, "select count(*) from ops.run_lease where expires_at > getdate()")
        guard(connection, "run-1")

        connection.execute("update ops.run_lease set run_id = 'run-2'")
        with pytest.raises(LeaseLostError, match="run-1 lost its lease"):
            guard(connection, "run-1")
    assert ask(redshift_database, "select run_id from ops.run_lease") == [("run-2",)]


def test_a_renewal_survives_the_loss_of_its_session(
    redshift_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "RENEWAL_SECONDS", 0.1)
    with leased(connecting(redshift_database), holder("run-1")):
        ((before,),) = ask(redshift_database, "select session_id from ops.run_lease")
        ask(redshift_database, f"select pg_terminate_backend({before})")
        wait_for(redshift_database, f"select count(*) from ops.run_lease where session_id <> {before}")
    assert ask(redshift_database, "select count(*) from ops.run_lease") == [(0,)]


def test_a_project_is_known_by_a_number_of_its_own(tmp_path: Path) -> None:
    first = project_identity(tmp_path / "a")

    assert project_identity(tmp_path / "a") == first
    assert project_identity(tmp_path / "b") != first


def fails(connection: Connection, sql: str) -> None:
    with pytest.raises(LostConnectionError):
        connection.execute(sql)
