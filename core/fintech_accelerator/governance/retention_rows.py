"""Deleting rows of raw_data for good, and keeping them out when they come again (docs/decisions/0045)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.contract.schemas import RAW_SCHEMA
from fintech_accelerator.governance.retention import RELATIONSHIP

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date, datetime

    import duckdb

    from fintech_accelerator.engines.engine import Readable
    from fintech_accelerator.governance.retention import Policy, Retention

AT_ONCE = 500  # values of one insert
TABLES = """
create schema if not exists ops;
create table if not exists ops.retired_rows (
    unit_id varchar not null, table_name varchar not null, policy varchar not null,
    row_count bigint not null, was_returned boolean not null, retired_at timestamp not null
);
create table if not exists ops.retired_keys (party varchar not null, key_hash varchar not null);
create table if not exists ops.retired_through (batch_id integer not null);
"""
NEWEST = """(
    select {columns}
    from (
        select
            {columns},
            row_number() over (
                partition by {key} order by _batch_id desc, _load_order desc, _row_number desc
            ) as version_number
        from {schema}.{table}
    ) as versions
    where version_number = 1
)"""


@dataclass(frozen=True)
class Retired:
    """Rows of one table that a policy ends, and the SQL condition that finds them."""

    table: str
    policy: Policy
    cutoff: date
    condition: str
    rows: int = 0


def find_parties(connection: Readable, cutoff: date | None, held: Collection[str]) -> None:
    """Fill temporary tables: customers held, customers whose relationship ended long ago, their accounts.

    The SQL is that of both engines. An account with a holder whose relationship lasts, or is held, stays.
    """
    for name in ("retention_held", "retention_customers", "retention_accounts"):
        connection.execute(f"drop table if exists {name}")
    connection.execute("create temp table retention_held (customer_id varchar(64))")
    names = sorted(held)
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        connection.execute(f"insert into retention_held values {', '.join(['(?)'] * len(some))}", some)
    ended = f"relationship_end_date < {_day(cutoff)}" if cutoff else "1 = 0"
    customers = newest("customers", "customer_id", "relationship_end_date")
    connection.execute(
        f"create temp table retention_customers as select customer_id from {customers} as customers"
        f" where {ended} and customer_id not in (select customer_id from retention_held)"
    )
    connection.execute(
        "create temp table retention_accounts as select account_id"
        f" from {newest('accounts', 'account_id', 'primary_customer_id')} as accounts"
        " where primary_customer_id in (select customer_id from retention_customers)"
        f" and account_id not in (select account_id from {RAW_SCHEMA}.account_holders"
        " where account_id is not null and customer_id is not null"
        " and customer_id not in (select customer_id from retention_customers))"
    )


def find_rows(connection: Readable, retention: Retention, today: date) -> Iterator[Retired]:
    """The rows of raw_data that are to go, by table and policy; `find_parties` has been asked before."""
    for retired in conditions(retention, today):
        counted = connection.execute(
            f"select count(*) from {RAW_SCHEMA}.{retired.table} where {retired.condition}"
        ).fetchone()
        rows = int(counted[0]) if counted else 0
        if rows:
            yield Retired(retired.table, retired.policy, retired.cutoff, retired.condition, rows)


def conditions(retention: Retention, today: date) -> Iterator[Retired]:
    """Each policy as a condition on the tables that it is about."""
    for name, cutoff in retention.of_rows(today).items():
        policy = retention.policies[name]
        if name == RELATIONSHIP:
            for tables, key, parties in _by_party(policy):
                for table in tables:
                    yield Retired(table, policy, cutoff, f"{key} in (select {key} from {parties})")
        else:
            free = "(customer_id is null or customer_id not in (select customer_id from retention_held))"
            yield Retired(name, policy, cutoff, f"{policy.clock} < {_day(cutoff)} and {free}")


def _by_party(policy: Policy) -> tuple[tuple[tuple[str, ...], str, str], ...]:
    return (
        (policy.by_account, "account_id", "retention_accounts"),
        (policy.by_customer, "customer_id", "retention_customers"),
    )


def delete_rows(connection: Readable, retired: Collection[Retired]) -> None:
    """Delete what was found; the caller's transaction makes it all or nothing."""
    for each in retired:
        connection.execute(f"delete from {RAW_SCHEMA}.{each.table} where {each.condition}")


