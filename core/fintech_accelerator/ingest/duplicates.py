"""Exact duplicates: rows that say of their key what its newest earlier version says already.

Few keys come twice, so those are found first, by a hash of the key; only their rows are compared, by two
64-bit hashes of all their columns. Should two keys share a hash, a duplicate may be loaded; none is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.contract.ddl import RAW_SCHEMA
from fintech_accelerator.engines.duckdb import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from fintech_accelerator.contract import Table

GOOD = "ingest_good_keys"
REPEATED = "ingest_repeated_keys"
DUPLICATES = "ingest_duplicates"
NEWEST = 2_147_483_647  # the unit's own rows come after all that is loaded


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
    contents = _contents(table, compared)
    connection.execute(
        f"insert into {DUPLICATES} select row_number from ("
        " select row_number, content = lag(content) over versions"
        " and texts = lag(texts) over versions as is_duplicate from ("
        f" select hash({key}) as key_hash, 0 as row_number, _batch_id, _load_order, _row_number, {contents}"
        f" from {raw} where hash({key}) in (select key_hash from {REPEATED}) union all"
        f" select key_hash, row_number, {NEWEST}, {NEWEST}, row_number, {contents}"
        f" from ({rows}) inner join {GOOD} using (row_number)"
        f" where key_hash in (select key_hash from {REPEATED}))"
        " window versions as (partition by key_hash order by _batch_id, _load_order, _row_number)"
        ") where is_duplicate and row_number > 0"
    )
    return _count(connection, DUPLICATES)


def drop_temporary(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget what was compared."""
    for name in (GOOD, REPEATED, DUPLICATES):
        connection.execute(f"drop table if exists temp.{name}")


def _contents(table: Table, compared: Sequence[str]) -> str:
    """Two hashes of a row: of its values, and of its texts written one after the other."""
    values = ", ".join(quoted(name) for name in compared)
    texts = ", ".join(
        f"coalesce({quoted(name)}, '')" for name in compared if table.column(name).type.startswith("varchar")
    )
    return f"hash({values}) as content, hash(concat_ws(chr(31), {texts})) as texts"


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    row = connection.execute(f"select count(*) from {name}").fetchone()
    return int(row[0]) if row else 0
