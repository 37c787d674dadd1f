"""Late-binding views outlive what they read, as they do on Redshift."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import redshift_connector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.testing.standin import Database


@pytest.fixture
def cursor(redshift_database: Database) -> Iterator[Any]:
    with closing(redshift_database.connect()) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        for statement in (
            "create schema slot",
            "create schema serving",
            "create table slot.marts (id int)",
            "insert into slot.marts values (1)",
            "create user reader password disable",
            "create view serving.marts as select id from slot.marts with no schema binding",
            "create view serving.above as select id + 1 as id from serving.marts with no schema binding",
            "grant usage on schema serving to reader",
            "grant select on all tables in schema serving to reader",
        ):
            cursor.execute(statement)
        yield cursor


def ids(cursor: Any, relation: str) -> list[int]:
    cursor.execute(f"select id from {relation} order by 1")
    return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("drop", ["drop table slot.marts", "drop schema slot cascade"])
def test_a_view_comes_back_with_its_table_and_keeps_its_grants(
    cursor: Any, redshift_database: Database, drop: str
) -> None:
    cursor.execute(drop)
    with pytest.raises(redshift_connector.Error, match="does not exist"):
        cursor.execute("select * from serving.above")
    cursor.execute("create schema if not exists slot")
    cursor.execute("create table slot.marts as select 7 as id, 'more' as note")

    assert ids(cursor, "serving.marts") == [7]
    with closing(redshift_database.connect(user="reader")) as connection:
        assert ids(connection.cursor(), "serving.above") == [8]


def test_a_table_is_swapped_under_its_view(cursor: Any) -> None:
    cursor.execute("create table slot.marts_new as select 9 as id")
    cursor.execute("alter table slot.marts rename to marts_old")
    cursor.execute("alter table slot.marts_new rename to marts")
    cursor.execute("drop table slot.marts_old cascade")

    assert ids(cursor, "serving.above") == [10]


def test_a_view_that_binds_holds_its_table(cursor: Any) -> None:
    cursor.execute("create view serving.bound as select id from slot.marts")

    with pytest.raises(redshift_connector.Error, match="other objects depend"):
        cursor.execute("drop table slot.marts")


def test_a_dropped_view_stays_dropped(cursor: Any) -> None:
    cursor.execute("drop table slot.marts cascade")
    cursor.execute("drop view if exists serving.above")
    cursor.execute("create table slot.marts (id int)")

    assert ids(cursor, "serving.marts") == []
    with pytest.raises(redshift_connector.Error, match="does not exist"):
        cursor.execute("select * from serving.above")


def test_a_drop_does_not_wait_for_what_else_a_view_reads(cursor: Any, redshift_database: Database) -> None:
    cursor.execute("create table slot.others as select 1 as id")
    cursor.execute(
        "create view serving.united as select id from slot.marts union all select id from slot.others"
        " with no schema binding"
    )
    with closing(redshift_database.connect()) as other:
        rebuilding = other.cursor()
        rebuilding.execute("create table slot.others__new as select 2 as id")
        rebuilding.execute("alter table slot.others rename to others__old")
        rebuilding.execute("alter table slot.others__new rename to others")

        cursor.execute("alter table slot.marts rename to marts__old")
        cursor.execute("create table slot.marts as select 9 as id")
        cursor.execute("set statement_timeout to 20000")
        cursor.execute("drop table slot.marts__old cascade")

        other.commit()
        rebuilding.execute("drop table slot.others__old cascade")
        other.commit()
    assert ids(cursor, "serving.united") == [2, 9]


def test_a_late_binding_view_depends_on_nothing(cursor: Any) -> None:
    cursor.execute("create view slot.bound as select id from slot.marts")

    cursor.execute(
        "select distinct views.relname from pg_depend"
        " inner join pg_rewrite on pg_rewrite.oid = pg_depend.objid"
        " inner join pg_class as views on views.oid = pg_rewrite.ev_class"
        " inner join pg_class as tables on tables.oid = pg_depend.refobjid where tables.relname = 'marts'"
    )

    assert [row[0] for row in cursor.fetchall() if row[0] != "marts"] == ["bound"]