def retire(connection: duckdb.DuckDBPyConnection, retired: Collection[Retired], *, at: datetime) -> None:
    """Delete rows where files are typed, and remember how many of which unit, and whose: all or nothing.

    What a file brought stays in ops.loaded_units: rows in = loaded + quarantined + duplicates; and of the
    loaded ones, those in raw_data and those in ops.retired_rows are all.
    """
    connection.execute(TABLES)
    connection.execute("begin transaction")
    try:
        for each in retired:
            _note(connection, each, each.condition, at, was_returned=False)
        for party, key in (("customer", "customer_id"), ("account", "account_id")):
            connection.execute(
                f"insert into ops.retired_keys select '{party}', sha256({key}) from retention_{party}s"
                f" where sha256({key}) not in (select key_hash from ops.retired_keys where party = '{party}')"
            )
        delete_rows(connection, retired)
        _looked_through(connection)
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def keep_out(
    connection: duckdb.DuckDBPyConnection, retention: Retention, *, today: date, at: datetime
) -> dict[str, int]:
    """Delete again what a load brought back of rows that were deleted for good; returns how many by table.

    Only what came since the last look, which nothing was built of. A customer whose relationship lasts again
    is let in, and so is what a policy keeps by now.
    """
    if not _has_retired(connection):
        return {}
    through = connection.execute("select coalesce(max(batch_id), 0) from ops.retired_through").fetchone()
    since = int(through[0]) if through else 0
    cutoffs = retention.of_rows(today)
    find_parties(connection, cutoffs.get(RELATIONSHIP), retention.held)
    found: dict[str, int] = {}
    connection.execute("begin transaction")
    try:
        _let_in(connection, lasts=RELATIONSHIP in cutoffs)
        for each in _returned(connection, retention, today):
            condition = f"_batch_id > {since} and {each.condition}"
            if rows := _note(connection, each, condition, at, was_returned=True):
                connection.execute(f"delete from {RAW_SCHEMA}.{each.table} where {condition}")
                found[each.table] = found.get(each.table, 0) + rows
        _looked_through(connection)
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    return found


def _returned(connection: duckdb.DuckDBPyConnection, retention: Retention, today: date) -> Iterator[Retired]:
    """What was deleted before, by the keys that are remembered, or by the rows' own day."""
    applied = {
        str(name) for (name,) in connection.execute("select distinct policy from ops.retired_rows").fetchall()
    }
    for each in conditions(retention, today):
        if each.policy.table not in applied:
            continue
        if each.policy.table != RELATIONSHIP:
            yield each
            continue
        party = "account" if each.table in each.policy.by_account else "customer"
        keys = f"select key_hash from ops.retired_keys where party = '{party}'"
        yield Retired(each.table, each.policy, each.cutoff, f"sha256({party}_id) in ({keys})")


def _let_in(connection: duckdb.DuckDBPyConnection, *, lasts: bool) -> None:
    """Forget the keys of customers who are back, or of all when relationships are kept for good."""
    if not lasts:
        connection.execute("delete from ops.retired_keys")
        return
    customers = newest("customers", "customer_id", "relationship_end_date")
    connection.execute(
        f"delete from ops.retired_keys where party = 'customer' and key_hash in"
        f" (select sha256(customer_id) from {customers} as customers"
        " where customer_id not in (select customer_id from retention_customers)"
        " union all select sha256(customer_id) from retention_held)"
    )
    accounts = newest("accounts", "account_id", "primary_customer_id")
    connection.execute(
        "delete from ops.retired_keys where party = 'account' and key_hash in"
        f" (select sha256(account_id) from {accounts} as accounts where sha256(primary_customer_id) not in"
        " (select key_hash from ops.retired_keys where party = 'customer'))"
    )


def _note(
    connection: duckdb.DuckDBPyConnection, each: Retired, condition: str, at: datetime, *, was_returned: bool
) -> int:
    """Write how many rows of each unit are about to go; returns how many."""
    counts = connection.execute(
        f"select _file_id, count(*) from {RAW_SCHEMA}.{each.table} where {condition} group by _file_id"
    ).fetchall()
    if counts:
        policy = each.policy.table
        connection.executemany(
            "insert into ops.retired_rows values (?, ?, ?, ?, ?, ?)",
            [(unit, each.table, policy, rows, was_returned, at) for unit, rows in counts],
        )
    return sum(int(rows) for _, rows in counts)


def _looked_through(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("delete from ops.retired_through")
    connection.execute(
        "insert into ops.retired_through select coalesce(max(batch_id), 0) from ops.loaded_units"
    )


def _has_retired(connection: duckdb.DuckDBPyConnection) -> bool:
    found = connection.execute(
        "select count(*) from information_schema.tables where table_catalog = current_database()"
        " and table_schema = 'ops' and table_name = 'retired_rows'"
    ).fetchone()
    return bool(found and found[0])


def retired_by_unit(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many of each unit's loaded rows were deleted for good."""
    if not _has_retired(connection):
        return {}
    rows = connection.execute("select unit_id, sum(row_count) from ops.retired_rows group by unit_id")
    return {str(unit): int(count) for unit, count in rows.fetchall()}


def last_retired(connection: duckdb.DuckDBPyConnection) -> datetime | None:
    """When rows were last deleted that marts had been built of."""
    if not _has_retired(connection):
        return None
    row = connection.execute("select max(retired_at) from ops.retired_rows where not was_returned").fetchone()
    found: datetime | None = row[0] if row else None
    return found


def newest(table: str, key: str, *more: str) -> str:
    """The newest version of each key of a raw table, as a sub-query."""
    return NEWEST.format(columns=", ".join((key, *more)), key=key, schema=RAW_SCHEMA, table=table)


def _day(day: date) -> str:
    return f"cast('{day.isoformat()}' as date)"
