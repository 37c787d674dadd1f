"""Roles, grants and row-level security, tried as the user they concern."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import redshift_connector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.testing.standin import Database

BANK = """
create schema bank;
create table bank.accounts (id int, branch varchar(10), note varchar(20));
insert into bank.accounts values (1, 'east', 'a'), (2, 'west', 'b'), (3, 'east', 'c');
create role analyst;
create user anna password disable;
create user otto password 'Secret123';
grant usage on schema bank to role analyst;
grant select on bank.accounts to role analyst;
grant role analyst to anna
"""


@pytest.fixture
def administrator(redshift_database: Database) -> Iterator[Any]:
    with closing(redshift_database.connect()) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        for statement in BANK.split(";"):
            cursor.execute(statement)
        yield cursor


def read_as(database: Database, user: str, query: str) -> list[Any]:
    with closing(database.connect(user=user)) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.usefixtures("administrator")
def test_a_user_reads_what_the_role_may_and_no_more(redshift_database: Database) -> None:
    assert read_as(redshift_database, "anna", "select id from bank.accounts order by 1") == [1, 2, 3]
    with pytest.raises(redshift_connector.Error, match="permission denied"):
        read_as(redshift_database, "otto", "select id from bank.accounts")
    with pytest.raises(redshift_connector.Error, match="permission denied"):
        read_as(redshift_database, "anna", "delete from bank.accounts")


def test_policies_are_enforced_and_combined(administrator: Any, redshift_database: Database) -> None:
    administrator.execute(
        "create rls policy east with (branch varchar(10)) as here using (here.branch = 'east')"
    )
    administrator.execute("create rls policy first with (id int) using (id = 1)")
    administrator.execute("attach rls policy east on bank.accounts to role analyst")
    administrator.execute("alter table bank.accounts row level security on")
    query = "select id from bank.accounts order by 1"
    assert read_as(redshift_database, "anna", query) == [1, 3]

    administrator.execute("attach rls policy first on table bank.accounts to role analyst")
    assert read_as(redshift_database, "anna", query) == [1]

    administrator.execute("alter table bank.accounts row level security on conjunction type or")
    assert read_as(redshift_database, "anna", query) == [1, 3]

    administrator.execute("select polname, grantee, is_rls_on from svv_rls_attached_policy order by 1")
    assert [list(row) for row in administrator.fetchall()] == [
        ["east", "analyst", True],
        ["first", "analyst", True],
    ]


def test_a_policy_may_be_given_a_table_to_look_into(administrator: Any, redshift_database: Database) -> None:
    for statement in (
        "create table bank.opened (branch varchar(10))",
        "insert into bank.opened values ('west')",
        "create view bank.shown as select id, branch from bank.accounts with no schema binding",
        "grant select on bank.shown to role analyst",
        "create rls policy known with (branch varchar(9)) using (branch in (select branch from bank.opened))",
        "grant select on bank.opened to rls policy known",
        "attach rls policy known on bank.shown to role analyst",
        "alter table bank.shown row level security on",
    ):
        administrator.execute(statement)
    assert read_as(redshift_database, "anna", "select id from bank.shown") == [2]
    with pytest.raises(redshift_connector.Error, match="permission denied"):
        read_as(redshift_database, "anna", "select branch from bank.opened")


def test_without_a_policy_nothing_is_seen(administrator: Any, redshift_database: Database) -> None:
    administrator.execute("alter table bank.accounts row level security on")

    assert read_as(redshift_database, "anna", "select id from bank.accounts") == []


def test_only_a_superuser_or_a_security_administrator_makes_policies_and_roles(
    administrator: Any, redshift_database: Database
) -> None:
    statements = (
        "create role auditor",
        "create rls policy mine with (id int) using (true)",
        "grant select on bank.accounts to rls policy mine",
    )
    for statement in statements:
        with pytest.raises(redshift_connector.Error, match="permission denied"):
            read_as(redshift_database, "anna", statement)
    administrator.execute("grant role sys:secadmin to anna")
    with closing(redshift_database.connect(user="anna")) as connection:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("select user_is_member_of('anna', 'sys:secadmin')")
        assert cursor.fetchall()[0][0] is True
    administrator.execute("revoke role sys:secadmin from anna")
    with pytest.raises(redshift_connector.Error, match="permission denied"):
        read_as(redshift_database, "anna", statements[0])


def test_a_grant_is_in_the_catalogue(administrator: Any) -> None:
    administrator.execute(
        "select privilege_type, identity_type from svv_relation_privileges"
        " where relation_name = 'accounts' and identity_name = 'analyst'"
    )
    assert [list(row) for row in administrator.fetchall()] == [["select", "role"]]
    administrator.execute("select role_name from svv_user_grants where user_name = 'anna'")
    assert [row[0] for row in administrator.fetchall()] == ["analyst"]


def test_a_policy_on_a_view_holds_for_who_asks_and_outlives_its_replacement(
    administrator: Any, redshift_database: Database
) -> None:
    for statement in (
        "create schema serving",
        "create view serving.accounts as select id, branch, note from bank.accounts with no schema binding",
        "grant usage on schema serving to role analyst",
        "grant select on serving.accounts to role analyst",
        "create rls policy west with (branch varchar(10)) using (branch = 'west')",
        "attach rls policy west on serving.accounts to role analyst",
        "alter table serving.accounts row level security on",
    ):
        administrator.execute(statement)
    query = "select id from serving.accounts order by 1"
    assert read_as(redshift_database, "anna", query) == [2]
    assert read_as(redshift_database, redshift_database.user, query) == [1, 2, 3]

    administrator.execute(
        "create or replace view serving.accounts as select id + 10 as id, branch, note"
        " from bank.accounts with no schema binding"
    )
    assert read_as(redshift_database, "anna", query) == [12]

    administrator.execute("drop view serving.accounts")
    administrator.execute(
        "create view serving.accounts as select id from bank.accounts with no schema binding"
    )
    administrator.execute("grant select on serving.accounts to role analyst")
    assert read_as(redshift_database, "anna", query) == [1, 2, 3]


def test_a_masking_policy_on_a_view_shows_each_role_its_own(
    administrator: Any, redshift_database: Database
) -> None:
    for statement in (
        "create role clear",
        "grant role analyst to otto",
        "grant role clear to otto",
        "create view bank.shown as select id, note from bank.accounts",
        "grant select on bank.shown to role analyst",
        "create masking policy hidden with (v varchar(20)) using ('***' || v)",
        "create masking policy open_ with (v varchar(20)) using (v)",
        "attach masking policy hidden on bank.shown(note) to public priority 0",
        "attach masking policy open_ on bank.shown(note) to role clear priority 10",
    ):
        administrator.execute(statement)

    query = "select note from bank.shown order by id limit 1"
    assert read_as(redshift_database, "anna", query) == ["***a"]
    assert read_as(redshift_database, "otto", query) == ["a"]

    administrator.execute("select policy_name, grantee, priority from svv_attached_masking_policy order by 3")
    assert [list(row) for row in administrator.fetchall()] == [
        ["hidden", "public", 0],
        ["open_", "clear", 10],
    ]
    administrator.execute("detach masking policy hidden on bank.shown(note) from public")
    assert read_as(redshift_database, "anna", query) == ["a"]
