"""Exact duplicates: rows that say of their key what its newest earlier version says already.

Few keys come twice, so those are found first, by a hash of the key; only their rows are compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.contract.ddl import RAW_SCHEMA
from fintech_accelerator.engines.duckdb import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import duckdb

    from fintech_accelerator.contract import Table

GOOD = "ingest_good_keys"
REPEATED = "ingest_repeated_keys"
DUPLICATES = "ingest_duplicates"


def find_duplicates(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: str, compared: Sequence[str]
) -> int:
    """Fill the temporary table of duplicates' row numbers, and return how many there are.

    `rows` is SQL that gives the unit's good rows: `row_number` and the table's columns, typed;
    `compared` are the columns that must all be equal.
    """
    raw = f"{RAW_SCHEMA}.{quoted(table.name)}"
    key = ", ".join(quoted(name) for name in table.key)
    connection.execute(
        f"create or replace temp table {GOOD} as select row_number, hash({key}) as key_hash from ({rows})"
    )
    connection.execute(
        f"create or replace temp table {REPEATED} as"
        f" select key_hash from {GOOD} group by key_hash having count(*) > 1 union"
        f" select key_hash from {GOOD} where key_hash in (select hash({key}) from {raw})"
    )
    connection.execute(f"create or replace temp table {DUPLICATES} (row_number bigint)")
    if _count(connection, REPEATED) == 0:
        return 0
    content = _row(compared)
    connection.execute(
        f"insert into {DUPLICATES} select row_number from ("
        f" select row_number, content is not distinct from lag(content) over versions"
        f" and lag(row_number) over versions is not null as is_duplicate from ("
        f" select {key}, 0 as row_number,"
        f" arg_max({content}, (_batch_id, _load_order, _row_number)) as content"
        f" from {raw} where hash({key}) in (select key_hash from {REPEATED}) group by {key}"
        f" union all"
        f" select {key}, row_number, {content} from ({rows})"
        f" where row_number in (select row_number from {GOOD}"
        f" where key_hash in (select key_hash from {REPEATED})))"
        f" window versions as (partition by {key} order by row_number)"
        ") where is_duplicate"
    )
    return _count(connection, DUPLICATES)


def drop_temporary(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget what was compared."""
    for name in (GOOD, REPEATED, DUPLICATES):
        connection.execute(f"drop table if exists temp.{name}")


def _row(names: Iterable[str]) -> str:
    return "row(" + ", ".join(quoted(name) for name in names) + ")"


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    row = connection.execute(f"select count(*) from {name}").fetchone()
    return int(row[0]) if row else 0
