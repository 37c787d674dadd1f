"""What the catalogue of Redshift says that a build left, to be compared with what the packs own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.engines.redshift.engine import RedshiftEngine
from fintech_accelerator.pipeline.foreign_objects import foreign_failures
from fintech_accelerator.settings.redshift import RedshiftTarget

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from fintech_accelerator.testing.standin import Database

OWNED = {"tidy": frozenset({("tidy__a", "tidy__daily_totals")})}
OWN = ("create schema tidy__a", "create table tidy__a.tidy__daily_totals (a integer)")
FOREIGN = (
    "create schema elsewhere",
    "create table elsewhere.notes (a integer)",
    "create view tidy__a.shown as select 1 as a",
    "create function f_twice (float) returns float stable as $$ select 2 * $1 $$ language sql",
)


def test_schemas_tables_views_and_functions_that_a_pack_does_not_own_are_named(
    redshift_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINTECH_REDSHIFT_PASSWORD", redshift_database.password)
    engine = RedshiftEngine(_target(redshift_database))
    remembered = tmp_path / "foreign.json"

    before = engine.objects()
    _execute(redshift_database, OWN)
    owned = engine.objects()
    assert foreign_failures(before, owned, OWNED, remembered) == {}
    _execute(redshift_database, FOREIGN)
    found = engine.objects()

    assert {str(each) for each in found - owned} == {
        "schema elsewhere",
        "table elsewhere.notes",
        "view tidy__a.shown",
        "function public.f_twice",
    }
    assert "is new" in foreign_failures(owned, found, OWNED, remembered)["tidy"].reason


def _target(database: Database) -> RedshiftTarget:
    return RedshiftTarget.model_validate(
        {
            "engine": "redshift",
            "host": database.host,
            "port": database.port,
            "database": database.name,
            "authentication": "password",
            "user": database.user,
            "sslmode": database.sslmode,
            "landing": "s3://bank-landing/fintech",
        }
    )


def _execute(database: Database, statements: tuple[str, ...]) -> None:
    connection = database.connect()
    connection.autocommit = True
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    connection.close()
